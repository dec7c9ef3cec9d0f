/* PCI configuration by mechanism #1 (PCI Local Bus 2.2 §3.2.2.3.2). */
#pragma once

#include <stdint.h>

#include "stage2/cpu.h"

#define PCI_ADDRESS    0xcf8
#define PCI_DATA       0xcfc
#define PCI_ENABLE     0x80000000u
#define PCI_ID         0x00
#define PCI_COMMAND    0x04
#define PCI_MEMORY     0x0002u
#define PCI_BUS_MASTER 0x0004u
#define PCI_CLASS      0x08
#define PCI_NOBODY     0xffffffffu

struct pci_place {
    uint8_t bus, device, function;
};

static inline uint32_t pci_read(struct pci_place at, uint32_t offset)
{
    outl(PCI_ADDRESS, PCI_ENABLE | (uint32_t)at.bus << 16 | (at.device & 31u) << 11 |
                          (at.function & 7u) << 8 | offset);
    return inl(PCI_DATA);
}

/* The register that was read last. */
static inline void pci_write(uint32_t value)
{
    outl(PCI_DATA, value);
}
