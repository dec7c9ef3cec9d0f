/*
 * The console: a terminal (vt.h) on a grid of cells in memory (grid.h), drawn on the screen.
 *
 * Use: console_announce (step 1) → console_init (step 8) → console_write, console_log_sink; at the
 * end console_panic, console_finish.
 *
 * A write changes the grid alone. Who draws (display.h) asks what the screen does not show yet: the rows
 * that changed are compared with `shown`, which holds what it shows, and only cells that differ are drawn.
 * A thousand lines cost one screenful, in one write or in many, and scrolling reads no video memory.
 *
 * One writer at a time. Threads wait for each other by the mutex `threads`. `busy` says that there
 * is a writer: who finds it set and cannot wait has interrupted another on this CPU, so it leaves
 * its text in `queue`, and the interrupted writer shows it before it ends. Handlers run with
 * interrupts off, so the queue has one writer (`head`) and one reader (`tail`).
 */
#include "kernel/core/console/console.h"

#include <stdint.h>

#include "kernel/arch/arch.h"
#include "kernel/core/console/grid.h"
#include "kernel/core/console/theme.h"
#include "kernel/core/console/vt.h"
#include "kernel/core/driver/display.h"
#include "kernel/core/input/input.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/core/sync/preempt.h"
#include "lib/font.h"
#include "lib/span.h"
#include "lib/string.h"

#define TEXT_COLUMNS 80u /* VGA's */
#define TEXT_ROWS    25u
#define COLUMNS_MAX  2048u
#define SCREENS     3u    /* of cells: the grid's two, and `shown` */
#define QUEUE_BYTES 4096u /* a power of two: head and tail run free */

static struct {
    struct grid grid;
    struct text_cell *shown; /* from the screen's top left */
    struct text_cell *cells; /* all SCREENS of them; NULL: there is no screen */
    struct vt vt;
    bool has_cursor;     /* the screen; else cells show one */
    unsigned cursor_row; /* where one was drawn */
    unsigned told_column, told_row; /* where the screen's is */
    bool clears; /* all of the screen is blank before anything is drawn, as `shown` has it */
    bool busy;
    bool held; /* by a program */
    bool paused; /* a program draws itself */
    bool changes; /* its mode */
} console;

static struct {
    char bytes[QUEUE_BYTES];
    unsigned head; /* bytes ever put */
    unsigned tail; /* bytes ever taken */
} queue;

static struct mutex threads = MUTEX("screen");
static const struct boot_framebuffer *announced;

/* Enough for VGA text, and for a framebuffer when there is no memory for more. */
static struct text_cell spare_cells[SCREENS * TEXT_COLUMNS * TEXT_ROWS];

static const struct text_cell blank = {' ', VT_FOREGROUND, VT_BACKGROUND};

/* ---- what is to be drawn --------------------------------------------------------------------- */

static bool same(const struct text_cell *a, const struct text_cell *b)
{
    return a->character == b->character && a->foreground == b->foreground &&
           a->background == b->background;
}

/* False: there is no room for all that differs. */
static bool collect_row(unsigned row, struct driver_draw *draw)
{
    const struct text_cell *cells = grid_row(&console.grid, row);
    struct text_cell *shown = console.shown + row * console.grid.columns;
    struct driver_run *run = NULL;

    if (memcmp(cells, shown, console.grid.columns * sizeof(*cells)) == 0) /* words at a time */
        return true;
    for (unsigned column = 0; column < console.grid.columns; column++) {
        if (same(&cells[column], &shown[column])) {
            run = NULL;
            continue;
        }
        if (draw->cells == DRIVER_DRAW_CELLS || (!run && draw->runs == DRIVER_DRAW_RUNS))
            return false;
        if (!run) {
            run = &draw->run[draw->runs++];
            *run = (struct driver_run){.column = (uint16_t)column, .row = (uint16_t)row};
        }
        run->count++;
        draw->cell[draw->cells++] = shown[column] = cells[column];
    }
    return true;
}

static struct text_cell cursor_cell(struct text_cell under)
{
    bool hides = under.background == THEME_CURSOR;

    return (struct text_cell){under.character, VT_BACKGROUND, hides ? 15 : THEME_CURSOR};
}

static void collect_cursor(struct driver_draw *draw)
{
    bool hidden = console.vt.cursor_hidden;
    unsigned column = hidden ? 0 : console.grid.column, row = hidden ? console.grid.rows : console.grid.row;

    draw->moves = column != console.told_column || row != console.told_row;
    draw->column = (uint16_t)(console.told_column = column);
    draw->row = (uint16_t)(console.told_row = row);
}

static void collect_rows(struct driver_draw *draw)
{
    struct grid *grid = &console.grid;
    unsigned row = grid->dirty_first;

    while (row < grid->dirty_end && collect_row(row, draw))
        row++;
    if (row < grid->dirty_end)
        grid->dirty_first = row;
    else
        grid_clean(grid);
}

/* Where the hardware has no cursor, the grid holds it as a cell for as long as the rows are looked at. */
bool console_collect(struct driver_draw *draw)
{
    struct grid *grid = &console.grid;

    draw->runs = draw->cells = draw->clears = draw->moves = 0;
    if (!console.cells || console.paused || console.changes)
        return false;
    struct text_cell *cursor = grid_row(grid, grid->row) + grid->column;
    struct text_cell under = *cursor;

    draw->clears = console.clears;
    console.clears = false;
    if (console.has_cursor) {
        collect_cursor(draw);
    } else {
        grid_touch(grid, console.cursor_row);
        grid_touch(grid, grid->row);
        console.cursor_row = grid->row;
        if (!console.vt.cursor_hidden)
            *cursor = cursor_cell(under);
    }
    collect_rows(draw);
    *cursor = under;
    return draw->clears || draw->moves || draw->runs > 0;
}

/* Nobody knows what the screen shows, its margins too. */
static void forget_shown(void)
{
    for (unsigned i = 0; i < console.grid.columns * console.grid.rows; i++)
        console.shown[i] = blank;
    console.clears = true;
    console.told_row = UINT16_MAX;
    grid_touch(&console.grid, 0);
    grid_touch(&console.grid, console.grid.rows - 1);
}

/* ---- one writer at a time -------------------------------------------------------------------- */

static bool try_enter(void)
{
    return !__atomic_exchange_n(&console.busy, true, __ATOMIC_ACQUIRE);
}

static void queue_put(struct text text)
{
    unsigned head = queue.head;
    unsigned room = QUEUE_BYTES - (head - __atomic_load_n(&queue.tail, __ATOMIC_ACQUIRE));

    if (text.size > room)
        return;
    for (size_t i = 0; i < text.size; i++)
        queue.bytes[(head + i) % QUEUE_BYTES] = text_at(text, i);
    __atomic_store_n(&queue.head, head + (unsigned)text.size, __ATOMIC_RELEASE);
}

static bool queue_empty(void)
{
    return __atomic_load_n(&queue.head, __ATOMIC_ACQUIRE) == queue.tail;
}

/* ---- log lines ------------------------------------------------------------------------------- */

static const struct vt_style stamp_style = {.foreground = 8};
static const struct vt_style area_style = {.foreground = 4};
static const struct vt_style text_style = {.foreground = VT_FOREGROUND};
static const struct vt_style warning_style = {.foreground = 3};
static const struct vt_style error_style = {.foreground = 1};

/* Index behind the first `byte` in text, or 0 when it is not there. */
static size_t end_of(struct text text, char byte)
{
    for (size_t i = 0; i < text.size; i++)
        if (text_at(text, i) == byte)
            return i + 1;
    return 0;
}

static bool begins_with(struct text text, const char *word)
{
    size_t size = strlen(word);

    return size <= text.size && memcmp(text.chars, word, size) == 0;
}

/* The log writes the level, when it matters, between area and text. */
static const struct vt_style *style_of_level(struct text text)
{
    if (begins_with(text, " error: "))
        return &error_style;
    return begins_with(text, " warning: ") ? &warning_style : &text_style;
}

/* "[seconds.micros] area: text\n"; what looks otherwise is text. */
static void show_log_line(struct text line)
{
    size_t stamp = begins_with(line, "[") ? end_of(line, ']') : 0;
    struct text rest = text_from(line, stamp);
    size_t area = stamp > 0 ? end_of(rest, ':') : 0;
    struct text text = text_from(rest, area);

    vt_write_plain(&console.vt, stamp_style, line.chars, stamp);
    vt_write_plain(&console.vt, area_style, rest.chars, area);
    vt_write_plain(&console.vt, *style_of_level(text), text.chars, text.size);
}

static void show_log_lines(struct text text)
{
    while (text.size > 0) {
        size_t line = end_of(text, '\n');
        if (line == 0)
            line = text.size;
        show_log_line(text_part(text, 0, line));
        text = text_from(text, line);
    }
}

static void begin_line(void)
{
    if (console.grid.column > 0)
        vt_write_plain(&console.vt, text_style, "\n", 1);
}

/* ---- the end of a write ---------------------------------------------------------------------- */

/* Take up to `size` bytes, whole lines if there are any among them. */
static size_t queue_take(struct room to)
{
    size_t size = to.size;
    size_t waiting = __atomic_load_n(&queue.head, __ATOMIC_ACQUIRE) - queue.tail;
    size_t whole = 0;

    if (size > waiting)
        size = waiting;
    for (size_t i = 0; i < size; i++) {
        char byte = queue.bytes[(queue.tail + i) % QUEUE_BYTES];
        room_set(to, i, byte);
        if (byte == '\n')
            whole = i + 1;
    }
    if (whole > 0)
        size = whole;
    __atomic_store_n(&queue.tail, queue.tail + (unsigned)size, __ATOMIC_RELEASE);
    return size;
}

/* False: there was nothing. */
static bool show_queue(void)
{
    char piece[256]; /* no line of the log is longer */
    bool any = !queue_empty();

    if (any)
        begin_line();
    while (!queue_empty())
        show_log_lines(text_of(piece, queue_take(room_of(piece, sizeof(piece)))));
    return any;
}

/* An interrupt between the last look at the queue and the end of `busy` may have filled it. */
static void leave(bool changed)
{
    do {
        if (show_queue() || changed)
            display_changed();
        changed = false;
        __atomic_store_n(&console.busy, false, __ATOMIC_RELEASE);
    } while (!queue_empty() && try_enter());
}

/* ---- the interface --------------------------------------------------------------------------- */

static void write_now(struct text text, bool lone_feeds)
{
    if (!try_enter()) {
        queue_put(text);
        return;
    }
    console.vt.lone_feeds = lone_feeds;
    vt_write(&console.vt, text.chars, text.size);
    if (!lone_feeds)
        console.vt.reply_size = 0; /* the kernel's own text asks nobody */
    leave(true);
}

static void write(const char *text, size_t size, bool lone_feeds)
{
    bool waits = may_sleep();

    if (console.cells == NULL)
        return;
    if (waits)
        mutex_lock(&threads);
    write_now(text_of(text, size), lone_feeds);
    if (waits)
        mutex_unlock(&threads);
}

void console_write(const char *text, size_t size)
{
    write(text, size, false);
}

void console_write_terminal(const char *text, size_t size)
{
    write(text, size, true);
    input_application_keys(console.vt.application_keys);
}

bool console_take_bell(void)
{
    bool bell = console.vt.bell;

    console.vt.bell = false;
    return bell;
}

void console_hold(bool held)
{
    console.held = held;
}

/* Who writes without the mutex cannot be interrupted by a thread: nobody is in the midst of it. */
void console_pause(bool paused)
{
    mutex_lock(&threads);
    if (console.cells != NULL && try_enter()) {
        bool again = console.paused && !paused;

        if (again)
            forget_shown();
        console.paused = paused;
        leave(again);
    }
    mutex_unlock(&threads);
    if (paused)
        display_wait();
}

bool console_take_changes(struct driver_draw *draw)
{
    bool any = false;

    mutex_lock(&threads);
    if (try_enter()) {
        any = console_collect(draw);
        leave(false);
    }
    mutex_unlock(&threads);
    return any;
}

void console_redraw(void)
{
    bool waits = may_sleep();

    if (waits)
        mutex_lock(&threads);
    if (console.cells != NULL && try_enter()) {
        forget_shown();
        leave(true);
    }
    if (waits)
        mutex_unlock(&threads);
}

size_t console_take_reply(char *to, size_t size)
{
    return vt_take_reply(&console.vt, room_of(to, size));
}

/* Of a whole line of the log. */
static bool is_error(struct text line)
{
    struct text rest = text_from(line, end_of(line, ']'));

    return begins_with(text_from(rest, end_of(rest, ':')), " error: ");
}

void console_log_sink(const char *text, size_t size)
{
    if (console.cells == NULL || (console.held && !is_error(text_of(text, size))))
        return;
    if (!try_enter()) {
        queue_put(text_of(text, size));
        return;
    }
    begin_line();
    show_log_lines(text_of(text, size));
    leave(true);
}

void console_size(unsigned *columns, unsigned *rows)
{
    *columns = console.cells != NULL ? console.grid.columns : 0;
    *rows = console.cells != NULL ? console.grid.rows : 0;
}

unsigned console_cell(unsigned column, unsigned row)
{
    if (console.cells == NULL || column >= console.grid.columns || row >= console.grid.rows)
        return 0;
    return grid_row(&console.grid, row)[column].character;
}

/* ---- beginning and end ----------------------------------------------------------------------- */

static void size_of(const struct boot_framebuffer *mode, unsigned *columns, unsigned *rows)
{
    bool text = mode->phys == 0 && mode->has_vga_text;

    *columns = text ? TEXT_COLUMNS : mode->phys ? mode->width / FONT_WIDTH : 0;
    *rows = text ? TEXT_ROWS : mode->phys ? mode->height / FONT_HEIGHT : 0;
    if (*columns > COLUMNS_MAX || *rows > COLUMNS_MAX || *columns == 0 || *rows == 0)
        *columns = *rows = 0; /* no screen is such */
}

/* Cells for the grid (twice) and for `shown`: from the heap; without one, or when it has no room,
   the spare ones, in the middle of the screen. */
static struct text_cell *take_cells(unsigned *columns, unsigned *rows, bool use_heap)
{
    size_t count = (size_t)*columns * *rows;

    if (count <= TEXT_COLUMNS * TEXT_ROWS)
        return spare_cells;
    struct text_cell *cells = use_heap ? alloc(SCREENS * count * sizeof(*cells), 64) : NULL;
    if (cells != NULL)
        return cells;
    *columns = *columns < TEXT_COLUMNS ? *columns : TEXT_COLUMNS;
    *rows = *rows < TEXT_ROWS ? *rows : TEXT_ROWS;
    return spare_cells;
}

/* Who draws begins anew: console_redraw. */
static void use_cells(struct text_cell *cells, unsigned columns, unsigned rows)
{
    unsigned count = columns * rows;

    grid_init(&console.grid, cells, cells + 2 * count, columns, rows, blank);
    console.shown = cells + count;
    console.cursor_row = 0;
    console.cells = cells;
}

static void open_console(const struct boot_framebuffer *mode, bool use_heap)
{
    unsigned columns, rows;

    size_of(mode, &columns, &rows);
    if (columns == 0)
        return;
    struct text_cell *cells = take_cells(&columns, &rows, use_heap);

    display_set(mode, columns, rows);
    use_cells(cells, columns, rows);
    vt_init(&console.vt, &console.grid);
    console.has_cursor = mode->phys == 0;
    console.busy = false;
}

/* ---- another mode ---------------------------------------------------------------------------- */

/* The rows up to the cursor's, as many as fit. */
static void keep_text(const struct grid *old)
{
    struct grid *grid = &console.grid;
    unsigned columns = old->columns < grid->columns ? old->columns : grid->columns;
    unsigned first = old->row >= grid->rows ? old->row - grid->rows + 1 : 0;

    for (unsigned row = first; row <= old->row; row++)
        memcpy(grid_row(grid, row - first), grid_row(old, row), columns * sizeof(struct text_cell));
    grid_move(grid, old->column, old->row - first);
}

/* The screen has another size by now. */
static void take_cells_of_mode(struct text_cell *cells, unsigned columns, unsigned rows)
{
    const struct grid old = console.grid;
    struct text_cell *old_cells = console.cells;

    use_cells(cells, columns, rows);
    keep_text(&old);
    if (old_cells != spare_cells)
        dealloc(old_cells, SCREENS * (size_t)old.columns * old.rows * sizeof(*old_cells), 64);
}

static int change_console(const struct boot_framebuffer *next, unsigned columns, unsigned rows,
                          int (*set)(const struct boot_framebuffer *next, unsigned columns, unsigned rows))
{
    size_t bytes = SCREENS * (size_t)columns * rows * sizeof(struct text_cell);
    struct text_cell *cells = alloc(bytes, 64);

    if (!cells)
        return -ENOMEM;
    console.changes = true;
    display_wait();
    int error = set(next, columns, rows);

    mutex_lock(&threads);
    if (!error && try_enter()) {
        take_cells_of_mode(cells, columns, rows);
        leave(false);
    } else {
        dealloc(cells, bytes, 64);
    }
    console.changes = false;
    mutex_unlock(&threads);
    console_redraw();
    return error;
}

int console_change_mode(const struct boot_framebuffer *next,
                        int (*set)(const struct boot_framebuffer *next, unsigned columns, unsigned rows))
{
    unsigned columns, rows;

    size_of(next, &columns, &rows);
    if (columns == 0)
        return -EINVAL;
    return console.cells ? change_console(next, columns, rows, set) : set(next, columns, rows);
}

void console_announce(const struct boot_framebuffer *mode)
{
    unsigned columns, rows;

    size_of(mode, &columns, &rows);
    display_set(mode, columns, rows);
    announced = mode;
}

void console_init(const struct boot_framebuffer *mode)
{
    open_console(mode, true);
}

void console_finish(void)
{
    if (console.cells == NULL)
        return;
    display_take_over();
    console.changes = false;
    console.busy = false; /* who had it does not come back */
    console_redraw();
}

void console_panic(void)
{
    if (console.cells == NULL && announced != NULL)
        open_console(announced, false);
    if (console.cells == NULL)
        return;

    display_take_over();
    console.held = console.paused = console.changes = false;
    queue.tail = queue.head;
    vt_reset(&console.vt);
    console.vt.style.foreground = 15;
    forget_shown();
    begin_line();
    console.busy = false;
}
