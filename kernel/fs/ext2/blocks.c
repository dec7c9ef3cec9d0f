/*
 * The blocks of a file system's own: superblock, bitmaps, inode tables, indirect blocks,
 * directories. A page of `blocks` holds one of them, whatever their size, for they are written
 * alone (lib/ext2/write.h); which of them first, only ext2_sync knows.
 */
#include "kernel/core/log/log.h"
#include "kernel/core/memory/heap.h"
#include "kernel/fs/ext2/private.h"
#include "lib/errno.h"
#include "lib/string.h"

/* ---- from and to the disk -------------------------------------------------------------------- */

static int transfer(struct page_cache *cache, const struct page_run *run, bool write)
{
    struct ext2_mount *mount = cache->owner;
    uint32_t sectors = mount->rw.block_bytes / EXT2_SECTOR;
    uint64_t first = run->pages[0]->index * sectors;
    struct block_pieces pieces = {.count = run->count};

    for (size_t i = 0; i < run->count; i++)
        pieces.at[i] = (struct block_piece){page_bytes(run->pages[i]), sectors};
    return write ? block_write_pieces(&mount->device, first, &pieces)
                 : block_read_pieces(&mount->device, first, &pieces);
}

static int read_blocks(struct page_cache *cache, const struct page_run *run)
{
    return transfer(cache, run, false);
}

static int write_blocks(struct page_cache *cache, const struct page_run *run)
{
    return transfer(cache, run, true);
}

static uint64_t count_blocks(struct page_cache *cache)
{
    const struct ext2_mount *mount = cache->owner;

    return mount->rw.blocks;
}

/* The page writer's: files' data first, so that no block points to what is not there yet. */
static void write_all(struct page_cache *cache)
{
    (void)!page_cache_flush_all(); /* each cache remembers its error */
    (void)!ext2_sync(cache->owner);
}

static const struct page_operations operations = {
    .read = read_blocks, .write = write_blocks, .pages = count_blocks, .sync = write_all};

void ext2_blocks_init(struct ext2_mount *mount)
{
    page_cache_init(&mount->blocks, &operations, mount);
}

void ext2_fail(struct ext2_mount *mount, int error)
{
    if (!mount->writable)
        return;
    log_error("fs", "ext2 on %s: %s: read-only from here on", mount->device.disk->name,
              error_text(error));
    mount->writable = false;
    mount->fs->flags |= MS_RDONLY;
}

/* ---- what lib/ext2 calls --------------------------------------------------------------------- */

static int get(void *context, uint32_t number, bool fresh, struct ext2_block *block)
{
    struct ext2_mount *mount = context;
    struct page *page;
    int error = fresh ? page_get_fresh(&mount->blocks, number, &page)
                      : page_get(&mount->blocks, number, &page);

    if (error)
        return error;
    block->bytes = room_of(page_bytes(page), mount->rw.block_bytes);
    block->handle = page;
    if (fresh) /* it may have been there */
        memset(block->bytes.chars, 0, block->bytes.size);
    return 0;
}

/* What a read-only file system changes stays in memory: the mark that it is mounted, say. */
static void dirty(void *context, struct ext2_block *block, enum ext2_stage stage)
{
    const struct ext2_mount *mount = context;

    if (mount->writable)
        page_dirty_ordered(block->handle, stage);
}

static void put(void *context, struct ext2_block *block)
{
    (void)context;
    page_put(block->handle);
}

static void forget(void *context, uint32_t first, uint32_t count)
{
    struct ext2_mount *mount = context;

    page_cache_forget(&mount->blocks, first, count);
}

static void *allocate(void *context, size_t bytes)
{
    (void)context;
    return alloc_zeroed(bytes, 16);
}

static void release(void *context, void *memory, size_t bytes)
{
    (void)context;
    dealloc(memory, bytes, 16);
}

const struct ext2_host ext2_host = {.get = get,
                                    .dirty = dirty,
                                    .put = put,
                                    .forget = forget,
                                    .allocate = allocate,
                                    .release = release};
