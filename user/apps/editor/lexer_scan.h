/* What the lexers have in common: a place in a line, words, numbers, strings. Not for others. */
#pragma once

#include <stdbool.h>
#include <string.h>

#include "user/apps/editor/lexer.h"

struct scan {
    const char *text;
    size_t size, at;
    uint8_t *styles; /* NULL: not wanted */
};

/* The byte there, or 0. */
static inline char scan_byte(const struct scan *scan, size_t at)
{
    return at < scan->size ? scan->text[at] : 0;
}

static inline bool scan_is(const struct scan *scan, const char *what)
{
    size_t size = strlen(what);
    return scan->size - scan->at >= size && memcmp(scan->text + scan->at, what, size) == 0;
}

static inline bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What a name may begin with; bytes above ASCII may. */
static inline bool is_name_start(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

static inline bool is_name(char c)
{
    return is_name_start(c) || is_digit(c);
}

/* The bytes from `from` to scan->at get a style. */
void scan_paint(struct scan *scan, size_t from, enum lexer_style style);
void scan_take(struct scan *scan, size_t count, enum lexer_style style); /* that many bytes, or to the end */
void scan_rest(struct scan *scan, enum lexer_style style);
void scan_blanks(struct scan *scan);
size_t scan_name_end(const struct scan *scan, size_t at); /* behind the name that begins at `at` */
void scan_number(struct scan *scan);
/* To the closing quote, or to the end of the line. `escapes`: '\' and the next byte are passed by. True: it
   was closed. */
bool scan_string(struct scan *scan, char quote, bool escapes);
bool scan_ends_with_backslash(const struct scan *scan);
/* Whether the word is in a list with blanks between and around its words, such as " if else ". */
bool word_in(const char *word, size_t size, const char *list);
bool word_in_any_case(const char *word, size_t size, const char *list); /* the list's are small letters */

uint32_t lexer_c(struct scan *scan, uint32_t state);
uint32_t lexer_assembly(struct scan *scan, uint32_t state);
uint32_t lexer_shell(struct scan *scan, uint32_t state);
uint64_t lexer_markdown(struct scan *scan, uint64_t state);
