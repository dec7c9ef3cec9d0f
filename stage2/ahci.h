/* The disk we were started from, at an AHCI controller: whether the kernel's driver will find it. */
#pragma once

#include <stdint.h>

/*
 * first_sector: the disk's sector 0 as the BIOS reads it. Looks for the same 512 bytes at the ports of
 * all AHCI controllers, and says how many hold them. The controllers are left as the BIOS had them,
 * so it may go on with them. Takes milliseconds, where something hangs seconds.
 */
uint32_t ahci_find(const uint8_t *first_sector);
