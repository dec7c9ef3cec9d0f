/* boot.cfg: what it means, and what bad lines do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "stage2/config.h"

static struct config config;

/* From a buffer of exactly that size, so that the sanitizer sees every byte too many. */
static void parse(const char *text)
{
    size_t size = strlen(text);
    char *copy = malloc(size ? size : 1);

    assert_non_null(copy);
    memcpy(copy, text, size);
    config_parse(copy, size, &config);
    free(copy);
}

static void expect_error(uint32_t line, const char *part)
{
    assert_true(config.errors > 0);
    assert_int_equal(config.error_line, line);
    assert_non_null(strstr(config.error, part));
}

static void expect_defaults(void)
{
    assert_string_equal(config.kernel, "/boot/kernel.elf");
    assert_string_equal(config.cmdline, "");
    assert_false(config.menu);
    assert_int_equal(config.timeout_s, 5);
    assert_int_equal(config.entry_count, 0);
}

static void empty_file_is_the_defaults(void **state)
{
    parse("");
    expect_defaults();
    assert_int_equal(config.errors, 0);
    parse("\n\r\n   \n# a comment\n  # another = one");
    expect_defaults();
    assert_int_equal(config.errors, 0);
}

static void general_settings(void **state)
{
    parse("kernel=/boot/other.elf\r\n\tcmdline =  console=serial log=debug  \nmenu = "
          "yes\ntimeout=30");
    assert_int_equal(config.errors, 0);
    assert_string_equal(config.kernel, "/boot/other.elf");
    assert_string_equal(config.cmdline, "console=serial log=debug");
    assert_true(config.menu);
    assert_int_equal(config.timeout_s, 30);
}

static void entries(void **state)
{
    parse("cmdline = a\n[ First one ]\ncmdline = b\n[Second]\nkernel = /k\ncmdline = c=d\n");
    assert_int_equal(config.errors, 0);
    assert_string_equal(config.cmdline, "a");
    assert_int_equal(config.entry_count, 2);
    assert_string_equal(config.entries[0].title, "First one");
    assert_string_equal(config.entries[0].cmdline, "b");
    assert_string_equal(config.entries[0].kernel, "");
    assert_string_equal(config.entries[1].kernel, "/k");
    assert_string_equal(config.entries[1].cmdline, "c=d");
}

static void bad_lines_are_named_and_left_out(void **state)
{
    static const struct {
        const char *text;
        uint32_t line;
        const char *part;
    } cases[] = {
        {"menu = yes\nnonsense\n", 2, "nonsense"},
        {"colour = red\n", 1, "colour"},
        {"menu = perhaps\n", 1, "perhaps"},
        {"timeout = soon\n", 1, "soon"},
        {"timeout = \n", 1, "timeout"},
        {"timeout = 3601\n", 1, "3601"},
        {"timeout = 99999999999999999999\n", 1, "timeout"},
        {"kernel = relative.elf\n", 1, "relative.elf"},
        {"kernel =\n", 1, "kernel"},
        {"\n\n[no end\n", 3, "[no end"},
        {"[]\n", 1, "title"},
        {"[a title that is longer than thirty-nine bytes are]\n", 1, "title"},
        {"[a]\nmenu = yes\n", 2, "menu"},
        {"= nothing\n", 1, "no such setting"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        parse(cases[i].text);
        expect_error(cases[i].line, cases[i].part);
        assert_string_equal(config.kernel, "/boot/kernel.elf");
        assert_int_equal(config.timeout_s, 5);
    }
    parse("nonsense\ncmdline = x\nmore\n");
    assert_int_equal(config.errors, 2);
    assert_string_equal(config.cmdline, "x");
}

static void settings_of_a_refused_entry_go_nowhere(void **state)
{
    parse("cmdline = mine\n[bad\ncmdline = theirs\n");
    assert_string_equal(config.cmdline, "mine");
    assert_int_equal(config.entry_count, 0);
}

static void at_most_five_entries(void **state)
{
    parse("[1]\n[2]\n[3]\n[4]\n[5]\n[6]\ncmdline = six\n");
    assert_int_equal(config.entry_count, 5);
    expect_error(6, "6");
    assert_string_equal(config.entries[4].cmdline, "");
}

static void binary_file_is_refused_whole(void **state)
{
    config_parse("menu = yes\ntime\0out", 19, &config);
    expect_error(2, "byte 00 at offset 15");
    expect_defaults();
    config_parse("\x7f"
                 "ELF",
                 4, &config);
    expect_error(1, "byte 7f at offset 0");
}

static void too_long_command_line(void **state)
{
    char text[700];

    memset(text, 'x', sizeof(text));
    memcpy(text, "cmdline=", 8);
    config_parse(text, 8 + BOOT_CMDLINE_MAX - 1, &config);
    assert_int_equal(config.errors, 0);
    assert_int_equal(strlen(config.cmdline), BOOT_CMDLINE_MAX - 1);
    config_parse(text, 8 + BOOT_CMDLINE_MAX, &config);
    expect_error(1, "cmdline");
    assert_string_equal(config.cmdline, "");
}

static void appending_words(void **state)
{
    static char cmdline[BOOT_CMDLINE_MAX], words[BOOT_CMDLINE_MAX];

    assert_true(cmdline_append(cmdline, ""));
    assert_string_equal(cmdline, "");
    assert_true(cmdline_append(cmdline, "a"));
    assert_true(cmdline_append(cmdline, "b=c"));
    assert_string_equal(cmdline, "a b=c");
    memset(words, 'w', BOOT_CMDLINE_MAX - 6); /* with the space: one byte too many */
    assert_false(cmdline_append(cmdline, words));
    assert_string_equal(cmdline, "a b=c");
    words[BOOT_CMDLINE_MAX - 1 - 6] = 0;
    assert_true(cmdline_append(cmdline, words));
    assert_int_equal(strlen(cmdline), BOOT_CMDLINE_MAX - 1);
    assert_false(cmdline_append(cmdline, "x"));
    assert_int_equal(strlen(cmdline), BOOT_CMDLINE_MAX - 1);
}

/* Any bytes: no overrun (the sanitizer), every string terminated. */
static void random_files(void **state)
{
    static const char alphabet[] = "[]=#\n\r\t kernlcmditou/yes0123456789\x01\xff";
    char text[300];

    srand(1);
    for (int round = 0; round < 20000; round++) {
        size_t size = (size_t)rand() % sizeof(text);
        for (size_t i = 0; i < size; i++)
            text[i] = alphabet[(size_t)rand() % (sizeof(alphabet) - 1)];
        char *copy = malloc(size ? size : 1);
        assert_non_null(copy);
        memcpy(copy, text, size);
        config_parse(copy, size, &config);
        free(copy);
        assert_true(strnlen(config.kernel, CONFIG_PATH_MAX) < CONFIG_PATH_MAX);
        assert_true(strnlen(config.error, sizeof(config.error)) < sizeof(config.error));
        assert_true(config.entry_count <= CONFIG_ENTRIES_MAX);
        assert_true(config.timeout_s <= CONFIG_TIMEOUT_MAX);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_file_is_the_defaults),
        cmocka_unit_test(general_settings),
        cmocka_unit_test(entries),
        cmocka_unit_test(bad_lines_are_named_and_left_out),
        cmocka_unit_test(settings_of_a_refused_entry_go_nowhere),
        cmocka_unit_test(at_most_five_entries),
        cmocka_unit_test(binary_file_is_refused_whole),
        cmocka_unit_test(too_long_command_line),
        cmocka_unit_test(appending_words),
        cmocka_unit_test(random_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
