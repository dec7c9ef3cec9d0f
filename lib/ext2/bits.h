/* Bits of a disk's bitmap: byte by byte on the disk, searched 64 at a time. The caller keeps bits
   below eight times the size of each span, which is a multiple of eight bytes. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/span.h"

#define EXT2_BITMAPS 3

/* Several bitmaps as one: a bit is set when it is in any of them. An empty span has none set. */
struct ext2_bits {
    struct span maps[EXT2_BITMAPS];
};

/* First bit in [from, end) that is clear or set, or end. */
uint32_t ext2_bits_find(const struct ext2_bits *bits, bool set, uint32_t from, uint32_t end);
/* First byte of clear bits that lies in [from, end): its first bit, or end. */
uint32_t ext2_bits_find_byte(const struct ext2_bits *bits, uint32_t from, uint32_t end);
void ext2_bits_change(struct room map, uint32_t first, uint32_t count, bool set);
