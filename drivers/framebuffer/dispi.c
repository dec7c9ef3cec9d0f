/*
 * Bochs' display interface: an index at port 1CEh, its 16-bit register at 1CFh. Bochs' vbe.h
 * (VBE_DISPI_…) names the registers; QEMU's docs/specs/standard-vga.rst describes them.
 * Use: dispi_find → dispi_plan → dispi_set, dispi_keep. Locks: none; one at a time.
 */
#include "drivers/framebuffer/dispi.h"

#include "drivers/ddi.h"
#include "lib/font.h"

#define INDEX 0x1ce /* 16 bits each */
#define DATA  0x1cf

enum {
    ID, XRES, YRES, BPP, ENABLE, BANK, VIRT_WIDTH, VIRT_HEIGHT, X_OFFSET, Y_OFFSET, MEMORY_64K,
};

#define ID_LINEAR  0xb0c2 /* the first with a linear framebuffer */
#define ID_HIGH    0xb0cf
#define ENABLED    0x01
#define GET_MAX    0x02 /* sizes read as the largest: not as what is */
#define LINEAR     0x40
#define NO_CLEAR   0x80
#define OLD_MEMORY (4u << 20) /* of a card that does not say how much it has */
#define SIDE_MAX   16384u

static uint16_t get(uint16_t index)
{
    ddi_out16(INDEX, index);
    return ddi_in16(DATA);
}

static void set(uint16_t index, uint16_t value)
{
    ddi_out16(INDEX, index);
    ddi_out16(DATA, value);
}

static bool shows(const struct boot_framebuffer *mode)
{
    return (get(ENABLE) & (ENABLED | GET_MAX | LINEAR)) == (ENABLED | LINEAR) && get(XRES) == mode->width
           && get(YRES) == mode->height && get(BPP) == mode->bits_per_pixel;
}

int dispi_find(const struct boot_framebuffer *now, uint64_t *bytes)
{
    uint16_t id = get(ID), blocks = get(MEMORY_64K);

    if (now->phys == 0 || id < ID_LINEAR || id > ID_HIGH || !shows(now))
        return -ENODEV;
    *bytes = blocks == 0 || blocks == UINT16_MAX || blocks == id ? OLD_MEMORY : (uint64_t)blocks << 16;
    return 0;
}

int dispi_plan(uint32_t width, uint32_t height, uint32_t bits, uint64_t bytes, struct boot_framebuffer *mode)
{
    if (width < FONT_WIDTH || width > SIDE_MAX || width % 8 || height < FONT_HEIGHT || height > SIDE_MAX)
        return -EINVAL;
    if (bits != 15 && bits != 16 && bits != 24 && bits != 32)
        return -EINVAL;
    mode->width = width;
    mode->height = height;
    mode->pitch = width * ((bits + 7) / 8);
    mode->bits_per_pixel = (uint8_t)bits;
    mode->vbe_mode = 0; /* none of VBE's */
    mode->red = bits == 15 ? (struct boot_colour){10, 5} : bits == 16 ? (struct boot_colour){11, 5}
                                                                      : (struct boot_colour){16, 8};
    mode->green = bits == 15 ? (struct boot_colour){5, 5} : bits == 16 ? (struct boot_colour){5, 6}
                                                                       : (struct boot_colour){8, 8};
    mode->blue = (struct boot_colour){0, bits < 24 ? 5 : 8};
    return (uint64_t)mode->pitch * height > bytes ? -ENOSPC : 0;
}

static void change(uint16_t width, uint16_t height, uint16_t bits)
{
    set(ENABLE, 0); /* sizes change while it is off */
    set(XRES, width);
    set(YRES, height);
    set(BPP, bits);
    set(X_OFFSET, 0);
    set(Y_OFFSET, 0);
    set(ENABLE, ENABLED | LINEAR | NO_CLEAR);
    set(VIRT_WIDTH, width);
}

int dispi_set(const struct boot_framebuffer *mode)
{
    uint16_t width = get(XRES), height = get(YRES), bits = get(BPP);

    change((uint16_t)mode->width, (uint16_t)mode->height, mode->bits_per_pixel);
    if (shows(mode) && get(VIRT_WIDTH) == mode->width)
        return 0;
    change(width, height, bits);
    return -EIO;
}

int dispi_keep(const struct boot_framebuffer *mode)
{
    return shows(mode) ? 0 : dispi_set(mode);
}
