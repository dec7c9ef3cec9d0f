/*
 * Futexes: threads that sleep until somebody says that a word has changed. A word is known by where
 * it lies: the frame, when it is shared with other processes, else the map and the address. The
 * buckets' locks are mutexes, as looking at the word may bring its page; whoever wakes takes the
 * same one, so that no wake-up falls between the look and the sleep.
 */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/process/threads.h"
#include "lib/errno.h"

#define BUCKETS 64u

struct sleeper {
    struct sleeper *next;
    const void *map; /* NULL: a shared page, and `at` is physical */
    uint64_t at;
    bool woken; /* under the queue's lock */
    struct wait_queue queue;
};

static struct bucket {
    struct mutex lock;
    struct sleeper *first; /* the longest waiting first */
} buckets[BUCKETS];

int futex_init(void)
{
    for (unsigned i = 0; i < BUCKETS; i++)
        mutex_init(&buckets[i].lock, "futex");
    return 0;
}

static struct bucket *bucket_of(uint64_t at)
{
    return &buckets[(at >> 2 ^ at >> 12) % BUCKETS];
}

/* A private page may move (copy on write), a shared one does not while it is mapped. */
static int locate(struct user word, const void **map, uint64_t *at)
{
    struct memory_map *mine = process_current()->map;
    uint32_t value;

    if (word.at % sizeof(value))
        return -EINVAL;
    int error = copy_from_user(&value, word, sizeof(value));

    if (error)
        return error;
    *map = mine;
    *at = word.at;
    if (memory_map_is_shared(mine, word.at)) {
        error = page_translate(word.at, at);
        *map = NULL;
    }
    return error;
}

static void append(struct bucket *bucket, struct sleeper *sleeper)
{
    struct sleeper **at = &bucket->first;

    while (*at)
        at = &(*at)->next;
    *at = sleeper;
}

/* It may have been moved to another bucket meanwhile: found where it lies now. */
static void take_out(struct sleeper *sleeper)
{
    for (;;) {
        struct bucket *bucket = bucket_of(__atomic_load_n(&sleeper->at, __ATOMIC_ACQUIRE));

        mutex_lock(&bucket->lock);
        bool there = bucket == bucket_of(sleeper->at);

        for (struct sleeper **at = &bucket->first; there && *at; at = &(*at)->next) {
            if (*at != sleeper)
                continue;
            *at = sleeper->next;
            break;
        }
        mutex_unlock(&bucket->lock);
        if (there)
            return;
    }
}

static int sleep(struct sleeper *sleeper, uint64_t deadline_ns)
{
    uint64_t saved = wait_lock(&sleeper->queue);
    int error = 0;

    while (!sleeper->woken && !error)
        error = wait_interruptible(&sleeper->queue, &saved, deadline_ns);
    if (sleeper->woken)
        error = 0;
    wait_unlock(&sleeper->queue, saved);
    return error;
}

int futex_wait(struct user word, uint32_t value, uint64_t deadline_ns)
{
    struct sleeper me = {.next = NULL};
    uint32_t now;
    int error = locate(word, &me.map, &me.at);

    if (error)
        return error;
    wait_queue_init(&me.queue, "futex");
    struct bucket *bucket = bucket_of(me.at);

    mutex_lock(&bucket->lock);
    error = copy_from_user(&now, word, sizeof(now));
    if (!error && now != value)
        error = -EAGAIN;
    if (!error)
        append(bucket, &me);
    mutex_unlock(&bucket->lock);
    if (error)
        return error;
    error = sleep(&me, deadline_ns);
    if (error) /* else who woke us took us out, and was done with us when our queue was free */
        take_out(&me);
    return error;
}

static void wake(struct sleeper *sleeper)
{
    uint64_t saved = wait_lock(&sleeper->queue);

    sleeper->woken = true;
    (void)wait_wake_all(&sleeper->queue);
    wait_unlock(&sleeper->queue, saved);
}

static void lock_both(struct bucket *a, struct bucket *b)
{
    mutex_lock(a < b ? &a->lock : &b->lock);
    if (a != b)
        mutex_lock(a < b ? &b->lock : &a->lock);
}

static void unlock_both(struct bucket *a, struct bucket *b)
{
    if (a != b)
        mutex_unlock(&b->lock);
    mutex_unlock(&a->lock);
}

struct place {
    const void *map;
    uint64_t at;
};

static int64_t wake_and_move(struct bucket *from, struct bucket *to, struct place old,
                             struct place new, uint32_t count, uint32_t moved)
{
    struct sleeper **at = &from->first, *sleeper;
    int64_t done = 0;

    while ((sleeper = *at) && (count || moved)) {
        if (sleeper->map != old.map || sleeper->at != old.at || sleeper->woken) {
            at = &sleeper->next;
            continue;
        }
        *at = sleeper->next;
        sleeper->next = NULL;
        done++;
        if (count) {
            count--;
            wake(sleeper);
            continue;
        }
        moved--;
        sleeper->map = new.map;
        __atomic_store_n(&sleeper->at, new.at, __ATOMIC_RELEASE);
        append(to, sleeper);
    }
    return done;
}

int64_t futex_wake(struct user word, uint32_t count, struct user second, uint32_t moved)
{
    struct place old, new = {NULL, 0};
    int error = locate(word, &old.map, &old.at);

    if (!error && moved)
        error = locate(second, &new.map, &new.at);
    if (error)
        return error;
    struct bucket *from = bucket_of(old.at), *to = moved ? bucket_of(new.at) : from;

    lock_both(from, to);
    int64_t done = wake_and_move(from, to, old, new, count, moved);

    unlock_both(from, to);
    return done;
}
