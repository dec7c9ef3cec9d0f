/* sort: all lines in memory, merged; keys as -k FROM[,TO] says. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user/tools/lib/tool.h"

static bool backwards, numbers, unique, fold, blanks, check, stable;
static char separator;

static struct key {
    long from, to; /* fields from 1; to 0: the end of the line */
    bool numbers, backwards, fold, own;
} keys[8];
static size_t key_count;

static struct names lines;

static const char *field_start(const char *line, long field)
{
    while (--field > 0 && *line) {
        if (separator) {
            const char *next = strchr(line, separator);

            line = next ? next + 1 : line + strlen(line);
        } else {
            while (isblank((unsigned char)*line))
                line++;
            while (*line && !isblank((unsigned char)*line))
                line++;
        }
    }
    return line;
}

static const char *field_end(const char *line, long field)
{
    const char *start = field_start(line, field);

    if (separator) {
        const char *next = strchr(start, separator);

        return next ? next : start + strlen(start);
    }
    while (isblank((unsigned char)*start))
        start++;
    while (*start && !isblank((unsigned char)*start))
        start++;
    return start;
}

/* Digit by digit: of any length. */
static int compare_numbers(const char *a, const char *b)
{
    double first = strtod(a, NULL), second = strtod(b, NULL);

    return first < second ? -1 : first > second;
}

static int compare_texts(const char *a, size_t a_size, const char *b, size_t b_size, bool folded)
{
    size_t least = a_size < b_size ? a_size : b_size;
    int order = folded ? strncasecmp(a, b, least) : memcmp(a, b, least);

    return order ? order : a_size < b_size ? -1 : a_size > b_size;
}

static int compare_key(const char *a, const char *b, const struct key *key)
{
    const char *a_from = field_start(a, key->from), *b_from = field_start(b, key->from);
    const char *a_to = key->to ? field_end(a, key->to) : a + strlen(a);
    const char *b_to = key->to ? field_end(b, key->to) : b + strlen(b);
    bool by_number = key->own ? key->numbers : numbers;
    int order;

    if (blanks) {
        while (a_from < a_to && isblank((unsigned char)*a_from))
            a_from++;
        while (b_from < b_to && isblank((unsigned char)*b_from))
            b_from++;
    }
    order = by_number ? compare_numbers(a_from, b_from)
                      : compare_texts(a_from, a_to > a_from ? (size_t)(a_to - a_from) : 0, b_from,
                                      b_to > b_from ? (size_t)(b_to - b_from) : 0,
                                      key->own ? key->fold : fold);
    return (key->own ? key->backwards : backwards) ? -order : order;
}

static int compare_keys(const char *a, const char *b)
{
    static const struct key whole = {.from = 1};

    if (!key_count)
        return compare_key(a, b, &whole);
    for (size_t i = 0; i < key_count; i++) {
        int order = compare_key(a, b, &keys[i]);

        if (order)
            return order;
    }
    return 0;
}

static int compare(const char *a, const char *b)
{
    int order = compare_keys(a, b);

    if (order || stable || unique)
        return order;
    return backwards ? -strcmp(a, b) : strcmp(a, b);
}

/* Merge sort: equal lines stay in their order. */
static void sort(char **at, char **room, size_t count)
{
    size_t half = count / 2, a = 0, b = half;

    if (count < 2)
        return;
    sort(at, room, half);
    sort(at + half, room, count - half);
    memcpy(room, at, count * sizeof(*at));
    for (size_t i = 0; i < count; i++)
        at[i] = b == count || (a < half && compare(room[a], room[b]) <= 0) ? room[a++] : room[b++];
}

static void collect(FILE *file, const char *path unused)
{
    char *line = NULL;
    size_t room = 0;

    while (line_of(file, &line, &room, NULL) >= 0)
        names_add(&lines, copy_of(line));
    free(line);
}

static void take_key(const char *word)
{
    struct key *key = &keys[key_count];
    char *end;

    if (key_count == countof(keys))
        die("more than %zu keys", countof(keys));
    key->from = strtol(word, &end, 10);
    for (; *end && *end != ','; end++) {
        key->own |= *end == 'n' || *end == 'r' || *end == 'f';
        key->numbers |= *end == 'n';
        key->backwards |= *end == 'r';
        key->fold |= *end == 'f';
    }
    if (*end == ',')
        key->to = strtol(end + 1, &end, 10);
    for (; *end; end++) {
        key->own |= *end == 'n' || *end == 'r' || *end == 'f';
        key->numbers |= *end == 'n';
        key->backwards |= *end == 'r';
        key->fold |= *end == 'f';
    }
    if (key->from < 1)
        die("-k %s: not FROM or FROM,TO with fields from 1 on", word);
    key_count++;
}

TOOL(sort, "[-rnufbsc] [-k FROM[,TO][nrf]] [-t CHARACTER] [-o FILE] [FILE …]",
     "Sort lines.\n"
     "  -r  backwards   -n  as numbers   -u  equal ones once   -f  large letters as small ones\n"
     "  -k  by those fields, which blanks or (-t) CHARACTER part   -b  without blanks in front\n"
     "  -s  equal ones in their order   -c  only say whether they are sorted   -o  into FILE\n")
{
    const char *to = NULL;
    char **room;
    int letter;

    while ((letter = option(count, words, "rnufbsck:t:o:")) != -1) {
        backwards |= letter == 'r';
        numbers |= letter == 'n';
        unique |= letter == 'u';
        fold |= letter == 'f';
        blanks |= letter == 'b';
        stable |= letter == 's';
        check |= letter == 'c';
        if (letter == 'k')
            take_key(optarg);
        if (letter == 't')
            separator = *optarg;
        if (letter == 'o')
            to = optarg;
    }
    each_file(count, words, optind, collect);
    for (size_t i = 1; check && i < lines.count; i++)
        if (compare(lines.at[i - 1], lines.at[i]) > (unique ? -1 : 0))
            die("not sorted at line %zu: %s", i + 1, lines.at[i]);
    if (check)
        return 0;
    room = allocate(lines.count * sizeof(*room));
    sort(lines.at, room, lines.count);
    free(room);
    if (to && !freopen(to, "w", stdout))
        die("%s: %s", to, strerror(errno));
    for (size_t i = 0; i < lines.count; i++)
        if (!unique || i == 0 || compare_keys(lines.at[i - 1], lines.at[i]) != 0)
            puts(lines.at[i]);
    names_free(&lines);
    return 0;
}
