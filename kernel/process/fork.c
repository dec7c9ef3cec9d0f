/*
 * A second process like the running one, and threads of either. What can fail comes first: from
 * process_publish on the child is seen by others, and only the making of its thread can still fail.
 */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/driver/driver.h"
#include "kernel/fs/descriptors.h"
#include "kernel/process/exec.h"
#include "kernel/process/private.h"
#include "kernel/process/signals.h"
#include "kernel/process/terminals.h"
#include "kernel/process/threads.h"
#include "lib/errno.h"
#include "lib/string.h"

/* ---- threads --------------------------------------------------------------------------------- */

/* The first thing a thread does, in the kernel. Since it was made its process may have been killed, stopped,
   made nicer: nobody who wanted to tell its threads knew this one. */
static int begin(void *argument)
{
    struct user_thread *me = argument;
    struct thread *thread = thread_current();
    struct process *process = me->process;
    struct interrupt_frame *frame = user_frame();

    thread->user = me;
    thread->calls = process->driver ? 0 : (uint32_t)syscall_count;
    thread_set_process(process, &process->map->space);
    if (process->driver)
        thread_set_ports(&process->driver->ports);
    uint64_t saved = spin_lock_irq(&process_lock);

    me->thread = thread;
    thread->attention = (process->ending ? ATTENTION_KILL : 0)
                        | (process->stopped ? ATTENTION_STOP : 0)
                        | (process->trace ? ATTENTION_TRACE : 0) | ATTENTION_SIGNAL;
    if (thread->nice != process->priority)
        thread_set_nice(thread, process->priority);
    spin_unlock_irq(&process_lock, saved);
    user_thread_begins(me);
    *frame = me->start;
    cpu_resume_user(frame);
}

static void link_thread(struct process *process, struct user_thread *thread)
{
    thread->next = process->threads;
    process->threads = thread;
    process->thread_count++;
}

static void unlink_thread(struct process *process, struct user_thread *thread)
{
    struct user_thread **at = &process->threads;

    while (*at != thread)
        at = &(*at)->next;
    *at = thread->next;
    process->thread_count--;
}

int process_add_thread(struct process *process, const struct interrupt_frame *start, uint64_t tls,
                       const struct user_thread *like, uint64_t *tid)
{
    struct user_thread *thread = user_thread_create();

    if (!thread)
        return -ENOMEM;
    thread->process = process;
    thread->start = *start;
    thread->start_tls = tls;
    if (like) {
        thread->mask = like->mask;
        if (like->process != process) /* its memory was copied, and the stack with it */
            thread->alternate = like->alternate;
    }
    if (like && fpu_copy(&thread->start_fpu)) {
        user_thread_free(thread);
        return -ENOMEM;
    }
    uint64_t saved = spin_lock_irq(&process_lock);
    int error = process->ending ? -EAGAIN : 0;

    if (!error) {
        thread->tid = process->threads ? process_new_id() : process->pid;
        link_thread(process, thread);
    }
    spin_unlock_irq(&process_lock, saved);
    if (error) {
        user_thread_free(thread);
        return error;
    }
    *tid = thread->tid; /* before it runs, and may end */
    error = thread_create(process->name, begin, thread, THREAD_DETACHED, NULL);
    if (!error)
        return 0;
    saved = spin_lock_irq(&process_lock);
    unlink_thread(process, thread);
    spin_unlock_irq(&process_lock, saved);
    user_thread_free(thread);
    return error;
}

/* ---- fork ------------------------------------------------------------------------------------ */

/* What is a plain copy. */
static void inherit(struct process *child, struct process *parent)
{
    memcpy(child->name, parent->name, sizeof(child->name));
    child->words = parent->words;
    memcpy(child->limits, parent->limits, sizeof(child->limits));
    memcpy(child->actions, parent->actions, sizeof(child->actions));
    child->user_stack = parent->user_stack;
    child->slide = parent->slide;
    child->priority = parent->priority;
    child->real_uid = parent->real_uid;
    child->real_gid = parent->real_gid;
    child->group = parent->group;
    child->session = parent->session;
    child->trace = parent->trace ? file_get(parent->trace) : NULL;
}

/* What may fail, in the order in which process_discard undoes it. */
static int copy(struct process *child, struct process *parent)
{
    int error = memory_map_clone(parent->map, &child->map);

    if (!error)
        error = descriptors_copy(parent->descriptors, &child->descriptors);
    if (!error)
        fs_context_copy(&child->fs, &parent->fs);
    return error;
}

/* It has no thread, and is in no table. */
static void discard(struct process *process)
{
    fs_context_release(&process->fs);
    if (process->descriptors)
        descriptors_release(process->descriptors);
    if (process->map)
        memory_map_put(process->map);
    if (process->trace)
        file_put(process->trace);
    process_put(process);
}

int process_fork(uint64_t *pid)
{
    struct process *parent = process_current(), *child;
    const struct user_thread *me = user_thread_current();
    struct interrupt_frame start = *user_frame();
    int error = process_create(&child);

    if (error)
        return error;
    start.rax = 0;
    cpu_syscall_over(&start);
    error = copy(child, parent);
    inherit(child, parent);
    if (!error)
        error = process_publish(child, parent);
    if (error) {
        discard(child);
        return error;
    }
    *pid = child->pid;
    error = process_add_thread(child, &start, user_thread_tls(me), me, &(uint64_t){0});
    if (error) {
        process_withdraw(child);
        discard(child);
    }
    return error;
}

/* They run at once when something comes; one that never stops has to share, and its watchdog ends it. */
#define NICE_OF_DRIVERS (-20)
#define STACK_OF_DRIVERS (64u * 1024)

/* ---- the kernel's own starts ----------------------------------------------------------------- */

static int prepare(struct process *process, const struct driver_process *what,
                   const struct program_strings *strings, struct program_start *start, const char **why)
{
    int error = descriptors_create(&process->descriptors), fd;

    fs_context_init(&process->fs);
    if (!error && what->handle)
        error = descriptors_install(process->descriptors, what->handle, 0, 0, 1, &fd);
    else if (!error)
        error = program_open_console(process->descriptors);
    *why = error_text(error);
    return error ? error : program_load(process, what->path, what->image, strings, start, why);
}

static int start_program(const struct driver_process *what, const struct program_words *arguments,
                         const struct program_words *environment, uint64_t *pid, const char **why)
{
    struct program_strings strings;
    struct program_start start;
    struct interrupt_frame frame;
    struct process *process;
    int error = process_create(&process);

    *why = error_text(error);
    if (error)
        return error;
    process->driver = what->driver;
    process->priority = what->driver ? NICE_OF_DRIVERS : 0;
    if (what->driver) {
        process->limits[RLIMIT_STACK].now = STACK_OF_DRIVERS;
        process->limits[RLIMIT_AS].now = what->memory;
    }
    error = program_strings_of_kernel(&strings, arguments, environment);
    *why = error_text(error);
    if (!error) {
        error = prepare(process, what, &strings, &start, why);
        program_strings_free(&strings);
    }
    if (!error)
        *why = error_text(error = process_publish(process, NULL));
    if (error) {
        discard(process);
        return error;
    }
    *pid = process->pid;
    if (!what->driver)
        process_terminals_give(process);
    program_begin(process, &start);
    cpu_start_user(&frame, start.entry, start.stack);
    error = process_add_thread(process, &frame, 0, NULL, &(uint64_t){0});
    *why = error_text(error);
    if (error) {
        process_withdraw(process);
        discard(process);
    }
    return error;
}

int process_start(const char *path, const struct program_words *arguments,
                  const struct program_words *environment, uint64_t *pid, const char **why)
{
    return start_program(&(struct driver_process){.path = path}, arguments, environment, pid, why);
}

int process_start_driver(const struct driver_process *what, uint64_t *pid, const char **why)
{
    const struct program_words words = {{what->path}, 1}, none = {{NULL}, 0};

    return start_program(what, &words, &none, pid, why);
}
