/* Tokens to a tree, by recursive descent (POSIX.1-2017, XCU 2.10). */
#include <string.h>

#include "user/sh/lexer.h"
#include "user/sh/sh.h"

#define DEPTH_MAX 200 /* of commands in commands */

struct parser {
    struct lexer lexer;
    int depth;
};

static struct node *parse_list(struct parser *parser, bool multiline);
static struct node *parse_pipeline(struct parser *parser);

static struct node *new_node(struct parser *parser, enum node_kind kind)
{
    struct node *node = arena_alloc(parser->lexer.arena, sizeof(*node));

    node->kind = kind;
    node->line = parser->lexer.input->line;
    return node;
}

static struct node *join(struct parser *parser, enum node_kind kind, struct node *left,
                         struct node *right)
{
    struct node *node = new_node(parser, kind);

    node->left = left;
    node->right = right;
    return node;
}

static void advance(struct parser *parser)
{
    lexer_next(&parser->lexer);
}

static enum token_kind kind(const struct parser *parser)
{
    return parser->lexer.kind;
}

static void __attribute__((noreturn)) unexpected(struct parser *parser)
{
    fail_line(2, "line %d: %s is not expected here", parser->lexer.input->line,
              lexer_describe(&parser->lexer));
}

static bool is_word(const struct parser *parser, const char *word)
{
    return kind(parser) == TOKEN_WORD && parser->lexer.plain
           && strcmp(parser->lexer.text, word) == 0;
}

static void expect_word(struct parser *parser, const char *word)
{
    if (!is_word(parser, word))
        unexpected(parser);
    advance(parser);
}

static bool is_reserved(const struct parser *parser)
{
    static const char *const words[] = {"then", "else", "elif", "fi", "do", "done", "esac", "}"};

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (is_word(parser, words[i]))
            return true;
    return false;
}

static void skip_newlines(struct parser *parser)
{
    parser->lexer.input->continued = true;
    while (kind(parser) == TOKEN_NEWLINE)
        advance(parser);
}

/* ---- redirections ---------------------------------------------------------------------------- */

static int default_fd(enum redirection_kind kind)
{
    switch (kind) {
    case REDIRECT_OUT:
    case REDIRECT_CLOBBER:
    case REDIRECT_APPEND:
    case REDIRECT_OUT_FD:
    case REDIRECT_ALL:
        return 1;
    default:
        return 0;
    }
}

/* A here-document's end with its quotes gone. */
static const char *unquote(struct arena *arena, const char *text, bool *quoted)
{
    struct buffer plain = buffer_in(arena);
    char in = 0;

    *quoted = strpbrk(text, "'\"\\") != NULL;
    for (; *text; text++) {
        if (*text == in) {
            in = 0;
        } else if (!in && (*text == '\'' || *text == '"')) {
            in = *text;
        } else {
            if (*text == '\\' && in != '\'' && text[1])
                text++;
            buffer_add(&plain, *text);
        }
    }
    return plain.text;
}

static struct redirection *parse_redirection(struct parser *parser)
{
    struct lexer *lexer = &parser->lexer;
    struct redirection *redirection = arena_alloc(lexer->arena, sizeof(*redirection));
    int fd = -1;

    if (lexer->kind == TOKEN_NUMBER) {
        fd = 0;
        for (const char *digit = lexer->text; *digit; digit++)
            fd = fd < 100000 ? fd * 10 + (*digit - '0') : fd;
        advance(parser);
    }
    redirection->kind = lexer->redirection;
    redirection->fd = fd >= 0 ? fd : default_fd(lexer->redirection);
    advance(parser);
    if (lexer->kind != TOKEN_WORD && lexer->kind != TOKEN_NUMBER)
        unexpected(parser);
    redirection->text = lexer->text;
    if (redirection->kind == REDIRECT_HERE)
        lexer_here(lexer, redirection,
                   unquote(lexer->arena, lexer->text, &redirection->quoted));
    advance(parser);
    return redirection;
}

static bool is_redirection(const struct parser *parser)
{
    return kind(parser) == TOKEN_REDIRECT || kind(parser) == TOKEN_NUMBER;
}

static struct redirection *parse_redirections(struct parser *parser)
{
    struct redirection *first = NULL, **end = &first;

    while (is_redirection(parser)) {
        *end = parse_redirection(parser);
        end = &(*end)->next;
    }
    return first;
}

/* ---- simple commands ------------------------------------------------------------------------- */

static bool is_assignment(const char *text)
{
    size_t length = name_length(text);

    return length > 0 && text[length] == '=';
}

static struct word *new_word(struct parser *parser, const char *text)
{
    struct word *word = arena_alloc(parser->lexer.arena, sizeof(*word));

    word->text = text;
    return word;
}

/* An alias's text takes the place of the word. Not for a word that came of that same alias. */
static bool expand_alias(struct parser *parser)
{
    static const char *last;
    const char *value = parser->lexer.plain ? alias_find(parser->lexer.text) : NULL;
    struct input *input = parser->lexer.input;

    if (!value || last == value)
        return false;
    last = value;
    input_insert(input, parser->lexer.arena, value);
    advance(parser);
    return true;
}

static struct node *parse_function(struct parser *parser, const char *name);

static struct node *parse_simple(struct parser *parser)
{
    struct node *node = new_node(parser, NODE_COMMAND);
    struct word **assignments = &node->assignments, **words = &node->words;
    struct redirection **redirections = &node->redirections;
    bool any = false;

    if (kind(parser) == TOKEN_WORD)
        while (expand_alias(parser) && kind(parser) == TOKEN_WORD)
            ;
    for (;; any = true) {
        if (is_redirection(parser)) {
            *redirections = parse_redirection(parser);
            redirections = &(*redirections)->next;
        } else if (kind(parser) == TOKEN_WORD) {
            struct word *word = new_word(parser, parser->lexer.text);
            bool plain = parser->lexer.plain;

            advance(parser);
            if (!node->words && is_assignment(word->text)) {
                *assignments = word;
                assignments = &word->next;
                continue;
            }
            if (!node->words && kind(parser) == TOKEN_LEFT && plain && !node->assignments)
                return parse_function(parser, word->text);
            *words = word;
            words = &word->next;
        } else if (any) {
            return node;
        } else {
            unexpected(parser);
        }
    }
}

/* ---- compound commands ----------------------------------------------------------------------- */

static struct node *parse_body(struct parser *parser, const char *end)
{
    struct node *body = parse_list(parser, true);

    expect_word(parser, end);
    return body;
}

static struct node *parse_if(struct parser *parser)
{
    struct node *node = new_node(parser, NODE_IF);

    node->left = parse_list(parser, true);
    expect_word(parser, "then");
    node->right = parse_list(parser, true);
    if (is_word(parser, "elif")) {
        advance(parser);
        node->other = parse_if(parser);
        return node;
    }
    if (is_word(parser, "else")) {
        advance(parser);
        node->other = parse_list(parser, true);
    }
    expect_word(parser, "fi");
    return node;
}

static struct node *parse_loop(struct parser *parser, enum node_kind loop)
{
    struct node *node = new_node(parser, loop);

    node->left = parse_list(parser, true);
    expect_word(parser, "do");
    node->right = parse_body(parser, "done");
    return node;
}

static struct word *parse_words(struct parser *parser)
{
    struct word *first = NULL, **end = &first;

    while (kind(parser) == TOKEN_WORD) {
        *end = new_word(parser, parser->lexer.text);
        end = &(*end)->next;
        advance(parser);
    }
    return first;
}

static struct node *parse_for(struct parser *parser)
{
    struct node *node = new_node(parser, NODE_FOR);

    if (kind(parser) != TOKEN_WORD || !is_name(parser->lexer.text))
        unexpected(parser);
    node->name = parser->lexer.text;
    advance(parser);
    skip_newlines(parser);
    if (is_word(parser, "in")) {
        advance(parser);
        node->has_words = true;
        node->words = parse_words(parser);
    }
    if (kind(parser) == TOKEN_SEMI)
        advance(parser);
    skip_newlines(parser);
    expect_word(parser, "do");
    node->left = parse_body(parser, "done");
    return node;
}

static struct case_item *parse_case_item(struct parser *parser)
{
    struct case_item *item = arena_alloc(parser->lexer.arena, sizeof(*item));
    struct word **end = &item->patterns;

    if (kind(parser) == TOKEN_LEFT)
        advance(parser);
    for (;;) {
        if (kind(parser) != TOKEN_WORD && kind(parser) != TOKEN_NUMBER)
            unexpected(parser);
        *end = new_word(parser, parser->lexer.text);
        end = &(*end)->next;
        advance(parser);
        if (kind(parser) != TOKEN_PIPE)
            break;
        advance(parser);
    }
    if (kind(parser) != TOKEN_RIGHT)
        unexpected(parser);
    advance(parser);
    skip_newlines(parser);
    if (kind(parser) != TOKEN_CASE_END && !is_word(parser, "esac"))
        item->body = parse_list(parser, true);
    if (kind(parser) == TOKEN_CASE_END)
        advance(parser);
    skip_newlines(parser);
    return item;
}

static struct node *parse_case(struct parser *parser)
{
    struct node *node = new_node(parser, NODE_CASE);
    struct case_item **end = &node->items;

    if (kind(parser) != TOKEN_WORD)
        unexpected(parser);
    node->name = parser->lexer.text;
    advance(parser);
    skip_newlines(parser);
    expect_word(parser, "in");
    skip_newlines(parser);
    while (!is_word(parser, "esac")) {
        *end = parse_case_item(parser);
        end = &(*end)->next;
    }
    advance(parser);
    return node;
}

static struct node *parse_subshell(struct parser *parser)
{
    struct node *node = new_node(parser, NODE_SUBSHELL);

    node->left = parse_list(parser, true);
    if (kind(parser) != TOKEN_RIGHT)
        unexpected(parser);
    advance(parser);
    return node;
}

static struct node *parse_group(struct parser *parser)
{
    struct node *node = new_node(parser, NODE_GROUP);

    node->left = parse_body(parser, "}");
    return node;
}

/* A compound command whose first word is at hand; NULL: it is none. */
static struct node *parse_compound(struct parser *parser)
{
    static const struct {
        const char *word;
        struct node *(*parse)(struct parser *);
    } kinds[] = {{"if", parse_if}, {"for", parse_for}, {"case", parse_case}, {"{", parse_group}};

    if (kind(parser) == TOKEN_LEFT) {
        advance(parser);
        return parse_subshell(parser);
    }
    if (is_word(parser, "while") || is_word(parser, "until")) {
        bool until = is_word(parser, "until");

        advance(parser);
        return parse_loop(parser, until ? NODE_UNTIL : NODE_WHILE);
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!is_word(parser, kinds[i].word))
            continue;
        advance(parser);
        return kinds[i].parse(parser);
    }
    return NULL;
}

static struct node *parse_command_node(struct parser *parser)
{
    struct node *node;

    if (++parser->depth > DEPTH_MAX)
        fail_line(2, "line %d: commands nested deeper than %d", parser->lexer.input->line,
                  DEPTH_MAX);
    if (is_reserved(parser))
        unexpected(parser);
    node = parse_compound(parser);
    if (node)
        node->redirections = parse_redirections(parser);
    else
        node = parse_simple(parser);
    parser->depth--;
    return node;
}

/* NAME was read, and its left parenthesis is at hand. */
static struct node *parse_function(struct parser *parser, const char *name)
{
    struct node *node = new_node(parser, NODE_FUNCTION);

    if (!is_name(name))
        fail_line(2, "line %d: %s: not a name for a function", parser->lexer.input->line, name);
    advance(parser);
    if (kind(parser) != TOKEN_RIGHT)
        unexpected(parser);
    advance(parser);
    skip_newlines(parser);
    node->name = name;
    node->left = parse_command_node(parser);
    return node;
}

/* ---- pipelines and lists --------------------------------------------------------------------- */

static struct node *parse_pipeline(struct parser *parser)
{
    struct node *node;

    if (is_word(parser, "!")) {
        advance(parser);
        return join(parser, NODE_NOT, parse_pipeline(parser), NULL);
    }
    node = parse_command_node(parser);
    while (kind(parser) == TOKEN_PIPE) {
        advance(parser);
        skip_newlines(parser);
        node = join(parser, NODE_PIPE, node, parse_command_node(parser));
    }
    return node;
}

static struct node *parse_and_or(struct parser *parser)
{
    struct node *node = parse_pipeline(parser);

    while (kind(parser) == TOKEN_AND || kind(parser) == TOKEN_OR) {
        enum node_kind both = kind(parser) == TOKEN_AND ? NODE_AND : NODE_OR;

        advance(parser);
        skip_newlines(parser);
        node = join(parser, both, node, parse_pipeline(parser));
    }
    return node;
}

static bool ends_list(const struct parser *parser)
{
    return kind(parser) == TOKEN_END || kind(parser) == TOKEN_RIGHT
           || kind(parser) == TOKEN_CASE_END || is_reserved(parser);
}

/* Several lines (inside a compound command), or what stands in one. */
static struct node *parse_list(struct parser *parser, bool multiline)
{
    struct node *list = NULL;

    if (multiline)
        skip_newlines(parser);
    for (;;) {
        struct node *node = parse_and_or(parser);
        bool more = false;

        if (kind(parser) == TOKEN_BACKGROUND) {
            node = join(parser, NODE_BACKGROUND, node, NULL);
            advance(parser);
            more = true;
        } else if (kind(parser) == TOKEN_SEMI) {
            advance(parser);
            more = true;
        }
        if (multiline && kind(parser) == TOKEN_NEWLINE) {
            skip_newlines(parser);
            more = true;
        }
        list = list ? join(parser, NODE_LIST, list, node) : node;
        if (!more || ends_list(parser) || (!multiline && kind(parser) == TOKEN_NEWLINE))
            return list;
    }
}

struct node *parse_command(struct arena *arena, struct input *input, bool *ended)
{
    struct parser parser = {.lexer = {.arena = arena, .input = input}};
    struct node *list;

    *ended = false;
    input->continued = false;
    advance(&parser);
    if (kind(&parser) == TOKEN_END) {
        *ended = true;
        return NULL;
    }
    if (kind(&parser) == TOKEN_NEWLINE)
        return NULL;
    input->continued = true;
    list = parse_list(&parser, false);
    if (kind(&parser) != TOKEN_NEWLINE && kind(&parser) != TOKEN_END)
        unexpected(&parser);
    return list;
}
