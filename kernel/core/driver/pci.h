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
#define PCI_INTERFACE_AHCI 0x01u
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

void pci_write(struct ddi_pci device, uint8_t offset, uint32_t value);
/* It answers at its ports and in its memory and moves data by itself; or it does not move any. */
void pci_master(struct ddi_pci device, bool on);
bool pci_is_master(struct ddi_pci device); /* it may move data by itself */
void pci_decode(struct ddi_pci device);    /* it answers at its ports and in its memory */
/* Bits of its command register. */
void pci_change_command(struct ddi_pci device, uint32_t clear, uint32_t set);
static inline bool pci_is_same(struct ddi_pci a, struct ddi_pci b)
{
    return a.bus == b.bus && a.device == b.device && a.function == b.function;
}

/* Its interrupt goes to the handler, which is called with interrupts off and returns whether it was this
   device's: by a message, an edge, or by a line that others may share. -ENODEV: it has neither. */
int pci_irq_bind(struct ddi_pci device, const char *name, bool (*handler)(void *context), void *context,
                 bool *by_message) must_check;
void pci_irq_release(struct ddi_pci device, bool (*handler)(void *context), void *context, bool by_message);
/* Of one with a line: it asks for attention; it does not while it is quiet (PCI 2.3 §6.2.2). */
bool pci_irq_is_raised(struct ddi_pci device);
void pci_irq_quiet(struct ddi_pci device, bool quiet);
/* So many frames of zeros, one behind the other, below 4 GiB. -ENOMEM. */
int pci_dma_memory(uint64_t frames, uint64_t *address) must_check;
/* The memory that a base address register names, up to 64 KiB of it. -ENODEV: none, or what cannot be a
   device's. */
int pci_bar_memory(struct ddi_pci device, unsigned bar, uint64_t *phys, uint32_t *bytes) must_check;

struct pci_bar {
    uint64_t base, bytes; /* bytes 0: none */
    bool ports, wide, prefetchable; /* wide: 64 bits, the next register is its upper half */
};
/* Register `bar`, which a bridge has two of; `measure`: its size too, for which the device
   answers to nothing, and the CPU to no interrupt. */
struct pci_bar pci_bar(struct ddi_pci device, unsigned bar, bool measure);

/* Some of it is memory of ours, or of the firmware's tables, which no device's registers can be. */
bool pci_is_memory(uint64_t phys, uint64_t bytes);
