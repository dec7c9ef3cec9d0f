/* Bits in 64-bit words. Positions from 0; the caller keeps them below the map's size. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

static inline bool bitmap_get(const uint64_t *map, uint64_t bit)
{
    return map[bit / 64] >> (bit % 64) & 1;
}

static inline void bitmap_set(uint64_t *map, uint64_t bit)
{
    map[bit / 64] |= (uint64_t)1 << (bit % 64);
}

static inline void bitmap_clear(uint64_t *map, uint64_t bit)
{
    map[bit / 64] &= ~((uint64_t)1 << (bit % 64));
}

void bitmap_set_range(uint64_t *map, uint64_t first, uint64_t count);
void bitmap_clear_range(uint64_t *map, uint64_t first, uint64_t count);
/* First clear bit in [from, size), or size. */
uint64_t bitmap_find_clear(const uint64_t *map, uint64_t size, uint64_t from);
uint64_t bitmap_find_set(const uint64_t *map, uint64_t size, uint64_t from);
/* First run of `count` clear bits whose start is a multiple of `align`, in [from, size), or size.
   */
uint64_t bitmap_find_clear_run(const uint64_t *map, uint64_t size, uint64_t from, uint64_t count,
                               uint64_t align);
