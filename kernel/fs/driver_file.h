/* What programs see of drivers: /proc/drivers, /proc/manifests, and /dev/drivers, which takes orders. */
#pragma once

#include "lib/compiler.h"

/* Orders are for user 0, a line each: NAME start|stop|restart, or NAME request WHAT [VALUE]; reading then
   gives the answer. Writing: -EINVAL no such order, -ENODEV no such driver. -ENOMEM */
int driver_files_register(void) must_check;
