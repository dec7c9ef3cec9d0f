/* Fuzz EDID. The input: a byte whose bit 0 asks for the header and the checksum to be put right (so
   that damage behind them is reached), then the block. */
/* links: lib/edid.c */
/* options: -max_len=129 */
#include "lib/edid.h"
#include "lib/errno.h"
#include "tests/fuzz/fuzz.h"

static void put_right(uint8_t *block)
{
    static const uint8_t header[] = {0, 255, 255, 255, 255, 255, 255, 0};
    uint8_t sum = 0;

    memcpy(block, header, sizeof(header));
    block[18] = 1;
    for (int i = 0; i < 127; i++)
        sum = (uint8_t)(sum + block[i]);
    block[127] = (uint8_t)-sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint32_t width = 0, height = 0;

    if (size < 129)
        return 0;
    uint8_t *block = exact_copy(bytes + 1, 128);
    if (bytes[0] & 1)
        put_right(block);
    int error = edid_preferred(block, &width, &height);
    if (error == 0)
        must(width >= 1 && width <= 4095 && height >= 1 && height <= 2 * 4095);
    else
        must(error == -EINVAL && width == 0 && height == 0);
    if ((bytes[0] & 1) && (block[54] | block[55]) != 0 && block[56] != 0 && block[59] != 0)
        must(error == 0);
    free(block);
    return 0;
}
