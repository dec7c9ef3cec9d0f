/* The grid of the console's cells: a ring of rows. See grid.h. */
#include "kernel/core/console/grid.h"

static void fill_row(struct text_cell *cells, unsigned count, struct text_cell blank)
{
    for (unsigned i = 0; i < count; i++)
        cells[i] = blank;
}

void grid_init(struct grid *grid, struct text_cell *cells, unsigned columns, unsigned rows,
               struct text_cell blank)
{
    *grid = (struct grid){.cells = cells, .columns = columns, .rows = rows};
    fill_row(cells, columns * rows, blank);
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

static void scroll(struct grid *grid, struct text_cell blank)
{
    fill_row(grid_row(grid, 0), grid->columns, blank);
    grid->top = grid->top + 1 < grid->rows ? grid->top + 1 : 0;
    grid->dirty_first = 0;
    grid->dirty_end = grid->rows;
}

void grid_line_feed(struct grid *grid, struct text_cell blank)
{
    grid->wrap_pending = false;
    if (grid->row + 1 < grid->rows)
        grid->row++;
    else
        scroll(grid, blank);
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
        grid->wrap_pending = true;
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
