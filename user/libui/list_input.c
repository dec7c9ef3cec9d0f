/* Keys and pointer of lists, tables, tiles and trees. */
#include <string.h>

#include "user/libui/list.h"

#define TYPED_MS  1000 /* letters within it belong together */
#define PULL_PX   5
#define COLUMN_LEAST 40

static void activate(struct list *list)
{
    struct widget *widget = &list->widget;

    if (list->cursor != UI_NO_ROW && widget->on_activate.call)
        hook_as(&widget->on_activate, ui_action)(widget, widget->on_activate.context);
}

/* ---- keys ------------------------------------------------------------------------------------ */

static size_t page_rows(const struct list *list)
{
    const size_t lines = (size_t)(list_rows_rect(list).h / list_row_height(list));

    return (lines > 1 ? lines - 1 : 1) * (size_t)list_across(list);
}

/* Where a key moves the cursor to; UI_NO_ROW: it is none that moves it. */
static size_t moved_to(const struct list *list, uint16_t code)
{
    const size_t at = list->cursor == UI_NO_ROW ? 0 : list->cursor, count = list_count(list);
    const size_t across = (size_t)list_across(list);

    switch (code) {
    case KEY_UP:
        return at >= across ? at - across : at;
    case KEY_DOWN:
        return at + across < count ? at + across : at;
    case KEY_LEFT:
        return list->mode == UI_TILES ? (at > 0 ? at - 1 : 0) : UI_NO_ROW;
    case KEY_RIGHT:
        return list->mode == UI_TILES ? (at + 1 < count ? at + 1 : at) : UI_NO_ROW;
    case KEY_HOME:
        return 0;
    case KEY_END:
        return count - 1;
    case KEY_PAGEUP:
        return at > page_rows(list) ? at - page_rows(list) : 0;
    case KEY_PAGEDOWN:
        return at + page_rows(list) < count ? at + page_rows(list) : count - 1;
    default:
        return UI_NO_ROW;
    }
}

static bool begins_with(const struct list *list, size_t row, const char *typed)
{
    struct ui_cell cell = {0};

    list->model.cell(list->model_context, row, 0, &cell);
    return cell.text && strncasecmp(cell.text, typed, strlen(typed)) == 0;
}

/* The next row that begins with what is typed quickly; the same letter again and again goes through all. */
static bool find_typed(struct list *list, const struct ui_key *key)
{
    const size_t count = list_count(list), length = strlen(list->typed);
    const bool begun = ui_now_ms() - list->typed_ms > TYPED_MS;
    size_t from;

    if (!input_text(key) || key->text[0] == ' ' || !list->model.cell)
        return false;
    if (begun)
        list->typed[0] = '\0';
    if (!begun && length + strlen(key->text) >= sizeof(list->typed))
        return true;
    if (strcmp(list->typed, key->text) != 0)
        strcat(list->typed, key->text);
    list->typed_ms = ui_now_ms();
    from = list->cursor == UI_NO_ROW ? 0 : list->cursor + (strcmp(list->typed, key->text) == 0);
    for (size_t i = 0; i < count; i++)
        if (begins_with(list, (from + i) % count, list->typed)) {
            list_go(list, (from + i) % count, false, false);
            break;
        }
    return true;
}

static bool other_key(struct list *list, const struct ui_key *key)
{
    if ((key->code == KEY_ENTER || key->code == KEY_KPENTER) && key_with(key) == 0) {
        if (!list->widget.on_activate.call)
            return false;
        activate(list);
        return true;
    }
    if (key->code == KEY_SPACE && list->cursor != UI_NO_ROW && (key_with(key) & ~MODIFIER_CTRL) == 0) {
        if (key_with(key) || !list_is_selected(list, list->cursor))
            list_toggle(list, list->cursor);
        return true;
    }
    if (key_is(key, KEY_A, MODIFIER_CTRL) && list->multi) {
        for (size_t row = 0; row < list_count(list); row++)
            list_set_selected(list, row, true);
        list_said(list);
        return true;
    }
    return find_typed(list, key);
}

/* Ctrl+PgUp and Ctrl+PgDn are for tabs. */
static bool is_ours(const struct ui_key *key)
{
    if (key->modifiers & (MODIFIER_ALT | MODIFIER_SUPER))
        return false;
    return !(key->modifiers & MODIFIER_CTRL) || (key->code != KEY_PAGEUP && key->code != KEY_PAGEDOWN);
}

bool list_key(struct widget *widget, const struct ui_key *key)
{
    struct list *list = (struct list *)widget;
    size_t to;

    if (!key->pressed || list->editor)
        return false;
    if (list->fold_key && list->fold_key(list, key))
        return true;
    to = is_ours(key) && list_count(list) > 0 ? moved_to(list, key->code) : UI_NO_ROW;
    if (to != UI_NO_ROW && list->cursor == UI_NO_ROW && key->code != KEY_END)
        to = 0;
    if (to == UI_NO_ROW)
        return other_key(list, key);
    list_go(list, to, key->modifiers & MODIFIER_SHIFT, key->modifiers & MODIFIER_CTRL);
    return true;
}

/* ---- the header ------------------------------------------------------------------------------ */

/* The column whose right edge is there; -1. */
static int edge_at(const struct list *list, int x, int y)
{
    const int left = list_rows_rect(list).x;

    if (list->mode != UI_TABLE || y >= list->widget.area.y + ui_px(HEADER_HEIGHT) || y < list->widget.area.y)
        return -1;
    for (unsigned i = 0; i + 1 < list->column_count; i++) {
        const int edge = left + list->columns[i].x + list->columns[i].width;

        if (x > edge - ui_px(4) && x < edge + ui_px(4))
            return (int)i;
    }
    return -1;
}

static void sort_by(struct list *list, int x)
{
    const int at = x - list_rows_rect(list).x;

    for (unsigned i = 0; i < list->column_count; i++) {
        const struct list_column *column = &list->columns[i];

        if (at < column->x || at >= column->x + column->width || !column->said.sortable)
            continue;
        list->sorted_down = list->sorted == (int)i && !list->sorted_down;
        list->sorted = (int)i;
        ui_redraw(&list->widget);
        if (list->on_sort.call)
            hook_as(&list->on_sort, ui_sort_call)(&list->widget, i, list->sorted_down, list->on_sort.context);
        return;
    }
}

static void press_header(struct list *list, int x, int y)
{
    list->pulled_column = edge_at(list, x, y);
    if (list->pulled_column < 0) {
        sort_by(list, x);
        return;
    }
    list->pulled_from = x;
    list->pulled_width = list->columns[list->pulled_column].width;
}

/* All columns get the widths that they have, so that only this one changes. */
static void pull_column(struct list *list, int x)
{
    int width = list->pulled_width + x - list->pulled_from;

    for (unsigned i = 0; i < list->column_count; i++)
        list->columns[i].said.width = (int)((int64_t)list->columns[i].width * 100 / ui_scale());
    if (width < ui_px(COLUMN_LEAST))
        width = ui_px(COLUMN_LEAST);
    list->columns[list->pulled_column].said.width = (int)((int64_t)width * 100 / ui_scale());
    list->columns[list->pulled_column].said.grow = 0;
    list_arrange(&list->widget);
    ui_redraw(&list->widget);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool on_fold(struct list *list, size_t row, int x)
{
    struct row_look look;
    int left;

    if (!list->look || !list->look(list, row, &look) || look.leaf)
        return false;
    left = list_row_rect(list, row).x + ui_px(8) + look.depth * ui_px(INDENT);
    return x >= left - ui_px(4) && x < left + ui_px(INDENT);
}

static void press_row(struct list *list, size_t row, const struct ui_pointer *pointer)
{
    const bool ctrl = pointer->modifiers & MODIFIER_CTRL, shift = pointer->modifiers & MODIFIER_SHIFT;

    if (row == UI_NO_ROW) {
        if (!ctrl && !shift && ui_list_selected(&list->widget, 0) != UI_NO_ROW && list->multi) {
            list_select_none(list);
            list_said(list);
        }
        return;
    }
    if (pointer->button == BUTTON_LEFT && on_fold(list, row, pointer->x + list->widget.area.x)) {
        list->fold(list, row);
        return;
    }
    list->pressed = pointer->button == BUTTON_LEFT;
    list->pressed_row = row;
    list->pressed_x = pointer->x;
    list->pressed_y = pointer->y;
    if (ctrl && list->multi && pointer->button == BUTTON_LEFT)
        list_toggle(list, row);
    else if (!list_is_selected(list, row) || shift)
        list_go(list, row, shift, false);
    else
        list->cursor = row;
}

static void press(struct list *list, const struct ui_pointer *pointer, int x, int y)
{
    const size_t row = list_row_at(list, x, y);

    if (pointer->button != BUTTON_LEFT && pointer->button != BUTTON_RIGHT)
        return;
    if (list->mode == UI_TABLE && y < list->widget.area.y + ui_px(HEADER_HEIGHT)) {
        if (pointer->button == BUTTON_LEFT)
            press_header(list, x, y);
        return;
    }
    press_row(list, row, pointer);
    if (pointer->button == BUTTON_LEFT && pointer->clicks == 2 && row != UI_NO_ROW && !list->widget.dead) {
        list->pressed = false;
        if (list->fold && !on_fold(list, row, x) && !list->widget.on_activate.call)
            list->fold(list, row);
        activate(list);
    }
}

static void release(struct list *list, const struct ui_pointer *pointer)
{
    const bool plain = (pointer->modifiers & (MODIFIER_CTRL | MODIFIER_SHIFT)) == 0;

    list->pulled_column = -1;
    if (list->pressed && plain && ui_list_selected_count(&list->widget) > 1)
        list_go(list, list->pressed_row, false, false);
    list->pressed = false;
}

static void move(struct list *list, const struct ui_pointer *pointer, int x, int y)
{
    const size_t row = pointer->held ? UI_NO_ROW : list_row_at(list, x, y);
    const int dx = pointer->x - list->pressed_x, dy = pointer->y - list->pressed_y;

    if (list->pulled_column >= 0) {
        pull_column(list, x);
        return;
    }
    list->widget.pointer = edge_at(list, x, y) >= 0 ? POINTER_SIZE_X : POINTER_ARROW;
    if (row != list->hover) {
        list->hover = row;
        ui_redraw(&list->widget);
    }
    if (list->pressed && list->on_drag.call && dx * dx + dy * dy > ui_px(PULL_PX) * ui_px(PULL_PX)) {
        list->pressed = false;
        hook_as(&list->on_drag, ui_action)(&list->widget, list->on_drag.context);
    }
}

bool list_pointer(struct widget *widget, const struct ui_pointer *pointer)
{
    struct list *list = (struct list *)widget;
    const int x = pointer->x + widget->area.x, y = pointer->y + widget->area.y;

    if (pointer->kind == UI_WHEEL) {
        if (!bar_set(&list->bar, list->bar.at - (int64_t)pointer->wheel_y * 2 * ui_px(ROW_HEIGHT)))
            return list->bar.total > list->bar.page;
        list_reveal_edit(list);
        ui_redraw(widget);
        return true;
    }
    if (bar_pointer(&list->bar, pointer, x, y)) {
        list_reveal_edit(list);
        ui_redraw(widget);
        return true;
    }
    if (pointer->kind == UI_PRESS)
        press(list, pointer, x, y);
    else if (pointer->kind == UI_RELEASE)
        release(list, pointer);
    else if (pointer->kind == UI_LEAVE)
        list->hover = UI_NO_ROW;
    else
        move(list, pointer, x, y);
    return true;
}
