/* Patterns: * ? […] and a backslash that takes the meaning from what follows. */
#include <string.h>

#include "user/sh/sh.h"

/* One class of a bracket, "[:alpha:]" with its brackets; *end behind it. */
static bool in_class(const char *at, const char **end, unsigned char c)
{
    static const struct {
        const char *name;
        const char *ranges; /* pairs */
    } classes[] = {
        {"alpha", "azAZ"}, {"digit", "09"}, {"alnum", "azAZ09"}, {"upper", "AZ"}, {"lower", "az"},
        {"space", "  \t\r"}, {"blank", "  \t\t"}, {"punct", "!/:@[`{~"}, {"xdigit", "09afAF"},
    };

    for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        size_t length = strlen(classes[i].name);

        if (strncmp(at + 2, classes[i].name, length) != 0 || strncmp(at + 2 + length, ":]", 2) != 0)
            continue;
        *end = at + 4 + length;
        for (const char *pair = classes[i].ranges; *pair; pair += 2)
            if (c >= (unsigned char)pair[0] && c <= (unsigned char)pair[1])
                return true;
        return false;
    }
    *end = at + 1;
    return c == '[';
}

/* `at` behind the '['. 1 yes, 0 no, -1: it is no bracket expression. *end behind the ']'. */
static int in_bracket(const char *at, unsigned char c, const char **end)
{
    bool not = *at == '!' || *at == '^', any = false;
    const char *first;

    at += not;
    first = at;
    while (*at && (*at != ']' || at == first)) {
        if (at[0] == '[' && at[1] == ':') {
            any |= in_class(at, &at, c);
            continue;
        }
        if (*at == '\\' && at[1])
            at++;
        unsigned char low = (unsigned char)*at++;

        if (at[0] == '-' && at[1] && at[1] != ']') {
            at++;
            if (*at == '\\' && at[1])
                at++;
            any |= c >= low && c <= (unsigned char)*at;
            at++;
        } else {
            any |= c == low;
        }
    }
    if (*at != ']')
        return -1;
    *end = at + 1;
    return any != not;
}

/* One character of the text against one of the pattern; *pattern moves behind that. */
static bool matches_one(const char **pattern, unsigned char c)
{
    const char *at = *pattern, *end;
    int in;

    switch (*at) {
    case '?':
        *pattern = at + 1;
        return true;
    case '[':
        in = in_bracket(at + 1, c, &end);
        if (in >= 0) {
            *pattern = end;
            return in;
        }
        break;
    case '\\':
        if (at[1])
            at++;
        break;
    }
    *pattern = at + 1;
    return (unsigned char)*at == c;
}

/* The last star is tried again and again, the earlier ones never: linear but for that. */
bool pattern_matches(const char *pattern, const char *text)
{
    const char *star = NULL, *from = NULL;

    for (;;) {
        if (*pattern == '*') {
            star = ++pattern;
            from = text;
            continue;
        }
        if (!*text)
            return !*pattern;
        const char *next = pattern;

        if (*pattern && matches_one(&next, (unsigned char)*text)) {
            pattern = next;
            text++;
        } else if (star) {
            pattern = star;
            text = ++from;
        } else {
            return false;
        }
    }
}
