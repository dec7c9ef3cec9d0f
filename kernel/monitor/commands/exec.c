/* exec: a program in ring 3, until it ends, or Ctrl-C ends it. */
#include "kernel/core/time/time.h"
#include "kernel/monitor/command.h"
#include "kernel/process/exec.h"
#include "kernel/process/signals.h"
#include "lib/errno.h"

#define LOOK_NS  (50 * NS_PER_MS) /* for Ctrl-C */

static int wait(uint64_t pid, int *status)
{
    int error;

    do {
        if (command_interrupted())
            signal_process_of(pid, SIGINT);
        error = process_wait_until(pid, status, time_now_ns() + LOOK_NS);
    } while (error == -ETIMEDOUT);
    return error;
}

static int exec(const struct words *words)
{
    struct program_words arguments = {.count = 0}, environment = {{"PATH=/bin:/usr/bin"}, 1};
    const char *why;
    uint64_t pid;
    int status;

    if (words->count < 2)
        return command_misused(words, "the path of a program, and its arguments");
    for (int i = 1; i < words->count; i++) {
        if (arguments.count == PROGRAM_WORDS_MAX)
            return command_misused(words, "at most %u words", PROGRAM_WORDS_MAX);
        arguments.at[arguments.count++] = words->at[i];
    }
    if (process_start(words->at[1], &arguments, &environment, &pid, &why))
        return command_fail(words, "%s: %s", words->at[1], why);
    output_flush();
    if (wait(pid, &status))
        return command_fail(words, "%s: it is gone", words->at[1]);
    return status;
}

MONITOR_COMMAND("exec", "exec PATH [WORD …]", "run a program in ring 3", exec);
