/*
 * Which folder a window of Files shows: read, read again with the same files selected, gone to and back from;
 * and what is said of it. See files.h.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "user/apps/files/files.h"
#include "user/apps/files/trash.h"

const struct entry *files_current(const struct files *files)
{
    return folder_entry(&files->folder, ui_list_row(files->list));
}

bool files_selection(const struct files *files, struct names *names)
{
    *names = (struct names){0};
    for (size_t row = ui_list_selected(files->list, 0); row != UI_NO_ROW;
         row = ui_list_selected(files->list, row + 1)) {
        const struct entry *entry = folder_entry(&files->folder, row);
        char *path = entry ? path_join(files->path, entry->name) : NULL;

        if (path)
            (void)names_add(names, path);
        free(path);
    }
    return names->count > 0;
}

/* ---- what is said -------------------------------------------------------------------------------------- */

const char *files_reason(int error)
{
    switch (-error) {
    case ENOENT:
        return ui_say("it is not there any more", "ya no está");
    case EACCES:
    case EPERM:
        return ui_say("it is not permitted", "no está permitido");
    case EEXIST:
        return ui_say("there is one of that name", "ya hay uno con ese nombre");
    case EINVAL:
        return ui_say("a folder cannot go into itself, and a name cannot be empty or have a “/”",
                      "una carpeta no cabe en sí misma, y un nombre no puede estar vacío ni tener «/»");
    case EBUSY:
        return ui_say("this place cannot be taken away", "este lugar no se puede quitar");
    case ENOSPC:
        return ui_say("the disk is full", "el disco está lleno");
    case EROFS:
        return ui_say("the disk can only be read", "el disco es de solo lectura");
    case EOPNOTSUPP:
        return ui_say("this kind of file cannot be copied", "este tipo de archivo no se puede copiar");
    default:
        return strerror(-error);
    }
}

void files_say_error(struct files *files, const char *path, int error)
{
    char text[4400];

    snprintf(text, sizeof(text), "%s%s%s", path, *path ? ": " : "", files_reason(error));
    ui_message(files->window, ICON_WARNING, ui_say("That did not work", "No se pudo"), text);
}

static uint64_t selected_size(const struct files *files, bool *folders)
{
    uint64_t size = 0;

    *folders = false;
    for (size_t row = ui_list_selected(files->list, 0); row != UI_NO_ROW;
         row = ui_list_selected(files->list, row + 1)) {
        const struct entry *entry = folder_entry(&files->folder, row);

        size += entry ? entry->size : 0;
        *folders |= entry && entry->folder;
    }
    return size;
}

static void say_free_space(struct files *files)
{
    struct statvfs about;
    char text[32];

    if (statvfs(files->path, &about) || about.f_blocks == 0) {
        ui_set_text(files->free_space, "");
        return;
    }
    size_text(text, (uint64_t)about.f_bavail * about.f_frsize, ui_say("bytes", "bytes"));
    ui_set_textf(files->free_space, ui_say("%s free", "%s libres"), text);
}

/* "8 items · 1 selected (412 bytes)" */
void files_say_status(struct files *files)
{
    size_t count = files->folder.shown, selected = ui_list_selected_count(files->list);
    char items[48], chosen[48], size[32];
    bool folders;

    snprintf(items, sizeof(items), count == 1 ? ui_say("%zu item", "%zu elemento")
                                              : ui_say("%zu items", "%zu elementos"), count);
    snprintf(chosen, sizeof(chosen), selected == 1 ? ui_say("%zu selected", "%zu seleccionado")
                                                   : ui_say("%zu selected", "%zu seleccionados"), selected);
    size_text(size, selected_size(files, &folders), ui_say("bytes", "bytes"));
    if (selected == 0)
        ui_set_text(files->status, items);
    else if (folders)
        ui_set_textf(files->status, "%s · %s", items, chosen);
    else
        ui_set_textf(files->status, "%s · %s (%s)", items, chosen, size);
    say_free_space(files);
}

static void say_note(struct files *files)
{
    const char *text = "";

    if (files->error)
        text = files_reason(files->error);
    else if (files->folder.shown == 0 && files->view.filter[0])
        text = ui_say("Nothing here has that in its name", "Nada aquí tiene eso en su nombre");
    else if (files->folder.shown == 0)
        text = ui_say("This folder is empty", "Esta carpeta está vacía");
    ui_set_text(files->note, text);
    ui_set_visible(files->note, *text != 0);
}

/* ---- showing a folder ---------------------------------------------------------------------------------- */

bool files_in_trash(const struct files *files)
{
    char *trash = trash_files();
    bool is = trash && !strcmp(trash, files->path);

    free(trash);
    return is;
}

static const char *title_of(const struct files *files)
{
    const char *home = getenv("HOME");

    if (files_in_trash(files))
        return ui_say("Trash", "Papelera");
    if (home && !strcmp(files->path, home))
        return ui_say("Home", "Inicio");
    return strcmp(files->path, "/") ? path_name(files->path) : ui_say("Disk", "Disco");
}

static void say_where(struct files *files)
{
    char title[160];

    snprintf(title, sizeof(title), "%s — %.120s", ui_say("Files", "Archivos"), title_of(files));
    ui_window_set_title(files->window, title);
    ui_set_text(files->path_entry, files->path);
    ui_set_enabled(files->back, files->back_to.count > 0);
    ui_set_enabled(files->forward, files->forward_to.count > 0);
    places_reload(files);
}

static void selected_names(const struct files *files, struct names *names)
{
    *names = (struct names){0};
    for (size_t row = ui_list_selected(files->list, 0); row != UI_NO_ROW;
         row = ui_list_selected(files->list, row + 1)) {
        const struct entry *entry = folder_entry(&files->folder, row);

        if (entry)
            (void)names_add(names, entry->name);
    }
}

/* By name: rows may have changed while somebody typed. */
static void edited(struct widget *list, size_t row, const char *text, void *context)
{
    struct files *files = context;
    char *old = files->editing;

    (void)list, (void)row;
    files->editing = NULL;
    if (text && old)
        actions_rename(files, old, text);
    free(old);
}

void files_edit(struct files *files, size_t row)
{
    const struct entry *entry = folder_entry(&files->folder, row);

    if (!entry)
        return;
    ui_list_edit(files->list, row, entry->name, edited, files); /* ends one that goes on */
    free(files->editing);
    files->editing = strdup(entry->name);
}

static void show_wanted(struct files *files)
{
    size_t row = files->show ? folder_row(&files->folder, files->show) : UI_NO_ROW;

    if (row == UI_NO_ROW)
        return;
    ui_list_select(files->list, row);
    if (files->edit)
        files_edit(files, row);
    free(files->show);
    files->show = NULL;
    files->edit = false;
}

static void select_again(struct files *files, const struct names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        size_t row = folder_row(&files->folder, names->items[i]);

        if (row != UI_NO_ROW && i == 0)
            ui_list_select(files->list, row);
        else if (row != UI_NO_ROW)
            ui_list_select_also(files->list, row, true);
    }
}

static void read_again(struct files *files)
{
    struct folder old = files->folder;

    files->error = folder_read(&files->folder, files->path, &files->view);
    folder_free(&old);
}

static void changed(struct files *files, const struct names *selected)
{
    bool same = selected->count > 0;

    ui_list_changed(files->list, same);
    ui_list_select(files->list, UI_NO_ROW);
    select_again(files, selected);
    show_wanted(files);
    say_note(files);
    files_say_status(files);
}

void files_reload(struct files *files)
{
    struct names selected;

    selected_names(files, &selected);
    read_again(files);
    changed(files, &selected);
    places_reload(files);
    names_free(&selected);
}

void files_arrange(struct files *files)
{
    struct names selected;

    selected_names(files, &selected);
    folder_arrange(&files->folder, &files->view);
    changed(files, &selected);
    names_free(&selected);
}

/* ---- going about --------------------------------------------------------------------------------------- */

static void show_path(struct files *files, char *path)
{
    struct names none = {0};

    free(files->path);
    files->path = path;
    files->view.filter[0] = 0;
    ui_set_text(files->filter, "");
    read_again(files);
    changed(files, &none);
    say_where(files);
    if (files->folder.shown > 0 && ui_list_row(files->list) == UI_NO_ROW)
        ui_list_select(files->list, UI_NO_ROW);
}

static void push(struct names *history, const char *path)
{
    if (history->count == HISTORY_MAX) {
        free(history->items[0]);
        history->count--;
        memmove(history->items, history->items + 1, history->count * sizeof(*history->items));
    }
    (void)names_add(history, path);
}

static char *pop(struct names *history)
{
    return history->count > 0 ? history->items[--history->count] : NULL;
}

void files_go(struct files *files, const char *path)
{
    char *clean = path_clean(files->path ? files->path : "/", path);
    struct stat about;

    if (!clean)
        return;
    if (stat(clean, &about) == 0 && !S_ISDIR(about.st_mode)) { /* a file: its folder, with it selected */
        char *folder = path_folder(clean);

        free(files->show);
        files->show = strdup(path_name(clean));
        free(clean);
        clean = folder;
    }
    if (!clean)
        return;
    if (files->path && strcmp(files->path, clean) != 0) {
        push(&files->back_to, files->path);
        names_free(&files->forward_to);
    }
    show_path(files, clean);
}

void files_go_back(struct files *files)
{
    char *path = pop(&files->back_to);

    if (!path)
        return;
    push(&files->forward_to, files->path);
    show_path(files, path);
}

void files_go_forward(struct files *files)
{
    char *path = pop(&files->forward_to);

    if (!path)
        return;
    push(&files->back_to, files->path);
    show_path(files, path);
}

void files_go_up(struct files *files)
{
    char *folder = path_folder(files->path);

    if (folder && strcmp(folder, files->path) != 0) {
        free(files->show);
        files->show = strdup(path_name(files->path)); /* one sees where one came from */
        files_go(files, folder);
    }
    free(folder);
}
