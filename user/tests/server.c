/*
 * What a display server stands on, all at once: many channels polled with deadlines, memory that two
 * processes share and leave in any order, the screen mapped while its mode changes, and programs started by
 * a process that has much memory. `late`: how late poll comes back, in a machine that counts instructions.
 */
#include "lib/abi/channel.h"
#include "lib/abi/screen.h"
#include "user/tests/lib/test.h"

#define RW     (PROT_READ | PROT_WRITE)
#define CHILDREN 40

static void *map(size_t size, unsigned flags, int fd)
{
    return (void *)fastos_mmap_file(NULL, size, RW, flags, fd, 0);
}

static uint64_t now_us(void)
{
    struct abi_timespec now;

    fastos_clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.seconds * 1000000 + (uint64_t)now.nanoseconds / 1000;
}

/* ---- many files ------------------------------------------------------------------------------ */

static int channels[CHILDREN][2];
static struct abi_pollfd polled[2 * CHILDREN + 1];

static void open_many(void)
{
    for (unsigned i = 0; i < CHILDREN; i++) {
        expect_is(fastos_channel_create(channels[i], O_NONBLOCK), 0);
        polled[2 * i] = (struct abi_pollfd){channels[i][0], POLLIN, 0};
        polled[2 * i + 1] = (struct abi_pollfd){channels[i][1], POLLIN, 0};
    }
    polled[2 * CHILDREN] = (struct abi_pollfd){
        (int)fastos_open("/dev/input", O_RDONLY | O_NONBLOCK | O_CLOEXEC), POLLIN, 0};
    expect(polled[2 * CHILDREN].fd >= 0);
}

static void close_many(void)
{
    for (unsigned i = 0; i <= 2 * CHILDREN; i++)
        fastos_close(polled[i].fd);
}

static long poll_many(long nanoseconds)
{
    const struct abi_timespec timeout = {0, nanoseconds};

    return fastos_poll(polled, 2 * CHILDREN + 1, nanoseconds < 0 ? NULL : &timeout, NULL);
}

static int send_soon(void *nothing)
{
    const struct abi_timespec soon = {0, 3000000};

    (void)nothing;
    fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &soon, NULL);
    expect_is(fastos_channel_send(channels[CHILDREN - 1][0], "x", 1, NULL, 0), 0);
    return 0;
}

static void many_files(void)
{
    char byte;

    open_many();
    expect_is(poll_many(0), 0);
    long child = start(send_soon, NULL);

    expect_is(poll_many(-1), 1);
    expect_is(polled[2 * CHILDREN - 1].revents, POLLIN);
    expect_is(end_of(child), 0);
    expect_is(fastos_channel_receive(channels[CHILDREN - 1][1], &byte, 1, NULL, 0), 1);
    for (unsigned i = 0; i < CHILDREN; i++)
        expect_is(fastos_channel_send(channels[i][i % 2], "", 0, NULL, 0), 0);
    expect_is(poll_many(-1), CHILDREN);
    for (unsigned i = 0; i < CHILDREN; i++)
        expect_is(fastos_channel_receive(channels[i][1 - i % 2], &byte, 1, NULL, 0), 0);
    expect_is(poll_many(1000), 0);
    close_many();
}

static int lateness(void)
{
    static const long timeouts_us[] = {100, 700, 1000, 2500, 4000, 16667, 33333};
    const struct abi_timespec settled = {0, 200000000}; /* the best timer is measured, the boot is over */
    uint64_t worst = 0;

    open_many();
    fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &settled, NULL);
    for (unsigned i = 0; i < sizeof(timeouts_us) / sizeof(timeouts_us[0]); i++) {
        for (unsigned j = 0; j < 20; j++) {
            uint64_t began = now_us(), took;

            expect_is(poll_many(timeouts_us[i] * 1000), 0);
            took = now_us() - began;
            expect(took >= (uint64_t)timeouts_us[i]);
            if (took - (uint64_t)timeouts_us[i] > worst)
                worst = took - (uint64_t)timeouts_us[i];
        }
    }
    close_many();
    line("late at worst, us", (int64_t)worst);
    return 0;
}

/* Neither direction ever waits, and POLLOUT says when any message has room. */
static void never_waiting(void)
{
    static char large[CHANNEL_MESSAGE_BYTES];
    const struct abi_timespec none = {0, 0};
    struct abi_pollfd file;
    int ends[2], sent = 0;

    expect_is(fastos_channel_create(ends, O_NONBLOCK), 0);
    file = (struct abi_pollfd){ends[0], POLLIN | POLLOUT, 0};
    while (fastos_channel_send(ends[0], large, 4096, NULL, 0) == 0)
        sent++;
    expect_is(sent, CHANNEL_QUEUE_MESSAGES);
    expect_is(fastos_channel_send(ends[0], "", 0, NULL, 0), -EAGAIN);
    expect_is(fastos_poll(&file, 1, &none, NULL), 0);
    for (unsigned i = 0; i < 8; i++) {
        expect_is(fastos_poll(&file, 1, &none, NULL), 0);
        expect_is(fastos_channel_receive(ends[1], large, sizeof(large), NULL, 0), 4096);
        expect_is(fastos_channel_send(ends[0], "", 0, NULL, 0), 0); /* there is room for this one */
        expect_is(fastos_channel_receive(ends[1], large, sizeof(large), NULL, 0), 4096);
    }
    expect_is(fastos_poll(&file, 1, &none, NULL), 1);
    expect_is(file.revents, POLLOUT);
    expect_is(fastos_channel_receive(ends[0], large, 1, NULL, 0), -EAGAIN);
    fastos_close(ends[1]);
    expect_is(fastos_poll(&file, 1, &none, NULL), 1);
    expect(file.revents & POLLHUP && !(file.revents & POLLOUT));
    fastos_close(ends[0]);
}

/* ---- memory of two processes ----------------------------------------------------------------- */

#define SHARED (256 * PAGE)

static int link_ends[2];

/* The other process: gets the file, writes a page, and ends in one of several ways. */
static int use_memory(void *way)
{
    int fd = -1;
    char byte;

    fastos_close(link_ends[0]);
    expect_is(fastos_channel_receive(link_ends[1], &byte, 1, &fd, 1), 1 | 1l << 32);
    char *at = map(SHARED, MAP_SHARED, fd);

    if (way == (void *)1)
        fastos_close(fd);
    at[SHARED - 1] = 'c';
    expect_is(fastos_channel_send(link_ends[1], "w", 1, NULL, 0), 0);
    if (way == (void *)2) {
        expect_is(fastos_munmap(at, SHARED), 0);
        fastos_close(fd);
    }
    if (way == (void *)3)
        for (uint64_t i = 0;; i += PAGE) /* until it is killed */
            at[i % SHARED] = (char)i;
    return 0;
}

static void share_once(long way, bool close_first)
{
    int fd = (int)fastos_memfd_create("shared", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    char byte, *at;

    expect_is(fastos_ftruncate(fd, SHARED), 0);
    expect_is(fastos_fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
    expect_is(fastos_channel_create(link_ends, 0), 0);
    long child = start(use_memory, (void *)way);

    fastos_close(link_ends[1]);
    at = map(SHARED, MAP_SHARED, fd);
    memset(at, 'p', PAGE);
    expect_is(fastos_channel_send(link_ends[0], "f", 1, &fd, 1), 0);
    if (close_first)
        fastos_close(fd);
    expect_is(fastos_channel_receive(link_ends[0], &byte, 1, NULL, 0), 1);
    expect_is(at[SHARED - 1], 'c');
    if (way == 3)
        expect_is(fastos_kill(child, SIGKILL), 0);
    expect_is(end_of(child), way == 3 ? 128 + SIGKILL : 0);
    at[SHARED - 1] = 'q';
    expect_is(at[SHARED - 1], 'q');
    expect_is(fastos_munmap(at, SHARED), 0);
    if (!close_first)
        fastos_close(fd);
    fastos_close(link_ends[0]);
}

static uint64_t free_kilobytes(void)
{
    char text[512] = {0};
    int fd = (int)fastos_open("/proc/meminfo", O_RDONLY);
    long size = fastos_read(fd, text, sizeof(text) - 1);

    fastos_close(fd);
    for (long i = 0; i + 8 < size; i++)
        if (memcmp(text + i, "MemFree:", 8) == 0)
            return number_in(text + i);
    return 0;
}

static void shared_memory(void)
{
    uint64_t before = 0;

    for (int round = 0; round < 40; round++) {
        if (round == 8)
            before = free_kilobytes();
        share_once(round % 4, round / 4 % 2);
    }
    /* A megabyte a round would be 32; the kernel's own caches breathe. */
    expect(free_kilobytes() + 300 > before);
}

/* ---- the screen's mode beneath a mapping ----------------------------------------------------- */

static int touch(void *at)
{
    *(volatile char *)at = 1;
    return 0;
}

static void set_mode(int fd, unsigned width, unsigned height, struct abi_screen *screen)
{
    const struct abi_screen_mode mode = {width, height, 32, 0};

    expect_is(fastos_ioctl(fd, SCREEN_SET, (void *)&mode), 0);
    expect_is(fastos_ioctl(fd, SCREEN_INFO, screen), 0);
    expect_is(screen->width, width);
}

static void modes_beneath_a_mapping(void)
{
    int fd = (int)fastos_open("/dev/fb0", O_RDWR | O_CLOEXEC);
    struct abi_screen before, now;

    if (fd < 0)
        return;
    expect_is(fastos_ioctl(fd, SCREEN_INFO, &before), 0);
    char *old = map(before.bytes, MAP_SHARED, fd);

    old[0] = old[before.bytes - 1] = 7;
    set_mode(fd, 640, 480, &now);
    memset(old, 9, PAGE); /* the card's memory still */
    old[before.bytes - 1] = 8;
    /* Never touched, and no screen now. */
    expect_is(status_of(touch, old + now.bytes + 4 * PAGE), 128 + SIGBUS);
    expect_is(status_of(touch, old + now.bytes - 4 * PAGE), 0);
    set_mode(fd, 1600, 1200, &now);
    char *all = map(now.bytes, MAP_SHARED, fd);

    memset(all, 0x55, now.bytes);
    expect_is(old[before.bytes - 1], 0x55);
    expect_is(fastos_munmap(old, before.bytes), 0);
    set_mode(fd, before.width, before.height, &now);
    expect_is(fastos_munmap(all, 1600 * 1200 * 4), 0);
    expect_is(fastos_close(fd), 0);
}

/* ---- starting programs ----------------------------------------------------------------------- */

static int become_another(void *nothing)
{
    char *const words[] = {"server", "nothing", NULL};

    (void)nothing;
    fastos_execve("/usr/tests/server", words, environment);
    return 1;
}

static uint64_t start_time_us(void)
{
    uint64_t began = now_us();

    for (unsigned i = 0; i < 10; i++)
        expect_is(status_of(become_another, NULL), 0);
    return (now_us() - began) / 10;
}

static int starts(void)
{
    uint64_t small = start_time_us(), large;
    char *at = map(4096 * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    int fd = (int)fastos_memfd_create("large", MFD_CLOEXEC);

    memset(at, 1, 4096 * PAGE);
    large = start_time_us();
    line("a start, us", (int64_t)small);
    line("from 16 MiB, us", (int64_t)large);
    expect_is(fastos_ftruncate(fd, 4096 * (long)PAGE), 0);
    at = map(4096 * PAGE, MAP_SHARED, fd);
    memset(at, 1, 4096 * PAGE);
    line("and 16 MiB shared, us", (int64_t)start_time_us());
    return 0;
}

int main_test(void)
{
    const char *what = argument_count > 1 ? arguments[1] : "";

    if (equal(what, "nothing"))
        return 0;
    if (equal(what, "late"))
        return lateness();
    if (equal(what, "starts"))
        return starts();
    many_files();
    never_waiting();
    shared_memory();
    modes_beneath_a_mapping();
    print("server: done\n");
    return 0;
}
