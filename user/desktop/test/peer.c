/* See peer.h. */
#include "user/desktop/test/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user/desktop/test/system_host.h"
#include "user/desktop/turn.h"

#define TURNS 40 /* of the server, in which anything that is to come has come */

static union message found;
static int found_file = -1;

void peer_say(struct peer *peer, const void *message, int file)
{
    struct message_head head;
    int error;

    memcpy(&head, message, sizeof(head));
    while ((error = system_send(peer->fd, message, head.size, &file, file >= 0)) == -EAGAIN)
        desktop_turn();
    if (file >= 0)
        close(file);
    peer->closed |= error < 0;
}

void peer_plain(struct peer *peer, unsigned type, unsigned surface)
{
    struct message_plain message = {{(uint16_t)type, sizeof(message), surface}};

    peer_say(peer, &message, -1);
}

void peer_number(struct peer *peer, unsigned type, unsigned surface, uint32_t number)
{
    struct message_number message = {{(uint16_t)type, sizeof(message), surface}, number, 0};

    peer_say(peer, &message, -1);
}

void peer_text(struct peer *peer, unsigned type, unsigned surface, const char *text)
{
    struct message_text message = {.head = {(uint16_t)type, sizeof(message), surface}};

    snprintf(message.text, sizeof(message.text), "%s", text);
    peer_say(peer, &message, -1);
}

void peer_rect(struct peer *peer, unsigned type, unsigned surface, int x, int y, int w, int h)
{
    struct message_rect message = {{(uint16_t)type, sizeof(message), surface}, x, y, w, h};

    peer_say(peer, &message, -1);
}

/* ---- hearing ----------------------------------------------------------------------------------- */

static void keep(struct peer *peer, const union message *message, int file)
{
    if (message->head.type == MESSAGE_CONFIGURE) {
        peer->serial = message->configure.serial;
        peer->width = message->configure.width;
        peer->height = message->configure.height;
        peer->state = message->configure.state;
    }
    if (message->head.type == MESSAGE_PING && peer->answers)
        peer_number(peer, MESSAGE_PONG, 0, message->number.number);
    if (peer->count == sizeof(peer->heard) / sizeof(peer->heard[0]))
        peer_forget(peer);
    peer->files[peer->count] = file;
    peer->heard[peer->count++] = *message;
}

void peer_hear(struct peer *peer)
{
    uint8_t bytes[PROTOCOL_BYTES];
    int files[PROTOCOL_FDS], got, length;
    unsigned count, next = 0;
    union message message;

    while ((got = system_receive(peer->fd, bytes, sizeof(bytes), files, PROTOCOL_FDS, &count)) > 0) {
        next = 0;
        for (int at = 0; (length = protocol_next(bytes + at, (size_t)(got - at), 1, &message));
             at += length) {
            if (length < 0)
                abort();
            keep(peer, &message, protocol_fds(&message) && next < count ? files[next++] : -1);
        }
    }
    peer->closed |= got == -EPIPE;
}

const union message *peer_find(struct peer *peer, unsigned type)
{
    unsigned i = 0;

    peer_hear(peer);
    while (i < peer->count && peer->heard[i].head.type != type)
        i++;
    if (i == peer->count)
        return NULL;
    found = peer->heard[i];
    found_file = peer->files[i];
    peer->count--;
    memmove(peer->heard + i, peer->heard + i + 1, (peer->count - i) * sizeof(peer->heard[0]));
    memmove(peer->files + i, peer->files + i + 1, (peer->count - i) * sizeof(peer->files[0]));
    return &found;
}

int peer_file(const struct peer *peer)
{
    (void)peer;
    return found_file;
}

const union message *peer_wait(struct peer *peer, unsigned type)
{
    const union message *message = peer_find(peer, type);

    for (int i = 0; i < TURNS && !message; i++) {
        desktop_turn();
        message = peer_find(peer, type);
    }
    return message;
}

void peer_forget(struct peer *peer)
{
    peer_hear(peer);
    for (unsigned i = 0; i < peer->count; i++) {
        if (peer->files[i] >= 0)
            close(peer->files[i]);
    }
    peer->count = 0;
}

/* ---- its life ---------------------------------------------------------------------------------- */

void peer_start(struct peer *peer, const char *name, uint32_t pid)
{
    struct message_hello hello = {
        .head = {MESSAGE_HELLO, sizeof(hello), 0}, .version = PROTOCOL_VERSION, .pid = pid};

    memset(peer, 0, sizeof(*peer));
    peer->fd = host_connect(pid);
    peer->answers = 1;
    snprintf(hello.name, sizeof(hello.name), "%s", name);
    peer_say(peer, &hello, -1);
}

void peer_end(struct peer *peer)
{
    peer_forget(peer);
    close(peer->fd);
    peer->fd = -1;
}

int peer_memory(size_t size, uint32_t colour)
{
    int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    uint32_t *memory;

    if (fd < 0 || ftruncate(fd, (off_t)size) || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK))
        abort();
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    for (size_t i = 0; i < size / 4; i++)
        memory[i] = colour;
    munmap(memory, size);
    return fd;
}

void peer_surface(struct peer *peer, unsigned surface, unsigned kind, unsigned parent, int x, int y, int w,
                  int h)
{
    struct message_surface message = {{MESSAGE_SURFACE, sizeof(message), surface}, kind, parent, x, y, w, h};

    peer_say(peer, &message, -1);
    peer_plain(peer, MESSAGE_COMMIT, surface);
}

void peer_show(struct peer *peer, unsigned surface, int w, int h, uint32_t colour)
{
    struct message_buffer buffer = {{MESSAGE_BUFFER, sizeof(buffer), 0}, peer->next_buffer % BUFFERS_MAX + 1,
                                    PIXELS_XRGB, w, h, w * 4, 0, 0};

    peer->next_buffer++;
    peer_say(peer, &buffer, peer_memory((size_t)w * (size_t)h * 4, colour));
    peer_number(peer, MESSAGE_ACK, surface, peer->serial);
    peer_number(peer, MESSAGE_ATTACH, surface, buffer.buffer);
    peer_rect(peer, MESSAGE_DAMAGE, surface, 0, 0, w, h);
    peer_plain(peer, MESSAGE_COMMIT, surface);
    peer_number(peer, MESSAGE_BUFFER_END, 0, buffer.buffer);
}

void peer_window(struct peer *peer, unsigned surface, int w, int h, uint32_t colour)
{
    peer_surface(peer, surface, SURFACE_WINDOW, 0, 0, 0, w, h);
    (void)peer_wait(peer, MESSAGE_CONFIGURE);
    peer_show(peer, surface, peer->width, peer->height, colour);
    (void)peer_wait(peer, MESSAGE_FRAME);
}
