/* The assistant of the first start: two steps, each of which takes effect at once. */
#include <stdio.h>
#include <string.h>

#include "user/apps/settings/settings.h"

static struct settings first; /* the program has one window */

static void make_step(void);

static void finish(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_window_close(first.window);
}

/* The desktop's file comes with the first setting: however it was left, this asks never again. */
static bool closed(struct ui_window *window, void *context)
{
    (void)window;
    (void)context;
    (void)ui_set_desktop("first-start", "done");
    return true;
}

static void go_on(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    first.step++;
    make_step();
}

static void go_back(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    first.step--;
    make_step();
}

static void make_words(struct widget *page)
{
    settings_heading(page, ui_say("Welcome to FastOS", "Bienvenido a FastOS"));
    settings_hint(page,
                  ui_say("Which language, and which keyboard is it?", "¿Qué idioma, y qué teclado tiene?"));
    language_make(&first, page);
    layouts_make(&first, page);
}

static void make_look(struct widget *page)
{
    settings_heading(page, ui_say("How shall it look?", "¿Qué aspecto prefiere?"));
    settings_hint(page, ui_say("All of this can be changed in the Settings.",
                               "Todo esto puede cambiarse en Configuración."));
    themes_make(&first, page);
}

static void make_foot(struct widget *page)
{
    struct widget *row = ui_row(page), *next;

    if (first.step > 0)
        ui_button(row, ui_say("&Back", "&Volver"), go_back, NULL);
    ui_spacer(row);
    if (first.step == 0)
        next = ui_button(row, ui_say("&Next", "S&iguiente"), go_on, NULL);
    else
        next = ui_button(row, ui_say("&Done", "&Listo"), finish, NULL);
    ui_button_set_accent(next, true);
    ui_window_set_default(first.window, next);
    ui_focus(next);
}

static void make_step(void)
{
    ui_remove(first.root);
    memset(first.themes, 0, sizeof(first.themes));
    first.root = ui_column(ui_window_content(first.window));
    ui_set_grow(first.root, 1);
    ui_set_gap(first.root, 12);
    if (first.step == 0)
        make_words(first.root);
    else
        make_look(first.root);
    ui_spacer(first.root);
    make_foot(first.root);
}

static void desktop_changed(void *context)
{
    (void)context;
    if (strcmp(first.language, ui_language()) == 0) {
        themes_follow(&first);
        return;
    }
    snprintf(first.language, sizeof(first.language), "%s", ui_language());
    ui_window_set_title(first.window, ui_say("Welcome", "Bienvenida"));
    make_step();
}

struct settings *settings_open_first(const struct settings_world *world)
{
    first = (struct settings){.world = world};
    first.window = ui_window(ui_say("Welcome", "Bienvenida"), 560, 520);
    if (!first.window)
        return NULL;
    first.layout_count = layouts_find(world->keyboards, first.layouts);
    snprintf(first.language, sizeof(first.language), "%s", ui_language());
    ui_window_set_icon(first.window, "settings");
    ui_window_on_close(first.window, closed, NULL);
    make_step();
    ui_on_desktop(desktop_changed, NULL);
    ui_window_show(first.window);
    return &first;
}
