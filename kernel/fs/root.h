/* The root file system: the ext2 partition we were booted from, or its copy in memory. */
#pragma once

#include "kernel/core/block/block.h"
#include "lib/abi/boot_info.h"
#include "lib/ext2.h"

/* Find and mount it. Says in the log what it found, or why there is none: -ENODEV, or the error of
   the disk or of ext2_mount. The system runs without a root. */
int root_mount(const struct boot_info *info);
struct ext2 *root_fs(void); /* NULL without a root */
const struct block_device *root_device(void); /* NULL without a root */
