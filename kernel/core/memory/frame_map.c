/*
 * Frame map: a 64-ary tree of bits whose lowest two levels come into being chunk by chunk. Use and
 * locking: frame_map.h. Invariants, for each touched chunk:
 *   any[k] has a bit set exactly where the word below is not 0; whole_word and whole_chunk where
 * all 64 below are free; bits beyond `size` are 0. For an untouched one: its bit in any[2] says
 * that one span reaches into it, whole_chunk that this one covers it; with a second span a chunk is
 * touched, and without any it never is.
 */
#include "kernel/core/memory/frame_map.h"

#include "lib/errno.h"
#include "lib/string.h"

#define WORD  64ull
#define CHUNK FRAME_MAP_CHUNK
#define CHUNK_WORDS (CHUNK / WORD)
#define CHUNK_LEVEL 2 /* of which a bit is a chunk */

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint64_t groups(uint64_t count, uint64_t of)
{
    return count / of + (count % of != 0);
}

/* ---- making a map ---------------------------------------------------------------------------- */

/* Words of a level whose bits are the words of the one below; lowest levels in whole chunks. */
static uint64_t level_words(uint64_t size, unsigned level)
{
    uint64_t chunks = groups(size, CHUNK);

    if (level == 0)
        return chunks * CHUNK_WORDS;
    for (; level > 1; level--)
        chunks = groups(chunks, WORD);
    return chunks;
}

uint64_t frame_map_bytes(uint64_t size)
{
    uint64_t words = level_words(size, 1) + 2 * level_words(size, CHUNK_LEVEL);

    for (unsigned level = 0; level < FRAME_MAP_LEVELS; level++)
        words += level_words(size, level);
    return words * sizeof(uint64_t);
}

static uint64_t *carve(uint64_t **words, uint64_t count, bool cleared)
{
    uint64_t *from = *words;

    if (cleared)
        memset(from, 0, count * sizeof(uint64_t));
    *words += count;
    return from;
}

int frame_map_init(struct frame_map *map, uint64_t size, uint64_t *words, uint16_t *counts)
{
    if (size == 0 || size > FRAME_MAP_LIMIT)
        return -EINVAL;
    map->size = size;
    map->free = 0;
    map->counts = counts;
    map->span_count = 0;
    for (unsigned level = 0; level < FRAME_MAP_LEVELS; level++) {
        map->any[level] = carve(&words, level_words(size, level), level >= CHUNK_LEVEL);
        map->bits[level] = level ? level_words(size, level - 1) : size;
    }
    map->whole_word = carve(&words, level_words(size, 1), false);
    map->whole_chunk = carve(&words, level_words(size, CHUNK_LEVEL), true);
    map->touched = carve(&words, level_words(size, CHUNK_LEVEL), true);
    return 0;
}

/* ---- keeping the summaries ------------------------------------------------------------------- */

static void put_bit(uint64_t *bits, uint64_t bit, bool value)
{
    if (value)
        bitmap_set(bits, bit);
    else
        bitmap_clear(bits, bit);
}

/* After a word of any[0] changed: what is above it. */
static void update(struct frame_map *map, uint64_t word)
{
    uint64_t bits = map->any[0][word];
    uint64_t chunk = word / WORD;
    uint64_t bit = word;

    put_bit(map->whole_word, word, bits == UINT64_MAX);
    put_bit(map->whole_chunk, chunk, map->whole_word[chunk] == UINT64_MAX);
    for (unsigned level = 1; level < FRAME_MAP_LEVELS; level++) {
        uint64_t before = map->any[level][bit / WORD];

        put_bit(map->any[level], bit, bits != 0);
        bits = map->any[level][bit / WORD];
        if ((bits != 0) == (before != 0))
            return;
        bit /= WORD;
    }
}

static void set_counts(struct frame_map *map, uint64_t first, uint64_t count, int byte)
{
    if (map->counts)
        memset(map->counts + first, byte, count * sizeof(*map->counts));
}

/* [first, end), all in one touched chunk, becomes free. */
static void open_in_chunk(struct frame_map *map, uint64_t first, uint64_t end)
{
    bitmap_set_range(map->any[0], first, end - first);
    set_counts(map, first, end - first, 0);
    for (uint64_t word = first / WORD; word <= (end - 1) / WORD; word++)
        update(map, word);
}

/* Give a chunk its bits, from the spans. */
static void touch(struct frame_map *map, uint64_t chunk)
{
    uint64_t first = chunk * CHUNK, end = lower(first + CHUNK, map->size);

    memset(map->any[0] + chunk * CHUNK_WORDS, 0, CHUNK_WORDS * sizeof(uint64_t));
    map->any[1][chunk] = map->whole_word[chunk] = 0;
    if (!bitmap_get(map->whole_chunk, chunk))
        set_counts(map, first, end - first, 0xff); /* FRAME_COUNT_RESERVED */
    bitmap_set(map->touched, chunk);
    for (uint32_t i = 0; i < map->span_count; i++) {
        uint64_t from = higher(first, map->spans[i].first);
        uint64_t to = lower(end, map->spans[i].end);

        if (from < to)
            open_in_chunk(map, from, to);
    }
}

/* Whether the chunk may hold a free frame; it is touched if so. */
static bool ready(struct frame_map *map, uint64_t chunk)
{
    if (!bitmap_get(map->any[CHUNK_LEVEL], chunk))
        return false;
    if (!bitmap_get(map->touched, chunk))
        touch(map, chunk);
    return true;
}

/* ---- adding ---------------------------------------------------------------------------------- */

/* Chunks [first, end) may hold free frames. */
static void announce_chunks(struct frame_map *map, uint64_t first, uint64_t end)
{
    for (unsigned level = CHUNK_LEVEL; level < FRAME_MAP_LEVELS && first < end; level++) {
        bitmap_set_range(map->any[level], first, end - first);
        first /= WORD;
        end = groups(end, WORD);
    }
}

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

/* The chunks that a span fills were reserved from end to end, so none of them is touched. */
static void add_chunks(struct frame_map *map, uint64_t first, uint64_t end)
{
    if (first >= end)
        return;
    announce_chunks(map, first, end);
    bitmap_set_range(map->whole_chunk, first, end - first);
}

int frame_map_add(struct frame_map *map, uint64_t first, uint64_t count)
{
    if (first > map->size || count > map->size - first)
        return -EINVAL;
    if (count == 0)
        return 0;
    if (map->span_count == FRAME_MAP_SPANS_MAX)
        return -ENOSPC;

    uint64_t end = first + count;
    uint64_t inner = groups(first, CHUNK), inner_end = end / CHUNK; /* chunks */
    map->spans[map->span_count++] = (struct frame_span){first, end};
    map->free += count;
    add_edge(map, first, lower(inner * CHUNK, end));
    add_chunks(map, inner, inner_end);
    if (inner_end >= inner)
        add_edge(map, inner_end * CHUNK, end);
    return 0;
}

/* ---- finding --------------------------------------------------------------------------------- */

/* The first set bit of a level at or behind `at`, and those above; *level is where it was found.
   False: none. */
static bool climb(const struct frame_map *map, unsigned *level, uint64_t *at)
{
    while (*at < map->bits[*level]) {
        uint64_t word = map->any[*level][*at / WORD] >> (*at % WORD);

        if (word != 0) {
            *at += (uint64_t)__builtin_ctzll(word);
            return true;
        }
        *at = *at / WORD + 1; /* the next word, as a bit of the level above */
        if (*level == FRAME_MAP_LEVELS - 1) {
            *at *= WORD; /* the top: word by word, each is 4 TiB */
            continue;
        }
        /* A word's beginning is the beginning of a word above: levels 0 and 1 of another chunk are
           never looked at from here, for it may be untouched. */
        for (++*level; *level < FRAME_MAP_LEVELS - 1 && *at % WORD == 0; ++*level)
            *at /= WORD;
    }
    return false;
}

/* The first free frame at or behind `from`, or the map's size. */
static uint64_t find_free(struct frame_map *map, uint64_t from)
{
    unsigned level = 0;
    uint64_t at = from;

    if (from >= map->size)
        return map->size;
    if (!ready(map, from / CHUNK)) {
        level = CHUNK_LEVEL;
        at = from / CHUNK + 1;
    }
    if (!climb(map, &level, &at))
        return map->size;
    for (; level > 0; level--) {
        if (level == CHUNK_LEVEL)
            (void)ready(map, at);
        at = at * WORD + (uint64_t)__builtin_ctzll(map->any[level - 1][at]);
    }
    return at;
}

/* The first chunk at or behind `chunk` that has a wholly free word (`all`: that is nothing else),
   or the number of chunks. */
static uint64_t find_chunk(struct frame_map *map, uint64_t chunk, bool all)
{
    uint64_t count = map->bits[CHUNK_LEVEL];

    if (all)
        return bitmap_find_set(map->whole_chunk, count, chunk);
    for (;; chunk++) {
        chunk = bitmap_find_set(map->any[CHUNK_LEVEL], count, chunk);
        if (chunk >= count)
            return count;
        (void)ready(map, chunk);
        if (map->whole_word[chunk] != 0)
            return chunk;
    }
}

/* The first frame at or behind `from` where a wholly free word begins, or the map's size. */
static uint64_t find_whole_word(struct frame_map *map, uint64_t from)
{
    uint64_t word = groups(from, WORD);

    while (word / WORD < map->bits[CHUNK_LEVEL]) {
        uint64_t chunk = find_chunk(map, word / WORD, false);

        if (chunk >= map->bits[CHUNK_LEVEL])
            break;
        word = higher(word, chunk * WORD);
        uint64_t rest = map->whole_word[chunk] >> (word % WORD);
        if (rest != 0)
            return (word + (uint64_t)__builtin_ctzll(rest)) * WORD;
        word = (chunk + 1) * WORD;
    }
    return map->size;
}

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

/* The first frame of [first, end) that is not free, or `end`. */
static uint64_t find_taken(struct frame_map *map, uint64_t first, uint64_t end)
{
    while (first < end) {
        uint64_t chunk = first / CHUNK;
        uint64_t stop = lower((chunk + 1) * CHUNK, end);

        if (!bitmap_get(map->whole_chunk, chunk)) {
            if (!ready(map, chunk))
                return first;
            uint64_t taken = bitmap_find_clear(map->any[0], stop, first);
            if (taken < stop)
                return taken;
        }
        first = stop;
    }
    return end;
}

/* ---- taking and giving ----------------------------------------------------------------------- */

unsigned frame_map_take(struct frame_map *map, uint64_t from, uint64_t to, uint64_t *frames,
                        unsigned most)
{
    uint64_t frame = find_free(map, from);
    uint64_t end = lower((frame / WORD + 1) * WORD, lower(to, map->size));
    unsigned count = 0;

    for (; frame < end && count < most; frame++) {
        if (!bitmap_get(map->any[0], frame))
            continue;
        bitmap_clear(map->any[0], frame);
        frames[count++] = frame;
    }
    if (count == 0)
        return 0;
    map->free -= count;
    update(map, frames[0] / WORD);
    for (unsigned low = 0, high = count - 1; low < high; low++, high--) {
        uint64_t swapped = frames[low];

        frames[low] = frames[high];
        frames[high] = swapped;
    }
    return count;
}

static void take_range(struct frame_map *map, uint64_t first, uint64_t count)
{
    for (uint64_t chunk = first / CHUNK; chunk <= (first + count - 1) / CHUNK; chunk++)
        (void)ready(map, chunk);
    bitmap_clear_range(map->any[0], first, count);
    for (uint64_t word = first / WORD; word <= (first + count - 1) / WORD; word++)
        update(map, word);
    map->free -= count;
}

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
    to = lower(to, map->size);
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

/* All of [first, first + count) is given out or reserved, in chunks that are touched. */
static bool none_free(const struct frame_map *map, uint64_t first, uint64_t count)
{
    for (uint64_t chunk = first / CHUNK; chunk <= (first + count - 1) / CHUNK; chunk++)
        if (!bitmap_get(map->touched, chunk))
            return false;
    return bitmap_find_set(map->any[0], first + count, first) == first + count;
}

int frame_map_give(struct frame_map *map, uint64_t first, uint64_t count)
{
    if (count == 0 || first >= map->size || count > map->size - first)
        return -EINVAL;
    if (!none_free(map, first, count))
        return -EINVAL;
    bitmap_set_range(map->any[0], first, count);
    for (uint64_t word = first / WORD; word <= (first + count - 1) / WORD; word++)
        update(map, word);
    map->free += count;
    return 0;
}

bool frame_map_is_spanned(const struct frame_map *map, uint64_t frame)
{
    for (uint32_t i = 0; i < map->span_count; i++)
        if (frame >= map->spans[i].first && frame < map->spans[i].end)
            return true;
    return false;
}
