/* Canvases and shapes: what they draw, pixel by pixel, and that nothing outside of a clip is touched,
   whatever the coordinates. */
/* links: user/draw/shape.c user/draw/path.c user/draw/rect.c */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/draw/draw.h"

#define WIDTH  61
#define HEIGHT 47
#define GUARD  0x5A5A5A5Au

static uint32_t pixels[WIDTH * HEIGHT];
static struct canvas canvas;

static int set_up(void **state)
{
    (void)state;
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        pixels[i] = GUARD;
    canvas = canvas_of(pixels, WIDTH, HEIGHT, WIDTH);
    return 0;
}

static uint32_t pixel_at(int x, int y)
{
    return pixels[y * WIDTH + x];
}

static void expect_only_within(struct rect clip)
{
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        if (!rect_has(clip, i % WIDTH, i / WIDTH) && pixels[i] != GUARD)
            fail_msg("(%d, %d) was drawn", i % WIDTH, i / WIDTH);
}

/* Four neighbouring steps of each part at most; `most` is how much a part may be wrong. */
static void expect_near(uint32_t a, uint32_t b, int most)
{
    for (int shift = 0; shift < 32; shift += 8)
        if (abs((int)(a >> shift & 0xFF) - (int)(b >> shift & 0xFF)) > most)
            fail_msg("%08x is not %08x", a, b);
}

static void test_fill(void **state)
{
    (void)state;
    for (int x = 0; x < 5; x++)
        for (int w = 0; w < 24; w++) {
            set_up(NULL);
            draw_fill(&canvas, (struct rect){x, 3, w, 2}, 0xFF123456);
            for (int i = 0; i < WIDTH; i++)
                assert_int_equal(pixel_at(i, 4), i >= x && i < x + w ? 0xFF123456 : GUARD);
            expect_only_within((struct rect){x, 3, w, 2});
        }
    draw_fill(&canvas, (struct rect){0, 0, 4, 4}, 0xFF000000);
    draw_fill(&canvas, (struct rect){0, 0, 4, 4}, 0x80FF8000);
    expect_near(pixel_at(2, 2), 0xFF804000, 1);
    draw_fill(&canvas, (struct rect){0, 0, 4, 4}, 0x00FFFFFF);
    expect_near(pixel_at(2, 2), 0xFF804000, 1);
}

static void test_clips_and_parts(void **state)
{
    struct canvas clipped = canvas_clipped(&canvas, (struct rect){10, 10, 5, 5});
    struct canvas part = canvas_part(&clipped, (struct rect){8, 9, 20, 20});

    (void)state;
    draw_fill(&part, (struct rect){-100, -100, 1000, 1000}, 0xFFFFFFFF);
    expect_only_within((struct rect){10, 10, 5, 5});
    assert_int_equal(pixel_at(10, 10), 0xFFFFFFFF);
    assert_int_equal(pixel_at(14, 14), 0xFFFFFFFF);
    assert_int_equal(part.clip.x, 2);
    assert_int_equal(part.clip.y, 1);
    part = canvas_part(&canvas, (struct rect){-5, -7, 8, 9});
    draw_fill(&part, (struct rect){5, 7, 1, 1}, 0xFF00FF00);
    assert_int_equal(pixel_at(0, 0), 0xFF00FF00);
}

static void number_pixels(void)
{
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        pixels[i] = (uint32_t)i;
}

static void test_scroll(void **state)
{
    const struct rect at = {7, 5, 23, 19};

    (void)state;
    for (int dy = -20; dy <= 20; dy++)
        for (int dx = -24; dx <= 24; dx++) {
            number_pixels();
            draw_scroll(&canvas, at, dx, dy);
            for (int i = 0; i < WIDTH * HEIGHT; i++) {
                int x = i % WIDTH, y = i / WIDTH;
                bool moved = rect_has(at, x, y) && rect_has(at, x - dx, y - dy);

                assert_int_equal(pixels[i], moved ? i - dx - dy * WIDTH : i);
            }
        }
}

static void test_copy_and_blend(void **state)
{
    uint32_t small[6 * 4];
    struct canvas from = canvas_of(small, 6, 4, 6);

    (void)state;
    for (int i = 0; i < 24; i++)
        small[i] = i % 3 == 0 ? 0xFF112233u + (uint32_t)i : i % 3 == 1 ? 0x00000000u : 0x80402010u;
    draw_copy(&canvas, 58, 45, &from);
    assert_int_equal(pixel_at(58, 45), small[0]);
    assert_int_equal(pixel_at(60, 46), small[8]);
    expect_only_within((struct rect){58, 45, 6, 4});
    draw_fill(&canvas, (struct rect){0, 0, 6, 4}, 0xFF808080);
    draw_blend(&canvas, -1, -1, &from);
    assert_int_equal(pixel_at(2, 0), small[9]);
    assert_int_equal(pixel_at(0, 0), 0xFF808080);
    expect_near(pixel_at(1, 0), 0xFF7F5F4F, 2);
    from = canvas_clipped(&from, (struct rect){2, 1, 2, 2});
    draw_copy(&canvas, 20, 20, &from);
    assert_int_equal(pixel_at(22, 21), small[8]);
    assert_int_equal(pixel_at(21, 21), GUARD);
    assert_int_equal(pixel_at(24, 21), GUARD);
}

static void test_scaled(void **state)
{
    uint32_t big[32 * 32];
    struct canvas from = canvas_of(big, 32, 32, 32);

    (void)state;
    for (int i = 0; i < 32 * 32; i++)
        big[i] = (i % 32 + i / 32) % 2 ? 0xFFFFFFFF : 0xFF000000;
    draw_scaled(&canvas, (struct rect){2, 2, 16, 16}, &from);
    expect_near(pixel_at(3, 3), 0xFF7F7F7F, 1);
    expect_only_within((struct rect){2, 2, 16, 16});
    draw_scaled(&canvas, (struct rect){-40, -40, 128, 128}, &from); /* each becomes 4 × 4 */
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        assert_int_equal(pixels[i],
                         ((i % WIDTH + 40) / 4 + (i / WIDTH + 40) / 4) % 2 ? 0xFFFFFFFF : 0xFF000000);
    from = canvas_part(&from, (struct rect){-8, -8, 64, 64});
    draw_scaled(&canvas, (struct rect){0, 0, 20, 20}, &from);
}

static void test_gradient(void **state)
{
    (void)state;
    draw_gradient(&canvas, (struct rect){0, 0, WIDTH, HEIGHT}, 0xFF000000, 0xFFFFFFFF);
    expect_near(pixel_at(7, 0), 0xFF000000, 1);
    expect_near(pixel_at(7, HEIGHT - 1), 0xFFFFFFFF, 1);
    for (int y = 1; y < HEIGHT; y++)
        assert_true((pixel_at(8, y) & 0xFF) + 1 >= (pixel_at(8, y - 1) & 0xFF));
}

/* ---- shapes ----------------------------------------------------------------------------------------- */

static double covered(void) /* of white on black, in pixels */
{
    double sum = 0;

    for (int i = 0; i < WIDTH * HEIGHT; i++)
        sum += (pixels[i] & 0xFF) / 255.0;
    return sum;
}

static void expect_area(double area)
{
    if (covered() < area * 0.99 || covered() > area * 1.01)
        fail_msg("%f pixels are covered, not %f", covered(), area);
}

static void begin_black(void)
{
    draw_fill(&canvas, canvas.clip, 0xFF000000);
}

static void test_areas(void **state)
{
    struct path *path = path_start();

    (void)state;
    begin_black();
    draw_circle(&canvas, 30, 23, 20, 0xFFFFFFFF);
    expect_area(3.14159 * 20 * 20);
    begin_black();
    draw_round(&canvas, (struct rect){3, 4, 50, 30}, 10, CORNERS_TOP, 0xFFFFFFFF);
    expect_area(50 * 30 - (4 - 3.14159) * 100 / 2);
    begin_black();
    draw_round_border(&canvas, (struct rect){3, 4, 50, 30}, 10, CORNERS_ALL, 2, 0xFFFFFFFF);
    expect_area(2 * (30 + 10) * 2 + 3.14159 * (100 - 64));
    begin_black();
    path_move(path, 10 * 256 + 77, 3 * 256 + 13); /* a triangle that lies on no pixel's border */
    path_line(path, 50 * 256 + 33, 20 * 256 + 99);
    path_line(path, 20 * 256 + 11, 44 * 256 + 201);
    path_close(path);
    path_fill(&canvas, path, 0xFFFFFFFF);
    expect_area(((40 - 44 / 256.0) * (41 + 188 / 256.0) - (10 - 66 / 256.0) * (17 + 86 / 256.0)) / 2);
    path_end(path);
}

static void add_square(struct path *path, int x, int y, int size)
{
    path_move(path, x * 256, y * 256);
    path_line(path, (x + size) * 256, y * 256);
    path_line(path, (x + size) * 256, (y + size) * 256);
    path_line(path, x * 256, (y + size) * 256);
    path_close(path);
}

static void test_even_odd_and_strokes(void **state)
{
    struct path *path = path_start();

    (void)state;
    begin_black();
    add_square(path, 5, 5, 30);
    add_square(path, 10, 10, 10);
    path_fill(&canvas, path, 0xFFFFFFFF);
    assert_int_equal(pixel_at(15, 15), 0xFF000000);
    assert_int_equal(pixel_at(7, 7), 0xFFFFFFFF);
    assert_int_equal(covered(), 30 * 30 - 10 * 10);
    path_end(path);

    path = path_start();
    begin_black();
    path_move(path, 10 * 256, 20 * 256);
    path_line(path, 50 * 256, 20 * 256);
    path_line(path, 10 * 256, 20 * 256); /* there and back: once */
    path_stroke(&canvas, path, 4 * 256, 0xFFFFFFFF);
    expect_area(40 * 4 + 3.14159 * 4);
    path_end(path);
    begin_black();
    draw_line(&canvas, 10, 10, 30, 10, 1, 0xFFFFFFFF);
    assert_int_equal(pixel_at(20, 10), 0xFFFFFFFF);
    assert_int_equal(pixel_at(20, 11), 0xFF000000);
}

/* From its edge outwards a shadow gets no darker; what casts it stays as it is. */
static void test_shadow(void **state)
{
    const struct rect at = {20, 15, 20, 15};

    (void)state;
    draw_fill(&canvas, canvas.clip, 0xFFFFFFFF);
    draw_shadow(&canvas, at, 6, 12, 3, 128);
    for (int y = at.y + 6; y < at.y + at.h - 6; y++)
        for (int x = at.x; x < at.x + at.w; x++)
            assert_int_equal(pixel_at(x, y), 0xFFFFFFFF);
    assert_true((pixel_at(at.x, at.y + at.h - 1) & 0xFF) < 230); /* outside of the rounding */
    for (int y = at.y + at.h + 1; y < HEIGHT; y++)
        assert_true((pixel_at(30, y) & 0xFF) >= (pixel_at(30, y - 1) & 0xFF));
    assert_true((pixel_at(30, at.y + at.h) & 0xFF) < 190);
    assert_int_equal(pixel_at(0, 0), 0xFFFFFFFF);
}

/* ---- anything at all -------------------------------------------------------------------------------- */

static uint32_t dice(void)
{
    static uint32_t seed = 12345;

    seed ^= seed << 13;
    seed ^= seed >> 17;
    return seed ^= seed << 5;
}

static int any_int(void)
{
    static const int odd[] = {INT_MIN, INT_MAX,    INT_MIN + 1, -1,    0,     1,
                              1 << 28, -(1 << 28), 1 << 29,     WIDTH, HEIGHT};

    if (dice() % 4 == 0)
        return odd[dice() % (sizeof(odd) / sizeof(odd[0]))];
    return dice() % 4 == 0 ? (int)dice() : (int)(dice() % 120) - 30;
}

/* Its end fits an int: that is what a rectangle promises. */
static struct rect any_rect(void)
{
    struct rect r = {any_int(), any_int(), any_int(), any_int()};

    if (r.w > 0 && r.x > INT_MAX - r.w)
        r.w = INT_MAX - r.x;
    if (r.h > 0 && r.y > INT_MAX - r.h)
        r.h = INT_MAX - r.y;
    return (struct rect){r.x, r.y, r.w < 0 ? 0 : r.w, r.h < 0 ? 0 : r.h};
}

static void draw_any_path(const struct canvas *to)
{
    struct path *path = path_start();

    for (unsigned i = 0; i < 2 + dice() % 12; i++)
        switch (dice() % 4) {
        case 0:
            path_move(path, any_int(), any_int());
            break;
        case 1:
            path_line(path, any_int() % 20000, any_int() % 20000);
            break;
        case 2:
            path_curve(path, any_int(), any_int(), any_int(), any_int(), any_int(), any_int());
            break;
        case 3:
            path_close(path);
        }
    if (dice() % 2)
        path_fill(to, path, dice());
    else
        path_stroke(to, path, any_int(), dice());
    path_end(path);
}

static void draw_anything(const struct canvas *to, const struct canvas *from)
{
    struct canvas part = canvas_part(to, any_rect());

    if (dice() % 4 == 0)
        to = &part;
    switch (dice() % 12) {
    case 0:
        draw_fill(to, any_rect(), dice());
        break;
    case 1:
        draw_round(to, any_rect(), any_int(), dice() % 16, dice());
        break;
    case 2:
        draw_round_border(to, any_rect(), any_int(), dice() % 16, any_int(), dice());
        break;
    case 3:
        draw_circle(to, any_int(), any_int(), any_int(), dice());
        break;
    case 4:
        draw_line(to, any_int(), any_int(), any_int(), any_int(), any_int(), dice());
        break;
    case 5:
        draw_shadow(to, any_rect(), any_int(), any_int(), any_int(), dice() % 256);
        break;
    case 6:
        draw_gradient(to, any_rect(), dice(), dice());
        break;
    case 7:
        draw_copy(to, any_int(), any_int(), from);
        break;
    case 8:
        draw_blend(to, any_int(), any_int(), from);
        break;
    case 9:
        draw_scaled(to, any_rect(), from);
        break;
    case 10:
        draw_scroll(to, any_rect(), any_int(), any_int());
        break;
    case 11:
        draw_any_path(to);
    }
}

static void test_nothing_outside_the_clip(void **state)
{
    static uint32_t small[16 * 16];
    const struct canvas from = canvas_of(small, 16, 16, 16);

    (void)state;
    for (int i = 0; i < 16 * 16; i++)
        small[i] = dice();
    for (int i = 0; i < 30000; i++) {
        struct rect clip = {(int)(dice() % 70), (int)(dice() % 50), (int)(dice() % 40), (int)(dice() % 40)};
        struct canvas clipped = canvas_clipped(&canvas, clip);

        draw_anything(&clipped, &from);
        expect_only_within(clip);
        set_up(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_fill, set_up),
        cmocka_unit_test_setup(test_clips_and_parts, set_up),
        cmocka_unit_test_setup(test_scroll, set_up),
        cmocka_unit_test_setup(test_copy_and_blend, set_up),
        cmocka_unit_test_setup(test_scaled, set_up),
        cmocka_unit_test_setup(test_gradient, set_up),
        cmocka_unit_test_setup(test_areas, set_up),
        cmocka_unit_test_setup(test_even_odd_and_strokes, set_up),
        cmocka_unit_test_setup(test_shadow, set_up),
        cmocka_unit_test_setup(test_nothing_outside_the_clip, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
