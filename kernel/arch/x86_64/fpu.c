/*
 * The registers of x87, SSE and AVX, which ring 3 alone uses. Use: fpu_init, then fpu_switch at
 * each switch to a thread of a program, fpu_take at its exception 7, fpu_reset at its end.
 *
 * A thread has an area for them from its first use on; before that it costs nothing. When another
 * thread runs they stay in the CPU, their owner's (percpu()->fpu_owner); CR0.TS is set then, so
 * that another's first instruction of that kind brings exception 7, which saves them and loads its
 * own. Why so late, when others save them at each switch: most threads here never touch them; a
 * switch to one and back costs two writes of CR0 instead of 1.6 KiB moved, and one to a thread of
 * the kernel's own nothing. The price is an exception at each change between two that do use them,
 * and that Intel's Core CPUs of 2011 to 2018 let a program guess at the owner's registers in spite
 * of TS (CVE-2018-3665).
 *
 * Intel SDM vol. 1, chapter 13; vol. 3, 2.5 and 13.4 (saving them late).
 */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/exceptions.h"
#include "kernel/core/memory/slab.h"
#include "kernel/core/thread/thread.h"
#include "kernel/panic.h"
#include "lib/bytes.h"
#include "lib/errno.h"
#include "lib/string.h"

#define LEAF1_ECX_XSAVE       (1u << 26)
#define LEAF13_1_EAX_XSAVEOPT (1u << 0)

#define CR0_MP (1ull << 1)
#define CR0_EM (1ull << 2)
#define CR0_TS (1ull << 3)
#define CR0_NE (1ull << 5)
#define CR4_OSFXSR     (1ull << 9)
#define CR4_OSXMMEXCPT (1ull << 10)
#define CR4_OSXSAVE    (1ull << 18)

#define PARTS 7u /* that we turn on, where they are: x87, SSE, AVX */

/* In an area: the first 512 bytes are FXSAVE's, then comes XSAVE's header. */
#define AT_CONTROL    0
#define AT_MXCSR      24
#define AT_MXCSR_MASK 28
#define AT_PARTS      512 /* which have their values in the area; the others are as after a reset */
#define AT_COMPACT    520
#define AT_RESERVED   528
#define LEGACY_BYTES  512
#define HEADER_END    576

#define CONTROL_START 0x037f /* of a System V program */
#define MXCSR_START   0x1f80
#define MXCSR_USUAL   0xffbf /* its bits on CPUs that do not say */

enum fpu_way { FXSAVE, XSAVE, XSAVEOPT };

struct fpu_area {
    uint8_t bytes[FPU_BYTES_MAX];
};

/* fpu.asm */
void cpu_fpu_save(struct fpu_area *area, enum fpu_way way);
int cpu_fpu_restore(const struct fpu_area *area, enum fpu_way way) must_check;
void cpu_fpu_enable(uint32_t parts);
void cpu_fpu_on(void);

static struct slab_cache cache;
static enum fpu_way way;
static uint32_t parts;
static size_t area_bytes = LEGACY_BYTES;
static uint32_t mxcsr_bits;
/* What a thread begins with. */
static _Alignas(64) struct fpu_area initial;

/* ---- start-up -------------------------------------------------------------------------------- */

static void choose_way(void)
{
    if (!(cpuid(1, 0).ecx & LEAF1_ECX_XSAVE))
        return;
    write_cr4(read_cr4() | CR4_OSXSAVE);
    parts = cpuid(13, 0).eax & PARTS;
    cpu_fpu_enable(parts);
    area_bytes = cpuid(13, 0).ebx; /* for what is on */
    way = cpuid(13, 1).eax & LEAF13_1_EAX_XSAVEOPT ? XSAVEOPT : XSAVE;
}

void fpu_init(void)
{
    write_cr0((read_cr0() & ~CR0_EM & ~CR0_TS) | CR0_MP | CR0_NE);
    write_cr4(read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT);
    choose_way();
    if (area_bytes > FPU_BYTES_MAX)
        panic("the CPU wants %u bytes for x87, SSE and AVX, %u expected", (unsigned)area_bytes,
              FPU_BYTES_MAX);
    cpu_fpu_save(&initial, FXSAVE);
    mxcsr_bits = rd32(&initial.bytes[AT_MXCSR_MASK]);
    if (!mxcsr_bits)
        mxcsr_bits = MXCSR_USUAL;
    initial = (struct fpu_area){0};
    wr16(&initial.bytes[AT_CONTROL], CONTROL_START);
    wr32(&initial.bytes[AT_MXCSR], MXCSR_START);
    write_cr0(read_cr0() | CR0_TS);
    if (slab_cache_init(&cache, "fpu", area_bytes, 64, NULL))
        panic("the FPU's cache: %u bytes", (unsigned)area_bytes);
}

/* ---- who has them: call with interrupts off -------------------------------------------------- */

static void turn(bool on)
{
    struct percpu *cpu = percpu();

    if (cpu->fpu_on == on)
        return;
    cpu->fpu_on = on;
    if (on)
        cpu_fpu_on();
    else
        write_cr0(read_cr0() | CR0_TS);
}

void fpu_switch(const struct thread *new)
{
    turn(percpu()->fpu_owner == new);
}

/* What the area of the running thread shall have is in the CPU: it has both the same afterwards. */
static void write_back(const struct thread *self)
{
    if (percpu()->fpu_owner == self)
        cpu_fpu_save(self->fpu, way);
}

/* The CPU's registers are nobody's any more. */
static void give_up(const struct thread *self)
{
    if (percpu()->fpu_owner == self)
        percpu()->fpu_owner = NULL;
    turn(false);
}

static int load(const struct thread *self)
{
    struct percpu *cpu = percpu();
    int error = 0;

    turn(true);
    if (cpu->fpu_owner == self)
        return 0;
    if (cpu->fpu_owner)
        cpu_fpu_save(cpu->fpu_owner->fpu, way);
    cpu->fpu_owner = NULL;
    error = cpu_fpu_restore(self->fpu, way);
    if (error)
        turn(false);
    else
        cpu->fpu_owner = self;
    return error;
}

/* ---- areas ----------------------------------------------------------------------------------- */

static struct fpu_area *area_alloc(const struct fpu_area *like)
{
    struct fpu_area *area = slab_alloc(&cache);

    if (area)
        memcpy(area, like, area_bytes);
    return area;
}

void fpu_free(struct fpu_area *area)
{
    if (area)
        slab_free(&cache, area);
}

static int need_area(struct thread *self)
{
    if (!self->fpu)
        self->fpu = area_alloc(&initial);
    return self->fpu ? 0 : -ENOMEM;
}

int fpu_take(void)
{
    struct thread *self = thread_current();

    cpu_enable_interrupts();
    int error = need_area(self);

    (void)cpu_save_interrupts();
    return error ? error : load(self);
}

void fpu_adopt(struct fpu_area *area)
{
    fpu_reset();
    thread_current()->fpu = area;
}

void fpu_reset(void)
{
    struct thread *self = thread_current();
    struct fpu_area *area = self->fpu;

    if (!area)
        return;
    uint64_t saved = cpu_save_interrupts();

    give_up(self);
    self->fpu = NULL;
    cpu_restore_interrupts(saved);
    fpu_free(area);
}

int fpu_copy(struct fpu_area **copy)
{
    struct thread *self = thread_current();

    *copy = NULL;
    if (!self->fpu)
        return 0;
    uint64_t saved = cpu_save_interrupts();

    write_back(self);
    cpu_restore_interrupts(saved);
    *copy = area_alloc(self->fpu); /* nobody writes to it meanwhile: the thread is in the kernel */
    return *copy ? 0 : -ENOMEM;
}

/* ---- for signals ----------------------------------------------------------------------------- */

size_t fpu_bytes(void)
{
    return thread_current()->fpu ? area_bytes : 0;
}

void fpu_save_to(struct room to)
{
    const struct thread *self = thread_current();
    uint64_t saved;

    if (!self->fpu)
        return;
    saved = cpu_save_interrupts();
    write_back(self);
    cpu_restore_interrupts(saved);
    if (to.size >= area_bytes)
        memcpy(to.chars, self->fpu, area_bytes);
}

/* Nothing that XRSTOR or FXRSTOR would refuse (SDM vol. 1, 13.8.1 and 10.5.1.2). */
static bool is_sound(struct span from)
{
    if (span_rd32(from, AT_MXCSR) & ~mxcsr_bits)
        return false;
    if (way == FXSAVE)
        return true;
    if (span_rd64(from, AT_PARTS) & ~(uint64_t)parts || span_rd64(from, AT_COMPACT))
        return false;
    for (size_t at = AT_RESERVED; at < HEADER_END; at += 8)
        if (span_rd64(from, at))
            return false;
    return true;
}

int fpu_load_from(struct span from)
{
    struct thread *self = thread_current();
    uint64_t saved;
    int error;

    if (from.size == 0 && !self->fpu)
        return 0;
    if (from.size == 0)
        from = span_of(initial.bytes, area_bytes);
    if (from.size != area_bytes || !is_sound(from))
        return -EINVAL;
    error = need_area(self);
    if (error)
        return error;
    saved = cpu_save_interrupts();
    give_up(self);
    span_copy(self->fpu, from);
    cpu_restore_interrupts(saved);
    return 0;
}
