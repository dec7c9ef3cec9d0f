/*
 * The pages: a table of all by cache and index, each cache's own list, and the idle ones in the
 * order in which they will be evicted. Use: page_cache.h; writing back is page_write.c's.
 *
 * A pin is a count. The cache has one for as long as it knows the page, so that page_put is one
 * instruction: who takes the last one frees the page. What is in no cache any more (detached) lives
 * on for those who have it pinned.
 *
 * Eviction gives every page a second chance: one that was used since it was last looked at goes to
 * the end of the list once more. It needs no memory and no sleep, and page_lock has a rank above
 * the locks of all who allocate frames: so alloc_frame itself can ask for it. Freed structures are
 * therefore kept in a list of our own, for slab_free has a lock of a lower rank.
 */
#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/slab.h"
#include "kernel/fs/page_private.h"
#include "lib/errno.h"
#include "lib/string.h"

#define ROW_PLACES      512u /* a frame of pointers */
#define ROWS_MAX        512u
#define FRAMES_PER_PLACE 8u
#define AHEAD_FIRST     4u  /* pages, of a file that is read from its start */
#define AROUND          16u /* pages that a fault brings together, as the kernel maps them */
#define SPARES_KEPT     64u
#define TRUNCATE_BATCH  128u /* pages that go without a moment for others */
#define PLENTY_PART     32u  /* of memory that is free */
#define WAITS_MAX       20u  /* for memory: of a tenth of a second each */

struct row {
    struct page *first[ROW_PLACES];
};

static struct row first_row;

struct spinlock page_lock = SPINLOCK("page cache", LOCK_RANK_PAGE_CACHE);
struct wait_queue page_queue = WAIT_QUEUE("pages");

/* Under page_lock. */
struct page_totals page_totals;
static struct row *rows[ROWS_MAX] = {&first_row};
static uint64_t places = ROW_PLACES; /* a power of two */
static struct page_list idle;
static struct page *spares; /* structures, by hash_next */
static unsigned spare_count;
static uint64_t next_place;

static struct slab_cache page_slab;

/* ---- lists: under page_lock ------------------------------------------------------------------ */

static struct page **place_of(uint64_t number)
{
    number &= places - 1;
    return &rows[number / ROW_PLACES % ROWS_MAX]->first[number % ROW_PLACES];
}

struct page *page_look_up(const struct page_cache *cache, uint64_t index)
{
    struct page *page = *place_of(cache->place + index);

    while (page && (page->index != index || page->cache != cache))
        page = page->hash_next;
    return page;
}

void page_list_append(struct page_list *list, struct page *page)
{
    page->list_next = NULL;
    page->list_before = list->last;
    if (list->last)
        list->last->list_next = page;
    else
        list->first = page;
    list->last = page;
}

void page_list_remove(struct page_list *list, struct page *page)
{
    if (page->list_before)
        page->list_before->list_next = page->list_next;
    else
        list->first = page->list_next;
    if (page->list_next)
        page->list_next->list_before = page->list_before;
    else
        list->last = page->list_before;
}

void page_make_idle(struct page *page)
{
    if (page->flags & (PAGE_MEMORY | PAGE_DETACHED))
        return;
    page->flags |= PAGE_IDLE;
    page_list_append(&idle, page);
}

void page_unmake_idle(struct page *page)
{
    if (page->flags & PAGE_IDLE)
        page_list_remove(&idle, page);
    page->flags &= ~PAGE_IDLE;
}

static void insert(struct page *page)
{
    struct page_cache *cache = page->cache;
    struct page **place = place_of(cache->place + page->index);

    page->hash_next = *place;
    *place = page;
    page->previous = NULL;
    page->next = cache->first;
    if (cache->first)
        cache->first->previous = page;
    cache->first = page;
    cache->count++;
    page_totals.info.pages++;
}

/* The cache knows the page no more; its pin is still to be dropped. */
static void detach(struct page *page)
{
    struct page_cache *cache = page->cache;
    struct page **at = place_of(cache->place + page->index);

    while (*at != page)
        at = &(*at)->hash_next;
    *at = page->hash_next;
    if (page->previous)
        page->previous->next = page->next;
    else
        cache->first = page->next;
    if (page->next)
        page->next->previous = page->previous;
    cache->count--;
    page_totals.info.pages--;
    if (page->flags & PAGE_DIRTY)
        page_forget_dirty(page);
    page_unmake_idle(page);
    page->flags |= PAGE_DETACHED;
}

static void free_page(struct page *page)
{
    (void)!frame_put(page->phys);
    page->hash_next = spares;
    spares = page;
    spare_count++;
}

void page_pin(struct page *page)
{
    __atomic_fetch_add(&page->pins, 1, __ATOMIC_RELAXED);
}

void page_drop(struct page *page)
{
    if (__atomic_sub_fetch(&page->pins, 1, __ATOMIC_ACQ_REL) == 0)
        free_page(page);
}

/* ---- waiting --------------------------------------------------------------------------------- */

static uint32_t flags_of(const struct page *page)
{
    return __atomic_load_n(&page->flags, __ATOMIC_ACQUIRE);
}

void page_wait(struct page *page, uint32_t flags)
{
    uint64_t saved = wait_lock(&page_queue);

    while (flags_of(page) & flags)
        (void)!wait_locked(&page_queue, &saved, WAIT_FOREVER);
    wait_unlock(&page_queue, saved);
}

/* ---- making pages: without locks ------------------------------------------------------------- */

static struct page *take_structure(void)
{
    spin_lock(&page_lock);
    struct page *page = spares;
    if (page) {
        spares = page->hash_next;
        spare_count--;
    }
    spin_unlock(&page_lock);
    return page ? page : slab_alloc(&page_slab);
}

/* With two pins, the cache's and the maker's. */
static struct page *make(struct page_cache *cache, uint64_t index, uint64_t phys)
{
    struct page *page = take_structure();

    if (page)
        *page = (struct page){.cache = cache, .index = index, .phys = phys, .pins = 2,
                              .flags = cache->operations->write ? 0 : PAGE_MEMORY};
    return page;
}

static struct page *make_with_frame(struct page_cache *cache, uint64_t index)
{
    struct page *page;
    uint64_t phys;

    if (alloc_frame(&phys))
        return NULL;
    page = make(cache, index, phys);
    if (!page)
        (void)!frame_put(phys);
    return page;
}

/* The one that is really wanted: waits for memory while there is hope. */
static struct page *make_wanted(struct page_cache *cache, uint64_t index)
{
    struct page *page = make_with_frame(cache, index);

    for (unsigned i = 0; !page && i < WAITS_MAX && page_writer_wait(); i++)
        page = make_with_frame(cache, index);
    return page;
}

/* It never came into the cache. */
static void unmake(struct page *page)
{
    spin_lock(&page_lock);
    free_page(page);
    spin_unlock(&page_lock);
}

/* Neighbours in frames that are neighbours as well, so that they are read in one piece. Only while
   memory is plenty: nothing is evicted for it. */
static void make_neighbours(struct page_cache *cache, uint64_t index, size_t count,
                            struct page_run *run)
{
    uint64_t phys;

    if (frames_free() < frames_total() / PLENTY_PART + count
        || alloc_frames(count, 1, FRAMES_ANYWHERE, &phys))
        return;
    for (size_t i = 0; i < count; i++) {
        struct page *page = run->count == i ? make(cache, index + i, phys + i * FRAME_SIZE) : NULL;

        if (page)
            run->pages[run->count++] = page;
        else
            (void)!frame_put(phys + i * FRAME_SIZE);
    }
}

/* `count` pages from `index` on; fewer where memory is short, and none when there is none. */
static void make_run(struct page_cache *cache, uint64_t index, size_t count, struct page_run *run)
{
    struct page *page;

    run->count = 0;
    if (count > 1)
        make_neighbours(cache, index, count, run);
    if (run->count > 0)
        return;
    for (page = make_wanted(cache, index); page && run->count < count;
         page = run->count < count ? make_with_frame(cache, index + run->count) : NULL)
        run->pages[run->count++] = page;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Of `count` pages from `index` on those that the file has, but one in any case. */
static size_t of_file(struct page_cache *cache, uint64_t index, uint64_t count)
{
    uint64_t end = cache->operations->pages ? cache->operations->pages(cache) : 0;

    if (index >= end)
        return 1;
    return (size_t)(count < end - index ? count : end - index);
}

/* How many pages to read from `index` on, none of which is known. */
static size_t window(struct page_cache *cache, uint64_t index)
{
    uint64_t count = 1;

    if (index == 0)
        count = AHEAD_FIRST;
    else if (index == cache->next_index)
        count = cache->ahead < PAGE_REQUEST_MAX / 2 ? 2 * (cache->ahead + 1) : PAGE_REQUEST_MAX;
    return of_file(cache, index, count);
}

/* Into the cache, as far as it knows none of them. Returns how many. */
static size_t insert_run(struct page_cache *cache, struct page_run *run)
{
    size_t done = 0;

    spin_lock(&page_lock);
    while (done < run->count && !page_look_up(cache, run->pages[done]->index)) {
        run->pages[done]->flags |= PAGE_BUSY;
        insert(run->pages[done++]);
    }
    if (done > 0) {
        cache->ahead = (uint32_t)done;
        cache->next_index = run->pages[0]->index + done;
        page_totals.info.misses++;
        page_totals.info.read_ahead += done - 1;
    }
    spin_unlock(&page_lock);
    return done;
}

/* They were read, or not: from `from` on. Their maker's pins stay. */
static void end_read(struct page_run *run, size_t from, int error)
{
    spin_lock(&page_lock);
    for (size_t i = from; i < run->count; i++) {
        struct page *page = run->pages[i];

        page->error = error;
        if (error && !(page->flags & PAGE_DETACHED)) {
            detach(page);
            page_drop(page);
        }
        page->flags = (page->flags & ~PAGE_BUSY) | (error ? 0 : PAGE_HERE);
        if (!error)
            page_make_idle(page);
    }
    spin_unlock(&page_lock);
    wait_broadcast(&page_queue);
}

static int read_pages(struct page_cache *cache, const struct page_run *run)
{
    if (cache->operations->read)
        return cache->operations->read(cache, run);
    for (size_t i = 0; i < run->count; i++)
        memset(phys_to_virt(run->pages[i]->phys), 0, FRAME_SIZE);
    return 0;
}

/* Where reading ahead fails, the one that is wanted may still be good. */
static int read_run(struct page_cache *cache, struct page_run *run)
{
    int error = read_pages(cache, run);

    if (error && run->count > 1) {
        end_read(run, 1, error);
        for (size_t i = 1; i < run->count; i++)
            page_put(run->pages[i]);
        run->count = 1;
        error = read_pages(cache, run);
    }
    end_read(run, 0, error);
    return error;
}

/* `count` pages in one request, the first of them for the caller. -EAGAIN: somebody else was
   faster. */
static int read_in(struct page_cache *cache, uint64_t index, size_t count, struct page **page)
{
    struct page_run run;

    make_run(cache, index, count, &run);
    if (run.count == 0)
        return -ENOMEM;
    size_t made = run.count;
    run.count = insert_run(cache, &run);
    for (size_t i = run.count; i < made; i++)
        unmake(run.pages[i]);
    if (run.count == 0)
        return -EAGAIN;
    int error = read_run(cache, &run);
    for (size_t i = error ? 0 : 1; i < run.count; i++)
        page_put(run.pages[i]);
    *page = run.pages[0];
    return error;
}

/* One that the cache knew: pinned by us, and perhaps not here yet. */
static int await(struct page *page, struct page **out)
{
    if (flags_of(page) & PAGE_BUSY)
        page_wait(page, PAGE_BUSY);
    if (flags_of(page) & PAGE_HERE) {
        *out = page;
        return 0;
    }
    int error = page->error;
    page_put(page);
    return error;
}

static never_inline int get_slowly(struct page_cache *cache, uint64_t index, struct page **page)
{
    int error;

    do {
        spin_lock(&page_lock);
        struct page *known = page_look_up(cache, index);
        if (known)
            page_pin(known);
        spin_unlock(&page_lock);
        error = known ? await(known, page) : read_in(cache, index, window(cache, index), page);
    } while (error == -EAGAIN);
    return error;
}

/* The way that most go. */
static inline struct page *find_here(const struct page_cache *cache, uint64_t index)
{
    spin_lock(&page_lock);
    struct page *page = page_look_up(cache, index);
    if (likely(page != NULL) && likely(page->flags & PAGE_HERE)) {
        page->flags |= PAGE_USED;
        page_totals.info.hits++;
        page_pin(page);
    } else {
        page = NULL;
    }
    spin_unlock(&page_lock);
    return page;
}

struct page *page_find(struct page_cache *cache, uint64_t index)
{
    return find_here(cache, index);
}

int page_get(struct page_cache *cache, uint64_t index, struct page **page)
{
    *page = find_here(cache, index);
    return likely(*page != NULL) ? 0 : get_slowly(cache, index, page);
}

/* The first of the pages that are missing in a row up to that one, not beyond its piece. */
static uint64_t first_missing(const struct page_cache *cache, uint64_t index)
{
    uint64_t first = index, piece = index - index % AROUND;

    spin_lock(&page_lock);
    while (first > piece && !page_look_up(cache, first - 1))
        first--;
    spin_unlock(&page_lock);
    return first;
}

int page_get_around(struct page_cache *cache, uint64_t index, struct page **page)
{
    struct page *first_read;

    *page = find_here(cache, index);
    if (*page)
        return 0;
    uint64_t first = first_missing(cache, index);
    size_t count = of_file(cache, first, index - index % AROUND + AROUND - first);

    /* Whether it failed or somebody else was faster: the one that is wanted is asked for below. */
    if (count > 1 && read_in(cache, first, count, &first_read) == 0)
        page_put(first_read);
    return page_get(cache, index, page);
}

/* -EAGAIN: somebody else was faster. */
static int make_fresh(struct page_cache *cache, uint64_t index, struct page **page)
{
    struct page *made = make_wanted(cache, index);

    if (!made)
        return -ENOMEM;
    memset(phys_to_virt(made->phys), 0, FRAME_SIZE);
    spin_lock(&page_lock);
    bool late = page_look_up(cache, index) != NULL;
    if (!late) {
        made->flags |= PAGE_HERE | PAGE_FRESH;
        insert(made);
        page_make_idle(made);
    }
    spin_unlock(&page_lock);
    if (late)
        unmake(made);
    *page = made;
    return late ? -EAGAIN : 0;
}

int page_get_fresh(struct page_cache *cache, uint64_t index, struct page **page)
{
    int error = 0;

    do {
        *page = page_find(cache, index);
        if (*page)
            return 0;
        spin_lock(&page_lock);
        struct page *known = page_look_up(cache, index);
        if (known)
            page_pin(known);
        spin_unlock(&page_lock);
        error = known ? await(known, page) : make_fresh(cache, index, page);
    } while (error == -EAGAIN);
    return error;
}

/* ---- giving back ----------------------------------------------------------------------------- */

static never_inline void free_detached(struct page *page)
{
    spin_lock(&page_lock);
    free_page(page);
    spin_unlock(&page_lock);
}

void page_put(struct page *page)
{
    if (unlikely(__atomic_sub_fetch(&page->pins, 1, __ATOMIC_ACQ_REL) == 0))
        free_detached(page);
}

void page_put_unfilled(struct page *page)
{
    spin_lock(&page_lock);
    if ((page->flags & (PAGE_FRESH | PAGE_DETACHED)) == PAGE_FRESH) {
        detach(page);
        page_drop(page);
    }
    page_drop(page);
    spin_unlock(&page_lock);
}

void *page_bytes(const struct page *page)
{
    return phys_to_virt(page->phys);
}

/* Nobody has it but the cache: nobody else can get it while page_lock is held. */
static bool is_unused(const struct page *page)
{
    return __atomic_load_n(&page->pins, __ATOMIC_ACQUIRE) == 1
           && frame_references(page->phys) == 1;
}

uint64_t page_cache_reclaim(uint64_t pages)
{
    uint64_t done = 0;

    spin_lock(&page_lock);
    struct page *page = idle.first;
    /* Twice round, so that those whose chance is over are found. */
    for (uint64_t looks = 2 * page_totals.info.pages; page && looks > 0 && done < pages; looks--) {
        struct page *next = page->list_next;

        if (page->flags & PAGE_USED || !is_unused(page)) {
            page->flags &= ~PAGE_USED;
            page_list_remove(&idle, page);
            page_list_append(&idle, page);
        } else {
            detach(page);
            page_drop(page);
            done++;
        }
        page = next ? next : idle.first;
    }
    page_totals.info.evicted += done;
    bool many = spare_count > SPARES_KEPT;
    spin_unlock(&page_lock);
    if (many) /* that thread may give them back; we may not */
        page_writer_note();
    return done;
}

void page_release_spares(void)
{
    for (;;) {
        spin_lock(&page_lock);
        struct page *page = spare_count > SPARES_KEPT ? spares : NULL;
        if (page) {
            spares = page->hash_next;
            spare_count--;
        }
        spin_unlock(&page_lock);
        if (!page)
            return;
        slab_free(&page_slab, page);
    }
}

/* Up to a batch of pages goes, or until one is found that must be waited for: *busy, pinned. False:
   there is nothing left to go. */
static bool truncate_some(struct page_cache *cache, uint64_t from, struct page **busy)
{
    unsigned done = 0;
    struct page *next;

    *busy = NULL;
    spin_lock(&page_lock);
    for (struct page *page = cache->first; page && done < TRUNCATE_BATCH && !*busy; page = next) {
        next = page->next;
        if (page->index < from)
            continue;
        if (page->flags & (PAGE_BUSY | PAGE_WRITING)) {
            page_pin(page);
            *busy = page;
        } else {
            detach(page);
            page_drop(page);
            done++;
        }
    }
    spin_unlock(&page_lock);
    return done == TRUNCATE_BATCH || *busy;
}

/* The writer has not asked its owner to write, or has come back from it. */
static void wait_for_sync(const struct page_cache *cache)
{
    uint64_t saved = wait_lock(&page_queue);

    while (__atomic_load_n(&cache->syncing, __ATOMIC_ACQUIRE) > 0)
        (void)!wait_locked(&page_queue, &saved, WAIT_FOREVER);
    wait_unlock(&page_queue, saved);
}

void page_cache_truncate(struct page_cache *cache, uint64_t from)
{
    struct page *busy;

    if (!cache->operations)
        return;
    while (truncate_some(cache, from, &busy)) {
        if (!busy)
            continue;
        page_wait(busy, PAGE_BUSY | PAGE_WRITING);
        page_put(busy);
    }
    if (from == 0)
        wait_for_sync(cache);
    page_release_spares();
}

/* With page_lock held. */
static void forget(struct page *page)
{
    if (page->flags & (PAGE_BUSY | PAGE_WRITING))
        return;
    detach(page);
    page_drop(page);
}

void page_cache_forget(struct page_cache *cache, uint64_t first, uint64_t count)
{
    struct page *page, *next;

    spin_lock(&page_lock);
    if (count <= cache->count) { /* it is less to look for them than to look at all */
        for (uint64_t i = 0; i < count; i++) {
            if ((page = page_look_up(cache, first + i)))
                forget(page);
        }
    } else {
        for (page = cache->first; page; page = next) {
            next = page->next;
            if (page->index >= first && page->index - first < count)
                forget(page);
        }
    }
    spin_unlock(&page_lock);
}

/* ---- the beginning, and figures -------------------------------------------------------------- */

void page_cache_start(void)
{
    uint64_t wanted = frames_total() / FRAMES_PER_PLACE;
    unsigned count = 1;

    (void)!slab_cache_init(&page_slab, "page", sizeof(struct page), 16, NULL);
    while (count < ROWS_MAX && (uint64_t)2 * count * ROW_PLACES <= wanted) {
        for (unsigned i = count; i < 2 * count; i++) {
            uint64_t phys;

            if (alloc_frame(&phys)) /* those of this round stay unused */
                return;
            rows[i] = phys_to_virt(phys);
            memset(rows[i], 0, sizeof(*rows[i]));
        }
        count *= 2;
        places = (uint64_t)count * ROW_PLACES;
    }
    frames_set_reclaim(page_cache_reclaim);
}

/* Caches begin at places far from one another. */
void page_cache_init(struct page_cache *cache, const struct page_operations *operations,
                     void *owner)
{
    *cache = (struct page_cache){.operations = operations, .owner = owner};
    cache->place = __atomic_add_fetch(&next_place, 0x9e3779b97f4a7c15ull, __ATOMIC_RELAXED) >> 32;
}

void page_cache_info(struct page_cache_info *info)
{
    spin_lock(&page_lock);
    *info = page_totals.info;
    spin_unlock(&page_lock);
}
