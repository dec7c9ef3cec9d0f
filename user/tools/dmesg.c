#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

TOOL(dmesg, "", "Show what the kernel has said.\n")
{
    char piece[4096];
    int fd = open("/proc/kmsg", O_RDONLY | O_NONBLOCK);
    ssize_t now;

    (void)count, (void)words;
    if (fd < 0)
        die("/proc/kmsg: %s", strerror(errno));
    while ((now = read(fd, piece, sizeof(piece))) > 0)
        fwrite(piece, 1, (size_t)now, stdout);
    close(fd);
    return 0;
}
