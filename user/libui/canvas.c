/* The canvas: a widget that the program paints, with its own keys and pointer. */
#include <string.h>

#include "user/libui/internal.h"

struct painted {
    struct widget widget;
    struct ui_canvas_calls calls;
    int width, height; /* as last told */
};

static void measure_canvas(struct widget *widget, int *width, int *height)
{
    (void)widget;
    *width = *height = ui_px(16);
}

static void arrange_canvas(struct widget *widget)
{
    struct painted *painted = (struct painted *)widget;

    if (painted->width == widget->area.w && painted->height == widget->area.h)
        return;
    painted->width = widget->area.w;
    painted->height = widget->area.h;
    if (painted->calls.resized)
        painted->calls.resized(widget, painted->width, painted->height, widget->context);
}

static void paint_canvas(struct widget *widget, const struct canvas *canvas)
{
    const struct painted *painted = (const struct painted *)widget;
    const struct canvas part = canvas_part(canvas, widget->area);

    if (painted->calls.paint)
        painted->calls.paint(widget, &part, widget->context);
}

static bool point_canvas(struct widget *widget, const struct ui_pointer *pointer)
{
    const struct painted *painted = (const struct painted *)widget;

    return painted->calls.pointer && painted->calls.pointer(widget, pointer, widget->context);
}

static bool key_canvas(struct widget *widget, const struct ui_key *key)
{
    const struct painted *painted = (const struct painted *)widget;

    return painted->calls.key && painted->calls.key(widget, key, widget->context);
}

static void focus_canvas(struct widget *widget)
{
    const struct painted *painted = (const struct painted *)widget;

    if (painted->calls.focus)
        painted->calls.focus(widget, widget->context);
}

static bool canvas_skips(const struct widget *widget)
{
    return !((const struct painted *)widget)->calls.key;
}

static const struct widget_class canvas_class = {
    .name = "canvas", .size = sizeof(struct painted), .flags = CLASS_FOCUS | CLASS_GROWS,
    .measure = measure_canvas, .arrange = arrange_canvas, .paint = paint_canvas, .pointer = point_canvas,
    .key = key_canvas, .focus = focus_canvas, .skips = canvas_skips};

struct widget *ui_canvas(struct widget *parent, const struct ui_canvas_calls *calls, void *context)
{
    struct painted *painted = widget_new(parent, &canvas_class);

    if (!painted)
        return NULL;
    painted->calls = *calls;
    painted->widget.context = context;
    return &painted->widget;
}

void ui_canvas_size(const struct widget *canvas, int *width, int *height)
{
    *width = canvas ? canvas->area.w : 0;
    *height = canvas ? canvas->area.h : 0;
}

void ui_canvas_damage(struct widget *canvas, struct rect at)
{
    if (canvas && !canvas->dead)
        window_damage(canvas->window,
                      rect_and(rect_moved(rect_and(at, (struct rect){0, 0, canvas->area.w, canvas->area.h}),
                                          canvas->area.x, canvas->area.y), canvas->view));
}

/* What was to be painted within `at` is painted where it comes to lie. */
static void move_damage(struct ui_window *window, struct rect at, int dx, int dy)
{
    const struct region before = window->damage;

    for (size_t i = 0; i < before.count; i++) {
        struct rect part = rect_and(before.rects[i], at);

        if (!rect_empty(part))
            window_damage(window, rect_and(rect_moved(part, dx, dy), at));
    }
}

static void damage_uncovered(struct ui_window *window, struct rect at, int dx, int dy)
{
    struct region uncovered;

    region_clear(&uncovered);
    region_add(&uncovered, at);
    region_remove(&uncovered, rect_and(rect_moved(at, dx, dy), at));
    for (size_t i = 0; i < uncovered.count; i++)
        window_damage(window, uncovered.rects[i]);
}

/* One step is kept for the next commit; a second one of the same place adds up. */
static bool add_step(struct ui_window *window, struct rect at, int dx, int dy)
{
    struct scroll_step *step = &window->scrolls[0];

    if (window->scroll_count == 0) {
        *step = (struct scroll_step){at, dx, dy};
        window->scroll_count = 1;
        return true;
    }
    if (memcmp(&step->at, &at, sizeof(at)) != 0)
        return false;
    step->dx += dx;
    step->dy += dy;
    return step->dx > -at.w && step->dx < at.w && step->dy > -at.h && step->dy < at.h;
}

void ui_canvas_scroll(struct widget *canvas, struct rect at, int dx, int dy)
{
    struct ui_window *window;

    if (!canvas || canvas->dead || (dx == 0 && dy == 0))
        return;
    window = canvas->window;
    at = rect_and(rect_moved(rect_and(at, (struct rect){0, 0, canvas->area.w, canvas->area.h}),
                             canvas->area.x, canvas->area.y),
                  canvas->view);
    if (rect_empty(at))
        return;
    if (dx <= -at.w || dx >= at.w || dy <= -at.h || dy >= at.h || window->layout || !window->front ||
        !add_step(window, at, dx, dy)) {
        window_damage(window, at);
        return;
    }
    move_damage(window, at, dx, dy);
    damage_uncovered(window, at, dx, dy);
}
