/* links: user/apps/files/browse.c user/apps/files/places.c user/apps/files/actions.c user/apps/files/job.c */
/* links: user/apps/files/properties.c */
/* links: user/apps/files/folder.c user/apps/files/types.c user/apps/files/path.c user/apps/files/work.c */
/* links: user/apps/files/tree.c user/apps/files/transfer.c user/apps/files/trash.c user/apps/files/undo.c */
/* links: user/libui/libui.a */
/* The windows of Files as a user has them, on real folders. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/abi/keys.h"
#include "user/apps/files/files.h"
#include "user/libui/headless.h"

static struct files *files;
static char home[64];

/* A path within the home folder; "" is that itself. */
static const char *at(const char *name)
{
    static char room[4][256];
    static unsigned turn;
    char *made = room[turn++ % 4];

    snprintf(made, sizeof(room[0]), "%s%s%s", home, *name ? "/" : "", name);
    return made;
}

static void put(const char *name, const char *text)
{
    const struct timespec times[2] = {{1795000000, 0}, {1795000000, 0}};
    FILE *file = fopen(at(name), "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(utimensat(AT_FDCWD, at(name), times, 0), 0);
}

static void set_time(const char *folder)
{
    const struct timespec times[2] = {{1794900000, 0}, {1794900000, 0}};

    assert_int_equal(utimensat(AT_FDCWD, folder, times, 0), 0);
}

static void start(const struct headless_options *options)
{
    strcpy(home, "/tmp/fastos-files-XXXXXX");
    assert_non_null(mkdtemp(home));
    assert_int_equal(mkdir(at("Documents"), 0755) | mkdir(at("Pictures"), 0755), 0);
    assert_int_equal(mkdir(at("Música"), 0755), 0);
    setenv("HOME", home, 1);
    setenv("TZ", "UTC", 1);
    unsetenv("XDG_DATA_HOME");
    places_mounts = "/dev/null";
    put("readme.txt", "hello\n");
    put("hello.c", "int main(void) { return 0; }\n");
    put("kernel.log", "");
    put("paint.png", "");
    put("notes.md", "# notes\n");
    put(".hidden", "");
    set_time(at("Documents"));
    set_time(at("Pictures"));
    set_time(at("Música"));
    headless_start("files", options);
    files = files_open(home);
    assert_non_null(files);
    headless_settle();
}

static int end(void **state)
{
    char command[80];

    (void)state;
    while (files && files->jobs) {
        job_cancel(files);
        sched_yield();
        headless_settle();
    }
    if (files && files_is_open(files))
        files_end(files);
    headless_settle();
    job_forget_all();
    headless_end();
    files = NULL;
    snprintf(command, sizeof(command), "rm -rf %s", home);
    return system(command);
}

/* Until the work is done; a question stops it as well. */
static void work(void)
{
    while (files->jobs && !job_asks(files)) {
        sched_yield();
        headless_settle();
    }
    headless_settle();
}

static bool exists(const char *name)
{
    return access(at(name), F_OK) == 0;
}

static void choose(const char *name)
{
    size_t row = folder_row(&files->folder, name);

    assert_true(row != UI_NO_ROW);
    ui_list_select(files->list, row);
    ui_focus(files->list);
    files_say_status(files);
    headless_settle();
}

static const char *status(void)
{
    return ui_text(ui_find(files->window, "status"));
}

static void picture(const char *name)
{
    char path[128];

    ui_set_text(ui_find(files->window, "free"), "61 MB free"); /* of the machine that tests */
    ui_set_text(files->path_entry, "~");
    headless_settle();
    snprintf(path, sizeof(path), "user/apps/files/golden/%s.png", name);
    headless_compare(files->window, path);
}

static const char *uri(const char *name)
{
    static char made[300];

    snprintf(made, sizeof(made), "file://%s\r\n", at(name));
    return made;
}

/* ---- tests --------------------------------------------------------------------------------------------- */

static void test_looks(void **state)
{
    (void)state;
    start(NULL);
    choose("hello.c");
    assert_string_equal(status(), "8 items · 1 selected (29 bytes)");
    assert_string_equal(ui_window_title(files->window), "Files — Home");
    picture("icons");
    headless_keys("Ctrl+2");
    picture("table");
}

static void test_looks_while_it_works_in_spanish(void **state)
{
    const struct headless_options options = {.theme = "light", .language = "es"};

    (void)state;
    start(&options);
    assert_string_equal(ui_window_title(files->window), "Archivos — Inicio");
    choose("Documents");
    assert_string_equal(status(), "8 elementos · 1 seleccionado");
    ui_set_visible(files->work_row, true);
    ui_set_text(files->work_text, "kernel.log");
    ui_set_value(files->work_bar, 420);
    picture("working");
}

static void test_going_about(void **state)
{
    (void)state;
    start(NULL);
    choose("Documents");
    headless_keys("Enter");
    assert_string_equal(files->path, at("Documents"));
    headless_keys("Alt+Left");
    assert_string_equal(files->path, home);
    headless_keys("Alt+Right");
    assert_string_equal(files->path, at("Documents"));
    headless_keys("Backspace");
    assert_string_equal(files->path, home);
    assert_string_equal(files_current(files)->name, "Documents"); /* where one came from */
    headless_keys("Ctrl+L");
    headless_type("~/Pictures/../Pictures");
    headless_keys("Enter");
    assert_string_equal(files->path, at("Pictures"));
    headless_keys("Ctrl+L");
    headless_type(at("notes.md"));
    headless_keys("Enter");
    assert_string_equal(files->path, home);
    assert_string_equal(files_current(files)->name, "notes.md");
    headless_keys("Ctrl+L");
    headless_type("/nowhere");
    headless_keys("Enter");
    assert_true(headless_top() != files->window); /* says so */
    headless_keys("Esc");
}

static void test_hidden_and_filter(void **state)
{
    (void)state;
    start(NULL);
    headless_keys("Ctrl+H");
    assert_string_equal(status(), "9 items");
    headless_keys("Ctrl+H");
    ui_focus(files->list);
    headless_type("no");
    assert_int_equal(files->folder.shown, 1);
    assert_string_equal(folder_entry(&files->folder, 0)->name, "notes.md");
    headless_type("x");
    assert_int_equal(files->folder.shown, 0);
    headless_keys("Esc");
    assert_int_equal(files->folder.shown, 8);
    assert_true(ui_focused(files->list));
}

static void test_new_rename_undo(void **state)
{
    (void)state;
    start(NULL);
    headless_keys("Ctrl+Shift+N");
    work();
    assert_true(exists("New folder"));
    headless_type("Mine");
    headless_keys("Enter");
    work();
    assert_true(exists("Mine") && !exists("New folder"));
    assert_string_equal(files_current(files)->name, "Mine");
    headless_keys("F2");
    headless_type("hello.c"); /* taken */
    headless_keys("Enter");
    work();
    assert_true(headless_top() != files->window);
    headless_keys("Esc");
    assert_true(exists("Mine"));
    headless_keys("Ctrl+Z");
    work();
    assert_true(exists("New folder") && !exists("Mine"));
    headless_keys("Ctrl+Y");
    work();
    assert_true(exists("Mine"));
}

static void test_trash_and_restore(void **state)
{
    (void)state;
    start(NULL);
    choose("notes.md");
    headless_keys("Del");
    work();
    assert_false(exists("notes.md"));
    assert_true(exists(".local/share/Trash/files/notes.md"));
    files_go(files, "~/.local/share/Trash/files");
    assert_string_equal(ui_window_title(files->window), "Files — Trash");
    choose("notes.md");
    headless_keys("Enter");
    work();
    assert_true(exists("notes.md"));
    files_go(files, home);
    choose("hello.c");
    headless_keys("Shift+Del");
    assert_true(headless_top() != files->window);
    headless_keys("Esc");
    assert_true(exists("hello.c"));
    choose("hello.c");
    headless_keys("Shift+Del");
    headless_click(NULL, "Delete");
    work();
    assert_false(exists("hello.c"));
    assert_false(exists(".local/share/Trash/files/hello.c"));
}

static void test_clipboard_and_conflict(void **state)
{
    (void)state;
    start(NULL);
    put("Documents/notes.md", "old");
    choose("notes.md");
    headless_keys("Ctrl+C");
    files_go(files, at("Documents"));
    ui_focus(files->list);
    headless_keys("Ctrl+V");
    work();
    assert_true(headless_top() != files->window); /* it asks */
    headless_compare(headless_top(), "user/apps/files/golden/conflict.png");
    headless_keys("Enter");
    work();
    assert_true(exists("Documents/notes (2).md") && exists("notes.md"));
    files_go(files, home);
    choose("hello.c");
    headless_keys("Ctrl+X");
    files_go(files, at("Documents"));
    ui_focus(files->list);
    headless_keys("Ctrl+V");
    work();
    assert_true(exists("Documents/hello.c") && !exists("hello.c"));
}

static void test_dropping(void **state)
{
    (void)state;
    start(NULL);
    struct rect at = ui_area(files->list);

    put("Documents/far.txt", "far");
    headless_drop(files->window, at.x + at.w / 2, at.y + at.h - 8, "text/uri-list",
                  uri("Documents/far.txt"), UI_COPY);
    work();
    assert_true(exists("far.txt") && exists("Documents/far.txt"));
    at = ui_area(files->places_list);
    headless_drop(files->window, at.x + 40, at.y + 4 + 28 + 14, "text/uri-list",
                  uri("hello.c"), UI_MOVE);
    work();
    assert_true(exists("Documents/hello.c") && !exists("hello.c"));
    headless_drop(files->window, at.x + 40, at.y + 4 + 28 + 14, "text/plain", "nothing", UI_COPY);
    work();
}

static void test_properties_change_permissions(void **state)
{
    struct stat about;

    (void)state;
    start(NULL);
    assert_int_equal(chmod(at("hello.c"), 0644), 0);
    choose("hello.c");
    headless_keys("Alt+Enter");
    struct ui_window *page = headless_top();

    assert_true(page != files->window);
    headless_click(page, "mode2");
    headless_save(page, "build/pictures/properties.png"); /* to be looked at; it has times of now */
    headless_keys("Esc");
    work();
    assert_int_equal(stat(at("hello.c"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0744);
    headless_keys("Ctrl+Z");
    work();
    assert_int_equal(stat(at("hello.c"), &about), 0);
    assert_int_equal(about.st_mode & 0777, 0644);
    choose("Documents");
    headless_keys("Alt+Enter");
    files_end(files); /* with its page open and the counting under way */
    files = NULL;
}

static void test_menus(void **state)
{
    (void)state;
    start(NULL);
    headless_keys("F10");
    assert_non_null(headless_popup());
    headless_keys("Esc");
    choose("paint.png");
    actions_menu(files, 100, 100);
    headless_settle();
    assert_non_null(headless_popup());
    headless_compare(headless_popup(), "user/apps/files/golden/menu.png");
    headless_keys("Esc");
    headless_keys("Ctrl+N");
    assert_true(headless_top() != files->window);
    headless_keys("Ctrl+W");
    assert_true(headless_top() == files->window);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, NULL, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_looks), CASE(test_looks_while_it_works_in_spanish), CASE(test_going_about),
        CASE(test_hidden_and_filter), CASE(test_new_rename_undo),
        CASE(test_trash_and_restore), CASE(test_clipboard_and_conflict), CASE(test_dropping),
        CASE(test_properties_change_permissions), CASE(test_menus),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
