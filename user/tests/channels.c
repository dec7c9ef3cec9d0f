/* Message channels: messages and handles between processes, bounds, rings, names, bad arguments. */
#include "lib/abi/channel.h"
#include "user/tests/lib/test.h"

#define SIZE(result)    ((result) & 0xffffffff)
#define HANDLES(result) ((result) >> 32)

static int ends[2];

static void create(unsigned flags)
{
    expect_is(fastos_channel_create(ends, flags), 0);
}

static void close_ends(void)
{
    fastos_close(ends[0]);
    fastos_close(ends[1]);
}

static long send(int fd, const char *text)
{
    return fastos_channel_send(fd, text, length(text), NULL, 0);
}

static void receives(int fd, const char *text)
{
    char got[64];
    long result = fastos_channel_receive(fd, got, sizeof(got), NULL, 0);

    expect_is(result, length(text));
    if (result >= 0)
        expect(memcmp(got, text, (size_t)result) == 0);
}

static void messages(void)
{
    char byte;

    create(0);
    expect_is(send(ends[0], "one"), 0);
    expect_is(send(ends[0], ""), 0);
    expect_is(send(ends[0], "two"), 0);
    expect_is(send(ends[1], "back"), 0);
    receives(ends[1], "one");
    receives(ends[1], "");
    receives(ends[0], "back");
    expect_is(fastos_channel_receive(ends[1], &byte, 1, NULL, 0), -EMSGSIZE);
    receives(ends[1], "two");
    expect_is(fastos_read(ends[0], &byte, 1), -EINVAL);
    expect_is(fastos_write(ends[0], &byte, 1), -EINVAL);
    close_ends();
}

static int echo_until_closed(void *argument)
{
    static char message[65536];
    int count = 0;

    (void)argument;
    fastos_close(ends[0]);
    for (;;) {
        long size = fastos_channel_receive(ends[1], message, sizeof(message), NULL, 0);
        if (size == -EPIPE)
            return count;
        expect(size >= 0);
        expect_is(fastos_channel_send(ends[1], message, (unsigned long)size, NULL, 0), 0);
        count++;
    }
}

static void between_processes(void)
{
    static char sent[65536], got[65536];

    create(0);
    long pid = start(echo_until_closed, NULL);

    fastos_close(ends[1]);
    for (unsigned i = 0; i < 50; i++) {
        size_t size = i * 1337 % sizeof(sent);
        memset(sent, (int)i, size);
        expect_is(fastos_channel_send(ends[0], sent, size, NULL, 0), 0);
        expect_is(fastos_channel_receive(ends[0], got, sizeof(got), NULL, 0), size);
        expect(memcmp(sent, got, size) == 0);
    }
    fastos_close(ends[0]);
    expect_is(end_of(pid), 50);
}

/* ---- handles --------------------------------------------------------------------------------- */

static int give_a_pipe(void *argument)
{
    int fds[2];

    (void)argument;
    expect_is(fastos_pipe(fds, 0), 0);
    expect_is(fastos_channel_send(ends[1], "pipe", 4, &fds[0], 1), 0);
    fastos_close(fds[0]); /* the message has its own */
    expect_is(fastos_write(fds[1], "through", 7), 7);
    return 0;
}

static void handles(void)
{
    char text[16];
    int fds[16];

    create(0);
    long pid = start(give_a_pipe, NULL);
    long result = fastos_channel_receive(ends[0], text, sizeof(text), fds, 16);

    expect_is(SIZE(result), 4);
    expect_is(HANDLES(result), 1);
    expect_is(end_of(pid), 0);
    expect_is(fastos_read(fds[0], text, sizeof(text)), 7);
    expect(memcmp(text, "through", 7) == 0);
    expect_is(fastos_read(fds[0], text, sizeof(text)), 0);
    fastos_close(fds[0]);

    for (unsigned i = 0; i < 16; i++)
        fds[i] = 1;
    expect_is(fastos_channel_send(ends[0], "", 0, fds, 16), 0);
    expect_is(fastos_channel_receive(ends[1], text, 0, fds, 15), -EMSGSIZE);
    struct abi_rlimit old, few;
    expect_is(fastos_prlimit(0, RLIMIT_NOFILE, NULL, &old), 0);
    few = (struct abi_rlimit){(unsigned)ends[1] + 8, old.most};
    expect_is(fastos_prlimit(0, RLIMIT_NOFILE, &few, NULL), 0);
    expect_is(fastos_channel_receive(ends[1], text, 0, fds, 16), -EMFILE); /* it stays */
    expect_is(fastos_prlimit(0, RLIMIT_NOFILE, &old, NULL), 0);
    result = fastos_channel_receive(ends[1], text, 0, fds, 16);
    expect_is(HANDLES(result), 16);
    for (unsigned i = 0; i < 16; i++)
        expect_is(fastos_close(fds[i]), 0);
    close_ends();
}

static void rings(void)
{
    int other[2], fds[1];
    char byte;

    create(0);
    expect_is(fastos_channel_send(ends[0], "", 0, &ends[1], 1), -ELOOP);
    expect_is(fastos_channel_create(other, 0), 0);
    expect_is(fastos_channel_send(ends[0], "", 0, &other[1], 1), 0);
    expect_is(fastos_channel_send(other[0], "", 0, &ends[1], 1), -ELOOP);
    expect_is(HANDLES(fastos_channel_receive(ends[1], &byte, 1, fds, 1)), 1);
    expect_is(fastos_channel_send(other[0], "", 0, &ends[1], 1), 0);
    fastos_close(other[0]);
    fastos_close(other[1]);
    fastos_close(fds[0]);
    close_ends();
}

/* A chain as long as there may be files. */
static void chain(void)
{
    int before = -1;

    for (unsigned i = 0; i < 1000; i++) {
        create(0);
        if (before >= 0) {
            expect_is(fastos_channel_send(ends[0], "", 0, &before, 1), 0);
            fastos_close(before);
        }
        fastos_close(ends[0]);
        before = ends[1];
    }
    fastos_close(before);
}

/* ---- waiting --------------------------------------------------------------------------------- */

static int drain_later(void *argument)
{
    static char message[65536];
    struct abi_timespec a_while = {0, 20000000};

    (void)argument;
    fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &a_while, NULL);
    for (unsigned i = 0; i < 5; i++)
        expect_is(fastos_channel_receive(ends[1], message, sizeof(message), NULL, 0), 65536);
    return 0;
}

static void bounds(void)
{
    static char message[65537];
    struct abi_pollfd files[2];
    struct abi_timespec none = {0, 0};

    create(0);
    files[0] = (struct abi_pollfd){ends[0], POLLIN | POLLOUT, 0};
    files[1] = (struct abi_pollfd){ends[1], POLLIN | POLLOUT, 0};
    expect_is(fastos_channel_send(ends[0], message, 65537, NULL, 0), -EMSGSIZE);
    expect_is(fastos_channel_send(ends[0], message, ~0ul, NULL, 0), -EMSGSIZE);
    expect_is(fastos_channel_send(ends[0], "", 0, (int *)message, 17), -EMSGSIZE);
    for (unsigned i = 0; i < 4; i++)
        expect_is(fastos_channel_send(ends[0], message, 65536, NULL, 0), 0);
    expect_is(fastos_poll(files, 2, &none, NULL), 1);
    expect_is(files[1].revents, POLLIN | POLLOUT);
    long pid = start(drain_later, NULL);

    expect_is(fastos_channel_send(ends[0], message, 65536, NULL, 0), 0); /* waits */
    expect_is(end_of(pid), 0);
    expect_is(fastos_fcntl(ends[0], F_SETFL, O_RDWR | O_NONBLOCK), 0);
    for (unsigned i = 0; i < 64; i++)
        expect_is(send(ends[0], ""), 0);
    expect_is(send(ends[0], ""), -EAGAIN);
    fastos_close(ends[1]);
    expect_is(send(ends[0], ""), -EPIPE);
    expect_is(fastos_poll(files, 1, &none, NULL), 1);
    expect(files[0].revents & POLLHUP);
    fastos_close(ends[0]);
}

/* ---- names ----------------------------------------------------------------------------------- */

static int be_a_client(void *argument)
{
    long fd = fastos_channel_connect("test.name");

    (void)argument;
    expect(fd >= 0);
    expect_is(send((int)fd, "hello"), 0);
    receives((int)fd, "welcome");
    return 0;
}

static int be_nobody(void *argument)
{
    const long expected = (long)argument;

    expect_is(fastos_setuid(77), 0);
    expect_is(fastos_channel_connect("test.name"), expected);
    return 0;
}

/* Received at ends[0]: who connects, and the new channel's end. */
static int accept_client(struct abi_channel_caller *caller)
{
    int fd = -1;
    long result = fastos_channel_receive(ends[0], caller, sizeof(*caller), &fd, 1);

    expect_is(SIZE(result), sizeof(*caller));
    expect_is(HANDLES(result), 1);
    return fd;
}

static void a_name(void)
{
    struct abi_channel_caller caller;

    create(0);
    expect_is(fastos_channel_publish(ends[0], "test.name"), 0);
    fastos_close(ends[1]); /* the name is enough */
    long pid = start(be_a_client, NULL);
    int fd = accept_client(&caller);

    expect_is(caller.pid, pid);
    expect_is(caller.uid, fastos_geteuid());
    receives(fd, "hello");
    expect_is(send(fd, "welcome"), 0);
    expect_is(end_of(pid), 0);
    fastos_close(fd);
    if (fastos_geteuid() == 0)
        expect_is(end_of(start(be_nobody, (void *)-EACCES)), 0);
    fastos_close(ends[0]);
    expect_is(fastos_channel_connect("test.name"), -ENOENT);
}

static int publish_and_wait(void *argument)
{
    (void)argument;
    expect_is(fastos_channel_publish(ends[0], "test.name"), 0);
    expect_is(send(ends[0], "published"), 0);
    return fastos_channel_receive(ends[0], NULL, 0, NULL, 0) == -EMSGSIZE;
}

/* The name of a process that is killed is free at once, and its clients know. */
static void a_name_of_the_killed(void)
{
    create(0);
    long pid = start(publish_and_wait, NULL);

    fastos_close(ends[0]);
    receives(ends[1], "published");
    expect_is(fastos_channel_publish(ends[1], "test.name"), -EEXIST);
    expect_is(fastos_kill(pid, SIGSTOP), 0);
    long client = fastos_channel_connect("test.name");

    expect(client >= 0);
    expect_is(fastos_kill(pid, SIGKILL), 0);
    expect_is(end_of(pid), 128 + SIGKILL);
    expect_is(fastos_channel_receive((int)client, NULL, 0, NULL, 0), -EPIPE);
    expect_is(fastos_channel_connect("test.name"), -ENOENT);
    expect_is(fastos_channel_publish(ends[1], "test.name"), 0);
    fastos_close((int)client);
    fastos_close(ends[1]);
}

static void bad_names(void)
{
    int fds[CHANNEL_QUEUE_MESSAGES];

    create(0);
    expect_is(fastos_channel_publish(ends[0], "a/b"), -EINVAL);
    expect_is(fastos_channel_publish(ends[0], ""), -EINVAL);
    expect_is(fastos_channel_publish(ends[0], "12345678901234567890123456789012"), -ENAMETOOLONG);
    expect_is(fastos_channel_publish(ends[0], (const char *)8), -EFAULT);
    expect_is(fastos_channel_publish(77, "test.name"), -EBADF);
    expect_is(fastos_channel_publish(1, "test.name"), -EINVAL);
    expect_is(fastos_channel_connect((const char *)8), -EFAULT);
    expect_is(fastos_channel_publish(ends[0], "test.name"), 0);
    expect_is(fastos_channel_publish(ends[0], "test.other"), -EEXIST);
    for (unsigned i = 0; i < CHANNEL_QUEUE_MESSAGES; i++)
        expect((fds[i] = (int)fastos_channel_connect("test.name")) >= 0);
    expect_is(fastos_channel_connect("test.name"), -EAGAIN);
    for (unsigned i = 0; i < CHANNEL_QUEUE_MESSAGES; i++)
        fastos_close(fds[i]);
    close_ends();
}

/* ---- bad input ------------------------------------------------------------------------------- */

static void bad_arguments(void)
{
    static void *const addresses[] = {
        NULL, (void *)8, (void *)0x7ffffffff000, (void *)0xffff800000000000, (void *)-1ll,
    };
    char byte;
    int fds[1] = {1};

    expect_is(fastos_channel_create(ends, 0x7fffffff), -EINVAL);
    for (unsigned i = 0; i < 5; i++)
        expect_is(fastos_channel_create(addresses[i], 0), -EFAULT);
    create(0);
    for (unsigned i = 0; i < 5; i++) {
        expect_is(fastos_channel_send(ends[0], addresses[i], 1, NULL, 0), -EFAULT);
        expect_is(fastos_channel_send(ends[0], "", 0, addresses[i], 1), -EFAULT);
        expect_is(fastos_channel_send(ends[0], "x", 1, fds, 1), 0);
        expect_is(fastos_channel_receive(ends[1], addresses[i], 1, fds, 1), -EFAULT);
        expect_is(fastos_channel_receive(ends[1], &byte, 1, addresses[i], 1), -EFAULT);
        long result = fastos_channel_receive(ends[1], &byte, 1, fds, 1); /* it stayed */
        expect_is(SIZE(result), 1);
        expect_is(HANDLES(result), 1);
        fastos_close(fds[0]);
        fds[0] = 1;
    }
    expect_is(fastos_channel_send(77, "", 0, NULL, 0), -EBADF);
    expect_is(fastos_channel_receive(-1, &byte, 1, NULL, 0), -EBADF);
    expect_is(fastos_channel_send(1, "", 0, NULL, 0), -EINVAL);
    expect_is(fastos_channel_receive(1, &byte, 1, NULL, 0), -EINVAL);
    fds[0] = 77;
    expect_is(fastos_channel_send(ends[0], "", 0, fds, 1), -EBADF);
    close_ends();
}

int main_test(void)
{
    messages();
    between_processes();
    handles();
    rings();
    chain();
    bounds();
    a_name();
    a_name_of_the_killed();
    bad_names();
    bad_arguments();
    return 0;
}
