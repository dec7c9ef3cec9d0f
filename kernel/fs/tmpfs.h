/* tmpfs: files in memory alone. */
#pragma once

#include "kernel/fs/vfs.h"

int tmpfs_init(void) must_check; /* mount takes "tmpfs" from now on. -ENOMEM */
/* A file without a name, open for reading and writing; it goes when nobody has it any more.
   -ENOMEM. */
int tmpfs_open_unnamed(struct file **file) must_check;
