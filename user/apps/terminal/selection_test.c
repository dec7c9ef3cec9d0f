/* links: user/apps/terminal/vt.c user/apps/terminal/vt_modes.c user/apps/terminal/vt_keys.c lib/utf8.c */
/* links: user/apps/terminal/grid.c user/apps/terminal/line.c user/apps/terminal/parser.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/apps/terminal/selection.h"

#define FIRST 100 /* the line of row 0 */

static struct vt *make(const char *text)
{
    const struct vt_hooks hooks = {0};
    struct vt *vt = vt_new(20, 4, &hooks, NULL);

    vt_write(vt, text, strlen(text));
    return vt;
}

static void expect(const char *text, struct place from, struct place to, enum selection_unit unit,
                   const char *wanted)
{
    struct vt *vt = make(text);
    struct selection selection;
    size_t size = 0;

    selection_start(&selection, from, unit);
    selection_extend(&selection, to);
    char *found = selection_text(&selection, vt, FIRST, &size);

    assert_string_equal(found ? found : "", wanted);
    assert_int_equal(size, strlen(wanted));
    free(found);
    vt_free(vt);
}

static void test_cells(void **state)
{
    struct place start = {FIRST, 2}, end = {FIRST, 7}, next = {FIRST + 1, 3};

    (void)state;
    expect("hello world", start, end, SELECT_CELLS, "llo w");
    expect("hello world", end, start, SELECT_CELLS, "llo w");
    expect("hello\r\nworld", start, next, SELECT_CELLS, "llo\nwor");
    expect("hello", start, start, SELECT_CELLS, "");
    expect("漢字", (struct place){FIRST, 0}, (struct place){FIRST, 4}, SELECT_CELLS, "漢字");
}

static void test_a_long_line_is_one(void **state)
{
    (void)state;
    expect("0123456789012345678901234\r\nx", (struct place){FIRST, 18}, (struct place){FIRST + 2, 1},
           SELECT_CELLS, "8901234\nx");
    expect("0123456789012345678901234\r\nx", (struct place){FIRST + 1, 1}, (struct place){FIRST + 1, 1},
           SELECT_LINES, "0123456789012345678901234");
}

static void test_words(void **state)
{
    (void)state;
    expect("see /usr/bin/ls (x)", (struct place){FIRST, 6}, (struct place){FIRST, 6}, SELECT_WORDS,
           "/usr/bin/ls");
    expect("see /usr/bin/ls (x)", (struct place){FIRST, 1}, (struct place){FIRST, 6}, SELECT_WORDS,
           "see /usr/bin/ls");
    expect("año él", (struct place){FIRST, 1}, (struct place){FIRST, 1}, SELECT_WORDS, "año");
}

static void test_lines_that_went_by_and_places_that_are_nowhere(void **state)
{
    (void)state;
    expect("1\r\n2\r\n3\r\n4\r\n5\r\n6", (struct place){FIRST - 1, 0}, (struct place){FIRST, 20},
           SELECT_CELLS, "2\n3");
    expect("1\r\n2\r\n3\r\n4\r\n5\r\n6", (struct place){-5, 7}, (struct place){9999, 0}, SELECT_CELLS,
           "1\n2\n3\n4\n5\n6");
}

static void test_find(void **state)
{
    struct vt *vt = make("Alpha\r\nbeta\r\ngamma\r\nalphabet\r\nñandú\r\nlast alpha");
    struct selection found = {0};
    struct place end = {FIRST + 3, 20}, start = {FIRST - 2, 0};

    (void)state;
    assert_true(terminal_find(vt, FIRST, "alpha", end, true, &found));
    assert_true(found.from.line == FIRST + 3 && found.from.column == 5 && found.to.column == 10);
    assert_true(terminal_find(vt, FIRST, "alpha", (struct place){FIRST + 3, 4}, true, &found));
    assert_true(found.from.line == FIRST + 1 && found.from.column == 0);
    assert_true(terminal_find(vt, FIRST, "alpha", start, false, &found));
    assert_int_equal(found.from.line, FIRST - 2);
    assert_true(terminal_find(vt, FIRST, "Alpha", end, true, &found));
    assert_int_equal(found.from.line, FIRST - 2);
    assert_true(terminal_find(vt, FIRST, "ñandú", end, true, &found));
    assert_false(terminal_find(vt, FIRST, "ALPHA", end, true, &found));
    assert_false(terminal_find(vt, FIRST, "", end, true, &found));
    vt_free(vt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_a_long_line_is_one),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_lines_that_went_by_and_places_that_are_nowhere),
        cmocka_unit_test(test_find),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
