/* bench-interrupts: into a handler and back. Under QEMU's -icount shift=0 a tick is an
   instruction. */
#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/monitor/command.h"
#include "lib/errno.h"

#define ROUNDS 1000u

static int bench_interrupts(const struct words *words)
{
    uint64_t elapsed;
    int error;

    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    error = interrupts_bench(ROUNDS, &elapsed); /* the first pass brings the code into the caches */
    if (!error)
        error = interrupts_bench(ROUNDS, &elapsed);
    if (error)
        return command_fail(words, "no interrupt line is free");
    output_print("interrupt entry, handler and back (%s): %llu ticks of the TSC\n",
                 irq_controller_name(), (unsigned long long)(elapsed / ROUNDS));
    return COMMAND_OK;
}

MONITOR_COMMAND("bench-interrupts", "bench-interrupts",
                "time the way into an interrupt handler and back", bench_interrupts);
