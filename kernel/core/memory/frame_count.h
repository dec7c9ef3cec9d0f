/*
 * The counts of frames, for loops over whole page tables: frame_get and frame_put (frames.h)
 * without a call. What these refuse, those are to be asked about.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frame_map.h"
#include "kernel/core/memory/frames.h"
#include "lib/compiler.h"

extern struct frame_map frames_map; /* frames.c's */

/* The frame's number. Of an address that is not a frame's start it is beyond every map: what should
   be 0 comes out on top. */
static inline uint64_t frame_number(uint64_t phys)
{
    return phys / FRAME_SIZE | phys << 52;
}

/* Its count can be looked at. */
static inline bool frame_is_known(uint64_t frame)
{
    return likely(frame < frames_map.size) && likely(frame_map_touched(&frames_map, frame));
}

static inline uint16_t frame_count(uint64_t frame)
{
    return __atomic_load_n(&frames_map.counts[frame], __ATOMIC_RELAXED);
}

static inline bool frame_change_count(uint64_t frame, uint16_t from, uint16_t to)
{
    return __atomic_compare_exchange_n(&frames_map.counts[frame], &from, to, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* Where the counts lie, held by a loop: so that it need not look each time. */
struct frame_counts {
    uint16_t *counts;
    uint64_t size;
};

static inline struct frame_counts frame_counts_here(void)
{
    return (struct frame_counts){frames_map.counts, frames_map.size};
}

/* One more reference of a frame that is mapped, so does not go meanwhile; false: nothing
   happened. */
static inline bool frame_get_quickly(struct frame_counts here, uint64_t frame)
{
    if (unlikely(frame >= here.size))
        return false;
    uint16_t count = __atomic_load_n(&here.counts[frame], __ATOMIC_RELAXED);

    if (unlikely((uint16_t)(count - 1) >= FRAME_COUNT_MAX - CPUS_MAX)) /* each may add one now */
        return false;
    (void)__atomic_fetch_add(&here.counts[frame], 1, __ATOMIC_ACQ_REL);
    return true;
}

/* One less of a frame that keeps others; false: nothing happened. */
static inline bool frame_put_quickly(struct frame_counts here, uint64_t frame)
{
    if (unlikely(frame >= here.size))
        return false;
    uint16_t count = __atomic_load_n(&here.counts[frame], __ATOMIC_RELAXED);

    return (uint16_t)(count - 2) < FRAME_COUNT_MAX - 1u
           && likely(__atomic_compare_exchange_n(&here.counts[frame], &count,
                                                 (uint16_t)(count - 1), false, __ATOMIC_ACQ_REL,
                                                 __ATOMIC_RELAXED));
}
