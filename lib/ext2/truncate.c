/*
 * ext2, writing: files become shorter.
 *
 * ext2_cut goes through the tree of block pointers from its end, so that whatever stops it half-way
 * leaves a file whose beginning is whole. An indirect block of which nothing is kept is freed and
 * not written any more; one of which something is kept is. Neighbours are freed together (struct
 * batch), before the next indirect block is looked at: a damaged tree that meets itself again finds
 * out.
 *
 * Follows "The Second Extended File System", D. Poirier, §3.3 i_block.
 */
#include "lib/errno.h"
#include "lib/ext2/write_private.h"

struct batch { /* of blocks that are to be freed */
    uint32_t first, count;
};

static int batch_free(struct ext2_rw *fs, struct batch *batch)
{
    const struct batch run = *batch;

    batch->count = 0;
    return run.count ? ext2_blocks_free(fs, run.first, run.count) : 0;
}

/* Pointers come from the last to the first, so mostly each block is the one before the last one. */
static int batch_add(struct ext2_rw *fs, struct batch *batch, uint32_t block)
{
    int error = 0;

    if (batch->count > 0 && block + 1 != batch->first)
        error = batch_free(fs, batch);
    batch->first = block;
    batch->count++;
    return error;
}

static int pointer_cut(struct ext2_rw *fs, struct ext2_node *node, struct ext2_table *table,
                       uint32_t slot, uint32_t level, uint64_t keep, struct batch *batch);

/* Of what an indirect block leads to, all but the first `keep` file blocks. */
static int table_cut(struct ext2_rw *fs, struct ext2_node *node, uint32_t number, uint32_t level,
                     uint64_t keep, struct batch *batch)
{
    const uint32_t fanout = fs->block_bytes / 4;
    struct ext2_table table = {.pinned = true};
    uint64_t below = 1; /* file blocks below each of its pointers */
    int error = batch_free(fs, batch);

    if (!error)
        error = ext2_get(fs, number, false, &table.block);
    if (error)
        return error;
    for (uint32_t i = 1; i < level; i++)
        below *= fanout;
    for (uint32_t slot = fanout; slot > 0 && slot * below > keep && !error; slot--) {
        const uint64_t start = (slot - 1) * below;

        error = pointer_cut(fs, node, &table, slot - 1, level - 1, keep > start ? keep - start : 0,
                            batch);
    }
    if (keep > 0 || error)
        ext2_dirty(fs, &table.block, EXT2_POINTERS);
    ext2_put(fs, &table.block);
    return error;
}

/* Below one pointer, level 0 being data, all but the first `keep` file blocks. */
static int pointer_cut(struct ext2_rw *fs, struct ext2_node *node, struct ext2_table *table,
                       uint32_t slot, uint32_t level, uint64_t keep, struct batch *batch)
{
    const uint32_t block = ext2_pointer_get(node, table, slot);

    if (block == 0)
        return 0;
    int error = ext2_rw_blocks_check(fs, block, 1);
    if (!error && level > 0)
        error = table_cut(fs, node, block, level, keep, batch);
    if (error || keep > 0)
        return error;
    ext2_pointer_set(node, table, slot, 0);
    if (ext2_rw_in_range(fs, "inode sectors", node->sectors, ext2_block_sectors(fs), UINT32_MAX))
        return -EUCLEAN;
    node->sectors -= ext2_block_sectors(fs);
    node->dirty = true;
    return batch_add(fs, batch, block);
}

int ext2_cut(struct ext2_rw *fs, struct ext2_node *node, uint64_t keep)
{
    const uint64_t fanout = fs->block_bytes / 4;
    const uint64_t begins[] = {/* the first file block of each of the three trees, and the end */
                               EXT2_DIRECT_BLOCKS, EXT2_DIRECT_BLOCKS + fanout,
                               EXT2_DIRECT_BLOCKS + fanout + fanout * fanout, UINT64_MAX};
    struct ext2_table own = {0};
    struct batch batch = {0};
    int error = 0;

    fs->current_inode = node->number;
    for (uint32_t i = array_length(begins) - 1; i > 0 && !error && keep < begins[i]; i--) {
        const uint64_t begin = begins[i - 1];

        error = pointer_cut(fs, node, &own, EXT2_DIRECT_BLOCKS + i - 1, i,
                            keep > begin ? keep - begin : 0, &batch);
    }
    for (uint32_t i = EXT2_DIRECT_BLOCKS; i > 0 && i > keep && !error; i--)
        error = pointer_cut(fs, node, &own, i - 1, 0, 0, &batch);
    const int last = batch_free(fs, &batch);
    node->next_block = 0;
    return error ? error : last;
}

int ext2_truncate(struct ext2_rw *fs, struct ext2_node *node, uint64_t size, uint32_t now)
{
    int error = 0;

    if (ext2_node_type(node) != EXT2_TYPE_FILE)
        return ext2_node_type(node) == EXT2_TYPE_DIRECTORY ? -EISDIR : -EINVAL;
    if (size > ext2_rw_size_max(fs))
        return -EFBIG;
    const bool grows = size > node->size;
    node->size = size;
    node->modified = node->changed = now;
    node->dirty = true;
    if (!grows)
        error = ext2_cut(fs, node, (size + fs->block_bytes - 1) / fs->block_bytes);
    return error;
}
