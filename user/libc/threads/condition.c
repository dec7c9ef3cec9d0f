/* Conditions: the word counts what was signalled; who waits sleeps until it is another. */
#include <limits.h>
#include <pthread.h>
#include <time.h>

#include "user/libc/libc.h"
#include "user/libc/threads/cancel.h"

int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes)
{
    *condition = (pthread_cond_t){.__clock = attributes ? attributes->__clock : CLOCK_REALTIME};
    return 0;
}

int pthread_cond_destroy(pthread_cond_t *condition)
{
    return __atomic_load_n(&condition->__waiters, __ATOMIC_RELAXED) ? EBUSY : 0;
}

/* pthread_cancel changes the word of waits_on: it is told before cancel_wanted is looked at. */
int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                           const struct timespec *moment)
{
    struct __fastos_thread *self = thread_self();

    __atomic_store_n(&self->waits_on, &condition->__word, __ATOMIC_SEQ_CST);
    unsigned seen = __atomic_load_n(&condition->__word, __ATOMIC_SEQ_CST);
    int error = 0;

    __atomic_add_fetch(&condition->__waiters, 1, __ATOMIC_SEQ_CST);
    if (!cancel_is_due(self)) {
        error = pthread_mutex_unlock(mutex);
        if (!error) {
            error = futex_wait_until(&condition->__word, seen, condition->__clock, moment);
            (void)pthread_mutex_lock(mutex);
        }
    }
    __atomic_sub_fetch(&condition->__waiters, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&self->waits_on, NULL, __ATOMIC_SEQ_CST);
    pthread_testcancel();
    return error == EAGAIN || error == EINTR ? 0 : error;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    return pthread_cond_timedwait(condition, mutex, NULL);
}

static int wake(pthread_cond_t *condition, unsigned count)
{
    if (__atomic_load_n(&condition->__waiters, __ATOMIC_SEQ_CST)) {
        __atomic_add_fetch(&condition->__word, 1, __ATOMIC_SEQ_CST);
        futex_wake(&condition->__word, count);
    }
    return 0;
}

int pthread_cond_signal(pthread_cond_t *condition)
{
    return wake(condition, 1);
}

int pthread_cond_broadcast(pthread_cond_t *condition)
{
    return wake(condition, INT_MAX);
}

/* ---- attributes ------------------------------------------------------------------------------ */

int pthread_condattr_init(pthread_condattr_t *attributes)
{
    *attributes = (pthread_condattr_t){.__clock = CLOCK_REALTIME};
    return 0;
}

int pthread_condattr_destroy(pthread_condattr_t *attributes)
{
    (void)attributes;
    return 0;
}

int pthread_condattr_setclock(pthread_condattr_t *attributes, clockid_t clock)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        return EINVAL;
    attributes->__clock = clock;
    return 0;
}

int pthread_condattr_getclock(const pthread_condattr_t *restrict attributes,
                              clockid_t *restrict clock)
{
    *clock = attributes->__clock;
    return 0;
}

int pthread_condattr_setpshared(pthread_condattr_t *attributes, int shared)
{
    attributes->__shared = shared;
    return 0;
}

int pthread_condattr_getpshared(const pthread_condattr_t *attributes, int *shared)
{
    *shared = attributes->__shared;
    return 0;
}
