/*
 * A command line as words: spaces between, '…' literal, "…" with \" and \\, and \ before any
 * character outside of quotes.
 */
#pragma once

#include <stddef.h>

#include "lib/compiler.h"

#define WORDS_MAX 256

struct words {
    int count;
    const char *at[WORDS_MAX + 1]; /* at[count] is NULL */
};

/* Copy the word that begins at or after *at of line[0..size), without its quotes, to `to` (room for
   size + 1 bytes, terminated); *at moves behind it. Returns 1 for a word, 0 at the end, -EINVAL for
   an open quote, which *quote then names (`to` holds what there was). */
int word_next(const char *line, size_t size, size_t *at, char *to, char *quote) must_check;
/* All words of a terminated line: storage needs 2 × strlen(line) + 2 bytes. Returns how many;
   -EINVAL an open quote, -E2BIG more than WORDS_MAX. */
int words_split(const char *line, char *storage, struct words *words) must_check;
