/* top: what the processes have used of the CPU between two looks, the busiest first. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/common/processes.h"
#include "user/tools/common/terminal.h"
#include "user/tools/tool.h"

struct line {
    const struct process *process;
    uint64_t ticks; /* since the look before */
};

static bool by_memory, batch;
static double pause_seconds = 2;
static uint64_t rounds = UINT64_MAX;

static int compare(const void *one, const void *other)
{
    const struct line *a = one, *b = other;
    uint64_t c = by_memory ? a->process->resident : a->ticks;
    uint64_t d = by_memory ? b->process->resident : b->ticks;

    if (c != d)
        return d > c ? 1 : -1;
    return (a->process->pid > b->process->pid) - (a->process->pid < b->process->pid);
}

static uint64_t ticks_before(const struct processes *before, const struct process *process)
{
    for (size_t i = 0; i < before->count; i++)
        if (before->at[i].pid == process->pid && before->at[i].started == process->started)
            return before->at[i].ticks;
    return 0;
}

static const char *line_end(void)
{
    return batch ? "\n" : "\033[K\r\n";
}

static void print_head(const struct processes *now, double seconds, uint64_t busy)
{
    char *memory = read_file("/proc/meminfo"), whole[HUMAN_BYTES], left[HUMAN_BYTES];
    uint64_t up = (uint64_t)uptime_seconds();
    double share = seconds > 0 ? (double)busy / TICKS / seconds * 100 : 0;

    printf("up %llu:%02llu:%02llu, %zu processes, CPU %.0f %%", (unsigned long long)up / 3600,
           (unsigned long long)up / 60 % 60, (unsigned long long)up % 60, now->count,
           share > 100 ? 100 : share);
    if (memory)
        printf(", memory %s, free %s", human(memory_figure(memory, "MemTotal"), whole),
               human(memory_figure(memory, "MemFree"), left));
    free(memory);
    printf("%s%s%s  PID USER     S  NI    RSS  CPU%%     TIME COMMAND%s%s", line_end(),
           line_end(), batch ? "" : "\033[7m", batch ? "" : "\033[0m", line_end());
}

static void print_line(const struct line *line, double seconds, int columns)
{
    const struct process *process = line->process;
    char resident[HUMAN_BYTES];

    printf("%5d %-8s %c %3d %6s %5.1f %5llu:%02llu %.*s%s", (int)process->pid,
           user_text(process->user), process->state, process->nice,
           human(process->resident, resident),
           seconds > 0 ? (double)line->ticks / TICKS / seconds * 100 : 0,
           (unsigned long long)process->ticks / TICKS / 60,
           (unsigned long long)process->ticks / TICKS % 60, columns > 60 ? columns - 46 : 14,
           process->command, line_end());
}

static void show(const struct processes *before, const struct processes *now, double seconds)
{
    struct line *lines = take((now->count + 1) * sizeof(*lines));
    uint64_t busy = 0;
    int columns, rows;

    for (size_t i = 0; i < now->count; i++) {
        const struct process *process = &now->at[i];
        uint64_t then = ticks_before(before, process);

        lines[i] = (struct line){process, process->ticks > then ? process->ticks - then : 0};
        busy += lines[i].ticks;
    }
    qsort(lines, now->count, sizeof(*lines), compare);
    terminal_size(&columns, &rows);
    if (!batch)
        fputs("\033[H", stdout);
    print_head(now, seconds, busy);
    for (size_t i = 0; i < now->count && (batch || (int)i < rows - 4); i++)
        print_line(&lines[i], seconds, columns);
    if (!batch)
        fputs("\033[J", stdout);
    free(lines);
}

/* Waits; false: that is the end. */
static bool wait_for_key(void)
{
    if (batch) {
        usleep((useconds_t)(pause_seconds * 1e6));
        return true;
    }
    switch (read_key((int)(pause_seconds * 1000))) {
    case 'q': case CONTROL('c'): case KEY_END_OF_INPUT:
        return false;
    case 'm':
        by_memory = !by_memory;
        return true;
    default:
        return true;
    }
}

static int run(void)
{
    struct processes before = {0}, now;
    double looked = 0;
    int status = 0;

    while (rounds-- > 0) {
        if (processes_read(&now))
            return 1;
        double time_ = uptime_seconds();

        show(&before, &now, looked > 0 ? time_ - looked : time_);
        status = finish_output();
        looked = time_;
        processes_free(&before);
        before = now;
        if (status || rounds == 0 || !wait_for_key())
            break;
    }
    processes_free(&before);
    return status;
}

static int top(struct words *words)
{
    for (int c; (c = option(words, "bmd:n:"));) {
        batch |= c == 'b';
        by_memory |= c == 'm';
        if (c == 'n')
            rounds = need_number(option_value, "-n");
        else if (c == 'd' && ((pause_seconds = seconds_of(option_value)) < 0.1
                              || pause_seconds > 86400))
            wrong_use("-d: 0.1 seconds to a day");
    }
    need_operands(words, 0, 0);
    if (batch)
        return run();
    if (terminal_begin())
        return 1;
    fputs("\033[?25l\033[2J", stdout);
    int status = run();

    fputs("\033[?25h", stdout);
    fflush(stdout);
    terminal_end();
    return status;
}

TOOL(top, "top", "[-bm] [-d SECONDS] [-n TIMES]", "show what the processes use, again and again",
     "  -b  plain lines, for files; -m by memory; -d so long between two looks; -n so many\n"
     "Keys: q ends it, m sorts by memory or by the CPU, any other looks again.\n")
