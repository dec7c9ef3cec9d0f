/* Semaphores: a count that is taken one by one; who finds none sleeps. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/core/sync/wait.h"
#include "lib/compiler.h"

struct semaphore {
    struct wait_queue queue;
    uint32_t count; /* under the queue's lock */
};

#define SEMAPHORE(name_, count_) {.queue = WAIT_QUEUE(name_), .count = (count_)}

void semaphore_init(struct semaphore *semaphore, const char *name, uint32_t count);
void semaphore_take(struct semaphore *semaphore);
/* -ETIMEDOUT: none to be had before the deadline (time_now_ns). */
int semaphore_take_until(struct semaphore *semaphore, uint64_t deadline_ns) must_check;
bool semaphore_try_take(struct semaphore *semaphore) must_check; /* from any context */
/* From any context, interrupt handlers included. */
void semaphore_give(struct semaphore *semaphore);
