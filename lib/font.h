/* The console's font: 8×16 pixels, one byte a row, the leftmost pixel in the highest bit. */
#pragma once

#include <stdint.h>

#define FONT_WIDTH  8
#define FONT_HEIGHT 16

/* FONT_HEIGHT bytes; the replacement character's for what the font lacks. */
const uint8_t *font_glyph(uint16_t character);
