/* An AHCI controller as a whole: found, taken over from the BIOS, reset (AHCI 1.3.1 §10.1, §10.6). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "drivers/ddi.h"
#include "drivers/disk/ahci/port.h"
#include "lib/compiler.h"

struct ahci_controller {
    struct ddi_pci place;
    struct ddi_mmio registers;
    uint32_t capabilities, ports; /* AHCI_CAP; a bit a port */
    bool linked;    /* a port had a drive before the reset: the BIOS has waited for them all */
    bool irq_bound;
    uint8_t line; /* when it is */
    bool dead;      /* does not stop moving data when it is told to: cut off */
    struct ahci_port *by_number[AHCI_PORTS]; /* those that are driven: for the interrupt */
};

/* place is set; fills in the rest. After it the controller is in AHCI mode, its ports silent.
   -ENODEV, -ENOMEM, -EIO: what it says is nonsense; -ETIMEDOUT: it does not come out of a reset. */
int ahci_controller_start(struct ahci_controller *controller) must_check;
/* Listen to its interrupt; without one all ports are polled. */
void ahci_controller_enable_irq(struct ahci_controller *controller);
/* It came: all ports' events are taken. */
void ahci_controller_interrupt(struct ahci_controller *controller);
/* The last resort: it can reach no memory any more. */
void ahci_controller_cut_off(struct ahci_controller *controller);
