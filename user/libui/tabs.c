/* Tabs: pages, of which one is seen, with their titles above. A page is a column whose text is its title. */
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

#define TABS_HEIGHT 34
#define CROSS       22 /* the room of a tab's cross */

extern const struct widget_class *const column_class_used;

struct tabs {
    struct widget widget; /* value: which page */
    bool closable;
    struct hook on_close, on_add;
    int hover; /* tab below the pointer; -1 */
    int first; /* the first title that is shown, where they are too many */
};

static struct widget_class page_class;
static const struct widget_class tabs_class;

static struct tabs *tabs_of(const struct widget *widget)
{
    return widget && widget->class == &tabs_class ? (struct tabs *)widget : NULL;
}

struct widget *ui_tabs_page(const struct widget *widget, unsigned which)
{
    struct widget *page = tabs_of(widget) ? widget->first : NULL;

    while (page && which-- > 0)
        page = page->next;
    return page;
}

unsigned ui_tabs_count(const struct widget *widget)
{
    unsigned count = 0;

    for (const struct widget *page = tabs_of(widget) ? widget->first : NULL; page; page = page->next)
        count++;
    return count;
}

/* ---- titles ---------------------------------------------------------------------------------- */

static int title_width(const struct tabs *tabs, const struct widget *page)
{
    int width = look_text_width(page->text) + 2 * ui_px(14) + (tabs->closable ? ui_px(CROSS) : 0);

    return width > ui_px(220) ? ui_px(220) : width < ui_px(64) ? ui_px(64) : width;
}

static struct rect title_rect(const struct tabs *tabs, const struct widget *wanted)
{
    struct rect at = {tabs->widget.area.x, tabs->widget.area.y, 0, ui_px(TABS_HEIGHT) - ui_px(2)};
    int which = 0;

    for (const struct widget *page = tabs->widget.first; page; page = page->next, which++) {
        at.w = which < tabs->first ? 0 : title_width(tabs, page);
        if (page == wanted)
            return at;
        at.x += at.w ? at.w + ui_px(2) : 0;
    }
    at.w = ui_px(30); /* behind the last: "+" */
    return at;
}

/* The one that is seen has its title seen. */
static void show_title(struct tabs *tabs)
{
    const struct widget *page = ui_tabs_page(&tabs->widget, (unsigned)tabs->widget.value);
    const int room = tabs->widget.area.x + tabs->widget.area.w - (tabs->on_add.call ? ui_px(32) : 0);
    struct rect at;

    if (tabs->first > tabs->widget.value)
        tabs->first = tabs->widget.value < 0 ? 0 : tabs->widget.value;
    for (at = title_rect(tabs, page); page && at.x + at.w > room && tabs->first < tabs->widget.value;
         at = title_rect(tabs, page))
        tabs->first++;
}

static void measure_tabs(struct widget *widget, int *width, int *height)
{
    for (struct widget *page = widget->first; page; page = page->next) {
        widget_measure(page);
        *width = page->need_width > *width ? page->need_width : *width;
        *height = page->need_height > *height ? page->need_height : *height;
    }
    *width = *width < ui_px(120) ? ui_px(120) : *width;
    *height += ui_px(TABS_HEIGHT);
}

static void arrange_tabs(struct widget *widget)
{
    const struct rect area = widget->area;
    int which = 0;

    show_title((struct tabs *)widget);
    for (struct widget *page = widget->first; page; page = page->next)
        page->hidden = which++ != widget->value;
    for (struct widget *page = widget->first; page; page = page->next)
        if (!page->hidden)
            widget_place(page, (struct rect){area.x, area.y + ui_px(TABS_HEIGHT), area.w,
                                             area.h - ui_px(TABS_HEIGHT)});
}

static struct rect cross_rect(struct rect title)
{
    const int size = ui_px(18);

    return (struct rect){title.x + title.w - size - ui_px(6), title.y + (title.h - size) / 2, size, size};
}

static void paint_title(const struct tabs *tabs, const struct canvas *canvas, const struct widget *page,
                        int which)
{
    const struct widget *widget = &tabs->widget;
    const struct rect at = title_rect(tabs, page);
    const bool current = which == widget->value;
    const colour_t colour = current ? look_text(widget) : ui.theme.dim_text;
    struct rect text = rect_inset(at, 0);

    if (rect_empty(at))
        return;
    if (which == tabs->hover && widget->hover && !current)
        draw_round(canvas, (struct rect){at.x, at.y + ui_px(2), at.w, at.h - 2 * ui_px(2)},
                   ui_px(CONTROL_RADIUS), CORNERS_ALL, ui.theme.hover);
    text.x += ui_px(14);
    text.w -= 2 * ui_px(14) + (tabs->closable ? ui_px(CROSS) : 0);
    look_marked(canvas, widget, text, page->text, ALIGN_START, colour);
    if (tabs->closable)
        draw_icon(canvas, rect_inset(cross_rect(at), ui_px(4)), ICON_CLOSE, colour);
    if (current)
        draw_round(canvas,
                   (struct rect){at.x + ui_px(6), widget->area.y + ui_px(TABS_HEIGHT) - ui_px(4),
                                 at.w - 2 * ui_px(6), ui_px(3)},
                   ui_px(1), CORNERS_TOP, ui.theme.accent);
    if (current && widget_shows_focus(widget))
        look_focus(canvas,
                   (struct rect){at.x + ui_px(2), at.y + ui_px(2), at.w - 2 * ui_px(2), at.h - ui_px(7)},
                   ui_px(CONTROL_RADIUS));
}

static void paint_tabs(struct widget *widget, const struct canvas *canvas)
{
    const struct tabs *tabs = (const struct tabs *)widget;
    const struct rect area = widget->area;
    int which = 0;

    draw_fill(canvas, (struct rect){area.x, area.y + ui_px(TABS_HEIGHT) - ui_px(1), area.w, ui_px(1)},
              ui.theme.border);
    for (const struct widget *page = widget->first; page; page = page->next)
        paint_title(tabs, canvas, page, which++);
    if (tabs->on_add.call) {
        const struct rect at = title_rect(tabs, NULL);
        const int size = ui_px(14);

        draw_icon(canvas, (struct rect){at.x + (at.w - size) / 2, at.y + (at.h - size) / 2, size, size},
                  ICON_ADD, ui.theme.dim_text);
    }
}

/* ---- choosing -------------------------------------------------------------------------------- */

static void show_page(struct tabs *tabs, int which)
{
    struct widget *widget = &tabs->widget;
    const int count = (int)ui_tabs_count(widget);

    if (count == 0)
        return;
    which = (which + count) % count;
    if (which == widget->value)
        return;
    widget->value = which;
    widget_changed(widget);
    window_layout(widget->window);
    if (widget->window->focus && !widget_usable(widget->window->focus))
        ui_focus(widget);
    widget_act(widget);
}

/* Which title is there; the count: "+"; -1: none. */
static int title_at(const struct tabs *tabs, int x, int y)
{
    int which = 0;

    for (const struct widget *page = tabs->widget.first; page; page = page->next, which++)
        if (rect_has(title_rect(tabs, page), x, y))
            return which;
    return tabs->on_add.call && rect_has(title_rect(tabs, NULL), x, y) ? which : -1;
}

static void close_page(struct tabs *tabs, struct widget *page)
{
    if (tabs->on_close.call)
        hook_as(&tabs->on_close, ui_action)(page, tabs->on_close.context);
}

static void press(struct tabs *tabs, const struct ui_pointer *pointer, int which, int x, int y)
{
    struct widget *page = which < 0 ? NULL : ui_tabs_page(&tabs->widget, (unsigned)which);

    if (!page) {
        if (which >= 0 && pointer->button == BUTTON_LEFT)
            hook_as(&tabs->on_add, ui_action)(&tabs->widget, tabs->on_add.context);
        return;
    }
    if (tabs->closable &&
        (pointer->button == BUTTON_MIDDLE ||
         (pointer->button == BUTTON_LEFT && rect_has(cross_rect(title_rect(tabs, page)), x, y))))
        close_page(tabs, page);
    else if (pointer->button == BUTTON_LEFT)
        show_page(tabs, which);
}

static bool point_tabs(struct widget *widget, const struct ui_pointer *pointer)
{
    struct tabs *tabs = (struct tabs *)widget;
    const int x = pointer->x + widget->area.x, y = pointer->y + widget->area.y;
    const int which = title_at(tabs, x, y);

    if (y >= widget->area.y + ui_px(TABS_HEIGHT) && pointer->kind != UI_LEAVE)
        return false;
    if (pointer->kind == UI_WHEEL) {
        show_page(tabs, widget->value - pointer->wheel_y);
        return true;
    }
    if (which != tabs->hover)
        ui_redraw(widget);
    tabs->hover = which;
    if (pointer->kind == UI_PRESS)
        press(tabs, pointer, which, x, y);
    return true;
}

static bool key_tabs(struct widget *widget, const struct ui_key *key)
{
    struct tabs *tabs = (struct tabs *)widget;
    const uint32_t with = key_with(key);

    if (!key->pressed)
        return false;
    if (with & MODIFIER_CTRL) {
        const bool back = key->code == KEY_PAGEUP || (key->code == KEY_TAB && (with & MODIFIER_SHIFT));

        if (key->code != KEY_TAB && key->code != KEY_PAGEUP && key->code != KEY_PAGEDOWN)
            return false;
        show_page(tabs, widget->value + (back ? -1 : 1));
        return true;
    }
    if (widget->window->focus != widget || with != 0 || (key->code != KEY_LEFT && key->code != KEY_RIGHT))
        return false;
    show_page(tabs, widget->value + (key->code == KEY_LEFT ? -1 : 1));
    return true;
}

/* A page came, went or has another title; or ui_set_value. */
static void tabs_were_set(struct widget *widget)
{
    const int count = (int)ui_tabs_count(widget);

    if (widget->value >= count)
        widget->value = count - 1;
    if (widget->value < 0 && count > 0)
        widget->value = 0;
    widget_changed(widget);
}

static void press_page(struct widget *page)
{
    int which = 0;

    for (struct widget *other = page->parent->first; other != page; other = other->next)
        which++;
    show_page((struct tabs *)page->parent, which);
}

static bool tabs_skip(const struct widget *widget)
{
    return !widget->first;
}

static const struct widget_class tabs_class = {
    .name = "tabs", .size = sizeof(struct tabs), .flags = CLASS_FOCUS | CLASS_GROWS, .measure = measure_tabs,
    .arrange = arrange_tabs, .paint = paint_tabs, .pointer = point_tabs, .key = key_tabs,
    .changed = tabs_were_set, .skips = tabs_skip};

struct widget *ui_tabs(struct widget *parent, ui_action changed, void *context)
{
    struct tabs *tabs = widget_new(parent, &tabs_class);

    if (!tabs)
        return NULL;
    tabs->widget.action = changed;
    tabs->widget.context = context;
    tabs->hover = -1;
    tabs->widget.value = 0;
    return &tabs->widget;
}

struct widget *ui_tab(struct widget *widget, const char *title)
{
    struct widget *page;

    if (!tabs_of(widget))
        return NULL;
    page_class = *column_class_used;
    page_class.name = "page";
    page_class.flags = CLASS_TITLE;
    page_class.press = press_page;
    page = widget_new(widget, &page_class);
    if (!page)
        return NULL;
    page->pad_x = page->pad_y = MARGIN;
    ui_set_text(page, title);
    return page;
}

void ui_tabs_set_closable(struct widget *widget, ui_action close, ui_action add, void *context)
{
    struct tabs *tabs = tabs_of(widget);

    if (!tabs)
        return;
    tabs->closable = close != NULL;
    hook_set(&tabs->on_close, close, context);
    hook_set(&tabs->on_add, add, context);
    widget_changed(widget);
}
