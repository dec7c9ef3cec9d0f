/* What the files of this folder share of PCI configuration space (PCI Local Bus Specification 2.2 §6.1). */
#pragma once

#include "drivers/ddi.h"

#define PCI_COMMAND      0x04
#define PCI_COMMAND_BITS 0xffffu /* above are status bits, which a 1 would clear */
#define PCI_CLASS        0x08    /* the class in the upper half */
#define PCI_BAR0         0x10
#define PCI_BARS         6u
#define PCI_BAR_PORTS    1u /* it names ports, else memory */

/* How much the base address register at that offset decodes: its lowest address bit that can be set, of
   `address`; 0: none can. The device answers to nothing meanwhile. */
uint32_t pci_bar_size(struct ddi_pci device, uint8_t offset, uint32_t address);
