/* threads: who there is, what each does and has had of the CPU, how deep its stack ever was. */
#include "kernel/core/thread/thread.h"
#include "kernel/monitor/command.h"

static void print_thread(const struct thread_info *info)
{
    output_print("%4llu %-16s %-10s %-6s %11llu %9llu %6llu of %llu\n",
                 (unsigned long long)info->id, info->name, thread_state_name(info->state),
                 info->urgent ? "urgent" : "", (unsigned long long)(info->cpu_ns / 1000),
                 (unsigned long long)info->switches, (unsigned long long)info->stack_used,
                 (unsigned long long)info->stack_bytes);
}

static int threads(const struct words *words)
{
    struct thread_info info;

    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    output_print("%4s %-16s %-10s %-6s %11s %9s %s\n", "id", "name", "state", "", "CPU in µs",
                 "switches", "stack");
    for (unsigned slot = 0; slot < THREADS_MAX; slot++)
        if (thread_info(slot, &info) == 0)
            print_thread(&info);
    return COMMAND_OK;
}

MONITOR_COMMAND("threads", "threads", "list the kernel's threads", threads);
