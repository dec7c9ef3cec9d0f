/*
 * Colours of languages, a line at a time: what a line looks like depends on its bytes and on the state at its
 * beginning alone. Any thread; nothing is kept between calls.
 *
 *     enum language language = language_of("main.c", first_line, size);
 *     uint64_t state = 0;                                        at the text's beginning
 *     state = lexer_line(language, state, text, size, styles);   for each line: the next one's state
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum language { LANGUAGE_PLAIN, LANGUAGE_C, LANGUAGE_ASSEMBLY, LANGUAGE_SHELL, LANGUAGE_MARKDOWN, LANGUAGES };
/* Styles: indices of the text area's colours, 0 is plain. */
enum lexer_style {
    STYLE_PLAIN, STYLE_KEYWORD, STYLE_TYPE, STYLE_STRING, STYLE_NUMBER, STYLE_COMMENT, STYLE_SPECIAL, STYLES
};
#define LEXER_LINE ((size_t)64 << 10) /* of longer lines only so much is looked at */

/* By the file's name, else by a first line that begins with "#!". */
enum language language_of(const char *path, const char *first_line, size_t size);
const char *language_name(enum language language); /* for the status line: "C" */
/* `styles`: one for each of the `size` bytes, 0 before; NULL: only the state is wanted. Any bytes are
   borne. */
uint64_t lexer_line(enum language language, uint64_t state, const char *text, size_t size, uint8_t *styles);
