/* Fuzz LZ4 blocks: nothing is read or written outside of the two pieces of memory. The input: the
   size to unpack to in 2 bytes, then the block. */
/* links: stage2/lz4.c lib/string.c lib/copy.c */
/* options: -max_len=4096 */
#include "lib/bytes.h"
#include "lib/errno.h"
#include "stage2/lz4.h"
#include "tests/fuzz/fuzz.h"

#define GUARD 64 /* assembler code writes, which the sanitizer does not see */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2)
        return 0;
    size_t to_size = rd16(bytes);
    uint8_t *block = exact_copy(bytes + 2, size - 2), *to = malloc(to_size + GUARD);

    memset(to + to_size, 0xa5, GUARD);
    int error = lz4_unpack(block, size - 2, to, to_size);

    must(error == 0 || error == -EINVAL);
    for (size_t i = 0; i < GUARD; i++)
        must(to[to_size + i] == 0xa5);
    free(to);
    free(block);
    return 0;
}
