/* The terminal's window over real programs of this machine. */
/* links: user/apps/terminal/view.c user/apps/terminal/session.c user/apps/terminal/selection.c */
/* links: user/apps/terminal/colours.c user/apps/terminal/vt.c user/apps/terminal/vt_modes.c */
/* links: user/apps/terminal/vt_keys.c user/apps/terminal/grid.c user/apps/terminal/line.c */
/* links: user/apps/terminal/parser.c user/libui/libui.a */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/abi/keys.h"
#include "user/apps/terminal/terminal.h"
#include "user/libui/headless.h"

static struct ui_window *window;

static void open_it(const char *command)
{
    static char *words[] = {"sh", "-c", NULL, NULL};

    words[2] = (char *)command;
    headless_start("terminal", NULL);
    window = terminal_open(words, "/");
    headless_settle();
}

/* Programs take their time: looks again until the title is this, for at most 20 s. */
static void until_title(const char *wanted)
{
    for (int i = 0; i < 2000 && (!headless_top() || strcmp(ui_window_title(window), wanted)); i++) {
        headless_settle();
        usleep(10000);
    }
    assert_string_equal(ui_window_title(window), wanted);
}

static void end_it(void)
{
    terminal_end();
    headless_end();
}

static void test_colours_and_lines(void **state)
{
    (void)state;
    open_it("for i in 0 1 2 3 4 5 6 7; do printf \"\\033[3${i}m $i \\033[9${i}m+\\033[4${i};30m # \\033[m\"; "
            "done; "
            "printf '\\r\\n\\033[1mbold\\033[m \\033[2mdim\\033[m \\033[4munder\\033[m \\033[7mback\\033[m "
            "\\033[38;2;255;128;0morange\\033[m \\033[38;5;201mpink\\033[m\\r\\n┌──┬──┐\\r\\n│ñ │€ │\\r\\n"
            "└──┴──┘ ▒▓█\\r\\n\\033]0;drawn\\a'; exec sleep 1000");
    until_title("Terminal — drawn");
    headless_compare(window, "user/apps/terminal/golden/colours.png");
    end_it();
}

static void test_what_is_typed_and_pasted_arrives(void **state)
{
    (void)state;
    open_it("stty -echo; printf '\\033]0;listens\\a'; read a; printf '\\033]0;%s\\a' \"$a\"; read b; "
            "printf '\\033]0;%s\\a' \"$b\"; exec sleep 1000");
    until_title("Terminal — listens");
    headless_type("abc");
    headless_keys("Enter");
    until_title("Terminal — abc");
    headless_clipboard_set("from elsewhere\n");
    headless_keys("Ctrl+Shift+V");
    until_title("Terminal — from elsewhere");
    end_it();
}

static void test_a_selected_word_is_copied(void **state)
{
    (void)state;
    open_it("printf 'one two-three four\\033]0;drawn\\a'; exec sleep 1000");
    until_title("Terminal — drawn");
    struct canvas seen = headless_picture(window);
    int row = 0;

    for (int y = 40; y < seen.height && row == 0; y += 4) /* where the word is: a double click copies it */
        for (int clicks = 1; clicks <= 2; clicks++)
            headless_click_at(window, 80, y, BUTTON_LEFT, (unsigned)clicks),
                headless_keys("Ctrl+Shift+C"), row = strcmp(headless_clipboard(), "two-three") == 0;
    assert_true(row);
    end_it();
}

static void test_tabs_and_the_end_of_programs(void **state)
{
    (void)state;
    open_it("printf '\\033]0;shown\\a'; read a; exit 0");
    until_title("Terminal — shown");
    headless_keys("Ctrl+Shift+T");
    for (int i = 0; i < 300; i++) {
        headless_settle();
        usleep(1000);
    }
    headless_keys("Enter"); /* the second one ends */
    for (int i = 0; i < 300; i++) {
        headless_settle();
        usleep(1000);
    }
    assert_ptr_equal(headless_top(), window);
    headless_keys("Enter"); /* and the first, with the window */
    for (int i = 0; i < 2000 && headless_top(); i++) {
        headless_settle();
        usleep(1000);
    }
    assert_null(headless_top());
    end_it();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_colours_and_lines),
        cmocka_unit_test(test_what_is_typed_and_pasted_arrives),
        cmocka_unit_test(test_a_selected_word_is_copied),
        cmocka_unit_test(test_tabs_and_the_end_of_programs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
