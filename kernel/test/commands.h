/* The commands that run the kernel's tests and benchmarks. kernel/monitor/commands/tests.c calls
   them, once tests_load (kernel/tests.h) has brought them in. */
#pragma once

#include "kernel/monitor/words.h"

int ktest(const struct words *words);
int kbench(const struct words *words);
int bench_disk(const struct words *words);
int bench_interrupts(const struct words *words);
int bench_keys(const struct words *words);
int bench_memory(const struct words *words);
int file_work(const struct words *words);
