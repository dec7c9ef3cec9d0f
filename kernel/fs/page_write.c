/*
 * Writing back. Each cache has its dirty pages in the order in which they became so, each with the
 * count of that moment (stamp): a flush writes what is not younger than its own beginning, and so
 * ends however fast pages are changed behind it.
 *
 * A page that is written is not dirty any more from before its contents are looked at: who changes
 * it meanwhile makes it dirty again, and it is written once more. A page that cannot be written is
 * given up: the error stays with the cache, for the next flush to tell.
 */
#include "kernel/core/log/log.h"
#include "kernel/fs/page_private.h"
#include "lib/errno.h"

#define SYNCS_MAX 16u

/* ---- becoming dirty -------------------------------------------------------------------------- */

static void link_cache(struct page_cache *cache)
{
    cache->previous_dirty = NULL;
    cache->next_dirty = page_totals.first_dirty;
    if (cache->next_dirty)
        cache->next_dirty->previous_dirty = cache;
    page_totals.first_dirty = cache;
}

static void unlink_cache(struct page_cache *cache)
{
    if (cache->previous_dirty)
        cache->previous_dirty->next_dirty = cache->next_dirty;
    else
        page_totals.first_dirty = cache->next_dirty;
    if (cache->next_dirty)
        cache->next_dirty->previous_dirty = cache->previous_dirty;
}

static void make_dirty(struct page *page, unsigned order)
{
    struct page_cache *cache = page->cache;

    page_unmake_idle(page);
    page->flags |= PAGE_DIRTY;
    page->order = order;
    page->stamp = ++page_totals.clock;
    if (!cache->dirty.first)
        link_cache(cache);
    page_list_append(&cache->dirty, page);
    page_totals.info.dirty++;
}

void page_forget_dirty(struct page *page)
{
    page_list_remove(&page->cache->dirty, page);
    page->flags &= ~PAGE_DIRTY;
    if (!page->cache->dirty.first)
        unlink_cache(page->cache);
    page_totals.info.dirty--;
}

/* There is nothing to be done: what was changed is seen by whoever writes the page later. */
static bool is_noted(const struct page *page)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* first the change, then the look */
    uint32_t flags = __atomic_load_n(&page->flags, __ATOMIC_RELAXED);

    return flags & PAGE_DIRTY || (flags & (PAGE_MEMORY | PAGE_FRESH)) == PAGE_MEMORY;
}

void page_dirty_ordered(struct page *page, unsigned order)
{
    bool first = false;

    spin_lock(&page_lock);
    page->flags &= ~PAGE_FRESH;
    if (page->flags & PAGE_DIRTY) {
        page->order = order < page->order ? order : page->order;
    } else if (!(page->flags & (PAGE_MEMORY | PAGE_DETACHED))) {
        make_dirty(page, order);
        first = page_totals.info.dirty == 1;
    }
    spin_unlock(&page_lock);
    if (first)
        page_writer_note();
}

void page_dirty(struct page *page)
{
    if (unlikely(!is_noted(page)))
        page_dirty_ordered(page, 0);
}

/* ---- one run --------------------------------------------------------------------------------- */

/* What is to be written. */
struct choice {
    uint64_t stamp; /* what became dirty up to then */
    unsigned order; /* and is of that order, or a lower one */
};

/* To be written, and not being written already. */
static bool is_ready(const struct page *page, unsigned order)
{
    return page && (page->flags & (PAGE_DIRTY | PAGE_WRITING)) == PAGE_DIRTY
           && page->order <= order;
}

static struct page *find_oldest(const struct page_cache *cache, const struct choice *choice)
{
    struct page *page = cache->dirty.first;

    while (page && page->stamp <= choice->stamp && !is_ready(page, choice->order))
        page = page->list_next;
    return page && page->stamp <= choice->stamp ? page : NULL;
}

static void take_for_writing(struct page *page)
{
    page_forget_dirty(page);
    page->flags |= PAGE_WRITING;
    page_pin(page);
    page->cache->writing++;
    page_totals.writing++;
}

/* That page and its neighbours, as many as go in one request. */
static void pick(struct page *page, unsigned order, struct page_run *run)
{
    struct page_cache *cache = page->cache;
    uint64_t index = page->index, least = index;

    while (least > 0 && index - least < PAGE_REQUEST_MAX - 1
           && is_ready(page_look_up(cache, least - 1), order))
        least--;
    run->count = 0;
    for (page = page_look_up(cache, least);
         is_ready(page, order) && run->count < PAGE_REQUEST_MAX;
         page = page_look_up(cache, least + run->count)) {
        take_for_writing(page);
        run->pages[run->count++] = page;
    }
}

static void give_up(struct page_cache *cache, const struct page *page, int error)
{
    if (!cache->error)
        log_error("fs", "a change is lost: page %llu of a file could not be written: %s",
                  (unsigned long long)page->index, error_text(error));
    cache->error = error;
}

/* page_lock is held. Short of memory is no reason to lose anything: later it may be there. */
static void end_write(struct page_cache *cache, struct page *page, int error)
{
    page->flags &= ~PAGE_WRITING;
    cache->writing--;
    page_totals.writing--;
    if (!error)
        page_totals.info.written++;
    else if (error != -ENOMEM)
        give_up(cache, page, error);
    if (!(page->flags & (PAGE_DIRTY | PAGE_DETACHED))) {
        if (error == -ENOMEM)
            make_dirty(page, page->order);
        else
            page_make_idle(page);
    }
    page_drop(page);
}

/* Where the whole run cannot be written, some of it may: each page alone. */
static int write_run(struct page_cache *cache, struct page_run *run)
{
    int errors[PAGE_REQUEST_MAX];
    int first = cache->operations->write(cache, run);

    for (size_t i = 0; i < run->count; i++) {
        struct page_run alone = {{run->pages[i]}, 1};

        errors[i] = first && run->count > 1 ? cache->operations->write(cache, &alone) : first;
    }
    first = 0;
    spin_lock(&page_lock);
    for (size_t i = 0; i < run->count; i++) {
        first = first ? first : errors[i];
        end_write(cache, run->pages[i], errors[i]);
    }
    spin_unlock(&page_lock);
    wait_broadcast(&page_queue); /* the cache may be gone from here on */
    return first;
}

/* ---- flushes --------------------------------------------------------------------------------- */

/* False: the cache has nothing of that to be written. */
static bool write_some(struct page_cache *cache, const struct choice *choice, int *error)
{
    struct page_run run;

    spin_lock(&page_lock);
    struct page *page = find_oldest(cache, choice);
    if (page)
        pick(page, choice->order, &run);
    spin_unlock(&page_lock);
    if (!page)
        return false;
    int now = write_run(cache, &run);
    *error = *error ? *error : now;
    return true;
}

/* Until what others have begun to write is written, too: of one cache, or (NULL) of all. */
static void wait_for_others(const struct page_cache *cache)
{
    uint64_t saved = wait_lock(&page_queue);

    while (cache ? __atomic_load_n(&cache->writing, __ATOMIC_ACQUIRE)
                 : __atomic_load_n(&page_totals.writing, __ATOMIC_ACQUIRE))
        (void)!wait_locked(&page_queue, &saved, WAIT_FOREVER);
    wait_unlock(&page_queue, saved);
}

static uint64_t now(void)
{
    return __atomic_load_n(&page_totals.clock, __ATOMIC_ACQUIRE);
}

/* What nobody was told yet. */
static int take_error(struct page_cache *cache)
{
    spin_lock(&page_lock);
    int error = cache->error;
    cache->error = 0;
    spin_unlock(&page_lock);
    return error;
}

int page_cache_flush_ordered(struct page_cache *cache, unsigned order)
{
    struct choice choice = {now(), order};
    int error = 0;

    if (!cache->operations || !cache->operations->write)
        return 0;
    /* Twice: a page that was being written at first may have been changed meanwhile. */
    for (unsigned i = 0; i < 2; i++) {
        while (write_some(cache, &choice, &error))
            ;
        wait_for_others(cache);
    }
    int earlier = take_error(cache);
    return error ? error : earlier;
}

int page_cache_flush(struct page_cache *cache)
{
    return page_cache_flush_ordered(cache, UINT32_MAX);
}

/* Under page_lock: the first of a run of any cache that is written without its owner. */
static struct page *find_oldest_of_all(const struct choice *choice)
{
    struct page *page = NULL;

    for (struct page_cache *cache = page_totals.first_dirty; cache && !page;
         cache = cache->next_dirty) {
        if (!cache->operations->sync)
            page = find_oldest(cache, choice);
    }
    return page;
}

int page_write_until(uint64_t stamp)
{
    struct choice choice = {stamp, UINT32_MAX};
    struct page_run run;
    int error = 0;

    for (;;) {
        struct page_cache *cache = NULL;

        spin_lock(&page_lock);
        struct page *page = find_oldest_of_all(&choice);
        if (page) {
            cache = page->cache;
            pick(page, choice.order, &run);
        }
        spin_unlock(&page_lock);
        if (!cache)
            return error;
        int last = write_run(cache, &run);
        error = error ? error : last;
        page_writer_progress();
    }
}

/* A cache whose owner is to write what is that old; it stays until syncing is counted down. */
static struct page_cache *take_owned(uint64_t stamp)
{
    struct choice choice = {stamp, UINT32_MAX};

    spin_lock(&page_lock);
    struct page_cache *cache = page_totals.first_dirty;
    while (cache && !(cache->operations->sync && find_oldest(cache, &choice)))
        cache = cache->next_dirty;
    if (cache)
        cache->syncing++;
    spin_unlock(&page_lock);
    return cache;
}

void page_sync_owners(uint64_t stamp)
{
    struct page_cache *cache;

    /* Not for ever: what cannot be written now is left for the next time. */
    for (unsigned i = 0; i < SYNCS_MAX && (cache = take_owned(stamp)); i++) {
        cache->operations->sync(cache);
        spin_lock(&page_lock);
        cache->syncing--;
        spin_unlock(&page_lock);
        wait_broadcast(&page_queue);
        page_writer_progress();
    }
}

int page_cache_flush_all(void)
{
    uint64_t stamp = now();
    int error = page_write_until(stamp);

    wait_for_others(NULL);
    int again = page_write_until(stamp);
    wait_for_others(NULL);
    return error ? error : again;
}
