/* Font files and text: a small font made here is read and drawn; with each of its bytes changed nothing
   breaks. */
/* links: user/draw/text.c user/draw/canvas.c user/draw/rect.c lib/font.c lib/utf8.c */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/draw/font.h"

#define POINTS 5u
#define SIZES  2u

/* A box, 'A', 'b', 'é' and U+2026, in 10 and 20 pixels; a glyph is 5 × 3 (10 × 3). */
struct small_file {
    struct font_head head;
    struct font_size sizes[SIZES];
    uint32_t points[POINTS];
    struct font_glyph glyphs[SIZES][POINTS];
    uint8_t pictures[SIZES][POINTS][3 * 5];
};
static struct small_file made;

static void make_size(unsigned which, uint8_t size)
{
    uint8_t width = (uint8_t)(size / 2);

    made.sizes[which] = (struct font_size){
        .size = size, .height = (uint16_t)(size + 2), .ascent = (uint16_t)(size - 1),
        .glyphs_at = (uint32_t)offsetof(struct small_file, glyphs[which]),
        .pictures_at = (uint32_t)offsetof(struct small_file, pictures[which]),
        .picture_bytes = sizeof(made.pictures[which])};
    for (unsigned i = 0; i < POINTS; i++) {
        made.glyphs[which][i] = (struct font_glyph){.picture = i * 15, .advance = (uint8_t)(width + 1),
                                                    .width = width, .height = 3, .left = 0, .top = 3};
        memset(made.pictures[which][i], i == 0 ? 0x55 : 0xFF, 15);
    }
}

static int set_up(void **state)
{
    static const uint32_t points[POINTS] = {0, 'A', 'b', 0xe9, 0x2026};

    (void)state;
    made.head = (struct font_head){.version = FONT_VERSION, .bytes = sizeof(made), .points = POINTS,
                                   .sizes = SIZES, .points_at = offsetof(struct small_file, points),
                                   .sizes_at = offsetof(struct small_file, sizes)};
    memcpy(made.head.magic, FONT_MAGIC, 8);
    memcpy(made.points, points, sizeof(points));
    make_size(0, 10);
    make_size(1, 20);
    return 0;
}

static void test_sizes(void **state)
{
    struct font_file *file = font_file_read(&made, sizeof(made));

    (void)state;
    assert_non_null(file);
    assert_int_equal(font_height(font_file_get(file, 1)), 12);
    assert_int_equal(font_height(font_file_get(file, 10)), 12);
    assert_int_equal(font_height(font_file_get(file, 19)), 12);
    assert_int_equal(font_height(font_file_get(file, 20)), 22);
    assert_int_equal(font_ascent(font_file_get(file, INT_MAX)), 19);
    assert_int_equal(font_height(font_file_get(file, INT_MIN)), 12);
    font_file_end(file);
}

static void test_characters(void **state)
{
    struct font_file *file = font_file_read(&made, sizeof(made));
    const struct font *font = font_file_get(file, 10);
    struct glyph glyph;

    (void)state;
    assert_true(font_has(font, 'A') && font_has(font, 0xe9) && font_has(font, 0x2026));
    assert_false(font_has(font, 'B') || font_has(font, 0) || font_has(font, 0x2025) ||
                 font_has(font, 0x10FFFF));
    font_find(font, 0x2026, &glyph);
    assert_ptr_equal(glyph.picture, made.pictures[0][4]);
    font_find(font, 0x2027, &glyph); /* the box */
    assert_ptr_equal(glyph.picture, made.pictures[0][0]);
    font_file_end(file);
}

static void test_measures(void **state)
{
    struct font_file *file = font_file_read(&made, sizeof(made));
    const struct font *font = font_file_get(file, 10);
    int used;

    (void)state;
    assert_int_equal(text_width(font, "", -1), 0);
    assert_int_equal(text_width(font, "Aé…", -1), 18);
    assert_int_equal(text_width(font, "AAAA", 2), 12);
    assert_int_equal(text_width(font, "\xff\xe2\x80 \xc3", -1), 4 * 6); /* two of them cut short */
    assert_int_equal(text_width(font, "\xed\xa0\x80", -1), 3 * 6);    /* a surrogate is none */
    assert_int_equal(text_fit(font, "Aé…b", -1, 17, &used), 3);
    assert_int_equal(used, 12);
    assert_int_equal(text_fit(font, "Aé…b", -1, 18, &used), 6);
    assert_int_equal(text_fit(font, "Aé…b", -1, INT_MAX, &used), 7);
    assert_int_equal(text_fit(font, "Aé…b", -1, -1, NULL), 0);
    font_file_end(file);
}

#define WIDTH  40
#define HEIGHT 20
static uint32_t pixels[WIDTH * HEIGHT];

static struct canvas clean(void)
{
    memset(pixels, 0, sizeof(pixels));
    return canvas_of(pixels, WIDTH, HEIGHT, WIDTH);
}

static void expect_drawn(struct rect at, uint32_t colour)
{
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        assert_int_equal(pixels[i], rect_has(at, i % WIDTH, i / WIDTH) ? colour : 0);
}

static void test_drawing(void **state)
{
    struct font_file *file = font_file_read(&made, sizeof(made));
    const struct font *font = font_file_get(file, 10);
    struct canvas canvas = clean(), clipped = canvas_clipped(&canvas, (struct rect){3, 6, 2, 2});

    (void)state;
    assert_int_equal(draw_text(&canvas, 2, 8, font, "A", -1, 0xFF336699), 8);
    expect_drawn((struct rect){2, 5, 5, 3}, 0xFF336699);
    clean();
    draw_glyph(&canvas, 2, 3, font, 'A', 0xFF336699); /* its top left */
    expect_drawn((struct rect){2, 9, 5, 3}, 0xFF336699);
    clean();
    draw_text(&clipped, 2, 8, font, "A", -1, 0xFF336699);
    expect_drawn((struct rect){3, 6, 2, 2}, 0xFF336699);
    clean();
    for (int x = -20; x < 60; x++)
        for (int y = -20; y < 40; y++)
            draw_text(&clipped, x, y, font, "Aé?", -1, 0x80FFFFFF);
    for (int i = 0; i < WIDTH * HEIGHT; i++)
        assert_true(pixels[i] == 0 || rect_has(clipped.clip, i % WIDTH, i / WIDTH));
    assert_int_equal(draw_text(&canvas, INT_MAX, INT_MIN, font, "AA", -1, 0xFFFFFFFF), INT_MAX);
    assert_int_equal(draw_text(&canvas, INT_MIN, INT_MAX, font, "AA", -1, 0xFFFFFFFF), INT_MIN + 12);
    font_file_end(file);
}

static void test_labels(void **state)
{
    struct font_file *file = font_file_read(&made, sizeof(made));
    const struct font *font = font_file_get(file, 10);
    struct canvas canvas = clean();
    const struct rect at = {10, 2, 20, 12};

    (void)state;
    draw_label(&canvas, at, font, "A", ALIGN_START, 0xFFFFFFFF);
    expect_drawn((struct rect){10, 8, 5, 3}, 0xFFFFFFFF);
    clean();
    draw_label(&canvas, at, font, "A", ALIGN_CENTRE, 0xFFFFFFFF);
    expect_drawn((struct rect){17, 8, 5, 3}, 0xFFFFFFFF);
    clean();
    draw_label(&canvas, at, font, "A", ALIGN_END, 0xFFFFFFFF);
    expect_drawn((struct rect){24, 8, 5, 3}, 0xFFFFFFFF);
    clean();
    draw_label(&canvas, at, font, "AAAA", ALIGN_END, 0xFFFFFFFF); /* two and the dots */
    assert_int_equal(pixels[9 * WIDTH + 10], 0xFFFFFFFF);
    assert_int_equal(pixels[9 * WIDTH + 26], 0xFFFFFFFF);
    assert_int_equal(pixels[9 * WIDTH + 28], 0);
    draw_label(&canvas, (struct rect){INT_MAX - 5, INT_MIN, 5, 5}, font, "AAAA", ALIGN_END, 0xFFFFFFFF);
    draw_label(&canvas, (struct rect){INT_MIN, INT_MAX - 5, 5, 5}, font, "A", ALIGN_END, 0xFFFFFFFF);
    font_file_end(file);
}

/* ---- files that are wrong --------------------------------------------------------------------------- */

static void look(const void *bytes, size_t size)
{
    struct font_file *file = font_file_read(bytes, size);
    struct canvas canvas = clean();

    for (int i = 0; file != NULL && i < 30; i += 9)
        draw_text(&canvas, 5, 10, font_file_get(file, i), "A?bé… \xf4", -1, 0xFF808080);
    font_file_end(file);
}

static void expect_refused(const char *what)
{
    struct font_file *file = font_file_read(&made, sizeof(made));

    if (file != NULL)
        fail_msg("%s was not seen", what);
    set_up(NULL);
}

#define WRONG(change) do { made.change; expect_refused(#change); } while (0)

static void test_what_is_wrong(void **state)
{
    (void)state;
    WRONG(head.magic[0] = 'f');
    WRONG(head.version = 2);
    WRONG(head.bytes -= 1);
    WRONG(head.points = 0);
    WRONG(head.points = 0x40000001);
    WRONG(head.sizes = 0);
    WRONG(head.sizes = 33);
    WRONG(head.points_at = sizeof(made) - 4);
    WRONG(head.points_at += 1);
    WRONG(head.sizes_at = 0xFFFFFFFC);
    WRONG(points[0] = 1);
    WRONG(points[2] = 'A');
    WRONG(sizes[1].size = 10);
    WRONG(sizes[0].height = 0);
    WRONG(sizes[0].height = 256);
    WRONG(sizes[0].ascent = 13);
    WRONG(sizes[1].glyphs_at = sizeof(made));
    WRONG(sizes[1].glyphs_at |= 2);
    WRONG(sizes[1].pictures_at = sizeof(made) + 1);
    WRONG(sizes[1].picture_bytes += 4);
    assert_null(font_file_read(&made, sizeof(made.head) - 1));
}

static void test_any_byte_may_be_wrong(void **state)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff};
    uint8_t *copy = malloc(sizeof(made)); /* of exactly that size, so that one byte too many is seen */

    (void)state;
    for (size_t at = 0; at < sizeof(made); at++)
        for (size_t i = 0; i < sizeof(values); i++) {
            memcpy(copy, &made, sizeof(made));
            copy[at] = values[i];
            look(copy, sizeof(made));
        }
    free(copy);
}

static void test_any_length_may_be_wrong(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof(made); size++) {
        uint8_t *copy = malloc(size + 1);

        memcpy(copy, &made, size);
        if (size >= sizeof(made.head))
            ((struct font_head *)(void *)copy)->bytes = (uint32_t)size;
        look(copy, size);
        free(copy);
    }
}

/* ---- the faces there are ---------------------------------------------------------------------------- */

static void write_face(const char *folder, const char *name, size_t size)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s.font", folder, name);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(&made, 1, size, file), size);
    fclose(file);
}

static void remove_face(const char *folder, const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s.font", folder, name);
    unlink(path);
}

static void test_faces(void **state)
{
    char folder[] = "/tmp/fastos.font.XXXXXX";
    struct canvas canvas = clean();

    (void)state;
    assert_non_null(mkdtemp(folder));
    write_face(folder, "ui", sizeof(made));
    write_face(folder, "mono", 100);
    font_folder(folder);
    assert_int_equal(font_height(font_get(FONT_UI, 10)), 12);
    assert_ptr_equal(font_get(FONT_UI, 10), font_get(FONT_UI, 11));
    remove_face(folder, "ui");
    remove_face(folder, "mono");
    rmdir(folder);

    const struct font *none = font_get(FONT_MONO, 30); /* the console's */

    assert_ptr_equal(none, font_get(FONT_UI_BOLD, 10));
    assert_int_equal(font_height(none), 16);
    assert_int_equal(font_advance(none, 'W'), 8);
    assert_true(font_has(none, 'W') && !font_has(none, 0x1F600) && !font_has(none, 0x4e00));
    draw_glyph(&canvas, 3, 2, none, 0x2588, 0xFFFFFFFF); /* a full block */
    expect_drawn((struct rect){3, 2, 8, 16}, 0xFFFFFFFF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_sizes, set_up),
        cmocka_unit_test_setup(test_characters, set_up),
        cmocka_unit_test_setup(test_measures, set_up),
        cmocka_unit_test_setup(test_drawing, set_up),
        cmocka_unit_test_setup(test_labels, set_up),
        cmocka_unit_test_setup(test_what_is_wrong, set_up),
        cmocka_unit_test_setup(test_any_byte_may_be_wrong, set_up),
        cmocka_unit_test_setup(test_any_length_may_be_wrong, set_up),
        cmocka_unit_test_setup(test_faces, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
