/*
 * The counts of frames, for loops over whole page tables: frame_get and frame_put (frames.h) without
 * a call. What these refuse, those are to be asked about.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

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

/* One more reference of a frame that is in use; false: nothing happened. */
static inline bool frame_get_quickly(uint64_t phys)
{
    uint64_t frame = phys / FRAME_SIZE;

    if (unlikely(frame >= frames_map.size))
        return false;
    uint16_t count = frame_count(frame);

    return likely((uint16_t)(count - 1) < FRAME_COUNT_MAX - 1u)
           && likely(frame_change_count(frame, count, (uint16_t)(count + 1)));
}

/* One less of a frame that keeps others; false: nothing happened. */
static inline bool frame_put_quickly(uint64_t phys)
{
    uint64_t frame = phys / FRAME_SIZE;

    if (unlikely(frame >= frames_map.size))
        return false;
    uint16_t count = frame_count(frame);

    return (uint16_t)(count - 2) < FRAME_COUNT_MAX - 1u
           && likely(frame_change_count(frame, count, (uint16_t)(count - 1)));
}
