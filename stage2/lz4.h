/* LZ4's block format (lz4_Block_format.md of the lz4 project): what the kernel's file is packed
   in. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

/* Exactly to_size bytes out of exactly from_size. -EINVAL: the block is damaged, or not of that
   size; then anything may lie in `to`, and nothing was written or read beyond the two. They do not
   overlap. */
int lz4_unpack(const uint8_t *from, size_t from_size, uint8_t *to, size_t to_size) must_check;
