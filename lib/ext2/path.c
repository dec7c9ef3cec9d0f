/*
 * ext2: directories, symlinks, and from a path to an inode.
 *
 * ext2_lookup cuts the path into names; directory_find scans a directory's blocks for one (an htree
 * looks like unused records to it); a symlink's target is put in front of what is left of the path.
 *
 * Follows "The Second Extended File System", D. Poirier, §4 directories.
 */
#include "lib/ext2/private.h"

#include "lib/errno.h"
#include "lib/string.h"

#define FAST_LINK_BYTES 60 /* a shorter symlink lies in the inode, in place of block pointers */

struct record {     /* of a directory */
    uint32_t inode; /* 0: unused */
    uint32_t length;
    uint8_t type;
    struct span name; /* in the cache */
};

/* ---- directories ----------------------------------------------------------------------------- */

/* The record at bytes[at] of a directory's block. at < block_bytes. */
static int record_get(struct ext2 *fs, struct span bytes, uint32_t at, struct record *record)
{
    const uint32_t left = fs->block_bytes - at;

    if (ext2_in_range(fs, "directory record, bytes left for it", left, 12, fs->block_bytes) ||
        ext2_in_range(fs, "directory position, odd part", at % 4, 0, 0))
        return -EUCLEAN;
    bytes = span_from(bytes, at);
    record->inode = span_rd32(bytes, 0);
    record->length = span_rd16(bytes, 4);
    uint32_t name_length = span_at(bytes, 6);
    record->type = span_at(bytes, 7);
    if (!(fs->incompatible & EXT2_INCOMPATIBLE_FILETYPE)) {
        name_length = span_rd16(bytes, 6);
        record->type = 0;
    }
    if (ext2_in_range(fs, "directory record length", record->length, 12, left) ||
        ext2_in_range(fs, "directory record length, odd part", record->length % 4, 0, 0) ||
        ext2_in_range(fs, "directory record inode", record->inode, 0, fs->inodes) ||
        ext2_in_range(fs, "directory name length", name_length, record->inode != 0,
                      ext2_min(record->length - 8, EXT2_NAME_MAX)))
        return -EUCLEAN;
    record->name = span_part(bytes, 8, name_length);
    return 0;
}

static int entry_fill(struct ext2 *fs, const struct record *record, struct ext2_entry *entry)
{
    for (uint32_t i = 0; i < record->name.size; i++) {
        const uint8_t byte = span_at(record->name, i);

        if (byte == '\0' || byte == '/')
            return ext2_damaged(fs, "byte in a directory name", byte, '/' + 1, UINT8_MAX);
        entry->name[i] = (char)byte;
    }
    entry->name[record->name.size] = '\0';
    entry->name_length = (uint8_t)record->name.size;
    entry->inode = record->inode;
    entry->type = record->type <= 7 ? record->type : 0;
    return 0;
}

int ext2_next_entry(struct ext2 *fs, const struct ext2_inode *directory, uint64_t *position,
                    struct ext2_entry *entry)
{
    fs->current_inode = directory->number;
    if (ext2_type(directory) != EXT2_TYPE_DIRECTORY)
        return -ENOTDIR;
    while (*position < directory->size) {
        const uint32_t at = (uint32_t)(*position % fs->block_bytes);
        struct span bytes;
        struct record record;
        int error = ext2_directory_block(fs, directory, *position / fs->block_bytes, &bytes);

        if (!error)
            error = record_get(fs, bytes, at, &record);
        if (!error && record.inode != 0)
            error = entry_fill(fs, &record, entry);
        if (error)
            return error;
        *position += record.length;
        if (record.inode != 0)
            return 1;
    }
    return 0;
}

/* The inode number of a name in one block of a directory, or 0. */
static int block_find(struct ext2 *fs, struct span bytes, const char *name, uint32_t length,
                      uint32_t *number)
{
    struct record record;

    *number = 0;
    for (uint32_t at = 0; at < fs->block_bytes; at += record.length) {
        const int error = record_get(fs, bytes, at, &record);

        if (error)
            return error;
        if (record.inode != 0 && record.name.size == length &&
            memcmp(record.name.bytes, name, length) == 0) {
            *number = record.inode;
            return 0;
        }
    }
    return 0;
}

static int directory_find(struct ext2 *fs, const struct ext2_inode *directory, const char *name,
                          uint32_t length, uint32_t *number)
{
    const uint64_t blocks = directory->size / fs->block_bytes;

    for (uint64_t i = 0; i < blocks; i++) {
        struct span bytes;
        int error = ext2_directory_block(fs, directory, i, &bytes);

        if (!error)
            error = block_find(fs, bytes, name, length, number);
        if (error || *number != 0)
            return error;
    }
    return -ENOENT;
}

/* ---- symlinks and paths ---------------------------------------------------------------------- */

/* The target's bytes, not terminated; `to` is not smaller than link->size. */
static int link_copy(struct ext2 *fs, const struct ext2_inode *link, struct room to)
{
    const uint32_t size = (uint32_t)link->size;

    if (ext2_size_check(fs, link))
        return -EUCLEAN;
    if (size >= FAST_LINK_BYTES) {
        const int error = ext2_part_read(fs, link, 0, 0, to.chars, size);
        if (error)
            return error;
    } else {
        for (uint32_t i = 0; i < size; i++)
            room_set(to, i, (char)(link->blocks[i / 4] >> i % 4 * 8));
    }
    return ext2_in_range(fs, "symlink's length before a zero", strnlen(to.chars, size), size,
                         size);
}

int ext2_read_link(struct ext2 *fs, const struct ext2_inode *inode, char *to, size_t size)
{
    fs->current_inode = inode->number;
    if (ext2_type(inode) != EXT2_TYPE_SYMLINK)
        return -EINVAL;
    if (inode->size >= size)
        return -ENAMETOOLONG;
    const struct room room = room_of(to, size);
    const int error = link_copy(fs, inode, room);
    room_set(room, error ? 0 : inode->size, '\0');
    return error;
}

/* fs->path becomes the symlink's target and, behind it, what is left of the path from `at`. */
static int path_expand(struct ext2 *fs, const struct ext2_inode *link, size_t at)
{
    const size_t left = strlen(&fs->path[at]);

    if (left >= EXT2_PATH_MAX || link->size >= EXT2_PATH_MAX - left)
        return -ENAMETOOLONG;
    memmove(&fs->path[link->size], &fs->path[at], left + 1);
    return link_copy(fs, link, room_of(fs->path, sizeof(fs->path)));
}

/* The length of the name at fs->path[at]. */
static int name_length(const struct ext2 *fs, size_t at, uint32_t *length)
{
    for (*length = 0; fs->path[at + *length] != '\0' && fs->path[at + *length] != '/'; ++*length)
        if (*length == EXT2_NAME_MAX)
            return -ENAMETOOLONG;
    return 0;
}

/* One name of the path: *inode, a directory, becomes what the name at fs->path[*at] stands for. */
static int path_step(struct ext2 *fs, size_t *at, int follow_last, uint32_t *links,
                     struct ext2_inode *inode)
{
    const uint32_t parent = inode->number;
    uint32_t length, number;
    int error = name_length(fs, *at, &length);

    fs->current_inode = parent;
    if (!error)
        error = directory_find(fs, inode, &fs->path[*at], length, &number);
    if (!error)
        error = ext2_inode(fs, number, inode);
    *at += length;
    if (error || ext2_type(inode) != EXT2_TYPE_SYMLINK || (!follow_last && fs->path[*at] == '\0'))
        return error;
    if (++*links > EXT2_SYMLINKS_MAX)
        return -ELOOP;
    error = path_expand(fs, inode, *at);
    *at = 0;
    return error ? error : ext2_inode(fs, fs->path[0] == '/' ? EXT2_ROOT : parent, inode);
}

int ext2_lookup(struct ext2 *fs, const char *path, int follow_last, struct ext2_inode *inode)
{
    const size_t length = strnlen(path, EXT2_PATH_MAX);
    uint32_t links = 0;
    size_t at = 0;

    if (path[0] != '/')
        return -EINVAL;
    if (length == EXT2_PATH_MAX)
        return -ENAMETOOLONG;
    memcpy(fs->path, path, length + 1);
    int error = ext2_inode(fs, EXT2_ROOT, inode);
    while (!error && fs->path[at] != '\0') {
        if (ext2_type(inode) != EXT2_TYPE_DIRECTORY)
            return -ENOTDIR;
        if (fs->path[at] == '/')
            at++;
        else
            error = path_step(fs, &at, follow_last, &links, inode);
    }
    return error;
}
