/*
 * Kernel threads. One runs on each CPU; the others wait in the run queue (Ready), for something
 * (Blocked), or for somebody to collect their result (Terminated).
 *
 *     error = thread_create("worker", work, argument, 0, &thread);    // it runs from now on
 *     error = thread_join(thread, &result);                           // waits, and frees it
 *
 * Round robin: a thread runs until it waits, yields, or has had its quantum of 10 ms while another
 * was ready. An urgent one runs at once when it wakes. The boot thread has slot 0 and runs when no
 * other wants to: it is the idle thread; where another thread would block it halts instead.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/core/sync/wait.h"
#include "kernel/core/thread/run_queue.h"
#include "lib/compiler.h"

#define THREADS_MAX     RUN_QUEUE_SLOTS
#define THREAD_NAME_MAX 24
#define QUANTUM_NS      10000000ull

enum thread_state { THREAD_READY, THREAD_RUNNING, THREAD_BLOCKED, THREAD_TERMINATED };

struct thread {
    uint64_t catch_stack; /* catch.asm */
    /* fixed once it runs */
    uint64_t id; /* counts from 0, never given twice */
    unsigned slot;
    bool urgent;
    char name[THREAD_NAME_MAX];
    uint64_t stack_low, stack_high; /* of what it may use */
    uint64_t stack_top;             /* for kernel_stack_free */
    int (*entry)(void *argument);
    void *argument;
    /* under the run queue's lock */
    enum thread_state state;
    struct cpu_context context; /* while it does not run */
    int64_t quantum_left_ns;
    uint64_t since_ns; /* when it last got the CPU */
    uint64_t cpu_ns;   /* what it has had before that */
    uint64_t switches; /* how often it got it */
    /* under `ended_queue`'s lock */
    struct wait_queue ended_queue; /* who waits for its end */
    bool ended;    /* no longer on its stack */
    bool detached; /* nobody will join it */
    int result;
    struct thread *next_dead; /* thread.c's list of the detached that have ended */
};

extern struct thread boot_thread;

/* Runs at once when it wakes: for what an interrupt handler left to do. */
#define THREAD_URGENT   1u
/* Nobody joins it: it is freed when it ends; the pointer is not given out. */
#define THREAD_DETACHED 2u

void threads_init(void); /* step 13 */
/* -ENOMEM; -EAGAIN: THREADS_MAX there already. The name is copied. Not with a lock held. */
int thread_create(const char *name, int (*entry)(void *argument), void *argument, unsigned flags,
                  struct thread **thread) must_check;
/* Wait for its end and free it. *result is what entry returned; may be NULL. One thread joins,
   once. -ETIMEDOUT: the time (time_now_ns) came first, and the thread lives on. */
int thread_join_until(struct thread *thread, int *result, uint64_t deadline_ns) must_check;
void thread_join(struct thread *thread, int *result);
noreturn void thread_exit(int result); /* the same as a return from entry */
void thread_yield(void); /* to the end of the queue */

/* Never returns before that much time has passed. */
void thread_sleep_until(uint64_t deadline_ns);
void thread_sleep_ns(uint64_t ns);

/* For the idle loop: free what has ended, then halt until something is to be done. */
void threads_bury(void);
void thread_idle(void);

/* For those who look on. */
struct thread_info {
    uint64_t id;
    char name[THREAD_NAME_MAX];
    enum thread_state state;
    bool urgent;
    uint64_t cpu_ns, switches;
    size_t stack_bytes, stack_used; /* the most that was ever used */
};
int thread_info(unsigned slot, struct thread_info *info) must_check; /* -ENOENT */
const char *thread_state_name(enum thread_state state);
