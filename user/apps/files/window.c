/*
 * A window of Files: what it looks like, and what its widgets call. See files.h.
 * A folder that changes is read again: when its time of change is another (looked at each second while the
 * window has the keyboard), and after each work of ours.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/abi/keys.h"
#include "user/apps/files/files.h"
#include "user/desktop/protocol.h"

#define LOOK_MS 1000

static struct files *windows;

/* ---- the list ------------------------------------------------------------------------------------------ */

static size_t count_rows(void *context)
{
    return ((struct files *)context)->folder.shown;
}

static void time_text(char *text, size_t size, const struct timespec *when)
{
    struct tm local;

    localtime_r(&when->tv_sec, &local);
    strftime(text, size, "%Y-%m-%d %H:%M", &local);
}

static void fill_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    const struct files *files = context;
    const struct entry *entry = folder_entry(&files->folder, row);

    if (!entry)
        return;
    cell->text = cell->memory;
    cell->dim = column > 0;
    switch (column) {
    case 0:
        cell->text = entry->name;
        cell->icon = entry->type->icon;
        break;
    case 1:
        if (!entry->folder)
            size_text(cell->memory, entry->size, ui_say("bytes", "bytes"));
        break;
    case 2:
        cell->text = ui_say(entry->type->english, entry->type->spanish);
        break;
    case 3:
    default:
        time_text(cell->memory, sizeof(cell->memory), &entry->changed);
    }
}

static const struct ui_model model = {count_rows, fill_cell};

/* ---- what the widgets call ----------------------------------------------------------------------------- */

static void on_back(struct widget *widget, void *context)
{
    (void)widget;
    files_go_back(context);
}

static void on_forward(struct widget *widget, void *context)
{
    (void)widget;
    files_go_forward(context);
}

static void on_up(struct widget *widget, void *context)
{
    (void)widget;
    files_go_up(context);
}

static void on_path(struct widget *entry, void *context)
{
    struct files *files = context;

    files_go(files, ui_text(entry));
    if (files->error)
        files_say_error(files, files->path, files->error);
    else
        ui_focus(files->list);
}

static bool on_path_key(struct widget *entry, const struct ui_key *key, void *context)
{
    struct files *files = context;

    if (!key->pressed || key->code != KEY_ESC)
        return false;
    ui_set_text(entry, files->path);
    ui_focus(files->list);
    return true;
}

static void on_filter(struct widget *entry, void *context)
{
    struct files *files = context;

    snprintf(files->view.filter, sizeof(files->view.filter), "%s", ui_text(entry));
    files_arrange(files);
    if (files->folder.shown > 0 && files->view.filter[0] && ui_list_row(files->list) == UI_NO_ROW)
        ui_list_select(files->list, 0);
    files_say_status(files);
}

static bool on_filter_key(struct widget *entry, const struct ui_key *key, void *context)
{
    struct files *files = context;

    if (!key->pressed || (key->code != KEY_ESC && key->code != KEY_DOWN))
        return false;
    if (key->code == KEY_ESC && *ui_text(entry)) {
        ui_set_text(entry, "");
        files->view.filter[0] = 0;
        files_arrange(files);
    }
    ui_focus(files->list);
    return true;
}

static void on_filter_enter(struct widget *entry, void *context)
{
    (void)entry;
    actions_open(context);
}

/* Letters typed over the list go on in the filter. */
static bool on_list_key(struct widget *list, const struct ui_key *key, void *context)
{
    struct files *files = context;
    unsigned char first = (unsigned char)key->text[0];

    (void)list;
    if (!key->pressed || first <= ' ' || first == 127 ||
        (key->modifiers & (MODIFIER_CTRL | MODIFIER_ALT | MODIFIER_SUPER)))
        return false;
    ui_focus(files->filter);
    ui_set_text(files->filter, key->text);
    ui_entry_select(files->filter, strlen(key->text), strlen(key->text));
    on_filter(files->filter, files);
    return true;
}

static void on_view(struct widget *tool, void *context)
{
    struct files *files = context;

    (void)tool;
    files_set_tiles(files, !files->tiles);
}

void files_set_tiles(struct files *files, bool tiles)
{
    files->tiles = tiles;
    ui_list_set_mode(files->list, tiles ? UI_TILES : UI_TABLE);
    ui_icon_set(files->view_tool, tiles ? ICON_LIST : ICON_GRID);
    ui_set_tooltip(files->view_tool,
                   tiles ? ui_say("As a list", "Como lista") : ui_say("As icons", "Como iconos"));
}

static void on_menu_tool(struct widget *tool, void *context)
{
    struct rect at = ui_area(tool);

    actions_main_menu(context, at.x, at.y + at.h);
}

static void on_selected(struct widget *list, void *context)
{
    (void)list;
    files_say_status(context);
}

static void on_activate(struct widget *list, void *context)
{
    (void)list;
    actions_open(context);
}

static void on_list_menu(struct widget *list, int x, int y, void *context)
{
    (void)list;
    actions_menu(context, x, y);
}

static void on_sort(struct widget *table, unsigned column, bool down, void *context)
{
    static const enum folder_order orders[] = {ORDER_NAME, ORDER_SIZE, ORDER_TYPE, ORDER_TIME};
    struct files *files = context;

    (void)table;
    files->view.order = orders[column % 4];
    files->view.down = down;
    files_arrange(files);
}

static void on_drag(struct widget *list, void *context)
{
    (void)list;
    actions_drag(context);
}

/* On a folder: into it; else into the one that is shown. */
static bool on_drop(struct widget *list, const struct ui_drop *drop, void *context)
{
    struct files *files = context;
    const struct entry *entry = folder_entry(&files->folder, ui_list_at(list, drop->x, drop->y));
    char *folder = entry && entry->folder ? path_join(files->path, entry->name) : strdup(files->path);
    bool taken = folder && actions_drop(files, drop, folder);

    free(folder);
    return taken;
}

static void on_stop(struct widget *button, void *context)
{
    (void)button;
    job_cancel(context);
}

static void on_look(void *context)
{
    struct files *files = context;
    struct stat about;

    if (files->error || stat(files->path, &about) ||
        (about.st_mtim.tv_sec == files->folder.changed.tv_sec &&
         about.st_mtim.tv_nsec == files->folder.changed.tv_nsec))
        return;
    if (ui_window_focus(files->window) == files->list) /* not while a name is typed over */
        files_reload(files);
}

/* ---- its life ------------------------------------------------------------------------------------------ */

static void files_free(struct files *files)
{
    struct files **link = &windows;

    while (*link && *link != files)
        link = &(*link)->next;
    if (*link)
        *link = files->next;
    ui_timer_stop(files->timer);
    folder_free(&files->folder);
    names_free(&files->back_to);
    names_free(&files->forward_to);
    places_free(files);
    ui_menu_end(files->menu);
    free(files->path);
    free(files->show);
    free(files->editing);
    free(files);
}

void files_reload_all(void)
{
    for (struct files *files = windows; files; files = files->next)
        files_reload(files);
}

bool files_is_open(const struct files *files)
{
    for (const struct files *other = windows; other; other = other->next)
        if (other == files)
            return true;
    return false;
}

void files_end(struct files *files)
{
    properties_close(files);
    ui_window_end(files->window);
    files_free(files);
}

static void on_stop_and_close(bool yes, void *context)
{
    struct files *files = context;

    if (!yes)
        return;
    files->closing = true;
    if (files->jobs)
        job_cancel(files); /* job.c ends the window */
    else
        files_end(files);
}

static bool on_close(struct ui_window *window, void *context)
{
    struct files *files = context;

    if (!files->jobs) {
        files_end(files);
        return false;
    }
    ui_confirm(window, ui_say("Work is going on", "Hay trabajo en curso"),
               ui_say("Stop it and close the window? What is finished stays.",
                      "¿Detenerlo y cerrar la ventana? Lo terminado se queda."),
               ui_say("Stop", "Detener"), on_stop_and_close, files);
    return false;
}

static void make_tools(struct files *files, struct widget *parent)
{
    struct widget *row = ui_row(parent);

    ui_set_gap(row, 4);
    files->back = ui_tool(row, ICON_BACK, ui_say("Back", "Atrás"), on_back, files);
    files->forward = ui_tool(row, ICON_FORWARD, ui_say("Forward", "Adelante"), on_forward, files);
    ui_tool(row, ICON_UP, ui_say("Up", "Arriba"), on_up, files);
    files->path_entry = ui_entry(row, "", NULL, NULL);
    ui_set_name(files->path_entry, "path");
    ui_entry_set_limit(files->path_entry, 4095);
    ui_set_grow(files->path_entry, 1);
    ui_on_activate(files->path_entry, on_path, files);
    ui_on_key(files->path_entry, on_path_key, files);
    files->filter = ui_entry(row, "", on_filter, files);
    ui_set_name(files->filter, "filter");
    ui_entry_set_icon(files->filter, ICON_SEARCH);
    ui_entry_set_placeholder(files->filter, ui_say("Filter", "Filtrar"));
    ui_entry_set_limit(files->filter, sizeof(files->view.filter) - 1);
    ui_set_grow(files->filter, 0);
    ui_set_least(files->filter, 104, 0);
    ui_on_key(files->filter, on_filter_key, files);
    ui_on_activate(files->filter, on_filter_enter, files);
    files->view_tool = ui_tool(row, ICON_LIST, "", on_view, files);
    ui_set_name(ui_tool(row, ICON_MENU, ui_say("Menu", "Menú"), on_menu_tool, files), "menu");
}

static void make_list(struct files *files, struct widget *parent)
{
    const struct ui_column_of columns[] = {
        {ui_say("Name", "Nombre"), 150, 3, ALIGN_START, true},
        {ui_say("Size", "Tamaño"), 80, 0, ALIGN_END, true},
        {ui_say("Type", "Tipo"), 110, 1, ALIGN_START, true},
        {ui_say("Changed", "Cambiado"), 142, 0, ALIGN_START, true},
    };

    files->list = ui_table(parent, columns, 4, &model, files, on_selected, files);
    ui_set_name(files->list, "files");
    ui_list_set_multi(files->list, true);
    ui_table_set_sorted(files->list, 0, false);
    ui_table_on_sort(files->list, on_sort, files);
    ui_on_activate(files->list, on_activate, files);
    ui_on_menu(files->list, on_list_menu, files);
    ui_on_key(files->list, on_list_key, files);
    ui_list_on_drag(files->list, on_drag, files);
    ui_on_drop(files->list, on_drop, files);
    ui_set_grow(files->list, 1);
    files->note = ui_label(parent, "");
    ui_label_set_style(files->note, UI_DIM);
    ui_label_set_align(files->note, ALIGN_CENTRE);
    ui_set_visible(files->note, false);
}

static void make_status(struct files *files, struct widget *parent)
{
    struct widget *row;

    files->work_row = ui_row(parent);
    ui_set_padding(files->work_row, 4, 0);
    files->work_text = ui_label(files->work_row, "");
    ui_set_least(files->work_text, 150, 0);
    files->work_bar = ui_progress(files->work_row);
    ui_set_grow(files->work_bar, 1);
    ui_set_align(files->work_bar, UI_CENTRE);
    ui_set_name(ui_tool(files->work_row, ICON_CLOSE, ui_say("Stop", "Detener"), on_stop, files), "stop");
    ui_set_visible(files->work_row, false);
    row = ui_row(parent);
    ui_set_padding(row, 4, 0);
    files->status = ui_label(row, "");
    ui_set_name(files->status, "status");
    ui_label_set_style(files->status, UI_DIM);
    ui_spacer(row);
    files->free_space = ui_label(row, "");
    ui_set_name(files->free_space, "free");
    ui_label_set_style(files->free_space, UI_DIM);
}

static void make_window(struct files *files)
{
    struct widget *content = ui_window_content(files->window), *row, *right;

    ui_set_padding(content, 0, 0);
    row = ui_row(content);
    ui_set_grow(row, 1);
    ui_set_gap(row, 10);
    ui_set_padding(row, 10, 10);
    places_make(files, row);
    right = ui_column(row);
    ui_set_grow(right, 1);
    make_tools(files, right);
    make_list(files, right);
    make_status(files, right);
    files_set_tiles(files, true);
    actions_make(files);
}

struct files *files_open(const char *path)
{
    struct files *files = calloc(1, sizeof(*files));

    if (!files)
        return NULL;
    files->window = ui_window(ui_say("Files", "Archivos"), 640, 420);
    if (!files->window) {
        free(files);
        return NULL;
    }
    files->next = windows;
    windows = files;
    ui_window_set_icon(files->window, "files");
    ui_window_set_context(files->window, files);
    ui_window_on_close(files->window, on_close, files);
    make_window(files);
    files_go(files, path);
    files->timer = ui_timer(LOOK_MS, true, on_look, files);
    ui_focus(files->list);
    ui_window_show(files->window);
    return files;
}
