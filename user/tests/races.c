/*
 * Arguments that change under the call: a second thread flips what the first one's pointers point at
 * between two values, a good and a hostile one, while the first makes the call again and again. Each
 * result is that of one of the two: what the kernel has checked is what it uses.
 *
 *     exec /usr/tests/races [TIMES]          calls of each kind, at first 10000
 *
 * On one CPU the threads meet where the clock interrupts a call; the first flips too, so that both
 * values are seen often, which the test expects.
 */
#include "user/tests/lib/test.h"

#define W      "/tmp/races/"
#define KERNEL 0xffffff0000000000ul
#define BYTES  4096

struct race {
    const char *name;
    void (*flip)(bool hostile);
    /* Makes the call; *good: its result was the good value's. False: neither value's. */
    bool (*call)(bool *good);
    unsigned share; /* one call of so many */
};

static volatile bool stop, stopped;
static const struct race *running;

/* ---- what changes ---------------------------------------------------------------------------- */

static char *page; /* behind it nothing can be read */
static char buffer[BYTES], back[BYTES];
static int file_fd, directory_fd, pipe_fds[2], channel_fds[2];
static uint64_t file_inode;

static volatile struct abi_iovec parts[2];
static volatile struct abi_pollfd polled[20];
static volatile struct abi_timespec times[2];
static volatile struct abi_rlimit limits;
static volatile struct abi_sigaction action;
static volatile struct abi_sigaltstack alternate;
static volatile struct abi_itimerval timer;
static volatile uint64_t set;
static volatile uint32_t word;
static volatile int handles[2];
static char text[256];

/* `good` when it is that, else bad when it is this. */
static bool one_of(long result, long good_result, long bad_result, bool *good)
{
    *good = result == good_result;
    return *good || result == bad_result;
}

static void put_text(volatile char *at, const char *from)
{
    do
        *at++ = *from;
    while (*from++);
}

/* ---- paths ----------------------------------------------------------------------------------- */

static void flip_name(bool hostile)
{
    *(volatile char *)&text[sizeof(W) - 1] = hostile ? 'b' : 'a'; /* the one is not there */
}

static bool open_name(bool *good)
{
    struct abi_stat stat;
    long fd = fastos_open(text, O_RDONLY);

    *good = fd >= 0;
    if (fd < 0)
        return fd == -ENOENT;
    bool same = fastos_fstat((int)fd, &stat) == 0 && stat.inode == file_inode;

    fastos_close((int)fd);
    return same;
}

static bool stat_name(bool *good)
{
    struct abi_stat stat;

    return one_of(fastos_fstatat(AT_FDCWD, text, &stat, 0), 0, -ENOENT, good);
}

static bool link_name(bool *good)
{
    long result = fastos_linkat(AT_FDCWD, text, AT_FDCWD, W "link", 0);

    fastos_unlinkat(AT_FDCWD, W "link", 0);
    return one_of(result, 0, -ENOENT, good);
}

/* Both are targets: the link has one of them, whole. */
static bool symlink_name(bool *good)
{
    char target[64];
    long result = fastos_symlinkat(text, AT_FDCWD, W "link");
    long size = fastos_readlinkat(AT_FDCWD, W "link", target, sizeof(target));

    fastos_unlinkat(AT_FDCWD, W "link", 0);
    *good = target[sizeof(W) - 1] == 'a';
    return result == 0 && size == sizeof(W) && (*good || target[sizeof(W) - 1] == 'b');
}

static bool may_access(bool *good)
{
    return one_of(fastos_faccessat(AT_FDCWD, text, R_OK, 0), 0, -ENOENT, good);
}

static bool truncate_name(bool *good)
{
    return one_of(fastos_truncate(text, 100), 0, -ENOENT, good);
}

static bool change_mode(bool *good)
{
    return one_of(fastos_fchmodat(AT_FDCWD, text, 0666, 0), 0, -ENOENT, good);
}

static bool statfs_name(bool *good)
{
    struct abi_statfs stat;

    return one_of(fastos_statfs(text, &stat), 0, -ENOENT, good);
}

static bool enter_name(bool *good)
{
    return one_of(fastos_chdir(text), -ENOTDIR, -ENOENT, good);
}

/* The one is a file already. */
static bool make_directory(bool *good)
{
    long result = fastos_mkdirat(AT_FDCWD, text, 0777);
    bool made = fastos_unlinkat(AT_FDCWD, W "b", AT_REMOVEDIR) == 0;

    return made == (result == 0) && one_of(result, -EEXIST, 0, good);
}

/* Whichever it was: the file has one name all the time. */
static bool rename_name(bool *good)
{
    long result = fastos_renameat(AT_FDCWD, text, AT_FDCWD, W "c");

    if (result == 0)
        expect_is(fastos_renameat(AT_FDCWD, W "c", AT_FDCWD, W "a"), 0);
    return one_of(result, 0, -ENOENT, good);
}

/* The end of a path that lies at the end of a page. */
static void flip_end(bool hostile)
{
    *(volatile char *)(page + PAGE - 1) = hostile ? 'a' : '\0';
}

static bool open_end(bool *good)
{
    long fd = fastos_open(page + PAGE - sizeof(W "a"), O_RDONLY);

    if (fd >= 0)
        fastos_close((int)fd);
    *good = fd >= 0;
    return fd >= 0 || fd == -EFAULT;
}

static void flip_type(bool hostile)
{
    *(volatile char *)&text[4] = hostile ? 'x' : 's';
}

static bool mount_type(bool *good)
{
    put_text(text, "tmpfs");
    flip_type(*good);
    long result = fastos_mount("none", W "mount", text, 0);

    if (result == 0)
        expect_is(fastos_umount(W "mount", 0), 0);
    return one_of(result, 0, -ENODEV, good);
}

/* ---- bytes and pieces ------------------------------------------------------------------------ */

static void flip_base(bool hostile)
{
    parts[1].base = hostile ? KERNEL : (uintptr_t)buffer;
}

/* The first piece is written in any case, and nothing of the kernel's ever. */
static bool write_parts(bool *good)
{
    expect_is(fastos_lseek(file_fd, 0, SEEK_SET), 0);
    long result = fastos_writev(file_fd, (void *)parts, 2);

    *good = result == 20;
    if (result != 20 && result != 10)
        return false;
    return fastos_pread(file_fd, back, 20, 0) >= result && memcmp(back, buffer, (size_t)result) == 0;
}

static bool read_parts(bool *good)
{
    expect_is(fastos_lseek(file_fd, 0, SEEK_SET), 0);
    return one_of(fastos_readv(file_fd, (void *)parts, 2), 20, 10, good);
}

static void flip_size(bool hostile)
{
    parts[0].size = hostile ? ~0ul : 10;
}

static bool write_sizes(bool *good)
{
    expect_is(fastos_lseek(file_fd, 0, SEEK_SET), 0);
    parts[0].base = (uintptr_t)page + PAGE - 10;
    return one_of(fastos_writev(file_fd, (void *)parts, 2), 20, -EINVAL, good);
}

/* The memory itself goes and comes. */
static void flip_memory(bool hostile)
{
    fastos_mprotect(page, PAGE, hostile ? PROT_NONE : PROT_READ | PROT_WRITE);
}

static bool read_memory(bool *good)
{
    return one_of(fastos_pread(file_fd, page, 20, 0), 20, -EFAULT, good);
}

static bool random_memory(bool *good)
{
    return one_of(fastos_getrandom(page, 20, 0), 20, -EFAULT, good);
}

static bool stat_memory(bool *good)
{
    return one_of(fastos_fstat(file_fd, (void *)page), 0, -EFAULT, good);
}

static bool working_directory(bool *good)
{
    long result = fastos_getcwd(page, PAGE);

    *good = result > 0;
    return *good || result == -EFAULT;
}

static bool link_memory(bool *good)
{
    return one_of(fastos_readlinkat(AT_FDCWD, W "to-a", page, PAGE), sizeof(W), -EFAULT, good);
}

/* Pages of a directory: what was not told comes the next time. */
static bool names_memory(bool *good)
{
    expect_is(fastos_lseek(directory_fd, 0, SEEK_SET), 0);
    long result = fastos_getdents(directory_fd, page, PAGE);

    *good = result > 0;
    return *good || result == -EFAULT;
}

/* What cannot be received stays whole, for the next. */
static bool receive_memory(bool *good)
{
    expect_is(fastos_channel_send(channel_fds[0], "message", 8, NULL, 0), 0);
    long result = fastos_channel_receive(channel_fds[1], page, PAGE, NULL, 0);

    if (result == -EFAULT)
        expect_is(fastos_channel_receive(channel_fds[1], back, BYTES, NULL, 0), 8);
    return one_of(result, 8, -EFAULT, good);
}

static bool write_memory(bool *good)
{
    return one_of(fastos_pwrite(file_fd, page, 20, 0), 20, -EFAULT, good);
}

static void flip_mapping(bool hostile)
{
    if (hostile)
        fastos_munmap(page, PAGE);
    else
        fastos_mmap_file(page, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                         -1, 0);
}

/* ---- handles --------------------------------------------------------------------------------- */

#define SPARE 60

static void flip_handle(bool hostile)
{
    if (hostile)
        fastos_close(SPARE);
    else
        fastos_dup3(file_fd, SPARE, 0);
}

static bool read_handle(bool *good)
{
    return one_of(fastos_pread(SPARE, back, 20, 0), 20, -EBADF, good);
}

static bool map_handle(bool *good)
{
    long at = fastos_mmap_file(NULL, PAGE, PROT_READ, MAP_SHARED, SPARE, 0);

    *good = !is_failure(at);
    if (*good)
        expect_is(fastos_munmap((void *)at, PAGE), 0);
    return *good || at == -EBADF;
}

static void flip_sent(bool hostile)
{
    handles[1] = hostile ? 4000 : pipe_fds[0];
}

static bool send_handles(bool *good)
{
    int got[2] = {-1, -1};
    long result = fastos_channel_send(channel_fds[0], "message", 8, (void *)handles, 2);

    if (!one_of(result, 0, -EBADF, good))
        return false;
    if (!*good)
        return fastos_channel_receive(channel_fds[1], back, BYTES, got, 2) == -EAGAIN;
    result = fastos_channel_receive(channel_fds[1], back, BYTES, got, 2);
    fastos_close(got[0]);
    fastos_close(got[1]);
    return result == (2l << 32 | 8) && got[0] > 2 && got[1] > 2;
}

static void flip_polled(bool hostile)
{
    polled[18].fd = hostile ? 4000 : -1;
}

static bool poll_all(bool *good)
{
    const struct abi_timespec no_time = {0, 0};
    long result = fastos_poll((void *)polled, 20, &no_time, NULL);

    *good = result == 0;
    return result == 0 || result == 1;
}

/* ---- structures ------------------------------------------------------------------------------ */

static void flip_time(bool hostile)
{
    times[0].nanoseconds = hostile ? 2000000000 : 1;
}

static bool sleep_time(bool *good)
{
    return one_of(fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, (void *)times, NULL), 0, -EINVAL, good);
}

static bool set_times(bool *good)
{
    struct abi_stat stat;
    long result = fastos_utimensat(AT_FDCWD, W "a", (void *)times, 0);

    expect_is(fastos_fstat(file_fd, &stat), 0);
    return one_of(result, 0, -EINVAL, good) && stat.accessed.nanoseconds < 1000000000;
}

static void flip_limit(bool hostile)
{
    limits.now = hostile ? 10 : 5; /* most is 7 */
}

static bool set_limit(bool *good)
{
    struct abi_rlimit is;
    long result = fastos_prlimit(0, RLIMIT_CORE, (void *)&limits, NULL);

    expect_is(fastos_prlimit(0, RLIMIT_CORE, NULL, &is), 0);
    return one_of(result, 0, -EINVAL, good) && is.now <= is.most;
}

static void flip_stack(bool hostile)
{
    alternate.base = hostile ? KERNEL : (uintptr_t)buffer;
}

static bool set_stack(bool *good)
{
    struct abi_sigaltstack is;
    long result = fastos_sigaltstack((void *)&alternate, NULL);

    expect_is(fastos_sigaltstack(NULL, &is), 0);
    return one_of(result, 0, -EINVAL, good) && is.base < KERNEL;
}

static void flip_action(bool hostile)
{
    action.handler = hostile ? KERNEL : SIG_IGN;
}

/* Both are taken: one of them, whole, is there. */
static bool set_action(bool *good)
{
    struct abi_sigaction is;
    long result = fastos_sigaction(SIGUSR2, (void *)&action, NULL);

    expect_is(fastos_sigaction(SIGUSR2, NULL, &is), 0);
    *good = is.handler == SIG_IGN;
    return result == 0 && (*good || is.handler == KERNEL);
}

static void flip_timer(bool hostile)
{
    timer.interval_us = hostile ? 2000000 : 0;
}

static bool set_timer(bool *good)
{
    return one_of(fastos_setitimer(ITIMER_REAL, (void *)&timer, NULL), 0, -EINVAL, good);
}

static void flip_set(bool hostile)
{
    set = hostile ? ~0ul : 0;
}

static bool set_mask(bool *good)
{
    const uint64_t unblockable = 1ul << (SIGKILL - 1) | 1ul << (SIGSTOP - 1);
    uint64_t is = 1;

    expect_is(fastos_sigprocmask(SIG_SETMASK, (void *)&set, NULL), 0);
    expect_is(fastos_sigprocmask(SIG_SETMASK, NULL, &is), 0);
    *good = is == 0;
    return is == 0 || is == ~unblockable;
}

/* A signal waits that is only in one of them. */
static void flip_taken(bool hostile)
{
    set = hostile ? 1ul << (SIGUSR2 - 1) : 1ul << (SIGUSR1 - 1);
}

static bool take_signal(bool *good)
{
    const uint64_t blocked = 1ul << (SIGUSR1 - 1);
    const struct abi_timespec no_time = {0, 0};

    expect_is(fastos_sigprocmask(SIG_SETMASK, &blocked, NULL), 0);
    expect_is(fastos_tgkill(fastos_getpid(), fastos_gettid(), SIGUSR1), 0);
    return one_of(fastos_sigtimedwait((void *)&set, NULL, &no_time), SIGUSR1, -EAGAIN, good);
}

static void flip_word(bool hostile)
{
    word = hostile ? 2 : 1;
}

static bool wait_for_word(bool *good)
{
    const struct abi_timespec no_time = {0, 0};

    return one_of(fastos_futex((void *)&word, FUTEX_WAIT, 1, &no_time, NULL, 0), -ETIMEDOUT, -EAGAIN,
                  good);
}

/* ---- exec: the other thread ends with it ----------------------------------------------------- */

#define STATUS_A 42
#define STATUS_B 43

static char *volatile program_words[4];

static void flip_words(bool hostile)
{
    static unsigned which;

    which++;
    text[0] = which & 1 ? 'a' : 'b';
    program_words[2] = hostile ? (char *)KERNEL : NULL;
}

static void flip_on(void *argument)
{
    (void)argument;
    for (unsigned i = 0; !stop; i++)
        running->flip(i & 1);
    stopped = true;
    fastos_thread_exit(NULL);
}

static int execute(void *argument)
{
    const bool *hostile = argument;

    flip_words(*hostile);
    expect(begin_thread(flip_on, NULL) > 0);
    fastos_sched_yield();
    return (int)-fastos_execve("/usr/tests/races", (char *const *)program_words, NULL);
}

static bool exec_words(bool *good)
{
    put_text(text, "a-word");
    program_words[0] = (char *)W "a";
    program_words[1] = text;
    stop = false; /* the child has a thread of its own */
    long status = status_of(execute, good);

    *good = status == STATUS_A || status == STATUS_B;
    return *good || status == EFAULT;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static const struct race races[] = {
    {"open, a path", flip_name, open_name, 1},
    {"fstatat, a path", flip_name, stat_name, 1},
    {"linkat, a path", flip_name, link_name, 2},
    {"symlinkat, a target", flip_name, symlink_name, 2},
    {"faccessat, a path", flip_name, may_access, 1},
    {"truncate, a path", flip_name, truncate_name, 1},
    {"fchmodat, a path", flip_name, change_mode, 1},
    {"statfs, a path", flip_name, statfs_name, 1},
    {"chdir, a path", flip_name, enter_name, 1},
    {"mkdirat, a path", flip_name, make_directory, 2},
    {"renameat, a path", flip_name, rename_name, 2},
    {"open, the end of a path", flip_end, open_end, 1},
    {"mount, a type", flip_type, mount_type, 4},
    {"writev, an address", flip_base, write_parts, 1},
    {"readv, an address", flip_base, read_parts, 1},
    {"writev, a size", flip_size, write_sizes, 1},
    {"pread, rights of memory", flip_memory, read_memory, 1},
    {"pwrite, rights of memory", flip_memory, write_memory, 1},
    {"getrandom, rights of memory", flip_memory, random_memory, 1},
    {"fstat, rights of memory", flip_memory, stat_memory, 1},
    {"getcwd, rights of memory", flip_memory, working_directory, 1},
    {"readlinkat, rights of memory", flip_memory, link_memory, 1},
    {"getdents, rights of memory", flip_memory, names_memory, 1},
    {"channel_receive, rights of memory", flip_memory, receive_memory, 1},
    {"pread, a mapping", flip_mapping, read_memory, 1},
    {"pwrite, a mapping", flip_mapping, write_memory, 1},
    {"pread, a handle", flip_handle, read_handle, 1},
    {"mmap_file, a handle", flip_handle, map_handle, 1},
    {"channel_send, a handle", flip_sent, send_handles, 1},
    {"poll, a file", flip_polled, poll_all, 1},
    {"clock_nanosleep, a time", flip_time, sleep_time, 4},
    {"utimensat, a time", flip_time, set_times, 1},
    {"prlimit, a limit", flip_limit, set_limit, 1},
    {"sigaltstack, an address", flip_stack, set_stack, 1},
    {"sigaction, a handler", flip_action, set_action, 1},
    {"setitimer, a time", flip_timer, set_timer, 1},
    {"sigprocmask, a set", flip_set, set_mask, 1},
    {"sigtimedwait, a set", flip_taken, take_signal, 1},
    {"futex, a word", flip_word, wait_for_word, 1},
    {"execve, words", flip_words, exec_words, 40},
};

static void prepare(void)
{
    struct abi_stat stat;

    put_text(text, W "a");
    memset(buffer, 'g', sizeof(buffer));
    memset(page, 'g', PAGE);
    put_text(page + PAGE - sizeof(W "a"), W "a");
    file_fd = (int)fastos_openat(AT_FDCWD, W "a", O_RDWR | O_CREAT | O_TRUNC, 0666);
    expect_is(fastos_pwrite(file_fd, buffer, 100, 0), 100);
    expect_is(fastos_fstat(file_fd, &stat), 0);
    file_inode = stat.inode;
    directory_fd = (int)fastos_open(W, O_RDONLY | O_DIRECTORY);
    expect(directory_fd >= 0);
    fastos_unlinkat(AT_FDCWD, W "to-a", 0);
    expect_is(fastos_symlinkat(W "a", AT_FDCWD, W "to-a"), 0);
    fastos_mkdirat(AT_FDCWD, W "mount", 0777);
    expect_is(fastos_pipe(pipe_fds, 0), 0);
    expect_is(fastos_channel_create(channel_fds, O_NONBLOCK), 0);
    for (unsigned i = 0; i < 2; i++) {
        parts[i].base = (uintptr_t)buffer;
        parts[i].size = 10;
        handles[i] = pipe_fds[i];
        times[i].nanoseconds = UTIME_OMIT;
    }
    for (unsigned i = 0; i < 20; i++)
        polled[i].fd = -1;
    limits.most = 7;
    alternate.size = sizeof(buffer);
    action.restorer = (uintptr_t)restorer;
}

/* Results that are not those of the value that the caller had set: it changed in time. Shared. */
static volatile uint64_t *overtaken;

static void count_times(const struct race *race, unsigned times_wanted)
{
    unsigned good = 0, bad = 0;

    for (unsigned i = 0; i < times_wanted / race->share; i++) {
        bool hostile = i & 1, is_good = hostile;

        race->flip(hostile);
        if (!expect(race->call(&is_good))) {
            line(race->name, i);
            break;
        }
        good += is_good;
        bad += !is_good;
        *overtaken += is_good == hostile;
    }
    if (!expect(good > 0 && bad > 0)) {
        line(race->name, good);
        line("hostile", bad);
    }
}

static unsigned times_of_each = 10000;

/* In a child, which has all of its own. */
static int run(void *race)
{
    running = race;
    prepare();
    if (running->call != exec_words) /* whose children each have one */
        expect(begin_thread(flip_on, NULL) > 0);
    count_times(running, times_of_each);
    stop = true;
    while (running->call != exec_words && !stopped)
        fastos_sched_yield();
    return 0;
}

static void all(void)
{
    for (unsigned i = 0; i < sizeof(races) / sizeof(races[0]); i++)
        if (!expect_is(status_of(run, (void *)&races[i]), 0))
            line(races[i].name, 0);
}

/* What execute() began. */
static int as_program(void)
{
    if (argument_count == 2 && equal(arguments[1] + 1, "-word"))
        return arguments[1][0] == 'a' ? STATUS_A : arguments[1][0] == 'b' ? STATUS_B : 1;
    return 1;
}

int main_test(void)
{
    if (argument_count > 0 && equal(arguments[0], W "a"))
        return as_program();
    page = fresh_pages(2);
    expect_is(fastos_mprotect(page + PAGE, PAGE, PROT_NONE), 0);
    if (argument_count > 1)
        for (times_of_each = 0; *arguments[1]; arguments[1]++)
            times_of_each = times_of_each * 10 + (unsigned)(*arguments[1] - '0');
    fastos_mkdirat(AT_FDCWD, W, 0777);
    expect_is(fastos_mount("races", W, "tmpfs", 0), 0);
    overtaken = (void *)fastos_mmap_file(NULL, PAGE, PROT_READ | PROT_WRITE,
                                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    all();
    line("overtaken", (int64_t)*overtaken);
    expect(*overtaken > 20);
    expect_is(fastos_umount(W, 0), 0);
    if (!disappointments)
        print("races: done\n");
    return 0;
}
