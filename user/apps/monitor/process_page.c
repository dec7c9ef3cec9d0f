/* The processes: a table in the order of a column, a filter, and orders for the one that is selected. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "user/apps/monitor/monitor.h"

enum { BUTTON_END, BUTTON_KILL, BUTTON_SLOWER, BUTTON_FASTER };

static struct process_page *page_of(struct monitor *monitor)
{
    return &monitor->processes;
}

/* ---- the table -------------------------------------------------------------------------------------- */
static size_t count_rows(void *context)
{
    return page_of(context)->rows.count;
}

static const char *state_text(char state)
{
    switch (state) {
    case 'R': return ui_say("running", "activo");
    case 'S': return ui_say("sleeping", "espera");
    case 'T': return ui_say("stopped", "parado");
    case 'Z': return ui_say("ended", "terminado");
    default: return "?";
    }
}

static void fill_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    const struct rows *rows = &page_of(context)->rows;
    const struct process_row *process = row < rows->count ? rows->at[row] : NULL;

    cell->text = cell->memory;
    if (!process)
        return;
    if (column == ROW_STATE)
        cell->text = state_text(process->figures.state);
    else
        rows_print(process, (enum row_column)column, cell->memory, sizeof(cell->memory));
    cell->dim = column == ROW_COMMAND;
    cell->bar = column == ROW_CPU ? process->cpu_tenths : 0;
}

static const struct process_row *selected(struct monitor *monitor)
{
    const struct process_page *page = page_of(monitor);
    size_t row = ui_list_row(page->table);

    return row < page->rows.count ? page->rows.at[row] : NULL;
}

static void enable_buttons(struct widget *table, void *context)
{
    struct monitor *monitor = context;
    const struct process_row *row = selected(monitor);

    (void)table;
    for (unsigned i = 0; i < 4; i++)
        ui_set_enabled(page_of(monitor)->buttons[i], row != NULL);
}

/* The rows anew; who was selected stays so, wherever it is now. */
static void show_rows(struct monitor *monitor, int pid)
{
    struct process_page *page = page_of(monitor);

    rows_make(&page->rows, &page->list);
    size_t row = pid ? rows_find(&page->rows, pid) : UI_NO_ROW;

    if (row == ui_list_row(page->table)) {
        ui_list_changed(page->table, true);
    } else {
        ui_list_changed(page->table, false);
        ui_list_select(page->table, row);
    }
    enable_buttons(page->table, monitor);
}

static int selected_pid(struct monitor *monitor)
{
    const struct process_row *row = selected(monitor);

    return row ? row->figures.pid : 0;
}

void process_page_look(struct monitor *monitor)
{
    struct process_page *page = page_of(monitor);
    int pid = selected_pid(monitor);

    /* The rows point into the list. */
    rows_free(&page->rows);
    (void)processes_look(&page->list, monitor->world->proc, ui_now_ms());
    show_rows(monitor, pid);
}

static void sort_rows(struct widget *table, unsigned column, bool down, void *context)
{
    struct monitor *monitor = context;
    int pid = selected_pid(monitor);

    (void)table;
    page_of(monitor)->rows.sorted = column < ROW_COLUMNS ? (enum row_column)column : ROW_PID;
    page_of(monitor)->rows.down = down;
    show_rows(monitor, pid);
}

static void filter_rows(struct widget *entry, void *context)
{
    struct monitor *monitor = context;
    struct process_page *page = page_of(monitor);
    int pid = selected_pid(monitor);

    snprintf(page->rows.filter, sizeof(page->rows.filter), "%s", ui_text(entry));
    show_rows(monitor, pid);
}

/* ---- orders ----------------------------------------------------------------------------------------- */
static void end_process(struct widget *widget, void *context)
{
    struct monitor *monitor = context;
    int pid = selected_pid(monitor);

    (void)widget;
    if (pid)
        monitor_tell(monitor, ui_say("It cannot be ended", "No se puede terminar"),
                     monitor->world->signal(pid, SIGTERM));
}

static void kill_answer(bool yes, void *context)
{
    struct monitor *monitor = context;

    if (yes)
        monitor_tell(monitor, ui_say("It cannot be killed", "No se puede matar"),
                     monitor->world->signal(page_of(monitor)->asked_pid, SIGKILL));
}

static void ask_kill(struct widget *widget, void *context)
{
    struct monitor *monitor = context;
    const struct process_row *row = selected(monitor);
    char text[256];

    (void)widget;
    if (!row)
        return;
    page_of(monitor)->asked_pid = row->figures.pid;
    snprintf(text, sizeof(text),
             ui_say("End %s (%d) at once? What it has not saved is lost.",
                    "¿Matar %s (%d) ahora mismo? Lo que no haya guardado se pierde."),
             row->figures.name, row->figures.pid);
    ui_confirm(monitor->window, ui_say("Kill a process", "Matar un proceso"), text, ui_say("Kill", "Matar"),
               kill_answer, monitor);
}

static void renice(struct monitor *monitor, int by)
{
    const struct process_row *row = selected(monitor);
    int nice = row ? row->figures.nice + by : 0;

    if (!row)
        return;
    nice = nice < -20 ? -20 : nice > 19 ? 19 : nice;
    monitor_tell(monitor, ui_say("Its priority stays", "Su prioridad no cambia"),
                 monitor->world->renice(row->figures.pid, nice));
    process_page_look(monitor);
}

static void make_slower(struct widget *widget, void *context)
{
    (void)widget;
    renice(context, 5);
}

static void make_faster(struct widget *widget, void *context)
{
    (void)widget;
    renice(context, -5);
}

static void show_menu(struct widget *widget, int x, int y, void *context)
{
    struct monitor *monitor = context;
    static struct ui_menu *menu;

    (void)widget;
    if (!selected(monitor))
        return;
    ui_menu_end(menu);
    menu = ui_menu();
    ui_menu_item(menu, ui_say("&End", "&Terminar"), NULL, end_process, monitor);
    ui_menu_item(menu, ui_say("&Kill…", "&Matar…"), NULL, ask_kill, monitor);
    ui_menu_separator(menu);
    ui_menu_item(menu, ui_say("&Lower priority", "Menos &prioridad"), NULL, make_slower, monitor);
    ui_menu_item(menu, ui_say("&Raise priority", "Más p&rioridad"), NULL, make_faster, monitor);
    ui_menu_show(menu, monitor->window, x, y);
}

/* ---- making ----------------------------------------------------------------------------------------- */
static void make_table(struct monitor *monitor, struct widget *parent)
{
    static const struct ui_model model = {count_rows, fill_cell};
    const struct ui_column_of columns[ROW_COLUMNS] = {
        [ROW_NAME] = {ui_say("Name", "Nombre"), 120, 1, ALIGN_START, true},
        [ROW_PID] = {"PID", 56, 0, ALIGN_END, true},
        [ROW_CPU] = {"CPU", 72, 0, ALIGN_END, true},
        [ROW_MEMORY] = {ui_say("Memory", "Memoria"), 88, 0, ALIGN_END, true},
        [ROW_NICE] = {ui_say("Nice", "Nice"), 56, 0, ALIGN_END, true},
        [ROW_STATE] = {ui_say("State", "Estado"), 84, 0, ALIGN_START, true},
        [ROW_COMMAND] = {ui_say("Command", "Orden"), 140, 2, ALIGN_START, true},
    };
    struct process_page *page = page_of(monitor);

    page->rows.sorted = ROW_CPU;
    page->rows.down = true;
    page->table = ui_table(parent, columns, ROW_COLUMNS, &model, monitor, enable_buttons, monitor);
    ui_set_grow(page->table, 1);
    ui_set_name(page->table, "processes");
    ui_table_set_sorted(page->table, ROW_CPU, true);
    ui_table_on_sort(page->table, sort_rows, monitor);
    ui_on_menu(page->table, show_menu, monitor);
}

static void make_buttons(struct monitor *monitor, struct widget *parent)
{
    struct widget *row = ui_row(parent), **buttons = page_of(monitor)->buttons;

    buttons[BUTTON_END] = ui_button(row, ui_say("&End", "&Terminar"), end_process, monitor);
    buttons[BUTTON_KILL] = ui_button(row, ui_say("&Kill…", "&Matar…"), ask_kill, monitor);
    ui_spacer(row);
    buttons[BUTTON_SLOWER] =
        ui_button(row, ui_say("&Lower priority", "Menos &prioridad"), make_slower, monitor);
    buttons[BUTTON_FASTER] =
        ui_button(row, ui_say("&Raise priority", "Más p&rioridad"), make_faster, monitor);
}

void process_page_make(struct monitor *monitor, struct widget *page)
{
    struct widget *filter = page_of(monitor)->filter = ui_entry(page, "", filter_rows, monitor);

    ui_entry_set_placeholder(filter, ui_say("Filter by name or number", "Filtrar por nombre o número"));
    ui_entry_set_icon(filter, ICON_SEARCH);
    ui_set_name(filter, "filter");
    make_table(monitor, page);
    make_buttons(monitor, page);
    enable_buttons(NULL, monitor);
}

void process_page_end(struct monitor *monitor)
{
    rows_free(&page_of(monitor)->rows);
    processes_free(&page_of(monitor)->list);
}
