/* The disk we were started from, read and written through INT 13h; and read without, if disk_direct
   may. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

#define SECTOR_BYTES 512u

/* Take the drive from the boot sector, ask for geometry and EDD data. Fills boot_info.disk. */
void disk_init(void);
/* `count` sectors from the disk's start to anywhere below 4 GiB. -EIO after all retries: disk_error
   then has the BIOS's code and the sector. */
int disk_read(uint64_t lba, uint32_t count, void *to) must_check;
/* Write one sector. -EIO as above. */
int disk_write_sector(uint64_t lba, const void *from) must_check;

struct disk_error {
    uint64_t lba;
    uint8_t code; /* INT 13h AH; 0 none */
};
extern struct disk_error disk_error;

/* From now on read at ATA's ports, if EDD says that it is an ATA disk and it alone has this sector 0.
   The first error there ends it, and the BIOS reads again. */
void disk_direct(const uint8_t *first_sector);
bool disk_is_direct(void);
void disk_through_bios(void);
