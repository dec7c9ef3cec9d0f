/* The settings' window: pages, of which one is seen, and what they have in common. See settings.h. */
#include "user/apps/settings/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONFIG_MOST 8192u

static struct settings settings; /* the program has one window */

static const struct {
    const char *english, *spanish;
    enum icon icon;
    void (*make)(struct settings *settings, struct widget *page);
} pages[PAGES] = {
    [PAGE_DISPLAY] = {"Display", "Pantalla", ICON_VIEWER, display_page_make},
    [PAGE_LOOK] = {"Appearance", "Apariencia", ICON_GRID, look_page_make},
    [PAGE_KEYBOARD] = {"Keyboard", "Teclado", ICON_KEYBOARD, keyboard_page_make},
    [PAGE_MOUSE] = {"Mouse", "Ratón", ICON_FORWARD, mouse_page_make},
    [PAGE_REGION] = {"Region", "Región", ICON_CLOCK, region_page_make},
    [PAGE_STARTUP] = {"Startup", "Inicio", ICON_POWER, startup_page_make},
    [PAGE_DRIVERS] = {"Drivers", "Controladores", ICON_HARDWARE, drivers_page_make},
    [PAGE_ABOUT] = {"About", "Acerca de", ICON_FASTOS, about_page_make},
};

/* ---- for the pages ---------------------------------------------------------------------------------- */
void setting_get(const struct settings *of, const char *name, char *to, size_t room)
{
    struct text text = {0};

    (void)text_read(&text, of->world->config, CONFIG_MOST);
    piece_copy(boot_file_get(text_piece(&text), name), to, room);
    text_free(&text);
}

int setting_number(const struct settings *of, const char *name, int least, int most, int usual)
{
    char text[32];
    uint64_t number;

    setting_get(of, name, text, sizeof(text));
    if (!piece_number(piece_of(text), 10, &number) || number < (uint64_t)least || number > (uint64_t)most)
        return usual;
    return (int)number;
}

void setting_set_number(const char *name, int value)
{
    char text[16];

    snprintf(text, sizeof(text), "%d", value);
    (void)ui_set_desktop(name, text);
}

struct widget *settings_row(struct widget *page, const char *text)
{
    struct widget *row = ui_row(page), *label = ui_label(row, text);

    ui_set_least(label, 170, 0);
    return row;
}

void settings_heading(struct widget *page, const char *text)
{
    ui_label_set_style(ui_label(page, text), UI_HEADING);
}

struct widget *settings_hint(struct widget *page, const char *text)
{
    struct widget *label = ui_label(page, text);

    ui_label_set_style(label, UI_DIM);
    ui_label_set_wrap(label, 440);
    return label;
}

void settings_tell(struct settings *of, const char *what, int error)
{
    if (error)
        ui_message(of->window, ICON_WARNING, what, strerror(-error));
}

/* ---- the pages' list -------------------------------------------------------------------------------- */
static size_t count_pages(void *context)
{
    (void)context;
    return PAGES;
}

static void fill_page(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    (void)context;
    (void)column;
    cell->text = row < PAGES ? ui_say(pages[row].english, pages[row].spanish) : "";
    cell->icon = row < PAGES ? pages[row].icon : ICON_NONE;
}

static void show_page(struct widget *list, void *context)
{
    size_t row = ui_list_row(list);

    (void)context;
    if (row >= PAGES)
        return;
    settings.page = (int)row;
    for (size_t i = 0; i < PAGES; i++)
        ui_set_visible(settings.pages[i], i == row);
}

static void make_pages(struct widget *row)
{
    for (size_t i = 0; i < PAGES; i++) {
        struct widget *page = settings.pages[i] = ui_scroll(row);

        ui_set_grow(page, 1);
        ui_set_gap(page, 10);
        settings_heading(page, ui_say(pages[i].english, pages[i].spanish));
        pages[i].make(&settings, page);
        ui_set_visible(page, (int)i == settings.page);
    }
}

static void make_all(void)
{
    static const struct ui_model model = {count_pages, fill_page};

    settings.root = ui_row(ui_window_content(settings.window));
    ui_set_grow(settings.root, 1);
    ui_set_gap(settings.root, 16);
    settings.list = ui_list(settings.root, &model, NULL, show_page, NULL);
    ui_set_least(settings.list, 160, 0);
    ui_set_grow(settings.list, 0);
    ui_set_name(settings.list, "pages");
    make_pages(settings.root);
    ui_list_select(settings.list, (size_t)settings.page);
    ui_focus(settings.list);
}

/* Another language: all texts anew. */
static void desktop_changed(void *context)
{
    (void)context;
    if (strcmp(settings.language, ui_language()) == 0) {
        themes_follow(&settings);
        return;
    }
    snprintf(settings.language, sizeof(settings.language), "%s", ui_language());
    ui_window_set_title(settings.window, ui_say("Settings", "Configuración"));
    ui_remove(settings.root);
    make_all();
}

static bool close_window(struct ui_window *window, void *context)
{
    (void)window;
    (void)context;
    ui_timer_stop(settings.display.timer);
    text_free(&settings.startup.file);
    return true;
}

struct settings *settings_open(const struct settings_world *world, enum settings_page page)
{
    settings = (struct settings){.world = world, .page = (int)page};
    settings.window = ui_window(ui_say("Settings", "Configuración"), 720, 500);
    if (!settings.window)
        return NULL;
    settings.layout_count = layouts_find(world->keyboards, settings.layouts);
    snprintf(settings.language, sizeof(settings.language), "%s", ui_language());
    ui_window_set_icon(settings.window, "settings");
    ui_window_on_close(settings.window, close_window, NULL);
    make_all();
    ui_on_desktop(desktop_changed, NULL);
    ui_window_show(settings.window);
    return &settings;
}
