/* VGA text mode 3, 80×25, as a screen of text cells: the fallback when there is no framebuffer. */
#pragma once

#include <stdint.h>

#include "drivers/ddi.h"

#define VGA_TEXT_PHYS    0xb8000u
#define VGA_TEXT_COLUMNS 80u
#define VGA_TEXT_ROWS    25u

#define VGA_FONT_PHYS    0xa0000u /* of plane 2, while it is there to be written */
#define VGA_GLYPHS       256u
#define VGA_GLYPH_LINES  16u

/* Plane 2 has 32 bytes for each, whatever a cell's height. */
struct vga_font {
    uint8_t glyphs[VGA_GLYPHS][32];
};

struct vga {
    struct text_screen screen;
    volatile uint16_t *cells; /* attribute in the high byte, code page 437 in the low; never read */
    const uint32_t *palette;
};

/* `memory` is where VGA_TEXT_PHYS is mapped; `palette` 256 of 0xRRGGBB, which must live on. Gives
   the sixteen colours the palette's first, clears the screen, makes the cursor a block. */
void vga_init(struct vga *vga, volatile uint16_t *memory, const uint32_t palette[256]);
/* Code page 437 in other letters, VGA_GLYPH_LINES bytes each, by their code point. `memory` is where
   VGA_FONT_PHYS is mapped. */
void vga_load_font(volatile struct vga_font *memory, const uint8_t *(*glyph)(uint16_t character));
