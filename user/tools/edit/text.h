/*
 * The text of an editor: lines of bytes, changed by two operations that are remembered and can be taken
 * back. UTF-8, but any bytes are kept as they are.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct line {
    char *bytes; /* without the line's end */
    size_t size, room;
};

/* Between two bytes. */
struct place {
    size_t row, at;
};

struct change {
    bool inserted; /* else: removed */
    struct place from, to;
    char *bytes;
    size_t size;
    unsigned step; /* those of one step are undone together */
};

struct text {
    struct line *lines; /* one at least */
    size_t count, room;
    struct change *changes; /* [0, done) can be undone, [done, known) done again */
    size_t done, known, change_room;
    unsigned step;
    size_t saved; /* `done` when it was saved; SIZE_MAX: that state is lost */
};

void text_init(struct text *text);
void text_free(struct text *text);
/* Reads all of a file into an empty text. -1 with errno. */
int text_load(struct text *text, int fd);
/* Writes it; every line with an end but an empty last one. -1 with errno. */
int text_write(const struct text *text, int fd);
bool text_is_changed(const struct text *text);
void text_note_saved(struct text *text);

/* What follows belongs to another step. */
void text_begin_step(struct text *text);
/* Returns the place behind what was inserted. */
struct place text_insert(struct text *text, struct place at, const char *bytes, size_t size);
void text_remove(struct text *text, struct place from, struct place to);
/* false: there is nothing to be undone. *cursor: where it was. */
bool text_undo(struct text *text, struct place *cursor);
bool text_redo(struct text *text, struct place *cursor);
/* The bytes between two places; the caller frees them. */
char *text_part(const struct text *text, struct place from, struct place to, size_t *size);

struct place text_next(const struct text *text, struct place at);     /* a character on */
struct place text_previous(const struct text *text, struct place at);
struct place text_next_word(const struct text *text, struct place at);
struct place text_previous_word(const struct text *text, struct place at);
/* A match behind `at`, or before it, going on at the other end of the text; false: there is none at all.
   Lower case in `what` stands for both cases, unless there is a capital in it. */
bool text_find(const struct text *text, struct place at, const char *what, struct place *found);
bool text_find_back(const struct text *text, struct place at, const char *what, struct place *found);
/* The first one at `at` or behind, up to the end. */
bool text_find_at(const struct text *text, struct place at, const char *what, struct place *found);

/* Columns of a line up to a byte, and the byte at a column. */
size_t line_column(const struct line *line, size_t at);
size_t line_at_column(const struct line *line, size_t column);
/* The character at `at`: its bytes; *columns as if it began at `column`. */
size_t line_character(const struct line *line, size_t at, size_t column, uint32_t *character,
                      size_t *columns);
