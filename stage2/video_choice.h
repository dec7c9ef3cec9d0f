/* Which video mode: the pure part, tested on the host. Bytes come from the video BIOS (vbe.asm). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

#define VIDEO_RECORD_BYTES 64 /* 62 bytes of a VBE mode information block, then its number */
#define VIDEO_MODES_MAX  168
#define VIDEO_WIDTH_MAX  3840
#define VIDEO_HEIGHT_MAX 2160

struct video_mode {
    uint16_t number;
    uint16_t width, height; /* pixels */
    uint8_t bits_per_pixel; /* 15, 16, 24 or 32 */
    uint32_t pitch;         /* bytes a line */
    uint64_t phys;          /* linear framebuffer */
    struct boot_colour red, green, blue;
};

/* What the user asks for: video=WxH, WxHxB or text. Zeros: anything. */
struct video_wish {
    bool text;
    uint16_t width, height;
    uint8_t bits_per_pixel;
};

/* True: of the size and depth that were asked for, as far as they were. */
bool video_mode_is_wished(const struct video_mode *mode, const struct video_wish *wish);
/* -EINVAL: neither "text" nor WxH nor WxHxB with numbers that fit. */
int video_wish_parse(const char *text, struct video_wish *wish) must_check;

/* -EINVAL: not a direct-colour graphics mode with a linear framebuffer that fits into vram_bytes
   and 4K. vbe_version: 200h, 300h as the controller says. */
int video_mode_decode(const uint8_t *record, uint16_t vbe_version, uint64_t vram_bytes,
                      struct video_mode *mode) must_check;

/* Sort by preference: the wish, its size at another depth, the monitor's own mode, what fits it
   best, 1024×768, 800×600, 640×480, then the rest up to 1024×768; more bits first. Modes that the
   monitor cannot show go. Returns how many are left. edid 0×0: unknown. */
uint32_t video_modes_sort(struct video_mode *modes, uint32_t count, const struct video_wish *wish,
                          uint32_t edid_width, uint32_t edid_height);
