/* ACPI's fixed registers, for leaving: off by S5, and reset. What the tables said of them: lib/acpi_power.h;
   the ports are the driver's by driver_grant. */
#pragma once

#include "lib/acpi_power.h"
#include "lib/compiler.h"

/* Both return only when the machine is still there. -ENODEV: no such register, or no S5; -EIO: the BIOS
   did not go into ACPI mode; -ETIMEDOUT: nothing happened within a second. Interrupts may be off. */
int power_acpi_off(const struct acpi_power *power) must_check;
int power_acpi_reset(const struct acpi_power *power) must_check;
