/* What a thread begins with; the switch itself is fastos_context_switch (hardware.asm). */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/interrupt_frame.h"
#include "kernel/arch/x86_64/stacks.h"

#define RFLAGS_ALWAYS 0x2 /* bit 1 reads as 1 */

_Static_assert(offsetof(struct cpu_context, rsp) == 56, "hardware.asm");
_Static_assert(offsetof(struct cpu_context, r15) == 120, "hardware.asm");
_Static_assert(offsetof(struct cpu_context, rip) == 128, "hardware.asm");
_Static_assert(offsetof(struct cpu_context, cr3) == 144, "hardware.asm");

void cpu_context_start(struct cpu_context *context, uint64_t stack_top, void (*entry)(void *),
                       void *argument)
{
    uint64_t *return_address = (uint64_t *)(stack_top - 8);

    *return_address = 0; /* the backtrace ends here, and the stack is aligned as after a call */
    *context = (struct cpu_context){
        .rdi = (uintptr_t)argument,
        .rsp = (uintptr_t)return_address,
        .rip = (uintptr_t)entry,
        .rflags = RFLAGS_ALWAYS,
        .cr3 = fastos_read_cr3(),
    };
}

void cpu_boot_stack(uint64_t *low, uint64_t *high)
{
    *low = (uintptr_t)boot_stack.bytes;
    *high = (uintptr_t)&boot_stack + sizeof(boot_stack);
}

struct interrupt_frame *cpu_user_frame(uint64_t stack_top)
{
    return (struct interrupt_frame *)(stack_top - sizeof(struct interrupt_frame));
}
