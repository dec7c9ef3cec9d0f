/*
 * Waiting for one of several files. What can be polled has a poll_source beside its wait queue and
 * calls poll_wake when something may have become true. Use: poller_init → each file's poll with it
 * (poll_add) → poller_wait → again → poller_release.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/core/sync/wait.h"
#include "lib/compiler.h"

struct poll_link;

struct poll_source {
    struct spinlock lock;
    struct poll_link *first;
};

struct poller {
    struct wait_queue queue;
    bool woken;              /* under the queue's lock */
    struct poll_link *links; /* its own */
    int error;               /* -ENOMEM of a poll_add */
};

#define POLL_SOURCE {.lock = SPINLOCK("poll", LOCK_RANK_POLL)}

void poll_source_init(struct poll_source *source);
/* From anywhere, interrupt handlers too. */
void poll_wake(struct poll_source *source);

void poller_init(struct poller *poller);
/* poller NULL: nothing. Called by file operations' poll. The source outlives the poller: the file
   has a reference. */
void poll_add(struct poller *poller, struct poll_source *source);
/* -ETIMEDOUT, -EINTR. */
int poller_wait(struct poller *poller, uint64_t deadline_ns) must_check;
void poller_release(struct poller *poller);
