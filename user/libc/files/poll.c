/* Waiting for files. */
#include <poll.h>
#include <sys/select.h>
#include <time.h>

#include <fastos/abi/files.h>

#include "user/libc/libc.h"
#include "user/libc/threads/cancel.h"

_Static_assert(sizeof(struct pollfd) == sizeof(struct abi_pollfd), "struct pollfd");

int ppoll(struct pollfd *files, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    return (int)CANCEL_POINT(checked(fastos_poll((const struct abi_pollfd *)files, count,
                                                 (const struct abi_timespec *)timeout, mask)));
}

int poll(struct pollfd *files, nfds_t count, int timeout_ms)
{
    struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};

    return ppoll(files, count, timeout_ms < 0 ? NULL : &timeout, NULL);
}

/* ---- select ---------------------------------------------------------------------------------- */

struct sets {
    fd_set *read, *write, *except;
};

static int gather(const struct sets *sets, int limit, struct pollfd *files)
{
    int count = 0;

    for (int fd = 0; fd < limit; fd++) {
        int events = (sets->read && FD_ISSET(fd, sets->read) ? POLLIN : 0)
                     | (sets->write && FD_ISSET(fd, sets->write) ? POLLOUT : 0)
                     | (sets->except && FD_ISSET(fd, sets->except) ? POLLPRI : 0);

        if (events)
            files[count++] = (struct pollfd){.fd = fd, .events = (short)events};
    }
    return count;
}

static int mark(fd_set *set, const struct pollfd *file, int asked, int answer)
{
    if (!(file->events & asked))
        return 0;
    if (file->revents & answer)
        return 1;
    FD_CLR(file->fd, set);
    return 0;
}

int pselect(int limit, fd_set *restrict read, fd_set *restrict write, fd_set *restrict except,
            const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
    struct sets sets = {read, write, except};
    struct pollfd files[FD_SETSIZE];
    int ready = 0;

    if (limit < 0 || limit > FD_SETSIZE) {
        errno = EINVAL;
        return -1;
    }
    int count = gather(&sets, limit, files);

    if (ppoll(files, (nfds_t)count, timeout, mask) < 0)
        return -1;
    for (int i = 0; i < count; i++) {
        if (files[i].revents & POLLNVAL) {
            errno = EBADF;
            return -1;
        }
        ready += mark(read, &files[i], POLLIN, POLLIN | POLLERR | POLLHUP);
        ready += mark(write, &files[i], POLLOUT, POLLOUT | POLLERR);
        ready += mark(except, &files[i], POLLPRI, POLLPRI);
    }
    return ready;
}

int select(int limit, fd_set *restrict read, fd_set *restrict write, fd_set *restrict except,
           struct timeval *restrict timeout)
{
    struct timespec exact;

    if (timeout)
        exact = (struct timespec){timeout->tv_sec, timeout->tv_usec * 1000};
    return pselect(limit, read, write, except, timeout ? &exact : NULL, NULL);
}
