/* ATA disks on the two legacy channels, by programmed I/O. README.md tells registers and recovery.
 */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

struct disk;

/*
 * The floor that the monitor's `bench-disk` measures the driver against: one READ MULTIPLE of at
 * most 256 sectors, polled, nothing retried. -ENODEV: not one of our disks, or one without LBA and
 * multiple mode, or not used yet; -EINVAL; -EIO.
 */
int ata_bare_read(struct disk *disk, uint64_t lba, uint32_t count, uint8_t *to) must_check;
