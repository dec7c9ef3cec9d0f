/*
 * The last minute as samples, one a second: of counters that only grow, what they grew by in a second.
 *
 *     struct samples samples = {0};
 *     samples_add(&samples, &counters) → samples_at(&samples, SERIES_CPU, 0) is the newest
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SAMPLES 61u /* 60 s, and both ends */

struct counters {
    int64_t now_ms;
    uint64_t busy, idle;       /* ticks of the CPU */
    uint64_t interrupts;
    uint64_t frames, busy_ns;  /* of the desktop's server */
    uint64_t memory, memory_used; /* KiB */
};

/* CPU and memory in thousandths; interrupts and frames a second; a frame's mean time in microseconds. */
enum series { SERIES_CPU, SERIES_MEMORY, SERIES_INTERRUPTS, SERIES_FRAME_US, SERIES_FRAMES, SERIES_COUNT };

struct samples {
    struct counters last;
    unsigned taken;  /* at most SAMPLES */
    unsigned newest; /* index */
    bool begun;      /* last is good */
    uint32_t values[SERIES_COUNT][SAMPLES];
};

/* The first call only begins. A counter that went back (its program began anew) gives 0. */
void samples_add(struct samples *samples, const struct counters *counters);
/* `age`: how many samples ago; 0 where there is none that old. */
uint32_t samples_at(const struct samples *samples, enum series series, unsigned age);
uint32_t samples_most(const struct samples *samples, enum series series);
/* A round number at or above `most`, at least `least`: the top of a graph: 1, 2 or 5 times a power of ten. */
uint32_t samples_top(uint32_t most, uint32_t least);
