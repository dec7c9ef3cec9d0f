/*
 * edit: a full-screen text editor.
 *
 *     text.c      the lines, and every change of them; each can be taken back
 *     file.c      reading and writing files
 *     terminal.c  keys and the size of the screen
 *     screen.c    what is seen
 *     main.c      what keys do
 *
 * A position is a line and a byte in it. Text is UTF-8; bytes that are none stay what they are.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct place {
    size_t row, at; /* line, byte in it */
};

/* ---- text.c ---------------------------------------------------------------------------------- */

struct line {
    char *bytes;
    size_t size, room;
};

struct text {
    struct line *lines; /* at least one */
    size_t count, room;
    bool changed;
};

extern struct text text;

void *enlarge(void *at, size_t size); /* never NULL */
void text_clear(void);
/* Bytes, line breaks among them, at a place; where they end. */
struct place text_insert(struct place place, const char *bytes, size_t size);
/* So many bytes, a line break is one. */
void text_delete(struct place place, size_t size);
/* Changes from here on are taken back together. */
void text_step(struct place cursor);
/* The last step, back or again; false: there is none. *cursor: where it was. */
bool text_undo(struct place *cursor);
bool text_redo(struct place *cursor);
void text_forget(void); /* what could be taken back */
/* The next place of a word from `from` on, round the end. */
bool text_find(const char *word, struct place from, struct place *found);

/* ---- UTF-8 ----------------------------------------------------------------------------------- */

/* The bytes of the character at `at`, 1 to 4, and its code; -1: it is none. */
size_t character_at(const struct line *line, size_t at, long *code);
size_t character_before(const struct line *line, size_t at); /* where it begins */
/* How many columns it takes at that column. */
size_t character_columns(long code, size_t column);
size_t column_of(const struct line *line, size_t at);
size_t at_column(const struct line *line, size_t column);

/* ---- file.c ---------------------------------------------------------------------------------- */

/* 0 or an error number. A file that is not there is an empty text. */
int file_read(const char *path, bool *is_new);
int file_write(const char *path, size_t *bytes);

/* ---- terminal.c ------------------------------------------------------------------------------ */

enum key {
    KEY_UP = 0x110000,
    KEY_DOWN,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_HOME,
    KEY_END,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_DELETE,
    KEY_WORD_LEFT,
    KEY_WORD_RIGHT,
    KEY_TOP,
    KEY_BOTTOM,
    KEY_ESCAPE,
    KEY_RESIZED,
    KEY_GONE,
};

#define CONTROL(letter) ((letter)&31)

bool terminal_begin(void);
void terminal_end(void);
void terminal_size(size_t *rows, size_t *columns);
/* A character's bytes (in `bytes`, terminated, with its first as the value) or one of enum key. */
int terminal_key(char bytes[5]);
void terminal_put(const char *bytes, size_t size);

/* ---- screen.c -------------------------------------------------------------------------------- */

struct view {
    const char *name; /* of the file, or NULL */
    struct place cursor;
    size_t top, left; /* first line, first column that is seen */
    char message[256];
};

size_t screen_text_rows(void);
/* prompt: in place of the message, with the cursor behind it; NULL: none. */
void screen_draw(struct view *view, const char *prompt);
