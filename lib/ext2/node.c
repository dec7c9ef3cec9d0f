/*
 * ext2, writing: inodes, from the inode table to struct ext2_node and back; the end of one.
 *
 * Follows "The Second Extended File System", D. Poirier, §3.3 inodes.
 */
#include "lib/errno.h"
#include "lib/ext2/write_private.h"

#define INODE_BYTES 128 /* those that every revision has */

/* i_flags that say the block pointers are none; their features would have been refused. */
#define FLAGS_REFUSED (0x00000800u | 0x00080000u | 0x10000000u)

/* Extended attributes: a block that several inodes may share. */
#define ATTRIBUTES_MAGIC    0xea020000u
#define AT_ATTRIBUTES_COUNT 4

#define SMALL_FILE_MAX 0x7fffffffu /* without the large_file feature */
#define AT_FEATURES    100         /* read-only-compatible ones, in the superblock */

bool ext2_node_has_blocks(const struct ext2_node *node)
{
    switch (ext2_node_type(node)) {
    case EXT2_TYPE_FILE:
    case EXT2_TYPE_DIRECTORY:
        return true;
    case EXT2_TYPE_SYMLINK:
        return node->size >= EXT2_FAST_LINK_BYTES;
    default:
        return false;
    }
}

uint32_t ext2_node_device(const struct ext2_node *node)
{
    const uint32_t large = node->blocks[1];

    if (node->blocks[0])
        return node->blocks[0];
    return (large & 0xfff00) | (large & 0xff) | (large >> 12 & 0xfff00);
}

uint64_t ext2_rw_size_max(const struct ext2_rw *fs)
{
    const uint64_t fanout = fs->block_bytes / 4;
    const uint64_t blocks =
        EXT2_DIRECT_BLOCKS + fanout + fanout * fanout + fanout * fanout * fanout;
    const uint64_t size = blocks * fs->block_bytes;

    return fs->revision == 0 && size > SMALL_FILE_MAX ? SMALL_FILE_MAX : size;
}

/* ---- decoding ------------------------------------------------------------------------------- */

static void node_decode(struct span bytes, struct ext2_node *node)
{
    node->mode = span_rd16(bytes, 0);
    node->uid = span_rd16(bytes, 2) | (uint32_t)span_rd16(bytes, 120) << 16;
    node->size = span_rd32(bytes, 4);
    node->accessed = span_rd32(bytes, 8);
    node->changed = span_rd32(bytes, 12);
    node->modified = span_rd32(bytes, 16);
    node->deleted = span_rd32(bytes, 20);
    node->gid = span_rd16(bytes, 24) | (uint32_t)span_rd16(bytes, 122) << 16;
    node->links = span_rd16(bytes, 26);
    node->sectors = span_rd32(bytes, 28);
    node->flags = span_rd32(bytes, 32);
    for (uint32_t i = 0; i < array_length(node->blocks); i++)
        node->blocks[i] = span_rd32(bytes, 40 + 4 * i);
    node->generation = span_rd32(bytes, 100);
    node->attributes = span_rd32(bytes, 104);
    if (ext2_node_type(node) == EXT2_TYPE_FILE) /* elsewhere the field is another */
        node->size |= (uint64_t)span_rd32(bytes, 108) << 32;
}

static int size_check(struct ext2_rw *fs, const struct ext2_node *node)
{
    switch (ext2_node_type(node)) {
    case EXT2_TYPE_FILE:
        return ext2_rw_in_range(fs, "file size", node->size, 0, ext2_rw_size_max(fs));
    case EXT2_TYPE_DIRECTORY: /* has no holes */
        if (ext2_rw_in_range(fs, "directory size", node->size, fs->block_bytes,
                             (uint64_t)node->sectors * EXT2_SECTOR_BYTES))
            return -EUCLEAN;
        return ext2_rw_in_range(fs, "directory size beyond its last block",
                                node->size % fs->block_bytes, 0, 0);
    case EXT2_TYPE_SYMLINK:
        return ext2_rw_in_range(fs, "symlink size", node->size, 1, fs->block_bytes - 1);
    default:
        return 0;
    }
}

static int node_check(struct ext2_rw *fs, const struct ext2_node *node)
{
    static const uint16_t known =
        1u << 1 | 1u << 2 | 1u << 4 | 1u << 6 | 1u << 8 | 1u << 10 | 1u << 12;

    if (!(known >> (node->mode >> 12) & 1))
        return ext2_rw_damaged(fs, "inode mode", node->mode, EXT2_TYPE_FIFO,
                               EXT2_TYPE_SOCKET | 07777);
    if (ext2_rw_in_range(fs, "inode links", node->links, 1, UINT16_MAX) ||
        ext2_rw_in_range(fs, "inode sectors", node->sectors, 0,
                         (uint64_t)fs->blocks * ext2_block_sectors(fs)) ||
        ext2_rw_in_range(fs, "inode flags", node->flags & FLAGS_REFUSED, 0, 0))
        return -EUCLEAN;
    return size_check(fs, node);
}

/* ---- the inode table ------------------------------------------------------------------------ */

static struct room inode_room(const struct ext2_rw *fs, const struct ext2_block *block,
                              uint32_t number)
{
    const uint32_t per_block = fs->block_bytes / fs->inode_bytes;
    const uint32_t index = (number - 1) % fs->inodes_per_group;
    struct room room = room_from(block->bytes, index % per_block * fs->inode_bytes);

    room.size = fs->inode_bytes;
    return room;
}

int ext2_node_pin(struct ext2_rw *fs, uint32_t number, struct ext2_block *block)
{
    const uint32_t per_block = fs->block_bytes / fs->inode_bytes;
    const uint32_t index = (number - 1) % fs->inodes_per_group;
    const struct ext2_rw_group *group = ext2_rw_group(fs, ext2_group_of_inode(fs, number));

    return ext2_get(fs, group->inode_table + index / per_block, false, block);
}

int ext2_node_get(struct ext2_rw *fs, uint32_t number, struct ext2_node *node)
{
    struct ext2_block block;

    fs->current_inode = number;
    if (number != EXT2_ROOT &&
        ext2_rw_in_range(fs, "inode number", number, fs->first_inode, fs->inodes))
        return -EUCLEAN;
    const int error = ext2_node_pin(fs, number, &block);
    if (error)
        return error;
    *node = (struct ext2_node){.number = number};
    node_decode(ext2_span(inode_room(fs, &block, number)), node);
    ext2_put(fs, &block);
    return node_check(fs, node);
}

/* For the disk, a replaced file has a link until its successor's name is there. */
static bool is_kept(const struct ext2_rw *fs, const struct ext2_node *node)
{
    return node->links == 0 && node->kept_until > fs->synced;
}

/* The bytes that every revision has, in an array: constant places need no comparison. */
struct raw {
    uint8_t bytes[INODE_BYTES];
};

static inline __attribute__((always_inline)) void raw_put16(struct raw *raw, uint32_t at,
                                                            uint32_t value)
{
    raw->bytes[at] = (uint8_t)value;
    raw->bytes[at + 1] = (uint8_t)(value >> 8);
}

static inline __attribute__((always_inline)) void raw_put32(struct raw *raw, uint32_t at,
                                                            uint32_t value)
{
    raw->bytes[at] = (uint8_t)value;
    raw->bytes[at + 1] = (uint8_t)(value >> 8);
    raw->bytes[at + 2] = (uint8_t)(value >> 16);
    raw->bytes[at + 3] = (uint8_t)(value >> 24);
}

static void raw_fill(struct raw *raw, const struct ext2_node *node, bool kept)
{
    raw_put16(raw, 0, node->mode);
    raw_put16(raw, 2, node->uid);
    raw_put32(raw, 4, (uint32_t)node->size);
    raw_put32(raw, 8, node->accessed);
    raw_put32(raw, 12, node->changed);
    raw_put32(raw, 16, node->modified);
    raw_put32(raw, 20, node->deleted);
    raw_put16(raw, 24, node->gid);
    raw_put16(raw, 26, kept ? 1u : node->links);
    raw_put32(raw, 28, node->sectors);
    raw_put32(raw, 32, node->flags);
    for (uint32_t i = 0; i < array_length(node->blocks); i++)
        raw_put32(raw, 40 + 4 * i, node->blocks[i]);
    raw_put32(raw, 100, node->generation);
    raw_put32(raw, 104, node->attributes);
    if (ext2_node_type(node) == EXT2_TYPE_FILE)
        raw_put32(raw, 108, (uint32_t)(node->size >> 32));
    raw_put16(raw, 120, node->uid >> 16);
    raw_put16(raw, 122, node->gid >> 16);
}

void ext2_node_store(struct ext2_rw *fs, struct ext2_node *node, struct ext2_block *block)
{
    const struct room bytes = inode_room(fs, block, node->number);
    struct raw raw;

    span_copy(raw.bytes, span_part(ext2_span(bytes), 0, sizeof(raw.bytes)));
    raw_fill(&raw, node, is_kept(fs, node));
    room_put(bytes, 0, text_of((const char *)raw.bytes, sizeof(raw.bytes)));
    ext2_dirty(fs, block, EXT2_POINTERS);
    node->dirty = false;
}

void ext2_node_store_fresh(struct ext2_rw *fs, struct ext2_node *node, struct ext2_block *block)
{
    ext2_zero(inode_room(fs, block, node->number), 0, fs->inode_bytes);
    ext2_node_store(fs, node, block);
}

/* The first file above 2 GiB says so in the superblock. */
static int large_file_admit(struct ext2_rw *fs)
{
    struct ext2_block block;
    struct room bytes;
    const int error = ext2_superblock_get(fs, &block, &bytes);

    if (error)
        return error;
    fs->read_only_compatible |= EXT2_RO_LARGE_FILE;
    ext2_put32(bytes, AT_FEATURES, fs->read_only_compatible);
    ext2_dirty(fs, &block, EXT2_POINTERS);
    ext2_put(fs, &block);
    return 0;
}

int ext2_node_put(struct ext2_rw *fs, struct ext2_node *node)
{
    struct ext2_block block;
    int error = 0;

    if (ext2_node_type(node) == EXT2_TYPE_FILE && node->size > ext2_rw_size_max(fs))
        return -EFBIG;
    if (ext2_node_type(node) == EXT2_TYPE_FILE && node->size > SMALL_FILE_MAX &&
        !(fs->read_only_compatible & EXT2_RO_LARGE_FILE))
        error = large_file_admit(fs);
    if (!error)
        error = ext2_node_pin(fs, node->number, &block);
    if (error)
        return error;
    ext2_node_store(fs, node, &block);
    ext2_put(fs, &block);
    return 0;
}

/* ---- the end of an inode -------------------------------------------------------------------- */

/* One inode less refers to the block of extended attributes; with the last it goes. */
static int attributes_drop(struct ext2_rw *fs, struct ext2_node *node)
{
    const uint32_t number = node->attributes;
    struct ext2_block block;
    int error = ext2_rw_blocks_check(fs, number, 1);

    if (!error)
        error = ext2_get(fs, number, false, &block);
    if (error)
        return error;
    const uint32_t count = span_rd32(ext2_span(block.bytes), AT_ATTRIBUTES_COUNT);
    const uint32_t magic = span_rd32(ext2_span(block.bytes), 0);
    error = ext2_rw_in_range(fs, "magic number of extended attributes", magic, ATTRIBUTES_MAGIC,
                             ATTRIBUTES_MAGIC);
    if (!error)
        error = ext2_rw_in_range(fs, "references to extended attributes", count, 1, fs->inodes);
    if (!error && count > 1) {
        ext2_put32(block.bytes, AT_ATTRIBUTES_COUNT, count - 1);
        ext2_dirty(fs, &block, EXT2_POINTERS);
    }
    ext2_put(fs, &block);
    node->attributes = 0;
    return error || count > 1 ? error : ext2_blocks_free(fs, number, 1);
}

/* The inode is freed whatever happened to its blocks: what could not be freed of them is in use,
   and nobody's, and e2fsck's. */
static int node_free(struct ext2_rw *fs, struct ext2_node *node, uint32_t now)
{
    const bool directory = ext2_node_type(node) == EXT2_TYPE_DIRECTORY;
    struct ext2_block block;
    int error, first_error = 0;

    fs->current_inode = node->number;
    error = ext2_node_pin(fs, node->number, &block);
    if (error)
        return error;
    if (ext2_node_has_blocks(node) && node->sectors > 0)
        first_error = ext2_cut(fs, node, 0);
    if (node->attributes) {
        error = attributes_drop(fs, node);
        first_error = first_error ? first_error : error;
    }
    /* 0 would say that it is in use, an inode's number that it is in ext3's list of orphans: what
       the time may be when nobody has set the clock. */
    node->deleted = now > fs->inodes ? now : fs->inodes;
    node->links = 0;
    node->kept_until = 0;
    node->size = 0;
    node->sectors = 0;
    memset(node->blocks, 0, sizeof(node->blocks));
    ext2_node_store(fs, node, &block);
    ext2_put(fs, &block);
    error = ext2_inode_free(fs, node->number, directory);
    return first_error ? first_error : error;
}

int ext2_node_release(struct ext2_rw *fs, struct ext2_node *node, uint32_t now)
{
    if (!is_kept(fs, node) || fs->waiting_count == EXT2_RW_WAITING)
        return node_free(fs, node, now);
    const int error = node->dirty ? ext2_node_put(fs, node) : 0;
    if (!error)
        fs->waiting[fs->waiting_count++] = (struct ext2_waiting){node->number, node->kept_until};
    return error;
}

bool ext2_waiting_release(struct ext2_rw *fs)
{
    uint32_t left = 0;
    bool any = false;

    for (uint32_t i = 0; i < fs->waiting_count; i++) {
        const struct ext2_waiting waiting = fs->waiting[i];
        struct ext2_node node;

        if (waiting.flush > fs->synced) {
            fs->waiting[left++] = waiting;
            continue;
        }
        /* What fails here is a file without a name, which e2fsck finds. */
        if (ext2_node_get(fs, waiting.number, &node) == 0)
            (void)!node_free(fs, &node, node.changed);
        any = true;
    }
    fs->waiting_count = left;
    return any;
}
