/* Opening files, and what one does with their handles. */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "user/libc/libc.h"

#define MODE_OF(last, flags)                                                                       \
    ({                                                                                             \
        unsigned mode_ = 0;                                                                        \
                                                                                                   \
        if ((flags) & O_CREAT) {                                                                   \
            va_list rest_;                                                                         \
            va_start(rest_, last);                                                                 \
            mode_ = va_arg(rest_, unsigned);                                                       \
            va_end(rest_);                                                                         \
        }                                                                                          \
        mode_;                                                                                     \
    })

int open(const char *path, int flags, ...)
{
    unsigned mode = MODE_OF(flags, flags);

    return (int)checked(fastos_openat(AT_FDCWD, path, (unsigned)flags, mode));
}

int openat(int directory, const char *path, int flags, ...)
{
    unsigned mode = MODE_OF(flags, flags);

    return (int)checked(fastos_openat(directory, path, (unsigned)flags, mode));
}

int creat(const char *path, mode_t mode)
{
    return open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int close(int fd)
{
    return (int)checked(fastos_close(fd));
}

int dup(int fd)
{
    return (int)checked(fastos_dup(fd));
}

int dup3(int fd, int other, int flags)
{
    return (int)checked(fastos_dup3(fd, other, (unsigned)flags));
}

/* Unlike dup3 it may be the same handle. */
int dup2(int fd, int other)
{
    if (fd != other)
        return dup3(fd, other, 0);
    return fcntl(fd, F_GETFD) < 0 ? -1 : fd;
}

int fcntl(int fd, int command, ...)
{
    va_list rest;

    va_start(rest, command);
    long argument = va_arg(rest, long);
    va_end(rest);
    return (int)checked(fastos_fcntl(fd, command, argument));
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;

    va_start(rest, request);
    const void *argument = va_arg(rest, void *);
    va_end(rest);
    return (int)checked(fastos_ioctl(fd, (unsigned)request, argument));
}

int pipe2(int fds[2], int flags)
{
    return (int)checked(fastos_pipe(fds, (unsigned)flags));
}

int pipe(int fds[2])
{
    return pipe2(fds, 0);
}

int posix_fadvise(int fd, off_t offset, off_t bytes, int advice)
{
    (void)offset;
    (void)bytes;
    (void)advice;
    return fcntl(fd, F_GETFD) < 0 ? errno : 0;
}
