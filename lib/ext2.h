/*
 * ext2, reading only: what mke2fs makes, seen through a function that reads sectors. Shared by
 * stage 2, the kernel and the host tests. Follows "The Second Extended File System" (D. Poirier).
 *
 * Use: ext2_mount → ext2_lookup → ext2_read / ext2_next_entry / ext2_read_link. No allocation, no
 * global state: the caller brings struct ext2. One thread at a time per struct ext2.
 *
 * Whatever the disk holds, no call reads or writes outside the buffers it was given, loops for ever
 * or trusts a length: damage is -EUCLEAN, an unknown incompatible feature -ENOTSUP, the disk's own
 * error is passed on. What was wrong stands in struct ext2: `damage` names the field, its value and
 * what was allowed; `unsupported` has the features' bits, ext2_feature_name their names.
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

/* The file type in struct ext2_inode's mode. */
#define EXT2_TYPE_MASK      0170000
#define EXT2_TYPE_FIFO      0010000
#define EXT2_TYPE_CHAR      0020000
#define EXT2_TYPE_DIRECTORY 0040000
#define EXT2_TYPE_BLOCK     0060000
#define EXT2_TYPE_FILE      0100000
#define EXT2_TYPE_SYMLINK   0120000
#define EXT2_TYPE_SOCKET    0140000

struct ext2_inode {
    uint32_t number;
    uint16_t mode; /* POSIX: EXT2_TYPE_… and permissions */
    uint16_t links;
    uint32_t uid, gid;
    uint32_t mtime;   /* seconds since 1970 */
    uint64_t size;    /* bytes */
    uint32_t sectors; /* of 512 bytes, that it occupies */
    uint32_t blocks[15];
};

struct ext2_entry {
    uint32_t inode;
    uint8_t type; /* 1 file, 2 directory, 3 char, 4 block, 5 fifo, 6 socket, 7 symlink, 0 unknown */
    uint8_t name_length;
    char name[EXT2_NAME_MAX + 1]; /* terminated */
};

/* Descriptors, inode table, a directory or the end of a file, and three levels of indirection. */
#define EXT2_CACHE_BLOCKS 6

struct ext2_damage {           /* of the last -EUCLEAN */
    const char *what;          /* "directory record length"; NULL while nothing was wrong */
    uint64_t value, low, high; /* found, and the range that was allowed */
    uint32_t inode;            /* whose block or record it is; 0 for the file system's own */
};

struct ext2 {
    ext2_read_sectors *read;
    void *context;
    uint64_t partition_sectors;
    uint32_t block_bytes, blocks, inodes;
    uint32_t free_inodes; /* as the superblock says, ≤ inodes */
    uint32_t blocks_per_group, inodes_per_group, groups, first_data_block;
    uint32_t inode_bytes, first_inode;
    uint32_t descriptor_blocks;                              /* they follow the superblock */
    uint32_t state;                                          /* superblock s_state: 1 clean */
    uint32_t compatible, incompatible, read_only_compatible; /* feature bits */
    uint32_t unsupported; /* those of `incompatible` that we do not know */
    char label[17];
    struct ext2_damage damage;
    uint32_t current_inode; /* for damage */
    uint64_t cache_clock;
    uint64_t cache_used[EXT2_CACHE_BLOCKS];   /* cache_clock of its last use */
    uint64_t cached_block[EXT2_CACHE_BLOCKS]; /* UINT64_MAX: none */
    uint8_t cache[EXT2_CACHE_BLOCKS][EXT2_BLOCK_MAX];
    char path[EXT2_PATH_MAX]; /* of the lookup that runs: what is still to be walked */
};

/* partition_sectors: size of the partition; a file system that claims more is -EUCLEAN. -EINVAL:
   there is no ext2 here (no magic number). */
int ext2_mount(struct ext2 *fs, ext2_read_sectors *read, void *context,
               uint64_t partition_sectors) must_check;
/* The name of incompatible feature bit 0–31 as dumpe2fs has it ("extent"); "unknown" for others. */
const char *ext2_feature_name(unsigned bit);
/* Why the last call failed, as a clause behind "ext2 on …: ", cut to size bytes with its end:
   "damaged: inode links is 0, allowed 1 to 65535 (inode 12)", "needs what we cannot read: extent".
 */
void ext2_explain(const struct ext2 *fs, int error, char *text, size_t size);
/* The root or an inode in use that is not reserved, of a known type: all else is -EUCLEAN. */
int ext2_inode(struct ext2 *fs, uint32_t number, struct ext2_inode *inode) must_check;
/* Absolute path; follows symlinks (the last one too unless follow_last is 0). -ENOENT, -ENOTDIR,
   -ELOOP, -ENAMETOOLONG; -EINVAL when it does not begin with '/'. */
int ext2_lookup(struct ext2 *fs, const char *path, int follow_last,
                struct ext2_inode *inode) must_check;
/* Up to size bytes of a file from offset, holes as zeros, neighbouring blocks in one request
   straight into `to`. Returns in *got how many (0 at the end; after an error those that were read
   before it). -EISDIR for a directory, -EINVAL for what is neither. */
int ext2_read(struct ext2 *fs, const struct ext2_inode *inode, uint64_t offset, void *to,
              size_t size, size_t *got) must_check;
/* The entry at *position (0 first), which moves behind it; "." and ".." are among them. 1 an entry,
   0 the end, or -E…: -ENOTDIR, -EUCLEAN (the position then stays). */
int ext2_next_entry(struct ext2 *fs, const struct ext2_inode *directory, uint64_t *position,
                    struct ext2_entry *entry) must_check;
/* Fast or slow symlink; to is terminated. -ENAMETOOLONG: it does not fit, -EINVAL: no symlink. */
int ext2_read_link(struct ext2 *fs, const struct ext2_inode *inode, char *to,
                   size_t size) must_check;
/* For a copy of the used blocks: *used = 1 when any block that lies in [sector, sector + count) is
   in use by the block bitmaps, or belongs to no group. After an error *used = 1. */
int ext2_sectors_used(struct ext2 *fs, uint64_t sector, uint64_t count, int *used) must_check;
