/*
 * PCI configuration, by mechanism 1 (PCI Local Bus Specification 2.2 §3.2.2.3.2): an address goes
 * to port CF8h, the data are at CFCh. Only what drivers of the boot ask for: devices on bus 0,
 * where the chipset's own are. Locks: one spinlock, for the two ports belong together.
 */
#include "drivers/ddi.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/sync/spinlock.h"

#define ADDRESS_PORT 0xcf8
#define DATA_PORT    0xcfc
#define ENABLE       0x80000000u
#define NOBODY       0xffffffffu
#define PCI_ID       0x00
#define PCI_CLASS    0x08
#define PCI_HEADER   0x0c
#define MANY_FUNCTIONS 0x00800000u
#define DEVICES      32u
#define FUNCTIONS    8u

static struct spinlock lock = SPINLOCK("PCI", LOCK_RANK_INTERRUPTS);

static uint32_t address_of(struct ddi_pci device, uint8_t offset)
{
    return ENABLE | (uint32_t)device.bus << 16 | (uint32_t)device.device << 11
           | (uint32_t)device.function << 8 | (offset & 0xfcu);
}

uint32_t ddi_pci_read(struct ddi_pci device, uint8_t offset)
{
    uint64_t saved = spin_lock_irq(&lock);

    out32(ADDRESS_PORT, address_of(device, offset));
    uint32_t value = in32(DATA_PORT);
    spin_unlock_irq(&lock, saved);
    return value;
}

void ddi_pci_write(struct ddi_pci device, uint8_t offset, uint32_t value)
{
    uint64_t saved = spin_lock_irq(&lock);

    out32(ADDRESS_PORT, address_of(device, offset));
    out32(DATA_PORT, value);
    spin_unlock_irq(&lock, saved);
}

/* How many functions to look at; 0: there is no such device. */
static unsigned functions_of(struct ddi_pci device)
{
    if (ddi_pci_read(device, PCI_ID) == NOBODY)
        return 0;
    return ddi_pci_read(device, PCI_HEADER) & MANY_FUNCTIONS ? FUNCTIONS : 1;
}

bool ddi_pci_find(uint8_t class, uint8_t subclass, struct ddi_pci *found)
{
    for (uint8_t number = 0; number < DEVICES; number++) {
        struct ddi_pci device = {0, number, 0};
        unsigned functions = functions_of(device);

        for (device.function = 0; device.function < functions; device.function++) {
            if (ddi_pci_read(device, PCI_ID) != NOBODY
                && ddi_pci_read(device, PCI_CLASS) >> 16 == ((uint32_t)class << 8 | subclass)) {
                *found = device;
                return true;
            }
        }
    }
    return false;
}

int ddi_dma_address(uintptr_t at, uint64_t *address)
{
    return page_translate(at, address) ? -EFAULT : 0;
}
