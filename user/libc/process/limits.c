/* Limits, use and priority. */
#include <sys/resource.h>
#include <unistd.h>

#include <fastos/abi/process.h>

#include "user/libc/libc.h"
#include "user/libc/process/usage.h"

_Static_assert(sizeof(struct rlimit) == sizeof(struct abi_rlimit), "struct rlimit");

int prlimit(pid_t pid, int resource, const struct rlimit *new, struct rlimit *old)
{
    return (int)checked(fastos_prlimit(pid, (unsigned)resource, (const struct abi_rlimit *)new,
                                       (struct abi_rlimit *)old));
}

int getrlimit(int resource, struct rlimit *to)
{
    return prlimit(0, resource, NULL, to);
}

int setrlimit(int resource, const struct rlimit *limit)
{
    return prlimit(0, resource, limit, NULL);
}

int getrusage(int who, struct rusage *to)
{
    struct abi_rusage used;

    if (checked(fastos_getrusage(who, &used)) < 0)
        return -1;
    *to = usage_of(&used);
    return 0;
}

/* The kernel says 20 - nice, so that -1 is an error. */
int getpriority(int which, id_t who)
{
    long result = fastos_getpriority(which, (int)who);

    return result < 0 ? (int)checked(result) : 20 - (int)result;
}

int setpriority(int which, id_t who, int nice)
{
    return (int)checked(fastos_setpriority(which, (int)who, nice));
}

int nice(int more)
{
    long before = fastos_getpriority(PRIO_PROCESS, 0);
    int wanted = 20 - (int)before + more;

    if (before < 0)
        return (int)checked(before);
    wanted = wanted < PRIO_MIN ? PRIO_MIN : wanted > PRIO_MAX ? PRIO_MAX : wanted;
    if (setpriority(PRIO_PROCESS, 0, wanted) < 0) {
        if (errno == EACCES)
            errno = EPERM;
        return -1;
    }
    return wanted;
}

int getdtablesize(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? 256 : (int)limit.rlim_cur;
}
