/* The choice: a field that opens a list of texts, as a popup. */
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

#define ROWS_SHOWN 10

extern const struct widget_class *const column_class_used;

struct choice {
    struct widget widget; /* value: which; -1 */
    char **texts;
    size_t count, room;
    struct ui_window *popup;
};

static const struct widget_class choice_class;

static struct choice *choice_of(const struct widget *widget)
{
    return widget && widget->class == &choice_class ? (struct choice *)widget : NULL;
}

/* ---- the list -------------------------------------------------------------------------------- */

static size_t text_count(void *context)
{
    return ((struct choice *)context)->count;
}

static void text_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    (void)column;
    cell->text = ((struct choice *)context)->texts[row];
}

static void popup_closed(struct ui_window *popup)
{
    struct choice *choice = popup->context;

    choice->popup = NULL;
}

static void choose(struct choice *choice, int which)
{
    if (which < 0 || (size_t)which >= choice->count || which == choice->widget.value)
        return;
    choice->widget.value = which;
    ui_redraw(&choice->widget);
    widget_act(&choice->widget);
}

static void take(struct widget *list, void *context)
{
    struct choice *choice = context;
    const size_t row = ui_list_row(list);

    ui_window_end(list->window);
    if (row != UI_NO_ROW)
        choose(choice, (int)row);
}

/* A click chooses; the press that selects a row is followed by a release. */
static bool list_key_call(struct widget *list, const struct ui_key *key, void *context)
{
    (void)context;
    if (!key->pressed || (key->code != KEY_ESC && key->code != KEY_TAB))
        return false;
    ui_window_end(list->window);
    return true;
}

static bool list_pointed(struct widget *root, const struct ui_pointer *pointer, void *context)
{
    struct choice *choice = context;
    struct widget *list = root->first;
    const size_t row = ui_list_at(list, pointer->x - list->area.x, pointer->y - list->area.y);

    if (pointer->kind == UI_RELEASE && pointer->button == BUTTON_LEFT && row != UI_NO_ROW) {
        ui_window_end(root->window);
        choose(choice, (int)row);
        return true;
    }
    if (pointer->kind == UI_MOVE_TO && row != UI_NO_ROW && ui_list_row(list) != row)
        ui_list_select(list, row);
    return false;
}

static struct widget *fill_popup(struct ui_window *popup, struct choice *choice)
{
    static const struct ui_model model = {text_count, text_cell};
    struct widget *root = widget_new_root(popup, column_class_used), *list;
    const int rows = choice->count < ROWS_SHOWN ? (int)choice->count : ROWS_SHOWN;

    list = ui_list(root, &model, choice, NULL, NULL);
    if (!list)
        return NULL;
    ui_on_activate(list, take, choice);
    ui_on_key(list, list_key_call, NULL);
    popup->content = root;
    hook_set(&popup->on_pointer, list_pointed, choice);
    ui_set_least(list, choice->widget.area.w * 100 / ui_scale(), rows * ROW_HEIGHT + 8);
    return list;
}

static void open_list(struct widget *widget)
{
    struct choice *choice = (struct choice *)widget;
    struct widget *list;

    if (choice->popup || choice->count == 0)
        return;
    choice->popup = window_popup(widget->window, widget->area.x, widget->area.y + widget->area.h + ui_px(2));
    list = choice->popup ? fill_popup(choice->popup, choice) : NULL;
    if (!list) {
        ui_window_end(choice->popup);
        choice->popup = NULL;
        return;
    }
    choice->popup->context = choice;
    choice->popup->ended = popup_closed;
    choice->popup->focus_by_key = true;
    choice->popup->focus = list;
    widget->window->popup = choice->popup;
    choice->popup->width = 0;
    if (widget->value >= 0)
        ui_list_select(list, (size_t)widget->value);
    ui_window_show(choice->popup);
}

/* ---- the field ------------------------------------------------------------------------------- */

static void measure_choice(struct widget *widget, int *width, int *height)
{
    const struct choice *choice = (const struct choice *)widget;

    *width = ui_px(80);
    for (size_t i = 0; i < choice->count && i < 1000; i++) {
        const int text = text_width(look_font(), choice->texts[i], -1) + ui_px(44);

        *width = text > *width ? text : *width;
    }
    *height = ui_px(CONTROL_HEIGHT);
}

static void paint_choice(struct widget *widget, const struct canvas *canvas)
{
    const struct rect at = widget->area;
    const int size = ui_px(12), radius = ui_px(CONTROL_RADIUS);
    const colour_t back = widget_usable(widget) && widget->hover
                              ? colour_mix(ui.theme.hover, ui.theme.text, 20)
                              : ui.theme.hover;

    draw_round(canvas, at, radius, CORNERS_ALL, widget_usable(widget)
               ? back : colour_mix(ui.theme.surface, ui.theme.hover, 110));
    draw_round_border(canvas, at, radius, CORNERS_ALL, ui_px(1), ui.theme.border);
    draw_label(canvas, (struct rect){at.x + ui_px(CONTROL_PAD), at.y, at.w - ui_px(CONTROL_PAD + 28), at.h},
               look_font(), ui_choice_text(widget, widget->value), ALIGN_START, look_text(widget));
    draw_icon(canvas, (struct rect){at.x + at.w - ui_px(10) - size, at.y + (at.h - size) / 2, size, size},
              ICON_DOWN, ui.theme.dim_text);
    if (widget_shows_focus(widget))
        look_focus(canvas, at, radius);
}

static bool point_choice(struct widget *widget, const struct ui_pointer *pointer)
{
    if (pointer->kind == UI_PRESS && pointer->button == BUTTON_LEFT) {
        open_list(widget);
        widget->window->pressed = NULL;
    }
    return pointer->kind != UI_WHEEL;
}

static bool key_choice(struct widget *widget, const struct ui_key *key)
{
    struct choice *choice = (struct choice *)widget;

    if ((key_with(key) & ~MODIFIER_ALT) != 0 || (key->code != KEY_UP && key->code != KEY_DOWN &&
        key->code != KEY_SPACE && key->code != KEY_ENTER && key->code != KEY_F4))
        return false;
    if (!key->pressed)
        return true;
    if (key->code == KEY_SPACE || key->code == KEY_F4 || key->code == KEY_ENTER || key_with(key))
        open_list(widget);
    else
        choose(choice, widget->value + (key->code == KEY_DOWN ? 1 : -1));
    return true;
}

static void choice_was_set(struct widget *widget)
{
    const struct choice *choice = (const struct choice *)widget;

    if (widget->value < -1 || (widget->value >= 0 && (size_t)widget->value >= choice->count))
        widget->value = -1;
}

static void choice_end(struct widget *widget)
{
    struct choice *choice = (struct choice *)widget;

    if (choice->popup)
        ui_window_end(choice->popup);
    for (size_t i = 0; i < choice->count; i++)
        free(choice->texts[i]);
    free(choice->texts);
}

static const struct widget_class choice_class = {
    .name = "choice", .size = sizeof(struct choice), .flags = CLASS_FOCUS, .measure = measure_choice,
    .paint = paint_choice, .pointer = point_choice, .key = key_choice, .press = open_list,
    .changed = choice_was_set, .end = choice_end};

struct widget *ui_choice(struct widget *parent, ui_action changed, void *context)
{
    struct choice *choice = widget_new(parent, &choice_class);

    if (!choice)
        return NULL;
    choice->widget.value = -1;
    choice->widget.action = changed;
    choice->widget.context = context;
    return &choice->widget;
}

void ui_choice_add(struct widget *widget, const char *text)
{
    struct choice *choice = choice_of(widget);
    char *copy;

    if (!choice || !text)
        return;
    if (choice->count == choice->room) {
        const size_t room = choice->room ? 2 * choice->room : 16;
        char **more = realloc(choice->texts, room * sizeof(*more));

        if (!more)
            return;
        choice->texts = more;
        choice->room = room;
    }
    copy = strdup(text);
    if (!copy)
        return;
    choice->texts[choice->count++] = copy;
    if (widget->value < 0)
        widget->value = 0;
    widget_changed(widget);
}

void ui_choice_clear(struct widget *widget)
{
    struct choice *choice = choice_of(widget);

    if (!choice)
        return;
    if (choice->popup)
        ui_window_end(choice->popup);
    while (choice->count > 0)
        free(choice->texts[--choice->count]);
    widget->value = -1;
    widget_changed(widget);
}

const char *ui_choice_text(const struct widget *widget, int which)
{
    const struct choice *choice = choice_of(widget);

    return choice && which >= 0 && (size_t)which < choice->count ? choice->texts[which] : "";
}
