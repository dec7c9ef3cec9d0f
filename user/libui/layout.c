/*
 * Containers: rows, columns, grids, cards. A layout has two passes: widget_measure asks each, from the
 * leaves up, how much it needs; widget_place gives, from the root down, what it gets.
 */
#include <stdlib.h>
#include <string.h>

#include "user/libui/internal.h"

#define GRID_COLUMNS 16u

struct grid {
    struct widget widget;
    unsigned columns;
    int grow[GRID_COLUMNS];
    int need[GRID_COLUMNS];
};

/* ---- rows and columns ------------------------------------------------------------------------ */

static void measure_box(struct widget *box, int *width, int *height, bool down)
{
    int along = 0, across = 0, count = 0;

    for (struct widget *child = box->first; child; child = child->next) {
        if (child->hidden)
            continue;
        widget_measure(child);
        along += down ? child->need_height : child->need_width;
        if ((down ? child->need_width : child->need_height) > across)
            across = down ? child->need_width : child->need_height;
        count++;
    }
    if (count > 1)
        along += (count - 1) * ui_px(box->gap);
    *width = (down ? across : along) + 2 * ui_px(box->pad_x);
    *height = (down ? along : across) + 2 * ui_px(box->pad_y);
}

static void measure_row(struct widget *row, int *width, int *height)
{
    measure_box(row, width, height, false);
}

static void measure_column(struct widget *column, int *width, int *height)
{
    measure_box(column, width, height, true);
}

/* Where in `room` from `start` something that needs `need` lies. */
static void align_in(enum ui_align align, int start, int room, int need, int *at, int *length)
{
    *length = align == UI_FILL || need > room ? room : need;
    *at = start;
    if (align == UI_CENTRE)
        *at += (room - *length) / 2;
    else if (align == UI_END)
        *at += room - *length;
}

/* What the children need, and their weights. */
static int sum_box(const struct widget *box, bool down, int *weights)
{
    int sum = 0, count = 0;

    *weights = 0;
    for (const struct widget *child = box->first; child; child = child->next) {
        if (child->hidden)
            continue;
        sum += down ? child->need_height : child->need_width;
        *weights += child->grow;
        count++;
    }
    return sum + (count > 1 ? (count - 1) * ui_px(box->gap) : 0);
}

static void arrange_box(struct widget *box, bool down)
{
    const struct rect area = {box->area.x + ui_px(box->pad_x), box->area.y + ui_px(box->pad_y),
                              box->area.w - 2 * ui_px(box->pad_x), box->area.h - 2 * ui_px(box->pad_y)};
    int weights, at = down ? area.y : area.x;
    int left = (down ? area.h : area.w) - sum_box(box, down, &weights);

    if (left < 0)
        left = 0;
    for (struct widget *child = box->first; child; child = child->next) {
        int length, across, across_at;
        int share = 0;

        if (child->hidden)
            continue;
        if (weights > 0) {
            share = (int)((int64_t)left * child->grow / weights);
            left -= share;
            weights -= child->grow;
        }
        length = (down ? child->need_height : child->need_width) + share;
        align_in(child->align, down ? area.x : area.y, down ? area.w : area.h,
                 down ? child->need_width : child->need_height, &across_at, &across);
        widget_place(child, down ? (struct rect){across_at, at, across, length}
                                 : (struct rect){at, across_at, length, across});
        at += length + ui_px(box->gap);
    }
}

static void arrange_row(struct widget *row)
{
    arrange_box(row, false);
}

static void arrange_column(struct widget *column)
{
    arrange_box(column, true);
}

static const struct widget_class row_class = {
    .name = "row", .size = sizeof(struct widget), .measure = measure_row, .arrange = arrange_row};
static const struct widget_class column_class = {
    .name = "column", .size = sizeof(struct widget), .measure = measure_column, .arrange = arrange_column};
const struct widget_class *const column_class_used = &column_class;

struct widget *ui_row(struct widget *parent)
{
    return widget_new(parent, &row_class);
}

struct widget *ui_column(struct widget *parent)
{
    return widget_new(parent, &column_class);
}

/* ---- cards, spacers, separators -------------------------------------------------------------- */

static void paint_card(struct widget *card, const struct canvas *canvas)
{
    const int radius = ui_px(CONTROL_RADIUS + 2);

    draw_round(canvas, card->area, radius, CORNERS_ALL, ui.theme.field);
    draw_round_border(canvas, card->area, radius, CORNERS_ALL, ui_px(1), ui.theme.border);
}

static const struct widget_class card_class = {
    .name = "card", .size = sizeof(struct widget), .measure = measure_column, .arrange = arrange_column,
    .paint = paint_card};

struct widget *ui_card(struct widget *parent)
{
    struct widget *card = widget_new(parent, &card_class);

    if (card)
        card->pad_x = card->pad_y = MARGIN;
    return card;
}

static const struct widget_class spacer_class = {
    .name = "spacer", .size = sizeof(struct widget), .flags = CLASS_GROWS};

struct widget *ui_spacer(struct widget *parent)
{
    return widget_new(parent, &spacer_class);
}

static void measure_separator(struct widget *separator, int *width, int *height)
{
    (void)separator;
    *width = *height = ui_px(1);
}

static void paint_separator(struct widget *separator, const struct canvas *canvas)
{
    draw_fill(canvas, separator->area, ui.theme.border);
}

static const struct widget_class separator_class = {
    .name = "separator", .size = sizeof(struct widget), .measure = measure_separator,
    .paint = paint_separator};

struct widget *ui_separator(struct widget *parent)
{
    return widget_new(parent, &separator_class);
}

/* ---- grids ----------------------------------------------------------------------------------- */

/* The columns a child gets, beginning with *column; goes to the next line when it does not fit. */
static unsigned child_span(const struct grid *grid, const struct widget *child, unsigned *column,
                           bool *wrapped)
{
    const unsigned span = child->span > grid->columns ? grid->columns : child->span;

    *wrapped = *column + span > grid->columns;
    if (*wrapped)
        *column = 0;
    return span;
}

static void grid_columns(struct grid *grid)
{
    unsigned column = 0;
    bool wrapped;

    memset(grid->need, 0, sizeof(grid->need));
    for (struct widget *child = grid->widget.first; child; child = child->next) {
        if (child->hidden)
            continue;
        unsigned span = child_span(grid, child, &column, &wrapped);

        widget_measure(child);
        if (span == 1 && child->need_width > grid->need[column])
            grid->need[column] = child->need_width;
        column = (column + span) % grid->columns;
    }
}

/* The line's height that begins with `child`; *next is the first one of the next line. */
static int grid_line(const struct grid *grid, struct widget *child, struct widget **next)
{
    unsigned column = 0;
    int height = 0;
    bool wrapped;

    for (; child; child = child->next) {
        if (child->hidden)
            continue;
        unsigned span = child_span(grid, child, &column, &wrapped);

        if (wrapped)
            break;
        if (child->need_height > height)
            height = child->need_height;
        column += span;
    }
    *next = child;
    return height;
}

static void measure_grid(struct widget *widget, int *width, int *height)
{
    struct grid *grid = (struct grid *)widget;
    struct widget *line = widget->first;
    int lines = 0;

    grid_columns(grid);
    for (unsigned i = 0; i < grid->columns; i++)
        *width += grid->need[i];
    *width += (int)(grid->columns - 1) * ui_px(widget->gap) + 2 * ui_px(widget->pad_x);
    while (line) {
        *height += grid_line(grid, line, &line);
        lines++;
    }
    *height += (lines > 1 ? lines - 1 : 0) * ui_px(widget->gap) + 2 * ui_px(widget->pad_y);
}

/* The columns' beginnings and ends within the grid's width. */
static void grid_share(const struct grid *grid, int starts[GRID_COLUMNS], int widths[GRID_COLUMNS])
{
    const struct widget *widget = &grid->widget;
    int left = widget->area.w - widget->need_width, weights = 0;
    int at = widget->area.x + ui_px(widget->pad_x);

    for (unsigned i = 0; i < grid->columns; i++)
        weights += grid->grow[i];
    for (unsigned i = 0; i < grid->columns; i++) {
        int share = left > 0 && weights > 0 ? (int)((int64_t)left * grid->grow[i] / weights) : 0;

        left -= share;
        weights -= grid->grow[i];
        starts[i] = at;
        widths[i] = grid->need[i] + share;
        at += widths[i] + ui_px(widget->gap);
    }
}

static void arrange_line(struct grid *grid, struct widget *child, const struct widget *end, int y, int height)
{
    int starts[GRID_COLUMNS], widths[GRID_COLUMNS];
    unsigned column = 0;
    bool wrapped;

    grid_share(grid, starts, widths);
    for (; child != end; child = child->next) {
        if (child->hidden)
            continue;
        unsigned span = child_span(grid, child, &column, &wrapped);
        const unsigned to = column + span - 1;
        struct rect at;

        align_in(child->align, starts[column], starts[to] + widths[to] - starts[column], child->need_width,
                 &at.x, &at.w);
        align_in(child->align, y, height, child->need_height, &at.y, &at.h);
        widget_place(child, at);
        column += span;
    }
}

static void arrange_grid(struct widget *widget)
{
    struct grid *grid = (struct grid *)widget;
    struct widget *line = widget->first, *next;
    int y = widget->area.y + ui_px(widget->pad_y);

    while (line) {
        int height = grid_line(grid, line, &next);

        arrange_line(grid, line, next, y, height);
        y += height + ui_px(widget->gap);
        line = next;
    }
}

static const struct widget_class grid_class = {
    .name = "grid", .size = sizeof(struct grid), .measure = measure_grid, .arrange = arrange_grid};

struct widget *ui_grid(struct widget *parent, unsigned columns)
{
    struct grid *grid = widget_new(parent, &grid_class);

    if (!grid)
        return NULL;
    grid->columns = columns == 0 ? 1 : columns > GRID_COLUMNS ? GRID_COLUMNS : columns;
    return &grid->widget;
}

void ui_grid_set_grow(struct widget *widget, unsigned column, int weight)
{
    struct grid *grid = (struct grid *)widget;

    if (!widget || widget->class != &grid_class || column >= grid->columns)
        return;
    grid->grow[column] = weight < 0 ? 0 : weight > 1000 ? 1000 : weight;
    widget_changed(widget);
}
