/* Geometry of windows. */
/* links: user/draw/rect.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "user/desktop/place.h"

static const struct rect area = {0, 0, 1024, 724};
static const struct limits any;

static void assert_rect(struct rect r, int x, int y, int w, int h)
{
    struct rect expected = {x, y, w, h};

    assert_memory_equal(&r, &expected, sizeof(r));
}

static void test_frame_and_content_are_inverse(void **state)
{
    (void)state;
    for (int percent = 100; percent <= 200; percent += 25) {
        struct measures m = place_measures(percent);
        struct rect content = {50, 60, 300, 200}, frame = place_frame(content, &m);

        content = place_content(frame, &m);
        assert_rect(content, 50, 60, 300, 200);
    }
}

static void test_each_point_is_one_part(void **state)
{
    struct measures m = place_measures(100);
    struct rect frame = {100, 100, 300, 200};
    unsigned edges;

    (void)state;
    assert_int_equal(place_part(frame, &m, 250, 200, false, &edges), PART_CONTENT);
    assert_int_equal(place_part(frame, &m, 250, 115, false, &edges), PART_TITLE);
    assert_int_equal(place_part(frame, &m, 400 - 6 - 16, 117, false, &edges), PART_CLOSE);
    assert_int_equal(place_part(frame, &m, 400 - 6 - 48, 117, false, &edges), PART_MAXIMISE);
    assert_int_equal(place_part(frame, &m, 400 - 6 - 80, 117, false, &edges), PART_MINIMISE);
    assert_int_equal(place_part(frame, &m, 101, 200, false, &edges), PART_EDGE);
    assert_int_equal(edges, EDGE_LEFT);
    assert_int_equal(place_part(frame, &m, 402, 302, false, &edges), PART_EDGE);
    assert_int_equal(edges, EDGE_RIGHT | EDGE_BOTTOM);
    assert_int_equal(place_part(frame, &m, 110, 97, false, &edges), PART_EDGE);
    assert_int_equal(edges, EDGE_LEFT | EDGE_TOP);
    assert_int_equal(place_part(frame, &m, 101, 200, true, &edges), PART_CONTENT); /* fixed */
    assert_int_equal(edges, 0);
    assert_int_equal(place_part(frame, &m, 95, 200, false, &edges), PART_NONE);
    assert_int_equal(place_part(frame, &m, 250, 305, false, &edges), PART_NONE);
}

static void test_resizing_keeps_the_other_edge_and_the_limits(void **state)
{
    struct measures m = place_measures(100);
    struct rect frame = {100, 100, 302, 235};
    const struct limits limits = {200, 100, 400, 300};

    (void)state;
    assert_rect(place_resized(frame, EDGE_LEFT, 50, 0, &any, &m), 150, 100, 252, 235);
    assert_rect(place_resized(frame, EDGE_LEFT, 500, 0, &limits, &m), 200, 100, 202, 235);
    assert_rect(place_resized(frame, EDGE_TOP, 0, 500, &limits, &m), 100, 200, 302, 135);
    assert_rect(place_resized(frame, EDGE_RIGHT | EDGE_BOTTOM, 900, 900, &limits, &m), 100, 100, 402, 335);
    /* Never smaller than its buttons need. */
    assert_true(place_resized(frame, EDGE_RIGHT, -9999, 0, &any, &m).w >= 3 * m.button);
    assert_true(place_resized(frame, EDGE_BOTTOM, 0, -9999, &any, &m).h > m.title);
}

static void test_the_title_can_be_reached(void **state)
{
    struct measures m = place_measures(100);

    (void)state;
    for (int i = 0; i < 10000; i++) {
        struct rect frame = {rand() % 5000 - 2500, rand() % 5000 - 2500, 130 + rand() % 2000,
                             60 + rand() % 2000};
        struct rect kept = place_kept(frame, area, &m), title = {kept.x, kept.y, kept.w, m.title};
        struct rect seen = rect_and(title, area);

        assert_int_equal(seen.h, m.title);
        assert_true(seen.w >= 2 * m.step);
        assert_int_equal(kept.w, frame.w);
    }
}

static void test_new_windows_fit(void **state)
{
    struct measures m = place_measures(100);

    (void)state;
    for (unsigned number = 0; number < 30; number++) {
        assert_true(rect_inside(place_new(area, 640, 420, number, &m), area));
        assert_rect(place_new(area, 8192, 8192, number, &m), 0, 0, area.w, area.h);
    }
    assert_rect(place_popup((struct rect){1000, 700, 100, 50}, area), 924, 674, 100, 50);
    assert_rect(place_popup((struct rect){-5, -5, 2000, 50}, area), 0, 0, 2000, 50);
}

static void test_tiles_cover_the_area(void **state)
{
    struct rect odd = {3, 5, 1001, 701};
    long pixels = 0;

    (void)state;
    for (enum tile t = TILE_TOP_LEFT; t <= TILE_BOTTOM_RIGHT; t++) {
        struct rect r = place_tile(odd, t);

        assert_true(rect_inside(r, odd));
        pixels += (long)r.w * r.h;
        for (enum tile u = TILE_TOP_LEFT; u < t; u++)
            assert_true(rect_empty(rect_and(r, place_tile(odd, u))));
    }
    assert_int_equal(pixels, 1001 * 701);
    assert_rect(place_tile(area, TILE_FULL), 0, 0, 1024, 724);
    assert_rect(place_tile(area, TILE_RIGHT), 512, 0, 512, 724);
}

static void test_snapping_by_the_pointer(void **state)
{
    struct measures m = place_measures(100);
    struct rect screen = {0, 0, 1024, 768};

    (void)state;
    assert_int_equal(place_snap(screen, 500, 300, &m), TILE_NONE);
    assert_int_equal(place_snap(screen, 500, 0, &m), TILE_FULL);
    assert_int_equal(place_snap(screen, 0, 400, &m), TILE_LEFT);
    assert_int_equal(place_snap(screen, 1023, 400, &m), TILE_RIGHT);
    assert_int_equal(place_snap(screen, 0, 0, &m), TILE_TOP_LEFT);
    assert_int_equal(place_snap(screen, 1023, 767, &m), TILE_BOTTOM_RIGHT);
    assert_int_equal(place_snap(screen, 500, 767, &m), TILE_NONE);
}

static void test_snapping_by_keys(void **state)
{
    static const struct {
        enum tile from;
        int dx, dy;
        enum tile to;
    } steps[] = {
        {TILE_NONE, -1, 0, TILE_LEFT},
        {TILE_LEFT, -1, 0, TILE_LEFT},
        {TILE_LEFT, 1, 0, TILE_NONE},
        {TILE_NONE, 0, -1, TILE_FULL},
        {TILE_FULL, 0, 1, TILE_NONE},
        {TILE_FULL, 1, 0, TILE_RIGHT},
        {TILE_LEFT, 0, -1, TILE_TOP_LEFT},
        {TILE_TOP_LEFT, 0, 1, TILE_LEFT},
        {TILE_TOP_LEFT, 1, 0, TILE_TOP_RIGHT},
        {TILE_RIGHT, 0, 1, TILE_BOTTOM_RIGHT},
        {TILE_BOTTOM_RIGHT, 0, 1, TILE_BOTTOM_RIGHT},
        {TILE_TOP_RIGHT, 0, -1, TILE_FULL},
        {TILE_NONE, 0, 1, TILE_NONE},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        assert_int_equal(place_step(steps[i].from, steps[i].dx, steps[i].dy), steps[i].to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame_and_content_are_inverse),
        cmocka_unit_test(test_each_point_is_one_part),
        cmocka_unit_test(test_resizing_keeps_the_other_edge_and_the_limits),
        cmocka_unit_test(test_the_title_can_be_reached),
        cmocka_unit_test(test_new_windows_fit),
        cmocka_unit_test(test_tiles_cover_the_area),
        cmocka_unit_test(test_snapping_by_the_pointer),
        cmocka_unit_test(test_snapping_by_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
