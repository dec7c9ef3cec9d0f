/* PCI configuration space, both ways to it. offset: a multiple of 4. */
#pragma once

#include "drivers/ddi.h"

#define PCI_BUS_BYTES 0x100000u /* of configuration in memory, a bus */

/* Mechanism 1. Two ports that belong together: one caller at a time. */
uint32_t pci_ports_read(struct ddi_pci device, uint8_t offset);
void pci_ports_write(struct ddi_pci device, uint8_t offset, uint32_t value);

/* In memory (ECAM): `bus` is where the device's bus lies, PCI_BUS_BYTES of it. */
uint32_t pci_memory_read(const struct ddi_mmio *bus, struct ddi_pci device, uint8_t offset);
void pci_memory_write(const struct ddi_mmio *bus, struct ddi_pci device, uint8_t offset, uint32_t value);
