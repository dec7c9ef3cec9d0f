/* Linked-list heap (Knuth, The Art of Computer Programming 1, §2.5: boundary tags). Use:
   list_heap.h. */
#include "kernel/core/memory/list_heap.h"

#include <stdbool.h>

#include "lib/errno.h"

#define LIST_USED 0xffffffffu
#define MARK      0x5eed1157u /* a used header's prev is its index xor this */
#define UNITS_MAX 0xfffffff0u

void list_heap_init(struct list_heap *heap, struct list_unit *units)
{
    *heap = (struct list_heap){.units = units, .count = 1};
    units[0] = (struct list_unit){.size = 1};
}

static bool is_used(const struct list_heap *heap, uint32_t block)
{
    const struct list_unit *unit = &heap->units[block];

    return unit->next == LIST_USED && unit->prev == (block ^ MARK);
}

static void link_free(struct list_heap *heap, uint32_t block)
{
    uint32_t first = heap->units[0].next;

    heap->units[block].next = first;
    heap->units[block].prev = 0;
    if (first != 0)
        heap->units[first].prev = block;
    heap->units[0].next = block;
}

static void unlink_free(struct list_heap *heap, uint32_t block)
{
    uint32_t next = heap->units[block].next, prev = heap->units[block].prev;

    heap->units[prev].next = next; /* 0 is the head */
    if (next != 0)
        heap->units[next].prev = prev;
}

static void mark_used(struct list_heap *heap, uint32_t block)
{
    heap->units[block].next = LIST_USED;
    heap->units[block].prev = block ^ MARK;
    heap->used += heap->units[block].size;
    heap->blocks++;
}

/* A block's size changes: its upper neighbour, or the heap's end, must know. */
static void set_size(struct list_heap *heap, uint32_t block, uint32_t size)
{
    heap->units[block].size = size;
    if (size < heap->count - block)
        heap->units[block + size].before = size;
    else
        heap->last = block;
}

/* Cut a block in two; the upper part is in no list. Returns its index. */
static uint32_t cut(struct list_heap *heap, uint32_t block, uint32_t size)
{
    uint32_t whole = heap->units[block].size;
    uint32_t upper = block + size;

    heap->units[block].size = size;
    heap->units[upper].before = size;
    set_size(heap, upper, whole - size);
    return upper;
}

/* Put a block that is in no list among the free ones, made one with its free neighbours. */
static void release(struct list_heap *heap, uint32_t block)
{
    uint32_t size = heap->units[block].size, before = heap->units[block].before;

    if (size < heap->count - block && !is_used(heap, block + size)) {
        unlink_free(heap, block + size);
        size += heap->units[block + size].size;
    }
    if (before != 0 && !is_used(heap, block - before)) {
        block -= before;
        unlink_free(heap, block);
        size += before;
    }
    set_size(heap, block, size);
    link_free(heap, block);
}

int list_heap_grow(struct list_heap *heap, uint32_t count)
{
    uint32_t block = heap->count;

    if (count <= block || count > UNITS_MAX)
        return -EINVAL;
    heap->units[block].before = heap->last ? heap->units[heap->last].size : 0;
    heap->count = count;
    set_size(heap, block, count - block);
    release(heap, block);
    return 0;
}

/* Units to skip in a free block so that what follows its header is aligned. */
static uint32_t gap_of(uint32_t block, uint32_t align)
{
    uint32_t over = (block + 1) % align;

    return over ? align - over : 0;
}

static bool fits(const struct list_heap *heap, uint32_t block, uint32_t size, uint32_t align)
{
    uint32_t have = heap->units[block].size - 1; /* without the header */
    uint32_t gap = gap_of(block, align);

    return gap <= have && size <= have - gap;
}

int list_heap_take(struct list_heap *heap, uint32_t size, uint32_t align, uint32_t *at)
{
    uint32_t block = heap->units[0].next;

    if (size == 0 || align == 0)
        return -EINVAL;
    while (block != 0 && !fits(heap, block, size, align))
        block = heap->units[block].next;
    if (block == 0)
        return -ENOMEM;

    uint32_t gap = gap_of(block, align);
    unlink_free(heap, block);
    if (gap != 0) {
        uint32_t upper = cut(heap, block, gap);

        link_free(heap, block);
        block = upper;
    }
    if (size + 1 < heap->units[block].size)
        link_free(heap, cut(heap, block, size + 1));
    mark_used(heap, block);
    *at = block + 1;
    return 0;
}

int list_heap_give(struct list_heap *heap, uint32_t at)
{
    uint32_t block = at - 1;

    if (at < 2 || at >= heap->count || !is_used(heap, block))
        return -EINVAL;
    if (heap->units[block].size == 0 || heap->units[block].size > heap->count - block)
        return -EINVAL;
    heap->used -= heap->units[block].size;
    heap->blocks--;
    heap->units[block].prev = 0; /* a second give sees no mark, wherever the header ends up */
    release(heap, block);
    return 0;
}

/* The free list alone: every link comes back. Returns its length, or UINT32_MAX. */
static uint32_t check_links(const struct list_heap *heap)
{
    uint32_t length = 0, prev = 0;

    for (uint32_t block = heap->units[0].next; block != 0; block = heap->units[block].next) {
        if (block >= heap->count || heap->units[block].prev != prev || length == heap->count)
            return UINT32_MAX;
        prev = block;
        length++;
    }
    return length;
}

int list_heap_check(const struct list_heap *heap)
{
    uint32_t before = 0, last = 0, used = 0, blocks = 0, free = 0;
    bool was_free = false;

    for (uint32_t block = 1; block < heap->count; block += before) {
        bool is_free = !is_used(heap, block);

        if (heap->units[block].before != before || (is_free && was_free))
            return -EUCLEAN;
        before = heap->units[block].size;
        if (before == 0 || before > heap->count - block)
            return -EUCLEAN;
        last = block;
        used += is_free ? 0 : before;
        blocks += !is_free;
        free += is_free;
        was_free = is_free;
    }
    if (used != heap->used || blocks != heap->blocks || last != heap->last)
        return -EUCLEAN;
    return check_links(heap) == free ? 0 : -EUCLEAN;
}
