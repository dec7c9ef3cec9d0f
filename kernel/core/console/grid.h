/*
 * The grid: what the terminal shows, as cells in memory. Its rows are a ring, so that scrolling
 * the whole of it copies nothing. It remembers which rows changed since somebody last asked. A
 * second set of cells is there for programs that take the whole screen and give it back
 * (grid_swap). No locking.
 */
#pragma once

#include <stdbool.h>

#include "drivers/ddi.h"

struct grid {
    struct text_cell *cells; /* columns × rows, row 0 of the screen at ring index top */
    unsigned columns, rows;  /* both ≥ 1 */
    unsigned top;
    struct text_cell *other; /* the second set; or NULL */
    unsigned other_top;
    unsigned column, row; /* cursor */
    bool wrap_pending;    /* the last column was written: the next character goes to a new line */
    bool stays;           /* … or over that one: no wrapping */
    unsigned scroll_first, scroll_end; /* rows [first, end) scroll, first < end ≤ rows */
    unsigned dirty_first, dirty_end; /* rows [first, end) changed */
};

/* `cells` holds columns × rows, so does `other`; they are filled with `blank`. */
void grid_init(struct grid *grid, struct text_cell *cells, struct text_cell *other,
               unsigned columns, unsigned rows, struct text_cell blank);
struct text_cell *grid_row(const struct grid *grid, unsigned row); /* row < rows */

/* Write at the cursor, wrapping and scrolling as needed; `blank` fills new lines. */
void grid_put(struct grid *grid, struct text_cell cell, struct text_cell blank);
/* One row down or up, scrolling at the scrolling rows' end; the column stays. */
void grid_line_feed(struct grid *grid, struct text_cell blank);
void grid_reverse_feed(struct grid *grid, struct text_cell blank);
/* Rows [first, end) move up or down by `count`; `blank` fills the others. end ≤ rows. */
void grid_scroll_up(struct grid *grid, unsigned first, unsigned end, unsigned count,
                    struct text_cell blank);
void grid_scroll_down(struct grid *grid, unsigned first, unsigned end, unsigned count,
                      struct text_cell blank);
/* Cells of the cursor's row, from it on, move right or left by `count`. */
void grid_insert(struct grid *grid, unsigned count, struct text_cell blank);
void grid_delete(struct grid *grid, unsigned count, struct text_cell blank);
void grid_swap(struct grid *grid); /* show the other cells */
/* Positions beyond the edges end at the edges. */
void grid_move(struct grid *grid, unsigned column, unsigned row);
/* Cells [first, end) of the screen, counted from its top left in reading order. */
void grid_erase(struct grid *grid, unsigned first, unsigned end, struct text_cell blank);
void grid_touch(struct grid *grid, unsigned row); /* count it as changed; row < rows */
void grid_clean(struct grid *grid);               /* nothing has changed */
