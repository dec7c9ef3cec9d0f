/* Words of the kernel command line, and sizes in them. No state: every call reads the line anew. */
#include "lib/cmdline.h"

#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

struct word {
    struct text name, value; /* not terminated */
};

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool ends_word(char c)
{
    return c == '\0' || is_space(c);
}

/* The value at `at` of the line, without its quotes; returns where what follows it begins. */
static size_t read_value(struct text line, size_t at, struct word *word)
{
    char quote = text_at(line, at) == '\'' || text_at(line, at) == '"' ? text_at(line, at) : '\0';
    size_t start = at + (quote != '\0');
    char c;

    for (at = start; (c = text_at(line, at)) != '\0'; at++)
        if (quote != '\0' ? c == quote : is_space(c))
            break;
    word->value = text_part(line, start, at - start);
    return at;
}

/* The word at or behind *from of the line, which moves behind it. False: no more. */
static bool next_word(struct text line, size_t *from, struct word *word)
{
    size_t at = *from;

    while (is_space(text_at(line, at)))
        at++;
    size_t start = at;
    while (!ends_word(text_at(line, at)) && text_at(line, at) != '=')
        at++;
    *word = (struct word){.name = text_part(line, start, at - start), .value = text_of("", 0)};
    if (text_at(line, at) == '=')
        at = read_value(line, at + 1, word);
    while (!ends_word(text_at(line, at))) /* what stands behind a closing quote */
        at++;
    *from = at;
    return at != start;
}

static bool find(const char *line, const char *name, struct word *found)
{
    const struct text all = text_of_string(line);
    size_t length = strlen(name), at = 0;
    struct word word;
    bool any = false;

    while (next_word(all, &at, &word)) {
        if (length > 0 && word.name.size == length &&
            memcmp(word.name.chars, name, length) == 0) {
            *found = word;
            any = true;
        }
    }
    return any;
}

/* Terminated; -ERANGE: what fits. size > 0. */
static int copy_text(struct text text, char *to, size_t size)
{
    const struct room room = room_of(to, size);
    size_t fits = text.size < size - 1 ? text.size : size - 1;

    room_put(room, 0, text_part(text, 0, fits));
    room_set(room, fits, '\0');
    return fits == text.size ? 0 : -ERANGE;
}

int cmdline_get(const char *cmdline, const char *name, char *value, size_t size)
{
    struct word word;

    if (!find(cmdline, name, &word))
        return -ENOENT;
    return size == 0 ? -ERANGE : copy_text(word.value, value, size);
}

int cmdline_name(const char *cmdline, unsigned index, char *name, size_t size)
{
    const struct text all = text_of_string(cmdline);
    struct word word;
    size_t at = 0;

    do {
        if (!next_word(all, &at, &word))
            return -ENOENT;
    } while (index-- > 0);
    return size == 0 ? -ERANGE : copy_text(word.name, name, size);
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
    const struct text all = text_of_string(text);
    uint64_t number = 0;
    bool too_large = false;
    size_t i = 0;
    char c;

    for (; (c = text_at(all, i)) >= '0' && c <= '9'; i++) {
        uint64_t digit = (uint64_t)(c - '0');
        too_large = too_large || number > (UINT64_MAX - digit) / 10;
        number = too_large ? 0 : number * 10 + digit;
    }
    unsigned shift = unit_shift(c);
    if (i == 0 || text_at(all, i + (shift > 0)) != '\0')
        return -EINVAL;
    if (too_large || number > UINT64_MAX >> shift)
        return -ERANGE;
    *bytes = number << shift;
    return 0;
}
