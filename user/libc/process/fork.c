/* A second process, and who is told of it (pthread_atfork). */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "user/libc/libc.h"

pid_t fork(void)
{
    fork_handlers_before();
    locks_take_all();
    long pid = fastos_fork();

    if (pid == 0) {
        threads_forget_others();
        locks_free_others();
    }
    locks_give_all();
    if (pid == 0)
        fork_handlers_child();
    else
        fork_handlers_parent();
    return (pid_t)checked(pid);
}

pid_t vfork(void)
{
    return fork();
}

int daemon(int stay, int keep_files)
{
    pid_t pid = fork();

    if (pid < 0)
        return -1;
    if (pid)
        _exit(0);
    setsid();
    if (!stay)
        (void)!chdir("/");
    if (!keep_files)
        for (int fd = 0; fd < 3; fd++)
            close(fd);
    return 0;
}

/* ---- handlers -------------------------------------------------------------------------------- */

struct handlers {
    void (*before)(void), (*parent)(void), (*child)(void);
    struct handlers *older, *newer;
};

static struct handlers *oldest, *newest;
static unsigned handlers_lock;

int pthread_atfork(void (*before)(void), void (*parent)(void), void (*child)(void))
{
    struct handlers *added = malloc(sizeof(*added));

    if (!added)
        return ENOMEM;
    word_lock(&handlers_lock);
    *added = (struct handlers){before, parent, child, newest, NULL};
    *(newest ? &newest->newer : &oldest) = added;
    newest = added;
    word_unlock(&handlers_lock);
    return 0;
}

void fork_handlers_before(void)
{
    word_lock(&handlers_lock);
    for (const struct handlers *at = newest; at; at = at->older)
        if (at->before)
            at->before();
}

void fork_handlers_parent(void)
{
    for (const struct handlers *at = oldest; at; at = at->newer)
        if (at->parent)
            at->parent();
    word_unlock(&handlers_lock);
}

void fork_handlers_child(void)
{
    for (const struct handlers *at = oldest; at; at = at->newer)
        if (at->child)
            at->child();
    word_unlock(&handlers_lock);
}
