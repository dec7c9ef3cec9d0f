/* Terminals' view of processes. See terminals.h; kernel/fs/tty/tty.h says what each answers. */
#include "kernel/process/terminals.h"

#include <stddef.h>

#include "kernel/fs/descriptors.h"
#include "kernel/fs/tty/tty.h"
#include "kernel/process/process.h"
#include "kernel/process/session.h"
#include "kernel/process/signals.h"

static uint64_t current_session(void)
{
    const struct process *process = process_current();

    return process ? process->session : 0;
}

static uint64_t current_group(void)
{
    const struct process *process = process_current();

    return process ? process->group : 0;
}

static bool leads_session(void)
{
    const struct process *process = process_current();

    return process && process->leads_session;
}

static bool is_in_session(uint64_t group, uint64_t session)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    const struct process *process = process_first_locked();

    while (process && !(process->group == group && process->session == session))
        process = process_after_locked(process);
    spin_unlock_irq(&process_lock, saved);
    return process != NULL;
}

static const struct tty_jobs jobs = {
    .session = current_session,
    .group = current_group,
    .leads_session = leads_session,
    .is_in_session = is_in_session,
    .is_orphaned = session_is_orphaned,
    .ignores = signal_is_ignored,
    .signal_group = signal_group,
    .signal_leader = signal_process_of,
};

void process_terminals_init(void)
{
    tty_set_jobs(&jobs);
    session_leader_ended = tty_leave;
}

void process_terminals_give(const struct process *process)
{
    struct file *file;

    if (descriptors_get(process->descriptors, 0, &file))
        return;
    (void)!tty_give(file, process->session, process->group);
    file_put(file);
}
