/*
 * What operations of the kernel cost: `kbench [NAME …]` in the monitor prints time-stamp ticks for
 * each. Under QEMU's `-icount shift=0` a tick is a guest instruction (tests/bench/bench.py runs it
 * so).
 *
 *     KBENCH(frames_alloc_free)
 *     {
 *         for (uint64_t i = 0; i < count; i++)
 *             …
 *     }
 *
 * A benchmark lies beside what it measures, in a file whose name ends in _kbench.c. It does its
 * operation `count` times and leaves the kernel as it found it; it is called twice with different
 * counts, so that what it does before and after does not count.
 */
#pragma once

#include <stdint.h>

struct kbench {
    const char *name;
    void (*run)(uint64_t count);
};

/* aligned: as in ktest.h. */
#define KBENCH(name_)                                                                         \
    static void kbench_##name_(uint64_t count);                                               \
    static const struct kbench kbench_entry_##name_                                           \
        __attribute__((used, section(".kbenches"), aligned(8))) = {#name_, kbench_##name_};   \
    static void kbench_##name_(uint64_t count)
