/* The terminal's language: what is written, and what then stands where. */
/* links: user/apps/terminal/vt_modes.c user/apps/terminal/vt_keys.c user/apps/terminal/grid.c */
/* links: user/apps/terminal/line.c user/apps/terminal/parser.c lib/utf8.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/abi/keys.h"
#include "lib/utf8.h"
#include "user/apps/terminal/vt.h"
#include "user/desktop/protocol.h"

static char said[256]; /* replies, titles, bells, copies, one after the other */

static void note(const char *kind, const char *text, size_t size)
{
    size_t used = strlen(said);

    snprintf(said + used, sizeof(said) - used, "%s%.*s", kind, (int)size, text);
}

static void on_reply(void *context, const char *bytes, size_t size)
{
    (void)context;
    note("", bytes, size);
}

static void on_title(void *context, const char *text)
{
    (void)context;
    note("title:", text, strlen(text));
}

static void on_bell(void *context)
{
    (void)context;
    note("bell", "", 0);
}

static void on_copy(void *context, const char *text, size_t size)
{
    (void)context;
    note("copy:", text, size);
}

static struct vt *make(int columns, int rows)
{
    const struct vt_hooks hooks = {on_reply, on_title, on_bell, on_copy};
    struct vt *vt = vt_new(columns, rows, &hooks, NULL);

    said[0] = 0;
    assert_non_null(vt);
    return vt;
}

static void put(struct vt *vt, const char *text)
{
    vt_write(vt, text, strlen(text));
}

/* The row's text without the blanks at its end. */
static const char *row_text(const struct vt *vt, int row)
{
    static char text[4 * VT_COLUMNS_MAX + 1];
    static struct cell room[VT_COLUMNS_MAX];
    const struct cell *cells = vt_row(vt, row, room);
    size_t size = 0;

    for (int i = 0; i < vt_columns(vt); i++)
        if (!(cells[i].attributes & CELL_TAIL))
            size += utf8_encode(cells[i].character, text + size);
    while (size > 0 && text[size - 1] == ' ')
        size--;
    text[size] = 0;
    return text;
}

/* The screen, rows joined by '|', without the empty ones at its end. */
static const char *screen_text(const struct vt *vt)
{
    static char text[8192];
    size_t end = 0, at = 0;

    for (int row = 0; row < vt_rows(vt); row++) {
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", row ? "|" : "", row_text(vt, row));
        end = row_text(vt, row)[0] ? at : end;
    }
    text[end] = 0;
    return text;
}

static struct cell cell_at(const struct vt *vt, int row, int column)
{
    struct cell room[VT_COLUMNS_MAX];

    return vt_row(vt, row, room)[column];
}

/* ---- what is written, what is seen ---------------------------------------------------------------- */

static const struct {
    const char *written, *seen;
    int column, row;
} cases[] = {
    {"hello", "hello", 5, 0},
    {"a\r\nb\nc", "a|b| c", 2, 2},
    {"1234567890abc", "1234567890|abc", 3, 1},
    {"123456789\r\n", "123456789", 0, 1},
    {"1234567890\r\nx", "1234567890|x", 1, 1}, /* behind the last column, no line is left out */
    {"\033[?7l1234567890abc", "123456789c", 9, 0},
    {"a\tb", "a       b", 9, 0},
    {"ab\b\bX", "Xb", 1, 0},
    {"\033[2;3Hx", "|  x", 3, 1},
    {"\033[99;99Hx", "||||         x", 9, 4},
    {"\033[3;4H\033[2A\033[Cx", "    x", 5, 0},
    {"abcdef\033[3D\033[K", "abc", 3, 0},
    {"abcdef\033[3D\033[1K", "    ef", 3, 0},
    {"abcdef\033[2K", "", 6, 0},
    {"a\r\nb\r\nc\033[2;1H\033[J", "a", 0, 1},
    {"a\r\nb\r\nc\033[2;1H\033[1J", "||c", 0, 1},
    {"abcdef\033[3G\033[2P", "abef", 2, 0},
    {"abcdef\033[3G\033[2@", "ab  cdef", 2, 0},
    {"abcdef\033[3G\033[2X", "ab  ef", 2, 0},
    {"abc\033[1G\033[4hX\033[4l", "Xabc", 1, 0},
    {"a\r\nb\r\nc\033[1;1H\033[L", "|a|b|c", 0, 0},
    {"a\r\nb\r\nc\033[1;1H\033[2M", "c", 0, 0},
    {"1\r\n2\r\n3\r\n4\r\n5\r\n6", "2|3|4|5|6", 1, 4},
    {"1\r\n2\r\n3\r\n4\r\n5\033[2;4r\033[4;1H\n", "1|3|4||5", 0, 3},
    {"1\r\n2\r\n3\r\n4\r\n5\033[2;4r\033[2;1H\033M", "1||2|3|5", 0, 1},
    {"1\r\n2\r\n3\033[S", "2|3", 1, 2},
    {"1\r\n2\r\n3\033[T", "|1|2|3", 1, 2},
    {"\033[2;4r\033[?6h\033[1;1Hx", "|x", 1, 1},
    {"a\033[3b", "aaaa", 4, 0},
    {"ab\0337\033[3;3Hx\0338c", "abc||  x", 3, 0},
    {"\033(0lqk\033(B-", "┌─┐-", 4, 0},
    {"\033)0\016x\017x", "│x", 2, 0},
    {"main\033[?1049hother", "    other", 9, 0},
    {"main\033[?1049hother\033[?1049l", "main", 4, 0},
    {"\033#8\033[2;2H\033[2J", "", 1, 1},
    {"漢字x", "漢字x", 5, 0},
    {"\033[1;10H漢", "|漢", 2, 1}, /* a wide one does not fit into one column */
    {"漢\033[1;2Hx", " x", 2, 0},  /* nor stays half of it */
    {"e\xCC\x81g", "eg", 2, 0},
    {"\xC3\xB1\xE2\x82\xAC", "ñ€", 2, 0},
    {"a\xFFz", "a\xEF\xBF\xBDz", 3, 0},
    {"\033[38;2;1;2;3mx\033[mé\033]0;never ended\033[Hy", "yé", 1, 0},
    {"\033P1$tno\033\\a", "a", 1, 0},
    {"\033[1;2;3", "", 0, 0},
    {"\033[1\030x", "x", 1, 0},
    {"\033[5Gx\033[1I\033[Zy", "y   x", 1, 0},
    {"\033[3g\tx", "         x", 9, 0},
    {"\033[3C\033H\r\tx", "   x", 4, 0},
};

static void test_what_is_written_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct vt *vt = make(10, 5);
        struct vt_cursor cursor;

        put(vt, cases[i].written);
        cursor = vt_cursor(vt);
        if (strcmp(screen_text(vt), cases[i].seen) || cursor.column != cases[i].column ||
            cursor.row != cases[i].row)
            fail_msg("case %zu: \"%s\", cursor %d %d; wanted \"%s\", %d %d", i, screen_text(vt),
                     cursor.column, cursor.row, cases[i].seen, cases[i].column, cases[i].row);
        vt_free(vt);
    }
}

static void test_a_byte_at_a_time_is_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct vt *vt = make(10, 5);

        for (const char *at = cases[i].written; *at; at++)
            vt_write(vt, at, 1);
        assert_string_equal(screen_text(vt), cases[i].seen);
        vt_free(vt);
    }
}

/* ---- colours and attributes ----------------------------------------------------------------------- */

static void test_how_characters_look(void **state)
{
    static const struct {
        const char *sequence;
        struct cell cell;
    } looks[] = {
        {"\033[1;4;7m", {'x', CELL_BOLD | CELL_UNDERLINE | CELL_INVERSE, VT_DEFAULT, VT_DEFAULT}},
        {"\033[1;2m\033[22m", {'x', 0, VT_DEFAULT, VT_DEFAULT}},
        {"\033[31;42m", {'x', 0, VT_PALETTE | 1, VT_PALETTE | 2}},
        {"\033[97;100m", {'x', 0, VT_PALETTE | 15, VT_PALETTE | 8}},
        {"\033[31m\033[39m", {'x', 0, VT_DEFAULT, VT_DEFAULT}},
        {"\033[38;5;202;1m", {'x', CELL_BOLD, VT_PALETTE | 202, VT_DEFAULT}},
        {"\033[48;2;1;2;3;3m", {'x', CELL_ITALIC, VT_DEFAULT, VT_RGB | 0x010203}},
        {"\033[38:2::10:20:30;9m", {'x', CELL_STRIKE, VT_RGB | 0x0A141E, VT_DEFAULT}},
        {"\033[38:2:10:20:30m", {'x', 0, VT_RGB | 0x0A141E, VT_DEFAULT}},
        {"\033[38:5:7;4:3m", {'x', CELL_UNDERLINE, VT_PALETTE | 7, VT_DEFAULT}},
        {"\033[4m\033[4:0m", {'x', 0, VT_DEFAULT, VT_DEFAULT}},
        {"\033[1;31m\033[m", {'x', 0, VT_DEFAULT, VT_DEFAULT}},
        {"\033[58;5;1;1m", {'x', CELL_BOLD, VT_DEFAULT, VT_DEFAULT}},
        {"\033[38;5m", {'x', 0, VT_PALETTE | 0, VT_DEFAULT}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
        struct vt *vt = make(10, 2);

        put(vt, looks[i].sequence);
        put(vt, "x");
        struct cell cell = cell_at(vt, 0, 0);

        if (memcmp(&cell, &looks[i].cell, sizeof(cell)))
            fail_msg("look %zu: %x %x %x", i, cell.attributes, cell.foreground, cell.background);
        vt_free(vt);
    }
}

static void test_what_is_erased_has_the_colour(void **state)
{
    struct vt *vt = make(10, 3);

    (void)state;
    put(vt, "\033[44m\033[2J");
    assert_int_equal(cell_at(vt, 2, 9).background, VT_PALETTE | 4);
    vt_free(vt);
}

static void test_the_palette(void **state)
{
    (void)state;
    assert_int_equal(vt_palette(15), -1);
    assert_int_equal(vt_palette(16), 0);
    assert_int_equal(vt_palette(196), 0xFF0000);
    assert_int_equal(vt_palette(231), 0xFFFFFF);
    assert_int_equal(vt_palette(232), 0x080808);
    assert_int_equal(vt_palette(255), 0xEEEEEE);
    assert_int_equal(vt_palette(256), -1);
}

/* ---- lines that went by --------------------------------------------------------------------------- */

static void test_lines_that_went_by(void **state)
{
    struct vt *vt = make(20, 3);
    char text[32];

    (void)state;
    for (unsigned i = 0; i < VT_SCROLLBACK + 50; i++) {
        snprintf(text, sizeof(text), "\033[3%um%u €\r\n", i % 8, i);
        put(vt, text);
    }
    assert_int_equal(vt_scrollback(vt), VT_SCROLLBACK);
    assert_int_equal(vt_take_scrolled(vt), VT_SCROLLBACK + 48);
    assert_int_equal(vt_take_scrolled(vt), 0);
    assert_string_equal(row_text(vt, 0), "10048 €");
    assert_string_equal(row_text(vt, -1), "10047 €");
    assert_int_equal(cell_at(vt, -1, 0).foreground, VT_PALETTE | 10047 % 8);
    assert_string_equal(row_text(vt, -(int)VT_SCROLLBACK), "48 €");
    assert_string_equal(row_text(vt, -(int)VT_SCROLLBACK - 1), "");
    put(vt, "\033[?1049h");
    assert_int_equal(vt_scrollback(vt), 0);
    put(vt, "\033[?1049l\033[3J");
    assert_int_equal(vt_scrollback(vt), 0);
    vt_free(vt);
}

static void test_rows_that_scroll_apart_do_not_go_by(void **state)
{
    struct vt *vt = make(10, 4);

    (void)state;
    put(vt, "a\r\nb\r\nc\r\nd\033[2;4r\033[4;1H\n\n");
    assert_int_equal(vt_scrollback(vt), 0);
    put(vt, "\033[?1049h\n\n\n\n\n\n\n");
    put(vt, "\033[?1049l");
    assert_int_equal(vt_scrollback(vt), 0);
    vt_free(vt);
}

static void test_dirty_rows(void **state)
{
    struct vt *vt = make(10, 4);

    (void)state;
    for (int row = 0; row < 4; row++)
        assert_true(vt_take_dirty(vt, row));
    assert_false(vt_take_dirty(vt, 1));
    put(vt, "\033[2;1Hx");
    assert_false(vt_take_dirty(vt, 0));
    assert_true(vt_take_dirty(vt, 1));
    vt_free(vt);
}

/* ---- another size --------------------------------------------------------------------------------- */

static void test_lines_are_broken_anew(void **state)
{
    struct vt *vt = make(10, 5);

    (void)state;
    put(vt, "0123456789abcde\r\nshort\r\n$ ");
    assert_int_equal(vt_resize(vt, 20, 5), 0);
    assert_string_equal(screen_text(vt), "0123456789abcde|short|$");
    assert_int_equal(vt_cursor(vt).column, 2);
    assert_int_equal(vt_cursor(vt).row, 2);
    assert_int_equal(vt_resize(vt, 5, 5), 0);
    assert_string_equal(screen_text(vt), "01234|56789|abcde|short|$");
    assert_int_equal(vt_cursor(vt).row, 4);
    assert_int_equal(vt_resize(vt, 5, 3), 0);
    assert_string_equal(screen_text(vt), "abcde|short|$");
    assert_string_equal(row_text(vt, -1), "56789");
    assert_int_equal(vt_cursor(vt).row, 2);
    assert_int_equal(vt_resize(vt, -4, 100000), 0);
    assert_int_equal(vt_columns(vt), 1);
    assert_int_equal(vt_rows(vt), VT_ROWS_MAX);
    vt_free(vt);
}

static void test_another_size_on_the_alternate_screen(void **state)
{
    struct vt *vt = make(10, 4);

    (void)state;
    put(vt, "kept\033[?1049h\033[Hfull screen");
    assert_int_equal(vt_resize(vt, 8, 3), 0);
    assert_string_equal(row_text(vt, 0), "full scr");
    put(vt, "\033[?1049l");
    assert_string_equal(screen_text(vt), "kept");
    vt_free(vt);
}

/* ---- answers, titles ------------------------------------------------------------------------------ */

static void test_what_it_says(void **state)
{
    static const struct {
        const char *written, *said;
    } answers[] = {
        {"\033[c", "\033[?62;22c"},
        {"\033[>c", "\033[>1;10;0c"},
        {"\033[5n", "\033[0n"},
        {"\033[3;4H\033[6n", "\033[3;4R"},
        {"\033[18t", "\033[8;5;10t"},
        {"\033[?25$p", "\033[?25;1$y"},
        {"\033[?2004h\033[?2004$p", "\033[?2004;1$y"},
        {"\033[?1000h\033[?1002$p", "\033[?1002;2$y"},
        {"\033[?4711$p", "\033[?4711;0$y"},
        {"\a", "bell"},
        {"\033]0;hola\a", "title:hola"},
        {"\033]2;dos;tres\033\\", "title:dos;tres"},
        {"\033]52;c;aG9sYQ==\a", "copy:hola"},
        {"\033]52;c;?\a", ""},
        {"\033]52;c;!!\a", ""},
        {"\033]1234\a\033];\a\033]0\a", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct vt *vt = make(10, 5);

        put(vt, answers[i].written);
        assert_string_equal(said, answers[i].said);
        vt_free(vt);
    }
}

static void test_a_title_without_end_is_dropped(void **state)
{
    struct vt *vt = make(10, 5);

    (void)state;
    put(vt, "\033]0;");
    for (int i = 0; i < 70000; i++)
        put(vt, "t");
    put(vt, "\aok");
    assert_string_equal(said, "");
    assert_string_equal(screen_text(vt), "ok");
    vt_free(vt);
}

static void test_the_cursor(void **state)
{
    struct vt *vt = make(10, 5);

    (void)state;
    assert_true(vt_cursor(vt).visible);
    put(vt, "\033[?25l\033[6 q");
    assert_false(vt_cursor(vt).visible);
    assert_int_equal(vt_cursor(vt).shape, CURSOR_BAR);
    assert_false(vt_cursor(vt).blinks);
    put(vt, "\033[?5h");
    assert_true(vt_reverse(vt));
    put(vt, "\033c");
    assert_true(vt_cursor(vt).visible);
    vt_free(vt);
}

/* ---- keys and mouse ------------------------------------------------------------------------------- */

static void expect_key(const struct vt *vt, unsigned code, unsigned modifiers, const char *text,
                       const char *wanted)
{
    char to[VT_KEY_BYTES + 1];
    size_t size = vt_key(vt, code, modifiers, text, to);

    to[size] = 0;
    assert_string_equal(to, wanted);
}

static void test_keys(void **state)
{
    struct vt *vt = make(10, 5);

    (void)state;
    expect_key(vt, KEY_A, 0, "a", "a");
    expect_key(vt, KEY_A, MODIFIER_ALT, "a", "\033a");
    expect_key(vt, KEY_C, MODIFIER_CTRL, "", "\003");
    expect_key(vt, KEY_C, MODIFIER_CTRL, "c", "\003");
    expect_key(vt, KEY_N, MODIFIER_ALTGR, "ñ", "ñ");
    expect_key(vt, KEY_UP, 0, "", "\033[A");
    expect_key(vt, KEY_UP, MODIFIER_CTRL, "", "\033[1;5A");
    expect_key(vt, KEY_DELETE, 0, "", "\033[3~");
    expect_key(vt, KEY_DELETE, MODIFIER_SHIFT, "", "\033[3;2~");
    expect_key(vt, KEY_F1, 0, "", "\033OP");
    expect_key(vt, KEY_F5, MODIFIER_ALT, "", "\033[15;3~");
    expect_key(vt, KEY_BACKSPACE, 0, "\b", "\177");
    expect_key(vt, KEY_ENTER, 0, "\n", "\r");
    expect_key(vt, KEY_TAB, MODIFIER_SHIFT, "", "\033[Z");
    expect_key(vt, KEY_LEFTSHIFT, MODIFIER_SHIFT, "", "");
    put(vt, "\033[?1h");
    expect_key(vt, KEY_UP, 0, "", "\033OA");
    vt_free(vt);
}

static void expect_mouse(struct vt *vt, enum vt_mouse what, int button, int column, int row,
                         const char *wanted)
{
    char to[VT_KEY_BYTES + 1];
    size_t size = vt_mouse(vt, what, button, column, row, 0, to);

    to[size] = 0;
    assert_string_equal(to, wanted);
}

static void test_mouse(void **state)
{
    struct vt *vt = make(300, 50);

    (void)state;
    assert_false(vt_wants_mouse(vt));
    expect_mouse(vt, MOUSE_PRESS, 0, 1, 2, "");
    put(vt, "\033[?1000h");
    assert_true(vt_wants_mouse(vt));
    expect_mouse(vt, MOUSE_PRESS, 0, 1, 2, "\033[M \"#");
    expect_mouse(vt, MOUSE_RELEASE, 0, 1, 2, "\033[M#\"#");
    expect_mouse(vt, MOUSE_PRESS, 0, 250, 2, "");
    expect_mouse(vt, MOUSE_MOVE, 0, 3, 3, "");
    put(vt, "\033[?1002h\033[?1006h");
    expect_mouse(vt, MOUSE_MOVE, 0, 250, 3, "\033[<32;251;4M");
    expect_mouse(vt, MOUSE_MOVE, 0, 250, 3, ""); /* the same cell */
    expect_mouse(vt, MOUSE_MOVE, 3, 5, 3, "");
    expect_mouse(vt, MOUSE_PRESS, 4, 5, 3, "\033[<64;6;4M");
    expect_mouse(vt, MOUSE_RELEASE, 2, -5, 1000, "\033[<2;1;50m");
    put(vt, "\033[?1003h");
    expect_mouse(vt, MOUSE_MOVE, 3, 6, 3, "\033[<35;7;4M");
    put(vt, "\033[?1003l\033[?1049h");
    expect_mouse(vt, MOUSE_PRESS, 5, 6, 3, "\033[B\033[B\033[B");
    vt_free(vt);
}

static void test_pasted_text(void **state)
{
    struct vt *vt = make(10, 5);
    size_t size;
    char *paste = vt_paste(vt, "a\r\nb\nc\033[31m\x7F\t", 13, &size);

    (void)state;
    assert_int_equal(size, 10);
    assert_memory_equal(paste, "a\rb\rc[31m\t", 10);
    free(paste);
    put(vt, "\033[?2004h");
    paste = vt_paste(vt, "x\033[201~y", 8, &size);
    assert_int_equal(size, 19);
    assert_memory_equal(paste, "\033[200~x[201~y\033[201~", 19);
    free(paste);
    vt_free(vt);
}

static void test_focus(void **state)
{
    struct vt *vt = make(10, 5);
    char to[VT_KEY_BYTES];

    (void)state;
    assert_int_equal(vt_focus(vt, true, to), 0);
    put(vt, "\033[?1004h");
    assert_int_equal(vt_focus(vt, true, to), 3);
    assert_memory_equal(to, "\033[I", 3);
    vt_free(vt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_seen),
        cmocka_unit_test(test_a_byte_at_a_time_is_the_same),
        cmocka_unit_test(test_how_characters_look),
        cmocka_unit_test(test_what_is_erased_has_the_colour),
        cmocka_unit_test(test_the_palette),
        cmocka_unit_test(test_lines_that_went_by),
        cmocka_unit_test(test_rows_that_scroll_apart_do_not_go_by),
        cmocka_unit_test(test_dirty_rows),
        cmocka_unit_test(test_lines_are_broken_anew),
        cmocka_unit_test(test_another_size_on_the_alternate_screen),
        cmocka_unit_test(test_what_it_says),
        cmocka_unit_test(test_a_title_without_end_is_dropped),
        cmocka_unit_test(test_the_cursor),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_pasted_text),
        cmocka_unit_test(test_focus),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
