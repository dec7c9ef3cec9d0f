#include "kernel/monitor/command.h"

static int clear(const struct words *words)
{
    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    output_print("\x1b[H\x1b[2J");
    return COMMAND_OK;
}

MONITOR_COMMAND("clear", "clear", "clear the screen", clear);
