/* The system calls' own start-up. */
#pragma once

#include "lib/compiler.h"

int syscalls_init(void) must_check; /* -ENOMEM */
