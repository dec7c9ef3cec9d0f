/*
 * Running out of memory on purpose, for tests: with memory_fail_in set to k, the k-th allocation
 * from then on fails (a frame's, a run's or the heap's, in the order in which they happen), and
 * only that one. 0: none.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

extern uint64_t memory_fail_in; /* frames.c */

static inline bool memory_must_fail(void)
{
    return unlikely(memory_fail_in != 0) && --memory_fail_in == 0;
}
