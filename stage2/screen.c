/*
 * The text screen, written directly. The BIOS data area (40:49h mode, :4Ah columns, :50h cursor,
 * :63h CRTC port, :84h rows - 1) says where the BIOS stands, and is kept up to date so that both
 * may print. Manual: IBM VGA technical reference; RBIL MEMORY.LST.
 */
#include "stage2/screen.h"

#include <stdint.h>

#include "stage2/cpu.h"

#define BDA_MODE    0x49
#define BDA_COLUMNS 0x4a
#define BDA_CURSOR  0x50 /* column, then row, of page 0 */
#define BDA_CRTC    0x63
#define BDA_ROWS    0x84

#define MODE_COLOUR_TEXT 3 /* and 2, its grey twin */
#define MODE_MONO_TEXT   7
#define CRTC_CURSOR_HIGH 0x0e
#define ATTRIBUTE        0x07

extern volatile uint8_t bios_data[256];           /* 400h: stage2.ld */
extern volatile uint16_t vga_text[], mono_text[]; /* B8000h, B0000h */

static volatile uint16_t *cells; /* 0: no text screen */
static uint16_t crtc;
static uint8_t columns, rows, column, row;

void screen_init(void)
{
    uint8_t mode = bios_data[BDA_MODE];

    cells = 0;
    columns = bios_data[BDA_COLUMNS];
    rows = (uint8_t)(bios_data[BDA_ROWS] + 1);
    column = bios_data[BDA_CURSOR];
    row = bios_data[BDA_CURSOR + 1];
    crtc = (uint16_t)(bios_data[BDA_CRTC] | bios_data[BDA_CRTC + 1] << 8);
    if (rows < 25 || rows > 60)
        rows = 25;
    if (mode > MODE_COLOUR_TEXT && mode != MODE_MONO_TEXT)
        return;
    if (columns != 80 && columns != 40)
        return;
    if (row >= rows || column >= columns)
        row = column = 0;
    cells = mode == MODE_MONO_TEXT ? mono_text : vga_text;
}

void screen_enable(bool on)
{
    if (on)
        screen_init();
    else
        cells = 0;
}

bool screen_is_text(void)
{
    return cells;
}

static void scroll(void)
{
    uint16_t last = (uint16_t)((rows - 1) * columns);

    for (uint16_t i = 0; i < last; i++)
        cells[i] = cells[i + columns];
    for (uint16_t i = 0; i < columns; i++)
        cells[last + i] = ATTRIBUTE << 8 | ' ';
}

static void new_line(void)
{
    column = 0;
    if (row + 1 < rows)
        row++;
    else
        scroll();
}

static void put(char c)
{
    if (c == '\n') {
        new_line();
    } else if (c == '\r') {
        column = 0;
    } else if (c == '\b') {
        column -= column > 0;
    } else {
        cells[row * columns + column] = (uint16_t)(ATTRIBUTE << 8 | (uint8_t)c);
        if (++column == columns)
            new_line();
    }
}

static void move_cursor(void)
{
    uint16_t at = (uint16_t)(row * columns + column);

    bios_data[BDA_CURSOR] = column;
    bios_data[BDA_CURSOR + 1] = row;
    if (crtc != 0x3d4 && crtc != 0x3b4)
        return;
    outw(crtc, (uint16_t)(CRTC_CURSOR_HIGH | (at & 0xff00)));
    outw(crtc, (uint16_t)((CRTC_CURSOR_HIGH + 1) | at << 8));
}

void screen_write(const char *text)
{
    if (!cells)
        return;
    for (; *text; text++)
        put(*text);
    move_cursor();
}
