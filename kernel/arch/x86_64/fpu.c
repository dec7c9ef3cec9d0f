/*
 * The registers of x87, SSE and AVX, which programs use and the kernel does not. Use: fpu_init;
 * fpu_switch at each switch to a thread of a program; fpu_trap when it uses them (#NM), fpu_reset
 * when it ends or becomes another. Intel SDM vol. 1, ch. 13; vol. 3, 2.5 and 13.
 *
 * The registers stay as they are when another thread gets the CPU, and CR0.TS makes that one's
 * first use of them a trap: only then are they saved for their owner. So a thread that never uses
 * them pays nothing and has no room for them, and one that is alone in using them never has them
 * saved. On one CPU nobody else can want what is in the registers. Who trapped several times gets
 * its own at the switch already: two programs that both compute would pay a trap at every switch.
 *
 * Saved by XSAVEOPT, XSAVE or FXSAVE, whichever the CPU has, in the layout that all share. XSAVEC
 * is not used: it saves the same in a layout that a signal's handler would have to know.
 *
 * Locks: none; interrupts are off where the registers, their owner or CR0.TS change.
 */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/slab.h"
#include "kernel/core/thread/thread.h"
#include "lib/errno.h"
#include "lib/string.h"

#define CR0_MP (1ull << 1) /* WAIT traps too */
#define CR0_EM (1ull << 2)
#define CR0_TS (1ull << 3)
#define CR0_NE (1ull << 5) /* x87 errors are exceptions, no IRQ 13 */

#define CR4_OSFXSR     (1ull << 9)
#define CR4_OSXMMEXCPT (1ull << 10)
#define CR4_OSXSAVE    (1ull << 18)

#define LEAF1_ECX_XSAVE (1u << 26)
#define LEAF1_ECX_AVX   (1u << 28)
#define LEAFD_XSAVEOPT  (1u << 0)

#define COMPONENT_X87 1u
#define COMPONENT_SSE 2u
#define COMPONENT_AVX 4u

#define CONTROL_AT_START 0x037f
#define MXCSR_AT_START   0x1f80
#define MXCSR_MASK       0xffbf /* where the CPU says 0 (SDM vol. 1, 11.6.6) */

#define TRAPS_BEFORE 4 /* it is done at the switch; the count wraps, and it is tried anew */

/* FXSAVE's 512 bytes, XSAVE's header, and AVX's part where it always lies (SDM vol. 1, 13.4). */
struct fpu_state {
    uint16_t control, status;
    uint8_t tag, reserved_1;
    uint16_t opcode;
    uint64_t instruction, data;
    uint32_t mxcsr, mxcsr_mask;
    uint8_t registers[480];
    uint64_t components; /* those that are not as at the start */
    uint64_t compaction, reserved_2[6];
    uint8_t avx[256];
} __attribute__((aligned(64)));

#define FXSAVE_BYTES offsetof(struct fpu_state, components)
#define AVX_AT       offsetof(struct fpu_state, avx)

_Static_assert(sizeof(struct fpu_state) == FPU_BYTES_MAX, "arch.h");
_Static_assert(FXSAVE_BYTES == 512 && AVX_AT == 576, "SDM vol. 1, 13.4");

static struct slab_cache states;
static enum { BY_FXSAVE, BY_XSAVE, BY_XSAVEOPT } way;
static uint32_t components; /* that XCR0 enables; 0: by FXSAVE */
static uint32_t mxcsr_mask;
static size_t state_bytes; /* of what is used of struct fpu_state */

/* ---- instructions ---------------------------------------------------------------------------- */

static void set_xcr0(uint32_t value)
{
    __asm__ volatile("xsetbv" : : "c"(0), "a"(value), "d"(0));
}

static void store(struct fpu_state *state)
{
    if (way == BY_XSAVEOPT)
        __asm__ volatile("xsaveopt64 %0" : "+m"(*state) : "a"(components), "d"(0));
    else if (way == BY_XSAVE)
        __asm__ volatile("xsave64 %0" : "+m"(*state) : "a"(components), "d"(0));
    else
        __asm__ volatile("fxsave64 %0" : "+m"(*state));
}

static void load(const struct fpu_state *state)
{
    if (way == BY_FXSAVE)
        __asm__ volatile("fxrstor64 %0" : : "m"(*state));
    else
        __asm__ volatile("xrstor64 %0" : : "m"(*state), "a"(components), "d"(0));
}

static void clear_ts(void)
{
    __asm__ volatile("clts");
}

/* ---- whose the registers are: with interrupts off -------------------------------------------- */

static void allow(struct percpu *cpu, bool on)
{
    if (on)
        clear_ts();
    else
        write_cr0(read_cr0() | CR0_TS);
    cpu->fpu_on = on;
}

/* The running thread's from now on, or the one's that is about to run. */
static void take(struct percpu *cpu, struct thread *thread)
{
    allow(cpu, true);
    if (cpu->fpu_owner == thread)
        return;
    if (cpu->fpu_owner)
        store(cpu->fpu_owner->fpu);
    load(thread->fpu);
    cpu->fpu_owner = thread;
}

/* What is in the registers is nobody's. */
static void drop(struct percpu *cpu)
{
    cpu->fpu_owner = NULL;
    allow(cpu, false);
}

void fpu_switch(struct thread *next)
{
    struct percpu *cpu = percpu();

    if (cpu->fpu_owner == next) {
        if (!cpu->fpu_on)
            allow(cpu, true);
    } else if (next->fpu && next->fpu_turns >= TRAPS_BEFORE) {
        next->fpu_turns++;
        take(cpu, next);
    } else if (cpu->fpu_on) {
        allow(cpu, false);
    }
}

/* ---- states ---------------------------------------------------------------------------------- */

static void clean(struct fpu_state *state)
{
    *state = (struct fpu_state){.control = CONTROL_AT_START, .mxcsr = MXCSR_AT_START};
}

static struct fpu_state *create(void)
{
    struct fpu_state *state = slab_alloc(&states);

    if (state)
        clean(state);
    return state;
}

void fpu_discard(struct fpu_state *state)
{
    if (state)
        slab_free(&states, state);
}

/* The registers into the running thread's state, so that it can be read. */
static void bring_up_to_date(const struct thread *self)
{
    uint64_t saved = cpu_save_interrupts();

    if (percpu()->fpu_owner == self)
        store(self->fpu);
    cpu_restore_interrupts(saved);
}

/* The running thread's state is about to be changed: what is in the registers does not count. */
static void forget_registers(const struct thread *self)
{
    uint64_t saved = cpu_save_interrupts();

    if (percpu()->fpu_owner == self)
        drop(percpu());
    cpu_restore_interrupts(saved);
}

int fpu_trap(void)
{
    struct thread *self = thread_current();
    uint64_t saved;

    if (!self->fpu) {
        self->fpu = create();
        self->fpu_turns = 0;
    }
    if (!self->fpu)
        return -ENOMEM;
    saved = cpu_save_interrupts();
    self->fpu_turns++;
    take(percpu(), self);
    cpu_restore_interrupts(saved);
    return 0;
}

int fpu_copy(struct fpu_state **copy)
{
    const struct thread *self = thread_current();

    *copy = NULL;
    if (!self->fpu)
        return 0;
    *copy = create();
    if (!*copy)
        return -ENOMEM;
    bring_up_to_date(self);
    **copy = *self->fpu;
    return 0;
}

void fpu_adopt(struct fpu_state *state)
{
    thread_current()->fpu = state;
}

void fpu_reset(void)
{
    struct thread *self = thread_current();
    struct fpu_state *state = self->fpu;

    if (!state)
        return;
    forget_registers(self);
    self->fpu = NULL;
    fpu_discard(state);
}

/* ---- for the handlers of signals ------------------------------------------------------------- */

size_t fpu_bytes(void)
{
    return thread_current()->fpu ? state_bytes : 0;
}

void fpu_store(void *to)
{
    const struct thread *self = thread_current();

    bring_up_to_date(self);
    memcpy(to, self->fpu, state_bytes);
}

void fpu_clean(void)
{
    struct thread *self = thread_current();

    if (!self->fpu)
        return;
    forget_registers(self);
    clean(self->fpu);
}

/* What XRSTOR or FXRSTOR would refuse with #GP (SDM vol. 1, 13.8.1; vol. 2, FXRSTOR). */
static bool is_sound(const struct fpu_state *state)
{
    uint64_t reserved = state->compaction;

    for (unsigned i = 0; i < array_length(state->reserved_2); i++)
        reserved |= state->reserved_2[i];
    return !(state->mxcsr & ~mxcsr_mask) && !(state->components & ~(uint64_t)components)
           && !reserved;
}

int fpu_load(const void *from, size_t bytes)
{
    struct thread *self = thread_current();
    struct fpu_state wanted = {0};

    if (bytes != state_bytes)
        return -EINVAL;
    memcpy(&wanted, from, bytes);
    if (!is_sound(&wanted))
        return -EINVAL;
    if (!self->fpu)
        self->fpu = create();
    if (!self->fpu)
        return -ENOMEM;
    forget_registers(self);
    *self->fpu = wanted;
    return 0;
}

/* ---- start ----------------------------------------------------------------------------------- */

/* AVX counts only where its part lies where we have room for it. */
static uint32_t components_there(uint32_t leaf1_ecx)
{
    struct cpuid avx = cpuid(0xd, 2);
    bool has_avx = leaf1_ecx & LEAF1_ECX_AVX && cpuid(0xd, 0).eax & COMPONENT_AVX
                   && avx.ebx == AVX_AT && avx.eax == FPU_BYTES_MAX - AVX_AT;

    return COMPONENT_X87 | COMPONENT_SSE | (has_avx ? COMPONENT_AVX : 0);
}

static void choose_way(void)
{
    uint32_t leaf1_ecx = cpuid(1, 0).ecx;

    way = BY_FXSAVE;
    state_bytes = FXSAVE_BYTES;
    if (!(leaf1_ecx & LEAF1_ECX_XSAVE))
        return;
    write_cr4(read_cr4() | CR4_OSXSAVE);
    components = components_there(leaf1_ecx);
    set_xcr0(components);
    way = cpuid(0xd, 1).eax & LEAFD_XSAVEOPT ? BY_XSAVEOPT : BY_XSAVE;
    state_bytes = components & COMPONENT_AVX ? sizeof(struct fpu_state) : AVX_AT;
}

static uint32_t find_mxcsr_mask(void)
{
    static struct fpu_state state; /* its fields that FXSAVE knows */

    __asm__ volatile("fxsave64 %0" : "+m"(state));
    return state.mxcsr_mask ? state.mxcsr_mask : MXCSR_MASK;
}

void fpu_init(void)
{
    static const char *const names[] = {"FXSAVE", "XSAVE", "XSAVEOPT"};

    write_cr4(read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT);
    write_cr0((read_cr0() & ~(CR0_EM | CR0_TS)) | CR0_MP | CR0_NE);
    choose_way();
    mxcsr_mask = find_mxcsr_mask();
    drop(percpu());
    (void)!slab_cache_init(&states, "FPU state", sizeof(struct fpu_state),
                           _Alignof(struct fpu_state), NULL);
    log_debug("cpu", "FPU: %s%s", names[way], components & COMPONENT_AVX ? ", AVX" : "");
}
