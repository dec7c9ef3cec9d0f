/*
 * A map of numbered frames: a bit each, 1 when it is free, with summaries above (64 to 1) so that
 * the first free one is found in a step a level and not by scanning. Pure: it works on the memory
 * it is given, knows no hardware, takes no lock (the caller has one), and does not care what the
 * numbers stand for: frames.c numbers physical memory, page_runs.c addresses.
 *
 * Nothing is written for memory nobody uses: the bits of a chunk (4096 frames) are made from the
 * spans when the chunk is first touched. A map of 64 GiB is ready as soon as one of 128 MiB.
 *
 * Use: frame_map_init → frame_map_add for each span that may be given out → take, give.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/bitmap.h"
#include "lib/compiler.h"

#define FRAME_MAP_LEVELS 5
#define FRAME_MAP_CHUNK  4096ull     /* frames that are made real together: a word of level 1 */
#define FRAME_MAP_LIMIT  (1ull << 40) /* frames: all that 52 address bits reach */
#define FRAME_MAP_SPANS_MAX 192

/* In counts[], for a frame that is in no span. */
#define FRAME_COUNT_RESERVED 0xffffu
#define FRAME_COUNT_MAX      0xfffeu

struct frame_span {
    uint64_t first, end;
};

struct frame_map {
    uint64_t size; /* frames: numbers below it */
    uint64_t free;
    /* any[0]: a bit a frame, free. any[k]: a bit a word of any[k - 1], that word is not 0. Bits of
       levels 0 and 1 mean something only in chunks that were touched. */
    uint64_t *any[FRAME_MAP_LEVELS];
    uint64_t bits[FRAME_MAP_LEVELS]; /* how many a level has */
    uint64_t *whole_word;  /* a bit a word of any[0]: all 64 free; as level 1 */
    uint64_t *whole_chunk; /* a bit a chunk: all free */
    uint64_t *touched;     /* a bit a chunk */
    uint16_t *counts;      /* a reference count a frame, 0 in a free one; NULL: none are kept */
    uint32_t span_count;
    struct frame_span spans[FRAME_MAP_SPANS_MAX];
};

/* Bytes of words that a map of `size` frames needs (its counts need 2 × size more). */
uint64_t frame_map_bytes(uint64_t size);
/* Every frame reserved. words: frame_map_bytes(size) bytes; neither they nor the counts need be
   cleared. -EINVAL: size is 0 or above FRAME_MAP_LIMIT. */
/*@ requires \valid(map);
    ensures \result == 0 ==> map->size == size && map->free == 0; */
int frame_map_init(struct frame_map *map, uint64_t size, uint64_t *words,
                   uint16_t *counts) must_check;
/* Make frames free that were reserved; they lie in no other span. -EINVAL: beyond the map; -ENOSPC:
   too many spans, and nothing was changed. */
int frame_map_add(struct frame_map *map, uint64_t first, uint64_t count) must_check;

/* Take free frames, neighbours in one word, at or behind `from` and below `to`: at least one and at
   most `most`, the lowest last. Returns how many: 0 when there is none. */
/*@ requires \valid(map) && \valid(frames + (0 .. most - 1));
    ensures \result <= most; */
unsigned frame_map_take(struct frame_map *map, uint64_t from, uint64_t to, uint64_t *frames,
                        unsigned most) must_check;
/* Take `count` neighbours, the first a multiple of align, all in [from, to). -ENOMEM; -EINVAL:
   count or align is 0. Time grows with the number of holes passed; wholly free words and chunks are
   found by their summaries. */
int frame_map_take_run(struct frame_map *map, uint64_t count, uint64_t align, uint64_t from,
                       uint64_t to, uint64_t *first) must_check;
/* Give frames back. -EINVAL: beyond the map, or one of them is free already; nothing was changed
   then. (Only counts[] tells a reserved frame from a used one: the caller looks.) */
int frame_map_give(struct frame_map *map, uint64_t first, uint64_t count) must_check;

static inline bool frame_map_touched(const struct frame_map *map, uint64_t frame)
{
    return bitmap_get(map->touched, frame / FRAME_MAP_CHUNK);
}

/* Whether the frame is in a span: slow, for messages. */
bool frame_map_is_spanned(const struct frame_map *map, uint64_t frame);
