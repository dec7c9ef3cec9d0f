#include <sys/resource.h>
#include <sys/wait.h>

#include <fastos/abi/process.h>

#include "user/libc/libc.h"
#include "user/libc/process/usage.h"
#include "user/libc/threads/cancel.h"

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
    struct abi_rusage used;
    long found = CANCEL_POINT(
        checked(fastos_wait4(pid, status, (unsigned)options, usage ? &used : NULL)));

    if (found > 0 && usage)
        *usage = usage_of(&used);
    return (pid_t)found;
}

pid_t wait3(int *status, int options, struct rusage *usage)
{
    return wait4(-1, status, options, usage);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
    return wait4(pid, status, options, NULL);
}

pid_t wait(int *status)
{
    return wait4(-1, status, 0, NULL);
}
