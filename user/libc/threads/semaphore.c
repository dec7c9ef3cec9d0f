#include <limits.h>
#include <semaphore.h>
#include <time.h>

#include "user/libc/libc.h"
#include "user/libc/threads/cancel.h"

int sem_init(sem_t *semaphore, int shared, unsigned value)
{
    (void)shared;
    if (value > SEM_VALUE_MAX) {
        errno = EINVAL;
        return -1;
    }
    *semaphore = (sem_t){.__word = value};
    return 0;
}

int sem_destroy(sem_t *semaphore)
{
    (void)semaphore;
    return 0;
}

int sem_trywait(sem_t *semaphore)
{
    unsigned value = __atomic_load_n(&semaphore->__word, __ATOMIC_RELAXED);

    while (value)
        if (__atomic_compare_exchange_n(&semaphore->__word, &value, value - 1, true,
                                        __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            return 0;
    errno = EAGAIN;
    return -1;
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict moment)
{
    int error = 0;

    while (sem_trywait(semaphore) < 0) {
        __atomic_add_fetch(&semaphore->__waiters, 1, __ATOMIC_SEQ_CST);
        error = CANCEL_POINT(futex_wait_until(&semaphore->__word, 0, CLOCK_REALTIME, moment));
        __atomic_sub_fetch(&semaphore->__waiters, 1, __ATOMIC_SEQ_CST);
        if (error && error != EAGAIN) {
            errno = error;
            return -1;
        }
    }
    return 0;
}

int sem_wait(sem_t *semaphore)
{
    return sem_timedwait(semaphore, NULL);
}

int sem_post(sem_t *semaphore)
{
    unsigned value = __atomic_load_n(&semaphore->__word, __ATOMIC_RELAXED);

    do
        if (value == SEM_VALUE_MAX) {
            errno = EOVERFLOW;
            return -1;
        }
    while (!__atomic_compare_exchange_n(&semaphore->__word, &value, value + 1, true,
                                        __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    if (__atomic_load_n(&semaphore->__waiters, __ATOMIC_SEQ_CST))
        futex_wake(&semaphore->__word, 1);
    return 0;
}

int sem_getvalue(sem_t *restrict semaphore, int *restrict value)
{
    *value = (int)__atomic_load_n(&semaphore->__word, __ATOMIC_RELAXED);
    return 0;
}
