/* Drivers' modules as files of the root (kernel/core/driver/module.h). */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

#define MODULE_NAME_MAX 15u /* of a driver */

/* A path from the root. The errors of opening and reading, and of module_load; -EFBIG. The log says what is
   wrong, but for a file that is not there. */
int module_file_load(const char *path) must_check;
/* /lib/drivers/NAME.fko. -ENOENT also: no name for a driver. */
int module_file_load_named(const char *name) must_check;
/* Step 14: those that the command line wants by drv.NAME=kernel|user, and the kernel has not in its image. */
void module_files_start(void);
