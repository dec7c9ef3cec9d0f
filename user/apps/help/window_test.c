/* The Help's window, over the project's own documents and over some of a test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "user/apps/help/window.h"
#include "user/libui/headless.h"

/* links: user/apps/help/markdown.c user/apps/help/inline.c user/apps/help/words.c user/apps/help/layout.c */
/* links: user/apps/help/view.c user/apps/help/pages.c user/libui/libui.a */

static char folder[64], edited[400];

static int edit(const char *path)
{
    snprintf(edited, sizeof(edited), "%s", path);
    return 0;
}

static void put(const char *name, const char *text)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void drop(const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    remove(path);
}

static struct help *start(const char *where, const struct headless_options *options)
{
    int error;

    strcpy(folder, "/tmp/help.XXXXXX");
    assert_non_null(mkdtemp(folder));
    setenv("HOME", folder, 1);
    put("README.md", "# All\n\n[two](docs/20-two.md#part-b) and [out](http://x.y)\n\n```c\nint a;\n```\n");
    put("10-one.md", "# One\n\nThe needle.\n");
    char two[4096] = "# Two\n\n## Part A\n\n";
    for (unsigned i = 0; i < 60; i++)
        strcat(two, "A paragraph.\n\n");
    strcat(two, "## Part B\n\nAnother Needle, [here](10-one.md).\n\n");
    for (unsigned i = 0; i < 60; i++)
        strcat(two, "A paragraph.\n\n");
    put("20-two.md", two);
    headless_start("help", options);
    struct help *help = help_open(folder, where, &error);
    assert_non_null(help);
    help->edit = edit;
    headless_settle();
    return help;
}

static void stop(struct help *help)
{
    static const char *const files[] = {"README.md", "10-one.md", "20-two.md", "Documents/README.c",
                                        "Documents/README-2.c", "Documents", ""};

    headless_close(help->window);
    headless_end();
    help_close();
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
        drop(files[i]);
}

static void press(struct help *help, size_t target)
{
    struct rect page = ui_area(view_canvas(help->view)), at = view_target(help->view, target);

    assert_false(rect_empty(at));
    headless_click_at(help->window, page.x + at.x + at.w / 2, page.y + at.y + at.h / 2, 0x110, 1);
}

static void links_lead_there_and_back(void **state)
{
    struct help *help = start(NULL, NULL);

    assert_string_equal(ui_text(help->title), "All");
    assert_int_equal(help->row_count, 3);
    assert_false(ui_enabled(help->back));
    press(help, 0);
    assert_string_equal(ui_text(help->title), "Two");
    assert_int_equal(help->row_count, 5);
    int top = view_top(help->view);
    assert_true(top > 600);
    headless_keys("Alt+Left");
    assert_string_equal(ui_text(help->title), "All");
    assert_false(ui_enabled(help->back));
    headless_click(help->window, "forward");
    assert_string_equal(ui_text(help->title), "Two");
    assert_int_equal(view_top(help->view), top);
    headless_click(help->window, "back");
    press(help, 1);
    assert_string_equal(ui_text(help->status), "Not one of these pages: http://x.y");
    stop(help);
}

static void keys_press_links_and_scroll(void **state)
{
    struct help *help = start("20-two", NULL);

    headless_keys("End");
    int end = view_top(help->view);
    assert_true(end > 1000);
    headless_keys("Home");
    assert_int_equal(view_top(help->view), 0);
    headless_keys("Tab"); /* the link is far below */
    assert_true(view_top(help->view) > 0 && view_top(help->view) < end);
    headless_keys("Enter");
    assert_string_equal(ui_text(help->title), "One");
    stop(help);
}

static void finds_in_all_pages(void **state)
{
    struct help *help = start(NULL, NULL);

    headless_keys("Ctrl+F");
    headless_type("needle");
    assert_int_equal(help->row_count, 2);
    assert_string_equal(help->rows[0].text, "10-one: The needle.");
    ui_focus(help->list);
    headless_keys("Down");
    headless_keys("End");
    assert_string_equal(ui_text(help->title), "Two");
    assert_true(view_top(help->view) > 600);
    headless_keys("Ctrl+F");
    headless_type("no such");
    assert_int_equal(help->row_count, 0);
    headless_keys("Esc");
    assert_int_equal(help->row_count, 5);
    stop(help);
}

static void code_goes_elsewhere(void **state)
{
    struct help *help = start(NULL, NULL);
    char path[128];

    press(help, 2);
    assert_string_equal(headless_clipboard(), "int a;\n");
    press(help, 3);
    snprintf(path, sizeof(path), "%s/Documents/README.c", folder);
    assert_string_equal(edited, path);
    press(help, 3);
    snprintf(path, sizeof(path), "%s/Documents/README-2.c", folder);
    assert_string_equal(edited, path);
    assert_int_equal(access(path, R_OK), 0);
    stop(help);
}

static void looks_well(void **state)
{
    int error;

    headless_start("help", NULL);
    struct help *help = help_open("user/apps/help/golden", "page", &error);
    assert_non_null(help);
    headless_settle();
    headless_compare(help->window, "user/apps/help/golden/help.png");
    headless_close(help->window);
    headless_end();
    help_close();
}

static void bears_another_look(void **state)
{
    static const struct headless_options spanish = {.theme = "light", .language = "es", .scale = 150};
    struct help *help = start("no-page", &spanish);

    assert_string_equal(ui_text(help->status), "No existe esa página.");
    assert_string_equal(ui_window_title(help->window), "Ayuda");
    headless_set("contrast", "en", 100);
    assert_string_equal(ui_window_title(help->window), "Help");
    headless_resize(help->window, 600, 500);
    stop(help);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(links_lead_there_and_back), cmocka_unit_test(keys_press_links_and_scroll),
        cmocka_unit_test(finds_in_all_pages), cmocka_unit_test(code_goes_elsewhere),
        cmocka_unit_test(looks_well), cmocka_unit_test(bears_another_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
