/* The commands that the linker gathered (kernel/kernel.ld). */
#include <stddef.h>

#include "kernel/monitor/command.h"
#include "lib/string.h"

extern const struct monitor_command monitor_commands_start[], monitor_commands_end[];

const struct monitor_command *command_at(unsigned index)
{
    if (index >= (size_t)(monitor_commands_end - monitor_commands_start))
        return NULL;
    return &monitor_commands_start[index];
}

const struct monitor_command *command_find(const char *name)
{
    const struct monitor_command *command;
    for (unsigned i = 0; (command = command_at(i)); i++) {
        if (strcmp(command->name, name) == 0)
            return command;
    }
    return NULL;
}
