/* C (ISO/IEC 9899:2018, §6.4) and the words of C++ that are often met. State: what goes on in the next
   line. */
#include "user/apps/editor/lexer_scan.h"

enum { CODE, BLOCK_COMMENT, LINE_COMMENT, STRING };

static const char keywords[] =
    " alignas alignof asm auto break case class const constexpr continue default delete do else enum "
    "extern for goto if inline namespace new operator private protected public register restrict return "
    "sizeof static static_assert struct switch template this thread_local throw try catch typedef "
    "typename typeof union using virtual volatile while _Alignas _Alignof _Atomic _Generic _Noreturn "
    "_Static_assert _Thread_local ";
static const char types[] =
    " bool char double float int long short signed unsigned void FILE _Bool _Complex ";
static const char values[] = " true false NULL nullptr errno ";

static uint32_t block_comment(struct scan *scan)
{
    size_t from = scan->at;
    const char *end = memmem(scan->text + from, scan->size - from, "*/", 2);
    scan->at = end != NULL ? (size_t)(end + 2 - scan->text) : scan->size;
    scan_paint(scan, from, STYLE_COMMENT);
    return end != NULL ? CODE : BLOCK_COMMENT;
}

static uint32_t line_comment(struct scan *scan)
{
    scan_rest(scan, STYLE_COMMENT);
    return scan_ends_with_backslash(scan) ? LINE_COMMENT : CODE;
}

/* A string that is not closed goes on only behind a backslash. */
static uint32_t string(struct scan *scan)
{
    bool closed = scan_string(scan, '"', true);
    return !closed && scan_ends_with_backslash(scan) ? STRING : CODE;
}

static bool is_type(const char *word, size_t size)
{
    return word_in(word, size, types) || (size > 2 && memcmp(word + size - 2, "_t", 2) == 0);
}

static void name(struct scan *scan)
{
    size_t from = scan->at, size = scan_name_end(scan, from) - from;
    const char *word = scan->text + from;
    enum lexer_style style = word_in(word, size, keywords) ? STYLE_KEYWORD
                             : is_type(word, size)         ? STYLE_TYPE
                             : word_in(word, size, values) ? STYLE_NUMBER
                                                           : STYLE_PLAIN;
    scan_take(scan, size, style);
}

/* "#include <stdio.h>", "#define NAME": the word behind '#', and a file's name. */
static void directive(struct scan *scan)
{
    size_t from = scan->at++;
    scan_blanks(scan);
    size_t word = scan->at;
    scan->at = scan_name_end(scan, word);
    scan_paint(scan, from, STYLE_SPECIAL);
    if (!word_in(scan->text + word, scan->at - word, " include embed "))
        return;
    scan_blanks(scan);
    if (scan_byte(scan, scan->at) == '<')
        scan_string(scan, '>', false);
}

static uint32_t token(struct scan *scan)
{
    char c = scan->text[scan->at];
    if (scan_is(scan, "/*")) {
        scan_take(scan, 2, STYLE_COMMENT);
        return block_comment(scan);
    }
    if (scan_is(scan, "//"))
        return line_comment(scan);
    if (c == '"') {
        scan_take(scan, 1, STYLE_STRING);
        return string(scan);
    }
    if (c == '\'') {
        scan_take(scan, 1, STYLE_STRING);
        scan_string(scan, '\'', true);
    } else if (is_digit(c) || (c == '.' && is_digit(scan_byte(scan, scan->at + 1)))) {
        scan_number(scan);
    } else if (is_name_start(c)) {
        name(scan);
    } else {
        scan->at++;
    }
    return CODE;
}

uint32_t lexer_c(struct scan *scan, uint32_t state)
{
    switch (state) {
    case BLOCK_COMMENT:
        state = block_comment(scan);
        break;
    case LINE_COMMENT:
        state = line_comment(scan);
        break;
    case STRING:
        state = string(scan);
        break;
    default:
        scan_blanks(scan);
        state = CODE;
        if (scan_byte(scan, scan->at) == '#')
            directive(scan);
    }
    while (scan->at < scan->size)
        state = token(scan);
    return state;
}
