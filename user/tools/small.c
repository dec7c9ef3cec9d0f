/* The tools of a few lines. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/common/terminal.h"
#include "user/tools/tool.h"

static int true_(struct words *words)
{
    (void)words;
    return 0;
}

static int false_(struct words *words)
{
    (void)words;
    return 1;
}

TOOL(true_, "true", "", "end with status 0", "")
TOOL(false_, "false", "", "end with status 1", "")

static int yes(struct words *words)
{
    char *y = "y";
    const struct words all = words->count ? *words : (struct words){1, &y};

    do {
        for (int i = 0; i < all.count; i++) {
            fputs_unlocked(all.at[i], stdout);
            putchar_unlocked(i + 1 < all.count ? ' ' : '\n');
        }
    } while (!ferror_unlocked(stdout));
    return 1;
}

TOOL(yes, "yes", "[WORD…]", "print y, or words, again and again", "")

static int echo(struct words *words)
{
    int i = words->count > 0 && strcmp(words->at[0], "-n") == 0, first = i;

    for (; i < words->count; i++)
        printf("%s%s", i > first ? " " : "", words->at[i]);
    if (!first)
        putchar_unlocked('\n');
    return finish_output();
}

TOOL(echo, "echo", "[-n] [WORD…]", "print words", "  -n  without the end of the line\n")

static int sync_(struct words *words)
{
    need_operands(words, 0, 0);
    sync();
    return 0;
}

TOOL(sync_, "sync", "", "write to the disks what is not on them yet", "")

static int pwd(struct words *words)
{
    char *path;

    for (int c; (c = option(words, "LP"));)
        ;
    need_operands(words, 0, 0);
    path = getcwd(NULL, 0);
    if (!path)
        return failed("the current directory");
    puts(path);
    free(path);
    return finish_output();
}

TOOL(pwd, "pwd", "", "print the current directory", "")

static int tty(struct words *words)
{
    bool silent = false;
    const char *name = ttyname(STDIN_FILENO);

    for (int c; (c = option(words, "s"));)
        silent |= c == 's';
    if (!silent)
        puts(name ? name : "not a tty");
    return finish_output() ? 3 : !name;
}

TOOL(tty, "tty", "[-s]", "print which terminal standard input is", "  -s  the status alone\n")

static int clear(struct words *words)
{
    (void)words;
    fputs("\033[H\033[2J\033[3J", stdout);
    return finish_output();
}

TOOL(clear, "clear", "", "clear the screen", "")
