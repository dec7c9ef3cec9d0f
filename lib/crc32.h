/* Two checksums, both with the usual start and end inversion; pass 0 first, the last result after. */
#pragma once

#include <stddef.h>
#include <stdint.h>

uint32_t crc32(uint32_t crc, const void *bytes, size_t size);  /* IEEE 802.3, as zlib and cksum tools */
uint32_t crc32c(uint32_t crc, const void *bytes, size_t size); /* Castagnoli; SSE4.2 where there is one */
