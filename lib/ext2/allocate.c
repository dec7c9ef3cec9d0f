/*
 * ext2, writing: which blocks and inodes are given out, and taken back.
 *
 * Both are bits in a bitmap of each group (struct ext2_space). A search begins at a goal, or at the
 * space's `next`, below which nothing is free, and passes over what is frozen: freed since the last
 * sync, and so perhaps still in use as the disk has it. Only when nothing else is left on the whole
 * disk, frozen ones are given out.
 *
 * Placement: a file's next block is the one behind its last; when that is taken, eight free ones in
 * a row are looked for, so that files that grow side by side do not alternate. Files are put into
 * their directory's group; directories as well, but those in the root where most is free.
 *
 * Follows "The Second Extended File System", D. Poirier, §3.4, §3.5 bitmaps.
 */
#include "lib/errno.h"
#include "lib/ext2/bits.h"
#include "lib/ext2/write_private.h"

#define NO_GOAL UINT32_MAX

struct wish {
    enum ext2_kind kind;
    bool thaw;     /* frozen ones will do */
    uint32_t goal; /* bit, or NO_GOAL */
    uint32_t want; /* bits in a row, at most */
};

struct grant { /* in a group's bitmap */
    uint32_t first, count;
};

/* ---- checks --------------------------------------------------------------------------------- */

static bool overlap(uint32_t a, uint32_t a_count, uint32_t b, uint32_t b_count)
{
    return a < b ? b - a < a_count : a - b < b_count;
}

/* The blocks lie in one group. */
static bool is_own(const struct ext2_rw *fs, uint32_t number, uint32_t first, uint32_t count)
{
    const struct ext2_rw_group *group = ext2_rw_group(fs, number);
    const uint32_t per_block = fs->block_bytes / fs->inode_bytes;
    const uint32_t table = (fs->inodes_per_group + per_block - 1) / per_block;

    return overlap(first, count, ext2_group_first(fs, number), group->head) ||
           overlap(first, count, group->spaces[EXT2_BLOCKS].bitmap, 1) ||
           overlap(first, count, group->spaces[EXT2_INODES].bitmap, 1) ||
           overlap(first, count, group->inode_table, table);
}

int ext2_rw_blocks_check(struct ext2_rw *fs, uint32_t first, uint32_t count)
{
    const uint32_t low = fs->first_data_block + 1;

    if (ext2_rw_in_range(fs, "data block", first, low, fs->blocks - 1) ||
        ext2_rw_in_range(fs, "data blocks", count, 1, fs->blocks - first))
        return -EUCLEAN;
    while (count > 0) {
        const uint32_t bit = (first - fs->first_data_block) % fs->blocks_per_group;
        const uint32_t group = (first - fs->first_data_block) / fs->blocks_per_group;
        const uint32_t n = ext2_min(count, fs->blocks_per_group - bit);

        if (is_own(fs, group, first, n))
            return ext2_rw_damaged(fs, "data block inside the file system's own", first, low,
                                   fs->blocks - 1);
        first += n;
        count -= n;
    }
    return 0;
}

/* ---- what is frozen ------------------------------------------------------------------------- */

static struct room frozen_map(const struct ext2_rw *fs, const struct ext2_rw_group *group,
                              enum ext2_kind kind, uint32_t epoch)
{
    struct room map = {0};

    if (group->frozen) {
        map = room_from(room_of(group->frozen, 4 * (size_t)fs->block_bytes),
                        (2 * (size_t)kind + epoch) * fs->block_bytes);
        map.size = fs->block_bytes;
    }
    return map;
}

static void freeze(struct ext2_rw *fs, struct ext2_rw_group *group, enum ext2_kind kind,
                   uint32_t first, uint32_t count)
{
    if (!group->frozen)
        group->frozen = fs->host->allocate(fs->context, 4 * (size_t)fs->block_bytes);
    if (!group->frozen) {
        group->all_frozen[fs->epoch] = true;
        return;
    }
    ext2_bits_change(frozen_map(fs, group, kind, fs->epoch), first, count, true);
    group->spaces[kind].frozen[fs->epoch] += count;
    fs->total[kind].frozen += count;
}

/* These bits are given out: they are frozen no more. */
static void unfreeze(struct ext2_rw *fs, struct ext2_rw_group *group, enum ext2_kind kind,
                     uint32_t first, uint32_t count)
{
    for (uint32_t epoch = 0; group->frozen && epoch < 2; epoch++) {
        const struct room map = frozen_map(fs, group, kind, epoch);
        const struct ext2_bits bits = {{ext2_span(map)}};
        uint32_t end = 0;

        for (uint32_t at = first;
             (at = ext2_bits_find(&bits, true, at, first + count)) < first + count; at = end) {
            end = ext2_bits_find(&bits, false, at, first + count);
            ext2_bits_change(map, at, end - at, false);
            group->spaces[kind].frozen[epoch] -= end - at;
            fs->total[kind].frozen -= end - at;
        }
    }
}

static uint32_t available(const struct ext2_rw_group *group, enum ext2_kind kind, bool thaw)
{
    const struct ext2_space *space = &group->spaces[kind];
    const uint32_t frozen = space->frozen[0] + space->frozen[1];

    if (thaw)
        return space->free;
    if (group->all_frozen[0] || group->all_frozen[1])
        return 0;
    return space->free > frozen ? space->free - frozen : 0;
}

/* ---- one group ------------------------------------------------------------------------------ */

/* The first bit to give out, or space->count. */
static uint32_t bit_choose(struct ext2_space *space, const struct ext2_bits *bits,
                           const struct wish *wish)
{
    if (wish->goal < space->count) {
        uint32_t bit = ext2_bits_find(bits, false, wish->goal, wish->goal + 1);

        if (bit == wish->goal)
            return bit;
        bit = ext2_bits_find_byte(bits, wish->goal, space->count);
        if (bit < space->count)
            return bit;
    }
    const uint32_t bit = ext2_bits_find(bits, false, wish->thaw ? 0 : space->next, space->count);
    if (!wish->thaw)
        space->next = bit;
    return bit;
}

static int grant_check(struct ext2_rw *fs, uint32_t number, enum ext2_kind kind,
                       const struct grant *grant)
{
    fs->current_inode = 0;
    if (kind == EXT2_BLOCKS)
        return ext2_rw_blocks_check(fs, ext2_group_first(fs, number) + grant->first, grant->count);
    return ext2_rw_in_range(fs, "free inode", number * fs->inodes_per_group + grant->first + 1,
                            fs->first_inode, fs->inodes);
}

static void counts_take(struct ext2_rw *fs, struct ext2_rw_group *group, enum ext2_kind kind,
                        uint32_t count)
{
    group->spaces[kind].free -= count;
    fs->total[kind].free -= count;
    group->changed = fs->counts_changed = true;
}

/* In a group that has some available. */
static int group_take(struct ext2_rw *fs, uint32_t number, const struct wish *wish,
                      struct grant *grant)
{
    struct ext2_rw_group *group = ext2_rw_group(fs, number);
    struct ext2_space *space = &group->spaces[wish->kind];
    struct ext2_block bitmap;
    int error = ext2_get(fs, space->bitmap, false, &bitmap);

    if (error)
        return error;
    struct ext2_bits bits = {{ext2_span(bitmap.bytes)}};
    for (uint32_t epoch = 0; !wish->thaw && epoch < 2; epoch++)
        bits.maps[1 + epoch] = ext2_span(frozen_map(fs, group, wish->kind, epoch));
    grant->first = bit_choose(space, &bits, wish);
    if (grant->first >= space->count) {
        fs->current_inode = 0;
        error = ext2_rw_damaged(fs, "free bits of a bitmap", 0,
                                available(group, wish->kind, wish->thaw), space->free);
    } else {
        const uint32_t most =
            ext2_min(ext2_min(wish->want, space->free), space->count - grant->first);
        grant->count =
            ext2_bits_find(&bits, true, grant->first, grant->first + most) - grant->first;
        error = grant_check(fs, number, wish->kind, grant);
    }
    if (!error) {
        unfreeze(fs, group, wish->kind, grant->first, grant->count);
        ext2_bits_change(bitmap.bytes, grant->first, grant->count, true);
        ext2_dirty(fs, &bitmap, EXT2_POINTERS);
        counts_take(fs, group, wish->kind, grant->count);
    }
    ext2_put(fs, &bitmap);
    return error;
}

/* All bits are set and become clear. */
static int group_free(struct ext2_rw *fs, uint32_t number, enum ext2_kind kind, uint32_t first,
                      uint32_t count)
{
    struct ext2_rw_group *group = ext2_rw_group(fs, number);
    struct ext2_space *space = &group->spaces[kind];
    struct ext2_block bitmap;
    int error = ext2_get(fs, space->bitmap, false, &bitmap);

    if (error)
        return error;
    const struct ext2_bits bits = {{ext2_span(bitmap.bytes)}};
    const uint32_t clear = ext2_bits_find(&bits, false, first, first + count);
    if (clear < first + count)
        error = ext2_rw_damaged(fs,
                                kind == EXT2_BLOCKS ? "freed block, free already, bit"
                                                    : "freed inode, free already, bit",
                                clear, first + count, space->count);
    else
        error = ext2_rw_in_range(fs, "free bits of a group", space->free + (uint64_t)count, count,
                                 space->count);
    if (!error) {
        ext2_bits_change(bitmap.bytes, first, count, false);
        ext2_dirty(fs, &bitmap, EXT2_POINTERS);
        space->free += count;
        fs->total[kind].free += count;
        group->changed = fs->counts_changed = true;
        freeze(fs, group, kind, first, count);
    }
    ext2_put(fs, &bitmap);
    return error;
}

/* ---- the whole disk ------------------------------------------------------------------------- */

/* From the group `start` on, the first that has some; then frozen ones. *number: which group. */
static int disk_take(struct ext2_rw *fs, uint32_t start, struct wish wish, uint32_t *number,
                     struct grant *grant)
{
    for (uint32_t pass = 0; pass < 2; pass++, wish.thaw = true) {
        if (pass == 0 && fs->total[wish.kind].free <= fs->total[wish.kind].frozen)
            continue;
        for (uint32_t i = 0; i < fs->groups; i++) {
            *number = start + i < fs->groups ? start + i : start + i - fs->groups;
            if (available(ext2_rw_group(fs, *number), wish.kind, wish.thaw))
                return group_take(fs, *number, &wish, grant);
            wish.goal = NO_GOAL;
        }
    }
    return -ENOSPC;
}

int ext2_blocks_take(struct ext2_rw *fs, uint32_t group, uint32_t goal, uint32_t want,
                     uint32_t *first, uint32_t *count)
{
    const uint32_t reserved = fs->privileged ? 0 : fs->reserved_blocks;
    const uint32_t free = fs->total[EXT2_BLOCKS].free;
    struct wish wish = {.kind = EXT2_BLOCKS, .goal = NO_GOAL};
    struct grant grant;

    if (free <= reserved)
        return -ENOSPC;
    wish.want = ext2_min(want, free - reserved);
    if (goal > fs->first_data_block && goal < fs->blocks) {
        group = (goal - fs->first_data_block) / fs->blocks_per_group;
        wish.goal = (goal - fs->first_data_block) % fs->blocks_per_group;
    }
    const int error = disk_take(fs, group, wish, &group, &grant);
    if (error)
        return error;
    *first = ext2_group_first(fs, group) + grant.first;
    *count = grant.count;
    fs->blocks_taken += grant.count;
    return 0;
}

int ext2_blocks_free(struct ext2_rw *fs, uint32_t first, uint32_t count)
{
    int error = ext2_rw_blocks_check(fs, first, count);

    while (!error && count > 0) {
        const uint32_t bit = (first - fs->first_data_block) % fs->blocks_per_group;
        const uint32_t group = (first - fs->first_data_block) / fs->blocks_per_group;
        const uint32_t n = ext2_min(count, fs->blocks_per_group - bit);

        error = group_free(fs, group, EXT2_BLOCKS, bit, n);
        if (!error)
            fs->host->forget(fs->context, first, n);
        first += n;
        count -= n;
    }
    return error;
}

/* ---- inodes --------------------------------------------------------------------------------- */

/* Of a directory in the root: where most blocks are free, among those with inodes enough. */
static uint32_t group_for_spread(const struct ext2_rw *fs)
{
    const uint32_t average = fs->total[EXT2_INODES].free / fs->groups;
    uint32_t best = 0, most = 0;

    for (uint32_t i = 0; i < fs->groups; i++) {
        const struct ext2_rw_group *group = ext2_rw_group(fs, i);
        const uint32_t blocks = available(group, EXT2_BLOCKS, false);

        if (blocks > most && available(group, EXT2_INODES, false) >= average) {
            best = i;
            most = blocks;
        }
    }
    return best;
}

int ext2_inode_take(struct ext2_rw *fs, uint32_t parent, bool directory, uint32_t *number)
{
    const struct wish wish = {.kind = EXT2_INODES, .goal = NO_GOAL, .want = 1};
    const bool spread = directory && parent == EXT2_ROOT;
    uint32_t group = spread ? group_for_spread(fs) : ext2_group_of_inode(fs, parent);
    struct grant grant;
    const int error = disk_take(fs, group, wish, &group, &grant);

    if (error)
        return error;
    ext2_rw_group(fs, group)->directories += directory;
    *number = group * fs->inodes_per_group + grant.first + 1;
    return 0;
}

int ext2_inode_free(struct ext2_rw *fs, uint32_t number, bool directory)
{
    const uint32_t group = ext2_group_of_inode(fs, number);
    struct ext2_rw_group *place = ext2_rw_group(fs, group);

    if (directory &&
        ext2_rw_in_range(fs, "directories of a group", place->directories, 1, fs->inodes_per_group))
        return -EUCLEAN;
    const int error = group_free(fs, group, EXT2_INODES, (number - 1) % fs->inodes_per_group, 1);
    if (!error)
        place->directories -= directory;
    return error;
}
