/* The root file system: the ext2 partition we were booted from, or its copy in memory. */
#pragma once

#include "kernel/core/block/block.h"
#include "kernel/fs/vfs.h"
#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

/* Start the VFS, find the root and mount it. Says in the log what it found, or why there is none:
   -ENODEV, or the error of the disk or of the mount. The system runs without a root. */
int root_mount(const struct boot_info *info);
const struct block_device *root_device(void); /* NULL without a root */
/* A file to be read, as user 0: file_put. -ENODEV: there is no root. */
int root_open(const char *path, struct file **file) must_check;
/* Before the power goes: everything is written, and marked clean. Says what went wrong. */
void root_shutdown(void);
