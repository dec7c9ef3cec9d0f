/* Memory, measured. What one round does stands beside each: its calls and the looks at what they
   returned are counted, the empty loop around them is not. */
#include "kernel/test/memory_bench.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/slab.h"
#include "lib/errno.h"

/* alloc_frame and free_frame of one frame, by way of the CPU's cache. */
static bool frame_pair(uint64_t rounds)
{
    uint64_t phys;

    while (rounds-- > 0)
        if (alloc_frame(&phys) || free_frame(phys))
            return false;
    return true;
}

/* 512 frames taken, then 512 given back: cache and map, a round is one frame's share. */
static bool frame_burst(uint64_t rounds)
{
    enum { BURST = 512 };
    static uint64_t frames[BURST];
    bool good = true;

    for (; rounds >= BURST; rounds -= BURST) {
        unsigned taken = 0;

        while (taken < BURST && alloc_frame(&frames[taken]) == 0)
            taken++;
        good = good && taken == BURST;
        while (taken > 0)
            good = free_frame(frames[--taken]) == 0 && good;
    }
    return good;
}

/* alloc_frames and free_frames of 2 MiB, aligned. */
static bool large_run(uint64_t rounds)
{
    uint64_t phys;

    while (rounds-- > 0)
        if (alloc_frames(512, 512, FRAMES_ANYWHERE, &phys) || free_frames(phys, 512))
            return false;
    return true;
}

static bool piece_pair(uint64_t rounds, size_t size)
{
    while (rounds-- > 0) {
        void *piece = alloc(size, 8);

        if (!piece)
            return false;
        dealloc(piece, size, 8);
    }
    return true;
}

static bool heap_64(uint64_t rounds)
{
    return piece_pair(rounds, 64);
}

static bool heap_page(uint64_t rounds)
{
    return piece_pair(rounds, 4096);
}

/* Four pages, mapped and unmapped. */
static bool heap_run(uint64_t rounds)
{
    return piece_pair(rounds, 16384);
}

static bool slab_burst(uint64_t rounds)
{
    enum { BURST = 512 };
    static void *pieces[BURST];
    bool good = true;

    for (; rounds >= BURST; rounds -= BURST) {
        for (unsigned i = 0; i < BURST; i++)
            good = (pieces[i] = alloc(64, 8)) && good;
        for (unsigned i = 0; i < BURST; i++)
            dealloc(pieces[i], 64, 8);
    }
    return good;
}

static const struct memory_bench benches[] = {
    {"frame alloc+free, cached", 60, 10000, frame_pair},
    {"frame alloc+free, 512 at a time", 0, 10240, frame_burst},
    {"frames alloc+free, 2 MiB aligned", 0, 20, large_run},
    {"heap alloc+dealloc, 64 bytes, cached", 60, 10000, heap_64},
    {"heap alloc+dealloc, 64 bytes, 512 at a time", 0, 10240, slab_burst},
    {"heap alloc+dealloc, a page", 0, 10000, heap_page},
    {"heap alloc+dealloc, four pages mapped", 0, 1000, heap_run},
};

const struct memory_bench *memory_bench_at(unsigned index)
{
    return index < array_length(benches) ? &benches[index] : NULL;
}

static bool nothing(uint64_t rounds)
{
    while (rounds-- > 0)
        __asm__ volatile("");
    return true;
}

static bool timed(bool (*run)(uint64_t rounds), uint64_t rounds, uint64_t *ticks)
{
    uint64_t saved = cpu_save_interrupts(), since = cpu_timestamp();
    bool good = run(rounds);

    *ticks = cpu_timestamp() - since;
    cpu_restore_interrupts(saved);
    return good;
}

int memory_bench_run(const struct memory_bench *bench, uint64_t *tenths)
{
    uint64_t ticks, empty;
    bool good = bench->run(bench->rounds); /* once to fill the caches */

    good =
        good && timed(bench->run, bench->rounds, &ticks) && timed(nothing, bench->rounds, &empty);
    if (!good)
        return -ENOMEM;
    *tenths = ticks > empty ? (ticks - empty) * 10 / bench->rounds : 0;
    return 0;
}
