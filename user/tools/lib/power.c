/* The end of it all: init is asked to, or (-f) it is done at once. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "user/tools/lib/tool.h"

#ifdef __fastos__
#include <sys/reboot.h>

static void end_now(bool restart)
{
    sync();
    (void)reboot(restart ? RB_AUTOBOOT : RB_POWER_OFF);
    die("%s", strerror(errno));
}

int power(int count, char **words, bool restart)
{
    bool force = false;

    while (option(count, words, "f") != -1)
        force = true;
    if (force)
        end_now(restart);
    if (kill(1, restart ? SIGINT : SIGTERM))
        die("init: %s", strerror(errno));
    return 0;
}

#else

int power(int count, char **words, bool restart)
{
    (void)count, (void)words, (void)restart;
    die("not on this system");
}

#endif
