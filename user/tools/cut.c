#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

static struct range {
    long from, to;
} ranges[64];
static size_t range_count;
static bool fields, only_cut;
static char separator = '\t';

static bool wanted(long number)
{
    for (size_t i = 0; i < range_count; i++)
        if (number >= ranges[i].from && number <= ranges[i].to)
            return true;
    return false;
}

static void take_ranges(const char *word)
{
    const char *at = word;

    for (;;) {
        char *end;
        struct range range = {.from = 1};

        if (range_count == countof(ranges))
            die("%s: more than %zu ranges", word, countof(ranges));
        if (*at != '-')
            range.from = strtol(at, &end, 10), at = end;
        range.to = range.from;
        if (*at == '-') {
            range.to = strtol(++at, &end, 10);
            if (end == at)
                range.to = __LONG_MAX__;
            at = end;
        }
        if (range.from < 1 || range.to < range.from || (*at && *at != ','))
            die("%s: not a list like 1,3-5,7-", word);
        ranges[range_count++] = range;
        if (!*at++)
            return;
    }
}

static void put_fields(char *line)
{
    bool first = true;
    char *rest = line, *field;

    if (!strchr(line, separator)) {
        if (!only_cut)
            puts(line);
        return;
    }
    for (long number = 1; (field = strsep(&rest, (char[]){separator, 0})); number++) {
        if (!wanted(number))
            continue;
        if (!first)
            putchar(separator);
        fputs(field, stdout);
        first = false;
    }
    putchar('\n');
}

static void cut(FILE *file, const char *path unused)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size;

    while ((size = line_of(file, &line, &room, NULL)) >= 0) {
        if (fields) {
            put_fields(line);
            continue;
        }
        for (long i = 0; i < size; i++)
            if (wanted(i + 1))
                putchar(line[i]);
        putchar('\n');
    }
    free(line);
}

TOOL(cut, "-f LIST [-d CHARACTER] [-s] | -c LIST [FILE …]",
     "Parts of lines: 1,3-5,7-\n"
     "  -f  fields, which tabs or (-d) CHARACTER part   -s  not lines without one\n"
     "  -c, -b  bytes\n")
{
    int letter;

    while ((letter = option(count, words, "f:c:b:d:s")) != -1) {
        fields |= letter == 'f';
        only_cut |= letter == 's';
        if (letter == 'f' || letter == 'c' || letter == 'b')
            take_ranges(optarg);
        if (letter == 'd')
            separator = *optarg;
    }
    if (!range_count)
        usage();
    each_file(count, words, optind, cut);
    return 0;
}
