/* links: drivers/vga/vga.c */
/* VGA text in a buffer of ours, with ports that remember. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "drivers/vga/vga.h"

#define CELLS (VGA_TEXT_COLUMNS * VGA_TEXT_ROWS)

/* ---- the fake card --------------------------------------------------------------------------- */

static uint8_t crtc[256], crtc_index;
static uint8_t dac[256][3];
static unsigned dac_at;
static uint8_t attribute[32], attribute_index;
static bool attribute_data; /* the flip-flop */
static uint8_t sequencer[8], sequencer_index, graphics[16], graphics_index;

uint8_t ddi_in8(uint16_t port)
{
    if (port == 0x3da)
        attribute_data = false;
    if (port == 0x3c5)
        return sequencer[sequencer_index & 7];
    if (port == 0x3cf)
        return graphics[graphics_index & 15];
    return port == 0x3c1 ? attribute[attribute_index & 31] : 0;
}

static void attribute_write(uint8_t value)
{
    if (attribute_data)
        attribute[attribute_index & 31] = value;
    else
        attribute_index = value;
    attribute_data = !attribute_data;
}

void ddi_out8(uint16_t port, uint8_t value)
{
    switch (port) {
    case 0x3c0:
        attribute_write(value);
        break;
    case 0x3c8:
        dac_at = value * 3u;
        break;
    case 0x3c9:
        assert_true(value < 64);
        dac[dac_at / 3][dac_at % 3] = value;
        dac_at++;
        break;
    case 0x3c4:
        sequencer_index = value;
        break;
    case 0x3c5:
        sequencer[sequencer_index & 7] = value;
        break;
    case 0x3ce:
        graphics_index = value;
        break;
    case 0x3cf:
        graphics[graphics_index & 15] = value;
        break;
    case 0x3d4:
        crtc_index = value;
        break;
    case 0x3d5:
        crtc[crtc_index] = value;
        break;
    default:
        fail_msg("port %x", port);
    }
}

static uint16_t memory[CELLS + 2]; /* a red zone of one cell before and after */
static uint32_t palette[256];
static struct vga vga;

static int setup(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 16; i++)
        palette[i] = i * 0x100804;
    palette[200] = 0x30180c; /* is 3 */
    palette[201] = 0xffffff; /* nearest to 15 */
    memset(memory, 0xee, sizeof(memory));
    attribute[0x10] = 0x0c;
    attribute_data = true;
    vga_init(&vga, memory + 1, palette);
    return 0;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void clears(void **state)
{
    (void)state;
    for (unsigned i = 1; i <= CELLS; i++)
        assert_int_equal(memory[i], 0x0720);
    assert_int_equal(memory[0], 0xeeee);
    assert_int_equal(memory[CELLS + 1], 0xeeee);
    assert_int_equal(vga.screen.columns, 80);
    assert_int_equal(vga.screen.rows, 25);
}

static void programs_the_card(void **state)
{
    (void)state;
    assert_int_equal(attribute[0x10], 0x04); /* no blinking */
    assert_int_equal(attribute_index, 0x30); /* and the picture stays on */
    assert_false(attribute_data);
    assert_int_equal(dac[0x04][0], 0x10 >> 2);      /* ANSI 1, red, is VGA 4 */
    assert_int_equal(dac[0x14][2], (3 * 4) >> 2);   /* ANSI 3 is VGA 6, brown, at entry 14h */
    assert_int_equal(dac[0x3f][1], (15 * 8) >> 2);  /* bright white, at 3Fh */
    assert_int_equal(dac[0x39][0], (12 * 16) >> 2); /* ANSI 12, bright blue, is VGA 9 */
    assert_int_equal(crtc[0x0a], 0);
    assert_int_equal(crtc[0x0b], 15);
}

static void draws(void **state)
{
    const struct text_cell cells[] = {
        {'A', 7, 0},   {0xe9, 1, 4},      {0x2500, 11, 0}, {0x2192, 15, 8},
        {0x416, 7, 0}, {0x3b1, 200, 201}, {0, 7, 0},       {0x7f, 7, 0},
    };
    const uint16_t wanted[] = {
        0x0700 | 'A', 0x1400 | 0x82, 0x0e00 | 0xc4, 0x8f00 | 0x1a,
        0x0700 | '?', 0xf600 | 0xe0, 0x0700 | '?',  0x0700 | '?',
    };

    (void)state;
    vga.screen.operations->draw(&vga.screen, 72, 24, cells, 8);
    assert_memory_equal(memory + 1 + 24 * 80 + 72, wanted, sizeof(wanted));
    assert_int_equal(memory[24 * 80 + 72], 0x0720);
    assert_int_equal(memory[CELLS + 1], 0xeeee);
}

static void moves_the_cursor(void **state)
{
    (void)state;
    vga.screen.operations->move_cursor(&vga.screen, 79, 24);
    assert_int_equal(crtc[0x0e] << 8 | crtc[0x0f], 1999);
    vga.screen.operations->move_cursor(&vga.screen, 3, 1);
    assert_int_equal(crtc[0x0e] << 8 | crtc[0x0f], 83);
}

static const uint8_t *glyph_of(uint16_t character)
{
    static uint8_t lines[16];

    assert_true(sequencer[2] == 4 && sequencer[4] == 6 && graphics[5] == 0 && graphics[6] == 4);
    memset(lines, character & 0xff, sizeof(lines));
    lines[0] = (uint8_t)(character >> 8);
    return lines;
}

static void the_font_goes_into_its_plane(void **state)
{
    static struct vga_font plane;

    (void)state;
    sequencer[2] = 3, sequencer[4] = 2, graphics[5] = 0x10, graphics[6] = 0x0e; /* text mode 3 */
    memset(&plane, 0xee, sizeof(plane));
    vga_load_font(&plane, glyph_of);
    assert_true(sequencer[2] == 3 && sequencer[4] == 2 && graphics[5] == 0x10 && graphics[6] == 0x0e);
    assert_int_equal(plane.glyphs['A'][15], 'A');
    assert_int_equal(plane.glyphs[0xc4][0], 0x25); /* U+2500 */
    assert_int_equal(plane.glyphs[0x7f][0], 0x23);
    assert_int_equal(plane.glyphs[0][5], ' ');
    assert_int_equal(plane.glyphs[1][1], 0x3a);
    assert_int_equal(plane.glyphs[0xff][16], 0xee); /* no line more than a cell has */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(clears, setup),
        cmocka_unit_test_setup(the_font_goes_into_its_plane, setup),
        cmocka_unit_test_setup(programs_the_card, setup),
        cmocka_unit_test_setup(draws, setup),
        cmocka_unit_test_setup(moves_the_cursor, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
