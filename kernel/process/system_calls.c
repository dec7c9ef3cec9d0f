/* What a number in RAX means. The table is thin: each function takes its arguments out of the frame
   and calls a service that knows nothing of registers. */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/console/console.h"
#include "kernel/core/log/log.h"
#include "kernel/process/process.h"
#include "kernel/core/memory/user_memory.h"
#include "lib/errno.h"

#define STDOUT      1u
#define STDERR      2u
#define CHUNK_BYTES 256u

static int64_t sys_exit(struct syscall_frame *frame)
{
    process_exit((int)(frame->rdi & 0xff));
}

/* To the terminal. What was written before a bad address counts. */
static int64_t sys_write(struct syscall_frame *frame)
{
    uint64_t from = frame->rsi, bytes = frame->rdx, done = 0;
    char chunk[CHUNK_BYTES];

    if (frame->rdi != STDOUT && frame->rdi != STDERR)
        return -EBADF;
    if (bytes > INT64_MAX)
        return -EINVAL;
    while (done < bytes) {
        size_t now = bytes - done < CHUNK_BYTES ? bytes - done : CHUNK_BYTES;

        if (copy_from_user(chunk, (struct user){from + done}, now))
            return done ? (int64_t)done : -EFAULT;
        terminal_write(chunk, now);
        done += now;
    }
    return (int64_t)done;
}

static int64_t sys_getpid(struct syscall_frame *frame)
{
    (void)frame;
    return (int64_t)process_current()->pid;
}

static int64_t (*const calls[])(struct syscall_frame *) = {
    [0] = sys_exit,
    [1] = sys_write,
    [10] = sys_getpid,
};

int64_t system_call(struct syscall_frame *frame)
{
    int64_t result = -ENOSYS;

    if (frame->number < array_length(calls) && calls[frame->number])
        result = calls[frame->number](frame);
    process_end_if_killed();
    return result;
}

void user_return(void)
{
    process_end_if_killed();
}

/* The signals that it would be: POSIX's numbers. */
static int signal_of(unsigned vector)
{
    switch (vector) {
    case 0:
    case 16:
    case 19:
        return 8; /* SIGFPE */
    case 1:
    case 3:
        return 5; /* SIGTRAP */
    case 6:
        return 4; /* SIGILL */
    default:
        return 11; /* SIGSEGV */
    }
}

noreturn void user_fault(const struct cpu_exception *exception)
{
    const struct process *process = process_current();

    log_warn("process", "%s (%llu): %s at 0x%llx, address 0x%llx: ended", process->name,
             (unsigned long long)process->pid, cpu_exception_name(exception->vector),
             (unsigned long long)exception->rip, (unsigned long long)exception->address);
    process_exit(128 + signal_of(exception->vector));
}
