/* kbench: runs the benchmarks that the linker gathered (kernel.ld), or those whose names begin with
   a word. */
#include <stdbool.h>

#include "kernel/arch/arch.h"
#include "kernel/monitor/command.h"
#include "kernel/test/commands.h"
#include "kernel/test/kbench.h"
#include "lib/string.h"

#define FEW  100
#define MANY 1100
#define ROUNDS 5 /* the fastest counts: the others were interrupted */

extern const struct kbench kbenches_start[], kbenches_end[];

static uint64_t ticks_of(const struct kbench *bench, uint64_t count)
{
    uint64_t best = UINT64_MAX;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t start = cpu_timestamp();

        bench->run(count);
        uint64_t ticks = cpu_timestamp() - start;

        best = ticks < best ? ticks : best;
    }
    return best;
}

static void run(const struct kbench *bench)
{
    uint64_t few = ticks_of(bench, FEW), many = ticks_of(bench, MANY);
    uint64_t tenths = many > few ? (many - few) * 10 / (MANY - FEW) : 0;

    output_print("%-40s %6llu.%llu\n", bench->name, (unsigned long long)(tenths / 10),
                 (unsigned long long)(tenths % 10));
    output_flush();
}

static bool chosen(const struct kbench *bench, const struct words *words)
{
    for (int i = 1; i < words->count; i++)
        if (strncmp(bench->name, words->at[i], strlen(words->at[i])) == 0)
            return true;
    return words->count == 1;
}

int kbench(const struct words *words)
{
    unsigned ran = 0;

    for (const struct kbench *bench = kbenches_start; bench < kbenches_end; bench++) {
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
        if (!chosen(bench, words))
            continue;
        run(bench);
        ran++;
    }
    return ran ? COMMAND_OK : command_fail(words, "no benchmark's name begins so");
}
