/*
 * The one cache of pages: contents of files and of disks, for read, write, mmap and exec alike. A
 * file's pages hang on its inode (struct page_cache); the blocks of a file system's own are pages of
 * its disk's inode.
 *
 *     error = page_get(&inode->pages, index, &page);      there, read from the disk when needed, pinned
 *     … page_bytes(page) … page_dirty(page); page_put(page);
 *
 * Changed pages are written back by a thread some seconds later, neighbours in one request, by sync,
 * or when memory runs short. Reading ahead: a run of pages that is read in order comes in growing
 * requests. Unused clean pages are memory that is given back when somebody needs it.
 *
 * A page's frame is counted (frames.h): the cache has one reference, each mapping one. Its contents
 * are read and written without a lock by whoever has it pinned; file systems serialise write against
 * write by the inode's lock.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/core/sync/mutex.h"
#include "lib/compiler.h"

struct page_cache;

struct page {
    /* fixed while it is pinned */
    struct page_cache *cache;
    uint64_t index; /* in pages of 4 KiB */
    uint64_t phys;
    /* page_cache.c's */
    uint32_t pins;
    uint32_t flags;
    struct page *hash_next, *next, *previous, *lru_next, *lru_previous;
};

/* Of the file system; called without the cache's locks. `pages` are pinned, `count` neighbours from
   pages[0]->index on. Beyond the end of the file, zeros. 0 or -E… (-EIO, -ENOSPC). */
struct page_operations {
    int (*read)(struct page_cache *cache, struct page *const *pages, size_t count);
    /* NULL: the pages live in memory alone (tmpfs), and are never written or evicted. */
    int (*write)(struct page_cache *cache, struct page *const *pages, size_t count);
};

#define PAGE_REQUEST_MAX 32u /* pages in one call of the operations */

struct page_cache {
    const struct page_operations *operations; /* NULL: nothing is cached here */
    void *owner;                              /* its inode */
    uint64_t count;                           /* pages that are here */
    struct page *first, *dirty;               /* all, and those to be written */
    uint64_t next_index;                      /* read-ahead: where the next read is expected */
    uint32_t ahead;
    int error; /* of a write-back that nobody waited for: the next sync returns it */
};

void page_cache_init(struct page_cache *cache, const struct page_operations *operations,
                     void *owner);
/* Pinned, up to date. -ENOMEM, -EIO. */
int page_get(struct page_cache *cache, uint64_t index, struct page **page) must_check;
/* The same for who will overwrite all of it: not read; zeros when it is new. */
int page_get_fresh(struct page_cache *cache, uint64_t index, struct page **page) must_check;
/* Only when it is here and up to date; else NULL. */
struct page *page_find(struct page_cache *cache, uint64_t index);
void page_put(struct page *page);
void page_dirty(struct page *page);
void *page_bytes(const struct page *page);
/* May be mapped writable into a process: written back again and again while it is. */
void page_mapped_writable(struct page *page, bool mapped);

/* Pages from index `from` on go, changed or not; pinned ones are detached. */
void page_cache_truncate(struct page_cache *cache, uint64_t from);
/* Until all that was changed is written (not the disk's own cache). The first error. */
int page_cache_flush(struct page_cache *cache) must_check;
/* All caches. */
int page_cache_flush_all(void) must_check;
/* Give up to `pages` unused clean pages back to the frames; returns how many. */
uint64_t page_cache_reclaim(uint64_t pages);

struct page_cache_info {
    uint64_t pages, dirty, hits, misses, read_ahead, evicted, written;
};
void page_cache_info(struct page_cache_info *info);
