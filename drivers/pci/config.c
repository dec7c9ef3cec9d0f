/*
 * PCI configuration space. Mechanism 1 (PCI Local Bus Specification 2.2, 3.2.2.3.2): an address goes to port
 * CF8h, the data are at CFCh. In memory (PCI Express Base Specification 4.0, 7.2.2): 4 KiB a function, 8
 * functions a device, 32 devices a bus. What there is, and who may reach it, is the kernel's
 * (kernel/core/driver/pci.h). Locks: none, see config.h.
 */
#include "drivers/pci/config.h"

#define ADDRESS_PORT 0xcf8
#define DATA_PORT    0xcfc
#define ENABLE       0x80000000u

static void choose(struct ddi_pci device, uint8_t offset)
{
    ddi_out32(ADDRESS_PORT, ENABLE | (uint32_t)device.bus << 16 | (uint32_t)device.device << 11
                                | (uint32_t)device.function << 8 | (offset & 0xfcu));
}

uint32_t pci_ports_read(struct ddi_pci device, uint8_t offset)
{
    choose(device, offset);
    return ddi_in32(DATA_PORT);
}

void pci_ports_write(struct ddi_pci device, uint8_t offset, uint32_t value)
{
    choose(device, offset);
    ddi_out32(DATA_PORT, value);
}

static uint32_t place_of(struct ddi_pci device, uint8_t offset)
{
    return (device.device & 31u) << 15 | (device.function & 7u) << 12 | (offset & 0xfcu);
}

uint32_t pci_memory_read(const struct ddi_mmio *bus, struct ddi_pci device, uint8_t offset)
{
    return ddi_mmio_read32(bus, place_of(device, offset));
}

void pci_memory_write(const struct ddi_mmio *bus, struct ddi_pci device, uint8_t offset, uint32_t value)
{
    ddi_mmio_write32(bus, place_of(device, offset), value);
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "pci",
        .what = "PCI configuration",
        .class = DDI_OTHER,
        .built_in = true,
        .ports = {{ADDRESS_PORT, DATA_PORT + 3, DDI_ANY_VALUE, 0}},
        .placement = DDI_PLACED_KERNEL,
    },
};
