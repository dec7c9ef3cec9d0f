/* The frame map against a model: a byte a frame, over maps of many shapes and sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/memory/frame_map.h"
#include "lib/errno.h"

/* links: lib/bitmap.c */

enum { RESERVED, FREE, TAKEN };

static struct frame_map map;
static uint64_t *words;
static uint16_t *counts;
static uint8_t *model; /* a byte a frame */
static uint64_t size, model_free;
static uint64_t state;

static uint64_t random_below(uint64_t limit)
{
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (state >> 20) % limit;
}

/* Words and counts begin as rubbish: nothing may rely on what was there. */
static void make(uint64_t frames, uint64_t seed)
{
    size = frames;
    state = seed;
    model_free = 0;
    words = malloc(frame_map_bytes(frames));
    counts = malloc(frames * sizeof(*counts));
    model = calloc(frames, 1);
    memset(words, 0xa7, frame_map_bytes(frames));
    memset(counts, 0xa7, frames * sizeof(*counts));
    assert_int_equal(frame_map_init(&map, frames, words, counts), 0);
}

static void unmake(void)
{
    free(words);
    free(counts);
    free(model);
}

static void add(uint64_t first, uint64_t count)
{
    assert_int_equal(frame_map_add(&map, first, count), 0);
    memset(model + first, FREE, count);
    model_free += count;
}

static uint64_t *row(unsigned number)
{
    return map.words + map.start[number];
}

/* Every summary says what the level below it holds. */
static void check_all(void)
{
    uint64_t chunks = (size + FRAME_MAP_CHUNK - 1) / FRAME_MAP_CHUNK;

    assert_int_equal(map.free, model_free);
    for (uint64_t frame = 0; frame < size; frame++) {
        if (!frame_map_touched(&map, frame))
            continue;
        assert_int_equal(bitmap_get(row(0), frame), model[frame] == FREE);
        if (model[frame] == RESERVED)
            assert_int_equal(counts[frame], FRAME_COUNT_RESERVED);
    }
    for (uint64_t chunk = 0; chunk < chunks; chunk++) {
        if (!bitmap_get(row(FRAME_ROW_TOUCHED), chunk))
            continue;
        for (uint64_t word = chunk * 64; word < chunk * 64 + 64; word++) {
            assert_int_equal(bitmap_get(row(1), word), row(0)[word] != 0);
            assert_int_equal(bitmap_get(row(FRAME_ROW_WHOLE_WORD), word),
                             row(0)[word] == UINT64_MAX);
        }
        assert_int_equal(bitmap_get(row(FRAME_ROW_WHOLE_CHUNK), chunk),
                         row(FRAME_ROW_WHOLE_WORD)[chunk] == UINT64_MAX);
        assert_int_equal(bitmap_get(row(2), chunk), row(1)[chunk] != 0);
    }
    for (unsigned level = 3; level < FRAME_MAP_LEVELS; level++)
        for (uint64_t bit = 0; bit < map.bits[level]; bit++)
            assert_int_equal(bitmap_get(row(level), bit), row(level - 1)[bit] != 0);
}

static void step_take(void)
{
    uint64_t frames[64], from = random_below(3) ? 0 : random_below(size);
    uint64_t to = random_below(3) ? size : from + random_below(size - from + 1);
    unsigned most = 1 + (unsigned)random_below(64);
    unsigned count = frame_map_take(&map, from, to, frames, most);
    uint64_t lowest = from;

    while (lowest < to && model[lowest] != FREE)
        lowest++;
    if (lowest == to) {
        assert_int_equal(count, 0);
        return;
    }
    assert_in_range(count, 1, most);
    assert_int_equal(frames[count - 1], lowest);
    for (unsigned i = 0; i < count; i++) {
        assert_true(frames[i] >= from && frames[i] < to);
        assert_int_equal(model[frames[i]], FREE);
        model[frames[i]] = TAKEN;
    }
    model_free -= count;
}

/* The lowest run by trying every place. */
static uint64_t find_run(uint64_t count, uint64_t align, uint64_t from, uint64_t to)
{
    for (uint64_t start = (from + align - 1) / align * align; start + count <= to; start += align) {
        uint64_t n = 0;

        while (n < count && model[start + n] == FREE)
            n++;
        if (n == count)
            return start;
    }
    return UINT64_MAX;
}

static void step_run(void)
{
    static const uint64_t counts_to_try[] = {1, 2, 3, 7, 16, 63, 64, 65, 128, 512, 4096, 8192};
    uint64_t count = counts_to_try[random_below(12)];
    uint64_t align = random_below(2) ? 1 : counts_to_try[random_below(12)];
    uint64_t from = random_below(2) ? 0 : random_below(size);
    uint64_t to = random_below(2) ? size : from + random_below(size - from + 1);
    uint64_t wanted = find_run(count, align, from, to), first;
    int error = frame_map_take_run(&map, count, align, from, to, &first);

    assert_int_equal(error, wanted == UINT64_MAX ? -ENOMEM : 0);
    if (error)
        return;
    assert_int_equal(first, wanted);
    memset(model + first, TAKEN, count);
    model_free -= count;
}

static void step_give(void)
{
    uint64_t first = random_below(size);
    uint64_t count = random_below(4) ? 1 : 1 + random_below(200);

    if (count > size - first)
        count = size - first;
    /* Only what is taken may come back: the caller's counts know; the map itself refuses free ones.
       */
    for (uint64_t i = 0; i < count; i++) {
        if (model[first + i] == FREE && frame_map_touched(&map, first + i)) {
            uint64_t before = map.free;

            assert_int_equal(frame_map_give(&map, first, count), -EINVAL);
            assert_int_equal(map.free, before);
            return;
        }
        if (model[first + i] != TAKEN)
            return;
    }
    assert_int_equal(frame_map_give(&map, first, count), 0);
    memset(model + first, FREE, count);
    model_free += count;
}

static void random_steps(unsigned steps)
{
    for (unsigned step = 0; step < steps; step++) {
        unsigned what = (unsigned)random_below(100), phase = step / 5000 % 2;

        if (what < (phase ? 10 : 35))
            step_take();
        else if (what < (phase ? 11 : 37))
            step_run();
        else
            step_give();
        if (step % 50000 == 0)
            check_all();
    }
    check_all();
}

/* A million steps in all, over these shapes. */
static void one_small_piece(void **unused)
{
    make(100, 1);
    add(3, 90);
    random_steps(200000);
    unmake();
}

static void pc_with_a_hole(void **unused)
{
    make(9000, 2);
    add(1, 0x9e);
    add(0x140, 3000);
    add(4200, 4800);
    random_steps(250000);
    unmake();
}

static void many_small_pieces(void **unused)
{
    make(70 * FRAME_MAP_CHUNK / 64, 3);
    for (uint64_t i = 0, at = 5; i < 150; i++, at += 29)
        add(at, 1 + i % 20);
    random_steps(250000);
    unmake();
}

static void whole_chunks(void **unused)
{
    make(5 * FRAME_MAP_CHUNK, 4);
    add(FRAME_MAP_CHUNK, 4 * FRAME_MAP_CHUNK);
    random_steps(150000);
    unmake();
}

static void far_apart(void **unused)
{
    make(300 * FRAME_MAP_CHUNK + 17, 5); /* 4.7 GiB */
    add(200 * FRAME_MAP_CHUNK - 9, 300);
    add(300 * FRAME_MAP_CHUNK + 3, 14);
    random_steps(2000);
    unmake();
}

static void added_later(void **unused)
{
    make(3 * FRAME_MAP_CHUNK, 6);
    add(100, 50);
    add(FRAME_MAP_CHUNK + 7, FRAME_MAP_CHUNK);
    random_steps(50000);
    add(0, 100); /* into a touched chunk */
    add(150, 3000);
    add(2 * FRAME_MAP_CHUNK + 7, 5); /* and beside an untouched one's span */
    random_steps(100000);
    unmake();
}

static void nothing_there(void **unused)
{
    uint64_t frames[1], first;

    make(10 * FRAME_MAP_CHUNK, 7);
    assert_int_equal(frame_map_take(&map, 0, size, frames, 1), 0);
    assert_int_equal(frame_map_take_run(&map, 1, 1, 0, size, &first), -ENOMEM);
    assert_int_equal(frame_map_give(&map, 5, 1), -EINVAL);
    check_all();
    unmake();
}

static void wrong_arguments_are_refused(void **unused)
{
    uint64_t first;

    assert_int_equal(frame_map_init(&map, 0, NULL, NULL), -EINVAL);
    assert_int_equal(frame_map_init(&map, FRAME_MAP_LIMIT + 1, NULL, NULL), -EINVAL);
    make(1000, 8);
    assert_int_equal(frame_map_add(&map, 1001, 1), -EINVAL);
    assert_int_equal(frame_map_add(&map, 999, 2), -EINVAL);
    assert_int_equal(frame_map_add(&map, 1, UINT64_MAX), -EINVAL);
    add(10, 980);
    assert_int_equal(frame_map_add(&map, 0, 21), -EINVAL); /* more than are not free */
    assert_int_equal(frame_map_take_run(&map, 981, 1, 0, size, &first), -ENOMEM);
    assert_int_equal(frame_map_give(&map, 0, 21), -EINVAL);
    assert_int_equal(frame_map_take_run(&map, 0, 1, 0, size, &first), -EINVAL);
    assert_int_equal(frame_map_take_run(&map, 1, 0, 0, size, &first), -EINVAL);
    assert_int_equal(frame_map_take_run(&map, UINT64_MAX, 1, 0, UINT64_MAX, &first), -ENOMEM);
    assert_int_equal(frame_map_take_run(&map, 1, UINT64_MAX, 1, size, &first), -ENOMEM);
    assert_int_equal(frame_map_give(&map, 1000, 1), -EINVAL);
    assert_int_equal(frame_map_give(&map, 999, UINT64_MAX), -EINVAL);
    assert_int_equal(frame_map_give(&map, 20, 0), -EINVAL);
    for (uint64_t i = 1; i < FRAME_MAP_SPANS_MAX; i++)
        assert_int_equal(frame_map_add(&map, 0, 0), 0); /* nothing is no span */
    check_all();
    unmake();
}

static void too_many_spans_change_nothing(void **unused)
{
    make(1000, 9);
    for (uint64_t i = 0; i < FRAME_MAP_SPANS_MAX; i++)
        add(2 * i, 1);
    assert_int_equal(frame_map_add(&map, 900, 1), -ENOSPC);
    check_all();
    unmake();
}

/* 64 GiB: what was not asked for is not written. */
static void untouched_memory_stays_untouched(void **unused)
{
    const uint64_t frames = 1ull << 24; /* 64 GiB */
    uint64_t *taken, first, pages;

    words = calloc(1, frame_map_bytes(frames));
    counts = calloc(frames, sizeof(*counts));
    taken = calloc(64, sizeof(*taken));
    assert_int_equal(frame_map_init(&map, frames, words, counts), 0);
    assert_int_equal(frame_map_add(&map, 0x100, frames - 0x100), 0);
    for (unsigned i = 0; i < 1000; i++)
        assert_true(frame_map_take(&map, 1ull << 20, frames, taken, 32) == 32);
    pages = 0;
    for (uint64_t i = 0; i < frames / FRAME_MAP_CHUNK; i++)
        pages += bitmap_get(row(FRAME_ROW_TOUCHED), i);
    assert_int_equal(pages, 8); /* 32,000 frames */
    assert_int_equal(frame_map_take_run(&map, 1 << 18, 1 << 18, 0, frames, &first), 0);
    assert_int_equal(first, 1ull << 18); /* the first GiB lacks its first frames */
    assert_int_equal(frame_map_give(&map, first, 1 << 18), 0);
    free(taken);
    free(words);
    free(counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_small_piece),
        cmocka_unit_test(pc_with_a_hole),
        cmocka_unit_test(many_small_pieces),
        cmocka_unit_test(whole_chunks),
        cmocka_unit_test(far_apart),
        cmocka_unit_test(added_later),
        cmocka_unit_test(nothing_there),
        cmocka_unit_test(wrong_arguments_are_refused),
        cmocka_unit_test(too_many_spans_change_nothing),
        cmocka_unit_test(untouched_memory_stays_untouched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
