/*
 * What terminals and channels stand on, for host tests: one thread, so nobody ever waits. A wait
 * that would sleep calls `while_waiting` once, which makes something happen (another process, a
 * key); with none left it ends by its deadline, or by a signal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/core/memory/heap.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/core/sync/wait_fake.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/io.h"
#include "kernel/fs/poll.h"
#include "kernel/fs/vfs.h"
#include "lib/errno.h"

/* ---- locks and waits ------------------------------------------------------------------------- */

static unsigned mutexes_held, waits;
static uint64_t now_ns;
static void (*while_waiting)(void);

void mutex_init(struct mutex *mutex, const char *name)
{
    (void)name;
    memset(mutex, 0, sizeof(*mutex));
}

void mutex_lock(struct mutex *mutex)
{
    assert_int_equal(mutex->owner, 0);
    mutex->owner = 1;
    mutexes_held++;
}

void mutex_unlock(struct mutex *mutex)
{
    assert_int_equal(mutex->owner, 1);
    mutex->owner = 0;
    mutexes_held--;
}

static int fake_wait(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    void (*happens)(void) = while_waiting;

    assert_int_equal(mutexes_held, 0);
    waits++;
    while_waiting = NULL;
    if (!happens) {
        if (deadline_ns == WAIT_FOREVER)
            return -EINTR;
        now_ns = deadline_ns > now_ns ? deadline_ns : now_ns;
        return -ETIMEDOUT;
    }
    wait_unlock(queue, *saved);
    happens();
    *saved = wait_lock(queue);
    return 0;
}

int wait_locked(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    return fake_wait(queue, saved, deadline_ns);
}

int wait_interruptible(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    return fake_wait(queue, saved, deadline_ns);
}

uint64_t time_now_ns(void)
{
    return now_ns;
}

static unsigned poll_wakes;

void poll_source_init(struct poll_source *source)
{
    (void)source;
}

void poll_wake(struct poll_source *source)
{
    assert_non_null(source);
    poll_wakes++;
}

void poll_add(struct poller *poller, struct poll_source *source)
{
    (void)poller, (void)source;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static long allocated;      /* pieces */
static unsigned fail_after; /* so many more succeed, then one fails; 0: none fails */

void *alloc(size_t size, size_t align)
{
    (void)align;
    if (fail_after > 0 && --fail_after == 0)
        return NULL;
    allocated++;
    return malloc(size);
}

void *alloc_zeroed(size_t size, size_t align)
{
    void *piece = alloc(size, align);

    return piece ? memset(piece, 0, size) : NULL;
}

void dealloc(void *piece, size_t size, size_t align)
{
    (void)align;
    if (!piece)
        return;
    memset(piece, 0xdd, size);
    allocated--;
    free(piece);
}

#define BAD_ADDRESS 16u

int copy_to_user(struct user to, const void *from, size_t size)
{
    if (to.at == BAD_ADDRESS)
        return -EFAULT;
    assert_int_equal(mutexes_held, 0); /* it may sleep for long */
    memcpy((void *)(uintptr_t)to.at, from, size);
    return 0;
}

int copy_from_user(void *to, struct user from, size_t size)
{
    if (from.at == BAD_ADDRESS)
        return -EFAULT;
    assert_int_equal(mutexes_held, 0);
    memcpy(to, (const void *)(uintptr_t)from.at, size);
    return 0;
}

int io_put(struct io *io, const void *from, size_t size)
{
    assert_int_equal(mutexes_held, 0);
    assert_true(size <= io_left(io));
    if (!io->kernel)
        return -EFAULT;
    memcpy((char *)io->kernel + io->done, from, size);
    io->done += size;
    return 0;
}

int io_take(struct io *io, void *to, size_t size)
{
    assert_int_equal(mutexes_held, 0);
    assert_true(size <= io_left(io));
    if (!io->kernel)
        return -EFAULT;
    memcpy(to, (char *)io->kernel + io->done, size);
    io->done += size;
    return 0;
}
