/* VGA text mode 3, 80×25, as a screen of text cells: the fallback when there is no framebuffer. */
#pragma once

#include <stdint.h>

#include "drivers/ddi.h"

#define VGA_TEXT_PHYS    0xb8000u
#define VGA_TEXT_COLUMNS 80u
#define VGA_TEXT_ROWS    25u

struct vga {
    struct text_screen screen;
    volatile uint16_t *cells; /* attribute in the high byte, code page 437 in the low; never read */
    const uint32_t *palette;
};

/* `memory` is where VGA_TEXT_PHYS is mapped; `palette` 256 of 0xRRGGBB, which must live on. Gives
   the sixteen colours the palette's first, clears the screen, makes the cursor a block. */
void vga_init(struct vga *vga, volatile uint16_t *memory, const uint32_t palette[256]);
