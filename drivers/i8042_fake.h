/* For the tests of keyboard and mouse alone: what the interrupt program has read of the 8042, which is asked
   for with the claim. */
#pragma once

#include <string.h>

#include "drivers/ddi.h"

static bool claimed;
static uint8_t kept_bytes[64];
static size_t kept_count;

size_t ddi_irq_values(uint8_t *values, size_t size)
{
    size_t count = size < kept_count ? size : kept_count;

    assert_true(claimed);
    memcpy(values, kept_bytes, count);
    memmove(kept_bytes, kept_bytes + count, kept_count - count);
    kept_count -= count;
    return count;
}
