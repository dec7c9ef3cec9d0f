/*
 * The power fails during a sync of the ext2 writer: after each write of it, and with any part of
 * them done in any order. e2fsck must be able to mend what is then on the disk, and every file that
 * was synced before and not touched since must be whole, under its name. One that was removed since
 * is whole or gone; one that was appended to has its beginning, as long as the disk keeps the
 * order.
 *
 * FASTOS_CRASHES=n looks at n times as many states; FASTOS_SEED=n begins with other dice.
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
#include "tests/host/ext2_disk.h"
#include "tests/host/ext2_files.h"

#define ROUNDS          6
#define STATES          14 /* a round */
#define FILES           60
#define FILE_MAX        90000
#define WRITES_MAX      4000
#define CHANGES_A_ROUND 12

struct file {
    bool live, touched; /* since the last sync */
    bool grown;         /* touched by nothing but appending; removed: by nothing but that */
    struct file *heir;  /* has its name since the last sync, and is otherwise as it was then */
    uint32_t synced_size;
    char path[40];
    uint32_t seed, size;
};

struct write {
    uint32_t block,
        flush; /* a sync may have two: nothing of the second is written before the first */
    uint8_t *bytes;
};

static char folder[64];
static struct ext2 volume;
static struct ext2_rw fs;
static struct disk disk;
static uint32_t now = 1000000000;
static uint64_t random_state;
static struct file files[FILES];
static struct write writes[WRITES_MAX]; /* of one sync */
static unsigned write_count;
static unsigned heirs_checked;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32) % limit;
}

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

/* ---- files ---------------------------------------------------------------------------------- */

static const uint8_t *contents(uint32_t seed)
{
    static uint8_t bytes[FILE_MAX];
    uint32_t word = seed * 2654435761u + 1;

    for (size_t i = 0; i < sizeof(bytes); i++) {
        word = word * 1664525u + 1013904223u;
        bytes[i] = (uint8_t)(word >> 24);
    }
    return bytes;
}

static struct file *file_draw(bool live)
{
    for (int tries = 0; tries < 200; tries++) {
        struct file *file = &files[random_below(FILES)];

        if (file->live == live && (live || !file->touched))
            return file;
    }
    return NULL;
}

static void path_draw(char *path, size_t size)
{
    static unsigned serial;

    snprintf(path, size, "/d%u/%0*u", random_below(4), 1 + (int)random_below(25), ++serial);
}

/* It is not what anybody's heir was. */
static void file_disinherit(const struct file *file)
{
    for (int i = 0; i < FILES; i++)
        if (files[i].heir == file)
            files[i].heir = NULL;
}

/* Whole again, with other contents. */
static void file_rewrite(struct file *file)
{
    size_t done;

    file_disinherit(file);
    file->touched = true;
    file->grown = false;
    file->seed = random_below(UINT32_MAX);
    file->size = random_below(random_below(4) ? 6000 : FILE_MAX);
    must_work(files_truncate(&fs, file->path, 0, ++now));
    const int error =
        files_write(&fs, file->path, 0, contents(file->seed), file->size, ++now, &done);
    if (error != -ENOSPC)
        must_work(error);
    file->size = (uint32_t)done;
}

static void file_make(void)
{
    struct file *file = file_draw(false);

    if (!file)
        return;
    path_draw(file->path, sizeof(file->path));
    const int error = files_create(&fs, file->path, ++now);
    if (error == -ENOSPC)
        return;
    must_work(error);
    file->live = true;
    file_rewrite(file);
}

static void file_remove(struct file *file)
{
    must_work(files_unlink(&fs, file->path, ++now));
    file_disinherit(file);
    file->grown = !file->touched;
    file->live = false;
    file->touched = true;
}

static void file_append(struct file *file)
{
    size_t done;

    if (file->size == FILE_MAX)
        return;
    file_disinherit(file);
    file->grown |= !file->touched;
    file->touched = true;
    const uint32_t more = random_below(FILE_MAX - file->size);
    const int error = files_write(&fs, file->path, file->size, contents(file->seed) + file->size,
                                  more, ++now, &done);
    if (error != -ENOSPC)
        must_work(error);
    file->size += (uint32_t)done;
}

static void file_rename(struct file *file)
{
    struct file *over = random_below(2) ? file_draw(true) : NULL;
    char path[sizeof(file->path)];

    if (over == file)
        return;
    path_draw(path, sizeof(path));
    if (over)
        strcpy(path, over->path);
    const int error = files_rename(&fs, file->path, path, ++now);
    if (error == -ENOSPC)
        return;
    must_work(error);
    file_disinherit(file);
    if (over) {
        file_disinherit(over);
        over->heir = file->touched || over->touched ? NULL : file;
        over->live = false;
        over->touched = true;
        over->grown = false;
    }
    strcpy(file->path, path);
    file->touched = true;
    file->grown = false;
}

static void change(void)
{
    struct file *file = file_draw(true);
    char path[60];

    if (!file || random_below(3) == 0) {
        file_make();
        return;
    }
    switch (random_below(6)) {
    case 0:
        file_remove(file);
        break;
    case 1:
        file_rewrite(file);
        break;
    case 2:
        file_append(file);
        break;
    case 3:
        path_draw(path, sizeof(path));
        (void)!(random_below(2) ? files_mkdir(&fs, path, ++now)
                                : files_symlink(&fs, path,
                                                "a target that is longer than what fits "
                                                "into an inode by far",
                                                ++now));
        break;
    default:
        file_rename(file);
    }
}

/* It was synced. */
static void file_settle(struct file *file)
{
    file->touched = file->grown = false;
    file->heir = NULL;
    file->synced_size = file->size;
}

/* ---- states of the disk --------------------------------------------------------------------- */

static bool write_note(void *context, uint32_t block, const uint8_t *bytes)
{
    (void)context;
    assert_true(write_count < WRITES_MAX);
    writes[write_count].block = block;
    writes[write_count].flush = fs.flushes;
    writes[write_count].bytes = malloc(disk.block_bytes);
    memcpy(writes[write_count++].bytes, bytes, disk.block_bytes);
    return true;
}

static void write_apply(uint8_t *medium, const struct write *write)
{
    memcpy(medium + (size_t)write->block * disk.block_bytes, write->bytes, disk.block_bytes);
}

/* What must be there of a file at least; *may_be_gone. */
static uint32_t size_promised(const struct file *file, bool in_order, bool *may_be_gone)
{
    *may_be_gone = !file->live;
    if (file->touched && !file->grown)
        return 0;
    if (!file->touched)
        return file->live ? file->size : 0;
    return file->live && !in_order ? 0 : file->synced_size;
}

static bool is_whole(const struct file *file, const uint8_t *bytes, size_t size)
{
    return size == file->synced_size && memcmp(bytes, contents(file->seed), size) == 0;
}

/* One file replaced another: the name leads to one of them. */
static void heir_check(struct ext2_rw *reader, const struct file *file, const char *what,
                       unsigned which)
{
    static uint8_t bytes[FILE_MAX];
    size_t done;
    const int error = files_read(reader, file->path, 0, bytes, sizeof(bytes), &done);

    if (error || !(is_whole(file, bytes, done) || is_whole(file->heir, bytes, done)))
        fail_msg("%s %u: %s, replaced: error %d, %zu bytes", what, which, file->path, error, done);
    heirs_checked++;
}

static void files_check(const char *what, unsigned which, bool in_order)
{
    static struct ext2 reader_volume;
    static struct ext2_rw reader;
    static uint8_t bytes[FILE_MAX];
    struct disk mended;
    char image[100];

    snprintf(image, sizeof(image), "%s/image", folder);
    disk_load(&mended, image);
    must_work(disk_open(&mended, &reader_volume, &reader, now));
    for (int i = 0; i < FILES; i++) {
        const struct file *file = &files[i];
        bool may_be_gone;
        const uint32_t size = size_promised(file, in_order, &may_be_gone);
        size_t done = 0;

        if (file->heir)
            heir_check(&reader, file, what, which);
        if (size == 0)
            continue;
        const int error = files_read(&reader, file->path, 0, bytes, sizeof(bytes), &done);
        if (error == -ENOENT && may_be_gone)
            continue;
        if (error || done < size || (!file->touched && done != size) ||
            memcmp(bytes, contents(file->seed), size))
            fail_msg("%s %u: %s%s%s: error %d, %zu of %u bytes (%d)", what, which, file->path,
                     file->touched ? " grown" : "", file->live ? "" : " removed", error, done, size,
                     shell("tail -40 %s.log", image));
    }
    must_work(ext2_rw_close(&reader, now));
    disk_free(&mended);
}

static void state_check(const uint8_t *medium, const char *what, unsigned which, bool in_order)
{
    char image[100];
    FILE *file;

    snprintf(image, sizeof(image), "%s/image", folder);
    file = fopen(image, "wb");
    assert_int_equal(fwrite(medium, 1, disk.size, file), disk.size);
    fclose(file);
    const int status = shell("e2fsck -fy %s >%s.log 2>&1", image, image);
    if (status >> 8 > 1 || (status & 255))
        fail_msg("%s %u: e2fsck says %d (%d)", what, which, status >> 8,
                 shell("tail -40 %s.log", image));
    if (which % 4 == 0 && shell("e2fsck -fn %s >%s.log 2>&1", image, image))
        fail_msg("%s %u: not mended", what, which);
    files_check(what, which, in_order);
}

/* The first n writes were done. */
static void prefix_check(const uint8_t *before, unsigned n)
{
    uint8_t *medium = malloc(disk.size);

    memcpy(medium, before, disk.size);
    for (unsigned i = 0; i < n; i++)
        write_apply(medium, &writes[i]);
    state_check(medium, "prefix", n, true);
    free(medium);
}

/* Any of them were done up to a flush, for the disk's own cache has its own mind. */
static void subset_check(const uint8_t *before, unsigned which)
{
    uint8_t *medium = malloc(disk.size);
    const uint32_t share = 1 + random_below(9);
    const uint32_t flush = write_count ? writes[random_below(write_count)].flush : 0;

    memcpy(medium, before, disk.size);
    for (unsigned i = 0; i < write_count; i++)
        if (writes[i].flush < flush || (writes[i].flush == flush && random_below(10) < share))
            write_apply(medium, &writes[i]);
    state_check(medium, "subset", which, false);
    free(medium);
}

static void sync_and_crash(unsigned states)
{
    uint8_t *before = malloc(disk.size);

    memcpy(before, disk.medium, disk.size);
    write_count = 0;
    disk.observer = write_note;
    must_work(disk_sync(&disk, &fs, ++now));
    disk.observer = NULL;
    for (unsigned i = 0; i < states / 2; i++) {
        prefix_check(before, write_count <= states / 2 ? i % (write_count + 1)
                                                       : random_below(write_count + 1));
        subset_check(before, i);
    }
    for (unsigned i = 0; i < write_count; i++)
        free(writes[i].bytes);
    free(before);
    for (int i = 0; i < FILES; i++)
        file_settle(&files[i]);
}

/* The next change might take what is frozen, and then a removed file is not whole: sync first. */
static bool nearly_full(void)
{
    const struct ext2_total *blocks = &fs.total[0];

    return blocks->frozen > 0 &&
           (blocks->free - blocks->frozen) * fs.block_bytes < FILE_MAX + 20 * fs.block_bytes;
}

static void crash(const char *options, const char *size)
{
    const char *seed = getenv("FASTOS_SEED"), *times = getenv("FASTOS_CRASHES");
    const int rounds = ROUNDS * (times ? atoi(times) : 1);
    char image[100], path[10];

    random_state = 88172645463325252u + (seed ? strtoull(seed, NULL, 0) : 0);
    memset(files, 0, sizeof(files));
    snprintf(image, sizeof(image), "%s/image", folder);
    assert_int_equal(shell("rm -f %s; mke2fs -q -F -t ext2 %s %s %s >/dev/null 2>&1", image,
                           options, image, size),
                     0);
    disk_load(&disk, image);
    must_work(disk_open(&disk, &volume, &fs, now));
    for (int i = 0; i < 4; i++) {
        snprintf(path, sizeof(path), "/d%d", i);
        must_work(files_mkdir(&fs, path, now));
    }
    for (int i = 0; i < 25; i++)
        file_make();
    must_work(disk_sync(&disk, &fs, ++now));
    for (int i = 0; i < FILES; i++)
        file_settle(&files[i]);
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < CHANGES_A_ROUND && !nearly_full(); i++)
            change();
        sync_and_crash(STATES);
    }
    must_work(disk_close(&disk, &fs, ++now));
    state_check(disk.medium, "end", 0, true);
    disk_free(&disk);
    assert_true(heirs_checked > 0);
}

static void small_blocks(void **state)
{
    (void)state;
    crash("-b 1024 -N 200", "2M");
}

static void large_blocks_two_groups(void **state)
{
    (void)state;
    crash("-b 4096 -g 512 -N 200 -O ^resize_inode", "4M");
}

static void many_groups(void **state)
{
    (void)state;
    crash("-b 1024 -g 256 -N 400 -O ^resize_inode", "2M");
}

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/ext2-crash-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    return shell("rm -rf %s", folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_blocks),
        cmocka_unit_test(large_blocks_two_groups),
        cmocka_unit_test(many_groups),
    };

    return cmocka_run_group_tests_name("ext2 writer, crashes", tests, setup, teardown);
}
