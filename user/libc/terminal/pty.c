/* Pseudo terminals: a master from /dev/ptmx, its slave in /dev/pts. */
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "user/libc/libc.h"

int posix_openpt(int flags)
{
    return open("/dev/ptmx", flags);
}

int grantpt(int fd)
{
    char ignored[32];

    return ptsname_r(fd, ignored, sizeof(ignored)) ? -1 : 0;
}

int unlockpt(int fd)
{
    int locked = 0;

    return ioctl(fd, TIOCSPTLCK, &locked);
}

int ptsname_r(int fd, char *to, size_t size)
{
    int number;

    if (ioctl(fd, TIOCGPTN, &number) < 0)
        return errno;
    int length = snprintf(to, size, "/dev/pts/%d", number);

    return length > 0 && (size_t)length < size ? 0 : ERANGE;
}

char *ptsname(int fd)
{
    static char name[32];
    int error = ptsname_r(fd, name, sizeof(name));

    if (!error)
        return name;
    errno = error;
    return NULL;
}

int openpty(int *master, int *slave, char *name, const struct termios *settings,
            const struct winsize *size)
{
    char path[32];
    int error = 0;

    *master = posix_openpt(O_RDWR | O_NOCTTY);
    if (*master < 0)
        return -1;
    if (unlockpt(*master) < 0)
        error = errno;
    if (!error)
        error = ptsname_r(*master, path, sizeof(path));
    if (!error && (*slave = open(path, O_RDWR | O_NOCTTY)) < 0)
        error = errno;
    if (error) {
        close(*master);
        errno = error;
        return -1;
    }
    if (settings)
        (void)tcsetattr(*slave, TCSANOW, settings);
    if (size)
        (void)tcsetwinsize(*slave, size);
    if (name)
        snprintf(name, sizeof(path), "%s", path);
    return 0;
}

/* The terminal becomes a new session's, and its standard files. */
int login_tty(int fd)
{
    setsid();
    if (ioctl(fd, TIOCSCTTY, 0l) < 0)
        return -1;
    for (int i = 0; i < 3; i++)
        if (dup2(fd, i) < 0)
            return -1;
    return fd > 2 ? close(fd) : 0;
}

pid_t forkpty(int *master, char *name, const struct termios *settings, const struct winsize *size)
{
    int slave;

    if (openpty(master, &slave, name, settings, size) < 0)
        return -1;
    pid_t pid = fork();

    if (pid < 0)
        close(*master);
    if (pid == 0) {
        close(*master);
        if (login_tty(slave) < 0)
            _exit(127);
        return 0;
    }
    close(slave);
    return pid;
}
