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

#define AHCI_SLOTS  4u  /* of a request, at a time */
#define AHCI_PIECES 56u /* of memory, in a command */
#define AHCI_SMALL_SLOTS  16u /* behind those, for small requests that wait at the same time */
#define AHCI_SMALL_PIECES 8u
/* That a command can move wherever they lie: a page each, and the first begins within one. */
#define AHCI_COMMAND_SECTORS ((AHCI_PIECES - 1) * 8u)
#define AHCI_SMALL_SECTORS   ((AHCI_SMALL_PIECES - 1) * 8u)
#define AHCI_BOUNCE_SECTORS 4u

/* What the controller reads and writes: a page of it (§4.2.1, §4.2.2). */
struct ahci_memory {
    struct {
        volatile uint32_t dword[8]; /* flags, bytes moved, where the table is */
    } headers[32];
    uint8_t received[256];
    uint8_t unused[256];
    uint8_t sector[AHCI_SECTOR_BYTES]; /* IDENTIFY, a log */
    uint8_t bounce[AHCI_BOUNCE_SECTORS * AHCI_SECTOR_BYTES]; /* data of memory out of its reach */
};

/* And another page, and one for small requests (§4.2.3). */
struct ahci_piece {
    volatile uint32_t dword[4]; /* address, reserved, bytes − 1 */
};
struct ahci_table {
    uint8_t fis[64], packet[16], unused[48];
};
struct ahci_tables {
    struct {
        struct ahci_table head;
        struct ahci_piece pieces[AHCI_PIECES];
    } table[AHCI_SLOTS];
};
struct ahci_small_tables {
    struct {
        struct ahci_table head;
        struct ahci_piece pieces[AHCI_SMALL_PIECES];
    } table[AHCI_SMALL_SLOTS];
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
    bool far;      /* reaches memory beyond 4 GiB */
    bool override; /* CAP.SCLO */
    bool irq_bound;
    struct ahci_memory *memory; /* NULL: not started */
    uint64_t memory_at;
    struct ahci_tables *tables;
    uint64_t tables_at;
    struct ahci_small_tables *small; /* NULL: none */
    uint64_t small_at;

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
/* There is a link: receive what the drive sends, until it is ready. memory: a page of zeros.
   -ETIMEDOUT. */
int ahci_port_open(struct ahci_port *port, struct ahci_memory *memory, uint64_t memory_at,
                   uint32_t timeout_ms) must_check;
/* From here on it takes commands. -ETIMEDOUT. */
int ahci_port_start(struct ahci_port *port) must_check;
int ahci_port_stop(struct ahci_port *port) must_check; /* -ETIMEDOUT: it may still write to its memory */
bool ahci_port_is_running(const struct ahci_port *port); /* it may move data at any moment */

/* Fill a slot; bytes: even, with the last page within AHCI_PIECES, in slots from AHCI_SLOTS on within
   AHCI_SMALL_PIECES. -EFAULT: memory that it cannot reach. */
int ahci_port_prepare(struct ahci_port *port, unsigned slot, const struct ahci_command *command,
                      const void *memory, uint32_t bytes) must_check;
/* Run the slots of the mask to their end; queued: by NCQ, a slot is its tag. -EIO: an error;
   -ETIMEDOUT: no answer; -ENODEV: gone. */
int ahci_port_run(struct ahci_port *port, uint32_t slots, bool queued, uint32_t timeout_ms)
    must_check;
uint32_t ahci_port_moved(const struct ahci_port *port, unsigned slot); /* bytes, without NCQ */

/* After an error: ready for commands again; reset: by COMRESET in any case. -ETIMEDOUT, -ENODEV. */
int ahci_port_recover(struct ahci_port *port, bool reset, uint32_t timeout_ms) must_check;

/* An interrupt of the controller's: it takes its events from the port. */
void ahci_port_interrupt(struct ahci_port *port);
/* Of ahci.c: lines came while a port rested, whose controllers are to be looked at. */
void ahci_lines_came(uint32_t lines);

/* "UNC (uncorrectable data)", "no answer for 31000 ms (status 80h)": the last fault in words. */
void ahci_port_fault_text(const struct ahci_port *port, bool write, char *text, size_t size);
