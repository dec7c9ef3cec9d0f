/*
 * What the operations of a system cost: one source for FastOS and Linux, run on the same emulator in
 * turn (tests/bench/compare.py). Each line: a name, and the least that one operation took in some
 * rounds, in ticks of the time-stamp counter: with -icount shift=0 those are instructions.
 */
#include <stddef.h>
#include <stdint.h>

#include "user/bench/say.h"
#include "user/bench/start.h"

#define ROUNDS 7
#define PAGE   4096ul
#define MIB    (1024ul * 1024)

static uint64_t now(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

/* ---- saying it ------------------------------------------------------------------------------- */

/* The least of some rounds of `count` operations each, for one of them. */
static void measure(const char *name, void (*work)(unsigned count), unsigned count, unsigned per)
{
    uint64_t least = UINT64_MAX;

    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t before = now(), took;

        work(count);
        took = now() - before;
        least = took < least ? took : least;
    }
    say_figure(name, "", least / count / per);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static int zero_fd, null_fd, file_fd;
static char room[65536] __attribute__((aligned(4096)));

static void null_call(unsigned count)
{
    while (count--)
        os_getpid();
}

static void read_zero(unsigned count)
{
    while (count--)
        os_read(zero_fd, room, 1);
}

static void write_null(unsigned count)
{
    while (count--)
        os_write(null_fd, room, 1);
}

static void stat_file(unsigned count)
{
    struct os_stat stat;

    while (count--)
        os_stat(DISK_FILE, &stat);
}

static void fstat_file(unsigned count)
{
    struct os_stat stat;

    while (count--)
        os_fstat(file_fd, &stat);
}

static void open_close(unsigned count)
{
    while (count--)
        os_close((int)os_open(DISK_FILE, 0));
}

static void read_clock(unsigned count)
{
    while (count--)
        os_clock();
}

static void create(unsigned count)
{
    char name[] = RAM_FILE "0000";

    for (unsigned i = 0; i < count; i++) {
        name[sizeof(name) - 2] = (char)('a' + i % 16);
        name[sizeof(name) - 3] = (char)('a' + i / 16 % 16);
        name[sizeof(name) - 4] = (char)('a' + i / 256);
        os_close((int)os_open(name, 0102)); /* O_CREAT | O_RDWR */
    }
}

static void delete(unsigned count)
{
    char name[] = RAM_FILE "0000";

    for (unsigned i = 0; i < count; i++) {
        name[sizeof(name) - 2] = (char)('a' + i % 16);
        name[sizeof(name) - 3] = (char)('a' + i / 16 % 16);
        name[sizeof(name) - 4] = (char)('a' + i / 256);
        os_unlink(name);
    }
}

/* The two in turn, each measured by itself. */
static void measure_files(void)
{
    uint64_t made = UINT64_MAX, gone = UINT64_MAX;

    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t before = now(), between, after;

        create(200);
        between = now();
        delete(200);
        after = now();
        made = between - before < made ? between - before : made;
        gone = after - between < gone ? after - between : gone;
    }
    say("bench " OS_NAME " create ");
    say_number(made / 200);
    say("\nbench " OS_NAME " delete ");
    say_number(gone / 200);
    say("\n");
}

/* ---- signals --------------------------------------------------------------------------------- */

static volatile int signals;

static void on_signal(int signal)
{
    (void)signal;
    signals++;
}

static const struct os_sigaction action = {on_signal, OS_SA_FLAGS, os_restorer, 0};

static void install(unsigned count)
{
    while (count--)
        os_sigaction(10, &action);
}

static void deliver(unsigned count)
{
    long pid = os_getpid();

    while (count--)
        os_kill(pid, 10);
}

/* ---- processes ------------------------------------------------------------------------------- */

static void fork_wait(unsigned count)
{
    while (count--) {
        long pid = os_fork();

        if (pid == 0)
            os_exit(0);
        os_wait(pid);
    }
}

static void fork_exec_wait(unsigned count)
{
    static char *words[] = {(char *)"nothing", 0};

    while (count--) {
        long pid = os_fork();

        if (pid == 0) {
            os_exec(CHILD, words);
            os_exit(1);
        }
        os_wait(pid);
    }
}

static char *big;

static void touch(char *at, unsigned long bytes)
{
    for (unsigned long i = 0; i < bytes; i += PAGE)
        at[i] = (char)(at[i] + 1);
}

/* The pages are the child's to copy: the parent has lost nothing when it is gone. */
static void copy_on_write(void)
{
    uint64_t least = UINT64_MAX;
    static volatile uint64_t *shared;
    int fds[2];

    (void)shared;
    for (unsigned round = 0; round < 3; round++) {
        uint64_t took = 0;
        long pid;

        os_pipe(fds);
        pid = os_fork();
        if (pid == 0) {
            uint64_t before = now(), after;

            touch(big, 16 * MIB);
            after = now() - before;
            os_write(fds[1], &after, sizeof(after));
            os_exit(0);
        }
        os_read(fds[0], &took, sizeof(took));
        os_wait(pid);
        os_close(fds[0]);
        os_close(fds[1]);
        touch(big, 16 * MIB);
        least = took < least ? took : least;
    }
    say("bench " OS_NAME " cow-16M ");
    say_number(least);
    say("\n");
}

/* ---- memory ---------------------------------------------------------------------------------- */

static void faults(unsigned count)
{
    char *at = os_map(count * 2 * PAGE);

    for (unsigned i = 0; i < count; i++) /* every other page: none comes with another */
        at[i * 2 * PAGE] = 1;
    os_unmap(at, count * 2 * PAGE);
}

static void map_touch_unmap(unsigned count)
{
    while (count--) {
        char *at = os_map(MIB);

        touch(at, MIB);
        os_unmap(at, MIB);
    }
}

/* ---- pipes ----------------------------------------------------------------------------------- */

static int there[2], back[2];

/* A byte to the other process and one back: two hops. */
static void hops(unsigned count)
{
    char byte = 0;

    while (count--) {
        os_write(there[1], &byte, 1);
        os_read(back[0], &byte, 1);
    }
}

static void measure_pipe(void)
{
    char byte;
    long pid;

    os_pipe(there);
    os_pipe(back);
    pid = os_fork();
    if (pid == 0) {
        os_close(there[1]);
        while (os_read(there[0], &byte, 1) == 1)
            os_write(back[1], &byte, 1);
        os_exit(0);
    }
    measure("pipe-hop", hops, 500, 2);
    os_close(there[0]);
    os_close(there[1]);
    os_close(back[0]);
    os_close(back[1]);
    os_wait(pid);
}

/* 64 KB blocks through a pipe of one process: no switch. */
static void blocks(unsigned count)
{
    while (count--) {
        os_write(there[1], room, 32768);
        os_read(there[0], room, 32768);
    }
}

static void measure_blocks(void)
{
    os_pipe(there);
    measure("pipe-KB", blocks, 50, 32);
    os_close(there[0]);
    os_close(there[1]);
}

static void cached_read(unsigned count)
{
    while (count--) {
        os_seek(file_fd, 0);
        os_read(file_fd, room, 65536);
    }
}

/* A file that nobody has read yet, once. In nanoseconds: while it waits for the disk, instructions
   tell nothing. */
static void measure_cold_read(void)
{
    uint64_t before, kb = 0;
    long got;
    int fd;

    os_mount_disk();
    fd = (int)os_open(COLD_FILE, 0);
    if (fd < 0)
        return; /* the image has none */
    before = os_clock_ns();
    while ((got = os_read(fd, room, sizeof(room))) > 0)
        kb += (uint64_t)got / 1024;
    say("bench " OS_NAME " cold-read-KB-ns ");
    say_number(kb ? (os_clock_ns() - before) / kb : 0);
    say("\n");
    os_close(fd);
}

/* ---- threads --------------------------------------------------------------------------------- */

static volatile int ball, over, alive;
static char stack[65536] __attribute__((aligned(64)));

static void partner(void *argument)
{
    (void)argument;
    while (!over) {
        while (ball == 0)
            os_futex_wait(&ball, 0);
        ball = 0;
        os_futex_wake(&ball, 1);
    }
    os_thread_end(&alive);
}

static void round_trips(unsigned count)
{
    while (count--) {
        ball = 1;
        os_futex_wake(&ball, 1);
        while (ball == 1)
            os_futex_wait(&ball, 1);
    }
}

static void join(volatile int *word)
{
    int value;

    while ((value = *word))
        os_join_wait(word, value);
}

static void measure_futex(void)
{
    alive = 1;
    over = 0;
    if (os_thread(partner, 0, stack + sizeof(stack) - 64, &alive) < 0)
        return;
    measure("futex-round-trip", round_trips, 200, 1);
    over = 1;
    ball = 1;
    os_futex_wake(&ball, 1);
    join(&alive);
}

static void short_life(void *argument)
{
    os_thread_end(argument);
}

static void create_join(unsigned count)
{
    while (count--) {
        alive = 1;
        if (os_thread(short_life, (void *)&alive, stack + sizeof(stack) - 64, &alive) < 0)
            return;
        join(&alive);
    }
}

/* ---- all ------------------------------------------------------------------------------------- */

void run_all(void)
{
    os_prepare();
    say("bench " OS_NAME " idle-memory-KB ");
    say_number(os_idle_kb());
    say("\n");
    zero_fd = (int)os_open("/dev/zero", 0);
    null_fd = (int)os_open("/dev/null", 1);
    file_fd = (int)os_open(DISK_FILE, 0);
    big = os_map(16 * MIB);
    measure("null", null_call, 2000, 1);
    measure("read-zero", read_zero, 1000, 1);
    measure("write-null", write_null, 1000, 1);
    measure("stat", stat_file, 500, 1);
    measure("fstat", fstat_file, 500, 1);
    measure("open-close", open_close, 500, 1);
    measure("clock", read_clock, 1000, 1);
    measure("signal-install", install, 500, 1);
    measure("signal-deliver", deliver, 500, 1);
    measure_files();
    measure("cached-read-KB", cached_read, 20, 64);
    measure("fork-exit-wait", fork_wait, 20, 1);
    measure("fork-exec-wait", fork_exec_wait, 20, 1);
    measure("anonymous-fault", faults, 256, 1);
    measure("map-1M", map_touch_unmap, 5, 1);
    measure_pipe();
    measure_blocks();
    measure_futex();
    measure("thread-create-join", create_join, 50, 1);
    touch(big, 16 * MIB);
    measure("fork-16M", fork_wait, 3, 1);
    copy_on_write();
    measure_cold_read();
    say("bench " OS_NAME " end 0\n");
    os_done();
}
