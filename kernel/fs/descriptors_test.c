/* links: kernel/core/memory/inject.c */
/* links: kernel/fs/names.c kernel/fs/inode.c kernel/fs/mount.c kernel/fs/walk.c */
/* links: kernel/fs/change.c kernel/fs/attributes.c kernel/fs/open.c kernel/fs/file.c */
/* links: kernel/fs/io.c kernel/fs/poll.c kernel/fs/pipe.c kernel/fs/device.c */
/* links: kernel/fs/page_file.c lib/bitmap.c lib/errno.c tests/host/fs_fakes.c */
/* Tables of open files beside a model; limits, and memory that runs out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/memory/inject.h"
#include "kernel/fs/descriptors.h"
#include "kernel/fs/names.h"
#include "lib/errno.h"
#include "tests/host/fs_fakes.h"

static struct descriptors *table;
static unsigned closed;

static void count_close(struct file *file)
{
    (void)file;
    closed++;
}

static const struct file_operations counted = {.close = count_close};

static struct file *new_file(void)
{
    struct file *file;

    assert_int_equal(file_create(&counted, NULL, O_RDWR, NULL, &file), 0);
    return file;
}

static int install(unsigned lowest, unsigned flags, uint64_t limit)
{
    struct file *file = new_file();
    int fd, error = descriptors_install(table, file, flags, lowest, limit, &fd);

    file_put(file);
    return error ? error : fd;
}

static int set_up(void **state)
{
    (void)state;
    closed = 0;
    return descriptors_create(&table);
}

static int tear_down(void **state)
{
    (void)state;
    descriptors_release(table);
    assert_int_equal(fake_pieces, 0);
    return 0;
}

static void the_lowest_free_one_is_given(void **state)
{
    struct file *file;

    (void)state;
    for (int i = 0; i < 200; i++)
        assert_int_equal(install(0, 0, 1024), i);
    assert_int_equal(descriptors_close(table, 130), 0);
    assert_int_equal(descriptors_close(table, 7), 0);
    assert_int_equal(descriptors_close(table, 7), -EBADF);
    assert_int_equal(closed, 2);
    assert_int_equal(install(8, 0, 1024), 130);
    assert_int_equal(install(0, 0, 1024), 7);
    assert_int_equal(install(1000, 0, 1024), 1000);
    assert_int_equal(install(0, 0, 200), -EMFILE);
    assert_int_equal(install(300, 0, 200), -EINVAL);
    assert_int_equal(install(5000, 0, UINT64_MAX), -EINVAL);
    assert_int_equal(install(4095, 0, UINT64_MAX), 4095);
    assert_int_equal(install(4095, 0, UINT64_MAX), -EMFILE);
    static const int bad[] = {-1, -100, 200, 4096, 1 << 20, INT32_MAX, INT32_MIN};
    for (unsigned i = 0; i < 7; i++) {
        assert_int_equal(descriptors_get(table, bad[i], &file), -EBADF);
        assert_int_equal(descriptors_borrow(table, bad[i], &file), -EBADF);
        assert_int_equal(descriptors_close(table, bad[i]), -EBADF);
        assert_int_equal(descriptors_flags(table, bad[i]), -EBADF);
        assert_int_equal(descriptors_set_flags(table, bad[i], FD_CLOEXEC), -EBADF);
    }
    assert_int_equal(descriptors_next(table, 200), 1000);
    assert_int_equal(descriptors_next(table, 1001), 4095);
    assert_int_equal(descriptors_next(table, 4096), -1);
}

static void replacing_closes_what_was_there(void **state)
{
    struct file *file = new_file(), *found;

    (void)state;
    assert_int_equal(install(0, 0, 16), 0);
    assert_int_equal(descriptors_replace(table, 0, file, 0, 16), 0);
    assert_int_equal(closed, 1);
    assert_int_equal(descriptors_replace(table, 15, file, FD_CLOEXEC, 16), 0);
    assert_int_equal(descriptors_replace(table, 16, file, 0, 16), -EBADF);
    assert_int_equal(descriptors_replace(table, -1, file, 0, 16), -EBADF);
    assert_int_equal(descriptors_replace(table, 4096, file, 0, UINT64_MAX), -EBADF);
    assert_int_equal(descriptors_get(table, 15, &found), 0);
    assert_ptr_equal(found, file);
    file_put(found);
    assert_int_equal(descriptors_flags(table, 15), FD_CLOEXEC);
    assert_int_equal(descriptors_flags(table, 0), 0);
    assert_int_equal(descriptors_replace(table, 15, file, 0, 16), 0);
    assert_int_equal(descriptors_flags(table, 15), 0);
    file_put(file);
    assert_int_equal(closed, 1);
}

static void a_copy_has_the_same_files(void **state)
{
    struct descriptors *copy;
    struct file *a, *b;

    (void)state;
    for (int i = 0; i < 100; i++)
        assert_int_equal(install(0, i % 3 ? 0 : FD_CLOEXEC, 1024), i);
    assert_int_equal(descriptors_copy(table, &copy), 0);
    assert_int_equal(descriptors_borrow(table, 99, &a), 0);
    assert_int_equal(descriptors_borrow(copy, 99, &b), 0);
    assert_ptr_equal(a, b);
    assert_int_equal(a->references, 2);
    descriptors_close_on_exec(copy);
    assert_int_equal(closed, 0);
    assert_int_equal(descriptors_borrow(copy, 99, &b), -EBADF);
    assert_int_equal(descriptors_borrow(copy, 98, &b), 0);
    assert_int_equal(descriptors_next(copy, 0), 1);
    descriptors_release(copy);
    descriptors_close_on_exec(table);
    assert_int_equal(closed, 34);
}

static void as_the_model_says(void **state)
{
    static bool used[300];
    uint32_t seed = 7;

    (void)state;
    memset(used, 0, sizeof(used));
    for (unsigned i = 0; i < 20000; i++) {
        seed = seed * 1664525 + 1013904223;
        int at = (int)(seed >> 8) % 300, free_one = at;

        if (seed >> 31) {
            assert_int_equal(descriptors_close(table, at), used[at] ? 0 : -EBADF);
            used[at] = false;
            continue;
        }
        while (free_one < 300 && used[free_one])
            free_one++;
        assert_int_equal(install((unsigned)at, 0, 300), free_one < 300 ? free_one : -EMFILE);
        if (free_one < 300)
            used[free_one] = true;
    }
}

static void each_allocation_may_fail(void **state)
{
    struct descriptors *copy;
    struct file *file = new_file();
    int fd;

    (void)state;
    assert_int_equal(install(70, 0, 1024), 70);
    assert_int_equal(install(700, 0, 1024), 700);
    for (unsigned k = 1; k <= 3; k++) {
        memory_fail_in = k;
        assert_int_equal(descriptors_copy(table, &copy), -ENOMEM);
    }
    memory_fail_in = 1;
    assert_int_equal(descriptors_install(table, file, 0, 300, 1024, &fd), -ENOMEM);
    memory_fail_in = 1;
    assert_int_equal(descriptors_replace(table, 300, file, 0, 1024), -ENOMEM);
    assert_int_equal(file->references, 1);
    file_put(file);
}

static int start(void **state)
{
    (void)state;
    return files_init() ?: descriptors_init();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_lowest_free_one_is_given), TEST(replacing_closes_what_was_there),
        TEST(a_copy_has_the_same_files),    TEST(as_the_model_says),
        TEST(each_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
