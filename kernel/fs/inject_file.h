/* /dev/inject of the debug kernel: failures on purpose, for tests (kernel/core/memory/inject.h). */
#pragma once

#include "lib/compiler.h"

/* For user 0 alone. "memory=K", "disk=K", or both, written: the K-th allocation, the K-th request to a
   disk that this thread makes from now on fails; what is not named fails no more. Reading, once
   after each writing, tells what is left of both, 0 when it has failed. -ENOMEM */
int inject_file_init(void) must_check;
