/* Variables, functions and aliases, each a list: a shell has some dozens. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/sh/sh.h"

struct variable {
    char *name, *value; /* value NULL: it has flags, and is not set */
    unsigned flags;
    struct variable *next;
};

/* What a function's `local` hid. */
struct hidden {
    struct variable saved; /* name NULL: the end of a function's */
    bool was_there;
    struct hidden *next;
};

static struct variable *variables;
static struct hidden *hidden;

/* ---- names ----------------------------------------------------------------------------------- */

size_t name_length(const char *text)
{
    size_t length = 0;

    if (isdigit((unsigned char)text[0]))
        return 0;
    while (isalnum((unsigned char)text[length]) || text[length] == '_')
        length++;
    return length;
}

bool is_name(const char *text)
{
    return *text && text[name_length(text)] == '\0';
}

/* ---- variables ------------------------------------------------------------------------------- */

static struct variable **find(const char *name)
{
    struct variable **at = &variables;

    while (*at && strcmp((*at)->name, name) < 0)
        at = &(*at)->next;
    return at;
}

static struct variable *found(const char *name)
{
    struct variable *variable = *find(name);

    return variable && strcmp(variable->name, name) == 0 ? variable : NULL;
}

const char *variable_get(const char *name)
{
    const struct variable *variable = found(name);

    return variable ? variable->value : NULL;
}

static struct variable *make(const char *name)
{
    struct variable **at = find(name), *variable = *at;

    if (variable && strcmp(variable->name, name) == 0)
        return variable;
    variable = xmalloc(sizeof(*variable));
    *variable = (struct variable){.name = xstrdup(name), .next = *at};
    *at = variable;
    return variable;
}

int variable_set(const char *name, const char *value, unsigned flags)
{
    struct variable *variable = make(name);

    if (value && variable->flags & VARIABLE_READONLY) {
        complain("%s: is read only", name);
        return 1;
    }
    if (value) {
        char *copy = xstrdup(value);

        free(variable->value);
        variable->value = copy;
    }
    variable->flags |= flags | (shell.all_export && value ? VARIABLE_EXPORT : 0);
    return 0;
}

static void remove_variable(struct variable *variable)
{
    *find(variable->name) = variable->next;
    free(variable->name);
    free(variable->value);
    free(variable);
}

int variable_unset(const char *name)
{
    struct variable *variable = found(name);

    if (!variable)
        return 0;
    if (variable->flags & VARIABLE_READONLY) {
        complain("%s: is read only", name);
        return 1;
    }
    remove_variable(variable);
    return 0;
}

void variables_init(char **environment)
{
    for (; *environment; environment++) {
        size_t length = name_length(*environment);

        if (length == 0 || (*environment)[length] != '=')
            continue;
        char *name = xstrdup(*environment);

        name[length] = '\0';
        (void)variable_set(name, name + length + 1, VARIABLE_EXPORT);
        free(name);
    }
    (void)variable_set("IFS", " \t\n", 0);
    (void)variable_set("OPTIND", "1", 0);
    if (!variable_get("PATH"))
        (void)variable_set("PATH", "/bin:/usr/bin", VARIABLE_EXPORT);
    if (!variable_get("PS1"))
        (void)variable_set("PS1", "\\w \\$ ", 0);
    if (!variable_get("PS2"))
        (void)variable_set("PS2", "> ", 0);
    if (!variable_get("PS4"))
        (void)variable_set("PS4", "+ ", 0);
}

char **variables_environment(struct arena *arena)
{
    struct fields fields = {0};

    for (const struct variable *variable = variables; variable; variable = variable->next) {
        if (!(variable->flags & VARIABLE_EXPORT) || !variable->value)
            continue;
        struct buffer line = buffer_in(arena);

        buffer_string(&line, variable->name);
        buffer_add(&line, '=');
        buffer_string(&line, variable->value);
        fields_add(arena, &fields, line.text);
    }
    if (!fields.at)
        fields.at = arena_alloc(arena, sizeof(char *));
    return fields.at;
}

/* In single quotes, as the shell would read it again. */
static void print_quoted(const char *text)
{
    putchar('\'');
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*text);
    }
    putchar('\'');
}

void variables_print(unsigned flags, const char *word)
{
    for (const struct variable *variable = variables; variable; variable = variable->next) {
        if ((variable->flags & flags) != flags || (!flags && !variable->value))
            continue;
        printf("%s%s%s", word ? word : "", word ? " " : "", variable->name);
        if (variable->value) {
            putchar('=');
            print_quoted(variable->value);
        }
        putchar('\n');
    }
}

const char *ifs(void)
{
    const char *value = variable_get("IFS");

    return value ? value : " \t\n";
}

/* ---- local ----------------------------------------------------------------------------------- */

void variables_push(void)
{
    struct hidden *mark = xmalloc(sizeof(*mark));

    *mark = (struct hidden){.next = hidden};
    hidden = mark;
}

int variable_make_local(const char *name)
{
    struct hidden *entry = xmalloc(sizeof(*entry));
    const struct variable *variable = found(name);

    *entry = (struct hidden){.saved.name = xstrdup(name), .next = hidden};
    if (variable) {
        entry->was_there = true;
        entry->saved.value = variable->value ? xstrdup(variable->value) : NULL;
        entry->saved.flags = variable->flags;
    }
    hidden = entry;
    return 0;
}

static void bring_back(struct hidden *entry)
{
    struct variable *variable;

    if (!entry->was_there) {
        variable = found(entry->saved.name);
        if (variable)
            remove_variable(variable);
        free(entry->saved.name);
        return;
    }
    variable = make(entry->saved.name);
    free(variable->value);
    variable->value = entry->saved.value;
    variable->flags = entry->saved.flags;
    free(entry->saved.name);
}

void variables_pop(void)
{
    for (bool more = true; more && hidden;) {
        struct hidden *entry = hidden;

        hidden = entry->next;
        more = entry->saved.name != NULL;
        if (more)
            bring_back(entry);
        free(entry);
    }
}

/* ---- functions ------------------------------------------------------------------------------- */

struct function {
    char *name;
    struct node *body;
    struct function *next;
};

static struct function *functions;

static struct function **find_function(const char *name)
{
    struct function **at = &functions;

    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    return at;
}

const struct node *function_find(const char *name)
{
    const struct function *function = *find_function(name);

    return function ? function->body : NULL;
}

/* An old body is kept: it may be running. */
void function_define(const char *name, const struct node *body)
{
    struct function **at = find_function(name);

    if (!*at) {
        *at = xmalloc(sizeof(**at));
        **at = (struct function){.name = xstrdup(name)};
    } else if (shell.function_depth == 0) {
        node_free((*at)->body);
    }
    (*at)->body = node_copy(body);
}

bool function_unset(const char *name)
{
    struct function **at = find_function(name), *function = *at;

    if (!function)
        return false;
    *at = function->next;
    if (shell.function_depth == 0)
        node_free(function->body);
    free(function->name);
    free(function);
    return true;
}

/* ---- aliases --------------------------------------------------------------------------------- */

struct alias {
    char *name, *value;
    struct alias *next;
};

static struct alias *aliases;

static struct alias **find_alias(const char *name)
{
    struct alias **at = &aliases;

    while (*at && strcmp((*at)->name, name) != 0)
        at = &(*at)->next;
    return at;
}

const char *alias_find(const char *name)
{
    const struct alias *alias = *find_alias(name);

    return alias ? alias->value : NULL;
}

void alias_set(const char *name, const char *value)
{
    struct alias **at = find_alias(name);

    if (!*at) {
        *at = xmalloc(sizeof(**at));
        **at = (struct alias){.name = xstrdup(name)};
    } else {
        free((*at)->value);
    }
    (*at)->value = xstrdup(value);
}

bool alias_unset(const char *name)
{
    struct alias **at = find_alias(name), *alias = *at;

    if (!alias)
        return false;
    *at = alias->next;
    free(alias->name);
    free(alias->value);
    free(alias);
    return true;
}

void alias_print(const char *name)
{
    for (const struct alias *alias = aliases; alias; alias = alias->next) {
        if (name && strcmp(name, alias->name) != 0)
            continue;
        printf("alias %s=", alias->name);
        print_quoted(alias->value);
        putchar('\n');
    }
}
