/*
 * Futexes: threads that sleep until somebody says that a word has changed. A word is known by where
 * it lies: the frame, when it is shared with other processes, else the map and the address. The
 * buckets' locks are mutexes, as looking at the word may bring its page; whoever wakes takes the
 * same one, so that no wake-up falls between the look and the sleep. Who is to wake is taken out
 * of its bucket under that mutex and woken behind it, not to run into it at once.
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
    bool taken; /* under the bucket's lock: by who will wake it, and it stays until then */
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

/* A shared page does not move while it is mapped, once it is there. */
static never_inline int locate_shared(struct user word, const void **map, uint64_t *at)
{
    uint32_t value;
    int error = copy_from_user(&value, word, sizeof(value));

    *map = NULL;
    return error ? error : page_translate(word.at, at);
}

/* A private page may move (copy on write). */
static int locate(struct user word, const void **map, uint64_t *at)
{
    struct memory_map *mine = process_current()->map;

    if (word.at % sizeof(uint32_t))
        return -EINVAL;
    if (word.at >= USER_END)
        return -EFAULT;
    if (unlikely(memory_map_is_shared(mine, word.at)))
        return locate_shared(word, map, at);
    *map = mine;
    *at = word.at;
    return 0;
}

static void append(struct bucket *bucket, struct sleeper *sleeper)
{
    struct sleeper **at = &bucket->first;

    while (*at)
        at = &(*at)->next;
    *at = sleeper;
}

/* Who has taken it out may not have come to wake it yet, but will. */
static void await(struct sleeper *sleeper)
{
    uint64_t saved = wait_lock(&sleeper->queue);

    while (!sleeper->woken)
        (void)!wait_locked(&sleeper->queue, &saved, WAIT_FOREVER);
    wait_unlock(&sleeper->queue, saved);
}

/* It may have been moved to another bucket meanwhile: found where it lies now. False: somebody was
   faster, and has woken it. */
static bool take_out(struct sleeper *sleeper)
{
    for (;;) {
        struct bucket *bucket = bucket_of(__atomic_load_n(&sleeper->at, __ATOMIC_ACQUIRE));

        mutex_lock(&bucket->lock);
        bool there = bucket == bucket_of(sleeper->at), taken = sleeper->taken;

        for (struct sleeper **at = &bucket->first; there && *at; at = &(*at)->next) {
            if (*at != sleeper)
                continue;
            *at = sleeper->next;
            break;
        }
        mutex_unlock(&bucket->lock);
        if (there && taken)
            await(sleeper);
        if (there)
            return !taken;
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
    if (error && !take_out(&me)) /* else who woke us was done with us when our queue was free */
        error = 0;
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

/* Those that are to wake are put into `taken`, in their order. */
static int64_t take_and_move(struct bucket *from, struct bucket *to, struct place old,
                             struct place new, uint32_t count, uint32_t moved,
                             struct sleeper **taken)
{
    struct sleeper **at = &from->first, *sleeper;
    int64_t done = 0;

    while ((sleeper = *at) && (count || moved)) {
        if (sleeper->map != old.map || sleeper->at != old.at) {
            at = &sleeper->next;
            continue;
        }
        *at = sleeper->next;
        sleeper->next = NULL;
        done++;
        if (count) {
            count--;
            sleeper->taken = true;
            *taken = sleeper;
            taken = &sleeper->next;
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
    struct sleeper *taken = NULL, *next;
    int error = locate(word, &old.map, &old.at);

    if (!error && moved)
        error = locate(second, &new.map, &new.at);
    if (error)
        return error;
    struct bucket *from = bucket_of(old.at), *to = moved ? bucket_of(new.at) : from;

    lock_both(from, to);
    int64_t done = take_and_move(from, to, old, new, count, moved, &taken);

    unlock_both(from, to);
    for (; taken; taken = next) {
        next = taken->next; /* woken, it is gone */
        wake(taken);
    }
    return done;
}
