/*
 * The kernel heap. One interface, three stages behind it: bump (from the first instruction, never
 * gives back), linked list (general), slab (sizes in classes, magazines, pages). The command line
 * chooses: heap=bump|list|slab, slab by default.
 *
 * Callable from every thread, also with locks of a rank below LOCK_RANK_CACHES held; not from
 * interrupt handlers. The debug build (make DEBUG=1) fills what is new and what is freed with
 * patterns, guards the end of each piece, and knows who allocated it.
 *
 * A slab object is never moved or zeroed; pieces above a page lie between unmapped pages (slab
 * only).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

/* Step 7: from now on by the chosen stage. What was allocated before stays, and may be freed. */
void heap_init(void);

/* `size` bytes (0 counts as 1) with anything in them; align: a power of two. NULL: no memory. */
void *alloc(size_t size, size_t align) must_check;
void *alloc_zeroed(size_t size, size_t align) must_check;
/* Give back what alloc returned for the same size and align; NULL is fine. What is wrong with it is
   said in the log and counted, and the piece stays allocated. */
void dealloc(void *ptr, size_t size, size_t align);

const char *heap_stage_name(void); /* "bump", "list", "slab" */
size_t heap_used(void); /* bytes that are handed out, with what the stage adds to them */

/* A piece of memory was wrongly given back: the log says "heap: <address> <what>". */
void heap_fault(const void *ptr, const char *what);
uint64_t heap_faults(void);

/* What was allocated since a mark and is still there, a call for each place that allocated: how
   many pieces, bytes, and the address behind the call. In the release build nothing is known. */
struct heap_leak {
    const void *caller;
    uint64_t pieces, bytes;
};
uint64_t heap_mark(void); /* later pieces are newer than the mark */
/* The index-th place; false beyond the last, and always in the release build. */
bool heap_leak(uint64_t mark, unsigned index, struct heap_leak *leak);
