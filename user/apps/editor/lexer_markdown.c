/*
 * Markdown (CommonMark 0.31). State: the upper half says whether a block of code is open, with which fence
 * and in which language; the lower half is that language's own state. A comment of HTML may go on, too.
 */
#include "user/apps/editor/lexer_scan.h"

#define OPEN           ((uint64_t)1 << 32)
#define TILDES         ((uint64_t)1 << 33)
#define COMMENT        ((uint64_t)1 << 34)
#define LENGTH_SHIFT   36 /* five bits */
#define LANGUAGE_SHIFT 42 /* three bits */
#define LENGTH_MOST    31u
#define LOOK_AHEAD     1024u /* bytes, for what closes something: a line costs its length times this */

static size_t count_of(const struct scan *scan, size_t at, char c)
{
    size_t count = 0;
    while (at + count < scan->size && scan->text[at + count] == c)
        count++;
    return count;
}

static size_t looked_at(const struct scan *scan)
{
    return scan->size - scan->at < LOOK_AHEAD ? scan->size : scan->at + LOOK_AHEAD;
}

static size_t indent_of(const struct scan *scan)
{
    return count_of(scan, 0, ' ');
}

/* ---- blocks of code -------------------------------------------------------------------------- */
static enum language language_said(const struct scan *scan, size_t at)
{
    char name[32] = "x.";
    size_t size = 0;
    while (at < scan->size && is_blank(scan->text[at]))
        at++;
    for (; size < sizeof(name) - 3 && at + size < scan->size && is_name(scan->text[at + size]); size++)
        name[2 + size] = scan->text[at + size];
    return language_of(name, "", 0);
}

/* The state that a line which opens a block gives; 0: it does not. */
static uint64_t opened(const struct scan *scan)
{
    size_t at = indent_of(scan);
    char c = scan_byte(scan, at);
    size_t count = c == '`' || c == '~' ? count_of(scan, at, c) : 0;
    if (at > 3 || count < 3 || (c == '`' && memchr(scan->text + at + count, '`', scan->size - at - count) !=
        NULL)) return 0;
    uint64_t length = count < LENGTH_MOST ? count : LENGTH_MOST;
    uint64_t language = language_said(scan, at + count);
    return OPEN | (c == '~' ? TILDES : 0) | length << LENGTH_SHIFT | language << LANGUAGE_SHIFT;
}

static bool closes(const struct scan *scan, uint64_t state)
{
    size_t at = indent_of(scan), count = count_of(scan, at, state & TILDES ? '~' : '`');
    if (at > 3 || count < (state >> LENGTH_SHIFT & LENGTH_MOST))
        return false;
    for (at += count; at < scan->size; at++)
        if (!is_blank(scan->text[at]))
            return false;
    return true;
}

static uint64_t in_block(struct scan *scan, uint64_t state)
{
    enum language language = (enum language)(state >> LANGUAGE_SHIFT & 7);
    if (closes(scan, state)) {
        scan_rest(scan, STYLE_COMMENT);
        return 0;
    }
    if (language == LANGUAGE_PLAIN || language == LANGUAGE_MARKDOWN)
        return state;
    uint64_t inner = lexer_line(language, state & 0xffffffff, scan->text, scan->size, scan->styles);
    return (state & ~(uint64_t)0xffffffff) | inner;
}

/* ---- within a paragraph ---------------------------------------------------------------------- */
static uint64_t comment(struct scan *scan)
{
    size_t from = scan->at;
    const char *end = memmem(scan->text + from, scan->size - from, "-->", 3);
    scan->at = end != NULL ? (size_t)(end + 3 - scan->text) : scan->size;
    scan_paint(scan, from, STYLE_COMMENT);
    return end != NULL ? 0 : COMMENT;
}

/* `code`: closed by as many backticks as opened it; else they are plain. */
static void code_span(struct scan *scan)
{
    size_t from = scan->at, count = count_of(scan, from, '`'), end = looked_at(scan), here;
    for (size_t at = from + count; at < end; at += here > 0 ? here : 1) {
        here = count_of(scan, at, '`');
        if (here == count) {
            scan_take(scan, at + count - from, STYLE_STRING);
            return;
        }
    }
    scan->at += count;
}

/* *so*, **so**, _so_: up to the same signs, which stand behind no blank. */
static void emphasis(struct scan *scan)
{
    size_t from = scan->at;
    char c = scan->text[from];
    size_t count = count_of(scan, from, c), end = looked_at(scan), here;
    bool inner = c == '_' && from > 0 && is_name(scan->text[from - 1]);
    scan->at += count;
    if (count > 3 || inner || scan->at >= scan->size || is_blank(scan->text[scan->at]))
        return;
    for (size_t at = scan->at; at < end; at += here > 0 ? here : 1) {
        here = count_of(scan, at, c);
        if (here == count && !is_blank(scan->text[at - 1])) {
            scan->at = at + count;
            scan_paint(scan, from, STYLE_NUMBER);
            return;
        }
    }
}

/* [text](address), [text][name]; what is no link is left plain. */
static void link(struct scan *scan)
{
    size_t from = scan->at;
    const char *end = memchr(scan->text + from, ']', looked_at(scan) - from);
    size_t text = end != NULL ? (size_t)(end - scan->text) + 1 - from : 0;
    char c = scan_byte(scan, from + text), close = c == '(' ? ')' : ']';
    if (text == 0 || (c != '(' && c != '[')) {
        scan->at++;
        return;
    }
    scan_take(scan, text, STYLE_TYPE);
    scan_take(scan, 1, STYLE_STRING);
    scan_string(scan, close, false);
}

static uint64_t inline_token(struct scan *scan)
{
    char c = scan->text[scan->at];
    if (scan_is(scan, "<!--"))
        return comment(scan);
    if (c == '`')
        code_span(scan);
    else if (c == '*' || c == '_')
        emphasis(scan);
    else if (c == '[')
        link(scan);
    else
        scan->at += c == '\\' && scan->at + 1 < scan->size ? 2 : 1;
    return 0;
}

/* ---- a line's beginning ---------------------------------------------------------------------- */
/* "- ", "* ", "+ ", "1. ", and "> " in any number. */
static void markers(struct scan *scan)
{
    for (;;) {
        scan_blanks(scan);
        size_t at = scan->at;
        if (scan_byte(scan, at) == '>') {
            scan_take(scan, 1, STYLE_COMMENT);
            continue;
        }
        while (at < scan->size && is_digit(scan->text[at]) && at - scan->at < 9)
            at++;
        char c = scan_byte(scan, at), next = scan_byte(scan, at + 1);
        bool number = at > scan->at && (c == '.' || c == ')');
        bool bullet = at == scan->at && (c == '-' || c == '*' || c == '+');
        if ((!number && !bullet) || !is_blank(next)) {
            return;
        }
        scan_take(scan, at + 1 - scan->at, STYLE_SPECIAL);
    }
}

static bool is_heading(const struct scan *scan)
{
    size_t at = indent_of(scan), count = count_of(scan, at, '#');
    char next = scan_byte(scan, at + count);
    return at <= 3 && count >= 1 && count <= 6 && (next == 0 || is_blank(next));
}

uint64_t lexer_markdown(struct scan *scan, uint64_t state)
{
    uint64_t open = state & OPEN ? 0 : opened(scan);
    if (state & OPEN)
        return in_block(scan, state);
    if (state & COMMENT) {
        state = comment(scan);
    } else if (open != 0) {
        scan_rest(scan, STYLE_COMMENT);
        return open;
    } else if (is_heading(scan)) {
        scan_rest(scan, STYLE_KEYWORD);
    } else {
        markers(scan);
    }
    while (scan->at < scan->size)
        state = inline_token(scan);
    return state & COMMENT;
}
