/*
 * Lines and their handlers. Use: irq_bind once, then the handler is called. A line that nobody
 * claims is masked at once and named, so that it cannot storm.
 */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/log/log.h"
#include "lib/errno.h"

static struct irq_line lines[IRQ_LINES];

int irq_bind(unsigned irq, const char *name, irq_handler *handler, void *context)
{
    if (irq >= IRQ_LINES)
        return -EINVAL;
    if (lines[irq].name)
        return -EBUSY;
    lines[irq].handler = handler;
    lines[irq].context = context;
    lines[irq].name = name;
    irq_unmask(irq);
    return 0;
}

const struct irq_line *irq_line(unsigned irq)
{
    return irq < IRQ_LINES ? &lines[irq] : NULL;
}

void irq_dispatch(unsigned irq)
{
    struct irq_line *line = &lines[irq];

    if (irq_is_spurious(irq)) {
        line->spurious++;
        return;
    }
    if (!line->handler) {
        line->unclaimed++;
        irq_mask(irq);
        log_warn("interrupts", "IRQ %u came, which nobody claims: masked", irq);
    } else if (line->handler(line->context)) {
        line->count++;
    } else {
        line->unclaimed++;
    }
    irq_acknowledge(irq);
}
