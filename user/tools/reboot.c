/* The end of the system. init does it, after all others have ended (user/init); -f does it here. */
#include <signal.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "user/tools/tool.h"

static int end_by(struct words *words, int to_init, int how)
{
    bool force = false;

    for (int c; (c = option(words, "f"));)
        force |= c == 'f';
    need_operands(words, 0, 0);
    if (!force && getpid() != 1)
        return kill(1, to_init) ? failed("init") : 0;
    sync();
    reboot(how);
    return failed("the kernel");
}

static int reboot_(struct words *words)
{
    return end_by(words, SIGTERM, RB_AUTOBOOT);
}

static int poweroff(struct words *words)
{
    return end_by(words, SIGUSR2, RB_POWER_OFF);
}

static int halt(struct words *words)
{
    return end_by(words, SIGUSR1, RB_HALT_SYSTEM);
}

TOOL(reboot_, "reboot", "[-f]", "end all programs and start the machine anew", "  -f  at once\n")
TOOL(poweroff, "poweroff", "[-f]", "end all programs and switch the machine off", "  -f  at once\n")
TOOL(halt, "halt", "[-f]", "end all programs and stop", "  -f  at once\n")
