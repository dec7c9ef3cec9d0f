/*
 * The kernel heap, first stage: a bump allocator in its own part of the address space (VIRT_HEAP),
 * backed by frames as it grows. What is allocated stays. Not for interrupt handlers.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

void heap_init(void); /* step 7 */
/* Zeroed memory, or NULL. align: a power of two, at most 4096. */
void *heap_alloc(size_t size, size_t align) must_check;
size_t heap_used(void); /* bytes handed out */
