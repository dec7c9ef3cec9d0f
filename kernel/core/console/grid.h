/*
 * The grid: what the terminal shows, as cells in memory. Its rows are a ring, so that scrolling
 * copies nothing. It remembers which rows changed since somebody last asked. No locking.
 */
#pragma once

#include <stdbool.h>

#include "drivers/ddi.h"

struct grid {
    struct text_cell *cells; /* columns × rows, row 0 of the screen at ring index top */
    unsigned columns, rows;  /* both ≥ 1 */
    unsigned top;
    unsigned column, row; /* cursor */
    bool wrap_pending;    /* the last column was written: the next character goes to a new line */
    unsigned dirty_first, dirty_end; /* rows [first, end) changed */
};

/* `cells` holds columns × rows; they are filled with `blank`. */
void grid_init(struct grid *grid, struct text_cell *cells, unsigned columns, unsigned rows,
               struct text_cell blank);
struct text_cell *grid_row(const struct grid *grid, unsigned row); /* row < rows */

/* Write at the cursor, wrapping and scrolling as needed; `blank` fills new lines. */
void grid_put(struct grid *grid, struct text_cell cell, struct text_cell blank);
void grid_line_feed(struct grid *grid, struct text_cell blank); /* keeps the column */
/* Positions beyond the edges end at the edges. */
void grid_move(struct grid *grid, unsigned column, unsigned row);
/* Cells [first, end) of the screen, counted from its top left in reading order. */
void grid_erase(struct grid *grid, unsigned first, unsigned end, struct text_cell blank);
void grid_touch(struct grid *grid, unsigned row); /* count it as changed; row < rows */
void grid_clean(struct grid *grid);               /* nothing has changed */
