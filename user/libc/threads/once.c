/* Things done once; and a barrier, where all wait for the last. */
#include <limits.h>
#include <pthread.h>

#include "user/libc/libc.h"

enum { NOT_YET, AT_IT, AWAITED, DONE };

static void give_up(void *word)
{
    __atomic_store_n((unsigned *)word, NOT_YET, __ATOMIC_RELEASE);
    futex_wake(word, INT_MAX);
}

int pthread_once(pthread_once_t *once, void (*work)(void))
{
    unsigned *word = &once->__word;

    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) != DONE) {
        unsigned state = NOT_YET;

        if (__atomic_compare_exchange_n(word, &state, AT_IT, false, __ATOMIC_ACQUIRE,
                                        __ATOMIC_ACQUIRE)) {
            pthread_cleanup_push(give_up, word);
            work();
            pthread_cleanup_pop(0);
            if (__atomic_exchange_n(word, DONE, __ATOMIC_ACQ_REL) == AWAITED)
                futex_wake(word, INT_MAX);
            return 0;
        }
        state = AT_IT;
        __atomic_compare_exchange_n(word, &state, AWAITED, false, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED);
        (void)futex_wait(word, AWAITED, NULL);
    }
    return 0;
}

/* ---- barriers -------------------------------------------------------------------------------- */

int pthread_barrier_init(pthread_barrier_t *barrier, const pthread_barrierattr_t *attributes,
                         unsigned count)
{
    (void)attributes;
    if (count == 0)
        return EINVAL;
    *barrier = (pthread_barrier_t){.__count = count};
    return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *barrier)
{
    return barrier->__here ? EBUSY : 0;
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
    word_lock(&barrier->__lock);
    unsigned round = barrier->__word;
    bool last = ++barrier->__here == barrier->__count;

    if (last) {
        barrier->__here = 0;
        __atomic_store_n(&barrier->__word, round + 1, __ATOMIC_RELEASE);
        futex_wake(&barrier->__word, INT_MAX);
    }
    word_unlock(&barrier->__lock);
    while (!last && __atomic_load_n(&barrier->__word, __ATOMIC_ACQUIRE) == round)
        (void)futex_wait(&barrier->__word, round, NULL);
    return last ? PTHREAD_BARRIER_SERIAL_THREAD : 0;
}

int pthread_barrierattr_init(pthread_barrierattr_t *attributes)
{
    attributes->__shared = 0;
    return 0;
}

int pthread_barrierattr_destroy(pthread_barrierattr_t *attributes)
{
    (void)attributes;
    return 0;
}

int pthread_barrierattr_setpshared(pthread_barrierattr_t *attributes, int shared)
{
    attributes->__shared = shared;
    return 0;
}

int pthread_barrierattr_getpshared(const pthread_barrierattr_t *attributes, int *shared)
{
    *shared = attributes->__shared;
    return 0;
}
