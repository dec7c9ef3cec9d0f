/*
 * Deferred work: a stack that any context pushes on with one compare-and-exchange; the runner takes
 * all of it and turns it round, so that work runs in the order in which it came.
 */
#include "kernel/core/interrupts/deferred.h"

#include <stddef.h>

#define ROUNDS_MAX 16 /* work that always queues itself again leaves the others a chance */

static struct deferred *newest;
static void (*wake_runner)(void);

bool irq_defer_from_nmi(struct deferred *work)
{
    if (__atomic_exchange_n(&work->queued, true, __ATOMIC_ACQ_REL))
        return false;
    work->next = __atomic_load_n(&newest, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&newest, &work->next, work, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED))
        ;
    return true;
}

bool irq_defer(struct deferred *work)
{
    bool queued = irq_defer_from_nmi(work);

    deferred_wake();
    return queued;
}

void deferred_wake(void)
{
    if (wake_runner && deferred_pending())
        wake_runner();
}

static struct deferred *take_oldest_first(void)
{
    struct deferred *work = __atomic_exchange_n(&newest, NULL, __ATOMIC_ACQUIRE);
    struct deferred *oldest = NULL;

    while (work) {
        struct deferred *next = work->next;

        work->next = oldest;
        oldest = work;
        work = next;
    }
    return oldest;
}

bool deferred_run(void)
{
    bool any = false;

    for (unsigned round = 0; round < ROUNDS_MAX && deferred_pending(); round++) {
        struct deferred *work = take_oldest_first();

        while (work) {
            struct deferred *next = work->next;

            /* From here on it may be queued again, by its own run or by an interrupt. */
            __atomic_store_n(&work->queued, false, __ATOMIC_RELEASE);
            work->run(work->context);
            any = true;
            work = next;
        }
    }
    return any;
}

bool deferred_pending(void)
{
    return __atomic_load_n(&newest, __ATOMIC_RELAXED) != NULL;
}

void deferred_set_wake(void (*wake)(void))
{
    wake_runner = wake;
}
