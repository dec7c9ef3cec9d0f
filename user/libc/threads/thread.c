/*
 * Threads: one mapping each, with a page at its lower end that nobody may touch.
 *
 *     | guard | stack, growing down | own variables | struct __fastos_thread |
 *
 * A thread that ends leaves it to the one who joins; a detached one gives it back itself.
 */
#include <limits.h>
#include <pthread.h>
#include <reent.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fastos/abi/memory.h>

#include "user/libc/libc.h"

_Static_assert(SYS_munmap == 9 && SYS_thread_exit == 31, "leave.asm");

enum { JOINABLE, DETACHED, ENDED };

#define STACK_BYTES (1ul << 20)

static unsigned threads = 1;

extern hidden void thread_leave(void *mapping, size_t bytes) __attribute__((noreturn));

pthread_t pthread_self(void)
{
    return thread_self();
}

int pthread_equal(pthread_t a, pthread_t b)
{
    return a == b;
}

/* ---- ending ---------------------------------------------------------------------------------- */

static void run_cleanups(struct __fastos_thread *self)
{
    while (self->cleanups) {
        struct _pthread_cleanup_context *at = self->cleanups;

        self->cleanups = at->_previous;
        at->_routine(at->_arg);
    }
}

void pthread_exit(void *value)
{
    struct __fastos_thread *self = thread_self();
    sigset_t all = ~0ul;

    self->cancel_disabled = 1;
    self->is_cancel_point = 0;
    self->value = value;
    run_cleanups(self);
    keys_end(self);
    if (__atomic_sub_fetch(&threads, 1, __ATOMIC_ACQ_REL) == 0)
        exit(0);
    if (self->reent == &self->own_reent)
        _reclaim_reent(self->reent);
    (void)fastos_sigprocmask(SIG_SETMASK, &all, NULL);
    if (__atomic_exchange_n(&self->detached, ENDED, __ATOMIC_ACQ_REL) == DETACHED && self->mapping)
        thread_leave(self->mapping, self->mapping_bytes);
    (void)fastos_thread_exit(&self->alive);
    __builtin_unreachable();
}

int pthread_join(pthread_t thread, void **value)
{
    if (thread == thread_self())
        return EDEADLK;
    if (__atomic_load_n(&thread->detached, __ATOMIC_ACQUIRE) == DETACHED)
        return EINVAL;
    while (__atomic_load_n(&thread->alive, __ATOMIC_ACQUIRE)) {
        pthread_testcancel();
        (void)futex_wait(&thread->alive, 1, NULL);
    }
    if (value)
        *value = thread->value;
    if (thread->mapping)
        (void)fastos_munmap(thread->mapping, thread->mapping_bytes);
    return 0;
}

int pthread_detach(pthread_t thread)
{
    unsigned state = JOINABLE;

    if (__atomic_compare_exchange_n(&thread->detached, &state, DETACHED, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE))
        return 0;
    return state == ENDED ? pthread_join(thread, NULL) : EINVAL;
}

void threads_forget_others(void)
{
    struct __fastos_thread *self = thread_self();

    threads = 1;
    self->tid = (unsigned)fastos_gettid();
}

/* ---- beginning ------------------------------------------------------------------------------- */

static __attribute__((noreturn)) void begin(struct __fastos_thread *self)
{
    self->tid = (unsigned)fastos_gettid();
    pthread_exit(self->work(self->value));
}

/* Its stack is `attributes`' or a mapping; *top is where that ends and the thread's area begins. */
static int make_area(const pthread_attr_t *attributes, void **mapping, size_t *bytes, char **top)
{
    size_t area = thread_area_bytes(), guard = attributes->__guard_bytes;

    if (attributes->__stack) {
        if (attributes->__stack_bytes < area + PTHREAD_STACK_MIN / 2)
            return EINVAL;
        *mapping = NULL;
        *bytes = 0;
        *top = (char *)attributes->__stack + attributes->__stack_bytes - area;
        return 0;
    }
    *bytes = (guard + attributes->__stack_bytes + area + PAGE - 1) & ~(PAGE - 1);
    long at = fastos_mmap_file(NULL, *bytes, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

    if (at < 0 && at > -4096)
        return EAGAIN;
    *mapping = (void *)at;
    if (guard && fastos_mprotect(*mapping, guard, PROT_NONE) < 0) {
        (void)fastos_munmap(*mapping, *bytes);
        return EAGAIN;
    }
    *top = (char *)*mapping + *bytes - area;
    return 0;
}

static const pthread_attr_t usual = {.__stack_bytes = STACK_BYTES, .__guard_bytes = PAGE};

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *),
                   void *argument)
{
    void *mapping;
    size_t bytes;
    char *top;
    int error = make_area(attributes ? attributes : &usual, &mapping, &bytes, &top);

    if (error)
        return error;
    struct __fastos_thread *made = thread_area_fill(top);

    made->mapping = mapping;
    made->mapping_bytes = bytes;
    made->work = work;
    made->value = argument;
    made->canary = thread_self()->canary;
    made->detached = attributes && attributes->__detached ? DETACHED : JOINABLE;
    made->reent = &made->own_reent;
    _REENT_INIT_PTR(made->reent);
    *thread = made;
    __atomic_add_fetch(&threads, 1, __ATOMIC_RELAXED);
    long result = fastos_thread_create((const void *)begin, (const void *)((uintptr_t)top & ~15ul),
                                       made, made);

    if (result > 0)
        return 0;
    __atomic_sub_fetch(&threads, 1, __ATOMIC_RELAXED);
    if (mapping)
        (void)fastos_munmap(mapping, bytes);
    return result == -ENOMEM ? EAGAIN : (int)-result;
}

/* ---- how a thread is to be made -------------------------------------------------------------- */

int pthread_attr_init(pthread_attr_t *attributes)
{
    *attributes = usual;
    return 0;
}

int pthread_attr_destroy(pthread_attr_t *attributes)
{
    (void)attributes;
    return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t *attributes, int state)
{
    if (state != PTHREAD_CREATE_JOINABLE && state != PTHREAD_CREATE_DETACHED)
        return EINVAL;
    attributes->__detached = state;
    return 0;
}

int pthread_attr_getdetachstate(const pthread_attr_t *attributes, int *state)
{
    *state = attributes->__detached;
    return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attributes, size_t bytes)
{
    if (bytes < PTHREAD_STACK_MIN)
        return EINVAL;
    attributes->__stack_bytes = (bytes + PAGE - 1) & ~(PAGE - 1);
    return 0;
}

int pthread_attr_getstacksize(const pthread_attr_t *attributes, size_t *bytes)
{
    *bytes = attributes->__stack_bytes;
    return 0;
}

int pthread_attr_setstack(pthread_attr_t *attributes, void *stack, size_t bytes)
{
    if (bytes < PTHREAD_STACK_MIN)
        return EINVAL;
    attributes->__stack = stack;
    attributes->__stack_bytes = bytes;
    return 0;
}

int pthread_attr_getstack(const pthread_attr_t *attributes, void **stack, size_t *bytes)
{
    *stack = attributes->__stack;
    *bytes = attributes->__stack_bytes;
    return 0;
}

int pthread_attr_setguardsize(pthread_attr_t *attributes, size_t bytes)
{
    attributes->__guard_bytes = (bytes + PAGE - 1) & ~(PAGE - 1);
    return 0;
}

int pthread_attr_getguardsize(const pthread_attr_t *attributes, size_t *bytes)
{
    *bytes = attributes->__guard_bytes;
    return 0;
}

/* ---- and others ------------------------------------------------------------------------------ */

int sched_yield(void)
{
    return (int)checked(fastos_sched_yield());
}

void pthread_yield(void)
{
    (void)fastos_sched_yield();
}

int pthread_getconcurrency(void)
{
    return 0;
}

int pthread_setconcurrency(int level)
{
    return level < 0 ? EINVAL : 0;
}
