/* Characters to tokens. Words keep their quotes and expansions: only where they end is found here.
 */
#pragma once

#include <stdbool.h>

#include "user/sh/arena.h"
#include "user/sh/tree.h"

struct input;

enum token_kind {
    TOKEN_END,     /* of the input */
    TOKEN_NEWLINE,
    TOKEN_WORD,
    TOKEN_NUMBER,  /* digits right before < or > */
    TOKEN_AND,     /* && */
    TOKEN_OR,      /* || */
    TOKEN_SEMI,
    TOKEN_CASE_END, /* ;; */
    TOKEN_BACKGROUND,
    TOKEN_PIPE,
    TOKEN_LEFT,    /* ( */
    TOKEN_RIGHT,   /* ) */
    TOKEN_REDIRECT,
};

struct lexer {
    struct arena *arena;
    struct input *input;
    enum token_kind kind; /* of the token at hand */
    const char *text;     /* of a word or number */
    bool plain;           /* the word has no quotes: it may be a reserved word or an alias */
    enum redirection_kind redirection;
    bool strip_tabs;      /* <<- */
    /* Here-documents whose bodies come behind the next newline. */
    struct here {
        struct redirection *redirection;
        const char *end;
        bool strip_tabs;
        struct here *next;
    } *here;
};

void lexer_next(struct lexer *lexer);
/* Does the word `name` end the text, in a place where a command begins? */
bool ends_with_command(const char *text, size_t length, const char *name);
void lexer_here(struct lexer *lexer, struct redirection *redirection, const char *end);
/* "'<<'" and the like, for messages. */
const char *lexer_describe(const struct lexer *lexer);
