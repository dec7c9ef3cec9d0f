#include <string.h>

#include "user/tools/tool.h"

static FILE *open_file(const char *path)
{
    FILE *file = strcmp(path, "-") ? fopen(path, "r") : stdin;

    if (!file)
        failed("%s", path);
    return file;
}

static int cmp(struct words *words)
{
    bool silent = false, all = false;
    uint64_t at = 1, line = 1;
    int status = 0;

    for (int c; (c = option(words, "sl"));) {
        silent |= c == 's';
        all |= c == 'l';
    }
    need_operands(words, 2, 2);
    FILE *a = open_file(words->at[0]), *b = a ? open_file(words->at[1]) : NULL;

    if (!a || !b)
        return 2;
    for (;; at++) {
        int c = getc_unlocked(a), d = getc_unlocked(b);

        if (c == EOF && d == EOF)
            break;
        if (c == EOF || d == EOF) {
            if (!silent)
                wrong("%s ends at byte %llu", words->at[c != EOF], (unsigned long long)(at - 1));
            return 1;
        }
        if (c != d) {
            status = 1;
            if (silent)
                break;
            if (!all) {
                printf("%s %s differ: byte %llu, line %llu\n", words->at[0], words->at[1],
                       (unsigned long long)at, (unsigned long long)line);
                break;
            }
            printf("%llu %3o %3o\n", (unsigned long long)at, (unsigned)c, (unsigned)d);
        }
        line += c == '\n';
    }
    return finish_output() ? 2 : status;
}

TOOL(cmp, "cmp", "[-sl] FILE FILE", "compare two files byte by byte",
     "  -s  no output, the status alone; -l all differences\n"
     "Status 0: the same, 1: different, 2: something was wrong.\n")
