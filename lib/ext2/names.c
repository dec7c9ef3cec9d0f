/*
 * ext2, writing: names. What create, link, unlink and rename do to directories and inodes.
 *
 * Each first looks and takes: finds the places, pins the blocks it will change, allocates. Behind
 * that it changes, and cannot fail any more. Whatever stops it before is undone, so that there
 * never is a name without its inode, nor an inode too few times counted.
 *
 * The blocks of a change are pinned in one struct change; they are put together at its end.
 */
#include "lib/errno.h"
#include "lib/ext2/write_private.h"

#define PINS 8

struct change {
    struct ext2_rw *fs;
    uint32_t now;
    uint32_t taken; /* fs->blocks_taken when it began */
    uint32_t pinned;
    struct ext2_block blocks[PINS];
};

/* ---- pins ----------------------------------------------------------------------------------- */

static struct change change_begin(struct ext2_rw *fs, uint32_t now)
{
    return (struct change){.fs = fs, .now = now, .taken = fs->blocks_taken};
}

/* *block stays NULL when it cannot be had. */
static int change_pin(struct change *change, uint32_t number, struct ext2_block **block)
{
    const int error = ext2_get(change->fs, number, false, &change->blocks[change->pinned]);

    if (!error)
        *block = &change->blocks[change->pinned++];
    return error;
}

static int change_pin_node(struct change *change, const struct ext2_node *node,
                           struct ext2_block **block)
{
    const int error = ext2_node_pin(change->fs, node->number, &change->blocks[change->pinned]);

    if (!error)
        *block = &change->blocks[change->pinned++];
    return error;
}

static int change_end(struct change *change, int error)
{
    while (change->pinned > 0)
        ext2_put(change->fs, &change->blocks[--change->pinned]);
    return error;
}

/* The node as it now is, with its ctime. */
static void change_store(struct change *change, struct ext2_node *node, struct ext2_block *block)
{
    node->changed = change->now;
    ext2_node_store(change->fs, node, block);
}

/* A directory of which records were changed. */
static void change_store_directory(struct change *change, struct ext2_node *directory,
                                   struct ext2_block *block)
{
    directory->modified = change->now;
    directory->flags &= ~EXT2_FLAG_INDEX; /* an index that knows nothing of it is none */
    change_store(change, directory, block);
}

/* ---- places --------------------------------------------------------------------------------- */

/* Where a new name goes: *block is pinned, and has room at place->room_at. */
static int room_find(struct change *change, struct ext2_node *directory, struct text name,
                     struct ext2_place *place, struct ext2_block **block)
{
    if (ext2_name_is_dots(name))
        return -EEXIST;
    if (ext2_node_type(directory) == EXT2_TYPE_DIRECTORY && directory->links == 0)
        return -ENOENT; /* it was taken away, and somebody still is in it */
    int error = ext2_place_find(change->fs, directory, name, place);
    if (!error && place->found)
        error = -EEXIST;
    if (!error)
        error = ext2_place_extend(change->fs, directory, place);
    return error ? error : change_pin(change, place->room_block, block);
}

/* Where the name of `node` is: *block is pinned, the record at place->at. */
static int name_find(struct change *change, struct ext2_node *directory, struct text name,
                     const struct ext2_node *node, struct ext2_place *place,
                     struct ext2_block **block)
{
    if (ext2_name_is_dots(name))
        return -EINVAL;
    const int error = ext2_place_find(change->fs, directory, name, place);
    if (error)
        return error;
    if (!place->found || place->number != node->number)
        return -ENOENT;
    return change_pin(change, place->block, block);
}

/* Blocks that were taken since the place was found should not be the place's own; on a damaged
   disk, where a block in use looks free, they may be. new_name: the length of the name that is to
   fit there, or 0. */
static int place_check(const struct change *change, const struct ext2_block *block, uint32_t at,
                       uint32_t new_name)
{
    return change->taken == change->fs->blocks_taken
               ? 0
               : ext2_record_check(change->fs, block, at, new_name);
}

/* A name of it goes: has it as many links as it needs for that, and is it empty? */
static int victim_check(struct ext2_rw *fs, const struct ext2_node *parent, struct ext2_node *node)
{
    fs->current_inode = node->number;
    if (ext2_node_type(node) != EXT2_TYPE_DIRECTORY)
        return ext2_rw_in_range(fs, "inode links", node->links, 1, UINT16_MAX);
    if (node->number == EXT2_ROOT)
        return -EBUSY;
    const int empty = ext2_is_empty(fs, node);
    if (empty <= 0)
        return empty ? empty : -ENOTEMPTY;
    fs->current_inode = parent->number;
    return ext2_rw_in_range(fs, "directory links", parent->links, 3, UINT16_MAX);
}

static void victim_unlink(struct ext2_node *parent, struct ext2_node *node)
{
    if (ext2_node_type(node) == EXT2_TYPE_DIRECTORY) {
        node->links = 0;
        node->size =
            0; /* nobody finds or makes anything in it any more; its blocks stay till then */
        parent->links--;
    } else {
        node->links--;
    }
}

/* ---- new inodes ----------------------------------------------------------------------------- */

static void device_encode(struct ext2_node *node, uint32_t device)
{
    const uint32_t major = device >> 8, minor = device & 0xff;

    if (major < 256)
        node->blocks[0] = device;
    else
        node->blocks[1] = minor | major << 8;
}

static int target_put(struct ext2_rw *fs, struct ext2_node *node, struct text target)
{
    struct ext2_block block;
    struct ext2_run run;

    node->size = target.size;
    if (target.size < EXT2_FAST_LINK_BYTES) {
        for (uint32_t i = 0; i < target.size; i++)
            node->blocks[i / 4] |= (uint32_t)(uint8_t)text_at(target, i) << i % 4 * 8;
        return 0;
    }
    int error = ext2_map(fs, node, 0, 1, true, &run);
    if (!error)
        error = ext2_get(fs, run.first, true, &block);
    if (error)
        return error;
    room_put(block.bytes, 0, target);
    ext2_dirty(fs, &block, EXT2_FRESH);
    ext2_put(fs, &block);
    return 0;
}

static int contents_make(struct ext2_rw *fs, const struct ext2_node *directory,
                         const struct ext2_seed *seed, struct ext2_node *node)
{
    switch (ext2_node_type(node)) {
    case EXT2_TYPE_DIRECTORY:
        node->links = 2;
        return ext2_directory_begin(fs, node, directory->number);
    case EXT2_TYPE_SYMLINK:
        return target_put(fs, node, seed->target);
    case EXT2_TYPE_CHAR:
    case EXT2_TYPE_BLOCK:
        device_encode(node, seed->device);
    }
    return 0;
}

static int seed_check(const struct ext2_rw *fs, const struct ext2_node *directory,
                      const struct ext2_seed *seed)
{
    switch (seed->mode & EXT2_TYPE_MASK) {
    case EXT2_TYPE_DIRECTORY:
        return directory->links < EXT2_LINKS_MAX ? 0 : -EMLINK;
    case EXT2_TYPE_SYMLINK:
        if (seed->target.size == 0)
            return -ENOENT;
        return seed->target.size < fs->block_bytes ? 0 : -ENAMETOOLONG;
    case EXT2_TYPE_CHAR:
    case EXT2_TYPE_BLOCK:
        return seed->device >> 8 <= 0xfff ? 0 : -EINVAL;
    case EXT2_TYPE_FILE:
    case EXT2_TYPE_FIFO:
    case EXT2_TYPE_SOCKET:
        return 0;
    default:
        return -EINVAL;
    }
}

/* Passes the error on that led here: one of its own counts less. */
static int node_unmake(struct ext2_rw *fs, struct ext2_node *node, int error)
{
    if (ext2_node_has_blocks(node))
        (void)!ext2_cut(fs, node, 0);
    (void)!ext2_inode_free(fs, node->number, ext2_node_type(node) == EXT2_TYPE_DIRECTORY);
    return error;
}

/* Takes an inode and its blocks, and pins its place in the table. */
static int node_make(struct change *change, const struct ext2_node *directory,
                     const struct ext2_seed *seed, struct ext2_node *node,
                     struct ext2_block **block)
{
    struct ext2_rw *fs = change->fs;
    const bool is_directory = (seed->mode & EXT2_TYPE_MASK) == EXT2_TYPE_DIRECTORY;

    *node = (struct ext2_node){.mode = seed->mode,
                               .links = 1,
                               .uid = seed->uid,
                               .gid = seed->gid,
                               .accessed = change->now,
                               .changed = change->now,
                               .modified = change->now,
                               .generation = ++fs->generation};
    int error = ext2_inode_take(fs, directory->number, is_directory, &node->number);
    if (error)
        return error;
    error = change_pin_node(change, node, block);
    if (!error)
        error = contents_make(fs, directory, seed, node);
    return error ? node_unmake(fs, node, error) : 0;
}

int ext2_create(struct ext2_rw *fs, struct ext2_node *directory, struct text name,
                const struct ext2_seed *seed, uint32_t now, struct ext2_node *node)
{
    struct change change = change_begin(fs, now);
    struct ext2_block *parent = NULL, *names = NULL, *own = NULL;
    struct ext2_place place;
    int error = seed_check(fs, directory, seed);

    if (!error)
        error = change_pin_node(&change, directory, &parent);
    if (!error)
        error = room_find(&change, directory, name, &place, &names);
    if (!error)
        error = node_make(&change, directory, seed, node, &own);
    if (!error && place_check(&change, names, place.room_at, (uint32_t)name.size))
        error = node_unmake(fs, node, -EUCLEAN);
    if (directory->dirty && parent) /* it may have become larger in vain */
        ext2_node_store(fs, directory, parent);
    if (error)
        return change_end(&change, error);
    ext2_node_store_fresh(fs, node, own);
    ext2_entry_add(fs, names, place.room_at, name, node->number, node->mode);
    directory->links += ext2_node_type(node) == EXT2_TYPE_DIRECTORY;
    change_store_directory(&change, directory, parent);
    return change_end(&change, 0);
}

/* ---- links ---------------------------------------------------------------------------------- */

int ext2_link(struct ext2_rw *fs, struct ext2_node *directory, struct text name,
              struct ext2_node *node, uint32_t now)
{
    struct change change = change_begin(fs, now);
    struct ext2_block *parent = NULL, *names = NULL, *own = NULL;
    struct ext2_place place;

    if (ext2_node_type(node) == EXT2_TYPE_DIRECTORY)
        return -EPERM;
    if (node->links >= EXT2_LINKS_MAX)
        return -EMLINK;
    if (node->links == 0)
        return -ENOENT;
    int error = change_pin_node(&change, directory, &parent);
    if (!error)
        error = change_pin_node(&change, node, &own);
    if (!error)
        error = room_find(&change, directory, name, &place, &names);
    if (directory->dirty && parent)
        ext2_node_store(fs, directory, parent);
    if (error)
        return change_end(&change, error);
    node->links++;
    change_store(&change, node, own);
    ext2_entry_add(fs, names, place.room_at, name, node->number, node->mode);
    change_store_directory(&change, directory, parent);
    return change_end(&change, 0);
}

int ext2_unlink(struct ext2_rw *fs, struct ext2_node *directory, struct text name,
                struct ext2_node *node, uint32_t now)
{
    struct change change = change_begin(fs, now);
    struct ext2_block *parent = NULL, *names = NULL, *own = NULL;
    struct ext2_place place;
    int error = name_find(&change, directory, name, node, &place, &names);

    if (!error)
        error = victim_check(fs, directory, node);
    if (!error)
        error = change_pin_node(&change, directory, &parent);
    if (!error)
        error = change_pin_node(&change, node, &own);
    if (error)
        return change_end(&change, error);
    ext2_entry_remove(fs, names, place.at);
    victim_unlink(directory, node);
    change_store(&change, node, own);
    change_store_directory(&change, directory, parent);
    return change_end(&change, 0);
}

/* ---- rename --------------------------------------------------------------------------------- */

struct move {
    struct change change;
    struct ext2_node *from, *to, *node, *replaced;
    struct ext2_place old, new,
        dots; /* dots: "..", when the directory that moves gets a new parent */
    struct ext2_block *old_block, *new_block, *dots_block;
    struct ext2_block *from_own, *to_own, *node_own, *replaced_own;
    bool is_directory, changes_parent;
};

/* May what moves take the place of what is there? */
static int replaced_check(struct move *move)
{
    const bool is_directory = ext2_node_type(move->replaced) == EXT2_TYPE_DIRECTORY;

    if (move->is_directory != is_directory)
        return is_directory ? -EISDIR : -ENOTDIR;
    return victim_check(move->change.fs, move->to, move->replaced);
}

static int new_name_find(struct move *move, struct text new)
{
    struct change *change = &move->change;

    if (move->replaced) {
        const int error =
            name_find(change, move->to, new, move->replaced, &move->new, &move->new_block);
        return error ? error : replaced_check(move);
    }
    if (move->changes_parent && move->to->links >= EXT2_LINKS_MAX)
        return -EMLINK;
    return room_find(change, move->to, new, &move->new, &move->new_block);
}

static int dots_find(struct move *move)
{
    if (!move->changes_parent)
        return 0;
    const int error = ext2_place_find(move->change.fs, move->node, text_of("..", 2), &move->dots);
    if (error)
        return error;
    if (ext2_rw_in_range(move->change.fs, "names of the parent", move->dots.found, 1, 1) ||
        ext2_rw_in_range(move->change.fs, "directory links", move->from->links, 3, UINT16_MAX))
        return -EUCLEAN;
    return change_pin(&move->change, move->dots.block, &move->dots_block);
}

/* Everything that may fail. */
static int move_prepare(struct move *move, struct text old, struct text new)
{
    struct change *change = &move->change;
    int error = change_pin_node(change, move->from, &move->from_own);

    if (!error)
        error = change_pin_node(change, move->to, &move->to_own);
    if (!error)
        error = change_pin_node(change, move->node, &move->node_own);
    if (!error && move->replaced)
        error = change_pin_node(change, move->replaced, &move->replaced_own);
    if (!error)
        error = name_find(change, move->from, old, move->node, &move->old, &move->old_block);
    if (!error)
        error = dots_find(move);
    if (!error)
        error = new_name_find(move, new);
    if (!error)
        error = place_check(change, move->old_block, move->old.at, 0);
    if (!error && move->dots_block)
        error = place_check(change, move->dots_block, move->dots.at, 0);
    if (!error && !move->replaced)
        error = place_check(change, move->new_block, move->new.room_at, (uint32_t) new.size);
    return error;
}

static void move_commit(struct move *move, struct text new)
{
    struct change *change = &move->change;
    struct ext2_node *node = move->node;

    if (move->replaced) {
        ext2_entry_change(change->fs, move->new_block, move->new.at, node->number, node->mode);
        victim_unlink(move->to, move->replaced);
        if (move->replaced->links == 0 && !move->is_directory)
            move->replaced->kept_until = change->fs->flushes + 1;
        change_store(change, move->replaced, move->replaced_own);
    } else {
        ext2_entry_add(change->fs, move->new_block, move->new.room_at, new, node->number,
                       node->mode);
    }
    ext2_entry_remove(change->fs, move->old_block, move->old.at);
    if (move->changes_parent) {
        ext2_entry_change(change->fs, move->dots_block, move->dots.at, move->to->number,
                          EXT2_TYPE_DIRECTORY);
        move->from->links--;
        move->to->links++;
    }
    change_store(change, node, move->node_own);
    change_store_directory(change, move->from, move->from_own);
    change_store_directory(change, move->to, move->to_own);
}

int ext2_rename(struct ext2_rw *fs, struct ext2_node *from, struct text old, struct ext2_node *node,
                struct ext2_node *to, struct text new, struct ext2_node *replaced, uint32_t now)
{
    struct move move = {.change = change_begin(fs, now),
                        .from = from,
                        .to = to,
                        .node = node,
                        .replaced = replaced};

    move.is_directory = ext2_node_type(node) == EXT2_TYPE_DIRECTORY;
    move.changes_parent = move.is_directory && from != to;
    if (replaced == node)
        return 0;
    const int error = move_prepare(&move, old, new);
    if (to->dirty && move.to_own)
        ext2_node_store(fs, to, move.to_own);
    if (!error)
        move_commit(&move, new);
    return change_end(&move.change, error);
}

/* ---- symlinks ------------------------------------------------------------------------------- */

static int target_get(struct ext2_rw *fs, struct ext2_node *link, struct room to)
{
    struct ext2_block block;
    struct ext2_run run;

    if (link->size < EXT2_FAST_LINK_BYTES) {
        for (uint32_t i = 0; i < link->size; i++)
            room_set(to, i, (char)(link->blocks[i / 4] >> i % 4 * 8));
        return 0;
    }
    int error = ext2_map(fs, link, 0, 1, false, &run);
    if (!error)
        error = ext2_rw_in_range(fs, "symlink's block", run.first, 1, UINT32_MAX);
    if (!error)
        error = ext2_get(fs, run.first, false, &block);
    if (error)
        return error;
    room_put(to, 0, text_of(block.bytes.chars, link->size));
    ext2_put(fs, &block);
    return 0;
}

int ext2_target(struct ext2_rw *fs, struct ext2_node *link, struct room to)
{
    fs->current_inode = link->number;
    if (ext2_node_type(link) != EXT2_TYPE_SYMLINK)
        return -EINVAL;
    if (link->size >= to.size)
        return -ENAMETOOLONG;
    const int error = target_get(fs, link, to);
    if (error)
        return error;
    room_set(to, link->size, '\0');
    return ext2_rw_in_range(fs, "symlink's length before a zero", strnlen(to.chars, link->size),
                            link->size, link->size);
}
