/*
 * Pages with neighbouring addresses and frames from anywhere: for what is larger than a page and
 * need not be contiguous in physical memory. They lie in the kernel heap's part of the address
 * space, each run between two pages that are not mapped, so that running over its end is a fault.
 *
 *     VIRT_HEAP             bump and list heap, growing upwards (heap_linear.h)
 *     VIRT_HEAP +  64 GiB   page runs, up to 64 GiB
 *     VIRT_HEAP + 256 GiB   kernel stacks
 *
 * Locks: one of LOCK_RANK_HEAP, for the map of addresses. Not for interrupt handlers.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

#define VIRT_PAGE_RUNS       (VIRT_HEAP + (64ull << 30))
#define PAGE_RUNS_BYTES_MAX  (64ull << 30)

int page_runs_init(void) must_check; /* after frames_init. -ENOMEM */
/* align_pages: a power of two. *run has anything in it. -ENOMEM; -EINVAL: pages or align_pages is
   0. */
int page_run_alloc(uint64_t pages, uint64_t align_pages, void **run) must_check;
/* -EINVAL: no such run; nothing was changed. */
int page_run_free(void *run, uint64_t pages) must_check;
static inline bool page_run_is_one(const void *ptr) /* the address is of this part */
{
    return (uintptr_t)ptr - VIRT_PAGE_RUNS < PAGE_RUNS_BYTES_MAX;
}
uint64_t page_runs_used(void); /* pages, without the guards */
