#include "kernel/syscall/arguments.h"

#include "kernel/core/memory/slab.h"
#include "kernel/core/sync/wait.h"
#include "kernel/core/time/time.h"
#include "kernel/syscall/syscall.h"
#include "lib/errno.h"

static struct slab_cache paths;

int syscalls_init(void)
{
    return slab_cache_init(&paths, "path", PATH_MAX, 8, NULL);
}

int path_from_user(struct user from, char **path, size_t *length)
{
    *path = slab_alloc(&paths);
    if (!*path)
        return -ENOMEM;
    int error = copy_string_from_user(*path, from, PATH_MAX, length);

    if (error)
        slab_free(&paths, *path);
    return error;
}

void path_free(char *path)
{
    slab_free(&paths, path);
}

int timespec_from_user(struct user from, uint64_t *ns)
{
    struct abi_timespec time;

    if (copy_from_user(&time, from, sizeof(time)))
        return -EFAULT;
    if (time.seconds < 0 || time.nanoseconds < 0 || time.nanoseconds >= (int64_t)NS_PER_SECOND)
        return -EINVAL;
    *ns = (uint64_t)time.seconds < UINT64_MAX / NS_PER_SECOND - 1
              ? (uint64_t)time.seconds * NS_PER_SECOND + (uint64_t)time.nanoseconds
              : UINT64_MAX - 1;
    return 0;
}

int deadline_from_user(struct user from, uint64_t *deadline_ns)
{
    uint64_t ns, now_ns = time_now_ns();

    *deadline_ns = WAIT_FOREVER;
    if (!from.at)
        return 0;
    int error = timespec_from_user(from, &ns);

    if (!error)
        *deadline_ns = ns < WAIT_FOREVER - 1 - now_ns ? now_ns + ns : WAIT_FOREVER - 1;
    return error;
}

struct abi_timespec timespec_of(uint64_t ns)
{
    return (struct abi_timespec){(int64_t)(ns / NS_PER_SECOND), (int64_t)(ns % NS_PER_SECOND)};
}
