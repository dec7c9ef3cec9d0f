/* The three stages behind heap.h, for heap.c. Each has the lock it needs; NULL: no memory. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/abi/boot_info.h"

/* Stage 1, bump: a pointer that moves up. Before bump_extend it serves from a few KiB in the image,
   so that there is a heap before there are frames. Only the last piece comes back. */
void *bump_alloc(size_t size, size_t align);
int bump_dealloc(void *ptr, size_t size); /* -EINVAL: so many bytes are not out there */
void bump_extend(void); /* from now on from heap_linear.h */
/* A piece from the image: nothing else lies there. */
static inline bool bump_is_early(const void *ptr)
{
    return (uintptr_t)ptr >= VIRT_KERNEL;
}
size_t bump_used(void);

/* Stage 2, list: general, freed neighbours become one (list_heap.h). */
void list_init(void);
void *list_alloc(size_t size, size_t align);
int list_dealloc(void *ptr); /* -EINVAL: not from here, freed before, or overwritten */
size_t list_used(void);

/* Stage 3, slab: slab.h for what is small, page_runs.h for the rest. */
