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

static struct process *take(uint64_t pid)
{
    struct process *found = NULL;

    mutex_lock(&lock);
    for (unsigned i = 0; i < PROCESSES_MAX && !found; i++) {
        if (!table[i] || table[i]->pid != pid)
            continue;
        found = table[i];
        table[i] = NULL;
    }
    mutex_unlock(&lock);
    return found;
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
        (void)take(process->pid);
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

int process_wait(uint64_t pid, int *status)
{
    struct process *process = take(pid);

    if (!process)
        return -ENOENT;
    thread_join(process->thread, status);
    discard(process);
    return 0;
}

noreturn void process_exit(int status)
{
    thread_set_process(NULL, NULL); /* its address space may go as soon as the thread has ended */
    thread_exit(status);
}
