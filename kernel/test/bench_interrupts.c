/* bench-interrupts: into a handler and back: entry, dispatch, handler, acknowledgement, IRETQ.
   Under QEMU's -icount shift=0 a tick is an instruction. */
#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/monitor/command.h"
#include "kernel/test/commands.h"
#include "lib/errno.h"

#define ROUNDS 1000u

static bool claim(void *context)
{
    (void)context;
    return true;
}

static int bind_free_line(unsigned *irq)
{
    for (*irq = 3; *irq < IRQ_LINES; ++*irq) /* 0–2: timer, keyboard, cascade */
        if (*irq != 7 && *irq != 15 && !irq_bind(*irq, "bench", claim, irq))
            return 0;
    return -EBUSY;
}

/* Ticks of ROUNDS interrupts, real ones kept out: INT comes all the same. */
static uint64_t time_rounds(unsigned irq)
{
    uint64_t saved = cpu_save_interrupts(), start = cpu_timestamp();

    for (unsigned i = 0; i < ROUNDS; i++)
        irq_trigger(irq);
    uint64_t elapsed = cpu_timestamp() - start;

    cpu_restore_interrupts(saved);
    return elapsed;
}

int bench_interrupts(const struct words *words)
{
    unsigned irq;
    int error;

    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    if (bind_free_line(&irq))
        return command_fail(words, "no interrupt line is free");
    time_rounds(irq); /* the first pass brings the code into the caches */
    uint64_t elapsed = time_rounds(irq);

    error = irq_unbind(irq, claim, &irq);
    if (error)
        return command_fail(words, "line %u: %s", irq, error_text(error));
    output_print("interrupt entry, handler and back (%s): %llu ticks of the TSC\n",
                 irq_controller_name(), (unsigned long long)(elapsed / ROUNDS));
    return COMMAND_OK;
}
