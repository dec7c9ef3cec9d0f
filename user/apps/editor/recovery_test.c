/* Copies of unsaved text: what a process that died had written is found and read; others are left alone. */
/* links: user/apps/editor/document.c user/apps/editor/encoding.c user/libui/text_buffer.c */
#include "user/apps/editor/recovery.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char home[] = "/tmp/recovery_test.XXXXXX";
static char found[PATH_MAX], path[64];
static struct document document;
static struct text_buffer *buffer;
static struct recovery *recovery;

static int start(void **state)
{
    strcpy(strrchr(home, '.'), ".XXXXXX");
    if (mkdtemp(home) == NULL || setenv("HOME", home, 1) != 0)
        return -1;
    snprintf(path, sizeof(path), "%s/notes.txt", home);
    memset(&document, 0, sizeof(document));
    buffer = text_buffer_new();
    recovery = recovery_new();
    return buffer == NULL || recovery == NULL ? -1 : 0;
}

static int end(void **state)
{
    char folder[64];
    recovery_end(recovery);
    text_buffer_end(buffer);
    snprintf(folder, sizeof(folder), "%s/.recover", home);
    unlink(path);
    if (rmdir(folder) != 0 && errno != ENOENT) /* nothing was left behind */
        return -1;
    return rmdir(home);
}

static void put(const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Another process edits and dies. */
static void die_with(const char *name, const char *text)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        strcpy(document.path, name);
        text_buffer_load(buffer, text, strlen(text));
        if (recovery_write(recovery, &document, buffer) != 0)
            _exit(1);
        recovery_end(recovery); /* waits until it is written */
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void expect(const char *text)
{
    char got[64];
    assert_int_equal(text_buffer_copy(buffer, 0, sizeof(got), got), strlen(text));
    assert_memory_equal(got, text, strlen(text));
}

static void test_what_a_dead_one_had_is_found(void **state)
{
    char name[PATH_MAX];
    put("old\r\n");
    die_with(path, "new\r\n\xff");
    assert_true(recovery_find(found));
    assert_int_equal(recovery_path(found, name), 0);
    assert_string_equal(name, path);
    assert_int_equal(recovery_take(recovery, found), 0);
    assert_false(recovery_find(found)); /* it is ours now, and we live */
    assert_int_equal(recovery_read(recovery, &document, buffer), 0);
    expect("new\r\n\xff");
    assert_string_equal(document.path, path);
    assert_int_equal(document.ends, LINE_ENDS_CRLF);
    assert_true(text_buffer_modified(buffer));
    assert_true(text_buffer_undo(buffer, NULL));
    expect("old\r\n");
    recovery_remove(recovery);
}

static void test_text_without_a_file(void **state)
{
    die_with("", "thoughts");
    assert_true(recovery_find(found));
    assert_int_equal(recovery_take(recovery, found), 0);
    assert_int_equal(recovery_read(recovery, &document, buffer), 0);
    expect("thoughts");
    assert_string_equal(document.path, "");
    recovery_remove(recovery);
    die_with("/nowhere/at/all.txt", "x");
    assert_true(recovery_find(found));
    recovery_forget(found);
    assert_false(recovery_find(found));
}

static void test_ones_own_is_no_find(void **state)
{
    assert_false(recovery_find(found)); /* there is no folder yet */
    text_buffer_load(buffer, "a", 1);
    assert_int_equal(recovery_write(recovery, &document, buffer), 0);
    while (recovery_write(recovery, &document, buffer) == -EBUSY)
        continue;
    assert_false(recovery_find(found));
    recovery_remove(recovery);
}

static void test_what_is_no_copy_is_borne(void **state)
{
    char name[PATH_MAX];
    die_with("", "thoughts");
    assert_true(recovery_find(found));
    for (unsigned size = 0; size < 48; size += 5) { /* cut short anywhere */
        assert_int_equal(truncate(found, size), 0);
        assert_true(recovery_path(found, name) == -EINVAL || size >= 40);
        assert_int_equal(recovery_take(recovery, found), 0);
        assert_int_equal(recovery_read(recovery, &document, buffer), -EINVAL);
        recovery_remove(recovery);
        die_with("", "thoughts");
        assert_true(recovery_find(found));
    }
    FILE *file = fopen(found, "wb");
    assert_non_null(file);
    for (int i = 0; i < 100; i++)
        fputc(0xff, file);
    fclose(file);
    assert_int_equal(recovery_path(found, name), -EINVAL);
    recovery_forget(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_a_dead_one_had_is_found, start, end),
        cmocka_unit_test_setup_teardown(test_text_without_a_file, start, end),
        cmocka_unit_test_setup_teardown(test_ones_own_is_no_find, start, end),
        cmocka_unit_test_setup_teardown(test_what_is_no_copy_is_borne, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
