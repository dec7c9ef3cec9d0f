/* See turn.h. */
#include "user/desktop/turn.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "user/desktop/apps.h"
#include "user/desktop/client.h"
#include "user/desktop/hung.h"
#include "user/desktop/input.h"
#include "user/desktop/notify.h"
#include "user/desktop/panel.h"
#include "user/desktop/pointer.h"
#include "user/desktop/remember.h"
#include "user/desktop/scene.h"
#include "user/desktop/settings.h"
#include "user/desktop/system.h"

#define SAVE_NS 5000000000u /* where windows are, at most so often */

static int listener = -1;
static uint64_t number, due_ns, frame_ns, busy_ns, last_ns, save_ns, saved_frames;
static bool is_ready, more; /* more: a client has not said all it had */

/* ---- the start --------------------------------------------------------------------------------- */

int turn_set_mode(const struct abi_screen_mode *mode)
{
    struct abi_screen info;
    uint8_t *pixels;
    int error = system_set_mode(mode, &info, &pixels), lost = error == -ENXIO ? error : 0;

    compose_end();
    if (!lost)
        lost = compose_start(&info, pixels);
    if (!lost)
        lost = scene_resize();
    if (lost) {
        system_log("the screen is lost in a change of its mode");
        exit(1); /* the session begins another server, which takes it as it is */
    }
    pointer_resize();
    return error;
}

/* What the user chose once, unless this boot's command line says what the screen shall be. */
static void use_kept_mode(const struct abi_screen *info)
{
    struct abi_screen_mode mode = {(uint32_t)settings.width, (uint32_t)settings.height,
                                   (uint32_t)settings.bits, 0};
    bool same = mode.width == info->width && mode.height == info->height &&
                mode.bits_per_pixel == info->bits_per_pixel;

    if (mode.width == 0 || same || system_mode_is_given())
        return;
    (void)turn_set_mode(&mode);
    settings_load(); /* the scale may be another now */
}

static int start_screen(void)
{
    struct abi_screen info;
    uint8_t *pixels;
    int error = system_screen(&info, &pixels);

    if (!error)
        error = compose_start(&info, pixels);
    if (error)
        return error;
    settings_load();
    use_kept_mode(&info);
    return scene_start();
}

int desktop_start(void)
{
    const char *given = getenv("FASTOS_DESKTOP");
    int error = start_screen();

    if (error)
        return error;
    listener = system_listen();
    if (listener < 0 && !given)
        return listener;
    if (given)
        (void)client_join(atoi(given), 0);
    is_ready = false;
    due_ns = frame_ns = save_ns = 0;
    remember_load();
    apps_load(system_paths.applications);
    error = panel_start();
    apps_autostart(settings_are_new());
    if (input_start() == 0)
        pointer_start();
    return error;
}

void desktop_end(void)
{
    while (client_at(0))
        client_leave(client_at(0));
    input_end();
    if (listener >= 0)
        close(listener);
    scene_end();
    compose_end();
}

uint64_t turn_number(void)
{
    return number;
}

void turn_tell(struct message_statistics *message)
{
    message->last_frame_ns = last_ns;
    message->busy_ns = busy_ns;
}

/* ---- clients ----------------------------------------------------------------------------------- */

static void accept_clients(void)
{
    uint32_t pid;

    for (int fd; (fd = system_accept(listener, &pid)) >= 0;) {
        if (client_join(fd, pid))
            close(fd);
    }
}

/* Those that broke a rule or are gone go; the rest gets what waits for it. */
static void settle_clients(void)
{
    struct client *client;

    for (unsigned i = 0; (client = client_at(i));) {
        if (!client->broken)
            client_flush(client);
        if (client->broken) {
            hung_forget(client);
            client_leave(client);
        } else {
            i++;
        }
    }
}

/* ---- frames ------------------------------------------------------------------------------------ */

static void compose(uint64_t now)
{
    if (!compose_needed() && !surface_frames_due())
        return;
    if (now < frame_ns + FRAME_NS && is_ready)
        return;
    if (compose_needed()) {
        scene_compose();
        last_ns = system_now_ns() - now;
        busy_ns += last_ns;
    }
    frame_ns = now;
    surface_frames_done((uint32_t)compose_counts().frames);
    if (!is_ready)
        system_log("ready");
    is_ready = true;
}

/* ---- waiting ----------------------------------------------------------------------------------- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* What has its time: when is the next. */
static uint64_t look_at_clocks(uint64_t now)
{
    uint64_t next = earlier(client_watch(now), earlier(notify_watch(now), panel_watch(now)));

    next = earlier(next, input_watch(now));
    if (now >= save_ns) {
        remember_save();
        system_reap();
        save_ns = now + SAVE_NS;
        saved_frames = compose_counts().frames;
    }
    if (compose_counts().frames != saved_frames) /* else all windows are where they were */
        next = earlier(next, save_ns);
    if (compose_needed() || surface_frames_due())
        next = earlier(next, frame_ns + FRAME_NS);
    return next;
}

static int timeout_ms(uint64_t now)
{
    if (more || due_ns <= now)
        return 0;
    if (due_ns - now > 60000000000u)
        return 60000;
    return (int)((due_ns - now + 999999) / 1000000);
}

/* Input first, then the listener, then the clients in their order. */
static unsigned fill(struct pollfd *files)
{
    struct client *client;
    unsigned count = 2;

    files[0] = (struct pollfd){.fd = input_fd(), .events = POLLIN};
    files[1] = (struct pollfd){.fd = listener, .events = POLLIN};
    for (unsigned i = 0; (client = client_at(i)); i++)
        files[count++] = (struct pollfd){.fd = client->fd, .events = POLLIN | (client->queued ? POLLOUT : 0)};
    return count;
}

void desktop_turn(void)
{
    struct pollfd files[2 + CLIENTS_MAX];
    unsigned count = fill(files);
    uint64_t now = system_now_ns();

    if (system_wait(files, count, timeout_ms(now)) < 0 && errno != EINTR)
        return;
    number++;
    if (files[0].revents)
        input_read();
    for (unsigned i = 2; i < count; i++) {
        if (files[i].revents & ~POLLOUT)
            client_receive(client_at(i - 2));
    }
    if (files[1].revents)
        accept_clients();
    pointer_settle();
    now = system_now_ns();
    (void)look_at_clocks(now);
    compose(now);
    settle_clients();
    due_ns = look_at_clocks(now);
}
