/* links: kernel/fs/tty/line.c kernel/fs/tty/jobs.c kernel/fs/tty/modes.c kernel/fs/tty/pseudo.c */
/* links: kernel/core/sync/change.c */
/* Terminals with a device that is an array, sessions that are numbers, and pseudo terminals. */
#include "kernel/fs/tty/tty_fake.h"

#include <stdio.h>

#include "kernel/fs/tty/private.h"
#include "kernel/fs/tty/pseudo.h"
#include "kernel/fs/tty/tty.h"
#include "lib/abi/signals.h"

/* ---- the device ------------------------------------------------------------------------------ */

static struct {
    char bytes[100000];
    size_t size;
    size_t takes;   /* so many more bytes */
    size_t pending;
    unsigned opened, closed;
} device;

static size_t device_write(struct tty *tty, struct span bytes)
{
    size_t size = bytes.size < device.takes ? bytes.size : device.takes;

    assert_int_equal(tty->lock.owner, 1);
    memcpy(device.bytes + device.size, bytes.bytes, size);
    device.size += size;
    device.takes -= size;
    return size;
}

static size_t device_pending(struct tty *tty)
{
    (void)tty;
    return device.pending;
}

static void device_opened(struct tty *tty, bool open)
{
    (void)tty;
    device.opened += open;
    device.closed += !open;
}

static const struct tty_device fake_device = {.write = device_write, .pending = device_pending,
                                              .opened = device_opened};
static struct tty tty;

static int open_fake(struct file *file)
{
    return tty_open(&tty, file);
}

static const struct file_operations fake_files = {.open = open_fake};

static void shown(const char *text)
{
    if (device.size != strlen(text) || memcmp(device.bytes, text, device.size) != 0)
        fail_msg("shown \"%.*s\", not \"%s\"", (int)device.size, device.bytes, text);
    device.size = 0;
}

static void type(const char *text)
{
    tty_type(&tty, span_of(text, strlen(text)));
}

/* ---- processes ------------------------------------------------------------------------------- */

static struct {
    uint64_t session, group; /* of the running process */
    bool leads, orphaned, ignores;
    char signals[256]; /* "g5:2 l7:1": to group 5, to the leader of session 7 */
} now;

static uint64_t now_session(void)
{
    return now.session;
}

static uint64_t now_group(void)
{
    return now.group;
}

static bool now_leads(void)
{
    return now.leads;
}

static bool is_in_session(uint64_t group, uint64_t session)
{
    return group / 10 == session / 10;
}

static bool is_orphaned(uint64_t group)
{
    (void)group;
    return now.orphaned;
}

static bool ignores(int signal)
{
    (void)signal;
    return now.ignores;
}

static void note(char kind, uint64_t target, int signal)
{
    size_t at = strlen(now.signals);

    assert_int_equal(mutexes_held, 0);
    snprintf(now.signals + at, sizeof(now.signals) - at, "%s%c%llu:%d", at ? " " : "", kind,
             (unsigned long long)target, signal);
}

static void signal_group(uint64_t group, int signal)
{
    note('g', group, signal);
}

static void signal_leader(uint64_t session, int signal)
{
    note('l', session, signal);
}

static const struct tty_jobs jobs = {
    .session = now_session,
    .group = now_group,
    .leads_session = now_leads,
    .is_in_session = is_in_session,
    .is_orphaned = is_orphaned,
    .ignores = ignores,
    .signal_group = signal_group,
    .signal_leader = signal_leader,
};

static void signalled(const char *signals)
{
    assert_string_equal(now.signals, signals);
    now.signals[0] = '\0';
}

/* Who runs now: of session 10 the leader in group 10, or a member of another group. */
static void run_as(uint64_t session, uint64_t group)
{
    now.session = session;
    now.group = group;
    now.leads = session == group;
    now.orphaned = now.ignores = false;
}

/* ---- before each test ------------------------------------------------------------------------ */

static struct file file;

static int fresh(void **state)
{
    (void)state;
    memset(&device, 0, sizeof(device));
    device.takes = SIZE_MAX;
    memset(&tty, 0, sizeof(tty));
    memset(devices, 0, sizeof(devices));
    devices_are_full = false;
    waits = 0;
    while_waiting = NULL;
    fail_after = 0;
    tty_set_jobs(&jobs);
    now.signals[0] = '\0';
    tty_init(&tty, "tty", DEVICE(4, 1), &fake_device);
    assert_int_equal(device_register(DEVICE(4, 1), "tty1", S_IFCHR | 0600, &fake_files, NULL), 0);
    assert_int_equal(pseudo_register(), 0);
    run_as(0, 0);
    assert_int_equal(open_device("tty1", O_RDWR, &file), 0);
    return 0;
}

static int closed(void **state)
{
    (void)state;
    if (file.operations)
        close_file(&file);
    tty_remove(&tty);
    assert_int_equal(allocated, 0);
    assert_int_equal(device.opened, device.closed);
    return 0;
}

static void reads_with(struct file *from, size_t room, const char *text)
{
    char to[5000];
    int64_t size = read_file(from, to, room);

    if (size != (int64_t)strlen(text) || memcmp(to, text, strlen(text)) != 0)
        fail_msg("read %lld \"%.*s\", not \"%s\"", (long long)size, size > 0 ? (int)size : 0, to,
                 text);
}

static void reads(const char *text)
{
    reads_with(&file, 5000, text);
}

static void fails(int error)
{
    char to[10];

    assert_int_equal(read_file(&file, to, sizeof(to)), error);
}

static struct abi_termios modes_of(struct file *of)
{
    struct abi_termios termios;

    assert_int_equal(ask(of, TCGETS, &termios), 0);
    return termios;
}

static void make_raw(struct file *of, uint8_t min, uint8_t time)
{
    struct abi_termios termios = modes_of(of);

    termios.local &= ~(ICANON | ECHO | ISIG);
    termios.input &= ~(ICRNL | IXON);
    termios.characters[VMIN] = min;
    termios.characters[VTIME] = time;
    assert_int_equal(ask(of, TCSETS, &termios), 0);
}

/* ---- reading --------------------------------------------------------------------------------- */

static void test_read_a_line(void **state)
{
    (void)state;
    type("one\rtwo\r");
    shown("one\r\ntwo\r\n");
    assert_int_equal(poll_file(&file), POLLIN | POLLOUT);
    reads_with(&file, 2, "on");
    reads("e\n");
    reads("two\n");
    assert_int_equal(poll_file(&file), POLLOUT);
    fails(-EINTR);
    assert_int_equal(waits, 1);
    file.flags |= O_NONBLOCK;
    fails(-EAGAIN);
    assert_int_equal(waits, 1);
    type("\x04");
    reads("");
}

static void typed_while_waiting(void)
{
    type("later\r");
}

static void test_read_waits(void **state)
{
    (void)state;
    type("half");
    while_waiting = typed_while_waiting;
    reads("halflater\n");
    assert_int_equal(waits, 1);
}

static void test_long_lines_come_whole(void **state)
{
    char line[3001];

    (void)state;
    memset(line, 'x', sizeof(line));
    line[2999] = '\r';
    line[3000] = '\0';
    type(line);
    line[2999] = '\n';
    reads(line);
}

static void test_bad_memory(void **state)
{
    (void)state;
    struct io nowhere = {.size = 10};

    type("one\r");
    assert_int_equal(file.operations->read(&file, &nowhere, NULL), -EFAULT);
    assert_int_equal(file.operations->write(&file, &nowhere, NULL), -EFAULT);
    assert_int_equal(file.operations->ioctl(&file, TCGETS, (struct user){BAD_ADDRESS}), -EFAULT);
    assert_int_equal(file.operations->ioctl(&file, TCSETS, (struct user){BAD_ADDRESS}), -EFAULT);
    assert_int_equal(ask(&file, 12345, NULL), -ENOTTY);
    assert_int_equal(read_file(&file, NULL, 0), 0);
}

static void type_x(void)
{
    type("x");
}

static void test_raw_reads(void **state)
{
    (void)state;
    make_raw(&file, 0, 0);
    reads("");
    type("ab");
    reads("ab");
    make_raw(&file, 3, 0);
    type("ab");
    assert_int_equal(poll_file(&file) & POLLIN, 0);
    while_waiting = type_x;
    reads("abx");
    type("abcd");
    assert_int_equal(poll_file(&file) & POLLIN, POLLIN);
    reads_with(&file, 2, "ab"); /* less room than VMIN */
    reads("cd"); /* a signal */
}

static void test_raw_reads_with_time(void **state)
{
    (void)state;
    make_raw(&file, 0, 5);
    uint64_t before = now_ns;
    reads("");
    assert_int_equal(now_ns - before, 500 * NS_PER_MS);
    while_waiting = type_x;
    reads("x");
    make_raw(&file, 3, 5);
    before = now_ns;
    while_waiting = type_x; /* for the first one it waits without end, for the next half a second */
    reads("x");
    assert_int_equal(now_ns - before, 500 * NS_PER_MS);
    file.flags |= O_NONBLOCK;
    fails(-EAGAIN);
    type("x");
    reads("x");
}

/* ---- printing -------------------------------------------------------------------------------- */

static void take_more(void)
{
    device.takes = SIZE_MAX;
    tty_sent(&tty);
}

static void test_write(void **state)
{
    char text[20000];

    (void)state;
    assert_int_equal(write_file(&file, "a\nb", 3), 3);
    shown("a\r\nb");
    memset(text, 'x', sizeof(text));
    assert_int_equal(write_file(&file, text, sizeof(text)), sizeof(text));
    assert_int_equal(device.size, sizeof(text));
    device.size = 0;
    device.takes = 100;
    while_waiting = take_more;
    assert_int_equal(write_file(&file, text, sizeof(text)), sizeof(text));
    assert_int_equal(device.size, sizeof(text));
    assert_int_equal(waits, 1);
    device.size = device.takes = 0;
    assert_int_equal(write_file(&file, text, sizeof(text)), 4096); /* a signal */
    assert_int_equal(poll_file(&file) & POLLOUT, 0);
    assert_int_equal(write_file(&file, text, 1), -EINTR);
    file.flags |= O_NONBLOCK;
    assert_int_equal(write_file(&file, text, 1), -EAGAIN);
    take_more();
    assert_int_equal(device.size, 4096);
    assert_int_equal(poll_file(&file) & POLLOUT, POLLOUT);
}

static void test_stop_and_start(void **state)
{
    (void)state;
    type("\x13");
    assert_int_equal(write_file(&file, "abc", 3), 3);
    shown("");
    type("\x11");
    shown("abc");
    assert_int_equal(ask(&file, TCXONC, (void *)0), 0);
    assert_int_equal(write_file(&file, "abc", 3), 3);
    shown("");
    assert_int_equal(ask(&file, TCXONC, (void *)1), 0);
    assert_int_equal(ask(&file, TCXONC, (void *)2), 0);
    assert_int_equal(ask(&file, TCXONC, (void *)3), 0);
    shown("abc\x13\x11");
    assert_int_equal(ask(&file, TCXONC, (void *)4), -EINVAL);
}

static void test_counts_and_flushes(void **state)
{
    int count;

    (void)state;
    device.takes = 0;
    device.pending = 7;
    type("abc\x04");
    assert_int_equal(write_file(&file, "12", 2), 2);
    assert_int_equal(ask(&file, FIONREAD, &count), 0);
    assert_int_equal(count, 3);
    assert_int_equal(ask(&file, TIOCOUTQ, &count), 0);
    assert_int_equal(count, 3 + 2 + 7);
    assert_int_equal(ask(&file, TCFLSH, (void *)3), -EINVAL);
    assert_int_equal(ask(&file, TCFLSH, (void *)TCIFLUSH), 0);
    assert_int_equal(ask(&file, FIONREAD, &count), 0);
    assert_int_equal(count, 0);
    assert_int_equal(ask(&file, TCFLSH, (void *)TCOFLUSH), 0);
    assert_int_equal(ask(&file, TIOCOUTQ, &count), 0);
    assert_int_equal(count, 7);
}

static void all_is_out(void)
{
    device.pending = 0;
    take_more();
}

static void test_drain(void **state)
{
    struct abi_termios termios = modes_of(&file);

    (void)state;
    device.takes = 1;
    device.pending = 1;
    type("typed");
    assert_int_equal(write_file(&file, "ab", 2), 2);
    assert_int_equal(ask(&file, TCSBRK, (void *)1), -EINTR);
    termios.local &= ~ICANON;
    assert_int_equal(ask(&file, TCSETSW, &termios), -EINTR);
    assert_int_equal(modes_of(&file).local & ICANON, ICANON);
    while_waiting = all_is_out;
    assert_int_equal(ask(&file, TCSETSF, &termios), 0);
    assert_int_equal(modes_of(&file).local & ICANON, 0);
    file.flags |= O_NONBLOCK;
    fails(-EAGAIN); /* what was typed before is forgotten */
    assert_int_equal(ask(&file, TCSBRK, (void *)1), 0);
}

/* ---- sessions -------------------------------------------------------------------------------- */

static void test_without_a_session(void **state)
{
    int value = 10;
    struct file other;

    (void)state;
    type("\x03");
    signalled("");
    assert_int_equal(ask(&file, TIOCGPGRP, &value), -ENOTTY);
    assert_int_equal(ask(&file, TIOCSPGRP, &value), -ENOTTY);
    assert_int_equal(ask(&file, TIOCSCTTY, NULL), -EPERM);
    assert_int_equal(ask(&file, TIOCNOTTY, NULL), -ENOTTY);
    assert_int_equal(tty_open_controlling(&other), -ENXIO);
}

/* Session 10 takes the terminal by opening it. */
static void begin_session(void)
{
    struct file opened;

    run_as(10, 10);
    assert_int_equal(open_device("tty1", O_RDWR, &opened), 0);
    close_file(&opened);
}

static void test_a_leader_takes_it_by_opening(void **state)
{
    struct file other;
    uint64_t number, group;
    int value;

    (void)state;
    run_as(10, 10);
    assert_int_equal(open_device("tty1", O_RDWR | O_NOCTTY, &other), 0);
    close_file(&other);
    assert_false(tty_of_session(10, &number, &group));
    run_as(10, 11); /* not the leader */
    assert_int_equal(open_device("tty1", O_RDWR, &other), 0);
    close_file(&other);
    assert_false(tty_of_session(10, &number, &group));
    begin_session();
    assert_true(tty_of_session(10, &number, &group));
    assert_int_equal(number, DEVICE(4, 1));
    assert_int_equal(group, 10);
    assert_int_equal(ask(&file, TIOCGSID, &value), 0);
    assert_int_equal(value, 10);
    assert_int_equal(ask(&file, TIOCSCTTY, NULL), 0); /* it has it already */
    run_as(20, 20);
    assert_int_equal(ask(&file, TIOCSCTTY, NULL), -EPERM);
    assert_int_equal(ask(&file, TIOCGPGRP, &value), -ENOTTY);
    run_as(10, 11);
    assert_int_equal(tty_open_controlling(&other), 0);
    assert_int_equal(write_file(&other, "x", 1), 1);
    shown("x");
    close_file(&other);
}

static void test_given_to_a_session(void **state)
{
    struct file_operations no_terminal = {0};
    struct file other = {.operations = &no_terminal};

    (void)state;
    assert_int_equal(tty_give(&file, 10, 12), 0);
    assert_int_equal(tty_give(&file, 20, 20), -EPERM);
    assert_int_equal(tty_give(&other, 20, 20), -ENOTTY);
    type("\x03");
    signalled("g12:2");
}

static void test_foreground(void **state)
{
    int value = 12;

    (void)state;
    begin_session();
    type("\x03");
    signalled("g10:2");
    shown("^C");
    assert_int_equal(ask(&file, TIOCSPGRP, &value), 0);
    assert_int_equal(ask(&file, TIOCGPGRP, &value), 0);
    assert_int_equal(value, 12);
    type("\x1c\x1a");
    signalled("g12:3 g12:20");
    run_as(10, 12);
    value = 20; /* of another session */
    assert_int_equal(ask(&file, TIOCSPGRP, &value), -EPERM);
    value = -12;
    assert_int_equal(ask(&file, TIOCSPGRP, &value), -EINVAL);
    assert_int_equal(file.operations->ioctl(&file, TIOCSPGRP, (struct user){BAD_ADDRESS}), -EFAULT);
}

static void test_background(void **state)
{
    struct abi_termios termios = modes_of(&file);
    int value = 11;

    (void)state;
    begin_session();
    run_as(10, 11);
    type("line\r");
    fails(-EINTR);
    signalled("g11:21");
    now.ignores = true;
    fails(-EIO);
    now.ignores = false;
    now.orphaned = true;
    fails(-EIO);
    signalled("");
    now.orphaned = false;
    assert_int_equal(write_file(&file, "x", 1), 1);
    assert_int_equal(ask(&file, TIOCSPGRP, &value), -EINTR);
    assert_int_equal(ask(&file, TCSETS, &termios), -EINTR);
    signalled("g11:22 g11:22");
    assert_int_equal(ask(&file, TCGETS, &termios), 0);
    termios.local |= TOSTOP;
    now.ignores = true; /* as a shell does to take the terminal back */
    assert_int_equal(ask(&file, TCSETS, &termios), 0);
    assert_int_equal(write_file(&file, "x", 1), 1);
    now.ignores = false;
    assert_int_equal(write_file(&file, "x", 1), -EINTR);
    signalled("g11:22");
    now.orphaned = true;
    assert_int_equal(write_file(&file, "x", 1), -EIO);
}

static void test_window(void **state)
{
    struct abi_winsize window = {.rows = 50, .columns = 100}, got;

    (void)state;
    begin_session();
    assert_int_equal(ask(&file, TIOCSWINSZ, &window), 0);
    signalled("g10:28");
    assert_int_equal(ask(&file, TIOCSWINSZ, &window), 0);
    signalled("");
    assert_int_equal(ask(&file, TIOCGWINSZ, &got), 0);
    assert_int_equal(got.rows, 50);
    assert_int_equal(got.columns, 100);
}

static void test_end_of_a_session(void **state)
{
    struct file again;
    uint64_t number, group;

    (void)state;
    begin_session();
    make_raw(&file, 1, 0);
    type("abc");
    tty_leave(20);
    signalled("");
    tty_leave(10);
    signalled("g10:1 g10:18");
    assert_false(tty_of_session(10, &number, &group));
    reads("");
    reads("");
    assert_int_equal(write_file(&file, "x", 1), -EIO);
    assert_int_equal(ask(&file, TCFLSH, (void *)TCIFLUSH), -EIO);
    assert_int_equal(poll_file(&file), POLLIN | POLLOUT | POLLHUP);
    run_as(20, 20);
    assert_int_equal(open_device("tty1", O_RDWR, &again), 0);
    assert_true(tty_of_session(20, &number, &group));
    assert_int_equal(modes_of(&again).local & ICANON, ICANON); /* as new */
    type("hello\r");
    reads_with(&again, 100, "hello\n");
    close_file(&again);
    tty_leave(20);
}

static void leave_10(void)
{
    tty_leave(10);
}

static void test_hang_up_ends_waits(void **state)
{
    (void)state;
    begin_session();
    while_waiting = leave_10;
    reads("");
    close_file(&file);
    run_as(0, 0);
    assert_int_equal(open_device("tty1", O_RDWR, &file), 0);
    begin_session();
    device.takes = 0;
    char text[5000];
    memset(text, 'x', sizeof(text));
    while_waiting = leave_10;
    assert_int_equal(write_file(&file, text, sizeof(text)), 4096);
    assert_int_equal(write_file(&file, text, 1), -EIO);
    take_more();
    assert_int_equal(device.size, 4096); /* what was printed before is not lost */
}

static void test_leaving_it(void **state)
{
    uint64_t number, group;

    (void)state;
    begin_session();
    run_as(10, 11);
    assert_int_equal(ask(&file, TIOCNOTTY, NULL), -EPERM);
    run_as(10, 10);
    assert_int_equal(ask(&file, TIOCNOTTY, NULL), 0);
    signalled("g10:1 g10:18");
    assert_false(tty_of_session(10, &number, &group));
    type("x\r");
    reads("x\n"); /* not hung up */
}

/* ---- pseudo terminals ------------------------------------------------------------------------ */

static struct file master, slave;

static void open_pair(void)
{
    int unlocked = 0;
    unsigned number;
    char name[16];

    assert_int_equal(open_device("ptmx", O_RDWR, &master), 0);
    assert_int_equal(ask(&master, TIOCGPTN, &number), 0);
    snprintf(name, sizeof(name), "pts/%u", number);
    assert_int_equal(open_device(name, O_RDWR, &slave), -EIO);
    assert_int_equal(ask(&master, TIOCSPTLCK, &unlocked), 0);
    assert_int_equal(open_device(name, O_RDWR, &slave), 0);
}

static void test_pair(void **state)
{
    int count;

    (void)state;
    open_pair();
    assert_int_equal(poll_file(&master), POLLOUT);
    assert_int_equal(write_file(&master, "hello\r", 6), 6);
    reads_with(&slave, 100, "hello\n");
    assert_int_equal(write_file(&slave, "answer\n", 7), 7);
    assert_int_equal(poll_file(&master), POLLIN | POLLOUT);
    assert_int_equal(ask(&master, FIONREAD, &count), 0);
    assert_int_equal(count, 15);
    reads_with(&master, 9, "hello\r\nan");
    reads_with(&master, 100, "swer\r\n");
    master.flags |= O_NONBLOCK;
    char byte;
    assert_int_equal(read_file(&master, &byte, 1), -EAGAIN);
    close_file(&slave);
    close_file(&master);
    assert_int_equal(open_device("pts/0", O_RDWR, &slave), -ENOENT);
}

static void read_slave(void)
{
    char to[3000];

    assert_int_equal(read_file(&slave, to, sizeof(to)), sizeof(to));
}

static void test_pair_is_bounded(void **state)
{
    char text[6000];

    (void)state;
    open_pair();
    make_raw(&slave, 1, 0);
    memset(text, 'x', sizeof(text));
    while_waiting = read_slave;
    assert_int_equal(write_file(&master, text, sizeof(text)), sizeof(text));
    assert_int_equal(waits, 1);
    assert_int_equal(write_file(&master, text, sizeof(text)), 1096);
    assert_int_equal(write_file(&master, text, 1), -EINTR);
    assert_int_equal(poll_file(&master), 0);
    assert_int_equal(write_file(&slave, text, sizeof(text)), 4096);
    assert_int_equal(read_file(&master, text, sizeof(text)), 4096);
    close_file(&master);
    close_file(&slave);
}

static void test_stopped_output_is_not_fetched(void **state)
{
    char byte;

    (void)state;
    open_pair();
    master.flags |= O_NONBLOCK;
    assert_int_equal(write_file(&master, "\x13", 1), 1);
    assert_int_equal(write_file(&slave, "x", 1), 1);
    assert_int_equal(poll_file(&master), POLLOUT);
    assert_int_equal(read_file(&master, &byte, 1), -EAGAIN);
    assert_int_equal(write_file(&master, "\x11", 1), 1);
    reads_with(&master, 10, "x");
    close_file(&master);
    close_file(&slave);
}

static void test_terminal_is_closed(void **state)
{
    char byte;

    (void)state;
    open_pair();
    assert_int_equal(write_file(&slave, "last", 4), 4);
    close_file(&slave);
    assert_int_equal(poll_file(&master), POLLIN | POLLOUT | POLLHUP);
    reads_with(&master, 100, "last");
    assert_int_equal(read_file(&master, &byte, 1), -EIO);
    assert_int_equal(open_device("pts/0", O_RDWR, &slave), 0);
    assert_int_equal(poll_file(&master), POLLOUT);
    close_file(&slave);
    close_file(&master);
}

static void close_slave(void)
{
    close_file(&slave);
}

static void close_master(void)
{
    close_file(&master);
}

static void test_closing_ends_waits(void **state)
{
    char byte;

    (void)state;
    open_pair();
    while_waiting = close_slave;
    assert_int_equal(read_file(&master, &byte, 1), -EIO);
    close_file(&master);
    open_pair();
    while_waiting = close_master;
    assert_int_equal(read_file(&slave, &byte, 1), 0);
    assert_int_equal(write_file(&slave, "x", 1), -EIO);
    close_file(&slave);
}

static void test_master_is_closed(void **state)
{
    uint64_t number, group;
    char byte;

    (void)state;
    run_as(20, 20);
    open_pair();
    assert_true(tty_of_session(20, &number, &group));
    assert_int_equal(number, DEVICE(136, 0));
    assert_int_equal(write_file(&master, "\x03", 1), 1);
    signalled("g20:2");
    close_file(&master);
    signalled("l20:1 l20:18 g20:1 g20:18");
    assert_false(tty_of_session(20, &number, &group));
    assert_int_equal(read_file(&slave, &byte, 1), 0);
    assert_int_equal(write_file(&slave, "x", 1), -EIO);
    assert_int_equal(ask(&slave, TIOCSCTTY, NULL), -EIO);
    struct file old = slave;
    open_pair(); /* the number is free again, and another terminal */
    assert_int_equal(write_file(&slave, "x", 1), 1);
    assert_int_equal(write_file(&old, "x", 1), -EIO);
    close_file(&old);
    close_file(&master);
    close_file(&slave);
}

static void test_leader_of_a_pair_ends(void **state)
{
    (void)state;
    run_as(20, 20);
    open_pair();
    tty_leave(20);
    signalled("g20:1 g20:18");
    assert_int_equal(write_file(&slave, "x", 1), 1); /* the master decides */
    close_file(&slave);
    close_file(&master);
}

static void test_window_of_the_master(void **state)
{
    struct abi_winsize window = {.rows = 30, .columns = 90}, got;

    (void)state;
    run_as(20, 20);
    open_pair();
    assert_int_equal(ask(&master, TIOCSWINSZ, &window), 0);
    signalled("g20:28");
    assert_int_equal(ask(&slave, TIOCGWINSZ, &got), 0);
    assert_int_equal(got.columns, 90);
    close_file(&slave);
    close_file(&master);
}

static void test_as_many_as_there_are(void **state)
{
    struct file masters[PSEUDO_MAX], one_more;

    (void)state;
    for (unsigned i = 0; i < PSEUDO_MAX; i++)
        assert_int_equal(open_device("ptmx", O_RDWR, &masters[i]), 0);
    assert_int_equal(open_device("ptmx", O_RDWR, &one_more), -ENOSPC);
    for (unsigned i = 0; i < PSEUDO_MAX; i++)
        close_file(&masters[i]);
    devices_are_full = true;
    assert_int_equal(open_device("ptmx", O_RDWR, &one_more), -ENOMEM);
    devices_are_full = false;
    fail_after = 1;
    assert_int_equal(open_device("ptmx", O_RDWR, &one_more), -ENOMEM);
    assert_int_equal(open_device("ptmx", O_RDWR, &master), 0);
    assert_int_equal(ask(&master, TIOCSPTLCK, &(int){0}), 0);
    fail_after = 1;
    assert_int_equal(open_device("pts/0", O_RDWR, &slave), -ENOMEM);
    close_file(&master);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fresh, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_read_a_line),
        TEST(test_read_waits),
        TEST(test_long_lines_come_whole),
        TEST(test_bad_memory),
        TEST(test_raw_reads),
        TEST(test_raw_reads_with_time),
        TEST(test_write),
        TEST(test_stop_and_start),
        TEST(test_counts_and_flushes),
        TEST(test_drain),
        TEST(test_without_a_session),
        TEST(test_a_leader_takes_it_by_opening),
        TEST(test_given_to_a_session),
        TEST(test_foreground),
        TEST(test_background),
        TEST(test_window),
        TEST(test_end_of_a_session),
        TEST(test_hang_up_ends_waits),
        TEST(test_leaving_it),
        TEST(test_pair),
        TEST(test_pair_is_bounded),
        TEST(test_stopped_output_is_not_fetched),
        TEST(test_terminal_is_closed),
        TEST(test_closing_ends_waits),
        TEST(test_master_is_closed),
        TEST(test_leader_of_a_pair_ends),
        TEST(test_window_of_the_master),
        TEST(test_as_many_as_there_are),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
