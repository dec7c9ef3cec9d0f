/* Bits in 64-bit words. Positions from 0; the caller keeps them below the map's size. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*@ predicate bitmap_readable(uint64_t *map, integer bits) =
      \valid_read(map + (0 .. (bits + 63) / 64 - 1));
    predicate bitmap_writable(uint64_t *map, integer first, integer count) =
      count > 0 ==> \valid(map + (first / 64 .. (first + count - 1) / 64)); */

/*@ requires bit < 64;
    assigns \nothing; */
/* A word with that bit alone: shifted from the top, so that no shift can be said to overflow. */
static inline uint64_t bitmap_bit(uint64_t bit)
{
    return ((uint64_t)1 << 63) >> (63 - bit);
}

/*@ requires \valid_read(map + bit / 64);
    assigns \nothing;
    ensures \result <==> (map[bit / 64] >> (bit % 64) & 1) != 0; */
static inline bool bitmap_get(const uint64_t *map, uint64_t bit)
{
    return map[bit / 64] >> (bit % 64) & 1;
}

/*@ requires \valid(map + bit / 64);
    assigns map[bit / 64]; */
static inline void bitmap_set(uint64_t *map, uint64_t bit)
{
    map[bit / 64] |= bitmap_bit(bit % 64);
}

/*@ requires \valid(map + bit / 64);
    assigns map[bit / 64]; */
static inline void bitmap_clear(uint64_t *map, uint64_t bit)
{
    map[bit / 64] &= ~bitmap_bit(bit % 64);
}

/*@ requires count <= UINT64_MAX - first && bitmap_writable(map, first, count);
    assigns map[first / 64 .. (first + count - 1) / 64]; */
void bitmap_set_range(uint64_t *map, uint64_t first, uint64_t count);
/*@ requires count <= UINT64_MAX - first && bitmap_writable(map, first, count);
    assigns map[first / 64 .. (first + count - 1) / 64]; */
void bitmap_clear_range(uint64_t *map, uint64_t first, uint64_t count);
/*@ requires bitmap_readable(map, size) && size <= UINT64_MAX - 63;
    assigns \nothing;
    ensures \result <= size;
    ensures \result >= from || \result == size; */
/* First clear bit in [from, size), or size. */
uint64_t bitmap_find_clear(const uint64_t *map, uint64_t size, uint64_t from);
/*@ requires bitmap_readable(map, size) && size <= UINT64_MAX - 63;
    assigns \nothing;
    ensures \result <= size;
    ensures \result >= from || \result == size; */
uint64_t bitmap_find_set(const uint64_t *map, uint64_t size, uint64_t from);
/*@ requires bitmap_readable(map, size) && size <= UINT64_MAX - 63;
    assigns \nothing;
    ensures \result <= size;
    ensures \result < size ==> from <= \result && count <= size - \result; */
/* First run of `count` clear bits starting at a multiple of `align`, in [from, size), or size. */
uint64_t bitmap_find_clear_run(const uint64_t *map, uint64_t size, uint64_t from, uint64_t count,
                               uint64_t align);
