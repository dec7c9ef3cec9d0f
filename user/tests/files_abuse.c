/*
 * A program that calls whatever has to do with files with whatever it has at hand: seeded, so that
 * it can be repeated. Nothing is expected but that the kernel stands and the program is alive at
 * the end.
 *
 *     exec /usr/tests/files_abuse [SEED [CALLS]]
 */
#include "user/tests/lib/test.h"

#define FDS 24

static uint64_t state;
static char buffer[8192];
static int64_t numbers[sizeof(buffer) / 8]; /* as large: they are read into as well */

static uint64_t below(uint64_t limit)
{
    return random_next(&state) % limit;
}

static const char *any_path(void)
{
    static const char *const paths[] = {
        "/tmp/w/a", "/tmp/w/b", "/tmp/w/a/a", "/tmp/w/a/b", "/tmp/w/b/a", "/tmp/w/l", "/tmp/w/m",
        "a", "b", "a/b", "./a/../b/", "..", ".", "", "/", "//tmp//w//", "/tmp/w/fifo", "/dev/null",
        "/dev/zero", "/dev/full", "/dev/urandom", "/dev", "/proc", "/proc/self", "/proc/self/fd/3",
        "/proc/self/fd", "/proc/self/cwd/a", "/proc/mounts", "/proc/self/stat", "/proc/self/maps",
        "/proc/kmsg", "/proc/1/status", "/tmp/w/mnt", "/tmp/w/mnt/x", "/README.txt", "/bin/hello",
        "/w/a", "/w/b", "/w/a/c", "/w/l",
        "/tmp/w/a-name-that-is-so-long-that-it-does-not-lie-in-the-dentry-itself-but-elsewhere",
    };
    static char long_name[300];

    switch (below(40)) {
    case 0:
        return NULL;
    case 1:
        return (const char *)0x10;
    case 2:
        return (const char *)0xffffff0000000000;
    case 3:
        return (const char *)~0ul;
    case 4:
        memset(long_name, 'n', sizeof(long_name) - 1);
        long_name[below(sizeof(long_name))] = 0;
        return long_name;
    default:
        return paths[below(sizeof(paths) / sizeof(paths[0]))];
    }
}

static void *any_room(void)
{
    switch (below(12)) {
    case 0:
        return NULL;
    case 1:
        return (void *)0xffff800000000000;
    case 2:
        return (void *)0x7ffffffffff8;
    case 3:
        return (void *)any_path; /* code */
    case 4:
        return numbers;
    default:
        return buffer + below(64);
    }
}

static unsigned long any_size(void)
{
    switch (below(12)) {
    case 0:
        return 0;
    case 1:
        return ~0ul;
    case 2:
        return 1ul << 63;
    case 3:
        return 1ul << 32;
    default:
        return below(sizeof(buffer) - 64);
    }
}

static long any_offset(void)
{
    switch (below(8)) {
    case 0:
        return -1;
    case 1:
        return (long)(~0ul >> 1);
    case 2:
        return (long)(1ul << 63);
    case 3:
        return (long)below(1ul << 40);
    default:
        return (long)below(20000);
    }
}

static int any_fd(void)
{
    static const int bad[] = {-1, AT_FDCWD, 4095, 4096, 2147483647, -2147483647 - 1};

    return below(10) ? 3 + (int)below(FDS) : bad[below(6)];
}

static int any_directory(void)
{
    return below(3) ? AT_FDCWD : any_fd();
}

static unsigned any_flags(void)
{
    static const unsigned flags[] = {O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NONBLOCK, O_DIRECTORY,
                                     O_NOFOLLOW, O_CLOEXEC, O_SYNC, 1u << 31};
    unsigned made = (unsigned)below(4);

    for (unsigned i = 0; i < 3; i++)
        if (below(2))
            made |= flags[below(10)];
    return made;
}

static void fill_numbers(void)
{
    for (unsigned i = 0; i < 64; i++)
        numbers[i] = below(4) ? (int64_t)below(5000) : (int64_t)random_next(&state);
    for (unsigned i = 0; i < 16; i += 2) /* pieces that lie in the buffer */
        numbers[i] = (int64_t)(uintptr_t)buffer;
}

static void one_call(void)
{
    static struct abi_timespec moment = {0, 1000};
    int fd = any_fd();
    long made = -1;

    switch (below(40)) {
    case 0: case 1: case 2: case 3:
        made = fastos_openat(any_directory(), any_path(), any_flags(), (unsigned)below(010000));
        break;
    case 4: fastos_close(fd); break;
    case 5: fastos_read(fd, any_room(), any_size()); break;
    case 6: fastos_write(fd, any_room(), any_size()); break;
    case 7: fastos_pread(fd, any_room(), any_size(), any_offset()); break;
    case 8: fastos_pwrite(fd, any_room(), any_size() % 9000, any_offset()); break;
    case 9: fill_numbers(); fastos_readv(fd, (void *)numbers, (int)below(20)); break;
    case 10: fill_numbers(); fastos_writev(fd, (void *)numbers, (int)below(9)); break;
    case 11: fastos_lseek(fd, any_offset(), (int)below(4)); break;
    case 12: fastos_fstat(fd, any_room()); break;
    case 13:
        fastos_fstatat(any_directory(), any_path(), any_room(), (unsigned)below(2) << 12);
        break;
    case 14: fastos_faccessat(any_directory(), any_path(), (int)below(9), 0); break;
    case 15: fastos_getdents(fd, any_room(), any_size()); break;
    case 16: case 17: fastos_mkdirat(any_directory(), any_path(), (unsigned)below(01000)); break;
    case 18: fastos_mknodat(any_directory(), any_path(), S_IFIFO | 0666, 0); break;
    case 19: fastos_unlinkat(any_directory(), any_path(), 0); break;
    case 20: fastos_unlinkat(any_directory(), any_path(), AT_REMOVEDIR); break;
    case 21: case 22:
        fastos_renameat(any_directory(), any_path(), any_directory(), any_path());
        break;
    case 23: fastos_linkat(any_directory(), any_path(), any_directory(), any_path(), 0); break;
    case 24: fastos_symlinkat(any_path(), any_directory(), any_path()); break;
    case 25: fastos_readlinkat(any_directory(), any_path(), any_room(), any_size()); break;
    case 26: fastos_truncate(any_path(), any_offset()); break;
    case 27: fastos_ftruncate(fd, any_offset()); break;
    case 28: fastos_fchmodat(any_directory(), any_path(), 0777, 0); break;
    case 29: fastos_utimensat(any_directory(), any_path(), any_room(), 0); break;
    case 30: fastos_chdir(any_path()); break;
    case 31: fastos_fchdir(fd); break;
    case 32: fastos_getcwd(any_room(), any_size()); break;
    case 33: made = fastos_dup(fd); break;
    case 34: made = fastos_dup3(fd, 3 + (int)below(FDS), O_CLOEXEC); break;
    case 35: made = fastos_fcntl(fd, (int)below(6), any_offset()); break;
    case 36:
        if (fastos_pipe((int *)numbers, O_NONBLOCK) == 0 && ((int *)numbers)[1] >= 3 + FDS)
            fastos_close(((int *)numbers)[0]), fastos_close(((int *)numbers)[1]);
        break;
    case 37:
        fill_numbers();
        fastos_poll((void *)numbers, (unsigned)below(30), &moment, NULL);
        break;
    case 38:
        if (below(2))
            fastos_mount("x", "/tmp/w/mnt", below(2) ? "tmpfs" : "proc", (unsigned)below(4));
        else
            fastos_umount("/tmp/w/mnt", (unsigned)below(3));
        break;
    default:
        switch (below(6)) {
        case 0: fastos_statfs(any_path(), any_room()); break;
        case 1: fastos_fsync(fd); break;
        case 2: made = fastos_memfd_create(any_path(), (unsigned)below(3)); break;
        case 3: fastos_ioctl(fd, (unsigned)random_next(&state), any_room()); break;
        case 4: fastos_getrandom(any_room(), any_size() % 9000, 0); break;
        default: fastos_umask((unsigned)below(01000)); break;
        }
    }
    if (made >= 3 + FDS)
        fastos_close((int)made);
}

static void wake_up(int signal)
{
    (void)signal;
}

static uint64_t number_of(const char *text)
{
    uint64_t number = 0;

    for (; *text >= '0' && *text <= '9'; text++)
        number = number * 10 + (uint64_t)(*text - '0');
    return number;
}

int main_test(void)
{
    uint64_t calls = argument_count > 2 ? number_of(arguments[2]) : 20000;
    struct abi_itimerval every = {0, 20000, 0, 20000};

    state = argument_count > 1 ? number_of(arguments[1]) : 1;
    /* What waits for ever (a FIFO, the console) is woken. */
    handle(SIGALRM, wake_up, 0);
    handle(SIGPIPE, wake_up, 0);
    handle(SIGXFSZ, wake_up, 0);
    expect_is(fastos_setitimer(ITIMER_REAL, &every, NULL), 0);
    fastos_mkdirat(AT_FDCWD, "/tmp/w", 0777);
    fastos_mkdirat(AT_FDCWD, "/w", 0777);
    fastos_mkdirat(AT_FDCWD, "/tmp/w/mnt", 0777);
    expect_is(fastos_chdir("/tmp/w"), 0);
    for (uint64_t i = 0; i < calls; i++)
        one_call();
    line("calls", (int64_t)calls);
    return 0;
}
