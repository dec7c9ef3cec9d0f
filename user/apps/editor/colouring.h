/*
 * The colours of a text that is edited: keeps the lexer's state at the beginning of each line, and looks
 * again only at what a change has made another. One thread; it goes along with the buffer's changes by
 itself. *
 *     struct colouring *colouring = colouring_new(buffer);
 *     colouring_set_language(colouring, LANGUAGE_C);
 *     if (!colouring_line(colouring, line, styles, size)) … colouring_step by a timer, then draw again …
 *     colouring_end(colouring);                                 before the buffer's end
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "user/apps/editor/lexer.h"
#include "user/libui/text_buffer.h"

struct colouring;

struct colouring *colouring_new(struct text_buffer *buffer); /* plain; NULL: no memory */
void colouring_end(struct colouring *colouring);
void colouring_set_language(struct colouring *colouring, enum language language);
enum language colouring_language(const struct colouring *colouring);
/* The styles of a line's `size` bytes. False: lines before it have to be looked at first, more than is done
   at once; the styles are a guess then. */
bool colouring_line(struct colouring *colouring, size_t line, uint8_t *styles, size_t size);
/* A slice of what colouring_line asked for. False: it is done. */
bool colouring_step(struct colouring *colouring);
/* The state at a line's beginning, when it is known to be right: for tests. */
bool colouring_state(const struct colouring *colouring, size_t line, uint64_t *state);
