/* See path.h. */
#include "user/apps/files/path.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUT_LINE "# cut\r\n"

/* ---- paths --------------------------------------------------------------------------------------------- */

char *path_join(const char *folder, const char *name)
{
    size_t size = strlen(folder);
    char *path;

    while (size > 0 && folder[size - 1] == '/')
        size--;
    return asprintf(&path, "%.*s/%s", (int)size, folder, name) < 0 ? NULL : path;
}

const char *path_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

char *path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* Not within a character of UTF-8. */
static size_t cut_at(const char *text, size_t size)
{
    while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
        size--;
    return size;
}

char *path_numbered(const char *path, unsigned number, bool is_folder)
{
    const char *name = path_name(path);
    const char *dot = is_folder ? NULL : strrchr(name, '.');
    char mark[16];
    char *made;

    if (!dot || dot == name || strlen(dot) > 16)
        dot = name + strlen(name);
    snprintf(mark, sizeof(mark), " (%u)", number);
    size_t stem = (size_t)(dot - name), most = 255 - strlen(mark) - strlen(dot);

    if (stem > most)
        stem = cut_at(name, most);
    int all = asprintf(&made, "%.*s%.*s%s%s", (int)(name - path), path, (int)stem, name, mark, dot);
    return all < 0 ? NULL : made;
}

/* `path` is absolute: its parts, one after the other, onto `made`. */
static void clean_parts(char *made, const char *path)
{
    size_t at = 0;

    while (*path) {
        size_t size = strcspn(path, "/");

        if (size == 2 && path[0] == '.' && path[1] == '.') {
            while (at > 0 && made[--at] != '/')
                ;
        } else if (size > 0 && !(size == 1 && path[0] == '.')) {
            made[at++] = '/';
            memcpy(made + at, path, size);
            at += size;
        }
        path += size + (path[size] == '/');
    }
    if (at == 0)
        made[at++] = '/';
    made[at] = 0;
}

char *path_clean(const char *folder, const char *path)
{
    const char *home = getenv("HOME");
    char *whole, *made;
    bool of_home = path[0] == '~' && (path[1] == 0 || path[1] == '/');

    if (of_home)
        whole = path_join(home ? home : "/", path + 1);
    else
        whole = path[0] == '/' ? strdup(path) : path_join(folder, path);
    if (!whole)
        return NULL;
    made = malloc(strlen(whole) + 2);
    if (made)
        clean_parts(made, whole);
    free(whole);
    return made;
}

bool path_within(const char *path, const char *folder)
{
    size_t size = strlen(folder);

    if (size == 1)
        return path[0] == '/';
    return !strncmp(path, folder, size) && (path[size] == 0 || path[size] == '/');
}

bool path_name_is_good(const char *name)
{
    return *name && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           strlen(name) <= 255;
}

/* ---- lists of names ------------------------------------------------------------------------------------ */

int names_add(struct names *names, const char *name)
{
    char *copy = strdup(name);

    if (copy && (names->count & (names->count - 1)) == 0) { /* full: 0, 1, 2, 4 … */
        size_t room = names->count ? names->count * 2 : 1;
        char **more = realloc(names->items, room * sizeof(*more));

        if (!more) {
            free(copy);
            return -ENOMEM;
        }
        names->items = more;
    }
    if (!copy)
        return -ENOMEM;
    names->items[names->count++] = copy;
    return 0;
}

void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
    *names = (struct names){0};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_entries(struct names *names, DIR *directory)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);

        if (!entry)
            return -errno;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        if (names_add(names, entry->d_name))
            return -ENOMEM;
    }
}

int names_of_folder(struct names *names, const char *folder)
{
    DIR *directory = opendir(folder);

    *names = (struct names){0};
    if (!directory)
        return -errno;
    int error = add_entries(names, directory);

    closedir(directory);
    if (error)
        names_free(names);
    else if (names->count)
        qsort(names->items, names->count, sizeof(*names->items), by_name);
    return error;
}

/* ---- addresses ----------------------------------------------------------------------------------------- */

static bool is_plain(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c && strchr("-._~/", c));
}

char *uri_escape(const char *path)
{
    char *made = malloc(3 * strlen(path) + 1), *to = made;

    if (!made)
        return NULL;
    for (; *path; path++)
        if (is_plain((unsigned char)*path))
            *to++ = *path;
        else
            to += sprintf(to, "%%%02X", (unsigned char)*path);
    *to = 0;
    return made;
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

    return found ? (int)(found - digits) : -1;
}

char *uri_unescape(const char *text, size_t size)
{
    char *made = malloc(size + 1), *to = made;

    for (size_t i = 0; made && i < size; i++) {
        int c = (unsigned char)text[i];

        if (c == '%') {
            int high = size - i > 2 ? digit_of(text[i + 1]) : -1,
                low = size - i > 2 ? digit_of(text[i + 2]) : -1;

            c = high < 0 || low < 0 ? 0 : high << 4 | low;
            i += 2;
        }
        if (c == 0) {
            free(made);
            return NULL;
        }
        *to++ = (char)c;
    }
    if (made)
        *to = 0;
    return made;
}

char *path_of_uri(const char *uri, size_t size)
{
    static const char *const heads[] = {"file:///", "file://localhost/", "file:/"};

    for (size_t i = 0; i < 3; i++) {
        size_t head = strlen(heads[i]);

        if (size >= head && !strncmp(uri, heads[i], head))
            return uri_unescape(uri + head - 1, size - head + 1);
    }
    return NULL;
}

char *uris_of_names(const struct names *names, bool cut)
{
    size_t size = sizeof(CUT_LINE);

    for (size_t i = 0; i < names->count; i++)
        size += 3 * strlen(names->items[i]) + 10;
    char *made = malloc(size), *to = made;

    if (!made)
        return NULL;
    to += sprintf(to, "%s", cut ? CUT_LINE : "");
    for (size_t i = 0; i < names->count; i++) {
        char *escaped = uri_escape(names->items[i]);

        if (!escaped) {
            free(made);
            return NULL;
        }
        to += sprintf(to, "file://%s\r\n", escaped);
        free(escaped);
    }
    return made;
}

int names_of_uris(struct names *names, const char *bytes, size_t size, bool *cut)
{
    size_t at = 0;

    *names = (struct names){0};
    *cut = size >= sizeof(CUT_LINE) - 1 && !memcmp(bytes, CUT_LINE, sizeof(CUT_LINE) - 1);
    while (at < size) {
        size_t end = at;

        while (end < size && bytes[end] != '\r' && bytes[end] != '\n' && bytes[end] != 0)
            end++;
        char *path = end > at && bytes[at] != '#' ? path_of_uri(bytes + at, end - at) : NULL;
        int error = path ? names_add(names, path) : 0;

        free(path);
        if (error) {
            names_free(names);
            return error;
        }
        at = end + 1;
    }
    return 0;
}
