/* The command line: words, quotes, the last one wins; sizes and their ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cmdline.h"
#include "lib/errno.h"

static void expect(const char *line, const char *name, const char *expected)
{
    char value[64] = "untouched";
    char *exact = strdup(line); /* the sanitizer sees a read behind the end */

    assert_non_null(exact);
    assert_int_equal(cmdline_get(exact, name, value, sizeof(value)), 0);
    assert_string_equal(value, expected);
    assert_true(cmdline_has(exact, name));
    free(exact);
}

static void expect_none(const char *line, const char *name)
{
    char value[16] = "untouched";

    assert_int_equal(cmdline_get(line, name, value, sizeof(value)), -ENOENT);
    assert_string_equal(value, "untouched");
    assert_false(cmdline_has(line, name));
}

static void names_and_values(void **state)
{
    expect("root=ram mem=64M quiet", "root", "ram");
    expect("root=ram mem=64M quiet", "mem", "64M");
    expect("root=ram mem=64M quiet", "quiet", "");
    expect("  \t root=ram\n", "root", "ram");
    expect("a=1\tb=2\rc=3\nd", "a", "1");
    expect("a=1\tb=2\rc=3\nd", "b", "2");
    expect("a=1\tb=2\rc=3\nd", "c", "3");
    expect("run=", "run", "");
    expect("a=b=c", "a", "b=c");
    expect("drv.keyboard=user", "drv.keyboard", "user");
}

static void what_is_not_there(void **state)
{
    expect_none("", "root");
    expect_none("   ", "root");
    expect_none("rootfs=1 aroot=2 x=root", "root");
    expect_none("roo", "root");
    expect_none("root=1", "");
    expect_none("=1", "");
    expect_none("a='root=1 root'", "root");
}

static void the_last_one_wins(void **state)
{
    expect("panic=halt panic=exit", "panic", "exit");
    expect("panic=halt panic", "panic", "");
}

static void quotes(void **state)
{
    expect("run='sum /boot/boot.cfg' quiet", "run", "sum /boot/boot.cfg");
    expect("run='sum /boot/boot.cfg' quiet", "quiet", "");
    expect("run=\"echo 'hi there'\" x", "run", "echo 'hi there'");
    expect("run='a \" b'", "run", "a \" b");
    expect("run=''", "run", "");
    expect("run='open to the end x=1", "run", "open to the end x=1");
    expect("run='a b'behind x=1", "run", "a b");
    expect("run='a b'behind x=1", "x", "1");
    expect("run=don't", "run", "don't"); /* a quote inside is a letter */
    expect("run='", "run", "");
}

static void a_value_too_long_is_cut_and_told(void **state)
{
    for (size_t size = 0; size < 8; size++) {
        char *value = malloc(size + 1);
        assert_non_null(value);
        value[size] = '#';
        assert_int_equal(cmdline_get("x name=abcdef y", "name", value, size),
                         size < 7 ? -ERANGE : 0);
        if (size > 0) {
            assert_memory_equal(value, "abcdef", size - 1);
            assert_int_equal(value[size - 1], '\0');
        }
        assert_int_equal(value[size], '#');
        free(value);
    }
}

static void sizes(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"0", 0},
                {"4096", 4096},
                {"64K", 65536},
                {"8M", 8 << 20},
                {"1G", 1 << 30},
                {"3g", 3ull << 30},
                {"0007m", 7 << 20},
                {"18446744073709551615", UINT64_MAX},
                {"18014398509481983K", UINT64_MAX - 1023},
                {"17179869183G", UINT64_MAX - (1 << 30) + 1}};
    static const char *const bad[] = {"", "K", "M8", "8MM", "8 M", " 8", "-1", "+1", "0x10", "1.5G",
                                      "8T", "8Kb", "99999999999999999999999x"};
    static const char *const large[] = {"18446744073709551616", "18014398509481984K",
                                        "17179869184G", "99999999999999999999999999999",
                                        "18446744073709551620", "184467440737095516150",
                                        "36893488147419103233"};
    uint64_t bytes;

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(parse_size(good[i].text, &bytes), 0);
        assert_true(bytes == good[i].bytes);
    }
    bytes = 7;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(parse_size(bad[i], &bytes), -EINVAL);
    for (size_t i = 0; i < sizeof(large) / sizeof(large[0]); i++)
        assert_int_equal(parse_size(large[i], &bytes), -ERANGE);
    assert_int_equal(bytes, 7);
}

static void names_are_told_one_by_one(void **state)
{
    static const char line[] = " one two='a b'  three.four=5 \"x\"";
    char name[8];

    assert_int_equal(cmdline_name(line, 0, name, sizeof(name)), 0);
    assert_string_equal(name, "one");
    assert_int_equal(cmdline_name(line, 1, name, sizeof(name)), 0);
    assert_string_equal(name, "two");
    assert_int_equal(cmdline_name(line, 2, name, sizeof(name)), -ERANGE);
    assert_string_equal(name, "three.f");
    assert_int_equal(cmdline_name(line, 3, name, sizeof(name)), 0);
    assert_int_equal(cmdline_name(line, 4, name, sizeof(name)), -ENOENT);
    assert_int_equal(cmdline_name("", 0, name, sizeof(name)), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_told_one_by_one),
        cmocka_unit_test(names_and_values),
        cmocka_unit_test(what_is_not_there),
        cmocka_unit_test(the_last_one_wins),
        cmocka_unit_test(quotes),
        cmocka_unit_test(a_value_too_long_is_cut_and_told),
        cmocka_unit_test(sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
