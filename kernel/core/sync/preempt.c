/* The preemption count. One CPU so far: the count moves to the per-CPU data with the threads. */
#include "kernel/arch/arch.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/panic.h"

static unsigned count;

void preempt_disable(void)
{
    count++;
}

void preempt_enable(void)
{
    assert(count > 0);
    count--;
}

unsigned preempt_count(void)
{
    return count;
}

bool may_sleep(void)
{
    return count == 0 && cpu_interrupts_enabled();
}
