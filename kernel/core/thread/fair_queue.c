/* The fair queue; fair_queue.h has the use. */
#include "kernel/core/thread/fair_queue.h"

#include <stddef.h>

_Static_assert(offsetof(struct fair_share, node) == 0, "fair_queue_first");

/* 1024 × 1.25^-nice, from nice -20 on. */
static const uint32_t weights[NICE_MOST - NICE_LEAST + 1] = {
    88818, 71054, 56843, 45475, 36380, 29104, 23283, 18626, 14901, 11921,
    9537,  7629,  6104,  4883,  3906,  3125,  2500,  2000,  1600,  1280,
    1024,  819,   655,   524,   419,   336,   268,   215,   172,   137,
    110,   88,    70,    56,    45,    36,    29,    23,    18,    15,
};

static uint32_t weight_of(int nice)
{
    int level = nice - NICE_LEAST;

    if (level < 0)
        level = 0;
    if (level >= (int)array_length(weights))
        level = array_length(weights) - 1;
    return weights[level];
}

/* ---- shares ---------------------------------------------------------------------------------- */

static void set_weight(struct fair_share *share, uint32_t weight)
{
    share->weight = weight;
    share->per_ns = ((uint64_t)FAIR_WEIGHT_0 << 32) / weight;
}

void fair_share_init(struct fair_share *share, struct thread *thread, int nice)
{
    *share = (struct fair_share){.thread = thread};
    set_weight(share, weight_of(nice));
}

void fair_share_set_nice(struct fair_share *share, int nice, struct fair_queue *in)
{
    uint32_t weight = weight_of(nice);

    if (in)
        in->weight += weight - share->weight;
    set_weight(share, weight);
}

void fair_share_begin(const struct fair_queue *queue, struct fair_share *share,
                      const struct fair_share *maker)
{
    share->node.key = queue->floor_ns;
    if (maker && maker->node.key > share->node.key)
        share->node.key = maker->node.key;
}

void fair_share_wake(const struct fair_queue *queue, struct fair_share *share)
{
    uint64_t least_ns = queue->floor_ns > FAIR_CREDIT_NS ? queue->floor_ns - FAIR_CREDIT_NS : 0;

    if (share->node.key < least_ns)
        share->node.key = least_ns;
}

void fair_share_step_back(const struct fair_queue *queue, struct fair_share *share)
{
    const struct rb_node *last = queue->tree.root;

    while (last && last->child[1])
        last = last->child[1];
    if (last && last->key > share->node.key)
        share->node.key = last->key;
}

/* ---- turns ----------------------------------------------------------------------------------- */

uint64_t fair_slice_ns(const struct fair_queue *queue, const struct fair_share *running)
{
    uint64_t ns = FAIR_LATENCY_NS * running->weight / (queue->weight + running->weight);

    return ns > FAIR_SLICE_NS ? ns : FAIR_SLICE_NS;
}

bool fair_is_ahead(const struct fair_share *one, const struct fair_share *other)
{
    return one->node.key > other->node.key + fair_virtual_ns(other, FAIR_AHEAD_NS);
}
