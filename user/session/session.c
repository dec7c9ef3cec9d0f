/*
 * session: what the screen is used for. Where there is a framebuffer it runs the desktop, again whenever
 * that ends: the programs in its windows live on and connect to the new one. Else, and when the desktop
 * ends too often, it says why and becomes a shell.
 *
 * init starts it on the screen's terminal (/etc/init.conf). SESSION_DESKTOP in the environment: another
 * desktop, for tests.
 */
#include "user/session/session.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *desktop = SESSION_DESKTOP;

static void take_signals(void (*action)(int))
{
    signal(SIGINT, action);
    signal(SIGQUIT, action);
    signal(SIGTSTP, action);
}

static void become_shell(const char *why)
{
    dprintf(STDERR_FILENO, "session: %s: the text shell instead\n", why);
    take_signals(SIG_DFL);
    execl("/bin/sh", "/bin/sh", "-l", (char *)NULL);
    dprintf(STDERR_FILENO, "session: /bin/sh: %s\n", strerror(errno));
    _exit(127);
}

/* The terminal is not seen beside a desktop: what happens is in the log. */
static void log_end(int status)
{
    int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    if (WIFSIGNALED(status))
        dprintf(fd, "session: the desktop was ended by signal %d (%s)\n", WTERMSIG(status),
                strsignal(WTERMSIG(status)));
    else
        dprintf(fd, "session: the desktop ended with status %d\n", WEXITSTATUS(status));
    close(fd);
}

static void read_cmdline(char *line, size_t size)
{
    int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, line, size - 1);

    line[got > 0 ? got : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

static const char *why_not(void)
{
    char cmdline[2048];
    int screen, program;

    read_cmdline(cmdline, sizeof(cmdline));
    screen = access("/dev/fb0", R_OK | W_OK) ? errno : 0;
    program = access(desktop, X_OK) ? errno : 0;
    return session_refuses(cmdline, screen, program);
}

/* In a session of its own: the terminal's keys are none for it and for what runs in its windows. */
static void become_desktop(void)
{
    int null = open("/dev/null", O_RDONLY);

    dup2(null, STDIN_FILENO);
    close(null);
    setsid();
    take_signals(SIG_DFL);
    execl(desktop, "desktop", (char *)NULL);
    _exit(SESSION_NOT_RUN);
}

/* Its status when it has ended. */
static int run_desktop(void)
{
    int status = SESSION_NOT_RUN << 8;
    pid_t pid = fork();

    if (pid == 0)
        become_desktop();
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

static time_t now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

int main(void)
{
    struct session_ends ends = {.count = 0};
    const char *why;

    if (getenv("SESSION_DESKTOP"))
        desktop = getenv("SESSION_DESKTOP");
    take_signals(SIG_IGN);
    why = why_not();
    while (!why) {
        int status = run_desktop();

        log_end(status);
        why = session_ended(&ends, status, now_s());
    }
    become_shell(why);
}
