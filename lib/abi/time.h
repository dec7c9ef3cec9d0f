/* Clocks, as they cross the system-call line. struct abi_timespec is files.h's. */
#pragma once

#include <stdint.h>

#define CLOCK_REALTIME           0 /* since 1970, UTC */
#define CLOCK_MONOTONIC          1 /* since power-on */
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID  3

#define TIMER_ABSTIME 1

#define ITIMER_REAL    0

struct abi_itimerval {
    int64_t interval_s, interval_us, value_s, value_us;
};

/* The page at AT_FASTOS_CLOCK: reading the clock without a system call. Read `sequence` (odd:
   wait), the rest, `sequence` again (changed: once more). ns = base_ns + (rdtsc() - base_tsc) *
   multiplier >> shift        128 bits in between multiplier 0: the TSC cannot be used, ask the
   kernel. CLOCK_REALTIME adds realtime_offset_ns. */
struct abi_clock {
    uint32_t sequence;
    uint32_t shift;
    uint64_t multiplier;
    uint64_t base_tsc, base_ns;
    int64_t realtime_offset_ns;
};
