/* Locks for many readers or one writer; a writer who waits keeps new readers out. */
#include <limits.h>
#include <pthread.h>
#include <time.h>

#include "user/libc/libc.h"

int pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes)
{
    (void)attributes;
    *lock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
    return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *lock)
{
    return lock->__readers || lock->__writer ? EBUSY : 0;
}

/* Under __lock. */
static bool try_read(pthread_rwlock_t *lock)
{
    if (lock->__writer || lock->__writers_waiting)
        return false;
    lock->__readers++;
    return true;
}

static bool try_write(pthread_rwlock_t *lock)
{
    if (lock->__writer || lock->__readers)
        return false;
    lock->__writer = thread_self()->tid;
    return true;
}

static int try_once(pthread_rwlock_t *lock, bool (*try)(pthread_rwlock_t *))
{
    word_lock(&lock->__lock);
    bool got = try(lock);

    word_unlock(&lock->__lock);
    return got ? 0 : EBUSY;
}

static int acquire(pthread_rwlock_t *lock, bool (*try)(pthread_rwlock_t *), unsigned *waiting,
                   const struct timespec *moment)
{
    int error = 0;

    word_lock(&lock->__lock);
    if (lock->__writer == thread_self()->tid)
        error = EDEADLK;
    while (!error && !try(lock)) {
        unsigned seen = lock->__word;

        lock->__waiters++;
        *waiting += 1;
        word_unlock(&lock->__lock);
        error = futex_wait_until(&lock->__word, seen, CLOCK_REALTIME, moment);
        word_lock(&lock->__lock);
        lock->__waiters--;
        *waiting -= 1;
        if (error == EAGAIN || error == EINTR)
            error = 0;
    }
    if (error && error != EDEADLK) { /* a writer that gives up lets readers in */
        lock->__word++;
        futex_wake(&lock->__word, INT_MAX);
    }
    word_unlock(&lock->__lock);
    return error;
}

int pthread_rwlock_timedrdlock(pthread_rwlock_t *lock, const struct timespec *moment)
{
    unsigned ignored = 0;

    return acquire(lock, try_read, &ignored, moment);
}

int pthread_rwlock_timedwrlock(pthread_rwlock_t *lock, const struct timespec *moment)
{
    return acquire(lock, try_write, &lock->__writers_waiting, moment);
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
    return pthread_rwlock_timedrdlock(lock, NULL);
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
    return pthread_rwlock_timedwrlock(lock, NULL);
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock)
{
    return try_once(lock, try_read);
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock)
{
    return try_once(lock, try_write);
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
    word_lock(&lock->__lock);
    if (lock->__writer)
        lock->__writer = 0;
    else if (lock->__readers)
        lock->__readers--;
    bool wake = lock->__waiters && !lock->__readers;

    if (wake)
        lock->__word++;
    word_unlock(&lock->__lock);
    if (wake)
        futex_wake(&lock->__word, INT_MAX);
    return 0;
}

/* ---- attributes ------------------------------------------------------------------------------ */

int pthread_rwlockattr_init(pthread_rwlockattr_t *attributes)
{
    attributes->__shared = 0;
    return 0;
}

int pthread_rwlockattr_destroy(pthread_rwlockattr_t *attributes)
{
    (void)attributes;
    return 0;
}

int pthread_rwlockattr_setpshared(pthread_rwlockattr_t *attributes, int shared)
{
    attributes->__shared = shared;
    return 0;
}

int pthread_rwlockattr_getpshared(const pthread_rwlockattr_t *attributes, int *shared)
{
    *shared = attributes->__shared;
    return 0;
}
