/* How a text is indented: guessed from its first lines. Any thread; nothing is kept. */
#pragma once

#include "user/libui/text_buffer.h"

#define INDENT_USUAL 4 /* where the text does not say */

/* Spaces of a step, 2 to 8; 0: a tab. `path`: a Makefile wants tabs when its text does not say. */
int indent_guess(struct text_buffer *buffer, const char *path);
