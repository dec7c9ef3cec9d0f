/* What all widgets have: the tree they are in, text, state, callbacks. Classes are in the other files. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

void text_set(char **place, const char *text)
{
    char *copy;

    if (text && *place && strcmp(text, *place) == 0)
        return;
    copy = text ? strdup(text) : NULL;
    if (text && !copy)
        return;
    free(*place);
    *place = copy;
}

void text_copy(char *to, size_t room, const char *text)
{
    size_t size = strnlen(text, room - 1);

    if (text[size] != '\0') /* cut between two characters */
        while (size > 0 && ((unsigned char)text[size] & 0xC0) == 0x80)
            size--;
    memset(to, 0, room);
    memcpy(to, text, size);
}

/* ---- the tree -------------------------------------------------------------------------------- */

static struct widget *make(const struct widget_class *class, struct ui_window *window)
{
    struct widget *widget = calloc(1, class->size);

    if (!widget)
        return NULL;
    widget->class = class;
    widget->window = window;
    widget->grow = class->flags & CLASS_GROWS ? 1 : 0;
    widget->span = 1;
    widget->gap = GAP;
    return widget;
}

void *widget_new_root(struct ui_window *window, const struct widget_class *class)
{
    struct widget *widget;

    if (!window)
        return NULL;
    widget = make(class, window);
    if (widget)
        window->root = widget;
    return widget;
}

void *widget_new(struct widget *parent, const struct widget_class *class)
{
    struct widget *widget;

    if (!parent || parent->dead)
        return NULL;
    widget = make(class, parent->window);
    if (!widget)
        return NULL;
    widget->parent = parent;
    widget->previous = parent->last;
    if (parent->last)
        parent->last->next = widget;
    else
        parent->first = widget;
    parent->last = widget;
    widget_changed(widget);
    return widget;
}

static void unlink_widget(struct widget *widget)
{
    struct widget *parent = widget->parent;

    if (!parent)
        return;
    if (widget->previous)
        widget->previous->next = widget->next;
    else
        parent->first = widget->next;
    if (widget->next)
        widget->next->previous = widget->previous;
    else
        parent->last = widget->previous;
    widget->next = widget->previous = widget->parent = NULL;
}

static void mark_dead(struct widget *widget)
{
    widget->dead = true;
    input_forget(widget);
    for (struct widget *child = widget->first; child; child = child->next)
        mark_dead(child);
}

void widget_bury(struct widget *widget)
{
    if (!widget || widget->dead)
        return;
    mark_dead(widget);
    unlink_widget(widget);
    widget->grave = ui.graves;
    ui.graves = widget;
}

void ui_remove(struct widget *widget)
{
    if (!widget || !widget->parent || widget->dead)
        return;
    struct widget *parent = widget->parent;

    widget_bury(widget);
    if (parent->class->changed)
        parent->class->changed(parent);
    widget_changed(parent);
}

static void widget_free(struct widget *widget)
{
    while (widget->first) {
        struct widget *child = widget->first;

        unlink_widget(child);
        widget_free(child);
    }
    if (widget->class->end)
        widget->class->end(widget);
    free(widget->text);
    free(widget->name);
    free(widget->tooltip);
    free(widget);
}

static void window_free(struct ui_window *window)
{
    menu_bar_end(window);
    window_memory_end(window);
    while (window->shortcuts) {
        struct shortcut *shortcut = window->shortcuts;

        window->shortcuts = shortcut->next;
        free(shortcut);
    }
    free(window);
}

void graves_empty(void)
{
    while (ui.graves) {
        struct widget *widget = ui.graves;

        ui.graves = widget->grave;
        widget_free(widget);
    }
    while (ui.window_graves) {
        struct ui_window *window = ui.window_graves;

        ui.window_graves = window->grave;
        window_free(window);
    }
}

struct widget *ui_parent(const struct widget *widget)
{
    return widget ? widget->parent : NULL;
}

struct ui_window *ui_window_of(struct widget *widget)
{
    return widget ? widget->window : NULL;
}

bool widget_within(const struct widget *widget, const struct widget *above)
{
    for (; widget; widget = widget->parent)
        if (widget == above)
            return true;
    return false;
}

bool widget_usable(const struct widget *widget)
{
    for (; widget; widget = widget->parent)
        if (widget->hidden || widget->disabled || widget->dead)
            return false;
    return true;
}

struct widget *widget_at(struct widget *root, int x, int y)
{
    if (!root || root->hidden || !rect_has(root->view, x, y))
        return NULL;
    for (struct widget *child = root->last; child; child = child->previous) {
        struct widget *found = rect_has(root->inner, x, y) ? widget_at(child, x, y) : NULL;

        if (found)
            return found;
    }
    return root;
}

/* ---- size and painting ----------------------------------------------------------------------- */

void widget_measure(struct widget *widget)
{
    int width = 0, height = 0;

    if (widget->class->measure)
        widget->class->measure(widget, &width, &height);
    widget->need_width = width;
    widget->need_height = height;
    if (ui_px(widget->least_width) > widget->need_width)
        widget->need_width = ui_px(widget->least_width);
    if (ui_px(widget->least_height) > widget->need_height)
        widget->need_height = ui_px(widget->least_height);
}

static bool is_same(struct rect a, struct rect b)
{
    return a.x == b.x && a.y == b.y && a.w == b.w && a.h == b.h;
}

void widget_place(struct widget *widget, struct rect area)
{
    const struct rect area_was = widget->area, view_was = widget->view;

    if (area.w < 0)
        area.w = 0;
    if (area.h < 0)
        area.h = 0;
    widget->area = area;
    widget->view = widget->parent ? rect_and(area, widget->parent->inner) : area;
    widget->inner = widget->view;
    if (!is_same(area_was, widget->area) || !is_same(view_was, widget->view)) {
        window_damage(widget->window, view_was);
        window_damage(widget->window, widget->view);
    }
    if (widget->class->arrange)
        widget->class->arrange(widget);
}

void widget_changed(struct widget *widget)
{
    if (widget && widget->window) {
        widget->window->layout = true;
        ui_redraw(widget);
    }
}

void ui_redraw(struct widget *widget)
{
    if (widget && !widget->dead)
        window_damage(widget->window, widget->view);
}

void widget_paint(struct widget *widget, const struct canvas *canvas)
{
    struct canvas clipped;

    if (widget->hidden || rect_empty(rect_and(canvas->clip, widget->view)))
        return;
    clipped = canvas_clipped(canvas, widget->view);
    if (widget->class->paint)
        widget->class->paint(widget, &clipped);
    if (widget->first) {
        struct canvas within = canvas_clipped(canvas, widget->inner);

        for (struct widget *child = widget->first; child; child = child->next)
            widget_paint(child, &within);
    }
    if (widget->class->paint_over)
        widget->class->paint_over(widget, &clipped);
}

struct rect ui_area(const struct widget *widget)
{
    return widget ? widget->area : (struct rect){0, 0, 0, 0};
}

/* ---- what is set ----------------------------------------------------------------------------- */

static void was_set(struct widget *widget)
{
    if (widget->class->changed)
        widget->class->changed(widget);
    widget_changed(widget);
}

void ui_set_text(struct widget *widget, const char *text)
{
    if (!widget || (widget->text && text && strcmp(widget->text, text) == 0))
        return;
    text_set(&widget->text, text ? text : "");
    was_set(widget);
    if (widget->parent && widget->parent->class->changed)
        widget->parent->class->changed(widget->parent); /* a tab's title */
}

void ui_set_textf(struct widget *widget, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    if (text)
        ui_set_text(widget, text);
    free(text);
}

const char *ui_text(const struct widget *widget)
{
    return widget && widget->text ? widget->text : "";
}

void ui_set_value(struct widget *widget, int value)
{
    if (!widget || widget->value == value)
        return;
    widget->value = value;
    was_set(widget);
}

int ui_value(const struct widget *widget)
{
    return widget ? widget->value : 0;
}

void ui_set_enabled(struct widget *widget, bool enabled)
{
    if (!widget || widget->disabled == !enabled)
        return;
    widget->disabled = !enabled;
    if (!enabled && widget->window->focus && !widget_usable(widget->window->focus))
        input_focus_step(widget->window, 1);
    ui_redraw(widget);
}

bool ui_enabled(const struct widget *widget)
{
    return widget && !widget->disabled;
}

void ui_set_visible(struct widget *widget, bool visible)
{
    if (!widget || widget->hidden == !visible)
        return;
    widget->hidden = !visible;
    if (!visible && widget->window->focus && !widget_usable(widget->window->focus))
        input_focus_step(widget->window, 1);
    widget_changed(widget->parent ? widget->parent : widget);
}

bool ui_visible(const struct widget *widget)
{
    return widget && !widget->hidden;
}

void ui_set_tooltip(struct widget *widget, const char *text)
{
    if (widget)
        text_set(&widget->tooltip, text);
}

void ui_set_name(struct widget *widget, const char *name)
{
    if (widget)
        text_set(&widget->name, name);
}

static bool is_called(const struct widget *widget, const char *name, bool by_text)
{
    char room[256];
    int mark;

    if (!by_text)
        return widget->name && strcmp(widget->name, name) == 0;
    return widget->text && strcmp(look_unmark(widget->text, room, sizeof(room), &mark), name) == 0;
}

static struct widget *find_in(struct widget *widget, const char *name, bool by_text)
{
    if (is_called(widget, name, by_text))
        return widget;
    for (struct widget *child = widget->first; child; child = child->next) {
        struct widget *found = find_in(child, name, by_text);

        if (found)
            return found;
    }
    return NULL;
}

struct widget *ui_find(struct ui_window *window, const char *name)
{
    struct widget *found;

    if (!window || !window->root)
        return NULL;
    found = find_in(window->root, name, false);
    return found ? found : find_in(window->root, name, true);
}

void ui_set_context(struct widget *widget, void *context)
{
    if (widget)
        widget->context = context;
}
void *ui_context(const struct widget *widget)
{
    return widget ? widget->context : NULL;
}
void ui_set_pointer(struct widget *widget, enum pointer pointer)
{
    if (widget && (unsigned)pointer < POINTERS)
        widget->pointer = pointer;
}

/* ---- callbacks ------------------------------------------------------------------------------- */

void widget_act(struct widget *widget)
{
    if (widget->action && !widget->dead)
        widget->action(widget, widget->context);
}

void ui_on_activate(struct widget *widget, ui_action call, void *context)
{
    if (widget)
        hook_set(&widget->on_activate, call, context);
}
void ui_on_menu(struct widget *widget, ui_menu_call call, void *context)
{
    if (widget)
        hook_set(&widget->on_menu, call, context);
}
void ui_on_key(struct widget *widget, ui_key_call call, void *context)
{
    if (widget)
        hook_set(&widget->on_key, call, context);
}
void ui_on_focus(struct widget *widget, ui_action call, void *context)
{
    if (widget)
        hook_set(&widget->on_focus, call, context);
}
void ui_on_drop(struct widget *widget, ui_dropped call, void *context)
{
    if (widget)
        hook_set(&widget->on_drop, call, context);
}

/* ---- layout's parameters --------------------------------------------------------------------- */

void ui_set_grow(struct widget *widget, int weight)
{
    if (!widget)
        return;
    widget->grow = weight < 0 ? 0 : weight > 1000 ? 1000 : weight;
    widget_changed(widget);
}
void ui_set_align(struct widget *widget, enum ui_align align)
{
    if (!widget)
        return;
    widget->align = align;
    widget_changed(widget);
}
void ui_set_span(struct widget *child, unsigned columns)
{
    if (!child)
        return;
    child->span = columns ? columns : 1;
    widget_changed(child);
}
static int length_bounded(int length)
{
    return length < 0 ? 0 : length > SIZE_MAX_PX ? SIZE_MAX_PX : length;
}
void ui_set_least(struct widget *widget, int width, int height)
{
    if (!widget)
        return;
    widget->least_width = length_bounded(width);
    widget->least_height = length_bounded(height);
    widget_changed(widget);
}
void ui_set_gap(struct widget *container, int gap)
{
    if (!container)
        return;
    container->gap = length_bounded(gap);
    widget_changed(container);
}
void ui_set_padding(struct widget *container, int across, int down)
{
    if (!container)
        return;
    container->pad_x = length_bounded(across);
    container->pad_y = length_bounded(down);
    widget_changed(container);
}
