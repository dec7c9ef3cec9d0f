/* Reads and changes the folder of what starts with the desktop; startup.h. */
#include "user/apps/settings/startup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/apps/system/text.h"

#define FILE_MOST 4096u
#define SUFFIX    ".app"

/* ---- a file ----------------------------------------------------------------------------------------- */
static void take_line(struct piece line, struct startup_entry *entry)
{
    struct piece name;

    if (!piece_until(&line, '=', &name))
        return;
    line = piece_trimmed(line);
    if (piece_is(name, "name"))
        piece_copy(line, entry->name, sizeof(entry->name));
    else if (piece_is(name, "name.es"))
        piece_copy(line, entry->name_es, sizeof(entry->name_es));
    else if (piece_is(name, "icon"))
        piece_copy(line, entry->icon, sizeof(entry->icon));
}

static void read_entry(const char *folder, const char *id, struct startup_entry *entry)
{
    struct text text = {0};
    struct piece rest, line;
    char path[320];

    snprintf(path, sizeof(path), "%s/%s" SUFFIX, folder, id);
    *entry = (struct startup_entry){0};
    snprintf(entry->id, sizeof(entry->id), "%s", id);
    (void)text_read(&text, path, FILE_MOST);
    rest = text_piece(&text);
    while (piece_line(&rest, &line))
        take_line(line, entry);
    text_free(&text);
    if (!entry->name[0])
        snprintf(entry->name, sizeof(entry->name), "%s", entry->id);
    if (!entry->name_es[0])
        memcpy(entry->name_es, entry->name, sizeof(entry->name_es));
}

/* ---- the folders ------------------------------------------------------------------------------------ */
static bool take_id(const char *file, char id[32])
{
    size_t size = strlen(file);

    if (size <= 4 || size - 4 >= 32 || strcmp(file + size - 4, SUFFIX) != 0)
        return false;
    memcpy(id, file, size - 4);
    id[size - 4] = '\0';
    return true;
}

static struct startup_entry *find(struct startup_entry *entries, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].id, id) == 0)
            return &entries[i];
    return NULL;
}

static size_t add_folder(const char *folder, bool chosen, struct startup_entry *entries, size_t count,
                         size_t most)
{
    DIR *directory = opendir(folder);
    const struct dirent *file;
    char id[32];

    while (directory && (file = readdir(directory))) {
        struct startup_entry *entry = take_id(file->d_name, id) ? find(entries, count, id) : NULL;

        if (!take_id(file->d_name, id) || (!entry && count >= most))
            continue;
        if (!entry)
            read_entry(folder, id, entry = &entries[count++]);
        entry->chosen |= chosen;
    }
    if (directory)
        closedir(directory);
    return count;
}

static int by_id(const void *one, const void *other)
{
    const struct startup_entry *a = one, *b = other;

    return strcmp(a->id, b->id);
}

size_t startup_find(const char *applications, const char *autostart, struct startup_entry *entries,
                    size_t most)
{
    size_t count = add_folder(applications, false, entries, 0, most);

    count = add_folder(autostart, true, entries, count, most);
    if (count)
        qsort(entries, count, sizeof(*entries), by_id);
    return count;
}

/* ---- choosing --------------------------------------------------------------------------------------- */
/* The folder and the one above it. */
static int make_folder(const char *folder)
{
    char above[256];
    char *slash;

    snprintf(above, sizeof(above), "%s", folder);
    slash = strrchr(above, '/');
    if (slash && slash != above) {
        *slash = '\0';
        (void)mkdir(above, 0700);
    }
    return mkdir(folder, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int write_file(const char *path, struct piece text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return -errno;
    int error = write(fd, text.at, text.size) == (ssize_t)text.size ? 0 : -EIO;

    close(fd);
    if (error)
        unlink(path);
    return error;
}

static int add_entry(const char *from, const char *folder, const char *to)
{
    struct text text = {0};
    int error = text_read(&text, from, FILE_MOST);

    if (!error)
        error = make_folder(folder);
    if (!error)
        error = write_file(to, text_piece(&text));
    text_free(&text);
    return error;
}

int startup_choose(const char *applications, const char *autostart, const char *id, bool chosen)
{
    char from[320], to[320];

    if (strchr(id, '/') || id[0] == '.')
        return -EINVAL;
    snprintf(from, sizeof(from), "%s/%s" SUFFIX, applications, id);
    snprintf(to, sizeof(to), "%s/%s" SUFFIX, autostart, id);
    if (chosen)
        return add_entry(from, autostart, to);
    return unlink(to) < 0 && errno != ENOENT ? -errno : 0;
}
