/* tmpfs: files in memory alone. */
#pragma once

#include "kernel/fs/vfs.h"

int tmpfs_init(void) must_check; /* mount takes "tmpfs" from now on. -ENOMEM */
