/* What the parser makes of a command line. Words are as they were written, with quotes and
   expansions in them; expand.c makes fields of them. */
#pragma once

#include <stdbool.h>

struct word {
    const char *text;
    struct word *next;
};

enum redirection_kind {
    REDIRECT_IN,        /* < */
    REDIRECT_OUT,       /* > */
    REDIRECT_CLOBBER,   /* >| */
    REDIRECT_APPEND,    /* >> */
    REDIRECT_BOTH,      /* <> */
    REDIRECT_IN_FD,     /* <& */
    REDIRECT_OUT_FD,    /* >& */
    REDIRECT_ALL,       /* &> */
    REDIRECT_HERE,      /* << and <<- */
    REDIRECT_HERE_WORD, /* <<< */
};

struct redirection {
    enum redirection_kind kind;
    int fd;           /* that is redirected */
    const char *text; /* the word; of a here-document its body */
    bool quoted;      /* a here-document that is taken as it is */
    struct redirection *next;
};

enum node_kind {
    NODE_COMMAND,  /* assignments, words, redirections */
    NODE_PIPE,     /* left | right */
    NODE_AND,      /* left && right */
    NODE_OR,       /* left || right */
    NODE_LIST,     /* left ; right */
    NODE_BACKGROUND, /* left & */
    NODE_NOT,      /* ! left */
    NODE_SUBSHELL, /* ( left ) */
    NODE_GROUP,    /* { left } */
    NODE_IF,       /* if left then right else other */
    NODE_WHILE,    /* while left do right */
    NODE_UNTIL,
    NODE_FOR,      /* for name in words do left */
    NODE_CASE,     /* case text in items */
    NODE_FUNCTION, /* name () left */
};

struct case_item {
    struct word *patterns;
    struct node *body; /* or NULL */
    struct case_item *next;
};

struct node {
    enum node_kind kind;
    struct node *left, *right, *other;
    struct word *assignments, *words; /* of a command; the words of `for` */
    bool has_words;                   /* `for` with `in` */
    const char *name;                 /* `for`, a function, the word of `case` */
    struct case_item *items;
    struct redirection *redirections; /* also of compound commands */
    int line;
};

struct arena;
/* A copy that stays: a function's body. */
struct node *node_copy(const struct node *node);
void node_free(struct node *node);
/* As text for `jobs` and `type`; in the arena. */
char *node_text(struct arena *arena, const struct node *node);
