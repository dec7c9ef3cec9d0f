/* What ends a callback that took too long: its driver's own code, at the next interrupt, or the next call of
   the interface. */
#pragma once

#include "kernel/arch/arch.h"
#include "kernel/core/thread/thread.h"

/* In each call of the interface that a driver may make in a loop. Does not return when its time is over. With
   interrupts off it is not the driver that calls, but the kernel, by a part of itself: the timer's driver in
   the handler that has just set give_up, PCI's under its lock. */
static inline void driver_check_time(void)
{
    if (unlikely(thread_current()->give_up) && cpu_interrupts_enabled())
        cpu_give_up();
}
