/* links: kernel/monitor/key_reader.c kernel/monitor/history.c lib/utf8.c */
/*
 * The line editor on a terminal of 80 columns that is played here: after each key its row must show
 * what a model of the line says, with the cursor at the right column, and nothing may ever wrap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/core/console/console.h"
#include "kernel/monitor/line_editor.h"

/* ---- the terminal ---------------------------------------------------------------------------- */

static struct {
    uint32_t row[80];
    unsigned column;
    char sequence[16];
    unsigned sequence_size;
    struct utf8_decoder utf8;
    unsigned rows, bells, clears;
    size_t bytes; /* written so far */
} terminal;

static void clear_row(void)
{
    for (unsigned i = 0; i < 80; i++)
        terminal.row[i] = ' ';
}

static void sequence_end(char final)
{
    unsigned number = (unsigned)atoi(terminal.sequence + 1);
    if (final == 'D') {
        assert_true(number >= 1 && number <= terminal.column);
        terminal.column -= number;
    } else if (final == 'C') {
        assert_true(number >= 1 && terminal.column + number < 80);
        terminal.column += number;
    } else if (final == 'K') {
        for (unsigned i = terminal.column; i < 80; i++)
            terminal.row[i] = ' ';
    } else if (final == 'J') {
        terminal.clears++;
        clear_row();
    } else if (final == 'H') {
        terminal.column = 0;
    } else {
        assert_int_equal(final, 'm');
    }
}

static void put_character(uint32_t c)
{
    if (c == '\n') {
        terminal.rows++;
        terminal.column = 0;
        clear_row();
    } else if (c == '\a') {
        terminal.bells++;
    } else {
        assert_true(c >= ' ' && terminal.column < 79); /* the last column would wrap */
        terminal.row[terminal.column++] = c;
    }
}

static void put_byte(char byte)
{
    uint32_t characters[2];
    if (terminal.sequence_size == 0 && byte != '\x1b') {
        if (utf8_decode(&terminal.utf8, (uint8_t)byte, characters))
            put_character(characters[0]);
        return;
    }
    assert_true(terminal.sequence_size < sizeof(terminal.sequence) - 1);
    if (byte != '\x1b')
        terminal.sequence[terminal.sequence_size - 1] = byte;
    terminal.sequence[terminal.sequence_size++] = '\0';
    if (terminal.sequence_size > 2 && byte >= '@') {
        sequence_end(byte);
        terminal.sequence_size = 0;
    }
}

void terminal_write(const char *text, size_t size)
{
    terminal.bytes += size;
    for (size_t i = 0; i < size; i++)
        put_byte(text[i]);
}

/* ---- the editor ------------------------------------------------------------------------------ */

#define PROMPT 8
#define WINDOW (LINE_COLUMNS - PROMPT)

static struct line_editor editor;
static struct key_reader reader;

static int fresh(void **state)
{
    (void)state;
    memset(&terminal, 0, sizeof(terminal));
    memset(&editor, 0, sizeof(editor));
    memset(&reader, 0, sizeof(reader));
    clear_row();
    editor.prompt = "\x1b[1;32mfastos>\x1b[0m ";
    editor.prompt_columns = PROMPT;
    line_editor_start(&editor);
    return 0;
}

static enum line_event type_bytes(const char *bytes, size_t size)
{
    enum line_event event = LINE_EDITING;
    for (size_t i = 0; i < size; i++)
        event = line_editor_key(&editor, key_read(&reader, (uint8_t)bytes[i]));
    return event;
}

static enum line_event type(const char *text)
{
    enum line_event event = type_bytes(text, strlen(text));
    if (event == LINE_EDITING)
        line_editor_show(&editor);
    return event;
}

/* The row is the prompt and this text, and the cursor stands behind `cursor` of its columns. */
static void row_is(const char *text, unsigned cursor)
{
    struct utf8_decoder utf8 = {0};
    uint32_t characters[2];
    unsigned column = PROMPT;
    for (const char *c = text; *c; c++) {
        if (utf8_decode(&utf8, (uint8_t)*c, characters))
            assert_int_equal(terminal.row[column++], characters[0]);
    }
    while (column < 80)
        assert_int_equal(terminal.row[column++], ' ');
    assert_int_equal(terminal.column, PROMPT + cursor);
    assert_int_equal(terminal.row[0], 'f');
    assert_int_equal(terminal.row[6], '>');
}

static void test_typing_costs_a_byte(void **state)
{
    (void)state;
    type("hel");
    size_t before = terminal.bytes;
    type("p");
    assert_int_equal(terminal.bytes - before, 1);
    row_is("help", 4);
    assert_int_equal(type("\r"), LINE_DONE);
    assert_string_equal(editor.text, "help");
    assert_int_equal(terminal.rows, 1);
}

static void test_moving_and_erasing(void **state)
{
    (void)state;
    type("cat /etc/motd");
    type("\x1b[D\x1b[D\x1b[D\x1b[D");
    row_is("cat /etc/motd", 9);
    type("x");
    row_is("cat /etc/xmotd", 10);
    type("\x7f\x1b[3~");
    row_is("cat /etc/otd", 9);
    type("\x01");
    row_is("cat /etc/otd", 0);
    type("\x05\x17");
    row_is("cat ", 4);
    type("\x1b[H\x0b");
    row_is("", 0);
    type("one two\x1b[1~\x1b[C\x1b[C\x1b[C\x15");
    row_is(" two", 0);
    type("\x1b[4~\x08\x02\x04"); /* Backspace, Ctrl-B, Ctrl-D */
    row_is(" t", 2);
    type("\x0c");
    assert_int_equal(terminal.clears, 1);
    row_is(" t", 2);
    type("\x1b[D\x1b[D\x1b[D\x1b[D\x7f"); /* left of the beginning */
    row_is(" t", 0);
    type("\x1b[F\x1b[C\x1b[3~");
    row_is(" t", 2);
}

static void test_words(void **state)
{
    (void)state;
    type("sum  /a/b   /c");
    type("\x1b[1;5D");
    row_is("sum  /a/b   /c", 12);
    type("\x1b"
         "b\x1b"
         "b\x1b"
         "b\x1b"
         "b");
    row_is("sum  /a/b   /c", 0);
    type("\x1b[1;5C\x1b"
         "f");
    row_is("sum  /a/b   /c", 9);
}

static void test_utf8(void **state)
{
    (void)state;
    type("ä€x");
    row_is("ä€x", 3);
    type("\x1b[D\x1b[D\x7f");
    row_is("€x", 0);
    type("\x1b[3~é");
    row_is("éx", 1);
    assert_string_equal(editor.text, "éx");
}

static void test_cancel(void **state)
{
    (void)state;
    assert_int_equal(type("abc\x1b[D\x03"), LINE_CANCELLED);
    assert_int_equal(terminal.rows, 1);
    line_editor_start(&editor);
    row_is("", 0);
    assert_int_equal(type("\t"), LINE_COMPLETE);
}

static void test_history(void **state)
{
    (void)state;
    const char *lines[] = {"ls /", "cat /a", "ls /b", "ls /b"};
    for (size_t i = 0; i < 4; i++) {
        type(lines[i]);
        type("\r");
        line_editor_start(&editor);
    }
    type("dra");
    type("\x01"); /* nothing before the cursor: any line will do */
    type("\x1b[A");
    row_is("ls /b", 5);
    type("\x1b[A");
    row_is("cat /a", 6);
    type("\x1b[A\x1b[A\x1b[A");
    row_is("ls /", 4);
    type("\x1b[B\x1b[B\x1b[B");
    row_is("dra", 3);
    type("\x15ls");
    type("\x10\x10"); /* Ctrl-P: only lines that begin with ls */
    row_is("ls /", 4);
    type("x\x1b[A"); /* changed: it is the user's own again, and nothing begins so */
    row_is("ls /x", 5);
    type("\x1b[B");
    row_is("ls /x", 5);
    type("\x7f\x0e");
    row_is("ls /", 4);
}

static void test_history_is_bounded(void **state)
{
    (void)state;
    char line[3000];
    for (unsigned i = 0; i < 1000; i++) {
        memset(line, 'a' + (int)(i % 26), sizeof(line));
        line[i * 7 % sizeof(line)] = '\0';
        history_add(&editor.history, line);
        assert_true(editor.history.count <= HISTORY_LINES);
        assert_true(editor.history.start[editor.history.count] <= HISTORY_BYTES);
        size_t found;
        const char *newest = history_before(&editor.history, editor.history.count, "", 0, &found);
        if (line[0])
            assert_string_equal(newest, line);
    }
}

static void test_long_line(void **state)
{
    (void)state;
    char line[4001];
    for (unsigned i = 0; i < 4000; i++)
        line[i] = (char)('a' + i % 26);
    line[4000] = '\0';
    type(line);
    assert_string_equal(editor.text, line);
    size_t before = terminal.bytes;
    for (unsigned i = 0; i < 1000; i++)
        type("z");
    assert_true(terminal.bytes - before < 10000); /* it scrolls by half a window, not by columns */
    type("\x01");
    assert_int_equal(terminal.column, PROMPT);
    for (unsigned i = 0; i < WINDOW; i++)
        assert_int_equal(terminal.row[PROMPT + i], line[i]);
    assert_int_equal(type("\r"), LINE_DONE);
    assert_int_equal(strlen(editor.text), 5000);
}

static void test_full_line_beeps(void **state)
{
    (void)state;
    for (unsigned i = 0; i < LINE_BYTES + 10; i++)
        type_bytes("q", 1);
    assert_int_equal(editor.size, LINE_BYTES - 1);
    assert_int_equal(terminal.bells, 11);
    type_bytes("€", 3);
    assert_int_equal(editor.size, LINE_BYTES - 1);
    line_editor_show(&editor);
}

/* ---- against a model ------------------------------------------------------------------------- */

static struct {
    uint32_t text[LINE_BYTES];
    size_t size, cursor;
} model;

static void model_insert(uint32_t c)
{
    memmove(model.text + model.cursor + 1, model.text + model.cursor,
            (model.size - model.cursor) * sizeof(uint32_t));
    model.text[model.cursor++] = c;
    model.size++;
}

static void model_erase(size_t from, size_t to)
{
    memmove(model.text + from, model.text + to, (model.size - to) * sizeof(uint32_t));
    model.size -= to - from;
    model.cursor = from;
}

/* One random key, on both. */
static void step(void)
{
    static const uint32_t letters[] = {'a', 'b', ' ', 0xe4, 0x20ac, 0x1f600, '/'};
    char bytes[5] = {0};
    unsigned choice = (unsigned)rand() % 24;
    if (choice < 14) {
        uint32_t c = letters[(unsigned)rand() % 7];
        utf8_encode(c, bytes);
        type_bytes(bytes, strlen(bytes));
        model_insert(c);
    } else if (choice < 16) {
        type_bytes("\x1b[D", 3);
        model.cursor -= model.cursor > 0;
    } else if (choice < 18) {
        type_bytes("\x1b[C", 3);
        model.cursor += model.cursor < model.size;
    } else if (choice == 18) {
        type_bytes("\x7f", 1);
        if (model.cursor > 0)
            model_erase(model.cursor - 1, model.cursor);
    } else if (choice == 19) {
        type_bytes("\x1b[3~", 4);
        if (model.cursor < model.size)
            model_erase(model.cursor, model.cursor + 1);
    } else if (choice == 20) {
        type_bytes("\x01", 1);
        model.cursor = 0;
    } else if (choice == 21) {
        type_bytes("\x05", 1);
        model.cursor = model.size;
    } else if (rand() % 40 == 0) {
        type_bytes("\x0b", 1);
        model_erase(model.cursor, model.size);
    }
}

static void compare(void)
{
    char expected[LINE_BYTES];
    size_t size = 0;
    for (size_t i = 0; i < model.size; i++)
        size += utf8_encode(model.text[i], expected + size);
    assert_int_equal(editor.size, size);
    assert_memory_equal(editor.text, expected, size);
    assert_true(terminal.column >= PROMPT && terminal.column <= LINE_COLUMNS);
    size_t first = model.cursor - (terminal.column - PROMPT); /* the character in column 8 */
    assert_true(first <= model.cursor);
    for (unsigned i = 0; i < WINDOW; i++) {
        uint32_t wanted = first + i < model.size ? model.text[first + i] : ' ';
        if (i == 0 && first > 0 && first < model.size)
            wanted = '<';
        assert_int_equal(terminal.row[PROMPT + i], wanted);
    }
    assert_int_equal(terminal.row[79], ' ');
}

static void test_against_a_model(void **state)
{
    for (unsigned seed = 0; seed < 60; seed++) {
        srand(seed);
        fresh(state);
        model.size = model.cursor = 0;
        for (unsigned i = 0; i < 400; i++) {
            for (unsigned keys = (unsigned)rand() % 4; keys > 0; keys--)
                step();
            line_editor_show(&editor);
            compare();
        }
    }
}

static void test_garbage(void **state)
{
    for (unsigned seed = 0; seed < 200; seed++) {
        srand(seed);
        fresh(state);
        for (unsigned i = 0; i < 2000; i++) {
            char byte = (char)rand();
            enum line_event event = type_bytes(&byte, 1);
            if (event == LINE_DONE || event == LINE_CANCELLED)
                line_editor_start(&editor);
            else
                line_editor_show(&editor);
            assert_true(editor.cursor <= editor.size && editor.size < LINE_BYTES);
            assert_int_equal(strlen(editor.text), editor.size);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_typing_costs_a_byte, fresh),
        cmocka_unit_test_setup(test_moving_and_erasing, fresh),
        cmocka_unit_test_setup(test_words, fresh),
        cmocka_unit_test_setup(test_utf8, fresh),
        cmocka_unit_test_setup(test_cancel, fresh),
        cmocka_unit_test_setup(test_history, fresh),
        cmocka_unit_test_setup(test_history_is_bounded, fresh),
        cmocka_unit_test_setup(test_long_line, fresh),
        cmocka_unit_test_setup(test_full_line_beeps, fresh),
        cmocka_unit_test_setup(test_against_a_model, fresh),
        cmocka_unit_test_setup(test_garbage, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
