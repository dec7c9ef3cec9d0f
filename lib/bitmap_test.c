/* The bitmap against an array of one byte a bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bitmap.h"

#define BITS 330 /* no multiple of 64 */

static uint64_t *map; /* exactly the words that BITS need */
static uint8_t model[BITS];

static int setup(void **state)
{
    map = calloc((BITS + 63) / 64, 8);
    memset(model, 0, sizeof(model));
    return map == NULL;
}

static int teardown(void **state)
{
    free(map);
    return 0;
}

static void check_all(void)
{
    for (size_t i = 0; i < BITS; i++)
        assert_int_equal(bitmap_get(map, i), model[i]);
}

static uint64_t model_find_run(uint64_t size, uint64_t from, uint64_t count, uint64_t align)
{
    for (uint64_t start = from; start < size && count <= size - start; start++) {
        uint64_t n = 0;
        while (n < count && !model[start + n])
            n++;
        if (start % align == 0 && n == count)
            return start;
    }
    return size;
}

static void single_bits(void **state)
{
    for (uint64_t bit = 0; bit < BITS; bit += 7) {
        bitmap_set(map, bit);
        model[bit] = 1;
    }
    check_all();
    for (uint64_t bit = 0; bit < BITS; bit += 21) {
        bitmap_clear(map, bit);
        model[bit] = 0;
    }
    check_all();
}

static void ranges_at_every_word_border(void **state)
{
    for (uint64_t first = 0; first < 140; first += 3) {
        for (uint64_t count = 0; count <= 190; count += 5) {
            memset(map, 0, (BITS + 63) / 64 * 8);
            memset(model, 0, BITS);
            bitmap_set_range(map, first, count);
            memset(model + first, 1, count);
            check_all();
            bitmap_clear_range(map, first + count / 3, count / 3);
            memset(model + first + count / 3, 0, count / 3);
            check_all();
        }
    }
}

static void searches_as_the_model(void **state)
{
    srand(2);
    for (int round = 0; round < 400; round++) {
        for (int i = 0; i < 12; i++) {
            uint64_t first = (uint64_t)rand() % BITS;
            uint64_t count = (uint64_t)rand() % (BITS - first) % 90;
            if (rand() % 3) {
                bitmap_set_range(map, first, count);
                memset(model + first, 1, count);
            } else {
                bitmap_clear_range(map, first, count);
                memset(model + first, 0, count);
            }
        }
        for (int i = 0; i < 40; i++) {
            uint64_t size = (uint64_t)rand() % (BITS + 1), from = (uint64_t)rand() % (BITS + 9);
            uint64_t count = (uint64_t)rand() % 40 + 1, align = (uint64_t)1 << rand() % 7;
            assert_int_equal(bitmap_find_clear(map, size, from), model_find_run(size, from, 1, 1));
            assert_int_equal(bitmap_find_clear_run(map, size, from, count, align),
                             model_find_run(size, from, count, align));
        }
    }
}

static void nothing_found_is_the_size(void **state)
{
    bitmap_set_range(map, 0, BITS);
    assert_int_equal(bitmap_find_clear(map, BITS, 0), BITS);
    assert_int_equal(bitmap_find_clear_run(map, BITS, 0, 1, 1), BITS);
    bitmap_clear(map, BITS - 1);
    assert_int_equal(bitmap_find_clear(map, BITS, 0), BITS - 1);
    assert_int_equal(bitmap_find_clear_run(map, BITS, 0, 2, 1), BITS);
    assert_int_equal(bitmap_find_clear_run(map, BITS, 0, UINT64_MAX, 1), BITS);
    assert_int_equal(bitmap_find_clear_run(map, BITS, 0, 1, (uint64_t)1 << 63), BITS);
}

#define with_map(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_map(single_bits),
        with_map(ranges_at_every_word_border),
        with_map(searches_as_the_model),
        with_map(nothing_found_is_the_size),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
