/*
 * Menus: the bar of a window, menus that open from it or at a point, and keys that work in the whole window.
 * A menu that is open is a popup window whose root is of menu_class; a sub menu is a popup of that one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

#define GUTTER    30 /* left of the text: mark or icon */
#define TAIL      28 /* right of it: the arrow of a sub menu */
#define SEPARATOR 9
#define EDGE      5

struct ui_item {
    struct ui_item *next;
    struct ui_menu *menu, *sub;
    char *text, *keys;
    uint16_t code;
    uint32_t modifiers;
    ui_action call;
    void *context;
    enum icon icon;
    bool separator, disabled, checked;
};

struct ui_menu {
    struct ui_item *first, *last;
    struct ui_menu *parent;
    struct menu_bar *bar;    /* of which it is the list of menus */
    struct ui_window *popup; /* while it is open */
};

struct menu_bar {
    struct ui_menu menu;
    struct widget *widget;
    struct ui_item *over; /* whose menu is open */
};

struct menu_view {
    struct widget widget;
    struct ui_menu *menu;
    struct ui_item *current;
};

struct bar_view {
    struct widget widget;
    struct menu_bar *bar;
    struct ui_item *hover;
};

static void open_popup(struct ui_menu *menu, struct ui_window *parent, int x, int y, bool by_key);
static void bar_open(struct menu_bar *bar, struct ui_item *item, bool by_key);

/* ---- making ---------------------------------------------------------------------------------- */

struct ui_menu *ui_menu(void)
{
    return calloc(1, sizeof(struct ui_menu));
}

static void changed(struct ui_menu *menu)
{
    for (; menu; menu = menu->parent) {
        if (menu->popup)
            ui_redraw(menu->popup->root);
        if (menu->bar)
            widget_changed(menu->bar->widget);
    }
}

static struct ui_item *item_new(struct ui_menu *menu, const char *text)
{
    struct ui_item *item = menu ? calloc(1, sizeof(*item)) : NULL;

    if (!item)
        return NULL;
    text_set(&item->text, text);
    item->menu = menu;
    if (menu->last)
        menu->last->next = item;
    else
        menu->first = item;
    menu->last = item;
    return item;
}

struct ui_menu *ui_menu_sub(struct ui_menu *menu, const char *text)
{
    struct ui_item *item = item_new(menu, text);

    if (!item)
        return NULL;
    item->sub = ui_menu();
    if (item->sub)
        item->sub->parent = menu;
    changed(menu);
    return item->sub;
}

struct ui_item *ui_menu_item(struct ui_menu *menu, const char *text, const char *keys, ui_action call,
                             void *context)
{
    struct ui_item *item = item_new(menu, text);

    if (!item)
        return NULL;
    if (keys && keys_parse(keys, &item->code, &item->modifiers) == 0)
        text_set(&item->keys, keys);
    item->call = call;
    item->context = context;
    changed(menu);
    return item;
}

struct ui_item *ui_menu_separator(struct ui_menu *menu)
{
    struct ui_item *item = item_new(menu, "");

    if (item)
        item->separator = item->disabled = true;
    return item;
}

static void items_end(struct ui_menu *menu)
{
    while (menu->first) {
        struct ui_item *item = menu->first;

        menu->first = item->next;
        ui_menu_end(item->sub);
        free(item->text);
        free(item->keys);
        free(item);
    }
    menu->last = NULL;
}

void ui_menu_clear(struct ui_menu *menu)
{
    if (!menu)
        return;
    if (menu->popup)
        ui_window_end(menu->popup);
    items_end(menu);
    changed(menu);
}

void ui_menu_end(struct ui_menu *menu)
{
    if (!menu)
        return;
    if (menu->popup)
        ui_window_end(menu->popup);
    items_end(menu);
    if (!menu->bar)
        free(menu);
}

void ui_item_set_enabled(struct ui_item *item, bool enabled)
{
    if (!item || item->separator)
        return;
    item->disabled = !enabled;
    changed(item->menu);
}

void ui_item_set_checked(struct ui_item *item, bool checked)
{
    if (!item)
        return;
    item->checked = checked;
    changed(item->menu);
}

bool ui_item_checked(const struct ui_item *item)
{
    return item && item->checked;
}

void ui_item_set_text(struct ui_item *item, const char *text)
{
    if (!item)
        return;
    text_set(&item->text, text);
    changed(item->menu);
}

void ui_item_set_icon(struct ui_item *item, enum icon icon)
{
    if (item)
        item->icon = (unsigned)icon < ICONS ? icon : ICON_NONE;
}

/* ---- an open menu: look ---------------------------------------------------------------------- */

static int item_height(const struct ui_item *item)
{
    return ui_px(item->separator ? SEPARATOR : ROW_HEIGHT);
}

static void measure_menu(struct widget *widget, int *width, int *height)
{
    const struct menu_view *view = (const struct menu_view *)widget;
    int text = 0, keys = 0;

    *height = 2 * ui_px(EDGE);
    for (const struct ui_item *item = view->menu->first; item; item = item->next) {
        const int item_width = look_text_width(item->text);
        const int keys_width = item->keys ? look_text_width(item->keys) + ui_px(24) : 0;

        text = item_width > text ? item_width : text;
        keys = keys_width > keys ? keys_width : keys;
        *height += item_height(item);
    }
    *width = text + keys + ui_px(GUTTER + TAIL) + 2 * ui_px(EDGE);
    if (*width < ui_px(140))
        *width = ui_px(140);
}

static int item_y(const struct menu_view *view, const struct ui_item *wanted)
{
    int y = view->widget.area.y + ui_px(EDGE);

    for (const struct ui_item *item = view->menu->first; item && item != wanted; item = item->next)
        y += item_height(item);
    return y;
}

static struct ui_item *item_at(const struct menu_view *view, int y)
{
    int top = ui_px(EDGE);

    for (struct ui_item *item = view->menu->first; item; item = item->next) {
        if (y >= top && y < top + item_height(item))
            return item;
        top += item_height(item);
    }
    return NULL;
}

static void paint_item(const struct menu_view *view, const struct canvas *canvas, const struct ui_item *item,
                       struct rect at)
{
    const bool current = item == view->current && !item->disabled;
    const colour_t colour = item->disabled ? colour_mix(ui.theme.field, ui.theme.dim_text, 140)
                            : current      ? ui.theme.selected_text : ui.theme.field_text;
    const int size = ui_px(14), tail = ui_px(TAIL);
    const struct rect mark = {at.x + ui_px(8), at.y + (at.h - size) / 2, size, size};
    const struct rect text = {at.x + ui_px(GUTTER), at.y, at.w - ui_px(GUTTER) - ui_px(12), at.h};

    if (current)
        draw_round(canvas, at, ui_px(CONTROL_RADIUS - 1), CORNERS_ALL, ui.theme.selected);
    if (item->checked)
        draw_icon(canvas, mark, ICON_CHECK, colour);
    else if (item->icon)
        draw_icon(canvas, mark, item->icon, colour);
    look_marked(canvas, &view->widget, text, item->text, ALIGN_START, colour);
    if (item->keys)
        draw_label(canvas, text, look_font(), item->keys, ALIGN_END, current ? colour : ui.theme.dim_text);
    if (item->sub)
        draw_icon(canvas,
                  (struct rect){at.x + at.w - tail + ui_px(9), mark.y + ui_px(1), ui_px(12), ui_px(12)},
                  ICON_FORWARD, colour);
}

static void paint_menu(struct widget *widget, const struct canvas *canvas)
{
    const struct menu_view *view = (const struct menu_view *)widget;
    const int edge = ui_px(EDGE);
    int y = widget->area.y + edge;

    for (const struct ui_item *item = view->menu->first; item; item = item->next) {
        const struct rect at = {widget->area.x + edge, y, widget->area.w - 2 * edge, item_height(item)};

        if (item->separator)
            draw_fill(canvas, (struct rect){at.x + ui_px(4), y + at.h / 2, at.w - 2 * ui_px(4), ui_px(1)},
                      ui.theme.border);
        else
            paint_item(view, canvas, item, at);
        y += at.h;
    }
}

/* ---- opening and closing --------------------------------------------------------------------- */

/* The window that is no popup. */
static struct ui_window *owner(struct ui_window *window)
{
    while (window->kind == SURFACE_POPUP && window->parent)
        window = window->parent;
    return window;
}

static void close_all(struct ui_window *window)
{
    window = owner(window);
    if (window->popup)
        ui_window_end(window->popup);
}

static void popup_is_done(struct ui_window *popup)
{
    ui_window_end(popup);
}

static void popup_ended(struct ui_window *popup)
{
    struct menu_view *view = (struct menu_view *)popup->root;

    if (view->menu->popup == popup)
        view->menu->popup = NULL;
    if (view->menu->parent && view->menu->parent->bar) {
        view->menu->parent->bar->over = NULL;
        ui_redraw(view->menu->parent->bar->widget);
    }
}

static void open_sub(struct menu_view *view, bool by_key)
{
    struct ui_item *item = view->current;

    if (!item || !item->sub || item->disabled || item->sub->popup)
        return;
    if (view->widget.window->popup)
        ui_window_end(view->widget.window->popup);
    open_popup(item->sub, view->widget.window, view->widget.area.w - ui_px(4),
               item_y(view, item) - ui_px(EDGE), by_key);
}

static void choose(struct menu_view *view)
{
    const struct ui_item *item = view->current;

    if (!item || item->disabled)
        return;
    if (item->sub) {
        open_sub(view, true);
        return;
    }
    const ui_action call = item->call;
    void *context = item->context;

    close_all(view->widget.window);
    if (call)
        call(NULL, context);
}

/* ---- an open menu: keys and pointer ---------------------------------------------------------- */

static void set_current(struct menu_view *view, struct ui_item *item)
{
    if (view->current == item)
        return;
    view->current = item;
    ui_redraw(&view->widget);
}

static struct ui_item *item_before(const struct ui_menu *menu, const struct ui_item *item)
{
    struct ui_item *before = NULL;

    for (struct ui_item *at = menu->first; at && at != item; at = at->next)
        before = at;
    return before;
}

static void step(struct menu_view *view, bool down)
{
    struct ui_item *item = view->current;

    for (unsigned i = 0; i < 1000; i++) {
        item = down ? (item ? item->next : NULL) : (item ? item_before(view->menu, item) : NULL);
        if (!item)
            item = down ? view->menu->first : view->menu->last;
        if (!item || !item->separator)
            break;
    }
    set_current(view, item);
}

/* From the bar: the menu beside. */
static bool step_bar(struct menu_view *view, bool right)
{
    struct ui_menu *top = view->menu;
    struct ui_item *item;

    while (top->parent && !top->parent->bar)
        top = top->parent;
    if (!top->parent)
        return false;
    for (item = top->parent->first; item && item->sub != top;)
        item = item->next;
    item = right ? item->next : item_before(top->parent, item);
    if (!item)
        item = right ? top->parent->first : top->parent->last;
    bar_open(top->parent->bar, item, true);
    return true;
}

static bool choose_letter(struct menu_view *view, const struct ui_key *key)
{
    const uint32_t letter = key_letter(key);

    for (struct ui_item *item = view->menu->first; item && letter; item = item->next)
        if (!item->disabled && look_mark_letter(item->text) == letter) {
            set_current(view, item);
            choose(view);
            return true;
        }
    return true;
}

static bool key_menu(struct widget *widget, const struct ui_key *key)
{
    struct menu_view *view = (struct menu_view *)widget;

    if (!key->pressed)
        return true;
    switch (key->code) {
    case KEY_UP:
    case KEY_DOWN:
        step(view, key->code == KEY_DOWN);
        return true;
    case KEY_HOME:
        set_current(view, NULL);
        step(view, true);
        return true;
    case KEY_END:
        set_current(view, NULL);
        step(view, false);
        return true;
    case KEY_RIGHT:
        if (view->current && view->current->sub)
            open_sub(view, true);
        else
            step_bar(view, true);
        return true;
    case KEY_LEFT:
        if (view->menu->parent && !view->menu->parent->bar)
            ui_window_end(widget->window);
        else
            step_bar(view, false);
        return true;
    case KEY_ENTER:
    case KEY_KPENTER:
    case KEY_SPACE:
        choose(view);
        return true;
    case KEY_ESC:
    case KEY_F10:
        ui_window_end(widget->window);
        return true;
    case KEY_LEFTALT:
        close_all(widget->window);
        return true;
    default:
        return choose_letter(view, key);
    }
}

static bool point_menu(struct widget *widget, const struct ui_pointer *pointer)
{
    struct menu_view *view = (struct menu_view *)widget;
    struct ui_item *item = item_at(view, pointer->y);

    if (pointer->kind == UI_LEAVE && !widget->window->popup)
        set_current(view, NULL);
    if (pointer->kind != UI_MOVE_TO && pointer->kind != UI_RELEASE)
        return true;
    if (pointer->x < 0 || pointer->x >= widget->area.w)
        return true;
    if (item != view->current) {
        set_current(view, item && item->separator ? NULL : item);
        if (widget->window->popup)
            ui_window_end(widget->window->popup);
        open_sub(view, false);
    }
    if (pointer->kind == UI_RELEASE && item && !item->sub)
        choose(view);
    return true;
}

static const struct widget_class menu_class = {
    .name = "menu", .size = sizeof(struct menu_view), .measure = measure_menu, .paint = paint_menu,
    .key = key_menu, .pointer = point_menu};

static void open_popup(struct ui_menu *menu, struct ui_window *parent, int x, int y, bool by_key)
{
    struct ui_window *popup;
    struct menu_view *view;

    if (menu->popup || !menu->first)
        return;
    popup = window_popup(parent, x, y);
    view = popup ? widget_new_root(popup, &menu_class) : NULL;
    if (!view) {
        ui_window_end(popup);
        return;
    }
    view->menu = menu;
    menu->popup = popup;
    popup->popup_done = popup_is_done;
    popup->ended = popup_ended;
    popup->marks = by_key;
    parent->popup = popup;
    if (by_key)
        step(view, true);
    ui_window_show(popup);
}

void ui_menu_show(struct ui_menu *menu, struct ui_window *window, int x, int y)
{
    if (!menu || !window || window->dead)
        return;
    close_all(window);
    tip_hide();
    open_popup(menu, window, x, y, false);
}

/* ---- the bar --------------------------------------------------------------------------------- */

static int title_width(const struct ui_item *item)
{
    return look_text_width(item->text) + 2 * ui_px(10);
}

static void measure_bar(struct widget *widget, int *width, int *height)
{
    const struct bar_view *view = (const struct bar_view *)widget;

    *width = 2 * ui_px(8);
    for (const struct ui_item *item = view->bar->menu.first; item; item = item->next)
        *width += title_width(item);
    *height = ui_px(34);
}

static struct rect title_rect(const struct bar_view *view, const struct ui_item *wanted)
{
    struct rect at = {view->widget.area.x + ui_px(8), view->widget.area.y + ui_px(4), 0, ui_px(26)};

    for (const struct ui_item *item = view->bar->menu.first; item; item = item->next) {
        at.w = title_width(item);
        if (item == wanted)
            break;
        at.x += at.w;
    }
    return at;
}

static void paint_bar(struct widget *widget, const struct canvas *canvas)
{
    const struct bar_view *view = (const struct bar_view *)widget;

    for (const struct ui_item *item = view->bar->menu.first; item; item = item->next) {
        const struct rect at = title_rect(view, item);

        if (item == view->bar->over || (item == view->hover && widget->hover))
            draw_round(canvas, at, ui_px(5), CORNERS_ALL,
                       item == view->bar->over ? ui.theme.selected : ui.theme.hover);
        look_marked(canvas, widget, at, item->text, ALIGN_CENTRE, look_text(widget));
    }
    draw_fill(
        canvas,
        (struct rect){widget->area.x, widget->area.y + widget->area.h - ui_px(1), widget->area.w, ui_px(1)},
        ui.theme.border);
}

static struct ui_item *title_at(const struct bar_view *view, int x, int y)
{
    for (struct ui_item *item = view->bar->menu.first; item; item = item->next)
        if (rect_has(title_rect(view, item), x, y))
            return item;
    return NULL;
}

static void bar_open(struct menu_bar *bar, struct ui_item *item, bool by_key)
{
    struct widget *widget = bar->widget;
    struct rect at;

    close_all(widget->window);
    if (!item || !item->sub)
        return;
    window_layout(widget->window);
    at = title_rect((struct bar_view *)widget, item);
    open_popup(item->sub, widget->window, at.x, at.y + at.h + ui_px(2), by_key);
    bar->over = item;
    ui_redraw(widget);
}

static bool point_bar(struct widget *widget, const struct ui_pointer *pointer)
{
    struct bar_view *view = (struct bar_view *)widget;
    struct ui_item *item = title_at(view, pointer->x + widget->area.x, pointer->y + widget->area.y);

    if (view->hover != item)
        ui_redraw(widget);
    view->hover = item;
    if (item && ((pointer->kind == UI_PRESS && pointer->button == BUTTON_LEFT) ||
                 (pointer->kind == UI_MOVE_TO && view->bar->over && view->bar->over != item))) {
        bar_open(view->bar, item, false);
        widget->window->pressed = NULL; /* the popup gets the release */
    }
    return true;
}

static const struct widget_class bar_class = {
    .name = "menu bar", .size = sizeof(struct bar_view), .measure = measure_bar, .paint = paint_bar,
    .pointer = point_bar};

/* To be the first child of the root. */
static void move_to_front(struct widget *widget)
{
    struct widget *parent = widget->parent;

    if (parent->first == widget)
        return;
    widget->previous->next = NULL;
    parent->last = widget->previous;
    widget->previous = NULL;
    widget->next = parent->first;
    parent->first->previous = widget;
    parent->first = widget;
}

struct ui_menu *ui_menu_bar(struct ui_window *window)
{
    struct menu_bar *bar;
    struct bar_view *view;

    if (!window || window->kind == SURFACE_POPUP)
        return NULL;
    if (window->bar)
        return &window->bar->menu;
    bar = calloc(1, sizeof(*bar));
    view = bar ? widget_new(window->root, &bar_class) : NULL;
    if (!view) {
        free(bar);
        return NULL;
    }
    view->bar = bar;
    bar->widget = &view->widget;
    bar->menu.bar = bar;
    window->bar = bar;
    move_to_front(bar->widget);
    return &bar->menu;
}

void menu_bar_end(struct ui_window *window)
{
    if (!window->bar)
        return;
    ui_menu_end(&window->bar->menu);
    free(window->bar);
    window->bar = NULL;
}

/* ---- keys of the window ---------------------------------------------------------------------- */

static struct ui_item *find_key(struct ui_menu *menu, const struct ui_key *key)
{
    for (struct ui_item *item = menu->first; item; item = item->next) {
        struct ui_item *found = item->sub ? find_key(item->sub, key) : NULL;

        if (found)
            return found;
        if (item->keys && !item->disabled && key_is(key, item->code, item->modifiers))
            return item;
    }
    return NULL;
}

static bool bar_key(struct menu_bar *bar, const struct ui_key *key)
{
    struct ui_item *item = find_key(&bar->menu, key);

    if (item) {
        if (item->call)
            item->call(NULL, item->context);
        return true;
    }
    if (key->code == KEY_F10 && key_with(key) == 0) {
        bar_open(bar, bar->menu.first, true);
        return true;
    }
    if (key_with(key) != MODIFIER_ALT)
        return false;
    for (item = bar->menu.first; item; item = item->next)
        if (look_mark_letter(item->text) == key_letter(key) && key_letter(key)) {
            bar_open(bar, item, true);
            return true;
        }
    return false;
}

bool menu_window_key(struct ui_window *window, const struct ui_key *key)
{
    for (const struct shortcut *shortcut = window->shortcuts; shortcut; shortcut = shortcut->next)
        if (key_is(key, shortcut->code, shortcut->modifiers)) {
            shortcut->call(window->content, shortcut->context);
            return true;
        }
    return window->bar && bar_key(window->bar, key);
}

int ui_shortcut(struct ui_window *window, const char *keys, ui_action call, void *context)
{
    struct shortcut *shortcut;
    uint16_t code;
    uint32_t modifiers;

    if (!window || !call || keys_parse(keys, &code, &modifiers) != 0)
        return -EINVAL;
    shortcut = malloc(sizeof(*shortcut));
    if (!shortcut)
        return -ENOMEM;
    *shortcut = (struct shortcut){window->shortcuts, code, modifiers, call, context};
    window->shortcuts = shortcut;
    return 0;
}
