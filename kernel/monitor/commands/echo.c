#include "kernel/monitor/command.h"
#include "lib/string.h"

static int echo(const struct words *words)
{
    for (int i = 1; i < words->count; i++) {
        output_write(words->at[i], strlen(words->at[i]));
        output_write(i + 1 < words->count ? " " : "", i + 1 < words->count);
    }
    output_write("\n", 1);
    return COMMAND_OK;
}

MONITOR_COMMAND("echo", "echo [WORD …]", "print its words", echo);
