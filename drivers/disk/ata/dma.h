/*
 * Bus-master DMA of a channel's PCI bridge: "Programming Interface for Bus Master IDE Controller",
 * revision 1.0 (Intel, 1994); 82371SB (PIIX3) §2.7.
 *
 * A transfer: ata_dma_prepare → the command → ata_dma_start → wait → ata_dma_stop.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/ddi.h"
#include "lib/compiler.h"

#define ATA_DMA_SECTORS 256u /* that one transfer can move, wherever they lie in memory */

struct ata_dma {
    uint16_t port; /* of its eight registers; 0: the bridge has none, or there is no bridge */
    bool write;
    struct ddi_table table; /* where the memory lies, for the bridge */
};

/* What the bridge has for each channel. Whatever it was moving for an earlier life of the driver is over; it
   may move data again from here on. */
void ata_dma_find(struct ata_dma *primary, struct ata_dma *secondary);
/* False: not this memory (odd, above 4 GiB, too much). */
bool ata_dma_prepare(struct ata_dma *dma, const void *memory, size_t bytes, bool write) must_check;
void ata_dma_start(struct ata_dma *dma);
/* The drive is done: was all of it moved? -EIO. */
int ata_dma_stop(struct ata_dma *dma) must_check;
