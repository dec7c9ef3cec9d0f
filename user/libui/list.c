/*
 * Lists, tables and tiles: rows of a model, which are selected, and where they are. Rows are asked for when
 * they are drawn; what is kept of each is one bit. list_paint.c draws, list_input.c has keys and pointer.
 */
#include "user/libui/list.h"

#include <stdlib.h>
#include <string.h>

struct list *list_of(const struct widget *widget)
{
    /* A tree is one as well. */
    return widget && widget->class->paint == list_paint ? (struct list *)widget : NULL;
}

size_t list_count(const struct list *list)
{
    return list->model.count ? list->model.count(list->model_context) : 0;
}

/* ---- selection ------------------------------------------------------------------------------- */

bool list_is_selected(const struct list *list, size_t row)
{
    return row < list->selected_room && (list->selected[row / 8] >> row % 8 & 1);
}

static bool make_room(struct list *list, size_t rows)
{
    const size_t room = (rows + 1023) / 1024 * 1024;
    uint8_t *bits;

    if (rows <= list->selected_room)
        return true;
    bits = realloc(list->selected, room / 8);
    if (!bits)
        return false;
    memset(bits + list->selected_room / 8, 0, (room - list->selected_room) / 8);
    list->selected = bits;
    list->selected_room = room;
    return true;
}

void list_set_selected(struct list *list, size_t row, bool selected)
{
    if (row >= list_count(list) || !make_room(list, row + 1))
        return;
    if (selected)
        list->selected[row / 8] |= (uint8_t)(1u << row % 8);
    else
        list->selected[row / 8] &= (uint8_t)~(1u << row % 8);
}

void list_select_none(struct list *list)
{
    if (list->selected)
        memset(list->selected, 0, list->selected_room / 8);
}

void list_said(struct list *list)
{
    ui_redraw(&list->widget);
    widget_act(&list->widget);
}

void list_go(struct list *list, size_t row, bool extend, bool keep)
{
    const size_t count = list_count(list);

    if (count == 0 || row == UI_NO_ROW)
        return;
    if (row >= count)
        row = count - 1;
    list->cursor = row;
    list_show_row(list, row);
    if (keep && list->multi && !extend) {
        ui_redraw(&list->widget);
        return;
    }
    list_select_none(list);
    if (!extend || !list->multi || list->anchor == UI_NO_ROW)
        list->anchor = row;
    for (size_t i = row < list->anchor ? row : list->anchor; i <= (row < list->anchor ? list->anchor : row);
         i++)
        list_set_selected(list, i, true);
    list_said(list);
}

void list_toggle(struct list *list, size_t row)
{
    if (!list->multi) {
        list_go(list, row, false, false);
        return;
    }
    list_set_selected(list, row, !list_is_selected(list, row));
    list->cursor = list->anchor = row;
    list_said(list);
}

size_t ui_list_row(const struct widget *widget)
{
    const struct list *list = list_of(widget);

    if (!list || list->cursor >= list_count(list) || !list_is_selected(list, list->cursor))
        return UI_NO_ROW;
    return list->cursor;
}

size_t ui_list_selected(const struct widget *widget, size_t from)
{
    const struct list *list = list_of(widget);
    const size_t count = list ? list_count(list) : 0;

    for (size_t row = from; row < count && row < list->selected_room; row++)
        if (list_is_selected(list, row))
            return row;
    return UI_NO_ROW;
}

size_t ui_list_selected_count(const struct widget *widget)
{
    size_t count = 0;

    for (size_t row = ui_list_selected(widget, 0); row != UI_NO_ROW; row = ui_list_selected(widget, row + 1))
        count++;
    return count;
}

void ui_list_select(struct widget *widget, size_t row)
{
    struct list *list = list_of(widget);

    if (!list)
        return;
    list_select_none(list);
    ui_redraw(widget);
    list->cursor = list->anchor = row < list_count(list) ? row : UI_NO_ROW;
    if (list->cursor == UI_NO_ROW)
        return;
    list_set_selected(list, row, true);
    window_layout(widget->window);
    list_show_row(list, row);
}

void ui_list_select_also(struct widget *widget, size_t row, bool selected)
{
    struct list *list = list_of(widget);

    if (!list)
        return;
    list_set_selected(list, row, selected);
    if (selected && list->cursor == UI_NO_ROW)
        list->cursor = list->anchor = row;
    ui_redraw(widget);
}

void ui_list_set_multi(struct widget *widget, bool multi)
{
    struct list *list = list_of(widget);

    if (list)
        list->multi = multi;
}

/* ---- where rows are -------------------------------------------------------------------------- */

int list_row_height(const struct list *list)
{
    return ui_px(list->mode == UI_TILES ? TILE_HEIGHT + 4 : ROW_HEIGHT);
}

struct rect list_rows_rect(const struct list *list)
{
    const int edge = ui_px(4), header = list->mode == UI_TABLE ? ui_px(HEADER_HEIGHT) : ui_px(4);
    const struct rect at = list->widget.area;

    return (struct rect){at.x + edge, at.y + header, at.w - 2 * edge, at.h - header - edge};
}

static int rows_width(const struct list *list)
{
    return list_rows_rect(list).w - (rect_empty(list->bar.area) ? 0 : ui_px(BAR_WIDTH));
}

int list_across(const struct list *list)
{
    const int tiles = rows_width(list) / ui_px(TILE_WIDTH + 4);

    return list->mode != UI_TILES || tiles < 1 ? 1 : tiles;
}

struct rect list_row_rect(const struct list *list, size_t row)
{
    const struct rect at = list_rows_rect(list);
    const int height = list_row_height(list), across = list_across(list);
    const int64_t top = (int64_t)(row / (size_t)across) * height - list->bar.at;
    const int y = at.y + (int)(top > 1 << 24 ? 1 << 24 : top < -(1 << 24) ? -(1 << 24) : top);

    if (list->mode != UI_TILES)
        return (struct rect){at.x, y, rows_width(list), height};
    return (struct rect){at.x + (int)(row % (size_t)across) * ui_px(TILE_WIDTH + 4), y, ui_px(TILE_WIDTH),
                         ui_px(TILE_HEIGHT)};
}

size_t list_row_at(const struct list *list, int x, int y)
{
    const struct rect at = list_rows_rect(list);
    const int across = list_across(list);
    size_t row;

    if (!rect_has(at, x, y) || x >= at.x + rows_width(list))
        return UI_NO_ROW;
    row = (size_t)((y - at.y + list->bar.at) / list_row_height(list)) * (size_t)across;
    if (list->mode == UI_TILES)
        row += (size_t)((x - at.x) / ui_px(TILE_WIDTH + 4));
    if (row >= list_count(list) || !rect_has(list_row_rect(list, row), x, y))
        return UI_NO_ROW;
    return row;
}

size_t ui_list_at(const struct widget *widget, int x, int y)
{
    const struct list *list = list_of(widget);

    return list ? list_row_at(list, x + widget->area.x, y + widget->area.y) : UI_NO_ROW;
}

static int64_t top_of(const struct list *list, size_t row)
{
    return (int64_t)(row / (size_t)list_across(list)) * list_row_height(list);
}

static bool is_shown(const struct list *list, size_t row)
{
    const int64_t top = top_of(list, row);

    return top >= list->bar.at && top + list_row_height(list) <= list->bar.at + list->bar.page;
}

void list_show_row(struct list *list, size_t row)
{
    const int height = list_row_height(list);
    const int64_t top = top_of(list, row);

    if (top < list->bar.at)
        bar_set(&list->bar, top);
    else if (top + height > list->bar.at + list->bar.page)
        bar_set(&list->bar, top + height - list->bar.page);
    ui_redraw(&list->widget);
}

static void arrange_columns(struct list *list)
{
    int left = rows_width(list), weights = 0, x = 0;

    for (unsigned i = 0; i < list->column_count; i++) {
        left -= ui_px(list->columns[i].said.width);
        weights += list->columns[i].said.grow;
    }
    for (unsigned i = 0; i < list->column_count; i++) {
        struct list_column *column = &list->columns[i];
        const int share = left > 0 && weights > 0 ? (int)((int64_t)left * column->said.grow / weights) : 0;

        left -= share;
        weights -= column->said.grow;
        column->x = x;
        column->width = ui_px(column->said.width) + share;
        x += column->width;
    }
}

/* What it needs, with or without the bar at the right. */
static void arrange_bar(struct list *list, bool with)
{
    const struct rect rows = list_rows_rect(list);
    int64_t lines;

    list->bar.area = (struct rect){0, 0, 0, 0};
    if (with)
        list->bar.area =
            (struct rect){rows.x + rows.w - ui_px(BAR_WIDTH) + ui_px(2), rows.y, ui_px(BAR_WIDTH), rows.h};
    lines = ((int64_t)list_count(list) + list_across(list) - 1) / list_across(list);
    list->bar.total = lines * list_row_height(list);
    list->bar.page = rows.h;
}

void list_arrange(struct widget *widget)
{
    struct list *list = (struct list *)widget;
    const bool is_new = list->bar.page <= 0;
    const bool stays = list->cursor != UI_NO_ROW && (is_new || is_shown(list, list->cursor));

    arrange_bar(list, false);
    if (list->bar.total > list->bar.page)
        arrange_bar(list, true);
    bar_set(&list->bar, list->bar.at);
    arrange_columns(list);
    if (stays) /* in a window that has become smaller, or that is smaller from the start, too */
        list_show_row(list, list->cursor);
    list_reveal_edit(list);
}

static void measure_list(struct widget *widget, int *width, int *height)
{
    const struct list *list = (const struct list *)widget;

    *width = ui_px(120);
    *height = ui_px((list->mode == UI_TABLE ? HEADER_HEIGHT : 4) + 2 * ROW_HEIGHT + 4);
}

/* ---- making ---------------------------------------------------------------------------------- */

static void list_end(struct widget *widget)
{
    struct list *list = (struct list *)widget;

    for (unsigned i = 0; i < list->column_count; i++)
        free(list->columns[i].title);
    free(list->selected);
}

static void list_focus(struct widget *widget)
{
    struct list *list = (struct list *)widget;

    if (widget->window->focus == widget && widget->window->focus_by_key && list->cursor == UI_NO_ROW &&
        list_count(list) > 0)
        list->cursor = list->anchor = 0;
}

const struct widget_class list_class = {
    .name = "list", .size = sizeof(struct list), .flags = CLASS_FOCUS | CLASS_GROWS, .measure = measure_list,
    .arrange = list_arrange, .paint = list_paint, .pointer = list_pointer, .key = list_key,
    .focus = list_focus, .end = list_end};

struct list *list_make(struct widget *parent, const struct widget_class *class, const struct ui_model *model,
                       void *model_context, ui_action selected, void *context)
{
    struct list *list = widget_new(parent, class);

    if (!list)
        return NULL;
    if (model)
        list->model = *model;
    list->model_context = model_context;
    list->widget.action = selected;
    list->widget.context = context;
    list->cursor = list->anchor = list->hover = UI_NO_ROW;
    list->sorted = list->pulled_column = -1;
    list->bar.down = true;
    return list;
}

struct widget *ui_list(struct widget *parent, const struct ui_model *model, void *model_context,
                       ui_action selected, void *context)
{
    struct list *list = list_make(parent, &list_class, model, model_context, selected, context);

    return list ? &list->widget : NULL;
}

struct widget *ui_tiles(struct widget *parent, const struct ui_model *model, void *model_context,
                        ui_action selected, void *context)
{
    struct list *list = list_make(parent, &list_class, model, model_context, selected, context);

    if (!list)
        return NULL;
    list->mode = UI_TILES;
    return &list->widget;
}

struct widget *ui_table(struct widget *parent, const struct ui_column_of *columns, unsigned count,
                        const struct ui_model *model, void *model_context, ui_action selected, void *context)
{
    struct list *list = list_make(parent, &list_class, model, model_context, selected, context);

    if (!list)
        return NULL;
    list->mode = UI_TABLE;
    for (unsigned i = 0; i < count && i < COLUMNS_MAX; i++) {
        list->columns[i].said = columns[i];
        text_set(&list->columns[i].title, columns[i].title);
        list->columns[i].said.title = list->columns[i].title;
        list->column_count = i + 1;
    }
    return &list->widget;
}

void ui_list_set_mode(struct widget *widget, enum ui_list_mode mode)
{
    struct list *list = list_of(widget);

    if (!list || list->mode == mode || (mode == UI_TABLE && list->column_count == 0))
        return;
    list->mode = mode;
    window_layout(widget->window);
    list_arrange(widget);
    if (list->cursor != UI_NO_ROW)
        list_show_row(list, list->cursor);
    widget_changed(widget);
}

void ui_list_changed(struct widget *widget, bool keep)
{
    struct list *list = list_of(widget);
    size_t count;

    if (!list)
        return;
    count = list_count(list);
    list->hover = UI_NO_ROW;
    if (!keep) {
        list_select_none(list);
        list->cursor = list->anchor = UI_NO_ROW;
        list->bar.at = 0;
    }
    for (size_t row = count; row < list->selected_room; row++)
        list->selected[row / 8] &= (uint8_t)~(1u << row % 8);
    if (list->cursor != UI_NO_ROW && list->cursor >= count)
        list->cursor = list->anchor = count > 0 ? count - 1 : UI_NO_ROW;
    list_arrange(widget);
    ui_redraw(widget);
}

void ui_table_on_sort(struct widget *table, ui_sort_call call, void *context)
{
    struct list *list = list_of(table);

    if (list)
        hook_set(&list->on_sort, call, context);
}

void ui_table_set_sorted(struct widget *table, unsigned column, bool down)
{
    struct list *list = list_of(table);

    if (!list || column >= list->column_count)
        return;
    list->sorted = (int)column;
    list->sorted_down = down;
    ui_redraw(table);
}

void ui_list_on_drag(struct widget *widget, ui_action call, void *context)
{
    struct list *list = list_of(widget);

    if (list)
        hook_set(&list->on_drag, call, context);
}

/* ---- typing over a row ----------------------------------------------------------------------- */

static void edit_finish(struct list *list, const char *text)
{
    const struct hook edited = list->edited;
    struct widget *editor = list->editor;
    char *copy;

    if (!editor)
        return;
    copy = text ? strdup(text) : NULL;
    list->editor = NULL;
    list->edited = (struct hook){0};
    ui_focus(&list->widget);
    ui_remove(editor);
    if (edited.call)
        hook_as(&edited, ui_edited)(&list->widget, list->edit_row, copy, edited.context);
    free(copy);
}

static void edit_done(struct widget *editor, void *context)
{
    edit_finish(context, ui_text(editor));
}

static bool edit_key(struct widget *editor, const struct ui_key *key, void *context)
{
    (void)editor;
    if (key->code != KEY_ESC || !key->pressed)
        return false;
    edit_finish(context, NULL);
    return true;
}

/* A click elsewhere takes what is typed. */
static void edit_focus(struct widget *editor, void *context)
{
    if (editor->window->focus != editor)
        edit_finish(context, ui_text(editor));
}

void list_reveal_edit(struct list *list)
{
    struct rect at;

    if (!list->editor)
        return;
    widget_measure(list->editor);
    at = list_row_rect(list, list->edit_row);
    if (list->mode == UI_TILES)
        at = (struct rect){at.x, at.y + at.h - ui_px(32), at.w, ui_px(CONTROL_HEIGHT)};
    else
        at = (struct rect){at.x + ui_px(26), at.y - ui_px(1), at.w - ui_px(26), ui_px(CONTROL_HEIGHT)};
    if (list->mode == UI_TABLE)
        at.w = list->columns[0].width - ui_px(26);
    widget_place(list->editor, at);
}

void ui_list_edit(struct widget *widget, size_t row, const char *text, ui_edited done, void *context)
{
    struct list *list = list_of(widget);

    if (!list || row >= list_count(list))
        return;
    edit_finish(list, NULL);
    list_show_row(list, row);
    list->editor = ui_entry(widget, text, NULL, NULL);
    if (!list->editor)
        return;
    list->edit_row = row;
    hook_set(&list->edited, done, context);
    ui_on_activate(list->editor, edit_done, list);
    ui_on_key(list->editor, edit_key, list);
    ui_focus(list->editor);
    ui_on_focus(list->editor, edit_focus, list);
    ui_entry_select(list->editor, 0, (size_t)-1);
}
