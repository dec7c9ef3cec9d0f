/* Redirections, and how handles come back behind builtins and functions. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/sh/sh.h"

#define FD_FIRST_OWN 10

struct saved_fds {
    int fd, copy; /* copy -1: it was not open */
    struct saved_fds *next;
};

int move_fd_up(int fd)
{
    int up = fcntl(fd, F_DUPFD_CLOEXEC, FD_FIRST_OWN);

    if (up < 0)
        return fd;
    close(fd);
    return up;
}

static void save(int fd, struct saved_fds **saved)
{
    struct saved_fds *entry;

    if (!saved)
        return;
    entry = xmalloc(sizeof(*entry));
    *entry = (struct saved_fds){fd, fcntl(fd, F_DUPFD_CLOEXEC, FD_FIRST_OWN), *saved};
    *saved = entry;
}

void redirect_back(struct saved_fds *saved)
{
    fflush(stdout);
    while (saved) {
        struct saved_fds *entry = saved;

        saved = entry->next;
        if (entry->copy >= 0) {
            dup2(entry->copy, entry->fd);
            close(entry->copy);
        } else {
            close(entry->fd);
        }
        free(entry);
    }
}

/* fd becomes what `from` is, and `from` goes. */
static int take_place(int from, int fd, struct saved_fds **saved)
{
    save(fd, saved);
    if (from == fd)
        return 0;
    if (dup2(from, fd) < 0) {
        complain("%d: %s", fd, strerror(errno));
        close(from);
        return 1;
    }
    close(from);
    return 0;
}

/* What to be read, in a pipe where it fits, else in a file that has no name any more. */
static int here_fd(const char *text)
{
    char name[] = "/tmp/sh.XXXXXX";
    size_t size = strlen(text);
    int ends[2], fd;

    if (size <= 4096 && pipe(ends) == 0) {
        if (size && write(ends[1], text, size) != (ssize_t)size)
            complain("here-document: %s", strerror(errno));
        close(ends[1]);
        return ends[0];
    }
    fd = mkstemp(name);
    if (fd < 0)
        return -1;
    unlink(name);
    if (write(fd, text, size) != (ssize_t)size)
        complain("here-document: %s", strerror(errno));
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static bool must_not_clobber(const char *path)
{
    struct stat status;

    return shell.no_clobber && stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int open_file(const struct redirection *redirection, const char *path)
{
    switch (redirection->kind) {
    case REDIRECT_IN:
        return open(path, O_RDONLY);
    case REDIRECT_APPEND:
        return open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    case REDIRECT_BOTH:
        return open(path, O_RDWR | O_CREAT, 0666);
    case REDIRECT_OUT:
        if (must_not_clobber(path)) {
            errno = EEXIST;
            return -1;
        }
        /* fall through */
    default:
        return open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    }
}

/* >&N, <&N, >&-. */
static int copy_fd(const struct redirection *redirection, const char *word,
                   struct saved_fds **saved)
{
    char *end;
    long from = strtol(word, &end, 10);

    if (strcmp(word, "-") == 0) {
        save(redirection->fd, saved);
        close(redirection->fd);
        return 0;
    }
    if (!isdigit((unsigned char)*word) || *end) {
        complain("%s: not the number of a handle", word);
        return 1;
    }
    save(redirection->fd, saved);
    if (from != redirection->fd && dup2((int)from, redirection->fd) < 0) {
        complain("%s: %s", word, strerror(errno));
        return 1;
    }
    return 0;
}

static int redirect_one(struct arena *arena, const struct redirection *redirection,
                        struct saved_fds **saved)
{
    const char *word;
    int fd;

    if (redirection->kind == REDIRECT_HERE) {
        word = redirection->quoted ? redirection->text : expand_here(arena, redirection->text);
        fd = here_fd(word);
    } else {
        word = expand_to_one(arena, redirection->text);
        if (redirection->kind == REDIRECT_IN_FD || redirection->kind == REDIRECT_OUT_FD)
            return copy_fd(redirection, word, saved);
        if (redirection->kind == REDIRECT_HERE_WORD) {
            struct buffer text = buffer_in(arena);

            buffer_string(&text, word);
            buffer_add(&text, '\n');
            fd = here_fd(text.text);
        } else {
            fd = open_file(redirection, word);
        }
    }
    if (fd < 0) {
        complain("%s: %s", word, strerror(errno));
        return 1;
    }
    if (take_place(fd, redirection->fd, saved))
        return 1;
    if (redirection->kind != REDIRECT_ALL)
        return 0;
    save(STDERR_FILENO, saved);
    return dup2(redirection->fd, STDERR_FILENO) < 0;
}

int redirect(struct arena *arena, const struct redirection *list, struct saved_fds **saved)
{
    fflush(stdout);
    for (; list; list = list->next)
        if (redirect_one(arena, list, saved))
            return 1;
    return 0;
}
