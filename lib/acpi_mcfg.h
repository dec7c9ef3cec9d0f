/* Where PCI configuration lies in memory: ACPI's table MCFG (PCI Firmware Specification 3.2, 4.1.2). Pure,
   like lib/acpi.h. */
#pragma once

#include <stdint.h>

#include "lib/acpi.h"
#include "lib/compiler.h"
#include "lib/span.h"

#define ACPI_MCFG_MAX 1024 /* bytes: 61 areas */

/* 4 KiB for each function, 1 MiB for each bus; `phys` is bus 0's, whether it is one of them or not. */
struct acpi_mcfg {
    uint64_t phys;
    uint8_t first_bus, last_bus;
};

/* A table that acpi_table_check passed: the area of segment 0. -ENOENT: it has none; -EUCLEAN. */
int acpi_mcfg_parse(struct span table, struct acpi_mcfg *mcfg, struct acpi_damage *damage) must_check;
