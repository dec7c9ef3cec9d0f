/* Disks and partitions as files: /dev/ata0, /dev/ata0p1. Their pages are the page cache's. */
#pragma once

#include "kernel/core/block/block.h"
#include "kernel/fs/vfs.h"

/* All disks that there are, and their partitions. -ENOMEM, -EEXIST. */
int disk_files_register(void) must_check;
/* What a device file's number stands for. -ENXIO. */
int disk_file_device(uint64_t number, struct block_device *device) must_check;
/* "ata0 partition 1", "ram0"; "ata0p1". */
void disk_file_describe(uint64_t number, char *text, size_t size);
const char *disk_file_name(uint64_t number);
/* The number of a disk or partition; 0: it has no file. */
uint64_t disk_file_number(const struct block_device *device);
/* An inode for vfs_mount_root, with a reference: before there is a /dev. -ENOMEM. */
int disk_file_inode(uint64_t number, struct inode **inode) must_check;
