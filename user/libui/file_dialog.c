/* The dialogs that choose a file to open, a name to save under, or a folder. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "user/libui/internal.h"

#define FILES_MAX 65536u /* of a folder that are shown */
#define PATH_BYTES 4096u

enum kind { OPEN_FILE, SAVE_FILE, CHOOSE_FOLDER };
struct file {
    char *name;
    bool folder;
    long long size;
};
struct chooser {
    enum kind kind;
    struct ui_window *window;
    struct widget *path, *list, *name, *accept;
    char folder[PATH_BYTES];
    struct file *files;
    size_t count, room;
    struct hook call;
};

/* ---- files of the folder --------------------------------------------------------------------- */

static void files_clear(struct chooser *chooser)
{
    while (chooser->count > 0)
        free(chooser->files[--chooser->count].name);
}

static bool join_path(char path[PATH_BYTES], const char *folder, const char *name)
{
    const char *slash = folder[0] && folder[strlen(folder) - 1] != '/' ? "/" : "";

    return snprintf(path, PATH_BYTES, "%s%s%s", folder, slash, name) < (int)PATH_BYTES;
}

static void add_file(struct chooser *chooser, const char *name)
{
    struct file file = {.name = NULL};
    char path[PATH_BYTES];
    struct stat stat_of;

    if (name[0] == '.' || !join_path(path, chooser->folder, name) || stat(path, &stat_of) != 0)
        return;
    file.folder = S_ISDIR(stat_of.st_mode);
    file.size = (long long)stat_of.st_size;
    if (chooser->kind == CHOOSE_FOLDER && !file.folder)
        return;
    if (chooser->count == chooser->room) {
        const size_t room = chooser->room ? 2 * chooser->room : 64;
        struct file *more = realloc(chooser->files, room * sizeof(*more));

        if (!more)
            return;
        chooser->files = more;
        chooser->room = room;
    }
    file.name = strdup(name);
    if (file.name)
        chooser->files[chooser->count++] = file;
}

static int compare_files(const void *a, const void *b)
{
    const struct file *one = a, *other = b;

    if (one->folder != other->folder)
        return one->folder ? -1 : 1;
    return strcasecmp(one->name, other->name);
}

static int read_folder(struct chooser *chooser)
{
    DIR *directory = opendir(chooser->folder);
    const struct dirent *entry;

    if (!directory)
        return -errno;
    files_clear(chooser);
    while (chooser->count < FILES_MAX && (entry = readdir(directory)))
        add_file(chooser, entry->d_name);
    closedir(directory);
    if (chooser->count > 1)
        qsort(chooser->files, chooser->count, sizeof(*chooser->files), compare_files);
    return 0;
}

static void go_to(struct chooser *chooser, const char *folder)
{
    char before[PATH_BYTES];

    memcpy(before, chooser->folder, sizeof(before));
    snprintf(chooser->folder, sizeof(chooser->folder), "%s", folder);
    if (read_folder(chooser) != 0) {
        memcpy(chooser->folder, before, sizeof(before));
        ui_message(chooser->window, ICON_WARNING, ui_say("Cannot open", "No se puede abrir"), folder);
        return;
    }
    ui_set_text(chooser->path, chooser->folder);
    ui_list_changed(chooser->list, false);
}

/* ---- the list -------------------------------------------------------------------------------- */

static size_t file_count(void *context)
{
    return ((struct chooser *)context)->count;
}

static void file_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    const struct chooser *chooser = context;
    const struct file *file;

    if (row >= chooser->count)
        return;
    file = &chooser->files[row];
    if (column == 0) {
        cell->text = file->name;
        cell->icon = file->folder ? ICON_FOLDER : ICON_FILE;
        return;
    }
    cell->dim = true;
    if (!file->folder) {
        const bool small = file->size < 10 * 1024;

        snprintf(cell->memory, sizeof(cell->memory), small ? "%lld B" : "%lld KiB",
                 small ? file->size : file->size / 1024);
        cell->text = cell->memory;
    }
}

static const struct file *selected_file(const struct chooser *chooser)
{
    const size_t row = ui_list_row(chooser->list);

    return row < chooser->count ? &chooser->files[row] : NULL;
}

static void file_selected(struct widget *list, void *context)
{
    struct chooser *chooser = context;
    const struct file *file = selected_file(chooser);

    (void)list;
    if (file && !file->folder && chooser->name)
        ui_set_text(chooser->name, file->name);
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void finish(struct chooser *chooser, const char *path)
{
    const struct hook call = chooser->call;
    char copy[PATH_BYTES];

    if (path)
        snprintf(copy, sizeof(copy), "%s", path);
    ui_window_end(chooser->window); /* which frees the chooser */
    if (call.call)
        hook_as(&call, ui_text_answer)(path ? copy : NULL, call.context);
}

static void overwrite(bool yes, void *context)
{
    struct chooser *chooser = context;
    char path[PATH_BYTES];

    if (yes && join_path(path, chooser->folder, ui_text(chooser->name)))
        finish(chooser, path);
}

static void save_as(struct chooser *chooser)
{
    char path[PATH_BYTES], text[PATH_BYTES + 64];
    struct stat stat_of;

    if (*ui_text(chooser->name) == '\0' || !join_path(path, chooser->folder, ui_text(chooser->name)))
        return;
    if (stat(path, &stat_of) != 0) {
        finish(chooser, path);
        return;
    }
    if (S_ISDIR(stat_of.st_mode)) {
        ui_set_text(chooser->name, "");
        go_to(chooser, path);
        return;
    }
    snprintf(text, sizeof(text), ui_say("“%s” is there already. Write over it?",
                                        "«%s» ya existe. ¿Sobrescribirlo?"), ui_text(chooser->name));
    ui_confirm(chooser->window, ui_say("Save", "Guardar"), text, ui_say("&Replace", "&Reemplazar"), overwrite,
               chooser);
}

static void accept(struct widget *widget, void *context)
{
    struct chooser *chooser = context;
    const struct file *file = selected_file(chooser);
    char path[PATH_BYTES];

    if (chooser->kind == SAVE_FILE && widget != chooser->list) {
        save_as(chooser);
        return;
    }
    if (!file) {
        if (chooser->kind == CHOOSE_FOLDER)
            finish(chooser, chooser->folder);
        return;
    }
    if (!join_path(path, chooser->folder, file->name))
        return;
    if (file->folder && (chooser->kind != CHOOSE_FOLDER || widget == chooser->list))
        go_to(chooser, path);
    else if (chooser->kind == SAVE_FILE)
        save_as(chooser);
    else
        finish(chooser, path);
}

static void cancel(struct widget *button, void *context)
{
    (void)button;
    finish(context, NULL);
}

static bool closed(struct ui_window *window, void *context)
{
    (void)window;
    finish(context, NULL);
    return false; /* it is gone already */
}

static void ended(struct ui_window *window)
{
    struct chooser *chooser = window->context;

    files_clear(chooser);
    free(chooser->files);
    free(chooser);
}

static void go_up(struct widget *button, void *context)
{
    struct chooser *chooser = context;
    char path[PATH_BYTES];
    char *slash;

    (void)button;
    memcpy(path, chooser->folder, sizeof(path));
    slash = strrchr(path, '/');
    if (!slash)
        return;
    slash[slash == path] = '\0';
    go_to(chooser, path);
}

static void go_home(struct widget *button, void *context)
{
    const char *home = getenv("HOME");

    (void)button;
    go_to(context, home && *home ? home : "/");
}

static void path_typed(struct widget *entry, void *context)
{
    go_to(context, ui_text(entry));
}

static bool list_keys(struct widget *list, const struct ui_key *key, void *context)
{
    if (!key->pressed || key->code != KEY_BACKSPACE)
        return false;
    go_up(list, context);
    return true;
}

/* ---- the dialog ------------------------------------------------------------------------------ */

static void fill_top(struct chooser *chooser, struct widget *content)
{
    struct widget *row = ui_row(content);

    ui_tool(row, ICON_UP, ui_say("Up", "Subir"), go_up, chooser);
    ui_tool(row, ICON_HOME, ui_say("Home", "Inicio"), go_home, chooser);
    chooser->path = ui_entry(row, "", NULL, NULL);
    ui_set_name(chooser->path, "path");
    ui_set_grow(chooser->path, 1);
    ui_on_activate(chooser->path, path_typed, chooser);
}

static void fill_bottom(struct chooser *chooser, struct widget *content, const char *name)
{
    static const char *const english[] = {"&Open", "&Save", "&Choose"};
    static const char *const spanish[] = {"&Abrir", "&Guardar", "&Elegir"};
    struct widget *row = ui_row(content);

    if (chooser->kind == SAVE_FILE) {
        ui_label(row, ui_say("Name", "Nombre"));
        chooser->name = ui_entry(row, name, NULL, NULL);
        ui_set_name(chooser->name, "name");
        ui_set_grow(chooser->name, 1);
        ui_on_activate(chooser->name, accept, chooser);
        ui_entry_select(chooser->name, 0, (size_t)-1);
    } else {
        ui_spacer(row);
    }
    ui_button(row, ui_say("Cancel", "Cancelar"), cancel, chooser);
    chooser->accept = ui_button(row, ui_say(english[chooser->kind], spanish[chooser->kind]), accept, chooser);
    ui_button_set_accent(chooser->accept, true);
}

static void fill(struct chooser *chooser, const char *name)
{
    static const struct ui_model model = {file_count, file_cell};
    const struct ui_column_of columns[] = {
        {ui_say("Name", "Nombre"), 220, 1, ALIGN_START, false},
        {ui_say("Size", "Tamaño"), 90, 0, ALIGN_END, false}};
    struct widget *content = ui_window_content(chooser->window);

    fill_top(chooser, content);
    chooser->list = ui_table(content, columns, 2, &model, chooser, file_selected, chooser);
    ui_set_name(chooser->list, "files");
    ui_on_activate(chooser->list, accept, chooser);
    ui_on_key(chooser->list, list_keys, chooser);
    fill_bottom(chooser, content, name);
}

static void choose(struct ui_window *parent, enum kind kind, const char *folder, const char *name,
                   ui_text_answer call, void *context)
{
    static const char *const english[] = {"Open", "Save", "Choose a folder"};
    static const char *const spanish[] = {"Abrir", "Guardar", "Elegir una carpeta"};
    struct chooser *chooser = calloc(1, sizeof(*chooser));
    const char *home = getenv("HOME");

    if (!chooser)
        return;
    chooser->window = ui_dialog(parent, ui_say(english[kind], spanish[kind]), 520, 400);
    if (!chooser->window) {
        free(chooser);
        return;
    }
    chooser->kind = kind;
    hook_set(&chooser->call, call, context);
    chooser->window->context = chooser;
    chooser->window->ended = ended;
    ui_window_on_close(chooser->window, closed, chooser);
    fill(chooser, name ? name : "");
    ui_window_show(chooser->window);
    ui_focus(chooser->name ? chooser->name : chooser->list);
    go_to(chooser, folder && *folder ? folder : home && *home ? home : "/");
}

void ui_open_file(struct ui_window *window, const char *folder, ui_text_answer call, void *context)
{
    choose(window, OPEN_FILE, folder, NULL, call, context);
}

void ui_save_file(struct ui_window *window, const char *folder, const char *name, ui_text_answer call,
                  void *context)
{
    choose(window, SAVE_FILE, folder, name, call, context);
}

void ui_choose_folder(struct ui_window *window, const char *folder, ui_text_answer call, void *context)
{
    choose(window, CHOOSE_FOLDER, folder, NULL, call, context);
}
