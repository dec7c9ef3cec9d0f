/* The disk we were started from, read and written through INT 13h. */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

#define SECTOR_BYTES 512u

/* Take the drive from the boot sector, ask for geometry and EDD data. Fills boot_info.disk. */
void disk_init(void);
/* `count` sectors from the disk's start to anywhere below 4 GiB. -EIO after all retries: disk_error
   then has the BIOS's code and the sector. */
int disk_read(uint64_t lba, uint32_t count, void *to) must_check;
int disk_write_sector(uint64_t lba, const void *from) must_check;

struct disk_error {
    uint64_t lba;
    uint8_t code; /* INT 13h AH; 0 none */
};
extern struct disk_error disk_error;
