/* log: the kernel's log in a window. */
#include <stdio.h>
#include <string.h>

#include "user/apps/log/window.h"

int main(void)
{
    int error = ui_start("log");

    if (error) {
        fprintf(stderr, "log: the desktop: %s\n", strerror(-error));
        return 1;
    }
    return log_open("/proc/kmsg") ? ui_run() : 1;
}
