/*
 * Shows a layout. Wheel, Up, Down, Page Up, Page Down, Home, End and the bar scroll; Tab goes from one place
 * to press to the next, and on to the other widgets behind the last; Enter presses.
 */
#include "user/apps/help/view.h"

#include <stdlib.h>
#include <string.h>

#include "lib/abi/keys.h"
#include "user/desktop/protocol.h"

#define MARGIN    28
#define MOST_WIDE 820 /* longer lines are not read well */
#define STEP      48

struct view {
    struct widget *canvas, *bar;
    const struct md *md;
    struct layout layout;
    int top;
    size_t focus; /* a target; LAYOUT_NO_TARGET */
    view_pressed pressed;
    void *context;
};

/* ---- scrolling -------------------------------------------------------------------------------------- */
static int page_height(const struct view *view)
{
    int width, height;

    ui_canvas_size(view->canvas, &width, &height);
    return height;
}

static int whole_height(const struct view *view)
{
    return view->layout.height + 2 * ui_px(MARGIN);
}

void view_scroll(struct view *view, int top)
{
    int most = whole_height(view) - page_height(view);

    top = top > most ? most : top;
    view->top = top > 0 ? top : 0;
    ui_scroll_bar_set(view->bar, whole_height(view), page_height(view), view->top);
    ui_redraw(view->canvas);
}

static void bar_moved(struct widget *bar, void *context)
{
    view_scroll(context, ui_value(bar));
}

static const struct font *font_of(size_t font)
{
    static const struct {
        enum font_face face;
        int size;
    } fonts[LAYOUT_FONTS] = {{FONT_UI, UI_TEXT}, {FONT_UI_BOLD, UI_TEXT}, {FONT_MONO, UI_TEXT},
                             {FONT_UI_BOLD, 24}, {FONT_UI_BOLD, UI_TITLE}, {FONT_UI_BOLD, 15}};

    return ui_font(fonts[font].face, fonts[font].size);
}

static void lay_out(struct view *view)
{
    struct layout_look look = {.scale = ui_scale(), .copy = ui_say("Copy", "Copiar"),
                               .open = ui_say("Open in editor", "Abrir en el editor")};
    int width, height;

    layout_end(&view->layout);
    if (!view->md)
        return;
    for (size_t i = 0; i < LAYOUT_FONTS; i++)
        look.fonts[i] = font_of(i);
    ui_canvas_size(view->canvas, &width, &height);
    width -= 2 * ui_px(MARGIN);
    if (layout_make(&view->layout, view->md, &look, width < ui_px(MOST_WIDE) ? width : ui_px(MOST_WIDE)) != 0)
        layout_end(&view->layout);
}

/* The line that is at the top stays there. */
static void resized(struct widget *canvas, int width, int height, void *context)
{
    struct view *view = context;
    int before = view->layout.height, top = view->top;

    (void)canvas;
    (void)width;
    (void)height;
    lay_out(view);
    view_scroll(view, before ? (int)((int64_t)top * view->layout.height / before) : 0);
}

/* ---- painting --------------------------------------------------------------------------------------- */
static struct rect on_canvas(const struct view *view, struct rect at)
{
    return rect_moved(at, ui_px(MARGIN), ui_px(MARGIN) - view->top);
}

static void paint_box(const struct view *view, const struct canvas *canvas, const struct layout_box *box)
{
    const struct theme *theme = ui_theme();
    struct rect at = on_canvas(view, box->at);

    if (rect_empty(rect_and(at, canvas->clip)))
        return;
    switch (box->kind) {
    case BOX_CODE:
        draw_round(canvas, at, ui_px(6), CORNERS_ALL, theme->surface);
        draw_round_border(canvas, at, ui_px(6), CORNERS_ALL, 1, theme->border);
        break;
    case BOX_QUOTE:
        draw_fill(canvas, at, theme->accent);
        break;
    case BOX_HEAD:
        draw_fill(canvas, at, theme->surface);
        break;
    case BOX_LINE:
        draw_fill(canvas, at, theme->border);
        break;
    case BOX_BULLET:
        draw_round(canvas, at, at.w / 2, CORNERS_ALL, theme->accent);
    }
}

static void paint_word(const struct view *view, const struct canvas *canvas, const struct layout_word *word)
{
    const struct theme *theme = ui_theme();
    const colour_t colours[] = {[LAYOUT_PLAIN] = theme->field_text, [LAYOUT_DIM] = theme->dim_text,
                                [LAYOUT_SOFT] = colour_mix(theme->field_text, theme->dim_text, 160),
                                [LAYOUT_ACCENT] = theme->accent};
    const struct font *font = font_of(word->font);
    struct rect at = on_canvas(view, (struct rect){word->x, word->y, word->width, font_height(font)});
    struct rect around = {at.x, at.y - font_ascent(font), at.w, at.h};

    if (rect_empty(rect_and(around, canvas->clip)))
        return;
    if (word->mono)
        draw_fill(canvas, around, theme->hover);
    draw_text(canvas, at.x, at.y, font, word->text, word->size, colours[word->colour]);
    if (word->target != LAYOUT_NO_TARGET)
        draw_fill(canvas, (struct rect){at.x, at.y + ui_px(2), at.w, 1}, colour_alpha(theme->accent, 140));
    if (word->target != LAYOUT_NO_TARGET && word->target == view->focus && ui_focused(view->canvas))
        draw_round_border(canvas, rect_inset(around, -ui_px(2)), ui_px(3), CORNERS_ALL, ui_px(1),
                          theme->accent);
}

static void paint(struct widget *widget, const struct canvas *canvas, void *context)
{
    const struct view *view = context;

    (void)widget;
    draw_fill(canvas, canvas->clip, ui_theme()->field);
    for (size_t i = 0; i < view->layout.box_count; i++)
        paint_box(view, canvas, &view->layout.boxes[i]);
    for (size_t i = 0; i < view->layout.count; i++)
        paint_word(view, canvas, &view->layout.words[i]);
}

/* ---- input ------------------------------------------------------------------------------------------ */
static void press(struct view *view, size_t target)
{
    if (target >= view->layout.target_count)
        return;
    const struct layout_target pressed = view->layout.targets[target]; /* another page may come */
    view->focus = target;
    ui_redraw(view->canvas);
    view->pressed(&pressed, view->context);
}

static bool point(struct widget *widget, const struct ui_pointer *pointer, void *context)
{
    struct view *view = context;
    size_t target = layout_target_at(&view->layout, pointer->x - ui_px(MARGIN),
                                     pointer->y - ui_px(MARGIN) + view->top);

    if (pointer->kind == UI_WHEEL && pointer->wheel_y)
        view_scroll(view, view->top - pointer->wheel_y * ui_px(STEP));
    else if (pointer->kind == UI_MOVE_TO)
        ui_set_pointer(widget, target == LAYOUT_NO_TARGET ? POINTER_ARROW : POINTER_HAND);
    else if (pointer->kind == UI_PRESS && pointer->button == BUTTON_LEFT)
        press(view, target);
    else
        return false;
    return true;
}

static void show_target(struct view *view)
{
    struct rect at = on_canvas(view, view->layout.targets[view->focus].at);
    int height = page_height(view);

    if (at.y < 0)
        view_scroll(view, view->top + at.y - ui_px(STEP));
    else if (at.y + at.h > height)
        view_scroll(view, view->top + at.y + at.h - height + ui_px(STEP));
    ui_redraw(view->canvas);
}

/* False behind the last and before the first: the next widget gets the focus. */
static bool go_on(struct view *view, bool back)
{
    size_t count = view->layout.target_count, at = view->focus;

    if (back)
        at = at == LAYOUT_NO_TARGET ? count - 1 : at - 1;
    else
        at = at == LAYOUT_NO_TARGET ? 0 : at + 1;
    if (at >= count) {
        view->focus = LAYOUT_NO_TARGET;
        ui_redraw(view->canvas);
        return false;
    }
    view->focus = at;
    show_target(view);
    return true;
}

static bool scroll_key(struct view *view, unsigned code)
{
    int page = page_height(view) - ui_px(STEP);
    int by = code == KEY_UP ? -ui_px(STEP) : code == KEY_DOWN ? ui_px(STEP)
        : code == KEY_PAGEUP ? -page : code == KEY_PAGEDOWN || code == KEY_SPACE ? page
        : code == KEY_HOME ? -view->top : code == KEY_END ? whole_height(view) : 0;

    if (by)
        view_scroll(view, view->top + by);
    return by != 0;
}

static bool use_key(struct widget *widget, const struct ui_key *key, void *context)
{
    struct view *view = context;

    (void)widget;
    if (!key->pressed || (key->modifiers & (MODIFIER_CTRL | MODIFIER_ALT)))
        return false;
    if (key->code == KEY_TAB)
        return go_on(view, key->modifiers & MODIFIER_SHIFT);
    if (key->code == KEY_ENTER && view->focus < view->layout.target_count) {
        press(view, view->focus);
        return true;
    }
    return scroll_key(view, key->code);
}

static void focused(struct widget *widget, void *context)
{
    (void)context;
    ui_redraw(widget);
}

/* ---- for the window --------------------------------------------------------------------------------- */
struct view *view_make(struct widget *parent, view_pressed pressed, void *context)
{
    static const struct ui_canvas_calls calls = {paint, point, use_key, resized, focused};
    struct view *view = calloc(1, sizeof(*view));
    struct widget *row = ui_row(parent);

    if (!view)
        return NULL;
    *view = (struct view){.focus = LAYOUT_NO_TARGET, .pressed = pressed, .context = context};
    ui_set_gap(row, 0);
    view->canvas = ui_canvas(row, &calls, view);
    ui_set_grow(view->canvas, 1);
    ui_set_grow(row, 1);
    ui_set_name(view->canvas, "page");
    view->bar = ui_scroll_bar(row, true, bar_moved, view);
    return view;
}

void view_set(struct view *view, const struct md *md)
{
    view->md = md;
    view->focus = LAYOUT_NO_TARGET;
    lay_out(view);
    view_scroll(view, 0);
}

void view_go(struct view *view, uint32_t line)
{
    if (view->md)
        view_scroll(view, line <= 1 ? 0 : layout_line_top(&view->layout, view->md, line) + ui_px(MARGIN / 2));
}

int view_top(const struct view *view)
{
    return view->top;
}

void view_look(struct view *view)
{
    lay_out(view);
    view_scroll(view, view->top);
}

struct widget *view_canvas(const struct view *view)
{
    return view->canvas;
}

struct rect view_target(const struct view *view, size_t target)
{
    return target < view->layout.target_count ? on_canvas(view, view->layout.targets[target].at)
                                              : (struct rect){0};
}

void view_end(struct view *view)
{
    if (view)
        layout_end(&view->layout);
    free(view);
}
