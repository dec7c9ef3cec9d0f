/*
 * ext2, writing: from a file's blocks to the disk's, and new ones for holes.
 *
 * way_find says through which pointers a file block is reached: one of the inode's fifteen, then up
 * to three indirect blocks. descend follows them as far as they go. When blocks are missing there,
 * everything that is needed is taken first (indirect blocks, then data behind them), and hung into
 * the tree last, by one pointer: what fails before leaves the file as it was.
 *
 * Follows "The Second Extended File System", D. Poirier, §3.3 i_block.
 */
#include "lib/errno.h"
#include "lib/ext2/write_private.h"

#define LEVELS 3

struct way {
    uint32_t levels; /* of indirect blocks */
    uint32_t slots[1 + LEVELS];
};

struct spot { /* where descend stopped: at the last pointer, or at one that is 0 */
    struct ext2_table table;
    uint32_t depth; /* indirect blocks behind us */
    uint32_t slot;
    uint32_t pointer;
};

/* ---- pointers ------------------------------------------------------------------------------- */

uint32_t ext2_pointer_get(const struct ext2_node *node, const struct ext2_table *table,
                          uint32_t slot)
{
    return table->pinned ? span_rd32(ext2_span(table->block.bytes), 4 * (size_t)slot)
                         : node->blocks[slot];
}

void ext2_pointer_set(struct ext2_node *node, struct ext2_table *table, uint32_t slot,
                      uint32_t value)
{
    if (table->pinned) {
        ext2_put32(table->block.bytes, 4 * (size_t)slot, value);
    } else {
        node->blocks[slot] = value;
        node->dirty = true;
    }
}

static void table_put(struct ext2_rw *fs, struct ext2_table *table)
{
    if (table->pinned)
        ext2_put(fs, &table->block);
    table->pinned = false;
}

static int way_find(const struct ext2_rw *fs, uint64_t index, struct way *way)
{
    const uint64_t fanout = fs->block_bytes / 4;
    uint64_t below = fanout;

    *way = (struct way){0};
    if (index < EXT2_DIRECT_BLOCKS) {
        way->slots[0] = (uint32_t)index;
        return 0;
    }
    index -= EXT2_DIRECT_BLOCKS;
    for (way->levels = 1; index >= below; way->levels++) {
        if (way->levels == LEVELS)
            return -EFBIG;
        index -= below;
        below *= fanout;
    }
    way->slots[0] = EXT2_DIRECT_BLOCKS + way->levels - 1;
    for (uint32_t i = way->levels; i > 0; i--) {
        way->slots[i] = (uint32_t)(index % fanout);
        index /= fanout;
    }
    return 0;
}

static int descend(struct ext2_rw *fs, struct ext2_node *node, const struct way *way,
                   struct spot *spot)
{
    *spot = (struct spot){0};
    for (;;) {
        struct ext2_block next;

        spot->slot = way->slots[spot->depth];
        spot->pointer = ext2_pointer_get(node, &spot->table, spot->slot);
        if (spot->depth == way->levels || spot->pointer == 0)
            return 0;
        int error = ext2_rw_blocks_check(fs, spot->pointer, 1);
        if (!error)
            error = ext2_get(fs, spot->pointer, false, &next);
        table_put(fs, &spot->table);
        if (error)
            return error;
        spot->table = (struct ext2_table){true, next};
        spot->depth++;
    }
}

/* ---- runs ----------------------------------------------------------------------------------- */

/* Pointers from `slot` on that go on as the first does, at most `want`. */
static uint32_t run_length(const struct ext2_rw *fs, const struct ext2_node *node,
                           const struct spot *spot, uint32_t want)
{
    const uint32_t slots = spot->table.pinned ? fs->block_bytes / 4 : EXT2_DIRECT_BLOCKS;
    const uint32_t step = spot->pointer != 0;
    uint32_t count = 1;

    want = ext2_min(want, slots - spot->slot);
    while (count < want &&
           ext2_pointer_get(node, &spot->table, spot->slot + count) == spot->pointer + step * count)
        count++;
    return count;
}

/* How many file blocks are left below a pointer that is 0, from the way's own on. */
static uint64_t hole_length(const struct ext2_rw *fs, const struct way *way, uint32_t depth)
{
    const uint64_t fanout = fs->block_bytes / 4;
    uint64_t below = 1, offset = 0;

    for (uint32_t i = way->levels; i > depth; i--) {
        offset += below * way->slots[i];
        below *= fanout;
    }
    return below - offset;
}

/* ---- new blocks ----------------------------------------------------------------------------- */

struct growth {
    uint32_t tables;                 /* indirect blocks that are needed */
    struct ext2_block fresh[LEVELS]; /* the outermost first, pinned */
    struct ext2_run data;
};

static uint32_t goal_find(const struct ext2_node *node, const struct way *way,
                          const struct spot *spot)
{
    if (spot->depth < way->levels)
        return node->next_block;
    if (spot->slot > 0) {
        const uint32_t before = ext2_pointer_get(node, &spot->table, spot->slot - 1);

        return before ? before + 1 : node->next_block;
    }
    return spot->table.pinned ? spot->table.block.number + 1 : node->next_block;
}

static int table_take(struct ext2_rw *fs, uint32_t group, uint32_t *goal, struct ext2_block *block)
{
    uint32_t number, count;
    int error = ext2_blocks_take(fs, group, *goal, 1, &number, &count);

    if (error)
        return error;
    *goal = number + 1;
    error = ext2_get(fs, number, true, block);
    if (error && ext2_blocks_free(fs, number, 1))
        return -EUCLEAN; /* what was taken a moment ago cannot be given back */
    return error;
}

/* Gives back what growth_take took. Its own error is not worth more than the one that led here. */
static void growth_undo(struct ext2_rw *fs, struct growth *growth, uint32_t tables)
{
    for (uint32_t i = 0; i < tables; i++) {
        const uint32_t number = growth->fresh[i].number;

        ext2_put(fs, &growth->fresh[i]);
        (void)!ext2_blocks_free(fs, number, 1);
    }
}

static int growth_take(struct ext2_rw *fs, const struct ext2_node *node, uint32_t goal,
                       uint32_t want, struct growth *growth)
{
    const uint32_t group = ext2_group_of_inode(fs, node->number);
    uint32_t taken = 0;
    int error = 0;

    for (; taken < growth->tables && !error; taken += !error)
        error = table_take(fs, group, &goal, &growth->fresh[taken]);
    if (!error)
        error = ext2_blocks_take(fs, group, goal, want, &growth->data.first, &growth->data.count);
    if (error)
        growth_undo(fs, growth, taken);
    growth->data.fresh = true;
    return error;
}

/* Cannot fail: from the data up to the pointer in the spot's table. */
static void growth_hang(struct ext2_rw *fs, struct ext2_node *node, const struct way *way,
                        struct spot *spot, struct growth *growth)
{
    const uint32_t slot = way->slots[way->levels];
    struct ext2_table leaf = spot->table;

    if (growth->tables > 0)
        leaf = (struct ext2_table){true, growth->fresh[growth->tables - 1]};
    for (uint32_t i = 0; i < growth->data.count; i++)
        ext2_pointer_set(node, &leaf, slot + i, growth->data.first + i);
    for (uint32_t i = growth->tables; i > 0; i--) {
        if (i < growth->tables)
            ext2_put32(growth->fresh[i - 1].bytes, 4 * (size_t)way->slots[spot->depth + i],
                       growth->fresh[i].number);
        ext2_dirty(fs, &growth->fresh[i - 1], EXT2_FRESH);
    }
    if (growth->tables > 0)
        ext2_pointer_set(node, &spot->table, spot->slot, growth->fresh[0].number);
    for (uint32_t i = 0; i < growth->tables; i++)
        ext2_put(fs, &growth->fresh[i]);
    if (spot->table.pinned)
        ext2_dirty(fs, &spot->table.block, EXT2_POINTERS);
    node->sectors += (growth->data.count + growth->tables) * ext2_block_sectors(fs);
    node->next_block = growth->data.first + growth->data.count;
    node->dirty = true;
}

/* Blocks for the hole at the spot, at most `want` of them. */
static int hole_fill(struct ext2_rw *fs, struct ext2_node *node, const struct way *way,
                     struct spot *spot, uint32_t want, struct ext2_run *run)
{
    struct growth growth = {.tables = way->levels - spot->depth};
    const uint64_t more = ((uint64_t)want + growth.tables) * ext2_block_sectors(fs);

    if (more > UINT32_MAX - node->sectors)
        return -EFBIG;
    const int error = growth_take(fs, node, goal_find(node, way, spot), want, &growth);
    if (error)
        return error;
    growth_hang(fs, node, way, spot, &growth);
    *run = growth.data;
    return 0;
}

int ext2_map(struct ext2_rw *fs, struct ext2_node *node, uint64_t index, uint32_t want, bool create,
             struct ext2_run *run)
{
    const uint32_t fanout = fs->block_bytes / 4;
    struct way way;
    struct spot spot;
    int error = way_find(fs, index, &way);

    *run = (struct ext2_run){.count = 1};
    fs->current_inode = node->number;
    if (!ext2_node_has_blocks(node) || want == 0)
        return -EINVAL;
    if (!error)
        error = descend(fs, node, &way, &spot);
    if (error)
        return error;
    if (spot.depth == way.levels) {
        want = run_length(fs, node, &spot, want);
    } else {
        const uint64_t hole = hole_length(fs, &way, spot.depth);

        want = ext2_min(want, hole < UINT32_MAX ? (uint32_t)hole : UINT32_MAX);
    }
    *run = (struct ext2_run){.first = spot.pointer, .count = want};
    if (spot.pointer)
        error = ext2_rw_blocks_check(fs, run->first, run->count);
    else if (create)
        error = hole_fill(fs, node, &way, &spot,
                          way.levels ? ext2_min(want, fanout - way.slots[way.levels]) : want, run);
    table_put(fs, &spot.table);
    return error;
}
