/*
 * A terminal's two screens, its cursor and the lines that went by: what the sequences of parser.c change.
 * Rows and columns count from 0. Every function cuts what it is given to what there is.
 */
#pragma once

#include "user/apps/terminal/line.h"
#include "user/apps/terminal/vt.h"

struct row {
    struct cell *cells;
    bool wraps, dirty;
};

struct saved { /* DECSC */
    int column, row;
    struct cell pen;
    bool origin;
    uint8_t charset[2], shift;
};

struct screen {
    struct row *rows; /* an array in the order they are seen */
    struct saved saved;
};

struct history {
    struct line **lines; /* a ring of VT_SCROLLBACK, made when the first line goes by */
    unsigned first, count;
};

struct grid {
    int columns, rows;
    struct screen screens[2]; /* main, alternate */
    bool alternate;           /* which is shown */
    struct history history;
    int column, row;    /* the cursor */
    bool full;          /* it stands behind the last column: the next character goes to the next row */
    int top, bottom;    /* the rows that scroll, the last one included */
    struct cell pen;    /* how characters are written */
    bool wrap, insert, origin;
    uint8_t *tabs;      /* one for each column */
    int scrolled;       /* lines that went up since it was asked */
};

int grid_init(struct grid *grid, int columns, int rows); /* -ENOMEM */
void grid_free(struct grid *grid);
void grid_reset(struct grid *grid);
int grid_resize(struct grid *grid, int columns, int rows); /* -ENOMEM: nothing changed */

static inline struct row *grid_row(struct grid *grid, int row)
{
    return &grid->screens[grid->alternate].rows[row];
}

void grid_put(struct grid *grid, uint32_t character); /* at the cursor, which moves on */
void grid_move(struct grid *grid, int column, int row);        /* row: from the top of the screen */
void grid_move_origin(struct grid *grid, int column,
                      int row);    /* row: from the top of what scrolls, in that mode */
void grid_down(struct grid *grid); /* IND: scrolls at the bottom */
void grid_up(struct grid *grid);   /* RI */
void grid_scroll(struct grid *grid, int top,
                 int by); /* rows from `top` to the bottom margin; up when by > 0 */
void grid_erase(struct grid *grid, int row, int from, int to); /* cells from … to, the last one included */
void grid_insert_cells(struct grid *grid, int count); /* at the cursor; count < 0: delete */
void grid_erase_rows(struct grid *grid, int from, int to);
void grid_tab(struct grid *grid, int count); /* < 0: back */
void grid_tabs_default(struct grid *grid);
void grid_margins(struct grid *grid, int top, int bottom);
void grid_show(struct grid *grid, bool alternate);
void grid_dirty_all(struct grid *grid);
const struct line *grid_history(const struct grid *grid, unsigned back); /* 0: the last one */
void grid_clear_history(struct grid *grid);
