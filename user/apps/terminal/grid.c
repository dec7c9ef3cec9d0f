/* A terminal's screens. The rows of a screen are an array of pointers to cells, so that scrolling moves
   pointers; a row that leaves the main screen at its top is packed (line.c) into the history. */
#include "user/apps/terminal/grid.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

static struct cell blank(const struct grid *grid)
{
    return (struct cell){' ', 0, VT_DEFAULT, grid->pen.background}; /* erasing paints (bce) */
}

/* ---- memory ------------------------------------------------------------------------------------------ */

static void free_rows(struct row *rows, int count)
{
    for (int i = 0; rows && i < count; i++)
        free(rows[i].cells);
    free(rows);
}

static struct row *new_rows(int columns, int count)
{
    struct row *rows = calloc((size_t)count, sizeof(*rows));

    for (int i = 0; rows && i < count; i++) {
        rows[i].cells = malloc((size_t)columns * sizeof(struct cell));
        if (!rows[i].cells) {
            free_rows(rows, count);
            return NULL;
        }
        for (int k = 0; k < columns; k++)
            rows[i].cells[k] = (struct cell){' ', 0, VT_DEFAULT, VT_DEFAULT};
        rows[i].dirty = true;
    }
    return rows;
}

int grid_init(struct grid *grid, int columns, int rows)
{
    *grid = (struct grid){.columns = clamp(columns, 1, VT_COLUMNS_MAX), .rows = clamp(rows, 1, VT_ROWS_MAX)};
    for (int i = 0; i < 2; i++)
        grid->screens[i].rows = new_rows(grid->columns, grid->rows);
    grid->tabs = calloc(VT_COLUMNS_MAX, 1);
    if (!grid->screens[0].rows || !grid->screens[1].rows || !grid->tabs) {
        grid_free(grid);
        return -ENOMEM;
    }
    grid_reset(grid);
    return 0;
}

void grid_free(struct grid *grid)
{
    for (int i = 0; i < 2; i++)
        free_rows(grid->screens[i].rows, grid->rows);
    grid_clear_history(grid);
    free(grid->history.lines);
    free(grid->tabs);
}

void grid_reset(struct grid *grid)
{
    grid->pen = (struct cell){' ', 0, VT_DEFAULT, VT_DEFAULT};
    grid->wrap = true;
    grid->insert = grid->origin = grid->full = false;
    grid->column = grid->row = 0;
    grid->top = 0;
    grid->bottom = grid->rows - 1;
    for (int i = 1; i >= 0; i--) {
        grid->alternate = i;
        grid->screens[i].saved = (struct saved){.pen = grid->pen};
        grid_erase_rows(grid, 0, grid->rows - 1);
    }
    grid_tabs_default(grid);
    grid_dirty_all(grid);
}

void grid_dirty_all(struct grid *grid)
{
    for (int i = 0; i < grid->rows; i++)
        grid_row(grid, i)->dirty = true;
}

/* ---- history ----------------------------------------------------------------------------------------- */

static void history_add(struct history *history, const struct row *row, int columns)
{
    if (!history->lines)
        history->lines = calloc(VT_SCROLLBACK, sizeof(*history->lines));
    struct line *line = history->lines ? line_pack(row->cells, columns, row->wraps) : NULL;

    if (!line)
        return;
    unsigned at = (history->first + history->count) % VT_SCROLLBACK;

    if (history->count == VT_SCROLLBACK) {
        free(history->lines[at]);
        history->first = (history->first + 1) % VT_SCROLLBACK;
    } else {
        history->count++;
    }
    history->lines[at] = line;
}

const struct line *grid_history(const struct grid *grid, unsigned back)
{
    const struct history *history = &grid->history;

    return history->lines[(history->first + history->count - 1 - back) % VT_SCROLLBACK];
}

/* The last one, the caller's now; NULL: there is none. */
static struct line *history_take(struct history *history)
{
    if (history->count == 0)
        return NULL;
    history->count--;
    return history->lines[(history->first + history->count) % VT_SCROLLBACK];
}

void grid_clear_history(struct grid *grid)
{
    for (struct line *line; (line = history_take(&grid->history));)
        free(line);
}

/* ---- erasing and scrolling --------------------------------------------------------------------------- */

/* Half of a wide character must not stay alone. */
static void mend_wide(struct row *row, int columns, int at)
{
    if (at > 0 && at < columns && row->cells[at].attributes & CELL_TAIL) {
        row->cells[at - 1].attributes &= ~CELL_WIDE;
        row->cells[at - 1].character = ' ';
        row->cells[at].attributes &= ~CELL_TAIL;
        row->cells[at].character = ' ';
    }
}

void grid_erase(struct grid *grid, int row, int from, int to)
{
    struct row *line = grid_row(grid, clamp(row, 0, grid->rows - 1));
    struct cell empty = blank(grid);

    from = clamp(from, 0, grid->columns);
    to = clamp(to, -1, grid->columns - 1);
    mend_wide(line, grid->columns, from);
    mend_wide(line, grid->columns, to + 1);
    for (int i = from; i <= to; i++)
        line->cells[i] = empty;
    if (to == grid->columns - 1)
        line->wraps = false;
    line->dirty = true;
}

void grid_erase_rows(struct grid *grid, int from, int to)
{
    for (int i = from < 0 ? 0 : from; i <= to && i < grid->rows; i++)
        grid_erase(grid, i, 0, grid->columns - 1);
}

static void rotate_up(struct row *rows, int top, int bottom)
{
    struct row first = rows[top];

    memmove(&rows[top], &rows[top + 1], (size_t)(bottom - top) * sizeof(*rows));
    rows[bottom] = first;
}

static void rotate_down(struct row *rows, int top, int bottom)
{
    struct row last = rows[bottom];

    memmove(&rows[top + 1], &rows[top], (size_t)(bottom - top) * sizeof(*rows));
    rows[top] = last;
}

static void scroll_one_up(struct grid *grid, int top)
{
    struct row *rows = grid->screens[grid->alternate].rows;

    if (top == 0 && !grid->alternate)
        history_add(&grid->history, &rows[0], grid->columns);
    rotate_up(rows, top, grid->bottom);
    grid_erase(grid, grid->bottom, 0, grid->columns - 1);
    if (top == 0 && grid->bottom == grid->rows - 1)
        grid->scrolled++;
}

void grid_scroll(struct grid *grid, int top, int by)
{
    int most = grid->bottom - top + 1;

    by = clamp(by, -most, most);
    for (int i = 0; i < by; i++)
        scroll_one_up(grid, top);
    for (int i = 0; i < -by; i++) {
        rotate_down(grid->screens[grid->alternate].rows, top, grid->bottom);
        grid_erase(grid, top, 0, grid->columns - 1);
    }
    if (by > 0 && top == 0 && grid->bottom == grid->rows - 1)
        return; /* `scrolled` tells it, and the rows took their marks along */
    for (int i = top; by != 0 && i <= grid->bottom; i++)
        grid_row(grid, i)->dirty = true;
}

/* ---- the cursor -------------------------------------------------------------------------------------- */

void grid_move(struct grid *grid, int column, int row)
{
    grid->column = clamp(column, 0, grid->columns - 1);
    grid->row = clamp(row, 0, grid->rows - 1);
    grid->full = false;
}

void grid_move_origin(struct grid *grid, int column, int row)
{
    row = clamp(row, 0, VT_ROWS_MAX);
    grid_move(grid, column, grid->origin ? clamp(row + grid->top, grid->top, grid->bottom) : row);
}

void grid_down(struct grid *grid)
{
    if (grid->row == grid->bottom)
        grid_scroll(grid, grid->top, 1);
    else
        grid_move(grid, grid->column, grid->row + 1);
}

void grid_up(struct grid *grid)
{
    if (grid->row == grid->top)
        grid_scroll(grid, grid->top, -1);
    else
        grid_move(grid, grid->column, grid->row - 1);
}

void grid_margins(struct grid *grid, int top, int bottom)
{
    top = clamp(top, 0, grid->rows - 1);
    bottom = clamp(bottom, 0, grid->rows - 1);
    if (top >= bottom)
        return;
    grid->top = top;
    grid->bottom = bottom;
    grid_move_origin(grid, 0, 0);
}

void grid_tabs_default(struct grid *grid)
{
    for (int i = 0; i < VT_COLUMNS_MAX; i++)
        grid->tabs[i] = i % 8 == 0;
}

void grid_tab(struct grid *grid, int count)
{
    int step = count < 0 ? -1 : 1, column = grid->column;

    for (int left = count * step; left > 0; left--)
        do
            column += step;
        while (column > 0 && column < grid->columns - 1 && !grid->tabs[column]);
    grid_move(grid, column, grid->row);
}

/* ---- writing ----------------------------------------------------------------------------------------- */

static void next_line(struct grid *grid)
{
    grid_row(grid, grid->row)->wraps = true;
    grid->column = 0;
    grid->full = false;
    grid_down(grid);
}

void grid_insert_cells(struct grid *grid, int count)
{
    struct row *row = grid_row(grid, grid->row);
    int room = grid->columns - grid->column, by = clamp(count < 0 ? -count : count, 0, room);
    struct cell *at = &row->cells[grid->column];

    mend_wide(row, grid->columns, grid->column);
    if (count < 0) {
        mend_wide(row, grid->columns, grid->column + by);
        memmove(at, at + by, (size_t)(room - by) * sizeof(*at));
        grid_erase(grid, grid->row, grid->columns - by, grid->columns - 1);
    } else {
        mend_wide(row, grid->columns, grid->columns - by);
        memmove(at + by, at, (size_t)(room - by) * sizeof(*at));
        grid_erase(grid, grid->row, grid->column, grid->column + by - 1);
    }
    row->dirty = true;
}

static void store(struct grid *grid, uint32_t character, int width)
{
    struct row *row = grid_row(grid, grid->row);
    struct cell cell = grid->pen;

    mend_wide(row, grid->columns, grid->column);
    mend_wide(row, grid->columns, grid->column + width);
    cell.character = character;
    cell.attributes |= width == 2 ? CELL_WIDE : 0;
    row->cells[grid->column] = cell;
    if (width == 2) {
        cell.character = ' ';
        cell.attributes = (cell.attributes & ~CELL_WIDE) | CELL_TAIL;
        row->cells[grid->column + 1] = cell;
    }
    row->dirty = true;
}

void grid_put(struct grid *grid, uint32_t character)
{
    int width = character_width(character);

    if (width == 0 || width > grid->columns)
        return; /* what combines is not shown */
    if (grid->full && grid->wrap)
        next_line(grid);
    if (grid->column + width > grid->columns) { /* a wide one at the edge */
        if (!grid->wrap)
            return;
        next_line(grid);
    }
    if (grid->insert)
        grid_insert_cells(grid, width);
    store(grid, character, width);
    if (grid->column + width < grid->columns)
        grid->column += width;
    else
        grid->full = true;
}

/* ---- the alternate screen ------------------------------------------------------------------------------ */

void grid_show(struct grid *grid, bool alternate)
{
    if (grid->alternate == alternate)
        return;
    grid->alternate = alternate;
    grid->full = false;
    grid_dirty_all(grid);
}

/* ---- another size --------------------------------------------------------------------------------- */
/* The main screen's lines are broken anew: its rows, joined where they go on, are written into rows of the
   new width; those for which there is no room go by. */
struct flow {
    struct grid *grid; /* for the history */
    struct row *rows;  /* new ones */
    int columns, count;
    int row, column; /* where the next cell goes */
    int cursor_row, cursor_column;
};

static void flow_break(struct flow *flow, bool wraps)
{
    flow->rows[flow->row].wraps = wraps;
    flow->column = 0;
    if (flow->row + 1 < flow->count) {
        flow->row++;
        return;
    }
    history_add(&flow->grid->history, &flow->rows[0], flow->columns);
    rotate_up(flow->rows, 0, flow->count - 1);
    struct row *last = &flow->rows[flow->count - 1];

    for (int i = 0; i < flow->columns; i++)
        last->cells[i] = (struct cell){' ', 0, VT_DEFAULT, VT_DEFAULT};
    last->wraps = false;
    flow->cursor_row--;
}

static void flow_cell(struct flow *flow, struct cell cell)
{
    if (cell.attributes & CELL_TAIL)
        return;
    int width = cell.attributes & CELL_WIDE ? 2 : 1;

    if (width > flow->columns)
        return;
    if (flow->column + width > flow->columns)
        flow_break(flow, true);
    flow->rows[flow->row].cells[flow->column++] = cell;
    if (width == 2) {
        cell.attributes = (cell.attributes & ~CELL_WIDE) | CELL_TAIL;
        cell.character = ' ';
        flow->rows[flow->row].cells[flow->column++] = cell;
    }
}

static int used_columns(const struct row *row, int columns)
{
    while (columns > 0 && row->cells[columns - 1].character == ' ' && row->cells[columns - 1].attributes == 0
           && row->cells[columns - 1].background == VT_DEFAULT)
        columns--;
    return columns;
}

static void flow_row(struct flow *flow, const struct row *row, int number, bool is_last)
{
    struct grid *grid = flow->grid;
    bool has_cursor = number == grid->row && !grid->alternate;
    int used = row->wraps ? grid->columns : used_columns(row, grid->columns);

    for (int i = 0; i < used || (has_cursor && i <= grid->column); i++) {
        if (has_cursor && i == grid->column) {
            if (flow->column >= flow->columns)
                flow_break(flow, true);
            flow->cursor_row = flow->row;
            flow->cursor_column = flow->column;
        }
        if (i < used || (has_cursor && i < grid->column))
            flow_cell(flow, row->cells[i]);
    }
    if (!row->wraps && !is_last)
        flow_break(flow, false);
}

/* The rows below the cursor that hold nothing need not be kept. */
static int last_used_row(const struct grid *grid)
{
    int last = grid->rows - 1;

    while (last > 0 && (grid->alternate || last > grid->row)
           && used_columns(&grid->screens[0].rows[last], grid->columns) == 0)
        last--;
    return last;
}

static void flow_main(struct grid *grid, struct row *to, int columns, int rows)
{
    struct flow flow = {.grid = grid, .rows = to, .columns = columns, .count = rows};
    int last = last_used_row(grid);

    for (int i = 0; i <= last; i++)
        flow_row(&flow, &grid->screens[0].rows[i], i, i == last);
    if (!grid->alternate) {
        grid->row = clamp(flow.cursor_row, 0, rows - 1);
        grid->column = clamp(flow.cursor_column, 0, columns - 1);
    }
}

/* The alternate screen's program draws it anew: it is cut. */
static void cut_alternate(const struct grid *grid, struct row *to, int columns, int rows)
{
    int width = columns < grid->columns ? columns : grid->columns;

    for (int i = 0; i < rows && i < grid->rows; i++) {
        memcpy(to[i].cells, grid->screens[1].rows[i].cells, (size_t)width * sizeof(struct cell));
        if (to[i].cells[width - 1].attributes & CELL_WIDE)
            to[i].cells[width - 1] = (struct cell){' ', 0, VT_DEFAULT, VT_DEFAULT};
    }
}

int grid_resize(struct grid *grid, int columns, int rows)
{
    columns = clamp(columns, 1, VT_COLUMNS_MAX);
    rows = clamp(rows, 1, VT_ROWS_MAX);
    if (columns == grid->columns && rows == grid->rows)
        return 0;
    struct row *main_rows = new_rows(columns, rows), *other_rows = new_rows(columns, rows);

    if (!main_rows || !other_rows) {
        free_rows(main_rows, rows);
        free_rows(other_rows, rows);
        return -ENOMEM;
    }
    flow_main(grid, main_rows, columns, rows);
    cut_alternate(grid, other_rows, columns, rows);
    free_rows(grid->screens[0].rows, grid->rows);
    free_rows(grid->screens[1].rows, grid->rows);
    grid->screens[0].rows = main_rows;
    grid->screens[1].rows = other_rows;
    grid->columns = columns;
    grid->rows = rows;
    grid->top = 0;
    grid->bottom = rows - 1;
    grid_move(grid, grid->column, grid->row);
    for (int i = 0; i < 2; i++) {
        grid->screens[i].saved.row = clamp(grid->screens[i].saved.row, 0, rows - 1);
        grid->screens[i].saved.column = clamp(grid->screens[i].saved.column, 0, columns - 1);
    }
    grid_dirty_all(grid);
    return 0;
}
