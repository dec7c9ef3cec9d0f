/*
 * PCI configuration space. By memory, where ACPI's MCFG says that it is (ECAM, PCI Express Base
 * Specification 4.0, 7.2.2) and bus 0 looks there as it does by ports; else by mechanism 1 (PCI Local Bus
 * Specification 2.2, 3.2.2.3.2): an address goes to port CF8h, the data are at CFCh.
 *
 * Use: pci_init → ddi_pci_read, pci_write. Locks: one spinlock, for the two ports belong together;
 * the map of a bus is made once, by whoever asks first.
 */
#include "drivers/ddi.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/acpi/acpi.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/log/log.h"
#include "kernel/core/sync/spinlock.h"

#define ADDRESS_PORT 0xcf8
#define DATA_PORT    0xcfc
#define ENABLE       0x80000000u
#define BUS_BYTES    0x100000u
#define LOOKED_AT    8

/* A bus as it lies in memory. */
struct bus {
    uint32_t at[PCI_DEVICES][PCI_FUNCTIONS][1024];
};

static struct spinlock lock = SPINLOCK("PCI", LOCK_RANK_INTERRUPTS);
static struct acpi_mcfg mcfg;
static bool by_memory;
static volatile struct bus *buses[PCI_BUSES];

static uint32_t address_of(struct ddi_pci device, uint8_t offset)
{
    return ENABLE | (uint32_t)device.bus << 16 | (uint32_t)device.device << 11
           | (uint32_t)device.function << 8 | (offset & 0xfcu);
}

static uint32_t read_by_ports(struct ddi_pci device, uint8_t offset)
{
    uint64_t saved = spin_lock_irq(&lock);

    out32(ADDRESS_PORT, address_of(device, offset));
    uint32_t value = in32(DATA_PORT);
    spin_unlock_irq(&lock, saved);
    return value;
}

static void write_by_ports(struct ddi_pci device, uint8_t offset, uint32_t value)
{
    uint64_t saved = spin_lock_irq(&lock);

    out32(ADDRESS_PORT, address_of(device, offset));
    out32(DATA_PORT, value);
    spin_unlock_irq(&lock, saved);
}

/* NULL: it does not lie in memory, or there is none for its map. Two who ask at once map it twice. */
static volatile struct bus *bus_of(uint8_t bus)
{
    volatile struct bus *there = buses[bus];

    if (there || bus < mcfg.first_bus || bus > mcfg.last_bus)
        return there;
    there = device_map(mcfg.phys + (uint64_t)bus * BUS_BYTES, BUS_BYTES, PAGE_WRITE | PAGE_UNCACHED);
    __atomic_store_n(&buses[bus], there, __ATOMIC_RELEASE);
    return there;
}

/* The register in memory, or NULL. */
static volatile uint32_t *register_of(struct ddi_pci device, uint8_t offset)
{
    volatile struct bus *bus = by_memory ? bus_of(device.bus) : NULL;

    return bus ? &bus->at[device.device % PCI_DEVICES][device.function % PCI_FUNCTIONS][offset / 4] : NULL;
}

uint32_t ddi_pci_read(struct ddi_pci device, uint8_t offset)
{
    volatile uint32_t *at = register_of(device, offset);

    return at ? *at : read_by_ports(device, offset);
}

void pci_write(struct ddi_pci device, uint8_t offset, uint32_t value)
{
    volatile uint32_t *at = register_of(device, offset);

    if (at)
        *at = value;
    else
        write_by_ports(device, offset, value);
}

/* The first devices of bus 0 are the same both ways. */
static bool looks_right(void)
{
    volatile struct bus *bus = bus_of(0);

    for (uint8_t i = 0; bus && i < LOOKED_AT; i++)
        if (bus->at[i][0][0] != read_by_ports((struct ddi_pci){0, i, 0}, 0))
            return false;
    return bus;
}

void pci_init(void)
{
    if (acpi_read_mcfg(&mcfg) || mcfg.first_bus != 0
        || pci_is_memory(mcfg.phys, (mcfg.last_bus + 1ull) * BUS_BYTES))
        return;
    by_memory = looks_right();
    if (by_memory)
        log_debug("pci", "configuration at 0x%llx, buses 0 to %u", (unsigned long long)mcfg.phys,
                  mcfg.last_bus);
    else
        log_warn("pci", "configuration at 0x%llx is not what the ports have: ports taken",
                 (unsigned long long)mcfg.phys);
}
