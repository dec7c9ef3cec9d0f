/* /dev/fb0, the framebuffer, as it crosses the system-call line. Where there is none there is no such
   device. */
#pragma once

#include <stdint.h>

/* ioctl: struct abi_screen. */
#define SCREEN_INFO 0x80204601u
/* ioctl: struct abi_screen_mode. Another mode, the file being open once (-EBUSY). -ENODEV: this card cannot,
   or not while it shows what it shows; -EINVAL: no such mode; -ENOSPC: it wants more memory than there is;
   -EIO: the card did not take it. After an error the mode is as it was. */
#define SCREEN_SET  0x40104602u

struct abi_colour {
    uint8_t position, bits; /* of the pixel's value, read as a little-endian number */
};

struct abi_screen_mode {
    uint32_t width, height;  /* pixels; the width a multiple of 8 */
    uint32_t bits_per_pixel; /* 15, 16, 24 or 32 */
    uint32_t reserved;       /* 0 */
};

/* Pixel (x, y) lies at byte y * pitch + x * (bits_per_pixel + 7) / 8 of the file and of a mapping. */
struct abi_screen {
    uint32_t width, height;  /* pixels */
    uint32_t pitch;          /* bytes from one line to the next */
    uint32_t bits_per_pixel; /* 15, 16, 24 or 32 */
    uint64_t bytes;          /* in all: pitch * height */
    struct abi_colour red, green, blue;
    uint16_t reserved;
};
