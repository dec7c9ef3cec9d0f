/* For tests with one thread: wait queues whose lock is taken and given back in turn. What comes of waiting is
   each test's own (wait_locked); nobody waits to be woken. */
#pragma once

#include <string.h>

#include "kernel/core/sync/wait.h"

void wait_queue_init(struct wait_queue *queue, const char *name)
{
    (void)name;
    memset(queue, 0, sizeof(*queue));
}

uint64_t wait_lock(struct wait_queue *queue)
{
    assert_int_equal(queue->lock.held, 0);
    queue->lock.held = 1;
    return 0;
}

void wait_unlock(struct wait_queue *queue, uint64_t saved)
{
    (void)saved;
    assert_int_equal(queue->lock.held, 1);
    queue->lock.held = 0;
}

bool wait_wake_all(struct wait_queue *queue)
{
    assert_int_equal(queue->lock.held, 1);
    return false;
}
