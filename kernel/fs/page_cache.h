/*
 * The one cache of pages: contents of files and of disks, for read, write, mmap and exec alike. A
 * file's pages hang on its inode (struct page_cache); the blocks of a file system's own are pages
 * of a cache that the file system keeps for them.
 *
 *     error = page_get(&inode->pages, index, &page);  there, read when needed, pinned
 *     … page_bytes(page) … page_dirty(page); page_put(page);
 *
 * Changed pages are written back by a thread some seconds later, neighbours in one request, by
 * sync, or when memory runs short. Reading ahead: a run of pages that is read in order comes in
 * growing requests. Unused clean pages are memory that is given back when somebody needs it.
 *
 * A page's frame is counted (frames.h): the cache has one reference, each mapping one. Its contents
 * are read and written without a lock by whoever has it pinned; file systems serialise write
 * against write by the inode's lock.
 *
 * Locks: one spinlock of LOCK_RANK_PAGE_CACHE inside; none is held when an operation of the file
 * system is called. What reads, writes or waits for pages may sleep: page_get, page_get_fresh,
 * page_cache_truncate, page_cache_throttle and the flushes; the others may be called with spinlocks
 * of a lower rank held.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

struct page_cache;

struct page {
    /* fixed while it is pinned */
    struct page_cache *cache;
    uint64_t index; /* in pages of 4 KiB */
    uint64_t phys;
    /* page_cache.c's */
    uint32_t pins;  /* one is the cache's own */
    uint32_t flags;
    uint32_t order;    /* of a dirty one: page_dirty_ordered */
    int error;         /* why it could not be read */
    uint64_t stamp;    /* when it became dirty: the cache's count of that */
    struct page *hash_next;
    struct page *next, *previous;         /* of its cache */
    struct page *list_next, *list_before; /* of the idle ones, or of those to be written */
    uint64_t place; /* the file system's own; 0 in a new page */
};

struct page_list {
    struct page *first, *last; /* the oldest first */
};

#define PAGE_REQUEST_MAX 32u

/* Neighbours of one cache, pinned: what is read or written at a time. */
struct page_run {
    struct page *pages[PAGE_REQUEST_MAX];
    size_t count;
};

/* Of the file system; called without the cache's locks. Beyond the end of the file a page holds
   zeros. 0 or -E… (-EIO, -ENOSPC). */
struct page_operations {
    /* NULL: new pages are zeros. */
    int (*read)(struct page_cache *cache, const struct page_run *run);
    /* NULL: the pages live in memory alone (tmpfs), and are never written or evicted. */
    int (*write)(struct page_cache *cache, const struct page_run *run);
    /* How many pages the file has now: so far it is read ahead. NULL: not at all. */
    uint64_t (*pages)(struct page_cache *cache);
    /* For pages that are to be written in an order that only the owner knows: the writer calls this
       instead of `write`. It may wait and flush. NULL: in any order. */
    void (*sync)(struct page_cache *cache);
};

struct page_cache {
    const struct page_operations *operations; /* NULL: nothing is cached here */
    void *owner;                              /* its inode */
    uint64_t count;                           /* pages that are here */
    /* page_cache.c's */
    uint64_t place; /* in the table of all pages */
    struct page *first;
    struct page_list dirty;              /* those to be written */
    uint32_t writing;                    /* pages that are being written */
    uint32_t syncing;                    /* the writer is in operations->sync */
    struct page_cache *next_dirty, *previous_dirty; /* of the caches that have such pages */
    uint64_t next_index; /* read-ahead: where the next read is expected */
    uint32_t ahead;
    int error; /* of a write-back that nobody waited for: the next flush returns it */
};

/* Once, before files are used: room for the table; without memory it stays small. */
void page_cache_start(void);
/* The thread that writes back. -ENOMEM. Before there is one, only the flushes write. */
int page_writer_start(void) must_check;

void page_cache_init(struct page_cache *cache, const struct page_operations *operations,
                     void *owner);
/* Pinned, up to date. -ENOMEM, -EIO. */
int page_get(struct page_cache *cache, uint64_t index, struct page **page) must_check;
/* The same for a program's fault: when it is not here, those around it come in the same request, as
   they will be wanted soon. */
int page_get_around(struct page_cache *cache, uint64_t index, struct page **page) must_check;
/* The same for who will overwrite all of it: not read; zeros when it is new. */
int page_get_fresh(struct page_cache *cache, uint64_t index, struct page **page) must_check;
/* Instead of page_put for who has got a fresh page and could not fill it: it is forgotten unless
   it was changed. */
void page_put_unfilled(struct page *page);
/* Only when it is here and up to date; else NULL. */
struct page *page_find(struct page_cache *cache, uint64_t index);
void page_put(struct page *page);
/* After the change, before page_put. */
void page_dirty(struct page *page);
/* The same, for page_cache_flush_ordered; of several orders the lowest counts. */
void page_dirty_ordered(struct page *page, unsigned order);
void *page_bytes(const struct page *page);

/* Pages from index `from` on go, changed or not; pinned ones are detached: nobody finds them any
   more, and what is done to them changes no file. With 0 nothing of the cache is in use any more
   when it returns, but for pins: its owner may go. */
void page_cache_truncate(struct page_cache *cache, uint64_t from);
/* The same for some pages, none of which is being read or written (else it stays). Never sleeps. */
void page_cache_forget(struct page_cache *cache, uint64_t first, uint64_t count);
/* Until all that was changed is written (not the disk's own cache). The first error. */
int page_cache_flush(struct page_cache *cache) must_check;
/* Only pages of that order and lower ones. */
int page_cache_flush_ordered(struct page_cache *cache, unsigned order) must_check;
/* All caches without a `sync` of their own. */
int page_cache_flush_all(void) must_check;
/* For who has changed many pages, without locks: waits while too much of memory is changed. */
void page_cache_throttle(void);
/* Give up to `pages` unused clean pages back to the frames; returns how many. Never sleeps. */
uint64_t page_cache_reclaim(uint64_t pages);

struct page_cache_info {
    uint64_t pages, dirty, hits, misses, read_ahead, evicted, written;
};
void page_cache_info(struct page_cache_info *info);
