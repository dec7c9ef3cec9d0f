#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "user/tools/tool.h"

static const char *const places[] = {"/proc/kmsg", "/dev/kmsg"};

static int dmesg(struct words *words)
{
    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 0, 0);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        int fd = open(places[i], O_RDONLY | O_NONBLOCK | O_CLOEXEC);

        if (fd < 0)
            continue;
        int status = copy_bytes(fd, STDOUT_FILENO);

        close(fd);
        return status == 1 && errno != EAGAIN ? failed("%s", places[i]) : status == 2;
    }
    return failed("%s", places[0]);
}

TOOL(dmesg, "dmesg", "", "print the kernel's log", "")
