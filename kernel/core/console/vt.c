/* The terminal's language. See vt.h; ECMA-48 names the sequences, xterm's manual the colours. */
#include "kernel/core/console/vt.h"

#include "lib/span.h"

#define BELL       0x07
#define ESCAPE     0x1b
#define CANCEL     0x18
#define SUBSTITUTE 0x1a
#define DELETE     0x7f
#define TAB_STOP   8

#define BRIGHT         8 /* from a colour to its bright one */
#define DIM_FOREGROUND 8

static const struct vt_style default_style = {VT_FOREGROUND, VT_BACKGROUND, false, false, false};

void vt_reset(struct vt *vt)
{
    vt->utf8 = (struct utf8_decoder){0};
    vt->style = default_style;
    vt->cursor_hidden = false;
    vt->state = VT_TEXT;
}

void vt_init(struct vt *vt, struct grid *grid)
{
    *vt = (struct vt){.grid = grid};
    vt_reset(vt);
}

struct text_cell vt_blank(const struct vt *vt)
{
    return (struct text_cell){' ', VT_FOREGROUND, vt->style.background};
}

/* ---- text ------------------------------------------------------------------------------------ */

static uint8_t foreground_of(const struct vt_style *style)
{
    if (style->dim && style->foreground == VT_FOREGROUND)
        return DIM_FOREGROUND;
    if (style->bold && style->foreground < BRIGHT)
        return style->foreground + BRIGHT;
    return style->foreground;
}

static struct text_cell cell_of(const struct vt_style *style, uint32_t character)
{
    uint8_t foreground = foreground_of(style);
    struct text_cell cell = {(uint16_t)(character <= 0xffff ? character : UTF8_REPLACEMENT),
                             foreground, style->background};

    if (style->reverse) {
        cell.foreground = style->background;
        cell.background = foreground;
    }
    return cell;
}

static void put(struct vt *vt, uint32_t character)
{
    grid_put(vt->grid, cell_of(&vt->style, character), vt_blank(vt));
}

static void control(struct vt *vt, uint8_t byte)
{
    struct grid *grid = vt->grid;

    switch (byte) {
    case '\n':
        grid->column = 0;
        grid_line_feed(grid, vt_blank(vt));
        break;
    case '\r':
        grid_move(grid, 0, grid->row);
        break;
    case '\b':
        grid_move(grid, grid->column > 0 ? grid->column - 1 : 0, grid->row);
        break;
    case '\t':
        grid_move(grid, grid->column - grid->column % TAB_STOP + TAB_STOP, grid->row);
        break;
    default: /* bell and the rest: nothing to see */
        break;
    }
}

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

/* ---- sequences ------------------------------------------------------------------------------- */

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

static void save_cursor(struct vt *vt)
{
    vt->saved_column = vt->grid->column;
    vt->saved_row = vt->grid->row;
}

static void reset_all(struct vt *vt)
{
    vt_reset(vt);
    grid_erase(vt->grid, 0, vt->grid->columns * vt->grid->rows, vt_blank(vt));
    grid_move(vt->grid, 0, 0);
}

static unsigned less(unsigned position, unsigned distance)
{
    return position > distance ? position - distance : 0;
}

static void csi_private(struct vt *vt, uint8_t final)
{
    if (parameter(vt, 0) == 25 && (final == 'h' || final == 'l'))
        vt->cursor_hidden = final == 'l';
}

static void csi(struct vt *vt, uint8_t final)
{
    struct grid *grid = vt->grid;
    unsigned n = parameter(vt, 0) > 0 ? parameter(vt, 0) : 1;
    unsigned m = parameter(vt, 1) > 0 ? parameter(vt, 1) : 1;

    switch (final) {
    case 'A':
        grid_move(grid, grid->column, less(grid->row, n));
        break;
    case 'B':
        grid_move(grid, grid->column, grid->row + n);
        break;
    case 'C':
        grid_move(grid, grid->column + n, grid->row);
        break;
    case 'D':
        grid_move(grid, less(grid->column, n), grid->row);
        break;
    case 'E':
        grid_move(grid, 0, grid->row + n);
        break;
    case 'F':
        grid_move(grid, 0, less(grid->row, n));
        break;
    case 'G':
        grid_move(grid, n - 1, grid->row);
        break;
    case 'H':
    case 'f':
        grid_move(grid, m - 1, n - 1);
        break;
    case 'J':
        erase(vt, 0, grid->columns * grid->rows);
        break;
    case 'K':
        erase(vt, grid->row * grid->columns, (grid->row + 1) * grid->columns);
        break;
    case 'm':
        select_graphic_rendition(vt);
        break;
    case 's':
        save_cursor(vt);
        break;
    case 'u':
        grid_move(grid, vt->saved_column, vt->saved_row);
        break;
    default: /* not ours: swallowed */
        break;
    }
}

static void begin_csi(struct vt *vt)
{
    vt->state = VT_CSI;
    vt->private = false;
    vt->parameter_count = 1;
    vt->parameters[0] = 0;
}

static void parameter_digit(struct vt *vt, uint8_t digit)
{
    unsigned *value = &vt->parameters[vt->parameter_count - 1];

    *value = *value * 10 + digit;
    if (*value > VT_PARAMETER_MAX)
        *value = VT_PARAMETER_MAX;
}

static void csi_byte(struct vt *vt, uint8_t byte)
{
    if (byte >= '0' && byte <= '9') {
        parameter_digit(vt, byte - '0');
    } else if ((byte == ';' || byte == ':') && vt->parameter_count < VT_PARAMETERS_MAX) {
        vt->parameters[vt->parameter_count++] = 0;
    } else if (byte == '?' && vt->length == 2) {
        vt->private = true;
    } else if (byte >= 0x40 && byte <= 0x7e) {
        vt->state = VT_TEXT;
        if (vt->private)
            csi_private(vt, byte);
        else
            csi(vt, byte);
    } else { /* an intermediate byte, a parameter too many: not ours, wait for its end */
        vt->state = VT_CSI_IGNORE;
    }
}

static void escape_byte(struct vt *vt, uint8_t byte)
{
    vt->state = VT_TEXT;
    if (byte == '[')
        begin_csi(vt);
    else if (byte == ']' || byte == 'P' || byte == '_' || byte == '^' || byte == 'X')
        vt->state = VT_STRING; /* OSC, DCS, APC, PM, SOS */
    else if (byte >= 0x20 && byte <= 0x2f)
        vt->state = VT_ESCAPE_REST; /* character sets and the like */
    else if (byte == '7')
        save_cursor(vt);
    else if (byte == '8')
        grid_move(vt->grid, vt->saved_column, vt->saved_row);
    else if (byte == 'c')
        reset_all(vt);
}

static void begin_escape(struct vt *vt)
{
    vt->utf8 = (struct utf8_decoder){0};
    vt->state = VT_ESCAPE;
    vt->length = 0;
}

/* A byte inside a sequence. Strings take every byte up to BEL or ESC \; in the others control
   characters act at once, as on a VT100. */
static void sequence_byte(struct vt *vt, uint8_t byte)
{
    vt->length++;
    if (byte == ESCAPE) {
        begin_escape(vt);
    } else if (byte == CANCEL || byte == SUBSTITUTE || vt->length > VT_SEQUENCE_MAX) {
        vt->state = VT_TEXT;
    } else if (vt->state == VT_STRING) {
        if (byte == BELL)
            vt->state = VT_TEXT;
    } else if (byte < 0x20) {
        control(vt, byte);
    } else if (vt->state == VT_ESCAPE) {
        escape_byte(vt, byte);
    } else if (vt->state == VT_CSI) {
        csi_byte(vt, byte);
    } else if (byte >= (vt->state == VT_CSI_IGNORE ? 0x40 : 0x30)) {
        vt->state = VT_TEXT;
    }
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static void text_byte(struct vt *vt, uint8_t byte)
{
    uint32_t characters[2];
    unsigned count = utf8_decode(&vt->utf8, byte, characters);

    for (unsigned i = 0; i < count; i++) {
        if (characters[i] == ESCAPE)
            begin_escape(vt);
        else if (characters[i] < 0x20)
            control(vt, (uint8_t)characters[i]);
        else if (characters[i] < DELETE || characters[i] >= 0xa0)
            put(vt, characters[i]);
    }
}

void vt_write(struct vt *vt, const char *text, size_t size)
{
    const struct text all = text_of(text, size);

    for (size_t i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)text_at(all, i);
        if (vt->state != VT_TEXT)
            sequence_byte(vt, byte);
        else if (byte >= 0x20 && byte < DELETE && vt->utf8.missing == 0)
            put(vt, byte); /* most text */
        else
            text_byte(vt, byte);
    }
}

/* One character of foreign text. */
static void put_plain(struct vt *vt, uint32_t character)
{
    if (character == '\n' || character == '\t')
        control(vt, (uint8_t)character);
    else if (character < 0x20 || (character >= DELETE && character < 0xa0))
        put(vt, UTF8_REPLACEMENT);
    else
        put(vt, character);
}

void vt_write_plain(struct vt *vt, struct vt_style style, const char *text, size_t size)
{
    const struct text all = text_of(text, size);
    const struct vt_style saved = vt->style;
    struct utf8_decoder utf8 = {0};
    uint32_t characters[2];

    vt->style = style;
    for (size_t i = 0; i < size; i++) {
        unsigned count = utf8_decode(&utf8, (uint8_t)text_at(all, i), characters);
        for (unsigned j = 0; j < count; j++)
            put_plain(vt, characters[j]);
    }
    vt->style = saved;
}
