#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

static long long lines = 10, bytes = -1;
static int files_shown;
static bool titles;

static void put(FILE *file, const char *path)
{
    long long left = bytes >= 0 ? bytes : lines;
    int c;

    if (titles)
        printf("%s==> %s <==\n", files_shown++ ? "\n" : "",
               strcmp(path, "-") == 0 ? "standard input" : path);
    while (left > 0 && (c = getc(file)) != EOF) {
        putchar(c);
        left -= bytes >= 0 || c == '\n';
    }
}

TOOL(head, "[-n LINES | -c BYTES | -LINES] [FILE …]", "The beginnings of files: 10 lines.\n")
{
    int letter;

    if (count > 1 && words[1][0] == '-' && words[1][1] >= '0' && words[1][1] <= '9') {
        lines = number_of(words[1] + 1, 0, 1LL << 60);
        words++, count--;
    }
    while ((letter = option(count, words, "n:c:q")) != -1) {
        if (letter == 'n')
            lines = number_of(optarg, 0, 1LL << 60);
        if (letter == 'c')
            bytes = number_of(optarg, 0, 1LL << 60);
    }
    titles = count - optind > 1;
    each_file(count, words, optind, put);
    return 0;
}
