/* How modes and dates look, against the host's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/fs/root.h"
#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "kernel/core/memory/heap.h"

struct ext2 *root_fs(void)
{
    return NULL;
}

void *alloc(size_t size, size_t align)
{
    (void)size, (void)align;
    return NULL;
}

int command_fail(const struct words *words, const char *format, ...)
{
    (void)words, (void)format;
    return COMMAND_FAILED;
}

const char *error_text(int error)
{
    (void)error;
    return "";
}

int ext2_lookup(struct ext2 *fs, const char *path, int follow_last, struct ext2_inode *inode)
{
    (void)fs, (void)path, (void)follow_last, (void)inode;
    fail();
    return 0;
}

static void mode_is(uint16_t mode, const char *expected)
{
    char text[MODE_TEXT_BYTES];
    file_mode_text(mode, text);
    assert_string_equal(text, expected);
}

static void test_modes(void **state)
{
    (void)state;
    mode_is(0100644, "-rw-r--r--");
    mode_is(0040755, "drwxr-xr-x");
    mode_is(0120777, "lrwxrwxrwx");
    mode_is(0104755, "-rwsr-xr-x");
    mode_is(0102644, "-rw-r-Sr--");
    mode_is(0041777, "drwxrwxrwt");
    mode_is(0041776, "drwxrwxrwT");
    mode_is(0020600, "crw-------");
    mode_is(0060600, "brw-------");
    mode_is(0010600, "prw-------");
    mode_is(0140600, "srw-------");
    mode_is(0000000, "?---------");
}

static void time_is_the_hosts(uint32_t seconds)
{
    char text[TIME_TEXT_BYTES], expected[TIME_TEXT_BYTES + 8];
    time_t when = seconds;
    strftime(expected, sizeof(expected), "%Y-%m-%d %H:%M:%S", gmtime(&when));
    file_time_text(seconds, text);
    assert_string_equal(text, expected);
}

static void test_times(void **state)
{
    (void)state;
    for (uint32_t day = 0; day <= UINT32_MAX / 86400; day++)
        time_is_the_hosts(day * 86400 + day % 86400);
    time_is_the_hosts(UINT32_MAX);
}

static void test_paths(void **state)
{
    (void)state;
    assert_string_equal(file_path("/a"), "/a");
    assert_string_equal(file_path("a/b"), "/a/b");
    assert_string_equal(file_path(""), "/");
    char path[3 * EXT2_PATH_MAX];
    memset(path, 'x', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    assert_true(strlen(file_path(path)) <= EXT2_PATH_MAX);
}

static void test_buffer_without_memory(void **state)
{
    (void)state;
    size_t size;
    char *buffer = file_buffer(&size);
    assert_non_null(buffer);
    memset(buffer, 1, size);
    assert_true(size >= 4096 + 512 && size % 4096 == 0);
    assert_ptr_equal(file_buffer(&size), buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_buffer_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
