/*
 * Expansions (POSIX XCU 2.6). A word is gone through once; what comes of it is text in which each
 * byte is marked: QUOTED bytes are neither split nor part of a pattern, SPLIT ones came of an
 * expansion and may be split. Then the marks decide about fields and globbing.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/sh/lexer.h"
#include "user/sh/sh.h"

#define PLAIN  0
#define QUOTED 1
#define SPLIT  2

/* What is being made of a word. */
struct result {
    struct arena *arena;
    struct buffer text, marks;
    bool quoted;       /* there were quotes: an empty field is one */
    bool fields;       /* "$@" may end a field */
    struct fields *to; /* where fields that "$@" ends go */
};

static void expand_text(struct result *result, const char *text, size_t length, bool in_double);
static void finish_field(struct result *result);

static void put(struct result *result, char c, int mark)
{
    buffer_add(&result->text, c);
    buffer_add(&result->marks, (char)mark);
}

static void put_string(struct result *result, const char *text, int mark)
{
    for (; *text; text++)
        put(result, *text, mark);
}

static void restart(struct result *result)
{
    result->text = buffer_in(result->arena);
    result->marks = buffer_in(result->arena);
    result->quoted = false;
}

/* ---- fields ---------------------------------------------------------------------------------- */

void fields_add(struct arena *arena, struct fields *fields, char *text)
{
    if (fields->count + 1 >= fields->room) {
        int room = fields->room ? fields->room * 2 : 8;
        char **at = arena_alloc(arena, (size_t)room * sizeof(*at));

        if (fields->count)
            memcpy(at, fields->at, (size_t)fields->count * sizeof(*at));
        fields->at = at;
        fields->room = room;
    }
    fields->at[fields->count++] = text;
    fields->at[fields->count] = NULL;
}

/* ---- parameters ------------------------------------------------------------------------------ */

static char *number_text(struct arena *arena, long number)
{
    char text[24];

    snprintf(text, sizeof(text), "%ld", number);
    return arena_string(arena, text);
}

/* "$*" and, where it makes one word, "$@". */
static char *joined_words(struct arena *arena, const char *between)
{
    struct buffer all = buffer_in(arena);

    for (int i = 0; i < shell.word_count; i++) {
        if (i && *between)
            buffer_add(&all, *between);
        buffer_string(&all, shell.words[i]);
    }
    return all.text;
}

static char *option_letters(struct arena *arena)
{
    struct buffer letters = buffer_in(arena);
    const struct {
        bool on;
        char letter;
    } options[] = {
        {shell.all_export, 'a'}, {shell.exit_on_error, 'e'}, {shell.no_glob, 'f'},
        {shell.interactive, 'i'}, {shell.job_control, 'm'}, {shell.no_unset, 'u'},
        {shell.verbose, 'v'}, {shell.trace, 'x'}, {shell.no_clobber, 'C'},
    };

    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (options[i].on)
            buffer_add(&letters, options[i].letter);
    return letters.text;
}

/* The value of a parameter; NULL: it is not set. */
static const char *parameter(struct arena *arena, const char *name)
{
    if (isdigit((unsigned char)*name)) {
        long number = strtol(name, NULL, 10);

        if (number == 0)
            return shell.name;
        return number <= shell.word_count ? shell.words[number - 1] : NULL;
    }
    switch (*name) {
    case '?':
        return number_text(arena, shell.status);
    case '$':
        return number_text(arena, shell.pid);
    case '!':
        return shell.last_background ? number_text(arena, shell.last_background) : NULL;
    case '#':
        return number_text(arena, shell.word_count);
    case '-':
        return option_letters(arena);
    case '*':
        return shell.word_count ? joined_words(arena, ifs()) : NULL;
    case '@':
        return shell.word_count ? joined_words(arena, " ") : NULL;
    default:
        return variable_get(name);
    }
}

static bool is_special(char c)
{
    return c && strchr("?$!#-*@", c);
}

static const char *set_or_fail(const char *name, const char *value)
{
    if (!value && shell.no_unset && !strchr("*@", *name))
        fail_line(2, "%s: is not set", name);
    return value;
}

/* "$@": fields of their own, when fields are wanted. */
static void put_all_words(struct result *result)
{
    result->quoted |= shell.word_count > 0;
    for (int i = 0; i < shell.word_count; i++) {
        if (i && result->fields) {
            finish_field(result);
            result->quoted = true;
        } else if (i) {
            put(result, ' ', QUOTED);
        }
        put_string(result, shell.words[i], QUOTED);
    }
}

/* $* and $@ without quotes: each word by itself, and split. */
static void put_split_words(struct result *result)
{
    for (int i = 0; i < shell.word_count; i++) {
        if (i && result->fields)
            finish_field(result);
        else if (i)
            put(result, ' ', SPLIT);
        put_string(result, shell.words[i], SPLIT);
    }
}

static void put_parameter(struct result *result, const char *name, bool in_double)
{
    if (strcmp(name, "@") == 0 && in_double) {
        put_all_words(result);
        return;
    }
    if ((*name == '@' || *name == '*') && !in_double) {
        put_split_words(result);
        return;
    }
    const char *value = set_or_fail(name, parameter(result->arena, name));

    if (value)
        put_string(result, value, in_double ? QUOTED : SPLIT);
}

/* ---- ${…} ------------------------------------------------------------------------------------ */

/* The text's end at the brace that closes it. */
static const char *brace_end(const char *at)
{
    for (int depth = 1; *at; at++) {
        if (*at == '\\' && at[1]) {
            at++;
        } else if (*at == '\'' || *at == '"') {
            char quote = *at;

            while (at[1] && *++at != quote)
                if (*at == '\\' && quote == '"' && at[1])
                    at++;
        } else if (at[0] == '$' && at[1] == '{') {
            depth++;
            at++;
        } else if (*at == '}' && --depth == 0) {
            break;
        }
    }
    return at;
}

/* ${NAME#PATTERN} and its like: what is left of the value. */
static char *cut_pattern(struct arena *arena, const char *value, const char *pattern, bool suffix,
                         bool longest)
{
    size_t length = strlen(value);

    for (size_t i = 0; i <= length; i++) {
        size_t size = longest ? length - i : i;
        const char *part = suffix ? value + length - size : arena_copy(arena, value, size);

        if (pattern_matches(pattern, part))
            return suffix ? arena_copy(arena, value, length - size)
                          : arena_string(arena, value + size);
    }
    return arena_string(arena, value);
}

static char *copy_expanded(struct arena *arena, const char *text, size_t length)
{
    return expand_to_one(arena, arena_copy(arena, text, length));
}

static void complain_unset(struct result *result, const char *name, const char *text, size_t length)
{
    if (length)
        fail_line(2, "%s: %s", name, copy_expanded(result->arena, text, length));
    fail_line(2, "%s: is not set", name);
}

/* Behind the name: an operator and its word, up to the brace at `end`. */
static void put_operated(struct result *result, const char *name, const char *at, const char *end,
                         bool in_double)
{
    const char *value = parameter(result->arena, name);
    bool colon = *at == ':', there = value && !(colon && !*value);
    char operator = at[colon];
    const char *word = at + colon + 1;
    size_t length = (size_t)(end - word);

    if (colon && (!operator || !strchr("-=?+", operator)))
        fail_line(2, "${%s%.*s}: not known", name, (int)(end - at), at);
    if ((operator == '#' || operator == '%') && !colon) {
        bool twice = word < end && *word == operator;
        char *pattern = expand_pattern(result->arena,
                                       arena_copy(result->arena, word + twice, length - twice));

        value = set_or_fail(name, value);
        if (value)
            put_string(result, cut_pattern(result->arena, value, pattern, operator == '%', twice),
                       in_double ? QUOTED : SPLIT);
        return;
    }
    switch (operator) {
    case '-':
        if (there)
            put_parameter(result, name, in_double);
        else
            expand_text(result, word, length, in_double);
        return;
    case '+':
        if (there)
            expand_text(result, word, length, in_double);
        return;
    case '=':
        if (!there) {
            if (!is_name(name))
                fail_line(2, "%s: cannot be assigned to", name);
            if (variable_set(name, copy_expanded(result->arena, word, length), 0))
                fail_line(2, "%s: is read only", name);
        }
        put_parameter(result, name, in_double);
        return;
    case '?':
        if (!there)
            complain_unset(result, name, word, length);
        put_parameter(result, name, in_double);
        return;
    default:
        fail_line(2, "${%s%.*s}: not known", name, (int)(end - at), at);
    }
}

static size_t parameter_length(const char *at)
{
    size_t length = name_length(at);

    if (length)
        return length;
    if (isdigit((unsigned char)*at))
        return strspn(at, "0123456789");
    return is_special(*at) ? 1 : 0;
}

/* `at` behind "${". Where the text goes on. */
static const char *put_brace(struct result *result, const char *at, bool in_double)
{
    const char *end = brace_end(at);
    bool length_wanted = *at == '#' && at[1] != '}' && !strchr("-=?+:%#", at[1]);
    size_t length;

    if (*end != '}')
        fail_line(2, "unterminated ${…}");
    if (length_wanted)
        at++;
    length = parameter_length(at);
    if (!length || (length_wanted && at[length] != '}'))
        fail_line(2, "${%.*s}: not known", (int)(end - at), at);
    char *name = arena_copy(result->arena, at, length);

    if (length_wanted) {
        const char *value = set_or_fail(name, parameter(result->arena, name));
        long count = *name == '@' || *name == '*' ? shell.word_count
                                                  : (long)(value ? strlen(value) : 0);

        put_string(result, number_text(result->arena, count), in_double ? QUOTED : SPLIT);
    } else if (at[length] == '}') {
        put_parameter(result, name, in_double);
    } else {
        put_operated(result, name, at + length, end, in_double);
    }
    return end + 1;
}

/* ---- $(…), `…`, $((…)) ----------------------------------------------------------------------- */

static const char *skip_quoted(const char *at)
{
    char quote = *at;

    for (at++; *at && *at != quote; at++)
        if (*at == '\\' && quote != '\'' && at[1])
            at++;
    return at;
}

/* `at` behind "$(": the parenthesis that closes it, or the end. */
static const char *paren_end(const char *at)
{
    const char *from = at;
    size_t cases = 0; /* in one a lone parenthesis ends a pattern */

    for (int depth = 1; *at; at++) {
        size_t length = (size_t)(at - from);

        if (strchr(" \t\n;", *at)) {
            if (ends_with_command(from, length, "case"))
                cases++;
            else if (cases && ends_with_command(from, length, "esac"))
                cases--;
        } else if (*at == ')' && cases && ends_with_command(from, length, "esac")) {
            cases--;
        }
        if (*at == '\\' && at[1])
            at++;
        else if (*at == '\'' || *at == '"' || *at == '`')
            at = skip_quoted(at);
        else if (*at == '(')
            depth++;
        else if (*at == ')' && !(cases && depth == 1) && --depth == 0)
            break;
        if (!*at)
            break;
    }
    return at;
}

static const char *put_command(struct result *result, const char *at, bool in_double)
{
    const char *end = paren_end(at);

    if (*end != ')')
        fail_line(2, "unterminated $(…)");
    if (*at == '(' && end[-1] == ')' && paren_end(at + 1) == end - 1) {
        char *text = copy_expanded(result->arena, at + 1, (size_t)(end - 1 - (at + 1)));

        put_string(result, number_text(result->arena, arithmetic(result->arena, text)),
                   in_double ? QUOTED : SPLIT);
        return end + 1;
    }
    put_string(result,
               run_and_read(result->arena, arena_copy(result->arena, at, (size_t)(end - at))),
               in_double ? QUOTED : SPLIT);
    return end + 1;
}

/* `at` behind the first backquote. */
static const char *put_backquote(struct result *result, const char *at, bool in_double)
{
    struct buffer command = buffer_in(result->arena);

    for (; *at && *at != '`'; at++) {
        if (*at == '\\' && (at[1] == '$' || at[1] == '`' || at[1] == '\\'
                            || (in_double && at[1] == '"')))
            at++;
        buffer_add(&command, *at);
    }
    if (*at != '`')
        fail_line(2, "unterminated backquotes");
    put_string(result, run_and_read(result->arena, command.text), in_double ? QUOTED : SPLIT);
    return at + 1;
}

/* $'…': C's escapes. */
static const char *put_escapes(struct result *result, const char *at)
{
    static const char letters[] = "abefnrtv\\'\"?", values[] = "\a\b\033\f\n\r\t\v\\'\"?";

    result->quoted = true;
    for (; *at && *at != '\''; at++) {
        const char *letter;

        if (*at != '\\' || !at[1]) {
            put(result, *at, QUOTED);
            continue;
        }
        at++;
        letter = strchr(letters, *at);
        if (letter) {
            put(result, values[letter - letters], QUOTED);
        } else if (*at == 'x' || (*at >= '0' && *at <= '7')) {
            char digits[4] = {0}, *end;
            bool hex = *at == 'x';

            strncpy(digits, at + hex, hex ? 2 : 3);
            long value = strtol(digits, &end, hex ? 16 : 8);

            put(result, (char)value, QUOTED);
            at += hex + (end - digits) - 1;
        } else {
            put(result, '\\', QUOTED);
            put(result, *at, QUOTED);
        }
    }
    return *at ? at + 1 : at;
}

/* `at` at a dollar. */
static const char *put_dollar(struct result *result, const char *at, bool in_double)
{
    size_t length;

    if (at[1] == '{')
        return put_brace(result, at + 2, in_double);
    if (at[1] == '(')
        return put_command(result, at + 2, in_double);
    if (at[1] == '\'' && !in_double)
        return put_escapes(result, at + 2);
    length = isdigit((unsigned char)at[1]) ? 1 : parameter_length(at + 1);
    if (!length) {
        put(result, '$', in_double ? QUOTED : PLAIN);
        return at + 1;
    }
    put_parameter(result, arena_copy(result->arena, at + 1, length), in_double);
    return at + 1 + length;
}

/* ---- words ----------------------------------------------------------------------------------- */

static const char *put_double(struct result *result, const char *at, const char *end)
{
    result->quoted = true;
    /* "$@" without words is no field at all, unless something stands beside it. */
    if (shell.word_count == 0 && result->fields && strncmp(at, "$@\"", 3) == 0)
        result->quoted = result->text.length > 0;
    while (at < end && *at != '"') {
        if (*at == '\\' && at[1] && strchr("$`\"\\\n", at[1])) {
            if (at[1] != '\n')
                put(result, at[1], QUOTED);
            at += 2;
        } else if (*at == '$') {
            at = put_dollar(result, at, true);
        } else if (*at == '`') {
            at = put_backquote(result, at + 1, true);
        } else {
            put(result, *at++, QUOTED);
        }
    }
    return at < end ? at + 1 : at;
}

static const char *put_single(struct result *result, const char *at, const char *end)
{
    result->quoted = true;
    while (at < end && *at != '\'')
        put(result, *at++, QUOTED);
    return at < end ? at + 1 : at;
}

/* in_double: inside double quotes already, as the word of "${a-…}". */
static void expand_text(struct result *result, const char *text, size_t length, bool in_double)
{
    const char *at = text, *end = text + length;

    while (at < end) {
        if (*at == '\\' && at + 1 < end && (!in_double || strchr("$`\"\\}", at[1]))) {
            if (at[1] != '\n')
                put(result, at[1], QUOTED);
            result->quoted = true;
            at += 2;
        } else if (*at == '\'' && !in_double) {
            at = put_single(result, at + 1, end);
        } else if (*at == '"') {
            at = put_double(result, at + 1, end);
        } else if (*at == '$') {
            at = put_dollar(result, at, in_double);
        } else if (*at == '`') {
            at = put_backquote(result, at + 1, in_double);
        } else {
            put(result, *at++, in_double ? QUOTED : PLAIN);
        }
    }
}

/* ~ and ~USER at the beginning. Where the rest begins. */
static const char *put_tilde(struct result *result, const char *text)
{
    size_t length = strcspn(text + 1, "/:");
    const char *home = NULL;

    if (text[0] != '~' || strpbrk(arena_copy(result->arena, text, length + 1), "'\"\\$`"))
        return text;
    if (length == 0) {
        home = variable_get("HOME");
    } else {
        const struct passwd *user = getpwnam(arena_copy(result->arena, text + 1, length));

        home = user ? user->pw_dir : NULL;
    }
    if (!home)
        return text;
    put_string(result, home, QUOTED);
    return text + 1 + length;
}

/* ---- globbing -------------------------------------------------------------------------------- */

static bool is_pattern(const char *text, const char *marks)
{
    for (; *text; text++, marks++)
        if (*marks != QUOTED && strchr("*?[", *text))
            return true;
    return false;
}

/* Text and marks as a pattern: what is quoted has a backslash. */
static char *as_pattern(struct arena *arena, const char *text, const char *marks, size_t length)
{
    struct buffer pattern = buffer_in(arena);

    for (size_t i = 0; i < length; i++) {
        if (marks[i] == QUOTED && strchr("*?[]\\!-^", text[i]))
            buffer_add(&pattern, '\\');
        buffer_add(&pattern, text[i]);
    }
    return pattern.text;
}

static void glob_from(struct arena *arena, const char *base, const char *text, const char *marks,
                      struct fields *found);

/* A part without a pattern: it is there, or nothing is. */
static void glob_plain(struct arena *arena, const char *base, const char *text, const char *marks,
                       size_t length, struct fields *found)
{
    struct buffer path = buffer_in(arena);
    struct stat stat;

    buffer_string(&path, base);
    buffer_append(&path, text, length);
    if (text[length]) {
        while (text[length] == '/') {
            buffer_add(&path, '/');
            length++;
        }
        glob_from(arena, path.text, text + length, marks + length, found);
    } else if (lstat(path.text, &stat) == 0) {
        fields_add(arena, found, path.text);
    }
}

static void glob_entries(struct arena *arena, const char *base, const char *text,
                         const char *marks, size_t length, struct fields *found)
{
    char *pattern = as_pattern(arena, text, marks, length);
    DIR *directory = opendir(*base ? base : ".");
    const struct dirent *entry;

    if (!directory)
        return;
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] == '.' && *pattern != '.')
            continue;
        if (pattern_matches(pattern, entry->d_name))
            glob_plain(arena, base, arena_string(arena, entry->d_name), marks,
                       strlen(entry->d_name), found);
    }
    closedir(directory);
}

/* The same with more of the path behind it. */
static void glob_directories(struct arena *arena, const char *base, const char *text,
                             const char *marks, size_t length, struct fields *found)
{
    struct fields here = {0};

    glob_entries(arena, base, text, marks, length, &here);
    for (int i = 0; i < here.count; i++) {
        struct buffer path = buffer_in(arena);
        size_t next = length;
        struct stat status;

        if (stat(here.at[i], &status) != 0 || !S_ISDIR(status.st_mode))
            continue;
        buffer_string(&path, here.at[i]);
        while (text[next] == '/') {
            buffer_add(&path, '/');
            next++;
        }
        if (text[next])
            glob_from(arena, path.text, text + next, marks + next, found);
        else
            fields_add(arena, found, path.text);
    }
}

static void glob_from(struct arena *arena, const char *base, const char *text, const char *marks,
                      struct fields *found)
{
    size_t length = strcspn(text, "/");

    if (length == 0) { /* an absolute path */
        glob_plain(arena, base, text, marks, 0, found);
        return;
    }
    char *part = arena_copy(arena, text, length);

    if (!is_pattern(part, marks))
        glob_plain(arena, base, text, marks, length, found);
    else if (text[length])
        glob_directories(arena, base, text, marks, length, found);
    else
        glob_entries(arena, base, text, marks, length, found);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_field(struct result *result, const char *text, const char *marks, size_t length)
{
    char *field = arena_copy(result->arena, text, length);
    char *field_marks = arena_copy(result->arena, marks, length);
    struct fields found = {0};

    if (!shell.no_glob && is_pattern(field, field_marks))
        glob_from(result->arena, "", field, field_marks, &found);
    if (found.count == 0) {
        fields_add(result->arena, result->to, field);
        return;
    }
    qsort(found.at, (size_t)found.count, sizeof(*found.at), by_name);
    for (int i = 0; i < found.count; i++)
        fields_add(result->arena, result->to, found.at[i]);
}

/* ---- splitting ------------------------------------------------------------------------------- */

static bool is_ifs_blank(char c, const char *separators)
{
    return (c == ' ' || c == '\t' || c == '\n') && strchr(separators, c);
}

/* POSIX 2.6.5: blanks of IFS around are nothing, any other character of it ends a field. */
static void split(struct result *result)
{
    const char *text = result->text.text, *marks = result->marks.text, *separators = ifs();
    size_t length = result->text.length, i = 0, start;
    bool any = false;

    while (i < length && marks[i] == SPLIT && is_ifs_blank(text[i], separators))
        i++;
    for (start = i; i < length;) {
        if (marks[i] != SPLIT || !strchr(separators, text[i])) {
            i++;
            continue;
        }
        add_field(result, text + start, marks + start, i - start);
        any = true;
        while (i < length && marks[i] == SPLIT && is_ifs_blank(text[i], separators))
            i++;
        if (i < length && marks[i] == SPLIT && strchr(separators, text[i])
            && !is_ifs_blank(text[i], separators)) {
            i++;
            while (i < length && marks[i] == SPLIT && is_ifs_blank(text[i], separators))
                i++;
        }
        start = i;
    }
    if (start < length || (result->quoted && !any))
        add_field(result, text + start, marks + start, length - start);
}

static void finish_field(struct result *result)
{
    if (result->text.length || result->quoted)
        split(result);
    restart(result);
}

/* ---- the ways in ----------------------------------------------------------------------------- */

struct fields expand_words(struct arena *arena, const struct word *words)
{
    struct fields fields = {0};
    struct result result = {.arena = arena, .fields = true, .to = &fields};

    for (; words; words = words->next) {
        restart(&result);
        const char *text = put_tilde(&result, words->text);

        expand_text(&result, text, strlen(text), false);
        finish_field(&result);
    }
    if (!fields.at)
        fields.at = arena_alloc(arena, sizeof(char *));
    return fields;
}

static struct result expanded(struct arena *arena, const char *text)
{
    struct result result = {.arena = arena};

    restart(&result);
    text = put_tilde(&result, text);
    expand_text(&result, text, strlen(text), false);
    return result;
}

char *expand_to_one(struct arena *arena, const char *text)
{
    return expanded(arena, text).text.text;
}

char *expand_pattern(struct arena *arena, const char *text)
{
    struct result result = expanded(arena, text);

    return as_pattern(arena, result.text.text, result.marks.text, result.text.length);
}

/* As in double quotes, in which a double quote is a plain character. */
char *expand_here(struct arena *arena, const char *text)
{
    struct result result = {.arena = arena};

    restart(&result);
    while (*text) {
        if (*text == '\\' && text[1] && strchr("$`\\\n", text[1])) {
            if (text[1] != '\n')
                put(&result, text[1], QUOTED);
            text += 2;
        } else if (*text == '$') {
            text = put_dollar(&result, text, true);
        } else if (*text == '`') {
            text = put_backquote(&result, text + 1, true);
        } else {
            put(&result, *text++, QUOTED);
        }
    }
    return result.text.text;
}
