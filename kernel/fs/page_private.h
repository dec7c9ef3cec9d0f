/* What the files of the page cache share: page_cache.c ← page_write.c ← page_writer.c. */
#pragma once

#include "kernel/core/sync/spinlock.h"
#include "kernel/core/sync/wait.h"
#include "kernel/fs/page_cache.h"

/* In page->flags; changed under page_lock. */
#define PAGE_HERE     1u  /* up to date */
#define PAGE_BUSY     2u  /* being read: who wants it waits on page_queue */
#define PAGE_DIRTY    4u  /* in its cache's list of those to be written */
#define PAGE_WRITING  8u
#define PAGE_IDLE     16u /* in the list of those that may be evicted when nobody has them pinned */
#define PAGE_USED     32u /* since reclaim last looked */
#define PAGE_DETACHED 64u /* its cache knows it no more */
#define PAGE_FRESH    128u /* zeros that nobody has changed yet */
#define PAGE_MEMORY   256u /* its cache is never written */

extern struct spinlock page_lock;
extern struct wait_queue page_queue; /* for pages that are being read or written */

/* Under page_lock. */
struct page_totals {
    struct page_cache_info info;
    uint64_t writing;               /* pages */
    uint64_t clock;                 /* how often a page has become dirty */
    struct page_cache *first_dirty; /* the caches that have something to be written */
};
extern struct page_totals page_totals;

/* All with page_lock held. */
struct page *page_look_up(const struct page_cache *cache, uint64_t index);
void page_pin(struct page *page);
void page_drop(struct page *page); /* a pin; the last one frees the page */
void page_make_idle(struct page *page); /* unless it can never be evicted */
void page_unmake_idle(struct page *page);
void page_list_append(struct page_list *list, struct page *page);
void page_list_remove(struct page_list *list, struct page *page);
void page_forget_dirty(struct page *page);

/* Without it: structures that nobody will need soon become memory again. */
void page_release_spares(void);

/* Without the lock: until none of the flags is set. */
void page_wait(struct page *page, uint32_t flags);

/* page_write.c. All pages that became dirty up to that count, of all caches. The first error. */
int page_write_until(uint64_t stamp);
/* The same of those caches that their owners write, by them. */
void page_sync_owners(uint64_t stamp);

/* page_writer.c. Memory is short of clean pages: write now. From any context. */
void page_writer_hurry(void);
/* There is something to be written again, or spares to be released. From any context. */
void page_writer_note(void);
/* Pages were written. */
void page_writer_progress(void);
/* Memory was not to be had. Waits for pages to become clean; false: there is no use in it. */
bool page_writer_wait(void);
