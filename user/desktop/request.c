/* Who handles which message of a client. See request.h. */
#include "user/desktop/request.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/desktop/capture.h"
#include "user/desktop/clipboard.h"
#include "user/desktop/compose.h"
#include "user/desktop/drag.h"
#include "user/desktop/notify.h"
#include "user/desktop/output.h"
#include "user/desktop/pointer.h"
#include "user/desktop/scene.h"
#include "user/desktop/settings.h"
#include "user/desktop/surface.h"
#include "user/desktop/system.h"
#include "user/desktop/turn.h"

/* ---- the client -------------------------------------------------------------------------------- */

void request_welcome(struct client *client)
{
    struct rect screen = scene_screen();
    struct message_welcome message = {.head = {MESSAGE_WELCOME, sizeof(message), 0},
                                      .version = PROTOCOL_VERSION,
                                      .width = screen.w,
                                      .height = screen.h,
                                      .scale = look.percent,
                                      .accent = look.theme.accent};

    settings_tell(&message);
    client_send(client, &message, -1);
}

void request_welcome_all(void)
{
    struct client *client;

    for (unsigned i = 0; (client = client_at(i)); i++) {
        if (client->greeted)
            request_welcome(client);
    }
}

static void hello(struct client *client, const struct message_hello *message)
{
    if (client->greeted) {
        client_fault(client, MESSAGE_HELLO, "a second HELLO");
        return;
    }
    if (message->version != PROTOCOL_VERSION) {
        client_fault(client, MESSAGE_HELLO, "version %u, this is %u", message->version, PROTOCOL_VERSION);
        return;
    }
    client->greeted = true;
    if (!client->pid)
        client->pid = message->pid; /* the kernel knew better */
    snprintf(client->name, sizeof(client->name), "%s", message->name);
    request_welcome(client);
}

static void pong(struct client *client, uint32_t number)
{
    if (number != client->asked)
        return;
    client->asking = false;
    if (client->hung) {
        client->hung = false;
        surface_show_hung(client);
    }
}

static void statistics(struct client *client)
{
    struct message_statistics message = {.head = {MESSAGE_STATISTICS, sizeof(message), 0},
                                         .clients = client_count()};

    message.frames = compose_counts().frames;
    message.pixels = output_pixels_written();
    turn_tell(&message);
    for (unsigned i = 0; scene_window(i); i++)
        message.surfaces++;
    client_send(client, &message, -1);
}

/* ---- buffers ----------------------------------------------------------------------------------- */

static void make_buffer(struct client *client, const struct message_buffer *message, int fd)
{
    struct buffer *buffer = NULL;
    const char *wrong = NULL;

    if (message->buffer < 1 || message->buffer > BUFFERS_MAX)
        wrong = "a buffer's number is 1 to 64";
    else if (client->buffers[message->buffer - 1])
        wrong = "there is a buffer of that number";
    else
        wrong = buffer_make(message, fd, &buffer);
    if (!wrong && client->mapped + buffer->mapped > CLIENT_MAPPED_MAX) {
        buffer_drop(buffer);
        wrong = "all buffers together are too large";
    }
    if (wrong) {
        client_fault(client, MESSAGE_BUFFER, "%s", wrong);
        return;
    }
    client->mapped += buffer->mapped;
    client->buffers[message->buffer - 1] = buffer;
}

/* It may be shown on: its number is free, and nobody is told when it is no more. */
static void end_buffer(struct client *client, uint32_t number)
{
    struct buffer *buffer = number >= 1 && number <= BUFFERS_MAX ? client->buffers[number - 1] : NULL;

    if (!buffer) {
        client_fault(client, MESSAGE_BUFFER_END, "no buffer %u", number);
        return;
    }
    client->mapped -= buffer->mapped;
    client->buffers[number - 1] = NULL;
    buffer->number = 0;
    buffer_drop(buffer);
}

/* ---- surfaces ---------------------------------------------------------------------------------- */

static void set_state(struct surface *surface, uint32_t state)
{
    if (surface->kind == SURFACE_POPUP || state > STATE_FULLSCREEN) {
        client_fault(surface->client, MESSAGE_STATE, "no such state for this surface");
        return;
    }
    if (surface->window.shown)
        window_set_state(surface, state);
    else if (state != STATE_MINIMISED)
        surface->window.state = state;
}

static void set_shape(struct surface *surface, uint32_t shape)
{
    if (shape >= POINTERS)
        return;
    surface->shape = shape;
    pointer_look();
}

static void about_window(struct surface *surface, const union message *message)
{
    if (surface->kind == SURFACE_POPUP)
        return;
    if (message->head.type == MESSAGE_TITLE)
        window_set_title(surface, message->text.text);
    else if (message->head.type == MESSAGE_ICON)
        window_set_icon(surface, message->text.text);
    else
        window_set_limits(surface, &message->limits);
}

static void about_surface(struct surface *surface, const union message *message, int fd)
{
    switch (message->head.type) {
    case MESSAGE_SURFACE_END:
        surface_end(surface);
        break;
    case MESSAGE_ATTACH:
        surface_attach(surface, message->number.number);
        break;
    case MESSAGE_DAMAGE:
    case MESSAGE_SCROLL: /* what moved is new at its place */
        surface_damage(surface, &message->rect);
        break;
    case MESSAGE_OPAQUE:
        surface_opaque(surface, &message->rect);
        break;
    case MESSAGE_COMMIT:
        surface_commit(surface);
        break;
    case MESSAGE_ACK:
        surface->acknowledged = message->number.number;
        break;
    case MESSAGE_STATE:
        set_state(surface, message->number.number);
        break;
    case MESSAGE_POINTER_SHAPE:
        set_shape(surface, message->number.number);
        break;
    case MESSAGE_DRAG:
        drag_start(surface, &message->data, fd);
        break;
    default:
        about_window(surface, message);
        break;
    }
}

/* ---- by type ----------------------------------------------------------------------------------- */

static void about_desktop(struct client *client, const union message *message, int fd)
{
    switch (message->head.type) {
    case MESSAGE_BUFFER:
        make_buffer(client, &message->buffer, fd);
        break;
    case MESSAGE_BUFFER_END:
        end_buffer(client, message->number.number);
        break;
    case MESSAGE_SURFACE:
        surface_make(client, &message->surface);
        break;
    case MESSAGE_CLIPBOARD_SET:
        clipboard_set(client, &message->data, fd);
        break;
    case MESSAGE_CLIPBOARD_GET:
        clipboard_get(client, &message->data);
        break;
    case MESSAGE_NOTIFY:
        notify_add(&message->notify);
        break;
    case MESSAGE_PONG:
        pong(client, message->number.number);
        break;
    case MESSAGE_CAPTURE:
        capture_start(client, message->number.number);
        break;
    case MESSAGE_SET:
        settings_set(message->text.text);
        break;
    case MESSAGE_STATS:
        statistics(client);
        break;
    }
}

static bool is_about_surface(unsigned type)
{
    switch (type) {
    case MESSAGE_SURFACE_END:
    case MESSAGE_ATTACH:
    case MESSAGE_DAMAGE:
    case MESSAGE_SCROLL:
    case MESSAGE_OPAQUE:
    case MESSAGE_COMMIT:
    case MESSAGE_ACK:
    case MESSAGE_TITLE:
    case MESSAGE_ICON:
    case MESSAGE_STATE:
    case MESSAGE_LIMITS:
    case MESSAGE_POINTER_SHAPE:
    case MESSAGE_DRAG:
        return true;
    default:
        return false;
    }
}

static void take(struct client *client, const union message *message, int fd)
{
    unsigned type = message->head.type;
    struct surface *surface = surface_of(client, message->head.surface);

    if (type == MESSAGE_HELLO)
        hello(client, &message->hello);
    else if (!client->greeted)
        client_fault(client, type, "HELLO comes first");
    else if (!is_about_surface(type))
        about_desktop(client, message, fd);
    else if (surface)
        about_surface(surface, message, fd);
    else
        client_fault(client, type, "no surface %u", message->head.surface);
}

void request_take(struct client *client, const union message *message, struct parcel_files *files)
{
    int fd = -1;

    if (protocol_fds(message)) {
        if (files->next == files->count) {
            client_fault(client, message->head.type, "its file is missing");
            return;
        }
        fd = files->fds[files->next++];
    }
    take(client, message, fd);
    if (fd >= 0)
        close(fd);
}

void request_forget(struct client *client)
{
    clipboard_forget(client);
    capture_forget(client);
}
