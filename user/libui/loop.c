/*
 * The loop: timers, watched files, what other threads posted, and drawing before it sleeps.
 * Use: ui_start → ui_run (loop_turn, again and again) → ui_end. Lock: `posted_lock` for what ui_post adds;
 * all else is the thread's that called ui_start.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/libui/internal.h"

#define WATCHES 64u

struct timer {
    struct timer *next;
    unsigned number;
    int every_ms; /* 0: once */
    int64_t due_ms;
    ui_call call;
    void *context;
};
struct watch {
    int fd;
    short events;
    ui_watch_call call;
    void *context;
};
struct posted {
    struct posted *next;
    ui_call call;
    void *context;
};

struct ui ui;
const struct backend *backend_used = NULL;

static struct timer *timers;
static unsigned last_timer;
static struct watch watches[WATCHES];
static unsigned watch_count;

static pthread_mutex_t posted_lock = PTHREAD_MUTEX_INITIALIZER;
static struct posted *posted_first, **posted_last = &posted_first;
static int wake_pipe[2] = {-1, -1};

/* ---- start and end --------------------------------------------------------------------------- */

static int make_wake_pipe(void)
{
    if (wake_pipe[0] >= 0)
        return 0;
    if (pipe(wake_pipe) != 0)
        return -errno;
    for (int i = 0; i < 2; i++) {
        fcntl(wake_pipe[i], F_SETFD, FD_CLOEXEC);
        fcntl(wake_pipe[i], F_SETFL, O_NONBLOCK);
    }
    return 0;
}

int ui_start(const char *name)
{
    int error;

    if (ui.started)
        return -EBUSY;
    memset(&ui, 0, sizeof(ui));
    ui.backend = backend_used;
#ifdef __fastos__
    if (!ui.backend)
        ui.backend = &backend_channel;
#endif
    if (!ui.backend)
        return -ENOENT;
    text_copy(ui.name, sizeof(ui.name), name);
    theme_load(&ui.theme, "dark", NULL);
    error = make_wake_pipe();
    if (error == 0)
        error = connection_start();
    ui.started = error == 0;
    return error;
}

void ui_end(void)
{
    if (!ui.started)
        return;
    tip_hide();
    while (ui.windows)
        ui_window_end(ui.windows);
    graves_empty();
    data_end();
    connection_end();
    loop_end();
    ui.started = false;
}

void loop_end(void)
{
    while (timers)
        ui_timer_stop(timers->number);
    watch_count = 0;
    for (struct posted *post = posted_first, *next; post; post = next) {
        next = post->next;
        free(post);
    }
    posted_first = NULL;
    posted_last = &posted_first;
    for (int i = 0; i < 2; i++) {
        close(wake_pipe[i]);
        wake_pipe[i] = -1;
    }
}

int ui_run(void)
{
    while (ui.started && !ui.quit && (ui.windows || !ui.had_window))
        loop_turn(-1);
    connection_flush(); /* what the last turn had to say: most programs end now */
    return ui.status;
}

void ui_quit(int status)
{
    ui.quit = true;
    ui.status = status;
}

int64_t ui_now_ms(void)
{
    return ui.backend ? ui.backend->now_ns() / 1000000 : 0;
}

/* ---- timers ---------------------------------------------------------------------------------- */

static void timer_insert(struct timer *timer)
{
    struct timer **at = &timers;

    while (*at && (*at)->due_ms <= timer->due_ms)
        at = &(*at)->next;
    timer->next = *at;
    *at = timer;
}

unsigned ui_timer(int delay_ms, bool again, ui_call call, void *context)
{
    struct timer *timer = calloc(1, sizeof(*timer));

    if (!timer)
        return 0;
    if (++last_timer == 0)
        last_timer = 1;
    if (delay_ms < (again ? 1 : 0))
        delay_ms = again ? 1 : 0;
    *timer = (struct timer){.number = last_timer, .every_ms = again ? delay_ms : 0,
                            .due_ms = ui_now_ms() + delay_ms, .call = call, .context = context};
    timer_insert(timer);
    return timer->number;
}

static struct timer *timer_cut(unsigned number)
{
    for (struct timer **at = &timers; *at; at = &(*at)->next)
        if ((*at)->number == number) {
            struct timer *found = *at;

            *at = found->next;
            return found;
        }
    return NULL;
}

void ui_timer_stop(unsigned timer)
{
    free(timer_cut(timer));
}

/* Those that are due now; what they start is for the next turn. */
static bool run_timers(void)
{
    const int64_t now = ui_now_ms();
    bool any = false;

    while (timers && timers->due_ms <= now) {
        struct timer *timer = timer_cut(timers->number);
        const struct timer copy = *timer;

        if (copy.every_ms > 0) {
            timer->due_ms = now + copy.every_ms;
            timer_insert(timer);
        } else {
            free(timer);
        }
        copy.call(copy.context);
        any = true;
        if (copy.every_ms == 0 && timers && timers->due_ms <= now && timers->number > copy.number + 1000)
            break; /* one that starts itself anew with 0 ms must not keep the loop */
    }
    return any;
}

/* ---- watched files --------------------------------------------------------------------------- */

int ui_watch(int fd, short events, ui_watch_call call, void *context)
{
    if (fd < 0 || !call)
        return -EINVAL;
    ui_unwatch(fd);
    if (watch_count == WATCHES)
        return -ENOMEM;
    watches[watch_count++] = (struct watch){fd, events, call, context};
    return 0;
}

void ui_unwatch(int fd)
{
    for (unsigned i = 0; i < watch_count; i++)
        if (watches[i].fd == fd) {
            watches[i] = watches[--watch_count];
            return;
        }
}

static bool run_watches(const struct pollfd *fds, unsigned count)
{
    bool any = false;

    for (unsigned i = 0; i < count; i++) {
        if (fds[i].revents == 0)
            continue;
        for (unsigned w = 0; w < watch_count; w++)
            if (watches[w].fd == fds[i].fd) {
                watches[w].call(fds[i].fd, fds[i].revents, watches[w].context);
                any = true;
                break;
            }
    }
    return any;
}

/* ---- posting --------------------------------------------------------------------------------- */

int ui_post(ui_call call, void *context)
{
    struct posted *post = malloc(sizeof(*post));

    if (!post)
        return -ENOMEM;
    *post = (struct posted){NULL, call, context};
    pthread_mutex_lock(&posted_lock);
    *posted_last = post;
    posted_last = &post->next;
    pthread_mutex_unlock(&posted_lock);
    if (wake_pipe[1] >= 0 && write(wake_pipe[1], "", 1) < 0 && errno != EAGAIN)
        return -errno;
    return 0;
}

static struct posted *take_posted(void)
{
    struct posted *all;

    pthread_mutex_lock(&posted_lock);
    all = posted_first;
    posted_first = NULL;
    posted_last = &posted_first;
    pthread_mutex_unlock(&posted_lock);
    return all;
}

static bool run_posted(void)
{
    char bytes[64];
    bool any = false;

    while (read(wake_pipe[0], bytes, sizeof(bytes)) > 0)
        ;
    for (struct posted *post = take_posted(), *next; post; post = next) {
        next = post->next;
        post->call(post->context);
        free(post);
        any = true;
    }
    return any;
}

/* ---- one turn -------------------------------------------------------------------------------- */

static bool has_work(const struct ui_window *window)
{
    return window->shown && window->surface != 0 && window->serial != 0 && !window->waiting &&
           !window->on_frame.call && (window->layout || window->damage.count > 0);
}

/* Drawing can change what was drawn already: a canvas hears its size and sets a label. Not for ever. */
static void update_windows(void)
{
    bool again = true;

    for (int pass = 0; pass < 4 && again; pass++) {
        again = false;
        for (struct ui_window *window = ui.windows, *next; window; window = next) {
            next = window->next;
            window_update(window);
        }
        for (const struct ui_window *window = ui.windows; window; window = window->next)
            again |= has_work(window);
    }
    connection_flush();
    graves_empty();
}

static int time_to_wait(int wait_ms)
{
    int64_t until;

    if (!timers)
        return wait_ms;
    until = timers->due_ms - ui_now_ms();
    if (until < 0)
        until = 0;
    if (until > INT_MAX)
        until = INT_MAX;
    return wait_ms < 0 || until < wait_ms ? (int)until : wait_ms;
}

bool loop_turn(int wait_ms)
{
    struct pollfd fds[WATCHES + 2];
    const unsigned count = watch_count;
    bool any = run_timers();

    graves_empty();
    update_windows();
    if (ui.quit || (any && !ui.windows))
        return any;
    fds[0] = (struct pollfd){.fd = ui.connected ? ui.backend->fd() : -1, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = wake_pipe[0], .events = POLLIN};
    for (unsigned i = 0; i < count; i++)
        fds[2 + i] = (struct pollfd){.fd = watches[i].fd, .events = watches[i].events};
    if (ui.backend->wait(fds, 2 + count, time_to_wait(wait_ms)) <= 0)
        return any;
    if (fds[0].revents) {
        connection_read();
        any = true;
    }
    if (fds[1].revents)
        any |= run_posted();
    any |= run_watches(fds + 2, count);
    graves_empty();
    return any;
}
