/* Regions against a bitmap, by chance and by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/draw/rect.h"

#define SIDE 48

struct bitmap {
    bool set[SIDE][SIDE];
};

static void paint(struct bitmap *bitmap, struct rect r, bool on)
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++)
            if (rect_has(r, x, y))
                bitmap->set[y][x] = on;
}

/* How many rectangles have the pixel: at most one. */
static int count_at(const struct region *region, int x, int y)
{
    int count = 0;

    for (size_t i = 0; i < region->count; i++)
        count += rect_has(region->rects[i], x, y);
    return count;
}

static void compare(const struct region *region, const struct bitmap *bitmap, bool exact)
{
    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            int count = count_at(region, x, y);

            assert_in_range(count, 0, 1);
            if (exact || bitmap->set[y][x])
                assert_int_equal(count, bitmap->set[y][x]);
        }
}

static uint32_t chance = 1;

static int next(int below)
{
    chance = chance * 1664525u + 1013904223u;
    return (int)(chance >> 8) % below;
}

static struct rect any_rect(int size)
{
    return (struct rect){next(SIDE + 8) - 4, next(SIDE + 8) - 4, next(size) - 1, next(size) - 1};
}

static void test_few_rectangles_are_exact(void **state)
{
    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct region region = {0};
        struct bitmap bitmap = {0};

        for (int i = 0; i < 8; i++) {
            struct rect r = any_rect(24);
            bool on = next(4) != 0;

            (on ? region_add : region_remove)(&region, r);
            paint(&bitmap, r, on);
        }
        compare(&region, &bitmap, true);
        assert_true(region.count <= REGION_RECTS);
    }
}

static void test_many_rectangles_lose_nothing(void **state)
{
    (void)state;
    for (int round = 0; round < 200; round++) {
        struct region region = {0};
        struct bitmap bitmap = {0};

        for (int i = 0; i < 400; i++) {
            struct rect r = any_rect(4);

            region_add(&region, r);
            paint(&bitmap, r, true);
        }
        for (int i = 0; i < 100; i++) {
            struct rect r = any_rect(5);

            region_remove(&region, r);
            paint(&bitmap, r, false);
        }
        compare(&region, &bitmap, false);
        assert_true(region.count <= REGION_RECTS);
    }
}

static void test_and(void **state)
{
    struct region region = {0}, other = {0};

    (void)state;
    region_add(&region, (struct rect){0, 0, 10, 10});
    region_add(&region, (struct rect){20, 0, 10, 10});
    region_and(&region, (struct rect){5, 5, 20, 100});
    assert_int_equal(region_pixels(&region), 5 * 5 + 5 * 5);
    region_add_all(&other, &region);
    assert_int_equal(region_pixels(&other), 50);
    struct rect bounds = region_bounds(&other);

    assert_true(bounds.x == 5 && bounds.y == 5 && bounds.w == 20 && bounds.h == 5);
}

static void test_neighbours_become_one(void **state)
{
    struct region region = {0};

    (void)state;
    for (int i = 0; i < 1000; i++)
        region_add(&region, (struct rect){i, 3, 1, 2});
    assert_int_equal(region.count, 1);
    assert_int_equal(region_pixels(&region), 2000);
}

static void test_rectangles(void **state)
{
    struct rect a = {0, 0, 10, 10}, b = {5, 5, 10, 10}, none = {3, 3, -4, 9};

    (void)state;
    assert_true(rect_empty(rect_and(a, none)) && rect_empty(rect_and(none, none)));
    assert_true(rect_inside(none, b) && !rect_inside(a, b) && rect_inside(rect_and(a, b), b));
    assert_int_equal(rect_cover(a, b).w, 15);
    assert_int_equal(rect_cover(none, b).w, 10);
    assert_int_equal(rect_inset(a, 3).w, 4);
    assert_int_equal(rect_moved(a, -3, 4).x, -3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_rectangles_are_exact),
        cmocka_unit_test(test_many_rectangles_lose_nothing),
        cmocka_unit_test(test_and),
        cmocka_unit_test(test_neighbours_become_one),
        cmocka_unit_test(test_rectangles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
