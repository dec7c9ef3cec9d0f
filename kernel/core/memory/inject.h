/*
 * Running out of memory, and disks that fail, on purpose, for tests: with memory_fail_in set to k, the
 * k-th allocation from then on fails (a frame's, a run's or the heap's, in the order in which they
 * happen), and only that one; with disk_fail_in the k-th request to a disk. 0: none. Where there is an
 * inject_applies, only what it is true for counts: /dev/inject of the debug kernel (inject_file.h) makes it
 * one thread's calls.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

extern uint64_t memory_fail_in, disk_fail_in;
extern bool (*inject_applies)(void); /* or NULL */

/* Of *in, which is not 0. */
bool inject_is_due(uint64_t *in);

static inline bool memory_must_fail(void)
{
    return unlikely(memory_fail_in != 0) && inject_is_due(&memory_fail_in);
}

static inline bool disk_must_fail(void)
{
    return unlikely(disk_fail_in != 0) && inject_is_due(&disk_fail_in);
}
