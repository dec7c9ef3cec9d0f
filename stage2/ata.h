/*
 * The disk we were started from, at ATA's own ports: whether the kernel's driver will find it, and
 * reads that do not take the BIOS's time. Use: ata_find → ata_open → ata_read. Nothing here changes
 * how the drive is set up, so the BIOS may go on with it at any moment.
 */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"
#include "stage2/ata_dma.h"

/* first_sector: the disk's sector 0 as the BIOS reads it. Looks for the same 512 bytes at the four
   places an ATA disk can be, and says how many hold them: two may be copies of each other. Takes
   milliseconds, where something hangs seconds. */
uint32_t ata_find(const uint8_t *first_sector);

/* Learn how the disk that ata_find found is read fastest. `bridge`: where EDD says its PCI bridge is, or
   NULL. -EIO, -ENODEV (no LBA): leave it to the BIOS. */
int ata_open(const uint8_t *first_sector, const struct pci_place *bridge) must_check;

/* After ata_open. -EIO, and -ERANGE beyond 128 GiB: what is at `to` is worth nothing. */
int ata_read(uint64_t lba, uint32_t count, void *to) must_check;
