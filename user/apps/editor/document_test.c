/* Files: they come back as they were, keep their permissions and links, and survive a save that fails. */
/* links: user/apps/editor/encoding.c user/libui/text_buffer.c */
#include "user/apps/editor/document.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/document_test.XXXXXX";
static char path[64], link_path[64];
static struct document document;
static struct text_buffer *buffer;

static int start(void **state)
{
    strcpy(strrchr(folder, '.'), ".XXXXXX");
    memset(&document, 0, sizeof(document));
    buffer = text_buffer_new();
    if (buffer == NULL || mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/file", folder);
    snprintf(link_path, sizeof(link_path), "%s/link", folder);
    return 0;
}

static int end(void **state)
{
    text_buffer_end(buffer);
    unlink(link_path);
    unlink(path);
    return rmdir(folder); /* fails when a temporary file was left */
}

static void put(const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void expect(const char *bytes, size_t size)
{
    char got[64];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(got, 1, sizeof(got), file), size);
    assert_memory_equal(got, bytes, size);
    fclose(file);
}

static void test_edit_keeps_encoding_and_ends(void **state)
{
    put("\xff\xfe" "a\0\r\0\n\0" "b\0\n\0", 12);
    assert_int_equal(document_load(&document, path, buffer), 0);
    assert_int_equal(document.ends, LINE_ENDS_MIXED);
    assert_int_equal(text_buffer_insert(buffer, 0, "\xc3\xb1", 2), 0);
    assert_int_equal(document_save(&document, path, buffer), 0);
    assert_false(text_buffer_modified(buffer));
    expect("\xff\xfe\xf1\0" "a\0\r\0\n\0" "b\0\n\0", 14);
}

static void test_permissions_and_links_stay(void **state)
{
    struct stat status;
    put("#!/bin/sh\n", 10);
    assert_int_equal(chmod(path, 0750), 0);
    assert_int_equal(symlink("file", link_path), 0);
    assert_int_equal(document_load(&document, link_path, buffer), 0);
    assert_int_equal(document_save(&document, link_path, buffer), 0);
    assert_int_equal(lstat(link_path, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0750);
}

static void test_failed_save_loses_nothing(void **state)
{
    put("a\xf1o", 3);
    assert_int_equal(document_load(&document, path, buffer), 0);
    assert_int_equal(text_buffer_insert(buffer, 0, "\xe2\x82\xac", 3), 0);
    assert_int_equal(document_save(&document, path, buffer), -EILSEQ);
    assert_int_equal(document_save(&document, "/nowhere/at/all", buffer), -EILSEQ);
    document.encoding = ENCODING_UTF8;
    assert_int_equal(document_save(&document, "/nowhere/at/all", buffer), -ENOENT);
    assert_int_equal(document_save(&document, folder, buffer), -EISDIR);
    assert_true(text_buffer_modified(buffer));
    assert_string_equal(document.path, path);
    expect("a\xf1o", 3);
}

static void test_change_behind_it_is_seen(void **state)
{
    assert_false(document_changed_on_disk(&document));
    put("one", 3);
    assert_int_equal(document_load(&document, path, buffer), 0);
    assert_false(document_changed_on_disk(&document));
    put("three", 5);
    assert_true(document_changed_on_disk(&document));
    assert_true(document_is_news(&document));
    assert_false(document_is_news(&document));
    assert_true(document_changed_on_disk(&document));
    put("fifth", 5); /* as long, and in the same second */
    assert_true(document_is_news(&document));
    assert_int_equal(document_save(&document, path, buffer), 0);
    assert_false(document_changed_on_disk(&document));
    unlink(path);
    assert_true(document_changed_on_disk(&document));
}

static void test_what_is_no_text_file(void **state)
{
    assert_int_equal(document_load(&document, folder, buffer), -EISDIR);
    assert_int_equal(document_load(&document, path, buffer), -ENOENT);
    assert_int_equal(document_load(&document, "/dev/null", buffer), -EINVAL);
    assert_int_equal(document.path[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_edit_keeps_encoding_and_ends, start, end),
        cmocka_unit_test_setup_teardown(test_permissions_and_links_stay, start, end),
        cmocka_unit_test_setup_teardown(test_failed_save_loses_nothing, start, end),
        cmocka_unit_test_setup_teardown(test_change_behind_it_is_seen, start, end),
        cmocka_unit_test_setup_teardown(test_what_is_no_text_file, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
