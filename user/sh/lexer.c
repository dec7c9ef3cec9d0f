#include "user/sh/lexer.h"

#include <ctype.h>
#include <string.h>

#include "user/sh/sh.h"

static int get(struct lexer *lexer)
{
    return input_get(lexer->input);
}

static void unget(struct lexer *lexer, int c)
{
    input_unget(lexer->input, c);
}

/* `next` follows: taken. */
static bool follows(struct lexer *lexer, int next)
{
    int c = get(lexer);

    if (c == next)
        return true;
    unget(lexer, c);
    return false;
}

/* ---- words ----------------------------------------------------------------------------------- */

static void unterminated(const char *what)
{
    fail_line(2, "unterminated %s", what);
}

static void take_single(struct lexer *lexer, struct buffer *word)
{
    int c;

    while ((c = get(lexer)) != '\'') {
        if (c == EOF)
            unterminated("single quotes");
        buffer_add(word, (char)c);
    }
    buffer_add(word, '\'');
}

/* $'…': a backslash may hide a quote. */
static void take_dollar_single(struct lexer *lexer, struct buffer *word)
{
    int c;

    while ((c = get(lexer)) != '\'') {
        if (c == EOF)
            unterminated("$'…'");
        buffer_add(word, (char)c);
        if (c == '\\' && (c = get(lexer)) != EOF)
            buffer_add(word, (char)c);
    }
    buffer_add(word, '\'');
}

static void take_dollar(struct lexer *lexer, struct buffer *word, bool in_double);

static void take_backquote(struct lexer *lexer, struct buffer *word)
{
    int c;

    while ((c = get(lexer)) != '`') {
        if (c == EOF)
            unterminated("backquotes");
        buffer_add(word, (char)c);
        if (c == '\\' && (c = get(lexer)) != EOF)
            buffer_add(word, (char)c);
    }
    buffer_add(word, '`');
}

static void take_double(struct lexer *lexer, struct buffer *word)
{
    int c;

    while ((c = get(lexer)) != '"') {
        if (c == EOF)
            unterminated("double quotes");
        buffer_add(word, (char)c);
        if (c == '\\') {
            if ((c = get(lexer)) != EOF)
                buffer_add(word, (char)c);
        } else if (c == '$') {
            take_dollar(lexer, word, true);
        } else if (c == '`') {
            take_backquote(lexer, word);
        }
    }
    buffer_add(word, '"');
}

bool ends_with_command(const char *text, size_t length, const char *name)
{
    static const char *const before[] = {"then",  "do",   "else", "if", "while",
                                         "until", "elif", "in",   "!"};
    size_t size = strlen(name), at = length;

    if (at < size || strncmp(text + at - size, name, size) != 0)
        return false;
    at -= size;
    if (at > 0 && !strchr(" \t\n;|&({)", text[at - 1]))
        return false;
    while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'))
        at--;
    if (at == 0 || strchr("\n;|&({)", text[at - 1]))
        return true;
    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
        size_t known = strlen(before[i]);

        if (at >= known && strncmp(text + at - known, before[i], known) == 0)
            return true;
    }
    return false;
}

/* Up to the closing parenthesis of $(, with what is quoted and nested in between. Inside a `case` a
   lone one ends a pattern. */
static void take_commands(struct lexer *lexer, struct buffer *word)
{
    size_t from = word->length, cases = 0;

    for (int depth = 1;;) {
        int c = get(lexer);

        if (c == EOF)
            unterminated("$(…)");
        if (strchr(" \t\n;)", c)) {
            if (c != ')' && ends_with_command(word->text + from, word->length - from, "case"))
                cases++;
            else if (cases && ends_with_command(word->text + from, word->length - from, "esac"))
                cases--;
        }
        buffer_add(word, (char)c);
        if (c == '\\') {
            if ((c = get(lexer)) != EOF)
                buffer_add(word, (char)c);
        } else if (c == '\'') {
            take_single(lexer, word);
        } else if (c == '"') {
            take_double(lexer, word);
        } else if (c == '`') {
            take_backquote(lexer, word);
        } else if (c == '$') {
            take_dollar(lexer, word, false);
        } else if (c == '(') {
            depth++;
        } else if (c == ')' && !(cases && depth == 1) && --depth == 0) {
            return;
        }
    }
}

/* ${…}: single quotes inside double ones are plain characters there. */
static void take_brace(struct lexer *lexer, struct buffer *word, bool in_double)
{
    for (;;) {
        int c = get(lexer);

        if (c == EOF)
            unterminated("${…}");
        buffer_add(word, (char)c);
        if (c == '}')
            return;
        if (c == '\\') {
            if ((c = get(lexer)) != EOF)
                buffer_add(word, (char)c);
        } else if (c == '\'' && !in_double) {
            take_single(lexer, word);
        } else if (c == '"') {
            take_double(lexer, word);
        } else if (c == '`') {
            take_backquote(lexer, word);
        } else if (c == '$') {
            take_dollar(lexer, word, in_double);
        }
    }
}

/* $( … ): its commands may have comments with lone parentheses; quotes hide those. */
static void take_dollar(struct lexer *lexer, struct buffer *word, bool in_double)
{
    int c = get(lexer);

    if (c == '(') {
        buffer_add(word, '(');
        take_commands(lexer, word);
    } else if (c == '{') {
        buffer_add(word, '{');
        take_brace(lexer, word, in_double);
    } else if (c == '\'' && !in_double) {
        buffer_add(word, '\'');
        take_dollar_single(lexer, word);
    } else {
        unget(lexer, c);
    }
}

static bool ends_word(int c)
{
    return c == EOF || strchr(" \t\n;&|<>()", c);
}

static void take_word(struct lexer *lexer, int c)
{
    struct buffer word = buffer_in(lexer->arena);

    lexer->plain = true;
    for (; !ends_word(c) || c == '\0'; c = get(lexer)) {
        if (c == '\0')
            continue;
        if (c == '\\') {
            int next = get(lexer);

            if (next == '\n')
                continue;
            lexer->plain = false;
            buffer_add(&word, '\\');
            if (next == EOF)
                break;
            buffer_add(&word, (char)next);
            continue;
        }
        buffer_add(&word, (char)c);
        if (!strchr("'\"`$", c))
            continue;
        lexer->plain = false;
        if (c == '\'')
            take_single(lexer, &word);
        else if (c == '"')
            take_double(lexer, &word);
        else if (c == '`')
            take_backquote(lexer, &word);
        else
            take_dollar(lexer, &word, false);
    }
    unget(lexer, c);
    lexer->kind = TOKEN_WORD;
    lexer->text = word.text;
    if ((c == '<' || c == '>') && lexer->plain && word.length
        && strspn(word.text, "0123456789") == word.length)
        lexer->kind = TOKEN_NUMBER;
}

/* ---- operators ------------------------------------------------------------------------------- */

static void take_less(struct lexer *lexer)
{
    lexer->kind = TOKEN_REDIRECT;
    lexer->strip_tabs = false;
    lexer->redirection = REDIRECT_IN;
    if (follows(lexer, '<')) {
        lexer->redirection = REDIRECT_HERE;
        if (follows(lexer, '<'))
            lexer->redirection = REDIRECT_HERE_WORD;
        else
            lexer->strip_tabs = follows(lexer, '-');
    } else if (follows(lexer, '&')) {
        lexer->redirection = REDIRECT_IN_FD;
    } else if (follows(lexer, '>')) {
        lexer->redirection = REDIRECT_BOTH;
    }
}

static void take_greater(struct lexer *lexer)
{
    lexer->kind = TOKEN_REDIRECT;
    lexer->redirection = REDIRECT_OUT;
    if (follows(lexer, '>'))
        lexer->redirection = REDIRECT_APPEND;
    else if (follows(lexer, '&'))
        lexer->redirection = REDIRECT_OUT_FD;
    else if (follows(lexer, '|'))
        lexer->redirection = REDIRECT_CLOBBER;
}

static void take_and(struct lexer *lexer)
{
    lexer->kind = TOKEN_BACKGROUND;
    if (follows(lexer, '&')) {
        lexer->kind = TOKEN_AND;
    } else if (follows(lexer, '>')) {
        lexer->kind = TOKEN_REDIRECT;
        lexer->redirection = REDIRECT_ALL;
    }
}

/* ---- here-documents -------------------------------------------------------------------------- */

void lexer_here(struct lexer *lexer, struct redirection *redirection, const char *end)
{
    struct here *here = arena_alloc(lexer->arena, sizeof(*here)), **at = &lexer->here;

    *here = (struct here){redirection, end, lexer->strip_tabs, NULL};
    while (*at)
        at = &(*at)->next;
    *at = here;
}

static bool read_line(struct lexer *lexer, struct buffer *line)
{
    int c;

    *line = buffer_in(lexer->arena);
    while ((c = get(lexer)) != EOF && c != '\n')
        buffer_add(line, (char)c);
    return c != EOF || line->length;
}

static void read_body(struct lexer *lexer, struct here *here)
{
    struct buffer body = buffer_in(lexer->arena), line;

    while (read_line(lexer, &line)) {
        const char *text = line.text;

        if (here->strip_tabs)
            text += strspn(text, "\t");
        if (strcmp(text, here->end) == 0)
            break;
        buffer_string(&body, text);
        buffer_add(&body, '\n');
    }
    here->redirection->text = body.text;
}

static void read_bodies(struct lexer *lexer)
{
    struct here *here = lexer->here;

    lexer->here = NULL;
    for (; here; here = here->next)
        read_body(lexer, here);
}

/* ---- tokens ---------------------------------------------------------------------------------- */

static int skip_blanks(struct lexer *lexer)
{
    for (;;) {
        int c = get(lexer);

        if (c == '\\') {
            int next = get(lexer);

            if (next == '\n')
                continue;
            unget(lexer, next);
            return c;
        }
        if (c == '#') {
            while (c != '\n' && c != EOF)
                c = get(lexer);
            return c;
        }
        if (c != ' ' && c != '\t' && c != '\r' && c != '\0')
            return c;
    }
}

void lexer_next(struct lexer *lexer)
{
    int c = skip_blanks(lexer);

    lexer->text = "";
    lexer->plain = false;
    switch (c) {
    case EOF:
        lexer->kind = TOKEN_END;
        if (lexer->here)
            read_bodies(lexer);
        break;
    case '\n':
        lexer->kind = TOKEN_NEWLINE;
        read_bodies(lexer);
        break;
    case ';':
        lexer->kind = follows(lexer, ';') ? TOKEN_CASE_END : TOKEN_SEMI;
        break;
    case '&':
        take_and(lexer);
        break;
    case '|':
        lexer->kind = follows(lexer, '|') ? TOKEN_OR : TOKEN_PIPE;
        break;
    case '(':
        lexer->kind = TOKEN_LEFT;
        break;
    case ')':
        lexer->kind = TOKEN_RIGHT;
        break;
    case '<':
        take_less(lexer);
        break;
    case '>':
        take_greater(lexer);
        break;
    default:
        take_word(lexer, c);
    }
}

const char *lexer_describe(const struct lexer *lexer)
{
    switch (lexer->kind) {
    case TOKEN_END:
        return "the end";
    case TOKEN_NEWLINE:
        return "the end of the line";
    case TOKEN_AND:
        return "&&";
    case TOKEN_OR:
        return "||";
    case TOKEN_SEMI:
        return ";";
    case TOKEN_CASE_END:
        return ";;";
    case TOKEN_BACKGROUND:
        return "&";
    case TOKEN_PIPE:
        return "|";
    case TOKEN_LEFT:
        return "(";
    case TOKEN_RIGHT:
        return ")";
    case TOKEN_REDIRECT:
        return "a redirection";
    default:
        return lexer->text;
    }
}
