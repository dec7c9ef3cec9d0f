/* Programs of drivers: /lib/drivers/NAME, and /dev/driver, by which they and the kernel talk. */
#pragma once

#include "lib/compiler.h"

/* Step 14, when there is a root: drivers that are placed in ring 3 begin. -ENOMEM */
int driver_programs_start(void) must_check;
