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
#include "lib/errno.h"

#define FRAME_MAP_LEVELS 5
#define FRAME_MAP_CHUNK  4096ull     /* frames that are made real together: a word of level 1 */
#define FRAME_MAP_LIMIT  (1ull << 31) /* frames: 8 TiB */
#define FRAME_MAP_SPANS_MAX 192

/* In counts[], for a frame that is in no span. */
#define FRAME_COUNT_RESERVED 0xffffu
#define FRAME_COUNT_MAX      0xfffeu

struct frame_span {
    uint64_t first, end;
};

/* The bits lie in rows. Rows 0 to 4 are levels: row 0 has a bit a frame, free; row k a bit a word
   of row k - 1, that word is not 0. Bits of rows 0, 1 and FRAME_ROW_WHOLE_WORD mean something only
   in chunks that were touched. */
enum frame_map_row {
    FRAME_ROW_WHOLE_WORD = FRAME_MAP_LEVELS, /* a bit a word of row 0: all 64 free; as row 1 */
    FRAME_ROW_WHOLE_CHUNK,                   /* a bit a chunk: all free */
    FRAME_ROW_TOUCHED,                       /* a bit a chunk; lies first */
    FRAME_ROWS,
};

/* The numbers that accesses depend on have another type than the words, the counts and the spans:
   so a prover sees that no write to those changes them. */
struct frame_map {
    uint32_t size;   /* frames: numbers below it */
    uint32_t free;   /* ≤ size */
    uint64_t *words; /* of all rows */
    uint32_t word_count;
    uint32_t start[FRAME_ROWS]; /* of a row, in words */
    uint32_t bits[FRAME_ROWS];  /* how many a row has */
    uint16_t *counts; /* a reference count a frame, 0 in a free one; NULL: none are kept */
    uint32_t span_count;
    struct frame_span spans[FRAME_MAP_SPANS_MAX];
};

/* What is known of every map between calls. What the bits say is not part of it: no access depends
   on that. */
/*@ logic integer frame_map_groups(integer count, integer of) =
      count / of + (count % of != 0 ? 1 : 0);
    logic integer frame_map_chunks(integer size) = frame_map_groups(size, 4096);
    logic integer frame_map_row_2(integer size) = frame_map_groups(frame_map_chunks(size), 64);
    logic integer frame_map_row_3(integer size) = frame_map_groups(frame_map_row_2(size), 64);
    logic integer frame_map_row_4(integer size) = frame_map_groups(frame_map_row_3(size), 64);
    logic integer frame_map_words(integer size) =
      66 * frame_map_chunks(size) + 3 * frame_map_row_2(size) + frame_map_row_3(size)
      + frame_map_row_4(size);

    predicate frame_map_is_row(integer row) =
      row == 0 || row == 1 || row == 2 || row == 3 || row == 4 || row == 5 || row == 6 || row == 7;
    predicate frame_map_has_row(struct frame_map *map, integer row) =
      map->start[row] <= map->word_count
      && map->bits[row] <= 64 * (map->word_count - map->start[row]);
    predicate frame_map_row_sizes(struct frame_map *map) =
      0 < map->size <= FRAME_MAP_LIMIT && map->bits[0] == map->size
      && FRAME_MAP_CHUNK * (map->bits[2] - 1) < map->size <= FRAME_MAP_CHUNK * map->bits[2]
      && map->bits[2] <= FRAME_MAP_LIMIT / FRAME_MAP_CHUNK
      && map->bits[1] == 64 * map->bits[2] && map->bits[1] <= map->word_count - map->start[0]
      && map->bits[2] <= 64 * map->bits[3] && map->bits[3] <= 64 * map->bits[4]
      && map->bits[4] <= map->bits[3] <= map->bits[2]
      && map->bits[FRAME_ROW_WHOLE_WORD] == map->bits[1]
      && map->bits[FRAME_ROW_WHOLE_CHUNK] == map->bits[2]
      && map->bits[FRAME_ROW_TOUCHED] == map->bits[2] && map->start[FRAME_ROW_TOUCHED] == 0;
    predicate frame_map_rows(struct frame_map *map) =
      frame_map_row_sizes(map)
      && frame_map_has_row(map, 0) && frame_map_has_row(map, 1) && frame_map_has_row(map, 2)
      && frame_map_has_row(map, 3) && frame_map_has_row(map, 4) && frame_map_has_row(map, 5)
      && frame_map_has_row(map, 6) && frame_map_has_row(map, 7);
    predicate frame_map_memory(struct frame_map *map, uint64_t *words, integer word_count,
                               uint16_t *counts, integer size) =
      \valid(words + (0 .. word_count - 1)) && \separated(map, words + (0 .. word_count - 1))
      && (counts != \null ==>
          \valid(counts + (0 .. size - 1)) && \separated(map, counts + (0 .. size - 1))
          && \separated(words + (0 .. word_count - 1), counts + (0 .. size - 1)));
    predicate frame_map_valid(struct frame_map *map) =
      \valid(map) && map->free <= map->size && map->span_count <= FRAME_MAP_SPANS_MAX
      && frame_map_rows(map)
      && frame_map_memory(map, map->words, map->word_count, map->counts, map->size); */
/* What of a map's memory may change when it is used: nothing that frame_map_valid looks at. */
#define FRAME_MAP_CONTENT(map)                                                                     \
    (map)->words[0 .. (map)->word_count - 1], (map)->counts[0 .. (map)->size - 1]

/*@ assigns \nothing;
    ensures \result == 8 * frame_map_words(size); */
/* Bytes of words that a map of `size` frames needs (its counts need 2 × size more). */
uint64_t frame_map_bytes(uint64_t size);
/* Every frame reserved. words: frame_map_bytes(size) bytes; neither they nor the counts need be
   cleared. -EINVAL: size is 0 or above FRAME_MAP_LIMIT. */
/*@ requires \valid(map);
    requires 0 < size <= FRAME_MAP_LIMIT ==>
               frame_map_memory(map, words, frame_map_words(size), counts, size);
    assigns *map, words[0 .. frame_map_words(size) - 1];
    ensures \result == 0 || \result == -EINVAL;
    ensures \result == 0 ==> frame_map_valid(map) && map->size == size && map->free == 0; */
int frame_map_init(struct frame_map *map, uint64_t size, uint64_t *words,
                   uint16_t *counts) must_check;
/*@ requires frame_map_valid(map);
    assigns map->free, map->span_count, map->spans[0 .. FRAME_MAP_SPANS_MAX - 1],
            FRAME_MAP_CONTENT(map);
    ensures frame_map_valid(map);
    ensures \result == 0 || \result == -EINVAL || \result == -ENOSPC; */
/* Make frames free that were reserved; they lie in no other span. -EINVAL: beyond the map, or more
   than are not free; -ENOSPC: too many spans. Nothing was changed then. */
int frame_map_add(struct frame_map *map, uint64_t first, uint64_t count) must_check;

/*@ requires frame_map_valid(map) && \valid(frames + (0 .. most - 1));
    requires \separated(frames + (0 .. most - 1), map->words + (0 .. map->word_count - 1));
    assigns map->free, frames[0 .. most - 1], FRAME_MAP_CONTENT(map);
    ensures frame_map_valid(map);
    ensures \result <= most;
    ensures \forall integer i; 0 <= i < \result ==> frames[i] < map->size && frames[i] < to; */
/* Take free frames, neighbours in one word, at or behind `from` and below `to`: at least one and at
   most `most`, the lowest last. Returns how many: 0 when there is none. */
unsigned frame_map_take(struct frame_map *map, uint64_t from, uint64_t to, uint64_t *frames,
                        unsigned most) must_check;
/*@ requires frame_map_valid(map) && \valid(first);
    assigns map->free, *first, FRAME_MAP_CONTENT(map);
    ensures frame_map_valid(map);
    ensures \result == 0 || \result == -EINVAL || \result == -ENOMEM;
    ensures \result == 0 ==> 0 < count <= map->size && count <= to
                            && *first <= map->size - count && from <= *first <= to - count; */
/* Take `count` neighbours, the first a multiple of align, all in [from, to). -ENOMEM; -EINVAL:
   count or align is 0. Time grows with the number of holes passed; wholly free words and chunks
   are found by their summaries. */
int frame_map_take_run(struct frame_map *map, uint64_t count, uint64_t align, uint64_t from,
                       uint64_t to, uint64_t *first) must_check;
/*@ requires frame_map_valid(map);
    assigns map->free, FRAME_MAP_CONTENT(map);
    ensures frame_map_valid(map);
    ensures \result == 0 || \result == -EINVAL; */
/* Give frames back. -EINVAL: beyond the map, more than are not free, or one of them is free
   already; nothing was changed then. (Only counts[] tells a reserved frame from a used one: the
   caller looks.) */
int frame_map_give(struct frame_map *map, uint64_t first, uint64_t count) must_check;

/*@ requires frame_map_valid(map) && frame < map->size;
    assigns \nothing; */
static inline bool frame_map_touched(const struct frame_map *map, uint64_t frame)
{
    return bitmap_get(map->words, frame / FRAME_MAP_CHUNK); /* that row is the first */
}

/*@ requires frame_map_valid(map);
    assigns \nothing; */
/* Whether the frame is in a span: slow, for messages. */
bool frame_map_is_spanned(const struct frame_map *map, uint64_t frame);
