/* The screen's mode at run time, where the card lets us (drivers/framebuffer/dispi.h). */
#pragma once

#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

/* Another mode, and *now says it; the console follows. Whoever draws there by himself has stopped. -ENODEV:
   the card cannot; -EINVAL, -ENOSPC, -ENOMEM, -EBUSY, -EIO: the old mode is there still. May sleep; one at a
   time. */
int screen_set_mode(struct boot_framebuffer *now, uint32_t width, uint32_t height, uint32_t bits) must_check;
