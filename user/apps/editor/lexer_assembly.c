/* Assembly as NASM reads it (its manual, chapters 3 to 6). No line depends on the one before. */
#include "user/apps/editor/lexer_scan.h"

static const char directives[] =
    " absolute align alignb at bits common cpu db dd default do dq dt dw dy dz endstruc equ extern float "
    "global iend incbin istruc org required resb resd reso resq rest resw resy resz sect section segment "
    "static struc times use16 use32 use64 ";
/* What may stand behind a label without a colon. */
static const char data[] = " db dd do dq dt dw dy dz equ resb resd reso resq rest resw resy resz times ";
static const char prefixes[] =
    " lock rep repe repne repnz repz xacquire xrelease bnd o16 o32 o64 a16 a32 a64 ";
static const char operands[] = " byte word dword qword tword oword yword zword ptr short near far rel abs "
                               "strict nosplit to ";
static const char registers[] =
    " al ah ax eax rax bl bh bx ebx rbx cl ch cx ecx rcx dl dh dx edx rdx sil si esi rsi dil di edi rdi bpl "
    "bp ebp rbp spl sp esp rsp ip eip rip cs ds es fs gs ss cr0 cr2 cr3 cr4 cr8 dr0 dr1 dr2 dr3 dr6 dr7 ";

/* A name of NASM: also '.', '$', '@', '#', '?', '~' within. */
static size_t name_end(const struct scan *scan, size_t at)
{
    while (at < scan->size && (is_name(scan->text[at]) || strchr(".$@#?~", scan->text[at]) != NULL) &&
           scan->text[at] != 0)
        at++;
    return at;
}

/* `before` in small letters, a number, perhaps a size: "xmm12", "r8d". */
static bool is_numbered(const char *word, size_t size, const char *before)
{
    size_t at = 0;
    for (; before[at] != 0; at++)
        if (at >= size || (word[at] | 0x20) != before[at])
            return false;
    size_t digits = at;
    while (at < size && is_digit(word[at]))
        at++;
    return at > digits && at - digits <= 2 && (at == size || (size - at == 1 && strchr("bwdBWD", word[at])));
}

static bool is_register(const char *word, size_t size)
{
    return word_in_any_case(word, size, registers) || is_numbered(word, size, "r") ||
           is_numbered(word, size, "st") || is_numbered(word, size, "mm") ||
           is_numbered(word, size, "xmm") || is_numbered(word, size, "ymm") || is_numbered(word, size, "zmm");
}

static size_t next_word(const struct scan *scan, size_t at, size_t *size)
{
    while (at < scan->size && is_blank(scan->text[at]))
        at++;
    *size = name_end(scan, at) - at;
    return at;
}

/* Is the word that ends at `end` a label? */
static bool is_label(const struct scan *scan, size_t end)
{
    size_t size, next = next_word(scan, end, &size);
    return scan_byte(scan, end) == ':' || word_in_any_case(scan->text + next, size, data);
}

/* *first: the next word of the line is its instruction. */
static void name(struct scan *scan, bool *first)
{
    size_t from = scan->at, size = name_end(scan, from) - from;
    const char *word = scan->text + from;
    enum lexer_style style = STYLE_PLAIN;
    bool again = false; /* one more instruction follows */
    if (word_in_any_case(word, size, directives)) {
        style = STYLE_SPECIAL;
        again = *first && word_in_any_case(word, size, " times ");
    } else if (*first && is_label(scan, from + size)) {
        style = STYLE_TYPE;
        again = true;
    } else if (*first) {
        style = STYLE_KEYWORD;
        again = word_in_any_case(word, size, prefixes);
    } else if (is_register(word, size)) {
        style = STYLE_NUMBER;
    } else if (word_in_any_case(word, size, operands)) {
        style = STYLE_SPECIAL;
    }
    *first = again;
    scan_take(scan, size, style);
}

static void token(struct scan *scan, bool *first)
{
    char c = scan->text[scan->at];
    if (c == ';') {
        scan_rest(scan, STYLE_COMMENT);
    } else if (c == '\'' || c == '"' || c == '`') {
        scan_take(scan, 1, STYLE_STRING);
        scan_string(scan, c, c == '`');
    } else if (is_digit(c) || (c == '$' && is_digit(scan_byte(scan, scan->at + 1)))) {
        scan_number(scan);
        *first = false;
    } else if (c == '%') {
        size_t from = scan->at++;
        scan->at += scan_byte(scan, scan->at) == '%';
        scan->at = scan_name_end(scan, scan->at);
        scan_paint(scan, from, scan->at - from > 1 ? STYLE_SPECIAL : STYLE_PLAIN);
        *first = *first && scan_byte(scan, scan->at) == ':'; /* a label within a macro */
    } else if (is_name_start(c) || c == '.' || c == '?' || c == '@') {
        name(scan, first);
    } else {
        scan->at++;
    }
}

uint32_t lexer_assembly(struct scan *scan, uint32_t state)
{
    bool first = true;
    (void)state;
    while (scan->at < scan->size)
        token(scan, &first);
    return 0;
}
