/*
 * See view.h. What the program wrote is read when poll says so (on_bytes), a bounded part at a time, so that
 * a flood does not keep the keyboard waiting; then only what changed is damaged: lines that went up are moved
 * by the server (ui_canvas_scroll), rows and the cursor that changed are painted. The cursor does not blink:
 * nothing is drawn while nothing happens.
 */
#include "user/apps/terminal/view.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "lib/abi/keys.h"
#include "user/apps/terminal/colours.h"
#include "user/desktop/protocol.h"

#define PADDING     6     /* around the cells, at 100 % */
#define READ_BYTES  65536 /* between two looks at the keyboard */
#define WHEEL_LINES 3
#define COLUMNS     80
#define ROWS        24

/* ---- where things are ----------------------------------------------------------------------------- */

static const struct font *font_of(const struct view *view, bool bold)
{
    return ui_font(bold ? FONT_MONO_BOLD : FONT_MONO, view->font_size);
}

static int cell_width(const struct view *view)
{
    return font_advance(font_of(view, false), 'M');
}

static int cell_height(const struct view *view)
{
    return font_height(font_of(view, false));
}

static struct rect cells_at(const struct view *view, int column, int row, int columns, int rows)
{
    int width = cell_width(view), height = cell_height(view), padding = ui_px(PADDING);

    return (struct rect){padding + column * width, padding + row * height, columns * width, rows * height};
}

static struct rect all_cells(const struct view *view)
{
    return cells_at(view, 0, 0, vt_columns(view->session.vt), vt_rows(view->session.vt));
}

static struct place place_at(const struct view *view, int x, int y)
{
    int width = cell_width(view), padding = ui_px(PADDING), row = (y - padding) / cell_height(view);

    row = y < padding ? -1 : row;
    return (struct place){view->first - view->back + row, (x - padding + width / 2) / width};
}

/* ---- painting ------------------------------------------------------------------------------------- */

struct painter {
    const struct view *view;
    const struct canvas *canvas;
    struct place from, to; /* selected */
    bool any;
};

static bool is_selected(const struct painter *painter, long line, int column)
{
    if (!painter->any || line < painter->from.line || line > painter->to.line)
        return false;
    return (line > painter->from.line || column >= painter->from.column)
           && (line < painter->to.line || column < painter->to.column);
}

static void paint_lines(const struct canvas *canvas, struct rect at, uint32_t attributes, colour_t colour)
{
    int thick = ui_px(1);

    if (attributes & CELL_UNDERLINE)
        draw_fill(canvas, (struct rect){at.x, at.y + at.h - 2 * thick, at.w, thick}, colour);
    if (attributes & CELL_STRIKE)
        draw_fill(canvas, (struct rect){at.x, at.y + at.h / 2, at.w, thick}, colour);
}

static void paint_cell(const struct painter *painter, const struct cell *cell, struct rect at, bool selected)
{
    const struct view *view = painter->view;
    colour_t foreground, background;

    cell_colours(cell, ui_theme(), vt_reverse(view->session.vt), selected, &foreground, &background);
    if (background != ui_theme()->field)
        draw_fill(painter->canvas, at, background);
    if (cell->attributes & CELL_TAIL)
        return;
    if (cell->character > ' ')
        draw_glyph(painter->canvas, at.x, at.y, font_of(view, cell->attributes & CELL_BOLD), cell->character,
                   foreground);
    if (cell->attributes & (CELL_UNDERLINE | CELL_STRIKE))
        paint_lines(painter->canvas, at, cell->attributes, foreground);
}

static void paint_row(const struct painter *painter, int row)
{
    const struct view *view = painter->view;
    struct cell room[VT_COLUMNS_MAX];
    const struct cell *cells = vt_row(view->session.vt, row - view->back, room);
    long line = view->first - view->back + row;

    for (int i = 0; i < vt_columns(view->session.vt); i++) {
        struct rect at = cells_at(view, i, row, 1, 1);

        if (!rect_empty(rect_and(at, painter->canvas->clip)))
            paint_cell(painter, &cells[i], at, is_selected(painter, line, i));
    }
}

static void paint_block(const struct painter *painter, struct vt_cursor cursor, struct rect at)
{
    const struct theme *theme = ui_theme();
    struct cell room[VT_COLUMNS_MAX];
    const struct cell *cell = &vt_row(painter->view->session.vt, cursor.row, room)[cursor.column];

    draw_fill(painter->canvas, at, theme->accent);
    if (cell->character > ' ' && !(cell->attributes & CELL_HIDDEN))
        draw_glyph(painter->canvas, at.x, at.y, font_of(painter->view, cell->attributes & CELL_BOLD),
                   cell->character, theme->accent_text);
}

static void paint_cursor(const struct painter *painter)
{
    const struct view *view = painter->view;
    struct vt_cursor cursor = vt_cursor(view->session.vt);
    struct rect at = cells_at(view, cursor.column, cursor.row + view->back, 1, 1);
    int thick = ui_px(2);

    if (!cursor.visible || cursor.row + view->back >= vt_rows(view->session.vt))
        return;
    if (!ui_focused(view->canvas))
        draw_round_border(painter->canvas, at, 0, CORNERS_ALL, ui_px(1), ui_theme()->accent);
    else if (cursor.shape == CURSOR_UNDERLINE)
        draw_fill(painter->canvas, (struct rect){at.x, at.y + at.h - thick, at.w, thick}, ui_theme()->accent);
    else if (cursor.shape == CURSOR_BAR)
        draw_fill(painter->canvas, (struct rect){at.x, at.y, thick, at.h}, ui_theme()->accent);
    else
        paint_block(painter, cursor, at);
}

static void on_paint(struct widget *widget, const struct canvas *canvas, void *context)
{
    struct view *view = context;
    struct painter painter = {.view = view, .canvas = canvas};

    (void)widget;
    draw_fill(canvas, canvas->clip, ui_theme()->field);
    if (!view->session.vt)
        return;
    painter.any =
        selection_range(&view->selection, view->session.vt, view->first, &painter.from, &painter.to);
    for (int row = 0; row < vt_rows(view->session.vt); row++)
        if (!rect_empty(rect_and(cells_at(view, 0, row, vt_columns(view->session.vt), 1), canvas->clip)))
            paint_row(&painter, row);
    paint_cursor(&painter);
}

/* ---- what changed --------------------------------------------------------------------------------- */

static void damage_cursor(struct view *view, int column, int row)
{
    ui_canvas_damage(view->canvas, cells_at(view, column, row, 2, 1));
}

static void show_bar(struct view *view)
{
    int lines = vt_scrollback(view->session.vt), rows = vt_rows(view->session.vt);

    if (view->back > lines)
        view->back = lines;
    ui_scroll_bar_set(view->bar, lines + rows, rows, lines - view->back);
}

static void damage_rows(struct view *view)
{
    for (int row = 0; row < vt_rows(view->session.vt); row++)
        if (vt_take_dirty(view->session.vt, row))
            ui_canvas_damage(view->canvas,
                             cells_at(view, 0, row + view->back, vt_columns(view->session.vt), 1));
}

static void move_up(struct view *view, int lines)
{
    bool still = view->back == 0 && !view->selection.any && lines < vt_rows(view->session.vt);

    view->first += lines;
    if (view->back > 0)
        view->back += lines; /* who looks back goes on seeing the same */
    if (still) {
        ui_canvas_scroll(view->canvas, all_cells(view), 0, -lines * cell_height(view));
        damage_cursor(view, view->cursor_drawn.column, view->cursor_drawn.row - lines);
    } else if (lines > 0) {
        ui_redraw(view->canvas);
    }
}

static void show_changes(struct view *view)
{
    struct vt_cursor cursor = vt_cursor(view->session.vt);
    int lines = vt_take_scrolled(view->session.vt);

    if (lines > 0)
        move_up(view, lines);
    damage_rows(view);
    if (memcmp(&cursor, &view->cursor_drawn, sizeof(cursor)) != 0) {
        damage_cursor(view, view->cursor_drawn.column, view->cursor_drawn.row + view->back);
        damage_cursor(view, cursor.column, cursor.row + view->back);
        view->cursor_drawn = cursor;
    }
    show_bar(view);
}

void view_scroll(struct view *view, int lines)
{
    int most = vt_scrollback(view->session.vt), back = view->back + lines;

    back = back < 0 ? 0 : back > most ? most : back;
    if (back == view->back)
        return;
    view->back = back;
    show_bar(view);
    ui_redraw(view->canvas);
}

static void on_bar(struct widget *bar, void *context)
{
    struct view *view = context;

    view_scroll(view, vt_scrollback(view->session.vt) - ui_value(bar) - view->back);
}

/* ---- the program ---------------------------------------------------------------------------------- */

static void on_bytes(int fd, short events, void *context);

static void watch(struct view *view)
{
    short events = (short)(POLLIN | (session_wants_to_write(&view->session) ? POLLOUT : 0));

    if (view->session.fd >= 0)
        (void)ui_watch(view->session.fd, events, on_bytes, view);
}

static void on_bytes(int fd, short events, void *context)
{
    struct view *view = context;
    bool goes_on;

    if (events & POLLOUT)
        session_flush(&view->session);
    goes_on = session_read(&view->session, READ_BYTES);
    if (!goes_on)
        ui_unwatch(fd);
    watch(view);
    show_changes(view);
    if (view->session.copied) {
        (void)ui_clipboard_set(TYPE_TEXT, view->session.copied, view->session.copied_size);
        free(view->session.copied);
        view->session.copied = NULL;
    }
    if (!goes_on || view->session.has_title || view->session.bell)
        view->changed(view);
}

static void say(struct view *view, const char *bytes, size_t size)
{
    if (size == 0)
        return;
    session_write(&view->session, bytes, size);
    watch(view);
}

static void on_resized(struct widget *widget, int width, int height, void *context)
{
    struct view *view = context;
    int padding = 2 * ui_px(PADDING);

    if (!view->session.vt)
        return;
    session_resize(&view->session, (width - padding) / cell_width(view),
                   (height - padding) / cell_height(view), cell_width(view), cell_height(view));
    view->selection.any = false;
    show_changes(view);
    ui_redraw(widget);
}

/* ---- keys ----------------------------------------------------------------------------------------- */

static bool scroll_key(struct view *view, const struct ui_key *key)
{
    int page = vt_rows(view->session.vt) - 1;

    if (!(key->modifiers & MODIFIER_SHIFT) || key->modifiers & (MODIFIER_CTRL | MODIFIER_ALT))
        return false;
    switch (key->code) {
    case KEY_PAGEUP: view_scroll(view, page); return true;
    case KEY_PAGEDOWN: view_scroll(view, -page); return true;
    case KEY_HOME: view_scroll(view, (int)VT_SCROLLBACK); return true;
    case KEY_END: view_scroll(view, -(int)VT_SCROLLBACK); return true;
    case KEY_INSERT: view_paste(view); return true;
    }
    return false;
}

/* The window's, not the program's (terminal.c). */
static bool is_shortcut(const struct ui_key *key)
{
    bool letter = (key->code >= KEY_Q && key->code <= KEY_P) || (key->code >= KEY_A && key->code <= KEY_L) ||
                  (key->code >= KEY_Z && key->code <= KEY_M);

    if (!(key->modifiers & MODIFIER_CTRL) || key->modifiers & MODIFIER_ALT)
        return false;
    if (key->modifiers & MODIFIER_SHIFT && letter)
        return true;
    switch (key->code) {
    case KEY_PAGEUP:
    case KEY_PAGEDOWN:
    case KEY_MINUS:
    case KEY_EQUAL:
    case KEY_0:
    case KEY_KPPLUS:
    case KEY_KPMINUS:
        return true;
    }
    return false;
}

static bool on_key(struct widget *widget, const struct ui_key *key, void *context)
{
    struct view *view = context;
    char bytes[VT_KEY_BYTES];

    (void)widget;
    if (!key->pressed || !view->session.vt || is_shortcut(key))
        return false;
    if (scroll_key(view, key))
        return true;
    size_t size = vt_key(view->session.vt, key->code, key->modifiers, key->text, bytes);

    if (size == 0)
        return false;
    view_scroll(view, -view->back);
    if (view->selection.any) {
        view->selection.any = false;
        ui_redraw(view->canvas);
    }
    say(view, bytes, size);
    return true;
}

static void on_focus(struct widget *widget, void *context)
{
    struct view *view = context;
    char bytes[VT_KEY_BYTES];

    if (!view->session.vt)
        return;
    say(view, bytes, vt_focus(view->session.vt, ui_focused(widget), bytes));
    damage_cursor(view, view->cursor_drawn.column, view->cursor_drawn.row + view->back);
}

/* ---- the mouse ------------------------------------------------------------------------------------ */

static int button_number(const struct ui_pointer *pointer)
{
    return pointer->button == BUTTON_MIDDLE ? 1 : pointer->button == BUTTON_RIGHT ? 2 : 0;
}

/* For the program, which asked for it. Shift keeps the mouse the user's. */
static bool report_mouse(struct view *view, const struct ui_pointer *pointer)
{
    int column = (pointer->x - ui_px(PADDING)) / cell_width(view);
    int row = (pointer->y - ui_px(PADDING)) / cell_height(view);
    enum vt_mouse what = pointer->kind == UI_RELEASE ? MOUSE_RELEASE
                         : pointer->kind == UI_PRESS ? MOUSE_PRESS
                                                     : MOUSE_MOVE;
    int button = pointer->kind == UI_MOVE_TO ? (view->reported_button < 0 ? 3 : view->reported_button)
                                             : button_number(pointer);
    char bytes[VT_KEY_BYTES];

    if (!vt_wants_mouse(view->session.vt) || pointer->modifiers & MODIFIER_SHIFT || view->selects)
        return false;
    if (pointer->kind != UI_PRESS && pointer->kind != UI_RELEASE && pointer->kind != UI_MOVE_TO)
        return false;
    say(view, bytes, vt_mouse(view->session.vt, what, button, column, row, pointer->modifiers, bytes));
    view->reported_button = pointer->kind == UI_PRESS     ? button
                            : pointer->kind == UI_RELEASE ? -1
                                                          : view->reported_button;
    return true;
}

static void on_wheel(struct view *view, const struct ui_pointer *pointer)
{
    int notches = pointer->wheel_y, step = notches > 0 ? 1 : -1;
    bool program = vt_wants_mouse(view->session.vt) || vt_scrollback(view->session.vt) == 0;
    char bytes[VT_KEY_BYTES];

    if (!program || pointer->modifiers & MODIFIER_SHIFT) {
        view_scroll(view, notches * WHEEL_LINES);
        return;
    }
    for (int i = 0; i != notches && i > -20 && i < 20; i += step)
        say(view, bytes,
            vt_mouse(view->session.vt, MOUSE_PRESS, step > 0 ? 4 : 5,
                     (pointer->x - ui_px(PADDING)) / cell_width(view),
                     (pointer->y - ui_px(PADDING)) / cell_height(view), pointer->modifiers, bytes));
}

static void start_selection(struct view *view, const struct ui_pointer *pointer)
{
    struct place at = place_at(view, pointer->x, pointer->y);
    enum selection_unit unit = pointer->clicks >= 3   ? SELECT_LINES
                               : pointer->clicks == 2 ? SELECT_WORDS
                                                      : SELECT_CELLS;

    if (unit == SELECT_WORDS)
        at.column = (pointer->x - ui_px(PADDING)) / cell_width(view); /* the cell, not the gap */
    if (pointer->modifiers & MODIFIER_SHIFT && view->selection.any)
        selection_extend(&view->selection, at);
    else
        selection_start(&view->selection, at, unit);
    view->selects = true;
    ui_redraw(view->canvas);
}

static void drag_selection(struct view *view, const struct ui_pointer *pointer)
{
    int width, height;

    ui_canvas_size(view->canvas, &width, &height);
    if (pointer->y < 0)
        view_scroll(view, 1);
    else if (pointer->y >= height)
        view_scroll(view, -1);
    selection_extend(&view->selection, place_at(view, pointer->x, pointer->y));
    ui_redraw(view->canvas);
}

static void paste_selection(struct view *view)
{
    size_t size = 0, paste_size = 0;
    char *text = selection_text(&view->selection, view->session.vt, view->first, &size);
    char *paste = text ? vt_paste(view->session.vt, text, size, &paste_size) : NULL;

    if (paste)
        say(view, paste, paste_size);
    free(paste);
    free(text);
}

static bool on_pointer(struct widget *widget, const struct ui_pointer *pointer, void *context)
{
    struct view *view = context;

    if (!view->session.vt)
        return false;
    if (pointer->kind == UI_PRESS)
        ui_focus(widget);
    if (pointer->kind == UI_WHEEL) {
        on_wheel(view, pointer);
        return true;
    }
    if (report_mouse(view, pointer))
        return true;
    if (pointer->kind == UI_PRESS && pointer->button == BUTTON_LEFT)
        start_selection(view, pointer);
    else if (pointer->kind == UI_PRESS && pointer->button == BUTTON_MIDDLE)
        paste_selection(view);
    else if (pointer->kind == UI_MOVE_TO && view->selects)
        drag_selection(view, pointer);
    else if (pointer->kind == UI_RELEASE && pointer->button == BUTTON_LEFT)
        view->selects = false;
    else
        return false;
    return true;
}

/* ---- for who has it ------------------------------------------------------------------------------- */

int view_start(struct view *view, struct widget *parent, char *const words[], const char *folder)
{
    static const struct ui_canvas_calls calls = {.paint = on_paint, .pointer = on_pointer, .key = on_key,
                                                 .resized = on_resized, .focus = on_focus};
    struct widget *row = ui_row(parent);

    ui_set_gap(row, 0);
    ui_set_grow(row, 1);
    view->reported_button = -1;
    view->canvas = ui_canvas(row, &calls, view);
    ui_set_grow(view->canvas, 1);
    ui_set_pointer(view->canvas, POINTER_TEXT);
    view->bar = ui_scroll_bar(row, true, on_bar, view);
    int error =
        session_start(&view->session, words, folder, COLUMNS, ROWS, cell_width(view), cell_height(view));

    if (error)
        return error;
    watch(view);
    show_bar(view);
    return 0;
}

void view_end(struct view *view)
{
    if (view->session.fd >= 0)
        ui_unwatch(view->session.fd);
    session_end(&view->session);
}

void view_set_font(struct view *view, int size)
{
    int width, height;

    view->font_size = size < 8 ? 8 : size > 40 ? 40 : size;
    ui_canvas_size(view->canvas, &width, &height);
    on_resized(view->canvas, width, height, view);
}

void view_copy(struct view *view)
{
    size_t size = 0;
    char *text = selection_text(&view->selection, view->session.vt, view->first, &size);

    if (text)
        (void)ui_clipboard_set(TYPE_TEXT, text, size);
    free(text);
}

static void on_clipboard(const char *type, const void *bytes, size_t size, void *context)
{
    struct view *view = context;
    size_t paste_size = 0;
    char *paste = size && view->session.vt ? vt_paste(view->session.vt, bytes, size, &paste_size) : NULL;

    (void)type;
    if (!paste)
        return;
    view_scroll(view, -view->back);
    say(view, paste, paste_size);
    free(paste);
}

void view_paste(struct view *view)
{
    ui_clipboard_get(TYPE_TEXT, on_clipboard, view);
}

bool view_find(struct view *view, const char *text, bool back)
{
    struct vt *vt = view->session.vt;
    struct place from = {back ? view->first + vt_rows(vt) : view->first - vt_scrollback(vt), 0};
    struct selection found;

    if (view->selection.any) {
        from = back ? view->selection.from : view->selection.to;
        from.column -= back ? 1 : 0;
        if (from.column < 0)
            from = (struct place){from.line - 1, vt_columns(vt)};
    }
    if (!terminal_find(vt, view->first, text, from, back, &found))
        return false;
    view->selection = found;
    long middle = view->first - found.from.line + vt_rows(vt) / 2;

    view_scroll(view, (int)(middle < 0 ? 0 : middle) - view->back);
    ui_redraw(view->canvas);
    return true;
}
