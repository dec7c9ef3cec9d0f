/* Colours of a changing text: after each change the states are those that lexing from the beginning gives. */
/* links: user/apps/editor/lexer.c user/apps/editor/lexer_c.c user/apps/editor/lexer_assembly.c */
/* links: user/apps/editor/lexer_shell.c user/apps/editor/lexer_markdown.c user/libui/text_buffer.c */
#include "user/apps/editor/colouring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct text_buffer *buffer;
static struct colouring *colouring;

static int start(void **state)
{
    buffer = text_buffer_new();
    colouring = buffer != NULL ? colouring_new(buffer) : NULL;
    return colouring != NULL ? 0 : -1;
}

static int end(void **state)
{
    colouring_end(colouring);
    text_buffer_end(buffer);
    return 0;
}

static unsigned random_below(unsigned most)
{
    static uint32_t seed = 1;
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % most;
}

static size_t random_text(char *to, unsigned most)
{
    static const char *const parts[] = { "/*", "*/", "\"", "'", "\\\n", "\n", "\n", "\n", "int a", "<<E",
                                         "\nE\n", "```c\n", "```\n", "~~~sh\n", "~~~\n", "<!--", "-->",
                                         "# ", "$(", " " };
    size_t size = 0;
    for (unsigned i = random_below(most); i > 0; i--) {
        const char *part = parts[random_below(sizeof(parts) / sizeof(parts[0]))];
        memcpy(to + size, part, strlen(part));
        size += strlen(part);
    }
    return size;
}

static void reach(size_t line)
{
    uint8_t styles[1];
    while (!colouring_line(colouring, line, styles, 0))
        colouring_step(colouring);
}

/* All states that are said to be right are, and up to `last` they are known. */
static void expect_right(enum language language, size_t last)
{
    uint64_t wanted = 0, got;
    for (size_t line = 0; line < text_buffer_lines(buffer); line++) {
        size_t size;
        bool known = colouring_state(colouring, line, &got);
        assert_true(known || line > last);
        if (known && got != wanted)
            fail_msg("line %zu: state %llx, wanted %llx", line, (unsigned long long)got,
                     (unsigned long long)wanted);
        const char *text = text_buffer_line(buffer, line, &size);
        wanted = lexer_line(language, wanted, text, size, NULL);
    }
}

static void change_somewhere(void)
{
    char text[256];
    size_t at = random_below((unsigned)text_buffer_size(buffer) + 1), removed = random_below(30);
    if (random_below(5) == 0)
        text_buffer_undo(buffer, NULL);
    else
        text_buffer_replace(buffer, at, removed, text, random_text(text, random_below(3) > 0 ? 3 : 30));
}

static void test_changes_give_what_the_whole_text_does(void **state)
{
    char text[8192];
    for (unsigned round = 0; round < 200; round++) {
        enum language language = LANGUAGE_C + round % (LANGUAGES - LANGUAGE_C);
        text_buffer_load(buffer, text, random_text(text, 1000));
        colouring_set_language(colouring, language);
        for (unsigned i = 0; i < 60; i++) {
            size_t lines = text_buffer_lines(buffer), line = random_below((unsigned)lines);
            if (random_below(2) > 0)
                reach(line);
            change_somewhere();
            expect_right(language, 0);
            if (random_below(3) == 0) {
                reach(text_buffer_lines(buffer) - 1);
                expect_right(language, text_buffer_lines(buffer) - 1);
            }
        }
    }
}

static void test_a_letter_costs_no_whole_text(void **state)
{
    size_t size = 1u << 20;
    char *text = malloc(size);
    uint64_t ignored;
    assert_non_null(text);
    memset(text, '\n', size);
    assert_int_equal(text_buffer_load(buffer, text, size), 0);
    free(text);
    colouring_set_language(colouring, LANGUAGE_C);
    reach(size);
    text_buffer_insert(buffer, 3, "int", 3);
    reach(10);
    assert_true(colouring_state(colouring, size, &ignored)); /* known all the way: it was not lexed again */
    text_buffer_insert(buffer, 3, "/*", 2);
    reach(10);
    assert_false(colouring_state(colouring, size, &ignored));
    reach(size);
    assert_true(colouring_state(colouring, size, &ignored));
}

static void test_far_away_takes_slices(void **state)
{
    size_t size = 4u << 20, slices = 0;
    char *text = malloc(size);
    uint8_t styles[1];
    assert_non_null(text);
    memset(text, 'x', size);
    for (size_t i = 63; i < size; i += 64)
        text[i] = '\n';
    assert_int_equal(text_buffer_load(buffer, text, size), 0);
    free(text);
    colouring_set_language(colouring, LANGUAGE_C);
    assert_false(colouring_line(colouring, size / 64, styles, 0));
    while (colouring_step(colouring))
        slices++;
    assert_in_range(slices, 30, 200);
    assert_true(colouring_line(colouring, size / 64, styles, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_changes_give_what_the_whole_text_does, start, end),
        cmocka_unit_test_setup_teardown(test_a_letter_costs_no_whole_text, start, end),
        cmocka_unit_test_setup_teardown(test_far_away_takes_slices, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
