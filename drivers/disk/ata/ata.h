/* ATA disks on the two legacy channels, by programmed I/O. README.md tells registers and recovery. */
#pragma once

/*
 * Look at both channels, register each disk found (ddi_disk_register, "ata0", …) and say in the log
 * what is there. May be called with interrupts off. A channel without drives costs microseconds; a
 * drive that is busy is waited for, up to some seconds. Returns the number of disks, or -ENODEV.
 */
int ata_init(void);
