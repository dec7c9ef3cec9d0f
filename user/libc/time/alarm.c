/* SIGALRM after a time. */
#include <sys/time.h>
#include <unistd.h>

#include "user/libc/libc.h"

/* struct itimerval is the kernel's. */
struct abi_itimerval;

int setitimer(int which, const struct itimerval *restrict new, struct itimerval *restrict old)
{
    return (int)checked(
        fastos_setitimer(which, (const struct abi_itimerval *)new, (struct abi_itimerval *)old));
}

int getitimer(int which, struct itimerval *to)
{
    return setitimer(which, NULL, to);
}

unsigned alarm(unsigned seconds)
{
    struct itimerval new = {.it_value = {seconds, 0}}, old;

    if (setitimer(ITIMER_REAL, &new, &old) < 0)
        return 0;
    return (unsigned)old.it_value.tv_sec + (old.it_value.tv_usec > 0);
}

useconds_t ualarm(useconds_t us, useconds_t interval)
{
    struct itimerval new = {
        {(time_t)(interval / 1000000), (suseconds_t)(interval % 1000000)},
        {(time_t)(us / 1000000), (suseconds_t)(us % 1000000)},
    };
    struct itimerval old;

    if (setitimer(ITIMER_REAL, &new, &old) < 0)
        return 0;
    return (useconds_t)old.it_value.tv_sec * 1000000 + (useconds_t)old.it_value.tv_usec;
}
