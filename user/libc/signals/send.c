/* Sending signals. */
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "user/libc/libc.h"

int kill(pid_t pid, int signal)
{
    return (int)checked(fastos_kill(pid, signal));
}

int killpg(pid_t group, int signal)
{
    if (group < 0) {
        errno = EINVAL;
        return -1;
    }
    return kill(group ? -group : 0, signal);
}

int raise(int signal)
{
    return (int)checked(fastos_tgkill(fastos_getpid(), fastos_gettid(), signal));
}

int _raise_r(struct _reent *reent, int signal)
{
    (void)reent;
    return raise(signal);
}

int pthread_kill(pthread_t thread, int signal)
{
    if (__atomic_load_n(&thread->detached, __ATOMIC_RELAXED) == 2)
        return ESRCH;
    return (int)-fastos_tgkill(fastos_getpid(), thread->tid, signal);
}
