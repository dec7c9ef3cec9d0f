/* What timers cost, alone and among ten thousand. */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"
#include "kernel/test/kbench.h"

#define MANY 10000u

static void nothing(void *context)
{
    (void)context;
}

static void start_and_stop(uint64_t count)
{
    uint64_t far_ns = time_now_ns() + 3600 * NS_PER_SECOND;
    struct timer timer;

    timer_init(&timer, nothing, NULL);
    for (uint64_t i = 0; i < count; i++) {
        timer_start(&timer, far_ns + i * 7919 % MANY);
        (void)timer_stop(&timer);
    }
}

KBENCH(timer_start_stop)
{
    start_and_stop(count);
}

KBENCH(timer_start_stop_among_10000)
{
    struct timer *timers = alloc(MANY * sizeof(*timers), 64);
    uint64_t far_ns = time_now_ns() + 3600 * NS_PER_SECOND;

    if (!timers)
        return;
    for (unsigned i = 0; i < MANY; i++) {
        timer_init(&timers[i], nothing, NULL);
        timer_start(&timers[i], far_ns + (uint64_t)i * 7919 % MANY);
    }
    start_and_stop(count);
    for (unsigned i = 0; i < MANY; i++)
        (void)timer_stop(&timers[i]);
    dealloc(timers, MANY * sizeof(*timers), 64);
}

/* The tree's part and the call; the interrupt that brings it is bench-interrupts'. */
KBENCH(timer_start_fire)
{
    uint64_t saved = cpu_save_interrupts();
    struct timer timer;

    timer_init(&timer, nothing, NULL);
    for (uint64_t i = 0; i < count; i++) {
        timer_start(&timer, 1);
        timers_run(2);
    }
    cpu_restore_interrupts(saved);
}

KBENCH(clock_read)
{
    for (uint64_t i = 0; i < count; i++)
        (void)time_now_ns();
}
