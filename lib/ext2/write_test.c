/*
 * The ext2 writer, case by case: each operation, each refusal, each limit; a host that fails at its
 * n-th request or allocation; a disk that is full. Behind each, e2fsck finds nothing to say.
 */
/* links: lib/ext2/explain.c lib/ext2/volume.c lib/ext2/rw_volume.c lib/ext2/allocate.c */
/* links: lib/ext2/bits.c lib/ext2/node.c lib/ext2/map.c lib/ext2/truncate.c */
/* links: lib/ext2/directory.c lib/ext2/names.c lib/ext2/content.c lib/errno.c */
/* links: tests/host/ext2_disk.c tests/host/ext2_files.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/errno.h"
#include "lib/ext2/write_private.h"
#include "tests/host/ext2_disk.h"
#include "tests/host/ext2_files.h"

#define T(string) text_of(string, sizeof(string) - 1)

static char folder[64];
static struct ext2 volume;
static struct ext2_rw fs;
static struct disk disk;
static uint32_t now = 1000000000;
static struct ext2_node root, node;

__attribute__((format(printf, 1, 2))) static int shell(const char *format, ...)
{
    char command[2000];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    return system(command);
}

static void must_work(int error)
{
    char why[200];

    ext2_rw_explain(&fs, error, why, sizeof(why));
    if (error)
        fail_msg("%d: %s", error, why);
}

static void disk_make(const char *options, const char *size)
{
    char image[100];

    snprintf(image, sizeof(image), "%s/image", folder);
    assert_int_equal(shell("rm -f %s; mke2fs -q -F -t ext2 %s %s %s >/dev/null 2>&1", image,
                           options, image, size),
                     0);
    disk_load(&disk, image);
}

static void fresh(const char *options, const char *size)
{
    disk_make(options, size);
    must_work(disk_open(&disk, &volume, &fs, now));
    must_work(ext2_node_get(&fs, EXT2_ROOT, &root));
}

/* What e2fsck says to the medium as it is. */
static void must_be_sound(void)
{
    char image[100];

    snprintf(image, sizeof(image), "%s/image", folder);
    disk_save(&disk, image);
    if (shell("e2fsck -fn %s >%s.log 2>&1", image, image))
        fail_msg("e2fsck: %d", shell("cat %s.log", image));
}

static void done(void)
{
    must_work(disk_close(&disk, &fs, ++now));
    must_be_sound();
    disk_free(&disk);
}

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/ext2-write-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    return shell("rm -rf %s", folder);
}

static uint32_t free_blocks(void)
{
    struct ext2_statfs numbers;

    ext2_rw_statfs(&fs, &numbers);
    return numbers.free_blocks;
}

static uint32_t free_inodes(void)
{
    struct ext2_statfs numbers;

    ext2_rw_statfs(&fs, &numbers);
    return numbers.free_inodes;
}

/* ---- opening -------------------------------------------------------------------------------- */

static uint16_t state_on_disk(void)
{
    return rd16(disk.medium + 1024 + 58);
}

static void opening_marks_and_closing_clears(void **state)
{
    (void)state;
    fresh("-b 1024", "4M");
    assert_true(fs.was_clean);
    must_work(disk_sync(&disk, &fs, ++now));
    assert_int_equal(state_on_disk() & 1, 0);
    assert_int_equal(rd16(disk.medium + 1024 + 52), 1);
    assert_int_equal(rd32(disk.medium + 1024 + 44), 1000000000);
    must_work(disk_close(&disk, &fs, ++now));
    assert_int_equal(state_on_disk(), 1);
    must_be_sound();
    disk.medium[1024 + 58] = 0; /* it was not clean: nor is it behind us */
    must_work(disk_open(&disk, &volume, &fs, ++now));
    assert_false(fs.was_clean);
    must_work(disk_close(&disk, &fs, ++now));
    assert_int_equal(state_on_disk(), 0);
    disk_free(&disk);
}

static void features_are_refused(void **state)
{
    static const char *const options[] = {"-O metadata_csum", "-O uninit_bg", "-O huge_file",
                                          "-O quota"};

    (void)state;
    for (size_t i = 0; i < array_length(options); i++) {
        char why[200];

        disk_make(options[i], "8M");
        assert_int_equal(disk_open(&disk, &volume, &fs, now), -ENOTSUP);
        ext2_rw_explain(&fs, -ENOTSUP, why, sizeof(why));
        assert_non_null(strstr(why, "read-only-compatible features 0x"));
        disk_free(&disk);
    }
}

static void damage_is_remembered(void **state)
{
    (void)state;
    fresh("-b 1024", "4M");
    must_work(ext2_node_get(&fs, EXT2_ROOT, &node));
    assert_int_equal(ext2_node_get(&fs, 5, &node), -EUCLEAN);
    assert_string_equal(fs.damage.what, "inode number");
    must_work(disk_close(&disk, &fs, ++now));
    assert_int_equal(state_on_disk(), 2); /* errors, not clean */
    disk_free(&disk);
}

static void many_groups(void **state)
{
    struct ext2_statfs numbers;

    (void)state;
    fresh("-b 1024 -g 256 -N 3000 -O ^resize_inode", "40M"); /* 160 groups, two chunks */
    assert_int_equal(fs.groups, 160);
    ext2_rw_statfs(&fs, &numbers);
    assert_int_equal(numbers.block_bytes, 1024);
    assert_true(numbers.blocks > 35000 && numbers.free_blocks < numbers.blocks);
    for (int i = 0; i < 200; i++) {
        char path[40];

        snprintf(path, sizeof(path), "/d%d", i);
        must_work(files_mkdir(&fs, path, now));
        strcat(path, "/f");
        must_work(files_create(&fs, path, now));
    }
    unsigned with = 0;
    for (uint32_t i = 0; i < fs.groups; i++)
        with += ext2_rw_group(&fs, i)->directories > 0;
    assert_true(with > 100); /* the root's directories are spread */
    must_work(files_find(&fs, "/d7", &root));
    must_work(files_find(&fs, "/d7/f", &node));
    assert_int_equal(ext2_group_of_inode(&fs, node.number), ext2_group_of_inode(&fs, root.number));
    done();
}

/* ---- inodes --------------------------------------------------------------------------------- */

static void all_fields(void **state)
{
    const struct ext2_seed seed = {.mode = EXT2_TYPE_FILE | 04751, .uid = 100000, .gid = 200001};
    struct ext2_node again;

    (void)state;
    fresh("-b 2048 -I 256", "4M");
    must_work(ext2_create(&fs, &root, T("f"), &seed, 77, &node));
    node.accessed = 1, node.changed = 2, node.modified = 3, node.flags = 0x40;
    must_work(ext2_node_put(&fs, &node));
    must_work(ext2_node_get(&fs, node.number, &again));
    assert_int_equal(again.mode, EXT2_TYPE_FILE | 04751);
    assert_int_equal(again.uid, 100000);
    assert_int_equal(again.gid, 200001);
    assert_int_equal(again.accessed, 1);
    assert_int_equal(again.changed, 2);
    assert_int_equal(again.modified, 3);
    assert_int_equal(again.flags, 0x40);
    assert_int_equal(again.links, 1);
    assert_int_not_equal(again.generation, 0);
    assert_int_equal(root.modified, 77);
    done();
}

static void devices(void **state)
{
    static const uint32_t numbers[] = {0x0501, 0xff00 + 255, 259u << 8 | 7};

    (void)state;
    fresh("-b 1024", "4M");
    for (uint32_t i = 0; i < array_length(numbers); i++) {
        const struct ext2_seed seed = {.mode = (i ? EXT2_TYPE_BLOCK : EXT2_TYPE_CHAR) | 0600,
                                       .device = numbers[i]};
        const char name[] = {(char)('a' + i), '\0'};

        must_work(ext2_create(&fs, &root, text_of(name, 1), &seed, now, &node));
        must_work(ext2_node_get(&fs, node.number, &node));
        assert_int_equal(ext2_node_device(&node), numbers[i]);
        assert_int_equal(node.sectors, 0);
    }
    const struct ext2_seed socket = {.mode = EXT2_TYPE_SOCKET | 0600};
    must_work(ext2_create(&fs, &root, T("s"), &socket, now, &node));
    const struct ext2_seed none = {.mode = 0600};
    assert_int_equal(ext2_create(&fs, &root, T("n"), &none, now, &node), -EINVAL);
    done();
}

static void symlinks_of_all_lengths(void **state)
{
    static char target[5000], back[5000];

    (void)state;
    memset(target, 'x', sizeof(target));
    for (uint32_t block = 1024; block <= 4096; block *= 2) {
        const uint32_t lengths[] = {1, 59, 60, 61, 1000, block - 1};
        char options[40];

        snprintf(options, sizeof(options), "-b %u", block);
        fresh(options, "4M");
        for (uint32_t i = 0; i < array_length(lengths); i++) {
            const struct ext2_seed seed = {.mode = EXT2_TYPE_SYMLINK | 0777,
                                           .target = text_of(target, lengths[i])};
            const char name[] = {(char)('a' + i), '\0'};

            must_work(ext2_create(&fs, &root, text_of(name, 1), &seed, now, &node));
            must_work(ext2_node_get(&fs, node.number, &node));
            assert_int_equal(ext2_target(&fs, &node, room_of(back, lengths[i])), -ENAMETOOLONG);
            must_work(ext2_target(&fs, &node, room_of(back, lengths[i] + 1)));
            assert_int_equal(strlen(back), lengths[i]);
        }
        const struct ext2_seed over = {.mode = EXT2_TYPE_SYMLINK | 0777,
                                       .target = text_of(target, block)};
        assert_int_equal(ext2_create(&fs, &root, T("z"), &over, now, &node), -ENAMETOOLONG);
        assert_int_equal(ext2_target(&fs, &root, room_of(back, 10)), -EINVAL);
        done();
    }
}

static void an_open_file_outlives_its_name(void **state)
{
    const uint32_t blocks_before = (fresh("-b 1024", "4M"), free_blocks());
    const uint32_t inodes_before = free_inodes();
    size_t n;
    char text[6];

    (void)state;
    must_work(files_create(&fs, "/f", now));
    must_work(files_find(&fs, "/f", &node));
    must_work(ext2_file_write(&fs, &node, 300000, T("hello"), now, &n));
    must_work(ext2_node_get(&fs, EXT2_ROOT, &root));
    must_work(ext2_unlink(&fs, &root, T("f"), &node, now));
    assert_int_equal(node.links, 0);
    must_work(ext2_file_write(&fs, &node, 0, T("there"), now, &n));
    must_work(ext2_file_read(&fs, &node, 300000, room_of(text, 5), &n));
    assert_memory_equal(text, "hello", 5);
    assert_int_equal(ext2_link(&fs, &root, T("g"), &node, now), -ENOENT);
    must_work(ext2_node_release(&fs, &node, now));
    assert_int_equal(free_blocks(), blocks_before);
    assert_int_equal(free_inodes(), inodes_before);
    done();
}

/* A machine whose clock was never set: its inodes are free all the same. */
static void deleted_at_the_beginning_of_time(void **state)
{
    (void)state;
    fresh("-b 1024", "4M");
    must_work(files_create(&fs, "/f", 0));
    must_work(files_unlink(&fs, "/f", 0));
    done();
}

static void extended_attributes_go_with_the_last(void **state)
{
    char image[100];

    (void)state;
    snprintf(image, sizeof(image), "%s/image", folder);
    disk_make("-b 1024 -I 128", "4M");
    disk_save(&disk, image);
    disk_free(&disk);
    assert_int_equal(
        shell("cd %s && echo 1 > f && for c in 'write f a' 'ea_set a user.x y' 'ea_set a user.z "
              "%0300d'; do debugfs -w -R \"$c\" image >/dev/null 2>&1; done",
              folder, 7),
        0);
    disk_load(&disk, image);
    must_work(disk_open(&disk, &volume, &fs, now));
    must_work(files_find(&fs, "/a", &node));
    assert_int_not_equal(node.attributes, 0);
    const uint32_t before = free_blocks();
    must_work(files_unlink(&fs, "/a", now));
    assert_int_equal(free_blocks(), before + 2);
    done();
}

/* ---- blocks --------------------------------------------------------------------------------- */

/* A block in each of the trees, holes between them; then shorter and shorter. */
static void all_levels_of_indirection(void **state)
{
    (void)state;
    for (uint32_t block = 1024; block <= 4096; block *= 2) {
        const uint64_t fanout = block / 4, two = 12 + fanout, three = two + fanout * fanout;
        const uint64_t last = ext2_rw_size_max(&fs) / block;
        uint64_t places[] = {
            0, 11, 12, two - 1, two, two + fanout, three - 1, three, three + fanout * fanout, 0};
        char options[40];
        struct ext2_run run;

        (void)last;
        snprintf(options, sizeof(options), "-b %u", block);
        fresh(options, "4M");
        const uint32_t before = free_blocks();
        places[9] = ext2_rw_size_max(&fs) / block - 1;
        must_work(files_create(&fs, "/f", now));
        must_work(files_find(&fs, "/f", &node));
        for (uint32_t i = 0; i < array_length(places); i++) {
            must_work(ext2_map(&fs, &node, places[i], 1, true, &run));
            assert_true(run.fresh && run.count == 1);
            node.size = (places[i] + 1) * block;
            must_work(ext2_node_put(&fs, &node));
        }
        must_work(disk_sync(&disk, &fs, ++now));
        must_work(ext2_map(&fs, &node, 1, 100, false, &run));
        assert_true(run.first == 0 && run.count == 10);
        must_work(ext2_map(&fs, &node, two + fanout + 1, 10000000, false, &run));
        assert_true(run.first == 0 && run.count == fanout - 1);
        must_work(ext2_map(&fs, &node, two + 2 * fanout + 5, UINT32_MAX, false, &run));
        assert_true(run.first == 0 && run.count == fanout - 5);
        assert_int_equal(ext2_map(&fs, &node, places[9] + 1, 1, true, &run), -EFBIG);
        must_work(disk_close(&disk, &fs, ++now));
        must_be_sound();
        must_work(disk_open(&disk, &volume, &fs, now));
        must_work(files_find(&fs, "/f", &node));
        for (uint32_t i = array_length(places); i > 0; i--) {
            must_work(ext2_truncate(&fs, &node, places[i - 1] * block + 5, ++now));
            must_work(ext2_map(&fs, &node, places[i - 1], 1, false, &run));
            assert_int_not_equal(run.first, 0);
            must_work(ext2_truncate(&fs, &node, places[i - 1] * block, ++now));
            must_work(ext2_map(&fs, &node, places[i - 1], 1, false, &run));
            assert_int_equal(run.first, 0);
            must_work(ext2_node_put(&fs, &node));
        }
        assert_int_equal(node.sectors, 0);
        assert_int_equal(free_blocks(), before);
        done();
    }
}

static void large_files_say_so(void **state)
{
    (void)state;
    fresh("-b 4096 -O ^large_file,^resize_inode", "4M");
    must_work(files_create(&fs, "/f", now));
    must_work(files_truncate(&fs, "/f", 0x7fffffff, now));
    assert_int_equal(fs.read_only_compatible & EXT2_RO_LARGE_FILE, 0);
    must_work(files_truncate(&fs, "/f", 0x80000000, now));
    assert_int_not_equal(fs.read_only_compatible & EXT2_RO_LARGE_FILE, 0);
    must_work(files_truncate(&fs, "/f", 5000000000, now));
    must_work(files_find(&fs, "/f", &node));
    assert_int_equal(node.size, 5000000000);
    assert_int_equal(ext2_truncate(&fs, &node, ext2_rw_size_max(&fs) + 1, now), -EFBIG);
    done();
    fresh("-b 1024 -r 0", "4M"); /* which has no features */
    must_work(files_create(&fs, "/f", now));
    assert_int_equal(files_truncate(&fs, "/f", 0x80000000, now), -EFBIG);
    done();
}

/* A file that is written in one go lies in one piece; two that grow in turns, in few. */
static void files_lie_together(void **state)
{
    struct ext2_node two[2];
    struct ext2_run run;
    unsigned pieces = 0;

    (void)state;
    fresh("-b 1024", "8M");
    must_work(files_create(&fs, "/f", now));
    must_work(files_find(&fs, "/f", &node));
    must_work(ext2_map(&fs, &node, 12, 200, true, &run));
    assert_int_equal(run.count, 200);
    must_work(ext2_map(&fs, &node, 212, 200, true, &run));
    assert_int_equal(run.count, 12 + 256 - 212); /* the rest of the indirect block */
    must_work(ext2_map(&fs, &node, 12, 300, false, &run));
    assert_int_equal(run.count, 256);
    must_work(ext2_truncate(&fs, &node, 300 * 1024, now));
    must_work(ext2_node_put(&fs, &node));
    for (int i = 0; i < 2; i++) {
        must_work(files_create(&fs, i ? "/b" : "/a", now));
        must_work(files_find(&fs, i ? "/b" : "/a", &two[i]));
    }
    for (uint32_t block = 0; block < 200; block++)
        for (int i = 0; i < 2; i++)
            must_work(ext2_map(&fs, &two[i], block, 1, true, &run));
    for (uint32_t block = 0; block < 200; block += run.count, pieces++)
        must_work(ext2_map(&fs, &two[0], block, 200, false, &run));
    assert_true(pieces < 40);
    for (int i = 0; i < 2; i++) {
        two[i].size = 200 * 1024;
        must_work(ext2_node_put(&fs, &two[i]));
    }
    done();
}

static void what_was_freed_rests_until_the_sync(void **state)
{
    struct ext2_run first, second;

    (void)state;
    fresh("-b 1024 -m 0", "4M");
    must_work(files_create(&fs, "/a", now));
    must_work(files_create(&fs, "/b", now));
    must_work(files_find(&fs, "/a", &node));
    const uint32_t number = node.number;
    must_work(ext2_map(&fs, &node, 0, 12, true, &first));
    must_work(ext2_node_put(&fs, &node));
    must_work(files_unlink(&fs, "/a", now));
    assert_int_equal(fs.total[EXT2_BLOCKS].frozen, 12);
    assert_int_equal(fs.total[EXT2_INODES].frozen, 1);
    must_work(files_find(&fs, "/b", &node));
    must_work(ext2_map(&fs, &node, 0, 12, true, &second));
    assert_true(second.first >= first.first + 12 || second.first + 12 <= first.first);
    must_work(ext2_truncate(&fs, &node, 0, now));
    must_work(ext2_node_put(&fs, &node));
    must_work(files_create(&fs, "/c", now));
    must_work(files_find(&fs, "/c", &node));
    assert_int_not_equal(node.number, number);
    must_work(disk_sync(&disk, &fs, now));
    assert_int_equal(fs.total[EXT2_BLOCKS].frozen, 0);
    must_work(ext2_map(&fs, &node, 0, 12, true, &second));
    assert_int_equal(second.first, first.first);
    must_work(ext2_truncate(&fs, &node, 0, now));
    must_work(ext2_node_put(&fs, &node));
    /* A sync that fails thaws nothing, and the next one what was frozen before the first. */
    must_work(ext2_rw_flush(&fs, now));
    assert_int_equal(fs.total[EXT2_BLOCKS].frozen, 12);
    must_work(ext2_map(&fs, &node, 0, 1, true, &second));
    must_work(ext2_truncate(&fs, &node, 0, now));
    must_work(ext2_node_put(&fs, &node));
    must_work(disk_sync(&disk, &fs, now));
    assert_int_equal(fs.total[EXT2_BLOCKS].frozen, 1);
    must_work(disk_sync(&disk, &fs, now));
    assert_int_equal(fs.total[EXT2_BLOCKS].frozen, 0);
    done();
}

/* Without memory for the bitmap of what is frozen, its whole group rests. */
static void frozen_without_memory(void **state)
{
    struct ext2_run run;

    (void)state;
    fresh("-b 1024 -g 1024 -O ^resize_inode", "4M");
    must_work(files_create(&fs, "/a", now));
    must_work(files_create(&fs, "/b", now));
    must_work(files_find(&fs, "/a", &node));
    must_work(ext2_map(&fs, &node, 0, 12, true, &run));
    must_work(ext2_node_put(&fs, &node));
    const uint32_t group = (run.first - 1) / 1024;
    disk.allocations = 0, disk.failing_allocation = 1, disk.failing_for_good = true;
    must_work(files_unlink(&fs, "/a", now));
    must_work(files_find(&fs, "/b", &node));
    must_work(ext2_map(&fs, &node, 0, 12, true, &run));
    assert_int_not_equal((run.first - 1) / 1024, group);
    must_work(ext2_truncate(&fs, &node, 0, now));
    must_work(disk_sync(&disk, &fs, now));
    must_work(ext2_map(&fs, &node, 0, 12, true, &run));
    assert_int_equal((run.first - 1) / 1024, group);
    must_work(ext2_truncate(&fs, &node, 0, now));
    must_work(ext2_node_put(&fs, &node));
    done();
}

/* ---- full ----------------------------------------------------------------------------------- */

static void no_blocks(void **state)
{
    static char bytes[5000];
    const char *const options[] = {"-b 1024 -m 10", "-b 4096 -m 0", "-b 1024 -m 0 -g 512"};

    (void)state;
    for (uint32_t i = 0; i < array_length(options); i++) {
        size_t n;
        uint64_t size = 0;
        int error;

        fresh(options[i], "2M");
        const uint32_t before = free_blocks();
        must_work(files_create(&fs, "/f", now));
        while ((error = files_write(&fs, "/f", size, bytes, sizeof(bytes), now, &n)) == 0)
            size += n;
        assert_int_equal(error, -ENOSPC);
        assert_int_equal(free_blocks(), fs.reserved_blocks);
        must_work(disk_sync(&disk, &fs, now));
        fs.privileged = true;
        size += n;
        while ((error = files_write(&fs, "/f", size, bytes, sizeof(bytes), now, &n)) == 0)
            size += n;
        assert_int_equal(error, -ENOSPC);
        assert_int_equal(free_blocks(), 0);
        assert_int_equal(files_mkdir(&fs, "/d", now), -ENOSPC);
        must_work(files_symlink(&fs, "/short", "short", now));
        memset(bytes, 'l', 200);
        bytes[200] = '\0';
        assert_int_equal(files_symlink(&fs, "/long", bytes, now), -ENOSPC);
        must_work(disk_close(&disk, &fs, ++now));
        must_be_sound();
        must_work(disk_open(&disk, &volume, &fs, now));
        assert_int_equal(free_blocks(), 0);
        must_work(files_unlink(&fs, "/f", now));
        must_work(files_mkdir(&fs, "/d", now)); /* from what is frozen */
        assert_int_equal(free_blocks(), before - 1);
        assert_true(ext2_rw_sync_wanted(&fs));
        done();
    }
}

static void no_inodes(void **state)
{
    char path[300];
    int error = 0, made = 0;

    (void)state;
    fresh("-b 1024 -N 64", "4M");
    const uint32_t before = free_inodes();
    for (; !error; made += !error) {
        snprintf(path, sizeof(path), "/%0200d", made);
        error = files_create(&fs, path, now);
    }
    assert_int_equal(error, -ENOSPC);
    assert_int_equal(made, before);
    assert_int_equal(files_mkdir(&fs, "/d", now), -ENOSPC);
    must_work(files_unlink(&fs,
                           "/"
                           "0",
                           now) == -ENOENT
                  ? 0
                  : -EINVAL);
    snprintf(path, sizeof(path), "/%0200d", 7);
    must_work(files_unlink(&fs, path, now));
    must_work(files_create(&fs, "/again", now));
    done();
}

static void no_room_in_a_directory(void **state)
{
    static char bytes[100000];
    int error = 0, made = 0;
    size_t n;

    (void)state;
    fresh("-b 1024 -N 2000 -m 0", "1M");
    must_work(files_mkdir(&fs, "/d", now));
    must_work(files_create(&fs, "/f", now));
    for (uint64_t size = 0; !error; size += n)
        error = files_write(&fs, "/f", size, bytes, sizeof(bytes), now, &n);
    error = 0;
    for (char path[300]; !error; made += !error) {
        snprintf(path, sizeof(path), "/d/%0200d", made);
        error = files_create(&fs, path, now);
    }
    assert_int_equal(error, -ENOSPC);
    assert_int_equal(made, 4);
    must_work(files_rename(&fs, "/f", "/d/f", now)); /* the rest of the block */
    assert_int_equal(files_rename(&fs, "/d/f",
                                  "/d/"
                                  "0123456789012345678901234567890123456789"
                                  "0123456789012345678901234567890123456789"
                                  "0123456789012345678901234567890123456789"
                                  "0123456789012345678901234567890123456789"
                                  "0123456789012345678901234567890123456789",
                                  now),
                     -ENOSPC);
    must_work(files_find(&fs, "/d/f", &node));
    done();
}

/* ---- names ---------------------------------------------------------------------------------- */

static void names_are_checked(void **state)
{
    static char name[300];
    const struct ext2_seed seed = {.mode = EXT2_TYPE_FILE | 0644};
    uint32_t number;
    uint8_t type;

    (void)state;
    fresh("-b 1024", "4M");
    memset(name, 'n', sizeof(name));
    assert_int_equal(ext2_create(&fs, &root, text_of(name, 256), &seed, now, &node), -ENAMETOOLONG);
    must_work(ext2_create(&fs, &root, text_of(name, 255), &seed, now, &node));
    assert_int_equal(ext2_create(&fs, &root, text_of(name, 255), &seed, now, &node), -EEXIST);
    assert_int_equal(ext2_create(&fs, &root, text_of(name, 0), &seed, now, &node), -EINVAL);
    assert_int_equal(ext2_create(&fs, &root, T("a/b"), &seed, now, &node), -EINVAL);
    assert_int_equal(ext2_create(&fs, &root, T("a\0b"), &seed, now, &node), -EINVAL);
    assert_int_equal(ext2_create(&fs, &root, T("."), &seed, now, &node), -EEXIST);
    assert_int_equal(ext2_create(&fs, &root, T(".."), &seed, now, &node), -EEXIST);
    must_work(ext2_create(&fs, &root, T("..."), &seed, now, &node));
    must_work(ext2_find(&fs, &root, T("..."), &number, &type));
    assert_true(number == node.number && type == 1);
    must_work(ext2_find(&fs, &root, T(".."), &number, &type));
    assert_true(number == EXT2_ROOT && type == 2);
    assert_int_equal(ext2_find(&fs, &root, T("...."), &number, &type), -ENOENT);
    assert_int_equal(ext2_find(&fs, &node, T("x"), &number, &type), -ENOTDIR);
    assert_int_equal(ext2_create(&fs, &node, T("x"), &seed, now, &root), -ENOTDIR);
    done();
}

static void directories_come_and_go(void **state)
{
    struct ext2_node parent;

    (void)state;
    fresh("-b 1024", "4M");
    const uint32_t before = free_blocks();
    must_work(files_mkdir(&fs, "/d", now));
    must_work(files_mkdir(&fs, "/d/e", now));
    must_work(files_find(&fs, "/d", &parent));
    assert_int_equal(parent.links, 3);
    assert_int_equal(files_rmdir(&fs, "/d", now), -ENOTEMPTY);
    must_work(files_find(&fs, "/d/e", &node));
    must_work(ext2_unlink(&fs, &parent, T("e"), &node, now));
    assert_int_equal(parent.links, 2);
    const struct ext2_seed seed = {.mode = EXT2_TYPE_FILE | 0644};
    struct ext2_node file;
    assert_int_equal(ext2_create(&fs, &node, T("x"), &seed, now, &file), -ENOENT);
    must_work(ext2_node_release(&fs, &node, now));
    must_work(ext2_node_get(&fs, EXT2_ROOT, &root));
    assert_int_equal(ext2_unlink(&fs, &root, T("d"), &root, now), -ENOENT);
    assert_int_equal(ext2_unlink(&fs, &root, T("."), &root, now), -EINVAL);
    must_work(files_rmdir(&fs, "/d", now));
    assert_int_equal(free_blocks(), before);
    done();
}

static void links_are_limited(void **state)
{
    (void)state;
    fresh("-b 1024", "4M");
    must_work(files_create(&fs, "/f", now));
    must_work(files_link(&fs, "/f", "/g", now));
    assert_int_equal(files_link(&fs, "/f", "/g", now), -EEXIST);
    assert_int_equal(files_link(&fs, "/", "/h", now), -EPERM);
    must_work(files_find(&fs, "/f", &node));
    assert_int_equal(node.links, 2);
    node.links = EXT2_LINKS_MAX;
    assert_int_equal(ext2_link(&fs, &root, T("h"), &node, now), -EMLINK);
    root.links = EXT2_LINKS_MAX;
    const struct ext2_seed seed = {.mode = EXT2_TYPE_DIRECTORY | 0755};
    assert_int_equal(ext2_create(&fs, &root, T("h"), &seed, now, &node), -EMLINK);
    done();
}

static void renames(void **state)
{
    (void)state;
    fresh("-b 1024", "4M");
    must_work(files_mkdir(&fs, "/a", now));
    must_work(files_mkdir(&fs, "/b", now));
    must_work(files_mkdir(&fs, "/a/d", now));
    must_work(files_create(&fs, "/a/f", now));
    must_work(files_create(&fs, "/b/g", now));
    must_work(files_link(&fs, "/a/f", "/a/same", now));
    must_work(files_rename(&fs, "/a/f", "/a/same", now)); /* one inode: nothing happens */
    must_work(files_find(&fs, "/a/f", &node));
    must_work(files_rename(&fs, "/a/f", "/a/longer-name", now));
    must_work(files_rename(&fs, "/a/longer-name", "/b/g", now)); /* over another file */
    assert_int_equal(files_find(&fs, "/a/longer-name", &node), -ENOENT);
    must_work(files_find(&fs, "/b/g", &node));
    assert_int_equal(node.links, 2);
    must_work(files_rename(&fs, "/a/d", "/b/d", now)); /* a directory to another parent */
    must_work(files_find(&fs, "/b/d/..", &node));
    struct ext2_node b;
    must_work(files_find(&fs, "/b", &b));
    assert_int_equal(node.number, b.number);
    assert_int_equal(b.links, 3);
    assert_int_equal(files_rename(&fs, "/b/d", "/b/g", now), -ENOTDIR);
    assert_int_equal(files_rename(&fs, "/b/g", "/b/d", now), -EISDIR);
    assert_int_equal(files_rename(&fs, "/a", "/b", now), -ENOTEMPTY);
    must_work(files_mkdir(&fs, "/b/d/e", now));
    must_work(files_unlink(&fs, "/a/same", now));
    must_work(files_rename(&fs, "/b/d", "/a", now)); /* over an empty directory */
    must_work(files_find(&fs, "/a/e", &node));
    must_work(files_find(&fs, "/b", &b));
    assert_int_equal(b.links, 2);
    done();
}

static uint16_t links_in_table(uint32_t number)
{
    struct ext2_block block;

    must_work(ext2_node_pin(&fs, number, &block));
    const uint32_t at = (number - 1) % (fs.block_bytes / fs.inode_bytes) * fs.inode_bytes;
    const uint16_t links = rd16((const uint8_t *)block.bytes.chars + at + 26);
    fs.host->put(fs.context, &block);
    return links;
}

/* As the disk has it, it keeps a link until the new name is there; more than a few are not kept. */
static void a_replaced_file_waits_for_the_sync(void **state)
{
    char old[40], new[40];

    (void)state;
    fresh("-b 1024 -N 256", "4M");
    const uint32_t before = free_inodes();
    for (uint32_t i = 0; i < EXT2_RW_WAITING + 3; i++) {
        snprintf(old, sizeof(old), "/old%u", i);
        snprintf(new, sizeof(new), "/new%u", i);
        must_work(files_create(&fs, old, now));
        must_work(files_create(&fs, new, now));
        must_work(files_find(&fs, old, &node));
        must_work(files_rename(&fs, new, old, now));
        assert_int_equal(links_in_table(node.number), i < EXT2_RW_WAITING);
    }
    assert_int_equal(fs.waiting_count, EXT2_RW_WAITING);
    assert_int_equal(free_inodes(), before - 2 * EXT2_RW_WAITING - 3);
    must_work(ext2_rw_flush(&fs, now));
    assert_true(disk_write(&disk));
    assert_true(ext2_rw_synced(&fs));
    assert_int_equal(free_inodes(), before - EXT2_RW_WAITING - 3);
    assert_false(ext2_rw_synced(&fs));
    /* One that is open for longer goes when its time has come. */
    must_work(files_create(&fs, "/x", now));
    must_work(files_find(&fs, "/x", &root));
    must_work(files_find(&fs, "/old1", &node));
    struct ext2_node directory;
    must_work(ext2_node_get(&fs, EXT2_ROOT, &directory));
    must_work(ext2_rename(&fs, &directory, T("x"), &root, &directory, T("old1"), &node, now));
    must_work(disk_sync(&disk, &fs, now));
    must_work(ext2_node_release(&fs, &node, now));
    assert_int_equal(fs.waiting_count, 0);
    assert_int_equal(links_in_table(node.number), 0);
    done();
}

struct listing {
    char names[20000];
    unsigned count, most;
};

static bool list_emit(void *context, const struct ext2_entry *entry, uint64_t next)
{
    struct listing *listing = context;

    (void)next;
    if (listing->count == listing->most)
        return false;
    strcat(listing->names, entry->name);
    strcat(listing->names, " ");
    listing->count++;
    return true;
}

/* Entries that are there all the time come once, whatever else comes and goes. */
static void positions_stay_good(void **state)
{
    static struct listing listing;
    uint64_t position = 0;
    char path[60];

    (void)state;
    fresh("-b 1024", "4M");
    must_work(files_mkdir(&fs, "/d", now));
    for (int i = 0; i < 300; i++) {
        snprintf(path, sizeof(path), "/d/stays%d", i);
        must_work(files_create(&fs, path, now));
        snprintf(path, sizeof(path), "/d/goes%d", i);
        must_work(files_create(&fs, path, now));
    }
    must_work(files_find(&fs, "/d", &node));
    for (unsigned turn = 0, before = 1; before != listing.count; turn++) {
        before = listing.count;
        listing.most = listing.count + 1 + turn % 9;
        must_work(ext2_list(&fs, &node, &position, list_emit, &listing));
        snprintf(path, sizeof(path), "/d/goes%u", (turn * 7) % 300);
        (void)!files_unlink(&fs, path, now);
        snprintf(path, sizeof(path), "/d/a-new-name-%u", turn);
        must_work(turn < 50 ? files_create(&fs, path, now) : 0);
        must_work(files_find(&fs, "/d", &node));
    }
    for (int i = 0; i < 300; i++) {
        snprintf(path, sizeof(path), " stays%d ", i);
        const char *found = strstr(listing.names, path);
        assert_non_null(found);
        assert_null(strstr(found + 1, path));
    }
    done();
}

static void an_index_is_given_up(void **state)
{
    char image[100], path[60];

    (void)state;
    snprintf(image, sizeof(image), "%s/image", folder);
    fresh("-b 1024 -O dir_index", "4M");
    must_work(files_mkdir(&fs, "/d", now));
    for (int i = 0; i < 400; i++) {
        snprintf(path, sizeof(path), "/d/a-name-of-some-length-%d", i);
        must_work(files_create(&fs, path, now));
    }
    done();
    assert_int_equal(shell("e2fsck -fyD %s >/dev/null 2>&1; test $? -le 1", image), 0);
    disk_load(&disk, image);
    must_work(disk_open(&disk, &volume, &fs, now));
    must_work(files_find(&fs, "/d", &node));
    assert_int_equal(node.flags & EXT2_FLAG_INDEX, EXT2_FLAG_INDEX);
    must_work(files_unlink(&fs, "/d/a-name-of-some-length-7", now));
    must_work(files_create(&fs, "/d/another", now));
    must_work(files_find(&fs, "/d", &node));
    assert_int_equal(node.flags & EXT2_FLAG_INDEX, 0);
    for (int i = 8; i < 400; i++) {
        snprintf(path, sizeof(path), "/d/a-name-of-some-length-%d", i);
        must_work(files_unlink(&fs, path, now));
    }
    done();
}

/* ---- damage --------------------------------------------------------------------------------- */

static void what_is_free_is_not_freed_again(void **state)
{
    struct ext2_run run;

    (void)state;
    fresh("-b 1024", "4M");
    must_work(files_create(&fs, "/f", now));
    must_work(files_find(&fs, "/f", &node));
    must_work(ext2_map(&fs, &node, 0, 5, true, &run));
    must_work(ext2_blocks_free(&fs, run.first + 2, 1));
    assert_int_equal(ext2_truncate(&fs, &node, 0, now), -EUCLEAN);
    assert_string_equal(fs.damage.what, "freed block, free already, bit");
    assert_int_equal(ext2_blocks_free(&fs, 2, 1), -EUCLEAN); /* a descriptor */
    assert_int_equal(ext2_blocks_free(&fs, 0, 1), -EUCLEAN);
    assert_int_equal(ext2_blocks_free(&fs, 4095, 2), -EUCLEAN);
    must_work(ext2_inode_free(&fs, node.number, false));
    assert_int_equal(ext2_inode_free(&fs, node.number, false), -EUCLEAN);
    assert_string_equal(fs.damage.what, "freed inode, free already, bit");
    assert_true(fs.damaged);
    must_work(disk_close(&disk, &fs, now));
    disk_free(&disk);
}

/* The block bitmap says that the inode table is free. */
static void own_blocks_are_not_given_out(void **state)
{
    struct ext2_run run;

    (void)state;
    disk_make("-b 1024 -O ^resize_inode", "4M");
    memset(disk.medium + rd32(disk.medium + 2048) * 1024u + 1, 0, 10);
    must_work(disk_open(&disk, &volume, &fs, now));
    must_work(files_find(&fs, "/lost+found", &node));
    assert_int_equal(ext2_map(&fs, &node, 30, 5, true, &run), -EUCLEAN);
    assert_string_equal(fs.damage.what, "data block inside the file system's own");
    must_work(disk_close(&disk, &fs, now));
    disk_free(&disk);
}

/* ---- a host that fails ---------------------------------------------------------------------- */

/* A little of everything. Returns the first error. */
static int exercise(void)
{
    static char bytes[40000];
    size_t n;
    int error = files_mkdir(&fs, "/d", now);

    memset(bytes, 'b', 300), bytes[300] = '\0';
    error = error ? error : files_symlink(&fs, "/d/link", bytes, now);
    error = error ? error : files_create(&fs, "/d/f", now);
    error = error ? error : files_write(&fs, "/d/f", 5000, bytes, sizeof(bytes), now, &n);
    error = error ? error : files_link(&fs, "/d/f", "/hard", now);
    error = error ? error : files_mkdir(&fs, "/d/e", now);
    error = error ? error : files_rename(&fs, "/d/e", "/e", now);
    error = error ? error : files_rename(&fs, "/hard", "/d/g", now);
    error = error ? error : files_write(&fs, "/d/g", 300000, bytes, sizeof(bytes), now, &n);
    error = error ? error : files_truncate(&fs, "/d/g", 7000, now);
    error = error ? error : files_unlink(&fs, "/d/link", now);
    for (int i = 0; i < 30 && !error; i++) {
        snprintf(bytes, sizeof(bytes), "/e/%0100d", i);
        error = files_create(&fs, bytes, now);
    }
    for (int i = 0; i < 30 && !error; i++) {
        snprintf(bytes, sizeof(bytes), "/e/%0100d", i);
        error = files_unlink(&fs, bytes, now);
    }
    error = error ? error : files_rmdir(&fs, "/e", now);
    return error;
}

/* What was there before is whole, and e2fsck can mend the rest without losing any of it. */
static void must_be_mendable(void)
{
    char image[100];

    snprintf(image, sizeof(image), "%s/image", folder);
    disk_save(&disk, image);
    const int status = shell("e2fsck -fy %s >%s.log 2>&1", image, image);
    if (status >> 8 > 1 || (status & 255))
        fail_msg("e2fsck: %d", shell("cat %s.log", image));
    if (shell("cd %s && debugfs -R 'dump /before/kept kept' image 2>/dev/null && cmp kept original",
              folder))
        fail_msg("what was there before is not: %d", shell("cat %s.log", image));
}

static void fill_before(void)
{
    char path[100];
    size_t n;

    snprintf(path, sizeof(path), "%s/original", folder);
    FILE *file = fopen(path, "wb");
    static char bytes[30000];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (char)(i * 31 >> 3);
    assert_int_equal(fwrite(bytes, 1, sizeof(bytes), file), sizeof(bytes));
    fclose(file);
    must_work(files_mkdir(&fs, "/before", now));
    must_work(files_create(&fs, "/before/kept", now));
    must_work(files_write(&fs, "/before/kept", 0, bytes, sizeof(bytes), now, &n));
}

/* Every step-th request fails, for once or for good; what went wrong may cost what was being done.
 */
static void requests_fail(bool for_good, unsigned step)
{
    static uint8_t pristine[1 << 20];
    unsigned requests;

    fresh("-b 1024 -N 128", "1M");
    fill_before();
    must_work(disk_close(&disk, &fs, now));
    memcpy(pristine, disk.medium, sizeof(pristine));
    must_work(disk_open(&disk, &volume, &fs, now));
    disk.gets = 0;
    must_work(exercise());
    requests = disk.gets;
    must_work(disk_close(&disk, &fs, now));
    must_be_sound();
    for (unsigned k = 1; k <= requests; k += step) {
        memcpy(disk.medium, pristine, sizeof(pristine));
        must_work(disk_open(&disk, &volume, &fs, now));
        disk.gets = 0, disk.failing_get = k, disk.failing_for_good = for_good;
        const int error = exercise();
        assert_true(error == -EIO);
        assert_int_equal(disk.pins, 0);
        disk.failing_get = 0;
        must_work(disk_close(&disk, &fs, now));
        if (k % 3 == 0)
            must_be_mendable();
    }
    disk_free(&disk);
}

static void each_request_fails_once(void **state)
{
    (void)state;
    requests_fail(false, 7);
}

static void each_request_fails_for_good(void **state)
{
    (void)state;
    requests_fail(true, 23);
}

static void each_request_of_opening_fails(void **state)
{
    int error = -EIO;

    (void)state;
    disk_make("-b 1024 -g 512 -O ^resize_inode", "2M");
    for (unsigned k = 2; error; k++) {
        disk.gets = 0, disk.failing_get = k;
        error = disk_open(&disk, &volume, &fs, now);
        assert_true(error == 0 || error == -EIO);
    }
    disk.failing_get = 0;
    must_work(disk_close(&disk, &fs, now));
    disk_free(&disk);
}

static void each_allocation_fails(void **state)
{
    (void)state;
    for (unsigned k = 1; k <= 6; k++) {
        disk_make("-b 1024 -g 256 -O ^resize_inode", "40M");
        disk.failing_allocation = k;
        int error = disk_open(&disk, &volume, &fs, now);
        assert_int_equal(error, k <= 2 ? -ENOMEM : 0);
        if (!error) {
            must_work(exercise()); /* it does without */
            done();
        }
        disk_free(&disk);
    }
}

static void old_files_after_failed_sync(void **state)
{
    (void)state;
    fresh("-b 1024", "4M");
    fill_before();
    must_work(exercise());
    disk.gets = 0, disk.failing_get = 1;
    assert_int_equal(ext2_rw_flush(&fs, now), -EIO);
    disk.failing_get = 0;
    done();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opening_marks_and_closing_clears),
        cmocka_unit_test(features_are_refused),
        cmocka_unit_test(damage_is_remembered),
        cmocka_unit_test(many_groups),
        cmocka_unit_test(all_fields),
        cmocka_unit_test(devices),
        cmocka_unit_test(symlinks_of_all_lengths),
        cmocka_unit_test(an_open_file_outlives_its_name),
        cmocka_unit_test(deleted_at_the_beginning_of_time),
        cmocka_unit_test(extended_attributes_go_with_the_last),
        cmocka_unit_test(all_levels_of_indirection),
        cmocka_unit_test(large_files_say_so),
        cmocka_unit_test(files_lie_together),
        cmocka_unit_test(what_was_freed_rests_until_the_sync),
        cmocka_unit_test(frozen_without_memory),
        cmocka_unit_test(no_blocks),
        cmocka_unit_test(no_inodes),
        cmocka_unit_test(no_room_in_a_directory),
        cmocka_unit_test(names_are_checked),
        cmocka_unit_test(directories_come_and_go),
        cmocka_unit_test(links_are_limited),
        cmocka_unit_test(renames),
        cmocka_unit_test(a_replaced_file_waits_for_the_sync),
        cmocka_unit_test(positions_stay_good),
        cmocka_unit_test(an_index_is_given_up),
        cmocka_unit_test(what_is_free_is_not_freed_again),
        cmocka_unit_test(own_blocks_are_not_given_out),
        cmocka_unit_test(each_request_fails_once),
        cmocka_unit_test(each_request_fails_for_good),
        cmocka_unit_test(each_request_of_opening_fails),
        cmocka_unit_test(each_allocation_fails),
        cmocka_unit_test(old_files_after_failed_sync),
    };

    return cmocka_run_group_tests_name("ext2 writer", tests, setup, teardown);
}
