/*
 * What an architecture owes the rest of the kernel. The only header of kernel/arch that the rest
 * includes, besides address_space.h and the interrupt frame for the panic screen.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

#include "kernel/arch/x86_64/percpu.h" /* CPUS_MAX, cpu_number, percpu, thread_current */
#include "lib/compiler.h"

/* ---- start-up, in the order of the boot sequence --------------------------------------------- */
void gdt_init(void); /* step 2: segments, TSS, stacks for double fault, NMI and machine check */
void idt_init(void); /* step 3: all 256 gates; machine checks and NMI on */
void pic_init(void); /* step 4: IRQ 0–15 to vectors 32–47, all masked */
void paging_init(void); /* step 6: drops the identity map, guards the stacks */

/* ---- the CPU --------------------------------------------------------------------------------- */
void cpu_enable_interrupts(void);
bool cpu_interrupts_enabled(void);
/* cpu_save_interrupts turns them off, and returns what cpu_restore_interrupts wants. */
#include "kernel/arch/x86_64/interrupt_flag.h" /* at each lock: inline */
void cpu_halt(void);  /* until the next interrupt; call with interrupts on */
void cpu_idle(void);  /* call with interrupts off: enables them and halts with nothing in between */
void cpu_pause(void);
void cpu_copy_page(void *to, const void *from); /* 4096 bytes */
void cpu_zero_page(void *at);
uint64_t cpu_timestamp(void); /* the time-stamp counter */
bool cpu_random(uint64_t *value); /* from the CPU's own source; false: it has none, or is empty */
void cpu_triple_fault(void);
void cpu_describe(char *to, uint64_t size); /* vendor, brand, features that we use */

/* ---- exceptions ------------------------------------------------------------------------------ */
struct cpu_exception {
    unsigned vector; /* 0–31 */
    uint64_t error_code;
    uint64_t rip;
    uint64_t address; /* of a page fault */
};

/* Call function(context). True: an exception ended it half-way, *caught says which; what it had
   locked or changed stays so. For tests, and to try what a CPU may not have. Double faults, NMIs
   and machine checks are not caught. Calls nest. */
bool cpu_catch(void (*function)(void *), void *context, struct cpu_exception *caught) must_check;
#define CPU_GAVE_UP 32u /* the vector of what follows */
/* Within cpu_catch, no lock held: as if an exception had come. A thread whose give_up is set does so by
   itself when an interrupt finds it in the code of a driver. */
noreturn void cpu_give_up(void);
/* A check of the compiler's failed there: does not return if it is a driver's code, within cpu_catch. */
void cpu_driver_strays(uint64_t rip);
const char *cpu_exception_name(unsigned vector); /* "page fault" */
uint64_t nmi_count(void);

/* ---- threads --------------------------------------------------------------------------------- */
struct cpu_context; /* hardware.h, with fastos_context_switch */

/* A context that calls entry(argument) on the stack that ends at stack_top (a multiple of 16), with
   interrupts off, in the address space of the moment. entry must not return. */
void cpu_context_start(struct cpu_context *context, uint64_t stack_top, void (*entry)(void *),
                       void *argument);
/* The stack that kernel_main runs on. */
void cpu_boot_stack(uint64_t *low, uint64_t *high);

/* ---- ring 3
   ------------------------------------------------------------------------------------ The
   registers of ring 3, while its thread is in the kernel, lie in a struct interrupt_frame at the
   top of the thread's kernel stack (interrupt_frame.h). */
struct interrupt_frame;
void syscall_init(void); /* SYSCALL comes to the functions of lib/abi/syscalls.txt from now on */
/* Entries from ring 3 use the stack that ends at `top` from now on: the running thread's. */
void cpu_set_kernel_stack(uint64_t top);
/* FS's base of ring 3, from now on; the kernel does not use it. Interrupts off. */
void cpu_load_fs_base(uint64_t base);
/* The same for a thread that gets the CPU; cheap when it is what is loaded. */
void cpu_switch_fs_base(const struct thread *next);
/* Ring 3's registers, for the stack that ends there. */
struct interrupt_frame *cpu_user_frame(uint64_t stack_top);
/* Registers of a program that begins: all 0 but these. */
void cpu_start_user(struct interrupt_frame *frame, uint64_t rip, uint64_t rsp);
/* What a program may say of its flags goes into the frame; interrupts stay on. */
void cpu_set_user_flags(struct interrupt_frame *frame, uint64_t rflags);
/* The frame is a system call's that has returned (its result in rax) and of which nobody has
   said that it is over. Its number is frame->error_code. */
bool cpu_is_syscall(const struct interrupt_frame *frame);
void cpu_syscall_over(struct interrupt_frame *frame);
void cpu_restart_syscall(struct interrupt_frame *frame); /* ring 3 calls once more */
/* The frame lies at the top of the running thread's kernel stack. */
noreturn void cpu_resume_user(struct interrupt_frame *frame);
/* One of the two lies in the user half, which the caller has made sure of. -EFAULT: not all could
   be copied. */
int cpu_user_copy(uint64_t to, uint64_t from, uint64_t bytes) must_check;
int cpu_user_zero(uint64_t to, uint64_t bytes) must_check;
/* At once: *found = the word there; when it is `expected` it becomes `new`. A multiple of 4. */
int cpu_user_exchange(uint64_t at, uint32_t expected, uint32_t new, uint32_t *found) must_check;

/* ---- the FPU of programs: x87, SSE, AVX. The kernel uses none of it ----------------------------
   All but the first two are about the running thread. A state as saved is the CPU's own layout. */
#define FPU_BYTES_MAX 832u
struct fpu_state;
struct thread;
void fpu_init(void); /* once slab caches can be had */
void fpu_switch(struct thread *next); /* of a program, which gets the CPU; interrupts off */
/* It uses the FPU: it may from now on. Interrupts on. -ENOMEM: no room for its state. */
int fpu_trap(void) must_check;
/* For a thread that is to go on as this one: fpu_adopt it there, or fpu_discard it. NULL: it never
   used the FPU. -ENOMEM. */
int fpu_copy(struct fpu_state **copy) must_check;
void fpu_adopt(struct fpu_state *state); /* by a thread that has none */
void fpu_discard(struct fpu_state *state);
void fpu_reset(void); /* as if it had never used the FPU */
/* For handlers of signals, which begin with a clean state and return to the old one. */
size_t fpu_bytes(void); /* of its state; 0: it never used the FPU */
void fpu_store(void *to);
void fpu_clean(void);
/* -EINVAL: not that many, or it says what the CPU would refuse. -ENOMEM. */
int fpu_load(const void *from, size_t bytes) must_check;

/* What the entries from ring 3 call, in kernel/process, interrupts on. */
/* thread->attention is not 0, and the thread is about to go on in ring 3. */
void user_attention(struct interrupt_frame *frame);
/* How many system calls there are. A thread makes those below its `calls` without a look; the others are
   refused (driver_program.h), but for the few that drivers may make. */
extern const uint64_t syscall_count;
/* A page fault at an address of the user half, of ring 3 or of a copy. 0: the page is there now. */
#define FAULT_PRESENT 1u /* the page is there, and forbids it */
#define FAULT_WRITE   2u
#define FAULT_USER    4u
#define FAULT_EXECUTE 16u
int user_page_fault(uint64_t address, unsigned access) must_check;
/* Any other fault of a program, or a page fault with its error, which becomes a signal. */
void user_fault(const struct cpu_exception *exception, int error);

/* ---- time ------------------------------------------------------------------------------------ */
bool cpu_timestamp_is_invariant(void); /* one rate, whatever the CPU's speed and sleep */

/* A device that interrupts once, some time from now: kernel/core/time/clock_event.h takes it. Its
   functions are called with interrupts off. */
struct clock_event {
    const char *name;           /* "PIT", "HPET", "local APIC", "TSC deadline" */
    unsigned rating;            /* the highest is used: 100, 150, 200, 300 */
    uint64_t least_ns, most_ns; /* what set_oneshot takes */
    void (*set_oneshot)(uint64_t ns); /* one interrupt, instead of what was set; not before `ns` */
    void (*set_ticking)(unsigned hz); /* NULL: it need not tick */
    void (*stop)(void);               /* no interrupt until it is set again */
};

/* ---- interrupt lines ----------------------------------------------------------------------------
   0–15, vectors 32–47, whichever controller there is. For kernel/core/interrupts alone, which calls
   with interrupts off and serialises. */
void irq_mask(unsigned irq);
void irq_unmask(unsigned irq);
void irq_acknowledge(unsigned irq);
bool irq_is_spurious(unsigned irq); /* the controller did not mean it; nothing to acknowledge */
bool irq_is_level(unsigned irq);    /* else edge */
void irq_trigger(unsigned irq);     /* by an INT instruction: for tests, masked or not, at once */
const char *irq_controller_name(void);

/* ---- local APIC ------------------------------------------------------------------------------ */
struct acpi_madt;
/* The I/O APICs and this CPU's local APIC take over from the PIC, all lines masked. -ENODEV,
   -ENOTSUP, -EINVAL, -ENOMEM with *why: the PIC stays, nothing has changed. */
int apic_take_over(const struct acpi_madt *madt, const char **why) must_check;
bool apic_in_use(void);
unsigned apic_id(void); /* of this CPU */

/* Vectors of the local APIC; arch acknowledges those from the first of them on. */
#define VECTOR_APIC_FIRST 0xf0u
#define VECTOR_TIMER      0xf0u
#define VECTOR_ERROR      0xfeu
#define VECTOR_SPURIOUS   0xffu /* never acknowledged */
void apic_acknowledge(void);
uint32_t apic_take_errors(void); /* the error status register's bits since the last call */
void apic_send(unsigned to_apic, unsigned vector); /* to a CPU; its own number works too */

/* For its timer, which interrupts at VECTOR_TIMER: drivers/timer/apic. NULL: no APIC is in use. */
volatile void *apic_registers(uint32_t *bytes);
bool cpu_has_deadline(void);
void cpu_set_deadline(uint64_t tsc); /* the timer in that mode interrupts once, when the TSC is there */

/* ---- device registers and firmware's tables -------------------------------------------------- */
/* Map [phys, phys + bytes), any alignment, into PML4[509]. flags as page_map. NULL: no frame for a
   page table, no address space, or beyond the CPU's physical addresses. */
volatile void *device_map(uint64_t phys, uint64_t bytes, unsigned flags) must_check;
void device_unmap(volatile void *at, uint64_t bytes);

/* ---- virtual memory: the kernel half (address_space.h has the user halves) ------------------- */
#define PAGE_SIZE 4096ull

#define PAGE_WRITE   1u
#define PAGE_EXECUTE 2u
#define PAGE_USER    4u
#define PAGE_UNCACHED 8u
#define PAGE_WRITE_COMBINING 16u /* framebuffers: writes are gathered, reads are slow */
#define PAGE_DEVICE  32u /* in a user half: not memory whose users are counted */
#define PAGE_READ_ONLY 64u /* of a device: no program may ask to write to it */

/*
 * In multiples of 4 KiB, of PML4[508] to [510]; pages of 2 MiB and 1 GiB where they fit. After an
 * error everything is as it was. -EINVAL: not such a range, or PAGE_USER, or PAGE_WRITE with
 * PAGE_EXECUTE.
 */
/* -ENOMEM: no frame for a table; -EEXIST: something is mapped there. */
int pages_map(uint64_t virt, uint64_t phys, uint64_t bytes, unsigned flags) must_check;
/* -ENOENT: a page of it is not mapped; -ENOMEM: no frame to split a large page. */
int pages_unmap(uint64_t virt, uint64_t bytes) must_check;
/* New flags for what is mapped, the physical map included. -ENOENT, -ENOMEM. */
int pages_protect(uint64_t virt, uint64_t bytes, unsigned flags) must_check;
/* One 4 KiB page. */
int page_map(uint64_t virt, uint64_t phys, unsigned flags) must_check;
int page_unmap(uint64_t virt) must_check; /* -ENOENT */
/* The physical address behind virt, in the address space that is switched to. -ENOENT. */
int page_translate(uint64_t virt, uint64_t *phys) must_check;
/* Where a physical address can be read and written. Only memory of the map, not devices. */
void *phys_to_virt(uint64_t phys);

/* A level of the way to an address, for those who want to see it. */
struct page_step {
    const char *table; /* "PML4", "PDPT", "PD", "PT" */
    unsigned index;
    uint64_t at;    /* physical address of the entry */
    uint64_t entry;
    uint64_t phys;  /* of the next table, or of the page */
    uint64_t bytes; /* of the page; 0: a table, or nothing */
    bool present;
    char rights[128]; /* "read, write, global, no execute" */
};
#define PAGE_STEPS_MAX 4
unsigned page_walk(uint64_t virt, struct page_step steps[PAGE_STEPS_MAX]); /* returns how many */

/* No page of the kernel half is writable and executable, or open to ring 3, and the recursive slot
   maps the tables that are used. Else false, with *virt the first page that breaks it. */
bool paging_check(uint64_t *virt);

/* ---- faults that are expected ---------------------------------------------------------------- */
/* Copies size bytes from an address that may not be there. -EFAULT: not all could be read. */
int probe_read(const void *from, void *to, uint64_t size) must_check;
/* A stack's guard page holds the address: whose, in *name ("boot", "NMI", "thread", …). */
bool stack_guard_at(uint64_t virt, const char **name);
