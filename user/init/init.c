/*
 * init: process 1. It mounts what every program expects, starts what /etc/init.conf says, starts
 * the `respawn` lines again when they end, buries orphans, and at the end stops everything.
 *
 *     once COMMAND                   run it and wait for it
 *     respawn TERMINAL COMMAND       a session on that terminal; again when it ends
 *
 * COMMAND is given to /bin/sh when it has more in it than words. SIGTERM (poweroff), SIGINT
 * (reboot), SIGUSR1 (halt).
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "user/init/machine.h"

#define SERVICES_MAX 16
#define LINE_MAX_    512
#define WORDS_MAX    32
#define DELAY_MAX_S  60
#define LIVED_WELL_S 10 /* who lived so long is started again at once */
#define GOODBYE_MS   3000

struct service {
    char *terminal, *command;
    pid_t pid; /* 0: does not run */
    time_t started, next;
    int delay_s;
};

static struct service services[SERVICES_MAX];
static size_t service_count;
static volatile sig_atomic_t wanted_end; /* the signal that asked for it */
static const char *configuration = "/etc/init.conf";

static time_t now_s(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
    char text[512];
    va_list words;
    int size, fd;

    size = snprintf(text, sizeof(text), "init: ");
    va_start(words, format);
    size += vsnprintf(text + size, sizeof(text) - (size_t)size - 1, format, words);
    va_end(words);
    if (size > (int)sizeof(text) - 2)
        size = (int)sizeof(text) - 2;
    text[size++] = '\n';
    fd = open(machine_console(), O_WRONLY | O_APPEND | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)!write(fd, text, (size_t)size);
    close(fd);
}

/* ---- signals --------------------------------------------------------------------------------- */

static void end_wanted(int number)
{
    wanted_end = number;
}

static void child_ended(int number)
{
    (void)number; /* it ends the wait */
}

static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};

    sigemptyset(&action.sa_mask);
    (void)sigaction(number, &action, NULL);
}

/* They wait until wait_for_news lets them in: nothing is missed between a look and a wait. */
static void handle_signals(sigset_t *inside)
{
    static const int ends[] = {SIGTERM, SIGINT, SIGUSR1};
    static const int ignored[] = {SIGQUIT, SIGTSTP, SIGHUP, SIGTTIN, SIGTTOU, SIGPIPE};
    sigset_t blocked;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    handle(SIGCHLD, child_ended);
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        sigaddset(&blocked, ends[i]);
        handle(ends[i], end_wanted);
    }
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        handle(ignored[i], SIG_IGN);
    (void)sigprocmask(SIG_BLOCK, &blocked, NULL);
    sigemptyset(inside);
}

/* What children must not inherit. */
static void forget_signals(void)
{
    sigset_t none;

    for (int number = 1; number < 32; number++)
        if (number != SIGKILL && number != SIGSTOP)
            (void)signal(number, SIG_DFL);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* ---- programs -------------------------------------------------------------------------------- */

static void become(char *command)
{
    char *words[WORDS_MAX + 1], *rest = command, *word;
    size_t count = 0;

    if (strpbrk(command, "|&;<>()$`\\\"'*?[#~={}") || strlen(command) > LINE_MAX_) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    while (count < WORDS_MAX && (word = strsep(&rest, " \t")))
        if (*word)
            words[count++] = word;
    words[count] = NULL;
    if (count == 0)
        _exit(0);
    execvp(words[0], words);
    say("%s: %s", words[0], strerror(errno));
    _exit(127);
}

/* A session of its own, on the terminal. */
static void take_terminal(const char *path)
{
    int fd;

    (void)setsid();
    fd = open(path, O_RDWR | O_NOCTTY);
    if (fd < 0) {
        say("%s: %s", path, strerror(errno));
        _exit(126);
    }
    (void)ioctl(fd, TIOCSCTTY, 0);
    for (int i = 0; i < 3; i++)
        if (fd != i)
            (void)dup2(fd, i);
    if (fd > 2)
        close(fd);
    (void)tcsetpgrp(0, getpid());
}

static void start(struct service *service)
{
    service->started = now_s();
    service->pid = fork();
    if (service->pid < 0) {
        say("%s: %s", service->command, strerror(errno));
        service->pid = 0;
        service->next = now_s() + 1;
    } else if (service->pid == 0) {
        take_terminal(service->terminal);
        forget_signals();
        become(service->command);
    }
}

static void run_once(char *command)
{
    pid_t child = fork(), ended;
    int status = 0;

    if (child == 0) {
        forget_signals();
        become(command);
    }
    if (child < 0) {
        say("%s: %s", command, strerror(errno));
        return;
    }
    while ((ended = waitpid(-1, &status, 0)) != child && (ended > 0 || errno == EINTR))
        ;
    if (status)
        say("%s: ended with status %#x", command, (unsigned)status);
}

/* Twice as long each time that it dies young. */
static void has_ended(struct service *service, int status)
{
    bool well = now_s() - service->started >= LIVED_WELL_S || status == 0;

    service->pid = 0;
    service->delay_s = well ? 0 : service->delay_s ? service->delay_s * 2 : 1;
    if (service->delay_s > DELAY_MAX_S)
        service->delay_s = DELAY_MAX_S;
    service->next = now_s() + service->delay_s;
    if (!well)
        say("%s on %s ended with status %#x; again in %d s", service->command, service->terminal,
            (unsigned)status, service->delay_s);
}

static void bury(void)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (size_t i = 0; i < service_count; i++)
            if (services[i].pid == pid)
                has_ended(&services[i], status);
}

/* ---- init.conf ------------------------------------------------------------------------------- */

static char *next_word(char **rest)
{
    char *word;

    do
        word = strsep(rest, " \t");
    while (word && !*word);
    return word;
}

static void add_service(char *terminal, const char *command, int number)
{
    struct service *service = &services[service_count];

    if (service_count == SERVICES_MAX) {
        say("%s:%d: more than %d respawn lines", configuration, number, SERVICES_MAX);
        return;
    }
    *service = (struct service){.terminal = strdup(terminal), .command = strdup(command)};
    if (service->terminal && service->command)
        service_count++;
}

static void take_line(char *line, int number)
{
    char *rest = line, *what = next_word(&rest), *terminal;

    if (!what || *what == '#')
        return;
    if (strcmp(what, "once") == 0 && rest && *rest) {
        run_once(rest);
        return;
    }
    if (strcmp(what, "respawn") == 0 && (terminal = next_word(&rest)) && rest && *rest) {
        add_service(terminal, rest, number);
        return;
    }
    say("%s:%d: %s: not `once COMMAND` or `respawn TERMINAL COMMAND`", configuration, number, what);
}

static void read_configuration(void)
{
    FILE *file = fopen(configuration, "re");
    char line[LINE_MAX_];

    if (!file) {
        say("%s: %s; a shell on %s", configuration, strerror(errno), machine_console());
        add_service((char *)machine_console(), "/bin/sh -l", 0);
        return;
    }
    for (int number = 1; fgets(line, sizeof(line), file); number++) {
        line[strcspn(line, "\n")] = 0;
        take_line(line, number);
    }
    fclose(file);
}

/* ---- life and end ---------------------------------------------------------------------------- */

static void mount_all(void)
{
    static const char *const mounts[][2] = {
        {"/dev", "devfs"}, {"/proc", "proc"}, {"/tmp", "tmpfs"}};
    struct stat root, about;

    if (stat("/", &root))
        return;
    for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
        const char *path = mounts[i][0], *type = mounts[i][1];

        (void)mkdir(path, 0755);
        if (stat(path, &about) == 0 && about.st_dev != root.st_dev)
            continue;
        if (mount(type, path, type, 0, NULL))
            say("%s: %s", path, strerror(errno));
    }
    (void)chmod("/tmp", 01777);
}

/* Until a signal, or until a service may be started again. */
static void wait_for_news(const sigset_t *inside)
{
    struct timespec timeout = {0};
    time_t first = 0;

    for (size_t i = 0; i < service_count; i++)
        if (!services[i].pid && (!first || services[i].next < first))
            first = services[i].next;
    timeout.tv_sec = first > now_s() ? first - now_s() : 0;
    if (!first || timeout.tv_sec > 0)
        (void)ppoll(NULL, 0, first ? &timeout : NULL, inside);
}

static void pause_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};

    (void)nanosleep(&time, NULL);
}

static void stop_all(void)
{
    machine_signal_all(SIGTERM);
    machine_signal_all(SIGHUP);
    machine_signal_all(SIGCONT);
    for (int i = 0; i < GOODBYE_MS / 50; i++) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
            return;
        pause_ms(50);
    }
    machine_signal_all(SIGKILL);
    pause_ms(100);
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

static void end(int number)
{
    say(number == SIGINT ? "starting again" : number == SIGUSR1 ? "halt" : "power off");
    stop_all();
    sync();
    machine_unmount();
    sync();
    machine_end(number);
}

int main(int count, char **words)
{
    sigset_t inside;

    if (count > 1 && strcmp(words[1], "--help") == 0) {
        puts("use: init [FILE]\nProcess 1: starts what /etc/init.conf says.");
        return 0;
    }
    if (count > 1)
        configuration = words[1];
    handle_signals(&inside);
    machine_begin();
    if (getpid() == 1)
        mount_all();
    (void)setenv("PATH", "/bin:/usr/bin", 1);
    (void)setenv("HOME", "/root", 0);
    (void)setenv("TERM", "linux", 0);
    read_configuration();
    while (!wanted_end) {
        for (size_t i = 0; i < service_count; i++)
            if (!services[i].pid && services[i].next <= now_s())
                start(&services[i]);
        wait_for_news(&inside);
        bury();
    }
    end(wanted_end);
}
