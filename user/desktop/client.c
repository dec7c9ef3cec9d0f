/* Clients: joining, queues in both directions, faults, PING. See client.h. */
#include "user/desktop/client.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/desktop/request.h"
#include "user/desktop/surface.h"
#include "user/desktop/system.h"

static struct client *clients[CLIENTS_MAX];
static unsigned count;

/* ---- joining and leaving ----------------------------------------------------------------------- */

int client_join(int fd, uint32_t pid)
{
    struct client *client = count < CLIENTS_MAX ? calloc(1, sizeof(*client)) : NULL;

    if (!client)
        return count < CLIENTS_MAX ? -ENOMEM : -EAGAIN;
    client->queue = malloc(CLIENT_QUEUE_BYTES);
    if (!client->queue) {
        free(client);
        return -ENOMEM;
    }
    client->fd = fd;
    client->pid = pid;
    clients[count++] = client;
    return 0;
}

static void close_files(const int files[], unsigned number)
{
    for (unsigned i = 0; i < number; i++)
        close(files[i]);
}

static void forget(const struct client *client)
{
    unsigned i = 0;

    while (clients[i] != client)
        i++;
    memmove(clients + i, clients + i + 1, (--count - i) * sizeof(*clients));
    clients[count] = NULL;
}

void client_leave(struct client *client)
{
    surface_end_all(client);
    request_forget(client);
    for (unsigned i = 0; i < BUFFERS_MAX; i++)
        buffer_drop(client->buffers[i]);
    close_files(client->files, client->file_count);
    close(client->fd);
    forget(client);
    free(client->queue);
    free(client);
}

struct client *client_at(unsigned number)
{
    return number < count ? clients[number] : NULL;
}

unsigned client_count(void)
{
    return count;
}

/* ---- sending ----------------------------------------------------------------------------------- */

/* MOTION and CONFIGURE say how it is now: one that was not sent yet is replaced. */
static bool replaces(const struct client *client, const struct message_head *head)
{
    struct message_head last;

    if (client->queued == 0 || (head->type != MESSAGE_MOTION && head->type != MESSAGE_CONFIGURE))
        return false;
    memcpy(&last, client->queue + client->last, sizeof(last));
    return last.type == head->type && last.surface == head->surface;
}

void client_send(struct client *client, const void *message, int file)
{
    struct message_head head;

    if (client->gone) {
        if (file >= 0)
            close(file);
        return;
    }
    memcpy(&head, message, sizeof(head));
    if (!replaces(client, &head)) {
        if (client->broken || client->queued + head.size > CLIENT_QUEUE_BYTES ||
            (file >= 0 && client->file_count == CLIENT_QUEUE_FILES)) {
            client->broken = true;
            if (file >= 0)
                close(file);
            return;
        }
        client->last = client->queued;
        client->queued += head.size;
    }
    memcpy(client->queue + client->last, message, head.size);
    if (file >= 0)
        client->files[client->file_count++] = file;
}

/* How much of the queue makes one message of the channel. */
static size_t next_parcel(const struct client *client, unsigned *files)
{
    size_t size = 0;
    union message message;

    for (*files = 0; size < client->queued;) {
        int length = protocol_next(client->queue + size, client->queued - size, 1, &message);

        if (length <= 0 || size + (size_t)length > PROTOCOL_BYTES ||
            *files + protocol_fds(&message) > PROTOCOL_FDS)
            break;
        size += (size_t)length;
        *files += protocol_fds(&message);
    }
    return size;
}

static void drop_parcel(struct client *client, size_t size, unsigned files)
{
    close_files(client->files, files);
    client->file_count -= files;
    memmove(client->files, client->files + files, client->file_count * sizeof(client->files[0]));
    client->queued -= size;
    client->last -= size < client->last ? size : client->last;
    memmove(client->queue, client->queue + size, client->queued);
}

/* Its channel's end says EPIPE to us, too, when all that it said has been received. */
static void hear_the_rest(struct client *client)
{
    client->gone = true;
    close_files(client->files, client->file_count);
    client->file_count = 0;
    client->queued = client->last = 0;
}

void client_flush(struct client *client)
{
    int error = 0;

    while (client->queued && !error) {
        unsigned files;
        size_t size = next_parcel(client, &files);

        error = system_send(client->fd, client->queue, size, client->files, files);
        if (!error)
            drop_parcel(client, size, files);
    }
    if (error == -EPIPE)
        hear_the_rest(client);
    else if (error && error != -EAGAIN)
        client->broken = true;
}

int client_fault(struct client *client, unsigned type, const char *format, ...)
{
    struct message_error message = {{MESSAGE_ERROR, sizeof(message), 0}, -EPROTO, type, ""};
    va_list arguments;
    char line[200];

    va_start(arguments, format);
    vsnprintf(message.text, sizeof(message.text), format, arguments);
    va_end(arguments);
    snprintf(line, sizeof(line), "%s (%u): %s: %s", client->name[0] ? client->name : "a program", client->pid,
             protocol_name(type), message.text);
    system_log(line);
    client_send(client, &message, -1);
    client_flush(client);
    client->broken = true;
    return -1;
}

/* ---- receiving --------------------------------------------------------------------------------- */

/* All of one message of the channel. The files that no message of it has are closed. */
static void read_parcel(struct client *client, const uint8_t *bytes, size_t size, struct parcel_files *files)
{
    union message message;
    int length;

    for (size_t at = 0; at < size && !client->broken; at += (size_t)length) {
        length = protocol_next(bytes + at, size - at, 0, &message);
        if (length < 0) {
            client_fault(client, 0, "not a message of this protocol, at byte %zu of %zu", at, size);
            break;
        }
        request_take(client, &message, files);
    }
    close_files(files->fds + files->next, files->count - files->next);
}

void client_receive(struct client *client)
{
    uint8_t bytes[PROTOCOL_BYTES];

    for (unsigned turn = 0; turn < CLIENT_TURN && !client->broken; turn++) {
        struct parcel_files files = {.next = 0};
        int got = system_receive(client->fd, bytes, sizeof(bytes), files.fds, PROTOCOL_FDS, &files.count);

        if (got == -EAGAIN)
            return;
        if (got == -EMSGSIZE)
            client_fault(client, 0, "a message of more than %u bytes or %u files", PROTOCOL_BYTES,
                         PROTOCOL_FDS);
        else if (got < 0)
            client->broken = true;
        else
            read_parcel(client, bytes, (size_t)got, &files);
    }
}

/* ---- is it there? ------------------------------------------------------------------------------ */

void client_ask(struct client *client)
{
    struct message_number ping = {{MESSAGE_PING, sizeof(ping), 0}, client->asked + 1, 0};
    uint64_t now = system_now_ns();

    if (client->asking || (client->asked && now - client->asked_ns < CLIENT_PING_NS))
        return;
    client->asked++;
    client->asked_ns = now;
    client->asking = true;
    client_send(client, &ping, -1);
}

uint64_t client_watch(uint64_t now_ns)
{
    uint64_t next = UINT64_MAX;

    for (unsigned i = 0; i < count; i++) {
        struct client *client = clients[i];
        uint64_t due = client->asked_ns + CLIENT_PATIENCE_NS;

        if (!client->asking || client->hung)
            continue;
        if (now_ns >= due) {
            client->hung = true;
            surface_show_hung(client);
        } else if (due < next) {
            next = due;
        }
    }
    return next;
}
