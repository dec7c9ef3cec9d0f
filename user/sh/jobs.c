/* Jobs: the processes of one pipeline, which with job control are a group of their own. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "user/sh/sh.h"

struct member {
    pid_t pid;
    int status; /* as waitpid's */
    bool ended, stopped;
    struct member *next;
};

struct job {
    int number; /* 0: it never went to the background */
    pid_t group;
    struct member *members; /* the last of the pipe first */
    char *text;
    bool background, told;
    struct termios modes; /* of the terminal when it stopped */
    bool has_modes;
    struct job *next; /* the newest first */
};

static struct job *jobs;
static struct termios shell_modes;

static const char *signal_text(int signal)
{
    static const struct {
        int signal;
        const char *text;
    } texts[] = {
        {SIGHUP, "Hangup"},
        {SIGQUIT, "Quit"},
        {SIGILL, "Illegal instruction"},
        {SIGABRT, "Aborted"},
        {SIGBUS, "Bus error"},
        {SIGFPE, "Arithmetic exception"},
        {SIGKILL, "Killed"},
        {SIGSEGV, "Segmentation fault"},
        {SIGALRM, "Alarm clock"},
        {SIGTERM, "Terminated"},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (texts[i].signal == signal)
            return texts[i].text;
    return NULL;
}

/* ---- the terminal ---------------------------------------------------------------------------- */

void jobs_init(void)
{
    pid_t group;

    if (!shell.job_control)
        return;
    /* Until we are in the foreground. */
    while (tcgetpgrp(shell.terminal) != (group = getpgrp()))
        if (kill(-group, SIGTTIN))
            break;
    signal(SIGTSTP, SIG_IGN);
    signal(SIGTTIN, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    if (getsid(0) != getpid())
        (void)setpgid(0, 0);
    (void)tcsetpgrp(shell.terminal, getpgrp());
    (void)tcgetattr(shell.terminal, &shell_modes);
}

static void give_terminal(pid_t group)
{
    if (shell.job_control && shell.terminal >= 0)
        (void)tcsetpgrp(shell.terminal, group);
}

static void take_terminal(struct job *job, bool stopped)
{
    if (!shell.job_control || shell.terminal < 0)
        return;
    give_terminal(getpgrp());
    if (stopped)
        job->has_modes = tcgetattr(shell.terminal, &job->modes) == 0;
    (void)tcsetattr(shell.terminal, TCSADRAIN, &shell_modes);
}

/* ---- the list -------------------------------------------------------------------------------- */

static void free_job(struct job *job)
{
    while (job->members) {
        struct member *member = job->members;

        job->members = member->next;
        free(member);
    }
    free(job->text);
    free(job);
}

static void remove_job(struct job *job)
{
    struct job **at = &jobs;

    while (*at && *at != job)
        at = &(*at)->next;
    if (*at)
        *at = job->next;
    free_job(job);
}

void jobs_forget(void)
{
    while (jobs)
        remove_job(jobs);
}

static int free_number(void)
{
    int number = 1;

    for (struct job *job = jobs; job; job = job->next)
        if (job->number >= number)
            number = job->number + 1;
    return number;
}

static bool all(const struct job *job, bool stopped_counts)
{
    for (const struct member *member = job->members; member; member = member->next)
        if (!member->ended && !(stopped_counts && member->stopped))
            return false;
    return true;
}

static bool has_ended(const struct job *job)
{
    return all(job, false);
}

static bool is_stopped(const struct job *job)
{
    return !has_ended(job) && all(job, true);
}

static int exit_status(int status)
{
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int status_of(const struct job *job)
{
    int status = exit_status(job->members->status);

    if (!shell.pipefail || status)
        return status;
    for (const struct member *member = job->members; member; member = member->next)
        if (exit_status(member->status))
            return exit_status(member->status);
    return 0;
}

/* ---- starting -------------------------------------------------------------------------------- */

static void in_child(pid_t group, bool background)
{
    if (shell.job_control) {
        (void)setpgid(0, group);
        if (!background)
            give_terminal(getpgrp());
        signal(SIGTSTP, SIG_DFL);
        signal(SIGTTIN, SIG_DFL);
        signal(SIGTTOU, SIG_DFL);
    }
    if (!shell.job_control && background) {
        signal(SIGINT, SIG_IGN);
        signal(SIGQUIT, SIG_IGN);
    } else if (shell.interactive) {
        signal(SIGINT, SIG_DFL);
        signal(SIGQUIT, SIG_DFL);
    }
    if (shell.interactive)
        signal(SIGTERM, SIG_DFL);
    shell.job_control = false;
}

pid_t job_fork(struct job **job, const struct node *node, bool background)
{
    pid_t group = *job ? (*job)->group : 0, pid;
    struct member *member;

    fflush(stdout);
    pid = fork();
    if (pid < 0) {
        complain("fork: %s", strerror(errno));
        shell.status = 1;
        return pid;
    }
    if (pid == 0) {
        in_child(group, background);
        return 0;
    }
    if (!*job) {
        struct arena arena = {0};

        *job = xmalloc(sizeof(**job));
        **job = (struct job){.group = pid, .text = xstrdup(node_text(&arena, node)), .next = jobs};
        jobs = *job;
        arena_free(&arena);
    }
    if (shell.job_control) {
        (void)setpgid(pid, (*job)->group);
        if (!background)
            give_terminal((*job)->group);
    }
    member = xmalloc(sizeof(*member));
    *member = (struct member){.pid = pid, .next = (*job)->members};
    (*job)->members = member;
    return pid;
}

/* ---- waiting --------------------------------------------------------------------------------- */

static void note(pid_t pid, int status)
{
    for (struct job *job = jobs; job; job = job->next)
        for (struct member *member = job->members; member; member = member->next) {
            if (member->pid != pid)
                continue;
            member->status = status;
            member->stopped = WIFSTOPPED(status);
            member->ended = WIFEXITED(status) || WIFSIGNALED(status);
            job->told = false;
            return;
        }
}

/* One change of one child; false: none (or no children at all). */
static bool collect(bool wait)
{
    int status;
    pid_t pid = waitpid(-1, &status, (wait ? 0 : WNOHANG) | (shell.job_control ? WUNTRACED : 0));

    if (pid <= 0)
        return false;
    note(pid, status);
    return true;
}

static void forget_lost(struct job *job)
{
    for (struct member *member = job->members; member; member = member->next)
        member->ended = true;
}

int job_wait(struct job *job)
{
    int status;

    while (!has_ended(job) && !is_stopped(job)) {
        if (collect(true))
            continue;
        if (errno == ECHILD)
            forget_lost(job);
    }
    if (is_stopped(job)) {
        take_terminal(job, true);
        if (!job->number)
            job->number = free_number();
        job->background = true;
        job->told = true;
        fprintf(stderr, "\n[%d]+ Stopped  %s\n", job->number, job->text);
        return 128 + SIGTSTP;
    }
    take_terminal(job, false);
    status = status_of(job);
    if (shell.interactive && WIFSIGNALED(job->members->status)) {
        int signal = WTERMSIG(job->members->status);
        const char *text = signal_text(signal);

        if (signal == SIGINT)
            interrupted = JOB_INTERRUPTED;
        if (text)
            fprintf(stderr, "%s\n", text);
        else if (signal == SIGINT)
            fputc('\n', stderr);
    }
    remove_job(job);
    return status;
}

void job_background(struct job *job)
{
    job->background = true;
    job->number = free_number();
    shell.last_background = job->members->pid;
    if (shell.interactive)
        fprintf(stderr, "[%d] %ld\n", job->number, (long)job->members->pid);
}

static const char *state_text(const struct job *job, char *text, size_t size)
{
    int status = job->members->status;

    if (!has_ended(job))
        return is_stopped(job) ? "Stopped" : "Running";
    if (WIFSIGNALED(status)) {
        const char *known = signal_text(WTERMSIG(status));

        snprintf(text, size, "Signal %d", WTERMSIG(status));
        return known ? known : text;
    }
    if (WEXITSTATUS(status) == 0)
        return "Done";
    snprintf(text, size, "Exit %d", WEXITSTATUS(status));
    return text;
}

static void print_job(FILE *to, const struct job *job, bool pids)
{
    char state[24], mark = job == jobs ? '+' : jobs && job == jobs->next ? '-' : ' ';

    fprintf(to, "[%d]%c ", job->number, mark);
    if (pids)
        fprintf(to, "%ld ", (long)job->group);
    fprintf(to, "%-10s %s\n", state_text(job, state, sizeof(state)), job->text);
}

void jobs_notify(void)
{
    while (collect(false))
        ;
    for (struct job *job = jobs, *next; job; job = next) {
        next = job->next;
        if (!job->background || job->told || (!has_ended(job) && !is_stopped(job)))
            continue;
        if (shell.interactive)
            print_job(stderr, job, false);
        job->told = true;
        if (has_ended(job))
            remove_job(job);
    }
}

void jobs_hang_up(void)
{
    for (struct job *job = jobs; job; job = job->next) {
        if (shell.job_control && !has_ended(job)) {
            kill(-job->group, SIGHUP);
            kill(-job->group, SIGCONT);
        }
    }
}

/* ---- commands -------------------------------------------------------------------------------- */

/* %N, %%, %+, %-, %TEXT, or a process's number; no word: the newest. */
static struct job *named(const char *word)
{
    struct job *job = jobs;

    while (job && !job->background)
        job = job->next;
    if (!word || strcmp(word, "%%") == 0 || strcmp(word, "%+") == 0 || strcmp(word, "%") == 0)
        return job;
    if (strcmp(word, "%-") == 0)
        return job ? job->next : NULL;
    for (job = jobs; job; job = job->next) {
        if (word[0] != '%') {
            for (struct member *member = job->members; member; member = member->next)
                if (member->pid == atol(word))
                    return job;
        } else if (strspn(word + 1, "0123456789") == strlen(word + 1)
                       ? job->number == atoi(word + 1)
                       : strncmp(job->text, word + 1, strlen(word + 1)) == 0) {
            return job;
        }
    }
    return NULL;
}

static struct job *named_or_complain(const char *command, const char *word)
{
    struct job *job = named(word);

    if (!job)
        complain("%s: %s: no such job", command, word ? word : "current");
    return job;
}

int jobs_command(int count, char **words)
{
    bool pids = count > 1 && strcmp(words[1], "-l") == 0;
    bool only = count > 1 && strcmp(words[1], "-p") == 0;

    while (collect(false))
        ;
    for (struct job *job = jobs, *next; job; job = next) {
        next = job->next;
        if (!job->background)
            continue;
        if (only)
            printf("%ld\n", (long)job->group);
        else
            print_job(stdout, job, pids);
        job->told = true;
        if (has_ended(job))
            remove_job(job);
    }
    return 0;
}

static void go_on(struct job *job)
{
    for (struct member *member = job->members; member; member = member->next)
        member->stopped = false;
    if (kill(-job->group, SIGCONT))
        complain("%s: %s", job->text, strerror(errno));
}

int fg_command(int count, char **words)
{
    struct job *job = named_or_complain("fg", count > 1 ? words[1] : NULL);

    if (!job)
        return 1;
    if (!shell.job_control) {
        complain("fg: no job control");
        return 1;
    }
    printf("%s\n", job->text);
    fflush(stdout);
    job->background = false;
    give_terminal(job->group);
    if (job->has_modes)
        (void)tcsetattr(shell.terminal, TCSADRAIN, &job->modes);
    go_on(job);
    return job_wait(job);
}

int bg_command(int count, char **words)
{
    struct job *job = named_or_complain("bg", count > 1 ? words[1] : NULL);

    if (!job)
        return 1;
    if (!shell.job_control) {
        complain("bg: no job control");
        return 1;
    }
    printf("[%d] %s &\n", job->number, job->text);
    go_on(job);
    return 0;
}

/* Until it has ended; a signal with a trap ends the wait. */
static int wait_for(struct job *job)
{
    int status;

    while (!has_ended(job)) {
        if (collect(true))
            continue;
        if (errno == ECHILD)
            forget_lost(job);
        else
            return 128 + SIGINT;
    }
    status = status_of(job);
    remove_job(job);
    return status;
}

int wait_command(int count, char **words)
{
    int status = 0;

    if (count == 1) {
        while (jobs) {
            struct job *job = jobs;

            while (job && is_stopped(job))
                job = job->next;
            if (!job)
                break;
            if (wait_for(job) == 128 + SIGINT && errno == EINTR)
                return 128 + SIGINT;
        }
        return 0;
    }
    for (int i = 1; i < count; i++) {
        struct job *job = named(words[i]);

        status = job ? wait_for(job) : 127;
    }
    return status;
}

static const struct {
    const char *name;
    int number;
} signals[] = {
    {"HUP", SIGHUP}, {"INT", SIGINT}, {"QUIT", SIGQUIT}, {"ILL", SIGILL}, {"TRAP", SIGTRAP},
    {"ABRT", SIGABRT}, {"BUS", SIGBUS}, {"FPE", SIGFPE}, {"KILL", SIGKILL}, {"USR1", SIGUSR1},
    {"SEGV", SIGSEGV}, {"USR2", SIGUSR2}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM}, {"TERM", SIGTERM},
    {"CHLD", SIGCHLD}, {"CONT", SIGCONT}, {"STOP", SIGSTOP}, {"TSTP", SIGTSTP}, {"TTIN", SIGTTIN},
    {"TTOU", SIGTTOU}, {"WINCH", SIGWINCH},
};

int signal_number(const char *word)
{
    if (strncmp(word, "SIG", 3) == 0)
        word += 3;
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        if (strcmp(word, signals[i].name) == 0)
            return signals[i].number;
    if (*word && strspn(word, "0123456789") == strlen(word) && atoi(word) <= 64)
        return atoi(word);
    return -1;
}

const char *signal_name(int number)
{
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        if (signals[i].number == number)
            return signals[i].name;
    return NULL;
}

static int list_signals(void)
{
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        printf("%2d %s\n", signals[i].number, signals[i].name);
    return 0;
}

int kill_command(int count, char **words)
{
    int signal = SIGTERM, i = 1, status = 0;

    if (i < count && strcmp(words[i], "-l") == 0)
        return list_signals();
    if (i < count && words[i][0] == '-' && words[i][1]) {
        const char *name = words[i] + 1;

        if (strcmp(name, "s") == 0 && i + 1 < count)
            name = words[++i];
        signal = strcmp(name, "-") == 0 ? SIGTERM : signal_number(name);
        if (signal < 0) {
            complain("kill: %s: no such signal; kill -l lists them", name);
            return 1;
        }
        i++;
    }
    if (i >= count) {
        complain("kill: which process? kill [-SIGNAL] PID|%%JOB …");
        return 2;
    }
    for (; i < count; i++) {
        struct job *job = words[i][0] == '%' ? named(words[i]) : NULL;
        char *end;
        long pid = strtol(words[i], &end, 10);

        if (words[i][0] == '%' ? !job : *end || end == words[i]) {
            complain("kill: %s: neither a process nor a job", words[i]);
            status = 1;
        } else if (kill(job ? -job->group : (pid_t)pid, signal)) {
            complain("kill: %s: %s", words[i], strerror(errno));
            status = 1;
        } else if (job && is_stopped(job) && (signal == SIGTERM || signal == SIGHUP)) {
            kill(-job->group, SIGCONT); /* else it would end only once it goes on */
        }
    }
    return status;
}
