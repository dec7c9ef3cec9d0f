/*
 * What one can do in a window of Files: by key, by menu, by the clipboard, by dragging. What changes files is
 * given to job.c.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/apps/files/files.h"

#define TYPE_LIST "text/uri-list"

extern char **environ;

/* ---- opening ------------------------------------------------------------------------------------------- */

void actions_start(struct files *files, const char *program, const char *argument)
{
    char *const words[] = {(char *)(uintptr_t)program, (char *)(uintptr_t)argument, NULL};
    posix_spawnattr_t like;
    sigset_t usual;
    pid_t child;

    sigemptyset(&usual);
    sigaddset(&usual, SIGCHLD); /* which main ignores: nobody waits for them */
    posix_spawnattr_init(&like);
    posix_spawnattr_setsigdefault(&like, &usual);
    posix_spawnattr_setflags(&like, POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawn(&child, program, NULL, &like, words, environ);

    posix_spawnattr_destroy(&like);
    if (error)
        files_say_error(files, program, -error);
}

static void open_path(struct files *files, const char *path)
{
    const struct file_type *type = type_of_file(path);
    const struct opener *opener = type_opener(type, 0);

    if (type_is_program(type))
        actions_start(files, path, NULL);
    else if (opener)
        actions_start(files, opener->program, path);
}

static void restore_selected(struct files *files);

void actions_open(struct files *files)
{
    struct names names;
    const struct entry *entry = files_current(files);

    if (files_in_trash(files)) {
        restore_selected(files);
        return;
    }
    if (!files_selection(files, &names))
        return;
    if (names.count == 1 && entry && entry->folder)
        files_go(files, names.items[0]);
    else
        for (size_t i = 0; i < names.count && i < 10; i++)
            open_path(files, names.items[i]);
    names_free(&names);
}

static void open_with(struct files *files, size_t which)
{
    struct names names;

    if (!files_selection(files, &names))
        return;
    const struct opener *opener = type_opener(type_of_file(names.items[0]), which);

    if (opener)
        actions_start(files, opener->program, names.items[0]);
    names_free(&names);
}

static void on_open_first(struct widget *widget, void *context)
{
    (void)widget;
    open_with(context, 0);
}

static void on_open_second(struct widget *widget, void *context)
{
    (void)widget;
    open_with(context, 1);
}

static void on_open(struct widget *widget, void *context)
{
    (void)widget;
    actions_open(context);
}

/* ---- clipboard ----------------------------------------------------------------------------------------- */

static void to_clipboard(struct files *files, bool cut)
{
    struct names names;
    int error = -ENOMEM;

    if (!files_selection(files, &names))
        return;
    char *text = uris_of_names(&names, cut);

    if (text)
        error = ui_clipboard_set(TYPE_LIST, text, strlen(text));
    if (error)
        files_say_error(files, "", error);
    free(text);
    names_free(&names);
}

static void on_copy(struct widget *widget, void *context)
{
    (void)widget;
    to_clipboard(context, false);
}

static void on_cut(struct widget *widget, void *context)
{
    (void)widget;
    to_clipboard(context, true);
}

static void take_list(struct files *files, const void *bytes, size_t size, const char *folder, bool move)
{
    struct names names;
    bool cut;
    int error = names_of_uris(&names, bytes, size, &cut);

    if (error)
        files_say_error(files, "", error);
    else if (names.count > 0)
        job_start(files, move || cut ? JOB_MOVE : JOB_COPY, &names, folder, 0);
    names_free(&names);
}

/* The window may be gone when the clipboard comes. */
static void pasted(const char *type, const void *bytes, size_t size, void *context)
{
    struct files *files = context;

    (void)type;
    if (files_is_open(files) && size > 0)
        take_list(files, bytes, size, files->path, false);
}

static void on_paste(struct widget *widget, void *context)
{
    struct files *files = context;

    (void)widget;
    ui_clipboard_get(TYPE_LIST, pasted, files);
}

/* ---- dragging ------------------------------------------------------------------------------------------ */

static void dragged(struct widget *list, unsigned action, void *context)
{
    (void)list, (void)action, (void)context;
    files_reload_all();
}

void actions_drag(struct files *files)
{
    struct names names;

    if (!files_selection(files, &names))
        return;
    char *text = uris_of_names(&names, false);

    if (text)
        (void)ui_drag(files->list, TYPE_LIST, text, strlen(text), UI_COPY | UI_MOVE, dragged, files);
    free(text);
    names_free(&names);
}

/* Within a file system what is dragged moves, to another one it is copied; as people know it. */
static bool is_move(const struct ui_drop *drop, const char *folder)
{
    struct names names;
    struct stat from, to;
    bool cut, move = drop->action == UI_MOVE;

    if (drop->action == (UI_COPY | UI_MOVE) && !names_of_uris(&names, drop->bytes, drop->size, &cut)) {
        move = names.count > 0 && lstat(names.items[0], &from) == 0 && stat(folder, &to) == 0 &&
               from.st_dev == to.st_dev;
        names_free(&names);
    }
    return move;
}

bool actions_drop(struct files *files, const struct ui_drop *drop, const char *folder)
{
    if (strcmp(drop->type, TYPE_LIST) != 0)
        return false;
    if (drop->size > 0)
        take_list(files, drop->bytes, drop->size, folder, is_move(drop, folder));
    return true;
}

/* ---- changing ------------------------------------------------------------------------------------------ */

static void start_with_selected(struct files *files, enum job_kind kind)
{
    struct names names;

    if (files_selection(files, &names))
        job_start(files, kind, &names, NULL, 0);
}

static void delete_confirmed(bool yes, void *context)
{
    if (yes)
        start_with_selected(context, JOB_DELETE);
}

static void on_delete(struct widget *widget, void *context)
{
    struct files *files = context;
    size_t count = ui_list_selected_count(files->list);
    char text[400];

    (void)widget;
    if (count == 0)
        return;
    if (count == 1 && files_current(files))
        snprintf(text, sizeof(text), ui_say("Delete “%s” for good?", "¿Borrar «%s» para siempre?"),
                 files_current(files)->name);
    else
        snprintf(text, sizeof(text), ui_say("Delete these %zu for good?", "¿Borrar estos %zu para siempre?"),
                 count);
    ui_confirm(files->window, ui_say("Delete", "Borrar"), text, ui_say("Delete", "Borrar"), delete_confirmed,
               files);
}

static void on_trash(struct widget *widget, void *context)
{
    struct files *files = context;

    if (files_in_trash(files))
        on_delete(widget, files);
    else
        start_with_selected(files, JOB_TRASH);
}

/* In the trash names are what counts. */
static void restore_selected(struct files *files)
{
    struct names paths, names = {0};

    if (!files_selection(files, &paths))
        return;
    for (size_t i = 0; i < paths.count; i++)
        (void)names_add(&names, path_name(paths.items[i]));
    names_free(&paths);
    job_start(files, JOB_RESTORE, &names, NULL, 0);
}

static void on_restore(struct widget *widget, void *context)
{
    (void)widget;
    restore_selected(context);
}

static void empty_confirmed(bool yes, void *context)
{
    struct files *files = context;
    struct names none = {0};

    if (yes)
        job_start(files, JOB_EMPTY, &none, NULL, 0);
}

static void on_empty(struct widget *widget, void *context)
{
    struct files *files = context;

    (void)widget;
    ui_confirm(
        files->window, ui_say("Empty the trash", "Vaciar la papelera"),
        ui_say("Delete all that is in the trash for good?", "¿Borrar para siempre todo lo de la papelera?"),
        ui_say("Empty", "Vaciar"), empty_confirmed, files);
}

void actions_rename(struct files *files, const char *old, const char *name)
{
    char *path = strcmp(old, name) ? path_join(files->path, old) : NULL;

    if (!path)
        return;
    free(files->show);
    files->show = strdup(name);
    job_start_one(files, JOB_RENAME, path, name, 0);
    free(path);
}

static void on_rename(struct widget *widget, void *context)
{
    struct files *files = context;

    (void)widget;
    if (!files_in_trash(files))
        files_edit(files, ui_list_row(files->list));
}

static void make_new(struct files *files, enum job_kind kind, const char *name)
{
    char *path = path_join(files->path, name);
    struct stat about;

    for (unsigned number = 2; path && lstat(path, &about) == 0; number++) {
        char *plain = path_join(files->path, name);

        free(path);
        path = plain ? path_numbered(plain, number, kind == JOB_NEW_FOLDER) : NULL;
        free(plain);
    }
    if (!path)
        return;
    free(files->show);
    files->show = strdup(path_name(path));
    files->edit = true; /* one types its name at once */
    job_start_one(files, kind, path, NULL, 0);
    free(path);
}

static void on_new_folder(struct widget *widget, void *context)
{
    (void)widget;
    make_new(context, JOB_NEW_FOLDER, ui_say("New folder", "Carpeta nueva"));
}

static void on_new_file(struct widget *widget, void *context)
{
    (void)widget;
    make_new(context, JOB_NEW_FILE, ui_say("New file.txt", "Archivo nuevo.txt"));
}

static void on_undo(struct widget *widget, void *context)
{
    struct names none = {0};

    (void)widget;
    if (job_can_undo())
        job_start(context, JOB_UNDO, &none, NULL, 0);
}

static void on_redo(struct widget *widget, void *context)
{
    struct names none = {0};

    (void)widget;
    if (job_can_redo())
        job_start(context, JOB_REDO, &none, NULL, 0);
}

/* ---- view ---------------------------------------------------------------------------------------------- */

static void on_hidden(struct widget *widget, void *context)
{
    struct files *files = context;

    (void)widget;
    files->view.hidden = !files->view.hidden;
    files_arrange(files);
}

static void on_tiles(struct widget *widget, void *context)
{
    (void)widget;
    files_set_tiles(context, true);
}

static void on_table(struct widget *widget, void *context)
{
    (void)widget;
    files_set_tiles(context, false);
}

static void order_by(struct files *files, enum folder_order order, unsigned column)
{
    files->view.down = files->view.order == order && !files->view.down;
    files->view.order = order;
    ui_table_set_sorted(files->list, column, files->view.down);
    files_arrange(files);
}

static void on_by_name(struct widget *widget, void *context)
{
    (void)widget;
    order_by(context, ORDER_NAME, 0);
}

static void on_by_size(struct widget *widget, void *context)
{
    (void)widget;
    order_by(context, ORDER_SIZE, 1);
}

static void on_by_time(struct widget *widget, void *context)
{
    (void)widget;
    order_by(context, ORDER_TIME, 3);
}

static void on_refresh(struct widget *widget, void *context)
{
    (void)widget;
    files_reload(context);
}

static void on_properties(struct widget *widget, void *context)
{
    struct files *files = context;
    const struct entry *entry = files_current(files);
    char *path = entry ? path_join(files->path, entry->name) : strdup(files->path);

    (void)widget;
    if (path)
        properties_open(files, path);
    free(path);
}

/* ---- going --------------------------------------------------------------------------------------------- */

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

static void on_home(struct widget *widget, void *context)
{
    (void)widget;
    files_go(context, "~");
}

static void on_path(struct widget *widget, void *context)
{
    struct files *files = context;

    (void)widget;
    ui_focus(files->path_entry);
    ui_entry_select(files->path_entry, 0, (size_t)-1);
}

static void on_filter(struct widget *widget, void *context)
{
    (void)widget;
    ui_focus(((struct files *)context)->filter);
}

static void on_new_window(struct widget *widget, void *context)
{
    (void)widget;
    (void)files_open(((struct files *)context)->path);
}

static void on_close(struct widget *widget, void *context)
{
    (void)widget;
    ui_window_close(((struct files *)context)->window);
}

/* ---- menus --------------------------------------------------------------------------------------------- */

static struct ui_menu *new_menu(struct files *files)
{
    ui_menu_end(files->menu);
    files->menu = ui_menu();
    return files->menu;
}

static void add(struct files *files, enum icon icon, const char *text, const char *keys, ui_action call,
                bool enabled)
{
    struct ui_item *item = ui_menu_item(files->menu, text, keys, call, files);

    if (icon != ICON_NONE)
        ui_item_set_icon(item, icon);
    ui_item_set_enabled(item, enabled);
}

static void add_openers(struct files *files)
{
    static const ui_action calls[2] = {on_open_first, on_open_second};
    const struct entry *entry = files_current(files);
    struct ui_menu *sub;

    if (!entry || !type_opener(entry->type, 0))
        return;
    sub = ui_menu_sub(files->menu, ui_say("Open &with", "Abrir &con"));
    for (size_t i = 0; i < 2; i++) {
        const struct opener *opener = type_opener(entry->type, i);

        if (opener)
            ui_item_set_icon(
                ui_menu_item(sub, ui_say(opener->english, opener->spanish), NULL, calls[i], files),
                icon_named(opener->name));
    }
}

static void add_trash_items(struct files *files, bool any)
{
    add(files, ICON_UNDO, ui_say("&Restore", "&Restaurar"), "Enter", on_restore, any);
    add(files, ICON_REMOVE, ui_say("&Delete for good…", "&Borrar para siempre…"), "Del", on_delete, any);
    add(files, ICON_TRASH, ui_say("&Empty the trash…", "&Vaciar la papelera…"), NULL, on_empty, true);
}

static void add_edit_items(struct files *files, bool any)
{
    add(files, ICON_CUT, ui_say("Cu&t", "Cor&tar"), "Ctrl+X", on_cut, any);
    add(files, ICON_COPY, ui_say("&Copy", "&Copiar"), "Ctrl+C", on_copy, any);
    add(files, ICON_PASTE, ui_say("&Paste", "&Pegar"), "Ctrl+V", on_paste, true);
    ui_menu_separator(files->menu);
    add(files, ICON_NONE, ui_say("&Rename", "Cambia&r el nombre"), "F2", on_rename, any);
    add(files, ICON_TRASH, ui_say("Move to &trash", "Mover a la papele&ra"), "Del", on_trash, any);
}

static void add_new_items(struct files *files)
{
    add(files, ICON_FOLDER, ui_say("New &folder", "Carpeta &nueva"), "Ctrl+Shift+N", on_new_folder, true);
    add(files, ICON_TEXT, ui_say("New f&ile", "&Archivo nuevo"), NULL, on_new_file, true);
}

void actions_menu(struct files *files, int x, int y)
{
    bool any = ui_list_selected_count(files->list) > 0;

    if (!new_menu(files))
        return;
    if (files_in_trash(files)) {
        add_trash_items(files, any);
    } else if (any) {
        add(files, ICON_OPEN, ui_say("&Open", "&Abrir"), "Enter", on_open, true);
        add_openers(files);
        ui_menu_separator(files->menu);
        add_edit_items(files, true);
    } else {
        add_new_items(files);
        add(files, ICON_PASTE, ui_say("&Paste", "&Pegar"), "Ctrl+V", on_paste, true);
    }
    ui_menu_separator(files->menu);
    add(files, ICON_INFO, ui_say("Propert&ies", "Prop&iedades"), "Alt+Enter", on_properties, true);
    ui_menu_show(files->menu, files->window, x, y);
}

static void add_checked(struct files *files, const char *text, const char *keys, ui_action call, bool checked)
{
    ui_item_set_checked(ui_menu_item(files->menu, text, keys, call, files), checked);
}

static void add_view_items(struct files *files)
{
    enum folder_order order = files->view.order;

    add_checked(files, ui_say("Show &hidden files", "Mostrar &ocultos"), "Ctrl+H", on_hidden,
                files->view.hidden);
    ui_menu_separator(files->menu);
    add_checked(files, ui_say("&Icons", "&Iconos"), "Ctrl+1", on_tiles, files->tiles);
    add_checked(files, ui_say("&List", "&Lista"), "Ctrl+2", on_table, !files->tiles);
    ui_menu_separator(files->menu);
    add_checked(files, ui_say("By &name", "Por &nombre"), NULL, on_by_name, order == ORDER_NAME);
    add_checked(files, ui_say("By &size", "Por &tamaño"), NULL, on_by_size, order == ORDER_SIZE);
    add_checked(files, ui_say("By &date", "Por &fecha"), NULL, on_by_time, order == ORDER_TIME);
    ui_menu_separator(files->menu);
}

void actions_main_menu(struct files *files, int x, int y)
{
    if (!new_menu(files))
        return;
    add_new_items(files);
    add(files, ICON_NONE, ui_say("New &window", "&Ventana nueva"), "Ctrl+N", on_new_window, true);
    ui_menu_separator(files->menu);
    add(files, ICON_UNDO, ui_say("&Undo", "&Deshacer"), "Ctrl+Z", on_undo, job_can_undo());
    add(files, ICON_REDO, ui_say("R&edo", "R&ehacer"), "Ctrl+Shift+Z", on_redo, job_can_redo());
    ui_menu_separator(files->menu);
    add_view_items(files);
    add(files, ICON_REFRESH, ui_say("&Read again", "&Actualizar"), "F5", on_refresh, true);
    add(files, ICON_INFO, ui_say("Pr&operties", "&Propiedades"), "Alt+Enter", on_properties, true);
    ui_menu_show(files->menu, files->window, x, y);
}

static void on_main_menu(struct widget *widget, void *context)
{
    struct files *files = context;
    struct rect at = ui_area(ui_find(files->window, "menu"));

    (void)widget;
    actions_main_menu(files, at.x, at.y + at.h);
}

void actions_make(struct files *files)
{
    static const struct {
        const char *keys;
        ui_action call;
    } keys[] = {
        {"Ctrl+C", on_copy}, {"Ctrl+X", on_cut}, {"Ctrl+V", on_paste}, {"Ctrl+Z", on_undo},
        {"Ctrl+Y", on_redo}, {"Ctrl+Shift+Z", on_redo}, {"F2", on_rename}, {"Del", on_trash},
        {"Shift+Del", on_delete}, {"Ctrl+Shift+N", on_new_folder}, {"Ctrl+N", on_new_window},
        {"Ctrl+W", on_close}, {"Ctrl+H", on_hidden}, {"Ctrl+1", on_tiles}, {"Ctrl+2", on_table},
        {"F5", on_refresh}, {"Alt+Enter", on_properties}, {"Alt+Left", on_back}, {"Alt+Right", on_forward},
        {"Alt+Up", on_up}, {"Alt+Home", on_home}, {"Backspace", on_up}, {"Ctrl+L", on_path},
        {"Ctrl+F", on_filter}, {"F10", on_main_menu}, {"Ctrl+O", on_open},
    };

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        (void)ui_shortcut(files->window, keys[i].keys, keys[i].call, files);
}
