#include "user/tools/common/processes.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "user/tools/tool.h"

static bool read_stat(const char *text, struct process *process)
{
    const char *name = strchr(text, '('), *behind = strrchr(text, ')');
    unsigned long long user, system, started, bytes, pages;
    int parent, group, session, terminal, foreground;
    long nice_, threads;

    if (!name || !behind || behind < name)
        return false;
    snprintf(process->name, sizeof(process->name), "%.*s", (int)(behind - name - 1), name + 1);
    if (sscanf(behind + 1,
               " %c %d %d %d %d %d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %ld %ld %*d %llu %llu %llu",
               &process->state, &parent, &group, &session, &terminal, &foreground, &user, &system,
               &nice_, &threads, &started, &bytes, &pages) != 13)
        return false;
    process->parent = parent;
    process->group = group;
    process->session = session;
    process->terminal = (unsigned)terminal;
    process->foreground = foreground;
    process->nice = (int)nice_;
    process->threads = (int)threads;
    process->ticks = user + system;
    process->started = started;
    process->bytes = bytes;
    process->resident = pages * (uint64_t)sysconf(_SC_PAGESIZE);
    return true;
}

/* The words of a command end with zero bytes; what would move the cursor is not printed. */
static char *read_command(const char *folder, const char *name)
{
    char *path = path_join(folder, "cmdline");
    FILE *file = fopen(path, "r");
    char line[512];
    size_t size = file ? fread(line, 1, sizeof(line) - 1, file) : 0;

    if (file)
        fclose(file);
    free(path);
    while (size > 0 && line[size - 1] == '\0')
        size--;
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)line[i] < ' ')
            line[i] = line[i] == '\0' ? ' ' : '?';
    line[size] = '\0';
    return size ? take_copy(line) : take_text("[%s]", name);
}

static bool read_process(const char *number, struct process *process)
{
    char *folder = path_join("/proc", number), *path = path_join(folder, "stat");
    char *text = read_file(path);
    struct stat about;
    bool good = text && stat(folder, &about) == 0 && read_stat(text, process);

    if (good) {
        process->pid = (pid_t)strtol(number, NULL, 10);
        process->user = about.st_uid;
        process->command = read_command(folder, process->name);
    }
    free(text);
    free(path);
    free(folder);
    return good;
}

static int by_number(const void *one, const void *other)
{
    const struct process *a = one, *b = other;

    return (a->pid > b->pid) - (a->pid < b->pid);
}

int processes_read(struct processes *processes)
{
    struct list names = {0};

    *processes = (struct processes){0};
    if (read_directory("/proc", &names))
        return failed("/proc");
    processes->at = take((names.count + 1) * sizeof(*processes->at));
    for (size_t i = 0; i < names.count; i++)
        if (isdigit((unsigned char)names.at[i][0])
            && read_process(names.at[i], &processes->at[processes->count]))
            processes->count++;
    list_free(&names);
    qsort(processes->at, processes->count, sizeof(*processes->at), by_number);
    return 0;
}

void processes_free(struct processes *processes)
{
    for (size_t i = 0; i < processes->count; i++)
        free(processes->at[i].command);
    free(processes->at);
}

double uptime_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

uint64_t memory_figure(const char *text, const char *name)
{
    size_t length = strlen(name);

    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            return strtoull(line + length + 1, NULL, 10) * 1024;
    }
    return 0;
}

const char *terminal_name(unsigned device)
{
    static char name[16];
    /* As Linux numbers them: the low bits of the minor number, the major, the rest of the minor. */
    unsigned major = device >> 8 & 0xfff, minor = (device & 0xff) | (device >> 12 & 0xfff00);

    if (device == 0)
        return "?";
    if (major == 4 && minor >= 64)
        snprintf(name, sizeof(name), "ttyS%u", minor - 64);
    else if (major == 4)
        snprintf(name, sizeof(name), "tty%u", minor);
    else if (major >= 136 && major < 144)
        snprintf(name, sizeof(name), "pts/%u", (major - 136) * 256 + minor);
    else if (device == (5 << 8 | 1))
        return "console";
    else
        snprintf(name, sizeof(name), "%u:%u", major, minor);
    return name;
}
