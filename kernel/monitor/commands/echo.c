#include "kernel/monitor/command.h"
#include "lib/string.h"

static int echo(int count, char **words)
{
    for (int i = 1; i < count; i++) {
        output_write(words[i], strlen(words[i]));
        output_write(i + 1 < count ? " " : "", i + 1 < count);
    }
    output_write("\n", 1);
    return COMMAND_OK;
}

MONITOR_COMMAND("echo", "echo [WORD …]", "print its words", echo);
