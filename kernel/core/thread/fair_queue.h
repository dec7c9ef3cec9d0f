/*
 * The fair queue: who is ready, in the order in which they will run. Each thread has a virtual run
 * time: the time that it has had, divided by its weight; the one with the least runs next, so that
 * in the long run each has its weight's share. Its niceness is its weight: a step is a factor of
 * 1.25, and nice 0 weighs 1024, at which virtual time passes like real time.
 *
 * Use: fair_share_init, then fair_share_begin for a new thread or fair_share_wake for one that
 * slept, and fair_queue_insert; fair_queue_first and fair_queue_remove choose the next, which has
 * fair_slice_ns; fair_charge is told what it used. No locking. The idea is that of Linux's first
 * fair scheduler (Documentation/scheduler/sched-design-CFS.rst); the figures are our own.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"
#include "lib/rbtree.h"

#define NICE_LEAST (-20)
#define NICE_MOST  19

#define FAIR_WEIGHT_0 1024u /* of nice 0 */

#define FAIR_LATENCY_NS 6000000ull /* in which each has a turn, while they are few */
#define FAIR_SLICE_NS   750000ull  /* but no turn is shorter */
#define FAIR_AHEAD_NS   1000000ull /* so far behind another one takes the CPU from it at once */
#define FAIR_CREDIT_NS  (FAIR_LATENCY_NS / 2) /* of virtual time: what a sleeper may have saved */

struct thread;

/* A thread's part. */
struct fair_share {
    struct rb_node node;   /* its key is the virtual run time, in ns; in the tree while ready */
    struct thread *thread; /* whose it is */
    uint32_t weight;
    uint64_t per_ns; /* virtual time in a nanosecond, times 2^32 */
};

struct fair_queue { /* all zero: empty */
    struct rb_tree tree;
    uint64_t floor_ns; /* virtual time that all have had, or had the chance to have; only grows */
    uint32_t count;
    uint32_t weight; /* of all that are in the tree */
};

void fair_share_init(struct fair_share *share, struct thread *thread, int nice);
/* Between the two ends; of a share that is in no queue, or with the queue that it is in. */
void fair_share_set_nice(struct fair_share *share, int nice, struct fair_queue *in);
/* Where a new one begins: not before the others, nor before its maker (NULL: there is none), so
   that making threads wins nothing. */
void fair_share_begin(const struct fair_queue *queue, struct fair_share *share,
                      const struct fair_share *maker);
/* Where one that slept goes on: a bit before the others, if it has had less than they. */
void fair_share_wake(const struct fair_queue *queue, struct fair_share *share);

/* One that yields goes behind all that are in the queue: it gives up what they have had more. */
void fair_share_step_back(const struct fair_queue *queue, struct fair_share *share);

static inline void fair_queue_insert(struct fair_queue *queue, struct fair_share *share)
{
    if (queue->count == 0) { /* the usual case, made short */
        share->node = (struct rb_node){.key = share->node.key};
        queue->tree = (struct rb_tree){&share->node, &share->node};
    } else {
        rb_insert(&queue->tree, &share->node, share->node.key);
    }
    queue->count++;
    queue->weight += share->weight;
}

static inline void fair_queue_remove(struct fair_queue *queue, struct fair_share *share)
{
    if (queue->count == 1)
        queue->tree = (struct rb_tree){NULL, NULL};
    else
        rb_remove(&queue->tree, &share->node);
    queue->count--;
    queue->weight -= share->weight;
}

/* Real time as that one's virtual time. */
static inline uint64_t fair_virtual_ns(const struct fair_share *share, uint64_t ns)
{
    if (likely(share->weight == FAIR_WEIGHT_0))
        return ns;
    return (uint64_t)((unsigned __int128)ns * share->per_ns >> 32);
}

/* The running one, which is in no queue, has used so much. */
static inline void fair_charge(struct fair_queue *queue, struct fair_share *running,
                               uint64_t ran_ns)
{
    const struct rb_node *first = queue->tree.first;
    uint64_t floor_ns = running->node.key += fair_virtual_ns(running, ran_ns);

    if (first && first->key < floor_ns)
        floor_ns = first->key;
    if (floor_ns > queue->floor_ns)
        queue->floor_ns = floor_ns;
}

/* How long it may run while these wait. */
uint64_t fair_slice_ns(const struct fair_queue *queue, const struct fair_share *running);

/* Who has had the least of those in the queue; NULL: empty. */
static inline struct fair_share *fair_queue_first(const struct fair_queue *queue)
{
    return (struct fair_share *)queue->tree.first; /* the node is its first field */
}

/* `one` has had so much more than `other` that it does not wait for the end of its turn. */
bool fair_is_ahead(const struct fair_share *one, const struct fair_share *other);
