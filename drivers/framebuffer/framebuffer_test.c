/* links: drivers/framebuffer/framebuffer.c drivers/framebuffer/fill.c drivers/framebuffer/dispi.c */
/* links: lib/font.c */
/* The framebuffer against a naive drawing of the same cells, pixel by pixel and byte by byte, at
   every depth, in buffers with odd pitches and red zones all around. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drivers/framebuffer/framebuffer.h"
#include "lib/font.h"

#define RED_ZONE  512
#define CELLS_MAX 256

static char last_log[200];

uint64_t ddi_now_us(void)
{
    static uint64_t us;

    return us += (uint64_t)(rand() % 200); /* any way may win */
}

void ddi_log(enum ddi_level level, const char *area, const char *format, ...)
{
    va_list args;

    (void)level, (void)area;
    va_start(args, format);
    vsnprintf(last_log, sizeof(last_log), format, args);
    va_end(args);
}

/* ---- what the callbacks have ----------------------------------------------------------------- */

static struct ddi_screen given;
static int given_error;
static uint64_t kept;
static unsigned accesses;

int ddi_screen(struct ddi_screen *screen)
{
    *screen = given;
    return given_error;
}

uint64_t ddi_kept(void)
{
    return kept;
}

void ddi_keep(uint64_t word)
{
    kept = word;
}

/* No card with Bochs' interface. */
static uint16_t fake_in16(uint16_t port)
{
    accesses++;
    return 0xffff;
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    assert_int_equal(bytes, 2);
    return fake_in16(port);
}

static void fake_out16(uint16_t port, uint16_t value)
{
    accesses++;
}

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    assert_int_equal(bytes, 2);
    fake_out16(port, (uint16_t)value);
}

struct mode {
    const char *name;
    uint8_t depth;
    struct boot_colour red, green, blue;
};

static const struct mode modes[] = {
    {"15 bits", 15, {10, 5}, {5, 5}, {0, 5}},
    {"16 bits", 16, {11, 5}, {5, 6}, {0, 5}},
    {"16 bits, BGR", 16, {0, 5}, {5, 6}, {11, 5}},
    {"24 bits", 24, {16, 8}, {8, 8}, {0, 8}},
    {"24 bits, BGR", 24, {0, 8}, {8, 8}, {16, 8}},
    {"32 bits", 32, {16, 8}, {8, 8}, {0, 8}},
    {"32 bits, BGR, high", 32, {8, 8}, {16, 8}, {24, 8}},
    {"32 bits, ten a channel", 32, {20, 10}, {10, 10}, {0, 10}},
};

static uint32_t palette[256];

/* ---- the naive drawing ----------------------------------------------------------------------- */

/* A pixel as a double's worth of honest arithmetic would make it: nearest step of each channel. */
static uint64_t naive_channel(uint32_t value, struct boot_colour channel)
{
    uint64_t highest = (1ull << channel.bits) - 1;
    uint64_t step = 0;

    while (step < highest && (step * 2 + 1) * 255 <= 2 * value * highest)
        step++;
    return step << channel.position;
}

static uint32_t naive_pixel(const struct mode *mode, uint8_t colour)
{
    uint32_t rgb = palette[colour];

    return (uint32_t)(naive_channel(rgb >> 16, mode->red) |
                      naive_channel(rgb >> 8 & 0xff, mode->green) |
                      naive_channel(rgb & 0xff, mode->blue));
}

static void naive_plot(const struct mode *mode, uint8_t *base, uint32_t pitch, uint32_t x,
                       uint32_t y, uint32_t pixel)
{
    uint32_t bytes = mode->depth == 15 ? 2 : mode->depth / 8;

    for (uint32_t i = 0; i < bytes; i++)
        base[y * pitch + x * bytes + i] = (uint8_t)(pixel >> 8 * i);
}

/* ---- a screen and its naive twin ------------------------------------------------------------- */

struct rig {
    const struct mode *mode;
    struct framebuffer framebuffer;
    uint32_t width, height, pitch;
    size_t bytes; /* with the red zones */
    uint8_t *real, *naive;
    uint32_t pixels[256]; /* naive */
};

static void set_screen(struct ddi_screen *screen, const struct rig *rig, const struct mode *mode,
                       uint32_t width, uint32_t height, uint32_t pitch)
{
    screen->mode = (struct boot_framebuffer){
        .phys = 0xe0000000,
        .virt = (uintptr_t)(rig->real + RED_ZONE),
        .width = width,
        .height = height,
        .pitch = pitch,
        .bits_per_pixel = mode->depth,
        .red = mode->red,
        .green = mode->green,
        .blue = mode->blue,
    };
    screen->columns = width / 8;
    screen->rows = height / 16;
    memcpy(screen->palette, palette, sizeof(palette));
}

static int try_mode(struct rig *rig, const struct mode *mode, uint32_t width, uint32_t height,
                    uint32_t pitch)
{
    set_screen(&rig->framebuffer.screen, rig, mode, width, height, pitch);
    return framebuffer_init(&rig->framebuffer);
}

static void open_rig(struct rig *rig, const struct mode *mode, uint32_t width, uint32_t height,
                     uint32_t padding)
{
    uint32_t bytes = mode->depth == 15 ? 2 : mode->depth / 8;

    rig->mode = mode;
    rig->width = width;
    rig->height = height;
    rig->pitch = width * bytes + padding;
    rig->bytes = (size_t)rig->pitch * height + 2 * RED_ZONE;
    rig->real = malloc(rig->bytes);
    rig->naive = malloc(rig->bytes);
    for (size_t i = 0; i < rig->bytes; i++)
        rig->real[i] = rig->naive[i] = (uint8_t)rand(); /* the result must not hang on it */
    for (unsigned i = 0; i < 256; i++)
        rig->pixels[i] = naive_pixel(mode, (uint8_t)i);

    assert_int_equal(try_mode(rig, mode, width, height, rig->pitch), 0);
    assert_memory_equal(rig->real, rig->naive, rig->bytes); /* nothing was drawn */
    framebuffer_clear(&rig->framebuffer);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            naive_plot(mode, rig->naive + RED_ZONE, rig->pitch, x, y, rig->pixels[0]);
}

static void compare(const struct rig *rig)
{
    for (size_t i = 0; i < rig->bytes; i++)
        if (rig->real[i] != rig->naive[i])
            fail_msg("%s, %ux%u pitch %u: byte %ld is %02x, not %02x", rig->mode->name, rig->width,
                     rig->height, rig->pitch, (long)i - RED_ZONE, rig->real[i], rig->naive[i]);
}

static void close_rig(struct rig *rig)
{
    free(rig->real);
    free(rig->naive);
}

static void naive_draw(struct rig *rig, unsigned column, unsigned row,
                       const struct text_cell *cells, unsigned count)
{
    uint32_t left = (rig->width - rig->framebuffer.screen.columns * 8) / 2;
    uint32_t top = (rig->height - rig->framebuffer.screen.rows * 16) / 2;

    for (unsigned i = 0; i < count; i++) {
        const uint8_t *glyph = font_glyph(cells[i].character);
        for (unsigned y = 0; y < 16; y++)
            for (unsigned x = 0; x < 8; x++)
                naive_plot(
                    rig->mode, rig->naive + RED_ZONE, rig->pitch, left + (column + i) * 8 + x,
                    top + row * 16 + y,
                    rig->pixels[glyph[y] & 0x80 >> x ? cells[i].foreground : cells[i].background]);
    }
}

static void draw_both(struct rig *rig, unsigned column, unsigned row, const struct text_cell *cells,
                      unsigned count)
{
    framebuffer_draw(&rig->framebuffer, column, row, cells, count);
    naive_draw(rig, column, row, cells, count);
}

static void random_cells(struct text_cell *cells, unsigned count)
{
    struct text_cell cell = {0, 7, 0};

    for (unsigned i = 0; i < count; i++) {
        if (rand() % 8 == 0)
            cell.foreground = (uint8_t)rand();
        if (rand() % 8 == 0)
            cell.background = (uint8_t)rand();
        cell.character = (uint16_t)(rand() % 4 ? 0x20 + rand() % 0x60 : rand());
        cells[i] = cell;
    }
}

/* Random runs all over the screen, its last column and row among them. */
static void exercise(const struct mode *mode, uint32_t width, uint32_t height, uint32_t padding,
                     unsigned rounds)
{
    struct rig rig;
    struct text_cell cells[CELLS_MAX];

    open_rig(&rig, mode, width, height, padding);
    compare(&rig);
    unsigned columns = rig.framebuffer.screen.columns, rows = rig.framebuffer.screen.rows;
    assert_int_equal(columns, width / 8);
    assert_int_equal(rows, height / 16);
    for (unsigned i = 0; i < rounds; i++) {
        unsigned column = (unsigned)rand() % columns;
        unsigned count = 1 + (unsigned)rand() % (columns - column);
        random_cells(cells, count);
        draw_both(&rig, column, (unsigned)rand() % rows, cells, count);
    }
    random_cells(cells, columns);
    draw_both(&rig, 0, rows - 1, cells, columns);
    compare(&rig);
    close_rig(&rig);
}

static void every_depth_and_odd_sizes(void **state)
{
    static const uint32_t sizes[][2] = {{8, 16},   {9, 17},   {15, 31},
                                        {100, 50}, {333, 77}, {640, 33}};
    static const uint32_t paddings[] = {0, 1, 3, 4, 7, 64, 130};

    (void)state;
    for (size_t m = 0; m < array_length(modes); m++)
        for (size_t s = 0; s < array_length(sizes); s++)
            for (size_t p = 0; p < array_length(paddings); p++)
                exercise(&modes[m], sizes[s][0], sizes[s][1], paddings[p], 20);
}

static void real_modes(void **state)
{
    (void)state;
    exercise(&modes[5], 1024, 768, 0, 50);
    exercise(&modes[3], 1366, 768, 6, 50);
    exercise(&modes[3], 640, 480, 0x800 - 640 * 3, 50); /* Bochs's Cirrus */
    exercise(&modes[5], 800, 600, 0x1400 - 3200, 50);   /* bochs-display */
    exercise(&modes[1], 2048, 64, 0, 20);
}

static void fills_rectangles(void **state)
{
    (void)state;
    for (size_t m = 0; m < array_length(modes); m++) {
        struct rig rig;
        open_rig(&rig, &modes[m], 205, 61, (uint32_t)rand() % 2 * 5);
        for (unsigned i = 0; i < 40; i++) {
            uint32_t x = (uint32_t)rand() % 205, y = (uint32_t)rand() % 61;
            uint32_t w = (uint32_t)rand() % (206 - x), h = (uint32_t)rand() % (62 - y);
            uint8_t colour = (uint8_t)rand();
            rig.framebuffer.fill = (enum fill_way)(i % FILL_WAYS);
            framebuffer_fill(&rig.framebuffer, x, y, w, h, colour);
            for (uint32_t py = y; py < y + h; py++)
                for (uint32_t px = x; px < x + w; px++)
                    naive_plot(rig.mode, rig.naive + RED_ZONE, rig.pitch, px, py,
                               rig.pixels[colour]);
        }
        compare(&rig);
        close_rig(&rig);
    }
}

static void moves_win_unless_another_is_clearly_faster(void **state)
{
    static const struct {
        uint64_t took_us[FILL_WAYS];
        enum fill_way winner;
    } contests[] = {
        {{100, 100, 100}, FILL_MOVES}, {{100, 95, 90}, FILL_MOVES}, {{100, 89, 100}, FILL_PAST},
        {{100, 89, 60}, FILL_PAST}, {{100, 100, 67}, FILL_MOVES}, {{100, 100, 66}, FILL_STRING},
        {{0, 0, 0}, FILL_MOVES}, {{19, 1, 1}, FILL_MOVES}, {{100, 0, 0}, FILL_PAST},
    };

    (void)state;
    for (size_t i = 0; i < array_length(contests); i++)
        assert_int_equal(fill_winner(contests[i].took_us), contests[i].winner);
}

static void smaller_area_is_centred(void **state)
{
    struct rig rig;
    struct text_cell cells[CELLS_MAX];

    (void)state;
    open_rig(&rig, &modes[3], 333, 177, 5);
    rig.framebuffer.screen.columns = 20;
    assert_int_equal(framebuffer_init(&rig.framebuffer), 0);
    random_cells(cells, 20);
    draw_both(&rig, 0, 10, cells, 20);
    compare(&rig);
    close_rig(&rig);
}

static void refuses_impossible_modes(void **state)
{
    struct rig rig = {0};
    uint8_t bytes[RED_ZONE + 1024];
    struct mode mode = modes[5];

    (void)state;
    rig.real = bytes;
    memset(bytes, 0x5a, sizeof(bytes));
    assert_int_equal(try_mode(&rig, &mode, 7, 16, 64), -EINVAL);
    assert_int_equal(try_mode(&rig, &mode, 8, 15, 64), -EINVAL);
    assert_int_equal(try_mode(&rig, &mode, 100000, 16, 400000), -EINVAL);
    assert_int_equal(try_mode(&rig, &mode, 8, 0xffffffff, 32), -EINVAL);
    assert_int_equal(try_mode(&rig, &mode, 8, 16, 31), -EINVAL);
    assert_string_equal(last_log, "pitch 31 is not a line's length in bytes: not used");
    assert_int_equal(try_mode(&rig, &mode, 8, 16, 0xfffffff0), -EINVAL);
    mode.depth = 8;
    assert_int_equal(try_mode(&rig, &mode, 8, 16, 64), -EINVAL);
    assert_string_equal(last_log, "depth 8 is not 15, 16, 24 or 32 bits: not used");
    mode = modes[5];
    mode.blue.bits = 0;
    assert_int_equal(try_mode(&rig, &mode, 8, 16, 64), -EINVAL);
    mode.blue.bits = 33;
    assert_int_equal(try_mode(&rig, &mode, 8, 16, 64), -EINVAL);
    mode = modes[0];
    mode.red.position = 12;
    assert_int_equal(try_mode(&rig, &mode, 8, 16, 64), -EINVAL);
    for (size_t i = 0; i < sizeof(bytes); i++)
        assert_int_equal(bytes[i], 0x5a);

    assert_int_equal(try_mode(&rig, &modes[5], 8, 16, 64), 0);
    rig.framebuffer.screen.columns = 2; /* than fit */
    assert_int_equal(framebuffer_init(&rig.framebuffer), -EINVAL);
    rig.framebuffer.screen = (struct ddi_screen){.columns = 80};
    assert_int_equal(framebuffer_init(&rig.framebuffer), -ENODEV);
}

/* What the kernel calls: nothing is drawn before it says so, and no port is touched but when asked. */
static void callbacks(void **state)
{
    struct rig rig = {0};
    struct text_cell cells[20];

    (void)state;
    open_rig(&rig, &modes[5], 160, 48, 0);
    set_screen(&given, &rig, &modes[5], 160, 48, rig.pitch);
    memset(rig.real, 0x5a, rig.bytes);
    assert_int_equal(ddi_driver.init(), 0);
    for (size_t i = 0; i < rig.bytes; i++)
        assert_int_equal(rig.real[i], 0x5a);
    ddi_driver.clear();
    memset(rig.real, 0x77, RED_ZONE);
    memset(rig.real + rig.bytes - RED_ZONE, 0x77, RED_ZONE);
    memcpy(rig.naive, rig.real, RED_ZONE);
    memcpy(rig.naive + rig.bytes - RED_ZONE, rig.real + rig.bytes - RED_ZONE, RED_ZONE);
    random_cells(cells, 20);
    ddi_driver.draw(0, 2, cells, 20);
    naive_draw(&rig, 0, 2, cells, 20);
    compare(&rig);
    assert_int_equal(accesses, 0);
    assert_int_equal(ddi_driver.request(DDI_VIDEO_MEMORY, 0), -ENODEV);
    assert_true(accesses > 0 && kept == 0);
    assert_int_equal(ddi_driver.request(DDI_NEW_MODE, 0), 0);
    assert_int_equal(ddi_driver.request(3, 0), -EINVAL);
    given.mode.pitch = 1;
    assert_int_equal(ddi_driver.request(DDI_NEW_MODE, 0), -EINVAL);
    assert_int_equal(ddi_driver.init(), -ENODEV); /* it is no failure */
    given_error = -ENOMEM;
    assert_int_equal(ddi_driver.init(), -ENOMEM);
    given_error = 0;
    close_rig(&rig);
}

static void font_has_what_it_must(void **state)
{
    const uint8_t *missing = font_glyph(0xfffd);

    (void)state;
    for (uint16_t c = 0x20; c < 0x7f; c++)
        assert_ptr_not_equal(font_glyph(c), missing);
    assert_ptr_not_equal(font_glyph(0xe9), missing);   /* é */
    assert_ptr_not_equal(font_glyph(0x416), missing);  /* Ж */
    assert_ptr_not_equal(font_glyph(0x2500), missing); /* ─ */
    assert_ptr_equal(font_glyph('A'), font_glyph(0x391));
    assert_ptr_equal(font_glyph(0x1f), missing);
    assert_ptr_equal(font_glyph(0x7f), missing);
    assert_ptr_equal(font_glyph(0xffff), missing);
    for (unsigned y = 0; y < 16; y++)
        assert_int_equal(font_glyph(' ')[y], 0);
    for (unsigned y = 0; y < 16; y++)
        assert_int_equal(font_glyph(0x2588)[y], 0xff); /* full block */
    assert_int_equal(font_glyph(0x258c)[0], 0xf0);     /* left half: the high bits are the left */
}

static int setup(void **state)
{
    (void)state;
    srand(1);
    for (unsigned i = 0; i < 256; i++)
        palette[i] = (uint32_t)(rand() & 0xffffff);
    palette[1] = 0xffffff;
    palette[2] = 0;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(font_has_what_it_must),
        cmocka_unit_test(every_depth_and_odd_sizes),
        cmocka_unit_test(real_modes),
        cmocka_unit_test(fills_rectangles),
        cmocka_unit_test(moves_win_unless_another_is_clearly_faster),
        cmocka_unit_test(smaller_area_is_centred),
        cmocka_unit_test(refuses_impossible_modes),
        cmocka_unit_test(callbacks),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
