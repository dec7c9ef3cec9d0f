/* /dev/fb0: the framebuffer, for programs (lib/abi/screen.h). While it is open or mapped the console
   does not draw. */
#pragma once

#include "lib/compiler.h"

struct boot_framebuffer;

/* Once there are devices; without a framebuffer nothing. The structure must live on. -ENOMEM,
   -EEXIST. */
int screen_file_register(struct boot_framebuffer *mode) must_check;
