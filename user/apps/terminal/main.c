/*
 * usage: terminal [--folder PATH] [--] [PROGRAM WORD…]    without a program: the shell
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/apps/terminal/terminal.h"

static int usage(const char *wrong)
{
    if (wrong)
        fprintf(stderr, "terminal: %s: unknown\n", wrong);
    fprintf(wrong ? stderr : stdout, "usage: terminal [--folder PATH] [--] [PROGRAM WORD…]\n");
    return wrong ? 2 : 0;
}

static int run(char *const words[], const char *folder)
{
    int error = ui_start("terminal");

    if (error) {
        fprintf(stderr, "terminal: no desktop: %s\n", strerror(-error));
        return 1;
    }
    (void)terminal_open(words, folder);
    int status = ui_run();

    terminal_end();
    ui_end();
    return status;
}

int main(int argc, char **argv)
{
    static char *shell[] = {NULL, "-l", NULL};
    const char *folder = NULL;
    int at = 1;

    shell[0] = getenv("SHELL") ? getenv("SHELL") : "/bin/sh";
    for (; at < argc && argv[at][0] == '-'; at++) {
        if (strcmp(argv[at], "--help") == 0)
            return usage(NULL);
        if (strcmp(argv[at], "--") == 0) {
            at++;
            break;
        }
        if (strcmp(argv[at], "--folder") != 0 || at + 1 == argc)
            return usage(argv[at]);
        folder = argv[++at];
    }
    return run(at < argc ? argv + at : shell, folder);
}
