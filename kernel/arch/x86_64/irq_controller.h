/*
 * The interrupt controller: the pair of 8259s (pic.c), or I/O APICs with a local APIC (ioapic.c).
 * irq.c holds the one in use behind arch.h's irq_… . Lines are 0–15, whatever the inputs are. The
 * caller has interrupts off.
 */
#pragma once

#include <stdbool.h>

#include "lib/compiler.h"

#define VECTOR_IRQ 32 /* of line 0; both controllers use the same sixteen */

struct irq_controller {
    const char *name;
    void (*mask)(unsigned irq);
    void (*unmask)(unsigned irq);
    void (*acknowledge)(unsigned irq);
    bool (*is_spurious)(unsigned irq);
    bool (*is_level)(unsigned irq);
};

extern const struct irq_controller pic, ioapic;

void irq_use(const struct irq_controller *controller);
void pic_shut_up(void); /* all lines masked, for good */

struct acpi_madt;
/* Find and check every I/O APIC, all its inputs masked; nothing else changes. -EINVAL with *why. */
int ioapic_init(const struct acpi_madt *madt, const char **why) must_check;
