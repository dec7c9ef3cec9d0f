/*
 * libFuzzer target: the input is an ext2 image (64–256 KiB; the disk goes on with zeros).
 * Everything that can be reached from the root is read, within a number of steps. lib/ext2_test.c
 * runs the same over mutations of its own.
 */
/* links: lib/ext2/volume.c lib/ext2/file.c lib/ext2/path.c */
/* options: -max_len=262144 -len_control=0 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ext2.h"

#define DISK_SECTORS 4096
#define STEPS_MAX    3000
#define DEPTH_MAX    12
#define READ_MAX     20000

struct image {
    const uint8_t *bytes;
    size_t size;
};

static struct ext2 fs;
static unsigned steps;
static volatile unsigned sink; /* what we read is looked at, or a sanitizer may miss it */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Traps, so that it fails in a fuzzer and in a test alike. */
static void must(int truth)
{
    if (!truth)
        abort();
}

static int image_read(void *context, uint64_t sector, uint32_t count, void *to)
{
    const struct image *image = context;

    must(count > 0 && sector < DISK_SECTORS && count <= DISK_SECTORS - sector);
    const size_t offset = sector * 512, size = count * 512;
    const size_t there = offset < image->size ? image->size - offset : 0;
    const size_t n = there < size ? there : size;
    memset(to, 0, size);
    if (n > 0)
        memcpy(to, image->bytes + offset, n);
    return 0;
}

static void look_at(const void *bytes, size_t size)
{
    unsigned sum = 0;

    for (size_t i = 0; i < size; i++)
        sum = sum * 31 + ((const uint8_t *)bytes)[i];
    sink = sum;
}

/* A heap buffer of exactly `size`, so that one byte too many is found. */
static void read_some(const struct ext2_inode *inode, uint64_t offset, size_t size)
{
    uint8_t *to = malloc(size);
    size_t got = 0;

    must(to != NULL);
    const int error = ext2_read(&fs, inode, offset, to, size, &got);
    must(error <= 0 && got <= size);
    must(error || got == size || offset + got >= inode->size);
    look_at(to, got);
    free(to);
}

static void file_walk(const struct ext2_inode *inode)
{
    read_some(inode, 0, READ_MAX);
    for (uint64_t offset = 11 * 1024 + 7; offset < inode->size; offset = offset * 4 + 1)
        read_some(inode, offset, 1500);
    if (inode->size > 0)
        read_some(inode, inode->size - 1, 2);
}

static void link_walk(const struct ext2_inode *inode)
{
    for (size_t size = 1; size <= EXT2_PATH_MAX; size *= 16) {
        char *to = malloc(size);

        must(to != NULL);
        if (ext2_read_link(&fs, inode, to, size) == 0) {
            must(strlen(to) == inode->size && inode->size < size);
            look_at(to, strlen(to));
        }
        free(to);
    }
}

static void directory_walk(const struct ext2_inode *directory, const char *path);

static void entry_walk(const struct ext2_entry *entry, const char *path)
{
    char *child = malloc(strlen(path) + entry->name_length + 2u);
    struct ext2_inode inode;

    must(child != NULL);
    must(entry->inode != 0 && entry->type <= 7);
    must(entry->name_length > 0 && strlen(entry->name) == entry->name_length);
    strcpy(child, path);
    strcat(child, "/");
    strcat(child, entry->name);
    if (ext2_lookup(&fs, child, (int)(steps % 2), &inode) == 0)
        look_at(&inode, sizeof(inode));
    const int error = ext2_inode(&fs, entry->inode, &inode);
    must(error <= 0);
    if (!error) {
        switch (inode.mode & EXT2_TYPE_MASK) {
        case EXT2_TYPE_DIRECTORY:
            if (entry->name[0] != '.')
                directory_walk(&inode, child);
            break;
        case EXT2_TYPE_SYMLINK:
            link_walk(&inode);
            break;
        default:
            file_walk(&inode);
        }
    }
    free(child);
}

static void directory_walk(const struct ext2_inode *directory, const char *path)
{
    struct ext2_entry *entry = malloc(sizeof(*entry));
    uint64_t position = 0, before = 0;

    must(entry != NULL);
    if (strlen(path) / 2 < 2000 && steps < STEPS_MAX) {
        while (++steps < STEPS_MAX && ext2_next_entry(&fs, directory, &position, entry) == 1) {
            must(position > before && position <= directory->size);
            before = position;
            entry_walk(entry, path);
        }
    }
    free(entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct image image = {bytes, size};
    struct ext2_inode root;
    int used = 0;

    steps = 0;
    if (ext2_mount(&fs, image_read, &image, DISK_SECTORS) != 0) {
        look_at(&fs.damage, sizeof(fs.damage));
        return 0;
    }
    must(fs.unsupported == 0 && strlen(fs.label) <= 16);
    for (uint64_t sector = 0; sector < DISK_SECTORS; sector += 61)
        if (ext2_sectors_used(&fs, sector, 64, &used) != 0)
            must(used == 1);
    if (ext2_inode(&fs, EXT2_ROOT, &root) == 0)
        directory_walk(&root, "");
    return 0;
}
