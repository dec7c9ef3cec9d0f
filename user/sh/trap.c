/* trap: what the shell does when a signal comes, and when it leaves. A handler only notes it. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "user/sh/builtins.h"
#include "user/sh/sh.h"

#define TRAPS 65 /* 0: EXIT */

static char *actions[TRAPS]; /* NULL: as it was */
static volatile sig_atomic_t came[TRAPS], any;

static void note(int signal)
{
    came[signal] = 1;
    any = 1;
}

/* What the shell itself wants of a signal without a trap. */
static void reset(int signal_number)
{
    bool ignores = shell.interactive
                   && (signal_number == SIGTERM || signal_number == SIGQUIT
                       || (shell.job_control
                           && (signal_number == SIGTSTP || signal_number == SIGTTIN
                               || signal_number == SIGTTOU)));

    signal(signal_number, ignores ? SIG_IGN : SIG_DFL);
}

static int set_trap(const char *word, const char *action)
{
    int number = strcmp(word, "EXIT") == 0 ? 0 : signal_number(word);
    struct sigaction what = {.sa_handler = note};

    if (number < 0 || number >= TRAPS) {
        complain("trap: %s: no such signal", word);
        return 1;
    }
    free(actions[number]);
    actions[number] = action ? xstrdup(action) : NULL;
    if (number == 0)
        return 0;
    if (!action) {
        reset(number);
    } else if (!*action) {
        signal(number, SIG_IGN);
    } else {
        sigemptyset(&what.sa_mask);
        (void)sigaction(number, &what, NULL);
    }
    return 0;
}

static void print(void)
{
    for (int i = 0; i < TRAPS; i++)
        if (actions[i])
            printf("trap -- '%s' %s\n", actions[i], i == 0 ? "EXIT" : signal_name(i));
}

int trap_command(int count, char **words)
{
    int first = 1, status = 0;
    const char *action = NULL;

    if (first < count && strcmp(words[first], "--") == 0)
        first++;
    if (first == count) {
        print();
        return 0;
    }
    /* Only signals: they go back to what they were. */
    if (first + 1 < count || signal_number(words[first]) < 0) {
        action = strcmp(words[first], "-") == 0 ? NULL : words[first];
        first++;
    }
    for (; first < count; first++)
        status |= set_trap(words[first], action);
    return status;
}

static void run_action(int number)
{
    int status = shell.status;
    char *action = xstrdup(actions[number]);

    (void)run_string(action);
    free(action);
    shell.status = status;
}

void trap_run_pending(void)
{
    if (!any)
        return;
    any = 0;
    for (int i = 1; i < TRAPS; i++) {
        if (!came[i])
            continue;
        came[i] = 0;
        if (actions[i] && *actions[i])
            run_action(i);
    }
}

void trap_run_exit(void)
{
    char *action = actions[0];

    actions[0] = NULL;
    if (action && *action) {
        int status = shell.status;

        shell.status = status;
        (void)run_string(action);
        shell.status = status;
    }
    free(action);
}

void traps_reset(void)
{
    for (int i = 0; i < TRAPS; i++) {
        if (!actions[i] || !*actions[i])
            continue;
        free(actions[i]);
        actions[i] = NULL;
        if (i)
            signal(i, SIG_DFL);
    }
}

bool trap_ignores(int signal)
{
    return actions[signal] && !*actions[signal];
}
