/* The hardware report's window: which sections there are, their text, and the second tab with QR codes. */
#include "user/apps/hardware/window.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct hardware_window hardware; /* the program has one */

#define ROW_ALL 0 /* of the list: everything; then a section each */

static const struct {
    const char *spanish;
    enum icon icon;
} titles[REPORT_SECTIONS] = {
    [REPORT_SYSTEM] = {"Sistema", ICON_FASTOS},
    [REPORT_PROCESSOR] = {"Procesador", ICON_HARDWARE},
    [REPORT_MEMORY] = {"Memoria", ICON_GRID},
    [REPORT_DISPLAY] = {"Pantalla", ICON_VIEWER},
    [REPORT_PCI] = {"Dispositivos PCI", ICON_LIST},
    [REPORT_DISKS] = {"Discos", ICON_DISK},
    [REPORT_INPUT] = {"Teclado y ratón", ICON_KEYBOARD},
    [REPORT_TIMERS] = {"Relojes e interrupciones", ICON_CLOCK},
    [REPORT_BOOT] = {"Tiempos de arranque", ICON_POWER},
    [REPORT_DRIVERS] = {"Controladores", ICON_SETTINGS},
};

/* ---- the sections ----------------------------------------------------------------------------------- */
static size_t count_sections(void *context)
{
    (void)context;
    return REPORT_SECTIONS + 1;
}

static void fill_section(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    (void)context;
    (void)column;
    cell->text = ui_say("Everything", "Todo");
    cell->icon = ICON_INFO;
    if (row == ROW_ALL || row > REPORT_SECTIONS)
        return;
    cell->text = ui_say(report_title((enum report_section)(row - 1)), titles[row - 1].spanish);
    cell->icon = titles[row - 1].icon;
}

static void show_section(struct widget *list, void *context)
{
    size_t row = ui_list_row(list);
    struct text all = {0};
    const struct text *text = &all;

    (void)context;
    if (row > ROW_ALL && row <= REPORT_SECTIONS)
        text = &hardware.report.sections[row - 1];
    else
        report_print(&hardware.report, REPORT_SECTIONS, &all);
    (void)text_buffer_load(ui_area_buffer(hardware.text), text->at ? text->at : "", text->size);
    ui_area_select(hardware.text, 0, 0);
    text_free(&all);
}

/* ---- what the user does ----------------------------------------------------------------------------- */
static void make_anew(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    if (report_make(&hardware.report, hardware.source))
        ui_message(hardware.window, ICON_WARNING, ui_say("The report is cut", "El informe está cortado"),
                   strerror(ENOMEM));
    show_section(hardware.sections, NULL);
    qr_page_report_changed(&hardware);
}

static void copy(struct widget *widget, void *context)
{
    struct text all = {0};

    (void)widget;
    (void)context;
    report_print(&hardware.report, REPORT_SECTIONS, &all);
    (void)ui_clipboard_set("text/plain", all.at ? all.at : "", all.size);
    text_free(&all);
}

/* 0 or negative errno. */
static int write_report(const char *path)
{
    struct text all = {0};
    FILE *file = fopen(path, "w");
    int error = file ? 0 : -errno;

    report_print(&hardware.report, REPORT_SECTIONS, &all);
    if (file && fwrite(all.at ? all.at : "", 1, all.size, file) != all.size)
        error = -errno;
    if (file && fclose(file) && !error)
        error = -errno;
    text_free(&all);
    return error;
}

static void save_to(const char *path, void *context)
{
    int error = path ? write_report(path) : 0;

    (void)context;
    if (error)
        ui_message(hardware.window, ICON_WARNING, ui_say("It was not saved", "No se guardó"),
                   strerror(-error));
    else if (path)
        ui_notify("hardware", ui_say("Report saved", "Informe guardado"), path);
}

static void save(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    save_to(hardware.saves_to, NULL);
}

static void save_as(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_save_file(hardware.window, NULL, "hardware-report.txt", save_to, NULL);
}

static bool close_window(struct ui_window *window, void *context)
{
    (void)window;
    (void)context;
    qr_page_end(&hardware);
    report_free(&hardware.report);
    return true;
}

/* ---- making ----------------------------------------------------------------------------------------- */
static void make_report_page(struct widget *page)
{
    static const struct ui_model model = {count_sections, fill_section};
    struct widget *row = ui_row(page), *list;

    ui_set_grow(row, 1);
    list = hardware.sections = ui_list(row, &model, NULL, show_section, NULL);
    ui_set_least(list, 190, 200);
    ui_set_grow(list, 0);
    ui_set_name(list, "sections");
    hardware.text = ui_text_area(row, NULL, NULL, NULL);
    ui_area_set_read_only(hardware.text, true);
    ui_set_name(hardware.text, "report");
    ui_set_grow(hardware.text, 1);
    ui_list_select(list, ROW_ALL);
}

static void make_foot(struct widget *content)
{
    struct widget *row = ui_row(content), *button;

    ui_set_padding(row, 16, 0);
    button = ui_button(row, ui_say("&Save", "&Guardar"), save, NULL);
    ui_button_set_accent(button, true);
    ui_set_tooltip(button, hardware.saves_to);
    ui_button(row, ui_say("Save &as…", "Guardar &como…"), save_as, NULL);
    ui_spacer(row);
    ui_button(row, ui_say("&Copy", "C&opiar"), copy, NULL);
    ui_button(row, ui_say("Look a&gain", "Mirar &de nuevo"), make_anew, NULL);
}

struct hardware_window *hardware_open(const struct report_source *source, const char *folder)
{
    hardware = (struct hardware_window){.source = source};
    snprintf(hardware.saves_to, sizeof(hardware.saves_to), "%s/hardware-report.txt", folder);
    hardware.window = ui_window(ui_say("Hardware report", "Informe de hardware"), 780, 540);
    if (!hardware.window)
        return NULL;
    struct widget *content = ui_window_content(hardware.window);

    ui_set_padding(content, 0, 8); /* tabs have a margin of their own */
    ui_window_set_icon(hardware.window, "hardware");
    ui_window_on_close(hardware.window, close_window, NULL);
    hardware.tabs = ui_tabs(content, NULL, NULL);
    ui_set_grow(hardware.tabs, 1);
    make_report_page(ui_tab(hardware.tabs, ui_say("&Report", "&Informe")));
    qr_page_make(&hardware, ui_tab(hardware.tabs, ui_say("&QR code", "Código &QR")));
    make_foot(content);
    make_anew(NULL, NULL);
    ui_window_show(hardware.window);
    return &hardware;
}
