/* See folder.h. */
#include "user/apps/files/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/apps/files/path.h"

/* ---- comparing ----------------------------------------------------------------------------------------- */

/* The next character in lower case; malformed bytes are themselves. */
static uint32_t next_lower(const unsigned char **text)
{
    const unsigned char *t = *text;
    uint32_t c = t[0];

    if (c >= 0xc2 && c < 0xe0 && (t[1] & 0xc0) == 0x80) {
        c = (c & 0x1f) << 6 | (t[1] & 0x3f);
        *text = t + 2;
    } else {
        *text = t + 1;
    }
    if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9) ||
        (c >= 0x410 && c <= 0x42f))
        return c + 32;
    return c >= 0x400 && c <= 0x40f ? c + 80 : c;
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

/* Of two numbers the one with more digits, leading zeros aside, is larger. */
static int compare_numbers(const unsigned char **a, const unsigned char **b)
{
    const unsigned char *x = *a, *y = *b;
    size_t m = 0, n = 0;

    while (*x == '0')
        x++;
    while (*y == '0')
        y++;
    while (is_digit(x[m]))
        m++;
    while (is_digit(y[n]))
        n++;
    *a = x + m;
    *b = y + n;
    if (m != n)
        return m < n ? -1 : 1;
    return memcmp(x, y, m);
}

int compare_names(const char *a, const char *b)
{
    const unsigned char *x = (const unsigned char *)a, *y = (const unsigned char *)b;
    int way = 0;

    while (*x && *y && way == 0) {
        if (is_digit(*x) && is_digit(*y)) {
            way = compare_numbers(&x, &y);
        } else {
            uint32_t p = next_lower(&x), q = next_lower(&y);

            way = p < q ? -1 : p > q;
        }
    }
    if (way == 0)
        way = *x ? 1 : *y ? -1 : strcmp(a, b);
    return way;
}

static bool begins_with(const unsigned char *text, const unsigned char *part)
{
    while (*part)
        if (!*text || next_lower(&text) != next_lower(&part))
            return false;
    return true;
}

bool has_text(const char *text, const char *part)
{
    if (!*part)
        return true;
    for (; *text; text++)
        if (begins_with((const unsigned char *)text, (const unsigned char *)part))
            return true;
    return false;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

/* False: it went away meanwhile. Takes the name. */
static bool fill_entry(struct entry *entry, const char *folder, char *name)
{
    char *path = path_join(folder, name);
    struct stat about, target;
    bool there = path && lstat(path, &about) == 0;

    if (there) {
        bool link = S_ISLNK(about.st_mode);

        if (link && stat(path, &target) == 0)
            about = target;
        *entry = (struct entry){name, S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0, about.st_mtim,
                                about.st_mode, link, S_ISDIR(about.st_mode), type_of(name, about.st_mode)};
    }
    free(path);
    return there;
}

int folder_read(struct folder *folder, const char *path, const struct folder_view *view)
{
    struct names names;
    struct stat about;

    *folder = (struct folder){0};
    if (stat(path, &about) == 0)
        folder->changed = about.st_mtim;
    int error = names_of_folder(&names, path);

    if (error)
        return error;
    folder->entries = calloc(names.count + 1, sizeof(*folder->entries));
    folder->order = calloc(names.count + 1, sizeof(*folder->order));
    for (size_t i = 0; i < names.count && folder->entries && folder->order; i++)
        if (fill_entry(&folder->entries[folder->count], path, names.items[i])) {
            folder->count++;
            names.items[i] = NULL;
        }
    names_free(&names);
    if (!folder->entries || !folder->order) {
        folder_free(folder);
        return -ENOMEM;
    }
    folder_arrange(folder, view);
    return 0;
}

void folder_free(struct folder *folder)
{
    for (size_t i = 0; i < folder->count; i++)
        free(folder->entries[i].name);
    free(folder->entries);
    free(folder->order);
    *folder = (struct folder){0};
}

/* ---- showing ------------------------------------------------------------------------------------------- */

static bool is_shown(const struct entry *entry, const struct folder_view *view)
{
    size_t size = strlen(entry->name);

    if (!view->hidden && (entry->name[0] == '.' || entry->name[size - 1] == '~'))
        return false;
    return has_text(entry->name, view->filter);
}

static int by_order(const struct entry *a, const struct entry *b, enum folder_order order)
{
    switch (order) {
    case ORDER_SIZE:
        return a->size < b->size ? -1 : a->size > b->size;
    case ORDER_TYPE:
        return strcmp(a->type->english, b->type->english);
    case ORDER_TIME:
        if (a->changed.tv_sec != b->changed.tv_sec)
            return a->changed.tv_sec < b->changed.tv_sec ? -1 : 1;
        return a->changed.tv_nsec < b->changed.tv_nsec ? -1 : a->changed.tv_nsec > b->changed.tv_nsec;
    case ORDER_NAME:
    default:
        return 0;
    }
}

struct sorting {
    const struct entry *entry;
    const struct folder_view *view;
};

/* Folders first, whichever way it goes. */
static int compare(const void *left, const void *right)
{
    const struct sorting *a = left, *b = right;

    if (a->entry->folder != b->entry->folder)
        return a->entry->folder ? -1 : 1;
    int way = by_order(a->entry, b->entry, a->view->order);

    if (way == 0)
        way = compare_names(a->entry->name, b->entry->name);
    return a->view->down ? -way : way;
}

void folder_arrange(struct folder *folder, const struct folder_view *view)
{
    struct sorting *rows = calloc(folder->count + 1, sizeof(*rows));
    size_t count = 0;

    folder->shown = 0;
    for (size_t i = 0; i < folder->count; i++)
        if (is_shown(&folder->entries[i], view)) {
            if (rows)
                rows[count++] = (struct sorting){&folder->entries[i], view};
            folder->order[folder->shown++] = i;
        }
    if (!rows)
        return; /* unsorted is better than none */
    qsort(rows, count, sizeof(*rows), compare);
    for (size_t i = 0; i < count; i++)
        folder->order[i] = (size_t)(rows[i].entry - folder->entries);
    free(rows);
}

const struct entry *folder_entry(const struct folder *folder, size_t row)
{
    return row < folder->shown ? &folder->entries[folder->order[row]] : NULL;
}

size_t folder_row(const struct folder *folder, const char *name)
{
    for (size_t row = 0; row < folder->shown; row++)
        if (!strcmp(folder->entries[folder->order[row]].name, name))
            return row;
    return (size_t)-1;
}

void size_text(char text[32], uint64_t size, const char *bytes)
{
    static const char *const units[] = {"KB", "MB", "GB", "TB", "PB", "EB"};
    unsigned unit = 0;

    if (size < 1000) {
        snprintf(text, 32, "%u %.20s", (unsigned)size, bytes);
        return;
    }
    uint64_t tenths = size / 100; /* of a KB */

    while (tenths >= 9995 && unit < 5) {
        tenths = (tenths + 500) / 1000;
        unit++;
    }
    if (tenths < 100)
        snprintf(text, 32, "%u.%u %s", (unsigned)(tenths / 10), (unsigned)(tenths % 10), units[unit]);
    else
        snprintf(text, 32, "%u %s", (unsigned)((tenths + 5) / 10), units[unit]);
}
