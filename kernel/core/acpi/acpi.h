/*
 * The ACPI tables that the BIOS left. lib/acpi.h reads them; this finds them in physical memory.
 * Use after the page tables are set up (step 6), one at a time; the first call looks for them.
 */
#pragma once

#include "lib/acpi.h"
#include "lib/acpi_hpet.h"
#include "lib/acpi_mcfg.h"
#include "lib/acpi_power.h"
#include "lib/compiler.h"

/* 0; -ENOENT: there are none; -EUCLEAN, -EFAULT: they are damaged, or lie where there is no
   memory. What was wrong is in the log. */
int acpi_init(void) must_check;
/* The MADT, read by the first call and kept. NULL: none that can be used; the log says why. */
const struct acpi_madt *acpi_madt(void);
/* Where PCI configuration lies. -ENOENT: there is no such table, or no segment 0 in it; -EUCLEAN, -EFAULT. */
int acpi_read_mcfg(struct acpi_mcfg *mcfg) must_check;
/* Where the HPET's registers lie. The same errors. */
int acpi_read_hpet(uint64_t *phys) must_check;
/* How to leave. Without S5 is no error. -ENOENT: no ACPI, no FADT; -EUCLEAN, -EFAULT: the log says why. */
int acpi_read_power(struct acpi_power *power) must_check;
