/* Finding: what fits and what does not; that slices and changes of the text find what a new search does. */
/* links: user/libui/text_buffer.c */
#include "user/apps/editor/search.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct text_buffer *buffer;
static struct search *search;

static int start(void **state)
{
    buffer = text_buffer_new();
    search = search_new(buffer);
    return buffer == NULL || search == NULL ? -1 : 0;
}

static int end(void **state)
{
    search_end(search);
    text_buffer_end(buffer);
    return 0;
}

static void load(const char *text)
{
    assert_int_equal(text_buffer_load(buffer, text, strlen(text)), 0);
}

static void find(const char *what, struct search_options options)
{
    assert_int_equal(search_set(search, what, options), 0);
    while (search_step(search))
        continue;
}

/* The matches' places, as "0 4 9". */
static void expect(const char *what, struct search_options options, const char *places)
{
    char got[256] = "";
    find(what, options);
    for (size_t i = 0; i < search_count(search); i++)
        sprintf(got + strlen(got), "%s%u", i > 0 ? " " : "", search_match(search, i).at);
    assert_string_equal(got, places);
}

static void test_plain(void **state)
{
    load("cat Cat cats\r\nconcat cat\ncat");
    expect("cat", (struct search_options){ 0 }, "0 4 8 17 21 25");
    expect("cat", (struct search_options){ .match_case = true }, "0 8 17 21 25");
    expect("CAT", (struct search_options){ .word = true }, "0 4 21 25");
    expect("cats\r", (struct search_options){ 0 }, "");
    expect("t\nc", (struct search_options){ 0 }, "");
    expect("", (struct search_options){ 0 }, "");
    load("aaaaa");
    expect("aa", (struct search_options){ 0 }, "0 2");
    load("");
    expect("a", (struct search_options){ 0 }, "");
}

static void test_letters_of_latin1_are_alike(void **state)
{
    load("Ñandú ñandÚ × ÷");
    expect("ñANDÚ", (struct search_options){ 0 }, "0 8");
    expect("ñandÚ", (struct search_options){ .match_case = true }, "8");
    expect("×", (struct search_options){ 0 }, "16");
    expect("andú", (struct search_options){ .word = true }, "");
}

static void test_expressions(void **state)
{
    load("one1\r\ntwo22\nx\n");
    expect("[0-9]+$", (struct search_options){ .regex = true }, "3 9");
    expect("^[a-z]", (struct search_options){ .regex = true }, "0 6 12");
    expect("O|W", (struct search_options){ .regex = true }, "0 7 8");
    expect("O|W", (struct search_options){ .regex = true, .match_case = true }, "");
    expect("q*", (struct search_options){ .regex = true }, ""); /* matches nothing, everywhere */
    expect("t?wo", (struct search_options){ .regex = true, .word = true }, "");
    assert_int_equal(search_set(search, "(", (struct search_options){ .regex = true }), -EINVAL);
    assert_true(strlen(search_wrong(search)) > 0);
    assert_true(search_done(search));
    assert_int_equal(search_count(search), 0);
}

static void test_monstrous_patterns_are_refused(void **state)
{
    char what[SEARCH_WHAT + 1];
    assert_int_equal(search_set(search, "((a{255}){255}){255}", (struct search_options){ .regex = true }),
                     -EINVAL);
    assert_int_equal(search_set(search, "a{99999999999999999999}", (struct search_options){ .regex = true }),
                     -EINVAL);
    memset(what, 'a', SEARCH_WHAT);
    what[SEARCH_WHAT] = 0;
    assert_int_equal(search_set(search, what, (struct search_options){ 0 }), -E2BIG);
}

static void test_slices_find_the_same(void **state)
{
    size_t size = 3000000, count = 0, steps = 0;
    char *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, '.', size);
    for (size_t i = 0; i + 6 < size; i += 9973, count++)
        memcpy(text + i, "needle", 6);
    text[size] = 0;
    for (int lines = 0; lines < 2; lines++) { /* all in one line, then in some */
        for (size_t i = 100; lines && i < size; i += 9973)
            text[i] = '\n';
        load(text);
        assert_int_equal(search_set(search, "Needle", (struct search_options){ 0 }), 0);
        assert_false(search_passed(search, 1));
        for (steps = 1; search_step(search); steps++)
            continue;
        assert_int_equal(search_count(search), count);
        assert_in_range(steps, 5, 100);
        for (size_t i = 0; i < count; i++)
            assert_int_equal(search_match(search, i).at, i * 9973);
    }
    free(text);
}

static unsigned random_below(unsigned most)
{
    static uint32_t seed = 4711;
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % most;
}

static size_t random_text(char *to, size_t most)
{
    size_t size = random_below((unsigned)most);
    for (size_t i = 0; i < size; i++)
        to[i] = "aabAB\n\r_. "[random_below(10)];
    return size;
}

static void expect_as_new(const char *what, struct search_options options)
{
    struct search *other = search_new(buffer);
    assert_non_null(other);
    assert_int_equal(search_set(other, what, options), 0);
    while (search_step(other))
        continue;
    assert_int_equal(search_count(search), search_count(other));
    for (size_t i = 0; i < search_count(other); i++) {
        struct match one = search_match(search, i), two = search_match(other, i);
        assert_memory_equal(&one, &two, sizeof(one));
    }
    search_end(other);
}

static void change_somewhere(void)
{
    char text[64];
    size_t size = random_text(text, 40), at = random_below((unsigned)text_buffer_size(buffer) + 1);
    switch (random_below(4)) {
    case 0:
        text_buffer_undo(buffer, NULL);
        break;
    case 1:
        text_buffer_remove(buffer, at, random_below(60));
        break;
    default:
        text_buffer_replace(buffer, at, random_below(20), text, size);
    }
}

static void test_changes_find_what_a_new_search_does(void **state)
{
    static const char *const patterns[] = { "a", "ab", "AA", "b.", "_" };
    char text[3000];
    for (unsigned round = 0; round < 60; round++) {
        struct search_options options = { round & 1, round & 2, round & 4 };
        const char *what = patterns[round % 5];
        text_buffer_load(buffer, text, random_text(text, sizeof(text)));
        assert_int_equal(search_set(search, what, options), 0);
        for (unsigned i = 0; i < 60; i++) {
            if (random_below(3) > 0) /* a change may also come before all was looked at */
                search_step(search);
            change_somewhere();
            if (random_below(2) > 0)
                continue;
            while (search_step(search))
                continue;
            expect_as_new(what, options);
        }
    }
}

static void test_replace_all_is_one_step(void **state)
{
    char got[64];
    size_t cursor = 9;
    load("a cat, a cat\na dog");
    find("a", (struct search_options){ .word = true });
    assert_int_equal(search_replace_all(search, "one", 3, &cursor), 3);
    assert_int_equal(text_buffer_copy(buffer, 0, sizeof(got), got), 24);
    assert_memory_equal(got, "one cat, one cat\none dog", 24);
    assert_int_equal(cursor, 13); /* before the second cat, as it was */
    while (search_step(search))
        continue;
    assert_int_equal(search_count(search), 0);
    assert_true(text_buffer_undo(buffer, NULL));
    assert_false(text_buffer_can_undo(buffer));
    assert_int_equal(text_buffer_copy(buffer, 0, sizeof(got), got), 18);
    assert_memory_equal(got, "a cat, a cat\na dog", 18);
    assert_int_equal(search_count(search), 3);
    find("zebra", (struct search_options){ 0 });
    assert_int_equal(search_replace_all(search, "", 0, &cursor), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_plain, start, end),
        cmocka_unit_test_setup_teardown(test_letters_of_latin1_are_alike, start, end),
        cmocka_unit_test_setup_teardown(test_expressions, start, end),
        cmocka_unit_test_setup_teardown(test_monstrous_patterns_are_refused, start, end),
        cmocka_unit_test_setup_teardown(test_slices_find_the_same, start, end),
        cmocka_unit_test_setup_teardown(test_changes_find_what_a_new_search_does, start, end),
        cmocka_unit_test_setup_teardown(test_replace_all_is_one_step, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
