/* links: user/apps/system/processes.c user/apps/system/figures.c user/apps/system/text.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/apps/monitor/rows.h"

static struct process_row some[] = {
    {.figures = {.pid = 1, .name = "init", .state = 'S'}, .command = "/bin/init", .bytes = 92 * 1024},
    {.figures = {.pid = 4, .name = "desktop", .state = 'R', .nice = -5},
     .command = "/bin/desktop",
     .cpu_tenths = 18,
     .bytes = 9625 * 1024},
    {.figures = {.pid = 17, .name = "Terminal", .state = 'S'}, .command = "terminal -e sh", .cpu_tenths = 6},
    {.figures = {.pid = 19, .name = "files", .state = 'S'}, .command = "files", .cpu_tenths = 6},
};
static const struct processes list = {.at = some, .count = 4};

static void assert_order(struct rows *rows, enum row_column column, bool down, const int pids[4])
{
    rows->sorted = column;
    rows->down = down;
    rows_make(rows, &list);
    assert_int_equal(rows->count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(rows->at[i]->figures.pid, pids[i]);
}

static void sorts_by_each_column(void **state)
{
    struct rows rows = {0};

    (void)state;
    assert_order(&rows, ROW_PID, false, (const int[]){1, 4, 17, 19});
    assert_order(&rows, ROW_PID, true, (const int[]){19, 17, 4, 1});
    assert_order(&rows, ROW_CPU, true, (const int[]){4, 17, 19, 1});
    assert_order(&rows, ROW_CPU, false, (const int[]){1, 17, 19, 4});
    assert_order(&rows, ROW_NAME, false, (const int[]){4, 19, 1, 17});
    assert_order(&rows, ROW_MEMORY, true, (const int[]){4, 1, 17, 19});
    assert_order(&rows, ROW_NICE, false, (const int[]){4, 1, 17, 19});
    assert_order(&rows, ROW_STATE, false, (const int[]){4, 1, 17, 19});
    assert_order(&rows, ROW_COMMAND, false, (const int[]){4, 1, 19, 17});
    rows_free(&rows);
}

static void shows_what_is_asked_for(void **state)
{
    struct rows rows = {.filter = "TERM"};

    (void)state;
    rows_make(&rows, &list);
    assert_int_equal(rows.count, 1);
    assert_int_equal(rows_find(&rows, 17), 0);
    assert_int_equal(rows_find(&rows, 4), (size_t)-1);
    strcpy(rows.filter, "bin/");
    rows_make(&rows, &list);
    assert_int_equal(rows.count, 2);
    strcpy(rows.filter, "19");
    rows_make(&rows, &list);
    assert_int_equal(rows.count, 1);
    strcpy(rows.filter, "nothing of it");
    rows_make(&rows, &list);
    assert_int_equal(rows.count, 0);
    rows_free(&rows);
}

static void sorts_many(void **state)
{
    static struct process_row many[1000];
    const struct processes all = {.at = many, .count = 1000};
    struct rows rows = {.sorted = ROW_MEMORY};
    uint32_t random = 1;

    (void)state;
    for (int i = 0; i < 1000; i++, random = random * 1664525 + 1013904223)
        many[i] = (struct process_row){.figures.pid = i + 1, .bytes = random >> 26};
    rows_make(&rows, &all);
    assert_int_equal(rows.count, 1000);
    for (size_t i = 1; i < 1000; i++) {
        const struct process_row *a = rows.at[i - 1], *b = rows.at[i];

        assert_true(a->bytes < b->bytes || (a->bytes == b->bytes && a->figures.pid < b->figures.pid));
    }
    rows_free(&rows);
}

static void prints_cells(void **state)
{
    char cell[32];

    (void)state;
    rows_print(&some[0], ROW_MEMORY, cell, sizeof(cell));
    assert_string_equal(cell, "92 KB");
    rows_print(&some[1], ROW_MEMORY, cell, sizeof(cell));
    assert_string_equal(cell, "9.3 MB");
    rows_print(&some[1], ROW_CPU, cell, sizeof(cell));
    assert_string_equal(cell, "1.8 %");
    rows_print(&some[1], ROW_NICE, cell, sizeof(cell));
    assert_string_equal(cell, "-5");
    rows_print(&some[1], ROW_STATE, cell, sizeof(cell));
    assert_string_equal(cell, "R");
    rows_print(&some[2], ROW_COMMAND, cell, 16);
    assert_string_equal(cell, "terminal -e sh");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_by_each_column),
        cmocka_unit_test(shows_what_is_asked_for),
        cmocka_unit_test(sorts_many),
        cmocka_unit_test(prints_cells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
