/*
 * Reads of ATA drives by the bus-master registers of a PCI bridge, polled. ata.c is the only caller and
 * gives the drive its command. Use: ata_dma_find; then for each command ata_dma_prepare → the command →
 * ata_dma_run.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"
#include "stage2/pci.h"

/* `channel`: 0 that at 1F0h, 1 that at 170h. False: no IDE bridge with such registers is there. */
bool ata_dma_find(struct pci_place bridge, uint32_t channel);

/* Where the next command's data go: an even address below 4 GiB, 128 KiB at most. */
void ata_dma_prepare(void *to, uint32_t bytes);

/* From the command to its end; `status` is the port of the drive's status. -EIO: nothing is written to
   memory any more, and what is there is worth nothing. */
int ata_dma_run(uint16_t status) must_check;
