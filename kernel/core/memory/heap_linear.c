/* The growing part of the heap: page by page, none ever goes back. */
#include "kernel/core/memory/heap_linear.h"

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/sanitizer/kasan.h"
#include "lib/errno.h"

static uint64_t mapped_bytes;

uint64_t heap_linear_end(void)
{
    return HEAP_LINEAR_BASE + mapped_bytes;
}

static int map_next_page(void)
{
    uint64_t phys;
    int error = alloc_frame(&phys);

    if (error)
        return error;
    error = page_map(heap_linear_end(), phys, PAGE_WRITE);
    if (error) {
        (void)!free_frame(phys);
        return error;
    }
    /* Nobody's yet: heap.c opens what is handed out. */
    kasan_poison((void *)heap_linear_end(), PAGE_SIZE, KASAN_HEAP_REDZONE);
    mapped_bytes += PAGE_SIZE;
    return 0;
}

int heap_linear_grow(uint64_t end)
{
    int error = end - HEAP_LINEAR_BASE > HEAP_LINEAR_BYTES ? -ENOMEM : 0;

    while (!error && heap_linear_end() < end)
        error = map_next_page();
    return error;
}
