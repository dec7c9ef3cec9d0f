/*
 * /dev/fb0 and /dev/input. Without a word: what needs nobody outside. `screen`: draws, and leaves it
 * there until a line comes; `keys`: says what is pressed; `mouse`: and what a mouse does; `grab`: takes the
 * keyboard for itself until Escape; `none`: there is no framebuffer.
 */
#include "user/tests/lib/test.h"

#include "lib/abi/input.h"
#include "lib/abi/keyboard.h"
#include "lib/abi/keys.h"
#include "lib/abi/screen.h"

#define RW (PROT_READ | PROT_WRITE)

static struct abi_screen screen;

static long open_(const char *path, unsigned flags)
{
    return fastos_open(path, flags);
}

static void *map(long fd, size_t size, unsigned protection, unsigned flags, long offset)
{
    return (void *)fastos_mmap_file(NULL, size, protection, flags, (int)fd, offset);
}

static size_t pixel_bytes(void)
{
    return (screen.bits_per_pixel + 7) / 8;
}

static uint32_t pixel(uint32_t red, uint32_t green, uint32_t blue)
{
    return red >> (8 - screen.red.bits) << screen.red.position
           | green >> (8 - screen.green.bits) << screen.green.position
           | blue >> (8 - screen.blue.bits) << screen.blue.position;
}

static void put(unsigned char *line, size_t x, uint32_t value)
{
    for (size_t i = 0; i < pixel_bytes(); i++)
        line[x * pixel_bytes() + i] = (unsigned char)(value >> 8 * i);
}

/* ---- the screen ------------------------------------------------------------------------------ */

static void geometry(long fd)
{
    expect_is(fastos_ioctl((int)fd, SCREEN_INFO, &screen), 0);
    expect(screen.width >= 320 && screen.height >= 200);
    expect(screen.pitch >= screen.width * pixel_bytes());
    expect_is(screen.bytes, (uint64_t)screen.pitch * screen.height);
    expect(screen.red.bits >= 5 && screen.green.bits >= 5 && screen.blue.bits >= 5);
    expect_is(fastos_ioctl((int)fd, SCREEN_INFO, NULL), -EFAULT);
    expect_is(fastos_ioctl((int)fd, SCREEN_INFO, (void *)0xffff800000000000), -EFAULT);
    expect_is(fastos_ioctl((int)fd, 77, &screen), -ENOTTY);
}

static void positions(int fd)
{
    unsigned char line[64] = {0x5a, 1, 2, 3}, back[64] = {0};
    long end = (long)screen.bytes;

    expect_is(fastos_lseek(fd, 0, SEEK_END), end);
    expect_is(fastos_read(fd, back, 64), 0);
    expect_is(fastos_write(fd, line, 64), -ENOSPC);
    expect_is(fastos_lseek(fd, -10, SEEK_END), end - 10);
    expect_is(fastos_write(fd, line, 64), 10);
    expect_is(fastos_lseek(fd, -10, SEEK_CUR), end - 10);
    expect_is(fastos_read(fd, back, 64), 10);
    expect_is(memcmp(line, back, 10), 0);
    expect_is(fastos_lseek(fd, -1, SEEK_SET), -EINVAL);
    expect_is(fastos_lseek(fd, INT64_MAX, SEEK_END), -EOVERFLOW);
    expect_is(fastos_pwrite(fd, line, 64, INT64_MAX - 64), -ENOSPC);
    expect_is(fastos_pread(fd, back, 64, INT64_MAX - 64), 0);
    expect_is(fastos_pwrite(fd, line, 64, -1), -EINVAL);
    expect_is(fastos_pwrite(fd, (void *)16, 64, 0), -EFAULT);
    expect_is(fastos_pread(fd, (void *)0xffff800000000000, 64, 0), -EFAULT);
    expect(fastos_pwrite(fd, (void *)0x7ffffffff000, -1ul >> 1, 0) < 0);
}

static void bad_mappings(int fd)
{
    long pages = (long)((screen.bytes + PAGE - 1) / PAGE), reader = open_("/dev/fb0", O_RDONLY);
    long writer = open_("/dev/fb0", O_WRONLY);

    expect_is(map(fd, PAGE, RW, MAP_PRIVATE, 0), -EINVAL);
    expect_is(map(fd, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, 0), -EACCES);
    expect_is(map(fd, PAGE, RW | PROT_EXEC, MAP_SHARED, 0), -EINVAL);
    expect_is(map(fd, PAGE, RW, MAP_SHARED, pages * (long)PAGE), -ENXIO);
    expect_is(map(fd, 2 * PAGE, RW, MAP_SHARED, (pages - 1) * (long)PAGE), -ENXIO);
    expect_is(map(fd, screen.bytes + PAGE, RW, MAP_SHARED, 0), -ENXIO);
    expect_is(map(fd, 1ul << 46, RW, MAP_SHARED, 0), -ENXIO);
    expect_is(map(fd, -1ul, RW, MAP_SHARED, 0), -ENOMEM);
    expect_is(map(fd, PAGE, RW, MAP_SHARED, 1), -EINVAL);
    expect_is(map(fd, PAGE, RW, MAP_SHARED, -(long)PAGE), -EINVAL);
    expect_is(map(fd, PAGE, RW, MAP_SHARED, INT64_MAX & ~(PAGE - 1)), -EOVERFLOW);
    expect_is(map(fd, 0, RW, MAP_SHARED, 0), -EINVAL);
    expect_is(map(reader, PAGE, RW, MAP_SHARED, 0), -EACCES);
    expect_is(map(writer, PAGE, PROT_READ, MAP_SHARED, 0), -EACCES);
    expect_is(fastos_write((int)reader, "", 1), -EBADF);
    expect_is(fastos_close((int)reader), 0);
    expect_is(fastos_close((int)writer), 0);
}

static int write_it(void *at)
{
    *(volatile unsigned char *)at = 0x77;
    return 0;
}

static int read_it(void *at)
{
    return *(volatile unsigned char *)at;
}

static int run_it(void *at)
{
    ((void (*)(void))at)();
    return 0;
}

/* Rights come and go, and the page stays the device's. */
static void rights(int fd)
{
    unsigned char *at = map(fd, 64 * PAGE, RW, MAP_SHARED, 0), there = 0;

    for (int i = 0; i < 64; i++)
        at[i * (long)PAGE] = (unsigned char)i;
    expect_is(fastos_mprotect(at + PAGE, PAGE, PROT_READ), 0);
    expect_is(status_of(write_it, at + PAGE), 128 + SIGSEGV);
    expect_is(status_of(read_it, at + PAGE), 1);
    expect_is(fastos_mprotect(at + PAGE, PAGE, PROT_READ | PROT_EXEC), -EACCES);
    expect_is(fastos_mprotect(at, 64 * PAGE, PROT_EXEC), -EACCES);
    expect_is(status_of(run_it, at), 128 + SIGSEGV);
    expect_is(fastos_mprotect(at + PAGE, PAGE, PROT_NONE), 0);
    expect_is(status_of(read_it, at + PAGE), 128 + SIGSEGV);
    expect_is(fastos_mprotect(at, 64 * PAGE, RW), 0);
    expect_is(status_of(write_it, at + PAGE), 0);
    expect_is(at[PAGE], 0x77);
    expect_is(fastos_pread(fd, &there, 1, PAGE), 1);
    expect_is(there, 0x77);
    expect_is(fastos_munmap(at + 3 * PAGE, 5 * PAGE), 0);
    expect_is(status_of(read_it, at + 3 * PAGE), 128 + SIGSEGV);
    expect_is(at[8 * PAGE], 8);
    expect_is(fastos_msync(at, PAGE, MS_SYNC), 0);
    expect_is(fastos_munmap(at, 64 * PAGE), 0);
}

/* Two mappings, a file and a child are one memory; it outlives the file. */
static void one_memory(void)
{
    int fd = (int)open_("/dev/fb0", O_RDWR);
    unsigned char *first = map(fd, screen.bytes, RW, MAP_SHARED, 0);
    unsigned char *second = map(fd, PAGE, RW, MAP_SHARED, 4 * PAGE);
    unsigned char there = 0;

    first[4 * PAGE + 5] = 0x11;
    expect_is(second[5], 0x11);
    second[6] = 0x22;
    expect_is(first[4 * PAGE + 6], 0x22);
    expect_is(fastos_pread(fd, &there, 1, 4 * PAGE + 6), 1);
    expect_is(there, 0x22);
    expect_is(status_of(write_it, first + 4 * PAGE + 7), 0); /* there before the fork */
    expect_is(second[7], 0x77);
    expect_is(status_of(write_it, first + 90 * PAGE), 0); /* not yet */
    expect_is(first[90 * PAGE], 0x77);
    expect_is(fastos_pread(fd, first + 10, 20, 100), 20); /* onto itself */
    expect_is(fastos_pwrite(fd, first + 10, 20, 5000), 20);
    expect_is(fastos_close(fd), 0);
    first[screen.bytes - 1] = 0x33;
    expect_is(first[screen.bytes - 1], 0x33);
    expect_is(fastos_munmap(second, PAGE), 0);
    expect_is(fastos_munmap(first, screen.bytes), 0);
}

static long free_kilobytes(void)
{
    char text[512] = {0};
    int fd = (int)open_("/proc/meminfo", O_RDONLY);
    long size = fastos_read(fd, text, sizeof(text) - 1), number = 0;

    fastos_close(fd);
    for (long i = 0; i + 8 < size; i++) {
        if (memcmp(text + i, "MemFree:", 8))
            continue;
        for (i += 8; text[i] != '\n'; i++)
            if (text[i] >= '0' && text[i] <= '9')
                number = number * 10 + text[i] - '0';
    }
    return number;
}

/* All pages of it, in a child that dies with them, of itself or killed. */
static int touch_all(void *kill)
{
    int fd = (int)open_("/dev/fb0", O_RDWR);
    unsigned char *at = map(fd, screen.bytes, RW, MAP_SHARED, 0);

    for (size_t i = 0; i < screen.bytes; i += PAGE)
        at[i] = 0x44;
    if (kill) {
        long child = fastos_fork();

        if (child == 0)
            fastos_exit(at[0] == 0x44 ? 0 : 1);
        fastos_kill(fastos_getpid(), SIGKILL);
    }
    return 0;
}

static void nothing_is_left_behind(void)
{
    long before = 0, grown;

    for (int round = 0; round < 72; round++) {
        if (round == 8)
            before = free_kilobytes();
        expect_is(status_of(touch_all, NULL), 0);
        expect_is(status_of(touch_all, &screen), 128 + SIGKILL);
        while (fastos_wait(-1) >= 0) /* its orphan, when this is the first process */
            ;
    }
    /* One frame a round would be 256; the kernel's own caches breathe. */
    grown = free_kilobytes() - before;
    if (!expect(grown > -200 && grown < 200))
        line("grown", grown);
}

/* A square by a mapping, one by write: for a look from outside. */
static void draw(int fd)
{
    unsigned char *at = map(fd, screen.bytes, RW, MAP_SHARED, 0), line[64 * 4];

    for (size_t y = 0; y < screen.height; y++)
        for (size_t x = 0; x < screen.width; x++)
            put(at + y * screen.pitch, x, pixel(0, 0, 255));
    for (size_t y = 0; y < 64; y++)
        for (size_t x = 0; x < 64; x++)
            put(at + y * screen.pitch, x, pixel(255, 0, 0));
    for (size_t x = 0; x < 64; x++)
        put(line, x, pixel(0, 255, 0));
    for (size_t y = 64; y < 128; y++)
        expect_is(fastos_pwrite(fd, line, 64 * pixel_bytes(),
                                (long)(y * screen.pitch + 64 * pixel_bytes())),
                  64 * pixel_bytes());
}

static int wait_for_line(void)
{
    char typed[64];

    expect(fastos_read(0, typed, sizeof(typed)) > 0);
    return 0;
}

static int show(void)
{
    int fd = (int)open_("/dev/fb0", O_RDWR);

    if (!expect(fd >= 0))
        return 1;
    geometry(fd);
    draw(fd);
    expect_is(fastos_close(fd), 0); /* mapped still */
    print("drawn\n");
    return wait_for_line();
}

static void screens(void)
{
    int fd = (int)open_("/dev/fb0", O_RDWR);
    struct abi_stat stat;

    if (!expect(fd >= 0))
        return;
    expect_is(fastos_fstat(fd, &stat), 0);
    expect_is(stat.mode, S_IFCHR | 0600);
    geometry(fd);
    positions(fd);
    bad_mappings(fd);
    rights(fd);
    expect_is(fastos_close(fd), 0);
    one_memory();
    nothing_is_left_behind();
}

/* ---- input ----------------------------------------------------------------------------------- */

static void layouts(int fd)
{
    static struct abi_layout layout;

    expect_is(fastos_ioctl(fd, INPUT_SET_LAYOUT, NULL), -EFAULT);
    expect_is(fastos_ioctl(fd, INPUT_GET_LAYOUT, NULL), -EFAULT);
    expect_is(fastos_ioctl(fd, INPUT_SET_LAYOUT, (void *)0xffff800000000000), -EFAULT);
    expect_is(fastos_ioctl(fd, INPUT_GET_LAYOUT, &layout), 0);
    expect(equal(layout.name, "us") && layout.characters[2][LAYOUT_SHIFT] == '!');
    expect_is(fastos_ioctl(fd, INPUT_SET_LAYOUT, &layout), 0);
    layout.characters[LAYOUT_KEYS - 1][LAYOUT_ALTGR_SHIFT] = DEAD_FIRST + DEAD_KINDS;
    expect_is(fastos_ioctl(fd, INPUT_SET_LAYOUT, &layout), -EINVAL);
}

static void inputs_without_keys(void)
{
    int fd = (int)open_("/dev/input", O_RDWR | O_NONBLOCK), other = (int)open_("/dev/input", O_RDONLY);
    struct abi_pollfd polled = {fd, POLLIN, 0};
    struct abi_timespec soon = {0, 1000000};
    struct abi_input_event event;
    struct abi_input_keys keys;
    int bytes = 1;

    if (!expect(fd >= 0 && other >= 0))
        return;
    expect_is(fastos_read(fd, &event, sizeof(event)), -EAGAIN);
    expect_is(fastos_read(fd, &event, sizeof(event) - 1), -EINVAL);
    expect_is(fastos_read(fd, &event, 0), -EINVAL);
    expect_is(fastos_write(fd, &event, sizeof(event)), -EINVAL);
    expect_is(fastos_lseek(fd, 0, SEEK_SET), -ESPIPE);
    expect_is(map(fd, PAGE, RW, MAP_SHARED, 0), -ENODEV);
    expect_is(fastos_poll(&polled, 1, &soon, NULL), 0);
    expect_is(fastos_ioctl(fd, INPUT_BYTES, &bytes), 0);
    expect_is(bytes, 0);
    expect_is(fastos_ioctl(fd, INPUT_KEYS, &keys), 0);
    expect_is(fastos_ioctl(fd, INPUT_KEYS, NULL), -EFAULT);
    expect_is(fastos_ioctl(fd, 77, NULL), -ENOTTY);
    layouts(fd);
    expect_is(fastos_ioctl(fd, INPUT_GRAB, (void *)1), 0);
    expect_is(fastos_ioctl(fd, INPUT_GRAB, (void *)1), 0);
    expect_is(fastos_ioctl(other, INPUT_GRAB, (void *)1), -EBUSY);
    expect_is(fastos_ioctl(other, INPUT_GRAB, NULL), 0); /* not its own: nothing */
    expect_is(fastos_ioctl(other, INPUT_GRAB, (void *)1), -EBUSY);
    expect_is(fastos_close(fd), 0);
    expect_is(fastos_ioctl(other, INPUT_GRAB, (void *)1), 0);
    expect_is(fastos_close(other), 0);
}

static void say(const struct abi_input_event *event)
{
    static const char *const values[] = {"released", "pressed", "repeated"};

    if (event->type == INPUT_SYNC && event->code == INPUT_LOST)
        line("lost", event->value);
    if (event->type != INPUT_KEY || event->value < 0 || event->value > 2)
        return;
    /* In one write, for an echo may come between two. */
    char text[32] = {(char)('0' + event->code / 100), (char)('0' + event->code / 10 % 10),
                     (char)('0' + event->code % 10), ' '};
    size_t size = length(values[event->value]);

    memcpy(text + 4, values[event->value], size);
    text[4 + size] = '\n';
    fastos_write(1, text, 5 + size);
}

/* What a mouse does. */
static void say_mouse(const struct abi_input_event *event)
{
    static const char *const names[][2] = {
        [INPUT_MOTION] = {"motion x", "motion y"},
        [INPUT_POSITION] = {"position x", "position y"},
        [INPUT_WHEEL] = {"wheel x", "wheel y"},
    };

    if (event->type == INPUT_BUTTON) {
        print(event->value ? "down " : "up ");
        line("button", event->code - BUTTON_LEFT);
    } else if (event->type != INPUT_SYNC && event->type != INPUT_KEY) {
        line(names[event->type][event->code], event->value);
    }
}

/* Until Escape is released. Each event in its turn, polled for. */
static int listen(bool grab, bool mouse)
{
    int fd = (int)open_("/dev/input", O_RDONLY);
    struct abi_pollfd polled = {fd, POLLIN, 0};
    struct abi_input_event event = {0};
    uint64_t last_ns = 0;

    if (grab)
        expect_is(fastos_ioctl(fd, INPUT_GRAB, (void *)1), 0);
    print("ready\n");
    while (event.code != KEY_ESC || event.value != INPUT_RELEASED) {
        expect_is(fastos_poll(&polled, 1, NULL, NULL), 1);
        if (!expect_is(fastos_read(fd, &event, sizeof(event)), sizeof(event)))
            break;
        expect(event.time_ns >= last_ns);
        last_ns = event.time_ns;
        say(&event);
        if (mouse)
            say_mouse(&event);
    }
    return 0; /* the grab ends with the process */
}

/* A line is typed while nobody reads the queue; it tells how many did not fit. */
static int overflow(void)
{
    int fd = (int)open_("/dev/input", O_RDONLY | O_NONBLOCK);
    static struct abi_input_event events[INPUT_QUEUE + 16];
    long size;

    print("ready\n");
    wait_for_line();
    size = fastos_read(fd, events, sizeof(events));
    line("events", size / (long)sizeof(events[0]));
    for (long i = 0; i < size / (long)sizeof(events[0]); i++)
        if (events[i].type == INPUT_SYNC)
            say(&events[i]);
    return 0;
}

int main_test(void)
{
    const char *what = argument_count > 1 ? arguments[1] : "";

    if (equal(what, "screen"))
        return show();
    if (equal(what, "keys") || equal(what, "grab") || equal(what, "mouse"))
        return listen(equal(what, "grab"), equal(what, "mouse"));
    if (equal(what, "overflow"))
        return overflow();
    if (equal(what, "none"))
        expect_is(open_("/dev/fb0", O_RDWR), -ENOENT);
    else
        screens();
    inputs_without_keys();
    print("devices: done\n");
    return 0;
}
