/* A linear framebuffer as a screen of 8×16 text cells: 15, 16, 24 or 32 bits a pixel, any masks. */
#pragma once

#include <stdint.h>

#include "drivers/ddi.h"
#include "drivers/framebuffer/fill.h"
#include "lib/abi/boot_info.h"

struct framebuffer {
    struct text_screen screen;
    uint8_t *pixels;               /* mapped write-combining: written in order, never read */
    uint32_t width, height, pitch; /* pixels, pixels, bytes */
    uint32_t pixel_bytes;          /* 2, 3 or 4 */
    uint32_t origin_x, origin_y;   /* pixel of the first cell; half the margin lies before it */
    enum fill_way fill;            /* the fastest on this machine */
    uint32_t colours[256];         /* in the framebuffer's own format */
};

/* Check the mode, take palette (256 of 0xRRGGBB) and fill the screen with colour 0.
   -ENODEV: there is no framebuffer. -EINVAL: a mode that cannot be (logged: which field). */
int framebuffer_init(struct framebuffer *framebuffer, const struct boot_framebuffer *mode,
                     const uint32_t palette[256]) must_check;

/* Use only columns × rows cells in the middle of the screen; more than it has changes nothing. */
void framebuffer_limit(struct framebuffer *framebuffer, unsigned columns, unsigned rows);

/* Fill a rectangle of pixels, which lies on the screen. */
void framebuffer_fill(struct framebuffer *framebuffer, uint32_t x, uint32_t y, uint32_t width,
                      uint32_t height, uint8_t colour);
