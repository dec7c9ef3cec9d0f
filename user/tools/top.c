/* top: who used the processor since the last look. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

#include "user/tools/lib/tool.h"

static struct termios before;
static struct process_info *last;
static size_t last_count;
static unsigned long long last_us;

static unsigned long long last_ticks(const struct process_info *process)
{
    for (size_t i = 0; i < last_count; i++)
        if (last[i].pid == process->pid && last[i].start_ticks == process->start_ticks)
            return last[i].ticks;
    return last ? 0 : process->ticks;
}

/* From here on `bytes` is what was used since the last look. */
static int compare(const void *a, const void *b)
{
    const struct process_info *first = a, *second = b;

    if (first->bytes != second->bytes)
        return first->bytes < second->bytes ? 1 : -1;
    return first->pid < second->pid ? -1 : first->pid > second->pid;
}

static void put_head(size_t processes, size_t running)
{
    char *memory = file_text("/proc/meminfo", NULL), *uptime = file_text("/proc/uptime", NULL);
    unsigned long seconds = uptime ? strtoul(uptime, NULL, 10) : 0;

    printf("up %lu:%02lu:%02lu, %zu processes, %zu running\n", seconds / 3600, seconds / 60 % 60,
           seconds % 60, processes, running);
    printf("memory: %llu KiB, %llu free, %llu available\n\n", kib_of(memory, "MemTotal"),
           kib_of(memory, "MemFree"), kib_of(memory, "MemAvailable"));
    free(memory);
    free(uptime);
}

static void put_row(const struct process_info *process, unsigned long long past_us, long tick)
{
    char *command = process_words(process), user[32];
    unsigned long long seconds = process->ticks / (unsigned long long)tick;
    unsigned long long share =
        past_us ? process->bytes * 10000000000ull / (unsigned long long)tick / past_us / 10 : 0;

    printf("%5ld %-8s %c %3ld %6lluK %3llu.%llu %4llu:%02llu %.*s\n", process->pid,
           user_text(process->user, user), process->state, process->nice, process->resident_kib,
           share / 10, share % 10, seconds / 60, seconds % 60, screen_columns() - 45, command);
    free(command);
}

static void look(bool batch)
{
    long tick = sysconf(_SC_CLK_TCK) > 0 ? sysconf(_SC_CLK_TCK) : 100;
    size_t count, running = 0, rows = batch ? (size_t)-1 : (size_t)screen_rows();
    struct process_info *all = processes_read(&count),
                        *sorted = allocate((count + 1) * sizeof(*all));
    struct timespec now;
    unsigned long long now_us;

    clock_gettime(CLOCK_MONOTONIC, &now);
    now_us = (unsigned long long)now.tv_sec * 1000000 + (unsigned long long)now.tv_nsec / 1000;
    memcpy(sorted, all, count * sizeof(*all));
    for (size_t i = 0; i < count; i++) {
        sorted[i].bytes = all[i].ticks - last_ticks(&all[i]);
        running += all[i].state == 'R';
    }
    qsort(sorted, count, sizeof(*sorted), compare);
    if (!batch)
        fputs("\033[H\033[J", stdout);
    put_head(count, running);
    printf("%5s %-8s S %3s %7s %5s %7s COMMAND\n", "PID", "USER", "NI", "RSS", "CPU%", "TIME");
    for (size_t i = 0; i < count && i + 5 < rows; i++)
        put_row(&sorted[i], last ? now_us - last_us : 0, tick);
    fflush(stdout);
    free(sorted);
    free(last);
    last = all;
    last_count = count;
    last_us = now_us;
}

static void make_sane(void)
{
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
}

static void read_keys(void)
{
    struct termios keys;

    if (tcgetattr(STDIN_FILENO, &before))
        return;
    atexit(make_sane);
    keys = before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
}

/* False: q was pressed. */
static bool wait_for(long ms, bool batch)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    char key;

    if (batch || !isatty(STDIN_FILENO)) {
        (void)poll(NULL, 0, (int)ms);
        return true;
    }
    return poll(&input, 1, (int)ms) <= 0 || (read(STDIN_FILENO, &key, 1) == 1 && key != 'q');
}

TOOL(top, "[-b] [-d SECONDS] [-n TIMES]",
     "Show which processes use the processor, again and again; q ends it.\n"
     "  -b  one list below the other   -d  every so many seconds (2)   -n  so often\n")
{
    long long delay = 2, times = -1;
    bool batch = !to_screen();
    int letter;

    while ((letter = option(count, words, "bd:n:")) != -1) {
        batch |= letter == 'b';
        if (letter == 'd')
            delay = number_of(optarg, 1, 3600);
        if (letter == 'n')
            times = number_of(optarg, 1, 1 << 30);
    }
    if (!batch)
        read_keys();
    look(batch);
    while (--times != 0 && !ferror(stdout) && wait_for((long)delay * 1000, batch))
        look(batch);
    free(last);
    return 0;
}
