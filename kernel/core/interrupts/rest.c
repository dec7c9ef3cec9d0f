/* Resting. A wait queue that every interrupt wakes; the deadline makes up for what one may miss. */
#include "kernel/core/interrupts/rest.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/sync/wait.h"
#include "kernel/core/time/time.h"

static struct wait_queue resting = WAIT_QUEUE("an interrupt");

static void halt(void)
{
    uint64_t saved = cpu_save_interrupts();

    cpu_idle();
    cpu_restore_interrupts(saved);
}

static void sleep(void)
{
    uint64_t until_ns = time_now_ns() + NS_PER_MS;
    uint64_t saved = wait_lock(&resting);

    (void)!wait_locked(&resting, &saved, until_ns); /* either way the caller looks again */
    wait_unlock(&resting, saved);
}

void irq_rest(void)
{
    if (!cpu_interrupts_enabled())
        cpu_pause();
    else if (may_sleep())
        sleep();
    else
        halt();
}

/* The look without the lock: who comes to rest at this moment on another CPU sleeps a
   millisecond. */
void irq_rest_over(void)
{
    if (__atomic_load_n(&resting.first, __ATOMIC_RELAXED))
        wait_broadcast(&resting);
}
