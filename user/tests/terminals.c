/* Terminals, by pseudo terminals: editing, modes, waiting, sessions, signals, hang-ups. */
#include "user/tests/lib/test.h"

#include <stdnoreturn.h>

#include "lib/abi/terminal.h"

struct pair {
    int master;
    char name[16]; /* /dev/pts/N */
};

static void open_pair(struct pair *pair)
{
    static const char prefix[] = "/dev/pts/";
    unsigned number = 0;
    char *end = pair->name + sizeof(prefix) - 1;

    pair->master = (int)fastos_open("/dev/ptmx", O_RDWR | O_NOCTTY);
    expect(pair->master >= 0);
    expect_is(fastos_ioctl(pair->master, TIOCGPTN, &number), 0);
    memcpy(pair->name, prefix, sizeof(prefix));
    if (number >= 10)
        *end++ = (char)('0' + number / 10);
    *end++ = (char)('0' + number % 10);
    *end = '\0';
    expect_is(fastos_open(pair->name, O_RDWR | O_NOCTTY), -EIO); /* locked */
    expect_is(fastos_ioctl(pair->master, TIOCSPTLCK, &(int){0}), 0);
}

static int open_terminal(const struct pair *pair, unsigned flags)
{
    int fd = (int)fastos_open(pair->name, O_RDWR | flags);

    expect(fd >= 0);
    return fd;
}

static void say(int fd, const char *text)
{
    expect_is(fastos_write(fd, text, length(text)), length(text));
}

/* Reads until it has as much; it must be that. */
static bool hears(int fd, const char *text)
{
    char got[256];
    size_t size = length(text), done = 0;

    while (done < size) {
        long now = fastos_read(fd, got + done, size - done);
        if (now <= 0) {
            line("read ended", now);
            return false;
        }
        done += (size_t)now;
    }
    return memcmp(got, text, size) == 0;
}

static void close_both(const struct pair *pair, int terminal)
{
    expect_is(fastos_close(terminal), 0);
    expect_is(fastos_close(pair->master), 0);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static void lines(void)
{
    struct pair pair;
    int count = 0;
    char rest[8];

    open_pair(&pair);
    int terminal = open_terminal(&pair, O_NOCTTY);

    say(pair.master, "helxx\x7f\x7flo\r");
    expect_is(fastos_ioctl(terminal, FIONREAD, &count), 0);
    expect_is(count, 6);
    expect(hears(terminal, "hello\n"));
    expect(hears(pair.master, "helxx\b \b\b \blo\r\n"));
    say(terminal, "a\nb");
    expect(hears(pair.master, "a\r\nb"));
    say(pair.master, "\x04");
    expect_is(fastos_read(terminal, rest, sizeof(rest)), 0);
    expect_is(fastos_fcntl(terminal, F_SETFL, O_RDWR | O_NONBLOCK), 0);
    expect_is(fastos_read(terminal, rest, sizeof(rest)), -EAGAIN);
    close_both(&pair, terminal);
    expect_is(fastos_open(pair.name, O_RDWR), -ENOENT);
}

static void raw(void)
{
    struct abi_termios termios;
    struct abi_timespec before, after;
    struct pair pair;
    char got[8];

    open_pair(&pair);
    int terminal = open_terminal(&pair, O_NOCTTY);

    expect_is(fastos_ioctl(terminal, TCGETS, &termios), 0);
    termios.local &= ~(ICANON | ECHO | ISIG);
    termios.input &= ~(ICRNL | IXON);
    termios.characters[VMIN] = 0;
    termios.characters[VTIME] = 1;
    expect_is(fastos_ioctl(terminal, TCSETSF, &termios), 0);
    fastos_clock_gettime(CLOCK_MONOTONIC, &before);
    expect_is(fastos_read(terminal, got, sizeof(got)), 0);
    fastos_clock_gettime(CLOCK_MONOTONIC, &after);
    int64_t ms = (after.seconds - before.seconds) * 1000
                 + (after.nanoseconds - before.nanoseconds) / 1000000;
    expect(ms >= 99);
    say(pair.master, "\x03\r");
    expect_is(fastos_read(terminal, got, sizeof(got)), 2);
    expect_is(got[0], 3);
    expect_is(got[1], '\r');
    termios.characters[VMIN] = 3;
    termios.characters[VTIME] = 0;
    expect_is(fastos_ioctl(terminal, TCSETS, &termios), 0);
    struct abi_pollfd waiting = {terminal, POLLIN, 0};
    struct abi_timespec none = {0, 0};
    say(pair.master, "ab");
    expect_is(fastos_poll(&waiting, 1, &none, NULL), 0);
    say(pair.master, "c");
    expect_is(fastos_poll(&waiting, 1, &none, NULL), 1);
    expect_is(waiting.revents, POLLIN);
    expect_is(fastos_read(terminal, got, sizeof(got)), 3);
    close_both(&pair, terminal);
}

static int type_later(void *argument)
{
    struct abi_timespec a_while = {0, 20000000};

    fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &a_while, NULL);
    say((int)(uintptr_t)argument, "later\r");
    return 0;
}

static void waiting(void)
{
    struct pair pair;

    open_pair(&pair);
    int terminal = open_terminal(&pair, O_NOCTTY);
    long pid = start(type_later, (void *)(uintptr_t)pair.master);

    expect(hears(terminal, "later\n"));
    expect_is(end_of(pid), 0);
    pid = start(type_later, (void *)(uintptr_t)pair.master);
    struct abi_pollfd files[2] = {{pair.master, POLLIN, 0}, {terminal, POLLIN, 0}};
    expect(hears(pair.master, "later\r\n")); /* the first one's echo */
    files[0].events = 0;
    expect_is(fastos_poll(files, 2, NULL, NULL), 1);
    expect_is(files[1].revents, POLLIN);
    expect_is(end_of(pid), 0);
    close_both(&pair, terminal);
}

static int read_a_line(void *argument)
{
    char got[64];
    long size = fastos_read((int)(uintptr_t)argument, got, sizeof(got));

    return size == 6 && got[5] == '\n' ? got[0] : 98;
}

static void several_readers(void)
{
    struct pair pair;
    int seen = 0;

    open_pair(&pair);
    int terminal = open_terminal(&pair, O_NOCTTY);
    long pids[3];

    for (int i = 0; i < 3; i++)
        pids[i] = start(read_a_line, (void *)(uintptr_t)terminal);
    say(pair.master, "1aaaa\r2bbbb\r4cccc\r");
    for (int i = 0; i < 3; i++)
        seen += (int)end_of(pids[i]) - '0';
    expect_is(seen, 7); /* each line to one of them, whole */
    close_both(&pair, terminal);
}

/* More than both rings hold, while somebody else takes it. */
static int write_much(void *argument)
{
    static char text[20000];

    memset(text, 'x', sizeof(text));
    return fastos_write((int)(uintptr_t)argument, text, sizeof(text)) == sizeof(text) ? 0 : 1;
}

static void bounded(void)
{
    static char got[4096];
    struct pair pair;
    size_t done = 0;

    open_pair(&pair);
    int terminal = open_terminal(&pair, O_NOCTTY);
    long pid = start(write_much, (void *)(uintptr_t)terminal);

    while (done < 20000) {
        long now = fastos_read(pair.master, got, sizeof(got));
        if (!expect(now > 0))
            break;
        done += (size_t)now;
    }
    expect_is(end_of(pid), 0);
    close_both(&pair, terminal);
}

/* ---- sessions -------------------------------------------------------------------------------- */

static void ready(const struct pair *pair)
{
    expect(hears(pair->master, "ready"));
}

/* The leader of a session of its own with this terminal. */
static int lead(const struct pair *pair)
{
    expect(fastos_setsid() > 0);
    expect_is(fastos_open("/dev/tty", O_RDWR), -ENXIO);
    int terminal = open_terminal(pair, 0);

    expect_is(fastos_close(pair->master), 0);
    int mine = (int)fastos_open("/dev/tty", O_RDWR), session = 0;

    expect(mine >= 0);
    expect_is(fastos_ioctl(mine, TIOCGSID, &session), 0);
    expect_is(session, fastos_getpid());
    fastos_close(mine);
    return terminal;
}

static noreturn int read_for_ever(void *argument)
{
    int terminal = lead(argument);
    char byte;

    say(terminal, "ready");
    for (;;)
        fastos_read(terminal, &byte, 1);
}

static void interrupt(void)
{
    static const struct {
        const char *typed;
        int signal;
    } keys[] = {{"\x03", SIGINT}, {"\x1c", SIGQUIT}};

    for (unsigned i = 0; i < 2; i++) {
        struct pair pair;

        open_pair(&pair);
        long pid = start(read_for_ever, &pair);

        ready(&pair);
        say(pair.master, keys[i].typed);
        expect_is(end_of(pid), 128 + keys[i].signal);
        expect_is(fastos_close(pair.master), 0);
    }
}

static void hang_up(void)
{
    struct pair pair;

    open_pair(&pair);
    long pid = start(read_for_ever, &pair);

    ready(&pair);
    expect_is(fastos_close(pair.master), 0);
    expect_is(end_of(pid), 128 + SIGHUP);
}

static int read_until_it_ends(void *argument)
{
    int terminal = lead(argument);
    struct abi_sigaction ignore = {.handler = SIG_IGN};
    char byte;

    fastos_sigaction(SIGHUP, &ignore, NULL);
    say(terminal, "ready");
    expect_is(fastos_read(terminal, &byte, 1), 0);
    expect_is(fastos_write(terminal, "x", 1), -EIO);
    struct abi_pollfd file = {terminal, POLLIN, 0};
    expect_is(fastos_poll(&file, 1, NULL, NULL), 1);
    expect(file.revents & POLLHUP);
    return 0;
}

static void hung_up(void)
{
    struct pair pair;

    open_pair(&pair);
    long pid = start(read_until_it_ends, &pair);

    ready(&pair);
    expect_is(fastos_close(pair.master), 0);
    expect_is(end_of(pid), 0);
}

static void terminal_is_closed(void)
{
    struct pair pair;
    char byte;

    open_pair(&pair);
    int terminal = open_terminal(&pair, O_NOCTTY);

    say(terminal, "last");
    fastos_close(terminal);
    expect(hears(pair.master, "last"));
    expect_is(fastos_read(pair.master, &byte, 1), -EIO);
    fastos_close(pair.master);
}

static volatile int came;

static void note(int signal)
{
    (void)signal;
    came++;
}

static int wait_for_window(void *argument)
{
    int terminal = lead(argument);
    struct abi_winsize window;
    uint64_t blocked = 1ull << (SIGWINCH - 1), none = 0;

    handle(SIGWINCH, note, 0);
    fastos_sigprocmask(SIG_BLOCK, &blocked, NULL);
    say(terminal, "ready");
    expect_is(fastos_sigsuspend(&none), -EINTR);
    expect_is(came, 1);
    expect_is(fastos_ioctl(terminal, TIOCGWINSZ, &window), 0);
    expect_is(window.rows, 33);
    expect_is(window.columns, 99);
    return 0;
}

static void window(void)
{
    struct abi_winsize size = {.rows = 33, .columns = 99};
    struct pair pair;

    open_pair(&pair);
    long pid = start(wait_for_window, &pair);

    ready(&pair);
    expect_is(fastos_ioctl(pair.master, TIOCSWINSZ, &size), 0);
    expect_is(end_of(pid), 0);
    fastos_close(pair.master);
}

static int read_in_the_background(void *argument)
{
    char got[16];

    fastos_setpgid(0, 0);
    /* Stopped here; the read goes on when it is in the foreground. */
    return fastos_read((int)(uintptr_t)argument, got, sizeof(got)) == 3 ? 5 : 6;
}

static int write_in_the_background(void *argument)
{
    fastos_setpgid(0, 0);
    return fastos_write((int)(uintptr_t)argument, "bg", 2) == 2 ? 7 : 8;
}

/* As a shell does. */
static int control_jobs(void *argument)
{
    int terminal = lead(argument), group = (int)fastos_getpid(), status = 0, other;
    struct abi_sigaction ignore = {.handler = SIG_IGN};
    struct abi_termios termios;

    fastos_sigaction(SIGTTOU, &ignore, NULL);
    long pid = start(read_in_the_background, (void *)(uintptr_t)terminal);

    expect_is(fastos_wait4(pid, &status, WUNTRACED, NULL), pid);
    expect_is(status, SIGTTIN << 8 | 0x7f);
    other = (int)pid;
    expect_is(fastos_ioctl(terminal, TIOCSPGRP, &other), 0);
    expect_is(fastos_kill(-pid, SIGCONT), 0);
    say(terminal, "ready");
    expect_is(end_of(pid), 5);
    expect_is(fastos_ioctl(terminal, TIOCSPGRP, &group), 0);
    other = 0;
    expect_is(fastos_ioctl(terminal, TIOCGPGRP, &other), 0);
    expect_is(other, group);
    other = 1;
    expect_is(fastos_ioctl(terminal, TIOCSPGRP, &other), -EPERM);

    expect_is(fastos_ioctl(terminal, TCGETS, &termios), 0);
    termios.local |= TOSTOP;
    expect_is(fastos_ioctl(terminal, TCSETS, &termios), 0);
    struct abi_sigaction usual = {.handler = SIG_DFL};
    fastos_sigaction(SIGTTOU, &usual, NULL);
    pid = start(write_in_the_background, (void *)(uintptr_t)terminal);
    expect_is(fastos_wait4(pid, &status, WUNTRACED, NULL), pid);
    expect_is(status, SIGTTOU << 8 | 0x7f);
    termios.local &= ~TOSTOP;
    expect_is(fastos_ioctl(terminal, TCSETS, &termios), 0);
    expect_is(fastos_kill(-pid, SIGCONT), 0);
    expect_is(end_of(pid), 7);
    return 0;
}

static void jobs(void)
{
    struct pair pair;

    open_pair(&pair);
    long pid = start(control_jobs, &pair);

    ready(&pair);
    say(pair.master, "go\r");
    expect(hears(pair.master, "go\r\nbg"));
    expect_is(end_of(pid), 0);
    fastos_close(pair.master);
}

static int stop_me(void *argument)
{
    int terminal = lead(argument);
    long pid = fastos_fork();

    if (pid == 0)
        for (;;)
            fastos_sched_yield();
    int status = 0;

    handle(SIGTSTP, note, SA_RESTART);
    say(terminal, "ready");
    expect_is(fastos_wait4(pid, &status, WUNTRACED, NULL), pid);
    expect_is(status, SIGTSTP << 8 | 0x7f);
    fastos_kill(pid, SIGKILL);
    expect_is(end_of(pid), 128 + SIGKILL);
    return 0;
}

static void suspend(void)
{
    struct pair pair;

    open_pair(&pair);
    long pid = start(stop_me, &pair);

    ready(&pair);
    say(pair.master, "\x1a");
    expect_is(end_of(pid), 0);
    fastos_close(pair.master);
}

/* ---- bad input ------------------------------------------------------------------------------- */

static void bad_arguments(void)
{
    static const void *const addresses[] = {
        NULL, (void *)8, (void *)0x7ffffffff000, (void *)0xffff800000000000, (void *)-1ll,
    };
    static const unsigned requests[] = {TCGETS, TCSETS, TCSETSW, TCSETSF, TIOCGWINSZ, TIOCSWINSZ,
                                        FIONREAD, TIOCOUTQ};
    struct pair pair;

    open_pair(&pair);
    int terminal = open_terminal(&pair, O_NOCTTY);

    for (unsigned i = 0; i < 5; i++) {
        for (unsigned j = 0; j < 8; j++)
            expect_is(fastos_ioctl(terminal, requests[j], addresses[i]), -EFAULT);
        expect_is(fastos_ioctl(pair.master, TIOCGPTN, addresses[i]), -EFAULT);
        expect_is(fastos_ioctl(pair.master, TIOCSPTLCK, addresses[i]), -EFAULT);
        expect_is(fastos_ioctl(terminal, TIOCSPGRP, addresses[i]), -ENOTTY);
        expect_is(fastos_write(terminal, addresses[i], 10), -EFAULT);
        say(pair.master, "x\r");
        expect_is(fastos_read(terminal, (void *)addresses[i], 10), -EFAULT);
    }
    expect_is(fastos_ioctl(terminal, 0, NULL), -ENOTTY);
    expect_is(fastos_ioctl(terminal, 0xffffffff, NULL), -ENOTTY);
    expect_is(fastos_ioctl(terminal, TCFLSH, (void *)3), -EINVAL);
    expect_is(fastos_ioctl(terminal, TCXONC, (void *)4), -EINVAL);
    expect_is(fastos_ioctl(terminal, TIOCGPTN, &(int){0}), -ENOTTY);
    expect_is(fastos_ioctl(terminal, TIOCSCTTY, NULL), -EPERM);
    expect_is(fastos_lseek(terminal, 0, SEEK_SET), -ESPIPE);
    /* Any modes are taken, and it goes on. */
    struct abi_termios termios;
    uint64_t state = 1;

    for (unsigned i = 0; i < 200; i++) {
        for (size_t j = 0; j < sizeof(termios) / 4; j++)
            ((uint32_t *)&termios)[j] = (uint32_t)random_next(&state);
        expect_is(fastos_ioctl(terminal, TCSETS, &termios), 0);
        expect_is(fastos_ioctl(pair.master, TCFLSH, (void *)TCIOFLUSH), 0);
        char bytes[64];
        for (size_t j = 0; j < sizeof(bytes); j++)
            bytes[j] = (char)random_next(&state);
        say(pair.master, "");
        expect(fastos_write(pair.master, bytes, sizeof(bytes)) > 0);
    }
    close_both(&pair, terminal);
}

static void many(void)
{
    int masters[65];
    int count = 0;

    while (count < 65) {
        masters[count] = (int)fastos_open("/dev/ptmx", O_RDWR | O_NOCTTY);
        if (masters[count] < 0)
            break;
        count++;
    }
    expect(count >= 60 && count <= 64);
    while (count > 0)
        fastos_close(masters[--count]);
    for (unsigned i = 0; i < 200; i++) {
        struct pair pair;
        open_pair(&pair);
        close_both(&pair, open_terminal(&pair, O_NOCTTY));
    }
}

int main_test(void)
{
    lines();
    raw();
    waiting();
    several_readers();
    bounded();
    interrupt();
    hang_up();
    hung_up();
    terminal_is_closed();
    window();
    jobs();
    suspend();
    bad_arguments();
    many();
    return 0;
}
