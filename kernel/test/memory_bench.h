/*
 * How many instructions the memory's fast paths take. Under QEMU's -icount shift=0 the time-stamp
 * counter counts guest instructions, and the figures are exact; elsewhere they are cycles or noise.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct memory_bench {
    const char *what;
    uint64_t goal;   /* instructions; 0: none was set */
    uint64_t rounds; /* an average over so many */
    /* Runs it `rounds` times. Returns false when memory ran out. */
    bool (*run)(uint64_t rounds);
};

const struct memory_bench *memory_bench_at(unsigned index); /* NULL beyond the last */
/* Ticks of one round, ×10, with the loop around it and the calls. -ENOMEM. */
int memory_bench_run(const struct memory_bench *bench, uint64_t *tenths);
