/*
 * The line to the display server. What is said is collected and sent before the loop sleeps; what does not
 * fit into the channel waits here, in bounds. When the server goes, all windows stay as they are; it is
 * looked for again for a minute, and told everything anew.
 * Use: connection_start → connection_say … → connection_flush, connection_read → connection_end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <fcntl.h>
#include <unistd.h>

#include "user/libui/internal.h"

#define START_MS     5000
#define RETRY_MS     200
#define GIVE_UP_MS   60000
#define PACKETS_MAX  1024u /* that wait; then something is wrong with the server */

struct packet {
    struct packet *next;
    size_t size;
    unsigned fd_count;
    int fds[PROTOCOL_FDS];
    unsigned char bytes[PROTOCOL_BYTES];
};

static struct packet *first, *last; /* last: is filled now */
static unsigned waiting;
static unsigned retry_timer;

/* ---- what is said ---------------------------------------------------------------------------- */

static void packet_end(struct packet *packet)
{
    for (unsigned i = 0; i < packet->fd_count; i++)
        close(packet->fds[i]);
    free(packet);
}

static void forget_packets(void)
{
    while (first) {
        struct packet *packet = first;

        first = packet->next;
        packet_end(packet);
    }
    last = NULL;
    waiting = 0;
}

static struct packet *packet_for(size_t size, unsigned fds)
{
    struct packet *packet;

    if (last && last->size + size <= PROTOCOL_BYTES && last->fd_count + fds <= PROTOCOL_FDS)
        return last;
    if (waiting >= PACKETS_MAX)
        return NULL;
    packet = calloc(1, sizeof(*packet));
    if (!packet)
        return NULL;
    if (last)
        last->next = packet;
    else
        first = packet;
    last = packet;
    waiting++;
    return packet;
}

void connection_say(void *message, unsigned type, unsigned surface, const int *fds, unsigned count)
{
    const size_t size = protocol_size(type);
    struct message_head *head = message;
    struct packet *packet;

    if (!ui.connected)
        return;
    *head = (struct message_head){(uint16_t)type, (uint16_t)size, surface};
    packet = packet_for(size, count);
    if (!packet) {
        connection_lost();
        return;
    }
    memcpy(packet->bytes + packet->size, message, size);
    packet->size += size;
    for (unsigned i = 0; i < count; i++) {
        packet->fds[packet->fd_count] = fcntl(fds[i], F_DUPFD_CLOEXEC, 3);
        if (packet->fds[packet->fd_count] >= 0)
            packet->fd_count++;
    }
}

void connection_say_number(unsigned type, unsigned surface, uint32_t number)
{
    struct message_number message = {.number = number};

    connection_say(&message, type, surface, NULL, 0);
}

void connection_say_plain(unsigned type, unsigned surface)
{
    struct message_plain message = {0};

    connection_say(&message, type, surface, NULL, 0);
}

void connection_say_rect(unsigned type, unsigned surface, struct rect at)
{
    struct message_rect message = {.x = at.x, .y = at.y, .width = at.w, .height = at.h};

    connection_say(&message, type, surface, NULL, 0);
}

static void flush_later(void *context)
{
    (void)context; /* the turn that runs this flushes */
}

void connection_flush(void)
{
    while (first && ui.connected) {
        struct packet *packet = first;
        int error = ui.backend->send(packet->bytes, packet->size, packet->fds, packet->fd_count);

        if (error == -EAGAIN) {
            ui_timer(5, false, flush_later, NULL);
            return;
        }
        if (error != 0) {
            connection_lost();
            return;
        }
        first = packet->next;
        if (!first)
            last = NULL;
        waiting--;
        packet_end(packet);
    }
}

/* ---- what comes ------------------------------------------------------------------------------ */

static void take_welcome(const struct message_welcome *welcome)
{
    const bool again = ui.welcome;
    char name[sizeof(welcome->theme)];

    ui.desktop = *welcome;
    ui.welcome = true;
    if (ui.desktop.scale < 100 || ui.desktop.scale > 200)
        ui.desktop.scale = 100;
    memcpy(name, welcome->theme, sizeof(name));
    name[sizeof(name) - 1] = '\0';
    theme_load(&ui.theme, name, NULL);
    if (welcome->accent >> 24 == 0xFF)
        theme_set_accent(&ui.theme, welcome->accent);
    if (!again)
        return;
    for (struct ui_window *window = ui.windows; window; window = window->next) {
        window->layout = true;
        window_damage(window, (struct rect){0, 0, window->width, window->height});
    }
    if (ui.on_desktop.call)
        hook_as(&ui.on_desktop, ui_call)(ui.on_desktop.context);
}

static struct ui_window *window_of_surface(unsigned surface)
{
    for (struct ui_window *window = ui.windows; window; window = window->next)
        if (surface != 0 && window->surface == surface)
            return window;
    return NULL;
}

static void take(const union message *message, int fd)
{
    struct ui_window *window = window_of_surface(message->head.surface);

    switch (message->head.type) {
    case MESSAGE_WELCOME:
        take_welcome(&message->welcome);
        break;
    case MESSAGE_PING:
        connection_say_number(MESSAGE_PONG, 0, message->number.number);
        break;
    case MESSAGE_RELEASE:
        window_release(message->number.number);
        break;
    case MESSAGE_ERROR:
        connection_lost();
        break;
    default:
        if (window && !window->dead)
            window_message(window, message);
        data_message(message, fd);
    }
}

/* A message of the channel: one or more of the protocol's. */
static void take_all(const unsigned char *bytes, size_t size, int *fds, unsigned count)
{
    unsigned used = 0;
    union message message;

    while (size > 0 && ui.connected) {
        int length = protocol_next(bytes, size, 1, &message);
        int fd = -1;

        if (length <= 0) {
            connection_lost();
            return;
        }
        if (protocol_fds(&message)) {
            if (used == count) {
                connection_lost();
                return;
            }
            fd = fds[used++];
        }
        take(&message, fd);
        bytes += length;
        size -= (size_t)length;
    }
}

void connection_read(void)
{
    static _Alignas(8) unsigned char bytes[PROTOCOL_BYTES];
    int fds[PROTOCOL_FDS];

    /* A bounded number, so that a server that never ends does not keep us from drawing. */
    for (unsigned i = 0; i < 64 && ui.connected; i++) {
        unsigned count = PROTOCOL_FDS;
        int size = ui.backend->receive(bytes, sizeof(bytes), fds, &count);

        if (size == -EAGAIN)
            return;
        if (size <= 0) {
            connection_lost();
            return;
        }
        take_all(bytes, (size_t)size, fds, count);
        for (unsigned f = 0; f < count; f++)
            close(fds[f]);
    }
}

/* ---- coming and going ------------------------------------------------------------------------ */

static int connect_now(void)
{
    struct message_hello hello = {.version = PROTOCOL_VERSION, .pid = (uint32_t)getpid()};
    int error = ui.backend->connect();

    if (error != 0)
        return error;
    ui.connected = true;
    ui.surfaces = 0;
    memcpy(hello.name, ui.name, sizeof(hello.name));
    connection_say(&hello, MESSAGE_HELLO, 0, NULL, 0);
    connection_flush();
    return ui.connected ? 0 : -ECONNRESET;
}

static void wait_a_little(int timeout_ms)
{
    struct pollfd fd = {.fd = ui.connected ? ui.backend->fd() : -1, .events = POLLIN};

    ui.backend->wait(&fd, 1, timeout_ms);
    if (ui.connected && fd.revents)
        connection_read();
}

int connection_start(void)
{
    const int64_t until = ui_now_ms() + START_MS;
    int error = -ENOENT;

    ui.welcome = false;
    while (!ui.welcome && ui_now_ms() < until) {
        if (!ui.connected)
            error = connect_now();
        wait_a_little(ui.connected ? (int)(until - ui_now_ms()) : RETRY_MS);
    }
    if (ui.welcome)
        return 0;
    if (ui.connected)
        error = -ETIMEDOUT;
    connection_end();
    return error;
}

static void say_everything(void)
{
    /* The oldest first: parents come before what belongs to them. */
    struct ui_window *order[SURFACES_MAX];
    unsigned count = 0;

    for (struct ui_window *window = ui.windows; window && count < SURFACES_MAX; window = window->next)
        order[count++] = window;
    while (count > 0)
        if (order[--count]->shown && !order[count]->dead)
            window_say(order[count]);
}

static void try_again(void *context)
{
    (void)context;
    if (connect_now() == 0) {
        ui_timer_stop(retry_timer);
        retry_timer = 0;
        ui.lost_ms = 0;
        say_everything();
    } else if (ui_now_ms() - ui.lost_ms >= GIVE_UP_MS) {
        ui_timer_stop(retry_timer);
        retry_timer = 0;
        ui_quit(1);
    }
}

void connection_lost(void)
{
    if (!ui.connected)
        return;
    ui.connected = false;
    ui.backend->disconnect();
    forget_packets();
    ui.surfaces = 0;
    buffers_lost();
    if (!ui.welcome)
        return; /* connection_start tries again itself */
    data_lost();
    tip_hide();
    for (struct ui_window *window = ui.windows, *next; window; window = next) {
        next = window->next;
        window_lost(window);
    }
    ui.lost_ms = ui_now_ms();
    if (retry_timer == 0)
        retry_timer = ui_timer(RETRY_MS, true, try_again, NULL);
}

void connection_end(void)
{
    connection_flush();
    ui_timer_stop(retry_timer);
    retry_timer = 0;
    if (ui.connected)
        ui.backend->disconnect();
    ui.connected = false;
    forget_packets();
}

/* ---- memory ---------------------------------------------------------------------------------- */

static int write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -EIO;
        bytes += written;
        size -= (size_t)written;
    }
    return 0;
}

int memory_file(const void *bytes, size_t size)
{
    int fd = memfd_create("ui", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0)
        return -errno;
    if ((bytes ? write_all(fd, bytes, size) : ftruncate(fd, (off_t)size)) != 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK) != 0) {
        close(fd);
        return -ENOMEM;
    }
    return fd;
}

/* ---- what the desktop said ------------------------------------------------------------------- */

const struct theme *ui_theme(void)
{
    return &ui.theme;
}
int ui_scale(void)
{
    return ui.welcome ? ui.desktop.scale : 100;
}
int ui_px(int length)
{
    return draw_scale(length, ui_scale());
}
const struct font *ui_font(enum font_face face, int size)
{
    return font_get(face, ui_px(size));
}
const char *ui_language(void)
{
    return ui.welcome && ui.desktop.language[0] ? ui.desktop.language : "en";
}
const char *ui_say(const char *english, const char *spanish)
{
    return strcmp(ui_language(), "es") == 0 && spanish ? spanish : english;
}
const char *ui_layout(void)
{
    return ui.welcome && ui.desktop.layout[0] ? ui.desktop.layout : "us";
}
void ui_screen_size(int *width, int *height)
{
    *width = ui.desktop.width;
    *height = ui.desktop.height;
}
void ui_on_desktop(ui_call call, void *context)
{
    hook_set(&ui.on_desktop, call, context);
}

int ui_set_desktop(const char *name, const char *value)
{
    struct message_text message = {0};

    if (strlen(name) + strlen(value) + 2 > sizeof(message.text))
        return -EINVAL;
    strcpy(message.text, name);
    strcat(message.text, "=");
    strcat(message.text, value);
    connection_say(&message, MESSAGE_SET, 0, NULL, 0);
    return 0;
}
