#include <string.h>
#include <time.h>
#include <unistd.h>

#include "user/tools/common/processes.h"
#include "user/tools/common/terminal.h"
#include "user/tools/tool.h"

static bool all, full, has_wanted;
static pid_t wanted;

static bool is_shown(const struct process *process, const struct process *self)
{
    if (has_wanted)
        return process->pid == wanted;
    return all || !self || (process->session == self->session && process->user == self->user);
}

static void print_time(uint64_t ticks)
{
    unsigned long long seconds = ticks / TICKS;

    if (seconds >= 3600)
        printf(" %2llu:%02llu:%02llu", seconds / 3600, seconds / 60 % 60, seconds % 60);
    else
        printf(" %5llu:%02llu", seconds / 60, seconds % 60);
}

static void print_start(uint64_t started)
{
    time_t now = time(NULL), then = now - (time_t)uptime_seconds() + (time_t)(started / TICKS);
    const struct tm *parts = localtime(&then);
    char text[16] = "?";

    if (parts)
        strftime(text, sizeof(text), now - then < 86400 ? "%H:%M" : "%b %d", parts);
    printf(" %6s", text);
}

static void print(const struct process *process, int columns)
{
    char resident[HUMAN_BYTES];

    printf("%5d", (int)process->pid);
    if (full)
        printf(" %5d %-8s", (int)process->parent, user_text(process->user));
    printf(" %-7s %c", terminal_name(process->terminal), process->state);
    if (full) {
        printf(" %3d %6s", process->nice, human(process->resident, resident));
        print_start(process->started);
    }
    print_time(process->ticks);
    int used = full ? 56 : 25, room = columns > used + 10 ? columns - used : 10;

    printf(" %.*s\n", isatty(STDOUT_FILENO) ? room : 4096, process->command);
}

static int ps(struct words *words)
{
    struct processes processes;
    const struct process *self = NULL;
    bool found = false;
    int columns, rows;

    /* As in `ps aux` a first word without a dash is options, too. */
    if (words->count > 0 && words->at[0][0] != '-') {
        all = full = strpbrk(words->at[0], "aux") != NULL;
        words->count = 0;
    }
    for (int c; (c = option(words, "aAefxup:"));) {
        all |= c == 'a' || c == 'A' || c == 'e' || c == 'x';
        full |= c == 'f' || c == 'u';
        if (c == 'p') {
            wanted = (pid_t)need_number(option_value, "-p");
            has_wanted = true;
        }
    }
    if (processes_read(&processes))
        return 1;
    terminal_size(&columns, &rows);
    for (size_t i = 0; i < processes.count; i++)
        if (processes.at[i].pid == getpid())
            self = &processes.at[i];
    puts(full ? "  PID  PPID USER     TTY     S  NI    RSS  START     TIME COMMAND"
              : "  PID TTY     S     TIME COMMAND");
    for (size_t i = 0; i < processes.count; i++)
        if (is_shown(&processes.at[i], self)) {
            found = true;
            print(&processes.at[i], columns);
        }
    processes_free(&processes);
    return finish_output() | !found;
}

TOOL(ps, "ps", "[-aefu] [-p PID]", "print which processes there are",
     "  -a  all of them (-e, -A, too), not this session's alone; -f with more columns\n"
     "  -p  that one\n")
