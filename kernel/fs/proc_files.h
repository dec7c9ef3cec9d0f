/* The files of /proc that the kernel itself has. */
#pragma once

#include "lib/compiler.h"

int proc_files_register(void) must_check; /* proc_init's. -ENOMEM */
