/* links: drivers/vga/vga.c lib/font.c */
/* VGA text in a buffer of ours, with ports that remember. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "drivers/vga/vga.h"
#include "lib/font.h"

#define CELLS (VGA_TEXT_COLUMNS * VGA_TEXT_ROWS)

/* ---- the fake card --------------------------------------------------------------------------- */

static uint8_t crtc[256], crtc_index;
static uint8_t dac[256][3];
static unsigned dac_at;
static uint8_t attribute[32], attribute_index;
static bool attribute_data; /* the flip-flop */
static uint8_t sequencer[8], sequencer_index, graphics[16], graphics_index;

static uint8_t fake_in8(uint16_t port)
{
    if (port == 0x3da)
        attribute_data = false;
    if (port == 0x3c5)
        return sequencer[sequencer_index & 7];
    if (port == 0x3cf)
        return graphics[graphics_index & 15];
    return port == 0x3c1 ? attribute[attribute_index & 31] : 0;
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    assert_int_equal(bytes, 1);
    return fake_in8(port);
}

static void attribute_write(uint8_t value)
{
    if (attribute_data)
        attribute[attribute_index & 31] = value;
    else
        attribute_index = value;
    attribute_data = !attribute_data;
}

static void fake_out8(uint16_t port, uint8_t value)
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

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    assert_int_equal(bytes, 1);
    fake_out8(port, (uint8_t)value);
}

static struct {
    uint16_t before; /* a red zone of one cell */
    struct vga_memory memory;
    uint16_t after;
} card;
static struct ddi_screen given;
static struct vga vga;

int ddi_screen(struct ddi_screen *screen)
{
    *screen = given;
    return 0;
}

static int setup(void **state)
{
    (void)state;
    memset(&card, 0xee, sizeof(card));
    given = (struct ddi_screen){
        .mode = {.has_vga_text = 1, .virt = (uintptr_t)&card.memory}, .columns = 80, .rows = 25,
    };
    for (unsigned i = 0; i < 16; i++)
        given.palette[i] = i * 0x100804;
    given.palette[200] = 0x30180c; /* is 3 */
    given.palette[201] = 0xffffff; /* nearest to 15 */
    attribute[0x10] = 0x0c;
    attribute_data = true;
    sequencer[2] = 3, sequencer[4] = 2, graphics[5] = 0x10, graphics[6] = 0x0e; /* text mode 3 */
    vga.screen = given;
    assert_int_equal(vga_init(&vga), 0);
    return 0;
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void clears(void **state)
{
    (void)state;
    assert_int_equal(card.memory.cells[0], 0xeeee); /* nobody has asked yet */
    vga_clear(&vga);
    for (unsigned i = 0; i < CELLS; i++)
        assert_int_equal(card.memory.cells[i], 0x0720);
    assert_int_equal(card.before, 0xeeee);
    assert_int_equal(card.after, 0xeeee);
}

static void pixels_are_not_its_own(void **state)
{
    (void)state;
    vga.screen.mode.phys = 0xe0000000;
    assert_int_equal(vga_init(&vga), -ENODEV);
    vga.screen.mode = (struct boot_framebuffer){.virt = given.mode.virt};
    assert_int_equal(vga_init(&vga), -ENODEV);
    vga.screen = given;
    vga.screen.rows = 26;
    assert_int_equal(vga_init(&vga), -ENODEV);
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
    assert_int_equal(ddi_driver.init(), 0);
    ddi_driver.clear();
    ddi_driver.draw(72, 24, cells, 8);
    assert_memory_equal(card.memory.cells + 24 * 80 + 72, wanted, sizeof(wanted));
    assert_int_equal(card.memory.cells[24 * 80 + 71], 0x0720);
    assert_int_equal(card.after, 0xeeee);
}

static void moves_the_cursor(void **state)
{
    (void)state;
    ddi_driver.move_cursor(79, 24);
    assert_int_equal(crtc[0x0e] << 8 | crtc[0x0f], 1999);
    ddi_driver.move_cursor(3, 1);
    assert_int_equal(crtc[0x0e] << 8 | crtc[0x0f], 83);
}

static void the_font_goes_into_its_plane(void **state)
{
    (void)state;
    assert_true(sequencer[2] == 3 && sequencer[4] == 2 && graphics[5] == 0x10 && graphics[6] == 0x0e);
    assert_memory_equal(card.memory.glyphs['A'], font_glyph('A'), 16);
    assert_memory_equal(card.memory.glyphs[0xc4], font_glyph(0x2500), 16);
    assert_memory_equal(card.memory.glyphs[0x7f], font_glyph(0x2302), 16);
    assert_memory_equal(card.memory.glyphs[0], font_glyph(' '), 16);
    assert_memory_equal(card.memory.glyphs[1], font_glyph(0x263a), 16);
    assert_int_equal(card.memory.glyphs[0xff][16], 0xee); /* no line more than a cell has */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(clears, setup),
        cmocka_unit_test_setup(pixels_are_not_its_own, setup),
        cmocka_unit_test_setup(the_font_goes_into_its_plane, setup),
        cmocka_unit_test_setup(programs_the_card, setup),
        cmocka_unit_test_setup(draws, setup),
        cmocka_unit_test_setup(moves_the_cursor, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
