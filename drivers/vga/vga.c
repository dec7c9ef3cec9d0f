/*
 * VGA text: 80×25 cells at B8000h with a hardware cursor.
 *
 * Use: vga_init → vga_clear → vga_draw, vga_move_cursor; the callbacks do. Registers after "IBM VGA XGA
 * Technical Reference" (1992), chapter 2; the BIOS has set mode 3, so the ports are those of a colour screen.
 */
#include "drivers/vga/vga.h"

#include "lib/font.h"
#include "lib/span.h"

#define PORT_ATTRIBUTE      0x3c0 /* index, then data; the flip-flop between them: */
#define PORT_ATTRIBUTE_READ 0x3c1
#define PORT_SEQUENCER      0x3c4 /* index; data behind it */
#define PORT_DAC_WRITE      0x3c8
#define PORT_DAC_DATA       0x3c9
#define PORT_GRAPHICS       0x3ce /* index; data behind it */
#define PORT_CRTC_INDEX     0x3d4
#define PORT_CRTC_DATA      0x3d5
#define PORT_STATUS         0x3da /* a read sets the flip-flop to "index" */

#define CRTC_CURSOR_START 0x0a
#define CRTC_CURSOR_END   0x0b
#define CRTC_CURSOR_HIGH  0x0e
#define CRTC_CURSOR_LOW   0x0f

#define ATTRIBUTE_MODE       0x10
#define ATTRIBUTE_MODE_BLINK 0x08 /* bit 7 of a cell blinks; without it: bright background */
#define ATTRIBUTE_VIDEO_ON   0x20 /* in the index: go on showing the picture */

#define HOUSE      0x2302 /* at 7Fh */

/* ANSI counts red, green, blue from bit 0, VGA from bit 2. */
static const uint8_t vga_colours[16] = {0, 4, 2, 6, 1, 5, 3, 7, 8, 12, 10, 14, 9, 13, 11, 15};

/* Code page 437: its upper half, and the pictures that stand where ASCII has control characters. */
static const uint16_t cp437_high[128] = {
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef,
    0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
    0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa,
    0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
    0x255d, 0x255c, 0x255b, 0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
    0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
    0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
    0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4,
    0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248,
    0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};
static const uint16_t cp437_low[32] = {
    0x0000, 0x263a, 0x263b, 0x2665, 0x2666, 0x2663, 0x2660, 0x2022, 0x25d8, 0x25cb, 0x25d9,
    0x2642, 0x2640, 0x266a, 0x266b, 0x263c, 0x25ba, 0x25c4, 0x2195, 0x203c, 0x00b6, 0x00a7,
    0x25ac, 0x21a8, 0x2191, 0x2193, 0x2192, 0x2190, 0x221f, 0x2194, 0x25b2, 0x25bc,
};

static uint8_t cp437_of(uint16_t character)
{
    if (character >= ' ' && character <= '~')
        return (uint8_t)character;
    for (unsigned i = 0; i < array_length(cp437_high); i++)
        if (cp437_high[i] == character)
            return (uint8_t)(0x80 + i);
    for (unsigned i = 1; i < array_length(cp437_low); i++)
        if (cp437_low[i] == character)
            return (uint8_t)i;
    return '?';
}

/* ---- colours --------------------------------------------------------------------------------- */

static uint32_t distance(uint32_t a, uint32_t b)
{
    int red = (int)(a >> 16 & 0xff) - (int)(b >> 16 & 0xff);
    int green = (int)(a >> 8 & 0xff) - (int)(b >> 8 & 0xff);
    int blue = (int)(a & 0xff) - (int)(b & 0xff);

    return (uint32_t)(red * red + green * green + blue * blue);
}

/* The one of the sixteen that looks most like it. */
static uint8_t nearest_colour(const uint32_t *palette, uint8_t colour)
{
    if (colour < 16)
        return colour;

    uint8_t best = 0;
    for (uint8_t i = 1; i < 16; i++)
        if (distance(palette[i], palette[colour]) < distance(palette[best], palette[colour]))
            best = i;
    return best;
}

static uint16_t attribute_of(const uint32_t *palette, const struct text_cell *cell)
{
    unsigned foreground = vga_colours[nearest_colour(palette, cell->foreground)];
    unsigned background = vga_colours[nearest_colour(palette, cell->background)];

    return (uint16_t)((background << 4 | foreground) << 8);
}

/* The attribute controller sends the sixteen colours to these DAC entries (the BIOS's mode 3). */
static uint8_t dac_entry(unsigned vga_colour)
{
    if (vga_colour == 6)
        return 0x14;
    return (uint8_t)(vga_colour < 8 ? vga_colour : 0x30 + vga_colour);
}

static void set_palette(const uint32_t *palette)
{
    for (unsigned i = 0; i < 16; i++) {
        ddi_out8(PORT_DAC_WRITE, dac_entry(vga_colours[i]));
        ddi_out8(PORT_DAC_DATA, palette[i] >> 18 & 0x3f); /* six bits a channel */
        ddi_out8(PORT_DAC_DATA, palette[i] >> 10 & 0x3f);
        ddi_out8(PORT_DAC_DATA, palette[i] >> 2 & 0x3f);
    }
}

static void allow_bright_backgrounds(void)
{
    (void)ddi_in8(PORT_STATUS);
    ddi_out8(PORT_ATTRIBUTE, ATTRIBUTE_MODE | ATTRIBUTE_VIDEO_ON);
    uint8_t mode = ddi_in8(PORT_ATTRIBUTE_READ);
    ddi_out8(PORT_ATTRIBUTE, mode & (uint8_t)~ATTRIBUTE_MODE_BLINK);
    (void)ddi_in8(PORT_STATUS);
}

/* ---- the screen ------------------------------------------------------------------------------ */

static void crtc_write(uint8_t index, uint8_t value)
{
    ddi_out8(PORT_CRTC_INDEX, index);
    ddi_out8(PORT_CRTC_DATA, value);
}

void vga_draw(struct vga *vga, unsigned column, unsigned row, const struct text_cell *cells, unsigned count)
{
    unsigned to = row * VGA_TEXT_COLUMNS + column;

    for (unsigned i = 0; i < count; i++)
        vga->memory->cells[to + i] = attribute_of(vga->screen.palette, &cells[i])
                                     | cp437_of(cells[i].character);
}

void vga_move_cursor(struct vga *vga, unsigned column, unsigned row)
{
    unsigned position = row * VGA_TEXT_COLUMNS + column;

    (void)vga;
    crtc_write(CRTC_CURSOR_HIGH, (uint8_t)(position >> 8));
    crtc_write(CRTC_CURSOR_LOW, (uint8_t)position);
}

void vga_clear(struct vga *vga)
{
    const struct text_cell blank = {' ', 7, 0};

    for (unsigned i = 0; i < VGA_TEXT_COLUMNS * VGA_TEXT_ROWS; i++)
        vga->memory->cells[i] = attribute_of(vga->screen.palette, &blank) | ' ';
}

/* ---- the font -------------------------------------------------------------------------------- */

/* Plane 2 alone, byte by byte, at A0000h; for that time there is no text at B8000h. */
static const struct {
    uint16_t port;
    uint8_t index, value;
} to_plane_2[] = {
    {PORT_SEQUENCER, 2, 0x04}, /* map mask */
    {PORT_SEQUENCER, 4, 0x06}, /* memory mode: not odd and even */
    {PORT_GRAPHICS, 5, 0x00},  /* mode: write as it comes */
    {PORT_GRAPHICS, 6, 0x04},  /* miscellaneous: 64 KiB from A0000h on */
};

static uint8_t exchange(uint16_t port, uint8_t index, uint8_t value)
{
    ddi_out8(port, index);
    uint8_t before = ddi_in8(port + 1u);

    ddi_out8(port + 1u, value);
    return before;
}

static uint16_t code_point(unsigned code)
{
    if (code >= 0x80)
        return cp437_high[code - 0x80];
    if (code < ' ')
        return code ? cp437_low[code] : ' ';
    return code == 0x7f ? HOUSE : (uint16_t)code;
}

static void load_font(struct vga *vga)
{
    uint8_t before[array_length(to_plane_2)];

    for (unsigned i = 0; i < array_length(to_plane_2); i++)
        before[i] = exchange(to_plane_2[i].port, to_plane_2[i].index, to_plane_2[i].value);
    for (unsigned code = 0; code < VGA_GLYPHS; code++) {
        struct span lines = span_of(font_glyph(code_point(code)), FONT_HEIGHT);

        for (unsigned line = 0; line < FONT_HEIGHT; line++)
            vga->memory->glyphs[code][line] = span_at(lines, line);
    }
    for (unsigned i = 0; i < array_length(to_plane_2); i++)
        (void)exchange(to_plane_2[i].port, to_plane_2[i].index, before[i]);
}

/* ---- callbacks ------------------------------------------------------------------------------- */

int vga_init(struct vga *vga)
{
    const struct ddi_screen *screen = &vga->screen;

    if (screen->mode.phys != 0 || !screen->mode.has_vga_text || screen->columns != VGA_TEXT_COLUMNS
        || screen->rows != VGA_TEXT_ROWS)
        return -ENODEV;
    vga->memory = (volatile struct vga_memory *)(uintptr_t)screen->mode.virt;
    set_palette(screen->palette);
    allow_bright_backgrounds();
    crtc_write(CRTC_CURSOR_START, 0);
    crtc_write(CRTC_CURSOR_END, FONT_HEIGHT - 1);
    load_font(vga);
    return 0;
}

static struct vga vga;

static int init(void)
{
    int error = ddi_screen(&vga.screen);

    return error ? error : vga_init(&vga);
}

static void clear(void)
{
    vga_clear(&vga);
}

static void draw(unsigned column, unsigned row, const struct text_cell *cells, unsigned count)
{
    vga_draw(&vga, column, row, cells, count);
}

static void move_cursor(unsigned column, unsigned row)
{
    vga_move_cursor(&vga, column, row);
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "vga",
        .what = "VGA text mode",
        .class = DDI_DISPLAY,
        .ports = {{PORT_ATTRIBUTE, PORT_STATUS, DDI_ANY_VALUE, 0}},
        .placement = DDI_PLACED_KERNEL,
    },
    .state = &vga,
    .state_size = sizeof(vga),
    .init = init,
    .clear = clear,
    .draw = draw,
    .move_cursor = move_cursor,
};
