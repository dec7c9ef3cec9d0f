/* The video mode: what counts as one, and in which order they are tried. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/errno.h"
#include "stage2/video_choice.h"

#define VRAM (16u << 20)

static uint8_t record[VIDEO_RECORD_BYTES];
static struct video_mode mode;
static const struct video_wish anything;

static void put16(int at, uint16_t value)
{
    record[at] = (uint8_t)value;
    record[at + 1] = (uint8_t)(value >> 8);
}

/* A sound VBE 2 record of 1024×768×32 at E0000000h. */
static void make_record(void)
{
    static const uint8_t colours[] = {8, 16, 8, 8, 8, 0, 8, 24};

    memset(record, 0, sizeof(record));
    put16(0x00, 0x00bb);
    put16(0x10, 4096);
    put16(0x12, 1024);
    put16(0x14, 768);
    record[0x18] = 1;
    record[0x19] = 32;
    record[0x1b] = 6;
    memcpy(record + 0x1f, colours, sizeof(colours));
    record[0x2b] = 0xe0;
    put16(62, 0x144);
}

static int decode(uint16_t version, uint64_t vram)
{
    return video_mode_decode(record, version, vram, &mode);
}

static void sound_mode(void **state)
{
    make_record();
    assert_int_equal(decode(0x200, VRAM), 0);
    assert_int_equal(mode.number, 0x144);
    assert_int_equal(mode.width, 1024);
    assert_int_equal(mode.height, 768);
    assert_int_equal(mode.bits_per_pixel, 32);
    assert_int_equal(mode.pitch, 4096);
    assert_int_equal(mode.phys, 0xe0000000);
    assert_int_equal(mode.red.position, 16);
    assert_int_equal(mode.blue.position, 0);
    assert_int_equal(mode.green.bits, 8);
}

static void linear_fields_of_vbe_3(void **state)
{
    static const uint8_t colours[] = {8, 0, 8, 8, 8, 16};

    make_record();
    put16(0x32, 8192);
    memcpy(record + 0x36, colours, sizeof(colours));
    assert_int_equal(decode(0x200, VRAM), 0);
    assert_int_equal(mode.pitch, 4096);
    assert_int_equal(decode(0x300, VRAM), 0);
    assert_int_equal(mode.pitch, 8192);
    assert_int_equal(mode.red.position, 0);
    put16(0x32, 0); /* a VBE 3 BIOS that leaves them empty */
    assert_int_equal(decode(0x300, VRAM), 0);
    assert_int_equal(mode.pitch, 4096);
    assert_int_equal(mode.red.position, 16);
}

static void refused_modes(void **state)
{
    static const struct {
        int at;
        uint8_t value;
    } cases[] = {
        {0x00, 0xba}, {0x00, 0xb3}, {0x00, 0xab}, {0x00, 0x3b}, /* attributes 0, 3, 4, 7 */
        {0x11, 0x0f},                                           /* pitch shorter than a line */
        {0x13, 0x10},                                           /* 4096 wide */
        {0x15, 0x09},                                           /* 2304 high */
        {0x18, 4},                                              /* planes */
        {0x19, 8},    {0x19, 4},    {0x19, 0},    {0x19, 64},   {0x1b, 3}, /* planar */
        {0x20, 25}, /* red beyond the pixel */
        {0x21, 0},  /* no green */
        {0x2b, 0},  /* no framebuffer */
        {0x13, 0},  /* 0 wide */
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make_record();
        record[cases[i].at] = cases[i].value;
        assert_int_equal(decode(0x300, VRAM), -EINVAL);
    }
    make_record();
    assert_int_equal(decode(0x102, VRAM), -EINVAL);
    assert_int_equal(decode(0x200, 3u << 20), 0);
    assert_int_equal(decode(0x200, (3u << 20) - 1), -EINVAL);
    record[0x2b] = record[0x2a] = 0xff; /* would end beyond 4 GiB */
    assert_int_equal(decode(0x200, VRAM), -EINVAL);
}

static void fifteen_bits_by_either_name(void **state)
{
    static const uint8_t colours[] = {5, 10, 5, 5, 5, 0};

    make_record();
    record[0x19] = 16;
    memcpy(record + 0x1f, colours, sizeof(colours));
    assert_int_equal(decode(0x200, VRAM), 0);
    assert_int_equal(mode.bits_per_pixel, 15);
    record[0x1b] = 4; /* packed pixels: no colour fields */
    memset(record + 0x1f, 0, sizeof(colours));
    assert_int_equal(decode(0x200, VRAM), 0);
    assert_int_equal(mode.bits_per_pixel, 16);
    assert_int_equal(mode.red.position, 11);
    assert_int_equal(mode.green.bits, 6);
}

/* ---- the order ------------------------------------------------------------------------------- */

static struct video_mode modes[VIDEO_MODES_MAX];
static uint32_t count;

static void add(uint16_t width, uint16_t height, uint8_t bits)
{
    modes[count] = (struct video_mode){
        .number = (uint16_t)count, .width = width, .height = height, .bits_per_pixel = bits};
    count++;
}

static void usual_modes(void)
{
    count = 0;
    add(640, 480, 32);
    add(800, 600, 16);
    add(800, 600, 32);
    add(1024, 768, 15);
    add(1024, 768, 24);
    add(1024, 768, 16);
    add(1280, 1024, 32);
    add(1920, 1080, 16);
    add(1920, 1080, 32);
    add(2560, 1600, 32);
    add(320, 200, 32);
}

static void expect_at(uint32_t i, uint16_t width, uint16_t height, uint8_t bits)
{
    assert_true(i < count);
    assert_int_equal(modes[i].width, width);
    assert_int_equal(modes[i].height, height);
    assert_int_equal(modes[i].bits_per_pixel, bits);
}

static void sort(const struct video_wish *wish, uint32_t width, uint32_t height)
{
    usual_modes();
    count = video_modes_sort(modes, count, wish, width, height);
}

static void without_a_monitors_answer(void **state)
{
    sort(&anything, 0, 0);
    expect_at(0, 1024, 768, 24);
    expect_at(1, 1024, 768, 16);
    expect_at(2, 1024, 768, 15);
    expect_at(3, 800, 600, 32);
    expect_at(4, 800, 600, 16);
    expect_at(5, 640, 480, 32);
    expect_at(6, 320, 200, 32);
    assert_int_equal(count, 7);
}

static void the_monitors_own_mode(void **state)
{
    sort(&anything, 1920, 1080);
    expect_at(0, 1920, 1080, 32);
    expect_at(1, 1920, 1080, 16);
    expect_at(2, 1280, 1024, 32);
    assert_int_equal(count, 10); /* all but 2560×1600 */
}

static void the_largest_that_fits_the_monitor(void **state)
{
    sort(&anything, 1366, 768);
    expect_at(0, 1024, 768, 24);
    for (uint32_t i = 0; i < count; i++)
        assert_true(modes[i].width <= 1366 && modes[i].height <= 768);
}

static void the_users_wish(void **state)
{
    struct video_wish wish;

    assert_int_equal(video_wish_parse("800x600", &wish), 0);
    sort(&wish, 1920, 1080);
    expect_at(0, 800, 600, 32);
    expect_at(1, 800, 600, 16);
    expect_at(2, 1920, 1080, 32);
    assert_int_equal(video_wish_parse("800x600x16", &wish), 0);
    sort(&wish, 1920, 1080);
    expect_at(0, 800, 600, 16);
    assert_int_equal(video_wish_parse("800x600x24", &wish),
                     0); /* not of that depth: the size at least */
    sort(&wish, 1920, 1080);
    expect_at(0, 800, 600, 32);
    expect_at(2, 1920, 1080, 32);
    assert_false(video_mode_is_wished(&modes[0], &wish));
    assert_int_equal(video_wish_parse("2560x1600", &wish), 0); /* larger than the monitor says */
    sort(&wish, 1920, 1080);
    expect_at(0, 2560, 1600, 32);
    assert_int_equal(video_wish_parse("1111x222", &wish), 0); /* there is none: as without */
    sort(&wish, 0, 0);
    expect_at(0, 1024, 768, 24);
}

static void words_of_video(void **state)
{
    static const char *const bad[] = {
        "",       "x",         "800",   "800x",  "x600",       "800x600x", "800x600x16x", "big",
        "-1x600", "800x70000", "0x600", "800x0", "800x600x33", "800 x600", "text "};
    struct video_wish wish;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(video_wish_parse(bad[i], &wish), -EINVAL);
        assert_false(wish.text);
        assert_int_equal(wish.width, 0);
    }
    assert_int_equal(video_wish_parse("text", &wish), 0);
    assert_true(wish.text);
}

static void a_full_list(void **state)
{
    count = 0;
    for (uint32_t i = 0; i < VIDEO_MODES_MAX; i++)
        add((uint16_t)(320 + i), 200, 16);
    count = video_modes_sort(modes, count, &anything, 0, 0);
    assert_int_equal(count, VIDEO_MODES_MAX);
    for (uint32_t i = 1; i < count; i++)
        assert_true(modes[i - 1].width > modes[i].width);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_mode),
        cmocka_unit_test(linear_fields_of_vbe_3),
        cmocka_unit_test(refused_modes),
        cmocka_unit_test(fifteen_bits_by_either_name),
        cmocka_unit_test(without_a_monitors_answer),
        cmocka_unit_test(the_monitors_own_mode),
        cmocka_unit_test(the_largest_that_fits_the_monitor),
        cmocka_unit_test(the_users_wish),
        cmocka_unit_test(words_of_video),
        cmocka_unit_test(a_full_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
