/* links: user/draw/canvas.c user/draw/rect.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "user/apps/viewer/view.h"

#define BACK 0xFF112233

/* 1 2
   3 4
   5 6 */
static uint32_t pixels[6] = {0xFF000001, 0xFF000002, 0xFF000003, 0xFF000004, 0xFF000005, 0xFF000006};
static struct image image = {pixels, 2, 3, 2, 3, 1, 24, "BMP", false, false};

static void is_painted(const struct view *view, const char *wanted)
{
    uint32_t screen[64] = {0};
    struct canvas canvas = canvas_of(screen, view->width, view->height, view->width);

    view_paint(view, &canvas, BACK, 0xFFFFFFFF, 0xFF000000);
    for (int i = 0; i < view->width * view->height; i++) {
        assert_int_equal(wanted[i] == '.' ? BACK : 0xFF000000u + (uint32_t)(wanted[i] - '0'), screen[i]);
    }
}

static void test_turns(void **state)
{
    struct view view = {.width = 5, .height = 5};

    (void)state;
    view_show(&view, &image);
    assert_int_equal(view.zoom, ZOOM_ONE); /* not larger than life */
    is_painted(&view, "....." ".12.." ".34.." ".56.." ".....");
    view_turn(&view, 1);
    is_painted(&view, "....." ".531." ".642." "....." ".....");
    view_turn(&view, 1);
    is_painted(&view, "....." ".65.." ".43.." ".21.." ".....");
    view_turn(&view, 1);
    is_painted(&view, "....." ".246." ".135." "....." ".....");
    view_turn(&view, -3);
    assert_int_equal(view.turns, 0);
}

static void test_zoom_and_move(void **state)
{
    struct view view = {.width = 4, .height = 4};

    (void)state;
    view_show(&view, &image);
    view_zoom(&view, 2, 1, 2, 2);
    assert_int_equal(view_percent(&view), 200);
    assert_true(view_can_move(&view));
    is_painted(&view, "3344" "3344" "5566" "5566"); /* the point (2, 2) stays */
    view_move(&view, 0, -100);
    is_painted(&view, "3344" "3344" "5566" "5566");
    view_move(&view, 100, 100);
    is_painted(&view, "1122" "1122" "3344" "3344");
    for (int i = 0; i < 100; i++)
        view_zoom(&view, 5, 4, 1, 1);
    assert_int_equal(view.zoom, ZOOM_MOST);
    for (int i = 0; i < 100; i++)
        view_zoom(&view, 4, 5, 3, 3);
    assert_int_equal(view.zoom, ZOOM_LEAST);
    view_zoom_one(&view, 0, 0);
    assert_int_equal(view.zoom, ZOOM_ONE);
    view_resize(&view, 2, 2);
    view_fit(&view);
    assert_false(view_can_move(&view));
}

static void test_smaller_is_the_mean(void **state)
{
    static uint32_t many[100 * 100];
    struct image large = {many, 100, 100, 100, 100, 1, 24, "PNG", false, false};
    struct view view = {.width = 10, .height = 10};
    uint32_t screen[100];
    struct canvas canvas = canvas_of(screen, 10, 10, 10);

    (void)state;
    for (int i = 0; i < 10000; i++)
        many[i] = i % 2 ? 0xFF204060 : 0xFF406080;
    view_show(&view, &large);
    assert_int_equal(view_percent(&view), 10);
    view_paint(&view, &canvas, BACK, 0, 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(screen[i], 0xFF305070);
    for (int i = 0; i < 10000; i++)
        many[i] = 0x80400000;
    view_paint(&view, &canvas, BACK, 0xFFFFFFFF, 0xFF000000);
    assert_int_equal(screen[0], 0xFF400000);
    assert_int_equal(screen[8], 0xFFBF7F7F);
    large.reduced = 4; /* a quarter of a picture that was too large */
    view_fit(&view);
    assert_in_range(view_percent(&view), 2, 3);
}

static void test_only_the_clip_is_touched(void **state)
{
    struct view view = {.width = 5, .height = 5};
    uint32_t screen[25] = {0};
    struct canvas canvas = canvas_of(screen, 5, 5, 5);

    (void)state;
    canvas.clip = (struct rect){2, 2, 2, 1};
    view_show(&view, &image);
    view_paint(&view, &canvas, BACK, 0, 0);
    for (int i = 0; i < 25; i++)
        assert_int_equal(screen[i], i == 12 ? 0xFF000004 : i == 13 ? BACK : 0);
    view_show(&view, NULL);
    view_paint(&view, &canvas, BACK, 0, 0);
    assert_int_equal(screen[12], BACK);
    view_zoom(&view, 2, 1, 0, 0);
    view_turn(&view, 1);
    view_move(&view, 5, 5);
    assert_int_equal(view_percent(&view), 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns), cmocka_unit_test(test_zoom_and_move),
        cmocka_unit_test(test_smaller_is_the_mean), cmocka_unit_test(test_only_the_clip_is_touched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
