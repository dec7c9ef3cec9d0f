/* How long it takes into a handler and back: entry, dispatch, handler, acknowledgement, IRETQ. */
#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/interrupts.h"
#include "lib/errno.h"

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

int interrupts_bench(unsigned rounds, uint64_t *elapsed)
{
    unsigned irq;
    uint64_t saved;
    int error = bind_free_line(&irq);

    if (error)
        return error;
    saved = cpu_save_interrupts(); /* no real one in between; INT comes all the same */
    *elapsed = cpu_timestamp();
    for (unsigned i = 0; i < rounds; i++)
        irq_trigger(irq);
    *elapsed = cpu_timestamp() - *elapsed;
    cpu_restore_interrupts(saved);
    return irq_unbind(irq, claim, &irq);
}
