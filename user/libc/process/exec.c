/* Going on as another program. */
#include <alloca.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/libc/libc.h"

#define SHELL "/bin/sh"
#define DEFAULT_PATH "/bin:/usr/bin"

int execve(const char *path, char *const arguments[], char *const environment[])
{
    return (int)checked(fastos_execve(path, arguments, environment));
}

int execv(const char *path, char *const arguments[])
{
    return execve(path, arguments, environ);
}

int fexecve(int fd, char *const arguments[], char *const environment[])
{
    char path[40];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return execve(path, arguments, environment);
}

/* A file without a first line that says what it is, is the shell's. */
static void try_exec(const char *path, char *const arguments[], char *const environment[])
{
    size_t count = 0;

    execve(path, arguments, environment);
    if (errno != ENOEXEC)
        return;
    while (arguments[count])
        count++;
    const char **again = alloca((count + 2) * sizeof(*again));

    again[0] = SHELL;
    again[1] = path;
    for (size_t i = 1; i <= count; i++)
        again[i + 1] = arguments[i];
    if (count == 0)
        again[2] = NULL;
    execve(SHELL, (char *const *)again, environment);
}

/* Each folder of PATH in turn; what is not allowed is remembered, but others may have it. */
int execvpe(const char *name, char *const arguments[], char *const environment[])
{
    const char *folders = getenv("PATH");
    size_t name_size = strlen(name), size;
    int denied = 0;

    if (!*name) {
        errno = ENOENT;
        return -1;
    }
    if (strchr(name, '/')) {
        try_exec(name, arguments, environment);
        return -1;
    }
    errno = ENOENT;
    for (const char *at = folders ? folders : DEFAULT_PATH;; at += size + 1) {
        char path[PATH_MAX];

        size = strcspn(at, ":");
        if (size + 1 + name_size < sizeof(path)) {
            memcpy(path, at, size);
            strcpy(path + size, size ? "/" : "");
            strcat(path, name);
            try_exec(path, arguments, environment);
            denied |= errno == EACCES;
            if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
                return -1;
        }
        if (!at[size])
            break;
    }
    errno = denied ? EACCES : ENOENT;
    return -1;
}

int execvp(const char *name, char *const arguments[])
{
    return execvpe(name, arguments, environ);
}

/* ---- arguments one by one -------------------------------------------------------------------- */

static size_t count_arguments(va_list rest)
{
    size_t count = 1;

    while (va_arg(rest, char *))
        count++;
    return count;
}

/* `to` has room for them all, and is terminated; `rest` stands behind the end. */
static void take_arguments(char **to, const char *first, va_list rest)
{
    *to = (char *)first;
    while (*to)
        *++to = va_arg(rest, char *);
}

#define ARGUMENTS(first, rest)                                                                     \
    va_list rest, counted_;                                                                        \
    va_start(rest, first);                                                                         \
    va_copy(counted_, rest);                                                                       \
    char **arguments = alloca((first ? count_arguments(counted_) + 1 : 1) * sizeof(char *));       \
    va_end(counted_);                                                                              \
    take_arguments(arguments, first, rest)

int execl(const char *path, const char *first, ...)
{
    ARGUMENTS(first, rest);
    va_end(rest);
    return execv(path, arguments);
}

int execlp(const char *name, const char *first, ...)
{
    ARGUMENTS(first, rest);
    va_end(rest);
    return execvp(name, arguments);
}

int execle(const char *path, const char *first, ...)
{
    ARGUMENTS(first, rest);
    char *const *environment = va_arg(rest, char *const *);

    va_end(rest);
    return execve(path, arguments, environment);
}
