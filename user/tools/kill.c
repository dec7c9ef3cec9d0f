#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/common/processes.h"
#include "user/tools/tool.h"

static int list(struct words *words, int first)
{
    int status = 0;

    for (int i = first; i < words->count; i++) {
        int number = signal_number(words->at[i]);
        /* A status of a shell is 128 and the signal. */
        const char *name = signal_name(number < 0 && isdigit((unsigned char)words->at[i][0])
                                           ? atoi(words->at[i]) - 128 : number);

        if (number > 0 && !isdigit((unsigned char)words->at[i][0]))
            printf("%d\n", number);
        else if (name)
            puts(name);
        else
            status = wrong("%s: no signal", words->at[i]);
    }
    if (words->count == first)
        for (int number = 1; number < 32; number++)
            if (signal_name(number))
                printf("%2d %s\n", number, signal_name(number));
    return status | finish_output();
}

static int need_signal(const char *text)
{
    int number = signal_number(text);

    if (number < 0)
        wrong_use("%s: no signal (kill -l lists them)", text);
    return number;
}

/* kill's words are its own: -TERM, -9, and processes like -1. */
static int kill_(struct words *words)
{
    int number = SIGTERM, i = 0, status = 0;

    if (words->count > 0 && words->at[0][0] == '-' && words->at[0][1]) {
        const char *word = words->at[i++] + 1;

        if (strcmp(word, "l") == 0)
            return list(words, i);
        if ((strcmp(word, "s") == 0 || strcmp(word, "n") == 0) && i < words->count)
            number = need_signal(words->at[i++]);
        else if (strcmp(word, "-") != 0)
            number = need_signal(word);
        i += i < words->count && strcmp(words->at[i], "--") == 0;
    }
    if (i == words->count)
        wrong_use("which process?");
    for (; i < words->count; i++) {
        char *end;
        long pid = strtol(words->at[i], &end, 10);

        if (end == words->at[i] || *end)
            status = wrong("%s: no process's number", words->at[i]);
        else if (kill((pid_t)pid, number))
            status = failed("%s", words->at[i]);
    }
    return status;
}

TOOL(kill_, "kill", "[-SIGNAL | -s SIGNAL] PID… | -l [SIGNAL…]", "send a signal to processes",
     "  SIGNAL  a name or number; TERM is the usual one, KILL the last resort, 0 only asks\n"
     "  PID     -1: all; less than that: a process group\n"
     "  -l      list the signals\n")

static int killall(struct words *words)
{
    struct processes processes;
    int number = SIGTERM, i = 0, status = 0;

    if (words->count > 0 && words->at[0][0] == '-')
        number = need_signal(words->at[i++] + 1);
    if (i == words->count)
        wrong_use("which program?");
    if (processes_read(&processes))
        return 1;
    for (; i < words->count; i++) {
        bool found = false;

        for (size_t j = 0; j < processes.count; j++)
            if (strcmp(processes.at[j].name, words->at[i]) == 0) {
                found = true;
                if (kill(processes.at[j].pid, number))
                    status = failed("%s (%d)", words->at[i], (int)processes.at[j].pid);
            }
        if (!found)
            status = wrong("%s: no such process", words->at[i]);
    }
    processes_free(&processes);
    return status;
}

TOOL(killall, "killall", "[-SIGNAL] NAME…", "send a signal to all processes of that name", "")
