/* Changes: a count, and those who wait for another value of it. See change.h. */
#include "kernel/core/sync/change.h"

void change_init(struct change *change, const char *name)
{
    wait_queue_init(&change->queue, name);
    change->count = 0;
}

uint64_t change_now(const struct change *change)
{
    return __atomic_load_n(&change->count, __ATOMIC_ACQUIRE);
}

int change_wait(struct change *change, uint64_t seen, uint64_t deadline_ns)
{
    uint64_t saved = wait_lock(&change->queue);
    int error = 0;

    while (change->count == seen && !error)
        error = wait_interruptible(&change->queue, &saved, deadline_ns);
    wait_unlock(&change->queue, saved);
    return error;
}

void change_tell(struct change *change)
{
    uint64_t saved = wait_lock(&change->queue);

    __atomic_store_n(&change->count, change->count + 1, __ATOMIC_RELEASE);
    (void)wait_wake_all(&change->queue);
    wait_unlock(&change->queue, saved);
}
