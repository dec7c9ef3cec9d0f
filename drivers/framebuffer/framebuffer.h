/* A linear framebuffer as a screen of 8×16 text cells: 15, 16, 24 or 32 bits a pixel, any masks. */
#pragma once

#include <stdint.h>

#include "drivers/ddi.h"
#include "drivers/framebuffer/fill.h"

struct framebuffer {
    struct ddi_screen screen;
    uint8_t *pixels;               /* mapped write-combining: written in order, never read */
    uint32_t width, height, pitch; /* pixels, pixels, bytes */
    uint32_t pixel_bytes;          /* 2, 3 or 4 */
    uint32_t origin_x, origin_y;   /* pixel of the first cell; half the margin lies before it */
    enum fill_way fill;            /* the fastest on this machine, … */
    bool knows_fill;               /* … once all was filled */
    uint32_t colours[256];         /* in the framebuffer's own format */
};

/* For what `screen` says: check the mode, take the palette; nothing is drawn. -ENODEV: it has no pixels.
   -EINVAL: a mode that cannot be (logged: which field). */
int framebuffer_init(struct framebuffer *framebuffer) must_check;
/* Colour 0 everywhere. */
void framebuffer_clear(struct framebuffer *framebuffer);
/* As ddi.h's callback. */
void framebuffer_draw(struct framebuffer *framebuffer, unsigned column, unsigned row,
                      const struct text_cell *cells, unsigned count);
/* Fill a rectangle of pixels, which lies on the screen. */
void framebuffer_fill(struct framebuffer *framebuffer, uint32_t x, uint32_t y, uint32_t width,
                      uint32_t height, uint8_t colour);
