/* links: kernel/core/console/grid.c kernel/core/console/vt.c kernel/core/console/vt_sequences.c */
/* links: kernel/core/console/theme.c */
/* links: lib/utf8.c */
/*
 * The console on a screen that is an array. The oracle is a terminal that moves whole screens by
 * memmove and is told the operations, not their bytes. Whatever is written, in whatever pieces: the
 * screen shows what the oracle holds, and nothing is drawn that was there already.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/core/console/console.h"
#include "kernel/core/console/theme.h"
#include "kernel/core/console/vt.h"
#include "kernel/core/driver/display.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/core/sync/preempt.h"

/* Threads wait for each other; an interrupt cannot. */
static bool in_interrupt;
static unsigned threads_in;

bool may_sleep(void)
{
    return !in_interrupt;
}

void mutex_lock(struct mutex *mutex)
{
    assert_non_null(mutex);
    assert_int_equal(threads_in++, 0);
}

void mutex_unlock(struct mutex *mutex)
{
    assert_non_null(mutex);
    assert_int_equal(threads_in--, 1);
}

/* ---- the fake screen ------------------------------------------------------------------------- */

#define COLUMNS_MAX 200
#define ROWS_MAX    100

static struct text_cell screen[ROWS_MAX][COLUMNS_MAX];
static unsigned long drawn, redrawn; /* cells; those that were so already */
static unsigned hardware_column, hardware_row;
static void (*while_drawing)(void); /* an interrupt handler */
static bool heap_is_empty, heap_was_used;
static void *allocated;
static bool same_cell(struct text_cell a, struct text_cell b)
{
    return a.character == b.character && a.foreground == b.foreground &&
           a.background == b.background;
}

static unsigned screen_columns, screen_rows; /* as display_set said */

static void fake_draw(const struct driver_run *run, const struct text_cell *cells)
{
    void (*interrupt)(void) = while_drawing;

    assert_true(run->count > 0 && run->column + run->count <= screen_columns && run->row < screen_rows);
    while_drawing = NULL;
    if (interrupt != NULL) {
        in_interrupt = true;
        interrupt();
        in_interrupt = false;
    }
    for (unsigned i = 0; i < run->count; i++) {
        redrawn += same_cell(screen[run->row][run->column + i], cells[i]);
        screen[run->row][run->column + i] = cells[i];
    }
    drawn += run->count;
}

static void clear_screen(void)
{
    for (unsigned row = 0; row < ROWS_MAX; row++)
        for (unsigned column = 0; column < COLUMNS_MAX; column++)
            screen[row][column] = (struct text_cell){' ', 7, 0};
    drawn = redrawn = 0;
}

static unsigned filled; /* times, the whole screen */
static struct driver_draw draw;
static bool by_a_thread; /* which draws when the test says so */
static bool damaged;

static void draw_all(bool take(struct driver_draw *draw))
{
    while (take(&draw)) {
        unsigned at = 0;

        if (draw.clears) {
            clear_screen();
            filled++;
        }
        for (unsigned i = 0; i < draw.runs; at += draw.run[i++].count)
            fake_draw(&draw.run[i], &draw.cell[at]);
        assert_int_equal(at, draw.cells);
        if (draw.moves) {
            assert_true(draw.column < screen_columns
                        && (draw.row < screen_rows || (draw.row == screen_rows && draw.column == 0)));
            hardware_column = draw.column;
            hardware_row = draw.row;
        }
    }
}

void display_changed(void)
{
    damaged = true;
    if (!by_a_thread)
        draw_all(console_collect);
}

void display_set(const struct boot_framebuffer *mode, unsigned columns, unsigned rows)
{
    screen_columns = columns;
    screen_rows = rows;
}

static unsigned waits, takes_over;

void display_wait(void)
{
    assert_int_equal(threads_in, 0);
    waits++;
}

void display_take_over(void)
{
    by_a_thread = false;
    takes_over++;
}

static bool mode_changes; /* what was there lives on */
static size_t given_back;

void dealloc(void *ptr, size_t size, size_t align)
{
    assert_int_equal(align, 64);
    given_back = size;
    if (ptr == allocated)
        allocated = NULL;
    free(ptr);
}

void *alloc(size_t size, size_t align)
{
    assert_true(align <= 4096);
    heap_was_used = true;
    if (!mode_changes)
        free(allocated);
    allocated = heap_is_empty ? NULL : malloc(size); /* exactly: the sanitizer guards its ends */
    return allocated;
}

static struct boot_framebuffer with_framebuffer;
static struct boot_framebuffer with_text = {.has_vga_text = 1};
static struct boot_framebuffer with_nothing;

static void open_screen(unsigned columns, unsigned rows)
{
    while_drawing = NULL;
    with_framebuffer = (struct boot_framebuffer){.phys = 0xe0000000, .width = columns * 8 + 7,
                                                 .height = rows * 16 + 15};
    console_init(&with_framebuffer);
    console_redraw(); /* the driver has begun */
    drawn = redrawn = 0;
}

static bool application_keys;

void input_application_keys(bool on)
{
    application_keys = on;
}

static void write_text(const char *text)
{
    console_write(text, strlen(text));
}

static void log_text(const char *text)
{
    console_log_sink(text, strlen(text));
}

/* ---- looking --------------------------------------------------------------------------------- */

static void row_is(unsigned row, const char *text)
{
    unsigned columns, rows;

    console_size(&columns, &rows);
    for (unsigned column = 0; column < columns; column++) {
        unsigned wanted = column < strlen(text) ? (uint8_t)text[column] : ' ';
        if (console_cell(column, row) != wanted || screen[row][column].character != wanted)
            fail_msg("row %u column %u: U+%04X in the grid, U+%04X on the screen, not U+%04X", row,
                     column, console_cell(column, row), screen[row][column].character, wanted);
    }
}

static void cell_is(unsigned column, unsigned row, unsigned character, uint8_t foreground,
                    uint8_t background)
{
    struct text_cell cell = screen[row][column];

    assert_int_equal(cell.character, character);
    assert_int_equal(cell.foreground, foreground);
    assert_int_equal(cell.background, background);
}

static void cursor_is(unsigned column, unsigned row)
{
    unsigned columns, rows;

    console_size(&columns, &rows);
    for (unsigned r = 0; r < rows; r++)
        for (unsigned c = 0; c < columns; c++)
            assert_int_equal(screen[r][c].background == THEME_CURSOR, c == column && r == row);
}

/* ---- the terminal's language ----------------------------------------------------------------- */

static void text_and_controls(void **state)
{
    (void)state;
    open_screen(40, 5);
    write_text("one\ntwo\r\nth\bree\tx\ty\rT\a\n");
    row_is(0, "one");
    row_is(1, "two");
    row_is(2, "Tree    x       y");
    cursor_is(0, 3);
    write_text("\b\b\b\bq");
    row_is(3, "q");
}

static void wraps_late(void **state)
{
    (void)state;
    open_screen(10, 4);
    write_text("0123456789");
    cursor_is(9, 0); /* still there */
    write_text("\n");
    cursor_is(0, 1); /* and no empty line */
    write_text("abcdefghijkl");
    row_is(1, "abcdefghij");
    row_is(2, "kl");
    write_text("\r0123456789\rX");
    row_is(2, "X123456789");
    write_text("\tz\tz"); /* a tab ends at the last column */
    row_is(2, "X1234567zz");
}

static void scrolls(void **state)
{
    (void)state;
    open_screen(10, 3);
    write_text("a\nb\nc\nd\ne");
    row_is(0, "c");
    row_is(1, "d");
    row_is(2, "e");
    write_text("\n\n\n\n\n");
    for (unsigned row = 0; row < 3; row++)
        row_is(row, "");
}

static void moves_the_cursor(void **state)
{
    (void)state;
    open_screen(20, 10);
    write_text("\x1b[3;5H");
    cursor_is(4, 2);
    write_text("\x1b[2C\x1b[A");
    cursor_is(6, 1);
    write_text("\x1b[99A\x1b[99D\x1b[B");
    cursor_is(0, 1);
    write_text("\x1b[999;999H");
    cursor_is(19, 9);
    write_text("\x1b[2F\x1b[7G");
    cursor_is(6, 7);
    write_text("\x1b[s\x1b[H\x1b[u\x1b[E");
    cursor_is(0, 8);
    write_text("\x1b[0;0f");
    cursor_is(0, 0);
    write_text("\x1b[99999999999999999999B"); /* more than fits a number */
    cursor_is(0, 9);
    write_text("\033[5;5H\0337\x1b[H\0338");
    cursor_is(4, 4);
}

static void erases(void **state)
{
    (void)state;
    open_screen(5, 3);
    write_text("aaaaa\nbbbbb\nccccc\x1b[2;3H\x1b[K");
    row_is(1, "bb");
    write_text("\x1b[1K");
    row_is(1, "");
    write_text("\x1b[1;2H\x1b[J");
    row_is(0, "a");
    row_is(2, "");
    write_text("\x1b[2;2Hxyz\x1b[2;3H\x1b[1J");
    row_is(0, "");
    row_is(1, "   z");
    write_text("\x1b[2J");
    row_is(1, "");
    cursor_is(2, 1);
    write_text("\x1b[41m\x1b[2K");
    cell_is(0, 1, ' ', 7, 1);
    write_text("q\033c");
    row_is(1, "");
    cell_is(3, 1, ' ', 7, 0);
    cursor_is(0, 0);
}

static void colours(void **state)
{
    (void)state;
    open_screen(30, 2);
    write_text("\x1b[31ma\x1b[1mb\x1b[22;44mc\x1b[7md\x1b[27me\x1b[mf"
               "\x1b[38;5;200mg\x1b[48;5;17mh\x1b[38;2;255;0;0mi\x1b[39;49mj\x1b[95;103mk"
               "\x1b[0;2ml\x1b[22;38;5;999mm\x1b[38mn\x1b[1;31;45mo\x1b[0m");
    cell_is(0, 0, 'a', 1, 0);
    cell_is(1, 0, 'b', 9, 0);
    cell_is(2, 0, 'c', 1, 4);
    cell_is(3, 0, 'd', 4, 1);
    cell_is(4, 0, 'e', 1, 4);
    cell_is(5, 0, 'f', 7, 0);
    cell_is(6, 0, 'g', 200, 0);
    cell_is(7, 0, 'h', 200, 17);
    cell_is(8, 0, 'i', 196, 17);
    cell_is(9, 0, 'j', 7, 0);
    cell_is(10, 0, 'k', 13, 11);
    cell_is(11, 0, 'l', 8, 0);
    cell_is(12, 0, 'm', 7, 0);
    cell_is(13, 0, 'n', 7, 0);
    cell_is(14, 0, 'o', 9, 5);
}

static void swallows_what_it_does_not_know(void **state)
{
    static const char *const sequences[] = {
        "\x1b[5~", "\x1b[?2004h", "\x1b[>c", "\x1b[!p", "\x1b[c", "\x1b[=1;2;3c", "\x1b%G",
        "\x1b[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;31m",
        "\x1b]0;a title\a", "\x1b]0;a title\x1b\\", "\x1bP1$r0m\x1b\\", "\x1b(B", "\x1b#8", "\x1b=",
        "\x1b[3 q", "\x1b[12\x18", "\x1b]cut\x1a", "\x1b\x1b[m", "\x1b[<0;1;2M", "\x1b[6n",
        "\x1b\xc3",
        "\x1b[?25;1z", "\x7f", "\xc2\x85",
    };

    (void)state;
    open_screen(10, 2);
    for (size_t i = 0; i < array_length(sequences); i++) {
        write_text("\x1b[H\x1b[2Ka");
        write_text(sequences[i]);
        write_text("b");
        row_is(0, "ab");
        cell_is(1, 0, 'b', 7, 0);
    }
    write_text("\x1b[1\nm"); /* a control character inside acts, the sequence goes on */
    cursor_is(0, 1);
}

static void sequences_end(void **state)
{
    (void)state;
    open_screen(100, 10);
    write_text("\x1b]");
    for (unsigned i = 0; i < VT_SEQUENCE_MAX; i++)
        write_text(";");
    write_text("back");
    row_is(0, "back");
    write_text("\x1b[");
    for (unsigned i = 0; i < VT_SEQUENCE_MAX; i++)
        write_text("1");
    write_text("\nagain");
    row_is(1, "again");
}

static void bytes_that_are_no_text(void **state)
{
    (void)state;
    open_screen(20, 2);
    write_text("\xc3\xa9\xff\xe2\x82z\xf0\x9f\x98\x80\xc3\x1b[31mr");
    cell_is(0, 0, 0xe9, 7, 0);
    cell_is(1, 0, 0xfffd, 7, 0);
    cell_is(2, 0, 0xfffd, 7, 0);
    cell_is(3, 0, 'z', 7, 0);
    cell_is(4, 0, 0xfffd, 7, 0); /* beyond the basic plane */
    cell_is(5, 0, 0xfffd, 7, 0); /* cut short by an escape, which counts */
    cell_is(6, 0, 'r', 1, 0);
}

static void hides_the_cursor(void **state)
{
    (void)state;
    open_screen(10, 2);
    write_text("a\x1b[?25l");
    cursor_is(99, 99);
    write_text("\x1b[?25h");
    cursor_is(1, 0);
    write_text("\x1b[44m \b");
    cell_is(1, 0, ' ', 0, 15); /* on its own colour it takes another */
}

/* ---- what programs ask of it ----------------------------------------------------------------- */

static void terminal_text(const char *text)
{
    console_write_terminal(text, strlen(text));
}

static void replies(const char *text)
{
    char reply[64];
    size_t size = console_take_reply(reply, sizeof(reply));

    assert_int_equal(size, strlen(text));
    assert_memory_equal(reply, text, size);
}

static void line_feeds_of_programs_keep_the_column(void **state)
{
    (void)state;
    open_screen(20, 5);
    terminal_text("ab\ncd\vef\fgh");
    row_is(0, "ab");
    row_is(1, "  cd");
    row_is(3, "      gh");
    terminal_text("\r\n");
    write_text("x\ny");
    row_is(4, "y");
    row_is(3, "x");
}

static void scrolling_rows(void **state)
{
    (void)state;
    open_screen(10, 6);
    write_text("0\n1\n2\n3\n4\n5\x1b[2;4r");
    cursor_is(0, 0);
    write_text("\x1b[4;1H\n"); /* at their end: they scroll */
    row_is(0, "0");
    row_is(1, "2");
    row_is(2, "3");
    row_is(3, "");
    row_is(4, "4");
    write_text("\x1b[2;1H\033M"); /* and back */
    row_is(1, "");
    row_is(2, "2");
    row_is(3, "3");
    write_text("\x1b[6;1H\n\n\x1b[1;1H\033M"); /* beyond them nothing does */
    row_is(0, "0");
    row_is(5, "5");
    write_text("\x1b[S\x1b[9T");
    row_is(1, "");
    row_is(3, "");
    row_is(4, "4");
    write_text("\x1b[3;3r\x1b[4;2r"); /* refused: fewer than two rows */
    write_text("\x1b[?6h");
    cursor_is(0, 1);
    write_text("\x1b[2;3H");
    cursor_is(2, 2);
    write_text("\x1b[99;1H");
    cursor_is(0, 3);
    write_text("\x1b[99A\x1b[2d");
    cursor_is(0, 2);
    terminal_text("\x1b[6n");
    replies("\x1b[2;1R");
    write_text("\x1b[?6l\x1b[r\x1b[99B");
    cursor_is(0, 5);
}

static void cursor_stops_at_scrolling_rows(void **state)
{
    (void)state;
    open_screen(10, 8);
    write_text("\x1b[3;5r\x1b[4;1H\x1b[9A");
    cursor_is(0, 2);
    write_text("\x1b[9B");
    cursor_is(0, 4);
    write_text("\x1b[7;1H\x1b[9A");
    cursor_is(0, 2);
    write_text("\x1b[2;1H\x1b[9A");
    cursor_is(0, 0);
    write_text("\x1b[7;1H\x1b[9B");
    cursor_is(0, 7);
}

static void lines_are_inserted_and_deleted(void **state)
{
    (void)state;
    open_screen(10, 5);
    write_text("0\n1\n2\n3\n4\x1b[2;3H\x1b[2L");
    cursor_is(0, 1);
    row_is(0, "0");
    row_is(1, "");
    row_is(2, "");
    row_is(3, "1");
    row_is(4, "2");
    write_text("\x1b[M");
    row_is(1, "");
    row_is(2, "1");
    row_is(4, "");
    write_text("\x1b[1;1H\x1b[99M");
    row_is(2, "");
    write_text("a\nb\nc\nd\x1b[2;3r\x1b[1;1H\x1b[L"); /* not among the scrolling rows */
    row_is(0, "a");
    row_is(1, "b");
}

static void cells_are_inserted_and_deleted(void **state)
{
    (void)state;
    open_screen(8, 2);
    write_text("abcdefgh\x1b[1;3H\x1b[2@");
    row_is(0, "ab  cdef");
    write_text("\x1b[3P");
    row_is(0, "abdef");
    write_text("\x1b[2X");
    row_is(0, "ab  f");
    write_text("\x1b[99@");
    row_is(0, "ab");
    write_text("\rabcdefgh\x1b[99P\x1b[1;1H\x1b[99X");
    row_is(0, "");
    write_text("abc\r\x1b[4hxy\x1b[4lz");
    row_is(0, "xyzbc");
    write_text("\r-\x1b[3b+");
    row_is(0, "----+");
    row_is(1, "");
}

static void tab_stops(void **state)
{
    (void)state;
    open_screen(40, 2);
    write_text("\x1b[3g\x1b[5G\x1bH\x1b[12G\x1bH\r\ta\tb\tc");
    row_is(0, "    a      b                           c");
    write_text("\x1b[Z\x1b[Z");
    cursor_is(4, 0);
    write_text("\x1b[g\r\x1b[I");
    cursor_is(11, 0);
    write_text("\x1b[99Z");
    cursor_is(0, 0);
    write_text("\033c\t\t\x1b[2Z");
    cursor_is(0, 0);
    write_text("\x1b[3I");
    cursor_is(24, 0);
}

static void wrapping_can_be_turned_off(void **state)
{
    (void)state;
    open_screen(5, 2);
    write_text("\x1b[?7labcdefg");
    row_is(0, "abcdg");
    cursor_is(4, 0);
    write_text("\x1b[?7hhi");
    row_is(0, "abcdh");
    row_is(1, "i");
}

static void the_other_screen(void **state)
{
    (void)state;
    open_screen(10, 3);
    write_text("main\nx\n\n\x1b[31m"); /* it scrolled by one: its rows are a ring */
    cursor_is(0, 2);
    terminal_text("\x1b[?1049h");
    row_is(0, "");
    cursor_is(0, 2);
    terminal_text("\x1b[Hother\r\n\n\n\x1b[32m\x1b[?1049l");
    row_is(0, "x");
    row_is(1, "");
    cursor_is(0, 2);
    write_text("r");
    cell_is(0, 2, 'r', 1, 0);
    terminal_text("\x1b[?1047h\x1b[?1047h");
    row_is(0, "");
    terminal_text("\x1b[?47l");
    row_is(0, "x");
    terminal_text("\x1b[?1049h\033c"); /* a reset comes back */
    terminal_text("q\x1b[?1049l");
    row_is(0, "q");
}

static void line_drawing(void **state)
{
    (void)state;
    open_screen(20, 1);
    write_text("\x1b(0lqk\x1b(Bq\x1b)0\x0ex\x0fx");
    cell_is(0, 0, 0x250c, 7, 0);
    cell_is(1, 0, 0x2500, 7, 0);
    cell_is(2, 0, 0x2510, 7, 0);
    cell_is(3, 0, 'q', 7, 0);
    cell_is(4, 0, 0x2502, 7, 0);
    cell_is(5, 0, 'x', 7, 0);
}

static void what_is_saved(void **state)
{
    (void)state;
    open_screen(20, 4);
    write_text("\x1b[2;3H\x1b[31m\x1b(0\0337\x1b[m\x1b(B\x1b[H\0338q");
    cell_is(2, 1, 0x2500, 1, 0);
    write_text("\x1b[m\x1b(B\x1b[4munder\x1b[24mnot");
    cell_is(3, 1, 'u', 14, 0);
    cell_is(8, 1, 'n', 7, 0);
}

static void answers(void **state)
{
    (void)state;
    open_screen(20, 4);
    terminal_text("ab\x1b[6n\x1b[5n\x1b[c\x1b[>c");
    replies("\x1b[1;3R\x1b[0n\x1b[?62;22c\x1b[>1;10;0c");
    replies("");
    for (unsigned i = 0; i < 100; i++)
        terminal_text("\x1b[5n");
    replies("\x1b[0n\x1b[0n\x1b[0n\x1b[0n\x1b[0n\x1b[0n\x1b[0n\x1b[0n\x1b[0n\x1b[0n\x1b[0n\x1b[0n"
            "\x1b[0n\x1b[0n\x1b[0n\x1b[0n");
    write_text("\x1b[5n"); /* the kernel asks nobody */
    replies("");
    terminal_text("\x1b[?1h");
    assert_true(application_keys);
    terminal_text("\x1b[!p");
    assert_false(application_keys);
}

static void a_program_has_the_screen(void **state)
{
    (void)state;
    open_screen(40, 6);
    console_hold(true);
    log_text("[   0.120000] ata: a disk\n");
    log_text("[   0.120000] ata: warning: slow\n");
    row_is(0, "");
    log_text("[   0.130000] ata: error: no disk\n");
    row_is(0, "[   0.130000] ata: error: no disk");
    console_hold(false);
    log_text("[   0.140000] ata: a disk\n");
    row_is(1, "[   0.140000] ata: a disk");
}

static void scribble(void)
{
    for (unsigned row = 0; row < ROWS_MAX; row++)
        for (unsigned column = 0; column < COLUMNS_MAX; column++)
            screen[row][column] = (struct text_cell){'#', 1, 2};
    drawn = 0;
}

static void a_program_draws_itself(void **state)
{
    (void)state;
    open_screen(40, 9);
    filled = 0;
    write_text("one\n");
    waits = 0;
    console_pause(true);
    assert_int_equal(waits, 1); /* nobody is in the middle of drawing */
    scribble();
    write_text("two\n");
    terminal_text("three\n\n");
    log_text("[   0.130000] ata: error: no disk\n");
    assert_int_equal(drawn + filled, 0);
    console_pause(true); /* again is the same */
    assert_int_equal(drawn + filled, 0);
    console_pause(false);
    assert_int_equal(filled, 1);
    row_is(0, "one");
    row_is(1, "two");
    assert_int_equal(screen[8][39].character, ' ');
    drawn = 0;
    console_pause(false); /* nothing was drawn over */
    assert_int_equal(filled, 1);
    write_text("x");
    assert_in_range(drawn, 1, 3);
}

static void a_panic_takes_the_screen_from_a_program(void **state)
{
    (void)state;
    open_screen(40, 6);
    filled = 0;
    console_pause(true);
    scribble();
    console_panic();
    write_text("panic\n");
    assert_int_equal(filled, 1);
    row_is(0, "panic");
    assert_int_equal(screen[5][39].character, ' ');
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draws_a_burst_once(void **state)
{
    char burst[40 * 1000];
    size_t size = 0;

    (void)state;
    open_screen(100, 40);
    for (unsigned i = 0; i < 1000; i++)
        size += (size_t)sprintf(burst + size, "line %u of a thousand\n", i);
    console_write(burst, size);
    assert_true(drawn <= 100 * 40);
    row_is(38, "line 999 of a thousand");
    row_is(0, "line 961 of a thousand");
}

static void draws_only_what_differs(void **state)
{
    (void)state;
    open_screen(100, 40);
    write_text("hello");
    assert_int_equal(drawn, 6); /* and the cursor */
    drawn = 0;
    write_text("\rhello");
    assert_int_equal(drawn, 0);
    write_text("\rhallo");
    assert_int_equal(drawn, 1);
    drawn = 0;
    write_text("!");
    assert_int_equal(drawn, 2);
    assert_int_equal(redrawn, 0);
}

static void a_thread_draws(void)
{
    draw_all(console_take_changes);
}

/* Somebody else draws, when he has time: the same screen, with less to draw. */
static void several_writes_are_drawn_once(void **state)
{
    (void)state;
    open_screen(100, 40);
    by_a_thread = true;
    for (unsigned i = 0; i < 1000; i++) {
        char line[32];

        (void)snprintf(line, sizeof(line), "line %u of a thousand\n", i);
        damaged = false;
        write_text(line);
        assert_true(damaged);
    }
    assert_int_equal(drawn, 0);
    a_thread_draws();
    assert_in_range(drawn, 1, 100 * 40);
    row_is(38, "line 999 of a thousand");
    cursor_is(0, 39);
    damaged = false;
    drawn = 0;
    a_thread_draws(); /* nothing is left, and it is told of nothing */
    assert_true(drawn == 0 && !damaged);
    by_a_thread = false;
}

/* More than there is room for in one picture, in each way. */
static void a_picture_comes_in_parts(void **state)
{
    (void)state;
    open_screen(200, 100);
    by_a_thread = true;
    for (unsigned row = 1; row <= 100; row++) { /* a hundred runs in each row */
        char line[16];

        (void)snprintf(line, sizeof(line), "\x1b[%u;1H", row);
        write_text(line);
        for (unsigned i = 0; i < 100; i++)
            write_text(i == 99 ? " #" : "# ");
    }
    a_thread_draws();
    cell_is(0, 99, '#', 7, 0);
    cell_is(196, 50, '#', 7, 0);
    cell_is(197, 50, ' ', 7, 0);
    write_text("\x1b[H\x1b[45m\x1b[J"); /* all cells */
    drawn = 0;
    a_thread_draws();
    assert_in_range(drawn, 200 * 100, 200 * 100 + 1);
    cell_is(199, 99, ' ', 7, 5);
    by_a_thread = false;
}

/* The driver began anew: it was killed in the middle of a picture, or knows nothing. */
static void all_is_drawn_again(void **state)
{
    (void)state;
    open_screen(40, 9);
    write_text("one\ntwo");
    by_a_thread = true;
    write_text("\nthree");
    assert_true(console_take_changes(&draw)); /* and is lost */
    scribble();
    filled = 0;
    console_redraw();
    a_thread_draws();
    assert_int_equal(filled, 1);
    row_is(0, "one");
    row_is(2, "three");
    assert_int_equal(screen[8][39].character, ' ');
    by_a_thread = false;
}

/* ---- the oracle ------------------------------------------------------------------------------ */

static struct {
    struct text_cell cells[ROWS_MAX][COLUMNS_MAX];
    unsigned columns, rows, column, row;
    unsigned first, end; /* rows that scroll */
    bool full; /* behind the last column */
    uint8_t foreground, background;
} model;

static void model_open(unsigned columns, unsigned rows)
{
    memset(&model, 0, sizeof(model));
    model.columns = columns;
    model.rows = model.end = rows;
    model.foreground = 7;
    for (unsigned row = 0; row < rows; row++)
        for (unsigned column = 0; column < columns; column++)
            model.cells[row][column] = (struct text_cell){' ', 7, 0};
}

static void model_clear(unsigned row, unsigned first, unsigned end)
{
    for (unsigned column = first; column < end; column++)
        model.cells[row][column] = (struct text_cell){' ', 7, model.background};
}

/* Rows [first, end), one by one. */
static void model_up(unsigned first, unsigned end, unsigned times)
{
    for (; times > 0; times--) {
        memmove(model.cells[first], model.cells[first + 1],
                sizeof(model.cells[0]) * (end - first - 1));
        model_clear(end - 1, 0, model.columns);
    }
}

static void model_down(unsigned first, unsigned end, unsigned times)
{
    for (; times > 0; times--) {
        memmove(model.cells[first + 1], model.cells[first],
                sizeof(model.cells[0]) * (end - first - 1));
        model_clear(first, 0, model.columns);
    }
}

static void model_new_line(void)
{
    model.full = false;
    model.column = 0;
    if (model.row + 1 == model.end)
        model_up(model.first, model.end, 1);
    else if (model.row + 1 < model.rows)
        model.row++;
}

static void model_put(uint16_t character)
{
    if (model.full)
        model_new_line();
    model.cells[model.row][model.column] =
        (struct text_cell){character, model.foreground, model.background};
    if (model.column == model.columns - 1)
        model.full = true;
    else
        model.column++;
}

static void model_move(long column, long row)
{
    model.full = false;
    model.column = column < 0 ? 0 : column >= model.columns ? model.columns - 1 : (unsigned)column;
    model.row = row < 0 ? 0 : row >= model.rows ? model.rows - 1 : (unsigned)row;
}

static unsigned below(unsigned limit)
{
    return (unsigned)rand() % limit;
}

static size_t random_text(char *out)
{
    size_t size = 0;

    for (unsigned i = below(30); i > 0; i--) {
        uint8_t byte = (uint8_t)(' ' + below(95));
        model_put(byte);
        out[size++] = (char)byte;
    }
    return size;
}

static size_t random_control(char *out)
{
    switch (below(6)) {
    case 0:
        model_move((long)model.column - 1, model.row);
        return (size_t)sprintf(out, "\b");
    case 1:
        model_move(0, model.row);
        return (size_t)sprintf(out, "\r");
    case 2:
        model_move((model.column / 8 + 1) * 8, model.row);
        return (size_t)sprintf(out, "\t");
    case 3:
        model_put(0x2502);
        return (size_t)sprintf(out, "\xe2\x94\x82");
    default:
        model_new_line();
        return (size_t)sprintf(out, "\n");
    }
}

static size_t random_move(char *out)
{
    unsigned n = below(12), row = below(14), column = below(50);
    long by = n > 0 ? n : 1; /* none stands for one */

    switch (below(6)) {
    case 0:
        for (bool inside = model.row >= model.first; by > 0; by--)
            if (model.row > (inside ? model.first : 0))
                model.row--;
        model.full = false;
        return (size_t)sprintf(out, "\x1b[%uA", n);
    case 1:
        for (bool inside = model.row < model.end; by > 0; by--)
            if (model.row + 1 < (inside ? model.end : model.rows))
                model.row++;
        model.full = false;
        return (size_t)sprintf(out, "\x1b[%uB", n);
    case 2:
        model_move((long)model.column + by, model.row);
        return (size_t)sprintf(out, "\x1b[%uC", n);
    case 3:
        model_move((long)model.column - by, model.row);
        return (size_t)sprintf(out, "\x1b[%uD", n);
    case 4:
        model_move(by - 1, model.row);
        return (size_t)sprintf(out, "\x1b[%uG", n);
    default:
        model_move(column, row);
        return (size_t)sprintf(out, "\x1b[%u;%uH", row + 1, column + 1);
    }
}

static size_t random_erase(char *out)
{
    unsigned how = below(3);
    bool whole_screen = below(3) == 0;

    if (how != 1)
        model_clear(model.row, how == 2 ? 0 : model.column, model.columns);
    else
        model_clear(model.row, 0, model.column + 1);
    for (unsigned row = 0; row < model.rows && whole_screen; row++)
        if (how == 2 || (how == 0 && row > model.row) || (how == 1 && row < model.row))
            model_clear(row, 0, model.columns);
    return (size_t)sprintf(out, "\x1b[%u%c", how, whole_screen ? 'J' : 'K');
}

static size_t random_colour(char *out)
{
    uint8_t foreground = (uint8_t)below(8), background = (uint8_t)below(256);

    if (below(3) == 0) {
        model.foreground = 7, model.background = 0;
        return (size_t)sprintf(out, "\x1b[m");
    }
    model.foreground = foreground, model.background = background;
    return (size_t)sprintf(out, "\x1b[%u;48;5;%um", 30 + foreground, background);
}

static size_t random_lines(char *out)
{
    unsigned n = 1 + below(8);
    bool inside = model.row >= model.first && model.row < model.end;

    switch (below(6)) {
    case 0:
        model_up(model.first, model.end, n);
        return (size_t)sprintf(out, "\x1b[%uS", n);
    case 1:
        model_down(model.first, model.end, n);
        return (size_t)sprintf(out, "\x1b[%uT", n);
    case 2:
    case 3: {
        bool insert = below(2);
        if (inside) {
            (insert ? model_down : model_up)(model.row, model.end, n);
            model_move(0, model.row);
        }
        return (size_t)sprintf(out, "\x1b[%u%c", n, insert ? 'L' : 'M');
    }
    case 4:
        model.full = false;
        if (model.row == model.first)
            model_down(model.first, model.end, 1);
        else if (model.row > 0)
            model.row--;
        return (size_t)sprintf(out, "\033M");
    default: {
        unsigned first = 1 + below(model.rows), end = 1 + below(model.rows + 3);
        unsigned last = end < model.rows ? end : model.rows;
        if (first < last || model.rows == 1) {
            model.first = first - 1;
            model.end = last;
            model_move(0, 0);
        }
        return (size_t)sprintf(out, "\x1b[%u;%ur", first, end);
    }
    }
}

static size_t random_cells(char *out)
{
    unsigned n = 1 + below(10), left = model.columns - model.column;
    unsigned count = n < left ? n : left;
    struct text_cell *row = model.cells[model.row];

    switch (below(3)) {
    case 0:
        memmove(row + model.column + count, row + model.column, (left - count) * sizeof(*row));
        model_clear(model.row, model.column, model.column + count);
        model.full = false;
        return (size_t)sprintf(out, "\x1b[%u@", n);
    case 1:
        memmove(row + model.column, row + model.column + count, (left - count) * sizeof(*row));
        model_clear(model.row, model.columns - count, model.columns);
        model.full = false;
        return (size_t)sprintf(out, "\x1b[%uP", n);
    default:
        model_clear(model.row, model.column, model.column + count);
        return (size_t)sprintf(out, "\x1b[%uX", n);
    }
}

static size_t random_operation(char *out)
{
    static size_t (*const operations[])(char *) = {
        random_text, random_text, random_text, random_control, random_control, random_control,
        random_move, random_erase, random_colour, random_lines, random_cells,
    };

    return operations[below(array_length(operations))](out);
}

static void screen_is_model(void)
{
    for (unsigned row = 0; row < model.rows; row++)
        for (unsigned column = 0; column < model.columns; column++) {
            struct text_cell wanted = model.cells[row][column];
            assert_int_equal(console_cell(column, row), wanted.character);
            if (row == model.row && column == model.column) /* under the cursor */
                assert_int_equal(screen[row][column].character, wanted.character);
            else if (!same_cell(screen[row][column], wanted))
                fail_msg("column %u row %u of %ux%u", column, row, model.columns, model.rows);
        }
}

/* Feed it in pieces that cut sequences and characters anywhere. */
static void write_in_pieces(const char *bytes, size_t size)
{
    while (size > 0) {
        size_t piece = 1 + below((unsigned)size);
        console_write(bytes, piece);
        bytes += piece;
        size -= piece;
    }
}

static void random_sessions(void **state)
{
    static char bytes[20000];

    (void)state;
    for (unsigned session = 0; session < 150; session++) {
        unsigned columns = 1 + below(40), rows = 1 + below(12);
        open_screen(columns, rows);
        model_open(columns, rows);
        for (unsigned burst = 0; burst < 20; burst++) {
            size_t size = 0;
            for (unsigned i = 1 + below(40); i > 0; i--)
                size += random_operation(bytes + size);
            write_in_pieces(bytes, size);
            screen_is_model();
        }
        assert_int_equal(redrawn, 0);
    }
}

static void random_bytes(void **state)
{
    static const char likely[] = "\x1b\x1b[[;;?0159mHJKABCDLMPSTX@bdhlrsun\n\xc3\xe2\xf0\x94\x82"
                                 "]P\\\a\t\b ";
    char bytes[300];

    (void)state;
    for (unsigned session = 0; session < 300; session++) {
        unsigned columns, rows;
        open_screen(1 + below(100), 1 + below(30));
        console_size(&columns, &rows);
        for (unsigned burst = 0; burst < 30; burst++) {
            for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = below(4) ? likely[below(sizeof(likely) - 1)] : (char)rand();
            console_write(bytes, 1 + below(sizeof(bytes)));
        }
        for (unsigned row = 0; row < rows; row++)
            for (unsigned column = 0; column < columns; column++)
                assert_int_equal(console_cell(column, row), screen[row][column].character);
        /* It is still a terminal. */
        write_text("\030\033cX");
        row_is(0, "X");
    }
}

/* ---- writes that interrupt ------------------------------------------------------------------- */

static void interrupt_writes(void)
{
    static const char line[] = "[   1.000000] ata: it came\n";
    console_log_sink(line, sizeof(line) - 1);
    write_text("and \x1b[31mthis\n");
}

static void interrupted_write_shows_both(void **state)
{
    (void)state;
    open_screen(40, 5);
    while_drawing = interrupt_writes;
    write_text("mine\n\x1b["); /* in the middle of a sequence */
    write_text("32mgreen");
    row_is(0, "mine");
    row_is(1, "[   1.000000] ata: it came");
    cell_is(4, 2, 0xfffd, 7, 0); /* plain: no sequences */
    cell_is(5, 2, '[', 7, 0);
    row_is(3, "green");
    cell_is(0, 3, 'g', 2, 0);
}

static void interrupt_writes_a_piece(void)
{
    write_text("no end of line");
    write_text("!");
}

static void queued_pieces_need_no_line_end(void **state)
{
    (void)state;
    open_screen(40, 5);
    while_drawing = interrupt_writes_a_piece;
    write_text("mine");
    row_is(0, "mine");
    row_is(1, "no end of line!");
    log_text("a line\nx");
    row_is(2, "a line");
    row_is(3, "x");
}

static void interrupt_floods(void)
{
    for (unsigned i = 0; i < 1000; i++)
        write_text("0123456789\n");
}

static void queue_drops_what_it_has_no_room_for(void **state)
{
    (void)state;
    open_screen(30, 50);
    while_drawing = interrupt_floods;
    write_text("begin\n");
    write_text("end");
    row_is(48, "0123456789");
    row_is(49, "end");
    for (unsigned round = 0; round < 100; round++) { /* the queue works again, round and round */
        while_drawing = interrupt_writes;
        write_text("x");
        write_text("\n");
    }
    row_is(45, "x");
    row_is(46, "[   1.000000] ata: it came");
}

/* ---- log lines ------------------------------------------------------------------------------- */

static void log_lines_have_colours(void **state)
{
    (void)state;
    open_screen(60, 8);
    write_text("$ typed");
    log_text("[   0.120000] ata: a disk\n[   0.130000] ata: error: no disk\n");
    log_text("[   0.140000] ata: warning: slow\nodd\n");
    row_is(0, "$ typed");
    row_is(1, "[   0.120000] ata: a disk");
    row_is(2, "[   0.130000] ata: error: no disk");
    row_is(3, "[   0.140000] ata: warning: slow");
    row_is(4, "odd");
    cell_is(0, 1, '[', 8, 0);
    cell_is(14, 1, 'a', 4, 0);
    cell_is(19, 1, 'a', 7, 0);
    cell_is(19, 2, 'e', 1, 0);
    cell_is(19, 3, 'w', 3, 0);
    cell_is(0, 4, 'o', 7, 0);
    cursor_is(0, 5);
}

static void log_lines_cannot_act(void **state)
{
    (void)state;
    open_screen(60, 4);
    write_text("\x1b[3"); /* a sequence is under way */
    log_text("[   0.120000] ata: model \x1b[2J\x1b[H\r\b\x7f\xff\xc3\xa9\n");
    write_text("1mred");
    cell_is(25, 0, 0xfffd, 7, 0);
    cell_is(26, 0, '[', 7, 0);
    cell_is(34, 0, 0xfffd, 7, 0);
    cell_is(36, 0, 0xe9, 7, 0);
    cell_is(0, 1, 'r', 1, 0);
    write_text("\x1b[44m\n");
    log_text("a\nb\nc\n"); /* lines that it scrolls in have its background */
    cell_is(20, 3, ' ', 7, 0);
}

/* ---- panic ----------------------------------------------------------------------------------- */

static jmp_buf dead;

static void interrupt_panics(void)
{
    memset(screen, 0x55, sizeof(screen)); /* nobody knows what was drawn */
    longjmp(dead, 1); /* interrupts stay off */
}

static void panic_takes_the_screen(void **state)
{
    (void)state;
    open_screen(30, 6);
    write_text("before\n");
    if (setjmp(dead) == 0) {
        while_drawing = interrupt_panics;
        write_text("cut\x1b[44m \x1b]title");
        fail();
    }
    takes_over = 0;
    console_panic();
    assert_int_equal(takes_over, 1);
    write_text("panic: it is over\n");
    row_is(0, "before");
    row_is(2, "panic: it is over");
    row_is(5, "");
    cell_is(0, 2, 'p', 15, 0);
    console_panic(); /* and again */
    write_text("twice");
    row_is(3, "twice");
    in_interrupt = false;
    threads_in = 0;
}

static void panic_before_the_console(void **state)
{
    unsigned columns, rows;

    (void)state;
    console_panic(); /* nothing known at all */
    write_text("nowhere");
    console_size(&columns, &rows);
    assert_int_equal(columns, 0);

    with_framebuffer = (struct boot_framebuffer){.phys = 0xe0000000, .width = 1024, .height = 768};
    console_announce(&with_framebuffer);
    write_text("not yet");
    console_panic();
    write_text("early");
    assert_false(heap_was_used);
    console_size(&columns, &rows);
    assert_int_equal(columns, 80);
    assert_int_equal(rows, 25);
    row_is(0, "early");
}

/* ---- other screens --------------------------------------------------------------------------- */

static void no_screen(void **state)
{
    unsigned columns = 1, rows = 1;

    (void)state;
    console_init(&with_nothing);
    write_text("x");
    log_text("y\n");
    console_size(&columns, &rows);
    assert_int_equal(columns, 0);
    assert_int_equal(rows, 0);
    assert_int_equal(console_cell(0, 0), 0);
}

static void vga_text(void **state)
{
    unsigned columns, rows;

    (void)state;
    heap_was_used = false;
    console_init(&with_text);
    console_redraw();
    assert_false(heap_was_used);
    console_size(&columns, &rows);
    assert_int_equal(columns, 80);
    assert_int_equal(rows, 25);
    write_text("hello\n$ ");
    row_is(0, "hello");
    assert_int_equal(hardware_column, 2);
    assert_int_equal(hardware_row, 1);
    cell_is(2, 1, ' ', 7, 0); /* no cursor drawn */
    assert_int_equal(console_cell(80, 0), 0);
    assert_int_equal(console_cell(0, 25), 0);
}

static void without_memory_a_smaller_screen(void **state)
{
    unsigned columns, rows;

    (void)state;
    heap_is_empty = true;
    open_screen(128, 48);
    console_size(&columns, &rows);
    assert_int_equal(columns, 80);
    assert_int_equal(rows, 25);
    for (unsigned i = 0; i < 60; i++)
        write_text("0123456789012345678901234567890123456789"
                   "0123456789012345678901234567890123456789"
                   "01234\n");
    row_is(23, "01234");
    heap_is_empty = false;
}

/* ---- another mode ---------------------------------------------------------------------------- */

static int set_error;
static unsigned sets;

static int fake_set(const struct boot_framebuffer *next, unsigned columns, unsigned rows)
{
    sets++;
    assert_int_equal(threads_in, 0);
    assert_true(columns == next->width / 8 && rows == next->height / 16);
    if (!set_error)
        display_set(next, columns, rows);
    log_text("[    1.000000] test: meanwhile\n");
    return set_error;
}

static int change_mode(unsigned columns, unsigned rows)
{
    const struct boot_framebuffer next = {.phys = 0xe0000000, .width = columns * 8, .height = rows * 16};
    int error;

    mode_changes = true;
    error = console_change_mode(&next, fake_set);
    mode_changes = false;
    return error;
}

static void another_mode_keeps_the_text(void **state)
{
    unsigned columns, rows;

    (void)state;
    open_screen(100, 50);
    for (unsigned i = 0; i < 60; i++) {
        char line[16];

        (void)snprintf(line, sizeof(line), "line %u\n", i);
        write_text(line);
    }
    write_text("prompt ");
    set_error = 0;
    assert_int_equal(change_mode(120, 30), 0);
    assert_int_equal(given_back, 3 * 100 * 50 * sizeof(struct text_cell));
    console_size(&columns, &rows);
    assert_true(columns == 120 && rows == 30);
    row_is(27, "prompt");
    row_is(28, "[    1.000000] test: meanwhile");
    row_is(0, "line 33");
    write_text("x");
    row_is(29, "x");
    assert_int_equal(change_mode(200, 100), 0);
    row_is(27, "x"); /* what was said meanwhile moved it */
    row_is(28, "[    1.000000] test: meanwhile");
    row_is(0, "line 35");
    write_text("\x1b[100;200Hy"); /* the far corner is its own */
    assert_int_equal(console_cell(199, 99), 'y');
    assert_int_equal(change_mode(200, 100), 0);
}

static void a_mode_that_is_refused_changes_nothing(void **state)
{
    unsigned columns, rows;

    (void)state;
    open_screen(100, 50);
    void *kept = allocated; /* alloc forgets it */
    write_text("here");
    set_error = -EIO;
    assert_int_equal(change_mode(120, 30), -EIO);
    assert_int_equal(given_back, 3 * 120 * 30 * sizeof(struct text_cell));
    console_size(&columns, &rows);
    assert_true(columns == 100 && rows == 50);
    row_is(0, "here");
    sets = 0;
    heap_is_empty = true;
    assert_int_equal(change_mode(120, 30), -ENOMEM);
    heap_is_empty = false;
    allocated = kept;
    assert_int_equal(sets, 0);
    set_error = 0;
    row_is(0, "here");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_screen), /* these two need a console that is not up yet */
        cmocka_unit_test(panic_before_the_console),
        cmocka_unit_test(text_and_controls),
        cmocka_unit_test(another_mode_keeps_the_text),
        cmocka_unit_test(a_mode_that_is_refused_changes_nothing),
        cmocka_unit_test(wraps_late),
        cmocka_unit_test(scrolls),
        cmocka_unit_test(moves_the_cursor),
        cmocka_unit_test(erases),
        cmocka_unit_test(colours),
        cmocka_unit_test(swallows_what_it_does_not_know),
        cmocka_unit_test(sequences_end),
        cmocka_unit_test(bytes_that_are_no_text),
        cmocka_unit_test(hides_the_cursor),
        cmocka_unit_test(line_feeds_of_programs_keep_the_column),
        cmocka_unit_test(scrolling_rows),
        cmocka_unit_test(cursor_stops_at_scrolling_rows),
        cmocka_unit_test(lines_are_inserted_and_deleted),
        cmocka_unit_test(cells_are_inserted_and_deleted),
        cmocka_unit_test(tab_stops),
        cmocka_unit_test(wrapping_can_be_turned_off),
        cmocka_unit_test(the_other_screen),
        cmocka_unit_test(line_drawing),
        cmocka_unit_test(what_is_saved),
        cmocka_unit_test(answers),
        cmocka_unit_test(a_program_has_the_screen),
        cmocka_unit_test(a_program_draws_itself),
        cmocka_unit_test(a_panic_takes_the_screen_from_a_program),
        cmocka_unit_test(draws_a_burst_once),
        cmocka_unit_test(draws_only_what_differs),
        cmocka_unit_test(several_writes_are_drawn_once),
        cmocka_unit_test(a_picture_comes_in_parts),
        cmocka_unit_test(all_is_drawn_again),
        cmocka_unit_test(random_sessions),
        cmocka_unit_test(random_bytes),
        cmocka_unit_test(interrupted_write_shows_both),
        cmocka_unit_test(queued_pieces_need_no_line_end),
        cmocka_unit_test(queue_drops_what_it_has_no_room_for),
        cmocka_unit_test(log_lines_have_colours),
        cmocka_unit_test(log_lines_cannot_act),
        cmocka_unit_test(panic_takes_the_screen),
        cmocka_unit_test(vga_text),
        cmocka_unit_test(without_memory_a_smaller_screen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
