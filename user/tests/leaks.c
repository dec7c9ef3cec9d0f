/*
 * What must not come out of the kernel: its own bytes, its addresses, and what another process had.
 *
 * A child fills much memory with a secret and ends; then all that is fresh (pages, heap, stack, bss,
 * holes of files, what lies behind a file's end) must be zeros. Calls that write structures write all
 * of them and nothing around; what a structure has no use for is 0. Registers hold nothing that the
 * program did not put there.
 */
#include "lib/abi/terminal.h"
#include "user/tests/lib/test.h"

#define SECRET       0x5ec2e75ec2e75ec3ul
#define SECRET_PAGES 8192 /* 32 MiB */
#define FRESH_PAGES  2048
#define PATTERN      0xa5
#define ROOM         8192
#define MARGIN       64

static uint8_t room_bytes[MARGIN + ROOM + MARGIN];
static uint8_t *const room = room_bytes + MARGIN;
static uint8_t bss[64 * PAGE]; /* nothing writes to it */

static int have_a_secret(void *argument)
{
    uint64_t *words = fresh_pages(SECRET_PAGES);

    (void)argument;
    for (uint64_t i = 0; i < SECRET_PAGES * PAGE / 8; i++)
        *(volatile uint64_t *)(words + i) = SECRET;
    return 0;
}

static bool are_zeros(const void *at, size_t size)
{
    const volatile uint8_t *bytes = at;
    uint8_t all = 0;

    for (size_t i = 0; i < size; i++)
        all |= bytes[i];
    return all == 0;
}

static bool are(const uint8_t *bytes, uint8_t byte, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != byte)
            return false;
    return true;
}

/* Of the kernel half; small negative numbers are errors and -1. */
static bool is_kernel_address(uint64_t word)
{
    return word >= 0xffff800000000000 && word < 0xffffffffffff0000;
}

/* No address of the kernel's, and no secret wherever it begins. */
static bool is_clean(const void *at, size_t size)
{
    uint64_t word;

    for (size_t i = 0; i + 8 <= size; i++) {
        memcpy(&word, (const uint8_t *)at + i, sizeof(word));
        if (((uintptr_t)at + i) % 8 == 0 && is_kernel_address(word))
            return false;
        if (word == SECRET)
            return false;
    }
    return true;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void fresh_memory(void)
{
    uint8_t *pages = fresh_pages(FRESH_PAGES);
    long heap = fastos_brk(NULL);
    long shared = fastos_mmap_file(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    expect(are_zeros(pages, FRESH_PAGES * PAGE));
    expect_is(fastos_munmap(pages, FRESH_PAGES * PAGE), 0);
    expect(fastos_brk((void *)(heap + 64 * PAGE)) == heap + 64 * (long)PAGE);
    expect(are_zeros((void *)heap, 64 * PAGE));
    memset((void *)heap, PATTERN, 64 * PAGE);
    fastos_brk((void *)heap); /* away and back again */
    fastos_brk((void *)(heap + 64 * PAGE));
    expect(are_zeros((void *)heap, 64 * PAGE));
    fastos_brk((void *)heap);
    expect(are_zeros((void *)shared, 64 * PAGE));
    expect_is(fastos_munmap((void *)shared, 64 * PAGE), 0);
}

/* What a program finds: run by exec. */
static int as_fresh_program(void)
{
    uintptr_t stack = (uintptr_t)__builtin_frame_address(0);

    for (unsigned i = 0; i < ENTRY_REGISTERS; i++)
        expect(!is_kernel_address(entry_registers[i]) && entry_registers[i] != SECRET);
    expect(are_zeros(bss, sizeof(bss)));
    /* Below what this program has used so far. */
    expect(are_zeros((void *)(stack - 48 * PAGE), 44 * PAGE));
    /* Arguments, the auxiliary vector, and what lies between them and the end of their page. */
    size_t above = PAGE - (uintptr_t)arguments % PAGE;

    expect(is_clean(arguments, above));
    return 0;
}

static int run_again(void *argument)
{
    char *words[] = {"leaks", "fresh", NULL}, *none[] = {NULL};

    (void)argument;
    __asm__ volatile("movq %0, %%xmm0\n\tmovq %0, %%xmm7\n\tmovq %0, %%xmm15" : : "r"(SECRET));
    return (int)-fastos_execve("/usr/tests/leaks", words, none);
}

static bool are_fpu_registers_zero(void)
{
    uint64_t a, b, c, d;

    __asm__ volatile("movq %%xmm0, %0\n\tmovq %%xmm7, %1\n\tmovq %%xmm15, %2\n\t"
                     "psrldq $8, %%xmm7\n\tmovq %%xmm7, %3"
                     : "=r"(a), "=r"(b), "=r"(c), "=r"(d));
    return (a | b | c | d) == 0;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void hole(const char *path)
{
    int fd = (int)fastos_openat(AT_FDCWD, path, O_RDWR | O_CREAT | O_TRUNC, 0600);

    expect(fd >= 0);
    expect_is(fastos_pwrite(fd, "x", 1, 9 * PAGE + 10), 1);
    for (long at = 0; at < 9; at++) {
        memset(room, PATTERN, PAGE);
        expect_is(fastos_pread(fd, room, PAGE, at * (long)PAGE), PAGE);
        expect(are_zeros(room, PAGE));
    }
    memset(room, PATTERN, ROOM);
    expect_is(fastos_pread(fd, room, ROOM, 9 * PAGE), 11);
    expect(are_zeros(room, 10) && room[10] == 'x' && are(room + 11, PATTERN, ROOM - 11));
    /* Behind the end, in its page. */
    long map = fastos_mmap_file(NULL, 10 * PAGE, PROT_READ, MAP_SHARED, fd, 0);

    expect(!is_failure(map));
    expect(are_zeros((char *)map + 9 * PAGE + 11, PAGE - 11));
    expect(are_zeros((char *)map, 9 * PAGE));
    fastos_munmap((void *)map, 10 * PAGE);
    fastos_close(fd);
    expect_is(fastos_unlinkat(AT_FDCWD, path, 0), 0);
}

/* Shorter and longer again: what was there is not any more. */
static void cut_and_grown(const char *path, long cut)
{
    int fd = (int)fastos_openat(AT_FDCWD, path, O_RDWR | O_CREAT | O_TRUNC, 0600);

    memset(room, PATTERN, ROOM);
    for (int i = 0; i < 4; i++)
        expect_is(fastos_write(fd, room, ROOM), ROOM);
    expect_is(fastos_ftruncate(fd, cut), 0);
    expect_is(fastos_ftruncate(fd, 4 * ROOM), 0);
    for (long at = 0; at < 4 * ROOM; at += ROOM) {
        size_t kept = cut <= at ? 0 : cut - at < ROOM ? (size_t)(cut - at) : ROOM;

        expect_is(fastos_pread(fd, room, ROOM, at), ROOM);
        expect(are(room, PATTERN, kept) && are_zeros(room + kept, ROOM - kept));
    }
    fastos_close(fd);
    expect_is(fastos_unlinkat(AT_FDCWD, path, 0), 0);
}

/* A file that was written, then removed: the blocks of another must not show it. */
static void blocks_again(const char *path)
{
    int fd = (int)fastos_openat(AT_FDCWD, path, O_RDWR | O_CREAT | O_TRUNC, 0600);

    memset(room, PATTERN, ROOM);
    for (int i = 0; i < 32; i++)
        expect_is(fastos_write(fd, room, ROOM), ROOM);
    expect_is(fastos_fsync(fd), 0);
    fastos_close(fd);
    expect_is(fastos_unlinkat(AT_FDCWD, path, 0), 0);
    hole(path);
}

static void file_systems(void)
{
    static const char *const paths[] = {"/tmp/leaks", "/leaks"};
    static const long cuts[] = {0, 1, 100, 1024, 4095, 4096, 4097, 10000, 16384};

    for (unsigned i = 0; i < 2; i++) {
        hole(paths[i]);
        for (unsigned k = 0; k < sizeof(cuts) / sizeof(*cuts); k++)
            cut_and_grown(paths[i], cuts[k]);
        blocks_again(paths[i]);
    }
    int fd = (int)fastos_memfd_create("leaks", 0);

    expect_is(fastos_ftruncate(fd, ROOM), 0);
    expect_is(fastos_pread(fd, room, ROOM, 0), ROOM);
    expect(are_zeros(room, ROOM));
    fastos_close(fd);
}

/* A file's last page, as it is mapped. */
static void end_of_a_file(const char *path)
{
    struct abi_stat stat;
    int fd = (int)fastos_open(path, O_RDONLY);

    expect_is(fastos_fstat(fd, &stat), 0);
    size_t pages = (stat.size + PAGE - 1) / PAGE;
    long map = fastos_mmap_file(NULL, pages * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);

    expect(!is_failure(map));
    expect(are_zeros((char *)map + stat.size, pages * PAGE - stat.size));
    fastos_munmap((void *)map, pages * PAGE);
    fastos_close(fd);
}

/* ---- what calls write ------------------------------------------------------------------------ */

static void set_room(void)
{
    memset(room_bytes, PATTERN, sizeof(room_bytes));
}

/* `size` bytes were written from room on, and nothing around. */
static bool only(size_t size)
{
    return are(room_bytes, PATTERN, MARGIN) && is_clean(room, size)
           && are(room + size, PATTERN, ROOM - size + MARGIN);
}

#define EXPECT_ONLY(call, size)                                                                    \
    do {                                                                                           \
        set_room();                                                                                \
        expect_is(call, 0);                                                                        \
        expect(only(size));                                                                        \
    } while (0)

static void structures(void)
{
    struct abi_utsname *name = (void *)room;
    int fd = (int)fastos_open("/README.txt", O_RDONLY), terminal = (int)fastos_open("/dev/ptmx", O_RDWR);

    EXPECT_ONLY(fastos_fstat(fd, (void *)room), sizeof(struct abi_stat));
    EXPECT_ONLY(fastos_fstatat(AT_FDCWD, "/dev/null", (void *)room, 0), sizeof(struct abi_stat));
    EXPECT_ONLY(fastos_statfs("/", (void *)room), sizeof(struct abi_statfs));
    EXPECT_ONLY(fastos_statfs("/proc", (void *)room), sizeof(struct abi_statfs));
    EXPECT_ONLY(fastos_statfs("/dev", (void *)room), sizeof(struct abi_statfs));
    EXPECT_ONLY(fastos_getrusage(RUSAGE_SELF, (void *)room), sizeof(struct abi_rusage));
    EXPECT_ONLY(fastos_getrusage(RUSAGE_CHILDREN, (void *)room), sizeof(struct abi_rusage));
    EXPECT_ONLY(fastos_prlimit(0, RLIMIT_AS, NULL, (void *)room), sizeof(struct abi_rlimit));
    EXPECT_ONLY(fastos_sigaction(SIGUSR1, NULL, (void *)room), sizeof(struct abi_sigaction));
    EXPECT_ONLY(fastos_sigprocmask(SIG_BLOCK, NULL, (void *)room), 8);
    EXPECT_ONLY(fastos_sigpending((void *)room), 8);
    EXPECT_ONLY(fastos_sigaltstack(NULL, (void *)room), sizeof(struct abi_sigaltstack));
    EXPECT_ONLY(fastos_setitimer(ITIMER_REAL, NULL, (void *)room), sizeof(struct abi_itimerval));
    EXPECT_ONLY(fastos_clock_gettime(CLOCK_MONOTONIC, (void *)room), sizeof(struct abi_timespec));
    EXPECT_ONLY(fastos_clock_getres(CLOCK_MONOTONIC, (void *)room), sizeof(struct abi_timespec));
    EXPECT_ONLY(fastos_ioctl(terminal, TCGETS, room), sizeof(struct abi_termios));
    EXPECT_ONLY(fastos_ioctl(terminal, TIOCGWINSZ, room), sizeof(struct abi_winsize));
    EXPECT_ONLY(fastos_ioctl(terminal, TIOCGPTN, room), sizeof(int));
    EXPECT_ONLY(fastos_uname((void *)room), sizeof(struct abi_utsname));
    for (char *text = name->system; text < (char *)(name + 1); text += ABI_NAME_BYTES)
        expect(are_zeros(text + length(text), ABI_NAME_BYTES - length(text)));
    fastos_close(terminal);
    fastos_close(fd);
}

static void handles(void)
{
    int fds[2];

    EXPECT_ONLY(fastos_pipe((void *)room, 0), 8);
    memcpy(fds, room, sizeof(fds));
    expect_is(fastos_write(fds[1], "abc", 3), 3);
    set_room();
    expect_is(fastos_read(fds[0], room, ROOM), 3);
    expect(only(3));
    fastos_close(fds[0]);
    fastos_close(fds[1]);
    EXPECT_ONLY(fastos_channel_create((void *)room, 0), 8);
    memcpy(fds, room, sizeof(fds));
    expect_is(fastos_channel_send(fds[0], "abc", 3, NULL, 0), 0);
    set_room();
    expect_is(fastos_channel_receive(fds[1], room, ROOM - 64, (void *)(room + ROOM - 64), 16), 3);
    expect(only(3));
    fastos_close(fds[0]);
    fastos_close(fds[1]);
}

static void texts(void)
{
    expect_is(fastos_symlinkat("target", AT_FDCWD, "/tmp/leaks-link"), 0);
    set_room();
    expect_is(fastos_readlinkat(AT_FDCWD, "/tmp/leaks-link", (char *)room, ROOM), 6);
    expect(only(6));
    fastos_unlinkat(AT_FDCWD, "/tmp/leaks-link", 0);
    set_room();
    long size = fastos_getcwd((char *)room, ROOM);

    expect(size > 0 && only((size_t)size));
}

/* Names, and zeros up to the next multiple of 8. */
static void directories(void)
{
    static const char *const paths[] = {"/", "/tmp", "/dev", "/proc", "/usr/tests", "/proc/self/fd"};

    for (unsigned i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        int fd = (int)fastos_open(paths[i], O_RDONLY | O_DIRECTORY);

        for (;;) {
            set_room();
            long size = fastos_getdents(fd, room, 1000);

            if (!expect(size >= 0 && only((size_t)size)) || size == 0)
                break;
            for (long at = 0; at < size;) {
                struct abi_dirent *entry = (void *)(room + at);
                size_t used = ABI_DIRENT_NAME + length(entry->name);

                expect(used < entry->length && entry->length % 8 == 0);
                expect(are_zeros((char *)entry + used, entry->length - used));
                at += entry->length;
            }
        }
        fastos_close(fd);
    }
}

/* All that /proc tells has no address of the kernel's, in figures. */
static void has_no_address(const char *path)
{
    int fd = (int)fastos_open(path, O_RDONLY | O_NONBLOCK);
    unsigned figures = 0;
    long size = fd >= 0 ? fastos_read(fd, room, ROOM) : 0;

    for (long i = 0; i < size; i++) {
        bool is_figure = (room[i] >= '0' && room[i] <= '9') || (room[i] >= 'a' && room[i] <= 'f');

        figures = is_figure ? figures + 1 : 0;
        if (!expect(figures < 16 || memcmp(room + i - 15, "ffff", 4) != 0))
            line(path, i);
    }
    fastos_close(fd);
}

static void proc(void)
{
    static const char *const paths[] = {
        "/proc/self/maps", "/proc/self/stat", "/proc/self/status", "/proc/meminfo", "/proc/slabinfo",
        "/proc/interrupts", "/proc/mounts", "/proc/stat", "/proc/uptime", "/proc/version",
        "/proc/1/maps", "/proc/self/cmdline", "/proc/self/environ",
    };

    for (unsigned i = 0; i < sizeof(paths) / sizeof(*paths); i++)
        has_no_address(paths[i]);
}

/* ---- wait, signals, trace -------------------------------------------------------------------- */

static int end_with_seven(void *argument)
{
    (void)argument;
    return 7;
}

static void news_of_children(void)
{
    long pid = start(end_with_seven, NULL);

    set_room();
    expect_is(fastos_wait4(pid, (void *)room, 0, NULL), pid);
    expect(only(4));
    pid = start(end_with_seven, NULL);
    set_room();
    expect_is(fastos_wait4(pid, NULL, 0, (void *)room), pid);
    expect(only(sizeof(struct abi_rusage)));
}

static void check_info(const struct abi_siginfo *info, int signal)
{
    expect_is(info->signal, signal);
    expect_is(info->reserved, 0);
    expect_is(info->error, 0);
    expect_is(info->address, 0);
    expect_is(info->value, 0);
    expect(is_clean(info, sizeof(*info)));
}

static volatile unsigned handled;

/* All of the frame, with the FPU's state: of the bytes that FXSAVE and XSAVE leave out too. */
static void look_at_frame(int signal, const struct abi_siginfo *info, const struct abi_context *context)
{
    check_info(info, signal);
    expect(is_clean(context, sizeof(*context)));
    if (context->fpu) {
        const uint8_t *state = (const uint8_t *)context->fpu;

        expect(is_clean(state, context->fpu_bytes));
        expect(are_zeros(state + 416, 96)); /* reserved, and software's */
        if (context->fpu_bytes > 512)
            expect(are_zeros(state + 520, 56)); /* of the header, behind XSTATE_BV */
    }
    handled++;
}

static void signals(void)
{
    const struct abi_sigaction action = {.handler = (uintptr_t)look_at_frame, .flags = SA_SIGINFO,
                                         .restorer = (uintptr_t)restorer};
    const uint64_t set = 1ul << (SIGUSR2 - 1), none = 0;
    const struct abi_timespec no_time = {0, 0};

    expect_is(fastos_sigaction(SIGUSR1, &action, NULL), 0);
    expect_is(fastos_kill(fastos_getpid(), SIGUSR1), 0);
    __asm__ volatile("movq %0, %%xmm5\n\tfldpi" : : "r"(7ul)); /* now there is a state */
    expect_is(fastos_kill(fastos_getpid(), SIGUSR1), 0);
    __asm__ volatile("fninit");
    expect_is(handled, 2);
    fastos_sigprocmask(SIG_BLOCK, &set, NULL);
    expect_is(fastos_kill(fastos_getpid(), SIGUSR2), 0);
    set_room();
    expect_is(fastos_sigtimedwait(&set, (void *)room, &no_time), SIGUSR2);
    expect(only(sizeof(struct abi_siginfo)));
    check_info((void *)room, SIGUSR2);
    fastos_sigprocmask(SIG_SETMASK, &none, NULL);
}

static void trace(void)
{
    const struct abi_trace *record = (void *)room;
    int fd = (int)fastos_openat(AT_FDCWD, "/tmp/leaks", O_RDWR | O_CREAT | O_TRUNC, 0600);

    expect_is(fastos_trace(fd), 0);
    fastos_open("/nope", O_RDONLY);
    fastos_getpid();
    fastos_symlinkat("target-of-it", AT_FDCWD, "/nope/nope");
    expect_is(fastos_trace(-1), 0);
    for (long at = 0;; at += (long)sizeof(*record)) {
        long size = fastos_pread(fd, room, sizeof(*record), at);

        if (size == 0)
            break;
        expect_is(size, sizeof(*record));
        expect_is(record->reserved, 0);
        expect(is_clean(record, sizeof(*record)));
        for (unsigned i = 0; i < TRACE_STRINGS; i++)
            if (record->string_sizes[i] < TRACE_STRING_BYTES)
                expect(are_zeros(record->strings[i] + record->string_sizes[i],
                                 TRACE_STRING_BYTES - record->string_sizes[i]));
    }
    fastos_close(fd);
    fastos_unlinkat(AT_FDCWD, "/tmp/leaks", 0);
}

/* ---- registers ------------------------------------------------------------------------------- */

__attribute__((used)) static volatile uint64_t after[16];

/* A call with a value of its own in each register that it does not use: all are kept. */
__asm__(".text\n"
        "call_and_look:\n" /* rdi: number, rsi: words */
        "    push %rbx\n    push %rbp\n    push %r12\n    push %r13\n    push %r14\n    push %r15\n"
        "    mov %rdi, %rax\n    mov %rsi, %rbx\n"
        "    mov (%rbx), %rdi\n    mov 8(%rbx), %rsi\n    mov 16(%rbx), %rdx\n"
        "    mov 24(%rbx), %r10\n    mov 32(%rbx), %r8\n    mov 40(%rbx), %r9\n"
        "    mov $0x1b1, %rbx\n    mov $0x1b2, %rbp\n    mov $0x1b3, %r12\n"
        "    mov $0x1b4, %r13\n    mov $0x1b5, %r14\n    mov $0x1b6, %r15\n"
        "    syscall\n"
        "    mov %rdi, after(%rip)\n    mov %rsi, after+8(%rip)\n    mov %rdx, after+16(%rip)\n"
        "    mov %r10, after+24(%rip)\n    mov %r8, after+32(%rip)\n    mov %r9, after+40(%rip)\n"
        "    mov %rbx, after+48(%rip)\n    mov %rbp, after+56(%rip)\n    mov %r12, after+64(%rip)\n"
        "    mov %r13, after+72(%rip)\n    mov %r14, after+80(%rip)\n    mov %r15, after+88(%rip)\n"
        "    mov %rcx, after+96(%rip)\n    mov %r11, after+104(%rip)\n    mov %rax, after+112(%rip)\n"
        "    pop %r15\n    pop %r14\n    pop %r13\n    pop %r12\n    pop %rbp\n    pop %rbx\n"
        "    ret\n");
long call_and_look(uint64_t number, const uint64_t *words);

/* What changes much, waits or does not come back is not among them. */
static bool is_tame(uint64_t number)
{
    static const uint8_t wild[] = {
        SYS_exit, SYS_fork, SYS_wait, SYS_thread_exit, SYS_sigreturn, SYS_reboot, SYS_sigsuspend,
        SYS_read, SYS_write, SYS_close, SYS_munmap, SYS_mprotect, SYS_trace, SYS_setuid, SYS_setgid,
        SYS_kill, SYS_sigprocmask, SYS_umask, SYS_setsid, SYS_brk, SYS_set_tls,
        SYS_thread_create,
    };

    for (unsigned i = 0; i < sizeof(wild); i++)
        if (wild[i] == number)
            return false;
    return true;
}

static void registers(void)
{
    const uint64_t words[6] = {0x1a1, 0x1a2, 0x1a3, 0x1a4, 0x1a5, 0x1a6};

    for (uint64_t number = 0; number < 120; number++) {
        if (!is_tame(number))
            continue;
        (void)call_and_look(number, words);
        for (uint64_t i = 0; i < 12; i++)
            expect_is(after[i], i < 6 ? 0x1a1 + i : 0x1b1 + i - 6);
        expect(after[12] > (uintptr_t)call_and_look && after[12] < (uintptr_t)call_and_look + 300);
        expect((after[13] & ~0x8d5ul) == 0x202);
        expect(!is_kernel_address(after[14]));
    }
}

__attribute__((used)) static volatile uint64_t of_thread[16];
static volatile uint32_t thread_is_there;

__asm__(".text\n"
        "thread_begins:\n"
        "    mov %rax, of_thread(%rip)\n    mov %rbx, of_thread+8(%rip)\n"
        "    mov %rcx, of_thread+16(%rip)\n    mov %rdx, of_thread+24(%rip)\n"
        "    mov %rsi, of_thread+32(%rip)\n    mov %rdi, of_thread+40(%rip)\n"
        "    mov %rbp, of_thread+48(%rip)\n    mov %r8, of_thread+56(%rip)\n"
        "    mov %r9, of_thread+64(%rip)\n    mov %r10, of_thread+72(%rip)\n"
        "    mov %r11, of_thread+80(%rip)\n    mov %r12, of_thread+88(%rip)\n"
        "    mov %r13, of_thread+96(%rip)\n    mov %r14, of_thread+104(%rip)\n"
        "    mov %r15, of_thread+112(%rip)\n"
        "    jmp thread_goes_on\n");
void thread_begins(void *argument);
void thread_goes_on(void *argument);

__attribute__((used, noreturn)) void thread_goes_on(void *argument)
{
    (void)argument;
    expect(are_fpu_registers_zero());
    thread_is_there = 1;
    fastos_thread_exit(NULL);
    __builtin_unreachable();
}

static void threads(void)
{
    expect(begin_thread(thread_begins, (void *)0x1234) > 0);
    while (!thread_is_there)
        fastos_sched_yield();
    for (unsigned i = 0; i < 15; i++)
        expect(i == 5 ? of_thread[i] == 0x1234 : !is_kernel_address(of_thread[i]));
}

int main_test(void)
{
    if (argument_count > 1) {
        expect(are_fpu_registers_zero());
        return as_fresh_program();
    }
    expect(are_zeros(bss, sizeof(bss)));
    expect_is(status_of(have_a_secret, NULL), 0);
    fresh_memory();
    expect_is(status_of(have_a_secret, NULL), 0);
    expect_is(status_of(run_again, NULL), 0);
    file_systems();
    end_of_a_file("/README.txt");
    end_of_a_file("/usr/tests/leaks");
    structures();
    handles();
    texts();
    directories();
    proc();
    news_of_children();
    signals();
    trace();
    registers();
    threads();
    if (!disappointments)
        print("leaks: done\n");
    return 0;
}
