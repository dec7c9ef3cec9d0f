/*
 * Page runs: a frame map (frame_map.h) whose numbers stand for pages of address space. Four times
 * as much of it as there is memory (up to 64 GiB), so that it is not address space that runs out.
 */
#include "kernel/core/memory/page_runs.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frame_map.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/sync/spinlock.h"
#include "lib/errno.h"

#define ADDRESS_RATIO 4

static struct spinlock lock = SPINLOCK("page runs", LOCK_RANK_HEAP);
/* Under the lock. */
static struct frame_map addresses;
static uint64_t used;

int page_runs_init(void)
{
    uint64_t pages = frames_total() * ADDRESS_RATIO, phys;

    if (pages > PAGE_RUNS_BYTES_MAX / PAGE_SIZE)
        pages = PAGE_RUNS_BYTES_MAX / PAGE_SIZE;
    used = 0;
    int error = alloc_frames((frame_map_bytes(pages) + PAGE_SIZE - 1) / PAGE_SIZE, 1,
                             FRAMES_ANYWHERE, &phys);
    if (!error)
        error = frame_map_init(&addresses, pages, phys_to_virt(phys), NULL);
    if (!error)
        error = frame_map_add(&addresses, 1, pages - 1); /* page 0 guards the first run */
    return error;
}

static uint64_t address_of(uint64_t page)
{
    return VIRT_PAGE_RUNS + page * PAGE_SIZE;
}

static int map_one(uint64_t page)
{
    uint64_t phys;
    int error = alloc_frame(&phys);

    if (error)
        return error;
    error = page_map(address_of(page), phys, PAGE_WRITE);
    if (error)
        (void)!free_frame(phys);
    return error;
}

static void unmap(uint64_t first, uint64_t count)
{
    for (uint64_t page = first; page < first + count; page++) {
        uint64_t phys;

        if (page_translate(address_of(page), &phys) == 0 && page_unmap(address_of(page)) == 0)
            (void)!free_frame(phys);
    }
}

static int take_addresses(uint64_t pages, uint64_t align, uint64_t *first)
{
    spin_lock(&lock);
    int error = frame_map_take_run(&addresses, pages, align, 0, addresses.size, first);
    if (!error)
        used += pages - 1;
    spin_unlock(&lock);
    return error;
}

static int give_addresses(uint64_t first, uint64_t pages)
{
    spin_lock(&lock);
    int error = frame_map_give(&addresses, first, pages);
    if (!error)
        used -= pages - 1;
    spin_unlock(&lock);
    return error;
}

int page_run_alloc(uint64_t pages, uint64_t align_pages, void **run)
{
    uint64_t first;

    if (pages == 0 || align_pages == 0)
        return -EINVAL;
    if (pages >= addresses.size)
        return -ENOMEM;
    int error = take_addresses(pages + 1, align_pages, &first); /* and the guard behind it */
    if (error)
        return error;
    for (uint64_t i = 0; i < pages; i++) {
        error = map_one(first + i);
        if (error) {
            unmap(first, i);
            (void)!give_addresses(first, pages + 1);
            return error;
        }
    }
    *run = (void *)address_of(first);
    return 0;
}

/* Exactly these pages are mapped: not the one behind them. */
static bool is_run(uint64_t virt, uint64_t pages)
{
    uint64_t phys;

    for (uint64_t i = 0; i < pages; i++)
        if (page_translate(virt + i * PAGE_SIZE, &phys))
            return false;
    return page_translate(virt + pages * PAGE_SIZE, &phys) != 0
           && page_translate(virt - PAGE_SIZE, &phys) != 0;
}

int page_run_free(void *run, uint64_t pages)
{
    uint64_t virt = (uintptr_t)run, first = (virt - VIRT_PAGE_RUNS) / PAGE_SIZE;

    if (virt < VIRT_PAGE_RUNS || virt % PAGE_SIZE || first >= addresses.size
        || pages >= addresses.size - first || !is_run(virt, pages))
        return -EINVAL;
    unmap(first, pages);
    return give_addresses(first, pages + 1);
}

uint64_t page_runs_used(void)
{
    return used;
}
