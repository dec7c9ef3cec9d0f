#include "kernel/monitor/command.h"

static int help_on(const struct words *words, const char *name)
{
    const struct monitor_command *command = command_find(name);
    if (!command)
        return command_fail(words, "%s: no such command; `help` lists them", name);
    output_print("%s\nusage: %s\n", command->help, command->usage);
    return COMMAND_OK;
}

static int help(const struct words *words)
{
    const struct monitor_command *command;
    if (words->count > 2)
        return command_misused(words, "one command, not %d", words->count - 1);
    if (words->count == 2)
        return help_on(words, words->at[1]);
    for (unsigned i = 0; (command = command_at(i)); i++)
        output_print("  \x1b[1m%-9s\x1b[0m %s\n", command->name, command->help);
    output_print("Tab completes, up and down bring back lines, Ctrl-C stops a command; "
                 "`help COMMAND` tells more.\n");
    return COMMAND_OK;
}

MONITOR_COMMAND("help", "help [COMMAND]", "list the commands, or tell how to use one", help);
