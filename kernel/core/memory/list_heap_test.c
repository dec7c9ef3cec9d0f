/* The linked-list heap against a model: who owns each unit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/memory/list_heap.h"
#include "lib/errno.h"

#define UNITS    20000u
#define HELD_MAX 3000u

static struct list_unit units[UNITS];
static struct list_heap heap;

static void start(uint32_t count)
{
    memset(units, 0x5a, sizeof(units));
    list_heap_init(&heap, units);
    if (count > LIST_UNITS_MIN)
        assert_int_equal(list_heap_grow(&heap, count), 0);
    assert_int_equal(list_heap_check(&heap), 0);
}

static uint32_t take(uint32_t size, uint32_t align)
{
    uint32_t at;

    assert_int_equal(list_heap_take(&heap, size, align, &at), 0);
    assert_int_equal(at % align, 0);
    assert_int_equal(list_heap_check(&heap), 0);
    return at;
}

static void freed_neighbours_become_one(void **state)
{
    uint32_t a, b, c, all;

    start(100);
    a = take(10, 1);
    b = take(10, 1);
    c = take(10, 1);
    assert_int_equal(list_heap_give(&heap, a), 0);
    assert_int_equal(list_heap_give(&heap, c), 0);
    assert_int_equal(list_heap_check(&heap), 0);
    assert_int_equal(list_heap_give(&heap, b), 0);
    assert_int_equal(list_heap_check(&heap), 0);
    all = take(97, 1); /* everything but the head, one header and the end */
    assert_int_equal(list_heap_take(&heap, 1, 1, &a), -ENOMEM);
    assert_int_equal(list_heap_give(&heap, all), 0);
    assert_int_equal(heap.used, 0);
}

static void growing_joins_what_was_free(void **state)
{
    uint32_t at;

    start(LIST_UNITS_MIN);
    assert_int_equal(list_heap_take(&heap, 1, 1, &at), -ENOMEM);
    assert_int_equal(list_heap_grow(&heap, LIST_UNITS_MIN), -EINVAL);
    assert_int_equal(list_heap_grow(&heap, UINT32_MAX), -EINVAL);
    assert_int_equal(list_heap_grow(&heap, 50), 0);
    assert_int_equal(list_heap_grow(&heap, 100), 0);
    take(97, 1);
    assert_int_equal(list_heap_grow(&heap, 102), 0); /* behind a used block */
    take(1, 1);
}

static void wrong_gives_are_refused(void **state)
{
    uint32_t a, b;

    start(1000);
    a = take(10, 1);
    b = take(10, 64);
    assert_int_equal(list_heap_give(&heap, 0), -EINVAL);
    assert_int_equal(list_heap_give(&heap, 1), -EINVAL);
    assert_int_equal(list_heap_give(&heap, a + 1), -EINVAL);
    assert_int_equal(list_heap_give(&heap, 1000), -EINVAL);
    assert_int_equal(list_heap_give(&heap, UINT32_MAX), -EINVAL);
    assert_int_equal(list_heap_give(&heap, b), 0);
    assert_int_equal(list_heap_give(&heap, b), -EINVAL);
    assert_int_equal(list_heap_give(&heap, a), 0);
    assert_int_equal(list_heap_give(&heap, a), -EINVAL);
    assert_int_equal(list_heap_take(&heap, 0, 1, &a), -EINVAL);
    assert_int_equal(list_heap_take(&heap, 1, 0, &a), -EINVAL);
    assert_int_equal(list_heap_take(&heap, UINT32_MAX, 1, &a), -ENOMEM);
    assert_int_equal(list_heap_take(&heap, 1, UINT32_MAX, &a), -ENOMEM);
    assert_int_equal(list_heap_check(&heap), 0);
}

static void damage_is_seen(void **state)
{
    uint32_t a;

    start(1000);
    a = take(10, 1);
    take(10, 1);
    memset(&units[a], 0xee, 11 * sizeof(units[0])); /* one unit too far: the next header */
    assert_int_equal(list_heap_check(&heap), -EUCLEAN);
}

/* A call that sees damage says so, and changes nothing. */
static void a_damaged_neighbour_stops_a_give(void **state)
{
    static const struct list_unit noise = {0xeeeeeeee, 0xeeeeeeee, 0xeeeeeeee, 0xeeeeeeee};
    static struct list_unit before[100];
    uint32_t at[3];

    for (unsigned damaged = 0; damaged < 4; damaged++) {
        start(100);
        for (unsigned i = 0; i < 3; i++)
            at[i] = take(10, 1);
        if (damaged == 3)
            assert_int_equal(list_heap_give(&heap, at[2]), 0);
        /* the header below, its own, the header above: of a used block, of a free one */
        if (damaged == 1)
            units[at[1] - 1].size = 12;
        else
            units[at[damaged == 0 ? 0 : 2] - 1] = noise;
        memcpy(before, units, sizeof(before));
        struct list_heap was = heap;
        assert_int_equal(list_heap_give(&heap, at[1]), -EUCLEAN);
        assert_memory_equal(before, units, sizeof(before));
        assert_memory_equal(&was, &heap, sizeof(heap));
        assert_int_equal(list_heap_check(&heap), -EUCLEAN);
    }
}

static void damaged_links_stop_a_take(void **state)
{
    uint32_t a, b, at;

    start(100);
    a = take(10, 1) - 1;
    take(10, 1);
    b = take(10, 1) - 1;
    take(10, 1);
    assert_int_equal(list_heap_give(&heap, a + 1), 0);
    assert_int_equal(list_heap_give(&heap, b + 1), 0); /* the ring: b, a, and what is left above */
    units[a].next = b;
    assert_int_equal(list_heap_take(&heap, 50, 1, &at), -EUCLEAN); /* in circles */
    units[a].next = 100;
    assert_int_equal(list_heap_take(&heap, 50, 1, &at), -EUCLEAN);
    units[b].prev = a;
    assert_int_equal(list_heap_take(&heap, 5, 1, &at), -EUCLEAN); /* does not come back */
    units[b].prev = 0;
    units[b].size = 100;
    assert_int_equal(list_heap_take(&heap, 5, 1, &at), -EUCLEAN);
    units[0].next = UINT32_MAX;
    assert_int_equal(list_heap_take(&heap, 5, 1, &at), -EUCLEAN);
    assert_int_equal(list_heap_check(&heap), -EUCLEAN);
}

static void a_damaged_end_stops_growing(void **state)
{
    uint32_t a;

    start(13);
    a = take(10, 1);
    memset(&units[a], 0xee, 11 * sizeof(units[0]));
    assert_int_equal(list_heap_grow(&heap, 50), -EUCLEAN);
    assert_int_equal(heap.count, 13);
    start(13);
    units[12].before = 4; /* the size of no block */
    assert_int_equal(list_heap_grow(&heap, 50), -EUCLEAN);
    start(13);
    units[0].prev = 9;
    assert_int_equal(list_heap_grow(&heap, 50), -EUCLEAN);
}

/* Whatever lies in the array, nobody leaves it (the sanitizer looks on) or breaks the counts. */
static void noise_does_no_harm(void **state)
{
    srand(11);
    for (unsigned round = 0; round < 3000; round++) {
        uint32_t room = 3 + (uint32_t)rand() % 60, given[40], count = 0;
        struct list_unit *array = malloc(room * sizeof(array[0]));

        assert_non_null(array);
        list_heap_init(&heap, array);
        assert_int_equal(list_heap_grow(&heap, 3 + (uint32_t)rand() % (room - 2)), 0);
        for (unsigned step = 0; step < 200; step++) {
            uint32_t *field = (uint32_t *)&array[rand() % (int)heap.count] + rand() % 4;

            if (rand() % 8 == 0) /* mostly what could be right */
                *field = rand() % 4 ? (uint32_t)rand() % (heap.count + 1) : (uint32_t)rand() * 2u;
            if (rand() % 2 && count < 40)
                count += list_heap_take(&heap, 1 + (uint32_t)rand() % 6, 1 + (uint32_t)rand() % 4,
                                        &given[count]) == 0;
            else if (rand() % 4 == 0)
                (void)!list_heap_give(&heap, (uint32_t)rand() % (room + 2));
            else if (count > 0)
                (void)!list_heap_give(&heap, given[--count]);
            if (rand() % 20 == 0)
                (void)!list_heap_grow(&heap, (uint32_t)rand() % (room + 1));
            (void)!list_heap_check(&heap);
            assert_true(heap.count <= room && heap.used <= heap.count && heap.blocks <= heap.count);
        }
        free(array);
    }
}

static uint8_t owner[UNITS]; /* 0: nobody */
static struct {
    uint32_t at, size;
    uint8_t mark;
} held[HELD_MAX];
static unsigned held_count;

static void step_take(void)
{
    uint32_t size = rand() % 20 ? 1 + (uint32_t)rand() % 12 : 1 + (uint32_t)rand() % 400;
    uint32_t align = 1u << (rand() % 3 ? 0 : rand() % 9), at;
    uint8_t mark = (uint8_t)(1 + rand() % 255);

    if (held_count == HELD_MAX || list_heap_take(&heap, size, align, &at))
        return;
    assert_true(at % align == 0 && at < heap.count && size <= heap.count - at);
    for (uint32_t i = 0; i < size; i++) {
        assert_int_equal(owner[at + i], 0);
        owner[at + i] = mark;
    }
    memset(&units[at], mark, size * sizeof(units[0])); /* the user writes all of it */
    held[held_count].at = at;
    held[held_count].size = size;
    held[held_count++].mark = mark;
}

static void step_give(void)
{
    unsigned which = (unsigned)rand() % held_count;
    const uint8_t *bytes = (const uint8_t *)&units[held[which].at];

    for (uint32_t i = 0; i < held[which].size * sizeof(units[0]); i++)
        assert_int_equal(bytes[i], held[which].mark);
    memset(&owner[held[which].at], 0, held[which].size);
    assert_int_equal(list_heap_give(&heap, held[which].at), 0);
    held[which] = held[--held_count];
}

static void random_use_agrees_with_a_model(void **state)
{
    start(500);
    srand(7);
    for (unsigned step = 0; step < 1000000; step++) {
        unsigned takes = step / 30000 % 2 ? 40 : 60;

        if ((unsigned)rand() % 100 < takes)
            step_take();
        else if (held_count > 0)
            step_give();
        if (step % 3000 == 0) {
            assert_int_equal(list_heap_check(&heap), 0);
            assert_int_equal(heap.blocks, held_count);
            if (heap.count < UNITS - 100)
                assert_int_equal(list_heap_grow(&heap, heap.count + 1 + (uint32_t)rand() % 100), 0);
        }
    }
    while (held_count > 0)
        step_give();
    assert_int_equal(heap.used, 0);
    take(heap.count - 3, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(freed_neighbours_become_one),
        cmocka_unit_test(growing_joins_what_was_free),
        cmocka_unit_test(wrong_gives_are_refused),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(a_damaged_neighbour_stops_a_give),
        cmocka_unit_test(damaged_links_stop_a_take),
        cmocka_unit_test(a_damaged_end_stops_growing),
        cmocka_unit_test(noise_does_no_harm),
        cmocka_unit_test(random_use_agrees_with_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
