/*
 * Shell (POSIX.1-2017, volume 3, chapter 2). State: the lowest three bits say what goes on in the next line;
 * of a here-document there are also whether tabs before its end are passed by, whether $ counts in it, and
 * the hash of the word that ends it. Of several here-documents that begin in one line the last is seen.
 */
#include "user/apps/editor/lexer_scan.h"

enum { CODE, SINGLE, DOUBLE, DOCUMENT, COMMAND_GOES_ON };
#define KIND      7u
#define TABS      8u  /* <<- */
#define EXPANDS   16u /* the word was not quoted */
#define HASH_MASK 0xffffff00u

static const char keywords[] =
    " if then elif else fi for while until do done case esac in function select time { } ! [[ ]] ";
static const char opens[] = " if then elif else while until do { ! time "; /* a command follows */
static const char builtins[] =
    " . : [ ] alias bg break cd command continue echo eval exec exit export false fg getopts hash jobs kill "
    "let local printf pwd read readonly return set shift source test times trap true type ulimit umask "
    "unalias unset wait ";

struct shell {
    struct scan *scan;
    bool command;      /* the next word is a command */
    bool assigning;    /* within NAME=value, behind which a command may follow */
    uint32_t document; /* the state that begins behind this line; 0 */
};

static bool is_end_of_word(char c)
{
    return c == 0 || is_blank(c) || strchr(";&|()<>\"'`$\\#", c) != NULL;
}

/* "$name", "${name…}", "$1", "$(": without what is within the brackets of the last. */
static void expansion(struct scan *scan)
{
    size_t from = scan->at++;
    char c = scan_byte(scan, scan->at);
    if (c == '{') {
        const char *end = memchr(scan->text + scan->at, '}', scan->size - scan->at);
        scan->at = end != NULL ? (size_t)(end + 1 - scan->text) : scan->size;
    } else if (is_name_start(c)) {
        scan->at = scan_name_end(scan, scan->at);
    } else if (c != 0 && (is_digit(c) || strchr("@*#?-$!(", c) != NULL)) {
        scan->at++;
    }
    scan_paint(scan, from, STYLE_SPECIAL);
}

/* To the closing '"'; expansions stand out. */
static uint32_t in_double(struct scan *scan)
{
    while (scan->at < scan->size) {
        char c = scan->text[scan->at];
        if (c == '$')
            expansion(scan);
        else
            scan_take(scan, c == '\\' ? 2 : 1, STYLE_STRING);
        if (c == '"')
            return CODE;
    }
    return DOUBLE;
}

static uint32_t in_single(struct scan *scan)
{
    return scan_string(scan, '\'', false) ? CODE : SINGLE;
}

/* ---- here-documents -------------------------------------------------------------------------- */
static uint32_t hash_byte(uint32_t hash, char c) /* FNV-1a */
{
    return (hash ^ (uint8_t)c) * 16777619u;
}

#define HASH_START 2166136261u

static void begin_document(struct shell *shell)
{
    struct scan *scan = shell->scan;
    uint32_t hash = HASH_START, flags = DOCUMENT | EXPANDS;
    scan_take(scan, 2, STYLE_SPECIAL);
    if (scan_byte(scan, scan->at) == '-') {
        scan->at++;
        flags |= TABS;
    }
    scan_blanks(scan);
    size_t from = scan->at;
    for (; scan->at < scan->size; scan->at++) {
        char c = scan->text[scan->at];
        if (c == '\'' || c == '"' || c == '\\')
            flags &= ~EXPANDS;
        else if (is_end_of_word(c))
            break;
        else
            hash = hash_byte(hash, c);
    }
    scan_paint(scan, from, STYLE_STRING);
    if (scan->at > from)
        shell->document = flags | (hash & HASH_MASK);
}

static bool ends_document(const struct scan *scan, uint32_t state)
{
    uint32_t hash = HASH_START;
    size_t at = 0, end = scan->size;
    if (end > 0 && scan->text[end - 1] == '\r')
        end--;
    while ((state & TABS) && at < end && scan->text[at] == '\t')
        at++;
    for (; at < end; at++)
        hash = hash_byte(hash, scan->text[at]);
    return (hash & HASH_MASK) == (state & HASH_MASK);
}

static uint32_t in_document(struct scan *scan, uint32_t state)
{
    if (ends_document(scan, state)) {
        scan_rest(scan, STYLE_SPECIAL);
        return CODE;
    }
    while (scan->at < scan->size)
        if ((state & EXPANDS) && scan->text[scan->at] == '$')
            expansion(scan);
        else
            scan_take(scan, 1, STYLE_STRING);
    return state;
}

/* ---- code ------------------------------------------------------------------------------------ */
static bool is_number(const char *word, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!is_digit(word[i]))
            return false;
    return size > 0;
}

static void word(struct shell *shell)
{
    struct scan *scan = shell->scan;
    size_t from = scan->at, size = scan_name_end(scan, from) - from;
    const char *text = scan->text + from;
    if (shell->command && size > 0 && is_name_start(text[0]) && scan_byte(scan, from + size) == '=') {
        scan_take(scan, size, STYLE_TYPE);
        scan->at++;
        shell->assigning = true;
        shell->command = false;
        return;
    }
    for (size = 0; !is_end_of_word(scan_byte(scan, from + size));)
        size++;
    bool keyword = shell->command && word_in(text, size, keywords);
    enum lexer_style style = keyword || word_in(text, size, " in ")            ? STYLE_KEYWORD
                             : shell->command && word_in(text, size, builtins) ? STYLE_TYPE
                             : is_number(text, size)                           ? STYLE_NUMBER
                                                                               : STYLE_PLAIN;
    scan_take(scan, size > 0 ? size : 1, style);
    shell->command = keyword && word_in(text, size, opens);
}

static bool begins_comment(const struct scan *scan)
{
    return scan->text[scan->at] == '#' &&
           (scan->at == 0 || is_blank(scan->text[scan->at - 1]) || strchr(";&|()", scan->text[scan->at - 1]));
}

static uint32_t quoted(struct shell *shell, char quote)
{
    scan_take(shell->scan, 1, STYLE_STRING);
    shell->command = false;
    return quote == '"' ? in_double(shell->scan) : in_single(shell->scan);
}

static uint32_t token(struct shell *shell)
{
    struct scan *scan = shell->scan;
    char c = scan->text[scan->at];
    if (is_blank(c)) {
        scan->at++;
        shell->command |= shell->assigning;
        shell->assigning = false;
    } else if (begins_comment(scan)) {
        scan_rest(scan, STYLE_COMMENT);
    } else if (c == '"' || c == '\'') {
        return quoted(shell, c);
    } else if (c == '$') {
        expansion(scan);
        shell->command = scan->text[scan->at - 1] == '(';
    } else if (c == '\\') {
        scan->at += scan->at + 1 < scan->size ? 2 : 1;
    } else if (scan_is(scan, "<<") && !scan_is(scan, "<<<")) {
        begin_document(shell);
    } else if (c != 0 && strchr(";&|(`", c) != NULL) {
        scan->at++;
        shell->command = true;
    } else if (c != 0 && strchr(")<>#", c) != NULL) {
        scan->at += scan_is(scan, "<<<") ? 3 : 1;
        shell->command = c == ')';
    } else {
        word(shell);
    }
    return CODE;
}

uint32_t lexer_shell(struct scan *scan, uint32_t state)
{
    struct shell shell = { scan, state == CODE, false, 0 };
    switch (state & KIND) {
    case SINGLE:
        state = in_single(scan);
        break;
    case DOUBLE:
        state = in_double(scan);
        break;
    case DOCUMENT:
        return in_document(scan, state);
    default:
        state = CODE;
    }
    while (scan->at < scan->size)
        state = token(&shell);
    if (state == CODE && shell.document != 0)
        return shell.document;
    return state == CODE && scan_ends_with_backslash(scan) ? COMMAND_GOES_ON : state;
}
