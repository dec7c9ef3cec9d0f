/*
 * ext2, writing: the volume. Opening and closing, the counts of groups and of the whole, syncs.
 *
 * The descriptors are read once; what changes of them is kept in memory (struct ext2_rw_group) and
 * goes into their blocks at ext2_rw_flush. Freed blocks and inodes are frozen in one of two epochs:
 * a flush begins the other one, and ext2_rw_synced thaws the epoch that the flush ended.
 *
 * Locks: none, one caller at a time per struct ext2_rw.
 * Follows "The Second Extended File System", D. Poirier, §3.1 superblock, §3.2 descriptors.
 */
#include "lib/errno.h"
#include "lib/ext2/write_private.h"
#include "lib/printf.h"

#define SUPERBLOCK_AT    1024 /* bytes, from the partition's start */
#define SUPERBLOCK_BYTES 1024
#define DESCRIPTOR_BYTES 32

/* Fields of the superblock. */
#define AT_RESERVED    8
#define AT_FREE_BLOCKS 12
#define AT_FREE_INODES 16
#define AT_MOUNTED     44
#define AT_WRITTEN     48
#define AT_MOUNTS      52
#define AT_STATE       58
#define AT_REVISION    76

#define STATE_CLEAN  1u
#define STATE_ERRORS 2u

#define SUPPORTED_READ_ONLY (EXT2_RO_SPARSE_SUPER | EXT2_RO_LARGE_FILE)

int ext2_rw_damaged(struct ext2_rw *fs, const char *what, uint64_t value, uint64_t low,
                    uint64_t high)
{
    fs->damage = (struct ext2_damage){what, value, low, high, fs->current_inode};
    fs->damaged = true;
    fs->counts_changed = true; /* so that the next flush says it in the superblock */
    return -EUCLEAN;
}

void ext2_rw_explain(const struct ext2_rw *fs, int error, char *text, size_t size)
{
    if (error == -ENOTSUP && fs->unsupported)
        snprintf(text, size, "read-only-compatible features 0x%x, which we cannot write",
                 fs->unsupported);
    else
        ext2_explain_damage(&fs->damage, error, text, size);
}

/* ---- superblock ----------------------------------------------------------------------------- */

int ext2_superblock_get(struct ext2_rw *fs, struct ext2_block *block, struct room *bytes)
{
    const int error = ext2_get(fs, SUPERBLOCK_AT / fs->block_bytes, false, block);

    if (error)
        return error;
    *bytes = room_from(block->bytes, SUPERBLOCK_AT % fs->block_bytes);
    bytes->size = SUPERBLOCK_BYTES;
    return 0;
}

static int superblock_put(struct ext2_rw *fs, struct ext2_block *block)
{
    ext2_dirty(fs, block, EXT2_POINTERS);
    ext2_put(fs, block);
    return 0;
}

/* As not clean: what changes from here on is e2fsck's to check, should we not come to close it. */
static int superblock_begin(struct ext2_rw *fs, uint32_t now)
{
    struct ext2_block block;
    struct room bytes;
    const int error = ext2_superblock_get(fs, &block, &bytes);

    if (error)
        return error;
    const struct span span = ext2_span(bytes);
    const uint32_t state = span_rd16(span, AT_STATE);
    fs->was_clean = (state & (STATE_CLEAN | STATE_ERRORS)) == STATE_CLEAN;
    fs->revision = span_rd32(span, AT_REVISION);
    fs->reserved_blocks = ext2_min(span_rd32(span, AT_RESERVED), fs->blocks);
    ext2_put16(bytes, AT_STATE, state & ~STATE_CLEAN);
    ext2_put16(bytes, AT_MOUNTS, span_rd16(span, AT_MOUNTS) + 1u);
    ext2_put32(bytes, AT_MOUNTED, now);
    ext2_put32(bytes, AT_WRITTEN, now);
    return superblock_put(fs, &block);
}

static int superblock_flush(struct ext2_rw *fs, uint32_t now, bool clean)
{
    struct ext2_block block;
    struct room bytes;
    const int error = ext2_superblock_get(fs, &block, &bytes);

    if (error)
        return error;
    uint32_t state = span_rd16(ext2_span(bytes), AT_STATE);
    if (fs->damaged)
        state |= STATE_ERRORS;
    else if (clean)
        state |= STATE_CLEAN;
    ext2_put16(bytes, AT_STATE, state);
    ext2_put32(bytes, AT_FREE_BLOCKS, fs->total[EXT2_BLOCKS].free);
    ext2_put32(bytes, AT_FREE_INODES, fs->total[EXT2_INODES].free);
    ext2_put32(bytes, AT_WRITTEN, now);
    return superblock_put(fs, &block);
}

/* ---- groups --------------------------------------------------------------------------------- */

static void chunks_release(struct ext2_rw *fs)
{
    for (uint32_t i = 0; i < fs->groups && fs->chunks[i / EXT2_CHUNK_GROUPS]; i++) {
        struct ext2_rw_group *group = ext2_rw_group(fs, i);

        if (group->frozen)
            fs->host->release(fs->context, group->frozen, 4 * (size_t)fs->block_bytes);
    }
    for (uint32_t i = 0; i < array_length(fs->chunks); i++) {
        if (fs->chunks[i])
            fs->host->release(fs->context, fs->chunks[i], sizeof(*fs->chunks[i]));
        fs->chunks[i] = NULL;
    }
}

static int chunks_allocate(struct ext2_rw *fs)
{
    for (uint32_t i = 0; i < fs->groups; i += EXT2_CHUNK_GROUPS) {
        struct ext2_chunk *chunk = fs->host->allocate(fs->context, sizeof(*chunk));

        if (!chunk)
            return -ENOMEM;
        fs->chunks[i / EXT2_CHUNK_GROUPS] = chunk;
    }
    return 0;
}

static int descriptor_get(struct ext2_rw *fs, uint32_t number, struct ext2_block *block,
                          struct room *bytes)
{
    const uint32_t per_block = fs->block_bytes / DESCRIPTOR_BYTES;
    const int error = ext2_get(fs, fs->first_data_block + 1 + number / per_block, false, block);

    if (error)
        return error;
    *bytes = room_from(block->bytes, number % per_block * DESCRIPTOR_BYTES);
    bytes->size = DESCRIPTOR_BYTES;
    return 0;
}

static int group_counts_read(struct ext2_rw *fs, uint32_t number, struct ext2_rw_group *group)
{
    struct ext2_block block;
    struct room bytes;
    const int error = descriptor_get(fs, number, &block, &bytes);

    if (error)
        return error;
    group->spaces[EXT2_BLOCKS].free = span_rd16(ext2_span(bytes), 12);
    group->spaces[EXT2_INODES].free = span_rd16(ext2_span(bytes), 14);
    group->directories = span_rd16(ext2_span(bytes), 16);
    ext2_put(fs, &block);
    return 0;
}

static int group_open(struct ext2_rw *fs, struct ext2 *volume, uint32_t number)
{
    struct ext2_rw_group *group = ext2_rw_group(fs, number);
    struct ext2_space *blocks = &group->spaces[EXT2_BLOCKS], *inodes = &group->spaces[EXT2_INODES];
    struct ext2_group place;
    int error = ext2_group_get(volume, number, &place);

    if (error)
        fs->damage = volume->damage;
    else
        error = group_counts_read(fs, number, group);
    if (error)
        return error;
    blocks->bitmap = place.block_bitmap;
    inodes->bitmap = place.inode_bitmap;
    group->inode_table = place.inode_table;
    group->head = (uint16_t)ext2_group_head(volume, number);
    blocks->count = ext2_min(fs->blocks_per_group, fs->blocks - ext2_group_first(fs, number));
    inodes->count = fs->inodes_per_group;
    if (ext2_rw_in_range(fs, "free blocks of a group", blocks->free, 0, blocks->count) ||
        ext2_rw_in_range(fs, "free inodes of a group", inodes->free, 0, inodes->count))
        return -EUCLEAN;
    fs->total[EXT2_BLOCKS].free += blocks->free;
    fs->total[EXT2_INODES].free += inodes->free;
    fs->own_blocks += group->head + 2u + ext2_table_blocks(volume);
    return 0;
}

static void descriptor_fill(struct room bytes, const struct ext2_rw_group *group)
{
    ext2_put16(bytes, 12, group->spaces[EXT2_BLOCKS].free);
    ext2_put16(bytes, 14, group->spaces[EXT2_INODES].free);
    ext2_put16(bytes, 16, group->directories);
}

static int descriptors_flush(struct ext2_rw *fs)
{
    for (uint32_t i = 0; i < fs->groups; i++) {
        struct ext2_rw_group *group = ext2_rw_group(fs, i);
        struct ext2_block block;
        struct room bytes;

        if (!group->changed)
            continue;
        const int error = descriptor_get(fs, i, &block, &bytes);
        if (error)
            return error;
        descriptor_fill(bytes, group);
        ext2_dirty(fs, &block, EXT2_POINTERS);
        ext2_put(fs, &block);
        group->changed = false;
    }
    return 0;
}

/* ---- opening and closing -------------------------------------------------------------------- */

static void geometry_copy(struct ext2_rw *fs, const struct ext2 *volume)
{
    fs->block_bytes = volume->block_bytes;
    fs->blocks = volume->blocks;
    fs->inodes = volume->inodes;
    fs->blocks_per_group = volume->blocks_per_group;
    fs->inodes_per_group = volume->inodes_per_group;
    fs->groups = volume->groups;
    fs->first_data_block = volume->first_data_block;
    fs->inode_bytes = volume->inode_bytes;
    fs->first_inode = volume->first_inode;
    fs->compatible = volume->compatible;
    fs->incompatible = volume->incompatible;
    fs->read_only_compatible = volume->read_only_compatible;
}

/* The bitmaps of blocks and inodes are searched 64 bits at a time, so a group's count may be any
   that fits a block. */
int ext2_rw_open(struct ext2_rw *fs, struct ext2 *volume, const struct ext2_host *host,
                 void *context, uint32_t now)
{
    memset(fs, 0, sizeof(*fs));
    fs->host = host;
    fs->context = context;
    fs->generation = now;
    geometry_copy(fs, volume);
    fs->unsupported = fs->read_only_compatible & ~SUPPORTED_READ_ONLY;
    if (fs->unsupported)
        return -ENOTSUP;
    if (fs->groups > EXT2_RW_CHUNKS * EXT2_CHUNK_GROUPS)
        return -ENOTSUP;
    int error = chunks_allocate(fs);
    for (uint32_t i = 0; !error && i < fs->groups; i++)
        error = group_open(fs, volume, i);
    if (!error)
        error = superblock_begin(fs, now);
    if (error)
        chunks_release(fs);
    return error;
}

int ext2_rw_flush(struct ext2_rw *fs, uint32_t now)
{
    const uint32_t other = 1 - fs->epoch;
    bool other_is_empty = true;
    int error = 0;

    if (fs->counts_changed)
        error = descriptors_flush(fs);
    if (!error && fs->counts_changed)
        error = superblock_flush(fs, now, false);
    if (!error)
        fs->counts_changed = false;
    for (uint32_t i = 0; !error && i < fs->groups && other_is_empty; i++) {
        const struct ext2_rw_group *group = ext2_rw_group(fs, i);

        other_is_empty = group->spaces[EXT2_BLOCKS].frozen[other] == 0 &&
                         group->spaces[EXT2_INODES].frozen[other] == 0 && !group->all_frozen[other];
    }
    fs->flushes += !error;
    if (!error && other_is_empty) /* else the last sync failed: what it was to thaw stays frozen */
        fs->epoch = other;
    return error;
}

static void group_thaw(struct ext2_rw *fs, struct ext2_rw_group *group, uint32_t epoch)
{
    bool any = false;

    group->all_frozen[epoch] = false;
    for (uint32_t kind = 0; kind < 2; kind++) {
        struct ext2_space *space = &group->spaces[kind];

        fs->total[kind].frozen -= space->frozen[epoch];
        space->frozen[epoch] = 0;
        space->next = 0;
        any |= space->frozen[1 - epoch] != 0;
        if (group->frozen)
            ext2_zero(room_of(group->frozen, 4 * (size_t)fs->block_bytes),
                      (2 * kind + epoch) * (size_t)fs->block_bytes, fs->block_bytes);
    }
    if (group->frozen && !any) {
        fs->host->release(fs->context, group->frozen, 4 * (size_t)fs->block_bytes);
        group->frozen = NULL;
    }
}

bool ext2_rw_synced(struct ext2_rw *fs)
{
    const uint32_t epoch = 1 - fs->epoch;

    for (uint32_t i = 0; i < fs->groups; i++) {
        struct ext2_rw_group *group = ext2_rw_group(fs, i);

        if (group->spaces[EXT2_BLOCKS].frozen[epoch] || group->spaces[EXT2_INODES].frozen[epoch] ||
            group->all_frozen[epoch])
            group_thaw(fs, group, epoch);
    }
    fs->synced = fs->flushes;
    return ext2_waiting_release(fs);
}

bool ext2_rw_sync_wanted(const struct ext2_rw *fs)
{
    const struct ext2_total *blocks = &fs->total[EXT2_BLOCKS], *inodes = &fs->total[EXT2_INODES];
    const uint32_t reserved = fs->privileged ? 0 : fs->reserved_blocks;

    const bool more = fs->waiting_count > 0;

    return ((blocks->frozen || more) &&
            blocks->free - blocks->frozen < reserved + fs->blocks / 32 + 8) ||
           ((inodes->frozen || more) && inodes->free - inodes->frozen < fs->inodes / 32 + 1);
}

int ext2_rw_close(struct ext2_rw *fs, uint32_t now)
{
    fs->synced = ++fs->flushes;
    (void)ext2_waiting_release(fs);
    int error = descriptors_flush(fs);

    if (!error)
        error = superblock_flush(fs, now, fs->was_clean);
    chunks_release(fs);
    return error;
}

/* ---- numbers -------------------------------------------------------------------------------- */

void ext2_rw_statfs(const struct ext2_rw *fs, struct ext2_statfs *to)
{
    const uint32_t free = fs->total[EXT2_BLOCKS].free;
    const uint32_t own = fs->first_data_block + fs->own_blocks;

    *to = (struct ext2_statfs){
        .block_bytes = fs->block_bytes,
        .blocks = fs->blocks > own ? fs->blocks - own : 0,
        .free_blocks = free,
        .usable_blocks = free > fs->reserved_blocks ? free - fs->reserved_blocks : 0,
        .inodes = fs->inodes,
        .free_inodes = fs->total[EXT2_INODES].free,
    };
}
