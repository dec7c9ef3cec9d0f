/* Drivers (a way to the monitor), and what this system is: version, machine, licences. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "user/apps/settings/settings.h"
#include "user/apps/system/figures.h"

#define LICENCE_MOST  (256u << 10)
#define LICENCES_MOST 48u

/* ---- drivers ---------------------------------------------------------------------------------------- */
static void open_monitor(struct widget *widget, void *context)
{
    struct settings *settings = context;

    (void)widget;
    settings_tell(settings, ui_say("It does not start", "No se inicia"),
                  settings->world->start("/bin/monitor", "drivers"));
}

static void open_report(struct widget *widget, void *context)
{
    struct settings *settings = context;

    (void)widget;
    settings_tell(settings, ui_say("It does not start", "No se inicia"),
                  settings->world->start("/bin/hardware", NULL));
}

void drivers_page_make(struct settings *settings, struct widget *page)
{
    settings_hint(
        page, ui_say("Each driver runs in the kernel or in ring 3, and can be stopped, started again and "
                     "moved while the system runs. The System Monitor shows them all.",
                     "Cada controlador funciona en el núcleo o en el anillo 3, y puede pararse, reiniciarse "
                     "y moverse en marcha. El Monitor del sistema los muestra todos."));
    struct widget *row = ui_row(page);

    ui_button(row, ui_say("Open the System &Monitor", "Abrir el &Monitor del sistema"), open_monitor,
              settings);
    ui_button(row, ui_say("&Hardware report", "Informe de &hardware"), open_report, settings);
}

/* ---- about ------------------------------------------------------------------------------------------ */
static struct text read_proc(const struct settings *settings, const char *name)
{
    struct text text = {0};
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", settings->world->proc, name);
    (void)text_read(&text, path, 65536);
    return text;
}

static void add_fact(struct widget *page, const char *what, const char *value)
{
    ui_label(settings_row(page, what), value);
}

static void add_machine(struct settings *settings, struct widget *page)
{
    struct text cpu = read_proc(settings, "cpuinfo"), memory = read_proc(settings, "meminfo");
    struct memory_figures figures;
    char text[192];
    int width, height;

    piece_copy(figures_cpuinfo(text_piece(&cpu), "model name"), text, sizeof(text));
    add_fact(page, "CPU", text);
    (void)figures_memory(text_piece(&memory), &figures);
    snprintf(text, sizeof(text), "%llu MiB", (unsigned long long)figures.total / 1024);
    add_fact(page, ui_say("Memory", "Memoria"), text);
    ui_screen_size(&width, &height);
    snprintf(text, sizeof(text), "%d × %d, %d %%", width, height, ui_scale());
    add_fact(page, ui_say("Display", "Pantalla"), text);
    text_free(&cpu);
    text_free(&memory);
}

/* ---- licences --------------------------------------------------------------------------------------- */
static void show_licence(struct widget *choice, void *context)
{
    struct settings *settings = ui_window_context(ui_window_of(choice));
    const char *name = ui_choice_text(choice, ui_value(choice));
    struct text text = {0};
    char path[320];

    if (!name || !name[0] || strchr(name, '/'))
        return;
    snprintf(path, sizeof(path), "%s/%s.txt", settings->world->licences, name);
    (void)text_read(&text, path, LICENCE_MOST);
    (void)text_buffer_load(ui_area_buffer(context), text.at ? text.at : "", text.size);
    ui_area_select(context, 0, 0);
    text_free(&text);
}

static int by_text(const void *one, const void *other)
{
    return strcmp(one, other);
}

static void add_licences(struct settings *settings, struct widget *choice)
{
    DIR *folder = opendir(settings->world->licences);
    const struct dirent *file;
    char names[LICENCES_MOST][64];
    size_t count = 0;

    while (folder && count < LICENCES_MOST && (file = readdir(folder))) {
        size_t size = strlen(file->d_name);

        if (size > 4 && size < sizeof(names[0]) && strcmp(file->d_name + size - 4, ".txt") == 0)
            snprintf(names[count++], sizeof(names[0]), "%.*s", (int)size - 4, file->d_name);
    }
    if (folder)
        closedir(folder);
    qsort(names, count, sizeof(names[0]), by_text);
    for (size_t i = 0; i < count; i++)
        ui_choice_add(choice, names[i]);
}

static void make_licences(struct settings *settings, struct widget *page)
{
    struct widget *row = settings_row(page, ui_say("Licences", "Licencias"));
    struct widget *area = ui_text_area(page, NULL, NULL, NULL), *choice = ui_choice(row, show_licence, area);

    ui_window_set_context(settings->window, settings);
    ui_area_set_read_only(area, true);
    ui_area_set_wrap(area, true);
    ui_set_least(area, 400, 150);
    ui_set_name(area, "licence");
    ui_set_name(choice, "licences");
    add_licences(settings, choice);
    ui_set_value(choice, 0);
    show_licence(choice, area);
}

void about_page_make(struct settings *settings, struct widget *page)
{
    struct utsname name;
    char text[320];

    ui_set_align(ui_icon(page, ICON_FASTOS, 56), UI_START);
    if (uname(&name) == 0) {
        snprintf(text, sizeof(text), "%s %s", name.sysname, name.release);
        add_fact(page, ui_say("Version", "Versión"), text);
        snprintf(text, sizeof(text), "%s, %s", name.version, name.machine);
        add_fact(page, ui_say("Kernel", "Núcleo"), text);
    }
    add_machine(settings, page);
    make_licences(settings, page);
}
