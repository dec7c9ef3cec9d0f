/* links: user/apps/system/figures.c user/apps/system/text.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/apps/system/processes.h"

static char folder[64];

static void put(int pid, const char *name, const char *bytes, size_t size)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%d", folder, pid);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%s/%d/%s", folder, pid, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
}

static void put_process(int pid, unsigned ticks, unsigned started)
{
    char stat[160];
    int size = snprintf(stat, sizeof(stat), "%d (p%d) R 1 1 1 0 0 0 0 0 0 0 %u 0 0 0 20 0 1 0 %u 4096 2\n",
                        pid, pid, ticks, started);

    put(pid, "stat", stat, (size_t)size);
    put(pid, "cmdline", "", 0);
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/processes.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static void finds_them_all(void **state)
{
    struct processes list = {0};

    (void)state;
    put_process(12, 100, 5);
    put_process(3, 1, 5);
    put(3, "cmdline", "ls\0-l\n\0", 7);
    put(44, "stat", "44 (torn", 8);
    assert_int_equal(processes_look(&list, folder, 1000), 0);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.at[0].figures.pid, 3);
    assert_string_equal(list.at[0].command, "ls -l?");
    assert_string_equal(list.at[1].command, "[p12]");
    assert_int_equal(list.at[1].bytes, 8192);
    assert_int_equal(list.at[1].cpu_tenths, 0);
    assert_null(processes_find(&list, 44));
    processes_free(&list);
}

static void says_what_they_used(void **state)
{
    struct processes list = {0};

    (void)state;
    put_process(12, 100, 5);
    put_process(3, 50, 5);
    assert_int_equal(processes_look(&list, folder, 1000), 0);
    put_process(12, 125, 5);
    put_process(3, 10, 777); /* the number was used again */
    assert_int_equal(processes_look(&list, folder, 2000), 0);
    assert_int_equal(processes_find(&list, 12)->cpu_tenths, 250);
    assert_int_equal(processes_find(&list, 3)->cpu_tenths, 100);
    put_process(12, 90000, 5);
    assert_int_equal(processes_look(&list, folder, 2000), 0);
    assert_int_equal(processes_find(&list, 12)->cpu_tenths, 0); /* no time has passed */
    put_process(12, 990000000, 5);
    assert_int_equal(processes_look(&list, folder, 3000), 0);
    assert_int_equal(processes_find(&list, 12)->cpu_tenths, 1000);
    processes_free(&list);
}

static void keeps_the_list_when_it_cannot_look(void **state)
{
    struct processes list = {0};

    (void)state;
    put_process(12, 100, 5);
    assert_int_equal(processes_look(&list, folder, 1000), 0);
    assert_true(processes_look(&list, "/nowhere/at/all", 2000) < 0);
    assert_non_null(processes_find(&list, 12));
    processes_free(&list);
}

static void shows_as_many_as_there_are(void **state)
{
    struct processes list = {0};

    (void)state;
    for (int pid = 100; pid < 200; pid++)
        put_process(pid, 1, 1);
    assert_int_equal(processes_look(&list, folder, 1000), 0);
    assert_int_equal(list.count, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(list.at[i].figures.pid, 100 + i);
    processes_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_them_all, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(says_what_they_used, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(keeps_the_list_when_it_cannot_look, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(shows_as_many_as_there_are, make_folder, remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
