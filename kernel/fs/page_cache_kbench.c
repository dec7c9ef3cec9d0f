/* What reading a file costs that is in memory: a page of the cache, a byte, 4 KiB, 64 KiB. */
#include "kernel/core/memory/heap.h"
#include "kernel/fs/page_cache.h"
#include "kernel/fs/root.h"
#include "kernel/test/kbench.h"

#define FILE_NAME "/boot/kernel.elf"
#define PIECE     65536u

KBENCH(page_get_put)
{
    struct file *file;
    struct page *page;

    if (root_open(FILE_NAME, &file))
        return;
    struct page_cache *cache = &file->inode->pages;
    for (uint64_t i = 0; i < count; i++)
        if (page_get(cache, i % 16, &page) == 0)
            page_put(page);
    file_put(file);
}

static void read_pieces(struct file *file, void *to, uint64_t count, size_t size)
{
    for (uint64_t i = 0; i < count; i++) {
        struct io io = io_of_kernel(to, size);
        uint64_t at = 0;

        (void)!file_read(file, &io, &at);
    }
}

static void read_many(uint64_t count, size_t size)
{
    void *to = alloc(PIECE, 4096);
    struct file *file;

    if (to && root_open(FILE_NAME, &file) == 0) {
        read_pieces(file, to, count, size);
        file_put(file);
    }
    dealloc(to, PIECE, 4096);
}

KBENCH(file_read_64k_cached)
{
    read_many(count, PIECE);
}

KBENCH(file_read_4k_cached)
{
    read_many(count, 4096);
}

KBENCH(file_read_byte_cached)
{
    read_many(count, 1);
}

/* From the disk: what was cached goes first. */
KBENCH(file_read_64k_cold)
{
    void *to = alloc(PIECE, 4096);
    struct file *file;

    if (to && root_open(FILE_NAME, &file) == 0) {
        for (uint64_t i = 0; i < count; i++) {
            page_cache_truncate(&file->inode->pages, 0);
            read_pieces(file, to, 1, PIECE);
        }
        file_put(file);
    }
    dealloc(to, PIECE, 4096);
}
