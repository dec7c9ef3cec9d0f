/* A keyboard layout: which character a key means. Keys by their set-1 scan code. */
#pragma once

#include <stdint.h>

#define LAYOUT_KEYS 0x59 /* codes 00h–58h: the main block, as of the 101-key keyboard */

enum layout_level { LAYOUT_PLAIN, LAYOUT_SHIFT, LAYOUT_LEVELS };

struct layout {
    const char *name;                                /* "us" */
    uint16_t characters[LAYOUT_KEYS][LAYOUT_LEVELS]; /* Unicode; 0: the key types nothing */
};

extern const struct layout layout_us;
