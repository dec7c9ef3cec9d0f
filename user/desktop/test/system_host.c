/* See system_host.h. Channels are sockets that keep messages whole; files go along as SCM_RIGHTS. */
#include "user/desktop/test/system_host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/abi/keys.h"

#define CALLERS  64
#define FRAME_MS 17

static char settings_path[256], windows_path[256], autostart_path[256];
const struct system_paths system_paths = {"tools/root/usr/share/keyboard", "user/desktop/applications",
                                          settings_path, windows_path, "/dev/null", autostart_path};

static struct abi_screen screen;
static uint8_t *pixels;
static uint64_t now_ns;
static int input_ends[2] = {-1, -1}, listen_ends[2] = {-1, -1};
static struct caller {
    int fd;
    uint32_t pid;
} callers[CALLERS];
static unsigned caller_count;
static char log_text[16384], spawned[256];
static uint32_t ended;
static bool idle, asks;

/* ---- the screen -------------------------------------------------------------------------------- */

static void set_colours(unsigned bits)
{
    bool small = bits <= 16;

    screen.blue = (struct abi_colour){0, small ? 5 : 8};
    screen.green = (struct abi_colour){small ? 5 : 8, bits == 16 ? 6 : small ? 5 : 8};
    screen.red = (struct abi_colour){bits == 16 ? 11 : small ? 10 : 16, small ? 5 : 8};
}

static void make_screen(int width, int height, int bits)
{
    screen = (struct abi_screen){.width = (uint32_t)width, .height = (uint32_t)height,
                                 .pitch = (uint32_t)(width * ((bits + 7) / 8)) + 64,
                                 .bits_per_pixel = (uint32_t)bits};
    screen.bytes = (uint64_t)screen.pitch * screen.height;
    set_colours((unsigned)bits);
    pixels = calloc(1, screen.bytes);
}

void host_start(const struct host_screen *wanted, const char *home)
{
    snprintf(settings_path, sizeof(settings_path), "%s/desktop", home);
    snprintf(windows_path, sizeof(windows_path), "%s/windows", home);
    snprintf(autostart_path, sizeof(autostart_path), "%s/autostart", home);
    make_screen(wanted->width, wanted->height, wanted->bits);
    now_ns = 1000000000;
    caller_count = 0;
    log_text[0] = spawned[0] = '\0';
    ended = 0;
}

void host_end(void)
{
    free(pixels);
    pixels = NULL;
    for (int i = 0; i < 2; i++) {
        if (listen_ends[i] >= 0)
            close(listen_ends[i]);
        listen_ends[i] = -1;
    }
    if (input_ends[1] >= 0)
        close(input_ends[1]);
    input_ends[1] = -1;
}

int system_screen(struct abi_screen *info, uint8_t **memory)
{
    *info = screen;
    *memory = pixels;
    return 0;
}

bool system_can_run(const char *path)
{
    return strstr(path, "missing") == NULL;
}

bool system_mode_is_given(void)
{
    return false;
}

bool system_is_plain(void)
{
    return !asks;
}

void host_ask(bool yes)
{
    asks = yes;
}

bool system_is_first(void)
{
    return true;
}

/* This card knows widths that are multiples of 8, up to 1920. */
int system_set_mode(const struct abi_screen_mode *mode, struct abi_screen *info, uint8_t **memory)
{
    bool known = mode->width % 8 == 0 && mode->width <= 1920;

    if (known) {
        free(pixels);
        make_screen((int)mode->width, (int)mode->height, (int)mode->bits_per_pixel);
    }
    *info = screen;
    *memory = pixels;
    return known ? 0 : -EINVAL;
}

static uint32_t part(uint32_t pixel, struct abi_colour colour)
{
    uint32_t most = (1u << colour.bits) - 1, value = pixel >> colour.position & most;

    return (value * 255 + most / 2) / most;
}

uint32_t host_pixel(int x, int y)
{
    unsigned bytes = (screen.bits_per_pixel + 7) / 8;
    uint32_t pixel = 0;

    memcpy(&pixel, pixels + (size_t)y * screen.pitch + (size_t)x * bytes, bytes);
    return 0xFF000000 | part(pixel, screen.red) << 16 | part(pixel, screen.green) << 8 |
           part(pixel, screen.blue);
}

const uint8_t *host_screen_bytes(size_t *size)
{
    *size = screen.bytes;
    return pixels;
}

/* ---- time -------------------------------------------------------------------------------------- */

uint64_t system_now_ns(void)
{
    return now_ns;
}

uint64_t host_now_ns(void)
{
    return now_ns;
}

void host_pass(uint64_t ns)
{
    now_ns += ns;
}

/* Monday, 23 November 2026, 20:44. */
time_t system_time(void)
{
    return 1795466640 + (time_t)(now_ns / 1000000000);
}

/* The time until the next frame passes by waiting; a longer one is the test's to let pass. */
int system_wait(struct pollfd files[], unsigned count, int timeout_ms)
{
    int ready = poll(files, count, 0);

    idle = ready == 0 && timeout_ms > FRAME_MS;
    if (ready == 0 && !idle)
        now_ns += (uint64_t)timeout_ms * 1000000;
    return ready;
}

bool host_is_idle(void)
{
    return idle;
}

/* ---- input ------------------------------------------------------------------------------------- */

int system_input(void)
{
    if (pipe2(input_ends, O_NONBLOCK))
        return -errno;
    return input_ends[0];
}

int system_read_input(int fd, struct abi_input_event *events, unsigned most)
{
    ssize_t got = read(fd, events, most * sizeof(*events));

    return got > 0 ? (int)((size_t)got / sizeof(*events)) : 0;
}

int system_keys_held(int fd, struct abi_input_keys *keys)
{
    (void)fd;
    memset(keys, 0, sizeof(*keys));
    return 0;
}

static void put(unsigned type, unsigned code, int value)
{
    struct abi_input_event event = {now_ns, (uint16_t)type, (uint16_t)code, value};

    if (write(input_ends[1], &event, sizeof(event)) != (ssize_t)sizeof(event))
        abort();
}

static void report(void)
{
    put(INPUT_SYNC, INPUT_REPORT, 0);
}

void host_key(unsigned code, int value)
{
    put(INPUT_KEY, code, value);
}

void host_press(unsigned code)
{
    host_key(code, INPUT_PRESSED);
    host_key(code, INPUT_RELEASED);
}

/* As the tablet has it: of the whole screen, in 65536ths, in the middle of the pixel. */
void host_point(int x, int y)
{
    put(INPUT_POSITION, INPUT_X, (int)(((long)x * 65536 + 32768) / (long)screen.width));
    put(INPUT_POSITION, INPUT_Y, (int)(((long)y * 65536 + 32768) / (long)screen.height));
    report();
}

void host_move(int dx, int dy)
{
    put(INPUT_MOTION, INPUT_X, dx);
    put(INPUT_MOTION, INPUT_Y, dy);
    report();
}

void host_button(unsigned code, bool pressed)
{
    put(INPUT_BUTTON, code, pressed);
    report();
}

void host_wheel(int notches)
{
    put(INPUT_WHEEL, INPUT_Y, notches);
    report();
}

void host_lose_input(void)
{
    put(INPUT_SYNC, INPUT_LOST, 1);
}

/* ---- channels ---------------------------------------------------------------------------------- */

int system_listen(void)
{
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, listen_ends) ? -errno : dup(listen_ends[0]);
}

int host_connect(uint32_t pid)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends) || caller_count == CALLERS)
        abort();
    callers[caller_count++] = (struct caller){ends[0], pid};
    if (write(listen_ends[1], "c", 1) != 1)
        abort();
    return ends[1];
}

int system_accept(int listener, uint32_t *pid)
{
    char byte;
    struct caller caller;

    if (read(listener, &byte, 1) != 1)
        return -EAGAIN;
    caller = callers[0];
    memmove(callers, callers + 1, --caller_count * sizeof(callers[0]));
    *pid = caller.pid;
    return caller.fd;
}

union control {
    struct cmsghdr head;
    char room[CMSG_SPACE(16 * sizeof(int))];
};

int system_send(int fd, const void *bytes, size_t size, const int files[], unsigned count)
{
    union control control = {.room = {0}};
    struct iovec part = {(void *)bytes, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (count) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        control.head = (struct cmsghdr){CMSG_LEN(count * sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.head), files, count * sizeof(int));
    }
    if (sendmsg(fd, &message, MSG_NOSIGNAL) >= 0)
        return 0;
    return errno == EAGAIN || errno == ENOBUFS ? -EAGAIN : -EPIPE;
}

int system_receive(int fd, void *bytes, size_t room, int files[], unsigned most, unsigned *count)
{
    union control control;
    struct iovec part = {bytes, room};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
                             .msg_controllen = CMSG_SPACE(most * sizeof(int))};
    ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    struct cmsghdr *head;

    *count = 0;
    if (got < 0)
        return errno == EAGAIN ? -EAGAIN : -EPIPE;
    if (got == 0)
        return -EPIPE;
    head = CMSG_FIRSTHDR(&message);
    if (head && head->cmsg_type == SCM_RIGHTS) {
        *count = (unsigned)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(files, CMSG_DATA(head), *count * sizeof(int));
    }
    return message.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ? -EMSGSIZE : (int)got;
}

/* ---- processes --------------------------------------------------------------------------------- */

int system_spawn(char *const words[])
{
    spawned[0] = '\0';
    for (int i = 0; words[i]; i++) {
        size_t used = strlen(spawned);

        snprintf(spawned + used, sizeof(spawned) - used, i ? " %s" : "%s", words[i]);
    }
    return 100;
}

const char *host_spawned(void)
{
    return spawned;
}

void system_end(uint32_t pid)
{
    ended = pid;
}

uint32_t host_ended(void)
{
    return ended;
}

void system_reap(void)
{
}

void system_log(const char *line)
{
    size_t used = strlen(log_text);

    snprintf(log_text + used, sizeof(log_text) - used, "%s\n", line);
}

const char *host_log(void)
{
    return log_text;
}
