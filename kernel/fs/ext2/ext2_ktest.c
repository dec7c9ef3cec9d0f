/* Files on the real root, written and read back; with several threads; until it is full. What
   e2fsck says of it afterwards, tests/system/test_ext2.py asks. */
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/inject.h"
#include "kernel/core/thread/thread.h"
#include "kernel/fs/root.h"
#include "kernel/fs/vfs.h"
#include "kernel/test/ktest.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"

#define CHUNK 8192u

static struct fs_context context;

static bool begin(void)
{
    struct path path;
    struct abi_statfs info;

    if (!root_device()) {
        ktest_skip("no root");
        return false;
    }
    fs_context_init(&context);
    if (vfs_lookup(&context, NULL, "/", 0, &path))
        return false;
    struct filesystem *fs = path_inode(path)->fs;
    fs->operations->statfs(fs, &info);
    path_put(path);
    if (info.flags & MS_RDONLY) {
        fs_context_release(&context);
        ktest_skip("the root is read-only");
        return false;
    }
    return true;
}

static uint64_t free_blocks(void)
{
    struct abi_statfs info = {0};
    struct path path;

    if (vfs_lookup(&context, NULL, "/", 0, &path) == 0) {
        struct filesystem *fs = path_inode(path)->fs;
        fs->operations->statfs(fs, &info);
        path_put(path);
    }
    return info.free_blocks;
}

/* Bytes that tell where they belong. */
static void fill(uint8_t *bytes, uint64_t at, size_t size, uint32_t seed)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(((at + i) * 2654435761u >> 8) + seed);
}

static int64_t write_at(const char *path, uint64_t at, size_t size, uint32_t seed, unsigned flags)
{
    uint8_t *bytes = alloc(CHUNK, 16);
    struct file *file;
    int64_t done = 0;

    if (!bytes)
        return -ENOMEM;
    int64_t now = vfs_open(&context, NULL, path, O_WRONLY | O_CREAT | flags, 0644, &file);
    if (now == 0) {
        for (now = 1; size > 0 && now > 0; size -= (size_t)(now > 0 ? now : 0)) {
            size_t part = size < CHUNK ? size : CHUNK;
            struct io io = io_of_kernel(bytes, part);

            fill(bytes, at, part, seed);
            now = file_write(file, &io, &at);
            done += now > 0 ? now : 0;
        }
        file_put(file);
    }
    dealloc(bytes, CHUNK, 16);
    return now < 0 ? now : done;
}

/* What differs first; `size` when nothing does, or an error. */
static int64_t compare(const char *path, uint64_t at, size_t size, uint32_t seed)
{
    uint8_t *bytes = alloc(2 * CHUNK, 16);
    uint64_t begin = at;
    struct file *file;

    if (!bytes)
        return -ENOMEM;
    int64_t now = vfs_open(&context, NULL, path, O_RDONLY, 0, &file);
    if (now == 0) {
        for (now = 1; at < begin + size && now > 0;) {
            size_t part = begin + size - at < CHUNK ? (size_t)(begin + size - at) : CHUNK;
            struct io io = io_of_kernel(bytes, part);
            uint64_t from = at;

            now = file_read(file, &io, &at);
            fill(bytes + CHUNK, from, part, seed);
            for (int64_t i = 0; i < now; i++) {
                if (bytes[i] != bytes[CHUNK + i]) {
                    at = from + (uint64_t)i;
                    now = 0;
                }
            }
        }
        file_put(file);
    }
    dealloc(bytes, 2 * CHUNK, 16);
    return now < 0 ? now : (int64_t)(at - begin);
}

static void forget_pages(const char *path)
{
    struct path found;

    if (vfs_lookup(&context, NULL, path, 0, &found))
        return;
    if (page_cache_flush(&path_inode(found)->pages) == 0)
        page_cache_truncate(&path_inode(found)->pages, 0);
    path_put(found);
}

static int set_size(const char *path, uint64_t size)
{
    const struct attributes wanted = {.set = ATTRIBUTE_SIZE, .size = size};
    struct path found;
    int error = vfs_lookup(&context, NULL, path, 0, &found);

    if (error)
        return error;
    error = vfs_set_attributes(&context, found, &wanted);
    path_put(found);
    return error;
}

static uint64_t size_of(const char *path)
{
    struct path found;
    uint64_t size = UINT64_MAX;

    if (vfs_lookup(&context, NULL, path, 0, &found) == 0) {
        size = path_inode(found)->size;
        path_put(found);
    }
    return size;
}

KTEST(ext2_files_are_written_and_read)
{
    static const size_t sizes[] = {0, 1, 1023, 1024, 4096, 4097, 13000, 100000, 300000};
    char name[32];

    if (!begin())
        return;
    EXPECT_EQUAL(vfs_sync(), 0);
    uint64_t before = free_blocks();
    for (unsigned i = 0; i < array_length(sizes); i++) {
        (void)snprintf(name, sizeof(name), "/ktest-%u", i);
        EXPECT_EQUAL(write_at(name, 0, sizes[i], i, 0), sizes[i]);
        EXPECT_EQUAL(compare(name, 0, sizes[i] + 1, i), sizes[i]);
    }
    EXPECT_EQUAL(vfs_sync(), 0);
    for (unsigned i = 0; i < array_length(sizes); i++) {
        (void)snprintf(name, sizeof(name), "/ktest-%u", i);
        forget_pages(name); /* from the disk now */
        EXPECT_EQUAL(compare(name, 0, sizes[i] + 1, i), sizes[i]);
        EXPECT_EQUAL(vfs_unlink(&context, NULL, name, 0), 0);
    }
    EXPECT_EQUAL(vfs_sync(), 0);
    EXPECT_EQUAL(free_blocks(), before);
    fs_context_release(&context);
}

KTEST(ext2_sizes_change)
{
    static const char name[] = "/ktest-size";

    if (!begin())
        return;
    EXPECT_EQUAL(write_at(name, 0, 20000, 3, 0), 20000);
    EXPECT_EQUAL(set_size(name, 5000), 0);
    EXPECT_EQUAL(compare(name, 0, 30000, 3), 5000);
    EXPECT_EQUAL(write_at(name, 9000, 100, 3, 0), 100);
    EXPECT_EQUAL(size_of(name), 9100);
    forget_pages(name);
    EXPECT_EQUAL(compare(name, 0, 5000, 3), 5000);
    EXPECT_EQUAL(compare(name, 9000, 200, 3), 100);
    EXPECT_EQUAL(compare(name, 5000, 4000, 3), 0); /* zeros there, not what was cut off */
    EXPECT_EQUAL(write_at(name, 9100, 5, 3, O_TRUNC), 5);
    EXPECT_EQUAL(size_of(name), 9105);
    EXPECT_EQUAL(write_at(name, 3ull << 20, 10, 4, 0), 10); /* a hole */
    forget_pages(name);
    EXPECT_EQUAL(compare(name, 3ull << 20, 11, 4), 10);
    EXPECT_EQUAL(vfs_unlink(&context, NULL, name, 0), 0);
    fs_context_release(&context);
}

KTEST(ext2_names_change)
{
    const struct inode_seed directory = {.mode = S_IFDIR | 0755};
    const struct inode_seed link = {.mode = S_IFLNK | 0777, .target = text_of("ktest-a", 7)};

    if (!begin())
        return;
    EXPECT_EQUAL(vfs_make(&context, NULL, "/ktest-d", &directory), 0);
    EXPECT_EQUAL(vfs_make(&context, NULL, "/ktest-d", &directory), -EEXIST);
    EXPECT_EQUAL(write_at("/ktest-d/one", 0, 100, 1, 0), 100);
    EXPECT_EQUAL(vfs_link(&context, NULL, "/ktest-d/one", NULL, "/ktest-d/two", 0), 0);
    EXPECT_EQUAL(compare("/ktest-d/two", 0, 101, 1), 100);
    EXPECT_EQUAL(vfs_rename(&context, NULL, "/ktest-d/one", NULL, "/ktest-a"), 0);
    EXPECT_EQUAL(vfs_make(&context, NULL, "/ktest-l", &link), 0);
    EXPECT_EQUAL(compare("/ktest-l", 0, 101, 1), 100);
    EXPECT_EQUAL(write_at("/ktest-b", 0, 50, 2, 0), 50);
    EXPECT_EQUAL(vfs_rename(&context, NULL, "/ktest-b", NULL, "/ktest-a"), 0);
    EXPECT_EQUAL(compare("/ktest-a", 0, 51, 2), 50);
    EXPECT_EQUAL(compare("/ktest-d/two", 0, 101, 1), 100);
    EXPECT_EQUAL(vfs_unlink(&context, NULL, "/ktest-d", UNLINK_DIRECTORY), -ENOTEMPTY);
    EXPECT_EQUAL(vfs_unlink(&context, NULL, "/ktest-d/two", 0), 0);
    EXPECT_EQUAL(vfs_unlink(&context, NULL, "/ktest-d", UNLINK_DIRECTORY), 0);
    EXPECT_EQUAL(vfs_unlink(&context, NULL, "/ktest-l", 0), 0);
    EXPECT_EQUAL(vfs_unlink(&context, NULL, "/ktest-a", 0), 0);
    EXPECT_EQUAL(size_of("/ktest-a"), UINT64_MAX);
    EXPECT_EQUAL(vfs_sync(), 0);
    fs_context_release(&context);
}

KTEST(ext2_a_full_disk_loses_nothing)
{
    int64_t done = 0;

    if (!begin())
        return;
    EXPECT_EQUAL(vfs_sync(), 0);
    uint64_t before = free_blocks();
    if (before > 65536) {
        ktest_skip("too large a disk");
        fs_context_release(&context);
        return;
    }
    EXPECT_EQUAL(write_at("/ktest-kept", 0, 50000, 9, 0), 50000);
    uint64_t at = 0;
    while ((done = write_at("/ktest-full", at, 262144, 7, 0)) > 0)
        at += (uint64_t)done;
    EXPECT_EQUAL(done, -ENOSPC);
    uint64_t size = size_of("/ktest-full");
    EXPECT_EQUAL(vfs_sync(), 0);
    forget_pages("/ktest-full");
    forget_pages("/ktest-kept");
    EXPECT_EQUAL(compare("/ktest-full", 0, size + 1, 7), size);
    EXPECT_EQUAL(compare("/ktest-kept", 0, 50001, 9), 50000);
    EXPECT_EQUAL(vfs_unlink(&context, NULL, "/ktest-full", 0), 0);
    EXPECT_EQUAL(write_at("/ktest-more", 0, 500000, 5, 0), 500000); /* at once */
    EXPECT_EQUAL(vfs_unlink(&context, NULL, "/ktest-more", 0), 0);
    EXPECT_EQUAL(vfs_unlink(&context, NULL, "/ktest-kept", 0), 0);
    EXPECT_EQUAL(vfs_sync(), 0);
    EXPECT_EQUAL(free_blocks(), before);
    fs_context_release(&context);
}

static uint32_t state_on_disk(void)
{
    uint8_t sector[512];

    if (block_read(root_device(), 2, 1, sector))
        return UINT32_MAX;
    return (uint32_t)sector[58] | (uint32_t)sector[59] << 8;
}

KTEST(ext2_is_clean_while_it_is_read_only)
{
    if (!begin())
        return;
    for (unsigned i = 0; i < 3; i++) {
        EXPECT_EQUAL(write_at("/ktest-r", 0, 5000, i, 0), 5000);
        EXPECT_EQUAL(vfs_sync(), 0);
        EXPECT_EQUAL(state_on_disk(), 0);
        EXPECT_EQUAL(vfs_mount(&context, "", "/", "", MS_REMOUNT | MS_RDONLY), 0);
        EXPECT_EQUAL(state_on_disk(), 1);
        EXPECT_EQUAL(write_at("/ktest-r", 0, 5, i, 0), -EROFS);
        EXPECT_EQUAL(vfs_unlink(&context, NULL, "/ktest-r", 0), -EROFS);
        forget_pages("/ktest-r");
        EXPECT_EQUAL(compare("/ktest-r", 0, 5001, i), 5000);
        EXPECT_EQUAL(vfs_mount(&context, "", "/", "", MS_REMOUNT), 0);
        EXPECT_EQUAL(vfs_unlink(&context, NULL, "/ktest-r", 0), 0);
    }
    EXPECT_EQUAL(vfs_sync(), 0);
    fs_context_release(&context);
}

/* With a second disk that holds an ext2: tests/system/test_ext2.py brings one. */
KTEST(ext2_a_second_disk_comes_and_goes)
{
    char name[48];

    if (!begin())
        return;
    int error = vfs_mount(&context, "/dev/ata1", "/mnt", "ext2", 0);
    if (error) {
        fs_context_release(&context);
        ktest_skip("no second disk with an ext2");
        return;
    }
    for (unsigned i = 0; i < 5; i++) {
        EXPECT_EQUAL(vfs_mount(&context, "/dev/ata1", "/tmp", "ext2", 0), -EBUSY);
        for (unsigned k = 0; k < 20; k++) {
            (void)snprintf(name, sizeof(name), "/mnt/file-%u-%u", i, k);
            EXPECT_EQUAL(write_at(name, 0, 1000 * k, k, 0), 1000 * k);
        }
        EXPECT_EQUAL(vfs_rename(&context, NULL, name, NULL, "/tmp/x"), -EXDEV);
        EXPECT_EQUAL(vfs_unmount(&context, "/mnt", 0), 0);
        EXPECT_EQUAL(size_of(name), UINT64_MAX);
        EXPECT_EQUAL(vfs_mount(&context, "/dev/ata1", "/mnt", "ext2", 0), 0);
        for (unsigned k = 0; k < 20; k++) {
            (void)snprintf(name, sizeof(name), "/mnt/file-%u-%u", i, k);
            EXPECT_EQUAL(compare(name, 0, 1000 * k + 1, k), 1000 * k);
        }
    }
    EXPECT_EQUAL(vfs_unmount(&context, "/mnt", 0), 0);
    fs_context_release(&context);
}

/* ---- memory that runs out -------------------------------------------------------------------- */

/* One of each; every step may fail for want of memory, and for nothing else. */
static bool try_all(void)
{
    const struct inode_seed directory = {.mode = S_IFDIR | 0755};
    const int64_t results[] = {
        vfs_make(&context, NULL, "/ktest-i", &directory),
        write_at("/ktest-i/a", 0, 30000, 1, 0),
        write_at("/ktest-i/b", 0, 300, 2, 0),
        vfs_rename(&context, NULL, "/ktest-i/b", NULL, "/ktest-i/a"),
        set_size("/ktest-i/a", 100),
        compare("/ktest-i/a", 0, 100, 2),
        vfs_sync(),
        vfs_unlink(&context, NULL, "/ktest-i/a", 0),
        vfs_unlink(&context, NULL, "/ktest-i/b", 0),
        vfs_unlink(&context, NULL, "/ktest-i", UNLINK_DIRECTORY),
    };
    bool good = true;

    for (unsigned i = 0; i < array_length(results); i++)
        good = good && (results[i] >= 0 || results[i] == -ENOMEM || results[i] == -ENOENT
                        || results[i] == -ENOTEMPTY || results[i] == -EEXIST);
    return good;
}

KTEST(ext2_survives_the_kth_failure)
{
    if (!begin())
        return;
    for (unsigned k = 1; k <= 60; k++) {
        page_cache_reclaim(UINT64_MAX);
        memory_fail_in = k;
        bool good = try_all();
        memory_fail_in = 0;
        EXPECT(good);
        EXPECT(try_all()); /* afterwards all is as before */
        EXPECT_EQUAL(size_of("/ktest-i"), UINT64_MAX);
    }
    EXPECT_EQUAL(vfs_sync(), 0);
    fs_context_release(&context);
}

/* ---- several at once ------------------------------------------------------------------------- */

#define WORKERS 4u

static uint32_t wrong;

static void work_once(unsigned worker, unsigned round)
{
    char name[32], other[32];
    size_t size = 1000 + 3777 * ((round * 7 + worker) % 20);

    (void)snprintf(name, sizeof(name), "/ktest-w%u-%u", worker, round % 3);
    (void)snprintf(other, sizeof(other), "/ktest-w%u-x", worker);
    wrong += write_at(name, 0, size, worker + round, O_TRUNC) != (int64_t)size;
    thread_yield();
    wrong += compare(name, 0, size + 1, worker + round) != (int64_t)size;
    wrong += vfs_rename(&context, NULL, name, NULL, other) != 0;
    thread_yield();
    if (round % 5 == worker)
        wrong += vfs_sync() != 0;
    wrong += compare(other, 0, size + 1, worker + round) != (int64_t)size;
    if (round % 2)
        wrong += vfs_unlink(&context, NULL, other, 0) != 0;
}

static int work(void *argument)
{
    for (unsigned round = 0; round < 30; round++)
        work_once((unsigned)(uintptr_t)argument, round);
    return 0;
}

KTEST(ext2_threads_do_not_disturb_one_another)
{
    struct thread *threads[WORKERS];

    if (!begin())
        return;
    EXPECT_EQUAL(vfs_sync(), 0);
    uint64_t before = free_blocks();
    wrong = 0;
    for (unsigned i = 0; i < WORKERS; i++)
        EXPECT_EQUAL(thread_create("writer", work, (void *)(uintptr_t)i, 0, &threads[i]), 0);
    for (unsigned i = 0; i < WORKERS; i++)
        thread_join(threads[i], NULL);
    EXPECT_EQUAL(wrong, 0);
    EXPECT_EQUAL(vfs_sync(), 0);
    EXPECT_EQUAL(free_blocks(), before);
    fs_context_release(&context);
}
