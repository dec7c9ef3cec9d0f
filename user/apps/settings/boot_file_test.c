/* links: user/apps/system/text.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/apps/settings/boot_file.h"

static const char sample[] = "# a comment\nkernel=/boot/kernel.elf\n cmdline = log=debug video=640x480 \n"
                             "[Test]\ncmdline=mine\ntimeout=9\n";

static struct text text_of(const char *bytes)
{
    struct text text = {0};

    text_add(&text, bytes, strlen(bytes));
    return text;
}

static void reads_settings(void **state)
{
    (void)state;
    assert_true(piece_is(boot_file_get(piece_of(sample), "kernel"), "/boot/kernel.elf"));
    assert_true(piece_is(boot_file_get(piece_of(sample), "cmdline"), "log=debug video=640x480"));
    assert_int_equal(boot_file_get(piece_of(sample), "timeout").size, 0);
    assert_true(piece_is(boot_file_get(piece_of("timeout=1\ntimeout=2"), "timeout"), "2"));
    assert_int_equal(boot_file_get(piece_of("#kernel=1\n=\n\n"), "kernel").size, 0);
}

static void changes_one_line(void **state)
{
    struct text text = text_of(sample);

    (void)state;
    assert_int_equal(boot_file_set(&text, "cmdline", "video=800x600"), 0);
    assert_string_equal(text.at, "# a comment\nkernel=/boot/kernel.elf\ncmdline=video=800x600\n[Test]\n"
                                 "cmdline=mine\ntimeout=9\n");
    assert_int_equal(boot_file_set(&text, "timeout", "3"), 0);
    assert_string_equal(text.at,
                        "# a comment\nkernel=/boot/kernel.elf\ncmdline=video=800x600\ntimeout=3\n[Test]\n"
                        "cmdline=mine\ntimeout=9\n");
    text_free(&text);
    assert_int_equal(boot_file_set(&text, "menu", "yes"), 0);
    assert_string_equal(text.at, "menu=yes\n");
    text_free(&text);
    text = text_of("menu=no\nx\nmenu=maybe");
    assert_int_equal(boot_file_set(&text, "menu", "yes"), 0);
    assert_string_equal(text.at, "menu=yes\nx\n");
    text_free(&text);
}

static void refuses_what_is_no_line(void **state)
{
    struct text text = text_of("menu=no\n");
    char line[600];

    (void)state;
    assert_int_equal(boot_file_set(&text, "cmdline", "a\nkernel=/evil"), -EINVAL);
    memset(line, 'x', sizeof(line));
    line[512] = '\0';
    assert_int_equal(boot_file_set(&text, "cmdline", line), -EINVAL);
    assert_string_equal(text.at, "menu=no\n");
    line[511] = '\0';
    assert_int_equal(boot_file_set(&text, "cmdline", line), 0);
    text_free(&text);
    for (unsigned i = 0; i < 2048; i++)
        text_add(&text, "# 3456\n", 8);
    assert_int_equal(boot_file_set(&text, "menu", "yes"), -EFBIG);
    text_free(&text);
}

static void changes_words(void **state)
{
    char value[32], line[BOOT_LINE_MOST + 1], big[520];

    (void)state;
    assert_true(boot_words_get(piece_of(" log=debug video=640x480 safe"), "video", value, sizeof(value)));
    assert_string_equal(value, "640x480");
    assert_true(boot_words_get(piece_of("video=1 video=2"), "video", value, sizeof(value)));
    assert_string_equal(value, "2");
    assert_true(boot_words_get(piece_of("safe"), "safe", value, sizeof(value)));
    assert_string_equal(value, "");
    assert_false(boot_words_get(piece_of("unsafe video2=1"), "safe", value, sizeof(value)));
    assert_int_equal(boot_words_set(piece_of("log=debug  video=1 safe video=2"), "video", "800x600", line),
                     0);
    assert_string_equal(line, "log=debug safe video=800x600");
    assert_int_equal(boot_words_set(piece_of("log=debug safe"), "safe", NULL, line), 0);
    assert_string_equal(line, "log=debug");
    assert_int_equal(boot_words_set(piece_of(""), "safe", "", line), 0);
    assert_string_equal(line, "safe");
    assert_int_equal(boot_words_set(piece_of(""), "video", "1 2", line), -EINVAL);
    memset(big, 'x', sizeof(big));
    big[505] = '\0';
    assert_int_equal(boot_words_set(piece_of(big), "abc", "1", line), 0);
    assert_int_equal(boot_words_set(piece_of(big), "abcd", "1", line), -EINVAL);
    big[505] = 'x';
    big[519] = '\0';
    assert_int_equal(boot_words_set(piece_of(big), "a", NULL, line), -EINVAL);
}

static void assert_file(const char *path, const char *bytes)
{
    struct text text = {0};

    assert_int_equal(text_read(&text, path, 65536), 0);
    assert_string_equal(text.at, bytes);
    text_free(&text);
}

static void writes_with_a_backup(void **state)
{
    char folder[] = "/tmp/boot.XXXXXX", path[64], old[72];

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/boot.cfg", folder);
    snprintf(old, sizeof(old), "%s.old", path);
    assert_int_equal(boot_file_write(path, piece_of("a longer first one\n")), 0);
    assert_int_equal(access(old, F_OK), -1);
    assert_int_equal(boot_file_write(path, piece_of("short\n")), 0);
    assert_file(path, "short\n");
    assert_file(old, "a longer first one\n");
    assert_true(boot_file_write("/nowhere/at/all", piece_of("x")) < 0);
    assert_true(boot_file_write(folder, piece_of("x")) < 0);
    unlink(path);
    unlink(old);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_settings),       cmocka_unit_test(changes_one_line),
        cmocka_unit_test(refuses_what_is_no_line), cmocka_unit_test(changes_words),
        cmocka_unit_test(writes_with_a_backup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
