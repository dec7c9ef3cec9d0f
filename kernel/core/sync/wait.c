/*
 * Wait queues. A waiter lies on its thread's stack while that sleeps. `waiting` is what the thread
 * sleeps on (scheduler_block); whoever clears it also takes the waiter from the queue, except the
 * timer, which does not hold the queue's lock: that waiter is found still queued, and knows that
 * its time is over.
 */
#include "kernel/core/sync/wait.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/thread/scheduler.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"
#include "kernel/panic.h"
#include "lib/errno.h"

struct waiter {
    struct waiter *next, *previous;
    struct thread *thread;
    bool queued;  /* under the queue's lock */
    bool waiting;
};

void wait_queue_init(struct wait_queue *queue, const char *name)
{
    *queue = (struct wait_queue)WAIT_QUEUE(name);
}

uint64_t wait_lock(struct wait_queue *queue)
{
    return spin_lock_irq(&queue->lock);
}

void wait_unlock(struct wait_queue *queue, uint64_t saved)
{
    spin_unlock_irq(&queue->lock, saved);
}

/* ---- the list -------------------------------------------------------------------------------- */

static void append(struct wait_queue *queue, struct waiter *waiter)
{
    waiter->next = NULL;
    waiter->previous = queue->last;
    *(queue->last ? &queue->last->next : &queue->first) = waiter;
    queue->last = waiter;
    waiter->queued = true;
}

static void take(struct wait_queue *queue, struct waiter *waiter)
{
    *(waiter->previous ? &waiter->previous->next : &queue->first) = waiter->next;
    *(waiter->next ? &waiter->next->previous : &queue->last) = waiter->previous;
    waiter->queued = false;
}

/* ---- sleeping -------------------------------------------------------------------------------- */

/* Its waiter may be gone as soon as `waiting` is false and the thread runs. */
static void wake(struct waiter *waiter)
{
    struct thread *thread = waiter->thread;

    __atomic_store_n(&waiter->waiting, false, __ATOMIC_RELEASE);
    scheduler_wake(thread);
}

static void time_is_over(void *context)
{
    wake(context);
}

static void sleep(struct waiter *waiter, uint64_t deadline_ns)
{
    struct timer timer;

    if (deadline_ns == WAIT_FOREVER) {
        scheduler_block(&waiter->waiting);
        return;
    }
    timer_init(&timer, time_is_over, waiter);
    timer_start(&timer, deadline_ns);
    scheduler_block(&waiter->waiting);
    (void)timer_stop(&timer);
}

#ifdef DEBUG
static void check_may_sleep(void)
{
    if (!may_sleep())
        panic("thread %s waits in atomic context (preemption count %u, interrupts %s)",
              thread_current()->name, preempt_count(), cpu_interrupts_enabled() ? "on" : "off");
}
#else
static void check_may_sleep(void)
{
}
#endif

int wait_locked(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    struct waiter waiter = {.thread = thread_current(), .waiting = true};

    append(queue, &waiter);
    wait_unlock(queue, *saved);
    check_may_sleep();
    sleep(&waiter, deadline_ns);
    *saved = wait_lock(queue);
    if (!waiter.queued)
        return 0;
    take(queue, &waiter);
    return -ETIMEDOUT;
}

/* ---- interruptible --------------------------------------------------------------------------- */

/* Of all threads' `interrupted` and `sleeper`. */
static struct spinlock interrupt_lock = SPINLOCK("interrupted threads", LOCK_RANK_INTERRUPTED);

/* The waiter that thread_interrupt is to wake; false: it came before. */
static bool set_sleeper(struct waiter *waiter)
{
    struct thread *self = thread_current();
    uint64_t saved = spin_lock_irq(&interrupt_lock);
    bool interrupted = self->interrupted;

    self->sleeper = interrupted ? NULL : waiter;
    spin_unlock_irq(&interrupt_lock, saved);
    return !interrupted;
}

int wait_interruptible(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    struct waiter waiter = {.thread = thread_current(), .waiting = true};

    if (!set_sleeper(&waiter))
        return -EINTR;
    append(queue, &waiter);
    wait_unlock(queue, *saved);
    check_may_sleep();
    sleep(&waiter, deadline_ns);
    bool interrupted = !set_sleeper(NULL);

    *saved = wait_lock(queue);
    if (!waiter.queued)
        return 0;
    take(queue, &waiter);
    return interrupted ? -EINTR : -ETIMEDOUT;
}

void thread_interrupt(struct thread *thread)
{
    uint64_t saved = spin_lock_irq(&interrupt_lock);

    thread->interrupted = true;
    if (thread->sleeper) {
        wake(thread->sleeper);
        thread->sleeper = NULL;
    }
    spin_unlock_irq(&interrupt_lock, saved);
}

void thread_interrupt_clear(void)
{
    __atomic_store_n(&thread_current()->interrupted, false, __ATOMIC_RELAXED);
}

void thread_sleep_until(uint64_t deadline_ns)
{
    struct waiter waiter = {.thread = thread_current(), .waiting = true};

    check_may_sleep();
    sleep(&waiter, deadline_ns);
}

void thread_sleep_ns(uint64_t ns)
{
    uint64_t now_ns = time_now_ns();

    thread_sleep_until(ns < UINT64_MAX - now_ns ? now_ns + ns : UINT64_MAX - 1);
}

/* ---- waking ---------------------------------------------------------------------------------- */

bool wait_wake_one(struct wait_queue *queue)
{
    struct waiter *waiter = queue->first;

    if (!waiter)
        return false;
    take(queue, waiter);
    wake(waiter);
    return true;
}

bool wait_wake_all(struct wait_queue *queue)
{
    bool any = false;

    while (wait_wake_one(queue))
        any = true;
    return any;
}

void wait_signal(struct wait_queue *queue)
{
    uint64_t saved = wait_lock(queue);

    (void)wait_wake_one(queue);
    wait_unlock(queue, saved);
}

void wait_broadcast(struct wait_queue *queue)
{
    uint64_t saved = wait_lock(queue);

    (void)wait_wake_all(queue);
    wait_unlock(queue, saved);
}

/* ---- conditions ------------------------------------------------------------------------------ */

int wait_with_mutex(struct wait_queue *queue, struct mutex *mutex, uint64_t deadline_ns)
{
    struct waiter waiter = {.thread = thread_current(), .waiting = true};
    uint64_t saved = wait_lock(queue);
    int error = 0;

    append(queue, &waiter); /* before the mutex goes: the next who holds it finds us here */
    wait_unlock(queue, saved);
    mutex_unlock(mutex);
    check_may_sleep();
    sleep(&waiter, deadline_ns);
    saved = wait_lock(queue);
    if (waiter.queued) {
        take(queue, &waiter);
        error = -ETIMEDOUT;
    }
    wait_unlock(queue, saved);
    mutex_lock(mutex);
    return error;
}
