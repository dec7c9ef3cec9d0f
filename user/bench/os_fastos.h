/* The same for FastOS. */
#pragma once

#include "fastos/syscalls.h"
#include "lib/abi/files.h"
#include "lib/abi/memory.h"
#include "lib/abi/process.h"
#include "lib/abi/signals.h"
#include "lib/abi/time.h"

#define OS_NAME "fastos"
#define RAM_FILE  "/tmp/file"
#define DISK_FILE "/boot/kernel.tests"
#define COLD_FILE "/cold"
#define DISKS     {"/dev/ata1", "/dev/ahci1"}
#define CHILD     "/usr/tests/bench/nothing"

struct os_stat {
    struct abi_stat stat;
};

struct os_sigaction {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

#define OS_SA_FLAGS 0ul
void os_restorer(void);
__asm__("os_restorer: mov $44, %eax\n syscall\n");

static inline long os_write(int fd, const void *from, unsigned long n)
{
    return fastos_write(fd, from, n);
}

static inline long os_read(int fd, void *to, unsigned long n) { return fastos_read(fd, to, n); }
static inline long os_open(const char *path, int flags)
{
    return fastos_open(path, (unsigned)flags);
}

static inline long os_close(int fd) { return fastos_close(fd); }
static inline long os_stat(const char *path, struct os_stat *to)
{
    return fastos_fstatat(AT_FDCWD, path, &to->stat, 0);
}

static inline long os_fstat(int fd, struct os_stat *to) { return fastos_fstat(fd, &to->stat); }
static inline long os_seek(int fd, long to) { return fastos_lseek(fd, to, 0); }
static inline long os_sync_file(int fd) { return fastos_fsync(fd); }
static inline void *os_map(unsigned long n)
{
    return (void *)fastos_mmap(0, n, PROT_READ | PROT_WRITE);
}

static inline long os_unmap(void *at, unsigned long n) { return fastos_munmap(at, n); }
static inline long os_sigaction(int signal, const struct os_sigaction *new)
{
    return fastos_sigaction(signal, (const void *)new, 0);
}

static inline long os_pipe(int fds[2]) { return fastos_pipe(fds, 0); }
static inline long os_getpid(void) { return fastos_getpid(); }
static inline long os_fork(void) { return fastos_fork(); }
static inline long os_exec(const char *path, char **words) { return fastos_execve(path, words, 0); }
static inline void os_exit(int status) { fastos_exit(status); }
static inline long os_wait(long pid) { return fastos_wait4(pid, 0, 0, 0); }
static inline long os_kill(long pid, int signal) { return fastos_kill(pid, signal); }
static inline long os_unlink(const char *path) { return fastos_unlinkat(AT_FDCWD, path, 0); }
static inline long os_mkdir(const char *path) { return fastos_mkdirat(AT_FDCWD, path, 0777); }
static inline long os_futex_wait(volatile void *word, unsigned value)
{
    return fastos_futex((void *)word, FUTEX_WAIT, value, 0, 0, 0);
}

static inline long os_futex_wake(volatile void *word, unsigned count)
{
    return fastos_futex((void *)word, FUTEX_WAKE, count, 0, 0, 0);
}


/* As the C library does it: user/libc/time/clock.c. */
static const volatile struct abi_clock *os_clock_page;

static inline uint64_t os_clock_ns(void)
{
    struct abi_timespec now = {0};

    fastos_clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.seconds * 1000000000u + (uint64_t)now.nanoseconds;
}

static inline void os_clock(void)
{
    const volatile struct abi_clock *page = os_clock_page;
    volatile struct abi_timespec now;
    uint32_t low, high, sequence;
    uint64_t ns;

    if (!page || !page->multiplier) {
        fastos_clock_gettime(CLOCK_MONOTONIC, (struct abi_timespec *)&now);
        return;
    }
    do {
        sequence = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE);
        __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
        ns = page->base_ns
             + (uint64_t)((unsigned __int128)(((uint64_t)high << 32 | low) - page->base_tsc)
                          * page->multiplier >> page->shift);
    } while (sequence % 2 || sequence != __atomic_load_n(&page->sequence, __ATOMIC_RELAXED));
    now.seconds = (int64_t)(ns / 1000000000u);
    now.nanoseconds = (int64_t)(ns % 1000000000u);
}

/* What the kernel put on the stack: arguments, environment, pairs. */
static inline void os_begin(const uint64_t *stack)
{
    const uint64_t *at = stack + 1 + stack[0] + 1;

    while (*at++)
        ;
    for (; at[0]; at += 2)
        if (at[0] == AT_FASTOS_CLOCK)
            os_clock_page = (const volatile struct abi_clock *)at[1];
}

static inline long os_thread(void (*work)(void *), void *argument, char *stack_top, volatile int *word)
{
    (void)word;
    return fastos_thread_create((void *)(uintptr_t)work, stack_top, argument, 0);
}

static inline void os_join_wait(volatile int *word, int value)
{
    os_futex_wait(word, (unsigned)value);
}

static inline void os_thread_end(volatile int *word)
{
    fastos_thread_exit((void *)word);
}

static inline void os_prepare(void)
{
}

static inline void os_mount_disk(void)
{
}

static inline unsigned long os_idle_kb(void)
{
    return 0; /* the monitor's `memory` says it */
}

static inline void os_done(void)
{
}
