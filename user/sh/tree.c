/* Trees that stay (functions' bodies), and trees as text. */
#include "user/sh/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/sh/arena.h"

/* ---- copies ---------------------------------------------------------------------------------- */

static const char *copy_text(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

static struct word *copy_words(const struct word *word)
{
    struct word *copy;

    if (!word)
        return NULL;
    copy = xmalloc(sizeof(*copy));
    *copy = (struct word){copy_text(word->text), copy_words(word->next)};
    return copy;
}

static struct redirection *copy_redirections(const struct redirection *redirection)
{
    struct redirection *copy;

    if (!redirection)
        return NULL;
    copy = xmalloc(sizeof(*copy));
    *copy = *redirection;
    copy->text = copy_text(redirection->text);
    copy->next = copy_redirections(redirection->next);
    return copy;
}

static struct case_item *copy_items(const struct case_item *item)
{
    struct case_item *copy;

    if (!item)
        return NULL;
    copy = xmalloc(sizeof(*copy));
    *copy = (struct case_item){copy_words(item->patterns), node_copy(item->body),
                               copy_items(item->next)};
    return copy;
}

struct node *node_copy(const struct node *node)
{
    struct node *copy;

    if (!node)
        return NULL;
    copy = xmalloc(sizeof(*copy));
    *copy = *node;
    copy->left = node_copy(node->left);
    copy->right = node_copy(node->right);
    copy->other = node_copy(node->other);
    copy->assignments = copy_words(node->assignments);
    copy->words = copy_words(node->words);
    copy->name = copy_text(node->name);
    copy->items = copy_items(node->items);
    copy->redirections = copy_redirections(node->redirections);
    return copy;
}

static void free_words(struct word *word)
{
    while (word) {
        struct word *next = word->next;

        free((void *)word->text);
        free(word);
        word = next;
    }
}

static void free_redirections(struct redirection *redirection)
{
    while (redirection) {
        struct redirection *next = redirection->next;

        free((void *)redirection->text);
        free(redirection);
        redirection = next;
    }
}

void node_free(struct node *node)
{
    if (!node)
        return;
    node_free(node->left);
    node_free(node->right);
    node_free(node->other);
    free_words(node->assignments);
    free_words(node->words);
    free((void *)node->name);
    while (node->items) {
        struct case_item *item = node->items;

        node->items = item->next;
        free_words(item->patterns);
        node_free(item->body);
        free(item);
    }
    free_redirections(node->redirections);
    free(node);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void add_words(struct buffer *text, const struct word *word, const char *before)
{
    for (; word; word = word->next, before = " ") {
        buffer_string(text, before);
        buffer_string(text, word->text);
    }
}

static void add_redirections(struct buffer *text, const struct redirection *redirection)
{
    static const char *const operators[] = {"<",  ">",  ">|", ">>", "<>",
                                            "<&", ">&", "&>", "<<", "<<<"};
    char number[16];

    for (; redirection; redirection = redirection->next) {
        snprintf(number, sizeof(number), " %d", redirection->fd);
        buffer_string(text, redirection->fd > 1 ? number : " ");
        buffer_string(text, operators[redirection->kind]);
        buffer_string(text, redirection->kind == REDIRECT_HERE ? "…" : redirection->text);
    }
}

static void add_node(struct buffer *text, const struct node *node);

static void add_three(struct buffer *text, const char *first, const struct node *node,
                      const char *last)
{
    buffer_string(text, first);
    add_node(text, node);
    buffer_string(text, last);
}

static void add_pair(struct buffer *text, const struct node *node, const char *between)
{
    add_node(text, node->left);
    add_three(text, between, node->right, "");
}

static void add_if(struct buffer *text, const struct node *node)
{
    add_three(text, "if ", node->left, "; then ");
    add_node(text, node->right);
    if (node->other)
        add_three(text, "; else ", node->other, "");
    buffer_string(text, "; fi");
}

static void add_case(struct buffer *text, const struct node *node)
{
    buffer_string(text, "case ");
    buffer_string(text, node->name);
    buffer_string(text, " in");
    for (const struct case_item *item = node->items; item; item = item->next) {
        buffer_add(text, ' ');
        for (const struct word *word = item->patterns; word; word = word->next) {
            buffer_string(text, word->text);
            buffer_string(text, word->next ? "|" : ")");
        }
        if (item->body)
            add_three(text, " ", item->body, "");
        buffer_string(text, ";;");
    }
    buffer_string(text, " esac");
}

static void add_node(struct buffer *text, const struct node *node)
{
    if (!node)
        return;
    switch (node->kind) {
    case NODE_COMMAND:
        add_words(text, node->assignments, "");
        add_words(text, node->words, node->assignments ? " " : "");
        break;
    case NODE_PIPE:
        add_pair(text, node, " | ");
        break;
    case NODE_AND:
        add_pair(text, node, " && ");
        break;
    case NODE_OR:
        add_pair(text, node, " || ");
        break;
    case NODE_LIST:
        add_pair(text, node, "; ");
        break;
    case NODE_BACKGROUND:
        add_three(text, "", node->left, " &");
        break;
    case NODE_NOT:
        add_three(text, "! ", node->left, "");
        break;
    case NODE_SUBSHELL:
        add_three(text, "(", node->left, ")");
        break;
    case NODE_GROUP:
        add_three(text, "{ ", node->left, "; }");
        break;
    case NODE_IF:
        add_if(text, node);
        break;
    case NODE_WHILE:
    case NODE_UNTIL:
        add_three(text, node->kind == NODE_WHILE ? "while " : "until ", node->left, "; do ");
        add_three(text, "", node->right, "; done");
        break;
    case NODE_FOR:
        buffer_string(text, "for ");
        buffer_string(text, node->name);
        add_words(text, node->words, " in ");
        add_three(text, "; do ", node->left, "; done");
        break;
    case NODE_CASE:
        add_case(text, node);
        break;
    case NODE_FUNCTION:
        buffer_string(text, node->name);
        add_three(text, "() ", node->left, "");
        break;
    }
    add_redirections(text, node->redirections);
}

char *node_text(struct arena *arena, const struct node *node)
{
    struct buffer text = buffer_in(arena);

    add_node(&text, node);
    return text.text;
}
