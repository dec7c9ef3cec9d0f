/* Will the kernel's ATA driver find the disk we were started from? */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* first_sector: the disk's sector 0 as the BIOS reads it. Looks for the same 512 bytes at the four
   places an ATA disk can be. After this the BIOS must not read an ATA disk any more: its
   controller's interrupts are off. Takes milliseconds, where something hangs seconds. */
bool ata_probe(const uint8_t *first_sector);
