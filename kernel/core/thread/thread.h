/*
 * Kernel threads. One runs on each CPU; the others wait in a run queue (Ready), for something
 * (Blocked), or for somebody to collect their result (Terminated).
 *
 *     error = thread_create("worker", work, argument, 0, &thread);    // it runs from now on
 *     error = thread_join(thread, &result);                           // waits, and frees it
 *
 * A thread runs until it waits, yields, or its turn is over while another was ready: by round robin
 * (sched=rr) a turn is a quantum of 10 ms; by fair shares each gets its weight's part of the time,
 * which its niceness says. An urgent one runs at once when it wakes. The boot thread has slot 0 and
 * runs when no other wants to: it is the idle thread; where another thread would block it halts
 * instead.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdnoreturn.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/port_rights.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/core/sync/wait.h"
#include "kernel/core/thread/fair_queue.h"
#include "kernel/core/thread/run_queue.h"
#include "lib/compiler.h"

#define THREADS_MAX     RUN_QUEUE_SLOTS
#define THREAD_NAME_MAX 24
#define QUANTUM_NS      10000000ull

#define ATTENTION_KILL   1u /* the thread is to end */
#define ATTENTION_STOP   2u /* its process is stopped */
#define ATTENTION_SIGNAL 4u /* a signal may have come */
#define ATTENTION_FRAME  8u /* its registers were changed: all of them are to be loaded */
#define ATTENTION_TRACE  0x80000000u /* its system calls are recorded: stays */
#define ATTENTION_NOW    (~ATTENTION_TRACE)

enum thread_state { THREAD_READY, THREAD_RUNNING, THREAD_BLOCKED, THREAD_TERMINATED };

struct thread {
    uint64_t catch_stack; /* catch.asm */
    uint32_t attention;   /* ATTENTION_…: why it may not go on in ring 3 as it is; atomic */
    uint32_t calls; /* system calls from that number on are looked at (syscall_entry.asm) */
    /* fixed once it runs */
    uint64_t id; /* counts from 0, never given twice */
    unsigned slot;
    bool urgent;
    bool has_share; /* it is chosen by its share (fair_queue.h) */
    char name[THREAD_NAME_MAX];
    uint64_t stack_low, stack_high; /* of what it may use */
    uint64_t stack_top;             /* for kernel_stack_free */
    struct process *process;        /* whose program it runs; NULL: the kernel's own */
    struct user_thread *user;       /* its part of that process */
    struct address_space *space;    /* that process's; NULL: it takes what is loaded */
    int (*entry)(void *argument);
    void *argument;
    const struct port_rights *ports; /* that it may reach in ring 3; NULL: none */
    bool give_up; /* what cpu_catch runs on it takes too long (cpu_give_up) */
    /* its own */
    uint64_t fs_base; /* of ring 3 */
    struct fpu_state *fpu; /* fpu.c; NULL: never used */
    uint8_t fpu_turns;     /* in which it used it */
    /* under wait.c's lock */
    bool interrupted;
    struct waiter *sleeper; /* what it sleeps on and may be interrupted in */
    struct scheduler_queue *queue; /* of the CPU that it belongs to */
    /* under that queue's lock */
    enum thread_state state;
    struct cpu_context context; /* while it does not run */
    struct fair_share share;
    int8_t nice;          /* -20 to 19 */
    int64_t turn_left_ns; /* at since_ns; counts while it has a rival */
    uint64_t since_ns;    /* when it got the CPU, or was asked about it since */
    uint64_t cpu_ns;      /* what it has had before that */
    uint64_t switches; /* how often it got it */
    /* under `ended_queue`'s lock */
    struct wait_queue ended_queue; /* who waits for its end */
    bool ended;    /* no longer on its stack */
    bool detached; /* nobody will join it */
    int result;
    struct thread *next_dead; /* thread.c's list of the detached that have ended */
};

struct address_space;
struct process;
struct user_thread;

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
/* The running thread goes on in the process's address space, or (NULL, NULL) in the kernel's
   own. */
void thread_set_process(struct process *process, struct address_space *space);
/* The running thread may reach these ports in ring 3; they live as long as the thread. NULL: none. */
void thread_set_ports(const struct port_rights *ports);
/* -20 to 19; counts from now on. The makers of threads pass theirs on. */
void thread_set_nice(struct thread *thread, int nice);
/* The running thread's FS in ring 3. -EINVAL: no address of the user half. */
int thread_set_fs_base(uint64_t base) must_check;
void thread_yield(void); /* behind all that are ready */

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
struct threads_load {
    uint64_t made, switches; /* since the boot, also of threads that are no more */
    unsigned all, running;   /* now; those that run or could: without the idle thread */
};
struct threads_load threads_load(void); /* from any context */
const char *thread_state_name(enum thread_state state);
