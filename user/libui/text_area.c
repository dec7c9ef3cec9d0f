/*
 * The text area: a view of a text_buffer. Only what is seen is looked at: a place is (line, row of that
 * line), and rows of long lines are found when they are needed. Lines of 10 MB of text cost nothing but
 * their index.
 */
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

#define WHEEL_ROWS 3
#define COLOURS    16
#define MARK_PART  70 /* of 255: how strong the ground of a mark is */
#define LINE_STYLED ((size_t)64 << 10) /* longer lines are plain: no frame waits for their colours */

struct place {
    size_t line;
    size_t row; /* of a line that is broken; else 0 */
};

struct area {
    struct widget widget;
    struct text_buffer *buffer;
    bool owned, read_only, numbers, proportional, wrap;
    int tab;
    int size;          /* of the text, at 100 % */
    int indent;        /* Tab and Shift+Tab shift lines by so many spaces; 0: by a '\t'; -1: not */
    const char *newline; /* what Enter types, and what a line's end that is pasted becomes; NULL: as it is */
    size_t cursor, anchor;
    int goal;          /* x that Up and Down keep; -1 */
    struct place top;
    int left;          /* pixels that are scrolled away at the left */
    struct bar bar;    /* in lines */
    size_t lines_was;
    ui_styler styler;
    void *styler_context;
    colour_t colours[COLOURS];
    uint8_t *styles;
    size_t styles_room;
    struct hook on_cursor;
};

static struct area *area_of(const struct widget *widget);

/* ---- measures -------------------------------------------------------------------------------- */

static const struct font *area_font(const struct area *area)
{
    return ui_font(area->proportional ? FONT_UI : FONT_MONO, area->size);
}

static int row_height(const struct area *area)
{
    return font_height(area_font(area)) + ui_px(2);
}

static int numbers_width(const struct area *area)
{
    size_t lines = text_buffer_lines(area->buffer);
    int digits = 3;

    if (!area->numbers)
        return 0;
    for (lines /= 1000; lines > 0; lines /= 10)
        digits++;
    return digits * font_advance(area_font(area), '0') + ui_px(20);
}

static struct rect text_rect(const struct area *area)
{
    const struct rect at = area->widget.area;
    const int left = ui_px(8) + numbers_width(area), edge = ui_px(6);

    return (struct rect){at.x + left, at.y + edge, at.w - left - ui_px(BAR_WIDTH) - ui_px(4),
                         at.h - 2 * edge};
}

static int rows_seen(const struct area *area)
{
    const int rows = text_rect(area).h / row_height(area);

    return rows > 0 ? rows : 1;
}

/* How wide the next character is that begins at `text`, when it is drawn at x; *used: its bytes. */
static int advance(const struct area *area, const struct font *font, const char *text, size_t size, int x,
                   size_t *used)
{
    const uint32_t point = utf8_read(text, size, used);

    if (point == '\t') {
        const int tab = area->tab * font_advance(font, ' ');

        return tab > 0 ? tab - x % tab : 0;
    }
    return point < 0x20 && point != '\r' ? font_advance(font, '?')
           : point == '\r'               ? 0
                                         : font_advance(font, point);
}

/* ---- rows of a line -------------------------------------------------------------------------- */

/* The end of the row that begins at byte `from`: behind a space where there is one. */
static size_t row_end(const struct area *area, const char *text, size_t size, size_t from)
{
    const struct font *font = area_font(area);
    const int width = text_rect(area).w;
    size_t at = from, word = 0, used;
    int x = 0;

    if (!area->wrap)
        return size;
    while (at < size) {
        x += advance(area, font, text + at, size - at, x, &used);
        if (x > width && at > from)
            return word > from ? word : at;
        at += used;
        if (text[at - 1] == ' ' || text[at - 1] == '\t')
            word = at;
    }
    return size;
}

/* The bytes [from, to) of a row within its line; false: the line has fewer rows. */
static bool row_range(struct area *area, struct place place, size_t *from, size_t *to)
{
    size_t size;
    const char *text = text_buffer_line(area->buffer, place.line, &size);

    *from = 0;
    *to = row_end(area, text, size, 0);
    for (; place.row > 0; place.row--) {
        if (*to >= size)
            return false;
        *from = *to;
        *to = row_end(area, text, size, *from);
    }
    return true;
}

static size_t line_rows(struct area *area, size_t line)
{
    size_t size, rows = 1, at;
    const char *text = text_buffer_line(area->buffer, line, &size);

    for (at = row_end(area, text, size, 0); at < size; at = row_end(area, text, size, at))
        rows++;
    return rows;
}

static struct place place_of(struct area *area, size_t at)
{
    struct place place = {text_buffer_line_of(area->buffer, at), 0};
    size_t size, offset = at - text_buffer_line_start(area->buffer, place.line), end;
    const char *text = text_buffer_line(area->buffer, place.line, &size);

    for (end = row_end(area, text, size, 0); end < size && offset >= end;
         end = row_end(area, text, size, end))
        place.row++;
    return place;
}

static bool step_place(struct area *area, struct place *place, bool down)
{
    if (!down) {
        if (place->row > 0) {
            place->row--;
            return true;
        }
        if (place->line == 0)
            return false;
        place->line--;
        place->row = area->wrap ? line_rows(area, place->line) - 1 : 0;
        return true;
    }
    if (area->wrap && place->row + 1 < line_rows(area, place->line)) {
        place->row++;
        return true;
    }
    if (place->line + 1 >= text_buffer_lines(area->buffer))
        return false;
    *place = (struct place){place->line + 1, 0};
    return true;
}

static int compare_places(struct place a, struct place b)
{
    if (a.line != b.line)
        return a.line < b.line ? -1 : 1;
    return a.row == b.row ? 0 : a.row < b.row ? -1 : 1;
}

/* From the row's beginning, which is byte `from` of its line, to byte `offset`. */
static int x_in_row(struct area *area, size_t line, size_t from, size_t offset)
{
    const struct font *font = area_font(area);
    size_t size, used;
    const char *text = text_buffer_line(area->buffer, line, &size);
    int x = 0;

    for (; from < offset && from < size; from += used)
        x += advance(area, font, text + from, size - from, x, &used);
    return x;
}

/* Where a byte of the text is drawn in its row. */
static int x_of(struct area *area, size_t at)
{
    const struct place place = place_of(area, at);
    size_t from, to;

    row_range(area, place, &from, &to);
    return x_in_row(area, place.line, from, at - text_buffer_line_start(area->buffer, place.line));
}

/* The byte of a row nearest to x. */
static size_t byte_at(struct area *area, struct place place, int x)
{
    const struct font *font = area_font(area);
    size_t size, from, to, used;
    const char *text;
    int at = 0;

    if (!row_range(area, place, &from, &to))
        return text_buffer_size(area->buffer);
    text = text_buffer_line(area->buffer, place.line, &size);
    while (from < to) {
        const int width = advance(area, font, text + from, size - from, at, &used);

        if (at + width / 2 >= x || (to < size && from + used >= to) ||
            (from + used >= size && text[from] == '\r'))
            break;
        at += width;
        from += used;
    }
    return text_buffer_line_start(area->buffer, place.line) + from;
}

/* ---- scrolling ------------------------------------------------------------------------------- */

static void set_bar(struct area *area)
{
    const struct rect at = area->widget.area;

    area->bar.area = (struct rect){at.x + at.w - ui_px(BAR_WIDTH) - ui_px(2), at.y + ui_px(3),
                                   ui_px(BAR_WIDTH), at.h - 2 * ui_px(3)};
    area->bar.total = (int64_t)text_buffer_lines(area->buffer);
    area->bar.page = rows_seen(area);
    if (area->wrap && area->bar.total <= area->bar.page)
        area->bar.total = area->bar.page + (int64_t)area->top.line; /* nothing to say of rows */
    area->bar.at = (int64_t)area->top.line;
}

/* The last text stays at the bottom. */
static void bound_top(struct area *area)
{
    struct place least = {text_buffer_lines(area->buffer) - 1, 0};

    if (area->wrap)
        least.row = line_rows(area, least.line) - 1;
    for (int i = 1; i < rows_seen(area); i++)
        if (!step_place(area, &least, false))
            break;
    if (compare_places(area->top, least) > 0)
        area->top = least;
}

static void scroll_rows(struct area *area, int rows)
{
    const struct place before = area->top;
    int moved = 0;

    for (; moved < (rows < 0 ? -rows : rows); moved++)
        if (!step_place(area, &area->top, rows > 0))
            break;
    bound_top(area);
    if (compare_places(before, area->top) == 0)
        return;
    set_bar(area);
    ui_redraw(&area->widget);
}

static void reveal_x(struct area *area)
{
    const int x = x_of(area, area->cursor), width = text_rect(area).w, margin = ui_px(16);

    if (width <= 2 * margin) /* it has no room yet */
        area->left = 0;
    else if (area->wrap || x < area->left)
        area->left = area->wrap || x < margin ? 0 : x - margin;
    else if (x > area->left + width - margin)
        area->left = x - width + margin;
}

static void reveal_cursor(struct area *area)
{
    const struct place place = place_of(area, area->cursor);
    struct place top = place;

    for (int i = 1; i < rows_seen(area) && compare_places(top, area->top) > 0; i++)
        step_place(area, &top, false);
    if (compare_places(place, area->top) < 0)
        area->top = place;
    else if (compare_places(top, area->top) > 0)
        area->top = top;
    reveal_x(area);
    set_bar(area);
    ui_redraw(&area->widget);
}

/* ---- cursor and selection -------------------------------------------------------------------- */

static size_t low(const struct area *area)
{
    return area->cursor < area->anchor ? area->cursor : area->anchor;
}

static size_t high(const struct area *area)
{
    return area->cursor > area->anchor ? area->cursor : area->anchor;
}

static void go(struct area *area, size_t at, bool extend)
{
    area->cursor = at;
    if (!extend)
        area->anchor = at;
    text_buffer_new_step(area->buffer);
    reveal_cursor(area);
    if (area->on_cursor.call)
        hook_as(&area->on_cursor, ui_action)(&area->widget, area->on_cursor.context);
}

/* The rectangle of one line's rows, when they are all seen and not broken. */
static bool line_rect(const struct area *area, size_t line, struct rect *at)
{
    if (area->wrap || line < area->top.line || line - area->top.line > (size_t)rows_seen(area))
        return false;
    *at = (struct rect){area->widget.area.x,
                        text_rect(area).y + (int)(line - area->top.line) * row_height(area),
                        area->widget.area.w, row_height(area)};
    return true;
}

static size_t moved(size_t position, size_t at, size_t removed, size_t added)
{
    if (position <= at)
        return position;
    return position < at + removed ? at + added : position - removed + added;
}

static void buffer_changed(struct text_buffer *buffer, size_t at, size_t removed, size_t added, void *context)
{
    struct area *area = context;
    const size_t lines = text_buffer_lines(buffer);
    struct rect line;

    area->cursor = moved(area->cursor, at, removed, added);
    area->anchor = moved(area->anchor, at, removed, added);
    if (lines == area->lines_was && line_rect(area, text_buffer_line_of(buffer, at), &line) && !area->styler)
        window_damage(area->widget.window, rect_and(line, area->widget.view));
    else
        ui_redraw(&area->widget);
    area->lines_was = lines;
    if (area->top.line >= lines)
        area->top = (struct place){lines - 1, 0};
    bound_top(area);
    set_bar(area);
}

void ui_area_edited(struct widget *widget)
{
    struct area *area = area_of(widget);

    if (!area)
        return;
    widget_act(widget);
    if (area->on_cursor.call && !widget->dead)
        hook_as(&area->on_cursor, ui_action)(widget, area->on_cursor.context);
}

void ui_area_replace(struct widget *widget, const char *bytes, size_t size)
{
    struct area *area = area_of(widget);
    const size_t from = area ? low(area) : 0, selected = area ? high(area) - from : 0;

    if (!area)
        return;
    if (selected > 0 && size > 0)
        text_buffer_group_start(area->buffer);
    if (text_buffer_remove(area->buffer, from, selected) == 0 &&
        text_buffer_insert(area->buffer, from, bytes, size) == 0)
        area->cursor = area->anchor = from + size;
    if (selected > 0 && size > 0)
        text_buffer_group_end(area->buffer);
    area->goal = -1;
    reveal_cursor(area);
    ui_area_edited(widget);
}

static void edit(struct area *area, const char *bytes, size_t size)
{
    if (!area->read_only)
        ui_area_replace(&area->widget, bytes, size);
}

void ui_area_copy(struct widget *widget)
{
    const struct area *area = area_of(widget);
    const size_t size = area ? high(area) - low(area) : 0;
    char *text;

    if (size == 0 || size > CLIPBOARD_MAX_BYTES)
        return;
    text = malloc(size);
    if (!text)
        return;
    text_buffer_copy(area->buffer, low(area), size, text);
    ui_clipboard_set(TYPE_TEXT, text, size);
    free(text);
}

void ui_area_cut(struct widget *widget)
{
    struct area *area = area_of(widget);

    if (!area || area->cursor == area->anchor)
        return;
    ui_area_copy(widget);
    edit(area, "", 0);
}

/* The bytes with this area's line ends, in new memory; NULL: they may stay as they are. */
static char *with_newlines(const struct area *area, const char *bytes, size_t size, size_t *used)
{
    const bool pairs = area->newline && area->newline[0] == '\r';
    char *to = area->newline && memchr(bytes, '\n', size) ? malloc(2 * size) : NULL;

    *used = 0;
    for (size_t i = 0; to && i < size; i++) {
        if (bytes[i] == '\r' && i + 1 < size && bytes[i + 1] == '\n')
            continue;
        if (bytes[i] == '\n' && pairs)
            to[(*used)++] = '\r';
        to[(*used)++] = bytes[i];
    }
    return to;
}

static void insert_text(struct area *area, const char *bytes, size_t size)
{
    size_t used;
    char *text = with_newlines(area, bytes, size, &used);

    if (text)
        edit(area, text, used);
    else
        edit(area, bytes, size);
    free(text);
}

/* The area may have gone meanwhile. */
static void pasted(const char *type, const void *bytes, size_t size, void *context)
{
    (void)type;
    for (struct ui_window *window = ui.windows; window; window = window->next)
        if (window->focus && window->focus == context && size > 0)
            insert_text(area_of(window->focus), bytes, size);
}

void ui_area_paste(struct widget *widget)
{
    if (area_of(widget)) {
        ui_focus(widget);
        ui_clipboard_get(TYPE_TEXT, pasted, widget);
    }
}

static void step_undo(struct widget *widget, bool (*undo)(struct text_buffer *, size_t *))
{
    struct area *area = area_of(widget);
    size_t at;

    if (!area || area->read_only || !undo(area->buffer, &at))
        return;
    area->cursor = area->anchor = at;
    reveal_cursor(area);
    widget_act(widget);
}

void ui_area_undo(struct widget *widget)
{
    step_undo(widget, text_buffer_undo);
}

void ui_area_redo(struct widget *widget)
{
    step_undo(widget, text_buffer_redo);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static bool ctrl_key(struct area *area, const struct ui_key *key)
{
    struct widget *widget = &area->widget;

    switch (key_letter(key)) {
    case 'a':
        ui_area_select(widget, 0, (size_t)-1);
        return true;
    case 'c':
        ui_area_copy(widget);
        return true;
    case 'x':
        ui_area_cut(widget);
        return true;
    case 'v':
        ui_area_paste(widget);
        return true;
    case 'z':
        if (key->modifiers & MODIFIER_SHIFT)
            ui_area_redo(widget);
        else
            ui_area_undo(widget);
        return true;
    case 'y':
        ui_area_redo(widget);
        return true;
    default:
        return false;
    }
}

static size_t go_rows(struct area *area, int rows)
{
    struct place place = place_of(area, area->cursor);
    const int goal = area->goal >= 0 ? area->goal : x_of(area, area->cursor);
    bool any = false;

    for (int i = 0; i < (rows < 0 ? -rows : rows); i++)
        any |= step_place(area, &place, rows > 0);
    area->goal = goal;
    if (!any)
        return rows < 0 ? 0 : text_buffer_size(area->buffer);
    return byte_at(area, place, goal);
}

static size_t row_edge(struct area *area, bool end)
{
    const struct place place = place_of(area, area->cursor);
    const size_t start = text_buffer_line_start(area->buffer, place.line);
    size_t from, to;

    row_range(area, place, &from, &to);
    if (end && to < text_buffer_line_size(area->buffer, place.line))
        to = text_buffer_previous(area->buffer, start + to) - start;
    if (end && to > from && text_buffer_byte(area->buffer, start + to - 1) == '\r')
        to--;
    return start + (end ? to : from);
}

static bool moved_to(struct area *area, const struct ui_key *key, size_t *to)
{
    const bool ctrl = key->modifiers & MODIFIER_CTRL, shift = key->modifiers & MODIFIER_SHIFT;
    const bool collapse = !shift && !ctrl && area->cursor != area->anchor;
    const int page = rows_seen(area) > 1 ? rows_seen(area) - 1 : 1;
    const int goal = area->goal;

    area->goal = -1;
    switch (key->code) {
    case KEY_LEFT:
        *to = collapse ? low(area) : ctrl ? text_buffer_previous_word(area->buffer, area->cursor)
                                          : text_buffer_previous(area->buffer, area->cursor);
        return true;
    case KEY_RIGHT:
        *to = collapse ? high(area) : ctrl ? text_buffer_next_word(area->buffer, area->cursor)
                                           : text_buffer_next(area->buffer, area->cursor);
        return true;
    case KEY_HOME:
        *to = ctrl ? 0 : row_edge(area, false);
        return true;
    case KEY_END:
        *to = ctrl ? text_buffer_size(area->buffer) : row_edge(area, true);
        return true;
    case KEY_UP: case KEY_DOWN: case KEY_PAGEUP: case KEY_PAGEDOWN:
        if (ctrl)
            return false;
        area->goal = goal;
        *to = go_rows(area, key->code == KEY_UP ? -1 : key->code == KEY_DOWN ? 1
                            : key->code == KEY_PAGEUP ? -page : page);
        return true;
    default:
        return false;
    }
}

static void erase(struct area *area, bool back, bool word)
{
    if (area->cursor == area->anchor) {
        if (back)
            area->anchor = word ? text_buffer_previous_word(area->buffer, area->cursor)
                                : text_buffer_previous(area->buffer, area->cursor);
        else
            area->anchor = word ? text_buffer_next_word(area->buffer, area->cursor)
                                : text_buffer_next(area->buffer, area->cursor);
    }
    if (area->cursor != area->anchor)
        edit(area, "", 0);
}

/* A new line begins with the blanks of this one. */
static void new_line(struct area *area)
{
    const size_t start = text_buffer_line_start(area->buffer, text_buffer_line_of(area->buffer, low(area)));
    const char *newline = area->newline ? area->newline : "\n";
    const size_t end = strlen(newline);
    char text[256];
    size_t size = end;

    memcpy(text, newline, end);
    while (size < sizeof(text) && start + size - end < low(area)) {
        const int byte = text_buffer_byte(area->buffer, start + size - end);

        if (byte != ' ' && byte != '\t')
            break;
        text[size++] = (char)byte;
    }
    edit(area, text, area->proportional ? end : size);
}

/* ---- shifting lines -------------------------------------------------------------------------- */

/* A line one step to the left or right, written to `to`; its size. Empty ones stay. */
static size_t shift_line(const struct area *area, const char *text, size_t size, bool out, char *to)
{
    const size_t width = (size_t)(area->indent > 0 ? area->indent : area->tab);
    const size_t step = area->indent > 0 ? width : 1;
    size_t from = 0, at = 0;

    if (!out && size > 0 && text[0] != '\r') {
        memset(to, area->indent > 0 ? ' ' : '\t', step);
        at = step;
    }
    if (out && size > 0 && text[0] == '\t')
        from = 1;
    while (out && from < width && from < size && text[from] == ' ' && text[0] == ' ')
        from++;
    memcpy(to + at, text + from, size - from);
    return at + size - from;
}

/* The lines that are selected, or the cursor's, become one change. They are selected then. */
static void shift_lines(struct area *area, bool out)
{
    struct text_buffer *buffer = area->buffer;
    const size_t first = text_buffer_line_of(buffer, low(area));
    const size_t start = text_buffer_line_start(buffer, first);
    size_t last = text_buffer_line_of(buffer, high(area)), used = 0, size, end;
    const bool one = low(area) == high(area);
    size_t here = area->cursor - start; /* of a single line */

    if (last > first && text_buffer_line_start(buffer, last) == high(area))
        last--;
    end = text_buffer_line_start(buffer, last) + text_buffer_line_size(buffer, last);
    char *text = malloc(end - start + (last - first + 1) * 32);

    for (size_t line = first; text && line <= last; line++) {
        const char *from = text_buffer_line(buffer, line, &size);

        used += shift_line(area, from, size, out, text + used);
        if (line < last)
            text[used++] = '\n';
    }
    here = here + used > end - start ? here + used - (end - start) : 0;
    if (text && used != end - start && text_buffer_replace(buffer, start, end - start, text, used) == 0) {
        ui_area_select(&area->widget, one ? start + here : start, start + (one ? here : used));
        ui_area_edited(&area->widget);
    }
    free(text);
}

static bool crosses_lines(const struct area *area)
{
    return text_buffer_line_of(area->buffer, low(area)) != text_buffer_line_of(area->buffer, high(area));
}

static void type_tab(struct area *area)
{
    static const char spaces[] = "                                ";
    const size_t start = text_buffer_line_start(area->buffer, text_buffer_line_of(area->buffer, low(area)));
    size_t column = 0;

    if (area->indent >= 0 && crosses_lines(area)) {
        shift_lines(area, false);
        return;
    }
    if (area->indent <= 0) {
        edit(area, "\t", 1);
        return;
    }
    for (size_t at = start; at < low(area); at = text_buffer_next(area->buffer, at))
        column++;
    edit(area, spaces, (size_t)area->indent - column % (size_t)area->indent);
}

static bool edit_key(struct area *area, const struct ui_key *key)
{
    const bool ctrl = key->modifiers & MODIFIER_CTRL;

    if (area->read_only)
        return false;
    switch (key->code) {
    case KEY_BACKSPACE:
    case KEY_DELETE:
        erase(area, key->code == KEY_BACKSPACE, ctrl);
        return true;
    case KEY_ENTER:
    case KEY_KPENTER:
        if (key_with(key) != 0)
            return false;
        new_line(area);
        return true;
    case KEY_TAB:
        if (key_with(key) == MODIFIER_SHIFT && area->indent >= 0)
            shift_lines(area, true);
        else if (key_with(key) == 0)
            type_tab(area);
        else
            return false;
        return true;
    default:
        if (!input_text(key))
            return false;
        edit(area, key->text, strlen(key->text));
        return true;
    }
}

static bool key_area(struct widget *widget, const struct ui_key *key)
{
    struct area *area = (struct area *)widget;
    size_t to;

    if (!key->pressed)
        return false;
    if (!(key->modifiers & (MODIFIER_ALT | MODIFIER_SUPER)) && moved_to(area, key, &to)) {
        go(area, to, key->modifiers & MODIFIER_SHIFT);
        return true;
    }
    if ((key_with(key) & ~MODIFIER_SHIFT) == MODIFIER_CTRL) {
        if (key->code == KEY_UP || key->code == KEY_DOWN) {
            scroll_rows(area, key->code == KEY_UP ? -1 : 1);
            return true;
        }
        if (ctrl_key(area, key))
            return true;
    }
    return edit_key(area, key);
}

/* ---- pointer --------------------------------------------------------------------------------- */

static size_t point_byte(struct area *area, int x, int y)
{
    const struct rect at = text_rect(area);
    struct place place = area->top;
    int rows = (y - at.y) / row_height(area);

    if (y < at.y) {
        step_place(area, &place, false);
        rows = 0;
    }
    while (rows-- > 0)
        if (!step_place(area, &place, true))
            break;
    return byte_at(area, place, x - at.x + area->left);
}

static void press(struct area *area, const struct ui_pointer *pointer, size_t at)
{
    const size_t line = text_buffer_line_of(area->buffer, at);

    area->goal = -1;
    if (pointer->button == BUTTON_RIGHT && at >= low(area) && at < high(area))
        return;
    if (pointer->clicks == 2) {
        area->anchor = text_buffer_previous_word(area->buffer, text_buffer_next(area->buffer, at));
        go(area, text_buffer_next_word(area->buffer, area->anchor), true);
    } else if (pointer->clicks >= 3) {
        area->anchor = text_buffer_line_start(area->buffer, line);
        go(area, text_buffer_line_start(area->buffer, line + 1), true);
    } else {
        go(area, at, pointer->modifiers & MODIFIER_SHIFT);
    }
    area->widget.down = pointer->button == BUTTON_LEFT && pointer->clicks < 2;
}

static void pull_bar(struct area *area)
{
    if ((size_t)area->bar.at != area->top.line) {
        area->top = (struct place){(size_t)area->bar.at, 0};
        bound_top(area);
    }
    ui_redraw(&area->widget);
}

static bool point_area(struct widget *widget, const struct ui_pointer *pointer)
{
    struct area *area = (struct area *)widget;
    const int x = pointer->x + widget->area.x, y = pointer->y + widget->area.y;

    if (pointer->kind == UI_WHEEL) {
        scroll_rows(area, -pointer->wheel_y * WHEEL_ROWS);
        return true;
    }
    if (bar_pointer(&area->bar, pointer, x, y)) {
        pull_bar(area);
        return true;
    }
    if (pointer->kind == UI_PRESS && pointer->button != BUTTON_MIDDLE)
        press(area, pointer, point_byte(area, x, y));
    else if (pointer->kind == UI_MOVE_TO && widget->down)
        go(area, point_byte(area, x, y), true);
    else if (pointer->kind == UI_RELEASE)
        widget->down = false;
    return true;
}

/* ---- painting -------------------------------------------------------------------------------- */

static const uint8_t *line_styles(struct area *area, size_t line, const char *text, size_t size)
{
    if (!area->styler || size == 0 || size > LINE_STYLED)
        return NULL;
    if (size > area->styles_room) {
        uint8_t *more = realloc(area->styles, size);

        if (!more)
            return NULL;
        area->styles = more;
        area->styles_room = size;
    }
    memset(area->styles, 0, size);
    area->styler(area->buffer, line, text, size, area->styles, area->styler_context);
    return area->styles;
}

static colour_t style_colour(const struct area *area, uint8_t style)
{
    if (!widget_usable(&area->widget))
        return look_text(&area->widget);
    if (style & UI_STYLE_MARK)
        return ui.theme.field_text;
    return style == 0 || style >= COLOURS || area->colours[style] == 0 ? ui.theme.field_text
                                                                        : area->colours[style];
}

/* The ground of what is marked in the row [from, to). */
static void paint_marks(const struct area *area, const struct canvas *canvas, const char *text, size_t from,
                        size_t to, const uint8_t *styles, int x, int y)
{
    const struct font *font = area_font(area);
    const colour_t ground = colour_mix(ui.theme.field, ui.theme.warning, MARK_PART);
    const int start = x;
    size_t used;

    for (; styles && from < to && x < canvas->clip.x + canvas->clip.w; from += used) {
        const int width = advance(area, font, text + from, to - from, x - start, &used);

        if (styles[from] & UI_STYLE_MARK)
            draw_fill(canvas, (struct rect){x, y, width, row_height(area)}, ground);
        x += width;
    }
}

/* A row's characters from x on; those outside of the clip are passed by. */
static void paint_bytes(const struct area *area, const struct canvas *canvas, const char *text, size_t from,
                        size_t to, const uint8_t *styles, int x, int y)
{
    const struct font *font = area_font(area);
    const int start = x;
    size_t used;

    for (; from < to && x < canvas->clip.x + canvas->clip.w; from += used) {
        const int width = advance(area, font, text + from, to - from, x - start, &used);

        if (x + width > canvas->clip.x && text[from] != ' ' && text[from] != '\t' && width > 0)
            draw_text(canvas, x, y + font_ascent(font), font, text + from, (ptrdiff_t)used,
                      style_colour(area, styles ? styles[from] : 0));
        x += width;
    }
}

/* What of the row [from, to) of its line is selected; a selected end of the line is a blank. */
static void paint_selection(struct area *area, const struct canvas *canvas, size_t line, size_t from,
                            size_t to, int x, int y)
{
    const size_t start = text_buffer_line_start(area->buffer, line);
    const size_t end = start + to, newline = to == text_buffer_line_size(area->buffer, line);
    const size_t first = low(area) > start + from ? low(area) : start + from;
    int begin, width;

    if (low(area) >= end + newline || high(area) <= start + from || low(area) == high(area))
        return;
    begin = x_in_row(area, line, from, first - start);
    width = x_in_row(area, line, from, (high(area) < end ? high(area) : end) - start) - begin;
    if (newline && high(area) > end)
        width += font_advance(area_font(area), ' ');
    draw_fill(canvas, (struct rect){x + begin, y, width, row_height(area)},
              colour_mix(ui.theme.field, ui.theme.accent, 100));
}

static void paint_number(const struct area *area, const struct canvas *canvas, size_t line, int y)
{
    const struct font *font = area_font(area);
    const bool current = line == text_buffer_line_of(area->buffer, area->cursor);
    char text[24];
    size_t at = sizeof(text) - 1;

    if (!area->numbers)
        return;
    text[at] = '\0';
    for (line++; line > 0 && at > 0; line /= 10)
        text[--at] = (char)('0' + line % 10);
    draw_text(canvas, text_rect(area).x - ui_px(12) - text_width(font, text + at, -1),
              y + font_ascent(font), font, text + at, -1,
              current ? ui.theme.field_text : ui.theme.dim_text);
}

static void paint_row(struct area *area, const struct canvas *canvas, const struct canvas *inside,
                      struct place place, int y)
{
    const int x = text_rect(area).x - area->left;
    const bool focus = area->widget.window->focus == &area->widget && area->widget.window->active;
    size_t size, from, to;
    const uint8_t *styles;
    const char *text;

    if (!row_range(area, place, &from, &to))
        return;
    if (place.row == 0)
        paint_number(area, canvas, place.line, y);
    text = text_buffer_line(area->buffer, place.line, &size);
    styles = line_styles(area, place.line, text, size);
    text = text_buffer_line(area->buffer, place.line, &size); /* the styler may have looked at others */
    paint_marks(area, inside, text, from, to, styles, x, y);
    paint_selection(area, inside, place.line, from, to, x, y);
    text = text_buffer_line(area->buffer, place.line, &size);
    paint_bytes(area, inside, text, from, to, styles, x, y);
    if (focus && compare_places(place_of(area, area->cursor), place) == 0)
        draw_fill(inside, (struct rect){x + x_of(area, area->cursor) - (ui_scale() > 100), y,
                                        ui_px(1) + (ui_scale() > 100), row_height(area)}, ui.theme.accent);
}

static void paint_area(struct widget *widget, const struct canvas *canvas)
{
    struct area *area = (struct area *)widget;
    const struct rect at = text_rect(area);
    const struct canvas rows =
        canvas_clipped(canvas, (struct rect){widget->area.x, at.y, widget->area.w, at.h});
    const struct canvas inside = canvas_clipped(&rows, (struct rect){at.x - 1, at.y, at.w + 2, at.h});
    struct place place = area->top;

    look_field(canvas, widget, widget->area);
    for (int y = at.y; y < at.y + at.h; y += row_height(area)) {
        if (y + row_height(area) > canvas->clip.y && y < canvas->clip.y + canvas->clip.h)
            paint_row(area, &rows, &inside, place, y);
        if (!step_place(area, &place, true))
            break;
    }
    bar_paint(&area->bar, canvas);
}

/* ---- making ---------------------------------------------------------------------------------- */

static void measure_area(struct widget *widget, int *width, int *height)
{
    (void)widget;
    *width = ui_px(160);
    *height = ui_px(64);
}

static void arrange_area(struct widget *widget)
{
    struct area *area = (struct area *)widget;

    bound_top(area);
    set_bar(area);
}

static void drop_buffer(struct area *area)
{
    text_buffer_unlisten(area->buffer, buffer_changed, area);
    if (area->owned)
        text_buffer_end(area->buffer);
    area->owned = false;
}

static void area_end(struct widget *widget)
{
    struct area *area = (struct area *)widget;

    if (area->buffer)
        drop_buffer(area);
    free(area->styles);
}

static void area_was_set(struct widget *widget)
{
    struct area *area = (struct area *)widget;

    /* ui_set_text: the text is the buffer's. */
    if (!widget->text)
        return;
    text_buffer_load(area->buffer, widget->text, strlen(widget->text));
    free(widget->text);
    widget->text = NULL;
    go(area, 0, false);
}

static const struct widget_class area_class = {
    .name = "text area", .size = sizeof(struct area), .flags = CLASS_FOCUS | CLASS_GROWS,
    .measure = measure_area, .arrange = arrange_area, .paint = paint_area, .pointer = point_area,
    .key = key_area, .changed = area_was_set, .end = area_end};

static struct area *area_of(const struct widget *widget)
{
    return widget && widget->class == &area_class ? (struct area *)widget : NULL;
}

static bool take_buffer(struct area *area, struct text_buffer *buffer)
{
    struct text_buffer *own = buffer ? NULL : text_buffer_new();

    buffer = buffer ? buffer : own;
    if (!buffer || text_buffer_listen(buffer, buffer_changed, area) != 0) {
        text_buffer_end(own);
        return false;
    }
    if (area->buffer)
        drop_buffer(area);
    area->buffer = buffer;
    area->owned = own != NULL;
    area->lines_was = text_buffer_lines(buffer);
    area->cursor = area->anchor = 0;
    area->top = (struct place){0, 0};
    area->left = 0;
    area->goal = -1;
    return true;
}

struct widget *ui_text_area(struct widget *parent, struct text_buffer *buffer, ui_action changed,
                            void *context)
{
    struct area *area = widget_new(parent, &area_class);

    if (!area)
        return NULL;
    area->tab = 8;
    area->size = UI_TEXT;
    area->indent = -1;
    area->bar.down = true;
    if (!take_buffer(area, buffer)) {
        ui_remove(&area->widget);
        return NULL;
    }
    area->widget.action = changed;
    area->widget.context = context;
    area->widget.pointer = POINTER_TEXT;
    return &area->widget;
}

struct text_buffer *ui_area_buffer(const struct widget *widget)
{
    const struct area *area = area_of(widget);

    return area ? area->buffer : NULL;
}

void ui_area_set_buffer(struct widget *widget, struct text_buffer *buffer)
{
    struct area *area = area_of(widget);

    if (area && buffer != area->buffer && take_buffer(area, buffer))
        widget_changed(widget);
}

void ui_area_set_read_only(struct widget *widget, bool read_only)
{
    struct area *area = area_of(widget);

    if (area)
        area->read_only = read_only;
}

static void look_changed(struct area *area)
{
    area->left = 0;
    area->top.row = 0;
    widget_changed(&area->widget);
    bound_top(area);
    set_bar(area);
}

void ui_area_set_numbers(struct widget *widget, bool numbers)
{
    struct area *area = area_of(widget);

    if (!area)
        return;
    area->numbers = numbers;
    look_changed(area);
}

void ui_area_set_mono(struct widget *widget, bool mono)
{
    struct area *area = area_of(widget);

    if (!area)
        return;
    area->proportional = !mono;
    look_changed(area);
}

void ui_area_set_wrap(struct widget *widget, bool wrap)
{
    struct area *area = area_of(widget);

    if (!area)
        return;
    area->wrap = wrap;
    look_changed(area);
}

void ui_area_set_tab(struct widget *widget, int spaces)
{
    struct area *area = area_of(widget);

    if (!area)
        return;
    area->tab = spaces < 1 ? 1 : spaces > 32 ? 32 : spaces;
    look_changed(area);
}

void ui_area_set_indent(struct widget *widget, int spaces)
{
    struct area *area = area_of(widget);

    if (area)
        area->indent = spaces < 0 ? -1 : spaces > 32 ? 32 : spaces;
}

void ui_area_set_newline(struct widget *widget, const char *newline)
{
    struct area *area = area_of(widget);

    if (area)
        area->newline = !newline ? NULL : newline[0] == '\r' ? "\r\n" : "\n";
}

void ui_area_set_size(struct widget *widget, int size)
{
    struct area *area = area_of(widget);

    if (!area)
        return;
    area->size = size < 6 ? 6 : size > 64 ? 64 : size;
    look_changed(area);
    reveal_cursor(area);
}

size_t ui_area_cursor(const struct widget *widget)
{
    const struct area *area = area_of(widget);

    return area ? area->cursor : 0;
}

size_t ui_area_anchor(const struct widget *widget)
{
    const struct area *area = area_of(widget);

    return area ? area->anchor : 0;
}

void ui_area_select(struct widget *widget, size_t anchor, size_t cursor)
{
    struct area *area = area_of(widget);
    size_t size;

    if (!area)
        return;
    size = text_buffer_size(area->buffer);
    area->anchor = anchor < size ? anchor : size;
    area->goal = -1;
    window_layout(widget->window);
    go(area, cursor < size ? cursor : size, true);
}

void ui_area_on_cursor(struct widget *widget, ui_action moved_call, void *context)
{
    struct area *area = area_of(widget);

    if (area)
        hook_set(&area->on_cursor, moved_call, context);
}

void ui_area_set_styler(struct widget *widget, ui_styler styler, const colour_t colours[16], void *context)
{
    struct area *area = area_of(widget);

    if (!area)
        return;
    area->styler = styler;
    area->styler_context = context;
    if (colours)
        memcpy(area->colours, colours, sizeof(area->colours));
    ui_redraw(widget);
}
