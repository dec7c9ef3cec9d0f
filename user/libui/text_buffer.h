/*
 * Text that is edited: UTF-8 (or any bytes), fast at 10 MB and above, with undo and an index of lines.
 * Used by the text area; a program that wants several views, or none, makes its own.
 *
 *     struct text_buffer *buffer = text_buffer_new();
 *     text_buffer_load(buffer, bytes, size);
 *     text_buffer_insert(buffer, 0, "Hello\n", 6);
 *     text_buffer_undo(buffer, NULL);
 *     text_buffer_end(buffer);
 *
 * Positions are bytes from the beginning, lines count from 0 and end with '\n' (which is not part of what
 * text_buffer_line gives; a '\r' before it is). Positions beyond the end mean the end. A buffer belongs to
 * one thread. Functions that return an int return 0 or -ENOMEM, and then nothing has changed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct text_buffer;

struct text_buffer *text_buffer_new(void); /* empty; NULL: no memory */
void text_buffer_end(struct text_buffer *buffer);
/* All of it becomes these bytes; nothing can be undone, and it counts as saved. */
int text_buffer_load(struct text_buffer *buffer, const char *bytes, size_t size);

size_t text_buffer_size(const struct text_buffer *buffer);
/* The bytes [at, at + size) copied to `to`; how many there were. No 0 is added. */
size_t text_buffer_copy(const struct text_buffer *buffer, size_t at, size_t size, char *to);
/* The byte there; -1: the end. */
int text_buffer_byte(const struct text_buffer *buffer, size_t at);

/* ---- lines ----------------------------------------------------------------------------------- */
size_t text_buffer_lines(const struct text_buffer *buffer); /* at least 1 */
size_t text_buffer_line_start(const struct text_buffer *buffer, size_t line);
size_t text_buffer_line_size(const struct text_buffer *buffer, size_t line); /* without its '\n' */
size_t text_buffer_line_of(const struct text_buffer *buffer, size_t at);
/* A line's bytes in one piece, good until the next call for this buffer. Not ended by a 0. */
const char *text_buffer_line(struct text_buffer *buffer, size_t line, size_t *size);

/* ---- steps ----------------------------------------------------------------------------------- */
/* The next or the last codepoint's or word's beginning. "\r\n" is one step. */
size_t text_buffer_next(const struct text_buffer *buffer, size_t at);
size_t text_buffer_previous(const struct text_buffer *buffer, size_t at);
size_t text_buffer_next_word(const struct text_buffer *buffer, size_t at);
size_t text_buffer_previous_word(const struct text_buffer *buffer, size_t at);

/* ---- changing -------------------------------------------------------------------------------- */
int text_buffer_insert(struct text_buffer *buffer, size_t at, const char *bytes, size_t size);
int text_buffer_remove(struct text_buffer *buffer, size_t at, size_t size);
/* `removed` bytes become others: one change, one step of undo. */
int text_buffer_replace(struct text_buffer *buffer, size_t at, size_t removed, const char *bytes,
                        size_t size);
/* One step of undo, whatever is changed between the two; they nest. */
void text_buffer_group_start(struct text_buffer *buffer);
void text_buffer_group_end(struct text_buffer *buffer);
/* What follows is a new step of undo: letters typed one after the other are one step otherwise. */
void text_buffer_new_step(struct text_buffer *buffer);
/* False: there was nothing. *at (may be NULL): where the cursor belongs now. */
bool text_buffer_undo(struct text_buffer *buffer, size_t *at);
bool text_buffer_redo(struct text_buffer *buffer, size_t *at);
bool text_buffer_can_undo(const struct text_buffer *buffer);
bool text_buffer_can_redo(const struct text_buffer *buffer);
/* Whether it is other than at the last load or text_buffer_saved. */
bool text_buffer_modified(const struct text_buffer *buffer);
void text_buffer_saved(struct text_buffer *buffer);

/* `changed` is called after each change: `removed` bytes at `at` became `added` bytes. At most
   TEXT_BUFFER_LISTENERS; 0 or -ENOSPC. */
#define TEXT_BUFFER_LISTENERS 8u
typedef void (*text_buffer_changed)(struct text_buffer *buffer, size_t at, size_t removed, size_t added,
                                    void *context);
int text_buffer_listen(struct text_buffer *buffer, text_buffer_changed changed, void *context);
void text_buffer_unlisten(struct text_buffer *buffer, text_buffer_changed changed, void *context);

/* ---- finding --------------------------------------------------------------------------------- */
#define TEXT_FIND_NO_CASE   1u /* of ASCII letters */
#define TEXT_FIND_WORD      2u /* whole words */
#define TEXT_FIND_BACKWARDS 4u /* the last one that begins before `from` */
#define TEXT_NOT_FOUND      ((size_t)-1)
/* The first one that begins at `from` or later; TEXT_NOT_FOUND: there is none. It does not go round. */
size_t text_buffer_find(const struct text_buffer *buffer, size_t from, const char *what, size_t size,
                        unsigned flags);
