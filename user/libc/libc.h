/*
 * What the library's own files share. Programs see user/libc/include and newlib's headers.
 *
 * System calls are fastos_NAME() (fastos/syscalls.h): a negative error number when they fail;
 * checked() makes errno and -1 of it.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/reent.h>
#include <sys/types.h>

#include <fastos/syscalls.h>

#define PAGE 4096ul
#define hidden __attribute__((visibility("hidden")))

static inline long checked(long result)
{
    if (result >= 0 || result < -4095)
        return result;
    errno = (int)-result;
    return -1;
}

/* ---- threads --------------------------------------------------------------------------------- */

#define KEYS 128

/* What FS points at (System V AMD64 ABI, TLS variant II: the thread's own variables lie below). */
struct __fastos_thread {
    struct __fastos_thread *self;
    void *reserved[4];
    uintptr_t canary; /* the compiler's stack protector reads FS:28h */
    struct _reent *reent;
    unsigned tid;
    unsigned alive; /* 0: the kernel is done with its stack; one who joins waits for it (futex) */
    unsigned detached; /* 0 joinable, 1 detached, 2 ended */
    unsigned cancel_disabled, cancel_asynchronous, cancel_wanted;
    unsigned is_cancel_point; /* in a call that may wait: pthread_cancel ends it there */
    unsigned *waits_on;       /* a condition's word, which pthread_cancel changes */
    struct _pthread_cleanup_context *cleanups;
    void *mapping; /* stack and this; NULL: the first thread's */
    size_t mapping_bytes;
    void *(*work)(void *);
    void *value; /* the argument, then the result */
    void *specific[KEYS];
    struct _reent own_reent;
};

_Static_assert(offsetof(struct __fastos_thread, canary) == 0x28, "FS:28h");

static inline struct __fastos_thread *thread_self(void)
{
    struct __fastos_thread *self;

    __asm__("mov %%fs:0, %0" : "=r"(self));
    return self;
}

/* The program's own initial thread variables. */
struct tls_image {
    const void *from;
    size_t file_bytes, bytes, align;
};

extern hidden struct tls_image tls_image;

/* Bytes that a thread's variables and struct need; `area`, so many bytes, gets both. */
hidden size_t thread_area_bytes(void);
hidden struct __fastos_thread *thread_area_fill(void *area);
/* pthread_exit's destructors, and those of a thread that returns. */
hidden void keys_end(struct __fastos_thread *thread);
/* In the child of a fork: no thread but this. */
hidden void threads_forget_others(void);
hidden void locks_take_all(void);
hidden void locks_give_all(void);
hidden void locks_free_others(void);
hidden void fork_handlers_before(void);
hidden void fork_handlers_parent(void);
hidden void fork_handlers_child(void);

/* ---- waiting on a word ----------------------------------------------------------------------- */

struct timespec;

/* 0; or EAGAIN (it is another value), EINTR, ETIMEDOUT. timeout: relative, NULL none. */
hidden int futex_wait(unsigned *word, unsigned value, const struct timespec *timeout);
hidden void futex_wake(unsigned *word, unsigned count);
/* The same until a moment of `clock`; EINVAL when that is no time. */
hidden int futex_wait_until(unsigned *word, unsigned value, int clock,
                            const struct timespec *moment);

/* A lock of one word. */
hidden void word_lock(unsigned *word);
hidden void word_unlock(unsigned *word);

/* ---- what exec left on the stack ------------------------------------------------------------- */

struct abi_clock;

extern hidden const struct abi_clock *clock_page; /* NULL: there is none */
extern hidden const char *program_path;           /* as exec got it */
extern hidden const char *program_name;           /* argv[0]'s last part */
