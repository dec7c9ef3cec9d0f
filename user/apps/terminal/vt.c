/* What the sequences mean: parser.c takes them apart, grid.c does what they say. */
#include "user/apps/terminal/vt_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct parser_calls calls;

/* ---- life ----------------------------------------------------------------------------------------- */

struct vt *vt_new(int columns, int rows, const struct vt_hooks *hooks, void *context)
{
    struct vt *vt = calloc(1, sizeof(*vt));

    if (!vt)
        return NULL;
    vt->hooks = *hooks;
    vt->context = context;
    if (grid_init(&vt->grid, columns, rows)) {
        free(vt);
        return NULL;
    }
    vt_reset(vt);
    return vt;
}

void vt_free(struct vt *vt)
{
    if (!vt)
        return;
    grid_free(&vt->grid);
    parser_free(&vt->parser);
    free(vt);
}

void vt_reset(struct vt *vt)
{
    grid_reset(&vt->grid);
    parser_reset(&vt->parser);
    vt->modes = MODE_CURSOR | MODE_BLINK;
    vt->mouse = MOUSE_OFF;
    vt->shape = CURSOR_BLOCK;
    vt->charset[0] = vt->charset[1] = 'B';
    vt->shift = 0;
    vt->last = ' ';
}

void vt_write(struct vt *vt, const void *bytes, size_t size)
{
    parser_write(&vt->parser, bytes, size, &calls, vt);
}

int vt_resize(struct vt *vt, int columns, int rows)
{
    return grid_resize(&vt->grid, columns, rows);
}

void vt_clear_scrollback(struct vt *vt)
{
    grid_clear_history(&vt->grid);
}

/* ---- what is to be seen --------------------------------------------------------------------------- */

int vt_columns(const struct vt *vt)
{
    return vt->grid.columns;
}

int vt_rows(const struct vt *vt)
{
    return vt->grid.rows;
}

int vt_scrollback(const struct vt *vt)
{
    return vt->grid.alternate ? 0 : (int)vt->grid.history.count;
}

const struct cell *vt_row(const struct vt *vt, int row, struct cell *room)
{
    const struct grid *grid = &vt->grid;

    if (row >= 0 && row < grid->rows)
        return grid->screens[grid->alternate].rows[row].cells;
    if (row < 0 && -(row + 1) < vt_scrollback(vt)) {
        line_unpack(grid_history(grid, (unsigned)-(row + 1)), room, grid->columns);
        return room;
    }
    for (int i = 0; i < grid->columns; i++)
        room[i] = (struct cell){' ', 0, VT_DEFAULT, VT_DEFAULT};
    return room;
}

bool vt_wraps(const struct vt *vt, int row)
{
    const struct grid *grid = &vt->grid;

    if (row >= 0)
        return row < grid->rows && grid->screens[grid->alternate].rows[row].wraps;
    return -(row + 1) < vt_scrollback(vt) && line_wraps(grid_history(grid, (unsigned)-(row + 1)));
}

bool vt_take_dirty(struct vt *vt, int row)
{
    struct row *at = grid_row(&vt->grid, row);
    bool dirty = at->dirty;

    at->dirty = false;
    return dirty;
}

int vt_take_scrolled(struct vt *vt)
{
    int scrolled = vt->grid.scrolled;

    vt->grid.scrolled = 0;
    return scrolled;
}

struct vt_cursor vt_cursor(const struct vt *vt)
{
    return (struct vt_cursor){.column = vt->grid.column, .row = vt->grid.row, .shape = vt->shape,
                              .visible = vt->modes & MODE_CURSOR, .blinks = vt->modes & MODE_BLINK};
}

bool vt_reverse(const struct vt *vt)
{
    return vt->modes & MODE_REVERSE;
}

/* The colour cube and the greys of xterm's 256colres.h. */
long vt_palette(unsigned index)
{
    static const uint8_t level[] = {0, 95, 135, 175, 215, 255};

    if (index < 16 || index > 255)
        return -1;
    if (index >= 232)
        return (8 + 10 * (long)(index - 232)) * 0x010101;
    index -= 16;
    return (long)level[index / 36] << 16 | level[index / 6 % 6] << 8 | level[index % 6];
}

/* ---- answers -------------------------------------------------------------------------------------- */

void vt_reply(struct vt *vt, const char *text)
{
    if (vt->hooks.reply)
        vt->hooks.reply(vt->context, text, strlen(text));
}

/* ---- characters and controls ---------------------------------------------------------------------- */

/* DEC Special Graphics, from 0x5F to 0x7E (VT100 user guide, table 3-9). */
static const uint16_t line_drawing[] = {
    0x00A0, 0x25C6, 0x2592, 0x2409, 0x240C, 0x240D, 0x240A, 0x00B0, 0x00B1, 0x2424, 0x240B,
    0x2518, 0x2510, 0x250C, 0x2514, 0x253C, 0x23BA, 0x23BB, 0x2500, 0x23BC, 0x23BD, 0x251C,
    0x2524, 0x2534, 0x252C, 0x2502, 0x2264, 0x2265, 0x03C0, 0x2260, 0x00A3, 0x00B7,
};

static void on_character(void *context, uint32_t character)
{
    struct vt *vt = context;

    if (vt->charset[vt->shift] == '0' && character >= 0x5F && character <= 0x7E)
        character = line_drawing[character - 0x5F];
    vt->last = character;
    grid_put(&vt->grid, character);
}

static void on_control(void *context, uint8_t control)
{
    struct vt *vt = context;
    struct grid *grid = &vt->grid;

    switch (control) {
    case '\a':
        if (vt->hooks.bell)
            vt->hooks.bell(vt->context);
        break;
    case '\b':
        grid_move(grid, grid->column - 1, grid->row);
        break;
    case '\t':
        grid_tab(grid, 1);
        break;
    case '\n':
    case '\v':
    case '\f':
        grid_down(grid);
        if (vt->modes & MODE_NEWLINE)
            grid_move(grid, 0, grid->row);
        break;
    case '\r':
        grid_move(grid, 0, grid->row);
        break;
    case 0x0E: /* SO, SI */
    case 0x0F:
        vt->shift = control == 0x0E;
        break;
    }
}

/* ---- ESC ------------------------------------------------------------------------------------------ */

void vt_save(struct vt *vt)
{
    struct grid *grid = &vt->grid;

    grid->screens[grid->alternate].saved = (struct saved){
        .column = grid->column, .row = grid->row, .pen = grid->pen, .origin = grid->origin,
        .charset = {vt->charset[0], vt->charset[1]}, .shift = vt->shift,
    };
}

void vt_restore(struct vt *vt)
{
    struct grid *grid = &vt->grid;
    const struct saved *saved = &grid->screens[grid->alternate].saved;

    grid->pen = saved->pen;
    grid->origin = saved->origin;
    for (int i = 0; i < 2; i++)
        vt->charset[i] = saved->charset[i] ? saved->charset[i] : 'B';
    vt->shift = saved->shift;
    grid_move(grid, saved->column, saved->row);
}

static void show_test(struct grid *grid) /* DECALN */
{
    struct cell cell = {'E', 0, VT_DEFAULT, VT_DEFAULT};

    for (int row = 0; row < grid->rows; row++)
        for (int column = 0; column < grid->columns; column++)
            grid_row(grid, row)->cells[column] = cell;
    grid_dirty_all(grid);
    grid_move(grid, 0, 0);
}

static void plain_escape(struct vt *vt, char final)
{
    struct grid *grid = &vt->grid;

    switch (final) {
    case '7': vt_save(vt); break;
    case '8': vt_restore(vt); break;
    case 'D': grid_down(grid); break;
    case 'E': grid_down(grid); grid_move(grid, 0, grid->row); break;
    case 'H': grid->tabs[grid->column] = 1; break;
    case 'M': grid_up(grid); break;
    case 'Z': vt_reply(vt, "\033[?62;22c"); break;
    case 'c': vt_reset(vt); break;
    case '=': vt->modes |= MODE_KEYPAD; break;
    case '>': vt->modes &= ~MODE_KEYPAD; break;
    }
}

static void on_escape(void *context, const struct sequence *sequence)
{
    struct vt *vt = context;

    if (sequence->middle == 0)
        plain_escape(vt, sequence->final);
    else if (sequence->middle == '#' && sequence->final == '8')
        show_test(&vt->grid);
    else if (sequence->middle == '(' || sequence->middle == ')')
        vt->charset[sequence->middle == ')'] = (uint8_t)sequence->final;
}

/* ---- OSC ------------------------------------------------------------------------------------------ */

static int base64_digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* In place; RFC 4648 §4. How many bytes. */
static size_t base64_decode(char *text)
{
    size_t size = 0;
    unsigned bits = 0, have = 0;

    for (const char *at = text; *at && *at != '='; at++) {
        int digit = base64_digit(*at);

        if (digit < 0)
            return 0;
        bits = bits << 6 | (unsigned)digit;
        have += 6;
        if (have >= 8) {
            have -= 8;
            text[size++] = (char)(bits >> have);
        }
    }
    return size;
}

static void set_clipboard(struct vt *vt, char *text)
{
    char *data = strchr(text, ';');

    if (!data || !vt->hooks.copy || strcmp(data + 1, "?") == 0)
        return; /* nobody may read it from here */
    size_t size = base64_decode(data + 1);

    if (size > 0)
        vt->hooks.copy(vt->context, data + 1, size);
}

static void on_osc(void *context, char *text, size_t size)
{
    struct vt *vt = context;
    char *rest;
    long number = strtol(text, &rest, 10);

    (void)size;
    if (rest == text || *rest != ';')
        return;
    if ((number == 0 || number == 2) && vt->hooks.title)
        vt->hooks.title(vt->context, rest + 1);
    else if (number == 52)
        set_clipboard(vt, rest + 1);
}

/* ---- CSI ------------------------------------------------------------------------------------------ */

static void erase_display(struct vt *vt, int what)
{
    struct grid *grid = &vt->grid;

    if (what == 0) {
        grid_erase(grid, grid->row, grid->column, grid->columns - 1);
        grid_erase_rows(grid, grid->row + 1, grid->rows - 1);
    } else if (what == 1) {
        grid_erase_rows(grid, 0, grid->row - 1);
        grid_erase(grid, grid->row, 0, grid->column);
    } else if (what == 2) {
        grid_erase_rows(grid, 0, grid->rows - 1);
    } else if (what == 3) {
        grid_clear_history(grid);
    }
}

static void erase_line(struct grid *grid, int what)
{
    int from = what == 0 ? grid->column : 0, to = what == 1 ? grid->column : grid->columns - 1;

    if (what <= 2)
        grid_erase(grid, grid->row, from, to);
}

static void scroll_rows(struct grid *grid, int by) /* IL, DL: at the cursor, within the margins */
{
    if (grid->row < grid->top || grid->row > grid->bottom)
        return;
    grid_scroll(grid, grid->row, by);
    grid_move(grid, 0, grid->row);
}

static void repeat(struct vt *vt, int count)
{
    for (int i = 0; i < count && i < VT_COLUMNS_MAX; i++)
        grid_put(&vt->grid, vt->last);
}

/* Up and down stop at the margins when the cursor stands between them. */
static void move_rows(struct grid *grid, int by)
{
    int top = grid->row >= grid->top ? grid->top : 0;
    int bottom = grid->row <= grid->bottom ? grid->bottom : grid->rows - 1;
    int row = grid->row + by;

    grid_move(grid, grid->column, row < top ? top : row > bottom ? bottom : row);
}

static bool move_cursor(struct grid *grid, const struct sequence *sequence)
{
    int n = parameter(sequence, 0, 1, 1), row = grid->origin ? grid->row - grid->top : grid->row;

    switch (sequence->final) {
    case 'A': move_rows(grid, -n); break;
    case 'B':
    case 'e': move_rows(grid, n); break;
    case 'C':
    case 'a': grid_move(grid, grid->column + n, grid->row); break;
    case 'D': grid_move(grid, grid->column - n, grid->row); break;
    case 'E': move_rows(grid, n); grid_move(grid, 0, grid->row); break;
    case 'F': move_rows(grid, -n); grid_move(grid, 0, grid->row); break;
    case 'G':
    case '`': grid_move(grid, n - 1, grid->row); break;
    case 'H':
    case 'f': grid_move_origin(grid, parameter(sequence, 1, 1, 1) - 1, n - 1); break;
    case 'd': grid_move_origin(grid, grid->column, n - 1); break;
    case 'I': grid_tab(grid, n); break;
    case 'Z': grid_tab(grid, -n); break;
    default: (void)row; return false;
    }
    return true;
}

static bool change_cells(struct vt *vt, const struct sequence *sequence)
{
    struct grid *grid = &vt->grid;
    int n = parameter(sequence, 0, 1, 1), what = parameter(sequence, 0, 0, 0);

    switch (sequence->final) {
    case '@': grid_insert_cells(grid, n); break;
    case 'P': grid_insert_cells(grid, -n); break;
    case 'X': grid_erase(grid, grid->row, grid->column, grid->column + n - 1); break;
    case 'J': erase_display(vt, what); break;
    case 'K': erase_line(grid, what); break;
    case 'L': scroll_rows(grid, -n); break;
    case 'M': scroll_rows(grid, n); break;
    case 'S': grid_scroll(grid, grid->top, n); break;
    case 'T': grid_scroll(grid, grid->top, -n); break;
    case 'b': repeat(vt, n); break;
    default: return false;
    }
    return true;
}

static void report_status(struct vt *vt, int what)
{
    const struct grid *grid = &vt->grid;
    char text[32];

    if (what == 5) {
        vt_reply(vt, "\033[0n");
    } else if (what == 6) {
        snprintf(text, sizeof(text), "\033[%d;%dR", grid->row + 1 - (grid->origin ? grid->top : 0),
                 grid->column + 1);
        vt_reply(vt, text);
    }
}

static void clear_tabs(struct grid *grid, int what)
{
    if (what == 0)
        grid->tabs[grid->column] = 0;
    else if (what == 3)
        memset(grid->tabs, 0, VT_COLUMNS_MAX);
}

static void tell_size(struct vt *vt, int what)
{
    char text[32];

    if (what != 18)
        return; /* windows are the user's */
    snprintf(text, sizeof(text), "\033[8;%d;%dt", vt->grid.rows, vt->grid.columns);
    vt_reply(vt, text);
}

static void other_csi(struct vt *vt, const struct sequence *sequence)
{
    struct grid *grid = &vt->grid;
    int what = parameter(sequence, 0, 0, 0);

    switch (sequence->final) {
    case 'c': vt_reply(vt, "\033[?62;22c"); break; /* VT220 with colour */
    case 'g': clear_tabs(grid, what); break;
    case 'h': vt_ansi_mode(vt, sequence, true); break;
    case 'l': vt_ansi_mode(vt, sequence, false); break;
    case 'm': vt_pen(&grid->pen, sequence); break;
    case 'n': report_status(vt, what); break;
    case 'r':
        grid_margins(grid, parameter(sequence, 0, 1, 1) - 1, parameter(sequence, 1, 1, grid->rows) - 1);
        break;
    case 's': vt_save(vt); break;
    case 'u': vt_restore(vt); break;
    case 't': tell_size(vt, what); break;
    }
}

static void csi_with_middle(struct vt *vt, const struct sequence *sequence)
{
    int what = parameter(sequence, 0, 0, 0);

    if (sequence->middle == ' ' && sequence->final == 'q' && what <= 6) { /* DECSCUSR */
        vt->shape = what <= 2 ? CURSOR_BLOCK : what <= 4 ? CURSOR_UNDERLINE : CURSOR_BAR;
        vt->modes = what == 0 || what & 1 ? vt->modes | MODE_BLINK : vt->modes & ~MODE_BLINK;
    } else if (sequence->middle == '!' && sequence->final == 'p') { /* DECSTR */
        vt->modes = MODE_CURSOR | MODE_BLINK;
        vt->grid.pen = (struct cell){' ', 0, VT_DEFAULT, VT_DEFAULT};
        vt->grid.insert = vt->grid.origin = false;
        vt->grid.top = 0;
        vt->grid.bottom = vt->grid.rows - 1;
    } else if (sequence->middle == '$' && sequence->final == 'p' && sequence->prefix == '?') {
        vt_report_mode(vt, what);
    }
}

static void on_csi(void *context, const struct sequence *sequence)
{
    struct vt *vt = context;

    if (sequence->middle)
        csi_with_middle(vt, sequence);
    else if (sequence->prefix == '?' && (sequence->final == 'h' || sequence->final == 'l'))
        vt_private_mode(vt, sequence, sequence->final == 'h');
    else if (sequence->prefix == '?' && (sequence->final == 'J' || sequence->final == 'K'))
        (void)change_cells(vt, sequence);
    else if (sequence->prefix == '>' && sequence->final == 'c')
        vt_reply(vt, "\033[>1;10;0c");
    else if (sequence->prefix == 0 && !move_cursor(&vt->grid, sequence) && !change_cells(vt, sequence))
        other_csi(vt, sequence);
}

static const struct parser_calls calls = {on_character, on_control, on_escape, on_csi, on_osc};
