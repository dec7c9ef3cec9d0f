#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "user/tools/tool.h"

static bool counts, only_repeated, only_single, any_case;
static uint64_t skip_fields, skip_characters;

static const char *compared(const char *line)
{
    for (uint64_t i = 0; i < skip_fields && *line; i++) {
        while (isblank((unsigned char)*line))
            line++;
        while (*line && !isblank((unsigned char)*line))
            line++;
    }
    for (uint64_t i = 0; i < skip_characters && *line; i++)
        line++;
    return line;
}

static bool same(const char *a, const char *b)
{
    return (any_case ? strcasecmp(compared(a), compared(b)) : strcmp(compared(a), compared(b))) == 0;
}

static void print(FILE *to, const char *line, uint64_t times)
{
    if ((only_repeated && times < 2) || (only_single && times > 1))
        return;
    if (counts)
        fprintf(to, "%7llu ", (unsigned long long)times);
    fprintf(to, "%s\n", line);
}

static void filter(FILE *from, FILE *to)
{
    char *before = NULL;
    uint64_t times = 0;

    for (char *line; (line = next_line(from, NULL, NULL));) {
        if (before && same(before, line)) {
            times++;
            continue;
        }
        if (before)
            print(to, before, times);
        free(before);
        before = take_copy(line);
        times = 1;
    }
    if (before)
        print(to, before, times);
    free(before);
}

static int uniq(struct words *words)
{
    FILE *from = stdin, *to = stdout;

    for (int c; (c = option(words, "cduif:s:"));) {
        counts |= c == 'c';
        only_repeated |= c == 'd';
        only_single |= c == 'u';
        any_case |= c == 'i';
        if (c == 'f')
            skip_fields = need_number(option_value, "-f");
        else if (c == 's')
            skip_characters = need_number(option_value, "-s");
    }
    need_operands(words, 0, 2);
    if (words->count > 0 && strcmp(words->at[0], "-") && !(from = fopen(words->at[0], "r")))
        return failed("%s", words->at[0]);
    if (words->count > 1 && !(to = fopen(words->at[1], "w")))
        return failed("%s", words->at[1]);
    filter(from, to);
    if (to != stdout && fclose(to))
        return failed("%s", words->at[1]);
    return finish_output();
}

TOOL(uniq, "uniq", "[-cdui] [-f FIELDS] [-s CHARACTERS] [FROM [TO]]",
     "print lines that repeat the one before only once",
     "  -c  with how many there were; -d only repeated ones; -u only the others; -i whatever the case\n"
     "  -f  so many fields, -s so many characters at the front are not compared\n")
