/* The first CPU's own data, and how a CPU comes to its own. Intel SDM vol. 3, 3.4.4 (GS base by
   MSR). */
#include "kernel/arch/x86_64/percpu.h"

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/core/thread/scheduler.h"
#include "kernel/core/thread/thread.h"

_Static_assert(offsetof(struct percpu, thread) == 8, "PERCPU_THREAD in percpu.inc");
_Static_assert(offsetof(struct thread, catch_stack) == 0, "THREAD_CATCH_STACK in percpu.inc");

struct percpu boot_cpu = {
    .self = &boot_cpu,
    .thread = &boot_thread,
    .preempt = PREEMPT_CALM,
    .queue = &boot_queue,
};

void percpu_load(struct percpu *cpu)
{
    fastos_write_msr(MSR_GS_BASE, (uintptr_t)cpu);
    fastos_write_msr(MSR_KERNEL_GS_BASE, 0); /* ring 3's, until a process has one */
}
