/*
 * Two checksums, both with the usual start and end inversion; pass 0 first, the last result after.
 * The first call of each builds its tables (8 KiB of .bss, about 20,000 instructions). Threads may
 * call at the same time: two first callers write the same values.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

uint32_t crc32(uint32_t crc, const void *bytes,
               size_t size); /* IEEE 802.3, as zlib and cksum tools */
uint32_t crc32c(uint32_t crc, const void *bytes,
                size_t size); /* Castagnoli; SSE4.2 where there is one */
uint32_t crc32c_tables(uint32_t crc, const void *bytes,
                       size_t size); /* what crc32c does without SSE4.2 */
