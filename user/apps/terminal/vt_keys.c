/* What the user does, as bytes for the program: keys and mouse as xterm sends them ("XTerm Control
   Sequences", PC-Style Function Keys; Mouse Tracking), pasted text. */
#include "user/apps/terminal/vt_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/abi/keys.h"
#include "user/desktop/protocol.h"

/* ---- keys ----------------------------------------------------------------------------------------- */
/* CSI number ~, or CSI final; with modifiers CSI number ; m ~, CSI 1 ; m final. `ss3`: without them and in
   application mode (always: F1 to F4) it is SS3 final. */
static const struct special {
    uint16_t code;
    uint8_t number;
    char final;
    enum { SS3_NEVER, SS3_CURSOR, SS3_ALWAYS } ss3;
} specials[] = {
    {KEY_UP, 1, 'A', SS3_CURSOR},      {KEY_DOWN, 1, 'B', SS3_CURSOR},    {KEY_RIGHT, 1, 'C', SS3_CURSOR},
    {KEY_LEFT, 1, 'D', SS3_CURSOR},    {KEY_END, 1, 'F', SS3_CURSOR},     {KEY_HOME, 1, 'H', SS3_CURSOR},
    {KEY_INSERT, 2, '~', SS3_NEVER},   {KEY_DELETE, 3, '~', SS3_NEVER},   {KEY_PAGEUP, 5, '~', SS3_NEVER},
    {KEY_PAGEDOWN, 6, '~', SS3_NEVER}, {KEY_F1, 1, 'P', SS3_ALWAYS},      {KEY_F2, 1, 'Q', SS3_ALWAYS},
    {KEY_F3, 1, 'R', SS3_ALWAYS},      {KEY_F4, 1, 'S', SS3_ALWAYS},      {KEY_F5, 15, '~', SS3_NEVER},
    {KEY_F6, 17, '~', SS3_NEVER},      {KEY_F7, 18, '~', SS3_NEVER},      {KEY_F8, 19, '~', SS3_NEVER},
    {KEY_F9, 20, '~', SS3_NEVER},      {KEY_F10, 21, '~', SS3_NEVER},     {KEY_F11, 23, '~', SS3_NEVER},
    {KEY_F12, 24, '~', SS3_NEVER},
};

static const struct special *find_special(unsigned code)
{
    for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
        if (specials[i].code == code)
            return &specials[i];
    return NULL;
}

/* xterm's number of the modifiers: 1 and a bit each. */
static int modifier_number(unsigned modifiers)
{
    return 1 + (modifiers & MODIFIER_SHIFT ? 1 : 0) + (modifiers & MODIFIER_ALT ? 2 : 0)
           + (modifiers & MODIFIER_CTRL ? 4 : 0);
}

static size_t special_key(const struct vt *vt, const struct special *key, unsigned modifiers, char *to)
{
    int m = modifier_number(modifiers), size;

    if (m > 1)
        size = snprintf(to, VT_KEY_BYTES, "\033[%d;%d%c", key->number, m, key->final);
    else if (key->ss3 == SS3_ALWAYS || (key->ss3 == SS3_CURSOR && vt->modes & MODE_CURSOR_KEYS))
        size = snprintf(to, VT_KEY_BYTES, "\033O%c", key->final);
    else if (key->final == '~')
        size = snprintf(to, VT_KEY_BYTES, "\033[%d~", key->number);
    else
        size = snprintf(to, VT_KEY_BYTES, "\033[%c", key->final);
    return (size_t)size;
}

/* The control character of a key: of its letter on a US keyboard where it types none; -1: it has none. */
static int control_of(unsigned code, const char *text)
{
    static const char row1[] = "QWERTYUIOP", row2[] = "ASDFGHJKL", row3[] = "ZXCVBNM";
    unsigned char c = (unsigned char)text[0];

    if (c >= 1 && c < 0x20 && text[1] == 0)
        return c; /* the layout has made it already */
    if (c >= 0x40 && c < 0x7F && text[1] == 0)
        return c & 0x1F;
    if (code >= KEY_Q && code <= KEY_P)
        return row1[code - KEY_Q] & 0x1F;
    if (code >= KEY_A && code <= KEY_L)
        return row2[code - KEY_A] & 0x1F;
    if (code >= KEY_Z && code <= KEY_M)
        return row3[code - KEY_Z] & 0x1F;
    switch (code) {
    case KEY_SPACE:
    case KEY_2: return 0;
    case KEY_3:
    case KEY_LEFTBRACE: return 0x1B;
    case KEY_4:
    case KEY_BACKSLASH: return 0x1C;
    case KEY_5:
    case KEY_RIGHTBRACE: return 0x1D;
    case KEY_6: return 0x1E;
    case KEY_7:
    case KEY_SLASH: return 0x1F;
    }
    return -1;
}

/* Without what Alt adds. */
static size_t plain_key(unsigned code, unsigned modifiers, const char *text, char *to)
{
    switch (code) {
    case KEY_ENTER:
    case KEY_KPENTER:
        to[0] = '\r';
        return 1;
    case KEY_TAB:
        if (modifiers & MODIFIER_SHIFT) {
            memcpy(to, "\033[Z", 3);
            return 3;
        }
        to[0] = '\t';
        return 1;
    case KEY_BACKSPACE:
        to[0] = modifiers & MODIFIER_CTRL ? '\b' : 0x7F;
        return 1;
    case KEY_ESC:
        to[0] = 0x1B;
        return 1;
    }
    if (modifiers & MODIFIER_CTRL && control_of(code, text) >= 0) {
        to[0] = (char)control_of(code, text);
        return 1;
    }
    size_t size = strnlen(text, VT_KEY_BYTES - 1);

    memcpy(to, text, size);
    return size;
}

size_t vt_key(const struct vt *vt, unsigned code, unsigned modifiers, const char *text, char to[VT_KEY_BYTES])
{
    const struct special *special = find_special(code);
    char plain[VT_KEY_BYTES];

    if (special && text[0] == 0)
        return special_key(vt, special, modifiers, to);
    size_t size = plain_key(code, modifiers, text, plain), escape = 0;

    if (size > 0 && modifiers & MODIFIER_ALT)
        to[escape++] = 0x1B;
    if (size > VT_KEY_BYTES - escape)
        size = VT_KEY_BYTES - escape;
    memcpy(to + escape, plain, size);
    return size + (size ? escape : 0);
}

/* ---- mouse ---------------------------------------------------------------------------------------- */

bool vt_wants_mouse(const struct vt *vt)
{
    return vt->mouse != MOUSE_OFF;
}

/* The old way has no room beyond column 223, and no button in a release. */
static size_t mouse_bytes(const struct vt *vt, int what, bool release, int column, int row, char *to)
{
    if (vt->modes & MODE_SGR_MOUSE)
        return (size_t)snprintf(to, VT_KEY_BYTES, "\033[<%d;%d;%d%c", what, column + 1, row + 1,
                                release ? 'm' : 'M');
    if (column > 222 || row > 222)
        return 0;
    if (release)
        what |= 3;
    return (size_t)snprintf(to, VT_KEY_BYTES, "\033[M%c%c%c", 32 + what, 33 + column, 33 + row);
}

static bool wants_move(const struct vt *vt, int button)
{
    return vt->mouse == MOUSE_ALL || (vt->mouse == MOUSE_DRAG && button < 3);
}

static size_t wheel_keys(const struct vt *vt, int button, char *to)
{
    const char *key = button == 4 ? "A" : "B";

    return (size_t)snprintf(
        to, VT_KEY_BYTES, "\033%s%s\033%s%s\033%s%s", vt->modes & MODE_CURSOR_KEYS ? "O" : "[", key,
        vt->modes & MODE_CURSOR_KEYS ? "O" : "[", key, vt->modes & MODE_CURSOR_KEYS ? "O" : "[", key);
}

size_t vt_mouse(struct vt *vt, enum vt_mouse what, int button, int column, int row, unsigned modifiers,
                char to[VT_KEY_BYTES])
{
    bool is_wheel = button == 4 || button == 5;
    int code = is_wheel ? 64 + button - 4 : button;

    if (vt->mouse == MOUSE_OFF)
        return is_wheel && what == MOUSE_PRESS && vt->grid.alternate ? wheel_keys(vt, button, to) : 0;
    column = column < 0 ? 0 : column >= vt->grid.columns ? vt->grid.columns - 1 : column;
    row = row < 0 ? 0 : row >= vt->grid.rows ? vt->grid.rows - 1 : row;
    if (what == MOUSE_MOVE) {
        if (!wants_move(vt, button) || (column == vt->mouse_column && row == vt->mouse_row))
            return 0;
        code = button + 32;
    }
    vt->mouse_column = column;
    vt->mouse_row = row;
    code += (modifiers & MODIFIER_SHIFT ? 4 : 0) + (modifiers & MODIFIER_ALT ? 8 : 0)
            + (modifiers & MODIFIER_CTRL ? 16 : 0);
    return mouse_bytes(vt, code, what == MOUSE_RELEASE, column, row, to);
}

size_t vt_focus(const struct vt *vt, bool on, char to[VT_KEY_BYTES])
{
    if (!(vt->modes & MODE_FOCUS))
        return 0;
    memcpy(to, on ? "\033[I" : "\033[O", 3);
    return 3;
}

/* ---- pasted text ---------------------------------------------------------------------------------- */

char *vt_paste(const struct vt *vt, const char *text, size_t size, size_t *paste_size)
{
    bool brackets = vt->modes & MODE_PASTE;
    char *paste = malloc(size + 12), *to = paste;

    if (!paste)
        return NULL;
    if (brackets)
        to = (char *)memcpy(to, "\033[200~", 6) + 6;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];

        if (c == '\n') {
            if (i == 0 || text[i - 1] != '\r')
                *to++ = '\r';
        } else if ((unsigned char)c >= 0x20 ? c != 0x7F : c == '\t' || c == '\r') {
            *to++ = c;
        }
    }
    if (brackets)
        to = (char *)memcpy(to, "\033[201~", 6) + 6;
    *paste_size = (size_t)(to - paste);
    return paste;
}
