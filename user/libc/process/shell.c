/* Commands for the shell: system, popen. */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/libc/libc.h"

#define SHELL "/bin/sh"

static int start(pid_t *pid, const char *command, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes)
{
    char *const arguments[] = {"sh", "-c", (char *)command, NULL};

    return posix_spawn(pid, SHELL, actions, attributes, arguments, environ);
}

static int wait_for(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return status;
}

/* Meanwhile Ctrl-C is the command's alone, and its end is not told to a handler of SIGCHLD. */
int system(const char *command)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, interrupt, quit;
    posix_spawnattr_t attributes;
    sigset_t mask, child;
    pid_t pid;

    if (!command)
        return access(SHELL, X_OK) == 0;
    if (posix_spawnattr_init(&attributes))
        return -1;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &mask);
    sigaction(SIGINT, &ignore, &interrupt);
    sigaction(SIGQUIT, &ignore, &quit);
    sigemptyset(&child);
    if (interrupt.sa_handler != SIG_IGN)
        sigaddset(&child, SIGINT);
    if (quit.sa_handler != SIG_IGN)
        sigaddset(&child, SIGQUIT);
    posix_spawnattr_setsigdefault(&attributes, &child);
    posix_spawnattr_setsigmask(&attributes, &mask);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    int error = start(&pid, command, NULL, &attributes);
    int status = error ? 127 << 8 : wait_for(pid);

    posix_spawnattr_destroy(&attributes);
    sigaction(SIGINT, &interrupt, NULL);
    sigaction(SIGQUIT, &quit, NULL);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    return status;
}

/* ---- popen ----------------------------------------------------------------------------------- */

struct command {
    struct command *next;
    FILE *file;
    pid_t pid;
};

static struct command *commands;
static unsigned commands_lock;

/* Our end of each older pipe is not the new command's. */
static int tell_about_pipe(posix_spawn_file_actions_t *actions, const int fds[2], int reading)
{
    int theirs = fds[reading], theirs_as = reading ? 1 : 0;
    int error = 0;

    for (const struct command *at = commands; at && !error; at = at->next)
        error = posix_spawn_file_actions_addclose(actions, fileno(at->file));
    return error ? error : posix_spawn_file_actions_adddup2(actions, theirs, theirs_as);
}

static int start_with_pipe(struct command *command, const char *text, const int fds[2], int reading)
{
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);

    if (error)
        return error;
    word_lock(&commands_lock);
    error = tell_about_pipe(&actions, fds, reading);
    if (!error)
        error = start(&command->pid, text, &actions, NULL);
    if (!error) {
        command->next = commands;
        commands = command;
    }
    word_unlock(&commands_lock);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

FILE *popen(const char *text, const char *mode)
{
    int reading = mode[0] == 'r', fds[2];
    struct command *command;

    if ((!reading && mode[0] != 'w') || (mode[1] && strcmp(mode + 1, "e") != 0)) {
        errno = EINVAL;
        return NULL;
    }
    command = malloc(sizeof(*command));
    if (!command || pipe2(fds, O_CLOEXEC) < 0) {
        free(command);
        return NULL;
    }
    command->file = fdopen(fds[!reading], reading ? "r" : "w");
    int error = command->file ? start_with_pipe(command, text, fds, reading) : errno;

    close(fds[reading]);
    if (!error) {
        if (!mode[1])
            (void)fcntl(fds[!reading], F_SETFD, 0);
        return command->file;
    }
    if (command->file)
        fclose(command->file);
    else
        close(fds[!reading]);
    free(command);
    errno = error;
    return NULL;
}

int pclose(FILE *file)
{
    struct command *found = NULL;

    word_lock(&commands_lock);
    for (struct command **at = &commands; *at && !found; at = *at ? &(*at)->next : at)
        if ((*at)->file == file) {
            found = *at;
            *at = found->next;
        }
    word_unlock(&commands_lock);
    if (!found) {
        errno = ECHILD;
        return -1;
    }
    pid_t pid = found->pid;

    free(found);
    fclose(file);
    return wait_for(pid);
}
