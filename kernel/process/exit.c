/*
 * The end of a thread, of a process with its last one, and those who wait for it. The last thread
 * gives back what the process had, and goes off its address space, before anybody is told.
 */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/descriptors.h"
#include "kernel/process/private.h"
#include "kernel/process/session.h"
#include "kernel/process/signals.h"
#include "kernel/process/trace.h"
#include "lib/errno.h"

/* Of those that the kernel started and waits for itself. */
static struct process_event kernel_event = {.queue = WAIT_QUEUE("the kernel's own processes")};

/* ---- telling --------------------------------------------------------------------------------- */

static bool wants_to_know(const struct process *parent)
{
    const struct abi_sigaction *action = &parent->actions[SIGCHLD];

    return action->handler != SIG_IGN && !(action->flags & SA_NOCLDWAIT);
}

void process_told_parent(struct process *process)
{
    struct process *parent = process->parent;
    int status = process->status;
    struct signal_source source = {
        .code = status & 0x7f ? CLD_KILLED : CLD_EXITED,
        .status = status & 0x7f ? status & 0x7f : status >> 8,
        .pid = process->pid,
        .uid = process->real_uid,
    };

    bool wanted = parent ? wants_to_know(parent) : !process->unwaited;

    if (parent)
        signal_post(parent, NULL, SIGCHLD, &source);
    process_event_happened(parent ? &parent->child_event : &kernel_event);
    if (!wanted) {
        process_remove(process);
        process_put(process);
    }
}

/* ---- the end of a process -------------------------------------------------------------------- */

void process_end(uint64_t pid)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    struct process *process = process_lookup(pid);

    if (process)
        process_kill_locked(process, SIGKILL);
    spin_unlock_irq(&process_lock, saved);
}

/* Its last thread: nobody else touches what is given back here. */
static void give_back(struct process *process)
{
    struct memory_map *map = process->map;

    (void)timer_stop(&process->alarm);
    descriptors_release(process->descriptors);
    process->descriptors = NULL;
    fs_context_release(&process->fs);
    if (process->trace)
        file_put(process->trace);
    process->trace = NULL;
    uint64_t saved = spin_lock_irq(&process_lock);

    if (map->most_pages > process->most_pages)
        process->most_pages = map->most_pages;
    process->map = NULL;
    spin_unlock_irq(&process_lock, saved);
    memory_map_put(map);
}

static void finish(struct process *process)
{
    session_process_ends(process);
    give_back(process);
    (void)process_get(process);
    uint64_t saved = spin_lock_irq(&process_lock);

    process->state = PROCESS_TERMINATED;
    process_orphan_children(process);
    process_told_parent(process);
    spin_unlock_irq(&process_lock, saved);
    process_put(process);
}

/* Off the list; true: it was the last one. */
static bool leave(struct user_thread *me)
{
    struct process *process = me->process;
    struct thread *thread = thread_current();
    uint64_t saved = spin_lock_irq(&process_lock);
    struct user_thread **at = &process->threads;

    while (*at != me)
        at = &(*at)->next;
    *at = me->next;
    process->cpu_ns += thread->cpu_ns + (time_now_ns() - thread->since_ns);

    bool last = --process->thread_count == 0;

    if (last && !process->ending) { /* thread_exit of the last one */
        process->ending = true;
        process->status = 0;
    }
    process_event_happened(&process->thread_event);
    spin_unlock_irq(&process_lock, saved);
    return last;
}

noreturn void user_thread_exit(void)
{
    struct user_thread *me = user_thread_current();
    struct process *process = process_get(me->process);

    thread_set_process(process, NULL); /* as soon as it has left, another may give the map back */
    if (leave(me))
        finish(process);
    thread_set_ports(NULL);
    thread_set_process(NULL, NULL);
    thread_current()->user = NULL;
    user_thread_free(me);
    process_put(process);
    thread_exit(0);
}

noreturn void process_exit(int status)
{
    struct process *process = process_current();
    uint64_t saved = spin_lock_irq(&process_lock);

    process_kill_locked(process, status);
    spin_unlock_irq(&process_lock, saved);
    user_thread_exit();
}

int process_alone(void)
{
    struct user_thread *me = user_thread_current();
    struct process *process = me->process;

    for (;;) {
        uint64_t seen = process_event_count(&process->thread_event);
        uint64_t saved = spin_lock_irq(&process_lock);
        bool ending = process->ending, alone = process->thread_count == 1;

        for (struct user_thread *other = process->threads; other && !ending; other = other->next) {
            if (other == me || !other->thread)
                continue;
            __atomic_or_fetch(&other->thread->attention, ATTENTION_KILL, __ATOMIC_RELEASE);
            thread_interrupt(other->thread);
        }
        spin_unlock_irq(&process_lock, saved);
        if (ending)
            return -EINTR;
        if (alone)
            return 0;
        /* One that has not begun yet is asked again a moment later. */
        (void)!process_event_wait(&process->thread_event, seen, false,
                                  time_now_ns() + 10 * NS_PER_MS);
    }
}

/* ---- wait ------------------------------------------------------------------------------------ */

static bool is_meant(const struct process *child, int64_t which, uint64_t my_group)
{
    if (which == -1)
        return true;
    if (which > 0)
        return child->pid == (uint64_t)which;
    return child->group == (which == 0 ? my_group : (uint64_t)-which);
}

static void fill_usage(const struct process *process, struct abi_rusage *usage)
{
    *usage = (struct abi_rusage){
        .user_us = (int64_t)(process_cpu_ns(process) / NS_PER_US),
        .most_kib = (int64_t)(process->most_pages * PAGE_SIZE / 1024),
    };
}

/* What there is to tell of the child; false: nothing. */
static bool has_news(const struct process *child, unsigned options)
{
    if (child->state == PROCESS_TERMINATED)
        return true;
    if (!child->has_news)
        return false;
    return options & (child->stopped ? WUNTRACED : WCONTINUED);
}

/* With the lock: a child with news, or NULL; *any: there are children of that kind. */
static struct process *find_news(struct process *parent, int64_t which, unsigned options, bool *any)
{
    *any = false;
    for (struct process *child = parent->children; child; child = child->sibling) {
        if (!is_meant(child, which, parent->group))
            continue;
        *any = true;
        if (has_news(child, options))
            return child;
    }
    return NULL;
}

/* With the lock. True: it has ended, and is to be put. */
static bool take_news(struct process *parent, struct process *child, int *status,
                      struct abi_rusage *usage)
{
    *status = child->status;
    child->has_news = false;
    fill_usage(child, usage);
    if (child->state != PROCESS_TERMINATED)
        return false;
    parent->children_cpu_ns += child->cpu_ns + child->children_cpu_ns;
    if (child->most_pages > parent->most_pages)
        parent->most_pages = child->most_pages;
    process_remove(child);
    return true;
}

int64_t process_wait(int64_t which, int *status, unsigned options, struct abi_rusage *usage)
{
    struct process *me = process_current();

    for (;;) {
        uint64_t seen = process_event_count(&me->child_event);
        uint64_t saved = spin_lock_irq(&process_lock);
        bool any;
        struct process *child = find_news(me, which, options, &any);
        int64_t pid = child ? (int64_t)child->pid : 0;
        bool ended = child && take_news(me, child, status, usage);

        spin_unlock_irq(&process_lock, saved);
        if (ended)
            process_put(child);
        if (pid)
            return pid;
        if (!any)
            return -ECHILD;
        if (options & WNOHANG)
            return 0;
        int error = process_event_wait(&me->child_event, seen, true, WAIT_FOREVER);

        if (error)
            return error;
    }
}

void process_usage(struct process *process, bool children, struct abi_rusage *usage)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    const struct memory_map *map = process->map;

    fill_usage(process, usage);
    if (children)
        usage->user_us = (int64_t)(process->children_cpu_ns / NS_PER_US);
    else if (map)
        usage->most_kib = (int64_t)(map->most_pages * PAGE_SIZE / 1024);
    if (!children && map) {
        usage->minor_faults = (int64_t)map->minor_faults;
        usage->major_faults = (int64_t)map->major_faults;
    }
    spin_unlock_irq(&process_lock, saved);
}

/* 128 and the signal's number for one that a signal ended. */
static int shell_status(int status)
{
    return status & 0x7f ? 128 + (status & 0x7f) : status >> 8;
}

int process_wait_until(uint64_t pid, int *status, uint64_t deadline_ns)
{
    int error = 0;

    for (;;) {
        uint64_t seen = process_event_count(&kernel_event);
        uint64_t saved = spin_lock_irq(&process_lock);
        struct process *process = process_lookup(pid);
        bool mine = process && !process->parent;
        bool ended = mine && process->state == PROCESS_TERMINATED;

        if (ended) {
            *status = shell_status(process->status);
            process_remove(process);
        }
        spin_unlock_irq(&process_lock, saved);
        if (ended)
            process_put(process);
        if (ended || !mine || error)
            return ended ? 0 : mine ? error : -ECHILD;
        error = process_event_wait(&kernel_event, seen, false, deadline_ns);
    }
}
