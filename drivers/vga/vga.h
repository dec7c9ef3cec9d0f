/* VGA text mode 3, 80×25, as a screen of text cells: the fallback when there is no framebuffer. */
#pragma once

#include <stdint.h>

#include "drivers/ddi.h"

#define VGA_TEXT_COLUMNS 80u
#define VGA_TEXT_ROWS    25u
#define VGA_GLYPHS       256u

/* From A0000h on. Attribute in a cell's high byte, code page 437 in the low; never read. Plane 2, while it is
   there to be written, has 32 bytes for each letter, whatever its height. */
struct vga_memory {
    union {
        uint8_t glyphs[VGA_GLYPHS][32];
        uint8_t planes[0x18000];
    };
    uint16_t cells[VGA_TEXT_ROWS * VGA_TEXT_COLUMNS]; /* B8000h */
};

struct vga {
    struct ddi_screen screen;
    volatile struct vga_memory *memory;
};

/* For what `screen` says: the sixteen colours are the palette's first, letters the console's, the cursor is
   a block; no cell changes. -ENODEV: no text mode. */
int vga_init(struct vga *vga) must_check;
/* As ddi.h's callbacks. */
void vga_clear(struct vga *vga);
void vga_draw(struct vga *vga, unsigned column, unsigned row, const struct text_cell *cells, unsigned count);
void vga_move_cursor(struct vga *vga, unsigned column, unsigned row);
