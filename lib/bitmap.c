/* Ranges and searches in a bitmap, a word of 64 bits at a time. The caller has the lock. */
#include "lib/bitmap.h"

/*@ requires from < 64 && 1 <= count <= 64 - from;
    assigns \nothing; */
/* Bits [from, from + count) of a word: those up to the last, without those below the first. */
static uint64_t word_mask(uint64_t from, uint64_t count)
{
    return (UINT64_MAX >> (64 - from - count)) & ~((UINT64_MAX / 2) >> (63 - from));
}

/*@ requires count <= UINT64_MAX - first && bitmap_writable(map, first, count);
    assigns map[first / 64 .. (first + count - 1) / 64]; */
static void change_range(uint64_t *map, uint64_t first, uint64_t count, bool value)
{
    /*@ loop invariant first + count == \at(first + count, Pre);
        loop invariant \at(first, Pre) <= first && bitmap_writable(map, first, count);
        loop assigns first, count, map[\at(first / 64, Pre) .. \at((first + count - 1) / 64, Pre)];
        loop variant count; */
    while (count > 0) {
        uint64_t from = first % 64;
        uint64_t n = count < 64 - from ? count : 64 - from;
        uint64_t mask = word_mask(from, n);

        if (value)
            map[first / 64] |= mask;
        else
            map[first / 64] &= ~mask;
        first += n;
        count -= n;
    }
}

void bitmap_set_range(uint64_t *map, uint64_t first, uint64_t count)
{
    change_range(map, first, count, true);
}

void bitmap_clear_range(uint64_t *map, uint64_t first, uint64_t count)
{
    change_range(map, first, count, false);
}

/*@ requires bitmap_readable(map, size) && size <= UINT64_MAX - 63;
    assigns \nothing;
    ensures \result <= size;
    ensures \result >= from || \result == size; */
/* First bit with that value in [from, size), or size. */
static uint64_t find(const uint64_t *map, uint64_t size, uint64_t from, bool value)
{
    uint64_t flip = value ? 0 : UINT64_MAX;

    /*@ loop invariant from >= \at(from, Pre);
        loop assigns from;
        loop variant UINT64_MAX - from; */
    while (from < size) {
        uint64_t word = (map[from / 64] ^ flip) >> (from % 64);
        if (word != 0) {
            uint64_t bit = from + (uint64_t)__builtin_ctzll(word);
            return bit < size ? bit : size;
        }
        from += 64 - from % 64;
    }
    return size;
}

uint64_t bitmap_find_clear(const uint64_t *map, uint64_t size, uint64_t from)
{
    return find(map, size, from, false);
}

uint64_t bitmap_find_set(const uint64_t *map, uint64_t size, uint64_t from)
{
    return find(map, size, from, true);
}

uint64_t bitmap_find_clear_run(const uint64_t *map, uint64_t size, uint64_t from, uint64_t count,
                               uint64_t align)
{
    /*@ loop invariant from >= \at(from, Pre);
        loop assigns from;
        loop variant UINT64_MAX - from; */
    while (from < size) {
        uint64_t start = find(map, size, from, false);
        uint64_t over = align > 1 ? start % align : 0;
        if (over != 0) {
            if (align - over >= size - start)
                return size;
            start += align - over;
        }
        if (start >= size || count > size - start)
            return size;
        uint64_t end = find(map, start + count, start, true);
        if (end == start + count)
            return start;
        from = end + 1;
    }
    return size;
}
