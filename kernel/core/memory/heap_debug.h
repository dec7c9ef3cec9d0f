/*
 * The debug build's care for each piece of the heap: patterns, a canary behind the last byte, a
 * list of all that live. Behind a piece lies a tail that holds the canary and who allocated it; in
 * front of it heap_debug_front bytes that nobody uses. A stage is asked for heap_debug_size(size,
 * align) bytes. With KASAN both are redzones. Lock: one of LOCK_RANK_HEAP.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/core/memory/heap.h"
#include "lib/compiler.h"

#define HEAP_PATTERN_NEW   0xa5
#define HEAP_PATTERN_FREED 0xdd

/* Bytes in front of a piece: none where they would cost more than a line of the cache. */
static inline size_t heap_debug_front(size_t align)
{
    return align <= 16 ? 16 : align <= 64 ? align : 0;
}
/* 0: size is too large. */
size_t heap_debug_size(size_t size, size_t align);
/* An object of a slab that nobody used: a fault when it is not all HEAP_PATTERN_FREED. */
void heap_debug_check_unused(const void *ptr, size_t size);
/* What the stage gave: filled, guarded, listed. Returns the piece. */
void *heap_debug_open(void *whole, size_t size, size_t align, const void *caller);
/* Before a piece is freed, which wipes it out: what the stage gave; NULL, after a fault was
   reported, when it must stay. */
void *heap_debug_close(void *ptr, size_t size, size_t align, const void *caller) must_check;

/* For reports: the piece that an address lies in, in front of or behind. */
struct heap_piece {
    uint64_t at;
    size_t size;
    const void *allocated_by;
    const void *freed_by; /* NULL: it lives */
};
/* Among those that live, or those that were freed, of which only the last few are known. No lock is
   taken. */
bool heap_debug_find(uint64_t address, bool was_freed, struct heap_piece *piece);

uint64_t heap_debug_mark(void);
bool heap_debug_leak(uint64_t mark, unsigned index, struct heap_leak *leak);
