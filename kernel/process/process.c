/* The table of processes, and a process's life: start, end, and the wait of who started it. */
#include "kernel/process/process.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/heap.h"
#include "kernel/process/load.h"
#include "kernel/core/sync/mutex.h"
#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

static struct mutex lock = MUTEX("processes"); /* of all below */
static struct process *table[PROCESSES_MAX];
static uint64_t last_pid;

struct process *process_current(void)
{
    return thread_current()->process;
}

/* ---- the table ------------------------------------------------------------------------------- */

static int add(struct process *process)
{
    int error = -EAGAIN;

    mutex_lock(&lock);
    for (unsigned i = 0; i < PROCESSES_MAX && error; i++) {
        if (table[i])
            continue;
        process->pid = ++last_pid;
        table[i] = process;
        error = 0;
    }
    mutex_unlock(&lock);
    return error;
}

/* Call with the lock. PROCESSES_MAX: there is none. */
static unsigned slot_of(uint64_t pid)
{
    unsigned i = 0;

    while (i < PROCESSES_MAX && !(table[i] && table[i]->pid == pid))
        i++;
    return i;
}

static void remove(const struct process *process)
{
    mutex_lock(&lock);
    table[slot_of(process->pid)] = NULL;
    mutex_unlock(&lock);
}

static struct process *find(uint64_t pid)
{
    mutex_lock(&lock);
    unsigned slot = slot_of(pid);
    struct process *process = slot < PROCESSES_MAX ? table[slot] : NULL;

    mutex_unlock(&lock);
    return process;
}

/* ---- its life -------------------------------------------------------------------------------- */

static int run(void *argument)
{
    struct process *process = argument;

    thread_set_process(process, &process->space);
    cpu_enter_ring_3(process->entry, process->user_stack);
}

static void discard(struct process *process)
{
    address_space_free(&process->space);
    dealloc(process, sizeof(*process), _Alignof(struct process));
}

static const char *base_name(const char *path)
{
    struct text text = text_of_string(path);
    size_t begin = 0;

    for (size_t i = 0; i < text.size; i++)
        if (text_at(text, i) == '/')
            begin = i + 1;
    return text_from(text, begin).chars;
}

static int begin(struct process *process, const char *path, const char **why)
{
    struct program program;
    int error = program_load(path, &process->space, &program, why);

    if (error)
        return error;
    process->entry = program.entry;
    process->user_stack = program.stack;
    *why = error_text(error = add(process));
    if (error)
        return error;
    error = thread_create(process->name, run, process, 0, &process->thread);
    if (error)
        remove(process);
    *why = error_text(error);
    return error;
}

int process_start(const char *path, uint64_t parent_pid, uint64_t *pid, const char **why)
{
    struct process *process = alloc_zeroed(sizeof(*process), _Alignof(struct process));
    int error = process ? address_space_create(&process->space) : -ENOMEM;

    *why = error_text(error);
    if (error) {
        dealloc(process, sizeof(*process), _Alignof(struct process));
        return error;
    }
    process->parent_pid = parent_pid;
    strlcpy(process->name, base_name(path), sizeof(process->name));
    error = begin(process, path, why);
    if (error)
        discard(process);
    else
        *pid = process->pid;
    return error;
}

int process_wait_until(uint64_t pid, int *status, uint64_t deadline_ns)
{
    struct process *process = find(pid);

    if (!process)
        return -ENOENT;
    int error = thread_join_until(process->thread, status, deadline_ns);

    if (error)
        return error;
    remove(process);
    discard(process);
    return 0;
}

int process_kill(uint64_t pid, unsigned signal)
{
    struct process *process = find(pid);

    if (!process)
        return -ENOENT;
    __atomic_store_n(&process->killed, signal, __ATOMIC_RELAXED);
    return 0;
}

void process_end_if_killed(void)
{
    unsigned signal = __atomic_load_n(&process_current()->killed, __ATOMIC_RELAXED);

    if (!signal)
        return;
    cpu_enable_interrupts();
    process_exit((int)(128 + signal));
}

noreturn void process_exit(int status)
{
    thread_set_process(NULL, NULL); /* its address space may go as soon as the thread has ended */
    thread_exit(status);
}
