/* The preemption count's slow half; the fast one is inline, the switch itself is scheduler.c's. */
#include "kernel/core/sync/preempt.h"

#include "kernel/panic.h"

bool may_sleep(void)
{
    return preempt_count() == 0 && cpu_interrupts_enabled();
}

void preempt_underflow(void)
{
    panic("preempt_enable without preempt_disable");
}
