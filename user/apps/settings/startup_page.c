/* What starts with the desktop, and how the machine boots. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/apps/settings/settings.h"

static const int waits[] = {1, 3, 5, 10, 30, 0};
#define WAITS (sizeof(waits) / sizeof(waits[0]))
static const char *const videos[] = {"", "640x480", "800x600", "1024x768", "1280x1024", "text"};
#define VIDEOS (sizeof(videos) / sizeof(videos[0]))

/* ---- programs --------------------------------------------------------------------------------------- */
static void program_chosen(struct widget *check, void *context)
{
    struct settings *settings = ui_window_context(ui_window_of(check));
    const struct startup_entry *entry = context;
    const struct settings_world *world = settings->world;
    int error = startup_choose(world->applications, world->autostart, entry->id, ui_value(check) != 0);

    settings_tell(settings, ui_say("It was not changed", "No se cambió"), error);
}

static void make_programs(struct settings *settings, struct widget *page)
{
    struct startup_page *startup = &settings->startup;
    struct widget *grid = ui_grid(page, 3);

    ui_window_set_context(settings->window, settings);
    startup->count = startup_find(settings->world->applications, settings->world->autostart, startup->entries,
                                  STARTUP_MOST);
    for (size_t i = 0; i < startup->count; i++) {
        struct startup_entry *entry = &startup->entries[i];
        struct widget *check =
            ui_check(grid, ui_say(entry->name, entry->name_es), entry->chosen, program_chosen, entry);

        ui_set_name(check, entry->id);
    }
    if (startup->count == 0)
        settings_hint(page, ui_say("There are no programs.", "No hay programas."));
}

/* ---- boot.cfg --------------------------------------------------------------------------------------- */
static void read_file(struct settings *settings)
{
    text_free(&settings->startup.file);
    (void)text_read(&settings->startup.file, settings->world->boot, BOOT_FILE_MOST);
}

static struct piece file_value(struct settings *settings, const char *name)
{
    return boot_file_get(text_piece(&settings->startup.file), name);
}

static void video_chosen(struct widget *choice, void *context)
{
    struct settings *settings = context;
    int which = ui_value(choice);
    char line[BOOT_LINE_MOST + 1];

    if (which >= 0 && (size_t)which < VIDEOS &&
        boot_words_set(piece_of(ui_text(settings->startup.words)), "video", which ? videos[which] : NULL,
                       line) == 0)
        ui_set_text(settings->startup.words, line);
}

static int set_all(struct settings *settings)
{
    struct startup_page *page = &settings->startup;
    int wait = ui_value(page->timeout), error = boot_file_set(&page->file, "cmdline", ui_text(page->words));
    char seconds[16];

    snprintf(seconds, sizeof(seconds), "%d", waits[wait >= 0 && (size_t)wait < WAITS ? wait : 2]);
    if (!error)
        error = boot_file_set(&page->file, "menu", ui_value(page->menu) ? "yes" : "no");
    if (!error)
        error = boot_file_set(&page->file, "timeout", seconds);
    return error ? error : boot_file_write(settings->world->boot, text_piece(&page->file));
}

static void save(struct widget *widget, void *context)
{
    struct settings *settings = context;

    (void)widget;
    read_file(settings);
    int error = set_all(settings);

    settings_tell(settings, ui_say("boot.cfg was not written", "No se escribió boot.cfg"), error);
    ui_set_text(settings->startup.said, "");
    if (!error)
        ui_set_textf(settings->startup.said,
                     ui_say("Saved; %s.old has what was before.", "Guardado; %s.old tiene lo anterior."),
                     settings->world->boot);
}

static void make_video(struct settings *settings, struct widget *page)
{
    struct widget *choice = ui_choice(settings_row(page, ui_say("Screen at boot", "Pantalla al arrancar")),
                                      video_chosen, settings);
    char now[32] = "";

    settings->startup.video = choice;
    ui_set_name(choice, "video");
    (void)boot_words_get(file_value(settings, "cmdline"), "video", now, sizeof(now));
    ui_choice_add(choice, ui_say("Best for the monitor", "La mejor para el monitor"));
    for (size_t i = 1; i < VIDEOS; i++)
        ui_choice_add(choice, strcmp(videos[i], "text") == 0 ? ui_say("Text", "Texto") : videos[i]);
    ui_set_value(choice, now[0] ? -1 : 0);
    for (size_t i = 1; i < VIDEOS; i++)
        if (strcmp(now, videos[i]) == 0)
            ui_set_value(choice, (int)i);
}

static void make_timeout(struct settings *settings, struct widget *page)
{
    struct widget *row = settings_row(page, ui_say("Boot menu", "Menú de arranque"));
    struct piece seconds = file_value(settings, "timeout");
    uint64_t now;

    settings->startup.menu = ui_switch(row, ui_say("&Always", "&Siempre"),
                                       piece_is(file_value(settings, "menu"), "yes"), NULL, NULL);
    ui_set_name(settings->startup.menu, "menu");
    settings->startup.timeout = ui_choice(row, NULL, NULL);
    ui_set_name(settings->startup.timeout, "timeout");
    now = piece_number(seconds, 10, &now) ? now : 5;
    ui_set_value(settings->startup.timeout, 2);
    for (size_t i = 0; i < WAITS; i++) {
        char text[32];

        snprintf(text, sizeof(text), waits[i] ? "%d s" : ui_say("waits for ever", "espera siempre"),
                 waits[i]);
        ui_choice_add(settings->startup.timeout, text);
        if ((uint64_t)waits[i] == now)
            ui_set_value(settings->startup.timeout, (int)i);
    }
}

static void make_boot(struct settings *settings, struct widget *page)
{
    char words[BOOT_LINE_MOST + 1];

    read_file(settings);
    piece_copy(file_value(settings, "cmdline"), words, sizeof(words));
    make_video(settings, page);
    make_timeout(settings, page);
    struct widget *row = settings_row(page, ui_say("Kernel's options", "Opciones del núcleo"));

    settings->startup.words = ui_entry(row, words, NULL, NULL);
    ui_set_grow(settings->startup.words, 1);
    ui_set_name(settings->startup.words, "words");
    ui_entry_set_limit(settings->startup.words, BOOT_LINE_MOST);
    row = ui_row(page);
    ui_button(row, ui_say("Sa&ve boot options", "&Guardar opciones"), save, settings);
    settings->startup.said = ui_label(row, "");
    ui_label_set_style(settings->startup.said, UI_GOOD);
}

void startup_page_make(struct settings *settings, struct widget *page)
{
    ui_label_set_style(ui_label(page, ui_say("Start with the desktop", "Iniciar con el escritorio")),
                       UI_BOLD);
    make_programs(settings, page);
    ui_separator(page);
    ui_label_set_style(ui_label(page, ui_say("How the machine boots", "Cómo arranca el equipo")), UI_BOLD);
    make_boot(settings, page);
}
