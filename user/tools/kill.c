#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

static int list(void)
{
    for (int i = 1; i < 65; i++)
        if (signal_text(i))
            printf("%2d %s\n", i, signal_text(i));
    return 0;
}

TOOL(kill, "[-SIGNAL | -s SIGNAL] PID … | -l",
     "Send a signal to processes (TERM); a negative PID is a group.\n  -l  list the signals\n")
{
    int number = SIGTERM, at = 1;
    char *end;

    if (at < count && strcmp(words[at], "-l") == 0)
        return list();
    if (at + 1 < count && strcmp(words[at], "-s") == 0)
        number = signal_of(words[at + 1]), at += 2;
    else if (at < count && words[at][0] == '-' && words[at][1] && strcmp(words[at], "--") != 0)
        number = signal_of(words[at++] + 1);
    if (number < 0)
        die("%s: not a signal; kill -l lists them", words[at - 1]);
    if (at < count && strcmp(words[at], "--") == 0)
        at++;
    if (at == count)
        usage();
    for (; at < count; at++) {
        long pid = strtol(words[at], &end, 10);

        if (end == words[at] || *end)
            complain("%s: not a process number", words[at]);
        else if (kill((pid_t)pid, number))
            complain_of(words[at]);
    }
    return 0;
}
