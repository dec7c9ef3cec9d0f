/* exec: a program in ring 3, until it ends. */
#include "kernel/monitor/command.h"
#include "kernel/monitor/files.h"
#include "kernel/process/process.h"

static int exec(const struct words *words)
{
    const char *why;
    uint64_t pid;
    int status;

    if (words->count != 2)
        return command_misused(words, "the path of one program");
    if (process_start(file_path(words->at[1]), 0, &pid, &why))
        return command_fail(words, "%s: %s", words->at[1], why);
    output_flush();
    if (process_wait(pid, &status))
        return command_fail(words, "%s: it is gone", words->at[1]);
    return status;
}

MONITOR_COMMAND("exec", "exec PATH", "run a program in ring 3", exec);
