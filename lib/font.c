/* The console's font, made from Debian's xfonts-terminus by tools/mkfont.py. */
#include "lib/font.h"

#include <stdint.h>

#include "font_8x16.h"

/* mkfont.py sees to it that all of ASCII is there, first and without a gap. */
#define ASCII_FIRST 0x20u
#define ASCII_COUNT 0x5fu

static unsigned find_code_point(uint16_t character)
{
    unsigned low = 0, high = FONT_CODE_POINTS;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (font_code_points[middle] < character)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const uint8_t *font_glyph(uint16_t character)
{
    if (character - ASCII_FIRST < ASCII_COUNT)
        return font_bitmaps[font_numbers[character - ASCII_FIRST]];

    unsigned found = find_code_point(character);
    if (found < FONT_CODE_POINTS && font_code_points[found] == character)
        return font_bitmaps[font_numbers[found]];
    return font_bitmaps[0]; /* the replacement character */
}
