/*
 * ext2, writing: a file's bytes through the host's blocks, for tools and tests. The kernel has its
 * page cache for that, and asks ext2_map alone.
 */
#include "lib/errno.h"
#include "lib/ext2/write_private.h"

struct part { /* of one file block */
    uint64_t index;
    uint32_t skip, size;
};

static struct part part_at(const struct ext2_rw *fs, uint64_t offset, uint64_t left)
{
    const uint32_t skip = (uint32_t)(offset % fs->block_bytes);
    const uint32_t rest = fs->block_bytes - skip;

    return (struct part){offset / fs->block_bytes, skip, left < rest ? (uint32_t)left : rest};
}

static int file_check(const struct ext2_node *node)
{
    switch (ext2_node_type(node)) {
    case EXT2_TYPE_FILE:
        return 0;
    case EXT2_TYPE_DIRECTORY:
        return -EISDIR;
    default:
        return -EINVAL;
    }
}

static int part_read(struct ext2_rw *fs, struct ext2_node *node, struct part part, struct room to)
{
    struct ext2_block block;
    struct ext2_run run;
    int error = ext2_map(fs, node, part.index, 1, false, &run);

    if (error)
        return error;
    if (run.first == 0) {
        ext2_zero(to, 0, part.size);
        return 0;
    }
    error = ext2_get(fs, run.first, false, &block);
    if (error)
        return error;
    room_put(to, 0, text_part(text_of(block.bytes.chars, block.bytes.size), part.skip, part.size));
    ext2_put(fs, &block);
    return 0;
}

int ext2_file_read(struct ext2_rw *fs, struct ext2_node *node, uint64_t offset, struct room to,
                   size_t *done)
{
    int error = file_check(node);

    *done = 0;
    while (!error && *done < to.size && offset + *done < node->size) {
        const uint64_t left = node->size - offset - *done;
        const uint64_t most = left < to.size - *done ? left : to.size - *done;
        const struct part part = part_at(fs, offset + *done, most);

        error = part_read(fs, node, part, room_from(to, *done));
        if (!error)
            *done += part.size;
    }
    return error;
}

static int part_write(struct ext2_rw *fs, struct ext2_node *node, struct part part,
                      struct text from)
{
    struct ext2_block block;
    struct ext2_run run;
    int error = ext2_map(fs, node, part.index, 1, true, &run);

    if (!error)
        error = ext2_get(fs, run.first, run.fresh || part.size == fs->block_bytes, &block);
    if (error)
        return error;
    room_put(block.bytes, part.skip, text_part(from, 0, part.size));
    ext2_dirty(fs, &block, EXT2_FRESH);
    ext2_put(fs, &block);
    return 0;
}

int ext2_file_write(struct ext2_rw *fs, struct ext2_node *node, uint64_t offset, struct text from,
                    uint32_t now, size_t *done)
{
    int error = file_check(node);

    *done = 0;
    if (error)
        return error;
    if (offset > ext2_rw_size_max(fs) || from.size > ext2_rw_size_max(fs) - offset)
        return -EFBIG;
    while (!error && *done < from.size) {
        const struct part part = part_at(fs, offset + *done, from.size - *done);

        error = part_write(fs, node, part, text_from(from, *done));
        if (!error)
            *done += part.size;
    }
    if (*done > 0 && offset + *done > node->size)
        node->size = offset + *done;
    if (*done > 0)
        node->modified = node->changed = now;
    /* A block that was taken and then could not be had must not stay behind the end. */
    const int cut =
        error ? ext2_cut(fs, node, (node->size + fs->block_bytes - 1) / fs->block_bytes) : 0;
    const int put = ext2_node_put(fs, node);
    return error ? error : cut ? cut : put;
}

/* What lies behind the new end in its block must not come back when the file grows again. */
static int tail_zero(struct ext2_rw *fs, struct ext2_node *node, uint64_t size)
{
    const uint32_t skip = (uint32_t)(size % fs->block_bytes);
    struct ext2_block block;
    struct ext2_run run;
    int error = ext2_map(fs, node, size / fs->block_bytes, 1, false, &run);

    if (!error && run.first)
        error = ext2_get(fs, run.first, false, &block);
    if (error || !run.first)
        return error;
    ext2_zero(block.bytes, skip, fs->block_bytes - skip);
    ext2_dirty(fs, &block, EXT2_FRESH);
    ext2_put(fs, &block);
    return 0;
}

int ext2_file_truncate(struct ext2_rw *fs, struct ext2_node *node, uint64_t size, uint32_t now)
{
    int error = file_check(node);

    if (!error && size < node->size && size % fs->block_bytes)
        error = tail_zero(fs, node, size);
    if (!error)
        error = ext2_truncate(fs, node, size, now);
    const int put =
        error == -EISDIR || error == -EINVAL || error == -EFBIG ? 0 : ext2_node_put(fs, node);
    return error ? error : put;
}
