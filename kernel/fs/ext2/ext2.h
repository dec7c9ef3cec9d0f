/* ext2 as a file system of the VFS: lib/ext2/write.h over the page cache. */
#pragma once

#include "lib/compiler.h"

/* Registers "ext2". -ENOMEM. */
int ext2_fs_init(void) must_check;
/* Before the power goes: everything that is mounted is written, marked clean, and read-only from
   then on. The first error. */
int ext2_fs_shutdown(void);
