/*
 * One ATA channel: eight command registers, one control register, one interrupt, up to two drives.
 * This is the protocol of single commands (ATA/ATAPI-6 §9); what to ask of which drive is ata.c's.
 *
 * A command: ata_channel_begin → ata_channel_wait / ata_channel_copy_… for each block →
 * the next. All may wait, and none for ever. One thread of control.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/disk/ata/dma.h"
#include "lib/compiler.h"

#define ATA_UNIT_NONE 2u /* neither master (0) nor slave (1) */

enum ata_fault {
    ATA_FAULT_NONE,
    ATA_FAULT_ERROR,    /* ERR or DF: status and error say what */
    ATA_FAULT_BUSY,     /* BSY did not end in time */
    ATA_FAULT_NOT_READY, /* not busy, but no DRDY */
    ATA_FAULT_NO_DATA,  /* not busy, but no DRQ where data was due */
    ATA_FAULT_MORE_DATA, /* DRQ where none was due */
    ATA_FAULT_GONE,     /* nobody drives the bus any more */
};

struct ata_channel {
    const char *name;      /* "primary" */
    uint16_t command_port; /* the first of eight */
    uint16_t control_port;
    uint8_t irq;
    bool irq_bound;
    uint8_t selected; /* 0, 1 or ATA_UNIT_NONE */
    struct ata_dma dma;

    /* What the last failed call saw. */
    enum ata_fault fault;
    uint8_t status, error;
    uint32_t waited_ms;

    uint32_t interrupts; /* that came while it rested */
    uint32_t missed;     /* in a row: the wait ended, and no interrupt had come */
};

/* The registers of a command. lba: the bytes for the LBA registers, low first. */
struct ata_command {
    uint8_t code;
    uint8_t device; /* bit 6 and bits 3–0 of the device register */
    uint8_t features; /* 0: not written */
    bool ext;       /* a 48-bit command: each register is written twice */
    bool early;     /* allowed before the drive says DRDY */
    uint16_t count;
    uint64_t lba;
};

enum ata_wait_for {
    ATA_WAIT_DATA,       /* DRQ; announced by an interrupt */
    ATA_WAIT_FIRST_DATA, /* DRQ, before the first block of a write: there is no interrupt */
    ATA_WAIT_DONE,       /* neither BSY nor DRQ; announced by an interrupt */
    ATA_WAIT_DMA,        /* the same, with DRQ for as long as the bridge moves data */
    ATA_WAIT_AFTER_DATA, /* as DONE, after the last block of a read: there is no interrupt */
};

/* Bind the interrupt and let the drives raise it. Without one the channel is polled: no error. */
void ata_channel_enable_irq(struct ata_channel *channel);

/* Address a unit: 0, or -ETIMEDOUT (still busy), -ENODEV (nobody there). */
int ata_channel_select(struct ata_channel *channel, unsigned unit, uint32_t timeout_ms) must_check;
/* Select, wait for the drive to be ready, write the registers. -ETIMEDOUT, -ENODEV. */
int ata_channel_begin(struct ata_channel *channel, unsigned unit, const struct ata_command *command,
                      uint32_t timeout_ms) must_check;
/* -EIO: the drive reports an error; -ETIMEDOUT: no answer; -ENODEV: gone. */
int ata_channel_wait(struct ata_channel *channel, enum ata_wait_for what, uint32_t timeout_ms)
    must_check;
/* Move `sectors` of 512 bytes through the data register; wide: 32 bits at a time. */
void ata_channel_copy_in(struct ata_channel *channel, bool wide, void *to, uint32_t sectors);
void ata_channel_copy_out(struct ata_channel *channel, bool wide, const void *from,
                          uint32_t sectors);

/* Software reset of both drives; slave: there is one to wait for. -ETIMEDOUT, -ENODEV. */
int ata_channel_reset(struct ata_channel *channel, bool master, bool slave, uint32_t timeout_ms)
    must_check;

/* "UNC (uncorrectable data)", "busy for 31000 ms (status 80h)": the last fault in words. */
void ata_channel_fault_text(const struct ata_channel *channel, bool write, char *text, size_t size);

/* Registers, for looking at a drive before one knows that there is one. */
uint8_t ata_channel_in(const struct ata_channel *channel, unsigned reg);
void ata_channel_out(const struct ata_channel *channel, unsigned reg, uint8_t value);
uint8_t ata_channel_status(const struct ata_channel *channel); /* leaves the interrupt alone */
