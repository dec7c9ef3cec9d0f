/*
 * What ACPI's tables say about leaving: the FADT's registers (Advanced Configuration and Power Interface
 * 6.4, 5.2.9) and the sleep type of S5, which is the package that the DSDT or an SSDT gives the name _S5_
 * (7.4.2.6). Pure, like lib/acpi.h. There is no interpreter of AML: the name is searched for, and counts
 * where a whole declaration of a package of numbers stands around it.
 *
 * Use: acpi_fadt_parse on a FADT that acpi_table_check passed → acpi_find_s5 on the table at dsdt_phys.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/acpi.h"
#include "lib/compiler.h"
#include "lib/span.h"

#define ACPI_FADT_MAX 512     /* bytes; 276 in ACPI 6.4 */
#define ACPI_AML_MAX  1048576 /* bytes of a DSDT or SSDT */
#define ACPI_SLEEP_TYPE_MAX 7

/* Ports; 0: there is none. */
struct acpi_power {
    uint64_t dsdt_phys;
    uint16_t smi_command; /* where `enable` asks the BIOS for ACPI mode */
    uint8_t enable;
    uint16_t pm1a, pm1b; /* control registers, 16 bits each */
    uint16_t reset;
    uint8_t reset_value;
    bool has_s5; /* … and these are its sleep types */
    uint8_t s5_a, s5_b;
};

/* Leaves S5 alone. Registers that are not ports are none. -EUCLEAN: too short, or a port that cannot be. */
int acpi_fadt_parse(struct span table, struct acpi_power *power, struct acpi_damage *damage) must_check;

/* -ENOENT: the name is not there, or with nothing that can be S5's sleep types. */
int acpi_find_s5(struct span aml, struct acpi_power *power) must_check;
