/* The bump heap. Use: heap_init → heap_alloc. */
#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "lib/abi/boot_info.h"
#include "lib/errno.h"
#include "lib/string.h"

#define HEAP_LIMIT (64ull << 30) /* of address space */

static uint64_t next;       /* first byte not handed out */
static uint64_t mapped_end; /* first byte without a frame */

void heap_init(void)
{
    next = VIRT_HEAP;
    mapped_end = VIRT_HEAP;
}

static int map_next_page(void)
{
    uint64_t phys;
    int error = frame_alloc(&phys);

    if (error)
        return error;
    memset(phys_to_virt(phys), 0, FRAME_SIZE);
    error = page_map(mapped_end, phys, PAGE_WRITE);
    if (error)
        return frame_free(phys) ? -EINVAL : error;
    mapped_end += FRAME_SIZE;
    return 0;
}

void *heap_alloc(size_t size, size_t align)
{
    uint64_t start = (next + align - 1) & ~((uint64_t)align - 1);

    if (size > HEAP_LIMIT || start - VIRT_HEAP > HEAP_LIMIT - size)
        return NULL;
    /* When memory runs out half-way, what was mapped serves the next call. */
    while (mapped_end < start + size)
        if (map_next_page())
            return NULL;
    next = start + size;
    return (void *)(uintptr_t)start;
}

size_t heap_used(void)
{
    return next - VIRT_HEAP;
}
