/* The characters that terminals draw lines and blocks with, made to fill their cell. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Coverage, 0 to 255 each, width × height, all 0 before. */
struct cell {
    int width, height;
    uint8_t *coverage;
};

/* Box drawing, blocks, Braille and the prompt's triangles; false: it is none of them. */
bool cell_draw(struct cell *cell, uint32_t codepoint);
