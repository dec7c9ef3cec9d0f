/*
 * The debug build's care for each piece of the heap: patterns, a canary behind the last byte, a
 * list of all that live. Behind a piece lies a tail that holds the canary and who allocated it; a
 * stage is asked for heap_debug_size(size) bytes. Lock: one of LOCK_RANK_HEAP.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/core/memory/heap.h"
#include "lib/compiler.h"

#define HEAP_PATTERN_NEW   0xa5
#define HEAP_PATTERN_FREED 0xdd

/* 0: size is too large. */
size_t heap_debug_size(size_t size);
/* An object of a slab that nobody used: a fault when it is not all HEAP_PATTERN_FREED. */
void heap_debug_check_unused(const void *ptr, size_t size);
/* A fresh piece: filled, guarded, listed. */
void heap_debug_open(void *ptr, size_t size, const void *caller);
/* Before it is freed, which wipes it out: false, after a fault was reported, when it must stay. */
bool heap_debug_close(void *ptr, size_t size) must_check;

uint64_t heap_debug_mark(void);
bool heap_debug_leak(uint64_t mark, unsigned index, struct heap_leak *leak);
