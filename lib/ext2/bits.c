/* ext2: searches and ranges in the bitmaps of blocks and inodes. No state, no locks. */
#include "lib/ext2/bits.h"

#include "lib/compiler.h"

#define LOW_BITS  0x0101010101010101u /* the lowest bit of each byte of a word */
#define HIGH_BITS 0x8080808080808080u

static uint64_t word_get(const struct ext2_bits *bits, uint32_t at)
{
    uint64_t word = 0;

    for (uint32_t i = 0; i < array_length(bits->maps); i++)
        if (bits->maps[i].size > 0)
            word |= span_rd64(bits->maps[i], at / 64 * 8);
    return word;
}

uint32_t ext2_bits_find(const struct ext2_bits *bits, bool set, uint32_t from, uint32_t end)
{
    const uint64_t flip = set ? 0 : UINT64_MAX;

    while (from < end) {
        const uint64_t word = (word_get(bits, from) ^ flip) >> from % 64;

        if (word != 0) {
            from += (uint32_t)__builtin_ctzll(word);
            return from < end ? from : end;
        }
        from += 64 - from % 64;
    }
    return end;
}

uint32_t ext2_bits_find_byte(const struct ext2_bits *bits, uint32_t from, uint32_t end)
{
    from = (from + 7) / 8 * 8;
    while (from < end) {
        /* What lies below `from` in its word counts as set. */
        const uint64_t below = ((uint64_t)1 << from % 64) - 1;
        const uint64_t word = word_get(bits, from) | below;
        const uint64_t zero_bytes = (word - LOW_BITS) & ~word & HIGH_BITS;

        if (zero_bytes != 0) {
            from = from / 64 * 64 + (uint32_t)__builtin_ctzll(zero_bytes) / 8 * 8;
            return end - 8 >= from && end >= 8 ? from : end;
        }
        from += 64 - from % 64;
    }
    return end;
}

void ext2_bits_change(struct room map, uint32_t first, uint32_t count, bool set)
{
    while (count > 0) {
        const uint32_t skip = first % 8;
        const uint32_t n = count < 8 - skip ? count : 8 - skip;
        const uint8_t mask = (uint8_t)(((1u << n) - 1) << skip);
        const uint8_t byte = (uint8_t)room_at(map, first / 8);

        room_set(map, first / 8, (char)(set ? byte | mask : byte & ~mask));
        first += n;
        count -= n;
    }
}
