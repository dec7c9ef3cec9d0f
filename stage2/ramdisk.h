/* The root partition in memory, for disks that only the BIOS can read. */
#pragma once

/* When the kernel will not find the disk (EDD names another interface than ATA, or it is neither at
   ATA's ports nor at AHCI's), or the command line says root=ram: read the used blocks of the partition
   into memory, with a progress bar. Fills boot_info.ramdisk and the flag BOOT_DISK_RAM. When it
   cannot be done, boot_info.ramdisk.reason says why and the boot goes on. */
void ramdisk_load(const char *cmdline);
