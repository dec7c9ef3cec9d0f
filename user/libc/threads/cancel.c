/* Ending another thread, at the next call of it that may wait. */
#include <limits.h>
#include <pthread.h>
#include <signal.h>

#include "user/libc/libc.h"
#include "user/libc/threads/cancel.h"

void cancel_here(struct __fastos_thread *self)
{
    (void)self;
    pthread_exit(PTHREAD_CANCELED);
}

static void interrupt(int signal)
{
    struct __fastos_thread *self = thread_self();

    (void)signal;
    if (cancel_is_due(self) && (self->is_cancel_point || self->cancel_asynchronous))
        cancel_here(self);
}

static void catch_signal(void)
{
    struct sigaction action = {.sa_handler = interrupt};

    (void)sigaction(SIGNAL_CANCEL, &action, NULL);
}

int pthread_cancel(pthread_t thread)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, catch_signal);
    __atomic_store_n(&thread->cancel_wanted, 1, __ATOMIC_SEQ_CST);
    if (thread == thread_self()) {
        if (thread->cancel_asynchronous)
            pthread_testcancel();
        return 0;
    }
    unsigned *word = __atomic_load_n(&thread->waits_on, __ATOMIC_SEQ_CST);

    if (word) {
        __atomic_add_fetch(word, 1, __ATOMIC_SEQ_CST);
        futex_wake(word, INT_MAX);
    }
    (void)pthread_kill(thread, SIGNAL_CANCEL); /* it may have ended by now */
    return 0;
}

void pthread_testcancel(void)
{
    struct __fastos_thread *self = thread_self();

    if (cancel_is_due(self))
        cancel_here(self);
}

int pthread_setcancelstate(int state, int *old)
{
    struct __fastos_thread *self = thread_self();

    if (state != PTHREAD_CANCEL_ENABLE && state != PTHREAD_CANCEL_DISABLE)
        return EINVAL;
    if (old)
        *old = self->cancel_disabled ? PTHREAD_CANCEL_DISABLE : PTHREAD_CANCEL_ENABLE;
    self->cancel_disabled = state == PTHREAD_CANCEL_DISABLE;
    return 0;
}

int pthread_setcanceltype(int type, int *old)
{
    struct __fastos_thread *self = thread_self();

    if (type != PTHREAD_CANCEL_DEFERRED && type != PTHREAD_CANCEL_ASYNCHRONOUS)
        return EINVAL;
    if (old)
        *old = self->cancel_asynchronous ? PTHREAD_CANCEL_ASYNCHRONOUS : PTHREAD_CANCEL_DEFERRED;
    self->cancel_asynchronous = type == PTHREAD_CANCEL_ASYNCHRONOUS;
    return 0;
}

/* ---- pthread_cleanup_push and _pop ----------------------------------------------------------- */

void _pthread_cleanup_push(struct _pthread_cleanup_context *at, void (*routine)(void *),
                           void *argument)
{
    struct __fastos_thread *self = thread_self();

    *at = (struct _pthread_cleanup_context){routine, argument, 0, self->cleanups};
    self->cleanups = at;
}

void _pthread_cleanup_pop(struct _pthread_cleanup_context *at, int execute)
{
    thread_self()->cleanups = at->_previous;
    if (execute)
        at->_routine(at->_arg);
}
