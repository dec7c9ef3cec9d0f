/*
 * The linked-list heap: first fit in one array of 16-byte units. Each block begins with a header
 * unit that knows its own size and its lower neighbour's, so that freed neighbours become one block
 * without a search. Links are indexes. Pure: it works on the array it is given; the caller has the
 * lock.
 *
 * A user who writes beyond a piece damages headers. So a header is believed only where those around
 * it agree: whatever the array holds, no call leaves it, and one that sees damage changes nothing.
 *
 * Use: list_heap_init → list_heap_take, list_heap_give; list_heap_grow when the array got longer.
 */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

#define LIST_UNIT      16u /* bytes */
#define LIST_UNITS_MIN 2u
#define LIST_UNITS_MAX 0xfffffff0u

/* A header; inside a block the units are the user's bytes. */
struct list_unit {
    uint32_t size;   /* of the block, in units, this one included */
    uint32_t before; /* size of the block that ends here */
    uint32_t next;   /* free: the next free block (0: last). Used: LIST_USED */
    uint32_t prev;   /* free: the free block before (0: first). Used: a mark made of the index */
};

struct list_heap {
    struct list_unit *units; /* the lowest heads the ring of free blocks (next is the first, prev
                                the last); the highest is a used block without room, so that
                                every block has an upper neighbour */
    uint32_t count;          /* units in the array */
    uint32_t used, blocks;   /* units given out (headers included), and in how many blocks */
};

/*@ predicate list_units(struct list_heap *heap, integer count) =
      \valid(heap->units + (0 .. count - 1)) && \separated(heap, heap->units + (0 .. count - 1));
    predicate list_valid(struct list_heap *heap) =
      \valid(heap) && LIST_UNITS_MIN <= heap->count <= LIST_UNITS_MAX
      && heap->used <= heap->count && heap->blocks <= heap->count
      && list_units(heap, heap->count); */

/* A heap without any room, in an array of which LIST_UNITS_MIN units can be written. */
/*@ requires \valid(heap) && \valid(units + (0 .. LIST_UNITS_MIN - 1));
    requires \separated(heap, units + (0 .. LIST_UNITS_MIN - 1));
    assigns *heap, units[0 .. LIST_UNITS_MIN - 1];
    ensures list_valid(heap) && heap->units == units && heap->count == LIST_UNITS_MIN; */
void list_heap_init(struct list_heap *heap, struct list_unit *units);
/* The array has `count` units now: what is new is free. -EINVAL: not more than before, or too many;
   -EUCLEAN: damaged, and what is new may be lost. */
/*@ requires list_valid(heap) && list_units(heap, count);
    assigns heap->count, heap->used, heap->blocks, heap->units[0 .. count - 1];
    ensures list_valid(heap);
    ensures \result == 0 ==> heap->count == count;
    ensures heap->count == count || heap->count == \old(heap->count); */
int list_heap_grow(struct list_heap *heap, uint32_t count) must_check;
/* `size` units whose first has an index that is a multiple of align. -ENOMEM; -EINVAL: size or
   align is 0; -EUCLEAN: damaged. */
/*@ requires list_valid(heap) && \valid(at);
    requires \separated(at, heap, heap->units + (0 .. heap->count - 1));
    assigns heap->used, heap->blocks, heap->units[0 .. heap->count - 1], *at;
    ensures list_valid(heap);
    ensures \result == 0 ==> 0 < *at < heap->count && size < heap->count - *at
            && *at % align == 0; */
int list_heap_take(struct list_heap *heap, uint32_t size, uint32_t align, uint32_t *at) must_check;
/* Give back what take returned. -EINVAL: no used block begins there (freed twice, or overwritten);
   -EUCLEAN: one does, but it and what is around it contradict each other. */
/*@ requires list_valid(heap);
    assigns heap->used, heap->blocks, heap->units[0 .. heap->count - 1];
    ensures list_valid(heap); */
int list_heap_give(struct list_heap *heap, uint32_t at) must_check;
/* 0, or -EUCLEAN: sizes, links or marks contradict each other. */
/*@ requires list_valid(heap);
    assigns \nothing; */
int list_heap_check(const struct list_heap *heap) must_check;
