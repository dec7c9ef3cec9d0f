/* The registers that SYSCALL goes by. Intel SDM vol. 3, 5.8.8; the order of the selectors is
   gdt.c's. */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/percpu.h"
#include "kernel/arch/x86_64/selectors.h"
#include "kernel/arch/x86_64/stacks.h"

#define MSR_STAR  0xc0000081u
#define MSR_LSTAR 0xc0000082u
#define MSR_FMASK 0xc0000084u
#define EFER_SCE  1u

/* Off while the kernel begins: interrupts, traps, direction, alignment checks, nested task,
   ports. */
#define FLAGS_OFF 0x47700u

/* SYSRET takes its selectors from a base: 8 behind it the data, 16 behind it the code. */
_Static_assert(SELECTOR_USER_CODE == SELECTOR_USER_DATA + 8, "the order that SYSRET wants");
_Static_assert(SELECTOR_KERNEL_DATA == SELECTOR_KERNEL_CODE + 8, "the order that SYSCALL wants");

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
