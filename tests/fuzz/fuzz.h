/* What the fuzz targets share. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Not assert: it must hold in every build, and a fuzzer wants the abort. */
static inline void must(int truth)
{
    if (!truth)
        abort();
}

/* A heap copy of exactly `size` bytes, so that the sanitizer sees one byte too many. */
static inline void *exact_copy(const void *bytes, size_t size)
{
    void *copy = malloc(size > 0 ? size : 1);

    must(copy != NULL);
    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}
