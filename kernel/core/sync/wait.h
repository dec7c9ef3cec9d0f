/*
 * Wait queues: threads that wait for something to become true. What they wait for is protected by
 * the queue's own lock, so that no wake-up is lost between the look and the sleep:
 *
 *     uint64_t saved = wait_lock(&queue);              uint64_t saved = wait_lock(&queue);
 *     while (!there && !error)                         there = true;
 *         error = wait_locked(&queue, &saved, until);  wait_wake_one(&queue);
 *     …                                                wait_unlock(&queue, saved);
 *     wait_unlock(&queue, saved);
 *
 * Waking may be done by an interrupt handler. A deadline is a time of time_now_ns, or WAIT_FOREVER.
 * The boot thread may wait as well: it halts. Waiting in atomic context (preemption or interrupts
 * off, a spinlock held) is a mistake that the debug build panics on.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/core/sync/spinlock.h"
#include "lib/compiler.h"

#define WAIT_FOREVER UINT64_MAX

struct waiter;

struct wait_queue {
    struct spinlock lock;
    struct waiter *first, *last; /* the longest waiting first */
};

#define WAIT_QUEUE(name_) {.lock = SPINLOCK(name_, LOCK_RANK_WAIT)}

void wait_queue_init(struct wait_queue *queue, const char *name);
uint64_t wait_lock(struct wait_queue *queue);
void wait_unlock(struct wait_queue *queue, uint64_t saved);
/* Gives the lock back, sleeps until woken, takes it again. 0; -ETIMEDOUT: the deadline came first.
   */
int wait_locked(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns) must_check;
/* The same, and -EINTR: thread_interrupt was called meanwhile, or before and not cleared since. */
int wait_interruptible(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns) must_check;
/* The thread's interruptible waits end, this one and those to come, until it calls
   thread_interrupt_clear. From any context, locks up to rank WAIT held. */
struct thread;
void thread_interrupt(struct thread *thread);
void thread_interrupt_clear(void);
/* With the lock held. False: nobody waited. */
bool wait_wake_one(struct wait_queue *queue);
bool wait_wake_all(struct wait_queue *queue);
/* The same for who does not hold the lock. */
void wait_signal(struct wait_queue *queue); /* one waiter */
void wait_broadcast(struct wait_queue *queue);

/* Conditions: the same when a mutex protects what is waited for. The mutex is given back while it
   sleeps and held again afterwards, whatever is returned. The waker holds the mutex and calls
   wait_signal or wait_broadcast. */
struct mutex;
int wait_with_mutex(struct wait_queue *queue, struct mutex *mutex, uint64_t deadline_ns) must_check;
