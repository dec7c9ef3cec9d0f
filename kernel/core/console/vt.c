/* The terminal's language: text, and where sequences begin and end. See vt.h; vt_sequences.c does
   what they say. */
#include "kernel/core/console/vt.h"

#include "lib/span.h"

#define BELL       0x07
#define SHIFT_OUT  0x0e
#define SHIFT_IN   0x0f
#define ESCAPE     0x1b
#define CANCEL     0x18
#define SUBSTITUTE 0x1a
#define DELETE     0x7f

#define BRIGHT         8 /* from a colour to its bright one */
#define DIM_FOREGROUND 8
#define UNDERLINED     14 /* a cell has no line, so a colour stands for it */

static const struct vt_style default_style = {VT_FOREGROUND, VT_BACKGROUND, false, false, false,
                                              false};

void vt_reset(struct vt *vt)
{
    struct grid *grid = vt->grid;

    if (vt->swapped)
        grid_swap(grid);
    grid->stays = false;
    grid->scroll_first = 0;
    grid->scroll_end = grid->rows;
    vt->utf8 = (struct utf8_decoder){0};
    vt->style = default_style;
    vt->saved = vt->saved_by_swap = (struct vt_cursor){.style = default_style};
    vt->last = 0;
    vt->cursor_hidden = vt->application_keys = vt->insert = vt->origin = vt->swapped = false;
    vt->drawing[0] = vt->drawing[1] = vt->shifted = false;
    vt_default_tabs(vt);
    vt->state = VT_TEXT;
    vt->reply_size = 0;
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
    if (style->underline && style->foreground == VT_FOREGROUND)
        return UNDERLINED;
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

/* The VT100's special graphics, 60h to 7Eh. */
static const uint16_t drawings[] = {
    0x25c6, 0x2592, 0x2409, 0x240c, 0x240d, 0x240a, 0x00b0, 0x00b1, 0x2424, 0x240b, 0x2518,
    0x2510, 0x250c, 0x2514, 0x253c, 0x23ba, 0x23bb, 0x2500, 0x23bc, 0x23bd, 0x251c, 0x2524,
    0x2534, 0x252c, 0x2502, 0x2264, 0x2265, 0x03c0, 0x2260, 0x00a3, 0x00b7,
};

void vt_put(struct vt *vt, uint32_t character)
{
    if (vt->drawing[vt->shifted] && character >= 0x60 && character <= 0x7e)
        character = drawings[character - 0x60];
    if (vt->insert && !vt->grid->wrap_pending)
        grid_insert(vt->grid, 1, vt_blank(vt));
    vt->last = character;
    put(vt, character);
}

static void line_feed(struct vt *vt)
{
    if (!vt->lone_feeds)
        vt->grid->column = 0;
    grid_line_feed(vt->grid, vt_blank(vt));
}

void vt_control(struct vt *vt, uint8_t byte)
{
    struct grid *grid = vt->grid;

    switch (byte) {
    case '\n':
    case '\v':
    case '\f':
        line_feed(vt);
        break;
    case '\r':
        grid_move(grid, 0, grid->row);
        break;
    case '\b':
        grid_move(grid, grid->column > 0 ? grid->column - 1 : 0, grid->row);
        break;
    case '\t':
        vt_tab(vt);
        break;
    case SHIFT_OUT:
    case SHIFT_IN:
        vt->shifted = byte == SHIFT_OUT;
        break;
    case BELL:
        vt->bell = true;
        break;
    default: /* the rest: nothing to see */
        break;
    }
}

/* ---- sequences ------------------------------------------------------------------------------- */

static void begin_csi(struct vt *vt)
{
    vt->state = VT_CSI;
    vt->prefix = 0;
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
    } else if ((byte == '?' || byte == '>' || byte == '!') && vt->length == 2) {
        vt->prefix = byte;
    } else if (byte >= 0x40 && byte <= 0x7e) {
        vt->state = VT_TEXT;
        vt_csi(vt, byte);
    } else { /* an intermediate byte, a parameter too many: not ours, wait for its end */
        vt->state = VT_CSI_IGNORE;
    }
}

static void escape_byte(struct vt *vt, uint8_t byte)
{
    vt->state = VT_TEXT;
    if (byte == '[') {
        begin_csi(vt);
    } else if (byte == ']' || byte == 'P' || byte == '_' || byte == '^' || byte == 'X') {
        vt->state = VT_STRING; /* OSC, DCS, APC, PM, SOS */
    } else if (byte >= 0x20 && byte <= 0x2f) {
        vt->prefix = byte;
        vt->state = VT_ESCAPE_REST; /* character sets and the like */
    } else {
        vt_escape(vt, byte);
    }
}

static void begin_escape(struct vt *vt)
{
    vt->utf8 = (struct utf8_decoder){0};
    vt->state = VT_ESCAPE;
    vt->length = 0;
}

/* The end of a sequence that is not looked at, or of ESC ( and its like. */
static void rest_byte(struct vt *vt, uint8_t byte)
{
    if (byte < (vt->state == VT_CSI_IGNORE ? 0x40 : 0x30))
        return;
    if (vt->state == VT_ESCAPE_REST)
        vt_charset(vt, byte);
    vt->state = VT_TEXT;
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
        vt_control(vt, byte);
    } else if (vt->state == VT_ESCAPE) {
        escape_byte(vt, byte);
    } else if (vt->state == VT_CSI) {
        csi_byte(vt, byte);
    } else {
        rest_byte(vt, byte);
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
            vt_control(vt, (uint8_t)characters[i]);
        else if (characters[i] < DELETE || characters[i] >= 0xa0)
            vt_put(vt, characters[i]);
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
            vt_put(vt, byte); /* most text */
        else
            text_byte(vt, byte);
    }
}

/* One character of foreign text. */
static void put_plain(struct vt *vt, uint32_t character)
{
    if (character == '\n') {
        grid_move(vt->grid, 0, vt->grid->row);
        grid_line_feed(vt->grid, vt_blank(vt));
    } else if (character == '\t') {
        vt_tab(vt);
    } else if (character < 0x20 || (character >= DELETE && character < 0xa0)) {
        put(vt, UTF8_REPLACEMENT);
    } else {
        put(vt, character);
    }
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

size_t vt_take_reply(struct vt *vt, struct room to)
{
    size_t size = vt->reply_size < to.size ? vt->reply_size : to.size;

    room_put(to, 0, text_of(vt->reply, size));
    vt->reply_size = 0;
    return size;
}
