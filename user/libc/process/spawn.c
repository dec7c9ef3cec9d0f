/*
 * posix_spawn: a child that does what it was told to and becomes the program. What it cannot do it
 * writes to a pipe, which a successful exec closes.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/libc/libc.h"

struct action {
    struct action *next;
    enum { OPEN, DUP2, CLOSE } what;
    int fd, from;
    int flags;
    mode_t mode;
    char path[];
};

struct __posix_spawn_file_actions {
    struct action *first, **end;
};

struct __posix_spawnattr {
    short flags;
    pid_t group;
    sigset_t defaults, mask;
    int policy;
    struct sched_param scheduling;
};

/* ---- in the child ---------------------------------------------------------------------------- */

static int do_open(const struct action *action)
{
    int fd = open(action->path, action->flags, action->mode);

    if (fd < 0 || fd == action->fd)
        return fd;
    if (dup2(fd, action->fd) < 0)
        return -1;
    return close(fd);
}

/* The pipe moves out of the way of what the actions use. */
static int do_actions(const struct __posix_spawn_file_actions *actions, int *report)
{
    for (const struct action *at = actions->first; at; at = at->next) {
        if (at->fd == *report && (*report = fcntl(*report, F_DUPFD_CLOEXEC, 3)) < 0)
            return -1;
        if (at->what == OPEN && do_open(at) < 0)
            return -1;
        if (at->what == CLOSE)
            (void)close(at->fd);
        if (at->what == DUP2 && at->fd == at->from
            && fcntl(at->fd, F_SETFD, fcntl(at->fd, F_GETFD) & ~FD_CLOEXEC) < 0)
            return -1;
        if (at->what == DUP2 && dup2(at->from, at->fd) < 0)
            return -1;
    }
    return 0;
}

static int do_attributes(const struct __posix_spawnattr *wanted)
{
    struct sigaction usual = {.sa_handler = SIG_DFL};

    if (wanted->flags & POSIX_SPAWN_SETPGROUP && setpgid(0, wanted->group) < 0)
        return -1;
    if (wanted->flags & POSIX_SPAWN_SETSIGMASK)
        (void)sigprocmask(SIG_SETMASK, &wanted->mask, NULL);
    for (int i = 1; i < NSIG && wanted->flags & POSIX_SPAWN_SETSIGDEF; i++)
        if (sigismember(&wanted->defaults, i) && i != SIGKILL && i != SIGSTOP)
            (void)sigaction(i, &usual, NULL);
    if (wanted->flags & POSIX_SPAWN_RESETIDS && (setgid(getgid()) < 0 || setuid(getuid()) < 0))
        return -1;
    return 0;
}

struct order {
    const char *path;
    int (*exec)(const char *, char *const[], char *const[]);
    const posix_spawn_file_actions_t *actions;
    const posix_spawnattr_t *attributes;
    char *const *arguments, *const *environment;
};

static __attribute__((noreturn)) void become(const struct order *order, int report)
{
    if ((!order->attributes || do_attributes(*order->attributes) == 0)
        && (!order->actions || do_actions(*order->actions, &report) == 0))
        order->exec(order->path, order->arguments, order->environment);
    int error = errno;

    (void)!write(report, &error, sizeof(error));
    _exit(127);
}

static int spawn(pid_t *pid, const struct order *order)
{
    int report[2], error = 0, before = errno;
    pid_t child = pipe2(report, O_CLOEXEC) < 0 ? -1 : fork();

    if (child == 0) {
        close(report[0]);
        become(order, report[1]);
    }
    if (child < 0) {
        error = errno;
        errno = before;
        return error;
    }
    close(report[1]);
    if (read(report[0], &error, sizeof(error)) == (ssize_t)sizeof(error))
        (void)waitpid(child, NULL, 0);
    else
        error = 0;
    close(report[0]);
    if (!error && pid)
        *pid = child;
    errno = before;
    return error;
}

int posix_spawn(pid_t *restrict pid, const char *restrict path,
                const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *restrict attributes, char *const arguments[],
                char *const environment[])
{
    return spawn(pid, &(struct order){path, execve, actions, attributes, arguments, environment});
}

int posix_spawnp(pid_t *restrict pid, const char *restrict name,
                 const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *restrict attributes, char *const arguments[],
                 char *const environment[])
{
    return spawn(pid, &(struct order){name, execvpe, actions, attributes, arguments, environment});
}

/* ---- what it is told about files ------------------------------------------------------------- */

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
    *actions = malloc(sizeof(**actions));
    if (!*actions)
        return ENOMEM;
    (*actions)->first = NULL;
    (*actions)->end = &(*actions)->first;
    return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
    struct action *at = (*actions)->first, *next;

    for (; at; at = next) {
        next = at->next;
        free(at);
    }
    free(*actions);
    *actions = NULL;
    return 0;
}

static int append(posix_spawn_file_actions_t *actions, const struct action *model, const char *path)
{
    struct action *added;

    if (model->fd < 0 || model->from < 0)
        return EBADF;
    added = malloc(sizeof(*added) + strlen(path) + 1);
    if (!added)
        return ENOMEM;
    memcpy(added, model, sizeof(*added));
    strcpy(added->path, path);
    *(*actions)->end = added;
    (*actions)->end = &added->next;
    return 0;
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict actions, int fd,
                                     const char *restrict path, int flags, mode_t mode)
{
    return append(actions, &(struct action){.what = OPEN, .fd = fd, .flags = flags, .mode = mode},
                  path);
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int from, int fd)
{
    return append(actions, &(struct action){.what = DUP2, .fd = fd, .from = from}, "");
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd)
{
    return append(actions, &(struct action){.what = CLOSE, .fd = fd}, "");
}

/* ---- and about the rest ---------------------------------------------------------------------- */

int posix_spawnattr_init(posix_spawnattr_t *attributes)
{
    *attributes = calloc(1, sizeof(**attributes));
    return *attributes ? 0 : ENOMEM;
}

int posix_spawnattr_destroy(posix_spawnattr_t *attributes)
{
    free(*attributes);
    *attributes = NULL;
    return 0;
}

#define ATTRIBUTE(name, type, field)                                                               \
    int posix_spawnattr_get##name(const posix_spawnattr_t *restrict attributes, type *restrict to) \
    {                                                                                              \
        *to = (*attributes)->field;                                                                \
        return 0;                                                                                  \
    }

#define SET_VALUE(name, type, field)                                                               \
    int posix_spawnattr_set##name(posix_spawnattr_t *attributes, type value)                       \
    {                                                                                              \
        (*attributes)->field = value;                                                              \
        return 0;                                                                                  \
    }

#define SET_FROM(name, type, field)                                                                \
    int posix_spawnattr_set##name(posix_spawnattr_t *restrict attributes,                          \
                                  const type *restrict from)                                       \
    {                                                                                              \
        (*attributes)->field = *from;                                                              \
        return 0;                                                                                  \
    }

ATTRIBUTE(flags, short, flags)
SET_VALUE(flags, short, flags)
ATTRIBUTE(pgroup, pid_t, group)
SET_VALUE(pgroup, pid_t, group)
ATTRIBUTE(sigdefault, sigset_t, defaults)
SET_FROM(sigdefault, sigset_t, defaults)
ATTRIBUTE(sigmask, sigset_t, mask)
SET_FROM(sigmask, sigset_t, mask)
ATTRIBUTE(schedpolicy, int, policy)
SET_VALUE(schedpolicy, int, policy)
ATTRIBUTE(schedparam, struct sched_param, scheduling)
SET_FROM(schedparam, struct sched_param, scheduling)
