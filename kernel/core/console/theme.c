/* The colours of the text screen. The cube and the greys are those of xterm's manual. */
#include "kernel/core/console/theme.h"

static const uint32_t theme[16] = {
    0x0f1520, 0xff6b7a, 0x57d98d, 0xffb95c, 0x5b9dff, 0x8f7bff, 0x2fd3b0, 0xcdd6e4,
    0x7c8aa2, 0xff98a2, 0x8aebb2, 0xffd394, 0x90bdff, 0xb4a7ff, 0x74ead0, 0xf7f9fd,
};
static const uint8_t cube[6] = {0, 95, 135, 175, 215, 255};

void theme_palette(uint32_t palette[256])
{
    for (unsigned i = 0; i < 16; i++)
        palette[i] = theme[i];
    for (unsigned i = 0; i < 216; i++)
        palette[16 + i] =
            (uint32_t)cube[i / 36] << 16 | (uint32_t)cube[i / 6 % 6] << 8 | cube[i % 6];
    for (unsigned i = 0; i < 24; i++)
        palette[232 + i] = (8 + 10 * i) * 0x010101;
}
