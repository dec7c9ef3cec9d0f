/* /proc/memory-map, /proc/display, /proc/disks: the machine as the boot and the drivers found it. */
#pragma once

#include "lib/compiler.h"

/* -ENOMEM, -EEXIST. */
int machine_files_register(void) must_check;
