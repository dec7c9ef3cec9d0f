/* links: user/apps/files/path.c user/apps/files/types.c */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/apps/files/folder.h"

static void is_size(uint64_t size, const char *wanted)
{
    char text[32];

    size_text(text, size, "bytes");
    assert_string_equal(text, wanted);
}

static void test_sizes(void **state)
{
    (void)state;
    is_size(0, "0 bytes");
    is_size(999, "999 bytes");
    is_size(1000, "1.0 KB");
    is_size(8200, "8.2 KB");
    is_size(99949, "100 KB");
    is_size(412000, "412 KB");
    is_size(999949, "1.0 MB");
    is_size(61000000, "61 MB");
    is_size(1500000000, "1.5 GB");
    is_size(UINT64_MAX, "18 EB");
}

static void test_comparing(void **state)
{
    (void)state;
    assert_true(compare_names("a2", "a10") < 0);
    assert_true(compare_names("B", "a") > 0);
    assert_true(compare_names("a", "B") < 0);
    assert_true(compare_names("x007", "x7") != 0);
    assert_true(compare_names("a", "ab") < 0);
    assert_true(compare_names("99999999999999999999999", "100000000000000000000000") < 0);
    assert_int_equal(compare_names("ñ", "ñ"), 0);
    assert_true(has_text("MÚSICA", "úsi") && has_text("Привет", "ПРИ") && has_text("x", ""));
    assert_false(has_text("abc", "abd") || has_text("", "a"));
    assert_false(has_text("\xc3", "\xc3\xb1"));
}

static void put(const char *folder, const char *name, size_t size, mode_t mode)
{
    char path[300];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (S_ISDIR(mode)) {
        assert_int_equal(mkdir(path, 0755), 0);
        return;
    }
    int fd = open(path, O_WRONLY | O_CREAT, mode & 0777);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)size), 0);
    close(fd);
}

static void is_order(const struct folder *folder, const char *wanted)
{
    char found[256] = "";

    for (size_t i = 0; i < folder->shown; i++) {
        strcat(found, i ? " " : "");
        strcat(found, folder_entry(folder, i)->name);
    }
    assert_string_equal(found, wanted);
    assert_null(folder_entry(folder, folder->shown));
}

static void test_a_folder(void **state)
{
    char path[] = "/tmp/folder-test-XXXXXX", command[64];
    struct folder_view view = {0};
    struct folder folder;

    (void)state;
    assert_non_null(mkdtemp(path));
    put(path, "b.txt", 10, 0644);
    put(path, "A10", 30, 0755);
    put(path, "a9.png", 20, 0644);
    put(path, ".hidden", 1, 0644);
    put(path, "old~", 1, 0644);
    put(path, "zoo", 0, S_IFDIR);
    assert_int_equal(folder_read(&folder, path, &view), 0);
    is_order(&folder, "zoo a9.png A10 b.txt");
    assert_int_equal(folder.count, 6);
    assert_int_equal(folder_row(&folder, "b.txt"), 3);
    assert_int_equal(folder_row(&folder, ".hidden"), (size_t)-1);
    assert_int_equal(folder_entry(&folder, 0)->type->icon, ICON_FOLDER);
    assert_int_equal(folder_entry(&folder, 1)->type->icon, ICON_PICTURE);
    assert_true(type_is_program(folder_entry(&folder, 2)->type));
    view.order = ORDER_SIZE;
    view.down = true;
    folder_arrange(&folder, &view);
    is_order(&folder, "zoo A10 a9.png b.txt");
    view = (struct folder_view){.hidden = true, .filter = "D"};
    folder_arrange(&folder, &view);
    is_order(&folder, ".hidden old~");
    folder_free(&folder);
    assert_int_equal(folder_read(&folder, "/nowhere", &view), -ENOENT);
    assert_int_equal(folder.shown, 0);
    snprintf(command, sizeof(command), "rm -r %s", path);
    assert_int_equal(system(command), 0);
}

static void is_type(const char *bytes, size_t size, const char *mime, const char *opener)
{
    char path[] = "/tmp/type-test-XXXXXX";
    int fd = mkstemp(path);

    assert_true(write(fd, bytes, size) == (ssize_t)size);
    close(fd);
    const struct file_type *type = type_of_file(path);

    unlink(path);
    assert_string_equal(type->mime, mime);
    assert_string_equal(type_opener(type, 0)->name, opener);
    assert_null(type_opener(type, 2));
}

static void test_types_by_content(void **state)
{
    (void)state;
    is_type("\x89PNG\r\n\x1a\n....", 12, "image/png", "viewer");
    is_type("BM....", 6, "image/bmp", "viewer");
    is_type("hello\n", 6, "text/plain", "editor");
    is_type("", 0, "inode/x-empty", "editor");
    is_type("a\0b", 3, "application/octet-stream", "editor");
    is_type("\x7f" "ELF", 4, "application/x-executable", "editor");
    assert_null(type_opener(type_of_file("/"), 0));
    assert_string_equal(type_of("x.PNG", S_IFREG)->mime, "image/png");
    assert_string_equal(type_of("x.png", S_IFDIR)->mime, "inode/directory");
    assert_string_equal(type_of("Makefile", S_IFREG)->mime, "text/plain");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes), cmocka_unit_test(test_comparing), cmocka_unit_test(test_a_folder),
        cmocka_unit_test(test_types_by_content),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
