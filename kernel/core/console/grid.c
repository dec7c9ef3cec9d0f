/* The grid of the console's cells: a ring of rows. See grid.h. */
#include "kernel/core/console/grid.h"

#include "lib/span.h"
#include "lib/string.h"

static void fill_row(struct text_cell *cells, unsigned count, struct text_cell blank)
{
    for (unsigned i = 0; i < count; i++)
        cells[i] = blank;
}

void grid_init(struct grid *grid, struct text_cell *cells, struct text_cell *other,
               unsigned columns, unsigned rows, struct text_cell blank)
{
    *grid = (struct grid){.cells = cells, .other = other, .columns = columns, .rows = rows,
                          .scroll_end = rows};
    fill_row(cells, columns * rows, blank);
    if (other)
        fill_row(other, columns * rows, blank);
    grid_clean(grid);
}

struct text_cell *grid_row(const struct grid *grid, unsigned row)
{
    unsigned index = grid->top + row;

    if (index >= grid->rows)
        index -= grid->rows;
    return grid->cells + index * grid->columns;
}

void grid_touch(struct grid *grid, unsigned row)
{
    if (row < grid->dirty_first)
        grid->dirty_first = row;
    if (row >= grid->dirty_end)
        grid->dirty_end = row + 1;
}

void grid_clean(struct grid *grid)
{
    grid->dirty_first = grid->rows;
    grid->dirty_end = 0;
}

static void touch_rows(struct grid *grid, unsigned first, unsigned end)
{
    if (first < end) {
        grid_touch(grid, first);
        grid_touch(grid, end - 1);
    }
}

static void fill_rows(struct grid *grid, unsigned first, unsigned end, struct text_cell blank)
{
    for (unsigned row = first; row < end; row++)
        fill_row(grid_row(grid, row), grid->columns, blank);
}

static void copy_row(struct grid *grid, unsigned to, unsigned from)
{
    memcpy(grid_row(grid, to), grid_row(grid, from), grid->columns * sizeof(struct text_cell));
}

void grid_scroll_up(struct grid *grid, unsigned first, unsigned end, unsigned count,
                    struct text_cell blank)
{
    if (count > end - first)
        count = end - first;
    if (first == 0 && end == grid->rows) {
        grid->top = (grid->top + count) % grid->rows;
    } else {
        for (unsigned row = first; row + count < end; row++)
            copy_row(grid, row, row + count);
    }
    fill_rows(grid, end - count, end, blank);
    touch_rows(grid, first, end);
}

void grid_scroll_down(struct grid *grid, unsigned first, unsigned end, unsigned count,
                      struct text_cell blank)
{
    if (count > end - first)
        count = end - first;
    for (unsigned row = end; row > first + count; row--)
        copy_row(grid, row - 1, row - 1 - count);
    fill_rows(grid, first, first + count, blank);
    touch_rows(grid, first, end);
}

void grid_line_feed(struct grid *grid, struct text_cell blank)
{
    grid->wrap_pending = false;
    if (grid->row + 1 == grid->scroll_end)
        grid_scroll_up(grid, grid->scroll_first, grid->scroll_end, 1, blank);
    else if (grid->row + 1 < grid->rows)
        grid->row++;
}

void grid_reverse_feed(struct grid *grid, struct text_cell blank)
{
    grid->wrap_pending = false;
    if (grid->row == grid->scroll_first)
        grid_scroll_down(grid, grid->scroll_first, grid->scroll_end, 1, blank);
    else if (grid->row > 0)
        grid->row--;
}

/* ---- cells ----------------------------------------------------------------------------------- */

static unsigned at_most(unsigned count, unsigned most)
{
    return count < most ? count : most;
}

/* The cursor's row from it on, as bytes. */
static struct room rest_of_row(const struct grid *grid)
{
    struct room row = room_of((char *)grid_row(grid, grid->row),
                              grid->columns * sizeof(struct text_cell));

    return room_from(row, grid->column * sizeof(struct text_cell));
}

static void fill_cells(struct room cells, struct text_cell blank)
{
    fill_row((struct text_cell *)cells.chars, (unsigned)(cells.size / sizeof(blank)), blank);
}

void grid_insert(struct grid *grid, unsigned count, struct text_cell blank)
{
    struct room rest = rest_of_row(grid);
    size_t bytes = at_most(count, grid->columns - grid->column) * sizeof(blank);

    memmove(room_from(rest, bytes).chars, rest.chars, rest.size - bytes);
    fill_cells(room_of(rest.chars, bytes), blank);
    grid->wrap_pending = false;
    grid_touch(grid, grid->row);
}

void grid_delete(struct grid *grid, unsigned count, struct text_cell blank)
{
    struct room rest = rest_of_row(grid);
    size_t bytes = at_most(count, grid->columns - grid->column) * sizeof(blank);

    memmove(rest.chars, room_from(rest, bytes).chars, rest.size - bytes);
    fill_cells(room_from(rest, rest.size - bytes), blank);
    grid->wrap_pending = false;
    grid_touch(grid, grid->row);
}

void grid_swap(struct grid *grid)
{
    struct text_cell *cells = grid->cells;
    unsigned top = grid->top;

    if (!grid->other)
        return;
    grid->cells = grid->other;
    grid->top = grid->other_top;
    grid->other = cells;
    grid->other_top = top;
    touch_rows(grid, 0, grid->rows);
}

void grid_put(struct grid *grid, struct text_cell cell, struct text_cell blank)
{
    if (grid->wrap_pending) {
        grid->column = 0;
        grid_line_feed(grid, blank);
    }
    grid_row(grid, grid->row)[grid->column] = cell;
    grid_touch(grid, grid->row);
    if (grid->column + 1 < grid->columns)
        grid->column++;
    else
        grid->wrap_pending = !grid->stays;
}

void grid_move(struct grid *grid, unsigned column, unsigned row)
{
    grid->column = column < grid->columns ? column : grid->columns - 1;
    grid->row = row < grid->rows ? row : grid->rows - 1;
    grid->wrap_pending = false;
}

void grid_erase(struct grid *grid, unsigned first, unsigned end, struct text_cell blank)
{
    while (first < end) {
        unsigned row = first / grid->columns, column = first % grid->columns;
        unsigned count = grid->columns - column;
        if (count > end - first)
            count = end - first;
        fill_row(grid_row(grid, row) + column, count, blank);
        grid_touch(grid, row);
        first += count;
    }
}
