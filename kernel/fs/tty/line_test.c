/*
 * The line discipline: each of its rules by example, then random bytes, modes, reads and prints
 * against a model that keeps whole lines in lists and knows no ring.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/fs/tty/line.h"

static struct line line;

static int fresh(void **state)
{
    (void)state;
    line_init(&line);
    return 0;
}

static void type(const char *text, size_t size)
{
    line_input(&line, span_of(text, size));
}
#define TYPE(text) type(text, sizeof(text) - 1)

/* All that goes to the device now is `text`. */
static void shown(const char *text, size_t size)
{
    char all[LINE_OUTPUT_BYTES];
    size_t done = 0;

    while (line.output_count > 0) {
        struct span piece = line_outgoing(&line);
        assert_true(piece.size > 0 && done + piece.size <= sizeof(all));
        memcpy(all + done, piece.bytes, piece.size);
        done += piece.size;
        line_sent(&line, piece.size);
    }
    if (done != size || memcmp(all, text, size) != 0)
        fail_msg("shown \"%.*s\", not \"%.*s\"", (int)done, all, (int)size, text);
}
#define SHOWN(text) shown(text, sizeof(text) - 1)

/* A read with that much room brings exactly `text`. */
static void reads(size_t room, const char *text, size_t size, bool ended)
{
    char *to = malloc(room > 0 ? room : 1);
    bool was_end;
    size_t got = line_read(&line, room_of(to, room), &was_end);

    if (got != size || memcmp(to, text, size) != 0)
        fail_msg("read \"%.*s\", not \"%s\"", (int)got, to, text);
    assert_int_equal(was_end, ended);
    free(to);
}
#define READS(text) reads(4096, text, sizeof(text) - 1, true)
#define READS_PART(room, text) reads(room, text, sizeof(text) - 1, false)

static void modes(uint32_t clear_local, uint32_t set_local)
{
    struct abi_termios termios = line.termios;

    termios.local = (termios.local & ~clear_local) | set_local;
    line_set(&line, &termios);
}

static void input_modes(uint32_t clear, uint32_t set)
{
    struct abi_termios termios = line.termios;

    termios.input = (termios.input & ~clear) | set;
    line_set(&line, &termios);
}

static void output_modes(uint32_t modes_)
{
    struct abi_termios termios = line.termios;

    termios.output = modes_;
    line_set(&line, &termios);
}

static void character(unsigned index, uint8_t value)
{
    struct abi_termios termios = line.termios;

    termios.characters[index] = value;
    line_set(&line, &termios);
}

/* ---- canonical ------------------------------------------------------------------------------- */

static void test_lines(void **state)
{
    (void)state;
    TYPE("one");
    assert_int_equal(line_ready(&line), 0);
    TYPE("\rtwo\n");
    assert_true(line.events & LINE_READABLE);
    SHOWN("one\r\ntwo\r\n");
    assert_int_equal(line_readable(&line), 8);
    READS_PART(2, "on");
    READS("e\n");
    READS("two\n");
    READS("");
}

static void test_end_of_file(void **state)
{
    (void)state;
    TYPE("abc\x04");
    SHOWN("abc");
    assert_int_equal(line_readable(&line), 3);
    reads(3, "abc", 3, true); /* the mark goes with it: no end of file behind it */
    assert_int_equal(line_ready(&line), 0);
    TYPE("\x04xy\n\x04");
    READS("");
    READS("xy\n");
    assert_int_equal(line_ready(&line), 1);
    assert_int_equal(line_readable(&line), 0);
    READS("");
    assert_int_equal(line_ready(&line), 0);
}

static void test_erase(void **state)
{
    (void)state;
    TYPE("ab\x7f" "c\x7f\x7f\x7f\x7f" "x\n");
    SHOWN("ab\b \bc\b \b\b \bx\r\n");
    READS("x\n");
    modes(ECHOE, 0);
    TYPE("ab\x7f\n");
    SHOWN("ab^?\r\n");
    READS("a\n");
    modes(ECHO, 0);
    TYPE("ab\x7f\n");
    SHOWN("");
    READS("a\n");
}

static void test_erase_wide_things(void **state)
{
    (void)state;
    TYPE("\xc3\xa9\xe2\x82\xac\x7f\x7f\x7f\n");
    SHOWN("\xc3\xa9\xe2\x82\xac\b \b\b \b\r\n");
    READS("\n");
    TYPE("a\t\x7f\n"); /* from column 8 back to 1 */
    SHOWN("a\t\b \b\b \b\b \b\b \b\b \b\b \b\b \b\r\n");
    TYPE("\x01\x7f\n");
    SHOWN("^A\b \b\b \b\r\n");
    READS("a\n");
    READS("\n");
    input_modes(IUTF8, 0);
    TYPE("\xc3\xa9\x7f\n");
    SHOWN("\xc3\xa9\b \b\r\n");
    READS("\xc3\n");
}

static void test_tab_behind_a_prompt(void **state)
{
    (void)state;
    assert_int_equal(line_output(&line, span_of("12345> ", 7)), 7);
    TYPE("\t\x7f");
    SHOWN("12345> \t\b \b"); /* the tab was one column wide */
}

static void test_kill_and_word_erase(void **state)
{
    (void)state;
    TYPE("one two.. \x17");
    SHOWN("one two.. \b \b\b \b\b \b\b \b\b \b\b \b");
    TYPE("\x15");
    SHOWN("\b \b\b \b\b \b\b \b");
    TYPE("\n");
    READS("\n");
    SHOWN("\r\n");
    modes(ECHOKE, 0);
    TYPE("abc\x15" "d\n");
    SHOWN("abc^U\r\nd\r\n");
    READS("d\n");
    modes(IEXTEN, 0);
    TYPE("a\x17\n");
    READS("a\x17\n");
}

static void test_reprint_and_literal(void **state)
{
    (void)state;
    TYPE("ab\x12");
    SHOWN("ab^R\r\nab");
    TYPE("\x16\x03\x16\x7f\x16\n\x7f\n");
    SHOWN("^\b^C^\b^?^\b^J\b \b\b \b\r\n");
    READS("ab\x03\x7f\n");
    assert_int_equal(line.events & LINE_INTERRUPT, 0);
}

static void test_end_characters(void **state)
{
    (void)state;
    character(VEOL, ';');
    character(VEOL2, '!');
    TYPE("a;b!c\n");
    SHOWN("a;b!c\r\n");
    READS("a;");
    READS("b!");
    READS("c\n");
}

static void test_character_0_is_none(void **state)
{
    (void)state;
    character(VINTR, 0);
    character(VERASE, 0);
    type("a\0b\x03\x7f\n", 6);
    reads(4096, "a\0b\x03\x7f\n", 6, true);
    assert_int_equal(line.events & LINE_INTERRUPT, 0);
}

static void test_echo_of_newline_alone(void **state)
{
    (void)state;
    modes(ECHO, ECHONL);
    TYPE("secret\n");
    SHOWN("\r\n");
    modes(ICANON, 0);
    TYPE("\n");
    SHOWN("");
}

static void test_too_long_a_line(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5000; i++) {
        TYPE("x");
        line_flush_output(&line);
    }
    assert_int_equal(line.dropped, 5000 - 4095);
    TYPE("y");
    SHOWN("\a");
    TYPE("\n");
    assert_int_equal(line_ready(&line), 4096);
    assert_int_equal(line_room(&line), 0);
    TYPE("\n");
    assert_int_equal(line_ready(&line), 4096);
    input_modes(IMAXBEL, 0);
    line_flush_output(&line);
    TYPE("y");
    SHOWN("");
}

/* ---- modes of the input ---------------------------------------------------------------------- */

static void test_carriage_returns(void **state)
{
    (void)state;
    input_modes(ICRNL, 0);
    TYPE("a\rb\n");
    READS("a\rb\n");
    input_modes(0, IGNCR);
    TYPE("a\rb\n");
    READS("ab\n");
    input_modes(IGNCR | ICRNL, INLCR);
    TYPE("a\nb");
    modes(ICANON, 0);
    READS("a\rb");
    input_modes(INLCR, ISTRIP);
    TYPE("\xe1");
    READS("a");
}

static void test_signals(void **state)
{
    (void)state;
    TYPE("abc\n1234\x03");
    assert_int_equal(line.events & (LINE_INTERRUPT | LINE_FLUSHED), LINE_INTERRUPT | LINE_FLUSHED);
    assert_int_equal(line_ready(&line), 0);
    SHOWN("^C");
    line.events = 0;
    modes(0, NOFLSH);
    TYPE("abc\n12\x1c" "3\n");
    assert_int_equal(line.events & ~(LINE_READABLE | LINE_SENT), LINE_QUIT);
    READS("abc\n");
    READS("123\n");
    line.events = 0;
    modes(ICANON, 0);
    TYPE("\x1a");
    assert_int_equal(line.events, LINE_SUSPEND);
    modes(ISIG, 0);
    TYPE("\x1a");
    READS("\x1a");
}

static void test_flow(void **state)
{
    (void)state;
    TYPE("\x13");
    assert_true(line.stopped);
    TYPE("a");
    assert_true(line.stopped);
    TYPE("\x11");
    assert_false(line.stopped);
    input_modes(0, IXANY);
    TYPE("\x13" "b");
    assert_false(line.stopped);
    TYPE("\x13\x03");
    assert_false(line.stopped);
    TYPE("\x13");
    input_modes(IXON, 0);
    assert_false(line.stopped);
    TYPE("\x13\n");
    READS("\x13\n");
}

static void test_raw(void **state)
{
    (void)state;
    modes(ICANON | ECHO | ISIG | IEXTEN, 0);
    input_modes(ICRNL | IXON, 0);
    TYPE("a\r\x03\x7f\x04\x13");
    assert_int_equal(line_room(&line), 4096 - 6);
    READS_PART(2, "a\r");
    READS("\x03\x7f\x04\x13");
    SHOWN("");
    for (unsigned i = 0; i < 5000; i++)
        TYPE("x");
    assert_int_equal(line_ready(&line), 4096);
    assert_int_equal(line.dropped, 5000 - 4096);
}

static void test_change_of_modes_keeps_what_was_typed(void **state)
{
    (void)state;
    TYPE("ab\ncd\x04\x04" "ef");
    modes(ICANON, 0);
    assert_int_equal(line_ready(&line), 7);
    READS_PART(4, "ab\nc");
    TYPE("g");
    modes(0, ICANON);
    READS("defg");
    TYPE("h\n");
    READS("h\n");
}

/* ---- output ---------------------------------------------------------------------------------- */

static size_t print(const char *text)
{
    return line_output(&line, span_of(text, strlen(text)));
}

static void test_output(void **state)
{
    (void)state;
    print("a\nb\rc\t\x1b[m\xc3\xa9\n");
    SHOWN("a\r\nb\rc\t\x1b[m\xc3\xa9\r\n");
    output_modes(OPOST);
    print("a\nb");
    SHOWN("a\nb");
    assert_int_equal(line.column, 2);
    output_modes(OPOST | ONLRET);
    print("\n");
    SHOWN("\n");
    assert_int_equal(line.column, 0);
    output_modes(OPOST | ONOCR);
    print("\ra\r\r");
    SHOWN("a\r");
    output_modes(OPOST | OCRNL);
    print("\r");
    SHOWN("\n");
    output_modes(ONLCR | OCRNL);
    print("a\n\r");
    SHOWN("a\n\r");
}

static void test_output_is_bounded(void **state)
{
    (void)state;
    char text[6000];

    memset(text, 'x', sizeof(text));
    assert_int_equal(line_output(&line, span_of(text, sizeof(text))), 4096);
    assert_int_equal(print("y"), 0);
    TYPE("z"); /* no echo, but it is typed */
    assert_int_equal(line.editing, 1);
    line_sent(&line, 1000);
    memset(text, '\n', sizeof(text));
    assert_int_equal(line_output(&line, span_of(text, sizeof(text))), 500);
    assert_int_equal(line_outgoing(&line).size, 3096);
    line_sent(&line, 3096);
    assert_int_equal(line_outgoing(&line).size, 1000);
    line_flush_output(&line);
    assert_int_equal(line_outgoing(&line).size, 0);
}

/* ---- against a model ------------------------------------------------------------------------- */

/*
 * The model: bytes of whole lines in one long array with a mark behind each byte that ends one
 * (0: byte, 1: end, 2: end of file), never reused; the line under way in another.
 */
#define MODEL_BYTES 400000u

static struct {
    uint8_t bytes[MODEL_BYTES], marks[MODEL_BYTES];
    size_t from, to;
    uint8_t edit[4200];
    size_t edit_size;
    bool literal, stopped, canonical;
    unsigned signals;
    uint64_t dropped;
} model;

static bool typed_is(unsigned index, uint8_t byte)
{
    return byte && line.termios.characters[index] == byte;
}

static bool model_full(bool end)
{
    size_t used = model.to - model.from + model.edit_size;

    if (used < 4096 - (size_t)(model.canonical && !end))
        return false;
    model.dropped++;
    return true;
}

static void model_commit(void)
{
    memcpy(model.bytes + model.to, model.edit, model.edit_size);
    memset(model.marks + model.to, 0, model.edit_size);
    model.to += model.edit_size;
    model.edit_size = 0;
}

static void model_plain(uint8_t byte)
{
    if (model_full(false))
        return;
    model.edit[model.edit_size++] = byte;
    if (!model.canonical)
        model_commit();
}

static void model_end(uint8_t byte, uint8_t mark)
{
    if (model_full(true))
        return;
    model.edit[model.edit_size++] = byte;
    model_commit();
    model.marks[model.to - 1] = mark;
}

static bool model_word(uint8_t byte)
{
    return strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", byte)
               ? byte != 0
               : byte >= 0x80;
}

static void model_erase(void)
{
    bool more = true;

    while (model.edit_size > 0 && more) {
        uint8_t byte = model.edit[--model.edit_size];
        more = (line.termios.input & IUTF8) && byte >= 0x80 && byte < 0xc0;
    }
}

static void model_erase_word(void)
{
    bool word = false;

    for (; model.edit_size > 0; model.edit_size--) {
        bool now = model_word(model.edit[model.edit_size - 1]);
        if (word && !now)
            break;
        word |= now;
    }
}

static void model_signal(unsigned signal)
{
    model.signals |= signal;
    model.stopped = false;
    if (line.termios.local & NOFLSH)
        return;
    model.from = model.to;
    model.edit_size = 0;
}

static void model_input(uint8_t byte)
{
    uint32_t in = line.termios.input, local = line.termios.local;

    if (in & ISTRIP)
        byte &= 0x7f;
    if (model.literal) {
        model.literal = false;
        model_plain(byte);
        return;
    }
    if ((in & IXON) && typed_is(VSTART, byte)) {
        model.stopped = false;
        return;
    }
    if ((in & IXON) && typed_is(VSTOP, byte)) {
        model.stopped = true;
        return;
    }
    if ((in & IXON) && (in & IXANY))
        model.stopped = false;
    if ((local & ISIG) && typed_is(VINTR, byte)) {
        model_signal(LINE_INTERRUPT);
        return;
    }
    if ((local & ISIG) && typed_is(VQUIT, byte)) {
        model_signal(LINE_QUIT);
        return;
    }
    if ((local & ISIG) && typed_is(VSUSP, byte)) {
        model_signal(LINE_SUSPEND);
        return;
    }
    if (byte == '\r' && (in & IGNCR))
        return;
    if (byte == '\r' && (in & ICRNL))
        byte = '\n';
    else if (byte == '\n' && (in & INLCR))
        byte = '\r';
    if (!model.canonical)
        model_plain(byte);
    else if (typed_is(VERASE, byte))
        model_erase();
    else if ((local & IEXTEN) && typed_is(VWERASE, byte))
        model_erase_word();
    else if (typed_is(VKILL, byte))
        model.edit_size = 0;
    else if ((local & IEXTEN) && typed_is(VLNEXT, byte))
        model.literal = true;
    else if ((local & IEXTEN) && typed_is(VREPRINT, byte))
        ;
    else if (byte == '\n' || typed_is(VEOL, byte))
        model_end(byte, 1);
    else if (typed_is(VEOF, byte))
        model_end(byte, 2);
    else
        model_plain(byte);
}

static size_t model_read(uint8_t *to, size_t size)
{
    size_t done = 0;

    if (!model.canonical) {
        while (done < size && model.from < model.to)
            to[done++] = model.bytes[model.from++];
        return done;
    }
    while (model.from < model.to) {
        uint8_t mark = model.marks[model.from];
        if (mark == 2) {
            if (size > 0)
                model.from++;
            break;
        }
        if (done == size)
            break;
        to[done++] = model.bytes[model.from++];
        if (mark == 1)
            break;
    }
    return done;
}

static void model_modes(const struct abi_termios *new)
{
    bool canonical = new->local & ICANON;

    if (canonical != model.canonical) {
        size_t kept = model.from;
        model_commit();
        for (size_t i = model.from; i < model.to; i++) {
            if (model.marks[i] != 2) {
                model.bytes[kept] = model.bytes[i];
                model.marks[kept++] = 0;
            }
        }
        model.to = kept;
        model.literal = false;
    }
    model.canonical = canonical;
    if ((line.termios.input & IXON) && !(new->input & IXON))
        model.stopped = false;
}

static unsigned random_state;

static unsigned random_below(unsigned bound)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % bound;
}

static uint8_t random_byte(void)
{
    static const uint8_t special[] = "\x03\x1c\x1a\x7f\x15\x17\x16\x12\x04\x13\x11\r\n\n\n"
                                     ";\t \xc3\xa9";

    if (random_below(3) == 0)
        return special[random_below(sizeof(special) - 1)];
    return random_below(4) ? (uint8_t)('a' + random_below(26)) : (uint8_t)random_below(256);
}

static void random_modes(void)
{
    static const uint32_t inputs[] = {ISTRIP, INLCR, IGNCR, ICRNL, IXON, IXANY, IMAXBEL, IUTF8};
    static const uint32_t locals[] = {ISIG, ICANON, ECHO, ECHOE, ECHOK, ECHONL, NOFLSH, ECHOCTL,
                                      ECHOKE, IEXTEN};
    struct abi_termios termios = line.termios;

    for (unsigned i = random_below(3); i > 0; i--)
        termios.input ^= inputs[random_below(8)];
    for (unsigned i = random_below(3); i > 0; i--)
        termios.local ^= locals[random_below(10)];
    termios.output = random_below(0200);
    termios.characters[VEOL] = random_below(2) ? ';' : 0;
    model_modes(&termios);
    line_set(&line, &termios);
}

static void random_step(void)
{
    uint8_t bytes[300];
    unsigned size = random_below(random_below(20) ? 12 : sizeof(bytes));

    switch (random_below(8)) {
    default:
        for (unsigned i = 0; i < size; i++) {
            bytes[i] = random_byte();
            model_input(bytes[i]);
        }
        line_input(&line, span_of(bytes, size));
        break;
    case 1:
    case 2: {
        uint8_t *got = malloc(size + 1);
        bool ended;
        size_t count = line_read(&line, room_of((char *)got, size), &ended);
        assert_int_equal(count, model_read(bytes, size));
        assert_memory_equal(got, bytes, count);
        free(got);
        break;
    }
    case 3:
        if (random_below(10) == 0)
            random_modes();
        break;
    case 4:
        for (unsigned i = 0; i < size; i++)
            bytes[i] = random_byte();
        assert_true(line_output(&line, span_of(bytes, size)) <= size);
        break;
    case 5: {
        size_t piece = line_outgoing(&line).size;
        line_sent(&line, piece < size * 8 ? piece : size * 8);
        break;
    }
    }
}

static void check_against_model(void)
{
    size_t used = model.to - model.from;

    assert_int_equal(line.ready, used);
    assert_int_equal(line.editing, model.edit_size);
    assert_int_equal(line.dropped, model.dropped);
    assert_int_equal(line.stopped, model.stopped);
    assert_int_equal(line.literal, model.literal);
    assert_int_equal(line.events & (LINE_INTERRUPT | LINE_QUIT | LINE_SUSPEND), model.signals);
    assert_true(line.first < LINE_INPUT_BYTES && line.output_first < LINE_OUTPUT_BYTES);
    assert_true(line.output_count <= LINE_OUTPUT_BYTES);
    for (unsigned i = 0; i < line.editing; i++)
        assert_int_equal(line.input[(line.first + line.ready + i) % 4096], model.edit[i]);
}

static void test_torture(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        random_state = round;
        line_init(&line);
        memset(&model, 0, offsetof(__typeof__(model), bytes));
        model.from = model.to = model.edit_size = 0;
        model.literal = model.stopped = false;
        model.canonical = true;
        model.signals = 0;
        model.dropped = 0;
        while (model.to < MODEL_BYTES - 8192 && model.from < 60000) {
            random_step();
            check_against_model();
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_lines, fresh),
        cmocka_unit_test_setup(test_end_of_file, fresh),
        cmocka_unit_test_setup(test_erase, fresh),
        cmocka_unit_test_setup(test_erase_wide_things, fresh),
        cmocka_unit_test_setup(test_tab_behind_a_prompt, fresh),
        cmocka_unit_test_setup(test_kill_and_word_erase, fresh),
        cmocka_unit_test_setup(test_reprint_and_literal, fresh),
        cmocka_unit_test_setup(test_end_characters, fresh),
        cmocka_unit_test_setup(test_character_0_is_none, fresh),
        cmocka_unit_test_setup(test_echo_of_newline_alone, fresh),
        cmocka_unit_test_setup(test_too_long_a_line, fresh),
        cmocka_unit_test_setup(test_carriage_returns, fresh),
        cmocka_unit_test_setup(test_signals, fresh),
        cmocka_unit_test_setup(test_flow, fresh),
        cmocka_unit_test_setup(test_raw, fresh),
        cmocka_unit_test_setup(test_change_of_modes_keeps_what_was_typed, fresh),
        cmocka_unit_test_setup(test_output, fresh),
        cmocka_unit_test_setup(test_output_is_bounded, fresh),
        cmocka_unit_test_setup(test_torture, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
