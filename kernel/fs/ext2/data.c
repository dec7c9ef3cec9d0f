/*
 * Files' data between the page cache and the disk. Blocks are found when a write prepares them, so
 * that a full disk is told to who writes; when a page is written back they are looked up again.
 * What a program wrote through a mapping of a hole gets its blocks only then.
 */
#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/fs/ext2/private.h"
#include "kernel/fs/page_file.h"
#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

#define LOOK_AHEAD 1024u /* blocks of a file, when it is asked what it has */

/* A piece of a run of pages, as it goes over it block by block. */
struct pass {
    struct ext2_file *file;
    const struct page_run *run;
    uint32_t block_bytes;
    uint64_t at, end; /* blocks of the file */
};

static struct pass pass_of(const struct page_cache *cache, const struct page_run *run)
{
    struct pass pass = {.file = ext2_file_of(cache->owner), .run = run};

    pass.block_bytes = ext2_mount_of(&pass.file->inode)->rw.block_bytes;
    pass.at = run->pages[0]->index * (PAGE_SIZE / pass.block_bytes);
    pass.end = pass.at + run->count * (PAGE_SIZE / pass.block_bytes);
    return pass;
}

static uint64_t blocks_for(uint64_t bytes, uint32_t block_bytes)
{
    return (bytes + block_bytes - 1) / block_bytes;
}

static uint64_t size_of(const struct ext2_file *file)
{
    return __atomic_load_n(&file->inode.size, __ATOMIC_RELAXED);
}

/* Where that block of the file lies in memory, and how many of `most` lie behind one another. */
static struct room bytes_at(const struct pass *pass, uint64_t block, uint32_t most)
{
    uint64_t byte = block * pass->block_bytes - pass->run->pages[0]->index * PAGE_SIZE;
    uint64_t left = PAGE_SIZE - byte % PAGE_SIZE, size = (uint64_t)most * pass->block_bytes;
    struct room page = room_of(page_bytes(pass->run->pages[byte / PAGE_SIZE]), PAGE_SIZE);

    page = room_from(page, byte % PAGE_SIZE);
    page.size = size < left ? size : left;
    return page;
}

/* `count` blocks from pass->at on, which lie on the disk from `first` on. */
static int transfer(const struct pass *pass, uint32_t first, uint32_t count, bool write)
{
    struct ext2_mount *mount = ext2_mount_of(&pass->file->inode);
    uint64_t sector = (uint64_t)first * (pass->block_bytes / EXT2_SECTOR);
    struct block_pieces pieces = {.count = 0};

    for (uint32_t done = 0; done < count; pieces.count++) {
        struct room bytes = bytes_at(pass, pass->at + done, count - done);

        pieces.at[pieces.count] =
            (struct block_piece){bytes.chars, (uint32_t)(bytes.size / EXT2_SECTOR)};
        done += (uint32_t)(bytes.size / pass->block_bytes);
    }
    return write ? block_write_pieces(&mount->device, sector, &pieces)
                 : block_read_pieces(&mount->device, sector, &pieces);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void zero(const struct pass *pass, uint64_t count)
{
    for (uint64_t done = 0; done < count;) {
        struct room bytes = bytes_at(pass, pass->at + done, (uint32_t)(count - done));

        memset(bytes.chars, 0, bytes.size);
        done += bytes.size / pass->block_bytes;
    }
}

/* What lies behind the end of the file in its last block is nobody's business. */
static void zero_tail(const struct pass *pass, uint64_t size)
{
    uint64_t begin = pass->run->pages[0]->index * PAGE_SIZE;

    if (size % PAGE_SIZE == 0 || size < begin || size - begin >= pass->run->count * PAGE_SIZE)
        return;
    struct room page = room_of(page_bytes(pass->run->pages[(size - begin) / PAGE_SIZE]), PAGE_SIZE);
    page = room_from(page, size % PAGE_SIZE);
    memset(page.chars, 0, page.size);
}

static int map(struct ext2_file *file, uint64_t index, uint32_t want, struct ext2_run *run)
{
    struct ext2_mount *mount = ext2_mount_of(&file->inode);

    mutex_lock(&mount->lock);
    int error = ext2_map(&mount->rw, &file->node, index, want, false, run);
    mutex_unlock(&mount->lock);
    return error;
}

static int read_pages(struct page_cache *cache, const struct page_run *run)
{
    struct pass pass = pass_of(cache, run);
    uint64_t size = size_of(pass.file), all = pass.end;
    uint64_t end = blocks_for(size, pass.block_bytes);
    int error = 0;

    for (pass.end = all < end ? all : end; pass.at < pass.end && !error;) {
        struct ext2_run found;

        error = map(pass.file, pass.at, (uint32_t)(pass.end - pass.at), &found);
        if (error)
            break;
        if (found.first)
            error = transfer(&pass, found.first, found.count, false);
        else
            zero(&pass, found.count);
        pass.at += found.count;
    }
    if (error)
        return error;
    if (pass.at < all)
        zero(&pass, all - pass.at);
    zero_tail(&pass, size);
    return 0;
}

/* ---- writing --------------------------------------------------------------------------------- */

static bool is_zero(struct room bytes)
{
    struct span span = span_of(bytes.chars, bytes.size);
    uint64_t any = 0;

    for (size_t i = 0; i < span.size; i += 8)
        any |= span_rd64(span, i);
    return any == 0;
}

/* Blocks at pass->at, the first of which is a hole. What somebody put into it needs a block, unless
   it lies behind the end. */
static int fill_hole(struct pass *pass, uint64_t end, struct ext2_run *found)
{
    struct ext2_mount *mount = ext2_mount_of(&pass->file->inode);

    if (pass->at >= end || is_zero(bytes_at(pass, pass->at, 1))) {
        found->count = 1;
        return 0;
    }
    return ext2_map(&mount->rw, &pass->file->node, pass->at, 1, true, found);
}

/* With the lock, so that nobody else gets the blocks before they are written. */
static int write_locked(struct ext2_mount *mount, struct pass *pass)
{
    uint64_t end = blocks_for(size_of(pass->file), pass->block_bytes);
    int error = 0;

    while (pass->at < pass->end && !error) {
        struct ext2_run found;

        error = ext2_map(&mount->rw, &pass->file->node, pass->at,
                         (uint32_t)(pass->end - pass->at), false, &found);
        if (!error && !found.first)
            error = fill_hole(pass, end, &found);
        if (!error && found.first) {
            error = transfer(pass, found.first, found.count, true);
            mount->unflushed = true;
        }
        pass->at += found.count;
    }
    return error;
}

static int write_pages(struct page_cache *cache, const struct page_run *run)
{
    struct pass pass = pass_of(cache, run);
    struct ext2_mount *mount = ext2_mount_of(&pass.file->inode);

    mutex_lock(&mount->lock);
    int error = mount->writable ? write_locked(mount, &pass) : -EROFS;
    mutex_unlock(&mount->lock);
    return error;
}

static uint64_t count_pages(struct page_cache *cache)
{
    return (size_of(ext2_file_of(cache->owner)) + PAGE_SIZE - 1) / PAGE_SIZE;
}

const struct page_operations ext2_page_operations = {
    .read = read_pages, .write = write_pages, .pages = count_pages};

/* ---- room for what is written ---------------------------------------------------------------- */

/* One step from `at` on: what the file has there, or new blocks up to `end`. Where it is known up
   to here what it has, more is looked at than needed, so that the next writes need not ask. */
static int find_or_make(struct ext2_mount *mount, struct ext2_file *file, uint64_t at,
                        uint64_t end, struct ext2_run *run)
{
    bool behind = at * mount->rw.block_bytes >= file->inode.size;

    if (!behind && at <= file->mapped) {
        int error = ext2_map(&mount->rw, &file->node, at, LOOK_AHEAD, false, run);
        if (error || run->first)
            return error;
    }
    return ext2_map(&mount->rw, &file->node, at, (uint32_t)(end - at), true, run);
}

/* With the lock: blocks for file blocks [at, end). */
static int allocate(struct ext2_mount *mount, struct ext2_file *file, uint64_t at, uint64_t end)
{
    struct ext2_run run;
    int error = 0;

    mount->rw.privileged = file->inode.uid == 0;
    while (at < end && !error) {
        error = find_or_make(mount, file, at, end, &run);
        if (error)
            break;
        if (at <= file->mapped && at + run.count > file->mapped)
            file->mapped = at + run.count;
        at += run.count;
    }
    file->inode.sectors = file->node.sectors;
    return error;
}

/* With the inode's lock. */
static int prepare(struct inode *inode, uint64_t at, size_t size)
{
    struct ext2_file *file = ext2_file_of(inode);
    struct ext2_mount *mount = ext2_mount_of(inode);
    uint64_t first = at / mount->rw.block_bytes;
    uint64_t end = blocks_for(at + size, mount->rw.block_bytes);

    if (!mount->writable)
        return -EROFS;
    if (end <= file->mapped)
        return 0;
    if (at + size > ext2_rw_size_max(&mount->rw))
        return -EFBIG;
    ext2_sync_if_wanted(mount);
    mutex_lock(&mount->lock);
    int error = allocate(mount, file, first, end);
    if (error == -ENOSPC && ext2_make_room(mount))
        error = allocate(mount, file, first, end);
    mutex_unlock(&mount->lock);
    return error;
}

/* The inode goes into its block now, so that there is something for the writer to write. */
static void changed(struct inode *inode)
{
    struct ext2_mount *mount = ext2_mount_of(inode);

    mutex_lock(&mount->lock);
    (void)!ext2_file_put(ext2_file_of(inode)); /* tried again at the sync */
    mutex_unlock(&mount->lock);
}

/* No file has blocks behind its end, but what prepare made for bytes that could not be copied. */
static void give_back(struct inode *inode)
{
    struct ext2_file *file = ext2_file_of(inode);
    struct ext2_mount *mount = ext2_mount_of(inode);
    uint64_t blocks = blocks_for(inode->size, mount->rw.block_bytes);

    mutex_lock(&mount->lock);
    if (file->mapped > blocks)
        file->mapped = blocks;
    file->node.size = inode->size;
    (void)!ext2_truncate(&mount->rw, &file->node, inode->size, file->node.modified);
    inode->sectors = file->node.sectors;
    (void)!ext2_file_put(file); /* tried again at the sync */
    mutex_unlock(&mount->lock);
}

static int64_t write_file(struct file *file, struct io *io, uint64_t *position)
{
    static const struct page_file_writer writer = {prepare, changed, give_back};

    return page_file_write(file, io, position, &writer);
}

const struct file_operations ext2_file_operations = {.read = page_file_read, .write = write_file};

/* ---- the size -------------------------------------------------------------------------------- */

static int truncate_blocks(struct ext2_mount *mount, struct ext2_file *file, uint64_t size)
{
    mutex_lock(&mount->lock);
    int error = ext2_truncate(&mount->rw, &file->node, size, (uint32_t)ext2_now());
    ext2_node_to_inode(file);
    if (!error)
        error = ext2_file_put(file);
    mutex_unlock(&mount->lock);
    return error;
}

/* First nobody reads behind the new end any more, then there is nothing left to be read there, and
   then the blocks go. */
int ext2_set_size(struct inode *inode, uint64_t size)
{
    struct ext2_file *file = ext2_file_of(inode);
    struct ext2_mount *mount = ext2_mount_of(inode);
    uint64_t before = inode->size, blocks = blocks_for(size, mount->rw.block_bytes);
    int error = 0;

    if (!mount->writable)
        return -EROFS;
    if (size > ext2_rw_size_max(&mount->rw))
        return -EFBIG;
    if (size < before) {
        __atomic_store_n(&inode->size, size, __ATOMIC_RELAXED);
        error = page_file_cut(inode, size);
        if (error) {
            __atomic_store_n(&inode->size, before, __ATOMIC_RELAXED);
            return error;
        }
    }
    if (file->mapped > blocks)
        file->mapped = blocks;
    return truncate_blocks(mount, file, size);
}
