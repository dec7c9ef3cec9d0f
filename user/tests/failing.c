/*
 * Every system call with the k-th allocation, then the k-th request to the disk, made to fail in the
 * middle of it, for each k until nothing fails any more: /dev/inject of the debug kernel.
 *
 *     exec /usr/tests/failing [DISK [requests [all]]]
 *
 * On /tmp, or on the ext2 file system of a disk; allocations, or requests to that; with all, how many of
 * each scenario.
 *
 * The call succeeds or says ENOMEM or EIO; what it could not do is not half done: the same file system
 * goes on, a file that is none of the call's business is as it was, and of what the kernel keeps for
 * processes nothing is left. Each k is a child of its own, with everything unmounted and mounted again
 * before it, so that nothing is cached.
 */
#include "fastos/syscall_names.h"
#include "lib/abi/terminal.h"
#include "user/tests/lib/test.h"

#define CALLS   (sizeof(syscall_names) / sizeof(syscall_names[0]))
#define ROOM    (16 * PAGE)
#define K_MAX   600 /* of a whole exec */
#define TARGET  "/failing"
#define LONG    "a/path/that/is/longer/than/sixty/characters/and/so/lies/in/a/block/of/its/own"
#define KEPT    "kept"

enum { NOTHING_FAILED = 10, SOMETHING_FAILED, NO_PROGRAM = 77 };

static char room[ROOM] __attribute__((aligned(PAGE)));
static char stack_bytes[2 * PAGE] __attribute__((aligned(16)));
static const char *folder, *disk;
static bool of_disk;
static uint64_t k;
static int inject;
static bool fired;

/* ---- arming ---------------------------------------------------------------------------------- */

static void arm(void)
{
    char text[32] = "memory=", digits[20];
    uint64_t left = k;
    size_t size = 7, count = 0;

    if (of_disk) {
        memcpy(text, "disk=", 5);
        size = 5;
    }
    for (; left; left /= 10)
        digits[count++] = (char)('0' + left % 10);
    while (count)
        text[size++] = digits[--count];
    if (fastos_write(inject, text, size) != (long)size)
        expect(!"armed");
}

/* Whether it has failed; nothing does any more. */
static void disarm(void)
{
    char text[64] = "";

    expect(fastos_read(inject, text, sizeof(text)) > 0);
    fired = equal(text, "memory=0 disk=0\n");
    fastos_write(inject, "memory=0", 8);
}

/* `otherwise`: how the call ends that does all that it can, when that is an error. */
static long judge(const char *where, const char *what, long result, int otherwise)
{
    disarm();
    bool good = !is_failure(result) || result == -otherwise
                || (fired && result == (of_disk ? -EIO : -ENOMEM));

    if (!good) {
        expect_is_at(where, what, result, 0);
        line("    of the disk", of_disk);
        line("    k", (int64_t)k);
    }
    return result;
}

#define ARMED(call)                judge(WHERE, #call, (arm(), (call)), 0)
#define ARMED_OR(call, otherwise)  judge(WHERE, #call, (arm(), (call)), otherwise)

/* ---- what the scenarios share ---------------------------------------------------------------- */

static int make(const char *path, size_t size)
{
    int fd = (int)fastos_openat(AT_FDCWD, path, O_RDWR | O_CREAT | O_TRUNC, 0644);

    memset(room, 't', size);
    expect(fd >= 0);
    expect_is(fastos_write(fd, room, size), (long)size);
    return fd;
}

static void made(const char *path, size_t size)
{
    fastos_close(make(path, size));
}

static void take_away(const char *path)
{
    if (fastos_unlinkat(AT_FDCWD, path, 0) != 0)
        fastos_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

static void close_if(long fd)
{
    if (!is_failure(fd))
        fastos_close((int)fd);
}

static void close_two(const int fds[2])
{
    fastos_close(fds[0]);
    fastos_close(fds[1]);
}

static void wait_for_all(void)
{
    while (fastos_wait(-1) != -ECHILD)
        ;
}

static int kept_fd(void)
{
    int fd = (int)fastos_open(KEPT, O_RDWR);

    expect(fd >= 0);
    return fd;
}

static volatile unsigned handled;

static void count_it(int signal)
{
    (void)signal;
    handled++;
}

static void handle_usr1(void)
{
    handle(SIGUSR1, count_it, 0);
}

static void block_usr1(void)
{
    const uint64_t set = 1ul << (SIGUSR1 - 1);

    expect_is(fastos_sigprocmask(SIG_BLOCK, &set, NULL), 0);
}

/* ---- processes ------------------------------------------------------------------------------- */

static int exit_armed(void *argument)
{
    (void)argument;
    arm();
    return 0;
}

static void an_exit(void)
{
    expect_is(status_of(exit_armed, NULL), 0);
    disarm();
}

static void a_fork(void)
{
    char *pages = fresh_pages(64);

    memset(pages, 'f', 64 * PAGE);
    arm();
    long pid = fastos_fork();

    if (pid == 0) /* nothing of it counts: another thread */
        fastos_exit(0);
    judge(WHERE, "fork", pid, 0);
    wait_for_all();
}

/* What the program itself does runs armed too, and may end as it likes. */
static int become_hello(void *with_environment)
{
    char *words[] = {"hello", "one", "two", NULL}, *variables[] = {"A=1", "B=2", NULL};

    fastos_close(1);
    fastos_close(2);
    fastos_open("/dev/null", O_RDWR);
    fastos_dup(1);
    arm();
    long error = with_environment ? fastos_execve("/bin/hello", words, variables)
                                  : fastos_exec("/bin/hello", words);
    disarm();
    return error == (of_disk ? -EIO : -ENOMEM) || error == -ENOEXEC ? NO_PROGRAM : 99;
}

static void exec_with(void *with_environment)
{
    long pid = start(become_hello, with_environment);
    long status = fastos_wait(pid);

    expect(status != 99);
    disarm();
    if (!fired)
        expect_is(status, 0);
    fired |= status == NO_PROGRAM;
}

static void an_exec(void)
{
    exec_with(NULL);
}

static void an_execve(void)
{
    exec_with("");
}

static int end_with_three(void *argument)
{
    (void)argument;
    return 3;
}

static void a_wait(void)
{
    long pid = start(end_with_three, NULL);

    if (ARMED(fastos_wait(pid)) != 3)
        wait_for_all();
}

static void a_wait4(void)
{
    struct abi_rusage usage;
    int status;
    long pid = start(end_with_three, NULL);

    if (ARMED(fastos_wait4(pid, &status, 0, &usage)) == pid)
        expect_is(status, 3 << 8);
    wait_for_all();
}

static void a_trace(void)
{
    int fd = make("t", 0);

    ARMED(fastos_trace(fd));
    fastos_getpid();
    expect_is(fastos_trace(-1), 0);
    fastos_close(fd);
    take_away("t");
}

static void traced_calls(void)
{
    int fd = make("t", 0);

    expect_is(fastos_trace(fd), 0);
    ARMED(fastos_faccessat(AT_FDCWD, KEPT, R_OK, 0));
    expect_is(fastos_trace(-1), 0);
    fastos_close(fd);
    take_away("t");
}

static void a_session(void)
{
    ARMED(fastos_setsid());
}

/* ---- threads, signals ------------------------------------------------------------------------ */

static volatile uint32_t alive;

static void end_the_thread(void *armed)
{
    if (armed)
        arm();
    fastos_thread_exit((void *)&alive);
}

static void wait_for_the_thread(void)
{
    while (alive)
        fastos_sched_yield();
}

static void a_thread(void)
{
    alive = 1;
    long thread = ARMED(fastos_thread_create((void *)(uintptr_t)end_the_thread,
                                             stack_bytes + sizeof(stack_bytes) - 8, NULL, NULL));

    if (!is_failure(thread))
        wait_for_the_thread();
}

static void end_of_a_thread(void)
{
    alive = 1;
    expect(!is_failure(begin_thread(end_the_thread, "armed")));
    wait_for_the_thread();
    disarm();
}

static void a_futex(void)
{
    uint32_t word = 1;
    const struct abi_timespec soon = {0, 100000};

    ARMED_OR(fastos_futex(&word, FUTEX_WAIT, 1, &soon, NULL, 0), ETIMEDOUT);
}

static void a_signal(void)
{
    handle_usr1();
    if (ARMED(fastos_kill(fastos_getpid(), SIGUSR1)) == 0)
        expect_is(handled, 1);
}

/* With the FPU's state in the frame. */
static void a_signal_of_a_thread(void)
{
    handle_usr1();
    __asm__ volatile("fldpi\n\tfstp %st(0)");
    if (ARMED(fastos_tgkill(fastos_getpid(), fastos_gettid(), SIGUSR1)) == 0)
        expect_is(handled, 1);
}

static void an_action(void)
{
    struct abi_sigaction old;
    const struct abi_sigaction action = {.handler = (uintptr_t)count_it, .restorer = (uintptr_t)restorer};

    ARMED(fastos_sigaction(SIGUSR2, &action, &old));
}

static void a_suspension(void)
{
    const uint64_t none = 0;

    handle_usr1();
    block_usr1();
    fastos_kill(fastos_getpid(), SIGUSR1);
    ARMED_OR(fastos_sigsuspend(&none), EINTR);
}

static void a_signal_taken(void)
{
    const uint64_t set = 1ul << (SIGUSR1 - 1);
    struct abi_siginfo info;

    block_usr1();
    fastos_kill(fastos_getpid(), SIGUSR1);
    ARMED(fastos_sigtimedwait(&set, &info, NULL));
}

static void arm_in_a_handler(int signal)
{
    handled += (unsigned)signal;
    arm();
}

static void a_return_from_a_handler(void)
{
    handle(SIGUSR1, arm_in_a_handler, 0);
    fastos_kill(fastos_getpid(), SIGUSR1);
    disarm();
    expect(handled != 0);
}

static void an_alternate_stack(void)
{
    const struct abi_sigaltstack stack = {(uintptr_t)stack_bytes, sizeof(stack_bytes), 0};

    ARMED(fastos_sigaltstack(&stack, NULL));
}

static void an_alarm(void)
{
    const struct abi_itimerval later = {0, 0, 100, 0}, none = {0, 0, 0, 0};

    ARMED(fastos_setitimer(ITIMER_REAL, &later, NULL));
    fastos_setitimer(ITIMER_REAL, &none, NULL);
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void fresh_memory(void)
{
    ARMED(fastos_mmap(NULL, 100 * PAGE, PROT_READ | PROT_WRITE));
}

static void populated_memory(void)
{
    ARMED(fastos_mmap_file(NULL, 40 * PAGE, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
}

/* The first touch of pages: no memory ends the process. */
static void touched_memory(void)
{
    volatile char *pages = fresh_pages(40);

    arm();
    for (unsigned i = 0; i < 40; i++)
        pages[i * PAGE] = 1;
    disarm();
}

static void read_into_fresh_memory(void)
{
    char *pages = fresh_pages(8);
    int fd = kept_fd();

    ARMED_OR(fastos_read(fd, pages, 8 * PAGE), EFAULT);
}

static void copy_on_write(void)
{
    char *pages = fresh_pages(8);

    memset(pages, 'c', 8 * PAGE);
    long pid = fastos_fork();

    if (pid == 0) {
        fastos_read(-1, NULL, 0);
        fastos_exit(0);
    }
    arm();
    for (unsigned i = 0; i < 8; i++)
        ((volatile char *)pages)[i * PAGE] = 'd';
    disarm();
    wait_for_all();
}

static void a_hole_in_memory(void)
{
    char *pages = fresh_pages(8);

    memset(pages, 'h', 8 * PAGE);
    ARMED(fastos_munmap(pages + 2 * PAGE, 3 * PAGE));
    expect(pages[0] == 'h' && pages[7 * PAGE] == 'h');
}

static void other_rights(void)
{
    char *pages = fresh_pages(8);

    memset(pages, 'r', 8 * PAGE);
    ARMED(fastos_mprotect(pages + 2 * PAGE, 3 * PAGE, PROT_READ));
    pages[0] = pages[7 * PAGE] = 'r';
}

static void a_file_in_memory(void)
{
    int fd = kept_fd();
    long map = ARMED(fastos_mmap_file(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));

    if (!is_failure(map))
        fastos_munmap((void *)map, 8 * PAGE);
}

/* Without memory it is ended; SIGBUS where the file cannot be read. */
static void touched_file(void)
{
    int fd = kept_fd();
    long map = fastos_mmap_file(NULL, 8 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    unsigned sum = 0;

    arm();
    for (unsigned i = 0; i < 8; i++)
        sum += *(volatile char *)(map + i * (long)PAGE);
    disarm();
    expect_is(sum, 8 * 'k');
}

static void a_file_changed_in_memory(void)
{
    int fd = make("t", 4 * PAGE);
    long map = fastos_mmap_file(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    for (unsigned i = 0; i < 4; i++)
        *(volatile char *)(map + i * (long)PAGE) = 'm';
    ARMED(fastos_msync((void *)map, 4 * PAGE, MS_SYNC));
    fastos_munmap((void *)map, 4 * PAGE);
    fastos_close(fd);
    take_away("t");
}

static void a_heap(void)
{
    long end = fastos_brk(NULL);

    ARMED(fastos_brk((void *)(end + 10 * (long)PAGE)));
}

static void memory_as_a_file(void)
{
    close_if(ARMED(fastos_memfd_create("failing", 0)));
}

static void shared_memory(void)
{
    int fd = (int)fastos_memfd_create("failing", 0);

    expect_is(fastos_ftruncate(fd, ROOM), 0);
    long size = ARMED(fastos_pwrite(fd, room, ROOM, 0));

    expect(size > 0 || fired);
    fastos_close(fd);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void an_open(void)
{
    close_if(ARMED(fastos_open(KEPT, O_RDONLY)));
}

static void a_new_file(void)
{
    close_if(ARMED(fastos_openat(AT_FDCWD, "t", O_RDWR | O_CREAT, 0644)));
    take_away("t");
}

static void a_file_cut_by_open(void)
{
    made("t", ROOM);
    close_if(ARMED(fastos_openat(AT_FDCWD, "t", O_WRONLY | O_TRUNC, 0)));
    take_away("t");
}

static void a_close(void)
{
    int fd = make("t", ROOM);

    take_away("t"); /* the last handle: its blocks go */
    ARMED(fastos_close(fd));
}

static void a_read(void)
{
    int fd = kept_fd();
    long size = ARMED(fastos_read(fd, room, 8 * PAGE));

    for (long i = 0; i < size; i++)
        if (room[i] != 'k' && !expect(!"what is in the file"))
            break;
    fastos_close(fd);
}

static void a_read_somewhere(void)
{
    int fd = kept_fd();

    ARMED(fastos_pread(fd, room, PAGE + 1, 3 * PAGE - 7));
    fastos_close(fd);
}

static void a_read_of_pieces(void)
{
    const struct abi_iovec parts[] = {{(uintptr_t)room, 100}, {(uintptr_t)room + PAGE, 2 * PAGE}};
    int fd = kept_fd();

    ARMED(fastos_readv(fd, parts, 2));
    fastos_close(fd);
}

/* What was written and what the file has agree, whatever failed. */
static void written(int fd, long size, long at)
{
    struct abi_stat stat;

    expect_is(fastos_fstat(fd, &stat), 0);
    if (size > 0)
        expect((long)stat.size >= at + size);
    fastos_close(fd);
    take_away("t");
}

static void a_write(void)
{
    int fd = make("t", 0);

    written(fd, ARMED(fastos_write(fd, room, ROOM)), 0);
}

/* Blocks of block numbers, and a hole. */
static void a_write_far_away(void)
{
    int fd = make("t", 10);
    long at = 5l << 20;

    written(fd, ARMED(fastos_pwrite(fd, room, 3 * PAGE, at)), at);
}

static void a_write_of_pieces(void)
{
    const struct abi_iovec parts[] = {{(uintptr_t)room, 100}, {(uintptr_t)room + PAGE, 2 * PAGE}};
    int fd = make("t", 0);

    written(fd, ARMED(fastos_writev(fd, parts, 2)), 0);
}

static void a_seek(void)
{
    int fd = kept_fd();

    ARMED(fastos_lseek(fd, 0, SEEK_END));
    fastos_close(fd);
}

static void about_an_open_file(void)
{
    struct abi_stat stat;
    int fd = kept_fd();

    ARMED(fastos_fstat(fd, &stat));
    fastos_close(fd);
}

static void about_a_file(void)
{
    struct abi_stat stat;

    ARMED(fastos_fstatat(AT_FDCWD, "many/31", &stat, 0));
}

static void access_to_a_file(void)
{
    ARMED(fastos_faccessat(AT_FDCWD, "link", R_OK, 0));
}

static void names_of_a_directory(void)
{
    int fd = (int)fastos_open("many", O_RDONLY | O_DIRECTORY);

    expect(fd >= 0);
    ARMED(fastos_getdents(fd, room, ROOM));
    fastos_close(fd);
}

static void a_directory(void)
{
    ARMED(fastos_mkdirat(AT_FDCWD, "t", 0755));
    take_away("t");
}

static void a_fifo(void)
{
    ARMED(fastos_mknodat(AT_FDCWD, "t", S_IFIFO | 0644, 0));
    take_away("t");
}

static void a_file_removed(void)
{
    int fd = make("t", 10);

    expect_is(fastos_pwrite(fd, room, ROOM, 1 << 20), ROOM);
    fastos_close(fd);
    ARMED(fastos_unlinkat(AT_FDCWD, "t", 0));
    take_away("t");
}

static void a_directory_removed(void)
{
    expect_is(fastos_mkdirat(AT_FDCWD, "t", 0755), 0);
    ARMED(fastos_unlinkat(AT_FDCWD, "t", AT_REMOVEDIR));
    take_away("t");
}

static bool is_there(const char *path)
{
    return fastos_faccessat(AT_FDCWD, path, 0, AT_SYMLINK_NOFOLLOW) == 0;
}

static void a_file_renamed(void)
{
    made("t", PAGE);
    made("u", 2 * PAGE);
    long result = ARMED(fastos_renameat(AT_FDCWD, "t", AT_FDCWD, "u"));

    expect(is_there("u") && is_there("t") == (result != 0));
    take_away("t");
    take_away("u");
}

static void a_directory_moved(void)
{
    expect_is(fastos_mkdirat(AT_FDCWD, "t", 0755), 0);
    long result = ARMED(fastos_renameat(AT_FDCWD, "t", AT_FDCWD, "many/u"));

    expect(is_there("t") == (result != 0) && is_there("many/u") == (result == 0));
    take_away("t");
    take_away("many/u");
}

static void one_more_name(void)
{
    long result = ARMED(fastos_linkat(AT_FDCWD, KEPT, AT_FDCWD, "t", 0));

    expect(is_there("t") == (result == 0));
    take_away("t");
}

static void a_link(void)
{
    long result = ARMED(fastos_symlinkat(LONG, AT_FDCWD, "t"));

    expect(is_there("t") == (result == 0));
    take_away("t");
}

static void where_a_link_goes(void)
{
    ARMED(fastos_readlinkat(AT_FDCWD, "long", room, ROOM));
}

static void a_file_cut(void)
{
    int fd = make("t", ROOM);

    fastos_pwrite(fd, room, PAGE, 1 << 20);
    fastos_close(fd);
    ARMED(fastos_truncate("t", 1000));
    take_away("t");
}

static void a_file_grown(void)
{
    int fd = make("t", 1000);

    ARMED(fastos_ftruncate(fd, 2 << 20));
    fastos_close(fd);
    take_away("t");
}

static void other_permissions(void)
{
    ARMED(fastos_fchmodat(AT_FDCWD, "many/30", 0600, 0));
}

static void other_owners(void)
{
    ARMED(fastos_fchownat(AT_FDCWD, "many/30", 7, 8, 0));
}

static void other_times(void)
{
    const struct abi_timespec times[2] = {{1000, 0}, {2000, 0}};

    ARMED(fastos_utimensat(AT_FDCWD, "many/30", times, 0));
}

static void another_directory(void)
{
    ARMED(fastos_chdir("many"));
    expect_is(fastos_chdir(folder), 0);
}

static void another_open_directory(void)
{
    int fd = (int)fastos_open("many", O_RDONLY | O_DIRECTORY);

    ARMED(fastos_fchdir(fd));
    expect_is(fastos_chdir(folder), 0);
    fastos_close(fd);
}

static void the_directorys_path(void)
{
    ARMED(fastos_getcwd(room, ROOM));
}

static void another_root(void)
{
    ARMED(fastos_chroot("many"));
}

static void a_handle(void)
{
    close_if(ARMED(fastos_dup(inject)));
}

/* The table of handles grows. */
static void a_high_handle(void)
{
    close_if(ARMED(fastos_dup3(inject, 1000, 0)));
}

static void a_handle_by_fcntl(void)
{
    close_if(ARMED(fastos_fcntl(inject, F_DUPFD, 500)));
}

static void a_sync(void)
{
    int fd = make("t", ROOM);

    ARMED(fastos_sync());
    fastos_close(fd);
    take_away("t");
}

static void a_sync_of_a_file(void)
{
    int fd = make("t", ROOM);

    ARMED(fastos_fsync(fd));
    fastos_close(fd);
    take_away("t");
}

static void about_a_file_system(void)
{
    struct abi_statfs stat;

    ARMED(fastos_statfs(".", &stat));
}

static void a_text_of_proc(void)
{
    int fd = (int)fastos_open("/proc/self/maps", O_RDONLY);

    ARMED(fastos_read(fd, room, ROOM));
    fastos_close(fd);
}

static void names_in_proc(void)
{
    int fd = (int)fastos_open("/proc/self/fd", O_RDONLY | O_DIRECTORY);

    ARMED(fastos_getdents(fd, room, ROOM));
    fastos_close(fd);
}

/* ---- mounts ---------------------------------------------------------------------------------- */

static void a_mount(void)
{
    expect_is(fastos_mkdirat(AT_FDCWD, "t", 0755), 0);
    ARMED(fastos_mount("none", "t", "tmpfs", 0));
    fastos_umount("t", 0);
    take_away("t");
}

/* Of the disk. */
static void a_mount_of_the_disk(void)
{
    if (disk) {
        expect_is(fastos_chdir("/"), 0);
        expect_is(fastos_umount(TARGET, 0), 0);
        ARMED(fastos_mount(disk, TARGET, "ext2", 0));
    }
}

static void an_unmount(void)
{
    if (disk) {
        made("t", ROOM); /* not written yet */
        take_away("t");
        expect_is(fastos_chdir("/"), 0);
        ARMED(fastos_umount(TARGET, 0));
    }
}

/* ---- what has no place ----------------------------------------------------------------------- */

static void a_pipe(void)
{
    int fds[2];

    if (ARMED(fastos_pipe(fds, 0)) == 0)
        close_two(fds);
}

static void a_write_to_a_pipe(void)
{
    int fds[2];

    expect_is(fastos_pipe(fds, O_NONBLOCK), 0);
    ARMED(fastos_write(fds[1], room, 3 * PAGE));
    ARMED_OR(fastos_read(fds[0], room, 3 * PAGE), EAGAIN);
    close_two(fds);
}

static void a_poll(void)
{
    struct abi_pollfd files[100];
    const struct abi_timespec now = {0, 1000};

    for (unsigned i = 0; i < 100; i++)
        files[i] = (struct abi_pollfd){inject, POLLIN, 0};
    ARMED(fastos_poll(files, 100, &now, NULL));
}

static void a_terminal(void)
{
    struct abi_winsize size = {25, 80, 0, 0};
    long fd = fastos_openat(AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY, 0);

    expect(fd >= 0);
    ARMED(fastos_ioctl((int)fd, TIOCSWINSZ, &size));
    fastos_close((int)fd);
}

static void opening_a_terminal(void)
{
    close_if(ARMED(fastos_openat(AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY, 0)));
}

static void a_line_to_a_terminal(void)
{
    long fd = fastos_openat(AT_FDCWD, "/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK, 0);

    ARMED(fastos_write((int)fd, "a line\n", 7));
    fastos_close((int)fd);
}

static void a_channel(void)
{
    int fds[2];

    if (ARMED(fastos_channel_create(fds, 0)) == 0)
        close_two(fds);
}

static void a_message(void)
{
    int fds[2], handles[2] = {inject, inject};

    expect_is(fastos_channel_create(fds, O_NONBLOCK), 0);
    ARMED(fastos_channel_send(fds[0], room, 2 * PAGE, handles, 2));
    close_two(fds);
}

/* What is not received stays. */
static void a_message_received(void)
{
    int fds[2], handles[2] = {inject, inject}, received[2];

    expect_is(fastos_channel_create(fds, O_NONBLOCK), 0);
    expect_is(fastos_channel_send(fds[0], room, 2 * PAGE, handles, 2), 0);
    long result = ARMED(fastos_channel_receive(fds[1], room, ROOM, received, 2));

    if (is_failure(result))
        result = fastos_channel_receive(fds[1], room, ROOM, received, 2);
    expect_is(result, 2l << 32 | 2 * (long)PAGE);
    close_two(received);
    close_two(fds);
}

static void a_name(void)
{
    int fds[2];

    expect_is(fastos_channel_create(fds, 0), 0);
    ARMED(fastos_channel_publish(fds[0], "failing"));
    close_two(fds);
}

static void a_caller(void)
{
    int fds[2];

    expect_is(fastos_channel_create(fds, 0), 0);
    expect_is(fastos_channel_publish(fds[0], "failing"), 0);
    close_if(ARMED(fastos_channel_connect("failing")));
    close_two(fds);
}

static void a_nap(void)
{
    const struct abi_timespec soon = {0, 1000};

    ARMED(fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &soon, NULL));
}

static void a_new_time(void)
{
    struct abi_timespec now;

    expect_is(fastos_clock_gettime(CLOCK_REALTIME, &now), 0);
    ARMED(fastos_clock_settime(CLOCK_REALTIME, &now));
}

static void random_bytes(void)
{
    ARMED(fastos_getrandom(room, 1000, 0));
}

static void a_host_name(void)
{
    ARMED(fastos_sethostname("fastos", 6));
}

/* ---- all of them ----------------------------------------------------------------------------- */

static const struct scenario {
    uint64_t number;
    void (*run)(void);
    bool may_die; /* of SIGKILL without memory, of SIGBUS without the file's bytes */
} scenarios[] = {
    {SYS_exit, an_exit, false},
    {SYS_write, a_write, false},
    {SYS_write, a_write_to_a_pipe, false},
    {SYS_write, a_line_to_a_terminal, false},
    {SYS_read, a_read, false},
    {SYS_read, a_text_of_proc, false},
    {SYS_read, read_into_fresh_memory, true},
    {SYS_open, an_open, false},
    {SYS_close, a_close, false},
    {SYS_fork, a_fork, true}, /* its own stack is to be copied after it */
    {SYS_fork, copy_on_write, true},
    {SYS_exec, an_exec, false},
    {SYS_wait, a_wait, false},
    {SYS_mmap, fresh_memory, false},
    {SYS_mmap, touched_memory, true},
    {SYS_munmap, a_hole_in_memory, false},
    {SYS_execve, an_execve, false},
    {SYS_wait4, a_wait4, false},
    {SYS_setsid, a_session, false},
    {SYS_trace, a_trace, false},
    {SYS_trace, traced_calls, false},
    {SYS_thread_create, a_thread, false},
    {SYS_thread_exit, end_of_a_thread, false},
    {SYS_futex, a_futex, false},
    {SYS_kill, a_signal, false},
    {SYS_tgkill, a_signal_of_a_thread, false},
    {SYS_sigaction, an_action, false},
    {SYS_sigsuspend, a_suspension, false},
    {SYS_sigtimedwait, a_signal_taken, false},
    {SYS_sigaltstack, an_alternate_stack, false},
    {SYS_sigreturn, a_return_from_a_handler, false},
    {SYS_setitimer, an_alarm, false},
    {SYS_mmap_file, a_file_in_memory, false},
    {SYS_mmap_file, populated_memory, false},
    {SYS_mmap_file, touched_file, true},
    {SYS_mprotect, other_rights, false},
    {SYS_msync, a_file_changed_in_memory, false},
    {SYS_brk, a_heap, false},
    {SYS_memfd_create, memory_as_a_file, false},
    {SYS_memfd_create, shared_memory, false},
    {SYS_openat, a_new_file, false},
    {SYS_openat, a_file_cut_by_open, false},
    {SYS_openat, opening_a_terminal, false},
    {SYS_lseek, a_seek, false},
    {SYS_pread, a_read_somewhere, false},
    {SYS_pwrite, a_write_far_away, false},
    {SYS_readv, a_read_of_pieces, false},
    {SYS_writev, a_write_of_pieces, false},
    {SYS_fstat, about_an_open_file, false},
    {SYS_fstatat, about_a_file, false},
    {SYS_faccessat, access_to_a_file, false},
    {SYS_getdents, names_of_a_directory, false},
    {SYS_getdents, names_in_proc, false},
    {SYS_mkdirat, a_directory, false},
    {SYS_mknodat, a_fifo, false},
    {SYS_unlinkat, a_file_removed, false},
    {SYS_unlinkat, a_directory_removed, false},
    {SYS_renameat, a_file_renamed, false},
    {SYS_renameat, a_directory_moved, false},
    {SYS_linkat, one_more_name, false},
    {SYS_symlinkat, a_link, false},
    {SYS_readlinkat, where_a_link_goes, false},
    {SYS_truncate, a_file_cut, false},
    {SYS_ftruncate, a_file_grown, false},
    {SYS_fchmodat, other_permissions, false},
    {SYS_fchownat, other_owners, false},
    {SYS_utimensat, other_times, false},
    {SYS_chdir, another_directory, false},
    {SYS_fchdir, another_open_directory, false},
    {SYS_getcwd, the_directorys_path, false},
    {SYS_dup, a_handle, false},
    {SYS_dup3, a_high_handle, false},
    {SYS_fcntl, a_handle_by_fcntl, false},
    {SYS_ioctl, a_terminal, false},
    {SYS_pipe, a_pipe, false},
    {SYS_poll, a_poll, false},
    {SYS_mount, a_mount, false},
    {SYS_mount, a_mount_of_the_disk, false},
    {SYS_umount, an_unmount, false},
    {SYS_sync, a_sync, false},
    {SYS_fsync, a_sync_of_a_file, false},
    {SYS_statfs, about_a_file_system, false},
    {SYS_chroot, another_root, false},
    {SYS_channel_create, a_channel, false},
    {SYS_channel_send, a_message, false},
    {SYS_channel_receive, a_message_received, false},
    {SYS_channel_publish, a_name, false},
    {SYS_channel_connect, a_caller, false},
    {SYS_clock_settime, a_new_time, false},
    {SYS_clock_nanosleep, a_nap, false},
    {SYS_getrandom, random_bytes, false},
    {SYS_sethostname, a_host_name, false},
};

#define SCENARIOS (sizeof(scenarios) / sizeof(scenarios[0]))

static bool has_a_scenario(uint64_t number)
{
    for (unsigned i = 0; i < SCENARIOS; i++)
        if (scenarios[i].number == number)
            return true;
    return false;
}

/* Those that only read or set a number: with zeros, and room where they want to write. */
static void a_plain_call(uint64_t number)
{
    const struct syscall_name *call = &syscall_names[number];
    uint64_t words[6] = {0};

    for (unsigned i = 0; i < call->count; i++)
        if (equal(call->arguments[i].type, "out"))
            words[i] = (uintptr_t)room + i * PAGE;
    if (number == SYS_setpriority || number == SYS_reboot) /* nice 0; no such way to end */
        words[0] = number == SYS_reboot ? 99 : 0;
    ARMED_OR(call_by_number(number, words), EINVAL);
}

static int run(void *scenario)
{
    const struct scenario *what = scenario;

    memset(room, 0, ROOM); /* there, so that no copy to it needs memory */
    expect_is(fastos_chdir(folder), 0);
    inject = (int)fastos_openat(AT_FDCWD, "/dev/inject", O_RDWR | O_CLOEXEC, 0);
    expect(inject >= 0);
    if (what->run)
        what->run();
    else
        a_plain_call(what->number);
    return disappointments ? 99 : fired ? SOMETHING_FAILED : NOTHING_FAILED;
}

static bool may_end_by(const struct scenario *what, long status)
{
    return what->may_die && (status == 128 + SIGKILL || status == 128 + SIGBUS);
}

static void look_at_kept(void)
{
    int fd = (int)fastos_openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    int kept = (int)fastos_openat(fd, KEPT, O_RDONLY, 0);

    expect_is(fastos_read(kept, room, ROOM), 8 * PAGE);
    for (unsigned i = 0; i < 8 * PAGE; i++)
        if (room[i] != 'k' && !expect(!"what was kept"))
            break;
    fastos_close(kept);
    fastos_close(fd);
}

static void mount_the_disk(void)
{
    if (disk)
        expect_is(fastos_mount(disk, TARGET, "ext2", 0), 0);
}

static void nap(void)
{
    const struct abi_timespec soon = {0, 10000000};

    fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &soon, NULL);
}

/* A child of one that was killed may still be on its way out. */
static void unmount_the_disk(void)
{
    long error = disk ? fastos_umount(TARGET, 0) : 0;

    for (int i = 0; i < 50 && error == -EBUSY; i++) {
        nap();
        error = fastos_umount(TARGET, 0);
    }
    if (error) { /* the scenario did */
        expect_is(fastos_mount(disk, TARGET, "ext2", 0), 0);
        expect_is(fastos_umount(TARGET, 0), 0);
    }
}

/* How many times it failed. */
static uint64_t fail_each(const struct scenario *what)
{
    uint64_t failures = 0;
    long status = SOMETHING_FAILED;

    for (k = 1; status != NOTHING_FAILED && k <= K_MAX; k++) {
        mount_the_disk();
        status = status_of(run, (void *)what);
        if (status != NOTHING_FAILED && status != SOMETHING_FAILED && !may_end_by(what, status)) {
            expect_is(status, SOMETHING_FAILED);
            print(syscall_names[what->number].name);
            line("    scenario", what->run ? what - scenarios : -1);
            line("    of the disk", of_disk);
            line("    k", (int64_t)k);
            unmount_the_disk();
            return failures;
        }
        failures += status != NOTHING_FAILED;
        unmount_the_disk();
        mount_the_disk();
        look_at_kept();
        unmount_the_disk();
    }
    expect(k <= K_MAX);
    return failures;
}

static void make_the_folder(void)
{
    char name[] = "many/00";

    expect_is(fastos_chdir(folder), 0);
    int fd = make(KEPT, 0);

    memset(room, 'k', ROOM);
    expect_is(fastos_write(fd, room, 8 * PAGE), 8 * PAGE);
    fastos_close(fd);
    expect_is(fastos_mkdirat(AT_FDCWD, "many", 0755), 0);
    for (unsigned i = 0; i < 40; i++) {
        name[5] = (char)('0' + i / 10);
        name[6] = (char)('0' + i % 10);
        made(name, 10);
    }
    expect_is(fastos_symlinkat(KEPT, AT_FDCWD, "link"), 0);
    expect_is(fastos_symlinkat(LONG, AT_FDCWD, "long"), 0);
    expect_is(fastos_chdir("/"), 0);
    fastos_sync();
}

static void unmake_the_folder(void)
{
    char name[] = "many/00";

    expect_is(fastos_chdir(folder), 0);
    for (unsigned i = 0; i < 40; i++) {
        name[5] = (char)('0' + i / 10);
        name[6] = (char)('0' + i % 10);
        expect_is(fastos_unlinkat(AT_FDCWD, name, 0), 0);
    }
    expect_is(fastos_unlinkat(AT_FDCWD, "many", AT_REMOVEDIR), 0);
    expect_is(fastos_unlinkat(AT_FDCWD, "link", 0), 0);
    expect_is(fastos_unlinkat(AT_FDCWD, "long", 0), 0);
    expect_is(fastos_unlinkat(AT_FDCWD, KEPT, 0), 0);
    expect_is(fastos_chdir("/"), 0);
}

static void fail_all(bool requests)
{
    uint64_t failures = 0;

    of_disk = requests;
    for (unsigned i = 0; i < SCENARIOS; i++) {
        uint64_t of_it = fail_each(&scenarios[i]);

        failures += of_it;
        if (argument_count > 3 && of_it) {
            print(syscall_names[scenarios[i].number].name);
            line(" failed", (int64_t)of_it);
        }
    }
    for (uint64_t number = 0; number < CALLS; number++)
        if (!has_a_scenario(number))
            failures += fail_each(&(struct scenario){number, NULL, false});
    line(requests ? "requests that failed" : "allocations that failed", (int64_t)failures);
    expect(failures >= (requests ? 80 : 250));
}

/* Children of those that were killed are the first process's, which this may be; the last thread of a process
   may still be on its way out. */
static void has_come_down_to(uint64_t objects)
{
    wait_for_all();
    for (int i = 0; i < 50 && objects_in_use() > objects; i++)
        nap();
    if (!expect(objects_in_use() <= objects)) {
        line("before", (int64_t)objects);
        print(objects_text());
    }
}

int main_test(void)
{
    bool requests = argument_count > 2 && equal(arguments[2], "requests");

    disk = argument_count > 1 ? arguments[1] : NULL;
    folder = disk ? TARGET : "/tmp/failing";
    fastos_mkdirat(AT_FDCWD, folder, 0777);
    mount_the_disk();
    make_the_folder();
    unmount_the_disk();
    (void)status_of(end_with_three, NULL); /* what is made once is there now */
    for (int i = 0; i < 10; i++)
        nap();
    uint64_t before = objects_in_use();

    fail_all(requests);
    has_come_down_to(before);
    mount_the_disk();
    unmake_the_folder();
    unmount_the_disk();
    if (!disappointments)
        print("failing: done\n");
    return 0;
}
