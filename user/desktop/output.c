/* Lines of the screen, in 15, 16, 24 and 32 bits a pixel. See output.h. One thread. */
#include "user/desktop/output.h"

#include <errno.h>
#include <string.h>

static struct abi_screen screen;
static uint8_t *memory;
static uint64_t written;

/* `count` pixels that begin at `to`. */
static void (*put_line)(uint8_t *to, const uint32_t *from, size_t count);

/* Stores of known width, at any address; no compiler makes a call of them. */
static inline void put64(uint8_t *to, uint64_t value)
{
    __builtin_memcpy(to, &value, sizeof(value));
}
static inline void put32(uint8_t *to, uint32_t value)
{
    __builtin_memcpy(to, &value, sizeof(value));
}
static inline uint64_t get64(const uint32_t *from)
{
    uint64_t value;

    __builtin_memcpy(&value, from, sizeof(value));
    return value;
}

/* ---- 32 bits as we have them ------------------------------------------------------------------- */

static void put_line_same(uint8_t *to, const uint32_t *from, size_t count)
{
    for (; count >= 8; count -= 8, to += 32, from += 8) {
        uint64_t a = get64(from), b = get64(from + 2), c = get64(from + 4), d = get64(from + 6);

        put64(to, a);
        put64(to + 8, b);
        put64(to + 16, c);
        put64(to + 24, d);
    }
    for (; count; count--, to += 4, from++)
        put32(to, *from);
}

/* ---- any other --------------------------------------------------------------------------------- */

/* What a level of 8 bits is on this screen, at its place: the nearest that there is, else dark colours would
   become darker, and others. */
static uint32_t reds[256], greens[256], blues[256];

static void make_levels(uint32_t levels[256], struct abi_colour colour)
{
    uint32_t most = (1u << colour.bits) - 1;

    for (uint32_t level = 0; level < 256; level++)
        levels[level] = (level * most + 127) / 255 << colour.position;
}

static inline uint32_t convert(uint32_t pixel)
{
    return reds[pixel >> 16 & 0xFF] | greens[pixel >> 8 & 0xFF] | blues[pixel & 0xFF];
}

static void put_line_32(uint8_t *to, const uint32_t *from, size_t count)
{
    for (; count >= 2; count -= 2, to += 8, from += 2)
        put64(to, convert(from[0]) | (uint64_t)convert(from[1]) << 32);
    if (count)
        put32(to, convert(*from));
}

static void put_line_16(uint8_t *to, const uint32_t *from, size_t count)
{
    for (; count >= 4; count -= 4, to += 8, from += 4)
        put64(to, convert(from[0]) | (uint64_t)convert(from[1]) << 16 | (uint64_t)convert(from[2]) << 32 |
                      (uint64_t)convert(from[3]) << 48);
    for (; count; count--, to += 2, from++) {
        uint16_t pixel = (uint16_t)convert(*from);

        __builtin_memcpy(to, &pixel, sizeof(pixel));
    }
}

/* Eight pixels are three times 64 bits. */
static void put_line_24(uint8_t *to, const uint32_t *from, size_t count)
{
    for (; count >= 8; count -= 8, to += 24, from += 8) {
        uint64_t p[8];

        for (int i = 0; i < 8; i++)
            p[i] = convert(from[i]);
        put64(to, p[0] | p[1] << 24 | p[2] << 48);
        put64(to + 8, p[2] >> 16 | p[3] << 8 | p[4] << 32 | p[5] << 56);
        put64(to + 16, p[5] >> 8 | p[6] << 16 | p[7] << 40);
    }
    for (; count; count--, from++) {
        uint32_t pixel = convert(*from);

        for (int i = 0; i < 3; i++, pixel >>= 8)
            *to++ = (uint8_t)pixel;
    }
}

/* By bytes of a pixel, from 2 on. */
static void (*const by_depth[])(uint8_t *to, const uint32_t *from, size_t count) = {
    put_line_16, put_line_24, put_line_32};

/* ---- the screen -------------------------------------------------------------------------------- */

static int is_ours(const struct abi_screen *info)
{
    return info->bits_per_pixel == 32 && info->red.position == 16 && info->green.position == 8 &&
           info->blue.position == 0 && info->red.bits == 8 && info->green.bits == 8 && info->blue.bits == 8;
}

static int colour_fits(struct abi_colour colour, unsigned bits)
{
    return colour.bits >= 1 && colour.bits <= 8 && colour.position + colour.bits <= (int)bits;
}

int output_start(const struct abi_screen *info, uint8_t *pixels)
{
    unsigned bits = info->bits_per_pixel;

    if (bits != 15 && bits != 16 && bits != 24 && bits != 32)
        return -EINVAL;
    if (!colour_fits(info->red, bits) || !colour_fits(info->green, bits) || !colour_fits(info->blue, bits))
        return -EINVAL;
    if (info->width < 1 || info->width > 16384 || info->height < 1 || info->height > 16384)
        return -EINVAL;
    if (info->pitch < info->width * ((bits + 7) / 8) || info->bytes / info->pitch < info->height)
        return -EINVAL;
    screen = *info;
    memory = pixels;
    written = 0;
    make_levels(reds, info->red);
    make_levels(greens, info->green);
    make_levels(blues, info->blue);
    put_line = is_ours(info) ? put_line_same : by_depth[(bits + 7) / 8 - 2];
    return 0;
}

struct rect output_box(void)
{
    return (struct rect){0, 0, (int)screen.width, (int)screen.height};
}

void output_write(const struct canvas *picture, struct rect at, int x, int y)
{
    struct rect to = rect_and((struct rect){x, y, at.w, at.h}, output_box());
    const uint32_t *from = picture->pixels + (long)(at.y + to.y - y) * picture->stride + at.x + to.x - x;
    uint8_t *line = memory + (size_t)to.y * screen.pitch + (size_t)to.x * ((screen.bits_per_pixel + 7) / 8);

    if (rect_empty(to))
        return;
    for (int i = 0; i < to.h; i++, from += picture->stride, line += screen.pitch)
        put_line(line, from, (size_t)to.w);
    written += (uint64_t)to.w * (uint64_t)to.h;
}

uint64_t output_pixels_written(void)
{
    return written;
}
