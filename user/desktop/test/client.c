/*
 * A client without a toolkit, for tests of the server: one window, painted in one colour with a lighter
 * frame.
 *
 *     desktop_client [name=N] [title=T] [colour=RRGGBB] [size=WxH] [mode=M] [count=N]
 *
 * mode: (none) a good one · hang: stops answering when its window is there · flood: says things without end ·
 * lie: a buffer larger than its memory · shrink: memory that is not sealed · die: ends itself when it is
 * shown · garbage: bytes that are no message · mute: takes nothing from its channel · full: whole screen ·
 * stats: prints what the server counted · frames: draws `count` frames as fast as FRAME comes. What happens
 * is said on the standard output.
 */
#include <errno.h>
#include <fastos/syscalls.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user/desktop/protocol.h"

static int channel;
static const char *mode = "", *name = "client", *title = "Client";
static uint32_t colour = 0x2f6f9f;
static int width = 360, height = 240, shown, shown_width, shown_height, frames = 100;
static uint32_t next_buffer;

static void receive(void);

/* What it said at last is read; that ends with the channel. */
static void leave(long error)
{
    while (strcmp(mode, "mute"))
        receive();
    printf("client: the server is gone (%s)\n", strerror((int)-error));
    exit(2);
}

static void say(const void *bytes, size_t size, int fd)
{
    long error;

    while ((error = fastos_channel_send(channel, bytes, size, fd >= 0 ? &fd : NULL, fd >= 0)) == -EAGAIN) {
        struct pollfd file = {.fd = channel, .events = POLLOUT};

        poll(&file, 1, -1);
    }
    if (error)
        leave(error);
}

static void say_plain(unsigned type)
{
    struct message_plain message = {{(uint16_t)type, sizeof(message), 1}};

    say(&message, sizeof(message), -1);
}

static void say_number(unsigned type, unsigned surface, uint32_t number)
{
    struct message_number message = {{(uint16_t)type, sizeof(message), surface}, number, 0};

    say(&message, sizeof(message), -1);
}

static void say_text(unsigned type, const char *text)
{
    struct message_text message = {.head = {(uint16_t)type, sizeof(message), 1}};

    snprintf(message.text, sizeof(message.text), "%s", text);
    say(&message, sizeof(message), -1);
}

static void paint(uint32_t *pixels, int w, int h)
{
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            int edge = x < 8 || y < 8 || x >= w - 8 || y >= h - 8;

            pixels[y * w + x] = 0xFF000000 | (edge ? (colour >> 1 & 0x7F7F7F) + 0x606060 : colour);
        }
    }
}

/* A new buffer of that size, painted, attached, committed. */
static void draw(int w, int h)
{
    size_t size = (size_t)w * (size_t)h * 4;
    int fd = memfd_create("pixels", MFD_CLOEXEC | MFD_ALLOW_SEALING), lies = strcmp(mode, "lie") == 0;
    struct message_buffer buffer = {{MESSAGE_BUFFER, sizeof(buffer), 0}, ++next_buffer, PIXELS_XRGB, w,
                                    lies ? 8192 : h, w * 4, 0, 0};
    struct message_rect damage = {{MESSAGE_DAMAGE, sizeof(damage), 1}, 0, 0, w, h};
    uint32_t *pixels;

    ftruncate(fd, (off_t)size);
    if (strcmp(mode, "shrink"))
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK);
    pixels = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (pixels == MAP_FAILED)
        exit(3);
    paint(pixels, w, h);
    munmap(pixels, size);
    say(&buffer, sizeof(buffer), fd);
    close(fd);
    say_number(MESSAGE_ATTACH, 1, next_buffer);
    say(&damage, sizeof(damage), -1);
    say_plain(MESSAGE_COMMIT);
    say_number(MESSAGE_BUFFER_END, 0, next_buffer);
    next_buffer %= 60;
    shown_width = w;
    shown_height = h;
}

static void misbehave(void)
{
    static const char garbage[] = "these are no messages at all, but bytes";

    if (strcmp(mode, "hang") == 0) {
        printf("client: hangs\n");
        fflush(stdout);
        for (;;)
            pause();
    }
    if (strcmp(mode, "die") == 0) {
        printf("client: dies\n");
        fflush(stdout);
        kill(getpid(), SIGKILL);
    }
    if (strcmp(mode, "garbage") == 0)
        say(garbage, sizeof(garbage), -1);
    while (strcmp(mode, "flood") == 0)
        say_text(MESSAGE_TITLE, title);
    while (strcmp(mode, "mute") == 0)
        say_plain(MESSAGE_STATS);
}

static void configured(const struct message_configure *configure)
{
    say_number(MESSAGE_ACK, 1, configure->serial);
    if (configure->width == shown_width && configure->height == shown_height)
        return;
    draw(configure->width, configure->height);
    if (!shown)
        printf("client: shown, %d x %d\n", configure->width, configure->height);
    shown = 1;
    fflush(stdout);
}

static void framed(void)
{
    if (shown == 1)
        misbehave();
    shown++;
    if (strcmp(mode, "frames") == 0 && frames-- > 0) {
        colour = colour * 5 + 1;
        draw(shown_width, shown_height);
        if (frames == 0)
            printf("client: all frames\n");
        fflush(stdout);
    }
}

static void take(const union message *message)
{
    switch (message->head.type) {
    case MESSAGE_CONFIGURE:
        configured(&message->configure);
        break;
    case MESSAGE_FRAME:
        framed();
        break;
    case MESSAGE_PING:
        say_number(MESSAGE_PONG, 0, message->number.number);
        break;
    case MESSAGE_KEY:
        if (message->key.value && message->key.text[0])
            printf("client: key %u \"%s\"\n", message->key.code, message->key.text);
        break;
    case MESSAGE_BUTTON:
        printf("client: button %u %u at %d,%d clicks %u\n", message->key.code, message->pointer.value,
               message->pointer.x, message->pointer.y, message->pointer.clicks);
        break;
    case MESSAGE_STATISTICS:
        printf("client: frames %llu pixels %llu busy %llu last %llu\n",
               (unsigned long long)message->statistics.frames, (unsigned long long)message->statistics.pixels,
               (unsigned long long)message->statistics.busy_ns,
               (unsigned long long)message->statistics.last_frame_ns);
        exit(0);
    case MESSAGE_ERROR:
        printf("client: refused: %s\n", message->error.text);
        break;
    case MESSAGE_CLOSE:
        printf("client: closed\n");
        exit(0);
    default:
        break;
    }
    fflush(stdout);
}

static void receive(void)
{
    char bytes[PROTOCOL_BYTES];
    int files[PROTOCOL_FDS], length;
    long got = fastos_channel_receive(channel, bytes, sizeof(bytes), files, PROTOCOL_FDS);
    union message message;

    if (got < 0) {
        printf("client: the channel closed\n");
        exit(2);
    }
    for (long i = 0; i < got >> 32; i++)
        close(files[i]);
    got &= 0xFFFFFFFF;
    for (long at = 0; (length = protocol_next(bytes + at, (size_t)(got - at), 1, &message)) > 0; at += length)
        take(&message);
}

static void take_word(char *word)
{
    char *value = strchr(word, '=');

    if (!value)
        return;
    *value++ = '\0';
    if (strcmp(word, "name") == 0)
        name = value;
    else if (strcmp(word, "title") == 0)
        title = value;
    else if (strcmp(word, "mode") == 0)
        mode = value;
    else if (strcmp(word, "count") == 0)
        frames = atoi(value);
    else if (strcmp(word, "colour") == 0)
        colour = (uint32_t)strtoul(value, NULL, 16);
    else if (strcmp(word, "size") == 0)
        sscanf(value, "%dx%d", &width, &height);
}

int main(int argc, char **argv)
{
    struct message_hello hello = {
        {MESSAGE_HELLO, sizeof(hello), 0}, PROTOCOL_VERSION, (uint32_t)getpid(), ""};
    struct message_surface surface = {{MESSAGE_SURFACE, sizeof(surface), 1}, SURFACE_WINDOW, 0, 0, 0, 0, 0};

    for (int i = 1; i < argc; i++)
        take_word(argv[i]);
    channel = (int)fastos_channel_connect(PROTOCOL_NAME);
    if (channel < 0) {
        printf("client: no server (%s)\n", strerror(-channel));
        return 1;
    }
    snprintf(hello.name, sizeof(hello.name), "%s", name);
    say(&hello, sizeof(hello), -1);
    if (strcmp(mode, "stats") == 0)
        say_plain(MESSAGE_STATS);
    while (strcmp(mode, "stats") == 0)
        receive();
    surface.width = width;
    surface.height = height;
    say(&surface, sizeof(surface), -1);
    say_text(MESSAGE_TITLE, title);
    if (strcmp(mode, "full") == 0)
        say_number(MESSAGE_STATE, 1, STATE_FULLSCREEN);
    say_plain(MESSAGE_COMMIT);
    for (;;)
        receive();
}
