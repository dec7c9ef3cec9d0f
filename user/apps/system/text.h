/*
 * Texts of /proc and their words: what follows bears any bytes. A piece belongs to the text it is of and has
 * no 0 at its end.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct piece {
    const char *at;
    size_t size;
};

struct piece piece_of(const char *text); /* to its 0 */
/* The next line of *rest, without its line break; false: there is none. */
bool piece_line(struct piece *rest, struct piece *line);
/* The next word of *rest, between blanks and tabs; false: there is none. */
bool piece_word(struct piece *rest, struct piece *word);
/* What is before the first `mark`, which goes; false: there is no mark, and nothing has changed. */
bool piece_until(struct piece *rest, char mark, struct piece *before);
bool piece_is(struct piece piece, const char *text);
bool piece_begins(struct piece piece, const char *text);
/* All of it as a number in `base` 10 or 16; false: something else, or more than 64 bits. */
bool piece_number(struct piece piece, unsigned base, uint64_t *number);
struct piece piece_trimmed(struct piece piece); /* without blanks at both ends */
/* As a text; what does not fit is cut, what is no printable character becomes '?'. */
void piece_copy(struct piece piece, char *to, size_t room);

/* A growing text; when there is no memory it stays as it is and `broken` says so. */
struct text {
    char *at; /* NULL or with a 0 behind `size` bytes */
    size_t size, room;
    bool broken;
};
void text_add(struct text *text, const char *bytes, size_t size);
void text_print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_free(struct text *text); /* and it is empty again */
/* Adds the file, at most `most` bytes of it. 0 or negative errno. */
int text_read(struct text *text, const char *path, size_t most);
struct piece text_piece(const struct text *text);
