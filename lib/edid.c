/* The preferred mode in a monitor's EDID: VESA E-EDID standard, §3.3–3.5 (header, version,
   checksum) and §3.10.2 (detailed timing descriptors; the first is the preferred one). */
#include "lib/edid.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/bytes.h"
#include "lib/errno.h"

#define BLOCK_BYTES       128
#define AT_VERSION        18
#define AT_DETAILED       54
#define TIMING_CLOCK      0 /* 16 bits, 10 kHz; 0: this descriptor is no timing */
#define TIMING_WIDTH_LOW  2
#define TIMING_WIDTH_HIGH 4 /* upper half */
#define TIMING_LINES_LOW  5
#define TIMING_LINES_HIGH 7 /* upper half */
#define TIMING_FLAGS      17
#define FLAG_INTERLACED   0x80

static bool is_edid(const uint8_t *block)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < BLOCK_BYTES; i++)
        sum = (uint8_t)(sum + block[i]);
    return rd64(block) == 0x00ffffffffffff00ull && block[AT_VERSION] == 1 && sum == 0;
}

int edid_preferred(const uint8_t *block, uint32_t *width, uint32_t *height)
{
    const uint8_t *timing = block + AT_DETAILED;

    if (!is_edid(block) || rd16(timing + TIMING_CLOCK) == 0)
        return -EINVAL;

    uint32_t columns = timing[TIMING_WIDTH_LOW] + (timing[TIMING_WIDTH_HIGH] / 16u) * 256u;
    uint32_t lines = timing[TIMING_LINES_LOW] + (timing[TIMING_LINES_HIGH] / 16u) * 256u;
    if (columns == 0 || lines == 0)
        return -EINVAL;
    if (timing[TIMING_FLAGS] & FLAG_INTERLACED)
        lines *= 2; /* the descriptor counts the lines of one field */
    *width = columns;
    *height = lines;
    return 0;
}
