/*
 * ext2: inodes, and from a file's bytes to sectors.
 *
 * run_find goes through the inode's block pointers (12 direct, then one, two and three levels of
 * indirect blocks) and says where the next blocks of the file lie and how many are neighbours;
 * ext2_read makes one sector request of them.
 *
 * Follows "The Second Extended File System", D. Poirier, §3.3 inodes.
 */
#include "lib/ext2/private.h"

#include "lib/errno.h"
#include "lib/string.h"

#define DIRECT_BLOCKS  12
#define RUN_BLOCKS_MAX 0x10000 /* so that its sectors fit 32 bits */

/* i_flags that say the block pointers are none; their features would have been refused. */
#define INODE_ENCRYPTED   0x00000800
#define INODE_EXTENTS     0x00080000
#define INODE_INLINE_DATA 0x10000000

struct run {        /* of neighbouring blocks, or a hole */
    uint32_t first; /* 0: a hole */
    uint32_t count;
};

/* ---- inodes ---------------------------------------------------------------------------------- */

static void inode_decode(struct span bytes, struct ext2_inode *inode)
{
    inode->mode = span_rd16(bytes, 0);
    inode->uid = span_rd16(bytes, 2) | (uint32_t)span_rd16(bytes, 120) << 16;
    inode->size = span_rd32(bytes, 4);
    inode->mtime = span_rd32(bytes, 16);
    inode->gid = span_rd16(bytes, 24) | (uint32_t)span_rd16(bytes, 122) << 16;
    inode->links = span_rd16(bytes, 26);
    inode->sectors = span_rd32(bytes, 28);
    for (uint32_t i = 0; i < array_length(inode->blocks); i++)
        inode->blocks[i] = span_rd32(bytes, 40 + 4 * i);
    if (ext2_type(inode) == EXT2_TYPE_FILE) /* elsewhere the field is another */
        inode->size |= (uint64_t)span_rd32(bytes, 108) << 32;
}

/* Blocks that 12 direct pointers and three trees of indirect blocks can name. */
static uint64_t file_blocks_max(const struct ext2 *fs)
{
    const uint64_t fanout = fs->block_bytes / 4;

    return DIRECT_BLOCKS + fanout + fanout * fanout + fanout * fanout * fanout;
}

int ext2_size_check(struct ext2 *fs, const struct ext2_inode *inode)
{
    switch (ext2_type(inode)) {
    case EXT2_TYPE_FILE:
        return ext2_in_range(fs, "file size", inode->size, 0,
                             file_blocks_max(fs) * fs->block_bytes);
    case EXT2_TYPE_DIRECTORY: /* has no holes */
        if (ext2_in_range(fs, "directory size", inode->size, fs->block_bytes,
                          (uint64_t)inode->sectors * EXT2_SECTOR_BYTES))
            return -EUCLEAN;
        return ext2_in_range(fs, "directory size beyond its last block",
                             inode->size % fs->block_bytes, 0, 0);
    case EXT2_TYPE_SYMLINK:
        return ext2_in_range(fs, "symlink size", inode->size, 1, fs->block_bytes - 1);
    default:
        return 0;
    }
}

static int inode_check(struct ext2 *fs, const struct ext2_inode *inode, uint32_t flags)
{
    static const uint16_t known =
        1u << 1 | 1u << 2 | 1u << 4 | 1u << 6 | 1u << 8 | 1u << 10 | 1u << 12;

    if (!(known >> (inode->mode >> 12) & 1))
        return ext2_damaged(fs, "inode mode", inode->mode, EXT2_TYPE_FIFO,
                            EXT2_TYPE_SOCKET | 07777);
    if (ext2_in_range(fs, "inode links", inode->links, 1, UINT16_MAX) ||
        ext2_in_range(fs, "inode sectors", inode->sectors, 0,
                      (uint64_t)fs->blocks * (fs->block_bytes / EXT2_SECTOR_BYTES)) ||
        ext2_in_range(fs, "inode flags",
                      flags & (INODE_ENCRYPTED | INODE_EXTENTS | INODE_INLINE_DATA), 0, 0))
        return -EUCLEAN;
    return ext2_size_check(fs, inode);
}

int ext2_inode(struct ext2 *fs, uint32_t number, struct ext2_inode *inode)
{
    const uint32_t per_block = fs->block_bytes / fs->inode_bytes;
    struct ext2_group group;
    struct span bytes;

    fs->current_inode = number;
    if (number != EXT2_ROOT &&
        ext2_in_range(fs, "inode number", number, fs->first_inode, fs->inodes))
        return -EUCLEAN;
    const uint32_t index = (number - 1) % fs->inodes_per_group;
    int error = ext2_group_get(fs, (number - 1) / fs->inodes_per_group, &group);
    if (!error)
        error = ext2_block_get(fs, group.inode_table + index / per_block, &bytes);
    if (error)
        return error;
    bytes = span_part(bytes, index % per_block * fs->inode_bytes, fs->inode_bytes);
    inode->number = number;
    inode_decode(bytes, inode);
    return inode_check(fs, inode, span_rd32(bytes, 32));
}

/* ---- files ----------------------------------------------------------------------------------- */

/* Which of the inode's 15 pointers leads to file block *index: 0–11 to itself, 12–14 into a tree.
   Then *index is the index below that pointer and *span the number of file blocks below it. */
static int pointer_find(struct ext2 *fs, uint64_t *index, uint64_t *span, uint32_t *pointer)
{
    if (ext2_in_range(fs, "file block", *index, 0, file_blocks_max(fs) - 1))
        return -EUCLEAN;
    if (*index < DIRECT_BLOCKS) {
        *span = 1;
        *pointer = (uint32_t)*index;
        *index = 0;
        return 0;
    }
    *index -= DIRECT_BLOCKS;
    *span = fs->block_bytes / 4;
    for (*pointer = DIRECT_BLOCKS; *index >= *span; ++*pointer) {
        *index -= *span;
        *span *= fs->block_bytes / 4;
    }
    return 0;
}

/* Where file block `index` lies, and how many of its followers (at most `max` in all) lie behind it
   or are a hole with it, as far as one indirect block tells. §3.3 i_block */
static int run_find(struct ext2 *fs, const struct ext2_inode *inode, uint64_t index, uint32_t max,
                    struct run *run)
{
    const uint32_t fanout = fs->block_bytes / 4;
    struct span table = {0}; /* empty: the inode's own pointers */
    uint32_t slot, slots = DIRECT_BLOCKS;
    uint64_t span;
    int error = pointer_find(fs, &index, &span, &slot);

    if (error)
        return error;
    run->first = inode->blocks[slot];
    while (span > 1 && run->first != 0) {
        error = ext2_data_blocks_check(fs, run->first, 1);
        if (!error)
            error = ext2_block_get(fs, run->first, &table);
        if (error)
            return error;
        span /= fanout;
        slot = (uint32_t)(index / span);
        slots = fanout;
        index %= span;
        run->first = span_rd32(table, 4 * (size_t)slot);
    }
    if (span > 1) { /* a hole of a whole tree */
        run->count = span - index < max ? (uint32_t)(span - index) : max;
        return 0;
    }
    const uint64_t step = run->first != 0;
    for (run->count = 1; run->count < max && run->count < slots - slot; run->count++) {
        const uint32_t next = slot + run->count;
        const uint32_t block =
            table.size ? span_rd32(table, 4 * (size_t)next) : inode->blocks[next];
        if (block != run->first + step * run->count)
            break;
    }
    return run->first ? ext2_data_blocks_check(fs, run->first, run->count) : 0;
}

/* Part of one block, through the cache. skip + size <= block_bytes. */
int ext2_part_read(struct ext2 *fs, const struct ext2_inode *inode, uint64_t index, uint32_t skip,
                   void *to, uint32_t size)
{
    struct span bytes;
    struct run run;
    int error = run_find(fs, inode, index, 1, &run);

    if (!error && run.first == 0)
        memset(to, 0, size);
    else if (!error && (error = ext2_block_get(fs, run.first, &bytes)) == 0)
        span_copy(to, span_part(bytes, skip, size));
    return error;
}

/* One run of whole blocks straight into `to`. *size: bytes at most, and then those that were read.
 */
static int run_read(struct ext2 *fs, const struct ext2_inode *inode, uint64_t index, void *to,
                    size_t *size)
{
    const size_t blocks = *size / fs->block_bytes;
    struct run run;
    const int error = run_find(fs, inode, index,
                               blocks < RUN_BLOCKS_MAX ? (uint32_t)blocks : RUN_BLOCKS_MAX, &run);

    if (error)
        return error;
    *size = (size_t)run.count * fs->block_bytes;
    if (run.first)
        return ext2_blocks_read(fs, run.first, run.count, to);
    memset(to, 0, *size);
    return 0;
}

int ext2_read(struct ext2 *fs, const struct ext2_inode *inode, uint64_t offset, void *to,
              size_t size, size_t *got)
{
    const struct room room = room_of(to, size);

    *got = 0;
    fs->current_inode = inode->number;
    if (ext2_type(inode) != EXT2_TYPE_FILE)
        return ext2_type(inode) == EXT2_TYPE_DIRECTORY ? -EISDIR : -EINVAL;
    if (offset >= inode->size)
        return 0;
    if (size > inode->size - offset)
        size = (size_t)(inode->size - offset);
    while (*got < size) {
        const uint64_t index = offset / fs->block_bytes;
        const uint32_t skip = (uint32_t)(offset % fs->block_bytes);
        void *part = room_from(room, *got).chars;
        size_t step = size - *got;
        int error;

        if (skip == 0 && step >= fs->block_bytes) {
            error = run_read(fs, inode, index, part, &step);
        } else {
            if (step > fs->block_bytes - skip)
                step = fs->block_bytes - skip;
            error = ext2_part_read(fs, inode, index, skip, part, (uint32_t)step);
        }
        if (error)
            return error;
        *got += step;
        offset += step;
    }
    return 0;
}

int ext2_directory_block(struct ext2 *fs, const struct ext2_inode *directory, uint64_t index,
                         struct span *bytes)
{
    struct run run;
    const int error = run_find(fs, directory, index, 1, &run);

    if (error)
        return error;
    if (ext2_in_range(fs, "directory block", run.first, 1, UINT32_MAX)) /* no hole */
        return -EUCLEAN;
    return ext2_block_get(fs, run.first, bytes);
}
