/* The boot partition and its ext2 file system. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"
#include "lib/ext2.h"

extern struct ext2 volume;
extern uint8_t volume_first_sector[]; /* of the disk, with the partition table */

/* Find the active partition, mount it. Fills boot_info.disk. Halts with a message. */
void volume_mount(void);
/* Look the file up. -E… as ext2_lookup; what is not a file is -EINVAL. */
int volume_find(const char *path, struct ext2_inode *file) must_check;
/* Read the whole of a found file. */
int volume_read(const struct ext2_inode *file, void *to) must_check;
/* Why the last call failed, for a message: the disk's code, or what ext2 found damaged. */
const char *volume_why(int error);
