/* What the files of the ext2 reader share: volume.c ← file.c ← path.c. */
#pragma once

#include "lib/ext2.h"
#include "lib/span.h"

#define EXT2_SECTOR_BYTES          512
#define EXT2_INCOMPATIBLE_FILETYPE 0x2

struct ext2_group {
    uint32_t block_bitmap, inode_bitmap, inode_table; /* block numbers */
    uint16_t flags;
};

static inline uint32_t ext2_min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static inline uint32_t ext2_type(const struct ext2_inode *inode)
{
    return inode->mode & EXT2_TYPE_MASK;
}

/* -EUCLEAN, with the reason kept in fs->damage for whoever tells the user. */
int ext2_damaged(struct ext2 *fs, const char *what, uint64_t value, uint64_t low, uint64_t high);
/* 0 when low <= value <= high, else as ext2_damaged. */
int ext2_in_range(struct ext2 *fs, const char *what, uint64_t value, uint64_t low, uint64_t high);

/* Blocks straight into `to`; the caller has checked that they are inside the file system. */
int ext2_blocks_read(struct ext2 *fs, uint32_t first, uint32_t count, void *to) must_check;
/* One block through the cache; *bytes stays valid until the next call. */
int ext2_block_get(struct ext2 *fs, uint32_t block, struct span *bytes) must_check;
/* A checked descriptor. number < fs->groups. */
int ext2_group_get(struct ext2 *fs, uint32_t number, struct ext2_group *group) must_check;
/* How many blocks at the group's start are copies of the superblock and the descriptors. group 0:
   the originals. */
uint32_t ext2_group_head(const struct ext2 *fs, uint32_t group);
/* Blocks of each group's inode table. */
uint32_t ext2_table_blocks(const struct ext2 *fs);
/* -EUCLEAN unless a file may own these blocks: inside the file system, outside of its own. */
int ext2_data_blocks_check(struct ext2 *fs, uint32_t first, uint32_t count) must_check;

/* -EUCLEAN when the size cannot be that of a file, directory or symlink. */
int ext2_size_check(struct ext2 *fs, const struct ext2_inode *inode) must_check;
/* Part of file block `index`, a hole as zeros. skip + size <= block_bytes. */
int ext2_part_read(struct ext2 *fs, const struct ext2_inode *inode, uint64_t index, uint32_t skip,
                   void *to, uint32_t size) must_check;
/* Block `index` of a directory through the cache; a hole is -EUCLEAN. */
int ext2_directory_block(struct ext2 *fs, const struct ext2_inode *directory, uint64_t index,
                         struct span *bytes) must_check;
/* The damage, or the error's own text. */
void ext2_explain_damage(const struct ext2_damage *damage, int error, char *text, size_t size);
