/*
 * Finding in a text: all matches of a pattern, found a slice at a time so that no frame waits, and kept right
 * while the text changes. One thread.
 *
 *     struct search *search = search_new(buffer);
 *     search_set(search, "main", (struct search_options){ .word = true });
 *     while (search_step(search)) { … let the window live … }
 *     struct match match = search_match(search, search_first(search, cursor));
 *     search_end(search);                                     before the buffer's end
 *
 * A match lies within a line (the '\r' of its end is not part of that), is never empty, and begins where the
 * one before has ended or later.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/libui/text_buffer.h"

#define SEARCH_MOST       4000000u           /* matches that are kept; what comes after them is not found */
#define SEARCH_WHAT       1024u              /* bytes of a pattern */
#define SEARCH_REGEX_LINE ((size_t)64 << 10) /* of a line, a regular expression sees so many bytes */

struct search_options {
    bool match_case; /* else letters of ASCII and Latin-1 are alike; of ASCII alone in a regular expression */
    bool word;       /* no letter, digit or _ just before or behind */
    bool regex;      /* POSIX extended regular expression */
};
struct match {
    uint32_t at, size; /* bytes */
};
struct search;

struct search *search_new(struct text_buffer *buffer); /* looks for nothing; NULL: no memory */
void search_end(struct search *search);
/* Begins anew. 0, -EINVAL (no regular expression: search_wrong), -E2BIG, -ENOMEM: it looks for nothing
   then. */
int search_set(struct search *search, const char *what, struct search_options options);
const char *search_wrong(const struct search *search); /* what regcomp said of the last one; "" */

/* Looks through the next slice. False: all of the text has been looked at. */
bool search_step(struct search *search);
bool search_done(const struct search *search);
/* Whether all matches that begin before `at` are known. */
bool search_passed(const struct search *search, size_t at);

size_t search_count(const struct search *search); /* so far */
/* The first match that begins at `at` or later, by its number from 0; search_count: none that is known. */
size_t search_first(const struct search *search, size_t at);
struct match search_match(const struct search *search, size_t which);

/* The first match of a line's bytes that begins at `from` or later, for those who draw it. False: none. */
bool search_line(struct search *search, const char *text, size_t size, size_t from, struct match *match);

/* Every match becomes these bytes, in one step of undo; *cursor, a place in the text, goes along. All of the
   text must have been looked at. How many there were, or -ENOMEM: nothing has changed. */
long search_replace_all(struct search *search, const char *with, size_t size, size_t *cursor);
