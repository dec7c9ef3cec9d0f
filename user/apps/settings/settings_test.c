/* The settings' pages and the assistant, with folders of the test's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "user/apps/settings/settings.h"
#include "user/libui/headless.h"

/* links: user/apps/settings/display_page.c user/apps/settings/look_page.c user/apps/settings/input_page.c */
/* links: user/apps/settings/region_page.c user/apps/settings/startup_page.c */
/* links: user/apps/settings/about_page.c */
/* links: user/apps/settings/first.c user/apps/settings/names.c user/apps/settings/startup.c */
/* links: user/apps/settings/boot_file.c user/apps/system/system.a user/libui/libui.a */

static char folder[64], config[96], applications[96], autostart[96], boot[96];
static int64_t clock_set;
static char started[96];

static int take_clock(int64_t seconds)
{
    clock_set = seconds;
    return 0;
}

static int take_start(const char *program, const char *argument)
{
    snprintf(started, sizeof(started), "%s %s", program, argument ? argument : "");
    return 0;
}

static const struct settings_world world = {
    .config = config, .applications = applications, .autostart = autostart, .keyboards = folder,
    .licences = folder, .proc = folder, .boot = boot, .set_clock = take_clock, .start = take_start,
};

static void put(const char *name, const char *text)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void put_world(void)
{
    static const char *const layouts[] = {"us.map", "br.map", "pt.map", "es.map", "latam.map",
                                          "uk.map", "de.map", "fr.map", "it.map"};

    strcpy(folder, "/tmp/settings.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(config, sizeof(config), "%s/desktop", folder);
    snprintf(applications, sizeof(applications), "%s/applications", folder);
    snprintf(autostart, sizeof(autostart), "%s/autostart", folder);
    snprintf(boot, sizeof(boot), "%s/boot.cfg", folder);
    mkdir(applications, 0700);
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++)
        put(layouts[i], "");
    put("applications/terminal.app", "name=Terminal\nexec=/bin/terminal\n");
    put("applications/files.app", "name=Files\nname.es=Archivos\nexec=/bin/files\n");
    put("applications/monitor.app", "name=System Monitor\nname.es=Monitor del sistema\nexec=/bin/monitor\n");
    put("desktop", "theme=dark\naccent=#9a7bff\nscale=125\nmode=1024x768x16\npointer-speed=150\n");
    put("boot.cfg", "# a comment\ncmdline=log=debug video=800x600\n");
    put("FastOS.txt", "A licence: do as you like.\n");
    put("newlib.txt", "Short\n");
    put("cpuinfo", "model name\t: QEMU Virtual CPU version 2.5+ (AuthenticAMD)\n");
    put("meminfo", "MemTotal: 129152 kB\n");
}

static struct settings *open_settings(enum settings_page page, const struct headless_options *options)
{
    put_world();
    unsetenv("TZ");
    headless_start("settings", options);
    struct settings *settings = settings_open(&world, page);

    assert_non_null(settings);
    headless_settle();
    return settings;
}

static void close_settings(struct settings *settings)
{
    char command[96];

    headless_close(settings->window);
    headless_end();
    snprintf(command, sizeof(command), "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void choose(struct ui_window *window, const char *choice, unsigned down)
{
    headless_click(window, choice);
    headless_keys("Home");
    for (unsigned i = 0; i < down; i++)
        headless_keys("Down");
    headless_keys("Enter");
}

static void a_mode_is_kept_or_comes_back(void **state)
{
    struct settings *settings = open_settings(PAGE_DISPLAY, NULL);

    (void)state;
    headless_compare(settings->window, "user/apps/settings/golden/display.png");
    choose(settings->window, "size", 1);
    headless_click(settings->window, "Use");
    assert_string_equal(headless_setting(), "mode=800x600x16");
    headless_compare(headless_top(), "user/apps/settings/golden/keep.png");
    headless_click(headless_top(), "Keep");
    headless_advance(20000);
    assert_string_equal(headless_setting(), "mode=800x600x16");
    headless_click(settings->window, "Use");
    headless_advance(14000);
    assert_string_equal(headless_setting(), "mode=800x600x16");
    headless_advance(1100);
    assert_string_equal(headless_setting(), "mode=1024x768x16");
    assert_ptr_equal(headless_top(), settings->window);
    headless_click(settings->window, "Use");
    headless_keys("Esc");
    assert_string_equal(headless_setting(), "mode=1024x768x16");
    headless_click(settings->window, "Use");
    headless_click(headless_top(), "Go back");
    assert_string_equal(headless_setting(), "mode=1024x768x16");
    choose(settings->window, "scale", 3);
    assert_string_equal(headless_setting(), "scale=150");
    choose(settings->window, "magnifier", 2);
    assert_string_equal(headless_setting(), "magnifier=200");
    close_settings(settings);
}

static void the_look_is_chosen(void **state)
{
    struct settings *settings = open_settings(PAGE_LOOK, NULL);

    (void)state;
    headless_compare(settings->window, "user/apps/settings/golden/look.png");
    headless_click(settings->window, "light");
    assert_string_equal(headless_setting(), "theme=light");
    headless_set("light", NULL, 0); /* as the server answers */
    assert_int_equal(ui_value(settings->themes[1]), 1);
    headless_click(settings->window, "Contrast");
    assert_string_equal(headless_setting(), "theme=contrast");
    ui_focus(settings->accents);
    headless_keys("Right");
    assert_string_equal(headless_setting(), "accent=#ff7ac6");
    choose(settings->window, "wallpaper", 1);
    assert_string_equal(headless_setting(), "wallpaper=plain");
    close_settings(settings);
}

static void a_layout_is_chosen(void **state)
{
    struct settings *settings = open_settings(PAGE_KEYBOARD, NULL);

    (void)state;
    headless_compare(settings->window, "user/apps/settings/golden/keyboard.png");
    ui_focus(ui_find(settings->window, "layouts"));
    headless_keys("Home");
    assert_string_equal(headless_setting(), "layout=br");
    ui_focus(ui_find(settings->window, "repeat-delay-ms"));
    headless_keys("Home");
    assert_string_equal(headless_setting(), "repeat-delay-ms=150");
    ui_focus(ui_find(settings->window, "repeat-rate"));
    headless_keys("End");
    assert_string_equal(headless_setting(), "repeat-rate=60");
    headless_click(settings->window, "Sticky keys");
    assert_string_equal(headless_setting(), "sticky=1");
    close_settings(settings);
}

static void the_mouse_is_set(void **state)
{
    struct settings *settings = open_settings(PAGE_MOUSE, NULL);

    (void)state;
    headless_compare(settings->window, "user/apps/settings/golden/mouse.png");
    assert_int_equal(ui_value(ui_find(settings->window, "pointer-speed")), 150);
    ui_focus(ui_find(settings->window, "double-click-ms"));
    headless_keys("Home");
    assert_string_equal(headless_setting(), "double-click-ms=200");
    headless_click(settings->window, "Left-handed");
    assert_string_equal(headless_setting(), "left-handed=1");
    close_settings(settings);
}

static void zone_and_clock_are_set(void **state)
{
    struct settings *settings = open_settings(PAGE_REGION, NULL);
    struct widget *time = ui_find(settings->window, "time");

    (void)state;
    headless_click(settings->window, "Español");
    assert_string_equal(headless_setting(), "language=es");
    ui_focus(ui_find(settings->window, "zones"));
    headless_keys("End");
    assert_string_equal(headless_setting(), "timezone-place=Pacific/Auckland");
    ui_list_select(ui_find(settings->window, "zones"), 0);
    ui_focus(ui_find(settings->window, "zones"));
    headless_keys("Down");
    headless_keys("Up");
    assert_string_equal(headless_setting(), "timezone-place=UTC");
    ui_set_text(time, "2026-03-04 05:06");
    headless_click(settings->window, "Set");
    assert_int_equal(clock_set, 1772600760);
    clock_set = 0;
    ui_set_text(time, "2026-03-04 05:06 and more");
    headless_click(settings->window, "Set");
    assert_int_equal(clock_set, 0);
    headless_keys("Esc");
    close_settings(settings);
}

static void assert_boot_file(const char *bytes)
{
    struct text text = {0};

    assert_int_equal(text_read(&text, boot, 4096), 0);
    assert_string_equal(text.at, bytes);
    text_free(&text);
}

static void startup_is_set(void **state)
{
    struct settings *settings = open_settings(PAGE_STARTUP, NULL);
    struct startup_entry entries[8];

    (void)state;
    headless_compare(settings->window, "user/apps/settings/golden/startup.png");
    headless_click(settings->window, "files");
    assert_int_equal(startup_find(applications, autostart, entries, 8), 3);
    assert_true(entries[0].chosen);
    headless_click(settings->window, "files");
    assert_int_equal(startup_find(applications, autostart, entries, 8), 3);
    assert_false(entries[0].chosen);
    choose(settings->window, "video", 3);
    assert_string_equal(ui_text(settings->startup.words), "log=debug video=1024x768");
    choose(settings->window, "timeout", 3);
    headless_click(settings->window, "menu");
    headless_click(settings->window, "Save boot options");
    assert_boot_file("# a comment\ncmdline=log=debug video=1024x768\nmenu=yes\ntimeout=10\n");
    strcat(boot, ".old");
    assert_boot_file("# a comment\ncmdline=log=debug video=800x600\n");
    boot[strlen(boot) - 4] = '\0';
    close_settings(settings);
}

static void other_programs_are_started(void **state)
{
    struct settings *settings = open_settings(PAGE_DRIVERS, NULL);

    (void)state;
    headless_click(settings->window, "Open the System Monitor");
    assert_string_equal(started, "/bin/monitor drivers");
    ui_focus(settings->list);
    headless_keys("End");
    assert_int_equal(settings->page, PAGE_ABOUT);
    assert_true(text_buffer_size(ui_area_buffer(ui_find(settings->window, "licence"))) > 10);
    choose(settings->window, "licences", 1);
    assert_int_equal(text_buffer_size(ui_area_buffer(ui_find(settings->window, "licence"))), 6);
    close_settings(settings);
}

static void another_language_makes_all_anew(void **state)
{
    static const struct headless_options light = {
        .theme = "light", .scale = 150, .width = 1400, .height = 1000};
    struct settings *settings = open_settings(PAGE_LOOK, &light);

    (void)state;
    headless_set(NULL, "es", 0);
    assert_string_equal(ui_window_title(settings->window), "Configuración");
    assert_non_null(ui_find(settings->window, "Oscuro"));
    headless_compare(settings->window, "user/apps/settings/golden/look-light-es-150.png");
    close_settings(settings);
}

static void the_assistant_asks_twice(void **state)
{
    put_world();
    headless_start("settings", NULL);
    struct settings *first = settings_open_first(&world);

    (void)state;
    assert_non_null(first);
    headless_settle();
    headless_compare(first->window, "user/apps/settings/golden/first-1.png");
    headless_click(first->window, "Español");
    assert_string_equal(headless_setting(), "language=es");
    headless_set(NULL, "es", 0);
    headless_click(first->window, "Siguiente");
    headless_compare(first->window, "user/apps/settings/golden/first-2.png");
    headless_click(first->window, "light");
    assert_string_equal(headless_setting(), "theme=light");
    headless_click(first->window, "Volver");
    headless_click(first->window, "Siguiente");
    headless_click(first->window, "Listo");
    assert_string_equal(headless_setting(), "first-start=done");
    assert_null(headless_top());
    headless_end();

    char command[96];

    snprintf(command, sizeof(command), "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mode_is_kept_or_comes_back),    cmocka_unit_test(the_look_is_chosen),
        cmocka_unit_test(a_layout_is_chosen),              cmocka_unit_test(the_mouse_is_set),
        cmocka_unit_test(zone_and_clock_are_set),          cmocka_unit_test(startup_is_set),
        cmocka_unit_test(other_programs_are_started),      cmocka_unit_test(another_language_makes_all_anew),
        cmocka_unit_test(the_assistant_asks_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
