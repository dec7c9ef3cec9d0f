/*
 * How PCI configuration space is reached (drivers/pci): by memory, where ACPI's MCFG says that it is and bus
 * 0 looks there as it does by ports; else by the ports.
 *
 * Use: pci_init → ddi_pci_read, pci_write. Locks: one spinlock, for the two ports belong together; the map of
 * a bus is made once, by whoever asks first.
 */
#include "drivers/pci/config.h"
#include "kernel/arch/arch.h"
#include "kernel/core/acpi/acpi.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/log/log.h"
#include "kernel/core/sync/spinlock.h"

#define LOOKED_AT 8

static struct spinlock lock = SPINLOCK("PCI", LOCK_RANK_INTERRUPTS);
static struct acpi_mcfg mcfg;
static bool by_memory;
static struct ddi_mmio buses[PCI_BUSES]; /* bytes 0: not mapped yet */

static uint32_t read_by_ports(struct ddi_pci device, uint8_t offset)
{
    uint64_t saved = spin_lock_irq(&lock);
    uint32_t value = pci_ports_read(device, offset);

    spin_unlock_irq(&lock, saved);
    return value;
}

static void write_by_ports(struct ddi_pci device, uint8_t offset, uint32_t value)
{
    uint64_t saved = spin_lock_irq(&lock);

    pci_ports_write(device, offset, value);
    spin_unlock_irq(&lock, saved);
}

/* NULL: it does not lie in memory, or there is none for its map. Two who ask at once map it twice. */
static const struct ddi_mmio *bus_of(uint8_t number)
{
    struct ddi_mmio *bus = &buses[number];

    if (__atomic_load_n(&bus->bytes, __ATOMIC_ACQUIRE) > 0)
        return bus;
    if (number < mcfg.first_bus || number > mcfg.last_bus)
        return NULL;
    volatile void *there = device_map(mcfg.phys + (uint64_t)number * PCI_BUS_BYTES, PCI_BUS_BYTES,
                                      PAGE_WRITE | PAGE_UNCACHED);

    if (!there)
        return NULL;
    bus->at = there;
    __atomic_store_n(&bus->bytes, PCI_BUS_BYTES, __ATOMIC_RELEASE);
    return bus;
}

uint32_t ddi_pci_read(struct ddi_pci device, uint8_t offset)
{
    const struct ddi_mmio *bus = by_memory ? bus_of(device.bus) : NULL;

    return bus ? pci_memory_read(bus, device, offset) : read_by_ports(device, offset);
}

void pci_write(struct ddi_pci device, uint8_t offset, uint32_t value)
{
    const struct ddi_mmio *bus = by_memory ? bus_of(device.bus) : NULL;

    if (bus)
        pci_memory_write(bus, device, offset, value);
    else
        write_by_ports(device, offset, value);
}

/* The first devices of bus 0 are the same both ways. */
static bool looks_right(void)
{
    const struct ddi_mmio *bus = bus_of(0);

    for (uint8_t i = 0; bus && i < LOOKED_AT; i++)
        if (pci_memory_read(bus, (struct ddi_pci){0, i, 0}, 0) != read_by_ports((struct ddi_pci){0, i, 0}, 0))
            return false;
    return bus;
}

void pci_init(void)
{
    if (acpi_read_mcfg(&mcfg) || mcfg.first_bus != 0
        || pci_is_memory(mcfg.phys, (mcfg.last_bus + 1ull) * PCI_BUS_BYTES))
        return;
    by_memory = looks_right();
    if (by_memory)
        log_debug("pci", "configuration at 0x%llx, buses 0 to %u", (unsigned long long)mcfg.phys,
                  mcfg.last_bus);
    else
        log_warn("pci", "configuration at 0x%llx is not what the ports have: ports taken",
                 (unsigned long long)mcfg.phys);
}
