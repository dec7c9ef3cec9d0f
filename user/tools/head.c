#include <string.h>

#include "user/tools/tool.h"

static uint64_t count = 10;
static bool of_bytes, with_names, without_names;
static int shown;

static int head_of(FILE *file, const char *name)
{
    if (with_names)
        printf("%s==> %s <==\n", shown++ ? "\n" : "", strcmp(name, "-") ? name : "standard input");
    uint64_t left = count;

    for (int c; left > 0 && (c = getc_unlocked(file)) != EOF;) {
        putchar_unlocked(c);
        left -= of_bytes || c == '\n';
    }
    return 0;
}

static int head(struct words *words)
{
    for (int c; (c = option(words, "n:c:qv#"));) {
        if (c == 'q' || c == 'v') {
            without_names = c == 'q';
            with_names = c == 'v';
        } else {
            of_bytes = c == 'c';
            count = need_number(option_value, "the count");
        }
    }
    with_names |= words->count > 1 && !without_names;
    return each_input(words, head_of);
}

TOOL(head, "head", "[-n LINES | -c BYTES] [-qv] [FILE…]", "print the first ten lines of files",
     "  -n  so many lines (or -5); -c so many bytes\n"
     "  -q  without the files' names; -v always with them\n")
