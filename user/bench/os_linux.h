/* The few calls of Linux that the benchmark makes, as they are. */
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define OS_NAME "linux"
#define RAM_FILE  "/tmp/file" /* tmpfs */
#define DISK_FILE "/data"
#define COLD_FILE "/disk/cold"
#define DISKS     {"/dev/sda", "/dev/sdb"}
#define CHILD     "/nothing"

static inline long os_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall" : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#define OS0(number)                os_call(number, 0, 0, 0, 0, 0, 0)
#define OS1(number, a)             os_call(number, (long)(a), 0, 0, 0, 0, 0)
#define OS2(number, a, b)          os_call(number, (long)(a), (long)(b), 0, 0, 0, 0)
#define OS3(number, a, b, c)       os_call(number, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define OS4(number, a, b, c, d)    os_call(number, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

struct os_stat {
    char room[256];
};

struct os_sigaction {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

#define OS_SA_FLAGS 0x04000000ul /* SA_RESTORER */
void os_restorer(void);
__asm__("os_restorer: mov $15, %eax\n syscall\n");

static inline long os_write(int fd, const void *from, unsigned long n)
{
    return OS3(1, fd, from, n);
}

static inline long os_read(int fd, void *to, unsigned long n) { return OS3(0, fd, to, n); }
static inline long os_open(const char *path, int flags) { return OS3(2, path, flags, 0666); }
static inline long os_close(int fd) { return OS1(3, fd); }
static inline long os_stat(const char *path, struct os_stat *to) { return OS2(4, path, to); }
static inline long os_fstat(int fd, struct os_stat *to) { return OS2(5, fd, to); }
static inline long os_seek(int fd, long to) { return OS3(8, fd, to, 0); }
static inline long os_sync_file(int fd) { return OS1(74, fd); }
static inline void *os_map(unsigned long n)
{
    return (void *)os_call(9, 0, (long)n, 3, 0x22, -1, 0);
}

static inline long os_unmap(void *at, unsigned long n) { return OS2(11, at, n); }
static inline long os_sigaction(int signal, const struct os_sigaction *new)
{
    return OS4(13, signal, new, 0, 8);
}

static inline long os_pipe(int fds[2]) { return OS1(22, fds); }
static inline long os_getpid(void) { return OS0(39); }
static inline long os_fork(void) { return OS0(57); }
static inline long os_exec(const char *path, char **words) { return OS3(59, path, words, 0); }
static inline void os_exit(int status) { OS1(231, status); }
static inline long os_wait(long pid) { return OS4(61, pid, 0, 0, 0); }
static inline long os_kill(long pid, int signal) { return OS2(62, pid, signal); }
static inline long os_unlink(const char *path) { return OS1(87, path); }
static inline long os_mkdir(const char *path) { return OS2(83, path, 0777); }
static inline long os_futex_wait(volatile void *word, unsigned value)
{
    return OS4(202, word, 128, value, 0);
}

static inline long os_futex_wake(volatile void *word, unsigned count)
{
    return OS4(202, word, 129, count, 0);
}


static inline void os_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
}

static inline uint64_t os_clock_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* A thread on that stack; *word becomes 0 and whoever waits on it wakes when it ends. */
static inline long os_thread(void (*work)(void *), void *argument, char *stack_top, volatile int *word)
{
    void **top = (void **)stack_top;
    long result;
    register volatile int *r10 __asm__("r10") = word;

    *--top = argument;
    *--top = (void *)(uintptr_t)work;
    __asm__ volatile("syscall\n test %%rax, %%rax\n jnz 1f\n"
                     "pop %%rax\n pop %%rdi\n call *%%rax\n"
                     "mov $60, %%eax\n xor %%edi, %%edi\n syscall\n1:"
                     : "=a"(result)
                     : "a"(56l), "D"(0x210f00l), "S"(top), "d"(0), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
}

/* The kernel wakes as a shared futex. */
static inline void os_join_wait(volatile int *word, int value)
{
    OS4(202, word, 0, value, 0);
}

static inline void os_thread_end(volatile int *word)
{
    (void)word;
}

static inline void os_prepare(void)
{
    OS2(83, "/tmp", 0777);
    os_call(165, (long)"tmpfs", (long)"/tmp", (long)"tmpfs", 0, 0, 0);
    OS2(83, "/proc", 0777);
    os_call(165, (long)"proc", (long)"/proc", (long)"proc", 0, 0, 0);
    OS2(83, "/dev", 0777);
    os_call(165, (long)"devtmpfs", (long)"/dev", (long)"devtmpfs", 0, 0, 0);
}

/* The disk that FastOS boots from. Its drivers are modules, in the order in which they need each
   other: /modules/0 and so on, with what they are told in /modules/0.words (tests/bench/compare.py).
   They find the disk in their own time, and when there are two in any order. */
static inline void os_mount_disk(void)
{
    char name[32];
    long fd, error = -1;

    for (int i = 0; snprintf(name, sizeof(name), "/modules/%d", i), (fd = os_open(name, 0)) >= 0; i++) {
        char words[64] = "";
        int told;

        snprintf(name, sizeof(name), "/modules/%d.words", i);
        told = (int)os_open(name, 0);
        if (told >= 0) {
            os_read(told, words, sizeof(words) - 1);
            os_close(told);
        }
        OS3(313, fd, words, 0); /* finit_module */
        os_close((int)fd);
    }
    OS2(83, "/disk", 0700);
    for (int i = 0; i < 500 && error; i++) {
        nanosleep(&(struct timespec){0, i ? 10000000 : 0}, 0);
        error = os_call(165, (long)(i % 2 ? "/dev/sdb1" : "/dev/sda1"), (long)"/disk", (long)"ext2", 1, 0, 0);
    }
}

/* What is not free of the 512 MiB that the machine has: sysinfo(2). 0: asked elsewhere. */
static inline unsigned long os_idle_kb(void)
{
    struct {
        long uptime;
        unsigned long loads[3], total, free, rest[10];
    } info;

    OS1(99, &info);
    return (512ul << 10) - (info.free >> 10);
}

static inline void os_done(void)
{
    OS4(169, 0xfee1dead, 672274793, 0x4321fedc, 0); /* power off */
}
