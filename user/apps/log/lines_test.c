/* links: user/apps/system/figures.c user/apps/system/text.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/apps/log/lines.h"

static const char sample[] = "[   0.121472] kernel: FastOS on QEMU\n[   0.195000] ata0: warning: slow\n"
                             "[   0.195001] ata1: gone\n[   0.204686] keyboard: error: no answer\n";

static int take(struct log_lines *lines, const char *text)
{
    return log_lines_take(lines, piece_of(text));
}

static void adds_what_is_new(void **state)
{
    struct log_lines lines = {0};

    (void)state;
    assert_int_equal(take(&lines, sample), 4);
    assert_int_equal(take(&lines, sample), 0);
    assert_int_equal(take(&lines, "[   0.195001] ata1: gone\n[   0.204686] keyboard: error: no answer\n"
                                  "[   1.000000] fs: ready\n[   1.2] half"), 1);
    assert_string_equal(lines.at[4].bytes, "[   1.000000] fs: ready");
    /* The ring went on: its first line is cut, the others are known. */
    assert_int_equal(
        take(&lines, "6] keyboard: error: no answer\n[   1.000000] fs: ready\n[   2.000000] x: y\n"), 1);
    assert_int_equal(lines.count, 6);
    log_lines_free(&lines);
}

static void knows_twins(void **state)
{
    struct log_lines lines = {0};

    (void)state;
    assert_int_equal(take(&lines, "[1.000000] a: b\n[2.000000] x: y\n[2.000000] x: y\n"), 3);
    assert_int_equal(take(&lines, "[1.000000] a: b\n[2.000000] x: y\n[2.000000] x: y\n[2.000000] x: y\n"), 1);
    log_lines_free(&lines);
}

static void passes_over_what_was_lost(void **state)
{
    struct log_lines lines = {0};

    (void)state;
    assert_int_equal(take(&lines, sample), 4);
    assert_int_equal(take(&lines, "] cut: line\n[   9.000000] new: begins here\n"), 1);
    assert_string_equal(lines.at[4].bytes, "[   9.000000] new: begins here");
    assert_int_equal(take(&lines, ""), 0);
    assert_int_equal(take(&lines, "no break"), 0);
    log_lines_free(&lines);
}

static void filters(void **state)
{
    struct log_lines lines = {0};
    struct log_view view = {0};
    struct log_filter filter = {.level = LOG_LEVEL_INFO};
    struct text text = {0};

    (void)state;
    take(&lines, sample);
    log_view_make(&view, &lines, &filter);
    assert_int_equal(view.count, 4);
    filter.level = LOG_LEVEL_WARNING;
    log_view_make(&view, &lines, &filter);
    assert_int_equal(view.count, 2);
    filter.level = LOG_LEVEL_ERROR;
    log_view_make(&view, &lines, &filter);
    assert_int_equal(view.count, 1);
    assert_int_equal(view.at[0], 3);
    filter = (struct log_filter){.area = "ata", .level = LOG_LEVEL_INFO};
    log_view_make(&view, &lines, &filter);
    assert_int_equal(view.count, 2);
    log_view_print(&view, &lines, &text);
    assert_string_equal(text.at, "[   0.195000] ata0: warning: slow\n[   0.195001] ata1: gone\n");
    filter = (struct log_filter){.area = "ata1", .level = LOG_LEVEL_INFO};
    log_view_make(&view, &lines, &filter);
    assert_int_equal(view.count, 1);
    filter = (struct log_filter){.text = "qemu", .level = LOG_LEVEL_INFO};
    log_view_make(&view, &lines, &filter);
    assert_int_equal(view.count, 1);
    text_free(&text);
    log_view_free(&view);
    log_lines_free(&lines);
}

static void lists_areas(void **state)
{
    struct log_lines lines = {0};
    char areas[8][24];

    (void)state;
    take(&lines, sample);
    take(&lines,
         "[   0.204686] keyboard: error: no answer\n[   3.000000] ata0: again\nno area\n[4.0] 99: n\n");
    assert_int_equal(log_areas(&lines, areas, 8), 4);
    assert_string_equal(areas[0], "99");
    assert_string_equal(areas[1], "ata");
    assert_string_equal(areas[2], "kernel");
    assert_string_equal(areas[3], "keyboard");
    assert_int_equal(log_areas(&lines, areas, 2), 2);
    log_lines_free(&lines);
}

static void forgets_the_oldest(void **state)
{
    struct log_lines lines = {0};
    struct text text = {0};

    (void)state;
    for (unsigned i = 0; i < LOG_LINES_MOST + 10; i++)
        text_print(&text, "[%u.000000] a: b\n", i);
    assert_int_equal(log_lines_take(&lines, text_piece(&text)), LOG_LINES_MOST + 10);
    assert_int_equal(lines.forgotten, LOG_LINES_MOST / 2);
    assert_int_equal(lines.count, LOG_LINES_MOST / 2 + 10);
    assert_string_equal(lines.at[0].bytes, "[10000.000000] a: b");
    assert_int_equal(log_lines_take(&lines, text_piece(&text)), 0);
    text_free(&text);
    log_lines_free(&lines);
}

static void cuts_long_lines_and_bears_any_bytes(void **state)
{
    struct log_lines lines = {0};
    struct text text = {0};
    uint32_t random = 3;

    (void)state;
    text_print(&text, "[1.000000] a: ");
    for (unsigned i = 0; i < 2000; i++)
        text_add(&text, "x", 1);
    text_add(&text, "\n", 1);
    assert_int_equal(log_lines_take(&lines, text_piece(&text)), 1);
    assert_int_equal(strlen(lines.at[0].bytes), LOG_LINE_BYTES - 1);
    assert_int_equal(log_lines_take(&lines, text_piece(&text)), 0);
    for (unsigned round = 0; round < 300; round++) {
        text.size = 0;
        for (unsigned i = 0; i < 64; i++, random = random * 1664525 + 1013904223) {
            char byte = (char)(random >> 28 ? (random >> 20) & 0x7f : '\n');

            text_add(&text, &byte, 1);
        }
        assert_true(log_lines_take(&lines, text_piece(&text)) >= 0);
    }
    text_free(&text);
    log_lines_free(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_what_is_new),
        cmocka_unit_test(knows_twins),
        cmocka_unit_test(passes_over_what_was_lost),
        cmocka_unit_test(filters),
        cmocka_unit_test(lists_areas),
        cmocka_unit_test(forgets_the_oldest),
        cmocka_unit_test(cuts_long_lines_and_bears_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
