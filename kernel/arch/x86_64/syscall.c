/* The registers that SYSCALL goes by. Intel SDM vol. 3, 5.8.8; the order of the selectors is
   gdt.c's. */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/interrupt_frame.h"
#include "kernel/arch/x86_64/percpu.h"
#include "kernel/arch/x86_64/selectors.h"
#include "kernel/arch/x86_64/stacks.h"
#include "kernel/core/thread/thread.h"

#define MSR_STAR  0xc0000081u
#define MSR_LSTAR 0xc0000082u
#define MSR_FMASK 0xc0000084u
#define MSR_FS_BASE 0xc0000100u
#define EFER_SCE  1u

/* Off while the kernel begins: interrupts, traps, direction, alignment checks, nested task,
   ports. */
#define FLAGS_OFF 0x47700u

/* SYSRET takes its selectors from a base: 8 behind it the data, 16 behind it the code. */
_Static_assert(SELECTOR_USER_CODE == SELECTOR_USER_DATA + 8, "the order that SYSRET wants");
_Static_assert(SELECTOR_KERNEL_DATA == SELECTOR_KERNEL_CODE + 8, "the order that SYSCALL wants");

_Static_assert(offsetof(struct thread, attention) == 8, "THREAD_ATTENTION in percpu.inc");
_Static_assert(offsetof(struct thread, calls) == 12, "THREAD_CALLS in percpu.inc");

#define VECTOR_SYSCALL 0x100 /* syscall_entry.asm */
#define VECTOR_OVER    0x101 /* was one */
#define SYSCALL_BYTES  2     /* of the instruction */

#define RFLAGS_ALWAYS 0x002ull
/* Arithmetic flags, trap, direction, alignment check, identification: what ring 3 may choose. */
#define RFLAGS_USER   0x240dd5ull

extern const uint8_t syscall_entry[];

void syscall_init(void)
{
    fastos_write_msr(MSR_STAR, (uint64_t)(SELECTOR_USER_DATA - 8) << 48
                                   | (uint64_t)SELECTOR_KERNEL_CODE << 32);
    fastos_write_msr(MSR_LSTAR, (uintptr_t)syscall_entry);
    fastos_write_msr(MSR_FMASK, FLAGS_OFF);
    fastos_write_msr(MSR_EFER, fastos_read_msr(MSR_EFER) | EFER_SCE);
}

void cpu_set_kernel_stack(uint64_t top)
{
    percpu()->kernel_stack = top;
    tss_set_kernel_stack(top);
}

void cpu_load_fs_base(uint64_t base)
{
    struct percpu *cpu = percpu();

    cpu->fs_base = base;
    cpu->fs_thread = cpu->thread;
    fastos_write_msr(MSR_FS_BASE, base);
}

/* A program can load FS with a selector, whose base is 0: what was loaded for another thread may be
   gone, even if both want the same. Without FSGSBASE it can do no more. */
void cpu_switch_fs_base(const struct thread *next)
{
    const struct percpu *cpu = percpu();

    if (cpu->fs_base | next->fs_base && cpu->fs_thread != next)
        cpu_load_fs_base(next->fs_base);
}

void cpu_start_user(struct interrupt_frame *frame, uint64_t rip, uint64_t rsp)
{
    *frame = (struct interrupt_frame){
        .vector = VECTOR_OVER,
        .rip = rip,
        .cs = SELECTOR_USER_CODE,
        .rflags = RFLAGS_ALWAYS | CPU_INTERRUPTS_ON,
        .rsp = rsp,
        .ss = SELECTOR_USER_DATA,
    };
}

void cpu_set_user_flags(struct interrupt_frame *frame, uint64_t rflags)
{
    frame->rflags = (rflags & RFLAGS_USER) | RFLAGS_ALWAYS | CPU_INTERRUPTS_ON;
}

bool cpu_is_syscall(const struct interrupt_frame *frame)
{
    return frame->vector == VECTOR_SYSCALL;
}

void cpu_syscall_over(struct interrupt_frame *frame)
{
    if (frame->vector == VECTOR_SYSCALL)
        frame->vector = VECTOR_OVER;
}

void cpu_restart_syscall(struct interrupt_frame *frame)
{
    frame->rip -= SYSCALL_BYTES;
    frame->rax = frame->error_code;
    cpu_syscall_over(frame);
}
