/* What the parts of stage 2 share: the structure they fill for the kernel, and the time stamps. */
#pragma once

#include "lib/abi/boot_info.h"

extern struct boot_info boot_info; /* main.c */

/* Remember the TSC now, under this name, for the kernel's table of the boot. */
void stamp(const char *name);
