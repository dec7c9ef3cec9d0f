/* The editor's window, used as a user does. */
/* links: user/apps/editor/document.c user/apps/editor/encoding.c user/apps/editor/find.c */
/* links: user/apps/editor/search.c user/apps/editor/colouring.c user/apps/editor/view.c */
/* links: user/apps/editor/lexer.c user/apps/editor/lexer_c.c user/apps/editor/lexer_assembly.c */
/* links: user/apps/editor/lexer_shell.c user/apps/editor/lexer_markdown.c user/apps/editor/indent.c */
/* links: user/apps/editor/recovery.c user/libui/libui.a */
#include "user/apps/editor/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <stdlib.h>

#include <cmocka.h>

#include "user/apps/editor/recovery.h"
#include "user/libui/headless.h"

static char home[32], path[64];
static struct ui_window *window;

static int start(void **state)
{
    strcpy(home, "/tmp/editor_test.XXXXXX");
    if (mkdtemp(home) == NULL || setenv("HOME", home, 1) != 0)
        return -1;
    snprintf(path, sizeof(path), "%s/text", home);
    int file = open(path, O_RDWR | O_CREAT, 0600);
    if (file < 0 || write(file, "one\r\ntwo\r\n", 10) != 10)
        return -1;
    close(file);
    headless_start("editor", NULL);
    window = editor_open();
    headless_settle();
    return 0;
}

static int end(void **state)
{
    char folder[64];
    headless_end();
    unlink(path);
    snprintf(folder, sizeof(folder), "%s/.recover", home);
    rmdir(folder);
    return rmdir(home); /* nothing was left behind */
}

static void expect(const char *text)
{
    char got[64] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(got, 1, sizeof(got) - 1, file), strlen(text));
    assert_string_equal(got, text);
    fclose(file);
}

static void test_edit_and_save(void **state)
{
    assert_true(editor_open_file(path, 2));
    headless_settle();
    headless_type("x");
    assert_non_null(strstr(ui_window_title(window), "• "));
    headless_keys("Ctrl+S");
    expect("one\r\nxtwo\r\n");
    assert_null(strstr(ui_window_title(window), "• "));
    headless_close(window);
    assert_null(headless_top());
}

static void test_close_asks_first(void **state)
{
    assert_true(editor_open_file(path, 1));
    headless_settle();
    headless_type("y");
    headless_close(window);
    assert_ptr_not_equal(headless_top(), window);
    headless_keys("Esc");
    assert_ptr_equal(headless_top(), window);
    headless_close(window);
    headless_click(NULL, "Save");
    assert_null(headless_top());
    expect("yone\r\ntwo\r\n");
}

static void test_change_behind_it_asks(void **state)
{
    assert_true(editor_open_file(path, 1));
    headless_settle();
    headless_type("z");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs("other", file);
    fclose(file);
    headless_keys("Ctrl+S");
    assert_ptr_not_equal(headless_top(), window);
    headless_keys("Esc");
    expect("other");
    headless_close(window);
    headless_click(NULL, "Don't save");
    assert_null(headless_top());
    expect("other");
}

static void test_a_new_file_is_named_by_who_starts_it(void **state)
{
    assert_int_equal(unlink(path), 0);
    assert_true(editor_open_file(path, 1));
    headless_settle();
    assert_null(strstr(ui_window_title(window), "Untitled"));
    assert_int_not_equal(access(path, F_OK), 0); /* only the first save makes it */
    headless_type("new");
    headless_keys("Ctrl+S");
    expect("new");
    headless_close(window);
    assert_null(headless_top());
}

static void test_missing_file_is_told(void **state)
{
    assert_false(editor_open_file("/nowhere/at/all", 1));
    headless_settle();
    assert_ptr_not_equal(headless_top(), window);
    headless_keys("Esc");
    headless_close(window);
    assert_null(headless_top());
}

/* ---- find and replace ------------------------------------------------------------------------ */
static void put(const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_true(editor_open_file(path, 1));
    headless_settle();
}

static void expect_said(const char *text)
{
    headless_advance(20);
    assert_string_equal(ui_text(ui_find(window, "found")), text);
}

static void close_unsaved(void)
{
    headless_close(window);
    if (headless_top() != NULL)
        headless_click(NULL, "Don't save");
    assert_null(headless_top());
}

static void test_find_goes_round(void **state)
{
    put("one two\nTwo\ntwofold\n");
    headless_keys("Ctrl+F");
    headless_type("two");
    expect_said("1 of 3");
    headless_keys("Enter");
    expect_said("2 of 3");
    headless_keys("F3");
    expect_said("3 of 3");
    headless_keys("F3");
    expect_said("1 of 3, went round");
    headless_keys("Shift+F3");
    expect_said("3 of 3, went round");
    headless_keys("Shift+Enter");
    expect_said("2 of 3");
    headless_click(window, "Match case");
    expect_said("2 of 2"); /* twofold: the first from where the selection was */
    headless_click(window, "Whole word");
    expect_said("1 of 1, went round");
    headless_keys("Esc");
    headless_type("x"); /* over the match */
    headless_keys("Ctrl+S");
    expect("one x\nTwo\ntwofold\n");
    close_unsaved();
}

static void test_expression_and_what_is_not_there(void **state)
{
    put("a1 b22\nc\n");
    headless_keys("Ctrl+F");
    headless_type("[0-9]+");
    expect_said("Not found");
    headless_click(window, "Regular expression");
    expect_said("1 of 2");
    headless_click(window, "find");
    headless_type("(");
    headless_advance(20);
    assert_string_not_equal(ui_text(ui_find(window, "found")), "");
    assert_string_not_equal(ui_text(ui_find(window, "found")), "Not found");
    close_unsaved();
}

static void test_replace_one_then_all(void **state)
{
    put("aXaXaXa\nX");
    headless_keys("Ctrl+H");
    headless_type("X");
    expect_said("1 of 4");
    headless_click(window, "replace");
    headless_type("--");
    headless_click(window, "Replace");
    expect_said("1 of 3");
    headless_click(window, "Replace all");
    expect_said("3 replaced");
    headless_keys("Ctrl+S");
    expect("a--a--a--a\n--");
    headless_keys("Esc");
    headless_keys("Ctrl+Z");
    headless_keys("Ctrl+S");
    expect("a--aXaXa\nX");
    close_unsaved();
}

static size_t tail(char *to, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, -(long)size, SEEK_END);
    size = fread(to, 1, size, file);
    fclose(file);
    return size;
}

static void test_find_in_ten_megabytes(void **state)
{
    size_t size = 10u << 20, frames = 0;
    char last[6] = "";
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'a', size);
    for (size_t i = 80; i < size; i += 81)
        text[i] = '\n';
    memcpy(text + size - 7, "aalast", 7);
    put(text);
    free(text);
    headless_keys("Ctrl+F");
    headless_type("last");
    for (; strcmp(ui_text(ui_find(window, "found")), "1 of 1") != 0; frames++)
        headless_advance(1);
    assert_in_range(frames, 10, 200); /* a slice each: the window lives meanwhile */
    headless_keys("Esc");
    headless_keys("Ctrl+H");
    headless_keys("Tab");
    headless_type("end");
    headless_click(window, "Match case"); /* it begins anew */
    headless_click(window, "Replace all");
    headless_keys("Ctrl+S"); /* and what is saved has it all */
    assert_int_equal(tail(last, 5), 5);
    assert_string_equal(last, "aaend");
    close_unsaved();
}

/* ---- other programs, crashes ----------------------------------------------------------------- */
static void write_behind(const char *text)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* The window loses the keyboard to a dialog, and gets it back. */
static void leave_and_come_back(void)
{
    headless_keys("Ctrl+G");
    headless_keys("Esc");
}

static void test_what_others_write_is_noticed(void **state)
{
    put("one\n");
    leave_and_come_back();
    assert_ptr_equal(headless_top(), window);
    write_behind("other\n");
    leave_and_come_back();
    assert_ptr_not_equal(headless_top(), window);
    headless_keys("Esc"); /* no */
    leave_and_come_back();
    assert_ptr_equal(headless_top(), window); /* asked once */
    write_behind("another one\n");
    leave_and_come_back();
    headless_click(NULL, "Read anew");
    headless_type("x");
    headless_keys("Ctrl+S");
    expect("xanother one\n");
    close_unsaved();
}

static int copies(void)
{
    char command[96];
    snprintf(command, sizeof(command), "test $(ls %s/.recover 2>/dev/null | wc -l) = 1", home);
    return system(command) == 0;
}

static void test_a_copy_comes_and_goes(void **state)
{
    put("one\n");
    headless_type("x");
    headless_advance(4000);
    assert_false(copies());
    headless_advance(2000);
    for (int i = 0; i < 5000 && !copies(); i++) /* another thread writes it */
        usleep(1000);
    assert_true(copies());
    headless_keys("Ctrl+S");
    assert_false(copies());
    headless_type("y");
    headless_advance(6000);
    close_unsaved();
    assert_false(copies());
}

/* A process that has edited `path` and died. */
static void crash(const char *text)
{
    pid_t child = fork();
    if (child == 0) {
        struct recovery *recovery = recovery_new();
        struct text_buffer *buffer = text_buffer_new();
        static struct document document;
        strcpy(document.path, path);
        text_buffer_load(buffer, text, strlen(text));
        recovery_write(recovery, &document, buffer);
        recovery_end(recovery);
        _exit(0);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    editor_offer_recovery();
    headless_settle();
}

static void test_a_crash_loses_nothing(void **state)
{
    crash("unsaved\n");
    assert_ptr_not_equal(headless_top(), window);
    headless_click(NULL, "Recover");
    assert_ptr_equal(headless_top(), window);
    assert_non_null(strstr(ui_window_title(window), "• text"));
    headless_keys("Ctrl+S");
    expect("unsaved\n");
    assert_false(copies());
    crash("again\n");
    headless_click(NULL, "Delete");
    assert_false(copies());
    close_unsaved();
    expect("unsaved\n");
}

/* ---- line ends, indentation, size ------------------------------------------------------------ */
static void test_what_the_text_has_is_kept(void **state)
{
    put("\xef\xbb\xbf" "a\r\n  b\r\n    c");
    assert_non_null(ui_find(window, "2 spaces   UTF-8 BOM   CRLF, last line not ended"));
    headless_keys("Down");
    headless_keys("End");
    headless_keys("Enter");
    headless_keys("Tab");
    headless_type("d");
    headless_keys("Ctrl+S");
    expect("\xef\xbb\xbf" "a\r\n  b\r\n    d\r\n    c");
    headless_keys("Ctrl+A");
    headless_keys("Shift+Tab");
    headless_keys("Ctrl+S");
    expect("\xef\xbb\xbf" "a\r\nb\r\n  d\r\n  c");
    close_unsaved();
}

static void test_bytes_that_are_no_text_survive(void **state)
{
    put("a\xff\x80\x01z\n");
    headless_keys("Ctrl+End");
    headless_type("b");
    headless_keys("Ctrl+S");
    expect("a\xff\x80\x01z\nb");
    close_unsaved();
}

static void test_zoom(void **state)
{
    put("MMMM");
    headless_commits();
    headless_keys("Ctrl+Plus");
    assert_true(headless_commits() > 0);
    headless_keys("Ctrl+0");
    assert_true(headless_commits() > 0);
    headless_keys("Ctrl+Minus");
    for (int i = 0; i < 20; i++)
        headless_keys("Ctrl+Minus");
    headless_commits();
    headless_keys("Ctrl+Minus"); /* there is a smallest one */
    assert_int_equal(headless_commits(), 0);
    close_unsaved();
}

/* ---- pictures -------------------------------------------------------------------------------- */
static const char sample[] =
    "/* fib: the Fibonacci numbers below a limit.\n"
    "   Use: fib [LIMIT] */\n"
    "#include <stdio.h>\n"
    "#include <stdlib.h>\n"
    "\n"
    "#define LIMIT 1000u // when none is said\n"
    "\n"
    "static void show(unsigned limit)\n"
    "{\n"
    "\tunsigned a = 0, b = 1;\n"
    "\n"
    "\twhile (a < limit) {\n"
    "\t\tprintf(\"%u\\n\", a);\n"
    "\t\tunsigned next = a + b;\n"
    "\t\ta = b;\n"
    "\t\tb = next;\n"
    "\t}\n"
    "}\n"
    "\n"
    "int main(int argc, char **argv)\n"
    "{\n"
    "\tshow(argc > 1 ? (unsigned)atoi(argv[1]) : LIMIT);\n"
    "\treturn EXIT_SUCCESS;\n"
    "}\n";

static void test_looks(void **state)
{
    char folder[] = "/tmp/editor.XXXXXX", name[64];
    assert_non_null(mkdtemp(folder));
    snprintf(name, sizeof(name), "%s/fib.c", folder);
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(sample, file);
    fclose(file);
    assert_true(editor_open_file(name, 10));
    headless_settle();
    headless_compare(window, "user/apps/editor/golden/dark.png");
    headless_set("light", NULL, 0);
    headless_keys("Ctrl+H");
    headless_type("limit");
    headless_advance(20);
    headless_compare(window, "user/apps/editor/golden/light-replace.png");
    headless_close(window);
    unlink(name);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_edit_and_save, start, end),
        cmocka_unit_test_setup_teardown(test_close_asks_first, start, end),
        cmocka_unit_test_setup_teardown(test_change_behind_it_asks, start, end),
        cmocka_unit_test_setup_teardown(test_a_new_file_is_named_by_who_starts_it, start, end),
        cmocka_unit_test_setup_teardown(test_missing_file_is_told, start, end),
        cmocka_unit_test_setup_teardown(test_find_goes_round, start, end),
        cmocka_unit_test_setup_teardown(test_expression_and_what_is_not_there, start, end),
        cmocka_unit_test_setup_teardown(test_replace_one_then_all, start, end),
        cmocka_unit_test_setup_teardown(test_find_in_ten_megabytes, start, end),
        cmocka_unit_test_setup_teardown(test_what_others_write_is_noticed, start, end),
        cmocka_unit_test_setup_teardown(test_a_copy_comes_and_goes, start, end),
        cmocka_unit_test_setup_teardown(test_a_crash_loses_nothing, start, end),
        cmocka_unit_test_setup_teardown(test_what_the_text_has_is_kept, start, end),
        cmocka_unit_test_setup_teardown(test_bytes_that_are_no_text_survive, start, end),
        cmocka_unit_test_setup_teardown(test_zoom, start, end),
        cmocka_unit_test_setup_teardown(test_looks, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
