/*
 * Memory that only grows, at the beginning of the heap's addresses: what the bump and the list heap
 * live in. The caller has the lock (LOCK_RANK_HEAP).
 */
#pragma once

#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

#define HEAP_LINEAR_BASE  VIRT_HEAP
#define HEAP_LINEAR_BYTES (63ull << 30)

/* [HEAP_LINEAR_BASE, end) can be written afterwards. -ENOMEM: it could not all be; what was mapped
   stays for the next call. */
int heap_linear_grow(uint64_t end) must_check;
uint64_t heap_linear_end(void); /* what is mapped already */
