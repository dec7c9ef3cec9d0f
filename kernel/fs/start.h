/* The files' own start-up. */
#pragma once

#include "lib/compiler.h"

/* Once, with threads and time running, before the first mount: caches, tmpfs, devfs, proc, pipes,
   the devices that are memory, random bytes. -ENOMEM. */
int files_start(void) must_check;
