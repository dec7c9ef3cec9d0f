/*
 * Mutexes: locks to sleep on, held by a thread and given back by the same one. Not recursive:
 * taking one twice, or giving back what one does not hold, is a panic that names it. Not for
 * interrupt handlers, nor with a spinlock held.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/core/sync/wait.h"
#include "lib/compiler.h"

struct mutex {
    uintptr_t owner; /* the thread, + 1 while others may wait; 0: free */
    struct wait_queue queue;
};

#define MUTEX(name_) {.queue = WAIT_QUEUE(name_)}

void mutex_init(struct mutex *mutex, const char *name);
void mutex_lock(struct mutex *mutex);
/* -ETIMEDOUT: not free before the deadline (time_now_ns). */
int mutex_lock_until(struct mutex *mutex, uint64_t deadline_ns) must_check;
bool mutex_try_lock(struct mutex *mutex) must_check; /* false: somebody has it */
void mutex_unlock(struct mutex *mutex);
bool mutex_is_mine(const struct mutex *mutex);
