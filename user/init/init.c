/*
 * init: the first process. Mounts what /etc/init.conf names, starts what it names, starts again what ended,
 * waits for all that lost their parents, and ends the system when it is told to.
 *
 *     SIGTERM  reboot     SIGUSR1  halt     SIGUSR2  power off     SIGHUP  /etc/init.conf was changed
 *
 * `init -c COMMAND` does what the file says to mount and to wait for; then the shell runs COMMAND on the
 * console, in place of all other lines, and init ends with its status.
 *
 * All signals are blocked and taken one by one by sigtimedwait: no handler runs between two lines here.
 */
#include "user/init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TOO_FAST_S   2  /* who ends earlier than this after it began … */
#define TOO_OFTEN    5  /* … so many times … */
#define PENALTY_S   30  /* … waits so long */
#define END_S        2  /* between SIGTERM and SIGKILL at the end */

static struct job jobs[JOBS_MAX];
static size_t job_count;
static char *command;           /* of -c, or NULL */
static struct job *command_job; /* init ends when it does */

/* ---- messages -------------------------------------------------------------------------------- */

static void say(const char *what, const char *why)
{
    int fd = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);

    dprintf(fd < 0 ? STDERR_FILENO : fd, "init: %s%s%s\n", what, why ? ": " : "", why ? why : "");
    if (fd >= 0)
        close(fd);
}

static time_t now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* ---- starting -------------------------------------------------------------------------------- */

static void open_terminal(const char *name)
{
    char path[80];

    snprintf(path, sizeof(path), "/dev/%s", name);
    setsid();
    int fd = open(path, O_RDWR | O_NOCTTY);

    if (fd < 0) {
        say(path, strerror(errno));
        _exit(1);
    }
    (void)ioctl(fd, TIOCSCTTY, 0);
    for (int i = 0; i < 3; i++)
        dup2(fd, i);
    if (fd > 2)
        close(fd);
}

/* Everything else: no input, and messages to the console. */
static void open_nothing(void)
{
    int null = open("/dev/null", O_RDONLY), console;

    setsid();
    console = open("/dev/console", O_WRONLY | O_NOCTTY);
    dup2(null, 0);
    dup2(console, 1);
    dup2(console, 2);
    for (int fd = 3; fd < 8; fd++)
        close(fd);
}

static void become(const struct job *job)
{
    sigset_t none;

    sigemptyset(&none);
    if (job->kind == JOB_TERMINAL)
        open_terminal(job->terminal);
    else
        open_nothing();
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(job->words[0], job->words);
    dprintf(STDERR_FILENO, "init: %s: %s\n", job->words[0], strerror(errno));
    _exit(127);
}

static bool has_terminal(const struct job *job)
{
    char path[80];

    snprintf(path, sizeof(path), "/dev/%s", job->terminal);
    return job->kind != JOB_TERMINAL || access(path, F_OK) == 0;
}

static void start(struct job *job)
{
    if (!has_terminal(job)) {
        job->done = true;
        return;
    }
    pid_t pid = fork();


    if (pid == 0)
        become(job);
    if (pid < 0)
        say(job->words[0], strerror(errno));
    job->pid = pid > 0 ? pid : 0;
    job->started_s = now_s();
    job->not_before_s = pid > 0 ? 0 : job->started_s + PENALTY_S;
    job->done = job->kind == JOB_ONCE || job->kind == JOB_WAIT;
}

static void note_end(struct job *job)
{
    time_t now = now_s();

    job->pid = 0;
    job->fast_ends = now - job->started_s < TOO_FAST_S ? job->fast_ends + 1 : 0;
    if (job->fast_ends >= TOO_OFTEN && !job->done) {
        say(job->words[0], "ends as soon as it begins; tried again in 30 seconds");
        job->fast_ends = 0;
        job->not_before_s = now + PENALTY_S;
    }
}

static void run_and_wait(struct job *job)
{
    start(job);
    for (pid_t pid; job->pid > 0 && (pid = waitpid(-1, NULL, 0)) != 0;)
        if (pid == job->pid || (pid < 0 && errno == ECHILD))
            job->pid = 0;
}

static void mount_it(struct job *job)
{
    const char *type = job->words[0], *target = job->words[1];

    (void)mkdir(target, 0755);
    if (mount(type, target, type, 0, NULL) && errno != EBUSY)
        say(target, strerror(errno));
    job->done = true;
}

/* What is due, in the file's order. Returns how many seconds there is nothing to do. */
static time_t start_all(void)
{
    time_t now = now_s(), least = 3600;

    for (size_t i = 0; i < job_count; i++) {
        struct job *job = &jobs[i];

        if (job->done || job->pid > 0)
            continue;
        if (job->not_before_s > now) {
            time_t left = job->not_before_s - now;

            least = left < least ? left : least;
        } else if (job->kind == JOB_MOUNT) {
            mount_it(job);
        } else if (job->kind == JOB_WAIT) {
            run_and_wait(job);
        } else {
            start(job);
        }
    }
    return least;
}

/* ---- the file -------------------------------------------------------------------------------- */

static bool is_wanted(const struct job *job)
{
    if (command)
        return job->kind == JOB_MOUNT || job->kind == JOB_WAIT;
    return job->kind != JOB_NONE;
}

static void add_command(void)
{
    command_job = &jobs[job_count++];
    (void)job_read("console /bin/sh -c COMMAND", command_job);
    command_job->words[2] = command;
}

static void read_jobs(void)
{
    static const char fallback[] = "console /bin/sh -l\n";
    const size_t most = command ? JOBS_MAX - 1 : JOBS_MAX;
    FILE *file = fopen(INIT_FILE, "r");
    struct job fresh[JOBS_MAX];
    size_t count = 0;

    if (!file)
        say(INIT_FILE, strerror(errno));
    for (char line[512]; file && count < most && fgets(line, sizeof(line), file);) {
        const char *why = job_read(line, &fresh[count]);

        if (why)
            say(line, why);
        else if (is_wanted(&fresh[count]))
            count++;
    }
    if (file)
        fclose(file);
    if (count == 0 && !command)
        count = job_read(fallback, &fresh[0]) == NULL;
    job_count = jobs_replace(jobs, job_count, fresh, count);
}

/* ---- the end --------------------------------------------------------------------------------- */

static bool all_ended(void)
{
    pid_t pid;

    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
        ;
    return pid < 0 && errno == ECHILD;
}

static void end_processes(void)
{
    struct timespec step = {0, 50000000};

    kill(-1, SIGTERM);
    kill(-1, SIGHUP); /* interactive shells want that */
    kill(-1, SIGCONT);
    for (int i = 0; i < END_S * 20 && !all_ended(); i++)
        nanosleep(&step, NULL);
    kill(-1, SIGKILL);
    for (int i = 0; i < 20 && !all_ended(); i++)
        nanosleep(&step, NULL);
}

static void end_system(int how)
{
    say(how == RB_AUTOBOOT ? "the system starts anew" : "the system ends", NULL);
    end_processes();
    sync();
    (void)mount("none", "/", "none", MS_REMOUNT | MS_RDONLY, NULL);
    sync();
    reboot(how);
    say("the kernel goes on", strerror(errno));
}

static void obey(int signal)
{
    switch (signal) {
    case SIGTERM:
        end_system(RB_AUTOBOOT);
        break;
    case SIGUSR1:
        end_system(RB_HALT_SYSTEM);
        break;
    case SIGUSR2:
        end_system(RB_POWER_OFF);
        break;
    case SIGHUP:
        if (!command)
            read_jobs();
        break;
    }
}

static void end_with_command(int status)
{
    end_processes();
    exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

static void reap(void)
{
    int status;

    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        if (command_job && command_job->pid == pid)
            end_with_command(status);
        for (size_t i = 0; i < job_count; i++)
            if (jobs[i].pid == pid)
                note_end(&jobs[i]);
    }
}

/* A terminal is its shell's: whoever started init from a terminal lent its own. */
static void leave_terminal(void)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (fd < 0)
        return;
    (void)ioctl(fd, TIOCNOTTY, 0);
    close(fd);
}

static void prepare(sigset_t *signals)
{
    sigfillset(signals);
    sigprocmask(SIG_SETMASK, signals, NULL);
    leave_terminal();
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", O_RDWR);
    (void)chdir("/");
    umask(022);
    setenv("PATH", "/bin:/usr/bin", 1);
    setenv("HOME", "/root", 1);
    setenv("TZ", "UTC0", 0);
    setenv("USER", "root", 0);
    setenv("TERM", "linux", 0);
}

int main(int argc, char **argv)
{
    sigset_t signals;

    if (getpid() != 1 && !getenv("INIT_ANYWAY")) {
        fprintf(stderr, "init: is the first process alone; `reboot` and `poweroff` talk to it\n");
        return 2;
    }
    prepare(&signals);
    command = argc > 2 && strcmp(argv[1], "-c") == 0 ? argv[2] : NULL;
    read_jobs();
    if (command)
        add_command();
    for (;;) {
        struct timespec patience = {start_all(), 0};
        int signal = sigtimedwait(&signals, NULL, &patience);

        obey(signal);
        reap();
    }
}
