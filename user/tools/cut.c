#include <stdlib.h>
#include <string.h>

#include "user/tools/tool.h"

static struct range {
    uint64_t first, last;
} *ranges;
static size_t range_count;
static char separator = '\t';
static const char *joined;
static bool only_with_separator, by_field, by_character, inverse;

static void add_range(char *text)
{
    char *dash = strchr(text, '-');
    struct range range = {1, UINT64_MAX};

    if (dash)
        *dash = '\0';
    if (*text)
        range.first = need_number(text, "the list");
    if (!dash)
        range.last = range.first;
    else if (dash[1])
        range.last = need_number(dash + 1, "the list");
    if (range.first == 0 || range.last < range.first || (dash && !*text && !dash[1]))
        wrong_use("the list: numbers from 1, and ranges as 2-5");
    ranges = take_more(ranges, (range_count + 1) * sizeof(*ranges));
    ranges[range_count++] = range;
}

static void read_list(const char *text)
{
    char *copy = take_copy(text), *rest = copy;

    for (char *part; (part = strtok_r(rest, ",", &rest));)
        add_range(part);
    free(copy);
}

static bool chosen(uint64_t number)
{
    for (size_t i = 0; i < range_count; i++)
        if (number >= ranges[i].first && number <= ranges[i].last)
            return !inverse;
    return inverse;
}

static void cut_fields(const char *line)
{
    bool first = true;

    if (!strchr(line, separator)) {
        if (!only_with_separator)
            puts(line);
        return;
    }
    for (uint64_t number = 1; line; number++) {
        const char *end = strchr(line, separator);

        if (chosen(number)) {
            if (!first)
                fputs(joined, stdout);
            first = false;
            printf("%.*s", end ? (int)(end - line) : (int)strlen(line), line);
        }
        line = end ? end + 1 : NULL;
    }
    putchar_unlocked('\n');
}

static void cut_bytes(const char *line, size_t length)
{
    uint64_t number = 0;

    for (size_t i = 0; i < length; i++) {
        number += !by_character || ((unsigned char)line[i] & 0xc0) != 0x80;
        if (chosen(number))
            putchar_unlocked(line[i]);
    }
    putchar_unlocked('\n');
}

static int cut_file(FILE *file, const char *name)
{
    size_t length;

    (void)name;
    for (char *line; (line = next_line(file, &length, NULL));) {
        if (by_field)
            cut_fields(line);
        else
            cut_bytes(line, length);
    }
    return 0;
}

static int cut(struct words *words)
{
    static char separator_text[2];

    for (int c; (c = option(words, "b:c:f:d:o:sv"));) {
        if (c == 'd')
            separator = option_value[0];
        else if (c == 'o')
            joined = option_value;
        else if (c == 's' || c == 'v') {
            only_with_separator |= c == 's';
            inverse |= c == 'v';
        } else {
            by_field = c == 'f';
            by_character = c == 'c';
            read_list(option_value);
        }
    }
    if (range_count == 0)
        wrong_use("one of -b, -c, -f must say what");
    separator_text[0] = separator;
    joined = joined ? joined : separator_text;
    return each_input(words, cut_file);
}

TOOL(cut, "cut", "-b | -c | -f LIST [-d C] [-o TEXT] [-sv] [FILE…]", "print parts of each line",
     "  -b  bytes, -c characters, -f fields: 2,4-6,8-\n"
     "  -d  what separates fields (a tab); -o what is printed between them; -s only lines with it\n"
     "  -v  all but those\n")
