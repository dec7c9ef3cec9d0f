/* Linked-list heap (Knuth, The Art of Computer Programming 1, §2.5: boundary tags). */
#include "kernel/core/memory/list_heap.h"

#include <stdbool.h>

#include "lib/errno.h"

#define LIST_USED 0xffffffffu
#define MARK      0x5eed1157u /* a used header's prev is its index xor this */

/* The units are `count`: where that is for the proof alone, it is a ghost's. */

/* ---- what a header says, before it is believed ----------------------------------------------- */

/*@ assigns \nothing; */
static uint32_t mark_of(uint32_t block)
{
    return block ^ MARK;
}

/*@ requires \valid_read(units + block);
    assigns \nothing; */
static bool is_used(const struct list_unit *units, uint32_t block)
{
    return units[block].next == LIST_USED && units[block].prev == mark_of(block);
}

/*@ predicate units_valid(struct list_unit *units, integer count) =
      LIST_UNITS_MIN <= count <= LIST_UNITS_MAX && \valid_read(units + (0 .. count - 1));
    predicate is_block(struct list_unit *units, integer count, integer block) =
      0 < block < count - 1 && 0 < units[block].size < count - block
      && 0 < units[block].before <= block;
    predicate is_linked(struct list_unit *units, integer count, integer block) =
      units[block].next < count && units[block].prev < count; */

/*@ requires units_valid(units, count);
    assigns \nothing;
    ensures \result ==> is_block(units, count, block); */
/* Whether it and its neighbours lie in the array. */
static bool block_ok(const struct list_unit *units, uint32_t count, uint32_t block)
{
    return block > 0 && block < count && units[block].size > 0
           && units[block].size < count - block && units[block].before > 0
           && units[block].before <= block;
}

/*@ requires units_valid(units, count) && is_block(units, count, block);
    assigns \nothing; */
/* Whether its neighbours know the block's sizes as it does. */
static bool neighbours_ok(const struct list_unit *units, uint32_t block)
    /*@ ghost (uint32_t count) */
{
    uint32_t size = units[block].size, before = units[block].before;

    return units[block - before].size == before && units[block + size].before == size;
}

/*@ requires units_valid(units, count) && block < count;
    assigns \nothing;
    ensures \result ==> is_linked(units, count, block); */
/* Whether a free block's links, or the head's, lead to some that come back. */
static bool links_ok(const struct list_unit *units, uint32_t count, uint32_t block)
{
    uint32_t next = units[block].next, prev = units[block].prev;

    return next < count && prev < count && units[next].prev == block && units[prev].next == block;
}

/*@ requires units_valid(units, count);
    assigns \nothing;
    ensures \result ==> is_block(units, count, block) && is_linked(units, count, block); */
static bool free_ok(const struct list_unit *units, uint32_t count, uint32_t block)
{
    return block_ok(units, count, block) && neighbours_ok(units, block) /*@ ghost (count) */
           && links_ok(units, count, block);
}

/*@ requires \valid_read(units + block);
    assigns \nothing;
    ensures \result == 0 || \result == block; */
static uint32_t unless_used(const struct list_unit *units, uint32_t block)
{
    return is_used(units, block) ? 0 : block;
}

/*@ requires units_valid(units, count);
    assigns \nothing;
    ensures \result && block != 0 ==> is_block(units, count, block)
            && is_linked(units, count, block); */
static bool joinable(const struct list_unit *units, uint32_t count, uint32_t block)
{
    return block == 0 || free_ok(units, count, block);
}

/* ---- changes: none of these can fail --------------------------------------------------------- */

/*@ requires \valid(units + block) && \valid(units) && \valid(units + units[0].next);
    assigns units[block].next, units[block].prev, units[0].next, units[units[0].next].prev;
    ensures units[0].next == block; */
static void link_free(struct list_unit *units, uint32_t block)
{
    uint32_t first = units[0].next;

    units[block].next = first;
    units[block].prev = 0;
    units[first].prev = block;
    units[0].next = block;
}

/*@ requires units_valid(units, count) && \valid(units + (0 .. count - 1));
    requires block < count && is_linked(units, count, block);
    assigns units[0 .. count - 1];
    ensures \forall integer i; units[i].size == \old(units[i].size)
            && units[i].before == \old(units[i].before);
    ensures \forall integer i; \old(is_linked(units, count, i)) ==> is_linked(units, count, i); */
static void unlink_free(struct list_unit *units, uint32_t block) /*@ ghost (uint32_t count) */
{
    uint32_t next = units[block].next, prev = units[block].prev;

    units[prev].next = next;
    units[next].prev = prev;
}

/*@ requires \valid(units + block);
    assigns units[block].next, units[block].prev; */
static void mark_used(struct list_unit *units, uint32_t block)
{
    units[block].next = LIST_USED;
    units[block].prev = mark_of(block);
}

/*@ requires block + size <= UINT32_MAX && \valid(units + block) && \valid(units + (block + size));
    assigns units[block].size, units[block + size].before;
    ensures units[block].size == size && units[block + size].before == size; */
/* A block's size changes: its upper neighbour must know. */
static void set_size(struct list_unit *units, uint32_t block, uint32_t size)
{
    units[block].size = size;
    units[block + size].before = size;
}

/*@ requires 0 < size < units[block].size && block + units[block].size <= UINT32_MAX;
    requires \valid(units + (block .. block + units[block].size));
    assigns units[block].size, units[block + size].before, units[block + size].size,
            units[block + units[block].size].before;
    ensures \result == block + size;
    ensures units[block].size == size && units[\result].before == size;
    ensures units[\result].size == \old(units[block].size) - size; */
/* Cut a block in two; the upper part is in no list. Returns its index. */
static uint32_t cut(struct list_unit *units, uint32_t block, uint32_t size)
{
    uint32_t rest = units[block].size - size;

    set_size(units, block, size);
    set_size(units, block + size, rest);
    return block + size;
}

/*@ requires units_valid(units, count) && \valid(units + (0 .. count - 1));
    requires block < end < count && is_linked(units, count, 0);
    assigns units[0 .. count - 1]; */
/* [block, end) becomes a free block. */
static void add_free(struct list_unit *units, uint32_t block, uint32_t end)
    /*@ ghost (uint32_t count) */
{
    set_size(units, block, end - block);
    link_free(units, block);
}

/*@ requires units_valid(units, count) && \valid(units + (0 .. count - 1));
    requires is_block(units, count, block) && is_linked(units, count, 0);
    requires upper != 0 ==> upper == block + units[block].size
             && is_block(units, count, upper) && is_linked(units, count, upper);
    requires lower != 0 ==> lower < block && is_linked(units, count, lower);
    assigns units[0 .. count - 1]; */
/* A used block becomes a free one, made one with its upper and lower neighbours (0: not). */
static void merge(struct list_unit *units, uint32_t block, uint32_t upper, uint32_t lower)
    /*@ ghost (uint32_t count) */
{
    uint32_t end = upper != 0 ? upper + units[upper].size : block + units[block].size;

    if (upper != 0)
        unlink_free(units, upper) /*@ ghost (count) */;
    if (lower != 0) {
        unlink_free(units, lower) /*@ ghost (count) */;
        units[block].prev = 0; /* a second give sees no mark */
        block = lower;
    }
    add_free(units, block, end) /*@ ghost (count) */;
}

/*@ requires list_valid(heap) && block < heap->count;
    assigns heap->used, heap->blocks, heap->units[0 .. heap->count - 1];
    ensures list_valid(heap); */
/* Put a used block among the free ones, made one with its free neighbours. -EUCLEAN. */
static int release(struct list_heap *heap, uint32_t block)
{
    struct list_unit *units = heap->units;
    uint32_t count = heap->count;

    if (!block_ok(units, count, block) || !neighbours_ok(units, block) /*@ ghost (count) */
        || !links_ok(units, count, 0))
        return -EUCLEAN;
    uint32_t size = units[block].size;
    uint32_t upper = unless_used(units, block + size);
    uint32_t lower = unless_used(units, block - units[block].before);
    if (!joinable(units, count, upper) || !joinable(units, count, lower) || size > heap->used
        || heap->blocks == 0)
        return -EUCLEAN;
    heap->used -= size;
    heap->blocks--;
    merge(units, block, upper, lower) /*@ ghost (count) */;
    return 0;
}

/* ---- the interface --------------------------------------------------------------------------- */

void list_heap_init(struct list_heap *heap, struct list_unit *units)
{
    *heap = (struct list_heap){.units = units, .count = LIST_UNITS_MIN};
    units[0] = (struct list_unit){.size = 1};
    units[1] = (struct list_unit){.size = 1, .before = 1};
    mark_used(units, 1);
}

int list_heap_grow(struct list_heap *heap, uint32_t count)
{
    uint32_t block = heap->count - 1; /* what ended the heap begins the new block: used, for now */

    if (count <= heap->count || count > LIST_UNITS_MAX)
        return -EINVAL;
    if (!is_used(heap->units, block))
        return -EUCLEAN;
    set_size(heap->units, block, count - heap->count);
    heap->units[count - 1].size = 1;
    mark_used(heap->units, count - 1);
    heap->used += count - heap->count;
    heap->blocks++;
    heap->count = count;
    return release(heap, block);
}

/*@ logic integer gap_at(integer block, integer align) =
      (block + 1) % align == 0 ? 0 : align - (block + 1) % align; */

/*@ requires 0 < align && block < LIST_UNITS_MAX;
    assigns \nothing;
    ensures \result == gap_at(block, align);
    ensures \result < align && (block + 1 + \result) % align == 0; */
/* Units to skip in a free block so that what follows its header is aligned. */
static uint32_t gap_of(uint32_t block, uint32_t align)
{
    uint32_t over = (block + 1) % align;

    return over ? align - over : 0;
}

/*@ predicate fits_at(struct list_unit *units, integer block, integer size, integer align) =
      gap_at(block, align) + size < units[block].size; */

/*@ requires units_valid(units, count) && is_block(units, count, block) && 0 < align;
    assigns \nothing;
    ensures \result ==> fits_at(units, block, size, align); */
static bool fits(const struct list_unit *units, uint32_t block, uint32_t size, uint32_t align)
    /*@ ghost (uint32_t count) */
{
    uint32_t have = units[block].size - 1; /* without the header */
    uint32_t gap = gap_of(block, align);

    return gap <= have && size <= have - gap;
}

/*@ requires units_valid(units, count) && 0 < align && \valid(found);
    requires \separated(found, units + (0 .. count - 1));
    assigns *found;
    ensures \result == 0 ==> is_block(units, count, *found)
            && fits_at(units, *found, size, align); */
/* The first free block that is large enough. -ENOMEM: none is; -EUCLEAN. */
static int find(const struct list_unit *units, uint32_t count, uint32_t size, uint32_t align,
                uint32_t *found)
{
    uint32_t block = units[0].next;

    /*@ loop assigns block, steps;
        loop invariant 0 <= steps <= count;
        loop variant steps; */
    for (uint32_t steps = count; block != 0; steps--) {
        if (steps == 0 || !block_ok(units, count, block))
            return -EUCLEAN; /* 0 steps: the links go round without the head */
        if (fits(units, block, size, align) /*@ ghost (count) */) {
            *found = block;
            return 0;
        }
        block = units[block].next;
    }
    return -ENOMEM;
}

/*@ predicate carvable(struct list_unit *units, integer count, integer block) =
      units_valid(units, count) && \valid(units + (0 .. count - 1)) && is_block(units, count, block)
      && units[0].next < count; */

/*@ requires carvable(units, count, block) && gap < units[block].size;
    assigns units[0 .. count - 1];
    ensures carvable(units, count, \result) && \result == block + gap;
    ensures units[\result].size == \old(units[block].size) - gap; */
/* The lowest `gap` units of a block that is in no list become a free block. Returns the rest. */
static uint32_t skip(struct list_unit *units, uint32_t block, uint32_t gap)
    /*@ ghost (uint32_t count) */
{
    if (gap == 0)
        return block;
    uint32_t rest = cut(units, block, gap);
    link_free(units, block);
    return rest;
}

/*@ requires carvable(units, count, block) && 0 < size <= units[block].size;
    assigns units[0 .. count - 1]; */
/* What a block that is in no list has above `size` units becomes a free block. */
static void trim(struct list_unit *units, uint32_t block, uint32_t size)
    /*@ ghost (uint32_t count) */
{
    if (size < units[block].size)
        link_free(units, cut(units, block, size));
}

/*@ requires units_valid(units, count) && \valid(units + (0 .. count - 1));
    requires is_block(units, count, block) && is_linked(units, count, block);
    requires is_linked(units, count, 0) && 0 < size && gap + size <= units[block].size;
    assigns units[0 .. count - 1];
    ensures \result == block + gap; */
/* `size` units of a free block become a used one. Returns its index. */
static uint32_t carve(struct list_unit *units, uint32_t block, uint32_t gap, uint32_t size)
    /*@ ghost (uint32_t count) */
{
    unlink_free(units, block) /*@ ghost (count) */;
    block = skip(units, block, gap) /*@ ghost (count) */;
    trim(units, block, size) /*@ ghost (count) */;
    mark_used(units, block);
    return block;
}

int list_heap_take(struct list_heap *heap, uint32_t size, uint32_t align, uint32_t *at)
{
    struct list_unit *units = heap->units;
    uint32_t count = heap->count;
    uint32_t block;

    if (size == 0 || align == 0)
        return -EINVAL;
    int error = find(units, count, size, align, &block);
    if (error)
        return error;
    if (!free_ok(units, count, block) || !links_ok(units, count, 0) || size >= count - heap->used
        || heap->blocks == count)
        return -EUCLEAN;

    heap->used += size + 1;
    heap->blocks++;
    *at = carve(units, block, gap_of(block, align), size + 1) /*@ ghost (count) */ + 1;
    return 0;
}

int list_heap_give(struct list_heap *heap, uint32_t at)
{
    if (at < 2 || at >= heap->count || !is_used(heap->units, at - 1))
        return -EINVAL;
    return release(heap, at - 1);
}

/*@ requires units_valid(units, count);
    assigns \nothing; */
/* The free ring alone: every link comes back. Returns its length, or UINT32_MAX. */
static uint32_t check_links(const struct list_unit *units, uint32_t count)
{
    uint32_t length = 0, prev = 0;
    uint32_t block = units[0].next;

    /*@ loop assigns block, length, prev;
        loop invariant 0 <= length <= count;
        loop variant count - length; */
    for (; block != 0; block = units[block].next) {
        if (block >= count || units[block].prev != prev || length == count)
            return UINT32_MAX;
        prev = block;
        length++;
    }
    return units[0].prev == prev ? length : UINT32_MAX;
}

int list_heap_check(const struct list_heap *heap)
{
    const struct list_unit *units = heap->units;
    uint32_t end = heap->count - 1;
    uint32_t before = units[0].size, used = 0, blocks = 0, free = 0;
    bool was_free = false;

    /*@ loop assigns block, before, used, blocks, free, was_free;
        loop invariant 1 <= block <= end;
        loop invariant 0 <= used < block && 0 <= blocks < block && 0 <= free < block;
        loop variant end - block; */
    for (uint32_t block = 1; block < end; block += before) {
        bool is_free = !is_used(units, block);

        if (!block_ok(units, heap->count, block) || units[block].before != before
            || (is_free && was_free))
            return -EUCLEAN;
        before = units[block].size;
        used += is_free ? 0 : before;
        blocks += !is_free;
        free += is_free;
        was_free = is_free;
    }
    if (used != heap->used || blocks != heap->blocks || units[0].size != 1
        || units[end].before != before || units[end].size != 1 || !is_used(units, end))
        return -EUCLEAN;
    return check_links(units, heap->count) == free ? 0 : -EUCLEAN;
}
