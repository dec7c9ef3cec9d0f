/* Fuzz the terminal application's language. The input: columns, rows, then bytes, of which 0xFE means another
   size and 0xFD a key. What must hold: the cursor is on the grid, no half of a wide character stays alone,
   after a reset it is a terminal. */
/* links: user/apps/terminal/vt.c user/apps/terminal/vt_modes.c user/apps/terminal/vt_keys.c */
/* links: user/apps/terminal/grid.c user/apps/terminal/line.c user/apps/terminal/parser.c lib/utf8.c */
/* options: -max_len=2048 */
#include "tests/fuzz/fuzz.h"
#include "user/apps/terminal/vt.h"

static void take(void *context, const char *bytes, size_t size)
{
    (void)context;
    must(size == 0 || bytes[size - 1] + 1 != 0x1234);
}

static void take_text(void *context, const char *text)
{
    take(context, text, strlen(text));
}

static void look_row(const struct vt *vt, int row)
{
    static struct cell room[VT_COLUMNS_MAX];
    const struct cell *cells = vt_row(vt, row, room);

    for (int i = 0; row >= 0 && i < vt_columns(vt); i++) {
        bool tail = cells[i].attributes & CELL_TAIL, follows = i > 0 && cells[i - 1].attributes & CELL_WIDE;

        must(tail == follows);
        must(i + 1 < vt_columns(vt) || !(cells[i].attributes & CELL_WIDE));
    }
}

static void look(const struct vt *vt)
{
    struct vt_cursor cursor = vt_cursor(vt);

    must(cursor.column >= 0 && cursor.column < vt_columns(vt) && cursor.row >= 0 && cursor.row < vt_rows(vt));
    for (int row = -(vt_scrollback(vt) < 20 ? vt_scrollback(vt) : 20); row < vt_rows(vt); row++)
        look_row(vt, row);
}

static void act(struct vt *vt, const uint8_t *bytes)
{
    char to[VT_KEY_BYTES];

    if (bytes[0] == 0xFE)
        (void)vt_resize(vt, bytes[1] % 40, bytes[2] % 20);
    else if (bytes[0] == 0xFD)
        must(vt_key(vt, bytes[1], bytes[2], "x", to) <= VT_KEY_BYTES);
    else if (bytes[0] == 0xFC)
        must(vt_mouse(vt, bytes[1] % 3, bytes[1] % 6, bytes[2], bytes[1], bytes[2], to) <= VT_KEY_BYTES);
    else
        vt_write(vt, bytes, 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct vt_hooks hooks = {take, take_text, NULL, take};
    struct cell room[VT_COLUMNS_MAX];

    if (size < 2)
        return 0;
    struct vt *vt = vt_new(bytes[0] % 40, bytes[1] % 20, &hooks, NULL);

    for (size_t at = 2; at + 3 <= size; at += 3)
        act(vt, bytes + at);
    look(vt);
    vt_write(vt, "\030\033cX", 4);
    must(vt_row(vt, 0, room)[0].character == 'X');
    vt_free(vt);
    return 0;
}
