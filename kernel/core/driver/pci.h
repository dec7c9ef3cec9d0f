/* What the kernel knows of PCI beside ddi.h (PCI Local Bus Specification 2.2, chapter 6). */
#pragma once

#include "drivers/ddi.h"

#define PCI_BUSES     256u
#define PCI_DEVICES   32u
#define PCI_FUNCTIONS 8u

#define PCI_ID           0x00
#define PCI_COMMAND      0x04
#define PCI_COMMAND_BITS 0xffffu /* above are status bits, which a 1 would clear */
#define PCI_CLASS        0x08    /* the class in the upper half */
#define PCI_HEADER       0x0c
#define PCI_BAR0         0x10
#define PCI_BARS         6u
#define PCI_BAR_PORTS    1u /* it names ports, else memory */
#define PCI_BUS_NUMBERS  0x18 /* of a bridge: its own, the one behind it, the last behind it */
#define PCI_LINE         0x3c

#define PCI_HEADER_TYPE(header) ((header) >> 16 & 0x7fu)
#define PCI_HEADER_BRIDGE 1u

/* Once there is an APIC or not, before the first read: chooses how configuration is reached. */
void pci_init(void);

/* Every function there is: of bus 0, and of the buses that bridges lead to. Starts as zeros. */
struct pci_walk {
    struct ddi_pci at;
    bool begun;
    bool buses[PCI_BUSES];
};
bool pci_next(struct pci_walk *walk) must_check; /* false: there are no more */

/* Where the capability with that number is; 0: the device has none (6.7). */
uint8_t pci_capability(struct ddi_pci device, uint8_t number);
/* The next one behind `at`, the first behind 0, and its head: number, and two bytes of its own. 0: no more.
   A list may go around: the caller counts to PCI_CAPABILITIES_MAX. */
#define PCI_CAPABILITIES_MAX 48u /* that 192 bytes have room for */
uint8_t pci_next_capability(struct ddi_pci device, uint8_t at, uint32_t *head);

/* How much the base address register at that offset decodes: its lowest address bit that can be set, of
   `address`; 0: none can. The device answers to nothing meanwhile, and the CPU to no interrupt. */
uint32_t pci_bar_size(struct ddi_pci device, uint8_t offset, uint32_t address);

struct pci_bar {
    uint64_t base, bytes; /* bytes 0: none */
    bool ports, wide, prefetchable; /* wide: 64 bits, the next register is its upper half */
};
/* Register `bar`, which a bridge has two of; `measure`: its size too, see pci_bar_size. */
struct pci_bar pci_bar(struct ddi_pci device, unsigned bar, bool measure);

/* Some of it is memory of ours, or of the firmware's tables, which no device's registers can be. */
bool pci_is_memory(uint64_t phys, uint64_t bytes);
