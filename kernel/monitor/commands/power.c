/* reboot, poweroff: the ways to leave. */
#include "kernel/power.h"
#include "kernel/fs/root.h"
#include "kernel/monitor/command.h"

static int reboot(const struct words *words)
{
    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    output_flush();
    root_shutdown();
    power_reboot();
}

static int poweroff(const struct words *words)
{
    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    output_flush();
    root_shutdown();
    power_off();
}

MONITOR_COMMAND("reboot", "reboot", "restart the machine", reboot);
MONITOR_COMMAND("poweroff", "poweroff", "switch the machine off", poweroff);
