/* What pages, page faults and address spaces cost. */
#include <stddef.h>

#include "kernel/arch/address_space.h"
#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/kernel_stack.h"
#include "kernel/test/kbench.h"

#define BENCH_PAGES (VIRT_HEAP + (128ull << 30)) /* between heap and stacks */

/* With a neighbour, so that the page table stays. */
KBENCH(page_map_unmap)
{
    uint64_t frame;

    if (alloc_frame(&frame))
        return;
    if (page_map(BENCH_PAGES, frame, PAGE_WRITE) == 0) {
        for (uint64_t i = 0; i < count; i++)
            if (page_map(BENCH_PAGES + PAGE_SIZE, frame, PAGE_WRITE)
                || page_unmap(BENCH_PAGES + PAGE_SIZE))
                break;
        (void)!page_unmap(BENCH_PAGES);
    }
    (void)!free_frame(frame);
}

/* From the faulting instruction through the fix-up back to the caller. */
KBENCH(page_fault_round_trip)
{
    uint64_t value;

    for (uint64_t i = 0; i < count; i++)
        (void)!probe_read((const void *)0x1000, &value, sizeof(value));
}

KBENCH(address_space_switch)
{
    static struct address_space space;

    if (address_space_create(&space))
        return;
    for (uint64_t i = 0; i < count; i++)
        address_space_switch(i % 2 ? NULL : &space);
    address_space_switch(NULL);
    address_space_free(&space);
}

KBENCH(address_space_create_free)
{
    static struct address_space space;

    for (uint64_t i = 0; i < count; i++)
        if (address_space_create(&space) == 0)
            address_space_free(&space);
}

/* A page more in the parent: to map it, share it in a clone, and put it twice. */
KBENCH(address_space_map_clone_free_a_page)
{
    static struct address_space parent, child;
    uint64_t frame;

    if (address_space_create(&parent))
        return;
    for (uint64_t i = 0; i < count; i++)
        if (alloc_frame(&frame) == 0
            && address_space_map(&parent, 0x400000 + i * PAGE_SIZE, frame, PAGE_SIZE,
                                 PAGE_USER | PAGE_WRITE))
            (void)!free_frame(frame);
    if (address_space_clone(&parent, &child) == 0)
        address_space_free(&child);
    address_space_free(&parent);
}

KBENCH(kernel_stack_alloc_free)
{
    uint64_t top;

    for (uint64_t i = 0; i < count; i++)
        if (kernel_stack_alloc(&top) == 0)
            (void)!kernel_stack_free(top);
}
