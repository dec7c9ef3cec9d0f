/* EDID: a monitor's real layout, the nonsense of BIOSes, and every single damaged byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/edid.h"
#include "lib/errno.h"

static uint8_t *block; /* exactly 128 bytes */

static void seal(void)
{
    uint8_t sum = 0;

    for (int i = 0; i < 127; i++)
        sum = (uint8_t)(sum + block[i]);
    block[127] = (uint8_t)-sum;
}

static void put_timing(unsigned clock, unsigned width, unsigned lines)
{
    uint8_t *timing = block + 54;

    timing[0] = (uint8_t)clock;
    timing[1] = (uint8_t)(clock >> 8);
    timing[2] = (uint8_t)width;
    timing[4] = (uint8_t)(width >> 8 << 4 | 5); /* the lower half is the blanking's */
    timing[5] = (uint8_t)lines;
    timing[7] = (uint8_t)(lines >> 8 << 4 | 9);
    seal();
}

static int setup(void **state)
{
    static const uint8_t header[] = {0, 255, 255, 255, 255, 255, 255, 0};

    block = calloc(128, 1);
    if (block == NULL)
        return 1;
    memcpy(block, header, sizeof(header));
    block[18] = 1;
    block[19] = 3;
    put_timing(14850, 1920, 1080);
    return 0;
}

static int teardown(void **state)
{
    free(block);
    return 0;
}

static void the_preferred_mode(void **state)
{
    static const unsigned modes[][2] = {{1920, 1080}, {1366, 768}, {1024, 768}, {640, 480},
                                        {4095, 4095}, {1, 1}, {256, 256}, {3840, 2160}};
    uint32_t width, height;

    for (int i = 0; i < 8; i++) {
        put_timing(6500, modes[i][0], modes[i][1]);
        assert_int_equal(edid_preferred(block, &width, &height), 0);
        assert_int_equal(width, modes[i][0]);
        assert_int_equal(height, modes[i][1]);
    }
}

static void interlaced_lines_count_twice(void **state)
{
    uint32_t width, height;

    put_timing(7425, 1920, 540);
    block[54 + 17] = 0x80;
    seal();
    assert_int_equal(edid_preferred(block, &width, &height), 0);
    assert_int_equal(height, 1080);
}

static void answers_of_bioses_that_have_none(void **state)
{
    uint32_t width = 7, height = 7;

    memset(block, 0xff, 128);
    assert_int_equal(edid_preferred(block, &width, &height), -EINVAL);
    memset(block, 0, 128);
    assert_int_equal(edid_preferred(block, &width, &height), -EINVAL);
    assert_int_equal(width, 7);
    assert_int_equal(height, 7);
}

static void a_damaged_byte_is_seen(void **state)
{
    uint32_t width, height;

    for (int i = 0; i < 128; i++) {
        block[i] ^= 0x10;
        assert_int_equal(edid_preferred(block, &width, &height), -EINVAL);
        block[i] ^= 0x10;
    }
    for (int i = 0; i < 8; i++) { /* a wrong header under a right checksum */
        block[i] ^= 1;
        seal();
        assert_int_equal(edid_preferred(block, &width, &height), -EINVAL);
        block[i] ^= 1;
        seal();
    }
    assert_int_equal(edid_preferred(block, &width, &height), 0);
}

static void no_timing_or_an_empty_one(void **state)
{
    uint32_t width, height;

    put_timing(0, 1920, 1080);
    assert_int_equal(edid_preferred(block, &width, &height), -EINVAL);
    put_timing(0x100, 0, 1080);
    assert_int_equal(edid_preferred(block, &width, &height), -EINVAL);
    put_timing(0x100, 1920, 0);
    assert_int_equal(edid_preferred(block, &width, &height), -EINVAL);
    put_timing(0x100, 1920, 1080);
    assert_int_equal(edid_preferred(block, &width, &height), 0);
    block[18] = 2; /* EDID 2.0 has another layout */
    seal();
    assert_int_equal(edid_preferred(block, &width, &height), -EINVAL);
}

#define with_block(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_block(the_preferred_mode),
        with_block(interlaced_lines_count_twice),
        with_block(answers_of_bioses_that_have_none),
        with_block(a_damaged_byte_is_seen),
        with_block(no_timing_or_an_empty_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
