/* The preemption count. One CPU so far: the count moves to the per-CPU data with the threads. */
#include "kernel/arch/arch.h"
#include "kernel/core/sync/preempt.h"

unsigned preempt_depth;

bool may_sleep(void)
{
    return preempt_depth == 0 && cpu_interrupts_enabled();
}
