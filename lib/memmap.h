/*
 * The memory map: from what a BIOS says to what one can rely on. Sorted, disjoint, neighbours of
 * one type merged; where entries overlap the most restrictive type wins; unknown types are
 * reserved; usable ranges are rounded inward to 4 KiB, all others outward. Everything is cut at
 * 2^52, where an x86-64 CPU's addresses end; a usable entry that claims more (or wraps) is dropped,
 * for it lies.
 */
#pragma once

#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

struct memmap {
    uint32_t count;
    struct boot_memory_range ranges[BOOT_MEMORY_RANGES_MAX];
};

/*@ predicate memmap_range_ok(struct boot_memory_range *range) =
      0 <= range->base < range->base + range->length <= 0x10000000000000;
    predicate memmap_ok(struct memmap *map) =
      map->count <= BOOT_MEMORY_RANGES_MAX
      && (\forall integer i; 0 <= i < map->count ==> memmap_range_ok(&map->ranges[i]))
      && (\forall integer i, j; 0 <= i < j < map->count ==>
            map->ranges[i].base + map->ranges[i].length <= map->ranges[j].base);
    predicate memmap_below(struct memmap *map, integer limit) =
      \forall integer i; 0 <= i < map->count ==>
        map->ranges[i].base + map->ranges[i].length <= limit; */

/*@ requires \valid_read(raw + (0 .. count - 1)) && \valid(map);
    requires \separated(map, raw + (0 .. count - 1));
    assigns *map;
    ensures memmap_ok(map); */
/* 0, or -E2BIG when the result needs more than BOOT_MEMORY_RANGES_MAX ranges (the map then holds
   the lowest ones: losing memory is safe, inventing it is not). */
int memmap_sanitise(const struct boot_memory_range *raw, uint32_t count,
                    struct memmap *map) must_check;
/*@ requires \valid(map) && memmap_ok(map);
    assigns *map;
    ensures memmap_ok(map); */
/* Give [base, base + length) the type, splitting what is there; rounded to pages like an entry.
   Only usable memory (and the types that come from it) changes when `type` is usable or one of
   ours; a type of the BIOS fills holes too. -ENOSPC: the map is full and unchanged. Takes 4 KiB of
   stack. */
int memmap_mark(struct memmap *map, uint64_t base, uint64_t length, uint32_t type) must_check;
/*@ requires \valid(map) && memmap_ok(map);
    assigns *map;
    ensures memmap_ok(map);
    ensures \forall integer i; 0 <= i < map->count && map->ranges[i].type == BOOT_MEMORY_USABLE ==>
              map->ranges[i].base + map->ranges[i].length <= limit; */
/* Cut all usable memory at and beyond `limit` bytes (mem=SIZE); what is in use already stays. */
void memmap_limit(struct memmap *map, uint64_t limit);
/*@ requires \valid_read(map) && memmap_ok(map) && \valid(base) && \separated(map, base);
    assigns *base;
    ensures \result == 0 ==> low <= *base && *base + size <= high && *base % align == 0;
    ensures \result == 0 ==> \exists integer i; 0 <= i < map->count
              && map->ranges[i].type == BOOT_MEMORY_USABLE && map->ranges[i].base <= *base
              && *base + size <= map->ranges[i].base + map->ranges[i].length;
    ensures \result != 0 ==> *base == \old(*base); */
/* The lowest (or highest) usable run of `size` bytes, aligned, within [low, high). -ENOMEM; -EINVAL
   when size is 0 or align no power of two. */
int memmap_find(const struct memmap *map, uint64_t size, uint64_t align, uint64_t low,
                uint64_t high, uint64_t *base) must_check;
/*@ requires \valid_read(map) && memmap_ok(map) && \valid(base) && \separated(map, base);
    assigns *base;
    ensures \result == 0 ==> low <= *base && *base + size <= high && *base % align == 0;
    ensures \result == 0 ==> \exists integer i; 0 <= i < map->count
              && map->ranges[i].type == BOOT_MEMORY_USABLE && map->ranges[i].base <= *base
              && *base + size <= map->ranges[i].base + map->ranges[i].length;
    ensures \result != 0 ==> *base == \old(*base); */
int memmap_find_high(const struct memmap *map, uint64_t size, uint64_t align, uint64_t low,
                     uint64_t high, uint64_t *base) must_check;
/*@ requires \valid_read(map) && memmap_ok(map);
    assigns \nothing;
    ensures \result == 0 || \result == 1;
    ensures \result == 1 ==> \exists integer i; 0 <= i < map->count
              && map->ranges[i].type == type && map->ranges[i].base <= base
              && base + length <= map->ranges[i].base + map->ranges[i].length; */
/* 1 when all of [base, base + length) has that type, else 0. */
int memmap_is(const struct memmap *map, uint64_t base, uint64_t length, uint32_t type);
/*@ requires \valid_read(map) && memmap_ok(map);
    assigns \nothing;
    ensures \result <= 0x10000000000000; */
uint64_t memmap_total(const struct memmap *map, uint32_t type); /* bytes */
/*@ assigns \result \from type; */
const char *memory_type_name(uint32_t type);
