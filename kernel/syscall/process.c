/* System calls about processes. Thin: arguments are checked and copied here, the work is
   kernel/process's. */
#include "kernel/core/memory/heap.h"
#include "kernel/core/thread/thread.h"
#include "kernel/fs/descriptors.h"
#include "kernel/process/exec.h"
#include "kernel/process/process.h"
#include "kernel/process/session.h"
#include "kernel/process/signals.h"
#include "kernel/process/trace.h"
#include "kernel/syscall/arguments.h"
#include "lib/errno.h"
#include "syscalls.h"

/* ---- a process's life ------------------------------------------------------------------------ */

int64_t sys_exit(int status)
{
    struct process *process = process_current();

    if (process->trace)
        trace_record_last(process->trace, user_frame());
    process_exit((status & 0xff) << 8);
}

int64_t sys_fork(void)
{
    uint64_t pid;
    int error = process_fork(&pid);

    return error ? error : (int64_t)pid;
}

int64_t sys_execve(struct user path, struct user arguments, struct user environment)
{
    char *copy;
    int error = path_from_user(path, &copy, NULL);

    if (error)
        return error;
    error = process_exec(copy, arguments, environment);
    path_free(copy);
    return error;
}

int64_t sys_exec(struct user path, struct user arguments)
{
    return sys_execve(path, arguments, (struct user){0});
}

int64_t sys_wait4(int64_t pid, struct user status, unsigned options, struct user usage)
{
    struct abi_rusage used;
    int32_t found;
    int value;

    if (options & ~(unsigned)(WNOHANG | WUNTRACED | WCONTINUED))
        return -EINVAL;
    int64_t which = process_wait(pid, &value, options, &used);

    found = value;
    if (which <= 0)
        return which;
    if (status.at && copy_to_user(status, &found, sizeof(found)))
        return -EFAULT;
    if (usage.at && copy_to_user(usage, &used, sizeof(used)))
        return -EFAULT;
    return which;
}

/* The specification's: the result is how it ended. */
int64_t sys_wait(int64_t pid)
{
    struct abi_rusage used;
    int status;
    int64_t which = process_wait(pid, &status, 0, &used);

    if (which < 0)
        return which;
    return status & 0x7f ? 128 + (status & 0x7f) : status >> 8;
}

/* ---- who ------------------------------------------------------------------------------------- */

int64_t sys_getpid(void)
{
    return (int64_t)process_current()->pid;
}

int64_t sys_getppid(void)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    const struct process *parent = process_current()->parent;
    int64_t pid = parent ? (int64_t)parent->pid : 0;

    spin_unlock_irq(&process_lock, saved);
    return pid;
}

int64_t sys_getpgid(int64_t pid)
{
    return session_group_of(pid);
}

int64_t sys_setpgid(int64_t pid, int64_t group)
{
    return session_set_group(pid, group);
}

int64_t sys_getsid(int64_t pid)
{
    return session_of(pid);
}

int64_t sys_setsid(void)
{
    return session_create();
}

int64_t sys_getuid(void)
{
    return process_current()->real_uid;
}

int64_t sys_geteuid(void)
{
    return process_current()->fs.uid;
}

int64_t sys_getgid(void)
{
    return process_current()->real_gid;
}

int64_t sys_getegid(void)
{
    return process_current()->fs.gid;
}

int64_t sys_setuid(unsigned user)
{
    struct process *process = process_current();

    if (process->fs.uid != 0 && user != process->real_uid)
        return -EPERM;
    if (process->fs.uid == 0)
        process->real_uid = user;
    process->fs.uid = user;
    return 0;
}

int64_t sys_setgid(unsigned group)
{
    struct process *process = process_current();

    if (process->fs.uid != 0 && group != process->real_gid)
        return -EPERM;
    if (process->fs.uid == 0)
        process->real_gid = group;
    process->fs.gid = group;
    return 0;
}

/* ---- priority, limits, use ------------------------------------------------------------------- */

static bool is_chosen(const struct process *process, int which, int who)
{
    const struct process *me = process_current();

    switch (which) {
    case PRIO_PROCESS:
        return process->pid == (who ? (uint64_t)who : me->pid);
    case PRIO_PGRP:
        return process->group == (who ? (uint64_t)who : me->group);
    default:
        return process->real_uid == (who ? (uint32_t)who : me->real_uid);
    }
}

static int set_nice(struct process *process, int nice)
{
    const struct process *me = process_current();

    if (me->fs.uid != 0 && me->fs.uid != process->fs.uid)
        return -EPERM;
    if (me->fs.uid != 0 && nice < process->priority)
        return -EACCES;
    process->priority = (int8_t)nice;
    for (struct user_thread *thread = process->threads; thread; thread = thread->next)
        if (thread->thread)
            thread_set_nice(thread->thread, nice);
    return 0;
}

/* For each that is chosen: its priority is read (nice NULL: the best of them) or set. */
static int64_t priority(int which, int who, const int *nice)
{
    int64_t result = -ESRCH;

    if (which < PRIO_PROCESS || which > PRIO_USER || who < 0)
        return -EINVAL;
    for (uint64_t at = 1;;) {
        struct process *process = process_next(at);

        if (!process)
            return result;
        at = process->pid + 1;
        uint64_t saved = spin_lock_irq(&process_lock);

        if (process->state != PROCESS_TERMINATED && is_chosen(process, which, who)) {
            int64_t one = nice ? set_nice(process, *nice) : 20 - process->priority;

            result = nice || one > result ? one : result;
        }
        spin_unlock_irq(&process_lock, saved);
        process_put(process);
    }
}

int64_t sys_getpriority(int which, int who)
{
    return priority(which, who, NULL);
}

int64_t sys_setpriority(int which, int who, int nice)
{
    nice = nice < -20 ? -20 : nice > 19 ? 19 : nice;
    return priority(which, who, &nice);
}

static int set_limit(struct process *process, unsigned resource, const struct abi_rlimit *new)
{
    struct abi_rlimit *limit = &process->limits[resource];

    if (new->now > new->most)
        return -EINVAL;
    if (new->most > limit->most && process_current()->fs.uid != 0)
        return -EPERM;
    *limit = *new;
    if (resource == RLIMIT_AS && process->map)
        process->map->limit = new->now;
    return 0;
}

int64_t sys_prlimit(int64_t pid, unsigned resource, struct user new, struct user old)
{
    struct abi_rlimit wanted = {0}, before;

    if (resource >= RLIMITS)
        return -EINVAL;
    if (new.at && copy_from_user(&wanted, new, sizeof(wanted)))
        return -EFAULT;
    struct process *process = process_find(pid ? (uint64_t)pid : process_current()->pid);

    if (!process)
        return -ESRCH;
    uint32_t me = process_current()->fs.uid;
    int error = me != 0 && me != process->fs.uid ? -EPERM : 0;

    before = process->limits[resource];
    if (!error && new.at)
        error = set_limit(process, resource, &wanted);
    process_put(process);
    if (!error && old.at && copy_to_user(old, &before, sizeof(before)))
        error = -EFAULT;
    return error;
}

int64_t sys_getrusage(int who, struct user usage)
{
    struct abi_rusage used;

    if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN)
        return -EINVAL;
    process_usage(process_current(), who == RUSAGE_CHILDREN, &used);
    return copy_to_user(usage, &used, sizeof(used));
}

/* ---- tracing --------------------------------------------------------------------------------- */

int64_t sys_trace(int fd)
{
    struct process *process = process_current();
    struct file *file = NULL, *old = process->trace;
    int error = fd < 0 ? 0 : descriptors_get(process->descriptors, fd, &file);

    if (error)
        return error;
    if (file && (file->flags & O_ACCMODE) == O_RDONLY) {
        file_put(file);
        return -EBADF;
    }
    process->trace = file;
    if (file)
        __atomic_or_fetch(&thread_current()->attention, ATTENTION_TRACE, __ATOMIC_RELAXED);
    else
        __atomic_and_fetch(&thread_current()->attention, ATTENTION_NOW, __ATOMIC_RELAXED);
    if (old)
        file_put(old);
    return 0;
}
