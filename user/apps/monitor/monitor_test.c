/* The System Monitor's window, over a folder as its /proc and a helper that takes its orders. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "user/apps/monitor/monitor.h"
#include "user/libui/headless.h"

/* links: user/apps/monitor/graph.c user/apps/monitor/overview.c user/apps/monitor/process_page.c */
/* links: user/apps/monitor/driver_page.c user/apps/monitor/disk_page.c user/apps/monitor/rows.c */
/* links: user/apps/monitor/samples.c user/apps/system/system.a user/libui/libui.a */

static char folder[64];
static char last_order[128];
static int answer;

static void put(const char *name, const char *text)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void put_process(int pid, const char *name, unsigned ticks, int nice, unsigned pages)
{
    char path[96], text[256];

    snprintf(path, sizeof(path), "%s/%d", folder, pid);
    mkdir(path, 0700);
    snprintf(path, sizeof(path), "%d/stat", pid);
    snprintf(text, sizeof(text), "%d (%s) S 1 1 1 0 0 0 0 0 0 0 %u 0 0 0 20 %d 1 0 5 4096 %u\n", pid, name,
             ticks, nice, pages);
    put(path, text);
    snprintf(path, sizeof(path), "%d/cmdline", pid);
    snprintf(text, sizeof(text), "/bin/%s", name);
    put(path, text);
}

/* What the machine would say after so many seconds. */
static void put_second(unsigned second)
{
    static const unsigned busy[] = {3, 8, 5, 12, 30, 24, 9, 7, 22, 15, 8, 60, 85, 40, 12, 9};
    static unsigned busy_all, interrupts;
    char text[256];

    if (second == 0)
        busy_all = interrupts = 0;
    busy_all += busy[second % 16];
    interrupts += 100 + busy[second % 16] * 9;
    snprintf(text, sizeof(text), "cpu  %u 0 0 %u 0 0 0 0 0 0\nintr %u\nprocs_running 1\n", busy_all,
             second * 100 - busy_all + 100, interrupts);
    put("stat", text);
    snprintf(text, sizeof(text), "MemTotal: 131072 kB\nMemFree: 1 kB\nMemAvailable: %u kB\n",
             110000 - second * 300 - busy[second % 16] * 64);
    put("meminfo", text);
    put_process(4, "desktop", 100 + second * 2, -5, 2400);
    put_process(17, "terminal", 20 + second, 0, 280);
}

static void put_machine(void)
{
    put_second(0);
    put_process(1, "init", 9, 0, 23);
    put_process(19, "files", 12, 0, 400);
    put("drivers",
        "# name       class    placement state      generation  failures\n"
        "rtc          clock    kernel    built in            0         0        0          0         0 -\n"
        "keyboard     input    user      running             3         2        0        812       120 -\n"
        "ahci         disk     kernel    failed              2         2        0          0         0 "
        "page fault at 0x10\n");
    put("mounts", "/dev/ata0p1 / ext2 rw 0 0\nproc /proc proc rw 0 0\n");
}

static int take_signal(int pid, int number)
{
    snprintf(last_order, sizeof(last_order), "signal %d to %d", number, pid);
    return answer;
}

static int take_nice(int pid, int nice)
{
    snprintf(last_order, sizeof(last_order), "nice %d for %d", nice, pid);
    return answer;
}

static int take_order(const char *order)
{
    snprintf(last_order, sizeof(last_order), "%s", order);
    return answer;
}

static const struct monitor_world world = {folder, take_signal, take_nice, take_order};

static struct monitor *open_monitor(enum monitor_tab tab, const struct headless_options *options)
{
    strcpy(folder, "/tmp/monitor.XXXXXX");
    assert_non_null(mkdtemp(folder));
    put_machine();
    last_order[0] = '\0';
    answer = 0;
    headless_start("monitor", options);
    struct monitor *monitor = monitor_open(&world, tab);

    assert_non_null(monitor);
    headless_settle();
    return monitor;
}

static void close_monitor(struct monitor *monitor)
{
    char command[96];

    headless_close(monitor->window);
    headless_end();
    snprintf(command, sizeof(command), "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void run_seconds(unsigned from, unsigned to)
{
    for (unsigned second = from; second < to; second++) {
        put_second(second);
        headless_advance(1000);
    }
}

static void shows_the_last_minute(void **state)
{
    struct monitor *monitor = open_monitor(TAB_OVERVIEW, NULL);

    (void)state;
    run_seconds(1, 80);
    assert_int_equal(monitor->overview.samples.taken, SAMPLES);
    headless_compare(monitor->window, "user/apps/monitor/golden/overview.png");
    close_monitor(monitor);
}

static void looks_only_while_it_is_seen(void **state)
{
    struct monitor *monitor = open_monitor(TAB_OVERVIEW, NULL);

    (void)state;
    run_seconds(1, 4);
    unsigned taken = monitor->overview.samples.taken;

    headless_hold(true);
    run_seconds(4, 20);
    assert_true(monitor->overview.samples.taken <= taken + 2);
    headless_hold(false);
    run_seconds(20, 24);
    assert_true(monitor->overview.samples.taken >= taken + 3);
    close_monitor(monitor);
}

static void lists_processes(void **state)
{
    struct monitor *monitor = open_monitor(TAB_PROCESSES, NULL);

    (void)state;
    run_seconds(1, 3);
    assert_int_equal(monitor->processes.rows.count, 4);
    assert_int_equal(monitor->processes.rows.at[0]->figures.pid, 4); /* 2 % of the CPU */
    ui_list_select(monitor->processes.table, 1);
    assert_int_equal(monitor->processes.rows.at[1]->figures.pid, 17);
    run_seconds(3, 4);
    headless_compare(monitor->window, "user/apps/monitor/golden/processes.png");
    headless_click(monitor->window, "filter");
    headless_type("file");
    assert_int_equal(monitor->processes.rows.count, 1);
    headless_keys("Ctrl+A");
    headless_keys("Del");
    assert_int_equal(monitor->processes.rows.count, 4);
    close_monitor(monitor);
}

static void select_pid(struct monitor *monitor, int pid)
{
    ui_list_select(monitor->processes.table, rows_find(&monitor->processes.rows, pid));
    headless_advance(1000); /* the buttons know at the next look */
    assert_int_equal(monitor->processes.rows.at[ui_list_row(monitor->processes.table)]->figures.pid, pid);
}

static void keeps_the_selected_process(void **state)
{
    struct monitor *monitor = open_monitor(TAB_PROCESSES, NULL);
    struct process_page *page = &monitor->processes;

    (void)state;
    run_seconds(1, 3);
    select_pid(monitor, 19);
    put_process(19, "files", 90, 0, 400); /* now the busiest: it moves to the top */
    headless_advance(1000);
    assert_int_equal(ui_list_row(page->table), 0);
    assert_int_equal(page->rows.at[0]->figures.pid, 19);
    close_monitor(monitor);
}

static void orders_processes(void **state)
{
    struct monitor *monitor = open_monitor(TAB_PROCESSES, NULL);

    (void)state;
    run_seconds(1, 3);
    headless_click(monitor->window, "End"); /* nothing is selected */
    assert_string_equal(last_order, "");
    select_pid(monitor, 17);
    headless_click(monitor->window, "End");
    assert_string_equal(last_order, "signal 15 to 17");
    headless_click(monitor->window, "Lower priority");
    assert_string_equal(last_order, "nice 5 for 17");
    headless_click(monitor->window, "Raise priority");
    assert_string_equal(last_order, "nice -5 for 17");
    headless_click(monitor->window, "Kill…");
    headless_keys("Esc");
    assert_string_equal(last_order, "nice -5 for 17");
    headless_click(monitor->window, "Kill…");
    headless_click(headless_top(), "Kill");
    assert_string_equal(last_order, "signal 9 to 17");
    answer = -EPERM;
    headless_click(monitor->window, "End");
    assert_ptr_not_equal(headless_top(), monitor->window);
    headless_keys("Esc");
    assert_ptr_equal(headless_top(), monitor->window);
    close_monitor(monitor);
}

static void orders_drivers(void **state)
{
    struct monitor *monitor = open_monitor(TAB_DRIVERS, NULL);

    (void)state;
    assert_int_equal(monitor->drivers.count, 3);
    ui_list_select(monitor->drivers.table, 1);
    headless_advance(1000);
    headless_compare(monitor->window, "user/apps/monitor/golden/drivers.png");
    headless_click(monitor->window, "Restart");
    assert_string_equal(last_order, "keyboard restart");
    headless_click(monitor->window, "Stop…");
    headless_click(headless_top(), "Stop");
    assert_string_equal(last_order, "keyboard stop");
    headless_click(monitor->window, "placement");
    headless_keys("Home");
    headless_keys("Enter");
    assert_string_equal(last_order, "keyboard placement kernel");
    ui_list_select(monitor->drivers.table, 0);
    headless_advance(1000);
    last_order[0] = '\0';
    headless_click(monitor->window, "Restart"); /* it is built in */
    headless_click(monitor->window, "Start");
    assert_string_equal(last_order, "");
    ui_list_select(monitor->drivers.table, 2);
    headless_advance(1000);
    headless_click(monitor->window, "Start");
    assert_string_equal(last_order, "ahci start");
    close_monitor(monitor);
}

static void looks_well_otherwise(void **state)
{
    static const struct headless_options light = {.theme = "light", .language = "es", .scale = 150};
    struct monitor *monitor = open_monitor(TAB_OVERVIEW, &light);

    (void)state;
    run_seconds(1, 40);
    headless_compare(monitor->window, "user/apps/monitor/golden/overview-light-es-150.png");
    close_monitor(monitor);
}

static void bears_a_proc_without_files(void **state)
{
    struct monitor *monitor = open_monitor(TAB_OVERVIEW, NULL);
    char command[96];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s/*", folder);
    assert_int_equal(system(command), 0);
    for (int tab = 0; tab < 4; tab++) {
        ui_set_value(monitor->tabs, tab);
        headless_advance(1000);
        headless_advance(1000);
    }
    close_monitor(monitor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_the_last_minute),     cmocka_unit_test(looks_only_while_it_is_seen),
        cmocka_unit_test(lists_processes),           cmocka_unit_test(keeps_the_selected_process),
        cmocka_unit_test(orders_processes),          cmocka_unit_test(orders_drivers),
        cmocka_unit_test(looks_well_otherwise),      cmocka_unit_test(bears_a_proc_without_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
