/* What is guessed of a text's indentation. */
/* links: user/libui/text_buffer.c */
#include "user/apps/editor/indent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect(int spaces, const char *path, const char *text)
{
    struct text_buffer *buffer = text_buffer_new();
    assert_non_null(buffer);
    assert_int_equal(text_buffer_load(buffer, text, strlen(text)), 0);
    assert_int_equal(indent_guess(buffer, path), spaces);
    text_buffer_end(buffer);
}

static void test_guesses(void **state)
{
    expect(4, "a.c", "");
    expect(4, "a.c", "int a;\n\n");
    expect(0, "a.c", "a\n\tb\n\t\tc\n  d\n");
    expect(2, "a.c", "a\n  b\n    c\n  d\ne\n");
    expect(4, "a.c", "a\r\n    b\r\n        c\r\n\r\n        d\r\ne\r\n");
    expect(8, "a.c", "/*\n * a\n * b\n * c\n */\na\n        b\nc\n");
    expect(3, "a.c", "a\n   b\n      c\n   \n      d\ne");
    expect(0, "/src/Makefile", "all: a\n");
    expect(0, "a.mk", "");
    expect(2, "a.mk", "a\n  b\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_guesses) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
