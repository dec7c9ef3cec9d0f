/* What the files of this folder share of PCI configuration space (PCI Local Bus Specification 2.2 §6.1). */
#pragma once

#include "drivers/ddi.h"

#define PCI_COMMAND      0x04
#define PCI_COMMAND_BITS 0xffffu /* above are status bits, which a 1 would clear */
#define PCI_CLASS        0x08    /* the class in the upper half */
#define PCI_BAR0         0x10
#define PCI_BARS         6u
#define PCI_BAR_PORTS    1u /* it names ports, else memory */

void pci_write(struct ddi_pci device, uint8_t offset, uint32_t value);
/* It answers at its ports and in its memory and moves data by itself; or it does not move any. */
void pci_master(struct ddi_pci device, bool on);
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
/* A frame of zeros below 4 GiB. -ENOMEM. */
int pci_dma_page(uint64_t *address) must_check;
/* The memory that a base address register names, up to 64 KiB of it. -ENODEV: none, or what cannot be a
   device's. */
int pci_bar_memory(struct ddi_pci device, unsigned bar, uint64_t *phys, uint32_t *bytes) must_check;
/* How much the base address register at that offset decodes: its lowest address bit that can be set, of
   `address`; 0: none can. The device answers to nothing meanwhile. */
uint32_t pci_bar_size(struct ddi_pci device, uint8_t offset, uint32_t address);
