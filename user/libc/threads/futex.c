/* Waiting on a word of memory, and the one-word lock made of it. */
#include <time.h>

#include <fastos/abi/files.h>
#include <fastos/abi/process.h>

#include "user/libc/libc.h"

#define NS_PER_SECOND 1000000000L

int futex_wait(unsigned *word, unsigned value, const struct timespec *timeout)
{
    return (int)-fastos_futex(word, FUTEX_WAIT, value, (const struct abi_timespec *)timeout, NULL,
                              0);
}

void futex_wake(unsigned *word, unsigned count)
{
    (void)fastos_futex(word, FUTEX_WAKE, count, NULL, NULL, 0);
}

int futex_wait_until(unsigned *word, unsigned value, int clock, const struct timespec *moment)
{
    struct timespec now, left;

    if (!moment)
        return futex_wait(word, value, NULL);
    if (moment->tv_nsec < 0 || moment->tv_nsec >= NS_PER_SECOND || clock_gettime(clock, &now) < 0)
        return EINVAL;
    left.tv_sec = moment->tv_sec - now.tv_sec;
    left.tv_nsec = moment->tv_nsec - now.tv_nsec;
    if (left.tv_nsec < 0) {
        left.tv_sec--;
        left.tv_nsec += NS_PER_SECOND;
    }
    return left.tv_sec < 0 ? ETIMEDOUT : futex_wait(word, value, &left);
}

/* 0 free, 1 taken, 2 taken and somebody may wait. */
void word_lock(unsigned *word)
{
    unsigned free = 0;

    if (__atomic_compare_exchange_n(word, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE))
        (void)futex_wait(word, 2, NULL);
}

void word_unlock(unsigned *word)
{
    if (__atomic_exchange_n(word, 0, __ATOMIC_RELEASE) == 2)
        futex_wake(word, 1);
}
