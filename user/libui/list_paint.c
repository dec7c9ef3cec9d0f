/* How lists, tables, tiles and trees look. */
#include <string.h>

#include "user/libui/list.h"

static void get_cell(const struct list *list, size_t row, unsigned column, struct ui_cell *cell)
{
    memset(cell, 0, sizeof(*cell));
    if (list->model.cell)
        list->model.cell(list->model_context, row, column, cell);
    if (!cell->text)
        cell->text = "";
    cell->memory[sizeof(cell->memory) - 1] = '\0';
    if ((unsigned)cell->icon >= ICONS)
        cell->icon = ICON_NONE;
}

static colour_t cell_colour(const struct list *list, const struct ui_cell *cell, bool selected)
{
    if (!widget_usable(&list->widget))
        return colour_mix(ui.theme.field, ui.theme.dim_text, 150);
    if (selected)
        return ui.theme.selected_text;
    if (cell->colour)
        return cell->colour;
    return cell->dim ? ui.theme.dim_text : ui.theme.field_text;
}

static const struct font *cell_font(const struct ui_cell *cell)
{
    return ui_font(cell->bold ? FONT_UI_BOLD : FONT_UI, UI_TEXT);
}

static void paint_back(const struct list *list, const struct canvas *canvas, size_t row, struct rect at)
{
    const bool selected = list_is_selected(list, row);
    const int radius = ui_px(CONTROL_RADIUS - 1);
    const bool active = list->widget.window->focus == &list->widget && list->widget.window->active;

    if (selected)
        draw_round(canvas, at, radius, CORNERS_ALL, ui.theme.selected);
    else if (row == list->hover)
        draw_round(canvas, at, radius, CORNERS_ALL, colour_mix(ui.theme.field, ui.theme.hover, 170));
    if (row == list->cursor && active && list->widget.window->focus_by_key)
        draw_round_border(canvas, at, radius, CORNERS_ALL, ui_px(1), ui.theme.accent);
}

/* A sign of one colour, or a tile of its own: both fit. */
static int paint_row_icon(const struct canvas *canvas, enum icon icon, struct rect at, colour_t colour)
{
    const int size = ui_px(18);

    if (icon == ICON_NONE)
        return 0;
    draw_icon(canvas, (struct rect){at.x, at.y + (at.h - size) / 2, size, size}, icon, colour);
    return size + ui_px(8);
}

static int paint_fold(struct list *list, const struct canvas *canvas, size_t row, struct rect at,
                      colour_t colour)
{
    const int size = ui_px(10);
    struct row_look look = {0};
    int indent;

    if (!list->look || !list->look(list, row, &look))
        return 0;
    indent = (look.depth > 40 ? 40 : look.depth) * ui_px(INDENT);
    if (!look.leaf)
        draw_icon(canvas, (struct rect){at.x + indent + ui_px(2), at.y + (at.h - size) / 2, size, size},
                  look.open ? ICON_DOWN : ICON_FORWARD, colour);
    return indent + ui_px(INDENT);
}

static void paint_cell(struct list *list, const struct canvas *canvas, size_t row, unsigned column,
                       struct rect at, enum align align)
{
    struct ui_cell cell;
    struct canvas inside;
    colour_t colour;
    int left;

    at = rect_inset(at, 0);
    at.x += ui_px(8);
    at.w -= 2 * ui_px(8);
    if (rect_empty(rect_and(at, canvas->clip)))
        return;
    get_cell(list, row, column, &cell);
    colour = cell_colour(list, &cell, list_is_selected(list, row));
    inside = canvas_clipped(canvas, at);
    if (cell.bar > 0)
        draw_round(&inside, (struct rect){at.x, at.y + ui_px(4),
                                          (int)((int64_t)at.w * (cell.bar > 1000 ? 1000 : cell.bar) / 1000),
                                          at.h - 2 * ui_px(4)}, ui_px(3), CORNERS_ALL,
                   colour_mix(ui.theme.field, ui.theme.accent, 90));
    left = column == 0 ? paint_fold(list, &inside, row, at, ui.theme.dim_text) : 0;
    left += paint_row_icon(&inside, cell.icon, (struct rect){at.x + left, at.y, at.w, at.h}, colour);
    at.x += left;
    at.w -= left;
    draw_label(&inside, at, cell_font(&cell), cell.text, align, colour);
}

static void paint_row(struct list *list, const struct canvas *canvas, size_t row)
{
    const struct rect at = list_row_rect(list, row);

    paint_back(list, canvas, row, at);
    if (list->mode == UI_LIST) {
        paint_cell(list, canvas, row, 0, at, ALIGN_START);
        return;
    }
    for (unsigned i = 0; i < list->column_count; i++) {
        const struct list_column *column = &list->columns[i];

        paint_cell(list, canvas, row, i, (struct rect){at.x + column->x, at.y, column->width, at.h},
                   column->said.align);
    }
}

/* ---- tiles ----------------------------------------------------------------------------------- */

static void paint_picture(const struct canvas *canvas, const struct canvas *picture, struct rect at)
{
    int width = at.w, height = at.h;

    if (picture->width < 1 || picture->height < 1)
        return;
    if (picture->width > picture->height)
        height = (int)((int64_t)at.h * picture->height / picture->width);
    else
        width = (int)((int64_t)at.w * picture->width / picture->height);
    if (width > 0 && height > 0)
        draw_scaled(canvas,
                    (struct rect){at.x + (at.w - width) / 2, at.y + (at.h - height) / 2, width, height},
                    picture);
}

/* A name in one line or in two. */
static void paint_name(const struct canvas *canvas, struct rect at, const struct font *font, const char *text,
                       colour_t colour)
{
    char first[128];
    int used;
    size_t size = strlen(text), fits = text_fit(font, text, -1, at.w, &used);

    at.h = font_height(font);
    if (fits >= size || fits == 0 || fits >= sizeof(first)) {
        draw_label(canvas, at, font, text, ALIGN_CENTRE, colour);
        return;
    }
    for (size_t i = fits; i > fits / 2; i--)
        if (text[i - 1] == ' ' || text[i - 1] == '-' || text[i - 1] == '_' ||
            (text[i - 1] == '.' && i > 1)) {
            fits = i;
            break;
        }
    memcpy(first, text, fits);
    first[fits] = '\0';
    draw_label(canvas, at, font, first, ALIGN_CENTRE, colour);
    at.y += at.h;
    draw_label(canvas, at, font, text + fits, ALIGN_CENTRE, colour);
}

static void paint_tile(struct list *list, const struct canvas *canvas, size_t row)
{
    const struct rect at = list_row_rect(list, row);
    const int size = ui_px(44);
    const struct rect icon = {at.x + (at.w - size) / 2, at.y + ui_px(8), size, size};
    struct ui_cell cell;
    colour_t colour;

    get_cell(list, row, 0, &cell);
    colour = cell_colour(list, &cell, list_is_selected(list, row));
    paint_back(list, canvas, row, at);
    if (cell.picture)
        paint_picture(canvas, cell.picture, icon);
    else
        draw_icon(canvas, icon, cell.icon, colour);
    paint_name(canvas, (struct rect){at.x + ui_px(4), icon.y + size + ui_px(6), at.w - 2 * ui_px(4), 0},
               cell_font(&cell), cell.text, colour);
}

/* ---- header and frame ------------------------------------------------------------------------ */

static void paint_title(const struct list *list, const struct canvas *canvas, unsigned which)
{
    const struct list_column *column = &list->columns[which];
    const struct rect rows = list_rows_rect(list);
    const int size = ui_px(10);
    struct rect at = {rows.x + column->x + ui_px(8), list->widget.area.y + ui_px(1),
                      column->width - 2 * ui_px(8), ui_px(HEADER_HEIGHT) - ui_px(2)};

    if (list->sorted == (int)which) {
        int text = text_width(ui_font(FONT_UI_BOLD, UI_SMALL), column->said.title, -1);
        int x = column->said.align == ALIGN_END ? at.x + at.w - size : at.x + text + ui_px(5);

        if (x > at.x + at.w - size)
            x = at.x + at.w - size;
        draw_icon(canvas, (struct rect){x, at.y + (at.h - size) / 2, size, size},
                  list->sorted_down ? ICON_DOWN : ICON_UP, ui.theme.dim_text);
        at.w -= size + ui_px(4);
    }
    draw_label(canvas, at, ui_font(FONT_UI_BOLD, UI_SMALL), column->said.title, column->said.align,
               ui.theme.dim_text);
}

static void paint_header(const struct list *list, const struct canvas *canvas)
{
    const struct rect area = list->widget.area;

    for (unsigned i = 0; i < list->column_count; i++)
        paint_title(list, canvas, i);
    draw_fill(canvas, (struct rect){area.x + ui_px(2), area.y + ui_px(HEADER_HEIGHT) - ui_px(2),
                                    area.w - 2 * ui_px(2), ui_px(1)},
              ui.theme.border);
}

void list_paint(struct widget *widget, const struct canvas *canvas)
{
    struct list *list = (struct list *)widget;
    const struct rect rows = list_rows_rect(list), seen = rect_and(rows, canvas->clip);
    const struct canvas inside = canvas_clipped(canvas, rows);
    const size_t count = list_count(list), across = (size_t)list_across(list);
    size_t row = (size_t)((seen.y - rows.y + list->bar.at) / list_row_height(list)) * across;
    size_t end = ((size_t)((seen.y + seen.h - rows.y + list->bar.at) / list_row_height(list)) + 1) * across;

    look_field_as(canvas, widget->area, widget_shows_focus(widget));
    if (list->mode == UI_TABLE)
        paint_header(list, canvas);
    if (!rect_empty(seen))
        for (; row < count && row < end; row++)
            (list->mode == UI_TILES ? paint_tile : paint_row)(list, &inside, row);
    bar_paint(&list->bar, canvas);
}
