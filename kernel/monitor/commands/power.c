/* panic, reboot, poweroff: the ways to leave. */
#include "kernel/panic.h"
#include "kernel/power.h"
#include "kernel/monitor/command.h"
#include "lib/string.h"

static int panic_now(int count, char **words)
{
    static char text[256];
    for (int i = 1; i < count; i++) {
        strlcat(text, i > 1 ? " " : "", sizeof(text));
        strlcat(text, words[i], sizeof(text));
    }
    output_flush();
    panic("%s", text[0] ? text : "asked for by the monitor");
}

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

MONITOR_COMMAND("panic", "panic [TEXT …]", "stop the kernel with the panic screen", panic_now);
MONITOR_COMMAND("reboot", "reboot", "restart the machine", reboot);
MONITOR_COMMAND("poweroff", "poweroff", "switch the machine off", poweroff);
