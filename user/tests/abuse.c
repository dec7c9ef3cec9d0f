/*
 * Every system call with whatever is at hand: seeded, so that it can be repeated.
 *
 *     exec /usr/tests/abuse [SEED [CALLS [all]]]       as the first process; all: prints the counts
 *
 * Arguments are made by their types in lib/abi/syscalls.txt, so that a new call is abused as soon as it
 * is there. A worker makes the calls until it dies of one or has made its share; the judge (this
 * process) wakes it, ends it and all that it left, and starts the next. Every second worker is user
 * 1000. In the debug kernel some of their allocations fail (/dev/inject). At the end the judge sees that
 * each call was made, succeeded and failed, that of what the kernel keeps for processes nothing is left,
 * and that it is alive itself.
 */
#include "fastos/syscall_names.h"
#include "lib/abi/terminal.h"
#include "user/tests/lib/test.h"

#define CALLS        (sizeof(syscall_names) / sizeof(syscall_names[0]))
#define FDS          24       /* handles 3 to 26 are in play */
#define SHARE        4000     /* of calls for a worker */
#define ALARM_US     2000     /* a worker that waits is woken, every so often */
#define PATIENCE_US  500000   /* a worker that makes no call for so long is ended */
#define MEMORY_MAX   (64ull << 20)
#define PROCESSES    24
#define PLAYGROUND   0x200000000000ul /* pages to map and unmap: nothing else is near */
#define BUFFER_BYTES 8192
#define STACK_BYTES  8192
#define IN_BYTES     512
#define INJECT_FD    60 /* out of play */

enum { CHILD_FAILED = 78 };

/* Shared by all processes. */
static struct tally {
    uint64_t made, workers;
    bool injects; /* there is a /dev/inject */
    struct {
        uint64_t called, succeeded, failed;
    } of[CALLS];
} *tally;

static uint64_t state;
static bool privileged, verbose;
/* What calls read and write lies apart, nothing behind it: however much is written, the rest stays. */
static struct {
    uint64_t contents[6][IN_BYTES / 8]; /* of structures that are read, by the argument's place */
    uint32_t word; /* for futexes */
    char stacks[2 * STACK_BYTES] __attribute__((aligned(16)));
    char buffer[BUFFER_BYTES] __attribute__((aligned(PAGE)));
} *const arena = (void *)0x210000000000ul;
static long children[8];
static const char *const program[] = {"/tmp/w/hello", "one", NULL};

/* Multiplied (xorshift64*): numbers that follow each other would have too much in common. */
static uint64_t below(uint64_t limit)
{
    return (random_next(&state) * 0x2545f4914f6cdd1dul >> 16) % limit;
}

static long raw(uint64_t number, const uint64_t words[6])
{
    register uint64_t r10 __asm__("r10") = words[3];
    register uint64_t r8 __asm__("r8") = words[4];
    register uint64_t r9 __asm__("r9") = words[5];
    long result;

    __asm__ volatile("syscall" : "=a"(result)
                     : "a"(number), "D"(words[0]), "S"(words[1]), "d"(words[2]), "r"(r10), "r"(r8),
                       "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* ---- values ---------------------------------------------------------------------------------- */

static uint64_t bad_address(void)
{
    static const uint64_t bad[] = {
        0, 0x10, 0xfff8, 0x7ffffffffff8, 0x7fffffffefff, 0x800000000000, 0xffff800000000000,
        0xffffff0000000000, 0xffffffff80000000, ~7ul, ~0ul,
    };

    return bad[below(sizeof(bad) / sizeof(bad[0]))];
}

static uint64_t any_path(void)
{
    static const char *const paths[] = {
        "/tmp/w/a", "/tmp/w/b", "/tmp/w/a/a", "/tmp/w/a/b", "/tmp/w/b/a", "/tmp/w/l", "/tmp/w/m",
        "name", "name", "a", "b", "a/b", "./a/../b/", "..", ".", "", "/", "//tmp//w//", "/dev/null",
        "/tmp/w/fifo",
        "/dev/zero", "/dev/full", "/dev/urandom", "/dev", "/proc", "/proc/self", "/proc/self/fd/3",
        "/proc/self/fd", "/proc/self/cwd/a", "/proc/mounts", "/proc/self/stat", "/proc/self/maps",
        "/proc/kmsg", "/proc/1/status", "/tmp/w/mnt", "/tmp/w/mnt/x", "/README.txt", "/bin/hello",
        "/w/a", "/w/b", "/w/a/c", "/w/l", "/tmp/w/hello", "/dev/ptmx", "/dev/pts", "/dev/pts/0",
        "/tmp/w/a-name-that-is-so-long-that-it-does-not-lie-in-the-dentry-itself-but-elsewhere",
    };
    static char long_name[300];

    switch (below(40)) {
    case 0:
        return bad_address();
    case 1:
        memset(long_name, 'n', sizeof(long_name) - 1);
        long_name[below(sizeof(long_name))] = 0;
        return (uintptr_t)long_name;
    case 2:
        return (uintptr_t)arena->buffer + BUFFER_BYTES - 1;
    default:
        return (uintptr_t)paths[below(sizeof(paths) / sizeof(paths[0]))];
    }
}

static uint64_t any_room(void)
{
    switch (below(12)) {
    case 0:
        return bad_address();
    case 1:
        return (uintptr_t)any_path; /* code, to be read alone */
    case 2:
        return PLAYGROUND - 3;
    case 3:
        return PLAYGROUND + below(64) * PAGE;
    default:
        return (uintptr_t)arena->buffer + below(64);
    }
}

static uint64_t any_address(void)
{
    switch (below(8)) {
    case 0:
        return bad_address();
    case 1:
        return (uintptr_t)arena->stacks + sizeof(arena->stacks);
    case 2:
    case 3:
        return (uintptr_t)&arena->word;
    default:
        return PLAYGROUND + below(64) * PAGE;
    }
}

static uint64_t any_size(void)
{
    static const uint64_t sizes[] = {0, 1, ~0ul, 1ul << 63, 1ul << 32, PAGE, 16 * PAGE, PAGE + 1};

    return below(2) ? below(BUFFER_BYTES - 64) : sizes[below(8)];
}

static uint64_t any_offset(void)
{
    static const uint64_t offsets[] = {~0ul, ~0ul >> 1, 1ul << 63, 1ul << 31, PAGE};

    if (below(8) == 0)
        return offsets[below(5)];
    return below(8) ? below(20000) : below(1ul << 40);
}

static uint64_t any_fd(void)
{
    static const int bad[] = {-1, AT_FDCWD, 4095, 4096, 2147483647, -2147483647 - 1};

    return (uint64_t)(int64_t)(below(10) ? 3 + (int)below(FDS) : bad[below(6)]);
}

static uint64_t any_int(void)
{
    static const int odd[] = {-1, 2147483647, -2147483647 - 1, 1000, 64, 19, -20, 255};

    return (uint64_t)(int64_t)(below(4) ? (int)below(5) : odd[below(8)]);
}

static uint64_t any_pid(void)
{
    switch (below(10)) {
    case 0:
        return (uint64_t)-1;
    case 1:
        return 1;
    case 2:
        return below(2) ? 0x7fffffff : below(~0ul);
    case 3:
    case 4:
        return (uint64_t)fastos_getpid();
    case 5:
        return (uint64_t)-fastos_getpid();
    case 6:
    case 7:
        return 0;
    default:
        return (uint64_t)children[below(8)];
    }
}

static uint64_t any_request(void)
{
    static const unsigned known[] = {TCGETS, TCSETS, TCSETSW, TCSETSF, TCSBRK, TCXONC, TCFLSH,
                                     TIOCSCTTY, TIOCGPGRP, TIOCSPGRP, TIOCOUTQ, TIOCGWINSZ,
                                     TIOCSWINSZ, FIONREAD, TIOCNOTTY, TIOCGSID, TIOCGPTN,
                                     TIOCSPTLCK};

    return below(8) ? known[below(sizeof(known) / sizeof(known[0]))] : random_next(&state);
}

static uint64_t any_of(const unsigned *bits, unsigned count)
{
    uint64_t made = 0;

    for (unsigned i = 0; i < 3; i++)
        if (below(2))
            made |= bits[below(count)];
    return below(32) ? made : made | 1ul << below(64);
}

static uint64_t any_flags(const char *set)
{
    static const unsigned open[] = {O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NONBLOCK, O_DIRECTORY,
                                    O_NOFOLLOW, O_CLOEXEC, O_SYNC, O_CREAT};
    static const unsigned map[] = {MAP_FIXED, MAP_ANONYMOUS, MAP_ANONYMOUS, MAP_NORESERVE,
                                   MAP_POPULATE, MAP_STACK, MAP_FIXED_NOREPLACE};
    static const unsigned at[] = {AT_SYMLINK_NOFOLLOW, AT_REMOVEDIR, AT_SYMLINK_FOLLOW,
                                  AT_EMPTY_PATH};

    if (equal(set, "open"))
        return any_of(open, 10) | below(3);
    if (equal(set, "map"))
        return any_of(map, 7) | (below(8) ? 1 + below(2) : below(4));
    if (equal(set, "at"))
        return below(2) ? 0 : any_of(at, 4);
    if (equal(set, "wait"))
        return below(8) ? WNOHANG | below(16) : below(16);
    return below(16) ? below(8) : 1ul << below(32);
}

/* ---- structures ------------------------------------------------------------------------------ */

static void wake_up(int signal)
{
    (void)signal;
}

static void fill_sigset(uint64_t *to)
{
    to[0] = random_next(&state) & random_next(&state);
    if (below(16)) /* what wakes a worker */
        to[0] &= ~(1ul << (SIGALRM - 1));
}

static void fill_sigaction(struct abi_sigaction *to)
{
    static const unsigned flags[] = {SA_NOCLDSTOP, SA_NOCLDWAIT, SA_SIGINFO, SA_ONSTACK, SA_NODEFER,
                                     SA_RESETHAND};
    static const uint64_t handlers[] = {SIG_DFL, SIG_IGN};

    to->handler = below(4) ? (uintptr_t)wake_up : below(4) ? handlers[below(2)] : bad_address();
    to->flags = any_of(flags, 6);
    to->restorer = below(32) ? (uintptr_t)restorer : bad_address();
    fill_sigset(&to->mask);
}

static void fill(const char *type, void *to)
{
    uint64_t *words = to;
    struct abi_pollfd *files = to;
    int *handles = to;

    for (unsigned i = 0; i < IN_BYTES / 8; i++)
        words[i] = below(4) ? below(5000) : random_next(&state);
    if (below(16) == 0)
        return;
    if (equal(type, "timespec")) {
        words[0] = words[2] = 0;
        words[1] = below(ALARM_US) * 100;
        words[3] = below(2) ? UTIME_OMIT : below(1000000000);
    } else if (equal(type, "itimerval")) {
        words[0] = words[2] = 0;
        words[1] = words[3] = ALARM_US;
    } else if (equal(type, "sigset")) {
        fill_sigset(to);
    } else if (equal(type, "sigaction")) {
        fill_sigaction(to);
    } else if (equal(type, "sigaltstack")) {
        words[0] = (uintptr_t)arena->stacks + below(2) * STACK_BYTES;
        words[1] = below(4) ? STACK_BYTES : below(STACK_BYTES);
        words[2] = below(4);
    } else if (equal(type, "rlimit")) {
        words[0] = below(2) ? RLIM_INFINITY : 20 + below(1000) * PAGE;
        words[1] = below(4) ? words[0] : RLIM_INFINITY;
    } else if (equal(type, "iovec")) {
        for (unsigned i = 0; i < 16; i += 2) {
            words[i] = any_room();
            words[i + 1] = below(500);
        }
    } else if (equal(type, "pollfd")) {
        for (unsigned i = 0; i < IN_BYTES / sizeof(*files); i++)
            files[i] = (struct abi_pollfd){(int)any_fd(), (int16_t)below(64), 0};
    } else if (equal(type, "fds")) {
        for (unsigned i = 0; i < IN_BYTES / sizeof(*handles); i++)
            handles[i] = (int)any_fd();
    }
}

static uint64_t any_strings(uint64_t *to)
{
    if (below(4))
        return (uintptr_t)program;
    for (unsigned i = 0; i < 6; i++)
        to[i] = any_path();
    to[below(6)] = 0;
    to[6] = 0;
    return below(8) ? (uintptr_t)to : bad_address();
}

static uint64_t any(const struct syscall_argument *argument, unsigned place)
{
    const char *type = argument->type;

    if (equal(type, "in")) {
        fill(argument->of, arena->contents[place]);
        return below(16) ? (uintptr_t)arena->contents[place] : below(2) ? any_room() : 0;
    }
    if (equal(type, "strings"))
        return any_strings(arena->contents[place]);
    if (equal(type, "fd"))
        return equal(argument->name, "fd") || below(3) == 0 ? any_fd() : (uint64_t)AT_FDCWD;
    if (equal(type, "path"))
        return any_path();
    if (equal(type, "size"))
        return any_size();
    if (equal(type, "long"))
        return any_offset();
    if (equal(type, "pid"))
        return any_pid();
    if (equal(type, "signal"))
        return below(4) ? below(68) - 1 : 0;
    if (equal(type, "mode"))
        return below(2) ? 0777 : below(010000) | (below(2) ? S_IFIFO : S_IFREG);
    if (equal(type, "flags"))
        return any_flags(argument->of);
    if (equal(type, "address"))
        return any_address();
    if (equal(argument->name, "request"))
        return any_request();
    if (equal(type, "out") || equal(type, "bytes") || equal(type, "room"))
        return any_room();
    return any_int(); /* int, uint */
}

/* ---- calls that want care -------------------------------------------------------------------- */

/* How often one is made, of 16 times that its turn comes. */
static unsigned weight(uint64_t number)
{
    switch (number) {
    /* each costs a process */
    case SYS_exit: case SYS_exec: case SYS_execve: case SYS_thread_exit: case SYS_sigreturn:
    /* what comes after succeeds no more, or the worker dies */
    case SYS_chroot: case SYS_setuid: case SYS_setgid: case SYS_prlimit: case SYS_setpriority:
    case SYS_sigaction: case SYS_kill: case SYS_thread_create: case SYS_trace: case SYS_set_tls:
    /* slow */
    case SYS_fork: case SYS_sync: case SYS_sigsuspend: case SYS_wait: case SYS_clock_nanosleep:
    case SYS_fsync: case SYS_getrandom:
        return 1;
    case SYS_tgkill: /* the same, and it seldom meets a thread */
        return 4;
    default:
        return 16;
    }
}

/* Made by a child of the worker's, which does not come back. */
static bool is_mortal(uint64_t number)
{
    return number == SYS_exit || number == SYS_exec || number == SYS_execve
           || number == SYS_thread_exit || number == SYS_sigreturn;
}

static bool is_the_judge(uint64_t pid)
{
    return pid == 1 || pid == (uint64_t)-1;
}

/* What user 0 may do and the judge would not survive, or not be able to go on after. */
static bool is_excluded(uint64_t number, uint64_t words[6])
{
    if (!privileged)
        return false;
    switch (number) {
    case SYS_reboot: /* it would */
        return (uint32_t)words[0] <= REBOOT_HALT;
    case SYS_kill: /* pid -1 and 1: the judge itself */
    case SYS_tgkill:
    case SYS_prlimit: /* the judge's own limits */
        return is_the_judge(words[0]);
    case SYS_setpgid: /* the judge's group, which kill(0, …) would reach */
        return is_the_judge(words[0]) || is_the_judge(words[1]);
    case SYS_setpriority: /* the judge would never run again */
        return is_the_judge((uint64_t)(int64_t)(int)words[1]) || words[0] != PRIO_PROCESS;
    case SYS_symlinkat: /* it may become /tmp/w/mnt, and the next two follow it: nowhere but below /tmp/w */
        words[0] = (uintptr_t)(below(3) ? "name" : below(2) ? "a" : "a/b");
        return false;
    case SYS_mount: /* over what the judge stands on, or that from below it */
        words[1] = (uintptr_t)"/tmp/w/mnt";
        words[2] = (uintptr_t)(below(3) ? "tmpfs" : below(2) ? "proc" : "ext2");
        return false;
    case SYS_umount:
        words[0] = (uintptr_t)(below(4) ? "/tmp/w/mnt" : "/tmp/w/a");
        return false;
    default:
        return false;
    }
}

/* ---- the worker ------------------------------------------------------------------------------ */

static void count(uint64_t number, bool failed)
{
    __atomic_add_fetch(failed ? &tally->of[number].failed : &tally->of[number].succeeded, 1,
                       __ATOMIC_RELAXED);
}

static bool is_error(long result)
{
    return result < 0 && result > -4096;
}

static void in_a_child(uint64_t number, const uint64_t words[6])
{
    const struct abi_itimerval soon = {0, 0, 0, 50 * ALARM_US};
    int status = 0;
    long pid = fastos_fork();

    if (pid == 0) { /* what it becomes is ended by SIGALRM, unless that is masked */
        fastos_setuid(1000);
        fastos_setitimer(ITIMER_REAL, &soon, NULL);
        (void)raw(number, words);
        fastos_exit(CHILD_FAILED);
    }
    if (pid < 0)
        return;
    for (int i = 0; i < 100 && fastos_wait4(pid, &status, 0, NULL) == -EINTR; i++)
        ;
    fastos_kill(pid, SIGKILL);
    count(number, status == CHILD_FAILED << 8);
}

/* Gives back what would be too much, remembers what may be of use. */
static void use(uint64_t number, long result)
{
    if (equal(syscall_names[number].result, "fd") && result >= 3 + FDS)
        fastos_close((int)result);
    if (number != SYS_fork)
        return;
    if (result == 0)
        fastos_exit((int)below(3));
    children[below(8)] = result;
}

/* One of the next calls has no memory. A disk that fails, `failing` has: it would end the writing here. */
static void fail_something(void)
{
    char text[] = "memory=0";

    if (!tally->injects || below(32) != 0)
        return;
    text[7] = (char)('1' + below(9));
    fastos_write(INJECT_FD, text, 8);
}

static void one_call(void)
{
    uint64_t number = below(CALLS), words[6];
    const struct syscall_name *call = &syscall_names[number];

    if (below(16) >= weight(number))
        return;
    for (unsigned i = 0; i < 6; i++)
        words[i] = i < call->count ? any(&call->arguments[i], i) : random_next(&state);
    if (number == SYS_thread_create && below(4)) {
        words[0] = (uintptr_t)fastos_thread_exit;
        words[1] = (uintptr_t)arena->stacks + sizeof(arena->stacks);
        words[2] = (uintptr_t)&arena->word;
    }
    if (is_excluded(number, words))
        return;
    __atomic_add_fetch(&tally->of[number].called, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&tally->made, 1, __ATOMIC_RELAXED);
    if (is_mortal(number)) {
        in_a_child(number, words);
        return;
    }
    fail_something();
    long result = raw(number, words);

    if (number != SYS_fork || result != 0)
        count(number, is_error(result));
    use(number, result);
}

/* Handles of each kind, so that there is something to begin with. */
static void open_some(void)
{
    int fds[2];

    fastos_open("/tmp/w/a", O_RDWR | O_CREAT);
    fastos_open("/w/b", O_RDWR | O_CREAT);
    fastos_open("/tmp/w", O_DIRECTORY);
    fastos_open("/dev/zero", O_RDWR);
    fastos_open("/dev/ptmx", O_RDWR);
    fastos_pipe(fds, 0);
    fastos_channel_create(fds, 0);
    fastos_memfd_create("memory", 0);
}

static void limit(unsigned resource, uint64_t to)
{
    const struct abi_rlimit limits = {to, to};

    expect_is(fastos_prlimit(0, resource, &limits, NULL), 0);
}

static int work(void *argument)
{
    const struct abi_itimerval every = {0, ALARM_US, 0, ALARM_US};

    state = (uint64_t)(uintptr_t)argument;
    expect_is(fastos_mmap(arena, (sizeof(*arena) + PAGE - 1) / PAGE * PAGE, PROT_READ | PROT_WRITE),
              (uintptr_t)arena);
    privileged = tally->workers % 2;
    fastos_close(0);
    fastos_close(1); /* nothing of it is for people */
    fastos_close(2);
    fastos_open("/dev/null", O_RDWR);
    fastos_dup(0);
    fastos_dup(0);
    fastos_setpgid(0, 0);
    handle(SIGALRM, wake_up, 0);
    handle(SIGPIPE, wake_up, 0);
    handle(SIGXFSZ, wake_up, 0);
    limit(RLIMIT_AS, MEMORY_MAX);
    limit(RLIMIT_NPROC, PROCESSES);
    fastos_mmap((void *)PLAYGROUND, 32 * PAGE, PROT_READ | PROT_WRITE);
    open_some();
    fastos_chdir("/tmp/w");
    if (!privileged)
        fastos_setuid(1000);
    fastos_setitimer(ITIMER_REAL, &every, NULL);
    for (uint64_t end = tally->made + SHARE; tally->made < end;)
        one_call();
    return 0;
}

/* ---- the judge ------------------------------------------------------------------------------- */

/* A program to be run, in every second round damaged in a few places. */
static void make_program(void)
{
    static char bytes[32768];
    int from = (int)fastos_open("/bin/hello", O_RDONLY);
    long size = fastos_read(from, bytes, sizeof(bytes));
    int to = (int)fastos_openat(AT_FDCWD, "/tmp/w/hello", O_WRONLY | O_CREAT, 0777);

    for (uint64_t i = below(2) * below(20); i > 0 && size > 0; i--)
        bytes[below(below(2) ? 512 : (uint64_t)size)] = (char)random_next(&state);
    if (size > 0)
        fastos_write(to, bytes, (size_t)size);
    fastos_fchmodat(AT_FDCWD, "/tmp/w/hello", 0777, 0);
    fastos_close(from);
    fastos_close(to);
}

static void prepare(void)
{
    fastos_mkdirat(AT_FDCWD, "/tmp/w", 0777);
    fastos_mkdirat(AT_FDCWD, "/w", 0777);
    expect_is(fastos_mount("work", "/tmp/w", "tmpfs", 0), 0);
    fastos_fchmodat(AT_FDCWD, "/", 0755, 0);
    fastos_fchmodat(AT_FDCWD, "/tmp/w", 0777, 0);
    fastos_fchmodat(AT_FDCWD, "/w", 0777, 0);
    fastos_mkdirat(AT_FDCWD, "/tmp/w/mnt", 0777);
    fastos_mknodat(AT_FDCWD, "/tmp/w/fifo", S_IFIFO | 0666, 0);
    make_program();
}

static void clean_up(void)
{
    fastos_kill(-1, SIGKILL);
    while (fastos_wait4(-1, NULL, 0, NULL) != -ECHILD)
        ;
    while (fastos_umount("/tmp/w/mnt", MNT_DETACH) == 0)
        ;
    long gone = fastos_umount("/tmp/w", 0);

    expect(gone == 0 || gone == -EINVAL); /* a worker was faster */
}

/* Until that worker has ended. */
static void watch(long worker)
{
    uint64_t seen = tally->made;
    int status;

    for (;;) {
        long pid = fastos_wait4(-1, &status, WUNTRACED, NULL);

        if (pid == -ECHILD || (pid == worker && (status & 0xff) != 0x7f))
            return;
        if (pid > 0 && (status & 0xff) == 0x7f)
            fastos_kill(pid, SIGCONT);
        if (pid != -EINTR)
            continue;
        if (tally->made == seen)
            fastos_kill(worker, SIGKILL);
        seen = tally->made;
    }
}

static void one_round(void)
{
    prepare();
    if (tally->injects) /* what the last one armed might be for a thread of the same address */
        fastos_write(INJECT_FD, "memory=0", 8);
    /* Not our own numbers once more. */
    long worker = start(work, (void *)(random_next(&state) * 0x9e3779b97f4a7c15ul | 1));

    if (worker < 0) {
        expect_is(worker, 0);
        return;
    }
    tally->workers++;
    watch(worker);
    if (verbose)
        line("round", (int64_t)tally->made);
    clean_up();
}

/* Those that have no other way to end. */
static bool never_fails(uint64_t number)
{
    switch (number) {
    case SYS_getpid: case SYS_getppid: case SYS_getuid: case SYS_geteuid: case SYS_getgid:
    case SYS_getegid: case SYS_gettid: case SYS_umask: case SYS_sched_yield: case SYS_sync:
    case SYS_brk: /* the present end */
    case SYS_exit: case SYS_thread_exit: /* do not come back */
    case SYS_sigreturn: /* to whatever lies there */
    case SYS_fork: /* a worker has too few children */
        return true;
    default:
        return false;
    }
}

static bool never_succeeds(uint64_t number)
{
    return number == SYS_reboot          /* excluded */
           || number == SYS_sigsuspend   /* -EINTR is its success */
           || number == SYS_sigreturn;   /* outside of a handler */
}

#define FEW 3000 /* calls, of which each may have had bad luck */

static void judge(void)
{
    for (uint64_t i = 0; i < CALLS; i++) {
        bool content = tally->of[i].called > 0
                       && (never_succeeds(i) || tally->of[i].succeeded > 0 || tally->of[i].called < FEW)
                       && (never_fails(i) || tally->of[i].failed > 0);

        if (content && !verbose)
            continue;
        print(syscall_names[i].name);
        line(": called", (int64_t)tally->of[i].called);
        line("    succeeded", (int64_t)tally->of[i].succeeded);
        line("    failed", (int64_t)tally->of[i].failed);
        expect(content);
    }
}

/* The last thread of a process may still be on its way out. */
static void rest(void)
{
    for (int i = 0; i < 50; i++)
        fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct abi_timespec){0, 10000000}, NULL);
}

static bool open_inject(void)
{
    int fd = (int)fastos_openat(AT_FDCWD, "/dev/inject", O_RDWR, 0);
    bool is_there = fd >= 0 && fastos_dup3(fd, INJECT_FD, O_CLOEXEC) == INJECT_FD;

    if (fd >= 0)
        fastos_close(fd);
    return is_there;
}

int main_test(void)
{
    const struct abi_itimerval every = {0, PATIENCE_US, 0, PATIENCE_US};
    uint64_t calls = argument_count > 2 ? number_in(arguments[2]) : 20000;

    if (fastos_getpid() != 1) {
        print("abuse: it ends every other process: only as the first one\n");
        return 2;
    }
    state = argument_count > 1 ? number_in(arguments[1]) * 2 + 1 : 1;
    tally = (void *)fastos_mmap_file(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
                                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    verbose = argument_count > 3;
    tally->injects = open_inject();
    handle(SIGALRM, wake_up, 0);
    expect_is(fastos_setitimer(ITIMER_REAL, &every, NULL), 0);
    one_round(); /* what is made once is there now */
    rest();
    uint64_t before = objects_in_use();

    while (tally->made < calls && !disappointments)
        one_round();
    rest();
    if (!expect_is(objects_in_use(), before))
        print(objects_text());
    if (calls >= 100000)
        judge();
    line("calls", (int64_t)tally->made);
    line("workers", (int64_t)tally->workers);
    if (!disappointments)
        print("abuse: done\n");
    return 0;
}
