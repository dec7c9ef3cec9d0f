/* The editor's window, used as a user does. */
/* links: user/apps/editor/document.c user/apps/editor/encoding.c user/libui/libui.a */
#include "user/apps/editor/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <stdlib.h>

#include <cmocka.h>

#include "user/libui/headless.h"

static char path[32];
static struct ui_window *window;

static int start(void **state)
{
    strcpy(path, "/tmp/editor.XXXXXX");
    int file = mkstemp(path);
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
    headless_end();
    unlink(path);
    return 0;
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

static void test_missing_file_is_told(void **state)
{
    assert_false(editor_open_file("/nowhere/at/all", 1));
    headless_settle();
    assert_ptr_not_equal(headless_top(), window);
    headless_keys("Esc");
    headless_close(window);
    assert_null(headless_top());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_edit_and_save, start, end),
        cmocka_unit_test_setup_teardown(test_close_asks_first, start, end),
        cmocka_unit_test_setup_teardown(test_change_behind_it_asks, start, end),
        cmocka_unit_test_setup_teardown(test_missing_file_is_told, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
