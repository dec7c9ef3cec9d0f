/* What the files of the ext2 writer share: rw_volume.c ← allocate.c ← node.c ← map.c ← truncate.c ←
   directory.c ← names.c. */
#pragma once

#include "lib/ext2/private.h"
#include "lib/ext2/write.h"

#define EXT2_RO_SPARSE_SUPER 0x1u
#define EXT2_RO_LARGE_FILE   0x2u

#define EXT2_DIRECT_BLOCKS   12
#define EXT2_FAST_LINK_BYTES 60         /* a shorter symlink lies in the inode */
#define EXT2_FLAG_INDEX      0x00001000 /* a directory's htree: gone when a name is added */

/* ---- bytes ---------------------------------------------------------------------------------- */

static inline struct span ext2_span(struct room room)
{
    return span_of(room.chars, room.size);
}

static inline void ext2_put16(struct room room, size_t at, uint32_t value)
{
    const char bytes[2] = {(char)value, (char)(value >> 8)};

    room_put(room, at, text_of(bytes, sizeof(bytes)));
}

static inline void ext2_put32(struct room room, size_t at, uint32_t value)
{
    const char bytes[4] = {(char)value, (char)(value >> 8), (char)(value >> 16),
                           (char)(value >> 24)};

    room_put(room, at, text_of(bytes, sizeof(bytes)));
}

static inline void ext2_zero(struct room room, size_t at, size_t size)
{
    span_check(room.size, at, size);
    memset(room_from(room, at).chars, 0, size);
}

/* ---- groups --------------------------------------------------------------------------------- */

enum ext2_kind { EXT2_BLOCKS, EXT2_INODES };

/* What a group has of one kind: as many as a bitmap says. */
struct ext2_space {
    uint32_t bitmap;    /* its block */
    uint32_t count;     /* bits that are real */
    uint32_t free;      /* clear bits */
    uint32_t frozen[2]; /* of those, by epoch */
    uint32_t next;      /* no clear bit below it that is not frozen */
};

struct ext2_rw_group {
    struct ext2_space spaces[2];
    uint32_t inode_table, directories;
    uint16_t head;      /* copies of superblock and descriptors, in blocks */
    bool changed;       /* the descriptor is to be written */
    bool all_frozen[2]; /* by epoch: there was no memory for the bitmaps of what is frozen */
    char *frozen;       /* bitmaps of block_bytes: of blocks, two epochs, then of inodes; or NULL */
};

#define EXT2_CHUNK_GROUPS 128

struct ext2_chunk {
    struct ext2_rw_group groups[EXT2_CHUNK_GROUPS];
};

/* number < fs->groups */
static inline struct ext2_rw_group *ext2_rw_group(const struct ext2_rw *fs, uint32_t number)
{
    return &fs->chunks[number / EXT2_CHUNK_GROUPS]->groups[number % EXT2_CHUNK_GROUPS];
}

static inline uint32_t ext2_group_first(const struct ext2_rw *fs, uint32_t group)
{
    return fs->first_data_block + group * fs->blocks_per_group;
}

static inline uint32_t ext2_group_of_inode(const struct ext2_rw *fs, uint32_t inode)
{
    return (inode - 1) / fs->inodes_per_group;
}

static inline uint32_t ext2_block_sectors(const struct ext2_rw *fs)
{
    return fs->block_bytes / EXT2_SECTOR_BYTES;
}

/* ---- damage --------------------------------------------------------------------------------- */

int ext2_rw_damaged(struct ext2_rw *fs, const char *what, uint64_t value, uint64_t low,
                    uint64_t high);

static inline int ext2_rw_in_range(struct ext2_rw *fs, const char *what, uint64_t value,
                                   uint64_t low, uint64_t high)
{
    return low <= value && value <= high ? 0 : ext2_rw_damaged(fs, what, value, low, high);
}

/* ---- blocks --------------------------------------------------------------------------------- */

static inline int ext2_get(struct ext2_rw *fs, uint32_t number, bool fresh,
                           struct ext2_block *block)
{
    block->number = number;
    return fs->host->get(fs->context, number, fresh, block);
}

static inline void ext2_dirty(struct ext2_rw *fs, struct ext2_block *block, enum ext2_stage stage)
{
    fs->host->dirty(fs->context, block, stage);
}

static inline void ext2_put(struct ext2_rw *fs, struct ext2_block *block)
{
    fs->host->put(fs->context, block);
}

/* The block and where in it the superblock lies. */
int ext2_superblock_get(struct ext2_rw *fs, struct ext2_block *block,
                        struct room *bytes) must_check;

/* ---- allocate.c ----------------------------------------------------------------------------- */

/* -EUCLEAN unless a file may own these blocks. */
int ext2_rw_blocks_check(struct ext2_rw *fs, uint32_t first, uint32_t count) must_check;
/* Up to `want` neighbours, at `goal` (0: in that group, where there is one), or else near it.
   -ENOSPC. */
int ext2_blocks_take(struct ext2_rw *fs, uint32_t group, uint32_t goal, uint32_t want,
                     uint32_t *first, uint32_t *count) must_check;
/* None of them is pinned. */
int ext2_blocks_free(struct ext2_rw *fs, uint32_t first, uint32_t count) must_check;
int ext2_inode_take(struct ext2_rw *fs, uint32_t parent, bool directory,
                    uint32_t *number) must_check;
int ext2_inode_free(struct ext2_rw *fs, uint32_t number, bool directory) must_check;

/* ---- node.c --------------------------------------------------------------------------------- */

static inline uint32_t ext2_node_type(const struct ext2_node *node)
{
    return node->mode & EXT2_TYPE_MASK;
}

/* Has block pointers, not a short symlink's text or a device's number. */
bool ext2_node_has_blocks(const struct ext2_node *node);
/* Pins the block of the inode table; ext2_node_store then cannot fail. */
int ext2_node_pin(struct ext2_rw *fs, uint32_t number, struct ext2_block *block) must_check;
void ext2_node_store(struct ext2_rw *fs, struct ext2_node *node, struct ext2_block *block);
/* The same for an inode that was just taken: what the block has of its predecessor goes. */
void ext2_node_store_fresh(struct ext2_rw *fs, struct ext2_node *node, struct ext2_block *block);

/* Frees the replaced files whose time has come; false: there were none. */
bool ext2_waiting_release(struct ext2_rw *fs);

/* ---- map.c, truncate.c ---------------------------------------------------------------------- */

/* Block pointers: the inode's own, or those of an indirect block. */
struct ext2_table {
    bool pinned; /* false: the inode's */
    struct ext2_block block;
};

uint32_t ext2_pointer_get(const struct ext2_node *node, const struct ext2_table *table,
                          uint32_t slot);
void ext2_pointer_set(struct ext2_node *node, struct ext2_table *table, uint32_t slot,
                      uint32_t value);
/* Frees the blocks from file block `keep` on. */
int ext2_cut(struct ext2_rw *fs, struct ext2_node *node, uint64_t keep) must_check;

/* ---- directory.c ---------------------------------------------------------------------------- */

/* Where a name is, and where it could be: good until the directory changes. */
struct ext2_place {
    bool found;
    uint8_t type;
    uint32_t number; /* the inode */
    uint32_t block, at;
    bool has_room;
    uint32_t room_block, room_at;
};

int ext2_name_check(struct text name) must_check; /* "." and ".." are fine here */
bool ext2_name_is_dots(struct text name);
/* Looks through the directory; place->found says whether the name was there. */
int ext2_place_find(struct ext2_rw *fs, struct ext2_node *directory, struct text name,
                    struct ext2_place *place) must_check;
/* Another block for the directory, when the place has no room. */
int ext2_place_extend(struct ext2_rw *fs, struct ext2_node *directory,
                      struct ext2_place *place) must_check;
/* Is there still a record at `at`, with room behind it for a name of that length, unless 0? */
int ext2_record_check(struct ext2_rw *fs, const struct ext2_block *block, uint32_t at,
                      uint32_t new_name) must_check;
/* Changes of a directory's pinned block, whose records ext2_place_find has checked. */
void ext2_entry_add(struct ext2_rw *fs, struct ext2_block *block, uint32_t at, struct text name,
                    uint32_t number, uint32_t mode);
void ext2_entry_remove(struct ext2_rw *fs, struct ext2_block *block, uint32_t at);
void ext2_entry_change(struct ext2_rw *fs, struct ext2_block *block, uint32_t at, uint32_t number,
                       uint32_t mode);
/* A new directory's first block: "." and "..". */
int ext2_directory_begin(struct ext2_rw *fs, struct ext2_node *directory,
                         uint32_t parent) must_check;
