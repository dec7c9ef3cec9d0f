/* Modes at run time, where the card has Bochs' "display interface" (QEMU's std VGA, Bochs, VirtualBox). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

/* The card is there and shows the mode that `now` says; *bytes is how much video memory it has. -ENODEV:
   another card, or not in that mode. */
int dispi_find(const struct boot_framebuffer *now, uint64_t *bytes) must_check;

/* What a mode would be, at the same address, in `mode` (but for virt): pitch, masks. Widths are multiples
   of 8. -EINVAL: a size or depth that cannot be; -ENOSPC: more than `bytes`. */
int dispi_plan(uint32_t width, uint32_t height, uint32_t bits, uint64_t bytes, struct boot_framebuffer *mode)
    must_check;
/* The card, which was found once, shows that mode: it is set where another is. -EIO: it does not take it. */
int dispi_keep(const struct boot_framebuffer *mode) must_check;
/* Set it; the memory keeps what is in it. -EIO: the card does not take it, and has its old mode again. */
int dispi_set(const struct boot_framebuffer *mode) must_check;
