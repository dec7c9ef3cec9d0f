/*
 * What a second disk gives: one source for FastOS and Linux, run on the same emulator in turn
 * (tests/bench/disks.py). Each line: a name and a number; "-ns" is the clock's time, "-busy-ns" the
 * CPU's in it, which with -icount shift=0 is instructions. Nothing is read twice: no cache helps.
 */
#include <stddef.h>
#include <stdint.h>

#include "user/bench/say.h"
#include "user/bench/start.h"

#define MIB        (1024ul * 1024)
#define REQUEST    (128ul * 1024)
#define SEQUENTIAL (128 * MIB) /* read from 0 on, written behind it */
#define RANDOM_AT  (256 * MIB)
#define RANDOM     (32 * MIB) /* the part of the disk where blocks are read here and there */
#define BLOCK      4096ul
#define ALONE      1024u /* blocks that one thread reads, */
#define WORKERS    32u   /* and that each of so many reads */
#define EACH       32u

static char room[WORKERS][REQUEST] __attribute__((aligned(4096)));
static char stacks[WORKERS][16384] __attribute__((aligned(64)));
static const char *device;

/* ---- time ------------------------------------------------------------------------------------ */

/* The CPU's idle time, waiting for disks included, by /proc/stat: the fourth and fifth number of its
   first line, in hundredths of a second. */
static uint64_t idle_ns(void)
{
    static char line[256]; /* its end stays 0 */
    int fd = (int)os_open("/proc/stat", 0);
    uint64_t value = 0, idle = 0;
    unsigned column = 0;

    os_read(fd, line, sizeof(line) - 1);
    os_close(fd);
    for (const char *at = line + 3; *at && *at != '\n'; at++) {
        if (*at == ' ' && at[1] != ' ') {
            idle += column == 4 || column == 5 ? value : 0;
            column++;
            value = 0;
        } else if (*at >= '0' && *at <= '9') {
            value = value * 10 + (uint64_t)(*at - '0');
        }
    }
    return idle * 10000000u;
}

static uint64_t begin_ns, begin_idle_ns;

static void start_clock(void)
{
    begin_idle_ns = idle_ns();
    begin_ns = os_clock_ns();
}

static void say_times(const char *name)
{
    uint64_t took = os_clock_ns() - begin_ns, idle = idle_ns() - begin_idle_ns;

    say_figure(name, "-ns", took);
    say_figure(name, "-busy-ns", idle < took ? took - idle : 0);
}

/* ---- work ------------------------------------------------------------------------------------ */

static void read_in_order(void)
{
    int fd = (int)os_open(device, 0);
    uint64_t done = 0;
    long got;

    start_clock();
    while (done < SEQUENTIAL && (got = os_read(fd, room[0], REQUEST)) > 0)
        done += (uint64_t)got;
    say_times(done == SEQUENTIAL ? "read" : "read-failed");
    os_close(fd);
}

static void write_in_order(void)
{
    int fd = (int)os_open(device, 2);
    uint64_t done = 0;
    long put;

    os_seek(fd, SEQUENTIAL);
    start_clock();
    while (done < SEQUENTIAL && (put = os_write(fd, room[0], REQUEST)) > 0)
        done += (uint64_t)put;
    os_sync_file(fd);
    say_times(done == SEQUENTIAL ? "write" : "write-failed");
    os_close(fd);
}

/* Each block of that part once, in an order that no read-ahead guesses. */
static void read_blocks(char *to, unsigned first, unsigned count)
{
    int fd = (int)os_open(device, 0);

    for (unsigned i = first; i < first + count; i++) {
        os_seek(fd, (long)(RANDOM_AT + (i * 2654435761u % (RANDOM / BLOCK)) * BLOCK));
        os_read(fd, to, BLOCK);
    }
    os_close(fd);
}

static void read_alone(void)
{
    start_clock();
    read_blocks(room[0], 0, ALONE);
    say_times("random-1");
}

static volatile int alive[WORKERS];

static void work(void *argument)
{
    unsigned number = (unsigned)(uintptr_t)argument;

    read_blocks(room[number], ALONE + number * EACH, EACH);
    os_thread_end(&alive[number]);
}

static void read_together(void)
{
    start_clock();
    for (unsigned i = 0; i < WORKERS; i++) {
        alive[i] = 1;
        os_thread(work, (void *)(uintptr_t)i, stacks[i] + sizeof(stacks[i]), &alive[i]);
    }
    for (unsigned i = 0; i < WORKERS; i++)
        while (alive[i])
            os_join_wait(&alive[i], 1);
    say_times("random-32");
}

/* The boot disk is shorter. */
static int is_long(int fd)
{
    os_seek(fd, (long)(RANDOM_AT + RANDOM - BLOCK));
    return os_read(fd, room[0], BLOCK) == (long)BLOCK;
}

/* Drivers that are modules find their disks in their own time, and in any order. */
static void find_disk(void)
{
    static const char *const names[] = DISKS;
    uint64_t until = os_clock_ns() + 5000000000u;

    for (unsigned i = 0; !device && os_clock_ns() < until; i++) {
        const char *name = names[i % (sizeof(names) / sizeof(names[0]))];
        int fd = (int)os_open(name, 0);

        if (fd >= 0 && is_long(fd))
            device = name;
        if (fd >= 0)
            os_close(fd);
    }
}

void run_all(void)
{
    os_prepare();
    os_mount_disk();
    find_disk();
    if (device) {
        read_in_order();
        write_in_order();
        read_alone();
        read_together();
    }
    say("bench " OS_NAME " end 0\n");
    os_done();
}
