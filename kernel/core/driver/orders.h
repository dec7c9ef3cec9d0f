/*
 * Tables for DMA: what a controller reads to know what it is to move, and where (ddi.h, ddi_dma_order).
 * "Programming Interface for Bus Master IDE Controller" 1.0 (Intel, 1994), §1.2; AHCI 1.3.1 §4.2.
 * Locks: none; a table is one driver's, and its thread's.
 */
#pragma once

#include "drivers/ddi.h"
#include "lib/compiler.h"

#define ORDERS_PIECES_MAX 64u

/* Memory as the device sees it, each piece within a page of 4 KiB, which begins with the first of 4 KiB or
   ends with the last. */
struct orders_pieces {
    unsigned count;
    struct {
        uint64_t address;
        uint32_t bytes;
    } at[ORDERS_PIECES_MAX];
};

/* A table: aligned to a page, below 4 GiB. `far`: its controller reaches memory beyond. */
struct orders_table {
    enum ddi_dma kind;
    bool far;
    void *at;
    uint64_t address;
};

uint32_t orders_bytes(enum ddi_dma kind); /* of a table, whole pages; 0: there is none of that kind */
bool orders_is_slot(enum ddi_dma kind, unsigned slot);
/* No order is in it: a device that is told to carry one out moves nothing that is anybody's. */
void orders_begin(const struct orders_table *table);
/* The order's memory is what the pieces say. -EINVAL, -EFAULT, -E2BIG as ddi_dma_order: then the slot is as
   it was. */
int orders_write(const struct orders_table *table, unsigned slot, const struct ddi_order *order,
                 const struct orders_pieces *pieces) must_check;
/* The same for one slot. */
void orders_forget(const struct orders_table *table, unsigned slot);
