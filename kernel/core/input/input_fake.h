/* What input.c and layout.c need of the kernel, for host tests: cmocka is included before. */
#pragma once

#include "kernel/core/sync/wait.h"

uint64_t spin_lock_irq(struct spinlock *lock)
{
    assert_int_equal(lock->held, 0);
    lock->held = 1;
    return 7;
}

void spin_unlock_irq(struct spinlock *lock, uint64_t saved)
{
    assert_int_equal(saved, 7);
    lock->held = 0;
}

/* Who waits for input is woken with every key; here nobody does. */
static unsigned woken;

void wait_broadcast(struct wait_queue *queue)
{
    assert_non_null(queue);
    woken++;
}

uint64_t wait_lock(struct wait_queue *queue)
{
    (void)queue;
    return 0;
}

void wait_unlock(struct wait_queue *queue, uint64_t saved)
{
    (void)queue;
    (void)saved;
}

int wait_locked(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    (void)queue;
    (void)saved;
    (void)deadline_ns;
    fail_msg("would wait for ever");
    return 0;
}
