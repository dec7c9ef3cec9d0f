/* Signals by name, running programs, what /proc says of processes. */
#include <dirent.h>
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

static const struct {
    const char *name;
    int number;
} signals[] = {
    {"HUP", SIGHUP},   {"INT", SIGINT},     {"QUIT", SIGQUIT}, {"ILL", SIGILL},   {"TRAP", SIGTRAP},
    {"ABRT", SIGABRT}, {"BUS", SIGBUS},     {"FPE", SIGFPE},   {"KILL", SIGKILL}, {"USR1", SIGUSR1},
    {"SEGV", SIGSEGV}, {"USR2", SIGUSR2},   {"PIPE", SIGPIPE}, {"ALRM", SIGALRM}, {"TERM", SIGTERM},
    {"CHLD", SIGCHLD}, {"CONT", SIGCONT},   {"STOP", SIGSTOP}, {"TSTP", SIGTSTP}, {"TTIN", SIGTTIN},
    {"TTOU", SIGTTOU}, {"WINCH", SIGWINCH},
};

int signal_of(const char *word)
{
    char *end;
    long number = strtol(word, &end, 10);

    if (end != word && !*end)
        return number >= 0 && number <= 64 ? (int)number : -1;
    if (strncasecmp(word, "SIG", 3) == 0)
        word += 3;
    for (size_t i = 0; i < countof(signals); i++)
        if (strcasecmp(word, signals[i].name) == 0)
            return signals[i].number;
    return -1;
}

const char *signal_text(int number)
{
    for (size_t i = 0; i < countof(signals); i++)
        if (signals[i].number == number)
            return signals[i].name;
    return NULL;
}

void become(char **words)
{
    int error;

    fflush(stdout);
    execvp(words[0], words);
    error = errno;
    complain_of(words[0]);
    exit(error == ENOENT ? 127 : 126);
}

int run_words(char **words)
{
    int status = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child < 0)
        die("no new process: %s", strerror(errno));
    if (child == 0)
        become(words);
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- /proc ----------------------------------------------------------------------------------- */

static char *process_text(long pid, const char *name, size_t *size)
{
    char path[64];

    snprintf(path, sizeof(path), "/proc/%ld/%s", pid, name);
    return file_text(path, size);
}

unsigned long long kib_of(const char *text, const char *name)
{
    size_t size = strlen(name);

    while (text && *text) {
        if (strncmp(text, name, size) == 0 && text[size] == ':')
            return strtoull(text + size + 1, NULL, 10);
        text = strchr(text, '\n');
        text = text ? text + 1 : NULL;
    }
    return 0;
}

/* proc(5): fields are counted from 1; the name, field 2, may have blanks and parentheses. */
static bool stat_read(const char *text, struct process_info *info)
{
    const char *name = strchr(text, '('), *end = strrchr(text, ')');
    unsigned long long user = 0, system = 0;

    if (!name || !end || end < name)
        return false;
    snprintf(info->name, sizeof(info->name), "%.*s", (int)(end - name - 1), name + 1);
    return sscanf(
               end + 1,
               " %c %ld %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %llu %*s %*s %*s %ld %ld %*s %llu"
               " %llu",
               &info->state, &info->parent, &user, &system, &info->nice, &info->threads,
               &info->start_ticks, &info->bytes) >= 6 &&
           (info->ticks = user + system, true);
}

bool process_read(long pid, struct process_info *info)
{
    char *stat_text = process_text(pid, "stat", NULL), *status = process_text(pid, "status", NULL);
    bool good = stat_text && status;

    *info = (struct process_info){.pid = pid};
    good = good && stat_read(stat_text, info);
    if (good) {
        info->resident_kib = kib_of(status, "VmRSS");
        info->user = (unsigned)kib_of(status, "Uid");
    }
    free(stat_text);
    free(status);
    return good;
}

static int compare(const void *a, const void *b)
{
    long first = ((const struct process_info *)a)->pid,
         second = ((const struct process_info *)b)->pid;

    return first < second ? -1 : first > second;
}

struct process_info *processes_read(size_t *count)
{
    struct process_info *all = NULL;
    size_t room = 0;
    DIR *folder = opendir("/proc");
    struct dirent *entry;

    *count = 0;
    if (!folder)
        die("/proc: %s", strerror(errno));
    while ((entry = readdir(folder))) {
        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        if (*count == room)
            all = enlarge(all, (room = room ? room * 2 : 32) * sizeof(*all));
        *count += process_read(strtol(entry->d_name, NULL, 10), &all[*count]);
    }
    closedir(folder);
    if (*count > 1)
        qsort(all, *count, sizeof(*all), compare);
    return all;
}

char *process_words(const struct process_info *info)
{
    size_t size = 0;
    char *text = process_text(info->pid, "cmdline", &size);

    if (!text || size == 0) {
        free(text);
        return text_made("[%s]", info->name);
    }
    for (size_t i = 0; i + 1 < size; i++)
        if (text[i] == 0)
            text[i] = ' ';
    return text;
}
