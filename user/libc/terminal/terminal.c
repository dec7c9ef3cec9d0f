/* Terminals. struct termios and struct winsize are the kernel's own. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "user/libc/libc.h"

_Static_assert(sizeof(struct termios) == sizeof(struct abi_termios)
                   && offsetof(struct termios, c_cc) == offsetof(struct abi_termios, characters),
               "struct termios");
_Static_assert(sizeof(struct winsize) == sizeof(struct abi_winsize), "struct winsize");

int tcgetattr(int fd, struct termios *to)
{
    return ioctl(fd, TCGETS, to);
}

int tcsetattr(int fd, int when, const struct termios *from)
{
    switch (when) {
    case TCSANOW: return ioctl(fd, TCSETS, from);
    case TCSADRAIN: return ioctl(fd, TCSETSW, from);
    case TCSAFLUSH: return ioctl(fd, TCSETSF, from);
    default: errno = EINVAL; return -1;
    }
}

int tcdrain(int fd)
{
    return ioctl(fd, TCSBRK, 1l);
}

int tcsendbreak(int fd, int duration)
{
    (void)duration;
    return ioctl(fd, TCSBRK, 0l);
}

int tcflow(int fd, int action)
{
    return ioctl(fd, TCXONC, (long)action);
}

int tcflush(int fd, int queue)
{
    return ioctl(fd, TCFLSH, (long)queue);
}

pid_t tcgetpgrp(int fd)
{
    int group;

    return ioctl(fd, TIOCGPGRP, &group) < 0 ? -1 : group;
}

int tcsetpgrp(int fd, pid_t group)
{
    return ioctl(fd, TIOCSPGRP, &group);
}

pid_t tcgetsid(int fd)
{
    int session;

    return ioctl(fd, TIOCGSID, &session) < 0 ? -1 : session;
}

int tcgetwinsize(int fd, struct winsize *to)
{
    return ioctl(fd, TIOCGWINSZ, to);
}

int tcsetwinsize(int fd, const struct winsize *from)
{
    return ioctl(fd, TIOCSWINSZ, from);
}

int isatty(int fd)
{
    struct termios ignored;

    return tcgetattr(fd, &ignored) == 0;
}

int _isatty(int fd);

int _isatty(int fd)
{
    return isatty(fd);
}

/* ---- in memory alone ------------------------------------------------------------------------- */

speed_t cfgetispeed(const struct termios *from)
{
    return from->c_ispeed;
}

speed_t cfgetospeed(const struct termios *from)
{
    return from->c_ospeed;
}

int cfsetispeed(struct termios *to, speed_t speed)
{
    to->c_ispeed = speed;
    return 0;
}

int cfsetospeed(struct termios *to, speed_t speed)
{
    to->c_ospeed = speed;
    return 0;
}

int cfsetspeed(struct termios *to, speed_t speed)
{
    to->c_ispeed = to->c_ospeed = speed;
    return 0;
}

void cfmakeraw(struct termios *to)
{
    to->c_iflag &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    to->c_oflag &= ~OPOST;
    to->c_lflag &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    to->c_cflag = (to->c_cflag & ~(CSIZE | PARENB)) | CS8;
    to->c_cc[VMIN] = 1;
    to->c_cc[VTIME] = 0;
}
