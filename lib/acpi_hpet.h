/* Where the high-precision event timer's registers lie: ACPI's table HPET (IA-PC HPET Specification 1.0a,
   3.2.4). Pure, like lib/acpi.h. */
#pragma once

#include <stdint.h>

#include "lib/acpi.h"
#include "lib/compiler.h"
#include "lib/span.h"

#define ACPI_HPET_MAX 128 /* bytes; 56 */

/* A table that acpi_table_check passed. -EUCLEAN. */
int acpi_hpet_parse(struct span table, uint64_t *phys, struct acpi_damage *damage) must_check;
