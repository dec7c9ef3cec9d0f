/*
 * The trash can; freedesktop.org, "The FreeDesktop.org Trash specification", version 1.0: a note
 * info/NAME.trashinfo is made first, by O_EXCL, and with it the NAME in `files` is ours; then the file moves
 * there.
 */
#include "user/apps/files/trash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/apps/files/internal.h"

#define NOTE_MAX 16384 /* a path of 4,096 bytes, all escaped, and the rest */

/* ---- where it is --------------------------------------------------------------------------------------- */

char *trash_folder(void)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    char *made;

    if (data && data[0] == '/')
        return path_join(data, "Trash");
    return asprintf(&made, "%s/.local/share/Trash", home && home[0] == '/' ? home : "") < 0 ? NULL : made;
}

static char *within(const char *part)
{
    char *trash = trash_folder(), *made = trash ? path_join(trash, part) : NULL;

    free(trash);
    return made;
}

char *trash_files(void)
{
    return within("files");
}

static char *file_of(const char *name)
{
    char *folder = trash_files(), *made = folder ? path_join(folder, name) : NULL;

    free(folder);
    return made;
}

static char *note_of(const char *name)
{
    char *folder = within("info"), *made;
    int size = folder ? asprintf(&made, "%s/%s.trashinfo", folder, name) : -1;

    free(folder);
    return size < 0 ? NULL : made;
}

/* And all folders above it; 0700 as the specification wants it. */
static int make_folders(const char *path)
{
    char *part = strdup(path);

    if (!part)
        return -ENOMEM;
    for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = 0;
        int error = mkdir(part, 0700) && errno != EEXIST ? -errno : 0;

        if (error || !slash) {
            free(part);
            return error;
        }
        *slash = '/';
    }
}

static int make_trash(void)
{
    char *files = trash_files(), *info = within("info");
    int error = files && info ? make_folders(files) : -ENOMEM;

    if (!error)
        error = make_folders(info);
    free(files);
    free(info);
    return error;
}

/* ---- notes --------------------------------------------------------------------------------------------- */

static int write_note(const char *note, const char *path)
{
    int fd = open(note, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return -errno;
    char *escaped = uri_escape(path), when[32];
    time_t now = time(NULL);
    struct tm local;
    FILE *file = fdopen(fd, "w");

    if (file)
        fd = -1;
    localtime_r(&now, &local);
    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &local);
    bool good =
        file && escaped && fprintf(file, "[Trash Info]\nPath=%s\nDeletionDate=%s\n", escaped, when) > 0;

    good &= file && fclose(file) == 0;
    if (fd >= 0)
        close(fd);
    free(escaped);
    if (!good)
        (void)unlink(note);
    return good ? 0 : -EIO;
}

/* A name that nobody has in the trash, and its note. */
static int reserve(const char *path, char **name)
{
    int error = -EEXIST;
    char *made = strdup(path_name(path));

    for (unsigned number = 2; made && error == -EEXIST; number++) {
        char *note = note_of(made), *file = file_of(made);

        if (!note || !file)
            error = -ENOMEM;
        else if (!name_exists(file))
            error = write_note(note, path);
        free(note);
        free(file);
        if (error == -EEXIST) {
            free(made);
            made = path_numbered(path_name(path), number, false);
        }
    }
    *name = made;
    return made ? error : -ENOMEM;
}

static int read_line(char *line, char **path, struct tm *when)
{
    line[strcspn(line, "\r\n")] = 0;
    if (!strncmp(line, "Path=", 5) && !*path) {
        *path = uri_unescape(line + 5, strlen(line + 5));
        return *path && (*path)[0] == '/' ? 0 : -EINVAL;
    }
    if (!strncmp(line, "DeletionDate=", 13)) {
        *when = (struct tm){.tm_isdst = -1};
        if (sscanf(line + 13, "%4d-%2d-%2dT%2d:%2d:%2d", &when->tm_year, &when->tm_mon, &when->tm_mday,
                   &when->tm_hour, &when->tm_min, &when->tm_sec) != 6)
            *when = (struct tm){0};
        when->tm_year -= 1900;
        when->tm_mon -= 1;
    }
    return 0;
}

int trash_note(const char *name, char **path, struct tm *when)
{
    char *note = note_of(name), *line = malloc(NOTE_MAX);
    FILE *file = note ? fopen(note, "r") : NULL;
    int error = !note || !line ? -ENOMEM : file ? 0 : -errno;

    *path = NULL;
    *when = (struct tm){0};
    if (!error && (!fgets(line, NOTE_MAX, file) || strncmp(line, "[Trash Info]", 12)))
        error = -EINVAL;
    for (int lines = 0; !error && lines < 64 && fgets(line, NOTE_MAX, file); lines++)
        error = read_line(line, path, when);
    if (!error && !*path)
        error = -EINVAL;
    if (error) {
        free(*path);
        *path = NULL;
    }
    if (file)
        fclose(file);
    free(note);
    free(line);
    return error;
}

/* ---- in and out ---------------------------------------------------------------------------------------- */

static void forget(const char *name)
{
    char *note = note_of(name);

    if (note)
        (void)unlink(note);
    free(note);
}

/* The trash itself, what is in it, and what it is in, cannot be thrown away. */
static bool is_refused(const char *path)
{
    char *trash = trash_folder();
    bool refused = !trash || path[0] != '/' || path_within(path, trash) || path_within(trash, path);

    free(trash);
    return refused;
}

int trash_put(struct work *work, const char *path, char **name)
{
    char *mine = NULL, *file = NULL;
    bool copied = false;
    int error = is_refused(path) ? -EBUSY : name_exists(path) ? make_trash() : -ENOENT;

    if (!error)
        error = reserve(path, &mine);
    if (error) {
        free(mine);
        return work_failed(work, path, error);
    }
    file = file_of(mine);
    error = file ? tree_move(work, path, file, &copied) : -ENOMEM;
    if (error && !copied)
        forget(mine);
    if (!error && !copied) {
        work_remember(work, DEED_TRASHED, path, mine, 0);
        work_tell(work, path_name(path), 0, 1);
    }
    free(file);
    if (name && !error)
        *name = mine;
    else
        free(mine);
    return error;
}

int trash_origin(const char *name, char **path)
{
    struct tm when;

    return trash_note(name, path, &when);
}

int trash_back(struct work *work, const char *name, const char *to)
{
    char *file = file_of(name), *folder = path_folder(to);
    bool copied = false;
    int error = file && folder ? 0 : -ENOMEM;

    if (!error && !name_exists(file))
        error = work_failed(work, file, -ENOENT);
    if (!error)
        error = make_folders(folder);
    if (!error)
        error = tree_move(work, file, to, &copied);
    if (!error && !copied)
        forget(name);
    if (!error || copied)
        work_remember(work, DEED_MADE, to, NULL, 0);
    if (!error)
        work_tell(work, path_name(to), 0, 1);
    free(file);
    free(folder);
    return error;
}

/* ---- works --------------------------------------------------------------------------------------------- */

static int restore_one(struct work *work, const char *name)
{
    char *to;
    int error = trash_origin(name, &to);

    if (error)
        return work_failed(work, name, error);
    if (name_exists(to)) { /* nothing is replaced: it comes back beside it */
        char *other = name_free_like(to);

        free(to);
        to = other;
    }
    error = to ? trash_back(work, name, to) : -ENOMEM;
    free(to);
    return error;
}

int work_restore(struct work *work, const struct names *names)
{
    int error = 0;

    for (size_t i = 0; i < names->count && !error; i++) {
        error = work_stops(work) ? -ECANCELED : restore_one(work, names->items[i]);
        if (error)
            error = work_go_on(work, names->items[i], error);
    }
    return error;
}

static int empty_files(struct work *work, const char *files, const struct names *names)
{
    int error = 0;

    for (size_t i = 0; i < names->count && !error; i++) {
        char *path = path_join(files, names->items[i]);

        error = path ? tree_delete(work, path, 0) : -ENOMEM;
        if (!error)
            forget(names->items[i]);
        else
            error = work_go_on(work, path ? path : files, error);
        free(path);
    }
    return error;
}

/* What is thrown away meanwhile stays: only what was there at the beginning is deleted. */
int work_empty_trash(struct work *work)
{
    char *files = trash_files();
    struct names names = {0};
    int error = files ? names_of_folder(&names, files) : -ENOMEM;

    if (error == -ENOENT)
        error = 0;
    work->progress.all_items = names.count;
    if (!error)
        error = empty_files(work, files, &names);
    else
        error = work_failed(work, files ? files : "", error);
    names_free(&names);
    free(files);
    return error;
}
