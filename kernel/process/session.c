#include "kernel/process/session.h"

#include "kernel/process/signals.h"
#include "lib/errno.h"

void (*session_leader_ended)(uint64_t session);

/* With the lock. */
static struct process *named(int64_t pid)
{
    if (pid == 0)
        return process_current();
    return pid > 0 ? process_lookup((uint64_t)pid) : NULL;
}

int64_t session_group_of(int64_t pid)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    const struct process *process = named(pid);
    int64_t group = process ? (int64_t)process->group : -ESRCH;

    spin_unlock_irq(&process_lock, saved);
    return group;
}

int64_t session_of(int64_t pid)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    const struct process *process = named(pid);
    int64_t session = process ? (int64_t)process->session : -ESRCH;

    spin_unlock_irq(&process_lock, saved);
    return session;
}

/* With the lock. The group exists in that session. */
static bool has_group(uint64_t session, uint64_t group)
{
    const struct process *process = process_first_locked();

    while (process && !(process->session == session && process->group == group))
        process = process_after_locked(process);
    return process != NULL;
}

static int set_group(struct process *process, uint64_t group)
{
    const struct process *me = process_current();

    if (!process || (process != me && process->parent != me))
        return -ESRCH;
    if (process != me && process->executed)
        return -EACCES;
    if (process->leads_session || process->session != me->session)
        return -EPERM;
    if (group != process->pid && !has_group(me->session, group))
        return -EPERM;
    process->group = group;
    return 0;
}

int session_set_group(int64_t pid, int64_t group)
{
    if (pid < 0 || group < 0)
        return -EINVAL;
    uint64_t saved = spin_lock_irq(&process_lock);
    struct process *process = named(pid);
    int error = set_group(process, group ? (uint64_t)group : process ? process->pid : 0);

    spin_unlock_irq(&process_lock, saved);
    return error;
}

int64_t session_create(void)
{
    struct process *me = process_current();
    uint64_t saved = spin_lock_irq(&process_lock);
    int64_t result = -EPERM;

    if (!has_group(me->session, me->pid) && !me->leads_session) {
        me->group = me->session = me->pid;
        me->leads_session = true;
        result = (int64_t)me->pid;
    }
    spin_unlock_irq(&process_lock, saved);
    return result;
}

static bool is_anchored(const struct process *process)
{
    const struct process *parent = process->parent;

    return parent && parent->session == process->session && parent->group != process->group;
}

bool session_is_orphaned(uint64_t group)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    const struct process *process = process_first_locked();

    while (process && !(process->group == group && is_anchored(process)))
        process = process_after_locked(process);
    spin_unlock_irq(&process_lock, saved);
    return process == NULL;
}

void session_process_ends(struct process *process)
{
    if (process->leads_session && session_leader_ended)
        session_leader_ended(process->session);
}
