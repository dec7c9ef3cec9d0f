/* desktop: the display server. Ends with 3 where there is no screen. See turn.h. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "user/desktop/turn.h"

#define NO_SCREEN 3 /* user/session asks for it */

int main(void)
{
    int error = desktop_start();

    if (error == -ENODEV || error == -ENOENT || error == -ENXIO) {
        fprintf(stderr, "desktop: no framebuffer here (/dev/fb0)\n");
        return NO_SCREEN;
    }
    if (error) {
        fprintf(stderr, "desktop: %s\n", strerror(-error));
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    for (;;)
        desktop_turn();
}
