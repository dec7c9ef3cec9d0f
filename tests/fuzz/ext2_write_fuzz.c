/*
 * libFuzzer target: the input is an ext2 image (the disk goes on with zeros, to 1 MiB), and what to
 * do with it: its first 1024 bytes, which ext2 leaves to boot sectors, are operations of the
 * writer. Whatever the image holds, each returns 0 or an error, pins nothing behind itself, and
 * comes to an end. lib/ext2/write_damage_test.c runs the same over mutations of its own.
 */
/* links: lib/ext2/explain.c lib/ext2/volume.c lib/ext2/rw_volume.c lib/ext2/allocate.c */
/* links: lib/ext2/bits.c lib/ext2/node.c lib/ext2/map.c lib/ext2/truncate.c */
/* links: lib/ext2/directory.c lib/ext2/names.c lib/ext2/content.c lib/errno.c */
/* links: tests/host/ext2_disk.c tests/host/ext2_files.c */
/* options: -max_len=131072 -len_control=0 */
#include <stdio.h>

#include "lib/compiler.h"
#include "tests/fuzz/fuzz.h"
#include "tests/host/ext2_disk.h"
#include "tests/host/ext2_files.h"

#define DISK_BYTES     (1u << 20)
#define OPERATIONS_MAX 100

static const char *const paths[] = {
    "/boot",
    "/boot/boot.cfg",
    "/holes",
    "/fast",
    "/slow",
    "/boot/d",
    "/boot/d/e",
    "/new",
    "/boot/new",
    "/boot/d/long-name-that-takes-room-long-name-that-takes-room-long-name-that-takes-room",
    "/lost+found",
    "/lost+found/x",
    "/d",
    "/d/e",
    "/d/e/f",
    "/boot/boot.cfg/x",
};

struct script {
    const uint8_t *bytes;
    size_t size, at;
};

static struct ext2 volume;
static struct ext2_rw fs;
static struct disk disk;
static struct ext2_node node;

static uint32_t next(struct script *script)
{
    return script->at < script->size ? script->bytes[script->at++] : 0;
}

static const char *next_path(struct script *script)
{
    return paths[next(script) % array_length(paths)];
}

static bool never_enough(void *context, const struct ext2_entry *entry, uint64_t position)
{
    unsigned *count = context;

    must(entry->inode != 0 && strlen(entry->name) == entry->name_length && position > 0);
    return ++*count < 5000;
}

/* An inode by its number, whatever it is. */
static int by_number(struct script *script)
{
    const uint32_t what = next(script) % 8, number = next(script) % 40; /* the seeds have 32 */
    const uint64_t index = (uint64_t)next(script) << next(script) % 20;
    struct ext2_run run = {0};
    uint64_t position = 0;
    unsigned count = 0;
    char target[300];
    int error = ext2_node_get(&fs, number, &node);

    if (error)
        return error;
    switch (what) {
    case 0:
        error = ext2_map(&fs, &node, index, 1 + next(script), true, &run);
        must(error || (run.first > 0 && run.count > 0 && run.first + run.count <= fs.blocks));
        break;
    case 1:
        error = ext2_map(&fs, &node, index, 1 + next(script), false, &run);
        must(error || run.count > 0);
        break;
    case 2:
        return ext2_file_truncate(&fs, &node, index * 100, 1);
    case 3:
        return ext2_list(&fs, &node, &position, never_enough, &count);
    case 4:
        return ext2_target(&fs, &node, room_of(target, sizeof(target)));
    case 5:
        return ext2_node_release(&fs, &node, 1);
    case 6:
        error = ext2_is_empty(&fs, &node);
        return error < 0 ? error : 0;
    default:
        break;
    }
    return error ? error : ext2_node_put(&fs, &node);
}

static int contents(struct script *script)
{
    static char bytes[9000];
    const size_t size = 1 + next(script) * 35;
    const uint64_t offset = (uint64_t)next(script) << next(script) % 24;
    const char *path = next_path(script);
    size_t done;
    int error;

    if (next(script) % 2)
        error = files_write(&fs, path, offset, bytes, size, 1, &done);
    else
        error = files_read(&fs, path, offset, bytes, size, &done);
    must(done <= size);
    return error;
}

static int operate(struct script *script)
{
    const uint32_t what = next(script) % 16;
    const char *path = next_path(script);

    switch (what) {
    case 0:
        return files_create(&fs, path, 1);
    case 1:
        return files_mkdir(&fs, path, 1);
    case 2:
        return files_symlink(&fs, path, "short", 1);
    case 3:
        return files_symlink(&fs, path,
                             "long long long long long long long long long long long long long", 1);
    case 4:
        return files_unlink(&fs, path, 1);
    case 5:
        return files_rmdir(&fs, path, 1);
    case 6:
    case 7:
        return files_rename(&fs, path, next_path(script), 1);
    case 8:
        return files_link(&fs, path, next_path(script), 1);
    case 9:
        return files_truncate(&fs, path, (uint64_t)next(script) << next(script) % 24, 1);
    case 10:
        disk.gets = 0; /* a disk that fails, once */
        disk.failing_get = next(script);
        return 0;
    case 11:
        disk.allocations = 0;
        disk.failing_allocation = next(script) % 4;
        return 0;
    case 12:
        return disk_sync(&disk, &fs, 1);
    case 13:
        return contents(script);
    default:
        return by_number(script);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct script script = {bytes, size < 1024 ? size : 1024, 0};
    uint8_t *medium = calloc(1, DISK_BYTES);
    char why[100];

    must(medium != NULL);
    memcpy(medium, bytes, size < DISK_BYTES ? size : DISK_BYTES);
    disk_init(&disk, medium, DISK_BYTES);
    fs.privileged = size % 2;
    if (disk_open(&disk, &volume, &fs, 1) == 0) {
        for (int i = 0; i < OPERATIONS_MAX && script.at < script.size; i++) {
            const int error = operate(&script);

            must(error <= 0 && disk.pins == 0);
            ext2_rw_explain(&fs, error, why, sizeof(why));
            must(strlen(why) < sizeof(why));
        }
        must(disk_close(&disk, &fs, 2) <= 0);
    }
    disk_free(&disk);
    return 0;
}
