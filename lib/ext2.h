/*
 * ext2, reading only: what mke2fs makes, seen through a function that reads sectors. Shared by
 * stage 2, the kernel and the host tests. Follows "The Second Extended File System" (D. Poirier).
 *
 * Use: ext2_mount → ext2_lookup → ext2_read / ext2_next_entry / ext2_read_link. No allocation, no
 * global state: the caller brings struct ext2. One thread at a time per struct ext2.
 *
 * Whatever the disk holds, no call reads or writes outside the buffers it was given, loops for ever or
 * trusts a length: damage is -EUCLEAN, an unknown incompatible feature -ENOTSUP, the disk's own
 * error is passed on.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

#define EXT2_BLOCK_MAX    4096
#define EXT2_NAME_MAX     255
#define EXT2_PATH_MAX     4096
#define EXT2_SYMLINKS_MAX 40
#define EXT2_ROOT         2

/* Reads `count` sectors of 512 bytes, `sector` counted from the partition's start. 0 or -E…. */
typedef int ext2_read_sectors(void *context, uint64_t sector, uint32_t count, void *to);

struct ext2_inode {
    uint32_t number;
    uint16_t mode; /* POSIX: 0100000 file, 0040000 directory, 0120000 symlink, … and permissions */
    uint16_t links;
    uint32_t uid, gid;
    uint32_t mtime; /* seconds since 1970 */
    uint64_t size;  /* bytes */
    uint32_t sectors; /* of 512 bytes, that it occupies */
    uint32_t blocks[15];
};

struct ext2_entry {
    uint32_t inode;
    uint8_t type; /* 1 file, 2 directory, 3 char, 4 block, 5 fifo, 6 socket, 7 symlink, 0 unknown */
    uint8_t name_length;
    char name[EXT2_NAME_MAX + 1]; /* terminated */
};

#define EXT2_CACHE_BLOCKS 4 /* inode table, and one for each level of indirection or a directory */

struct ext2 {
    ext2_read_sectors *read;
    void *context;
    uint64_t partition_sectors;
    uint32_t block_bytes, blocks, inodes;
    uint32_t blocks_per_group, inodes_per_group, groups, first_data_block;
    uint32_t inode_bytes;
    uint32_t state; /* superblock s_state: 1 clean */
    char label[17];
    uint64_t cached_block[EXT2_CACHE_BLOCKS];
    uint8_t cache[EXT2_CACHE_BLOCKS][EXT2_BLOCK_MAX];
};

/* partition_sectors: size of the partition; a file system that claims more is -EUCLEAN. */
int ext2_mount(struct ext2 *fs, ext2_read_sectors *read, void *context, uint64_t partition_sectors)
    must_check;
int ext2_inode(struct ext2 *fs, uint32_t number, struct ext2_inode *inode) must_check;
/* Absolute path; follows symlinks (the last one too unless follow_last is 0). -ENOENT, -ENOTDIR,
   -ELOOP, -ENAMETOOLONG. */
int ext2_lookup(struct ext2 *fs, const char *path, int follow_last, struct ext2_inode *inode)
    must_check;
/* Up to size bytes from offset, holes as zeros, neighbouring blocks in one request. Returns in *got
   how many (0 at the end). */
int ext2_read(struct ext2 *fs, const struct ext2_inode *inode, uint64_t offset, void *to, size_t size,
              size_t *got) must_check;
/* The entry at *position (0 first), which moves behind it. 1 an entry, 0 the end, or -E…. */
int ext2_next_entry(struct ext2 *fs, const struct ext2_inode *directory, uint64_t *position,
                    struct ext2_entry *entry) must_check;
/* Fast or slow symlink; to is terminated. -ENAMETOOLONG when it does not fit. */
int ext2_read_link(struct ext2 *fs, const struct ext2_inode *inode, char *to, size_t size) must_check;
/* For a copy of the used blocks: *used = 1 when any block that lies in [sector, sector + count) is
   in use by the block bitmaps, or belongs to no group. */
int ext2_sectors_used(struct ext2 *fs, uint64_t sector, uint64_t count, int *used) must_check;
