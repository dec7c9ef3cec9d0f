/* See session.h. forkpty, termios: POSIX.1-2017, XBD §11. */
#include "user/apps/terminal/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define UNSENT_MAX (1u << 20)

/* ---- what the terminal says ----------------------------------------------------------------------- */

static void on_reply(void *context, const char *bytes, size_t size)
{
    session_write(context, bytes, size);
}

static void on_title(void *context, const char *text)
{
    struct session *session = context;

    snprintf(session->title, sizeof(session->title), "%s", text);
    session->has_title = true;
}

static void on_bell(void *context)
{
    ((struct session *)context)->bell = true;
}

static void on_copy(void *context, const char *text, size_t size)
{
    struct session *session = context;
    char *copy = malloc(size);

    if (!copy)
        return;
    free(session->copied);
    session->copied = memcpy(copy, text, size);
    session->copied_size = size;
}

/* ---- life ----------------------------------------------------------------------------------------- */

static struct winsize window_size(int columns, int rows, int cell_width, int cell_height)
{
    return (struct winsize){.ws_col = (unsigned short)columns, .ws_row = (unsigned short)rows,
                            .ws_xpixel = (unsigned short)(columns * cell_width),
                            .ws_ypixel = (unsigned short)(rows * cell_height)};
}

static void become(char *const words[], const char *folder)
{
    setenv("TERM", "xterm-256color", 1);
    setenv("COLORTERM", "truecolor", 1);
    if (folder && chdir(folder))
        fprintf(stderr, "terminal: %s: %s\n", folder, strerror(errno));
    else if (folder)
        setenv("PWD", folder, 1); /* there a login shell stays */
    execvp(words[0], words);
    fprintf(stderr, "terminal: %s: %s\n", words[0], strerror(errno));
    _exit(127);
}

int session_start(struct session *session, char *const words[], const char *folder, int columns, int rows,
                  int cell_width, int cell_height)
{
    const struct vt_hooks hooks = {on_reply, on_title, on_bell, on_copy};
    struct winsize size = window_size(columns, rows, cell_width, cell_height);

    *session = (struct session){.fd = -1};
    session->vt = vt_new(columns, rows, &hooks, session);
    if (!session->vt)
        return -ENOMEM;
    session->child = forkpty(&session->fd, NULL, NULL, &size);
    if (session->child < 0)
        return -errno;
    if (session->child == 0)
        become(words, folder);
    (void)fcntl(session->fd, F_SETFL, O_NONBLOCK);
    (void)fcntl(session->fd, F_SETFD, FD_CLOEXEC);
    return 0;
}

static void reap(struct session *session, int options)
{
    if (!session->ended && session->child > 0 &&
        waitpid(session->child, &session->status, options) == session->child)
        session->ended = true;
}

static void hang_up(struct session *session)
{
    struct pollfd none = {.fd = -1};

    kill(-session->child, SIGHUP);
    kill(session->child, SIGHUP);
    for (int i = 0; i < 20 && !session->ended; i++) {
        reap(session, WNOHANG);
        if (!session->ended)
            poll(&none, 0, 10); /* it may want to save something */
    }
    if (!session->ended) {
        kill(-session->child, SIGKILL);
        kill(session->child, SIGKILL);
        reap(session, 0);
    }
}

void session_end(struct session *session)
{
    if (session->fd >= 0)
        close(session->fd);
    session->fd = -1;
    reap(session, WNOHANG);
    if (session->child > 0 && !session->ended)
        hang_up(session);
    vt_free(session->vt);
    free(session->unsent);
    free(session->copied);
    *session = (struct session){.fd = -1};
}

void session_resize(struct session *session, int columns, int rows, int cell_width, int cell_height)
{
    if (vt_resize(session->vt, columns, rows))
        return; /* no memory: it stays as it is */
    struct winsize size = window_size(vt_columns(session->vt), vt_rows(session->vt), cell_width, cell_height);

    if (session->fd >= 0)
        (void)ioctl(session->fd, TIOCSWINSZ, &size);
}

bool session_is_busy(const struct session *session)
{
    pid_t group = session->fd >= 0 ? tcgetpgrp(session->fd) : -1;

    return group > 0 && group != session->child;
}

/* ---- bytes ---------------------------------------------------------------------------------------- */

bool session_read(struct session *session, size_t most)
{
    static char bytes[16384];

    while (session->fd >= 0 && most > 0) {
        ssize_t size = read(session->fd, bytes, most < sizeof(bytes) ? most : sizeof(bytes));

        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0 && errno == EAGAIN)
            return true;
        if (size <= 0) { /* EIO: nobody has the other side open any more */
            close(session->fd);
            session->fd = -1;
            reap(session, WNOHANG);
            return false;
        }
        vt_write(session->vt, bytes, (size_t)size);
        most -= (size_t)size;
    }
    return session->fd >= 0;
}

static size_t send_now(struct session *session, const char *bytes, size_t size)
{
    size_t sent = 0;

    while (sent < size) {
        ssize_t more = write(session->fd, bytes + sent, size - sent);

        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            break;
        sent += (size_t)more;
    }
    return sent;
}

static void keep(struct session *session, const char *bytes, size_t size)
{
    if (session->unsent_size + size > UNSENT_MAX)
        return;
    char *more = realloc(session->unsent, session->unsent_size + size);

    if (!more)
        return;
    session->unsent = more;
    memcpy(more + session->unsent_size, bytes, size);
    session->unsent_size += size;
}

void session_write(struct session *session, const char *bytes, size_t size)
{
    if (session->fd < 0)
        return;
    size_t sent = session->unsent_size ? 0 : send_now(session, bytes, size);

    if (sent < size)
        keep(session, bytes + sent, size - sent);
}

void session_flush(struct session *session)
{
    if (session->fd < 0 || session->unsent_size == 0)
        return;
    size_t sent = send_now(session, session->unsent, session->unsent_size);

    session->unsent_size -= sent;
    memmove(session->unsent, session->unsent + sent, session->unsent_size);
}

bool session_wants_to_write(const struct session *session)
{
    return session->unsent_size > 0;
}
