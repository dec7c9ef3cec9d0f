/* Words of the kernel command line, and sizes in them. No state: every call reads the line anew. */
#include "lib/cmdline.h"

#include "lib/errno.h"
#include "lib/string.h"

struct word {
    const char *name, *value; /* not terminated */
    size_t name_length, value_length;
};

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool ends_word(char c)
{
    return c == '\0' || is_space(c);
}

/* The value at `at`, without its quotes; returns what follows it. */
static const char *read_value(const char *at, struct word *word)
{
    char quote = *at == '\'' || *at == '"' ? *at : '\0';
    size_t length = 0;

    if (quote != '\0')
        at++;
    while (at[length] != '\0' && (quote != '\0' ? at[length] != quote : !is_space(at[length])))
        length++;
    word->value = at;
    word->value_length = length;
    return at + length;
}

/* The word at or behind *line, which moves behind it. False: no more. */
static bool next_word(const char **line, struct word *word)
{
    const char *at = *line;
    size_t length = 0;

    while (is_space(*at))
        at++;
    while (!ends_word(at[length]) && at[length] != '=')
        length++;
    *word = (struct word){.name = at, .name_length = length, .value = ""};
    at += length;
    if (*at == '=')
        at = read_value(at + 1, word);
    while (!ends_word(*at)) /* what stands behind a closing quote */
        at++;
    bool any = at != word->name;
    *line = at;
    return any;
}

static bool find(const char *line, const char *name, struct word *found)
{
    size_t length = strlen(name);
    struct word word;
    bool any = false;

    while (next_word(&line, &word)) {
        if (length > 0 && word.name_length == length && memcmp(word.name, name, length) == 0) {
            *found = word;
            any = true;
        }
    }
    return any;
}

int cmdline_get(const char *cmdline, const char *name, char *value, size_t size)
{
    struct word word;

    if (!find(cmdline, name, &word))
        return -ENOENT;
    if (size == 0)
        return -ERANGE;

    size_t fits = word.value_length < size - 1 ? word.value_length : size - 1;
    memcpy(value, word.value, fits);
    value[fits] = '\0';
    return fits == word.value_length ? 0 : -ERANGE;
}

bool cmdline_has(const char *cmdline, const char *name)
{
    struct word word;

    return find(cmdline, name, &word);
}

static unsigned unit_shift(char unit)
{
    switch (unit) {
    case 'k':
    case 'K':
        return 10;
    case 'm':
    case 'M':
        return 20;
    case 'g':
    case 'G':
        return 30;
    default:
        return 0;
    }
}

int parse_size(const char *text, uint64_t *bytes)
{
    uint64_t number = 0;
    bool too_large = false;
    size_t i = 0;

    for (; text[i] >= '0' && text[i] <= '9'; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');
        too_large = too_large || number > (UINT64_MAX - digit) / 10;
        number = too_large ? 0 : number * 10 + digit;
    }
    unsigned shift = unit_shift(text[i]);
    if (i == 0 || text[i + (shift > 0)] != '\0')
        return -EINVAL;
    if (too_large || number > UINT64_MAX >> shift)
        return -ERANGE;
    *bytes = number << shift;
    return 0;
}
