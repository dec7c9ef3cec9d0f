/* /dev/input: events of keyboard and mouse, for programs (lib/abi/input.h). */
#pragma once

#include "lib/compiler.h"

int input_file_register(void) must_check; /* once there are devices. -ENOMEM, -EEXIST */
