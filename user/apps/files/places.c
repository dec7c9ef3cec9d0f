/* The column at the left of a window: home, its folders, the disk, the trash, and what is mounted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/apps/files/files.h"
#include "user/apps/files/trash.h"

const char *places_mounts = "/proc/mounts";

static void add(struct files *files, char *path, const char *name, enum icon icon)
{
    struct place *place = &files->places[files->place_count];

    if (!path || files->place_count == PLACES_MAX) {
        free(path);
        return;
    }
    *place = (struct place){.path = path, .icon = icon};
    snprintf(place->name, sizeof(place->name), "%s", name);
    files->place_count++;
}

/* /proc/mounts has blanks as \040. */
static void unescape(char *text)
{
    char *to = text;

    while (*text)
        if (!strncmp(text, "\\040", 4)) {
            *to++ = ' ';
            text += 4;
        } else {
            *to++ = *text++;
        }
    *to = 0;
}

static bool is_shown(const char *path, const char *kind)
{
    static const char *const hidden[] = {"/",        "/proc", "/dev", "/dev/pts",
                                         "/dev/shm", "/tmp",  "/run", "/sys"};

    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
        if (!strcmp(path, hidden[i]))
            return false;
    return strcmp(kind, "proc") != 0 && strcmp(kind, "devfs") != 0;
}

static void add_mounts(struct files *files)
{
    FILE *file = fopen(places_mounts, "r");
    char line[1024], device[256], path[512], kind[64];

    while (file && fgets(line, sizeof(line), file))
        if (sscanf(line, "%255s %511s %63s", device, path, kind) == 3) {
            unescape(path);
            if (is_shown(path, kind))
                add(files, strdup(path), path_name(path), ICON_DISK);
        }
    if (file)
        fclose(file);
}

static void add_in_home(struct files *files, const char *home, const char *folder, const char *name,
                        enum icon icon)
{
    add(files, path_join(home, folder), name, icon);
}

static void find_places(struct files *files)
{
    const char *home = getenv("HOME");

    places_free(files);
    if (!home || home[0] != '/')
        home = "/";
    add(files, strdup(home), ui_say("Home", "Inicio"), ICON_HOME);
    add_in_home(files, home, "Documents", ui_say("Documents", "Documentos"), ICON_FOLDER);
    add_in_home(files, home, "Pictures", ui_say("Pictures", "Imágenes"), ICON_PICTURE);
    add(files, strdup("/"), ui_say("Disk", "Disco"), ICON_DISK);
    add(files, trash_files(), ui_say("Trash", "Papelera"), ICON_TRASH);
    add_mounts(files);
}

void places_free(struct files *files)
{
    while (files->place_count > 0)
        free(files->places[--files->place_count].path);
}

static size_t count_places(void *context)
{
    return ((struct files *)context)->place_count;
}

static void fill_place(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    const struct files *files = context;

    (void)column;
    if (row < files->place_count) {
        cell->text = files->places[row].name;
        cell->icon = files->places[row].icon;
    }
}

static bool is_trash(const char *path)
{
    char *trash = trash_files();
    bool is = trash && !strcmp(trash, path);

    free(trash);
    return is;
}

/* These of ours are made when they are first gone to. */
static void go(struct files *files, const struct place *place)
{
    struct stat about;

    if (stat(place->path, &about) && (path_within(place->path, getenv("HOME") ? getenv("HOME") : "/"))) {
        for (char *slash = strchr(place->path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
            *slash = 0;
            (void)mkdir(place->path, 0755);
            *slash = '/';
        }
        (void)mkdir(place->path, is_trash(place->path) ? 0700 : 0755);
    }
    files_go(files, place->path);
}

static void on_place(struct widget *list, void *context)
{
    struct files *files = context;
    size_t row = ui_list_row(list);

    if (row < files->place_count && strcmp(files->path, files->places[row].path) != 0)
        go(files, &files->places[row]);
}

static void on_enter(struct widget *list, void *context)
{
    (void)list;
    ui_focus(((struct files *)context)->list);
}

static bool on_drop(struct widget *list, const struct ui_drop *drop, void *context)
{
    struct files *files = context;
    size_t row = ui_list_at(list, drop->x, drop->y);

    return row < files->place_count && actions_drop(files, drop, files->places[row].path);
}

void places_make(struct files *files, struct widget *parent)
{
    static const struct ui_model model = {count_places, fill_place};

    files->places_list = ui_list(parent, &model, files, on_place, files);
    ui_set_name(files->places_list, "places");
    ui_set_grow(files->places_list, 0);
    ui_set_least(files->places_list, 136, 0);
    ui_on_activate(files->places_list, on_enter, files);
    ui_on_drop(files->places_list, on_drop, files);
}

void places_reload(struct files *files)
{
    size_t at = UI_NO_ROW;

    find_places(files);
    for (size_t i = 0; i < files->place_count; i++)
        if (!strcmp(files->places[i].path, files->path))
            at = i;
    ui_list_changed(files->places_list, true);
    ui_list_select(files->places_list, at);
}
