/* A clock from a counter of 16 bits: what has passed between two looks at it. No hardware here. */
#pragma once

#include <stdint.h>

/* Ticks from one reading to a later one, when about `expected` must have passed: right while the
   guess is less than 32768 off, whatever number of times the counter went around. */
static inline uint64_t pit_elapsed(uint16_t from, uint16_t to, uint64_t expected)
{
    uint16_t off = (uint16_t)(to - from - (uint16_t)expected);

    if (off < 32768)
        return expected + off;
    return expected > 65536u - off ? expected - (65536u - off) : 0;
}
