/* What the sequences of the terminal's language do. See vt.h; ECMA-48 names them, the VT220's
   manual and xterm's tell what that leaves open. */
#include "kernel/core/console/vt.h"

#include "lib/printf.h"
#include "lib/string.h"

#define TAB_STOP 8
#define BRIGHT   8 /* from a colour to its bright one */

static const struct vt_style default_style = {VT_FOREGROUND, VT_BACKGROUND, false, false, false,
                                              false};

/* ---- colours --------------------------------------------------------------------------------- */

static unsigned parameter(const struct vt *vt, unsigned index)
{
    return index < vt->parameter_count ? vt->parameters[index] : 0;
}

/* 0–255 to the six steps of the cube (0, 95, 135, 175, 215, 255). */
static unsigned cube_step(unsigned value)
{
    if (value < 48)
        return 0;
    return value < 115 ? 1 : (value > 255 ? 5 : (value - 35) / 40);
}

/* After 38 or 48 at `index`: 5;n or 2;r;g;b. Returns how many parameters belong to it. */
static unsigned extended_colour(const struct vt *vt, unsigned index, uint8_t *colour)
{
    if (parameter(vt, index + 1) == 5) {
        if (parameter(vt, index + 2) < 256)
            *colour = (uint8_t)parameter(vt, index + 2);
        return 2;
    }
    if (parameter(vt, index + 1) == 2) {
        *colour = (uint8_t)(16 + 36 * cube_step(parameter(vt, index + 2)) +
                            6 * cube_step(parameter(vt, index + 3)) +
                            cube_step(parameter(vt, index + 4)));
        return 4;
    }
    return 1;
}

static void set_plain_colour(struct vt_style *style, unsigned code)
{
    if (code >= 30 && code <= 37)
        style->foreground = (uint8_t)(code - 30);
    else if (code == 39)
        style->foreground = VT_FOREGROUND;
    else if (code >= 40 && code <= 47)
        style->background = (uint8_t)(code - 40);
    else if (code == 49)
        style->background = VT_BACKGROUND;
    else if (code >= 90 && code <= 97)
        style->foreground = (uint8_t)(code - 90 + BRIGHT);
    else if (code >= 100 && code <= 107)
        style->background = (uint8_t)(code - 100 + BRIGHT);
}

static void select_graphic_rendition(struct vt *vt)
{
    struct vt_style *style = &vt->style;

    for (unsigned i = 0; i < vt->parameter_count; i++) {
        unsigned code = vt->parameters[i];
        switch (code) {
        case 0:
            *style = default_style;
            break;
        case 1:
            style->bold = true;
            break;
        case 2:
            style->dim = true;
            break;
        case 22:
            style->bold = style->dim = false;
            break;
        case 4:
        case 21:
        case 24:
            style->underline = code != 24;
            break;
        case 7:
        case 27:
            style->reverse = code == 7;
            break;
        case 38:
            i += extended_colour(vt, i, &style->foreground);
            break;
        case 48:
            i += extended_colour(vt, i, &style->background);
            break;
        default:
            set_plain_colour(style, code);
            break;
        }
    }
}

/* ---- the cursor ------------------------------------------------------------------------------ */

/* From 0;0 of the screen, or of the scrolling rows. */
static void move(struct vt *vt, unsigned column, unsigned row)
{
    const struct grid *grid = vt->grid;
    unsigned end = vt->origin ? grid->scroll_end : grid->rows;

    if (vt->origin)
        row += grid->scroll_first;
    grid_move(vt->grid, column, row < end ? row : end - 1);
}

/* Where it is, as `move` counts. */
static unsigned row_of(const struct vt *vt)
{
    const struct grid *grid = vt->grid;

    return vt->origin && grid->row >= grid->scroll_first ? grid->row - grid->scroll_first
                                                         : grid->row;
}

/* Not over the edge of the scrolling rows, when it is among them. */
static unsigned row_above(const struct grid *grid, unsigned by)
{
    unsigned first = grid->row >= grid->scroll_first ? grid->scroll_first : 0;

    return grid->row - first > by ? grid->row - by : first;
}

static unsigned row_below(const struct grid *grid, unsigned by)
{
    unsigned end = grid->row < grid->scroll_end ? grid->scroll_end : grid->rows;

    return end - 1 - grid->row > by ? grid->row + by : end - 1;
}

static struct vt_cursor cursor_of(const struct vt *vt)
{
    return (struct vt_cursor){
        .column = vt->grid->column, .row = vt->grid->row, .style = vt->style,
        .origin = vt->origin, .drawing = {vt->drawing[0], vt->drawing[1]}, .shifted = vt->shifted,
    };
}

static void restore(struct vt *vt, const struct vt_cursor *saved)
{
    vt->style = saved->style;
    vt->origin = saved->origin;
    vt->drawing[0] = saved->drawing[0];
    vt->drawing[1] = saved->drawing[1];
    vt->shifted = saved->shifted;
    grid_move(vt->grid, saved->column, saved->row);
}

/* ---- tabs ------------------------------------------------------------------------------------ */

void vt_default_tabs(struct vt *vt)
{
    for (unsigned column = 0; column < VT_TABS_MAX; column++)
        vt->tabs[column] = column % TAB_STOP == 0;
}

static bool is_stop(const struct vt *vt, unsigned column)
{
    return column < VT_TABS_MAX && vt->tabs[column];
}

void vt_tab(struct vt *vt)
{
    struct grid *grid = vt->grid;
    unsigned column = grid->column;

    do
        column++;
    while (column < grid->columns && !is_stop(vt, column));
    grid_move(grid, column, grid->row);
}

static void back_tab(struct vt *vt)
{
    struct grid *grid = vt->grid;
    unsigned column = grid->column;

    do
        column -= column > 0;
    while (column > 0 && !is_stop(vt, column));
    grid_move(grid, column, grid->row);
}

static void set_tab(struct vt *vt, bool stop)
{
    if (vt->grid->column < VT_TABS_MAX)
        vt->tabs[vt->grid->column] = stop;
}

static void clear_tabs(struct vt *vt)
{
    if (parameter(vt, 0) == 0)
        set_tab(vt, false);
    else if (parameter(vt, 0) == 3)
        memset(vt->tabs, 0, sizeof(vt->tabs));
}

/* ---- cells and lines ------------------------------------------------------------------------- */

static void erase(struct vt *vt, unsigned from, unsigned to)
{
    const struct grid *grid = vt->grid;
    unsigned cursor = grid->row * grid->columns + grid->column;

    if (parameter(vt, 0) == 0)
        grid_erase(vt->grid, cursor, to, vt_blank(vt));
    else if (parameter(vt, 0) == 1)
        grid_erase(vt->grid, from, cursor + 1, vt_blank(vt));
    else
        grid_erase(vt->grid, from, to, vt_blank(vt));
}

static void erase_cells(struct vt *vt, unsigned count)
{
    struct grid *grid = vt->grid;
    unsigned cursor = grid->row * grid->columns + grid->column;
    unsigned left = grid->columns - grid->column;

    grid_erase(grid, cursor, cursor + (count < left ? count : left), vt_blank(vt));
}

/* Of the cursor and those below it, among the scrolling rows. */
static void move_lines(struct vt *vt, unsigned count, bool insert)
{
    struct grid *grid = vt->grid;

    if (grid->row < grid->scroll_first || grid->row >= grid->scroll_end)
        return;
    if (insert)
        grid_scroll_down(grid, grid->row, grid->scroll_end, count, vt_blank(vt));
    else
        grid_scroll_up(grid, grid->row, grid->scroll_end, count, vt_blank(vt));
    grid_move(grid, 0, grid->row);
}

static void repeat(struct vt *vt, unsigned count)
{
    for (unsigned i = 0; i < count && vt->last; i++)
        vt_put(vt, vt->last);
}

static void set_scrolling_rows(struct vt *vt)
{
    struct grid *grid = vt->grid;
    unsigned first = parameter(vt, 0) > 0 ? parameter(vt, 0) - 1 : 0;
    unsigned end = parameter(vt, 1) > 0 && parameter(vt, 1) < grid->rows ? parameter(vt, 1)
                                                                         : grid->rows;

    if (first + 1 >= end && grid->rows > 1) /* at least two */
        return;
    grid->scroll_first = first < end ? first : 0;
    grid->scroll_end = end;
    move(vt, 0, 0);
}

/* ---- modes ----------------------------------------------------------------------------------- */

static void show_other(struct vt *vt, bool other)
{
    if (vt->swapped == other)
        return;
    vt->swapped = other;
    grid_swap(vt->grid);
}

static void clear_screen(struct vt *vt)
{
    grid_erase(vt->grid, 0, vt->grid->columns * vt->grid->rows, vt_blank(vt));
}

/* The other screen with its own cursor, empty. */
static void take_screen(struct vt *vt, bool take)
{
    if (take && !vt->swapped) {
        vt->saved_by_swap = cursor_of(vt);
        show_other(vt, true);
        clear_screen(vt);
    } else if (!take && vt->swapped) {
        show_other(vt, false);
        restore(vt, &vt->saved_by_swap);
    }
}

static void set_private_mode(struct vt *vt, unsigned mode, bool on)
{
    switch (mode) {
    case 1:
        vt->application_keys = on;
        break;
    case 6:
        vt->origin = on;
        move(vt, 0, 0);
        break;
    case 7:
        vt->grid->stays = !on;
        vt->grid->wrap_pending = false;
        break;
    case 25:
        vt->cursor_hidden = !on;
        break;
    case 47:
    case 1047:
        show_other(vt, on);
        break;
    case 1049:
        take_screen(vt, on);
        break;
    default:
        break;
    }
}

static void set_modes(struct vt *vt, bool on)
{
    for (unsigned i = 0; i < vt->parameter_count; i++) {
        if (vt->prefix == '?')
            set_private_mode(vt, vt->parameters[i], on);
        else if (vt->parameters[i] == 4)
            vt->insert = on;
    }
}

static void reset_all(struct vt *vt)
{
    vt_reset(vt);
    clear_screen(vt);
    grid_move(vt->grid, 0, 0);
}

/* The modes alone; screen, cursor and tabs stay. */
static void soft_reset(struct vt *vt)
{
    struct grid *grid = vt->grid;

    grid->stays = false;
    grid->scroll_first = 0;
    grid->scroll_end = grid->rows;
    vt->style = default_style;
    vt->saved = (struct vt_cursor){.style = default_style};
    vt->cursor_hidden = vt->application_keys = vt->insert = vt->origin = false;
    vt->drawing[0] = vt->drawing[1] = vt->shifted = false;
}

/* ---- answers --------------------------------------------------------------------------------- */

static void answer(struct vt *vt, const char *text)
{
    size_t size = strlen(text);

    if (size > VT_REPLY_MAX - vt->reply_size)
        return;
    room_put(room_of(vt->reply, sizeof(vt->reply)), vt->reply_size, text_of(text, size));
    vt->reply_size += (unsigned)size;
}

static void report(struct vt *vt)
{
    char text[32];

    if (parameter(vt, 0) == 5) {
        answer(vt, "\x1b[0n");
    } else if (parameter(vt, 0) == 6) {
        snprintf(text, sizeof(text), "\x1b[%u;%uR", row_of(vt) + 1, vt->grid->column + 1);
        answer(vt, text);
    }
}

/* ---- which is which -------------------------------------------------------------------------- */

/* Those with a prefix: ? or > or !. */
static void prefixed(struct vt *vt, uint8_t final)
{
    if (vt->prefix == '?' && (final == 'h' || final == 'l'))
        set_modes(vt, final == 'h');
    else if (vt->prefix == '>' && final == 'c')
        answer(vt, "\x1b[>1;10;0c");
    else if (vt->prefix == '!' && final == 'p')
        soft_reset(vt);
}

/* True: it was one that moves the cursor. */
static bool cursor_sequence(struct vt *vt, uint8_t final, unsigned n, unsigned m)
{
    struct grid *grid = vt->grid;

    switch (final) {
    case 'A':
        grid_move(grid, grid->column, row_above(grid, n));
        return true;
    case 'B':
    case 'e':
        grid_move(grid, grid->column, row_below(grid, n));
        return true;
    case 'C':
    case 'a':
        grid_move(grid, grid->column + n, grid->row);
        return true;
    case 'D':
        grid_move(grid, grid->column > n ? grid->column - n : 0, grid->row);
        return true;
    case 'E':
        grid_move(grid, 0, row_below(grid, n));
        return true;
    case 'F':
        grid_move(grid, 0, row_above(grid, n));
        return true;
    case 'G':
    case '`':
        grid_move(grid, n - 1, grid->row);
        return true;
    case 'd':
        move(vt, grid->column, n - 1);
        return true;
    case 'H':
    case 'f':
        move(vt, m - 1, n - 1);
        return true;
    case 's':
        vt->saved = cursor_of(vt);
        return true;
    case 'u':
        restore(vt, &vt->saved);
        return true;
    default:
        return false;
    }
}

/* … that changes cells. */
static bool cell_sequence(struct vt *vt, uint8_t final, unsigned n)
{
    struct grid *grid = vt->grid;

    switch (final) {
    case 'J':
        erase(vt, 0, grid->columns * grid->rows);
        return true;
    case 'K':
        erase(vt, grid->row * grid->columns, (grid->row + 1) * grid->columns);
        return true;
    case 'X':
        erase_cells(vt, n);
        return true;
    case '@':
        grid_insert(grid, n, vt_blank(vt));
        return true;
    case 'P':
        grid_delete(grid, n, vt_blank(vt));
        return true;
    case 'L':
    case 'M':
        move_lines(vt, n, final == 'L');
        return true;
    case 'S':
        grid_scroll_up(grid, grid->scroll_first, grid->scroll_end, n, vt_blank(vt));
        return true;
    case 'T':
        grid_scroll_down(grid, grid->scroll_first, grid->scroll_end, n, vt_blank(vt));
        return true;
    case 'b':
        repeat(vt, n);
        return true;
    default:
        return false;
    }
}

static void other_sequence(struct vt *vt, uint8_t final, unsigned n)
{
    switch (final) {
    case 'm':
        select_graphic_rendition(vt);
        break;
    case 'r':
        set_scrolling_rows(vt);
        break;
    case 'h':
    case 'l':
        set_modes(vt, final == 'h');
        break;
    case 'I':
        for (; n > 0 && vt->grid->column + 1 < vt->grid->columns; n--)
            vt_tab(vt);
        break;
    case 'Z':
        for (; n > 0 && vt->grid->column > 0; n--)
            back_tab(vt);
        break;
    case 'g':
        clear_tabs(vt);
        break;
    case 'n':
        report(vt);
        break;
    case 'c':
        answer(vt, "\x1b[?62;22c"); /* a VT220 with colours */
        break;
    default: /* not ours: swallowed */
        break;
    }
}

void vt_csi(struct vt *vt, uint8_t final)
{
    unsigned n = parameter(vt, 0) > 0 ? parameter(vt, 0) : 1;
    unsigned m = parameter(vt, 1) > 0 ? parameter(vt, 1) : 1;

    if (vt->prefix)
        prefixed(vt, final);
    else if (!cursor_sequence(vt, final, n, m) && !cell_sequence(vt, final, n))
        other_sequence(vt, final, n);
}

void vt_escape(struct vt *vt, uint8_t final)
{
    struct grid *grid = vt->grid;

    switch (final) {
    case '7':
        vt->saved = cursor_of(vt);
        break;
    case '8':
        restore(vt, &vt->saved);
        break;
    case 'D':
        grid_line_feed(grid, vt_blank(vt));
        break;
    case 'E':
        grid->column = 0;
        grid_line_feed(grid, vt_blank(vt));
        break;
    case 'M':
        grid_reverse_feed(grid, vt_blank(vt));
        break;
    case 'H':
        set_tab(vt, true);
        break;
    case 'c':
        reset_all(vt);
        break;
    default:
        break;
    }
}

void vt_charset(struct vt *vt, uint8_t set)
{
    if (vt->prefix == '(' || vt->prefix == ')')
        vt->drawing[vt->prefix == ')'] = set == '0';
}
