/*
 * Changes: waiting for something to happen to what a mutex protects, without holding the mutex and
 * without missing what happens in between.
 *
 *     mutex_lock(&lock);                                    mutex_lock(&lock);
 *     while (!there && !error) {                            there = true;
 *         uint64_t seen = change_now(&change);              change_tell(&change);
 *         mutex_unlock(&lock);                              mutex_unlock(&lock);
 *         error = change_wait(&change, seen, deadline);
 *         mutex_lock(&lock);
 *     }
 */
#pragma once

#include <stdint.h>

#include "kernel/core/sync/wait.h"
#include "lib/compiler.h"

struct change {
    struct wait_queue queue;
    uint64_t count; /* under the queue's lock */
};

#define CHANGE(name_) {.queue = WAIT_QUEUE(name_)}

void change_init(struct change *change, const char *name);
uint64_t change_now(const struct change *change);
/* Until something happened since `seen`. -ETIMEDOUT: not before the deadline; -EINTR: a signal. */
int change_wait(struct change *change, uint64_t seen, uint64_t deadline_ns) must_check;
void change_tell(struct change *change); /* from anywhere, interrupt handlers included */
