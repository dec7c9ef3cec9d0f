/* Whose a process is, and where it belongs. */
#include <unistd.h>

#include "user/libc/libc.h"

pid_t getpid(void)
{
    return (pid_t)fastos_getpid();
}

pid_t gettid(void)
{
    return (pid_t)fastos_gettid();
}

pid_t getppid(void)
{
    return (pid_t)fastos_getppid();
}

pid_t getpgid(pid_t pid)
{
    return (pid_t)checked(fastos_getpgid(pid));
}

pid_t getpgrp(void)
{
    return getpgid(0);
}

int setpgid(pid_t pid, pid_t group)
{
    return (int)checked(fastos_setpgid(pid, group));
}

int setpgrp(void)
{
    return setpgid(0, 0);
}

pid_t getsid(pid_t pid)
{
    return (pid_t)checked(fastos_getsid(pid));
}

pid_t setsid(void)
{
    return (pid_t)checked(fastos_setsid());
}

uid_t getuid(void)
{
    return (uid_t)fastos_getuid();
}

uid_t geteuid(void)
{
    return (uid_t)fastos_geteuid();
}

gid_t getgid(void)
{
    return (gid_t)fastos_getgid();
}

gid_t getegid(void)
{
    return (gid_t)fastos_getegid();
}

int setuid(uid_t user)
{
    return (int)checked(fastos_setuid(user));
}

int setgid(gid_t group)
{
    return (int)checked(fastos_setgid(group));
}

/* There is one user and one group a process, and none beside. */
int seteuid(uid_t user)
{
    return user == geteuid() ? 0 : setuid(user);
}

int setegid(gid_t group)
{
    return group == getegid() ? 0 : setgid(group);
}

int getgroups(int count, gid_t groups[])
{
    (void)count;
    (void)groups;
    return 0;
}

int setgroups(int count, const gid_t *groups)
{
    (void)groups;
    if (count == 0)
        return 0;
    errno = EPERM;
    return -1;
}
