/* How widgets look: what several classes draw alike. */
#include <string.h>

#include "user/libui/internal.h"

const struct font *look_font(void)
{
    return ui_font(FONT_UI, UI_TEXT);
}

colour_t look_text(const struct widget *widget)
{
    if (!widget_usable(widget))
        return colour_mix(ui.theme.surface, ui.theme.dim_text, 150);
    return ui.theme.text;
}

bool widget_shows_focus(const struct widget *widget)
{
    const struct ui_window *window = widget->window;

    return window->focus == widget && window->active && window->focus_by_key;
}

void look_focus(const struct canvas *canvas, struct rect at, int radius)
{
    draw_round_border(canvas, at, radius, CORNERS_ALL, ui_px(2), ui.theme.accent);
}

void look_field(const struct canvas *canvas, const struct widget *widget, struct rect at)
{
    look_field_as(canvas, at, widget->window->focus == widget && widget->window->active);
}

void look_field_as(const struct canvas *canvas, struct rect at, bool focus)
{
    const int radius = ui_px(CONTROL_RADIUS);

    draw_round(canvas, at, radius, CORNERS_ALL, ui.theme.field);
    draw_round_border(canvas, at, radius, CORNERS_ALL, focus ? ui_px(2) : ui_px(1),
                      focus ? ui.theme.accent : ui.theme.border);
}

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

uint32_t utf8_read(const char *text, size_t size, size_t *used)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char first = (unsigned char)text[0];
    const size_t length = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    uint32_t point = length == 2 ? first & 0x1Fu : length == 3 ? first & 0x0Fu : first & 0x07u;

    *used = 1;
    if (length == 1)
        return first;
    if (length == 0 || first > 0xF4 || length > size)
        return 0xFFFD;
    for (size_t i = 1; i < length; i++) {
        if (((unsigned char)text[i] & 0xC0) != 0x80)
            return 0xFFFD;
        point = point << 6 | ((unsigned char)text[i] & 0x3Fu);
    }
    if (point < least[length] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
        return 0xFFFD;
    *used = length;
    return point;
}

size_t utf8_next(const char *text, size_t at)
{
    size_t used;

    if (text[at] == '\0')
        return at;
    utf8_read(text + at, strnlen(text + at, 4), &used);
    return at + used;
}

size_t utf8_previous(const char *text, size_t at)
{
    size_t back = 1;

    if (at == 0)
        return 0;
    while (back < 4 && back < at && ((unsigned char)text[at - back] & 0xC0) == 0x80)
        back++;
    return utf8_next(text, at - back) == at ? at - back : at - 1;
}

/* ---- marked letters -------------------------------------------------------------------------- */

const char *look_unmark(const char *text, char *room, size_t size, int *mark)
{
    size_t length = 0;

    *mark = -1;
    for (; *text && length + 1 < size; text++) {
        if (*text == '&' && text[1]) {
            text++;
            if (*text != '&' && *mark < 0)
                *mark = (int)length;
        }
        room[length++] = *text;
    }
    room[length] = '\0';
    return room;
}

uint32_t look_mark_letter(const char *text)
{
    char room[256];
    size_t used;
    int mark;
    uint32_t letter;

    if (!text)
        return 0;
    look_unmark(text, room, sizeof(room), &mark);
    if (mark < 0)
        return 0;
    letter = utf8_read(room + mark, strlen(room + mark), &used);
    return letter >= 'A' && letter <= 'Z' ? letter + 32 : letter;
}

int look_text_width(const char *text)
{
    char room[256];
    int mark;

    return text ? text_width(look_font(), look_unmark(text, room, sizeof(room), &mark), -1) : 0;
}

static int label_start(struct rect at, int width, enum align align)
{
    if (align == ALIGN_CENTRE && width < at.w)
        return at.x + (at.w - width) / 2;
    if (align == ALIGN_END && width < at.w)
        return at.x + at.w - width;
    return at.x;
}

void look_marked(const struct canvas *canvas, const struct widget *widget, struct rect at, const char *text,
                 enum align align, colour_t colour)
{
    const struct font *font = look_font();
    char room[256];
    size_t used;
    int mark, x, y;

    if (!text || !*text)
        return;
    look_unmark(text, room, sizeof(room), &mark);
    draw_label(canvas, at, font, room, align, colour);
    if (mark < 0 || !widget->window->marks)
        return;
    x = label_start(at, text_width(font, room, -1), align) + text_width(font, room, mark);
    y = at.y + (at.h - font_height(font)) / 2 + font_ascent(font) + ui_px(2);
    utf8_read(room + mark, strlen(room + mark), &used);
    draw_fill(canvas, (struct rect){x, y, text_width(font, room + mark, (ptrdiff_t)used), ui_px(1)}, colour);
}
