/*
 * ACPI's fixed registers: ACPI 6.4, 4.8.3.2 (PM1 control), 4.8.3.6 (reset), 16.1.5 (entering S5 without
 * an interpreter: _PTS and _GTS are not run). Use: power_acpi_off, power_acpi_reset. Locks: none; the
 * machine ends.
 */
#include "drivers/power/power.h"

#include "drivers/ddi.h"

#define SCI_EN         0x0001u /* ACPI mode */
#define SLP_TYP_SHIFT  10
#define SLP_TYP        0x1c00u
#define SLP_EN         0x2000u
#define NOBODY         0xffffu

#define STEP_US     1000u
#define PATIENCE_US 1000000u

static bool in_acpi_mode(const struct acpi_power *power)
{
    return ddi_in16(power->pm1a) & SCI_EN;
}

/* The BIOS does it, in its own mode, when SMI_CMD is written (4.8.3.5). */
static int enter_acpi_mode(const struct acpi_power *power)
{
    if (in_acpi_mode(power) || power->smi_command == 0 || power->enable == 0)
        return 0;
    ddi_out8(power->smi_command, power->enable);
    for (uint32_t us = 0; us < PATIENCE_US && !in_acpi_mode(power); us += STEP_US)
        ddi_delay_us(STEP_US);
    return in_acpi_mode(power) ? 0 : -EIO;
}

static void sleep_type(uint16_t port, uint8_t type, unsigned enable)
{
    unsigned kept = ddi_in16(port) & ~(SLP_TYP | SLP_EN);

    ddi_out16(port, (uint16_t)(kept | (unsigned)type << SLP_TYP_SHIFT | enable));
}

/* The types first, the order to sleep behind: as both registers have to be right by then. */
static void enter_s5(const struct acpi_power *power)
{
    static const unsigned orders[] = {0, SLP_EN};

    for (unsigned i = 0; i < array_length(orders); i++) {
        sleep_type(power->pm1a, power->s5_a, orders[i]);
        if (power->pm1b)
            sleep_type(power->pm1b, power->s5_b, orders[i]);
    }
}

int power_acpi_off(const struct acpi_power *power)
{
    if (!power->has_s5 || power->pm1a == 0 || ddi_in16(power->pm1a) == NOBODY)
        return -ENODEV;
    int error = enter_acpi_mode(power);

    if (error)
        return error;
    enter_s5(power);
    ddi_delay_us(PATIENCE_US);
    return -ETIMEDOUT;
}

int power_acpi_reset(const struct acpi_power *power)
{
    if (power->reset == 0)
        return -ENODEV;
    ddi_out8(power->reset, power->reset_value);
    ddi_delay_us(PATIENCE_US / 10);
    return -ETIMEDOUT;
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "power",
        .what = "ACPI power off and reset",
        .class = DDI_OTHER,
        .built_in = true,
        .placement = DDI_PLACED_KERNEL,
    },
};
