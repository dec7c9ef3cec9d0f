/*
 * The kernel heap, first stage: a bump allocator in its own part of the address space (VIRT_HEAP),
 * backed by frames as it grows. Only the last piece comes back. Not for interrupt handlers.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

void heap_init(void); /* step 7 */
/* Memory with anything in it, or NULL. align: a power of two, at most 4096. */
void *alloc(size_t size, size_t align) must_check;
/* Give back what alloc returned for the same size and align; NULL is fine. */
void dealloc(void *ptr, size_t size, size_t align);
size_t heap_used(void); /* bytes handed out */
