/*
 * What a folder has in it, as it is shown: sorted, filtered.
 *
 *     folder_read(&folder, "/home", &view) → folder.shown, folder_entry(&folder, row) … → folder_free
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "user/apps/files/types.h"

enum folder_order { ORDER_NAME, ORDER_SIZE, ORDER_TYPE, ORDER_TIME };
struct folder_view {
    enum folder_order order;
    bool down;        /* the other way round */
    bool hidden;      /* also names that begin with a point, or end with '~' */
    char filter[128]; /* only names with this in them; case does not matter */
};

struct entry {
    char *name;
    uint64_t size;
    struct timespec changed;
    mode_t mode;  /* of what a link leads to */
    bool link, folder;
    const struct file_type *type;
};

struct folder {
    struct entry *entries;
    size_t count;
    size_t *order; /* which of them are shown, in this order */
    size_t shown;
    struct timespec changed; /* the folder's own time, to see whether it is to be read again */
};

/* 0 or negative errno; then the folder is empty. */
int folder_read(struct folder *folder, const char *path, const struct folder_view *view);
void folder_arrange(struct folder *folder, const struct folder_view *view); /* another order or filter */
const struct entry *folder_entry(const struct folder *folder, size_t row); /* NULL: no such row */
size_t folder_row(const struct folder *folder, const char *name); /* (size_t)-1: it is not shown */
void folder_free(struct folder *folder);

/* "412 bytes", "1.2 KB", "61 MB": at most 31 bytes. `bytes` is the word for it. */
void size_text(char text[32], uint64_t size, const char *bytes);
/* How names are compared in lists: without case, numbers by their value ("a2" before "a10"). */
int compare_names(const char *a, const char *b);
/* Whether `part` is in `text`, in any case; also of Latin, Greek and Cyrillic letters. */
bool has_text(const char *text, const char *part);
