/* help [PAGE[#heading]]: the system's own documents. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "user/apps/help/window.h"

int main(int argc, char **argv)
{
    int error = ui_start("help");

    if (error) {
        fprintf(stderr, "help: the desktop: %s\n", strerror(-error));
        return 1;
    }
    if (!help_open("/usr/share/doc/fastos", argc > 1 ? argv[1] : NULL, &error)) {
        fprintf(stderr, "help: /usr/share/doc/fastos: %s\n", strerror(-error));
        ui_end();
        return 1;
    }
    signal(SIGCHLD, SIG_IGN); /* nobody waits for editors */
    int status = ui_run();
    help_close();
    return status;
}
