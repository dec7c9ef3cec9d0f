/* links: user/libui/libui.a */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/apps/monitor/graph.h"

#define WIDTH  300
#define HEIGHT 100
#define BACK   0xff101010u
#define LINE   0xffffffffu

static uint32_t pixels[WIDTH * HEIGHT];

static struct canvas clear(void)
{
    for (size_t i = 0; i < WIDTH * HEIGHT; i++)
        pixels[i] = BACK;
    return canvas_of(pixels, WIDTH, HEIGHT, WIDTH);
}

static struct graph graph_of(unsigned count)
{
    return (struct graph){
        .count = count, .points = 61, .top = 1000, .line = LINE, .grid = BACK, .width = 512};
}

/* The topmost pixel of column x that is not as it was. */
static int top_of(int x)
{
    int y = 0;

    while (y < HEIGHT && pixels[y * WIDTH + x] == BACK)
        y++;
    return y;
}

static void stays_within_its_place(void **state)
{
    const struct rect at = {50, 20, 200, 60};
    struct canvas canvas = clear();
    struct graph graph = graph_of(61);
    uint32_t random = 3;

    (void)state;
    for (unsigned i = 0; i < 61; i++, random = random * 1664525 + 1013904223)
        graph.values[i] = i % 3 ? random : random >> 22;
    graph_draw(&canvas, at, &graph);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            if (x < 50 || x >= 250 || y < 20 || y >= 80)
                assert_int_equal(pixels[y * WIDTH + x], BACK);
}

static void is_no_higher_than_its_values(void **state)
{
    struct canvas canvas = clear();
    struct graph graph = graph_of(61);

    (void)state;
    for (unsigned i = 0; i < 61; i++)
        graph.values[i] = i % 10 == 5 ? 500 : 0;
    graph_draw(&canvas, (struct rect){0, 0, 300, 100}, &graph);
    int highest = HEIGHT;

    for (int x = 0; x < WIDTH; x++)
        highest = top_of(x) < highest ? top_of(x) : highest;
    assert_in_range(highest, 47, 51);
    assert_in_range(top_of(25), 47, 52); /* the sixth point */
    assert_in_range(top_of(50), 95, 99);
}

static void the_newest_is_at_the_right(void **state)
{
    struct canvas canvas = clear();
    struct graph graph = graph_of(3);

    (void)state;
    graph.values[0] = graph.values[1] = graph.values[2] = 1000;
    graph_draw(&canvas, (struct rect){0, 0, 300, 100}, &graph);
    assert_in_range(top_of(299), 0, 2);
    assert_in_range(top_of(291), 0, 2);
    assert_int_equal(top_of(280), HEIGHT);
}

static void bears_what_makes_no_sense(void **state)
{
    struct canvas canvas = clear();
    struct graph graph = graph_of(61);

    (void)state;
    graph_draw(&canvas, (struct rect){0, 0, 0, 0}, &graph);
    graph_draw(&canvas, (struct rect){0, 0, 300, 1}, &graph);
    graph_draw(&canvas, (struct rect){-1000, -1000, 100, 100}, &graph);
    graph.count = 65;
    graph_draw(&canvas, (struct rect){0, 0, 300, 100}, &graph);
    graph.count = 1;
    graph_draw(&canvas, (struct rect){0, 0, 300, 100}, &graph);
    graph.count = 0;
    graph_draw(&canvas, (struct rect){0, 0, 300, 100}, &graph);
    graph.top = 0;
    graph_draw(&canvas, (struct rect){0, 0, 300, 100}, &graph);
    graph = graph_of(2);
    graph.points = 0;
    graph_draw(&canvas, (struct rect){0, 0, 300, 100}, &graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stays_within_its_place),
        cmocka_unit_test(is_no_higher_than_its_values),
        cmocka_unit_test(the_newest_is_at_the_right),
        cmocka_unit_test(bears_what_makes_no_sense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
