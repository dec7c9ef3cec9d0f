/* tmpfs: files in memory alone. */
#pragma once

#include "kernel/fs/vfs.h"

int tmpfs_init(void) must_check; /* mount takes "tmpfs" from now on. -ENOMEM */
/* What F_SEAL_… forbid of it from now on. -EINVAL: no file of a tmpfs, or no seals; -EPERM: not open
   for writing, or F_SEAL_SEAL is there, as it is for every file with a name. */
int tmpfs_seal(struct file *file, unsigned seals) must_check;
int tmpfs_seals(const struct file *file) must_check; /* F_SEAL_…; -EINVAL */
/* A file without a name, open for reading and writing; it goes when nobody has it any more.
   seals: F_SEAL_…, with which it begins. -ENOMEM. */
int tmpfs_open_unnamed(unsigned seals, struct file **file) must_check;
