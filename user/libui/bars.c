/* Scroll bars: those within scrolling widgets, and the one that is a widget by itself. */
#include <string.h>

#include "user/libui/internal.h"

static int64_t greatest(const struct bar *bar)
{
    return bar->total > bar->page ? bar->total - bar->page : 0;
}

bool bar_set(struct bar *bar, int64_t at)
{
    const int64_t before = bar->at;

    if (at > greatest(bar))
        at = greatest(bar);
    bar->at = at < 0 ? 0 : at;
    return bar->at != before;
}

static int length_of(const struct bar *bar)
{
    return bar->down ? bar->area.h : bar->area.w;
}

/* The thumb's length, and where it begins on the bar. */
static int thumb(const struct bar *bar, int *start)
{
    const int length = length_of(bar), least = ui_px(24);
    int size;

    *start = 0;
    if (bar->total <= bar->page || bar->total <= 0)
        return length;
    size = (int)((double)length * (double)bar->page / (double)bar->total);
    if (size < least)
        size = least;
    if (size > length)
        size = length;
    *start = (int)((double)(length - size) * (double)bar->at / (double)greatest(bar));
    return size;
}

void bar_paint(const struct bar *bar, const struct canvas *canvas)
{
    const int inset = bar->hover || bar->pulled ? ui_px(2) : ui_px(3);
    int start, size = thumb(bar, &start);
    struct rect at = bar->area;

    if (rect_empty(bar->area) || bar->total <= bar->page)
        return;
    if (bar->down)
        at = (struct rect){at.x + inset, at.y + start + inset, at.w - 2 * inset, size - 2 * inset};
    else
        at = (struct rect){at.x + start + inset, at.y + inset, size - 2 * inset, at.h - 2 * inset};
    draw_round(canvas, at, (bar->down ? at.w : at.h) / 2, CORNERS_ALL,
               colour_mix(ui.theme.field, ui.theme.dim_text, bar->hover || bar->pulled ? 170 : 90));
}

static void pull(struct bar *bar, int point)
{
    int start, size = thumb(bar, &start);
    const int room = length_of(bar) - size;

    if (room > 0)
        bar_set(bar, bar->pulled_at +
                         (int64_t)((double)(point - bar->pulled_from) * (double)greatest(bar) / room));
}

static void press(struct bar *bar, int point)
{
    int start, size = thumb(bar, &start);
    const int on = point - (bar->down ? bar->area.y : bar->area.x);

    if (on < start || on >= start + size)
        bar_set(bar, bar->at + (on < start ? -bar->page : bar->page));
    bar->pulled = true;
    bar->pulled_at = bar->at;
    bar->pulled_from = point;
}

bool bar_pointer(struct bar *bar, const struct ui_pointer *pointer, int x, int y)
{
    const int point = bar->down ? y : x;
    const bool over = rect_has(bar->area, x, y) && bar->total > bar->page;
    const bool hover_was = bar->hover;

    switch (pointer->kind) {
    case UI_PRESS:
        if (!over || pointer->button != BUTTON_LEFT)
            return false;
        press(bar, point);
        return true;
    case UI_MOVE_TO:
        bar->hover = over;
        if (bar->pulled)
            pull(bar, point);
        return bar->pulled || bar->hover != hover_was;
    case UI_RELEASE:
        over ? (void)0 : (void)(bar->hover = false);
        if (!bar->pulled)
            return false;
        bar->pulled = false;
        return true;
    case UI_LEAVE:
        bar->hover = false;
        return hover_was;
    default:
        return false;
    }
}

/* ---- as a widget ----------------------------------------------------------------------------- */

struct scroll_bar {
    struct widget widget;
    struct bar bar;
};

static void measure_bar(struct widget *widget, int *width, int *height)
{
    const bool down = ((struct scroll_bar *)widget)->bar.down;

    *width = ui_px(down ? BAR_WIDTH : 40);
    *height = ui_px(down ? 40 : BAR_WIDTH);
}

static void arrange_bar(struct widget *widget)
{
    ((struct scroll_bar *)widget)->bar.area = widget->area;
}

static void paint_bar(struct widget *widget, const struct canvas *canvas)
{
    bar_paint(&((struct scroll_bar *)widget)->bar, canvas);
}

static bool point_bar(struct widget *widget, const struct ui_pointer *pointer)
{
    struct bar *bar = &((struct scroll_bar *)widget)->bar;
    const int64_t before = bar->at;

    if (pointer->kind == UI_WHEEL)
        bar_set(bar, bar->at - 3 * pointer->wheel_y);
    else if (bar_pointer(bar, pointer, pointer->x + widget->area.x, pointer->y + widget->area.y))
        ui_redraw(widget);
    if (bar->at != before) {
        widget->value = (int)bar->at;
        ui_redraw(widget);
        widget_act(widget);
    }
    return true;
}

static void bar_was_set(struct widget *widget)
{
    struct bar *bar = &((struct scroll_bar *)widget)->bar;

    bar_set(bar, widget->value);
    widget->value = (int)bar->at;
}

static const struct widget_class bar_class = {
    .name = "scroll bar", .size = sizeof(struct scroll_bar), .measure = measure_bar, .arrange = arrange_bar,
    .paint = paint_bar, .pointer = point_bar, .changed = bar_was_set};

struct widget *ui_scroll_bar(struct widget *parent, bool down, ui_action changed, void *context)
{
    struct scroll_bar *bar = widget_new(parent, &bar_class);

    if (!bar)
        return NULL;
    bar->bar.down = down;
    bar->widget.action = changed;
    bar->widget.context = context;
    return &bar->widget;
}

void ui_scroll_bar_set(struct widget *widget, int total, int page, int value)
{
    struct bar *bar = &((struct scroll_bar *)widget)->bar;

    if (!widget || widget->class != &bar_class)
        return;
    if (bar->total == total && bar->page == page && bar->at == value)
        return;
    bar->total = total;
    bar->page = page;
    bar_set(bar, value);
    widget->value = (int)bar->at;
    ui_redraw(widget);
}
