/* The settings sector: round trip, and every way to be damaged. */
/* links: lib/crc32.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/errno.h"
#include "stage2/settings.h"

static const struct settings sample = {"Memory limit", "mem=64M log=debug"};

static uint8_t sector[SETTINGS_BYTES];
static struct settings settings;

static void round_trip(void **state)
{
    settings_encode(&sample, sector);
    assert_int_equal(settings_decode(sector, &settings), 0);
    assert_string_equal(settings.title, sample.title);
    assert_string_equal(settings.cmdline, sample.cmdline);
}

static void empty_or_foreign_sector(void **state)
{
    memset(sector, 0, sizeof(sector));
    assert_int_equal(settings_decode(sector, &settings), -ENOENT);
    memset(sector, 0xf6, sizeof(sector));
    assert_int_equal(settings_decode(sector, &settings), -ENOENT);
    assert_string_equal(settings.title, "");
}

static void every_flipped_bit_is_noticed(void **state)
{
    for (uint32_t bit = 0; bit < SETTINGS_BYTES * 8; bit++) {
        settings_encode(&sample, sector);
        sector[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_true(settings_decode(sector, &settings) < 0);
        assert_string_equal(settings.title, "");
        assert_string_equal(settings.cmdline, "");
    }
}

/* Sealed by somebody, but not text that ends. */
static void unterminated_text(void **state)
{
    struct settings bad;

    memset(&bad, 'a', sizeof(bad));
    bad.title[SETTINGS_TITLE_MAX - 1] = 0;
    bad.cmdline[SETTINGS_CMDLINE_MAX - 1] = 0;
    settings_encode(&bad, sector);
    assert_int_equal(settings_decode(sector, &settings), 0);
    bad = sample;
    bad.cmdline[3] = '\n';
    settings_encode(&bad, sector);
    assert_int_equal(settings_decode(sector, &settings), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(empty_or_foreign_sector),
        cmocka_unit_test(every_flipped_bit_is_noticed),
        cmocka_unit_test(unterminated_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
