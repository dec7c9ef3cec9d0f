/* Fuzz the desktop's whole server. The input says what several clients do, two bytes a step: they come, say
   bursts of messages that make sense but for a few that lie (dice from the second byte), flood, send bytes as
   they are, read or do not, change memory that is shown, go in the middle; and what the user does meanwhile.
   One more client behaves. What must hold: the server lives and comes to rest, the good one is served, and
   nothing of the others stays. The last line says how many messages that were. */
/* links: user/desktop/desktop_host.a */
/* options: -max_len=512 -len_control=0 -rss_limit_mb=2048 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "lib/abi/keys.h"
#include "tests/fuzz/fuzz.h"
#include "user/desktop/client.h"
#include "user/desktop/scene.h"
#include "user/desktop/settings.h"
#include "user/desktop/test/peer.h"
#include "user/desktop/test/system_host.h"
#include "user/desktop/turn.h"

#define BAD        6u
#define NUMBERS    8u      /* of a client's surfaces and buffers: 1 … */
#define FILE_BYTES 131072u
#define REST       3000    /* turns, in which the server comes to rest */

/* What it believes that the server has of it. */
struct bad {
    int fd; /* -1: it is not there */
    uint8_t kinds[NUMBERS + 1], parents[NUMBERS + 1];
    bool surfaces[NUMBERS + 1], buffers[NUMBERS + 1];
};

static char home[] = "/tmp/protocol_fuzz.XXXXXX";
static struct bad clients[BAD];
static struct peer good;
static int files[8], files_before;
static uint64_t said, began;
static uint32_t state = 1;

static uint32_t dice(uint32_t sides)
{
    state ^= state << 13, state ^= state >> 17, state ^= state << 5;
    return state % sides;
}

/* ---- the start ------------------------------------------------------------------------------------- */

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void tell(void)
{
    uint64_t ms = now_ms() - began + 1;

    fprintf(stderr, "%llu messages, %llu a second\n", (unsigned long long)said,
            (unsigned long long)(said * 1000 / ms));
}

static int files_open(void)
{
    int count = 0;

    for (int fd = 0; fd < 1024; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* Good memory; too little of it; not sealed; sealed otherwise; no memory at all. */
static void make_files(void)
{
    int ends[2];

    must(pipe(ends) == 0);
    files[0] = peer_memory(FILE_BYTES, 0xFF123456);
    files[1] = peer_memory(FILE_BYTES, 0x80563412);
    files[2] = peer_memory(4096, 0);
    files[3] = memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    files[4] = memfd_create("growing", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    must(ftruncate(files[3], FILE_BYTES) == 0 && ftruncate(files[4], FILE_BYTES) == 0);
    must(fcntl(files[4], F_ADD_SEALS, F_SEAL_GROW) == 0);
    files[5] = ends[0];
    files[6] = open("/dev/zero", O_RDWR | O_CLOEXEC);
    files[7] = open("/tmp", O_RDONLY | O_CLOEXEC);
}

static void start(void)
{
    const struct host_screen screen = {320, 240, 32};

    must(mkdtemp(home) != NULL);
    font_folder("build/fonts");
    theme_folder("user/draw/themes");
    host_start(&screen, home);
    make_files();
    must(desktop_start() == 0);
    for (unsigned i = 0; i < BAD; i++)
        clients[i].fd = -1;
    began = now_ms();
    atexit(tell);
}

static void settle(void)
{
    int turns = 0;

    do
        desktop_turn();
    while (!host_is_idle() && ++turns < REST);
    must(turns < REST);
}

/* ---- a message ------------------------------------------------------------------------------------- */

static const uint8_t usual[] = {
    MESSAGE_SURFACE,       MESSAGE_SURFACE,  MESSAGE_BUFFER,     MESSAGE_BUFFER,        MESSAGE_BUFFER_END,
    MESSAGE_ATTACH,        MESSAGE_ATTACH,   MESSAGE_ATTACH,     MESSAGE_DAMAGE,        MESSAGE_DAMAGE,
    MESSAGE_OPAQUE,        MESSAGE_SCROLL,   MESSAGE_COMMIT,     MESSAGE_COMMIT,        MESSAGE_COMMIT,
    MESSAGE_COMMIT,        MESSAGE_ACK,      MESSAGE_TITLE,      MESSAGE_ICON,          MESSAGE_LIMITS,
    MESSAGE_POINTER_SHAPE, MESSAGE_PONG,     MESSAGE_STATS,      MESSAGE_CLIPBOARD_GET, MESSAGE_DRAG,
};
static const uint8_t rare[] = {MESSAGE_SURFACE_END, MESSAGE_STATE,   MESSAGE_CLIPBOARD_SET,
                               MESSAGE_NOTIFY,      MESSAGE_CAPTURE, MESSAGE_SET};

/* One that is there (or not), from a place by chance on; 0: none is. */
static unsigned pick(const bool have[], bool wanted)
{
    unsigned from = dice(NUMBERS);

    for (unsigned i = 0; i < NUMBERS; i++) {
        if (have[(from + i) % NUMBERS + 1] == wanted)
            return (from + i) % NUMBERS + 1;
    }
    return 0;
}

static void make_surface(struct bad *client, struct message_surface *surface)
{
    unsigned number = pick(client->surfaces, false), parent = pick(client->surfaces, true);
    unsigned kind = parent ? dice(4) % 3 : SURFACE_WINDOW;

    surface->head.surface = number;
    surface->kind = kind;
    surface->parent = kind == SURFACE_WINDOW ? 0 : parent;
    client->surfaces[number] = number != 0;
    client->kinds[number] = (uint8_t)kind;
    client->parents[number] = (uint8_t)surface->parent;
}

static void make_buffer(struct bad *client, struct message_buffer *buffer)
{
    buffer->buffer = pick(client->buffers, false);
    buffer->format = dice(2);
    buffer->width = 1 + (int)dice(160);
    buffer->height = 1 + (int)dice(128);
    buffer->stride = buffer->width * 4 + 4 * (int)dice(20);
    buffer->offset = 4 * dice(100);
    client->buffers[buffer->buffer] = buffer->buffer != 0;
}

static void forget_surface(struct bad *client, unsigned number)
{
    client->surfaces[number] = false;
    for (unsigned i = 1; i <= NUMBERS && number; i++) {
        if (client->surfaces[i] && client->parents[i] == number)
            forget_surface(client, i);
    }
}

static void make_text(struct message_text *text)
{
    static const char *const known[] = {"theme=light", "theme=dark", "scale=150",   "scale=100",
                                        "layout=es",   "sticky=1",   "language=es", "wallpaper=plain"};

    if (text->head.type == MESSAGE_SET)
        strcpy(text->text, known[dice(8)]);
    else
        memset(text->text, (int)dice(256), dice(40));
}

/* Fields that a server takes, most of them. */
static void make_fields(struct bad *client, union message *message)
{
    switch (message->head.type) {
    case MESSAGE_SURFACE:
        make_surface(client, &message->surface);
        break;
    case MESSAGE_BUFFER:
        make_buffer(client, &message->buffer);
        break;
    case MESSAGE_BUFFER_END:
        message->number.number = pick(client->buffers, true);
        client->buffers[message->number.number] = false;
        break;
    case MESSAGE_ATTACH:
        message->number.number = dice(16) ? pick(client->buffers, true) : 0;
        break;
    case MESSAGE_SURFACE_END:
        forget_surface(client, message->head.surface);
        break;
    case MESSAGE_STATE:
    case MESSAGE_CAPTURE:
        message->number.number = dice(4);
        break;
    case MESSAGE_TITLE:
    case MESSAGE_ICON:
    case MESSAGE_SET:
        make_text(&message->text);
        break;
    case MESSAGE_CLIPBOARD_SET:
    case MESSAGE_CLIPBOARD_GET:
    case MESSAGE_DRAG:
        strcpy(message->data.type, dice(2) ? TYPE_TEXT : TYPE_URIS);
        message->data.size = dice(3) * 1000;
        break;
    }
}

static bool would_be_refused(const struct bad *client, const union message *message)
{
    unsigned type = message->head.type, surface = message->head.surface;

    if (type == MESSAGE_STATE)
        return surface == 0 || client->kinds[surface] == SURFACE_POPUP;
    if (type == MESSAGE_BUFFER_END)
        return pick(client->buffers, true) == 0;
    return type == MESSAGE_SURFACE ? pick(client->surfaces, false) == 0
                                   : type == MESSAGE_BUFFER && pick(client->buffers, false) == 0;
}

/* A number where there was another. */
static void lie(union message *message)
{
    static const uint32_t lies[] = {0, 1, 0xFFFFFFFF, 0x80000000, 0x7FFFFFFF, 8192, 8193, 65535, 64, 33};
    uint32_t value = dice(2) ? lies[dice(10)] : dice(0xFFFFFFFF);
    unsigned words = message->head.size / 4u;

    memcpy((uint8_t *)message + 4 * (dice(8) ? 1 + dice(words - 1) : 0), &value, sizeof(value));
}

/* One of them behind `at`: its size. *file: what goes along, -1: nothing. */
static size_t make(struct bad *client, uint8_t *at, int *file)
{
    union message message;
    size_t size;

    memset(&message, 0, sizeof(message));
    do
        message.head.type = dice(40) ? usual[dice(sizeof(usual))] : rare[dice(sizeof(rare))];
    while (message.head.surface = pick(client->surfaces, true), would_be_refused(client, &message));
    size = protocol_size(message.head.type);
    message.head.size = (uint16_t)size;
    for (size_t word = 2; word < size / 4 && word < 10; word++)
        ((uint32_t *)&message)[word] = dice(300);
    make_fields(client, &message);
    *file = !protocol_fds(&message) ? -1 : files[dice(50) ? dice(2) : 2 + dice(6)];
    if (dice(300) == 0)
        lie(&message);
    memcpy(at, &message, size);
    return size;
}

/* ---- what clients do ------------------------------------------------------------------------------- */

static void leave(struct bad *client)
{
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
}

static void read_all(struct bad *client)
{
    uint8_t bytes[PROTOCOL_BYTES];
    int came[PROTOCOL_FDS];
    unsigned count;
    int fd = client->fd;

    while (fd >= 0 && system_receive(fd, bytes, sizeof(bytes), came, PROTOCOL_FDS, &count) > 0) {
        while (count)
            close(came[--count]);
    }
}

/* false: the server takes no more, or threw it out. */
static bool send_parcel(struct bad *client, const void *bytes, size_t size, const int with[], unsigned count)
{
    int error = system_send(client->fd, bytes, size, with, count);

    if (error && error != -EAGAIN)
        leave(client);
    return error == 0;
}

static void come(struct bad *client)
{
    struct message_hello hello = {
        .head = {MESSAGE_HELLO, sizeof(hello), 0}, .version = PROTOCOL_VERSION + !dice(50), .name = "bad"};

    *client = (struct bad){.fd = host_connect(7)};
    send_parcel(client, &hello, sizeof(hello), NULL, 0);
}

static bool say_burst(struct bad *client)
{
    uint8_t bytes[PROTOCOL_BYTES];
    int with[PROTOCOL_FDS];
    unsigned count = 0, messages = 0;
    size_t size = 0;

    while (size + sizeof(union message) <= sizeof(bytes) && count < PROTOCOL_FDS && messages < 100) {
        size += make(client, bytes + size, &with[count]);
        count += with[count] >= 0;
        messages++;
    }
    said += messages;
    return send_parcel(client, bytes, size, with, count);
}

/* Memory that may be on the screen: other pixels, a hole; those that are not sealed shrink. */
static void change_memory(void)
{
    uint32_t pixel = dice(0xFFFFFFFF);
    off_t at = dice(FILE_BYTES / 4) * 4;

    must(pwrite(files[dice(2)], &pixel, sizeof(pixel), at) == sizeof(pixel));
    must(fallocate(files[1], FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, 4096) == 0);
    must(ftruncate(files[0], 4096) < 0 && errno == EPERM);
    must(ftruncate(files[3 + dice(2)], dice(FILE_BYTES)) == 0 || errno == EPERM);
}

static void use(void)
{
    host_point((int)dice(320), (int)dice(240));
    host_button(BUTTON_LEFT + dice(3), dice(2));
    if (dice(2))
        host_press(1 + dice(127));
    if (dice(4) == 0)
        host_key(dice(2) ? KEY_LEFTMETA : KEY_LEFTALT, (int)dice(2));
    if (dice(4) == 0)
        host_wheel((int)dice(7) - 3);
}

/* What the byte says; what follows it are bytes as they are, for one of them. */
static void step(struct bad *client, unsigned what, const uint8_t *bytes, size_t left)
{
    switch (what) {
    case 0:
        leave(client);
        break;
    case 1:
        send_parcel(client, bytes, left < 64 ? left : 64, NULL, 0);
        break;
    case 2:
        change_memory();
        break;
    case 3:
    case 4:
        use();
        break;
    case 5:
        host_pass((uint64_t)dice(2000) * 1000000);
        break;
    case 6:
        for (unsigned i = 0; i < 40 && client->fd >= 0 && say_burst(client);)
            i++;
        break;
    default:
        say_burst(client);
        if (dice(8))
            read_all(client);
    }
}

/* ---- an input -------------------------------------------------------------------------------------- */

static void leave_things_in_order(void)
{
    static const uint16_t held[] = {KEY_LEFTMETA, KEY_LEFTALT};

    for (unsigned i = 0; i < 3; i++)
        host_button(BUTTON_LEFT + i, false);
    for (unsigned i = 0; i < 2; i++)
        host_key(held[i], INPUT_RELEASED);
    host_press(KEY_ESC);
}

/* The good one is still there and hears what it asks for. */
static void check_good(void)
{
    peer_plain(&good, MESSAGE_STATS, 0);
    must(peer_wait(&good, MESSAGE_STATISTICS) != NULL && !good.closed);
    peer_end(&good);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static int started;

    if (!started++)
        start();
    peer_start(&good, "good", 5);
    peer_window(&good, 1, 60, 40, 0xFF0000FF);
    for (size_t at = 0; at + 1 < size; at += 2) {
        struct bad *client = &clients[bytes[at] / 16 % BAD];

        state = state * 69069 + bytes[at + 1] + 1, state += state == 0;
        if (client->fd < 0)
            come(client);
        step(client, bytes[at] % 16, bytes + at + 2, size - at - 2);
        desktop_turn();
        peer_forget(&good);
    }
    leave_things_in_order();
    settle();
    check_good();
    for (unsigned i = 0; i < BAD; i++)
        leave(&clients[i]);
    settle();
    must(client_count() == 0 && scene_window(0) == NULL && scene_popup(0) == NULL);
    files_before = files_before ? files_before : files_open();
    must(files_open() <= files_before + 8); /* of what was copied */
    state = 1;
    return 0;
}
