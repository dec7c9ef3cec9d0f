/*
 * Processes: programs in ring 3, each in an address space of its own, with one or more threads.
 *
 *     process.c    the table and the tree          memory_map.h  what is in an address space
 *     fork.c       a second one                    exec.h        another program
 *     exit.c       its end, and who waits for it   signals.h     signals
 *     threads.c    its threads                     futex.c       how they wait for each other
 *
 * A process ends when its last thread ends; what is left, until its parent has waited, is struct
 * process with the status (a zombie). Orphans are the first process's, which waits for whatever
 * ends.
 *
 * Locks: `process_lock` protects the tree, the states and all signals. What only threads of the
 * process itself change they change without it, one at a time by the big calls' own rules (exec and
 * exit end the other threads first).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

#include "kernel/arch/x86_64/interrupt_frame.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/sync/wait.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/timer.h"
#include "kernel/fs/vfs.h"
#include "kernel/process/memory_map.h"
#include "lib/abi/process.h"
#include "lib/abi/signals.h"
#include "lib/compiler.h"

#define PROCESSES_MAX    1000u
#define PROCESS_NAME_MAX 64u
#define PROCESS_WORDS_MAX 254u
#define PID_MAX          0x7fffffffull

enum process_state { PROCESS_READY, PROCESS_RUNNING, PROCESS_BLOCKED, PROCESS_TERMINATED };

struct descriptors;
struct driver;
struct process;

/* Who sent a signal and why, kept until it is taken: a signal waits at most once. */
struct signal_source {
    int32_t code, status;
    uint32_t uid;
    uint64_t pid;
};

/* A thread of a program. */
struct user_thread {
    struct process *process;
    uint64_t tid; /* the first one's is the process's pid */
    /* under process_lock */
    struct thread *thread; /* NULL until it runs */
    struct user_thread *next; /* of the process */
    uint64_t mask, pending;   /* signals: bit n - 1 for signal n */
    /* its own */
    uint64_t mask_to_restore; /* of sigsuspend, once a handler has begun */
    bool restore_mask;
    struct abi_sigaltstack alternate;
    struct abi_siginfo fault; /* of the last fault that became a signal */
    struct interrupt_frame start; /* where it begins */
    uint64_t start_tls;
    struct fpu_state *start_fpu; /* until it runs */
    uint64_t restart_ns; /* until when a sleep that a stop broke off goes on; 0: none */
};

/* Its arguments, each ended by 0: what /proc/PID/cmdline tells. */
struct process_words {
    uint16_t size;
    char bytes[PROCESS_WORDS_MAX];
};

/* The specification's fields are here under its names, or as the comment says. */
struct process {
    uint64_t pid;
    char name[PROCESS_NAME_MAX];
    struct process_words words;
    uint32_t references; /* atomic: the table's, and who looks on */
    /* its own */
    struct memory_map *map;  /* page_table; NULL once it has ended */
    uint64_t user_stack;     /* where it began */
    uint64_t slide;          /* where address 0 of its program is */
    int8_t priority;         /* nice: -20 to 19 */
    struct fs_context fs;
    struct descriptors *descriptors;
    struct abi_rlimit limits[RLIMITS];
    uint32_t real_uid, real_gid;
    struct driver *driver; /* whose program it is; NULL: an ordinary one */
    struct file *trace; /* where records of its calls go; NULL: nowhere */
    struct timer alarm; /* setitimer's */
    uint64_t alarm_period_ns;
    uint64_t started_ns;

    /* under process_lock */
    enum process_state state; /* TERMINATED, or what its threads are (process_state_now) */
    struct process *parent;   /* parent_pid; NULL: the kernel started it */
    struct process *children, *sibling, *sibling_before;
    struct process *hash_next;
    uint64_t group, session;
    bool leads_session;
    bool unwaited; /* without a parent, and the kernel does not wait for it: it goes when it ends */
    struct user_thread *threads;
    uint32_t thread_count;
    bool ending;     /* all its threads are to end */
    bool stopped;
    bool has_news;   /* stopped or went on, and the parent has not been told by wait */
    bool executed;   /* since fork: setpgid by the parent is over */
    int status;      /* as wait4 has it */
    uint64_t cpu_ns; /* of threads that have ended */
    uint64_t children_cpu_ns; /* of those that were waited for */
    uint64_t most_pages;      /* of its own map once that is gone, and of those children */
    uint64_t pending;    /* signals for any of its threads */
    struct signal_source sources[SIGSYS + 1];
    struct abi_sigaction actions[SIGNALS + 1];

    /* events: a number that counts, and who waits for it to change (process_wait_event) */
    struct process_event {
        struct wait_queue queue;
        uint64_t count; /* under the queue's lock */
    } child_event, thread_event, resume_event, signal_event;
};

extern struct spinlock process_lock;

/* Where registers of ring 3 lie, and thread, of the running thread. */
static inline struct user_thread *user_thread_current(void)
{
    return thread_current()->user;
}

static inline struct process *process_current(void) /* NULL in a thread of the kernel's own */
{
    return thread_current()->process;
}

static inline struct interrupt_frame *user_frame(void)
{
    return cpu_user_frame(thread_current()->stack_high);
}

int processes_init(void) must_check; /* -ENOMEM */

/* ---- the table and the tree ------------------------------------------------------------------ */

/* With a reference. NULL: none. */
struct process *process_find(uint64_t pid);
struct process *process_get(struct process *process);
void process_put(struct process *process);
/* The process with the lowest pid that is not below `from`, with a reference: for going through
   all. */
struct process *process_next(uint64_t from);
unsigned process_count(void);
struct process *process_lookup(uint64_t pid); /* with process_lock, and no reference */
/* All of them in no order, with process_lock. */
struct process *process_first_locked(void);
struct process *process_after_locked(const struct process *process);
enum process_state process_state_now(const struct process *process);
uint64_t process_cpu_ns(const struct process *process); /* with process_lock */

/* Of process.c, for fork and the kernel: a fresh one, not in the table. -ENOMEM. */
int process_create(struct process **process) must_check;
/* Into the table and the tree, with a new pid. -EAGAIN: too many. */
int process_publish(struct process *process, struct process *parent) must_check;
void process_withdraw(struct process *process); /* it never ran */
/* A thread of the process with these registers; it runs from now on. `like`: whose signals are
   masked in it as well; NULL: none. -ENOMEM, -EAGAIN. */
int process_add_thread(struct process *process, const struct interrupt_frame *start, uint64_t tls,
                       const struct user_thread *like, uint64_t *tid) must_check;

/* ---- the kernel's own starts ----------------------------------------------------------------- */

struct program_words;
/* Load a program and run it, with /dev/console (or nothing) as its handles 0, 1 and 2. The
   errors of exec; *why says them. */
int process_start(const char *path, const struct program_words *arguments,
                  const struct program_words *environment, uint64_t *pid,
                  const char **why) must_check;
/* The program of a driver, without a terminal: never process 1. image NULL: the file of that path; handle:
   its handle 0. */
struct driver_process {
    struct driver *driver;
    const char *path;
    struct file *image, *handle;
    uint64_t memory; /* bytes that it may have mapped, its program and stack included */
};
int process_start_driver(const struct driver_process *what, uint64_t *pid, const char **why) must_check;
void process_end(uint64_t pid); /* as SIGKILL does */
/* For those alone: wait for its end and free it. *status as a shell's $?. -ECHILD; -ETIMEDOUT. */
int process_wait_until(uint64_t pid, int *status, uint64_t deadline_ns) must_check;

/* ---- fork, wait, exit ------------------------------------------------------------------------ */

int process_fork(uint64_t *pid) must_check;
/* The running process ends: status as wait4's. */
noreturn void process_exit(int status);
noreturn void user_thread_exit(void); /* the running thread alone */
/* The other threads of the running process are gone when it returns. -EINTR: it is ending
   itself. */
int process_alone(void) must_check;
/* which: as waitpid's. 0: nothing yet (WNOHANG). */
int64_t process_wait(int64_t which, int *status, unsigned options, struct abi_rusage *usage);
void process_usage(struct process *process, bool children, struct abi_rusage *usage);

/* ---- events ---------------------------------------------------------------------------------- */

uint64_t process_event_count(struct process_event *event);
void process_event_happened(struct process_event *event); /* locks up to rank WAIT may be held */
/* Until the count is no longer `seen`. -EINTR when interruptible; -ETIMEDOUT. */
int process_event_wait(struct process_event *event, uint64_t seen, bool interruptible,
                       uint64_t deadline_ns) must_check;
