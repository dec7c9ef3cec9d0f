/* The colours of the text screen: xterm's 256, the first sixteen in FastOS's own dark theme. */
#pragma once

#include <stdint.h>

#define THEME_CURSOR 4 /* the cursor's block */

void theme_palette(uint32_t palette[256]); /* 0xRRGGBB */
