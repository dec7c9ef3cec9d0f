/*
 * The linked-list heap: first fit in one array of 16-byte units. Each block begins with a header
 * unit that knows its own size and its lower neighbour's, so that freed neighbours become one block
 * without a search. Links are indexes. Pure: it works on the array it is given; the caller has the
 * lock.
 *
 * Use: list_heap_init → list_heap_take, list_heap_give; list_heap_grow when the array got longer.
 */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

#define LIST_UNIT 16u /* bytes */

/* A header; inside a block the units are the user's bytes. */
struct list_unit {
    uint32_t size;   /* of the block, in units, this one included */
    uint32_t before; /* size of the block that ends here; 0: this is the lowest */
    uint32_t next;   /* free: the next free block (0: last). Used: LIST_USED */
    uint32_t prev;   /* free: the free block before (0: first). Used: a mark made of the index */
};

struct list_heap {
    struct list_unit *units; /* unit 0 heads the list of free blocks: next is the first */
    uint32_t count;          /* units in the array */
    uint32_t last;           /* the highest block; 0: there is none */
    uint32_t used, blocks;   /* units given out (headers included), and in how many blocks */
};

/* A heap without any room, in an array whose first unit can be written. */
void list_heap_init(struct list_heap *heap, struct list_unit *units);
/* The array has `count` units now: what is new is free. -EINVAL: not more than before, or too many.
   */
int list_heap_grow(struct list_heap *heap, uint32_t count) must_check;
/* `size` units whose first has an index that is a multiple of align. -ENOMEM; -EINVAL: size or
   align 0. */
/*@ requires \valid(heap) && \valid(at);
    ensures \result == 0 ==> *at > 0 && *at % align == 0; */
int list_heap_take(struct list_heap *heap, uint32_t size, uint32_t align, uint32_t *at) must_check;
/* Give back what take returned. -EINVAL: no used block begins there (freed twice, or overwritten).
   */
int list_heap_give(struct list_heap *heap, uint32_t at) must_check;
/* 0, or -EUCLEAN: sizes, links or marks contradict each other. */
int list_heap_check(const struct list_heap *heap) must_check;
