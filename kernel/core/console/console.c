/*
 * The console: a terminal (vt.h) on a grid of cells in memory (grid.h), drawn on the screen.
 *
 * Use: console_announce (step 1) → console_init (step 8) → console_write, console_log_sink; at the
 * end console_panic.
 *
 * A write changes the grid alone. When it ends, the rows that changed are compared with `shown`,
 * which holds what the screen shows, and only cells that differ are drawn: a thousand lines in one
 * write cost one screenful, and scrolling reads no video memory.
 *
 * One writer at a time. Threads wait for each other by the mutex `threads`. `busy` says that there
 * is a writer: who finds it set and cannot wait has interrupted another on this CPU, so it leaves
 * its text in `queue`, and the interrupted writer shows it before it ends. Handlers run with
 * interrupts off, so the queue has one writer (`head`) and one reader (`tail`).
 */
#include "kernel/core/console/console.h"

#include <stdint.h>

#include "drivers/framebuffer/font.h"
#include "drivers/framebuffer/framebuffer.h"
#include "drivers/vga/vga.h"
#include "kernel/arch/arch.h"
#include "kernel/core/console/grid.h"
#include "kernel/core/console/theme.h"
#include "kernel/core/console/vt.h"
#include "kernel/core/input/input.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/core/sync/preempt.h"
#include "lib/span.h"
#include "lib/string.h"

#define SCREENS     3u    /* of cells: the grid's two, and `shown` */
#define QUEUE_BYTES 4096u /* a power of two: head and tail run free */

static struct {
    struct text_screen *screen; /* NULL: nowhere to draw */
    struct grid grid;
    struct text_cell *shown; /* from the screen's top left */
    struct text_cell *cells; /* all SCREENS of them */
    struct vt vt;
    unsigned cursor_row; /* where the cursor was drawn */
    bool busy;
    bool held; /* by a program */
    bool paused; /* a program draws itself */
} console;

static struct {
    char bytes[QUEUE_BYTES];
    unsigned head; /* bytes ever put */
    unsigned tail; /* bytes ever taken */
} queue;

static struct mutex threads = MUTEX("screen");
static const struct boot_framebuffer *announced;
static struct framebuffer framebuffer;
static struct vga vga;
static uint32_t palette[256];

/* Enough for VGA text, and for a framebuffer when there is no memory for more. */
static struct text_cell spare_cells[SCREENS * VGA_TEXT_COLUMNS * VGA_TEXT_ROWS];

static const struct text_cell blank = {' ', VT_FOREGROUND, VT_BACKGROUND};
static const struct text_cell unknown = {0, 0, 0}; /* no cell of the grid is like it */

/* ---- drawing --------------------------------------------------------------------------------- */

static bool same(const struct text_cell *a, const struct text_cell *b)
{
    return a->character == b->character && a->foreground == b->foreground &&
           a->background == b->background;
}

static void draw_row(unsigned row)
{
    const struct text_cell *cells = grid_row(&console.grid, row);
    struct text_cell *shown = console.shown + row * console.grid.columns;
    unsigned columns = console.grid.columns;

    for (unsigned column = 0; column < columns; column++) {
        unsigned first = column;
        while (column < columns && !same(&cells[column], &shown[column])) {
            shown[column] = cells[column];
            column++;
        }
        if (column > first)
            console.screen->operations->draw(console.screen, first, row, cells + first,
                                             column - first);
    }
}

static struct text_cell cursor_cell(struct text_cell under)
{
    bool hides = under.background == THEME_CURSOR;

    return (struct text_cell){under.character, VT_BACKGROUND, hides ? 15 : THEME_CURSOR};
}

/* Where the hardware has no cursor, the grid holds it as a cell for as long as it is drawn. */
static void draw_changes(void)
{
    struct grid *grid = &console.grid;
    struct text_cell *cursor = grid_row(grid, grid->row) + grid->column;
    struct text_cell under = *cursor;

    if (console.paused)
        return;
    if (console.screen->operations->move_cursor != NULL) {
        bool hidden = console.vt.cursor_hidden;
        console.screen->operations->move_cursor(console.screen, hidden ? 0 : grid->column,
                                                hidden ? grid->rows : grid->row);
    } else {
        grid_touch(grid, console.cursor_row);
        grid_touch(grid, grid->row);
        console.cursor_row = grid->row;
        if (!console.vt.cursor_hidden)
            *cursor = cursor_cell(under);
    }
    for (unsigned row = grid->dirty_first; row < grid->dirty_end; row++)
        draw_row(row);
    *cursor = under;
    grid_clean(grid);
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

static void show_queue(void)
{
    char piece[256]; /* no line of the log is longer */

    if (!queue_empty())
        begin_line();
    while (!queue_empty())
        show_log_lines(text_of(piece, queue_take(room_of(piece, sizeof(piece)))));
}

/* An interrupt between the last look at the queue and the end of `busy` may have filled it. */
static void leave(void)
{
    do {
        show_queue();
        draw_changes();
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
    leave();
}

static void write(const char *text, size_t size, bool lone_feeds)
{
    bool waits = may_sleep();

    if (console.screen == NULL)
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

/* Whatever the screen shows, its margins too when a program drew there. */
static void draw_everything(void)
{
    if (console.paused && console.screen == &framebuffer.screen)
        framebuffer_fill(&framebuffer, 0, 0, framebuffer.width, framebuffer.height, 0);
    for (unsigned i = 0; i < console.grid.columns * console.grid.rows; i++)
        console.shown[i] = unknown;
    grid_touch(&console.grid, 0);
    grid_touch(&console.grid, console.grid.rows - 1);
}

/* Who writes without the mutex cannot be interrupted by a thread: nobody is in the midst of it. */
void console_pause(bool paused)
{
    mutex_lock(&threads);
    if (console.screen != NULL && try_enter()) {
        if (console.paused && !paused)
            draw_everything();
        console.paused = paused;
        leave();
    }
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
    if (console.screen == NULL || (console.held && !is_error(text_of(text, size))))
        return;
    if (!try_enter()) {
        queue_put(text_of(text, size));
        return;
    }
    begin_line();
    show_log_lines(text_of(text, size));
    leave();
}

void console_size(unsigned *columns, unsigned *rows)
{
    *columns = console.screen != NULL ? console.grid.columns : 0;
    *rows = console.screen != NULL ? console.grid.rows : 0;
}

unsigned console_cell(unsigned column, unsigned row)
{
    if (console.screen == NULL || column >= console.grid.columns || row >= console.grid.rows)
        return 0;
    return grid_row(&console.grid, row)[column].character;
}

/* ---- beginning and end ----------------------------------------------------------------------- */

static struct text_screen *open_screen(const struct boot_framebuffer *mode)
{
    theme_palette(palette);
    if (framebuffer_init(&framebuffer, mode, palette) == 0)
        return &framebuffer.screen;
    if (mode->phys == 0 && mode->has_vga_text) {
        vga_init(&vga, phys_to_virt(VGA_TEXT_PHYS), palette);
        vga_load_font(phys_to_virt(VGA_FONT_PHYS), font_glyph);
        return &vga.screen;
    }
    return NULL;
}

/* Cells for the grid (twice) and for `shown`: from the heap; without one, or when it has no room,
   the spare ones, in the middle of the screen. */
static struct text_cell *take_cells(struct text_screen *screen, bool use_heap)
{
    size_t count = (size_t)screen->columns * screen->rows;

    if (count <= VGA_TEXT_COLUMNS * VGA_TEXT_ROWS)
        return spare_cells;
    struct text_cell *cells = use_heap ? alloc(SCREENS * count * sizeof(*cells), 64) : NULL;
    if (cells != NULL)
        return cells;
    framebuffer_limit(&framebuffer, VGA_TEXT_COLUMNS, VGA_TEXT_ROWS);
    return spare_cells;
}

static void use_cells(const struct text_screen *screen, struct text_cell *cells)
{
    unsigned count = screen->columns * screen->rows;

    grid_init(&console.grid, cells, cells + 2 * count, screen->columns, screen->rows, blank);
    console.cells = cells;
    console.shown = cells + count;
    for (unsigned i = 0; i < count; i++)
        console.shown[i] = blank;
}

static void open_console(const struct boot_framebuffer *mode, bool use_heap)
{
    struct text_screen *screen = open_screen(mode);

    if (screen == NULL)
        return;
    struct text_cell *cells = take_cells(screen, use_heap);
    use_cells(screen, cells);
    vt_init(&console.vt, &console.grid);
    console.cursor_row = 0;
    console.busy = false;
    console.screen = screen;
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

/* The screen has the mode by now. */
static void take_mode(const struct boot_framebuffer *mode, struct text_cell *cells)
{
    const struct grid old = console.grid;
    struct text_cell *old_cells = console.cells;

    if (framebuffer_init(&framebuffer, mode, palette))
        return; /* a mode that is none: dispi_plan makes no such */
    use_cells(&framebuffer.screen, cells);
    keep_text(&old);
    console.cursor_row = 0;
    draw_everything();
    if (old_cells != spare_cells)
        dealloc(old_cells, SCREENS * (size_t)old.columns * old.rows * sizeof(*old_cells), 64);
}

static int set_mode(struct boot_framebuffer *now, const struct boot_framebuffer *next,
                    int (*set)(const struct boot_framebuffer *next), struct text_cell *cells)
{
    if (!try_enter())
        return -EBUSY;
    int error = set(next);

    if (!error) {
        *now = *next;
        take_mode(next, cells);
    }
    leave();
    return error;
}

int console_change_mode(struct boot_framebuffer *now, const struct boot_framebuffer *next,
                        int (*set)(const struct boot_framebuffer *next))
{
    size_t count = (size_t)(next->width / FONT_WIDTH) * (next->height / FONT_HEIGHT);
    size_t bytes = SCREENS * count * sizeof(struct text_cell);
    bool nobody = console.screen != &framebuffer.screen; /* the console is not there */
    struct text_cell *cells = nobody ? NULL : alloc(bytes, 64);

    if (!nobody && !cells)
        return -ENOMEM;
    mutex_lock(&threads);
    int error = nobody ? set(next) : set_mode(now, next, set, cells);

    if (nobody && !error)
        *now = *next;
    mutex_unlock(&threads);
    if (error && cells)
        dealloc(cells, bytes, 64);
    return error;
}

void console_announce(const struct boot_framebuffer *mode)
{
    announced = mode;
}

void console_init(const struct boot_framebuffer *mode)
{
    open_console(mode, true);
}

void console_panic(void)
{
    if (console.screen == NULL && announced != NULL)
        open_console(announced, false);
    if (console.screen == NULL)
        return;

    console.held = false;
    queue.tail = queue.head;
    vt_reset(&console.vt);
    console.vt.style.foreground = 15;
    draw_everything();
    console.paused = false;
    begin_line();
    console.busy = false;
}
