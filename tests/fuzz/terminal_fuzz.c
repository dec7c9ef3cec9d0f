/* Fuzz the screen's language. The input: columns, rows, then bytes. What must hold: cursor and
   scrolling rows stay on the grid, answers stay within their room, and after a reset it is a
   terminal. */
/* links: kernel/core/console/vt.c kernel/core/console/vt_sequences.c kernel/core/console/grid.c */
/* links: lib/utf8.c */
/* options: -max_len=2048 */
#include "kernel/core/console/vt.h"
#include "tests/fuzz/fuzz.h"

static const struct text_cell blank = {' ', VT_FOREGROUND, VT_BACKGROUND};

static void look(const struct vt *vt)
{
    const struct grid *grid = vt->grid;

    must(grid->column < grid->columns && grid->row < grid->rows && grid->top < grid->rows);
    must(grid->scroll_first < grid->scroll_end && grid->scroll_end <= grid->rows);
    must(grid->dirty_end <= grid->rows && vt->reply_size <= VT_REPLY_MAX);
    must(vt->parameter_count <= VT_PARAMETERS_MAX && vt->length <= VT_SEQUENCE_MAX + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct grid grid;
    struct vt vt;

    if (size < 2)
        return 0;
    unsigned columns = 1 + bytes[0] % 100, rows = 1 + bytes[1] % 50;
    struct text_cell *cells = malloc(columns * rows * sizeof(*cells));
    struct text_cell *other = malloc(columns * rows * sizeof(*cells));
    char *text = exact_copy(bytes + 2, size - 2);

    grid_init(&grid, cells, other, columns, rows, blank);
    vt_init(&vt, &grid);
    for (size_t at = 0; at < size - 2; at += 7) {
        vt_write(&vt, text + at, size - 2 - at < 7 ? size - 2 - at : 7);
        look(&vt);
    }
    vt_write(&vt, "\030\033cX", 4);
    look(&vt);
    must(grid_row(&grid, 0)[0].character == 'X' && grid.row == 0);
    free(cells == grid.cells ? other : cells);
    free(grid.cells);
    free(text);
    return 0;
}
