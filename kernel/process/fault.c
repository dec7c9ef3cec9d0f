/*
 * Pages of regions: how they come, are copied, and go. A page that is mapped has one count of its
 * frame for it. Private pages of files are the cache's own frames, read-only, until they are
 * written; then, as after fork, whoever writes gets a copy, unless nobody else has the frame any
 * more.
 *
 * What is touched in order comes in growing runs: a fault costs as much as filling half a page.
 */
#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/fs/vfs.h"
#include "kernel/process/map_private.h"
#include "lib/errno.h"
#include "lib/string.h"

#define RUN_MAX ADDRESS_SPACE_FILL_MAX
#define TABLE_BYTES (512 * PAGE_SIZE) /* of one page table */

static unsigned flags_of(const struct region *region, bool may_write)
{
    if (!region->protection)
        return 0;
    may_write |= region->device != 0; /* nobody needs to know of the first write */
    return PAGE_USER | region->device
           | (region->protection & PROT_WRITE && may_write ? PAGE_WRITE : 0)
           | (region->protection & PROT_EXEC ? PAGE_EXECUTE : 0);
}

static uint64_t offset_of(const struct region *region, uint64_t address)
{
    return region->offset + (address - region_start(region));
}

static struct page_cache *cache_of(const struct region *region)
{
    return &region->file->inode->pages;
}

static void came(struct memory_map *map, uint64_t pages)
{
    map->pages += pages;
    if (map->pages > map->most_pages)
        map->most_pages = map->pages;
}

/* What address_space_fill did not take. */
static unsigned put_back(uint64_t *frames, unsigned count)
{
    unsigned left = 0;

    for (unsigned i = 0; i < count && i < RUN_MAX; i++) {
        if (!frames[i])
            continue;
        (void)!frame_put(frames[i]);
        left++;
    }
    return left;
}

/* ---- zeros ----------------------------------------------------------------------------------- */

/* How many pages from `at` on come together. */
static unsigned run_length(struct region *region, uint64_t at)
{
    uint64_t to_end = (region->end - at) / PAGE_SIZE;
    uint64_t to_table = (TABLE_BYTES - at % TABLE_BYTES) / PAGE_SIZE;
    uint64_t most = to_end < to_table ? to_end : to_table;

    region->ahead = at == region->next_fault && region->ahead ? region->ahead * 2 : 1;
    if (region->ahead > RUN_MAX)
        region->ahead = RUN_MAX;
    return region->ahead < most ? region->ahead : (unsigned)most;
}

static int bring_zero_page(struct memory_map *map, struct region *region, uint64_t at)
{
    uint64_t frame;
    int error = alloc_zeroed_frame(&frame);

    if (error)
        return error;
    region->next_fault = at + PAGE_SIZE;
    error = address_space_fill(&map->space, at, &frame, 1, flags_of(region, true));
    if (likely(!frame))
        came(map, 1);
    else
        (void)!frame_put(frame);
    return error;
}

/* Apart, so that one page does not pay for the array. */
static never_inline int bring_zero_pages(struct memory_map *map, struct region *region, uint64_t at,
                                         unsigned wanted)
{
    uint64_t frames[RUN_MAX];
    unsigned count = 0;

    while (count < wanted && count < RUN_MAX && alloc_zeroed_frame(&frames[count]) == 0)
        count++;
    region->next_fault = at + count * PAGE_SIZE;
    if (count == 0)
        return -ENOMEM;
    int error = address_space_fill(&map->space, at, frames, count, flags_of(region, true));
    unsigned left = put_back(frames, count);

    came(map, count - left);
    return error;
}

static int bring_zeros(struct memory_map *map, struct region *region, uint64_t at)
{
    unsigned wanted = run_length(region, at);

    return wanted == 1 ? bring_zero_page(map, region, at)
                       : bring_zero_pages(map, region, at, wanted);
}

/* ---- files ----------------------------------------------------------------------------------- */

/* A fresh frame with the page's contents. */
static int copy_of(uint64_t phys, uint64_t *copy)
{
    int error = alloc_frame(copy);

    if (!error)
        cpu_copy_page(phys_to_virt(*copy), phys_to_virt(phys));
    return error;
}

/* The frame to map at `at` for this page, with a count for the mapping. */
static int frame_for(const struct region *region, struct page *page, bool write, uint64_t *phys)
{
    *phys = page->phys;
    if (!write)
        return frame_get(page->phys);
    if (!region->shared)
        return copy_of(page->phys, phys);
    page_dirty(page);
    return frame_get(page->phys);
}

static int map_page(struct memory_map *map, struct region *region, uint64_t at, struct page *page,
                    bool write)
{
    uint64_t frame;
    int error = frame_for(region, page, write, &frame);

    if (error)
        return error;
    error = address_space_fill(&map->space, at, &frame, 1, flags_of(region, write));
    if (put_back(&frame, 1) == 0)
        came(map, 1);
    return error;
}

/* The neighbours that are in memory come with it, to be read. It is no harm when they do not. */
static never_inline void map_around(struct memory_map *map, struct region *region, uint64_t at)
{
    uint64_t frames[RUN_MAX] = {0};
    uint64_t from = at & ~(RUN_MAX * PAGE_SIZE - 1), to = from + RUN_MAX * PAGE_SIZE;
    unsigned count = 0;

    if (from < region_start(region))
        from = region_start(region);
    if (to > region->end)
        to = region->end;
    for (uint64_t page_at = from; page_at < to && count < RUN_MAX; page_at += PAGE_SIZE, count++) {
        struct page *page = page_at == at ? NULL
                                          : page_find(cache_of(region),
                                                      offset_of(region, page_at) / PAGE_SIZE);

        if (page && frame_get(page->phys) == 0)
            frames[count] = page->phys;
        if (page)
            page_put(page);
    }
    (void)!address_space_fill(&map->space, from, frames, count, flags_of(region, false));
    (void)put_back(frames, count);
}

static never_inline int bring_from_cache(struct memory_map *map, struct region *region, uint64_t at,
                                         bool write)
{
    uint64_t offset = offset_of(region, at);
    struct page *page;

    if (offset >= region->file->inode->size)
        return -ENXIO;
    page = page_find(cache_of(region), offset / PAGE_SIZE);
    if (!page) {
        int error = page_get_around(cache_of(region), offset / PAGE_SIZE, &page);

        if (error)
            return error;
        map->major_faults++;
    }
    int error = map_page(map, region, at, page, write);

    page_put(page);
    if (!error && !write)
        map_around(map, region, at);
    return error;
}

static int bring(struct memory_map *map, struct region *region, uint64_t at, bool write)
{
    return region->file ? bring_from_cache(map, region, at, write) : bring_zeros(map, region, at);
}

/* ---- devices --------------------------------------------------------------------------------- */

/* The page and those behind it, up to a multiple of RUN_MAX, in whose way no page is. They are no
   frames: nobody counts them, and what was there already is no loss. */
static int bring_from_device(struct memory_map *map, struct region *region, uint64_t at)
{
    uint64_t pages[RUN_MAX] = {0}, end = (at | (RUN_MAX * PAGE_SIZE - 1)) + 1;
    unsigned count = 0, flags;

    if (end > region->end)
        end = region->end;
    for (uint64_t page_at = at; page_at < end && count < RUN_MAX; page_at += PAGE_SIZE, count++) {
        int error = region->file->operations->map_device(
            region->file, offset_of(region, page_at), &pages[count], &flags);

        if (!error && (flags ^ region->device) & PAGE_READ_ONLY)
            error = -EACCES; /* another page than the one that was asked about */
        if (error)
            return error;
    }
    return address_space_fill(&map->space, at, pages, count, flags_of(region, true));
}

/* There already: another thread was first, or it had other rights. */
static int device_fault(struct memory_map *map, struct region *region, uint64_t at)
{
    uint64_t phys;
    unsigned flags;

    if (!address_space_peek(&map->space, at, &phys, &flags))
        return bring_from_device(map, region, at);
    (void)address_space_replace(&map->space, at, phys, flags_of(region, true));
    return 0;
}

/* ---- writing to what is there ---------------------------------------------------------------- */

/* A shared page was clean so far: its file is to know. */
static void tell_cache(const struct region *region, uint64_t at)
{
    struct page *page = region->file && region->file->inode && cache_of(region)->operations
                            ? page_find(cache_of(region), offset_of(region, at) / PAGE_SIZE)
                            : NULL;

    if (!page)
        return;
    page_dirty(page);
    page_put(page);
}

/* A private page gets a frame of its own, if it has not. */
static int own_page(struct memory_map *map, struct region *region, uint64_t at, uint64_t phys)
{
    uint64_t copy;

    if (frame_references(phys) == 1) {
        (void)address_space_replace(&map->space, at, phys, flags_of(region, true));
        return 0;
    }
    int error = copy_of(phys, &copy);

    if (error)
        return error;
    (void)address_space_replace(&map->space, at, copy, flags_of(region, true));
    (void)!frame_put(phys);
    return 0;
}

/* The pages behind it come with it when they are written to in order. It is no harm when not. */
static int own_pages(struct memory_map *map, struct region *region, uint64_t at, uint64_t phys)
{
    unsigned wanted = run_length(region, at), flags = 0;
    int error = own_page(map, region, at, phys);

    region->next_fault = at + PAGE_SIZE;
    for (unsigned i = 1; i < wanted && !error; i++) {
        uint64_t next = at + i * PAGE_SIZE;

        if (!address_space_peek(&map->space, next, &phys, &flags))
            break;
        region->next_fault = next + PAGE_SIZE;
        if (!(flags & PAGE_WRITE) && own_page(map, region, next, phys))
            break;
    }
    return error;
}

static int make_writable(struct memory_map *map, struct region *region, uint64_t at, uint64_t phys)
{
    if (!region->shared)
        return own_pages(map, region, at, phys);
    tell_cache(region, at);
    (void)address_space_replace(&map->space, at, phys, flags_of(region, true));
    return 0;
}

/* ---- the fault ------------------------------------------------------------------------------- */

static bool may(const struct region *region, unsigned access)
{
    if (access & FAULT_WRITE)
        return region->protection & PROT_WRITE;
    if (access & FAULT_EXECUTE)
        return region->protection & PROT_EXEC;
    return region->protection & (PROT_READ | PROT_EXEC | PROT_WRITE);
}

static int fault(struct memory_map *map, uint64_t address, unsigned access)
{
    struct region *region = region_from(map, address);
    uint64_t at = address & ~(PAGE_SIZE - 1), phys;
    bool write = access & FAULT_WRITE;
    unsigned flags;

    if (!region || address < region_start(region) || !may(region, access))
        return -EFAULT;
    map->minor_faults++;
    if (unlikely(region->device))
        return device_fault(map, region, at);
    if (!region->file && !(access & FAULT_PRESENT)) /* was another thread first, its page stays */
        return bring_zeros(map, region, at);
    if (!address_space_peek(&map->space, at, &phys, &flags))
        return bring(map, region, at, write);
    if (write && !(flags & PAGE_WRITE))
        return make_writable(map, region, at, phys);
    /* Another thread was first, or the CPU remembers how it was before. */
    (void)address_space_replace(&map->space, at, phys, flags_of(region, flags & PAGE_WRITE));
    return 0;
}

int memory_map_fault(struct memory_map *map, uint64_t address, unsigned access)
{
    mutex_lock(&map->lock);
    int error = fault(map, address, access);

    mutex_unlock(&map->lock);
    return error;
}

int memory_map_page(struct memory_map *map, uint64_t address, unsigned access, struct room *page)
{
    uint64_t phys;
    unsigned flags;
    int error = memory_map_fault(map, address, access | FAULT_USER);

    if (error)
        return error;
    if (!address_space_peek(&map->space, address & ~(PAGE_SIZE - 1), &phys, &flags))
        return -EFAULT;
    *page = room_of(phys_to_virt(phys), PAGE_SIZE);
    return 0;
}

int memory_map_lend(struct memory_map *map, uint64_t at, uint64_t phys)
{
    int error = frame_get(phys);

    if (error)
        return error;
    mutex_lock(&map->lock);
    error = address_space_fill(&map->space, at, &phys, 1, PAGE_USER);
    if (put_back(&phys, 1) == 0)
        came(map, 1);
    mutex_unlock(&map->lock);
    return error;
}

/* ---- going ----------------------------------------------------------------------------------- */

static bool is_shared_file(const struct region *region)
{
    return region->shared && region->file && !region->device && region->file->inode
           && cache_of(region)->operations;
}

/* What was written to shared pages in [at, end) is dirty in the cache; `again`: the next write to
   them faults again. */
static void collect(struct memory_map *map, struct region *region, uint64_t at, uint64_t end,
                    bool again)
{
    uint64_t phys;
    unsigned flags;

    for (; at < end; at += PAGE_SIZE) {
        if (!address_space_peek(&map->space, at, &phys, &flags) || !(flags & PAGE_WRITE))
            continue;
        tell_cache(region, at);
        if (again)
            (void)address_space_replace(&map->space, at, phys, flags_of(region, false));
    }
}

void region_forget(struct memory_map *map, struct region *region)
{
    if (is_shared_file(region))
        collect(map, region, region_start(region), region->end, false);
}

void region_unmap(struct memory_map *map, struct region *region)
{
    uint64_t start = region_start(region), pages = (region->end - start) / PAGE_SIZE;

    region_forget(map, region);
    address_space_release(&map->space, start, region->end - start);
    if (!region->device)
        map->pages -= pages < map->pages ? pages : map->pages;
}

void region_protect(struct memory_map *map, struct region *region)
{
    uint64_t start = region_start(region);

    region_forget(map, region);
    address_space_restrict(&map->space, start, region->end - start, flags_of(region, false));
}

static int sync_region(struct memory_map *map, struct region *region, uint64_t at, uint64_t end,
                       unsigned flags)
{
    if (!is_shared_file(region))
        return 0;
    collect(map, region, at, end, true);
    if (!(flags & MS_SYNC))
        return 0;
    int error = page_cache_flush(cache_of(region));

    return !error && region->file->operations->sync ? region->file->operations->sync(region->file)
                                                    : error;
}

int memory_map_sync(struct memory_map *map, uint64_t at, uint64_t size, unsigned flags)
{
    if (at % PAGE_SIZE || size > USER_HALF_END || at > USER_HALF_END - size)
        return -EINVAL;
    uint64_t end = at + size;
    int error = 0;

    mutex_lock(&map->lock);
    struct region *region = region_from(map, at);

    while (at < end && !error) {
        if (!region || region_start(region) > at) {
            error = -ENOMEM;
            break;
        }
        error = sync_region(map, region, at, region->end < end ? region->end : end, flags);
        at = region->end;
        region = region_next(region);
    }
    mutex_unlock(&map->lock);
    return error;
}
