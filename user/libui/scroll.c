/* Containers that show a part of what they have: scroll, split, tabs. */
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

extern const struct widget_class *const column_class_used;

/* ---- scroll ---------------------------------------------------------------------------------- */

struct scroll {
    struct widget widget;
    struct bar down, across;
};

static void measure_scroll(struct widget *widget, int *width, int *height)
{
    int inner_width = 0, inner_height = 0;

    column_class_used->measure(widget, &inner_width, &inner_height);
    *width = inner_width + ui_px(BAR_WIDTH) < ui_px(120) ? inner_width + ui_px(BAR_WIDTH) : ui_px(120);
    *height = inner_height < ui_px(80) ? inner_height : ui_px(80);
}

static void place_bars(struct scroll *scroll, struct rect view, int width, int height)
{
    const struct rect area = scroll->widget.area;
    const int bar = ui_px(BAR_WIDTH);

    scroll->down.down = true;
    scroll->down.area = (struct rect){view.x + view.w, area.y, area.w - view.w, view.h};
    scroll->down.total = height;
    scroll->down.page = view.h;
    scroll->across.area = (struct rect){area.x, view.y + view.h, view.w, bar};
    scroll->across.total = width;
    scroll->across.page = view.w;
    if (area.h == view.h)
        scroll->across.area.h = 0;
    bar_set(&scroll->down, scroll->down.at);
    bar_set(&scroll->across, scroll->across.at);
}

static void arrange_scroll(struct widget *widget)
{
    struct scroll *scroll = (struct scroll *)widget;
    const struct rect area = widget->area;
    struct rect view = area;
    int width = 0, height = 0;

    column_class_used->measure(widget, &width, &height);
    if (height > view.h)
        view.w -= ui_px(BAR_WIDTH);
    if (width > view.w)
        view.h -= ui_px(BAR_WIDTH);
    place_bars(scroll, view, width, height);
    widget->inner = rect_and(widget->view, view);
    /* As if it were as large as its children need. */
    widget->area = (struct rect){area.x - (int)scroll->across.at, area.y - (int)scroll->down.at,
                                 width > view.w ? width : view.w, height > view.h ? height : view.h};
    column_class_used->arrange(widget);
    widget->area = area;
}

static void paint_scroll(struct widget *widget, const struct canvas *canvas)
{
    bar_paint(&((struct scroll *)widget)->down, canvas);
    bar_paint(&((struct scroll *)widget)->across, canvas);
}

static void scrolled(struct scroll *scroll)
{
    arrange_scroll(&scroll->widget);
    ui_redraw(&scroll->widget);
}

static bool point_scroll(struct widget *widget, const struct ui_pointer *pointer)
{
    struct scroll *scroll = (struct scroll *)widget;
    const int x = pointer->x + widget->area.x, y = pointer->y + widget->area.y;

    if (pointer->kind == UI_WHEEL) {
        if (!bar_set(&scroll->down, scroll->down.at - (int64_t)pointer->wheel_y * ui_px(60)))
            return false;
        scrolled(scroll);
        return true;
    }
    if (!bar_pointer(&scroll->down, pointer, x, y) && !bar_pointer(&scroll->across, pointer, x, y))
        return false;
    scrolled(scroll);
    return true;
}

static bool key_scroll(struct widget *widget, const struct ui_key *key)
{
    struct scroll *scroll = (struct scroll *)widget;
    int64_t to = scroll->down.at;

    if (!key->pressed || key_with(key) != 0)
        return false;
    switch (key->code) {
    case KEY_PAGEUP: to -= scroll->down.page; break;
    case KEY_PAGEDOWN: to += scroll->down.page; break;
    case KEY_UP: to -= ui_px(40); break;
    case KEY_DOWN: to += ui_px(40); break;
    default: return false;
    }
    if (!bar_set(&scroll->down, to))
        return false;
    scrolled(scroll);
    return true;
}

static void reveal(struct widget *widget, struct rect at)
{
    struct scroll *scroll = (struct scroll *)widget;
    const struct rect view = {widget->area.x, widget->area.y, (int)scroll->across.page,
                              (int)scroll->down.page};
    bool moved = false;

    if (at.y < view.y)
        moved |= bar_set(&scroll->down, scroll->down.at - (view.y - at.y));
    else if (at.y + at.h > view.y + view.h)
        moved |= bar_set(&scroll->down, scroll->down.at + (at.y + at.h - view.y - view.h));
    if (at.x < view.x)
        moved |= bar_set(&scroll->across, scroll->across.at - (view.x - at.x));
    if (moved)
        scrolled(scroll);
}

static const struct widget_class scroll_class = {
    .name = "scroll", .size = sizeof(struct scroll), .flags = CLASS_GROWS, .measure = measure_scroll,
    .arrange = arrange_scroll, .paint_over = paint_scroll, .pointer = point_scroll, .key = key_scroll,
    .reveal = reveal};

struct widget *ui_scroll(struct widget *parent)
{
    return widget_new(parent, &scroll_class);
}

void ui_scroll_to(struct widget *scroll, struct widget *child)
{
    if (!scroll || scroll->class != &scroll_class || !widget_within(child, scroll))
        return;
    window_layout(scroll->window);
    reveal(scroll, child->area);
}

/* ---- split ----------------------------------------------------------------------------------- */

struct split {
    struct widget widget;
    bool down;
    bool said; /* the first part's size is known: widget.value, at 100 % */
    int from, size_from;
};

static void measure_split(struct widget *widget, int *width, int *height)
{
    const bool down = ((struct split *)widget)->down;

    for (struct widget *child = widget->first; child; child = child->next) {
        if (child->hidden)
            continue;
        widget_measure(child);
        if (down) {
            *height += child->need_height + (*height ? ui_px(GAP) : 0);
            *width = child->need_width > *width ? child->need_width : *width;
        } else {
            *width += child->need_width + (*width ? ui_px(GAP) : 0);
            *height = child->need_height > *height ? child->need_height : *height;
        }
    }
}

/* The first part's pixels, so that both have what they need at least. */
static int first_size(const struct split *split, const struct widget *a, const struct widget *b)
{
    const struct rect area = split->widget.area;
    const int room = (split->down ? area.h : area.w) - ui_px(GAP);
    const int least = split->down ? a->need_height : a->need_width;
    const int most = room - (split->down ? b->need_height : b->need_width);
    int size = split->said
                   ? ui_px(split->widget.value)
                   : room * (a->grow ? a->grow : 1) / ((a->grow ? a->grow : 1) + (b->grow ? b->grow : 1));

    if (size > most)
        size = most;
    return size < least ? least : size;
}

static void arrange_split(struct widget *widget)
{
    const struct split *split = (const struct split *)widget;
    struct widget *a = widget->first, *b = a ? a->next : NULL;
    const struct rect area = widget->area;
    int size;

    if (!a || !b || a->hidden || b->hidden) {
        for (struct widget *child = a; child; child = child->next)
            if (!child->hidden)
                widget_place(child, area);
        return;
    }
    size = first_size(split, a, b);
    if (split->down) {
        widget_place(a, (struct rect){area.x, area.y, area.w, size});
        widget_place(b,
                     (struct rect){area.x, area.y + size + ui_px(GAP), area.w, area.h - size - ui_px(GAP)});
    } else {
        widget_place(a, (struct rect){area.x, area.y, size, area.h});
        widget_place(b,
                     (struct rect){area.x + size + ui_px(GAP), area.y, area.w - size - ui_px(GAP), area.h});
    }
}

static struct rect split_gap(const struct widget *widget)
{
    const struct widget *a = widget->first;
    const struct rect area = widget->area;

    if (!a || !a->next || a->hidden || a->next->hidden)
        return (struct rect){0, 0, 0, 0};
    if (((const struct split *)widget)->down)
        return (struct rect){area.x, a->area.y + a->area.h, area.w, ui_px(GAP)};
    return (struct rect){a->area.x + a->area.w, area.y, ui_px(GAP), area.h};
}

static void paint_split(struct widget *widget, const struct canvas *canvas)
{
    const struct rect gap = split_gap(widget);
    const int grip = ui_px(24), thick = ui_px(2);
    struct rect at = {gap.x + (gap.w - thick) / 2, gap.y + (gap.h - grip) / 2, thick, grip};

    if (((struct split *)widget)->down)
        at = (struct rect){gap.x + (gap.w - grip) / 2, gap.y + (gap.h - thick) / 2, grip, thick};
    if (!rect_empty(gap))
        draw_round(canvas, at, thick / 2, CORNERS_ALL,
                   widget->down || widget->hover ? ui.theme.accent : ui.theme.border);
}

static bool point_split(struct widget *widget, const struct ui_pointer *pointer)
{
    struct split *split = (struct split *)widget;
    const int at = split->down ? pointer->y : pointer->x;

    if (pointer->kind == UI_PRESS && pointer->button == BUTTON_LEFT &&
        rect_has(split_gap(widget), pointer->x + widget->area.x, pointer->y + widget->area.y)) {
        widget->down = true;
        split->from = at;
        split->size_from = split->down ? widget->first->area.h : widget->first->area.w;
        return true;
    }
    if (pointer->kind == UI_RELEASE)
        widget->down = false;
    if (pointer->kind != UI_MOVE_TO || !widget->down)
        return false;
    split->said = true;
    widget->value = (split->size_from + at - split->from) * 100 / ui_scale();
    if (widget->value < 0)
        widget->value = 0;
    widget_changed(widget);
    return true;
}

static void split_was_set(struct widget *widget)
{
    ((struct split *)widget)->said = true;
}

static const struct widget_class split_class = {
    .name = "split", .size = sizeof(struct split), .flags = CLASS_GROWS, .measure = measure_split,
    .arrange = arrange_split, .paint = paint_split, .pointer = point_split, .changed = split_was_set};

struct widget *ui_split(struct widget *parent, bool down)
{
    struct split *split = widget_new(parent, &split_class);

    if (!split)
        return NULL;
    split->down = down;
    split->widget.pointer = down ? POINTER_SIZE_Y : POINTER_SIZE_X;
    return &split->widget;
}
