/*
 * Mutexes. While nobody waits, taking and giving back is one compare-and-exchange each. WAITERS in
 * the owner's word sends the owner through the queue when it gives the mutex back. A woken waiter
 * competes with whoever comes along; it sets WAITERS again before it sleeps, so that no waiter is
 * forgotten.
 */
#include "kernel/core/sync/mutex.h"

#include "kernel/arch/arch.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/thread/thread.h"
#include "kernel/panic.h"
#include "lib/errno.h"

#define WAITERS 1u /* threads are aligned */

void mutex_init(struct mutex *mutex, const char *name)
{
    *mutex = (struct mutex)MUTEX(name);
}

static bool change(struct mutex *mutex, uintptr_t from, uintptr_t to)
{
    return __atomic_compare_exchange_n(&mutex->owner, &from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

static uintptr_t self(void)
{
    return (uintptr_t)thread_current();
}

bool mutex_is_mine(const struct mutex *mutex)
{
    return (__atomic_load_n(&mutex->owner, __ATOMIC_RELAXED) & ~(uintptr_t)WAITERS) == self();
}

/* Take it if it is free, else see to it that its owner will look for us. Queue locked. */
static bool take_or_announce(struct mutex *mutex)
{
    for (;;) {
        uintptr_t owner = __atomic_load_n(&mutex->owner, __ATOMIC_RELAXED);

        if (owner == 0) {
            if (change(mutex, 0, self() | (mutex->queue.first ? WAITERS : 0)))
                return true;
        } else if (owner & WAITERS || change(mutex, owner, owner | WAITERS)) {
            return false;
        }
    }
}

static int lock_slowly(struct mutex *mutex, uint64_t deadline_ns)
{
    uint64_t saved = wait_lock(&mutex->queue);
    int error = 0;
    bool taken = take_or_announce(mutex);

    while (!taken && !error) {
        error = wait_locked(&mutex->queue, &saved, deadline_ns);
        taken = take_or_announce(mutex);
    }
    wait_unlock(&mutex->queue, saved);
    return taken ? 0 : error;
}

static void check_context(const struct mutex *mutex)
{
#ifdef DEBUG
    if (!may_sleep() && cpu_interrupts_enabled())
        panic("mutex %s taken in atomic context", mutex->queue.lock.name);
#else
    (void)mutex;
#endif
}

static never_inline int lock_others(struct mutex *mutex, uint64_t deadline_ns)
{
    if (mutex_is_mine(mutex))
        panic("thread %s takes mutex %s a second time", thread_current()->name,
              mutex->queue.lock.name);
    return lock_slowly(mutex, deadline_ns);
}

int mutex_lock_until(struct mutex *mutex, uint64_t deadline_ns)
{
    check_context(mutex);
    return likely(change(mutex, 0, self())) ? 0 : lock_others(mutex, deadline_ns);
}

static never_inline void lock_for_ever(struct mutex *mutex)
{
    if (lock_others(mutex, WAIT_FOREVER))
        panic("mutex %s: forever is over", mutex->queue.lock.name);
}

void mutex_lock(struct mutex *mutex)
{
    check_context(mutex);
    if (unlikely(!change(mutex, 0, self())))
        lock_for_ever(mutex);
}

bool mutex_try_lock(struct mutex *mutex)
{
    return change(mutex, 0, self());
}

void mutex_unlock(struct mutex *mutex)
{
    uint64_t saved;

    if (likely(change(mutex, self(), 0)))
        return;
    if (!mutex_is_mine(mutex))
        panic("thread %s gives back mutex %s, which it does not hold", thread_current()->name,
              mutex->queue.lock.name);
    saved = wait_lock(&mutex->queue);
    __atomic_store_n(&mutex->owner, 0, __ATOMIC_RELEASE);
    (void)wait_wake_one(&mutex->queue);
    wait_unlock(&mutex->queue, saved);
}
