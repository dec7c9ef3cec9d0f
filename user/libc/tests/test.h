/* What the library's tests share: a disappointment is a line FILE:LINE, and the status is not 0. */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int disappointments;

#define EXPECT(what)                                                                               \
    ((what) ? (void)0                                                                              \
            : (void)(disappointments++,                                                            \
                     printf("%s:%d: not so: %s (errno %d)\n", __FILE__, __LINE__, #what, errno)))

#define EXPECT_IS(is, wanted)                                                                      \
    do {                                                                                           \
        long is_ = (long)(is), wanted_ = (long)(wanted);                                           \
                                                                                                   \
        if (is_ != wanted_) {                                                                      \
            disappointments++;                                                                     \
            printf("%s:%d: %s is %ld, not %ld (errno %d)\n", __FILE__, __LINE__, #is, is_,         \
                   wanted_, errno);                                                                \
        }                                                                                          \
    } while (0)

#define EXPECT_TEXT(is, wanted)                                                                    \
    do {                                                                                           \
        const char *is_ = (is);                                                                    \
                                                                                                   \
        if (!is_ || strcmp(is_, wanted)) {                                                         \
            disappointments++;                                                                     \
            printf("%s:%d: %s is '%s', not '%s'\n", __FILE__, __LINE__, #is, is_ ? is_ : "(null)", \
                   wanted);                                                                        \
        }                                                                                          \
    } while (0)

#define EXPECT_ERROR(call, error)                                                                  \
    do {                                                                                           \
        errno = 0;                                                                                 \
        EXPECT_IS(call, -1);                                                                       \
        EXPECT_IS(errno, error);                                                                   \
    } while (0)

/* The exit status of `work` in a child; 1000 and the signal that ended it. */
__attribute__((unused)) static int status_of(void (*work)(void))
{
    int status;

    fflush(stdout);
    pid_t pid = fork();

    if (pid == 0) {
        disappointments = 0;
        work();
        exit(disappointments ? 99 : 0);
    }
    EXPECT(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

__attribute__((unused)) static int done(const char *name)
{
    if (!disappointments)
        printf("%s: done\n", name);
    fflush(stdout);
    return disappointments ? 1 : 0;
}
