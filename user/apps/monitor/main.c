/* monitor [overview|processes|drivers|disks]: the System Monitor, on this machine. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "user/apps/monitor/monitor.h"

static int send_signal(int pid, int number)
{
    return kill(pid, number) < 0 ? -errno : 0;
}

static int set_nice(int pid, int nice)
{
    return setpriority(PRIO_PROCESS, (id_t)pid, nice) < 0 ? -errno : 0;
}

static int order_driver(const char *order)
{
    int fd = open("/dev/drivers", O_RDWR | O_CLOEXEC);
    int error = fd < 0 || write(fd, order, strlen(order)) < 0 ? -errno : 0;

    if (fd >= 0)
        close(fd);
    return error;
}

const struct monitor_world monitor_machine = {
    .proc = "/proc", .signal = send_signal, .renice = set_nice, .order_driver = order_driver,
};

static enum monitor_tab tab_named(const char *name)
{
    static const char *const names[] = {"overview", "processes", "drivers", "disks"};

    for (unsigned i = 0; name && i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(name, names[i]) == 0)
            return (enum monitor_tab)i;
    return TAB_OVERVIEW;
}

int main(int argc, char **argv)
{
    int error = ui_start("monitor");

    (void)argc;
    if (error) {
        fprintf(stderr, "monitor: the desktop: %s\n", strerror(-error));
        return 1;
    }
    if (!monitor_open(&monitor_machine, tab_named(argv[1])))
        return 1;
    return ui_run();
}
