/* value × numerator / denominator, rounded down, without a product that overflows on the way. */
#pragma once

#include <stdint.h>

/*@ requires denominator > 0 && (denominator - 1) * numerator <= UINT64_MAX; */
static inline uint64_t scale(uint64_t value, uint64_t numerator, uint64_t denominator)
{
    return value / denominator * numerator + value % denominator * numerator / denominator;
}
