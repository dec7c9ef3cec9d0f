/* How the toolkit reaches a display server: a channel of FastOS (channel.c), or a test's (headless.c). */
#pragma once

#include <poll.h>
#include <stddef.h>
#include <stdint.h>

struct backend {
    int (*connect)(void); /* 0 or negative errno */
    void (*disconnect)(void);
    int (*fd)(void); /* for poll; -1: none */
    /* 0, -EAGAIN (later), other errors: the server is gone. The files stay the caller's. */
    int (*send)(const void *bytes, size_t size, const int *fds, unsigned count);
    /* The size of a message, -EAGAIN: there is none; other errors: the server is gone. *count: room for
       files, then how many came. */
    int (*receive)(void *room, size_t size, int *fds, unsigned *count);
    int (*wait)(struct pollfd *fds, unsigned count, int timeout_ms); /* as poll */
    int64_t (*now_ns)(void);
};
/* The one that ui_start uses; a test sets its own before. */
extern const struct backend *backend_used;
extern const struct backend backend_channel;
