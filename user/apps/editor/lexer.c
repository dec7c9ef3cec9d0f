/* The lexers' common part, and which language a file has: see lexer.h. No locks. */
#include "user/apps/editor/lexer.h"

#include "user/apps/editor/lexer_scan.h"

/* ---- scanning -------------------------------------------------------------------------------- */
void scan_paint(struct scan *scan, size_t from, enum lexer_style style)
{
    if (scan->styles != NULL)
        memset(scan->styles + from, style, scan->at - from);
}

void scan_take(struct scan *scan, size_t count, enum lexer_style style)
{
    size_t from = scan->at;
    scan->at += count < scan->size - from ? count : scan->size - from;
    scan_paint(scan, from, style);
}

void scan_rest(struct scan *scan, enum lexer_style style)
{
    scan_take(scan, scan->size - scan->at, style);
}

void scan_blanks(struct scan *scan)
{
    while (scan->at < scan->size && is_blank(scan->text[scan->at]))
        scan->at++;
}

size_t scan_name_end(const struct scan *scan, size_t at)
{
    while (at < scan->size && is_name(scan->text[at]))
        at++;
    return at;
}

/* As C's "preprocessing number": digits, letters, dots, signs behind an exponent's letter. */
void scan_number(struct scan *scan)
{
    size_t from = scan->at++;
    bool hexadecimal = scan_byte(scan, from) == '0' && (scan_byte(scan, from + 1) | 0x20) == 'x';
    for (; scan->at < scan->size; scan->at++) {
        char c = scan->text[scan->at], before = scan->text[scan->at - 1] | 0x20;
        bool exponent = before == 'p' || (before == 'e' && !hexadecimal);
        if (!is_name(c) && c != '.' && c != '\'' && !((c == '+' || c == '-') && exponent))
            break;
    }
    scan_paint(scan, from, STYLE_NUMBER);
}

bool scan_string(struct scan *scan, char quote, bool escapes)
{
    size_t from = scan->at;
    while (scan->at < scan->size && scan->text[scan->at] != quote)
        scan->at += escapes && scan->text[scan->at] == '\\' && scan->at + 1 < scan->size ? 2 : 1;
    bool closed = scan->at < scan->size;
    scan->at += closed;
    scan_paint(scan, from, STYLE_STRING);
    return closed;
}

bool scan_ends_with_backslash(const struct scan *scan)
{
    size_t end = scan->size;
    if (end > 0 && scan->text[end - 1] == '\r')
        end--;
    return end > 0 && scan->text[end - 1] == '\\';
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool is_in(const char *word, size_t size, const char *list, bool any_case)
{
    for (const char *at = list; *at != 0 && at[1] != 0; at += strcspn(at + 1, " ") + 1) {
        size_t i = 0;
        while (i < size && at[1 + i] == (any_case ? small(word[i]) : word[i]))
            i++;
        if (i == size && at[1 + i] == ' ')
            return true;
    }
    return false;
}

bool word_in(const char *word, size_t size, const char *list)
{
    return size > 0 && is_in(word, size, list, false);
}

bool word_in_any_case(const char *word, size_t size, const char *list)
{
    return size > 0 && is_in(word, size, list, true);
}

/* ---- which language -------------------------------------------------------------------------- */
static const struct {
    const char *name;
    const char *endings, *names;
} languages[LANGUAGES] = {
    [LANGUAGE_PLAIN] = { "", " ", " " },
    [LANGUAGE_C] = { "C", " c h cc hh cpp hpp cxx hxx ", " " },
    [LANGUAGE_ASSEMBLY] = { "Assembly", " asm nasm inc s ", " " },
    [LANGUAGE_SHELL] = { "Shell", " sh bash dash ksh profile shrc bashrc ", " profile shrc " },
    [LANGUAGE_MARKDOWN] = { "Markdown", " md markdown ", " README " },
};

/* "#!/bin/sh", "#!/usr/bin/env bash" */
static bool is_shell_script(const char *line, size_t size)
{
    static const char shells[] = " sh bash dash ksh ash ";
    size_t end = 0;
    if (size < 2 || memcmp(line, "#!", 2) != 0)
        return false;
    for (size_t at = 2; at < size; at = end + 1) {
        for (end = at; end < size && line[end] != '/' && !is_blank(line[end]);)
            end++;
        if (word_in(line + at, end - at, shells))
            return true;
    }
    return false;
}

enum language language_of(const char *path, const char *first_line, size_t size)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.'), *ending = dot != NULL ? dot + 1 : "";
    for (enum language language = LANGUAGE_PLAIN + 1; language < LANGUAGES; language++)
        if (word_in_any_case(ending, strlen(ending), languages[language].endings) ||
            word_in(name, strlen(name), languages[language].names))
            return language;
    return is_shell_script(first_line, size) ? LANGUAGE_SHELL : LANGUAGE_PLAIN;
}

const char *language_name(enum language language)
{
    return languages[language].name;
}

uint64_t lexer_line(enum language language, uint64_t state, const char *text, size_t size, uint8_t *styles)
{
    struct scan scan = { text, size < LEXER_LINE ? size : LEXER_LINE, 0, styles };
    switch (language) {
    case LANGUAGE_C:
        return lexer_c(&scan, (uint32_t)state);
    case LANGUAGE_ASSEMBLY:
        return lexer_assembly(&scan, (uint32_t)state);
    case LANGUAGE_SHELL:
        return lexer_shell(&scan, (uint32_t)state);
    case LANGUAGE_MARKDOWN:
        return lexer_markdown(&scan, state);
    default:
        return 0;
    }
}
