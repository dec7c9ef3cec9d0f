/* The local APIC, for kernel/arch/x86_64 alone; arch.h has the apic_… that others use. */
#pragma once

#include <stdint.h>

#include "lib/acpi.h"
#include "lib/compiler.h"

/* Map its registers; nothing changes yet. -ENODEV, -ENOTSUP, -ENOMEM with *why. */
int lapic_find(const struct acpi_madt *madt, const char **why) must_check;
/* Turn it on: spurious and error vectors, the NMI pins, nothing in service, no PIC at its pin. */
void lapic_enable(const struct acpi_madt *madt);
