/* C11's threads, which are POSIX's. */
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

#include "user/libc/libc.h"

static int result_of(int error)
{
    switch (error) {
    case 0: return thrd_success;
    case EBUSY: return thrd_busy;
    case ETIMEDOUT: return thrd_timedout;
    case ENOMEM: return thrd_nomem;
    default: return thrd_error;
    }
}

void call_once(once_flag *once, void (*work)(void))
{
    (void)pthread_once(once, work);
}

/* ---- threads --------------------------------------------------------------------------------- */

struct start {
    thrd_start_t work;
    void *argument;
};

static void *begin(void *argument)
{
    struct start start = *(struct start *)argument;

    free(argument);
    return (void *)(intptr_t)start.work(start.argument);
}

int thrd_create(thrd_t *thread, thrd_start_t work, void *argument)
{
    struct start *start = malloc(sizeof(*start));

    if (!start)
        return thrd_nomem;
    *start = (struct start){work, argument};
    int error = pthread_create(thread, NULL, begin, start);

    if (error)
        free(start);
    return result_of(error == EAGAIN ? ENOMEM : error);
}

thrd_t thrd_current(void)
{
    return pthread_self();
}

int thrd_detach(thrd_t thread)
{
    return result_of(pthread_detach(thread));
}

int thrd_equal(thrd_t a, thrd_t b)
{
    return a == b;
}

_Noreturn void thrd_exit(int result)
{
    pthread_exit((void *)(intptr_t)result);
}

int thrd_join(thrd_t thread, int *result)
{
    void *value = NULL;
    int error = pthread_join(thread, &value);

    if (!error && result)
        *result = (int)(intptr_t)value;
    return result_of(error);
}

int thrd_sleep(const struct timespec *time, struct timespec *left)
{
    if (nanosleep(time, left) == 0)
        return 0;
    return errno == EINTR ? -1 : -2;
}

void thrd_yield(void)
{
    (void)sched_yield();
}

/* ---- mutexes --------------------------------------------------------------------------------- */

int mtx_init(mtx_t *mutex, int type)
{
    pthread_mutexattr_t attributes = {
        .__type = type & mtx_recursive ? PTHREAD_MUTEX_RECURSIVE : PTHREAD_MUTEX_NORMAL};

    return result_of(pthread_mutex_init(mutex, &attributes));
}

void mtx_destroy(mtx_t *mutex)
{
    (void)pthread_mutex_destroy(mutex);
}

int mtx_lock(mtx_t *mutex)
{
    return result_of(pthread_mutex_lock(mutex));
}

int mtx_trylock(mtx_t *mutex)
{
    return result_of(pthread_mutex_trylock(mutex));
}

int mtx_timedlock(mtx_t *restrict mutex, const struct timespec *restrict moment)
{
    return result_of(pthread_mutex_timedlock(mutex, moment));
}

int mtx_unlock(mtx_t *mutex)
{
    return result_of(pthread_mutex_unlock(mutex));
}

/* ---- conditions ------------------------------------------------------------------------------ */

int cnd_init(cnd_t *condition)
{
    return result_of(pthread_cond_init(condition, NULL));
}

void cnd_destroy(cnd_t *condition)
{
    (void)pthread_cond_destroy(condition);
}

int cnd_signal(cnd_t *condition)
{
    return result_of(pthread_cond_signal(condition));
}

int cnd_broadcast(cnd_t *condition)
{
    return result_of(pthread_cond_broadcast(condition));
}

int cnd_wait(cnd_t *condition, mtx_t *mutex)
{
    return result_of(pthread_cond_wait(condition, mutex));
}

int cnd_timedwait(cnd_t *restrict condition, mtx_t *restrict mutex,
                  const struct timespec *restrict moment)
{
    return result_of(pthread_cond_timedwait(condition, mutex, moment));
}

/* ---- values of a thread's own ---------------------------------------------------------------- */

int tss_create(tss_t *key, tss_dtor_t end)
{
    return result_of(pthread_key_create(key, end));
}

void tss_delete(tss_t key)
{
    (void)pthread_key_delete(key);
}

void *tss_get(tss_t key)
{
    return pthread_getspecific(key);
}

int tss_set(tss_t key, void *value)
{
    return result_of(pthread_setspecific(key, value));
}
