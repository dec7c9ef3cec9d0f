/*
 * Disks and their partitions. Drivers register disks (drivers/ddi.h); this layer finds the
 * partitions, checks requests, and finds the disk we were booted from. Requests may come from
 * several threads, and sleep; a disk gets one at a time, or queues them itself.
 */
#pragma once

#include <stdint.h>

#include "drivers/ddi.h"
#include "lib/abi/boot_info.h"
#include "lib/compiler.h"
#include "lib/mbr.h"

#define BLOCK_DISKS_MAX 8

struct block_device { /* a partition, or a whole disk with start 0 */
    struct disk *disk;
    uint64_t start_lba;
    uint64_t sectors;
};

unsigned block_disk_count(void);
struct disk *block_disk(unsigned index); /* NULL beyond the last */
/* The partition table of a disk; -E… as mbr_parse, or the disk's error. */
int block_partitions(struct disk *disk, struct mbr *mbr) must_check;
/* The same as it was last read, without reading it again. -ENODEV: there was none. */
int block_known_partitions(const struct disk *disk, struct mbr *mbr) must_check;

/* -EINVAL when [sector, sector + count) leaves the device; else the disk's answer. */
int block_read(const struct block_device *device, uint64_t sector, uint32_t count,
               void *to) must_check;
int block_write(const struct block_device *device, uint64_t sector, uint32_t count,
                const void *from) must_check;
int block_flush(const struct block_device *device) must_check;

/* A request that lies in several pieces of memory. */
#define BLOCK_PIECES_MAX 32u
struct block_piece {
    void *bytes;
    uint32_t sectors;
};
struct block_pieces {
    struct block_piece at[BLOCK_PIECES_MAX];
    size_t count;
};
int block_read_pieces(const struct block_device *device, uint64_t sector,
                      const struct block_pieces *pieces) must_check;
int block_write_pieces(const struct block_device *device, uint64_t sector,
                       const struct block_pieces *pieces) must_check;

/* Nobody else uses the disk in between: for who talks to its driver directly. */
void block_hold(struct disk *disk);
void block_release(struct disk *disk);

/* The partition we were booted from: by the MBR's signature and the partition's start. -ENODEV. */
int block_find_boot(const struct boot_disk *boot, struct block_device *device) must_check;

#define BLOCK_BENCH_BYTES (64u * 1024) /* one request of block_bench */
/* Read the first `bytes` of the device, as fast as it goes: *us is how long it took. -EINVAL when
   it is shorter than that; the disk's error. */
int block_bench(const struct block_device *device, uint64_t bytes, uint64_t *us) must_check;

/* A read-only disk over struct boot_ramdisk (root=ram), which must live on. Returns 0 and registers
   "ram0"; -EINVAL when the numbers in it do not fit together; -ENOSPC. */
int ramdisk_init(const struct boot_ramdisk *ramdisk) must_check;
