/*
 * Spinlocks with ranks. A CPU takes them in ascending rank only; the debug build (make DEBUG=1)
 * asserts it, and that what may sleep holds none. The ranks are this table and nowhere else.
 *
 * A lock that an interrupt handler takes too is always taken with spin_lock_irq; the others with
 * spin_lock, which turns preemption off and leaves interrupts on. So the former have higher ranks
 * than all of the latter: a handler finds any of those held.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* From the outermost to the innermost. */
enum lock_rank {
    LOCK_RANK_DESCRIPTORS = 3,
    LOCK_RANK_NAMES = 5,      /* dentries, mounts, paths of contexts; devices; pipe ends */
    LOCK_RANK_INODES = 8,     /* the table of inodes */
    LOCK_RANK_TMPFS = 9,
    LOCK_RANK_ADDRESS_SPACE = 10,
    LOCK_RANK_CACHES = 15,    /* the list of slab caches */
    LOCK_RANK_HEAP = 20,      /* a slab cache, the addresses of page runs, the older heaps */
    LOCK_RANK_DEVICE_MAP = 25,
    LOCK_RANK_PAGE_TABLES = 30,
    LOCK_RANK_PAGE_CACHE = 35, /* below frames' users, so that any of them may reclaim */
    LOCK_RANK_FRAMES = 40,
    LOCK_RANK_RANDOM = 45,
    LOCK_RANK_TIMERS = 50,
    LOCK_RANK_PROCESSES = 55, /* the tree of processes, signals: interrupt handlers send them */
    LOCK_RANK_WAIT = 60,      /* wait queues, mutexes, semaphores */
    LOCK_RANK_POLL = 61,      /* who polls a file; behind the wait queue of what is polled */
    LOCK_RANK_POLLER = 62,    /* the wait queue of one who polls */
    LOCK_RANK_INTERRUPTED = 63, /* who is interrupted in its sleep */
    LOCK_RANK_THREADS = 65,   /* the table of threads */
    LOCK_RANK_RUN_QUEUE = 70,
    LOCK_RANK_INTERRUPTS = 80,
    LOCK_RANK_CONSOLE = 90,
    LOCK_RANK_LOG = 100,
};

struct spinlock {
    uint32_t held; /* 0 or 1 */
    uint32_t rank; /* enum lock_rank */
    const char *name;
    uint32_t holder; /* CPU number, for the assertions */
};

#define SPINLOCK(name_, rank_) {.rank = (rank_), .name = (name_)}

void spin_init(struct spinlock *lock, const char *name, enum lock_rank rank);
void spin_lock(struct spinlock *lock);
void spin_unlock(struct spinlock *lock);
/* Returns what spin_unlock_irq wants back. */
uint64_t spin_lock_irq(struct spinlock *lock);
void spin_unlock_irq(struct spinlock *lock, uint64_t saved);
bool spin_is_held(const struct spinlock *lock); /* by this CPU */
