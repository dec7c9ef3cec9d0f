/*
 * Frame map: a 64-ary tree of bits whose lowest two levels come into being chunk by chunk. Use and
 * locking: frame_map.h. Invariants, for each touched chunk:
 *   row k has a bit set exactly where the word below is not 0; the rows WHOLE_WORD and WHOLE_CHUNK
 *   where all 64 below are free; bits beyond `size` are 0.
 * For an untouched one: its bit in row 2 says that one span reaches into it, WHOLE_CHUNK that this
 * one covers it; with a second span a chunk is touched, and without any it never is.
 */
#include "kernel/core/memory/frame_map.h"

#include "lib/errno.h"
#include "lib/string.h"

#define WORD  64ull
#define CHUNK FRAME_MAP_CHUNK
#define CHUNK_WORDS (CHUNK / WORD)
#define CHUNK_LEVEL 2 /* of which a bit is a chunk */
#define WHOLE_WORD  FRAME_ROW_WHOLE_WORD
#define WHOLE_CHUNK FRAME_ROW_WHOLE_CHUNK
#define TOUCHED     FRAME_ROW_TOUCHED

/* For provers: a level case by case. */
#define IS_LEVEL(n) ((n) == 0 || (n) == 1 || (n) == 2 || (n) == 3 || (n) == 4)
/*@ predicate has_above(struct frame_map *map, integer level, integer bit) =
      (level == 0 ==> bit / 64 < map->bits[1]) && (level == 1 ==> bit / 64 < map->bits[2])
      && (level == 2 ==> bit / 64 < map->bits[3]) && (level == 3 ==> bit / 64 < map->bits[4]); */

/*@ assigns \nothing;
    ensures \result == \min(a, b); */
static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/*@ assigns \nothing;
    ensures \result == \max(a, b); */
static uint64_t higher(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/*@ requires of == WORD || of == CHUNK;
    assigns \nothing;
    ensures of == WORD ==> \result == frame_map_groups(count, 64);
    ensures of == CHUNK ==> \result == frame_map_groups(count, 4096);
    ensures \result <= count <= \result * of; */
static uint64_t groups(uint64_t count, uint64_t of)
{
    return count / of + (count % of != 0);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/*@ requires frame_map_valid(map) && row < FRAME_ROWS;
    assigns \result \from map;
    ensures \result == map->words + map->start[row]; */
static uint64_t *row_of(const struct frame_map *map, unsigned row)
{
    //@ assert frame_map_is_row(row);
    return map->words + map->start[row];
}

/*@ requires frame_map_valid(map) && row < FRAME_ROWS && bit < map->bits[row];
    assigns \nothing; */
static bool get_bit(const struct frame_map *map, unsigned row, uint64_t bit)
{
    //@ assert frame_map_is_row(row);
    return bitmap_get(row_of(map, row), bit);
}

/*@ requires frame_map_valid(map) && row < FRAME_ROWS && bit < map->bits[row];
    assigns map->words[0 .. map->word_count - 1]; */
static void put_bit(struct frame_map *map, unsigned row, uint64_t bit, bool value)
{
    //@ assert frame_map_is_row(row);
    uint64_t *bits = row_of(map, row);

    if (value)
        bitmap_set(bits, bit);
    else
        bitmap_clear(bits, bit);
}

/*@ requires frame_map_valid(map) && row < FRAME_ROWS && bit < map->bits[row];
    assigns \nothing;
    ensures has_above(map, row, bit); */
/* The word of a row that has the bit. */
static uint64_t get_word(const struct frame_map *map, unsigned row, uint64_t bit)
{
    //@ assert frame_map_is_row(row);
    return map->words[map->start[row] + bit / WORD];
}

/* ---- making a map ------------------------------------------------------------------------- */

uint64_t frame_map_bytes(uint64_t size)
{
    uint64_t chunks = groups(size, CHUNK), row2 = groups(chunks, WORD);
    uint64_t row3 = groups(row2, WORD), row4 = groups(row3, WORD);

    return (chunks * (CHUNK_WORDS + 2) + row2 * 3 + row3 + row4) * sizeof(uint64_t);
}

/*@ requires \valid(words + (0 .. count - 1));
    assigns words[0 .. count - 1]; */
static void clear(uint64_t *words, uint64_t count)
{
    /*@ loop invariant 0 <= i <= count;
        loop assigns i, words[0 .. count - 1];
        loop variant count - i; */
    for (uint64_t i = 0; i < count; i++)
        words[i] = 0;
}

/*@ requires frame_map_valid(map) && row < FRAME_ROWS;
    assigns map->words[0 .. map->word_count - 1]; */
static void clear_row(struct frame_map *map, unsigned row)
{
    //@ assert frame_map_is_row(row);
    clear(row_of(map, row), groups(map->bits[row], WORD));
}

/*@ requires \valid(map) && 0 < size <= FRAME_MAP_LIMIT && map->size == size;
    assigns map->word_count, map->start[0 .. FRAME_ROWS - 1], map->bits[0 .. FRAME_ROWS - 1];
    ensures map->word_count == frame_map_words(size);
    ensures frame_map_has_row(map, 0);
    ensures frame_map_has_row(map, 1);
    ensures frame_map_has_row(map, 2);
    ensures frame_map_has_row(map, 3);
    ensures frame_map_has_row(map, 4);
    ensures frame_map_has_row(map, 5);
    ensures frame_map_has_row(map, 6);
    ensures frame_map_has_row(map, 7);
    ensures frame_map_row_sizes(map); */
/* The rows behind each other, TOUCHED first; row 0 in whole chunks. */
static void lay_rows(struct frame_map *map, uint64_t size)
{
    uint32_t chunks = (uint32_t)groups(size, CHUNK), row2 = (uint32_t)groups(chunks, WORD);
    uint32_t row3 = (uint32_t)groups(row2, WORD), row4 = (uint32_t)groups(row3, WORD);

    //@ assert chunks == frame_map_chunks(size) && row2 == frame_map_row_2(size);
    //@ assert row3 == frame_map_row_3(size) && row4 == frame_map_row_4(size);
    map->bits[0] = (uint32_t)size;
    map->bits[1] = map->bits[WHOLE_WORD] = chunks * (uint32_t)CHUNK_WORDS;
    map->bits[2] = map->bits[WHOLE_CHUNK] = map->bits[TOUCHED] = chunks;
    map->bits[3] = row2;
    map->bits[4] = row3;
    map->start[TOUCHED] = 0;
    map->start[0] = row2;
    map->start[1] = map->start[0] + map->bits[1];
    map->start[2] = map->start[1] + chunks;
    map->start[3] = map->start[2] + row2;
    map->start[4] = map->start[3] + row3;
    map->start[WHOLE_WORD] = map->start[4] + row4;
    map->start[WHOLE_CHUNK] = map->start[WHOLE_WORD] + chunks;
    map->word_count = map->start[WHOLE_CHUNK] + row2;
}

int frame_map_init(struct frame_map *map, uint64_t size, uint64_t *words, uint16_t *counts)
{
    if (size == 0 || size > FRAME_MAP_LIMIT)
        return -EINVAL;
    map->size = (uint32_t)size;
    map->free = 0;
    map->words = words;
    map->counts = counts;
    map->span_count = 0;
    lay_rows(map, size);
    //@ assert map->free == 0 && map->span_count == 0 && map->size == size;
    //@ assert map->words == words && map->counts == counts;
    //@ assert frame_map_rows(map);
    //@ assert frame_map_memory(map, map->words, map->word_count, map->counts, map->size);
    /*@ loop invariant CHUNK_LEVEL <= row <= FRAME_ROWS;
        loop assigns row, map->words[0 .. map->word_count - 1];
        loop variant FRAME_ROWS - row; */
    for (unsigned row = CHUNK_LEVEL; row < FRAME_ROWS; row++)
        if (row != WHOLE_WORD)
            clear_row(map, row);
    return 0;
}

/* ---- keeping the summaries ---------------------------------------------------------------- */

/*@ requires frame_map_valid(map) && row < FRAME_ROWS && bit < map->bits[row];
    assigns map->words[0 .. map->word_count - 1];
    ensures has_above(map, row, bit); */
/* Returns whether the bit's word became 0, or is it no more. */
static bool change_bit(struct frame_map *map, unsigned row, uint64_t bit, bool value)
{
    bool any = get_word(map, row, bit) != 0;

    put_bit(map, row, bit, value);
    return (get_word(map, row, bit) != 0) != any;
}

/*@ requires frame_map_valid(map) && word < map->bits[1];
    assigns map->words[0 .. map->word_count - 1]; */
/* After a word of row 0 changed: what is above it. */
static void update(struct frame_map *map, uint64_t word)
{
    uint64_t frames = row_of(map, 0)[word], bit = word;
    bool changed = true;

    put_bit(map, WHOLE_WORD, word, frames == UINT64_MAX);
    put_bit(map, WHOLE_CHUNK, word / WORD, get_word(map, WHOLE_WORD, word) == UINT64_MAX);
    /*@ loop invariant 1 <= level <= FRAME_MAP_LEVELS;
        loop invariant level < FRAME_MAP_LEVELS ==> bit < map->bits[level];
        loop assigns level, bit, changed, map->words[0 .. \at(map->word_count, Pre) - 1];
        loop variant FRAME_MAP_LEVELS - level; */
    for (unsigned level = 1; level < FRAME_MAP_LEVELS && changed; level++) {
        //@ assert IS_LEVEL(level);
        changed = change_bit(map, level, bit, frames != 0);
        bit /= WORD;
    }
}

/*@ requires frame_map_valid(map) && first <= map->size && count <= map->size - first;
    requires byte == 0 || byte == 0xff;
    assigns map->counts[0 .. map->size - 1]; */
static void set_counts(struct frame_map *map, uint64_t first, uint64_t count, int byte)
{
    if (map->counts)
        memset(map->counts + first, byte, count * sizeof(*map->counts));
}

/*@ requires frame_map_valid(map) && first < end <= map->size;
    assigns FRAME_MAP_CONTENT(map); */
/* [first, end), all in one touched chunk, becomes free. */
static void open_in_chunk(struct frame_map *map, uint64_t first, uint64_t end)
{
    bitmap_set_range(row_of(map, 0), first, end - first);
    set_counts(map, first, end - first, 0);
    /*@ loop invariant word <= (end - 1) / WORD + 1;
        loop assigns word, FRAME_MAP_CONTENT(map);
        loop variant (end - 1) / WORD + 1 - word; */
    for (uint64_t word = first / WORD; word <= (end - 1) / WORD; word++)
        update(map, word);
}

/*@ requires frame_map_valid(map) && chunk < map->bits[CHUNK_LEVEL];
    assigns FRAME_MAP_CONTENT(map); */
/* Give a chunk its bits, from the spans. */
static void touch(struct frame_map *map, uint64_t chunk)
{
    uint64_t first = chunk * CHUNK, end = lower(first + CHUNK, map->size);

    clear(row_of(map, 0) + chunk * CHUNK_WORDS, CHUNK_WORDS);
    row_of(map, 1)[chunk] = 0;
    row_of(map, WHOLE_WORD)[chunk] = 0;
    if (!get_bit(map, WHOLE_CHUNK, chunk))
        set_counts(map, first, end - first, 0xff); /* FRAME_COUNT_RESERVED */
    put_bit(map, TOUCHED, chunk, true);
    /*@ loop invariant 0 <= i <= map->span_count;
        loop assigns i, FRAME_MAP_CONTENT(map);
        loop variant map->span_count - i; */
    for (uint32_t i = 0; i < map->span_count; i++) {
        uint64_t from = higher(first, map->spans[i].first);
        uint64_t to = lower(end, map->spans[i].end);

        if (from < to)
            open_in_chunk(map, from, to);
    }
}

/*@ requires frame_map_valid(map) && chunk < map->bits[CHUNK_LEVEL];
    assigns FRAME_MAP_CONTENT(map); */
/* Whether the chunk may hold a free frame; it is touched if so. */
static bool ready(struct frame_map *map, uint64_t chunk)
{
    if (!get_bit(map, CHUNK_LEVEL, chunk))
        return false;
    if (!get_bit(map, TOUCHED, chunk))
        touch(map, chunk);
    return true;
}

/* ---- adding ------------------------------------------------------------------------------- */

/*@ requires frame_map_valid(map) && end <= map->bits[CHUNK_LEVEL];
    assigns FRAME_MAP_CONTENT(map); */
/* Chunks [first, end) may hold free frames. */
static void announce_chunks(struct frame_map *map, uint64_t first, uint64_t end)
{
    /*@ loop invariant CHUNK_LEVEL <= level <= FRAME_MAP_LEVELS;
        loop invariant level < FRAME_MAP_LEVELS ==> end <= map->bits[level];
        loop assigns level, first, end, FRAME_MAP_CONTENT(map);
        loop variant FRAME_MAP_LEVELS - level; */
    for (unsigned level = CHUNK_LEVEL; level < FRAME_MAP_LEVELS && first < end; level++) {
        //@ assert IS_LEVEL(level);
        bitmap_set_range(row_of(map, level), first, end - first);
        first /= WORD;
        end = groups(end, WORD);
    }
}

/*@ requires frame_map_valid(map) && end <= map->size;
    assigns FRAME_MAP_CONTENT(map); */
/* A part of one chunk. */
static void add_edge(struct frame_map *map, uint64_t first, uint64_t end)
{
    if (first >= end)
        return;
    if (frame_map_touched(map, first))
        open_in_chunk(map, first, end);
    else if (!ready(map, first / CHUNK)) /* a second span in a chunk: touched, with both */
        announce_chunks(map, first / CHUNK, first / CHUNK + 1);
}

/*@ requires frame_map_valid(map) && end <= map->bits[CHUNK_LEVEL];
    assigns FRAME_MAP_CONTENT(map); */
/* The chunks that a span fills were reserved from end to end, so none of them is touched. */
static void add_chunks(struct frame_map *map, uint64_t first, uint64_t end)
{
    if (first >= end)
        return;
    announce_chunks(map, first, end);
    bitmap_set_range(row_of(map, WHOLE_CHUNK), first, end - first);
}

int frame_map_add(struct frame_map *map, uint64_t first, uint64_t count)
{
    if (first > map->size || count > map->size - first || count > map->size - map->free)
        return -EINVAL;
    if (count == 0)
        return 0;
    if (map->span_count == FRAME_MAP_SPANS_MAX)
        return -ENOSPC;

    uint64_t end = first + count;
    uint64_t inner = groups(first, CHUNK), inner_end = end / CHUNK; /* chunks */
    map->spans[map->span_count++] = (struct frame_span){first, end};
    map->free += (uint32_t)count;
    add_edge(map, first, lower(inner * CHUNK, end));
    add_chunks(map, inner, inner_end);
    if (inner_end >= inner)
        add_edge(map, inner_end * CHUNK, end);
    return 0;
}

/* ---- finding ------------------------------------------------------------------------------ */

/*@ requires frame_map_valid(map) && level < FRAME_MAP_LEVELS && at < map->bits[level];
    assigns FRAME_MAP_CONTENT(map); */
/* The bits of a level from one on, to the end of its word; none of a chunk without free frames. */
static uint64_t look(struct frame_map *map, unsigned level, uint64_t at)
{
    //@ assert IS_LEVEL(level);
    if (level == CHUNK_LEVEL - 1 && !ready(map, at / WORD))
        return 0;
    return get_word(map, level, at) >> (at % WORD);
}

/*@ logic integer frame_at(integer level, integer at) = // the first one that the bit stands for
      level == 0 ? at : level == 1 ? 64 * at : level == 2 ? 4096 * at
      : level == 3 ? 262144 * at : 16777216 * at; */

/*@ requires frame_map_valid(map);
    assigns FRAME_MAP_CONTENT(map);
    ensures from <= \result <= map->size || \result == map->size; */
/* The first free frame at or behind `from`, or the map's size. Up a level where there is nothing
   more in a word, down where there is. */
static uint64_t find_free(struct frame_map *map, uint64_t from)
{
    unsigned level = 0;
    uint64_t at = from;

    if (from < map->size && !ready(map, from / CHUNK)) {
        level = CHUNK_LEVEL;
        at = from / CHUNK + 1;
    }
    /*@ loop invariant 0 <= level < FRAME_MAP_LEVELS;
        loop invariant frame_at(level, at) >= from;
        loop assigns level, at, FRAME_MAP_CONTENT(map);
        loop variant ((1 << 56) - frame_at(level, at)) * 8 + level; */
    while (at < map->bits[level]) {
        uint64_t word = look(map, level, at);

        //@ assert IS_LEVEL(level);
        if (word != 0) {
            at += (uint64_t)__builtin_ctzll(word);
            if (level == 0)
                return lower(at, map->size);
            at *= WORD;
            level--;
        } else if (level < FRAME_MAP_LEVELS - 1) {
            at = at / WORD + 1;
            level++;
        } else {
            at = (at / WORD + 1) * WORD; /* the top: word by word, each is 4 TiB */
        }
    }
    return map->size;
}

/*@ requires frame_map_valid(map);
    assigns FRAME_MAP_CONTENT(map);
    ensures \result <= map->bits[CHUNK_LEVEL];
    ensures \result >= chunk || \result == map->bits[CHUNK_LEVEL]; */
/* The first chunk at or behind `chunk` that has a wholly free word (`all`: that is nothing else),
   or the number of chunks. */
static uint64_t find_chunk(struct frame_map *map, uint64_t chunk, bool all)
{
    uint64_t count = map->bits[CHUNK_LEVEL];

    if (all)
        return bitmap_find_set(row_of(map, WHOLE_CHUNK), count, chunk);
    /*@ loop invariant chunk >= \at(chunk, Pre);
        loop assigns chunk, FRAME_MAP_CONTENT(map);
        loop variant UINT64_MAX - chunk; */
    for (;; chunk++) {
        chunk = bitmap_find_set(row_of(map, CHUNK_LEVEL), count, chunk);
        if (chunk >= count)
            return count;
        (void)ready(map, chunk);
        if (row_of(map, WHOLE_WORD)[chunk] != 0)
            return chunk;
    }
}

/*@ requires frame_map_valid(map);
    assigns FRAME_MAP_CONTENT(map);
    ensures \result >= from || \result == map->size; */
/* The first frame at or behind `from` where a wholly free word begins, or the map's size. */
static uint64_t find_whole_word(struct frame_map *map, uint64_t from)
{
    uint64_t word = groups(from, WORD);

    /*@ loop invariant word * WORD >= from;
        loop assigns word, FRAME_MAP_CONTENT(map);
        loop variant UINT64_MAX - word; */
    while (word / WORD < map->bits[CHUNK_LEVEL]) {
        uint64_t chunk = find_chunk(map, word / WORD, false);

        if (chunk >= map->bits[CHUNK_LEVEL])
            break;
        word = higher(word, chunk * WORD);
        uint64_t rest = row_of(map, WHOLE_WORD)[chunk] >> (word % WORD);
        if (rest != 0)
            return (word + (uint64_t)__builtin_ctzll(rest)) * WORD;
        word = (chunk + 1) * WORD;
    }
    return map->size;
}

/*@ requires frame_map_valid(map);
    assigns FRAME_MAP_CONTENT(map);
    ensures \result >= from || \result == map->size; */
/* A frame at or behind `from` where a run may begin; none that could is passed over. */
static uint64_t find_start(struct frame_map *map, uint64_t count, uint64_t align, uint64_t from)
{
    if (count >= CHUNK && align % CHUNK == 0) {
        uint64_t chunk = find_chunk(map, groups(from, CHUNK), true);

        return lower(chunk * CHUNK, map->size);
    }
    if (count >= WORD && align % WORD == 0)
        return find_whole_word(map, from);
    return find_free(map, from);
}

/*@ requires frame_map_valid(map) && first <= end <= map->size;
    assigns FRAME_MAP_CONTENT(map);
    ensures first <= \result <= end; */
/* The first frame of [first, end) that is not free, or `end`. */
static uint64_t find_taken(struct frame_map *map, uint64_t first, uint64_t end)
{
    /*@ loop invariant \at(first, Pre) <= first <= end;
        loop assigns first, FRAME_MAP_CONTENT(map);
        loop variant end - first; */
    while (first < end) {
        uint64_t chunk = first / CHUNK;
        uint64_t stop = lower((chunk + 1) * CHUNK, end);

        if (!get_bit(map, WHOLE_CHUNK, chunk)) {
            if (!ready(map, chunk))
                return first;
            uint64_t taken = bitmap_find_clear(row_of(map, 0), stop, first);
            if (taken < stop)
                return taken;
        }
        first = stop;
    }
    return end;
}

/* ---- taking and giving -------------------------------------------------------------------- */

unsigned frame_map_take(struct frame_map *map, uint64_t from, uint64_t to, uint64_t *frames,
                        unsigned most)
{
    uint64_t frame = find_free(map, from), word = frame / WORD;
    uint64_t end = lower((word + 1) * WORD, lower(to, map->size));
    unsigned limit = (unsigned)lower(most, map->free), count = 0;

    /*@ loop invariant 0 <= count <= limit && frame / WORD >= word;
        loop invariant count > 0 ==> word < map->bits[1];
        loop invariant \forall integer i; 0 <= i < count ==> frames[i] < end;
        loop assigns frame, count, frames[0 .. most - 1], FRAME_MAP_CONTENT(map);
        loop variant UINT64_MAX - frame; */
    for (; frame < end && count < limit; frame++) {
        if (!get_bit(map, 0, frame))
            continue;
        put_bit(map, 0, frame, false);
        frames[count++] = frame;
    }
    if (count == 0)
        return 0;
    map->free -= count;
    update(map, word);
    /*@ loop invariant 0 <= low <= count && 0 <= high < count;
        loop invariant \forall integer i; 0 <= i < count ==> frames[i] < end;
        loop assigns low, high, frames[0 .. most - 1];
        loop variant count - low; */
    for (unsigned low = 0, high = count - 1; low < high; low++, high--) {
        uint64_t swapped = frames[low];

        frames[low] = frames[high];
        frames[high] = swapped;
    }
    return count;
}

/*@ requires frame_map_valid(map) && 0 < count <= map->free && first <= map->size - count;
    assigns map->free, FRAME_MAP_CONTENT(map);
    ensures frame_map_valid(map); */
static void take_range(struct frame_map *map, uint64_t first, uint64_t count)
{
    /*@ loop invariant chunk <= (first + count - 1) / CHUNK + 1;
        loop assigns chunk, FRAME_MAP_CONTENT(map);
        loop variant (first + count - 1) / CHUNK + 1 - chunk; */
    for (uint64_t chunk = first / CHUNK; chunk <= (first + count - 1) / CHUNK; chunk++)
        (void)ready(map, chunk);
    bitmap_clear_range(row_of(map, 0), first, count);
    /*@ loop invariant word <= (first + count - 1) / WORD + 1;
        loop assigns word, FRAME_MAP_CONTENT(map);
        loop variant (first + count - 1) / WORD + 1 - word; */
    for (uint64_t word = first / WORD; word <= (first + count - 1) / WORD; word++)
        update(map, word);
    map->free -= (uint32_t)count;
}

/*@ requires align > 0;
    assigns \nothing;
    ensures \result <= to;
    ensures \result >= at || \result == to; */
/* at, or the next multiple of align, if that is below `to`; else `to`. */
static uint64_t align_below(uint64_t at, uint64_t align, uint64_t to)
{
    uint64_t over = at % align;

    if (at >= to)
        return to;
    if (over == 0)
        return at;
    return align - over < to - at ? at + (align - over) : to;
}

int frame_map_take_run(struct frame_map *map, uint64_t count, uint64_t align, uint64_t from,
                       uint64_t to, uint64_t *first)
{
    if (count == 0 || align == 0)
        return -EINVAL;
    if (count > map->free)
        return -ENOMEM;
    to = lower(to, map->size);
    /*@ loop invariant from >= \at(from, Pre);
        loop assigns from, FRAME_MAP_CONTENT(map);
        loop variant UINT64_MAX - from; */
    for (;;) {
        uint64_t start = align_below(find_start(map, count, align, from), align, to);

        if (count > to - start)
            return -ENOMEM;
        uint64_t taken = find_taken(map, start, start + count);
        if (taken == start + count) {
            take_range(map, start, count);
            *first = start;
            return 0;
        }
        from = taken + 1;
    }
}

/*@ requires frame_map_valid(map) && 0 < count <= map->size && first <= map->size - count;
    assigns \nothing; */
/* All of [first, first + count) is given out or reserved, in chunks that are touched. */
static bool none_free(const struct frame_map *map, uint64_t first, uint64_t count)
{
    /*@ loop invariant chunk <= (first + count - 1) / CHUNK + 1;
        loop assigns chunk;
        loop variant (first + count - 1) / CHUNK + 1 - chunk; */
    for (uint64_t chunk = first / CHUNK; chunk <= (first + count - 1) / CHUNK; chunk++)
        if (!get_bit(map, TOUCHED, chunk))
            return false;
    return bitmap_find_set(row_of(map, 0), first + count, first) == first + count;
}

int frame_map_give(struct frame_map *map, uint64_t first, uint64_t count)
{
    if (count == 0 || first >= map->size || count > map->size - first)
        return -EINVAL;
    if (count > map->size - map->free || !none_free(map, first, count))
        return -EINVAL;
    bitmap_set_range(row_of(map, 0), first, count);
    /*@ loop invariant word <= (first + count - 1) / WORD + 1;
        loop assigns word, FRAME_MAP_CONTENT(map);
        loop variant (first + count - 1) / WORD + 1 - word; */
    for (uint64_t word = first / WORD; word <= (first + count - 1) / WORD; word++)
        update(map, word);
    map->free += (uint32_t)count;
    return 0;
}

bool frame_map_is_spanned(const struct frame_map *map, uint64_t frame)
{
    /*@ loop invariant 0 <= i <= map->span_count;
        loop assigns i;
        loop variant map->span_count - i; */
    for (uint32_t i = 0; i < map->span_count; i++)
        if (frame >= map->spans[i].first && frame < map->spans[i].end)
            return true;
    return false;
}
