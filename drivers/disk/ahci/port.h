/*
 * One port of an AHCI controller: its link, its memory, commands and recovery (AHCI 1.3.1 §5, §6,
 * §10). What to ask of which drive is ahci.c's.
 *
 * A command: ahci_port_prepare for each slot → ahci_port_run. After an error ahci_port_recover. All
 * may wait, and none for ever. One thread of control.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "drivers/ddi.h"
#include "drivers/disk/ahci/registers.h"
#include "lib/compiler.h"

/* Of a command, wherever its memory lies: a page each, and the first begins within one. */
#define AHCI_COMMAND_SECTORS ((DDI_AHCI_PIECES - 1) * 8u)
#define AHCI_SMALL_SECTORS   ((DDI_AHCI_SMALL_PIECES - 1) * 8u)
#define AHCI_BOUNCE_SECTORS  4u

/* Memory of a disk's own: a page. */
struct ahci_buffers {
    uint8_t sector[AHCI_SECTOR_BYTES]; /* IDENTIFY, a log */
    uint8_t bounce[AHCI_BOUNCE_SECTORS * AHCI_SECTOR_BYTES]; /* data of memory out of its reach */
};

enum ahci_fault {
    AHCI_FAULT_NONE,
    AHCI_FAULT_ERROR,   /* the drive reports one: status and error say what */
    AHCI_FAULT_LINK,    /* link or host bus: events say what */
    AHCI_FAULT_BUSY,    /* no answer in time */
    AHCI_FAULT_SHORT,   /* done, and not all was moved */
    AHCI_FAULT_GONE,    /* no drive, or no controller, any more */
};

struct ahci_port {
    const struct ddi_mmio *registers;
    uint8_t number;
    bool override; /* CAP.SCLO */
    bool irq_bound;
    struct ddi_table table;       /* what it reads and writes; none: not open */
    struct ahci_buffers *buffers; /* NULL: not started */

    /* What the last failed call saw. */
    enum ahci_fault fault;
    uint8_t status, error;
    uint32_t seen; /* events */
    uint32_t waited_ms;

    uint32_t events;     /* AHCI_INT_… that have been taken from the port */
    uint32_t interrupts; /* that came */
    uint32_t missed;     /* in a row: a wait ended, and none had come */
};

struct ahci_command {
    uint8_t code;
    uint8_t device;
    uint16_t features;
    uint16_t count;
    uint64_t lba;
    bool write;
};

uint32_t ahci_port_in(const struct ahci_port *port, uint32_t reg);
void ahci_port_out(const struct ahci_port *port, uint32_t reg, uint32_t value);
unsigned ahci_port_link(const struct ahci_port *port); /* SSTS.DET */

/* Bring it to rest and let its link come up, without waiting for it. -ETIMEDOUT: it does not rest. */
int ahci_port_wake(struct ahci_port *port) must_check;
/* There is a link: receive what the drive sends, until it is ready. `table`: one that is free, or none yet;
   it is the port's from here on. -ETIMEDOUT; -ENOMEM and others of ddi_dma_table. */
int ahci_port_open(struct ahci_port *port, struct ddi_pci place, struct ddi_table *table, uint32_t timeout_ms)
    must_check;
/* From here on it takes commands. -ETIMEDOUT. */
int ahci_port_start(struct ahci_port *port) must_check;
int ahci_port_halt(struct ahci_port *port) must_check; /* -ETIMEDOUT: it may be at its commands still */
int ahci_port_stop(struct ahci_port *port) must_check; /* -ETIMEDOUT: it may still write to its memory */

/* Fill a slot, as ddi_dma_order. -EFAULT, -E2BIG: memory that it cannot reach in one command. */
int ahci_port_prepare(struct ahci_port *port, unsigned slot, const struct ahci_command *command,
                      const void *memory, uint32_t bytes) must_check;
/* Run the slots of the mask to their end; queued: by NCQ, a slot is its tag. -EIO: an error;
   -ETIMEDOUT: no answer; -ENODEV: gone. */
int ahci_port_run(struct ahci_port *port, uint32_t slots, bool queued, uint32_t timeout_ms)
    must_check;
uint32_t ahci_port_moved(const struct ahci_port *port, unsigned slot); /* bytes, without NCQ */
/* Of the registers that the drive sent last, as a FIS: AHCI_FIS_…. */
uint8_t ahci_port_received(const struct ahci_port *port, unsigned at);

/* After an error: ready for commands again; reset: by COMRESET in any case. -ETIMEDOUT, -ENODEV. */
int ahci_port_recover(struct ahci_port *port, bool reset, uint32_t timeout_ms) must_check;

/* An interrupt of the controller's: it takes its events from the port. */
void ahci_port_interrupt(struct ahci_port *port);
/* Of ahci.c: lines came while a port rested, whose controllers are to be looked at. */
void ahci_lines_came(uint32_t lines);

/* "UNC (uncorrectable data)", "no answer for 31000 ms (status 80h)": the last fault in words. */
void ahci_port_fault_text(const struct ahci_port *port, bool write, char *text, size_t size);
