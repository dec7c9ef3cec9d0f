/* Hardware interrupts: who handles which line of the PIC, and how often it came. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

#define IRQ_LINES 16

typedef bool irq_handler(void *context); /* true: it was mine. Interrupts are off. */

struct irq_line {
    const char *name; /* NULL: unclaimed */
    irq_handler *handler;
    void *context;
    uint64_t count;     /* handled */
    uint64_t unclaimed; /* nobody said "mine" */
    uint64_t spurious;  /* IRQ 7 and 15 that the PIC did not mean */
};

/* Bind and unmask. -EINVAL irq ≥ IRQ_LINES, -EBUSY taken. */
int irq_bind(unsigned irq, const char *name, irq_handler *handler, void *context) must_check;
const struct irq_line *irq_line(unsigned irq); /* NULL beyond the last */
void irq_dispatch(unsigned irq); /* from the interrupt entry, irq < IRQ_LINES */
