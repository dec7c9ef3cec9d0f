/* Heap stage 1: bump. Lock: one, for the pointer. */
#include "kernel/core/memory/heap_linear.h"
#include "kernel/core/memory/heap_stages.h"
#include "kernel/core/sync/spinlock.h"

#define EARLY_BYTES 4096u

static struct spinlock lock = SPINLOCK("bump heap", LOCK_RANK_HEAP);
static uint8_t early[EARLY_BYTES] __attribute__((aligned(64)));
/* Under the lock. */
static uint64_t next; /* first byte not handed out; 0: nothing was yet */
static bool extended;
static size_t used;

void bump_extend(void)
{
    extended = true;
    next = HEAP_LINEAR_BASE;
}

/* Whether [start, start + size) is there, or could be made. */
static bool has_room(uint64_t start, size_t size)
{
    uint64_t base = extended ? HEAP_LINEAR_BASE : (uintptr_t)early;
    uint64_t limit = extended ? HEAP_LINEAR_BYTES : sizeof(early);

    if (start - base > limit || size > limit - (start - base))
        return false;
    return !extended || heap_linear_grow(start + size) == 0;
}

void *bump_alloc(size_t size, size_t align)
{
    void *piece = NULL;

    spin_lock(&lock);
    if (next == 0)
        next = (uintptr_t)early;
    uint64_t start = (next + align - 1) & ~((uint64_t)align - 1);
    if (has_room(start, size)) {
        next = start + size;
        used += size;
        piece = (void *)(uintptr_t)start;
    }
    spin_unlock(&lock);
    return piece;
}

void bump_dealloc(void *ptr, size_t size)
{
    spin_lock(&lock);
    used -= size;
    if ((uintptr_t)ptr + size == next)
        next = (uintptr_t)ptr;
    spin_unlock(&lock);
}

size_t bump_used(void)
{
    return used;
}
