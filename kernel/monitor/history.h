/* Lines typed before, oldest first, in one block of memory: a new line pushes out the oldest. */
#pragma once

#include <stddef.h>

#define HISTORY_BYTES 16384
#define HISTORY_LINES 256

struct history {                     /* all zero: empty */
    char text[HISTORY_BYTES];        /* the lines, each terminated, without gaps */
    size_t start[HISTORY_LINES + 1]; /* of each line; start[count] is the end of the last */
    size_t count;
};

/* Empty lines, one equal to the newest, and what is longer than the block are not added. */
void history_add(struct history *history, const char *line);
/* The newest line before (or the oldest behind) line `from` that begins with prefix[0..size);
   *found is its number. From history->count the search backwards begins. NULL: there is none. */
const char *history_before(const struct history *history, size_t from, const char *prefix,
                           size_t size, size_t *found);
const char *history_behind(const struct history *history, size_t from, const char *prefix,
                           size_t size, size_t *found);
