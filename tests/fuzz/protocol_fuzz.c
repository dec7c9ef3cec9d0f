/* Fuzz the desktop's server with a client that has a window and says what the input says: messages by their
   type, most with numbers that make sense, so that they come far; or the bytes as they are. What must hold:
   the server lives, and nothing of the client stays. */
/* links: user/desktop/desktop_host.a */
/* options: -max_len=4096 -rss_limit_mb=2048 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "lib/abi/keys.h"
#include "tests/fuzz/fuzz.h"
#include "user/desktop/client.h"
#include "user/desktop/scene.h"
#include "user/desktop/test/peer.h"
#include "user/desktop/test/system_host.h"
#include "user/desktop/turn.h"

static char home[] = "/tmp/protocol_fuzz.XXXXXX";

static void settle(void)
{
    do
        desktop_turn();
    while (!host_is_idle());
}

static void start(void)
{
    const struct host_screen screen = {320, 240, 32};

    must(mkdtemp(home) != NULL);
    font_folder("build/fonts");
    theme_folder("user/draw/themes");
    host_start(&screen, home);
    must(desktop_start() == 0);
    settle();
}

/* Numbers that make sense: a server that refuses all is not tried much. */
static void tame(union message *message)
{
    struct message_buffer *buffer = &message->buffer;
    struct message_surface *surface = &message->surface;

    if (message->head.type == MESSAGE_BUFFER) {
        buffer->buffer = 3 + buffer->buffer % 8;
        buffer->format %= 2;
        buffer->width = 1 + (uint8_t)buffer->width % 128;
        buffer->height = 1 + (uint8_t)buffer->height % 127;
        buffer->stride = buffer->width * 4;
        buffer->offset = 0;
    } else if (message->head.type == MESSAGE_SURFACE) {
        surface->head.surface = 2 + surface->head.surface % 4;
        surface->kind %= 3;
        surface->parent = surface->kind != SURFACE_WINDOW;
        surface->x = (int8_t)surface->x;
        surface->y = (int8_t)surface->y;
        surface->width = (uint8_t)surface->width;
        surface->height = (uint8_t)surface->height;
    } else if (message->head.type == MESSAGE_ATTACH || message->head.type == MESSAGE_STATE) {
        message->number.number %= message->head.type == MESSAGE_ATTACH ? 11 : 4;
    }
}

/* A message of a type that there is, its fields from the input. Bit 5 of the first byte: as they are. */
static size_t make(const uint8_t *from, size_t left, union message *message)
{
    unsigned type = 2 + from[0] % 32 % (MESSAGE_CLIENT_END - 2);
    size_t size = protocol_size(type), most = size - 8 < 24 ? size - 8 : 24;
    size_t taken = left - 1 < most ? left - 1 : most;

    memset(message, 0, sizeof(*message));
    memcpy((uint8_t *)message + 8, from + 1, taken);
    ((uint8_t *)message)[size - 1] = 0;
    message->head = (struct message_head){(uint16_t)type, (uint16_t)size, from[0] / 64u + 1};
    if (!(from[0] & 32))
        tame(message);
    return 1 + taken;
}

static void say(int fd, const uint8_t *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        union message message;
        int file = -1;

        at += make(bytes + at, size - at, &message);
        if (protocol_fds(&message))
            file = peer_memory(65536, 0xFF123456);
        while (system_send(fd, &message, message.head.size, &file, file >= 0) == -EAGAIN)
            desktop_turn();
        if (file >= 0)
            close(file);
    }
}

/* What the user does meanwhile. */
static void use(uint8_t byte)
{
    host_point(byte, byte * 5 % 240);
    host_button(BUTTON_LEFT + byte % 3, byte & 64);
    host_press(1 + byte % 127);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static int started;
    static struct peer peer;

    if (!started++)
        start();
    peer_start(&peer, "fuzz", 5);
    peer_window(&peer, 1, 60, 40, 0xFF0000FF);
    if (size > 2)
        use(bytes[1]);
    if (size % 8 == 7)
        (void)system_send(peer.fd, bytes, size, NULL, 0); /* as it is */
    else
        say(peer.fd, bytes, size);
    settle();
    if (size > 2)
        use(bytes[2]);
    host_button(BUTTON_LEFT, false);
    host_press(KEY_ESC);
    settle();
    peer_end(&peer);
    settle();
    must(client_count() == 0 && scene_window(0) == NULL && scene_popup(0) == NULL);
    return 0;
}
