/* Semaphores: a count under a wait queue's lock. */
#include "kernel/core/sync/semaphore.h"

#include "kernel/panic.h"
#include "lib/errno.h"

void semaphore_init(struct semaphore *semaphore, const char *name, uint32_t count)
{
    *semaphore = (struct semaphore)SEMAPHORE(name, count);
}

int semaphore_take_until(struct semaphore *semaphore, uint64_t deadline_ns)
{
    uint64_t saved = wait_lock(&semaphore->queue);
    int error = 0;

    while (semaphore->count == 0 && !error)
        error = wait_locked(&semaphore->queue, &saved, deadline_ns);
    if (semaphore->count > 0) { /* also when it came together with the deadline */
        semaphore->count--;
        error = 0;
    }
    wait_unlock(&semaphore->queue, saved);
    return error;
}

void semaphore_take(struct semaphore *semaphore)
{
    if (semaphore_take_until(semaphore, WAIT_FOREVER))
        panic("semaphore %s: forever is over", semaphore->queue.lock.name);
}

bool semaphore_try_take(struct semaphore *semaphore)
{
    uint64_t saved = wait_lock(&semaphore->queue);
    bool taken = semaphore->count > 0;

    semaphore->count -= taken;
    wait_unlock(&semaphore->queue, saved);
    return taken;
}

void semaphore_give(struct semaphore *semaphore)
{
    uint64_t saved = wait_lock(&semaphore->queue);

    assert(semaphore->count < UINT32_MAX);
    semaphore->count++;
    (void)wait_wake_one(&semaphore->queue);
    wait_unlock(&semaphore->queue, saved);
}
