/* How modes and dates look, against the host's own; directories, entry by entry. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "kernel/core/memory/heap.h"

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

/* ---- a VFS with one directory, in pieces ----------------------------------------------------- */

static bool rooted;
static struct file opened;
static unsigned given, puts_of_file;

int fs_context_init(struct fs_context *context)
{
    *context = (struct fs_context){.root.dentry = rooted ? (struct dentry *)&opened : NULL};
    return 0;
}

int vfs_lookup_text(struct fs_context *context, const struct path *at, struct text path, unsigned flags,
                    struct path *found)
{
    (void)context, (void)at, (void)path, (void)flags, (void)found;
    return -1;
}

struct inode *path_inode(struct path path)
{
    (void)path;
    return NULL;
}

void path_put(struct path path)
{
    (void)path;
}

int vfs_open_path(struct fs_context *context, struct path path, unsigned flags, struct file **file)
{
    (void)context, (void)path, (void)flags;
    *file = &opened;
    return 0;
}

void file_put(struct file *file)
{
    assert_ptr_equal(file, &opened);
    puts_of_file++;
}

int64_t file_read(struct file *file, struct io *io, uint64_t *position)
{
    (void)file;
    *position += io->size;
    memset(io->kernel, 'x', io->size);
    return (int64_t)io->size;
}

static void put_entry(struct io *io, unsigned number)
{
    struct abi_dirent *entry = (struct abi_dirent *)((char *)io->kernel + io->done);

    entry->inode = number;
    entry->next = number + 1;
    entry->type = DT_REG;
    entry->length = 32;
    snprintf(entry->name, 13, "name%u", number);
    io->done += 32;
}

/* 100 entries, seven at a time, then the end. */
int file_read_directory(struct file *file, struct directory_room *room)
{
    for (unsigned i = 0; i < 7 && file->position < 100; i++)
        put_entry(room->io, (unsigned)file->position++);
    given++;
    return 0;
}

static void test_directories(void **state)
{
    static struct directory directory;
    struct directory_entry entry;
    struct path path = {NULL, NULL};
    char wanted[16];

    (void)state;
    assert_int_equal(directory_open(path, 3, &directory), 0);
    for (unsigned i = 3; i < 100; i++) {
        assert_int_equal(directory_next(&directory, &entry), 1);
        snprintf(wanted, sizeof(wanted), "name%u", i);
        assert_string_equal(entry.name, wanted);
        assert_int_equal(entry.type, DT_REG);
        assert_int_equal(directory.next, i + 1);
    }
    assert_int_equal(directory_next(&directory, &entry), 0);
    assert_int_equal(given, 15);
    directory_close(&directory);
    assert_int_equal(puts_of_file, 1);
}

static void test_context(void **state)
{
    struct path path;

    (void)state;
    assert_null(file_context());
    assert_int_equal(file_lookup(NULL, "/a", true, &path), COMMAND_FAILED);
    rooted = true;
    assert_non_null(file_context());
    assert_int_equal(file_lookup(NULL, "/a", true, &path), COMMAND_FAILED);
}

static void test_read(void **state)
{
    char bytes[8];
    size_t got;

    (void)state;
    assert_int_equal(file_read_at(&opened, 5, bytes, sizeof(bytes), &got), 0);
    assert_int_equal(got, 8);
    assert_memory_equal(bytes, "xxxxxxxx", 8);
}

static void mode_is(uint32_t mode, const char *expected)
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
        cmocka_unit_test(test_context),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_directories),
        cmocka_unit_test(test_buffer_without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
