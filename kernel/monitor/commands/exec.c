/* exec: a program in ring 3, until it ends, or Ctrl-C ends it. */
#include "kernel/core/time/time.h"
#include "kernel/monitor/command.h"
#include "kernel/process/process.h"
#include "lib/errno.h"

#define SIGINT   2u
#define LOOK_NS  (50 * NS_PER_MS) /* for Ctrl-C */

static int wait(uint64_t pid, int *status)
{
    int error;

    do {
        if (command_interrupted())
            (void)!process_kill(pid, SIGINT);
        error = process_wait_until(pid, status, time_now_ns() + LOOK_NS);
    } while (error == -ETIMEDOUT);
    return error;
}

static int exec(const struct words *words)
{
    const char *why;
    uint64_t pid;
    int status;

    if (words->count != 2)
        return command_misused(words, "the path of one program");
    if (process_start(words->at[1], 0, &pid, &why))
        return command_fail(words, "%s: %s", words->at[1], why);
    output_flush();
    if (wait(pid, &status))
        return command_fail(words, "%s: it is gone", words->at[1]);
    return status;
}

MONITOR_COMMAND("exec", "exec PATH", "run a program in ring 3", exec);
