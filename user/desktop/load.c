/* See load.h: the first line of /proc/stat, "cpu" and ticks: user, nice, system, idle … */
#include "user/desktop/load.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "user/desktop/system.h"

static unsigned long long all_before, idle_before;

unsigned load_percent(void)
{
    unsigned long long user, nice, system, idle, all, busy, passed;
    char text[256];
    int fd = open(system_paths.load, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = '\0';
    if (sscanf(text, "cpu %llu %llu %llu %llu", &user, &nice, &system, &idle) != 4)
        return 0;
    all = user + nice + system + idle;
    passed = all - all_before;
    busy = passed - (idle - idle_before);
    all_before = all;
    idle_before = idle;
    return passed > 0 && busy <= passed ? (unsigned)(busy * 100 / passed) : 0;
}
