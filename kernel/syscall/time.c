/* System calls about time. */
#include "kernel/core/time/time.h"

#include "kernel/core/memory/user_memory.h"
#include "kernel/process/process.h"
#include "kernel/syscall/arguments.h"
#include "lib/abi/time.h"
#include "lib/errno.h"
#include "syscalls.h"

static uint64_t process_time_ns(void)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    uint64_t ns = process_cpu_ns(process_current());

    spin_unlock_irq(&process_lock, saved);
    return ns;
}

static uint64_t thread_time_ns(void)
{
    const struct thread *me = thread_current();

    return me->cpu_ns + (time_now_ns() - me->since_ns);
}

static int read_clock(int clock, uint64_t *ns)
{
    switch (clock) {
    case CLOCK_REALTIME:
        return time_wall_ns(ns);
    case CLOCK_MONOTONIC:
        *ns = time_now_ns();
        return 0;
    case CLOCK_PROCESS_CPUTIME_ID:
        *ns = process_time_ns();
        return 0;
    case CLOCK_THREAD_CPUTIME_ID:
        *ns = thread_time_ns();
        return 0;
    default:
        return -EINVAL;
    }
}

int64_t sys_clock_gettime(int clock, struct user time)
{
    uint64_t ns;
    int error = read_clock(clock, &ns);

    if (error)
        return error;
    struct abi_timespec now = timespec_of(ns);

    return copy_to_user(time, &now, sizeof(now));
}

int64_t sys_clock_settime(int clock, struct user time)
{
    uint64_t ns;
    int error = timespec_from_user(time, &ns);

    if (error)
        return error;
    if (clock != CLOCK_REALTIME)
        return -EINVAL;
    if (process_current()->fs.uid != 0)
        return -EPERM;
    time_set_wall_ns(ns);
    return 0;
}

int64_t sys_clock_getres(int clock, struct user time)
{
    struct abi_timespec one = {0, 1};

    if (clock < CLOCK_REALTIME || clock > CLOCK_THREAD_CPUTIME_ID)
        return -EINVAL;
    return time.at ? copy_to_user(time, &one, sizeof(one)) : 0;
}

/* Until then on the monotonic clock. */
static int sleep_until(uint64_t deadline_ns)
{
    struct wait_queue queue;
    int error = 0;

    wait_queue_init(&queue, "sleep");
    uint64_t saved = wait_lock(&queue);

    while (!error) /* nobody wakes it */
        error = wait_interruptible(&queue, &saved, deadline_ns);
    wait_unlock(&queue, saved);
    return error == -ETIMEDOUT ? 0 : error;
}

static int deadline_of(int clock, int flags, uint64_t ns, uint64_t *deadline_ns)
{
    uint64_t now_ns = time_now_ns(), base_ns = now_ns;

    if (flags & TIMER_ABSTIME) {
        int error = read_clock(clock, &base_ns);

        if (error)
            return error;
        ns = ns > base_ns ? ns - base_ns : 0;
    }
    *deadline_ns = ns < WAIT_FOREVER - 1 - now_ns ? now_ns + ns : WAIT_FOREVER - 1;
    return 0;
}

int64_t sys_clock_nanosleep(int clock, int flags, struct user time, struct user left)
{
    uint64_t ns, deadline_ns;
    int error = timespec_from_user(time, &ns);

    if (!error && clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
        error = -EINVAL;
    if (!error)
        error = deadline_of(clock, flags, ns, &deadline_ns);
    if (error)
        return error;
    error = sleep_until(deadline_ns);
    if (error == -EINTR && left.at && !(flags & TIMER_ABSTIME)) {
        uint64_t now_ns = time_now_ns();
        struct abi_timespec rest = timespec_of(deadline_ns > now_ns ? deadline_ns - now_ns : 0);

        if (copy_to_user(left, &rest, sizeof(rest)))
            return -EFAULT;
    }
    return error;
}
