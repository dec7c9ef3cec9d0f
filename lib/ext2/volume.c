/*
 * ext2: the volume. Superblock, group descriptors, the block cache, the block bitmaps.
 *
 * Every number from the disk passes ext2_in_range before it is used: that function keeps what is
 * damaged. Blocks that are read in part (descriptors, inodes, directories, indirect blocks, ends of
 * files) go through a small cache, where the least recently used one makes room.
 *
 * Locks: none, one thread at a time per struct ext2.
 * Follows "The Second Extended File System", D. Poirier, §3.1 superblock, §3.2 descriptors; the
 * feature bits as in the manual page ext4(5).
 */
#include "lib/ext2/private.h"

#include "lib/errno.h"
#include "lib/string.h"

#define SUPERBLOCK_SECTOR  2
#define SUPERBLOCK_SECTORS 2
#define MAGIC              0xef53
#define DESCRIPTOR_BYTES   32
#define NO_BLOCK           UINT64_MAX

/* Feature bits. */
#define COMPATIBLE_SPARSE_SUPER2 0x200
#define READ_ONLY_SPARSE_SUPER   0x1
#define READ_ONLY_GDT_CSUM       0x10
#define READ_ONLY_METADATA_CSUM  0x400
#define GROUP_BLOCK_UNINIT       0x2 /* with one of the two: the bitmap was never written */

int ext2_damaged(struct ext2 *fs, const char *what, uint64_t value, uint64_t low, uint64_t high)
{
    fs->damage = (struct ext2_damage){what, value, low, high, fs->current_inode};
    return -EUCLEAN;
}

int ext2_in_range(struct ext2 *fs, const char *what, uint64_t value, uint64_t low, uint64_t high)
{
    return low <= value && value <= high ? 0 : ext2_damaged(fs, what, value, low, high);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

/* The caller has checked that the blocks are inside the file system, and ext2_mount that this is
   inside the partition. */
int ext2_blocks_read(struct ext2 *fs, uint32_t first, uint32_t count, void *to)
{
    const uint32_t sectors = fs->block_bytes / EXT2_SECTOR_BYTES;

    return fs->read(fs->context, (uint64_t)first * sectors, count * sectors, to);
}

int ext2_block_get(struct ext2 *fs, uint32_t block, struct span *bytes)
{
    uint32_t slot = 0;

    for (uint32_t i = 0; i < EXT2_CACHE_BLOCKS; i++) {
        if (fs->cached_block[i] == block) {
            slot = i;
            break;
        }
        if (fs->cache_used[i] < fs->cache_used[slot])
            slot = i;
    }
    if (fs->cached_block[slot] != block) {
        fs->cached_block[slot] = NO_BLOCK;
        const int error = ext2_blocks_read(fs, block, 1, fs->cache[slot]);
        if (error)
            return error;
        fs->cached_block[slot] = block;
    }
    fs->cache_used[slot] = ++fs->cache_clock;
    *bytes = span_of(fs->cache[slot], fs->block_bytes);
    return 0;
}

/* ---- groups ---------------------------------------------------------------------------------- */

static uint32_t group_start(const struct ext2 *fs, uint32_t group)
{
    return fs->first_data_block + group * fs->blocks_per_group;
}

static int is_power_of(uint32_t n, uint32_t base)
{
    while (n % base == 0)
        n /= base;
    return n == 1;
}

uint32_t ext2_group_head(const struct ext2 *fs, uint32_t group)
{
    int copies = group <= 1;

    if (fs->compatible & COMPATIBLE_SPARSE_SUPER2)
        copies = group == 0; /* two more copies lie in groups of the superblock's choice */
    else if (!(fs->read_only_compatible & READ_ONLY_SPARSE_SUPER))
        copies = 1;
    else if (!copies)
        copies = is_power_of(group, 3) || is_power_of(group, 5) || is_power_of(group, 7);
    return copies ? 1 + fs->descriptor_blocks : 0;
}

uint32_t ext2_table_blocks(const struct ext2 *fs)
{
    const uint32_t per_block = fs->block_bytes / fs->inode_bytes;

    return (fs->inodes_per_group + per_block - 1) / per_block;
}

/* Bitmaps and inode table lie in their own group: flex_bg, which lifts that, is refused. §3.2 */
int ext2_group_get(struct ext2 *fs, uint32_t number, struct ext2_group *group)
{
    const uint32_t per_block = fs->block_bytes / DESCRIPTOR_BYTES;
    const uint64_t start = group_start(fs, number);
    const uint64_t low = start + ext2_group_head(fs, number);
    const uint64_t end = start + ext2_min(fs->blocks_per_group, fs->blocks - (uint32_t)start);
    const uint32_t blocks = ext2_table_blocks(fs);
    struct span bytes;
    const int error = ext2_block_get(fs, fs->first_data_block + 1 + number / per_block, &bytes);

    if (error)
        return error;
    bytes = span_part(bytes, number % per_block * DESCRIPTOR_BYTES, DESCRIPTOR_BYTES);
    group->block_bitmap = span_rd32(bytes, 0);
    group->inode_bitmap = span_rd32(bytes, 4);
    group->inode_table = span_rd32(bytes, 8);
    group->flags = span_rd16(bytes, 18);
    if (ext2_in_range(fs, "inode table blocks", blocks, 1, end - start) ||
        ext2_in_range(fs, "block bitmap", group->block_bitmap, low, end - 1) ||
        ext2_in_range(fs, "inode bitmap", group->inode_bitmap, low, end - 1) ||
        ext2_in_range(fs, "inode table", group->inode_table, low, end - blocks))
        return -EUCLEAN;
    return 0;
}

static int overlap(uint64_t a, uint64_t a_count, uint64_t b, uint64_t b_count)
{
    return a_count != 0 && b_count != 0 && (a < b ? b - a < a_count : a - b < b_count);
}

/* A file's blocks are inside the file system and touch no group's own blocks. */
int ext2_data_blocks_check(struct ext2 *fs, uint32_t first, uint32_t count)
{
    const uint32_t low = fs->first_data_block + 1;

    if (ext2_in_range(fs, "data block", first, low, fs->blocks - 1) ||
        ext2_in_range(fs, "data blocks", count, 1, fs->blocks - first))
        return -EUCLEAN;
    const uint32_t last_group = (first + (count - 1) - fs->first_data_block) / fs->blocks_per_group;
    for (uint32_t i = (first - fs->first_data_block) / fs->blocks_per_group; i <= last_group; i++) {
        struct ext2_group group;
        const int error = ext2_group_get(fs, i, &group);

        if (error)
            return error;
        if (overlap(first, count, group_start(fs, i), ext2_group_head(fs, i)) ||
            overlap(first, count, group.block_bitmap, 1) ||
            overlap(first, count, group.inode_bitmap, 1) ||
            overlap(first, count, group.inode_table, ext2_table_blocks(fs)))
            return ext2_damaged(fs, "data block inside the file system's own", first, low,
                                fs->blocks - 1);
    }
    return 0;
}

/* ---- superblock ------------------------------------------------------------------------------ */

const char *ext2_feature_name(unsigned bit)
{
    static const char names[] = /* the last is for all that follow it */
        "compression\0filetype\0needs_recovery\0journal_dev\0meta_bg\0bit 5\0extent\00064bit\0"
        "mmp\0flex_bg\0ea_inode\0bit 11\0dirdata\0metadata_csum_seed\0large_dir\0inline_data\0"
        "encrypt\0casefold\0unknown";
    size_t at = 0;

    for (unsigned i = 0; i < bit && i < 18; i++)
        at += strlen(&names[at]) + 1;
    return &names[at];
}

/* What decides how the rest is to be read. */
static int superblock_features(struct ext2 *fs, struct span bytes)
{
    if (span_rd16(bytes, 56) != MAGIC)
        return -EINVAL;
    fs->compatible = span_rd32(bytes, 92);
    fs->incompatible = span_rd32(bytes, 96);
    fs->read_only_compatible = span_rd32(bytes, 100);
    fs->unsupported = fs->incompatible & ~(uint32_t)EXT2_INCOMPATIBLE_FILETYPE;
    if (fs->unsupported) {
        (void)ext2_in_range(fs, "incompatible features", fs->incompatible, 0,
                            EXT2_INCOMPATIBLE_FILETYPE);
        return -ENOTSUP;
    }
    const uint32_t revision = span_rd32(bytes, 76);
    if (ext2_in_range(fs, "revision", revision, 0, 1))
        return -ENOTSUP;
    fs->first_inode = revision ? span_rd32(bytes, 84) : 11;
    fs->inode_bytes = revision ? span_rd16(bytes, 88) : 128;
    fs->state = span_rd16(bytes, 58);
    span_copy(fs->label, span_part(bytes, 120, sizeof(fs->label) - 1));
    return 0;
}

/* Block size, inode size and the counts, each against those before it. §3.1 */
static int superblock_geometry(struct ext2 *fs, struct span bytes)
{
    const uint32_t log_block = span_rd32(bytes, 24);

    if (ext2_in_range(fs, "block size (log2 of KiB)", log_block, 0, 6))
        return -EUCLEAN;
    if (ext2_in_range(fs, "block size (log2 of KiB)", log_block, 0, 2))
        return -ENOTSUP;
    fs->block_bytes = 1024u << log_block;
    fs->inodes = span_rd32(bytes, 0);
    fs->free_inodes = ext2_min(span_rd32(bytes, 16), fs->inodes);
    fs->blocks = span_rd32(bytes, 4);
    fs->first_data_block = span_rd32(bytes, 20);
    fs->blocks_per_group = span_rd32(bytes, 32);
    fs->inodes_per_group = span_rd32(bytes, 40);

    const uint32_t first = log_block == 0;
    const uint32_t bits = 8 * fs->block_bytes; /* a bitmap is one block */
    if (ext2_in_range(fs, "inode bytes", fs->inode_bytes, 128, fs->block_bytes) ||
        ext2_in_range(fs, "inode bytes, odd part", fs->inode_bytes & (fs->inode_bytes - 1u), 0,
                      0) ||
        ext2_in_range(fs, "first data block", fs->first_data_block, first, first) ||
        ext2_in_range(fs, "blocks", fs->blocks, first + 4,
                      fs->partition_sectors / (fs->block_bytes / EXT2_SECTOR_BYTES)) ||
        ext2_in_range(fs, "blocks per group", fs->blocks_per_group, 8, bits) ||
        ext2_in_range(fs, "inodes per group", fs->inodes_per_group, 1, bits))
        return -EUCLEAN;

    const uint32_t per_block = fs->block_bytes / DESCRIPTOR_BYTES;
    fs->groups = (fs->blocks - first - 1) / fs->blocks_per_group + 1;
    fs->descriptor_blocks = (fs->groups - 1) / per_block + 1;
    const uint64_t inodes = (uint64_t)fs->groups * fs->inodes_per_group;
    if (ext2_in_range(fs, "inodes", fs->inodes, inodes, inodes) ||
        ext2_in_range(fs, "first inode", fs->first_inode, 11, fs->inodes) ||
        ext2_in_range(fs, "descriptor blocks", fs->descriptor_blocks, 1,
                      ext2_min(fs->blocks_per_group, fs->blocks - first) - 1))
        return -EUCLEAN;
    return 0;
}

int ext2_mount(struct ext2 *fs, ext2_read_sectors *read, void *context, uint64_t partition_sectors)
{
    memset(fs, 0, sizeof(*fs));
    fs->read = read;
    fs->context = context;
    fs->partition_sectors = partition_sectors;
    for (uint32_t i = 0; i < EXT2_CACHE_BLOCKS; i++)
        fs->cached_block[i] = NO_BLOCK;
    if (ext2_in_range(fs, "partition sectors", partition_sectors, 4, UINT64_MAX))
        return -EUCLEAN;
    const struct span superblock =
        span_of(fs->cache[0], SUPERBLOCK_SECTORS * (size_t)EXT2_SECTOR_BYTES);
    int error = read(context, SUPERBLOCK_SECTOR, SUPERBLOCK_SECTORS, fs->cache[0]);
    if (!error)
        error = superblock_features(fs, superblock);
    if (!error)
        error = superblock_geometry(fs, superblock);
    return error;
}

/* ---- used blocks ----------------------------------------------------------------------------- */

static int any_bit(struct span bitmap, uint32_t first, uint32_t count)
{
    while (count > 0) {
        if (first % 8 == 0 && count >= 8 && span_at(bitmap, first / 8) == 0) {
            first += 8;
            count -= 8;
            continue;
        }
        if (span_at(bitmap, first / 8) >> first % 8 & 1)
            return 1;
        first++;
        count--;
    }
    return 0;
}

/* As ext2_sectors_used, for blocks [bit, bit + count) of one group. */
static int group_used(struct ext2 *fs, uint32_t number, uint32_t bit, uint32_t count, int *used)
{
    const uint32_t lazy = READ_ONLY_GDT_CSUM | READ_ONLY_METADATA_CSUM;
    struct span bitmap;
    struct ext2_group group;
    int error = ext2_group_get(fs, number, &group);

    if (error)
        return error;
    if ((fs->read_only_compatible & lazy) && (group.flags & GROUP_BLOCK_UNINIT))
        return 0; /* no bitmap to ask: used */
    error = ext2_block_get(fs, group.block_bitmap, &bitmap);
    if (!error)
        *used = any_bit(bitmap, bit, count);
    return error;
}

int ext2_sectors_used(struct ext2 *fs, uint64_t sector, uint64_t count, int *used)
{
    const uint32_t per_block = fs->block_bytes / EXT2_SECTOR_BYTES;
    const uint64_t sectors = (uint64_t)fs->blocks * per_block;

    *used = count != 0;
    fs->current_inode = 0;
    if (count == 0 || sector >= sectors || count > sectors - sector)
        return 0;
    uint64_t block = sector / per_block;
    const uint64_t last = (sector + count - 1) / per_block;
    if (block < fs->first_data_block)
        return 0;
    while (block <= last) {
        const uint32_t bit = (uint32_t)(block - fs->first_data_block) % fs->blocks_per_group;
        const uint32_t group = (uint32_t)(block - fs->first_data_block) / fs->blocks_per_group;
        uint32_t step = fs->blocks_per_group - bit;

        if (step > last - block + 1)
            step = (uint32_t)(last - block + 1);
        *used = 1;
        const int error = group_used(fs, group, bit, step, used);
        if (error || *used)
            return error;
        block += step;
    }
    return 0;
}
