/*
 * The memory map: from what a BIOS says to what one can rely on. Sorted, disjoint, neighbours of one
 * type merged; where entries overlap the most restrictive type wins; unknown types are reserved;
 * usable ranges are rounded inward to 4 KiB, all others outward. Empty and wrapping entries are cut.
 */
#pragma once

#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

struct memmap {
    uint32_t count;
    struct boot_memory_range ranges[BOOT_MEMORY_RANGES_MAX];
};

/* 0, or -E2BIG when the result needs more than BOOT_MEMORY_RANGES_MAX ranges (the map then holds the
   lowest ones: losing memory is safe, inventing it is not). */
int memmap_sanitise(const struct boot_memory_range *raw, uint32_t count, struct memmap *map) must_check;
/* Give [base, base + length) the type, splitting what is there. Only usable memory (and the types
   that come from it) changes when `type` is one of ours. -ENOSPC: the map is full and unchanged. */
int memmap_mark(struct memmap *map, uint64_t base, uint64_t length, uint32_t type) must_check;
/* Cut all memory of usable types at and beyond `limit` bytes (mem=SIZE). */
void memmap_limit(struct memmap *map, uint64_t limit);
/* The lowest (or highest) usable run of `size` bytes, aligned, within [low, high). -ENOMEM. */
int memmap_find(const struct memmap *map, uint64_t size, uint64_t align, uint64_t low, uint64_t high,
                uint64_t *base) must_check;
int memmap_find_high(const struct memmap *map, uint64_t size, uint64_t align, uint64_t low,
                     uint64_t high, uint64_t *base) must_check;
/* True when all of [base, base + length) has that type. */
int memmap_is(const struct memmap *map, uint64_t base, uint64_t length, uint32_t type);
uint64_t memmap_total(const struct memmap *map, uint32_t type); /* bytes */
const char *memory_type_name(uint32_t type);
