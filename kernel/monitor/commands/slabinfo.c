/* slabinfo: the heap's caches; `slabinfo leaks` (debug build): what lives, by who allocated it. */
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/page_runs.h"
#include "kernel/core/memory/slab.h"
#include "kernel/monitor/command.h"
#include "kernel/symbols.h"
#include "lib/string.h"

static void print_caches(void)
{
    struct slab_info info;
    output_print("%-16s %6s %8s %8s %6s %6s %8s %12s %8s\n", "cache", "bytes", "used", "objects",
                 "slabs", "most", "KiB", "allocations", "failures");
    for (unsigned i = 0; slab_info(i, &info); i++)
        output_print("%-16s %6u %8llu %8llu %6llu %6llu %8llu %12llu %8llu\n", info.name, info.size,
                     (unsigned long long)info.used, (unsigned long long)info.objects,
                     (unsigned long long)info.slabs, (unsigned long long)info.slabs_most,
                     (unsigned long long)(info.slabs * info.slab_bytes / 1024),
                     (unsigned long long)info.allocations, (unsigned long long)info.failures);
}

static int print_leaks(const struct words *words)
{
    struct heap_leak leak;
    unsigned count = 0;
    for (; heap_leak(0, count, &leak); count++) {
        char name[64];
        if (!symbol_describe((uintptr_t)leak.caller, name, sizeof(name)))
            strlcpy(name, "?", sizeof(name));
        output_print("%8llu pieces %10llu bytes  %s\n", (unsigned long long)leak.pieces,
                     (unsigned long long)leak.bytes, name);
    }
    if (count == 0)
        return command_fail(words, "nothing is known: only a debug build (make DEBUG=1) keeps lists");
    return COMMAND_OK;
}

static int slabinfo(const struct words *words)
{
    if (words->count == 2 && strcmp(words->at[1], "leaks") == 0)
        return print_leaks(words);
    if (words->count > 1)
        return command_misused(words, "%s: only `leaks` may follow", words->at[1]);
    print_caches();
    output_print("heap: %s, %llu KiB handed out, %llu KiB in page runs, %llu faults\n",
                 heap_stage_name(), (unsigned long long)(heap_used() / 1024),
                 (unsigned long long)(page_runs_used() * 4), (unsigned long long)heap_faults());
    return COMMAND_OK;
}

MONITOR_COMMAND("slabinfo", "slabinfo [leaks]", "show the heap's caches, or what lives in it",
                slabinfo);
