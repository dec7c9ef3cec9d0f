/* bench-memory: instructions of the memory's fast paths (exact under QEMU's -icount shift=0). */
#include "kernel/test/memory_bench.h"
#include "kernel/monitor/command.h"
#include "kernel/test/commands.h"
#include "lib/errno.h"

static void print_result(const struct memory_bench *bench, uint64_t tenths)
{
    output_print("%-44s %6llu.%llu", bench->what, (unsigned long long)(tenths / 10),
                 (unsigned long long)(tenths % 10));
    if (bench->goal)
        output_print("  (goal %llu)", (unsigned long long)bench->goal);
    output_print("\n");
}

int bench_memory(const struct words *words)
{
    const struct memory_bench *bench;
    int status = COMMAND_OK;
    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    output_print("time-stamp counter ticks a round, calls included, the empty loop not:\n");
    for (unsigned i = 0; (bench = memory_bench_at(i)); i++) {
        uint64_t tenths;
        int error = memory_bench_run(bench, &tenths);
        if (error)
            status = command_fail(words, "%s: %s", bench->what, error_text(error));
        else
            print_result(bench, tenths);
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
    }
    return status;
}
