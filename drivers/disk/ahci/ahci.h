/* Disks on AHCI controllers (SATA). README.md tells registers, interrupt and recovery. */
#pragma once

#include "lib/compiler.h"

/*
 * Look for controllers and the disks on their ports, register each disk (ddi_disk_register, "ahci0",
 * …) and say in the log what is there. A port without a drive costs a millisecond for all of
 * them, a drive that is not ready is waited for, up to some seconds. Returns the number of disks,
 * or -ENODEV.
 */
int ahci_init(void);
