/* The display server by a message channel of FastOS (docs/syscalls.md, channel_…). */
#ifdef __fastos__
#include <errno.h>
#include <fastos/syscalls.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "user/desktop/protocol.h"
#include "user/libui/backend.h"

static int channel = -1;

static int channel_open(void)
{
    long fd = fastos_channel_connect(PROTOCOL_NAME);

    if (fd < 0)
        return (int)fd;
    channel = (int)fd;
    fcntl(channel, F_SETFD, FD_CLOEXEC);
    fcntl(channel, F_SETFL, O_NONBLOCK);
    return 0;
}

static void channel_shut(void)
{
    close(channel);
    channel = -1;
}

static int channel_number(void)
{
    return channel;
}

static int channel_say(const void *bytes, size_t size, const int *fds, unsigned count)
{
    return (int)fastos_channel_send(channel, bytes, size, fds, count);
}

static int channel_hear(void *room, size_t size, int *fds, unsigned *count)
{
    long result = fastos_channel_receive(channel, room, size, fds, *count);

    if (result < 0)
        return (int)result;
    *count = (unsigned)(result >> 32);
    return (int)(result & 0xFFFFFFFF);
}

static int wait_for(struct pollfd *fds, unsigned count, int timeout_ms)
{
    return poll(fds, count, timeout_ms);
}

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

const struct backend backend_channel = {channel_open, channel_shut, channel_number, channel_say,
                                        channel_hear, wait_for,     now_ns};
#endif
