/* A callback by its number: for whoever runs a driver, in the kernel and in ring 3. */
#pragma once

#include "drivers/ddi.h"
#include "lib/abi/driver.h"

/* Those that the driver has registered, by the numbers that requests name them by. */
struct driver_disks {
    struct disk *at[DRIVER_DISKS];
};

static inline int driver_disk_call(const struct driver_disks *disks, const struct abi_driver_call *call)
{
    struct disk *disk = call->number < DRIVER_DISKS ? disks->at[call->number] : NULL;

    if (!disk)
        return -ENODEV;
    switch (call->what) {
    case DRIVER_CALL_DISK_READ:
        return disk->operations->read(disk, call->value, call->count, call->memory);
    case DRIVER_CALL_DISK_WRITE:
        return disk->operations->write
                   ? disk->operations->write(disk, call->value, call->count, call->memory)
                   : -EROFS;
    default:
        return disk->operations->flush ? disk->operations->flush(disk) : 0;
    }
}

/* Registers that say where a table for DMA lies, or how it is used, are the kernel's alone. There is one way
   to the others: an AHCI controller may have a second one by ports, an IDE controller one by memory. */
#define DMA_IDE_BAR   4u /* its ports: 8 for each channel, the address of the table from the fourth on */
#define DMA_AHCI_BAR  5u
#define DMA_AHCI_PORT(n) (0x100u + 0x80u * (n))
#define DMA_AHCI_THERE   0x0cu /* which ports there are */
/* Of a port: */
#define DMA_AHCI_COMMAND 0x18u
#define DMA_AHCI_START   (1u << 0)
#define DMA_AHCI_RUNNING (1u << 15)
#define DMA_AHCI_FBS     0x40u /* whether what is received goes far beyond where it should */

static inline bool dma_lets_ports(enum ddi_dma kind)
{
    return kind != DDI_DMA_AHCI;
}

static inline bool dma_lets_memory(enum ddi_dma kind, unsigned bar)
{
    return kind == DDI_DMA_NONE || (kind == DDI_DMA_AHCI && bar == DMA_AHCI_BAR);
}

static inline bool dma_keeps_port(enum ddi_dma kind, unsigned bar, unsigned offset, unsigned bytes)
{
    return kind == DDI_DMA_IDE && bar == DMA_IDE_BAR && ((offset | (offset + bytes - 1)) & 4) != 0;
}

static inline bool dma_keeps_register(enum ddi_dma kind, uint32_t offset)
{
    uint32_t of_port = offset & 0x7f;

    if (kind != DDI_DMA_AHCI || offset < DMA_AHCI_PORT(0))
        return kind == DDI_DMA_AHCI && offset == DMA_AHCI_THERE;
    return of_port < 0x10 || of_port == DMA_AHCI_FBS;
}

/* Of registers in memory: a port begins anew. It must have stopped before: it may be at what it forgot. */
static inline bool dma_starts(enum ddi_dma kind, uint32_t offset, uint32_t value)
{
    return kind == DDI_DMA_AHCI && offset >= DMA_AHCI_PORT(0) && (offset & 0x7f) == DMA_AHCI_COMMAND
           && (value & DMA_AHCI_START) != 0;
}

/* By what its command register reads. */
static inline bool dma_is_stopping(uint32_t command)
{
    return (command & (DMA_AHCI_START | DMA_AHCI_RUNNING)) == DMA_AHCI_RUNNING;
}

/* What a screen is to show, in the order of the fields. */
#define DRIVER_DRAW_RUNS  64u
#define DRIVER_DRAW_CELLS 2048u

struct driver_run {
    uint16_t column, row, count, reserved;
};

struct driver_draw {
    uint16_t clears, moves; /* 1 or 0 */
    uint16_t column, row;   /* of the hardware's cursor, when it moves */
    uint32_t runs, cells;
    struct driver_run run[DRIVER_DRAW_RUNS];
    struct text_cell cell[DRIVER_DRAW_CELLS]; /* of the runs, one after the other */
};

static inline void driver_draw(const struct ddi_driver *driver, const struct driver_draw *draw)
{
    uint32_t at = 0;

    if (draw->clears && driver->clear)
        driver->clear();
    for (uint32_t i = 0; i < draw->runs && i < DRIVER_DRAW_RUNS && driver->draw; i++) {
        const struct driver_run *run = &draw->run[i];

        if (run->count > DRIVER_DRAW_CELLS - at)
            return;
        driver->draw(run->column, run->row, &draw->cell[at], run->count);
        at += run->count;
    }
    if (draw->moves && driver->move_cursor)
        driver->move_cursor(draw->column, draw->row);
}

/* call->result: what the callback returns, else 0. A driver without a request knows none: -ENOTTY. */
static inline void driver_call(const struct ddi_driver *driver, const struct driver_disks *disks,
                               struct abi_driver_call *call)
{
    call->result = 0;
    switch (call->what) {
    case DRIVER_CALL_INIT:
        call->result = driver->init();
        return;
    case DRIVER_CALL_IRQ:
        if (driver->irq)
            driver->irq(call->number);
        return;
    case DRIVER_CALL_TIMER:
        if (driver->timer)
            driver->timer();
        return;
    case DRIVER_CALL_QUIESCE:
        if (driver->quiesce)
            driver->quiesce();
        return;
    case DRIVER_CALL_DISK_READ:
    case DRIVER_CALL_DISK_WRITE:
    case DRIVER_CALL_DISK_FLUSH:
        call->result = driver_disk_call(disks, call);
        return;
    case DRIVER_CALL_DRAW:
        driver_draw(driver, call->memory);
        return;
    default:
        call->result = driver->request ? driver->request(call->number, call->value) : -ENOTTY;
    }
}
