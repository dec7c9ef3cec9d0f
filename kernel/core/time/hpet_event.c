/*
 * The HPET, where ACPI's table says that it is. As a clock event device it stands in the PIT's place, at its
 * line; beside a local APIC, which has a timer of its own, it does not, and nothing of the lines changes.
 */
#include "kernel/core/time/hpet_event.h"

#include "drivers/ddi.h"
#include "drivers/timer/hpet/hpet.h"
#include "kernel/arch/arch.h"
#include "kernel/core/acpi/acpi.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/clock_event.h"
#include "kernel/core/time/time.h"
#include "lib/string.h"

static uint64_t rate; /* 0: there is none */

static void set_oneshot(uint64_t ns)
{
    hpet_interrupt_after((uint32_t)(ns * rate / NS_PER_SECOND) + 1); /* most_ns times 10 GHz is 10^18 */
}

static const struct clock_event hpet = {
    .name = "HPET",
    .rating = 150,
    .least_ns = 5 * NS_PER_US,
    .most_ns = 100 * NS_PER_MS, /* 2^30 ticks at 10 GHz */
    .set_oneshot = set_oneshot,
    .stop = hpet_stop,
};

static bool is_off(void)
{
    char wanted[8];

    return boot_option("hpet", wanted, sizeof(wanted)) == 0 && strcmp(wanted, "off") == 0;
}

static int start(uint64_t phys, uint64_t *hz)
{
    struct ddi_mmio registers = {NULL, HPET_BYTES};

    if (pci_is_memory(phys, HPET_BYTES))
        return -ENODEV;
    registers.at = device_map(phys, HPET_BYTES, PAGE_WRITE | PAGE_UNCACHED);
    int error = registers.at ? hpet_start(&registers, hz) : -ENOMEM;

    if (error && registers.at)
        device_unmap(registers.at, HPET_BYTES);
    return error;
}

int hpet_find(uint64_t *hz)
{
    uint64_t phys;
    int error = is_off() ? -ENOENT : acpi_read_hpet(&phys);

    if (error)
        return error;
    error = start(phys, hz);
    if (error)
        log_warn("time", "the HPET at 0x%llx: %s: not used", (unsigned long long)phys, error_text(error));
    else
        rate = *hz;
    return error;
}

void hpet_event_offer(void)
{
    if (rate && !apic_in_use() && hpet_can_interrupt())
        (void)clock_event_offer(&hpet);
}
