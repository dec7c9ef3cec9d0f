#include <string.h>

#include "user/tools/lib/tool.h"

TOOL(cmp, "[-s] FILE FILE",
     "Say where two files begin to differ.\n  -s  nothing, the status says it\n")
{
    bool quiet = false;
    unsigned long long bytes = 1, lines = 1;
    FILE *first, *second;

    while (option(count, words, "s") != -1)
        quiet = true;
    if (count - optind != 2)
        usage();
    first = file_of(words[optind]);
    second = file_of(words[optind + 1]);
    if (!first || !second)
        return 2;
    for (;; bytes++) {
        int a = getc(first), b = getc(second);

        if (a == EOF && b == EOF)
            return 0;
        if (a == EOF || b == EOF) {
            if (!quiet)
                fprintf(stderr, "cmp: EOF on %s after byte %llu\n", words[optind + (a != EOF)],
                        bytes - 1);
            return 1;
        }
        if (a != b) {
            if (!quiet)
                printf("%s %s differ: byte %llu, line %llu\n", words[optind], words[optind + 1],
                       bytes, lines);
            return 1;
        }
        lines += a == '\n';
    }
}
