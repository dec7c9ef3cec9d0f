/* reboot, poweroff: the ways to leave. */
#include "kernel/power.h"
#include "kernel/monitor/command.h"

static int reboot(int count, char **words)
{
    if (count > 1)
        return command_misused(words, "%s: it takes no words", words[1]);
    output_flush();
    power_reboot();
}

static int poweroff(int count, char **words)
{
    if (count > 1)
        return command_misused(words, "%s: it takes no words", words[1]);
    output_flush();
    power_off();
}

MONITOR_COMMAND("reboot", "reboot", "restart the machine", reboot);
MONITOR_COMMAND("poweroff", "poweroff", "switch the machine off", poweroff);
