#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/tool.h"

static int numbered(FILE *file, const char *name)
{
    static unsigned long line;
    bool ended = true;

    (void)name;
    for (int c; (c = getc_unlocked(file)) != EOF; ended = c == '\n') {
        if (ended)
            printf("%6lu\t", ++line);
        putchar_unlocked(c);
    }
    return 0;
}

static int plain(const char *path)
{
    int fd = open_input(path);

    if (fd < 0)
        return 1;
    int status = copy_bytes(fd, STDOUT_FILENO);

    if (status == 1)
        failed("%s", path);
    else if (status == 2 && errno != EPIPE)
        failed("standard output");
    if (fd != STDIN_FILENO)
        close(fd);
    return status;
}

static int cat(struct words *words)
{
    bool numbers = false;
    int status = 0;

    for (int c; (c = option(words, "nu"));)
        numbers |= c == 'n';
    if (numbers)
        return each_input(words, numbered);
    if (words->count == 0)
        return plain("-");
    for (int i = 0; i < words->count && status != 2; i++)
        status |= plain(words->at[i]);
    return status != 0;
}

TOOL(cat, "cat", "[-n] [FILE…]", "print files, one after the other", "  -n  with line numbers\n")
