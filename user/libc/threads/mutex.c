/* Mutexes. One that is shared between processes must be of the normal kind: the others know their
   owner by its address. */
#include <pthread.h>
#include <time.h>

#include "user/libc/libc.h"

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes)
{
    *mutex = (pthread_mutex_t){.__type = attributes ? attributes->__type : PTHREAD_MUTEX_NORMAL};
    return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    return __atomic_load_n(&mutex->__word, __ATOMIC_RELAXED) ? EBUSY : 0;
}

static bool is_mine(const pthread_mutex_t *mutex)
{
    return __atomic_load_n(&mutex->__owner, __ATOMIC_RELAXED) == thread_self();
}

static void take(pthread_mutex_t *mutex)
{
    if (mutex->__type != PTHREAD_MUTEX_NORMAL)
        __atomic_store_n(&mutex->__owner, thread_self(), __ATOMIC_RELAXED);
}

/* It is mine already: true, with what is then to be answered. */
static bool again(pthread_mutex_t *mutex, int if_checked, int *error)
{
    if (mutex->__type == PTHREAD_MUTEX_NORMAL || !is_mine(mutex))
        return false;
    *error = mutex->__type == PTHREAD_MUTEX_RECURSIVE ? 0 : if_checked;
    if (!*error && ++mutex->__depth == 0) {
        mutex->__depth--;
        *error = EAGAIN;
    }
    return true;
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
    unsigned free = 0;
    int error;

    if (again(mutex, EBUSY, &error))
        return error;
    if (!__atomic_compare_exchange_n(&mutex->__word, &free, 1, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED))
        return EBUSY;
    take(mutex);
    return 0;
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *moment)
{
    int error = pthread_mutex_trylock(mutex);

    if (error != EBUSY || again(mutex, EDEADLK, &error))
        return error == EBUSY ? EDEADLK : error;
    while (__atomic_exchange_n(&mutex->__word, 2, __ATOMIC_ACQUIRE)) {
        error = futex_wait_until(&mutex->__word, 2, CLOCK_REALTIME, moment);
        if (error == ETIMEDOUT || error == EINVAL)
            return error;
    }
    take(mutex);
    return 0;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return pthread_mutex_timedlock(mutex, NULL);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (mutex->__type != PTHREAD_MUTEX_NORMAL) {
        if (!is_mine(mutex))
            return EPERM;
        if (mutex->__depth) {
            mutex->__depth--;
            return 0;
        }
        __atomic_store_n(&mutex->__owner, NULL, __ATOMIC_RELAXED);
    }
    word_unlock(&mutex->__word);
    return 0;
}

/* ---- attributes ------------------------------------------------------------------------------ */

int pthread_mutexattr_init(pthread_mutexattr_t *attributes)
{
    *attributes = (pthread_mutexattr_t){.__type = PTHREAD_MUTEX_DEFAULT};
    return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *attributes)
{
    (void)attributes;
    return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attributes, int type)
{
    if (type < PTHREAD_MUTEX_NORMAL || type > PTHREAD_MUTEX_ERRORCHECK)
        return EINVAL;
    attributes->__type = type;
    return 0;
}

int pthread_mutexattr_gettype(const pthread_mutexattr_t *attributes, int *type)
{
    *type = attributes->__type;
    return 0;
}

int pthread_mutexattr_setpshared(pthread_mutexattr_t *attributes, int shared)
{
    attributes->__shared = shared;
    return 0;
}

int pthread_mutexattr_getpshared(const pthread_mutexattr_t *attributes, int *shared)
{
    *shared = attributes->__shared;
    return 0;
}

/* ---- locks that do not sleep ----------------------------------------------------------------- */

int pthread_spin_init(pthread_spinlock_t *lock, int shared)
{
    (void)shared;
    *lock = 0;
    return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *lock)
{
    (void)lock;
    return 0;
}

int pthread_spin_trylock(pthread_spinlock_t *lock)
{
    return __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) ? EBUSY : 0;
}

/* There is one processor: who holds it must get on. */
int pthread_spin_lock(pthread_spinlock_t *lock)
{
    while (pthread_spin_trylock(lock))
        (void)fastos_sched_yield();
    return 0;
}

int pthread_spin_unlock(pthread_spinlock_t *lock)
{
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
    return 0;
}
