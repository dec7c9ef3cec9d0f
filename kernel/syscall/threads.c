/* System calls about threads. */
#include "kernel/process/threads.h"

#include "kernel/arch/arch.h"
#include "kernel/core/memory/user_memory.h"
#include "kernel/process/signals.h"
#include "kernel/syscall/arguments.h"
#include "lib/errno.h"
#include "syscalls.h"

#define THREADS_OF_A_PROCESS_MAX 512u

int64_t sys_thread_create(struct user entry, struct user stack, struct user argument,
                          struct user tls)
{
    struct process *process = process_current();
    struct interrupt_frame start;
    uint64_t tid;

    if (entry.at >= USER_END || stack.at > USER_END || tls.at > USER_END)
        return -EINVAL;
    if (process->thread_count >= THREADS_OF_A_PROCESS_MAX)
        return -EAGAIN;
    /* As if called: the return address is whatever lies there. */
    cpu_start_user(&start, entry.at, (stack.at & ~15ull) - 8);
    start.rdi = argument.at;
    int error = process_add_thread(process, &start, tls.at, user_thread_current(), &tid);

    return error ? error : (int64_t)tid;
}

int64_t sys_thread_exit(struct user word)
{
    uint32_t zero = 0;

    if (word.at && copy_to_user(word, &zero, sizeof(zero)) == 0)
        (void)futex_wake(word, 1, (struct user){0}, 0);
    user_thread_exit();
}

int64_t sys_gettid(void)
{
    return (int64_t)user_thread_current()->tid;
}

int64_t sys_set_tls(struct user base)
{
    return user_thread_set_tls(base.at);
}

int64_t sys_futex(struct user word, int operation, unsigned value, struct user timeout,
                  struct user second, unsigned limit)
{
    uint64_t deadline_ns;
    int error;

    switch (operation) {
    case FUTEX_WAIT:
        error = deadline_from_user(timeout, &deadline_ns);
        return error ? error : futex_wait(word, value, deadline_ns);
    case FUTEX_WAKE:
        return futex_wake(word, value, (struct user){0}, 0);
    case FUTEX_REQUEUE:
        return futex_wake(word, value, second, limit);
    default:
        return -EINVAL;
    }
}

int64_t sys_sched_yield(void)
{
    thread_yield();
    return 0;
}
