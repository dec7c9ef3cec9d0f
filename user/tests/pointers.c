/*
 * Every system call with every bad pointer, one at a time: the other arguments are good, so that the
 * pointer is really reached, which a call with good ones alone shows first.
 *
 *     exec /usr/tests/pointers [CALL]          all calls, or that one with each attempt on a line
 *
 * A place is an address of which we know how many bytes can be read and written. From that follows
 * what a call may answer: where all that it needs lies, anything that belongs to it; else -EFAULT, or
 * the error of a reason in the table below; never more bytes than lie there. Each call is made in a
 * child, so that a signal is seen. Places are filled with 'x', which as a time or a size is refused.
 */
#include "fastos/syscall_names.h"
#include "lib/abi/terminal.h"
#include "user/tests/lib/test.h"

#define CALLS     (sizeof(syscall_names) / sizeof(syscall_names[0]))
#define PLACES    64
#define NOWHERE   0x200000000000ul /* nothing is mapped near */
#define USER_END  0x7ffffffff000ul
#define FILL      'x'
#define UNKNOWN   (~0ul) /* as a number of bytes: all may be there, or none */
#define W         "/tmp/pointers/"
#define STATUS_OF_PROGRAM 42

/* ---- places ---------------------------------------------------------------------------------- */

struct place {
    const char *what;
    uint64_t at;
    size_t readable, writable; /* bytes from there on */
};

static struct place places[PLACES];
static unsigned place_count;

static void add(const char *what, uint64_t at, size_t readable, size_t writable)
{
    if (expect(place_count < PLACES))
        places[place_count++] = (struct place){what, at, readable, writable};
}

static void add_unmapped(void)
{
    static const uint64_t low[] = {0, 1, 4, 8, 0x10, 0xfff, 0x1000, 0x10000};
    static const uint64_t ends[] = {USER_END - 1, USER_END - 8, USER_END, USER_END + 1,
                                    0x7fffffffffff, 0x7ffffffffff8};
    static const uint64_t holes[] = {0x800000000000, 0x800000000001, 0xffff7fffffffffff,
                                     0x4000000000000000, 0x8000000000000000, 0x7fffffffffffffff};
    static const uint64_t kernel[] = {
        0xffff800000000000, 0xffff800000100000, 0xffffc00000000000, 0xffffff0000000000,
        0xffffff0000200000, 0xffffff7fbfdfe000, 0xffffff8000000000, 0xffffffff80000000,
        0xfffffffffffff000, 0xfffffffffffff001, 0xfffffffffffffff8, 0xffffffffffffffff,
    };

    for (unsigned i = 0; i < sizeof(low) / sizeof(*low); i++)
        add("low", low[i], 0, 0);
    add("nowhere", NOWHERE, 0, 0);
    add("nowhere, odd", NOWHERE + 3, 0, 0);
    for (unsigned i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        add("the end of user space", ends[i], 0, 0);
    for (unsigned i = 0; i < sizeof(holes) / sizeof(*holes); i++)
        add("not canonical", holes[i], 0, 0);
    for (unsigned i = 0; i < sizeof(kernel) / sizeof(*kernel); i++)
        add("the kernel's", kernel[i], 0, 0);
}

/* Pages between what is not mapped. */
static char *lone_pages(size_t count)
{
    static uint64_t next = 0x100000000000;
    long pages = fastos_mmap((void *)next, count * PAGE, PROT_READ | PROT_WRITE);

    expect_is(pages, (long)next);
    next += 16 * PAGE;
    memset((void *)pages, FILL, count * PAGE);
    return (char *)pages;
}

/* One byte too few for each structure, and some too few. */
static void add_edges(void)
{
    static const unsigned before_end[] = {1, 2, 3, 4, 7, 8, 12, 15, 16, 24, 31, 48, 64, 127, 324};
    uint64_t page = (uint64_t)lone_pages(1);

    add("before a page", page - 1, 0, 0);
    add("before a page, half", page - 8, 0, 0);
    add("a page", page, PAGE, PAGE);
    add("a page, odd", page + 1, PAGE - 1, PAGE - 1);
    for (unsigned i = 0; i < sizeof(before_end) / sizeof(*before_end); i++)
        add("the end of a page", page + PAGE - before_end[i], before_end[i], before_end[i]);
}

static char *page_of(unsigned protection)
{
    char *page = lone_pages(1);

    expect_is(fastos_mprotect(page, PAGE, protection), 0);
    return page;
}

/* A page of a file, and one behind its end. */
static char *file_pages(void)
{
    int fd = (int)fastos_openat(AT_FDCWD, W "short", O_RDWR | O_CREAT, 0666);

    expect_is(fastos_ftruncate(fd, PAGE), 0);
    char *pages = lone_pages(2);

    expect_is(fastos_mmap_file(pages, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0),
              (long)pages);
    memset(pages, FILL, PAGE);
    fastos_close(fd);
    return pages;
}

static void add_protected(void)
{
    uint64_t constant = (uint64_t)page_of(PROT_READ), none = (uint64_t)page_of(PROT_NONE);
    uint64_t mixed = (uint64_t)lone_pages(2), file = (uint64_t)file_pages();

    expect_is(fastos_mprotect((void *)(mixed + PAGE), PAGE, PROT_READ), 0);
    add("read-only", constant, PAGE, 0);
    add("the end of a read-only page", constant + PAGE - 4, 4, 0);
    add("into a read-only page", mixed + PAGE - 4, PAGE + 4, 4);
    add("PROT_NONE", none, 0, 0);
    add("PROT_EXEC", (uint64_t)page_of(PROT_EXEC), UNKNOWN, 0);
    add("PROT_EXEC and PROT_READ", (uint64_t)page_of(PROT_EXEC | PROT_READ), PAGE, 0);
    add("PROT_WRITE", (uint64_t)page_of(PROT_WRITE), UNKNOWN, PAGE);
    add("behind a file's end", file + PAGE, 0, 0);
    add("into behind a file's end", file + PAGE - 4, 4, 4);
}

/* ---- good arguments -------------------------------------------------------------------------- */

#define ROOM (2 * PAGE)

static union content {
    char bytes[ROOM];
    uint64_t words[32];
    int fds[2];
    struct abi_timespec time;
    struct abi_iovec parts[4];
    struct abi_pollfd files[4];
    struct abi_rlimit limit;
    struct abi_sigaction action;
    struct abi_sigaltstack stack;
} content[6] __attribute__((aligned(PAGE))); /* of each argument */

static char more[256];
static char stack_bytes[4 * PAGE] __attribute__((aligned(16)));
static int file_fd, directory_fd, pipe_fds[2], channel_fds[2], terminal_fd;
static char *const program_words[] = {"pointers", NULL};

static void close_two(const int fds[2])
{
    fastos_close(fds[0]);
    fastos_close(fds[1]);
}

/* What a child begins with. */
static void open_all(void)
{
    file_fd = (int)fastos_openat(AT_FDCWD, W "file", O_RDWR | O_CREAT | O_TRUNC, 0755);
    directory_fd = (int)fastos_openat(AT_FDCWD, W, O_RDONLY | O_DIRECTORY, 0);
    terminal_fd = (int)fastos_openat(AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY, 0);
    expect(file_fd >= 0 && directory_fd >= 0 && terminal_fd >= 0);
    expect_is(fastos_ftruncate(file_fd, 4 * PAGE), 0);
    expect_is(fastos_pipe(pipe_fds, O_NONBLOCK), 0);
    expect_is(fastos_write(pipe_fds[1], "x", 1), 1);
    expect_is(fastos_symlinkat(W "file", AT_FDCWD, W "link"), 0);
    expect_is(fastos_mkdirat(AT_FDCWD, W "mount", 0777), 0);
}

static void wake_up(int signal)
{
    (void)signal;
}

static int end_at_once(void *argument)
{
    (void)argument;
    return 0;
}

/* A path that may be there. */
static bool is_path_to_be_made(uint64_t number)
{
    return number == SYS_mkdirat || number == SYS_mknodat || number == SYS_symlinkat
           || number == SYS_linkat || number == SYS_renameat || number == SYS_open
           || number == SYS_openat;
}

static void put_path(unsigned place, const char *path)
{
    memcpy(content[place].bytes, path, length(path) + 1);
}

static void signal_waits(void)
{
    const uint64_t set = 1ul << (SIGUSR1 - 1);

    handle(SIGUSR1, wake_up, 0);
    expect_is(fastos_sigprocmask(SIG_BLOCK, &set, NULL), 0);
    expect_is(fastos_kill(fastos_getpid(), SIGUSR1), 0);
}

/* The state in which the call can succeed. */
static void prepare(uint64_t number)
{
    switch (number) {
    case SYS_wait4:
        (void)start(end_at_once, NULL);
        break;
    case SYS_sigsuspend:
    case SYS_sigtimedwait:
        signal_waits();
        break;
    case SYS_unlinkat:
    case SYS_renameat:
        fastos_close((int)fastos_openat(AT_FDCWD, W "from", O_RDWR | O_CREAT, 0666));
        break;
    case SYS_umount:
        expect_is(fastos_mount("none", W "mount", "tmpfs", 0), 0);
        break;
    case SYS_channel_send:
    case SYS_channel_receive:
        expect_is(fastos_channel_create(channel_fds, O_NONBLOCK), 0);
        expect_is(fastos_channel_send(channel_fds[0], "0123456789abcdef", 16, pipe_fds, 2), 0);
        break;
    case SYS_channel_publish:
    case SYS_channel_connect:
        expect_is(fastos_channel_create(channel_fds, O_NONBLOCK), 0);
        if (number == SYS_channel_connect)
            expect_is(fastos_channel_publish(channel_fds[0], "pointers"), 0);
        break;
    case SYS_chdir:
    case SYS_chroot:
        expect_is(fastos_fchdir(directory_fd), 0);
        break;
    default:
        break;
    }
    expect(fastos_lseek(file_fd, 0, SEEK_SET) == 0 && fastos_lseek(directory_fd, 0, SEEK_SET) == 0);
}

static void close_received(long result)
{
    for (long i = 0; !is_failure(result) && i < result >> 32; i++)
        fastos_close(content[3].fds[i]);
    for (int i = 0; i < 4; i++) /* those whose numbers went to a place */
        if (fastos_fcntl(channel_fds[1] + 1 + i, F_GETFD, 0) >= 0)
            fastos_close(channel_fds[1] + 1 + i);
    close_two(channel_fds);
}

/* As it was before the call. */
static void tidy(uint64_t number, long result)
{
    const uint64_t none = 0;

    if (equal(syscall_names[number].result, "fd") && !is_failure(result))
        fastos_close((int)result);
    if ((number == SYS_pipe || number == SYS_channel_create) && !is_failure(result))
        for (int i = 0; i < 2; i++) /* the lowest free handles, whatever place has their numbers */
            fastos_close(pipe_fds[1] + 1 + i);
    if (number == SYS_channel_send || number == SYS_channel_receive)
        close_received(number == SYS_channel_receive ? result : 0);
    if (number == SYS_channel_publish || number == SYS_channel_connect)
        close_two(channel_fds);
    if (number == SYS_wait4)
        fastos_wait4(-1, NULL, WNOHANG, NULL);
    if (number == SYS_sigsuspend || number == SYS_sigtimedwait || number == SYS_poll
        || number == SYS_sigprocmask)
        fastos_sigprocmask(SIG_SETMASK, &none, NULL);
    if (number == SYS_mount || number == SYS_umount)
        fastos_umount(W "mount", MNT_DETACH);
    if (is_path_to_be_made(number)) {
        fastos_unlinkat(AT_FDCWD, W "to", 0);
        fastos_unlinkat(AT_FDCWD, W "to", AT_REMOVEDIR);
    }
}

/* ---- good values by type --------------------------------------------------------------------- */

static const char *good_path(uint64_t number, const char *name)
{
    if (number == SYS_exec || number == SYS_execve)
        return "/usr/tests/pointers";
    if (number == SYS_chroot || number == SYS_chdir)
        return "/";
    if (number == SYS_mount || number == SYS_umount)
        return equal(name, "type") ? "tmpfs" : W "mount";
    if (number == SYS_readlinkat)
        return W "link";
    if (number == SYS_channel_publish || number == SYS_channel_connect)
        return "pointers";
    if (number == SYS_unlinkat || (number == SYS_renameat && equal(name, "from")))
        return W "from";
    if (is_path_to_be_made(number) && (equal(name, "path") || equal(name, "to")))
        return W "to";
    return W "file";
}

static int good_fd(uint64_t number, const char *name)
{
    if (!equal(name, "fd"))
        return AT_FDCWD;
    switch (number) {
    case SYS_getdents: return directory_fd;
    case SYS_channel_send:
    case SYS_channel_publish: return channel_fds[0];
    case SYS_channel_receive: return channel_fds[1];
    case SYS_ioctl: return terminal_fd;
    default: return file_fd;
    }
}

/* The content of a structure that is read; all else is 0. */
static void fill(uint64_t number, const char *of, union content *to)
{
    if (equal(of, "iovec")) {
        to->parts[0] = (struct abi_iovec){(uintptr_t)more, 100};
        to->parts[1] = (struct abi_iovec){(uintptr_t)more + 100, 100};
    } else if (equal(of, "pollfd")) {
        to->files[0] = (struct abi_pollfd){pipe_fds[0], POLLIN, 0};
        to->files[1] = (struct abi_pollfd){pipe_fds[1], POLLOUT, 0};
    } else if (equal(of, "fds")) {
        to->fds[0] = pipe_fds[0];
        to->fds[1] = file_fd;
    } else if (equal(of, "rlimit")) {
        to->limit = (struct abi_rlimit){0, RLIM_INFINITY};
    } else if (equal(of, "sigaltstack")) {
        to->stack = (struct abi_sigaltstack){(uintptr_t)stack_bytes, sizeof(stack_bytes), 0};
    } else if (number == SYS_sigtimedwait && equal(of, "sigset")) {
        to->words[0] = 1ul << (SIGUSR1 - 1);
    } else if (number == SYS_clock_settime) {
        expect_is(fastos_clock_gettime(CLOCK_REALTIME, &to->time), 0);
    } else if (equal(of, "timespec")) {
        to->time.nanoseconds = 1000;
    }
}

static uint64_t good_number(uint64_t number, const char *name)
{
    if (equal(name, "operation"))
        return FUTEX_WAIT;
    if (equal(name, "value"))
        return 1; /* which the word is not */
    if (equal(name, "request"))
        return TCGETS;
    if (equal(name, "count") || equal(name, "protection"))
        return 2; /* PROT_WRITE */
    if (equal(name, "resource"))
        return RLIMIT_CORE;
    if (equal(name, "signal"))
        return SIGUSR2;
    if (equal(name, "mode"))
        return number == SYS_faccessat ? R_OK : 0755;
    if (equal(name, "argument") || equal(name, "clock"))
        return 0;
    return number == SYS_wait4 && equal(name, "pid") ? ~0ul : 0;
}

static uint64_t good(uint64_t number, const struct syscall_argument *argument, unsigned place)
{
    const char *type = argument->type, *name = argument->name;

    memset(content[place].bytes, 0, 1024);
    if (equal(type, "path"))
        put_path(place, good_path(number, name));
    else if (equal(type, "in"))
        fill(number, argument->of, &content[place]);
    else if (equal(type, "fd"))
        return (uint64_t)(int64_t)good_fd(number, name);
    else if (equal(type, "size"))
        return number == SYS_sethostname ? 6 : number == SYS_getcwd ? ROOM : 64;
    else if (equal(type, "flags") && equal(argument->of, "open"))
        return number == SYS_open || number == SYS_openat ? O_RDWR | O_CREAT : 0;
    else if (equal(type, "flags") && equal(argument->of, "map"))
        return MAP_PRIVATE | MAP_ANONYMOUS;
    else if (equal(type, "strings"))
        return equal(name, "arguments") ? (uintptr_t)program_words : 0;
    else if (equal(type, "bytes"))
        memcpy(content[place].bytes, "fastos", 7);
    else if (!equal(type, "out") && !equal(type, "room") && !equal(type, "address"))
        return good_number(number, name);
    return (uintptr_t)&content[place];
}

/* Those that are addresses in themselves. */
static uint64_t good_address(uint64_t number, unsigned place)
{
    static char pages[4 * PAGE] __attribute__((aligned(PAGE)));

    if (number == SYS_thread_create)
        return place == 0   ? (uintptr_t)fastos_thread_exit
               : place == 1 ? (uintptr_t)stack_bytes + sizeof(stack_bytes)
                            : 0;
    if (number == SYS_mmap || number == SYS_mmap_file)
        return NOWHERE;
    if (number == SYS_brk)
        return 0;
    if (number == SYS_munmap || number == SYS_mprotect || number == SYS_msync)
        return (uintptr_t)pages;
    return (uintptr_t)&content[place];
}

static void make_good(uint64_t number, uint64_t words[6])
{
    const struct syscall_name *call = &syscall_names[number];

    prepare(number);
    for (unsigned i = 0; i < 6; i++) {
        words[i] = i < call->count ? good(number, &call->arguments[i], i) : 0;
        if (i < call->count && equal(call->arguments[i].type, "address"))
            words[i] = good_address(number, i);
    }
}

/* ---- what may be answered -------------------------------------------------------------------- */

static const struct reason {
    uint64_t number;
    int error;
    const char *why;
} reasons[] = {
    {SYS_futex, EINVAL, "a word lies at a multiple of 4"},
    {SYS_thread_create, EINVAL, "an address of user space is wanted"},
    {SYS_set_tls, EINVAL, "an address of user space is wanted"},
    {SYS_readv, EINVAL, "so many pieces, or bytes, are too many"},
    {SYS_writev, EINVAL, "so many pieces, or bytes, are too many"},
    {SYS_poll, EINVAL, "so many files are too many"},
    {SYS_channel_send, EMSGSIZE, "a message is not so large"},
    {SYS_channel_receive, EMSGSIZE, "the message is larger"},
    {SYS_sethostname, EINVAL, "a name is not so long"},
    {SYS_readlinkat, EINVAL, "no room at all"},
    {SYS_getcwd, EINVAL, "no room at all"},
    {SYS_getcwd, ERANGE, "not enough room"},
    {SYS_getdents, EINVAL, "not enough room for one name"},
    {SYS_mmap, EINVAL, "no multiple of a page, or not user space"},
    {SYS_mmap, EEXIST, "something is there"},
    {SYS_mmap, ENOMEM, "not in user space"},
    {SYS_mmap_file, EINVAL, "no multiple of a page"},
    {SYS_munmap, EINVAL, "no multiple of a page, or not user space"},
    {SYS_mprotect, EINVAL, "no multiple of a page"},
    {SYS_mprotect, ENOMEM, "nothing is mapped there"},
    {SYS_msync, EINVAL, "no multiple of a page"},
    {SYS_msync, ENOMEM, "nothing is mapped there"},
};

/* How a call ends that does all it should. */
static bool is_success(uint64_t number, long result)
{
    return number == SYS_sigsuspend ? result == -EINTR
           : number == SYS_futex    ? result == -EAGAIN
                                    : !is_failure(result);
}

static bool has_reason(uint64_t number, long result)
{
    for (unsigned i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
        if (reasons[i].number == number && result == -reasons[i].error)
            return true;
    return false;
}

static const struct size {
    const char *of;
    size_t bytes;
} sizes_of[] = {
    {"int", 4}, {"sigset", 8}, {"fds", 4}, {"stat", sizeof(struct abi_stat)},
    {"statfs", sizeof(struct abi_statfs)}, {"timespec", sizeof(struct abi_timespec)},
    {"iovec", sizeof(struct abi_iovec)}, {"pollfd", sizeof(struct abi_pollfd)},
    {"rlimit", sizeof(struct abi_rlimit)}, {"rusage", sizeof(struct abi_rusage)},
    {"sigaction", sizeof(struct abi_sigaction)}, {"siginfo", sizeof(struct abi_siginfo)},
    {"sigaltstack", sizeof(struct abi_sigaltstack)}, {"itimerval", sizeof(struct abi_itimerval)},
    {"utsname", sizeof(struct abi_utsname)},
};

struct attempt {
    uint64_t number;
    const struct syscall_argument *argument;
    const struct place *place;
    uint64_t size, count; /* UNKNOWN: the good one */
    bool counted;
    long result;
};

static bool moves_bytes(const struct attempt *a)
{
    return equal(a->argument->type, "bytes") || equal(a->argument->type, "room");
}

static size_t size_of(const char *of)
{
    for (unsigned i = 0; i < sizeof(sizes_of) / sizeof(*sizes_of); i++)
        if (equal(of, sizes_of[i].of))
            return sizes_of[i].bytes;
    expect(!"a structure whose size is not in the table");
    return 0;
}

/* How many of the structures the call reads or writes. */
static uint64_t pieces(const struct attempt *a)
{
    if (a->number == SYS_utimensat || a->number == SYS_pipe || a->number == SYS_channel_create)
        return 2;
    if (a->number == SYS_channel_receive)
        return 2; /* those that the message has */
    return a->counted ? a->count == UNKNOWN ? 2 : a->count : 1;
}

/* How many bytes the call needs at the pointer, at most; those of a path: with its end. */
static size_t needed(const struct attempt *a)
{
    const struct syscall_argument *argument = a->argument;

    if (equal(argument->type, "path"))
        return PATH_MAX;
    if (equal(argument->type, "strings"))
        return 8;
    if (equal(argument->type, "address"))
        return a->number == SYS_ioctl   ? sizeof(struct abi_termios)
               : a->number == SYS_futex ? sizeof(uint32_t)
                                        : 0;
    if (moves_bytes(a))
        return a->size;
    return pieces(a) * size_of(argument->of);
}

/* No address means: not wanted. */
static bool may_be_null(uint64_t number, const struct syscall_argument *argument)
{
    if (number == SYS_getrusage || number == SYS_sigpending || number == SYS_sigsuspend
        || number == SYS_fstat || number == SYS_fstatat || number == SYS_statfs
        || number == SYS_pipe || number == SYS_channel_create || number == SYS_uname
        || number == SYS_clock_gettime || number == SYS_clock_settime || number == SYS_readv
        || number == SYS_writev || (number == SYS_clock_nanosleep && equal(argument->name, "time"))
        || (number == SYS_poll && equal(argument->name, "files"))
        || (number == SYS_sigtimedwait && equal(argument->name, "set")))
        return false;
    return equal(argument->type, "in") || equal(argument->type, "out")
           || equal(argument->type, "strings") || number == SYS_futex;
}

static bool is_written(uint64_t number, const struct syscall_argument *argument)
{
    return equal(argument->type, "out") || equal(argument->type, "room") || number == SYS_ioctl
           || number == SYS_thread_exit || (number == SYS_poll && equal(argument->name, "files"));
}

/* Only touched in some cases: the call may do without. */
static bool may_be_untouched(const struct attempt *a)
{
    return (a->number == SYS_clock_nanosleep && equal(a->argument->name, "left"))
           || a->count == 0 || (a->number == SYS_futex && equal(a->argument->name, "second"));
}

static bool is_right(const struct attempt *a)
{
    const struct place *place = a->place;
    size_t there = is_written(a->number, a->argument) ? place->writable : place->readable;
    size_t need = needed(a);

    if (a->result < 0 && !is_failure(a->result))
        return false; /* neither an error nor a result */
    if (moves_bytes(a) && !is_failure(a->result)) {
        uint64_t moved = (uint64_t)a->result & (a->number == SYS_channel_receive ? 0xffffffff : ~0ul);

        return moved <= there && moved <= need;
    }
    if (there >= need || has_reason(a->number, a->result) || may_be_untouched(a))
        return true;
    if (place->at == 0 && may_be_null(a->number, a->argument))
        return true;
    return a->result == -EFAULT;
}

/* ---- attempts -------------------------------------------------------------------------------- */

/* Shared with the children. */
static struct seen {
    struct attempt now;
    uint64_t attempts;
    bool returned;
} *seen;

static bool loud;

static void say(const char *what, const struct attempt *a)
{
    print(syscall_names[a->number].name);
    print(", ");
    print(a->argument ? a->argument->name : "good arguments");
    print(" at ");
    print_hex(a->place ? a->place->at : 0);
    print(a->place ? " " : "");
    print(a->place ? a->place->what : "");
    print(", size ");
    print_hex(a->size);
    print(", count ");
    print_number((int64_t)a->count);
    print(": ");
    print(what);
    print(" ");
    print_number(a->result);
    print("\n");
}

/* The process may not outlive it, or not as it was. */
static bool is_mortal(uint64_t number)
{
    switch (number) {
    case SYS_exec: case SYS_execve: case SYS_thread_exit: case SYS_thread_create: case SYS_mmap:
    case SYS_mmap_file: case SYS_munmap: case SYS_mprotect: case SYS_brk: case SYS_set_tls:
    case SYS_chroot:
        return true;
    default:
        return false;
    }
}

static int make_the_call(void *words)
{
    long result = call_by_number(seen->now.number, words);

    if (seen->now.number == SYS_thread_create && !is_failure(result))
        for (int i = 0; i < 3; i++) /* it may end this process */
            fastos_sched_yield();
    seen->now.result = result;
    seen->returned = true;
    return 0;
}

/* What ends a process that was asked to go on where nothing is, or to unmap what it stands on. */
static bool may_end(uint64_t number, long status)
{
    if (number == SYS_exec || number == SYS_execve)
        return status == STATUS_OF_PROGRAM;
    if (number == SYS_thread_exit)
        return status == 0;
    return status == 128 + SIGSEGV && (number == SYS_thread_create || number == SYS_munmap
                                       || number == SYS_mprotect);
}

static void call_in_a_child(uint64_t words[6])
{
    seen->returned = false;
    long status = status_of(make_the_call, words);

    if (seen->returned && (status == 0 || may_end(seen->now.number, status)))
        return;
    seen->now.result = may_end(seen->now.number, status) ? 0 : -status - 10000;
}

static void call(uint64_t words[6])
{
    seen->attempts++;
    if (is_mortal(seen->now.number))
        call_in_a_child(words);
    else
        (void)make_the_call(words);
}

static unsigned index_of(const struct syscall_name *name, const char *argument)
{
    unsigned i = 0;

    while (i < name->count && !equal(name->arguments[i].name, argument))
        i++;
    return i;
}

static void try(const struct attempt *attempt, unsigned index)
{
    const struct syscall_name *name = &syscall_names[attempt->number];
    uint64_t words[6];

    make_good(attempt->number, words);
    words[index] = attempt->place->at;
    seen->now = *attempt;
    if (moves_bytes(attempt)) {
        unsigned size = index_of(name, attempt->argument->of);

        if (attempt->size == UNKNOWN)
            seen->now.size = words[size];
        words[size] = seen->now.size;
    }
    if (attempt->count != UNKNOWN)
        words[index_of(name, "count")] = attempt->count;
    call(words);
    if (!is_right(&seen->now))
        expect(!"a right answer"), say("result", &seen->now);
    else if (loud)
        say("result", &seen->now);
    tidy(attempt->number, seen->now.result);
}

static void try_sizes(struct attempt attempt, unsigned index)
{
    static const uint64_t sizes[] = {0, 1, 16, PAGE, PAGE + 1, 1ul << 31, 1ul << 32, 1ul << 63, ~0ul,
                                     UNKNOWN};
    static const uint64_t counts[] = {0, 1, 16, 1025, 4097, 0x7fffffff, 0xffffffff, UNKNOWN};
    const struct syscall_name *name = &syscall_names[attempt.number];

    unsigned count = index_of(name, "count");

    attempt.counted = count < name->count && count == index + 1;
    for (unsigned i = 0; moves_bytes(&attempt) && i < 9; i++) {
        attempt.size = sizes[i];
        try(&attempt, index);
    }
    attempt.size = UNKNOWN;
    for (unsigned i = 0; attempt.counted && i < 7; i++) {
        attempt.count = counts[i];
        try(&attempt, index);
    }
    attempt.count = UNKNOWN;
    try(&attempt, index);
}

static bool is_pointer(const struct syscall_argument *argument)
{
    static const char *const types[] = {"path", "in", "out", "bytes", "room", "strings", "address"};

    for (unsigned i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (equal(argument->type, types[i]))
            return true;
    return false;
}

static unsigned pointers_of(uint64_t number)
{
    unsigned count = 0;

    for (unsigned i = 0; i < syscall_names[number].count; i++)
        count += is_pointer(&syscall_names[number].arguments[i]);
    return count;
}

/* The test of the test. */
static void try_good(uint64_t number)
{
    uint64_t words[6];

    make_good(number, words);
    seen->now = (struct attempt){.number = number};
    call(words);
    if (!expect(is_success(number, seen->now.result)) || loud)
        say("result", &seen->now);
    tidy(number, seen->now.result);
}

static bool is_list(const struct syscall_argument *argument)
{
    return equal(argument->type, "strings");
}

/* The strings of a list, each in turn: no place has the end of one, so that none is a string. */
static void try_strings(const struct attempt *attempt, unsigned index)
{
    for (unsigned at = 0; at < 3; at++) {
        uint64_t words[6];

        make_good(attempt->number, words);
        for (unsigned i = 0; i < 4; i++)
            content[index].words[i] = i < 3 ? (uintptr_t)program_words[0] : 0;
        content[index].words[at] = attempt->place->at;
        words[index] = (uintptr_t)&content[index];
        seen->now = *attempt;
        call(words);
        bool right = seen->now.result == -EFAULT || (attempt->place->at == 0 && seen->now.result == 0);

        if (!expect(right) || loud)
            say("a string in it", &seen->now);
    }
}

static int try_all(void *number_)
{
    uint64_t number = (uintptr_t)number_;

    open_all();
    try_good(number);
    for (unsigned i = 0; i < syscall_names[number].count; i++)
        for (unsigned k = 0; is_list(&syscall_names[number].arguments[i]) && k < place_count; k++)
            try_strings(&(struct attempt){.number = number,
                                          .argument = &syscall_names[number].arguments[i],
                                          .place = &places[k]},
                        i);
    for (unsigned i = 0; i < syscall_names[number].count; i++)
        for (unsigned k = 0; is_pointer(&syscall_names[number].arguments[i]) && k < place_count; k++)
            try_sizes((struct attempt){.number = number,
                                       .argument = &syscall_names[number].arguments[i],
                                       .place = &places[k],
                                       .size = UNKNOWN,
                                       .count = UNKNOWN},
                      i);
    try_good(number);
    return 0;
}

static void try_call(uint64_t number)
{
    uint64_t before = seen->attempts;

    expect_is(fastos_mount("pointers", "/tmp/pointers", "tmpfs", 0), 0);
    long status = status_of(try_all, (void *)number);

    if (!expect_is(status, 0))
        say("died at", &seen->now);
    if (loud)
        line(syscall_names[number].name, (int64_t)(seen->attempts - before));
    expect_is(fastos_umount("/tmp/pointers", MNT_DETACH), 0);
}

int main_test(void)
{
    if (fastos_faccessat(AT_FDCWD, W "file", F_OK, 0) == 0)
        return STATUS_OF_PROGRAM;
    loud = argument_count > 1;
    seen = (void *)fastos_mmap_file(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    fastos_mkdirat(AT_FDCWD, "/tmp/pointers", 0777);
    add_unmapped();
    add_edges();
    add_protected();
    for (uint64_t number = 0; number < CALLS; number++)
        if (pointers_of(number) > 0 && (!loud || equal(arguments[1], syscall_names[number].name)))
            try_call(number);
    line("places", place_count);
    line("attempts", (int64_t)seen->attempts);
    if (!disappointments)
        print("pointers: done\n");
    return 0;
}
