#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

static double value_of(const char *word, int *decimals)
{
    char *end;
    double value = strtod(word, &end);
    const char *point = strchr(word, '.');

    if (end == word || *end || value != value)
        die("%s: not a number", word);
    if (point && (int)strlen(point + 1) > *decimals)
        *decimals = (int)strlen(point + 1);
    return value;
}

TOOL(seq, "[-w] [-s TEXT] [FIRST [STEP]] LAST",
     "Write numbers, one a line.\n  -s  TEXT between them   -w  all as wide\n")
{
    const char *between = "\n";
    bool wide = false;
    double first = 1, step = 1, last;
    int at = 1, decimals = 0, width = 0;
    long steps;

    /* -5 is a number. */
    for (;
         at < count && words[at][0] == '-' && words[at][1] && !strchr("0123456789.", words[at][1]);
         at++) {
        if (strcmp(words[at], "-w") == 0)
            wide = true;
        else if (strcmp(words[at], "-s") == 0 && at + 1 < count)
            between = words[++at];
        else
            usage();
    }
    count -= at;
    if (count < 1 || count > 3)
        usage();
    words += at;
    if (count > 1)
        first = value_of(words[0], &decimals);
    if (count > 2)
        step = value_of(words[1], &decimals);
    last = value_of(words[count - 1], &(int){0});
    if (step == 0)
        die("%s: a step of nothing never ends", words[1]);
    if ((last - first) / step > 1e9)
        die("%s: too many numbers", words[count - 1]);
    steps = (long)((last - first) / step + 1e-10);
    if ((last - first) / step < 0)
        return 0;
    if (wide) {
        int a = snprintf(NULL, 0, "%.*f", decimals, first),
            b = snprintf(NULL, 0, "%.*f", decimals, last);

        width = a > b ? a : b;
    }
    for (long i = 0; i <= steps; i++)
        printf("%s%0*.*f", i ? between : "", width, decimals, first + (double)i * step);
    putchar('\n');
    return 0;
}
