/* links: lib/utf8.c */
/* Layouts from text: what lines say, and what is wrong with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/errno.h"
#include "lib/keyboard_layout.h"

static struct abi_layout layout;
static struct layout_fault fault;

static int parse(const char *text)
{
    return layout_parse(text_of(text, strlen(text)), &layout, &fault);
}

static void is_wrong(const char *text, unsigned line, const char *why)
{
    static const struct abi_layout empty;

    assert_int_equal(parse(text), -EINVAL);
    assert_int_equal(fault.line, line);
    if (!strstr(fault.why, why))
        fail_msg("\"%s\": \"%s\", not \"%s\"", text, fault.why, why);
    assert_memory_equal(&layout, &empty, sizeof(empty));
}

static void expect_key(unsigned code, unsigned a, unsigned b, unsigned c, unsigned d)
{
    assert_int_equal(layout.characters[code][0], a);
    assert_int_equal(layout.characters[code][1], b);
    assert_int_equal(layout.characters[code][2], c);
    assert_int_equal(layout.characters[code][3], d);
}

static void test_lines(void **state)
{
    (void)state;
    assert_int_equal(parse("# comment\n\n  3  3 # £ \\\r\n\te e\tE  €\n"
                           "0x73 / none U+e9 dead:acute\nspace space"), 0);
    expect_key(0x04, '3', '#', 0xa3, '\\');
    expect_key(0x12, 'e', 'E', 0x20ac, 0);
    expect_key(0x73, '/', 0, 0xe9, DEAD_FIRST + DEAD_ACUTE);
    expect_key(0x39, ' ', 0, 0, 0);
    assert_int_equal(layout.name[0], '\0');
    assert_int_equal(parse(""), 0);
    assert_int_equal(parse("a U"), 0);
    expect_key(0x1e, 'U', 0, 0, 0);
}

static void test_every_accent_has_a_name(void **state)
{
    (void)state;
    assert_int_equal(parse("1 dead:grave dead:acute dead:circumflex dead:tilde\n"
                           "2 dead:diaeresis dead:ring dead:cedilla dead:caron\n"
                           "3 dead:breve dead:macron dead:ogonek dead:doubleacute\n"
                           "4 dead:dot dead:stroke\n"), 0);
    for (unsigned i = 0; i < DEAD_KINDS; i++)
        assert_int_equal(layout.characters[2 + i / 4][i % 4], DEAD_FIRST + i);
}

static void test_what_is_wrong(void **state)
{
    (void)state;
    is_wrong("a a\nenter x", 2, "no key has this name");
    is_wrong("\n\n0x1d x", 3, "scan code");
    is_wrong("0x80 x", 1, "scan code");
    is_wrong("0x3b x", 1, "scan code");
    is_wrong("0xffffffff x", 1, "no key has this name");
    is_wrong("0x x", 1, "no key has this name");
    is_wrong("a", 1, "nothing that it types");
    is_wrong("a a A b B c", 1, "more than four");
    is_wrong("a a\nb b\n0x1e a", 3, "a line already");
    is_wrong("a dead:beef", 1, "no accent");
    is_wrong("a dead:", 1, "neither");
    is_wrong("a ab", 1, "neither");
    is_wrong("a U+", 1, "neither");
    is_wrong("a U+g", 1, "neither");
    is_wrong("a U+1234567", 1, "neither");
    is_wrong("a U+d800", 1, "no character of");
    is_wrong("a 😀", 1, "no character of");
    is_wrong("a U+1b", 1, "control");
    is_wrong("a \x7f", 1, "control");
    is_wrong("a \xff", 1, "neither");
    is_wrong("a \xc3", 1, "neither");
    is_wrong("a \xc3\xa1\xc3", 1, "neither");
    assert_int_equal(layout_parse(text_of("a \0", 3), &layout, &fault), -EINVAL);
    assert_int_equal(layout_parse(text_of("\0", 1), &layout, &fault), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_every_accent_has_a_name),
        cmocka_unit_test(test_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
