/* What is switched on and off: modes (SM, RM, DECSET, DECRST) and how characters look (SGR). */
#include "user/apps/terminal/vt_private.h"

#include <stdio.h>

/* ---- modes ---------------------------------------------------------------------------------------- */

/* Those that are a bit and nothing else. */
static unsigned mode_bit(int number)
{
    switch (number) {
    case 1: return MODE_CURSOR_KEYS;
    case 5: return MODE_REVERSE;
    case 12: return MODE_BLINK;
    case 25: return MODE_CURSOR;
    case 66: return MODE_KEYPAD;
    case 1004: return MODE_FOCUS;
    case 1006: return MODE_SGR_MOUSE;
    case 1007: return MODE_WHEEL_KEYS;
    case 2004: return MODE_PASTE;
    }
    return 0;
}

static int mouse_mode(int number)
{
    return number == 1000   ? MOUSE_BUTTONS
           : number == 1002 ? MOUSE_DRAG
           : number == 1003 ? MOUSE_ALL
                            : MOUSE_OFF;
}

/* 1049 is 1048 and 1047: the cursor is kept, the other screen begins empty. */
static void set_alternate(struct vt *vt, int number, bool on)
{
    struct grid *grid = &vt->grid;

    if (number == 1049 && on && !grid->alternate)
        vt_save(vt);
    if (number != 47 && grid->alternate != on && (on || number == 1047)) {
        grid_show(grid, true);
        grid_erase_rows(grid, 0, grid->rows - 1);
    }
    bool was = grid->alternate;

    grid_show(grid, on);
    if (number == 1049 && !on && was)
        vt_restore(vt);
}

static void set_mode(struct vt *vt, int number, bool on)
{
    struct grid *grid = &vt->grid;
    unsigned bit = mode_bit(number);

    vt->modes = on ? vt->modes | bit : vt->modes & ~bit;
    if (number == 5)
        grid_dirty_all(grid);
    if (mouse_mode(number) != MOUSE_OFF)
        vt->mouse = on ? mouse_mode(number) : MOUSE_OFF;
    switch (number) {
    case 6:
        grid->origin = on;
        grid_move_origin(grid, 0, 0);
        break;
    case 7:
        grid->wrap = on;
        break;
    case 47:
    case 1047:
    case 1049:
        set_alternate(vt, number, on);
        break;
    case 1048:
        (on ? vt_save : vt_restore)(vt);
        break;
    }
}

void vt_private_mode(struct vt *vt, const struct sequence *sequence, bool on)
{
    for (int i = 0; i < sequence->count; i++)
        set_mode(vt, sequence->parameter[i], on);
}

void vt_ansi_mode(struct vt *vt, const struct sequence *sequence, bool on)
{
    for (int i = 0; i < sequence->count; i++) {
        if (sequence->parameter[i] == 4)
            vt->grid.insert = on;
        if (sequence->parameter[i] == 20)
            vt->modes = on ? vt->modes | MODE_NEWLINE : vt->modes & ~MODE_NEWLINE;
    }
}

/* DECRQM: 1 set, 2 reset, 0 not known. */
static int mode_state(const struct vt *vt, int number)
{
    const struct grid *grid = &vt->grid;

    if (mode_bit(number))
        return vt->modes & mode_bit(number) ? 1 : 2;
    if (mouse_mode(number) != MOUSE_OFF)
        return (int)vt->mouse == mouse_mode(number) ? 1 : 2;
    switch (number) {
    case 6: return grid->origin ? 1 : 2;
    case 7: return grid->wrap ? 1 : 2;
    case 47:
    case 1047:
    case 1049: return grid->alternate ? 1 : 2;
    }
    return 0;
}

void vt_report_mode(struct vt *vt, int number)
{
    char text[32];

    snprintf(text, sizeof(text), "\033[?%d;%d$y", number, mode_state(vt, number));
    vt_reply(vt, text);
}

/* ---- how characters look -------------------------------------------------------------------------- */

/* 38;5;n  38;2;r;g;b  38:5:n  38:2::r:g:b  38:2:r:g:b. From `at`, which is 38 or 48; where it ends. */
static int read_colour(const struct sequence *sequence, int at, uint32_t *colour)
{
    bool subs = at + 1 < sequence->count && sequence->is_sub[at + 1];
    int kind = parameter(sequence, at + 1, 0, 0), from = at + 2, end = from, part[3];

    while (subs && end < sequence->count && sequence->is_sub[end])
        end++;
    if (kind == 5) {
        *colour = VT_PALETTE | (uint32_t)(parameter(sequence, from, 0, 0) & 0xFF);
        return subs ? end - 1 : from;
    }
    if (kind != 2)
        return subs ? end - 1 : at + 1;
    if (subs && end - from >= 4)
        from++; /* the colour space, which nobody gives */
    for (int i = 0; i < 3; i++)
        part[i] = parameter(sequence, from + i, 0, 0) & 0xFF;
    *colour = VT_RGB | (uint32_t)(part[0] << 16 | part[1] << 8 | part[2]);
    return subs ? end - 1 : from + 2;
}

static bool set_attribute(struct cell *pen, int number)
{
    static const uint16_t on[] = {0, CELL_BOLD, CELL_DIM, CELL_ITALIC, CELL_UNDERLINE, CELL_BLINK, CELL_BLINK,
                                  CELL_INVERSE, CELL_HIDDEN, CELL_STRIKE};
    static const uint16_t off[] = {CELL_UNDERLINE, CELL_BOLD | CELL_DIM, CELL_ITALIC,
                                   CELL_UNDERLINE, CELL_BLINK,           0,
                                   CELL_INVERSE,   CELL_HIDDEN,          CELL_STRIKE}; /* from 21 */

    if (number >= 1 && number <= 9)
        pen->attributes |= on[number];
    else if (number == 21)
        pen->attributes |= CELL_UNDERLINE;
    else if (number >= 22 && number <= 29)
        pen->attributes &= ~(uint32_t)off[number - 21];
    else
        return false;
    return true;
}

static void set_colour(struct cell *pen, int number)
{
    if (number >= 30 && number <= 37)
        pen->foreground = VT_PALETTE | (uint32_t)(number - 30);
    else if (number == 39)
        pen->foreground = VT_DEFAULT;
    else if (number >= 40 && number <= 47)
        pen->background = VT_PALETTE | (uint32_t)(number - 40);
    else if (number == 49)
        pen->background = VT_DEFAULT;
    else if (number >= 90 && number <= 97)
        pen->foreground = VT_PALETTE | (uint32_t)(number - 90 + 8);
    else if (number >= 100 && number <= 107)
        pen->background = VT_PALETTE | (uint32_t)(number - 100 + 8);
}

/* One attribute, with what belongs to it; where it ends. */
static int one_attribute(struct cell *pen, const struct sequence *sequence, int at)
{
    int number = parameter(sequence, at, 0, 0);
    uint32_t ignored;

    if (number == 0) {
        *pen = (struct cell){' ', 0, VT_DEFAULT, VT_DEFAULT};
    } else if (number == 38) {
        return read_colour(sequence, at, &pen->foreground);
    } else if (number == 48) {
        return read_colour(sequence, at, &pen->background);
    } else if (number == 58) {
        return read_colour(sequence, at, &ignored); /* of the underline: it has the text's */
    } else if (number == 4 && at + 1 < sequence->count && sequence->is_sub[at + 1]) {
        bool on = parameter(sequence, at + 1, 0, 1) != 0; /* 4:0 none, 4:3 a wave, … */

        pen->attributes = on ? pen->attributes | CELL_UNDERLINE : pen->attributes & ~CELL_UNDERLINE;
        return at + 1;
    } else if (!set_attribute(pen, number)) {
        set_colour(pen, number);
    }
    return at;
}

void vt_pen(struct cell *pen, const struct sequence *sequence)
{
    if (sequence->count == 0)
        *pen = (struct cell){' ', 0, VT_DEFAULT, VT_DEFAULT};
    for (int at = 0; at < sequence->count; at++)
        at = one_attribute(pen, sequence, at);
}
