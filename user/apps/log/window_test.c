/* The log's window, over a file as its /proc/kmsg. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/apps/log/window.h"
#include "user/libui/headless.h"

/* links: user/apps/log/lines.c user/apps/system/system.a user/libui/libui.a */

static const char boot[] = "[   0.121472] kernel: FastOS on QEMU Virtual CPU version 2.5+ (AuthenticAMD)\n"
                           "[   0.123292] kernel: command line: init=/bin/sh\n"
                           "[   0.136710] memory: 129144 KiB free of 129152 KiB\n"
                           "[   0.159777] apic: local APIC 0, 1 I/O APIC with lines 0 to 23\n"
                           "[   0.194195] screen: 1280x800x32\n"
                           "[   0.204686] keyboard: warning: PS/2, 0x60 0x64 irq 1, slow\n"
                           "[   0.247984] mouse: PS/2, wheel, 5 buttons, irq 12, absolute by vmmouse\n"
                           "[   0.269192] ata0: QEMU HARDDISK, 24 MiB, LBA48, DMA, blocks of 16, 32-bit, "
                           "primary master, 0x1f0 irq 14\n"
                           "[   0.280000] ata1: error: no answer\n"
                           "[   0.309217] kernel: ready\n";

static char path[64];

static void put(const char *text, const char *mode)
{
    FILE *file = fopen(path, mode);

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static struct log_window *open_log(const struct headless_options *options)
{
    strcpy(path, "/tmp/log.XXXXXX");
    close(mkstemp(path));
    put(boot, "w");
    headless_start("log", options);
    struct log_window *log = log_open(path);

    assert_non_null(log);
    headless_settle();
    return log;
}

static void close_log(struct log_window *log)
{
    headless_close(log->window);
    headless_end();
    unlink(path);
}

static size_t lines_shown(const struct log_window *log)
{
    return text_buffer_lines(ui_area_buffer(log->text)) - 1;
}

static void choose(struct log_window *log, const char *choice, unsigned down)
{
    headless_click(log->window, choice);
    headless_keys("Home");
    for (unsigned i = 0; i < down; i++)
        headless_keys("Down");
    headless_keys("Enter");
}

static void shows_what_comes(void **state)
{
    struct log_window *log = open_log(NULL);

    (void)state;
    assert_int_equal(lines_shown(log), 10);
    headless_compare(log->window, "user/apps/log/golden/log.png");
    put("[   4.000000] fs: something came\n", "a");
    headless_advance(600);
    assert_int_equal(lines_shown(log), 11);
    assert_string_equal(ui_text(log->status), "11 of 11 lines");
    headless_click(log->window, "Pause");
    put("[   5.000000] fs: and again\n", "a");
    headless_advance(600);
    assert_int_equal(lines_shown(log), 11);
    headless_click(log->window, "Pause");
    headless_advance(600);
    assert_int_equal(lines_shown(log), 12);
    close_log(log);
}

static void shows_what_is_asked_for(void **state)
{
    struct log_window *log = open_log(NULL);

    (void)state;
    choose(log, "level", 1);
    assert_int_equal(lines_shown(log), 2);
    put("[   4.000000] fs: nothing bad\n[   4.100000] fs: error: bad\n", "a");
    headless_advance(600);
    assert_int_equal(lines_shown(log), 3);
    choose(log, "level", 2);
    assert_int_equal(lines_shown(log), 2);
    choose(log, "level", 0);
    choose(log, "area", 2); /* apic, ata */
    assert_string_equal(log->filter.area, "ata");
    assert_int_equal(lines_shown(log), 2);
    choose(log, "area", 0);
    headless_click(log->window, "search");
    headless_type("IRQ 1");
    assert_int_equal(lines_shown(log), 3);
    close_log(log);
}

static void copies_and_saves(void **state)
{
    struct log_window *log = open_log(NULL);

    (void)state;
    choose(log, "level", 2);
    headless_click(log->window, "Copy");
    assert_string_equal(headless_clipboard(), "[   0.280000] ata1: error: no answer\n");
    close_log(log);
}

static void does_not_move_who_reads(void **state)
{
    struct log_window *log = open_log(NULL);

    (void)state;
    ui_area_select(log->text, 0, 0);
    put("[   4.000000] fs: something came\n", "a");
    headless_advance(600);
    assert_int_equal(ui_area_cursor(log->text), 0);
    assert_int_equal(lines_shown(log), 11);
    close_log(log);
}

static void looks_well_otherwise(void **state)
{
    static const struct headless_options light = {
        .theme = "light", .language = "es", .scale = 150, .width = 1280};
    struct log_window *log = open_log(&light);

    (void)state;
    headless_compare(log->window, "user/apps/log/golden/log-light-es-150.png");
    headless_set("contrast", NULL, 0);
    close_log(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_what_comes),
        cmocka_unit_test(shows_what_is_asked_for),
        cmocka_unit_test(copies_and_saves),
        cmocka_unit_test(does_not_move_who_reads),
        cmocka_unit_test(looks_well_otherwise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
