/* Heap stage 1: bump. Lock: one, for all of it. */
#include "kernel/core/memory/bump_space.h"
#include "kernel/core/memory/heap_linear.h"
#include "kernel/core/memory/heap_stages.h"
#include "kernel/core/sync/spinlock.h"

#define EARLY_BYTES 4096u

static struct spinlock lock = SPINLOCK("bump heap", LOCK_RANK_HEAP);
static uint8_t early[EARLY_BYTES] __attribute__((aligned(64)));
/* Under the lock. */
static struct bump_space space;
static bool extended;

void bump_extend(void)
{
    extended = true;
    bump_space_move(&space, HEAP_LINEAR_BASE, HEAP_LINEAR_BYTES);
}

void *bump_alloc(size_t size, size_t align)
{
    void *piece = NULL;
    uint64_t start;

    spin_lock(&lock);
    if (space.bytes == 0)
        bump_space_move(&space, (uintptr_t)early, sizeof(early));
    if (bump_space_fit(&space, size, align, &start) == 0
        && (!extended || heap_linear_grow(start + size) == 0)) {
        bump_space_take(&space, start, size);
        piece = (void *)(uintptr_t)start;
    }
    spin_unlock(&lock);
    return piece;
}

int bump_dealloc(void *ptr, size_t size)
{
    spin_lock(&lock);
    int error = bump_space_give(&space, (uintptr_t)ptr, size);
    spin_unlock(&lock);
    return error;
}

size_t bump_used(void)
{
    return space.used;
}
