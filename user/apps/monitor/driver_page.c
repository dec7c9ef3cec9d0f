/* The drivers: where each runs, how often it began, how it is; orders go to /dev/drivers. */
#include <stdio.h>
#include <string.h>

#include "user/apps/monitor/monitor.h"

enum { BUTTON_RESTART, BUTTON_STOP, BUTTON_START };
enum { COLUMN_NAME, COLUMN_CLASS, COLUMN_PLACEMENT, COLUMN_STATE, COLUMN_RESTARTS, COLUMN_INTERRUPTS,
       COLUMN_WORST, COLUMNS };

static const char *const placements[] = {"kernel", "user", "off"};
#define PLACEMENTS 3

/* ---- the table -------------------------------------------------------------------------------------- */
static size_t count_rows(void *context)
{
    const struct monitor *monitor = context;

    return monitor->drivers.count;
}

/* It began anew so many times. */
static unsigned long long restarts(const struct driver_figures *driver)
{
    return driver->generation ? (unsigned long long)driver->generation - 1 : 0;
}

static const char *placement_text(const char *placement)
{
    if (strcmp(placement, "user") == 0)
        return ui_say("ring 3", "anillo 3");
    if (strcmp(placement, "off") == 0)
        return ui_say("off", "apagado");
    return ui_say("kernel", "núcleo");
}

static void fill_state(const struct driver_figures *driver, struct ui_cell *cell)
{
    bool failed = strcmp(driver->state, "failed") == 0;

    cell->text = driver->state;
    cell->colour = failed ? ui_theme()->bad : strcmp(driver->state, "running") == 0 ? ui_theme()->good : 0;
    cell->dim = strcmp(driver->state, "absent") == 0 || strcmp(driver->state, "off") == 0;
}

static void fill_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    const struct monitor *monitor = context;
    const struct driver_figures *driver = &monitor->drivers.at[row];

    cell->text = cell->memory;
    if (row >= monitor->drivers.count)
        return;
    switch (column) {
    case COLUMN_NAME: cell->text = driver->name; break;
    case COLUMN_CLASS: cell->text = driver->class; break;
    case COLUMN_PLACEMENT: cell->text = placement_text(driver->placement); break;
    case COLUMN_STATE: fill_state(driver, cell); break;
    case COLUMN_RESTARTS: snprintf(cell->memory, sizeof(cell->memory), "%llu", restarts(driver)); break;
    case COLUMN_INTERRUPTS:
        snprintf(cell->memory, sizeof(cell->memory), "%llu", (unsigned long long)driver->interrupts);
        break;
    default:
        snprintf(cell->memory, sizeof(cell->memory), "%llu µs", (unsigned long long)driver->worst_us);
    }
}

static const struct driver_figures *selected(const struct monitor *monitor)
{
    size_t row = ui_list_row(monitor->drivers.table);

    return row < monitor->drivers.count ? &monitor->drivers.at[row] : NULL;
}

static int placement_number(const char *placement)
{
    for (int i = 0; i < PLACEMENTS; i++)
        if (strcmp(placement, placements[i]) == 0)
            return i;
    return -1;
}

/* What can be ordered; a driver that is built in takes no orders. */
static void show_selected(struct widget *table, void *context)
{
    struct monitor *monitor = context;
    struct driver_page *page = &monitor->drivers;
    const struct driver_figures *driver = selected(monitor);
    bool can = driver && strcmp(driver->state, "built in") != 0;
    bool runs = can && strcmp(driver->state, "running") == 0;

    (void)table;
    ui_set_enabled(page->buttons[BUTTON_RESTART], runs);
    ui_set_enabled(page->buttons[BUTTON_STOP], runs);
    ui_set_enabled(page->buttons[BUTTON_START], can && !runs);
    ui_set_enabled(page->placement, can);
    ui_set_value(page->placement, driver ? placement_number(driver->placement) : -1);
    ui_set_text(page->reason, driver ? driver->reason : "");
}

void driver_page_look(struct monitor *monitor)
{
    struct driver_page *page = &monitor->drivers;
    struct text text = monitor_read(monitor, "drivers");
    struct piece rest = text_piece(&text), line;

    page->count = 0;
    while (page->count < DRIVERS_MOST && piece_line(&rest, &line))
        page->count += figures_driver(line, &page->at[page->count]);
    text_free(&text);
    ui_list_changed(page->table, true);
    show_selected(NULL, monitor);
}

/* ---- orders ----------------------------------------------------------------------------------------- */
static void order(struct monitor *monitor, const char *what)
{
    const struct driver_figures *driver = selected(monitor);
    char line[64];

    if (!driver)
        return;
    snprintf(line, sizeof(line), "%s %s", driver->name, what);
    monitor_tell(monitor, ui_say("The driver did not obey", "El controlador no obedeció"),
                 monitor->world->order_driver(line));
    driver_page_look(monitor);
}

static void restart(struct widget *widget, void *context)
{
    (void)widget;
    order(context, "restart");
}

static void start(struct widget *widget, void *context)
{
    (void)widget;
    order(context, "start");
}

static void stop_answer(bool yes, void *context)
{
    if (yes)
        order(context, "stop");
}

/* Without its keyboard or its disk a machine is of no use: it is asked first. */
static void ask_stop(struct widget *widget, void *context)
{
    struct monitor *monitor = context;
    const struct driver_figures *driver = selected(monitor);
    char text[160];

    (void)widget;
    if (!driver)
        return;
    snprintf(text, sizeof(text),
             ui_say("Stop %s? What it drives does nothing until it is started again.",
                    "¿Parar %s? Su dispositivo no hará nada hasta que se inicie de nuevo."), driver->name);
    ui_confirm(monitor->window, ui_say("Stop a driver", "Parar un controlador"), text,
               ui_say("Stop", "Parar"), stop_answer, monitor);
}

static void place(struct widget *choice, void *context)
{
    struct monitor *monitor = context;
    const struct driver_figures *driver = selected(monitor);
    int value = ui_value(choice);
    char what[32];

    if (!driver || value < 0 || value >= PLACEMENTS || value == placement_number(driver->placement))
        return;
    snprintf(what, sizeof(what), "placement %s", placements[value]);
    order(monitor, what);
}

/* ---- making ----------------------------------------------------------------------------------------- */
static void make_table(struct monitor *monitor, struct widget *parent)
{
    static const struct ui_model model = {count_rows, fill_cell};
    const struct ui_column_of columns[COLUMNS] = {
        [COLUMN_NAME] = {ui_say("Driver", "Controlador"), 104, 2, ALIGN_START, false},
        [COLUMN_CLASS] = {ui_say("Class", "Clase"), 72, 1, ALIGN_START, false},
        [COLUMN_PLACEMENT] = {ui_say("Where", "Dónde"), 72, 1, ALIGN_START, false},
        [COLUMN_STATE] = {ui_say("State", "Estado"), 80, 1, ALIGN_START, false},
        [COLUMN_RESTARTS] = {ui_say("Restarts", "Reinicios"), 76, 0, ALIGN_END, false},
        [COLUMN_INTERRUPTS] = {ui_say("Interrupts", "Interrup."), 88, 0, ALIGN_END, false},
        [COLUMN_WORST] = {ui_say("Longest", "Máximo"), 92, 0, ALIGN_END, false},
    };
    struct widget *table = ui_table(parent, columns, COLUMNS, &model, monitor, show_selected, monitor);

    ui_set_grow(table, 1);
    ui_set_name(table, "drivers");
    monitor->drivers.table = table;
}

static void make_orders(struct monitor *monitor, struct widget *parent)
{
    struct driver_page *page = &monitor->drivers;
    struct widget *row = ui_row(parent);

    page->buttons[BUTTON_RESTART] = ui_button(row, ui_say("&Restart", "&Reiniciar"), restart, monitor);
    page->buttons[BUTTON_STOP] = ui_button(row, ui_say("&Stop…", "&Parar…"), ask_stop, monitor);
    page->buttons[BUTTON_START] = ui_button(row, ui_say("S&tart", "&Iniciar"), start, monitor);
    ui_spacer(row);
    ui_label(row, ui_say("Where it runs:", "Dónde funciona:"));
    page->placement = ui_choice(row, place, monitor);
    ui_set_name(page->placement, "placement");
    for (unsigned i = 0; i < PLACEMENTS; i++)
        ui_choice_add(page->placement, placement_text(placements[i]));
}

void driver_page_make(struct monitor *monitor, struct widget *page)
{
    make_table(monitor, page);
    monitor->drivers.reason = ui_label(page, "");
    ui_label_set_style(monitor->drivers.reason, UI_WARNING);
    make_orders(monitor, page);
    show_selected(NULL, monitor);
}
