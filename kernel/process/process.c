/* The table of processes and their tree, and the events that they wait for. */
#include "kernel/process/process.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/memory/slab.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/descriptors.h"
#include "kernel/process/private.h"
#include "kernel/process/signals.h"
#include "lib/errno.h"

#define BUCKETS 256u

#define STACK_LIMIT (8ull << 20)
#define FILES_LIMIT 1024u

struct spinlock process_lock = SPINLOCK("processes", LOCK_RANK_PROCESSES);
static struct process *buckets[BUCKETS]; /* by pid; under the lock */
static unsigned count;
static uint64_t last_pid = 1;
static struct slab_cache processes, user_threads;

int processes_init(void)
{
    int error = slab_cache_init(&processes, "process", sizeof(struct process),
                                _Alignof(struct process), NULL);

    if (!error)
        error = slab_cache_init(&user_threads, "user thread", sizeof(struct user_thread),
                                _Alignof(struct user_thread), NULL);
    return error ? error : memory_maps_init();
}

/* ---- the table: call with the lock ----------------------------------------------------------- */

static struct process **bucket_of(uint64_t pid)
{
    return &buckets[pid % BUCKETS];
}

struct process *process_lookup(uint64_t pid)
{
    struct process *process = *bucket_of(pid);

    while (process && process->pid != pid)
        process = process->hash_next;
    return process;
}

static struct process *first_from(uint64_t bucket)
{
    while (bucket < BUCKETS && !buckets[bucket])
        bucket++;
    return bucket < BUCKETS ? buckets[bucket] : NULL;
}

struct process *process_first_locked(void)
{
    return first_from(0);
}

struct process *process_after_locked(const struct process *process)
{
    return process->hash_next ? process->hash_next : first_from(process->pid % BUCKETS + 1);
}

#define for_each_process(each)                                                                     \
    for (struct process *each = process_first_locked(); each; each = process_after_locked(each))

/* A number that neither a process, group nor session has. */
static bool is_taken(uint64_t id)
{
    for_each_process(process)
        if (process->pid == id || process->group == id || process->session == id)
            return true;
    return false;
}

/* Before the numbers begin anew each is new by itself. */
uint64_t process_new_id(void)
{
    static bool wrapped;

    do {
        if (last_pid == PID_MAX) {
            last_pid = 1;
            wrapped = true;
        }
        last_pid++;
    } while (wrapped && is_taken(last_pid));
    return last_pid;
}

static void enter(struct process *process)
{
    struct process **bucket = bucket_of(process->pid);

    process->hash_next = *bucket;
    *bucket = process;
    count++;
}

static void leave(struct process *process)
{
    struct process **at = bucket_of(process->pid);

    while (*at != process)
        at = &(*at)->hash_next;
    *at = process->hash_next;
    count--;
}

/* ---- the tree: call with the lock ------------------------------------------------------------ */

static void adopt(struct process *parent, struct process *child)
{
    child->parent = parent;
    if (!parent)
        return;
    child->sibling_before = NULL;
    child->sibling = parent->children;
    if (child->sibling)
        child->sibling->sibling_before = child;
    parent->children = child;
}

static void leave_parent(struct process *child)
{
    if (!child->parent)
        return;
    if (child->sibling)
        child->sibling->sibling_before = child->sibling_before;
    *(child->sibling_before ? &child->sibling_before->sibling : &child->parent->children) =
        child->sibling;
    child->parent = NULL;
}

/* Its children are the first process's from now on, which is told of those that have ended; where there
   is none, nobody's. */
void process_orphan_children(struct process *process)
{
    struct process *first = process_lookup(1), *child;

    while ((child = process->children)) {
        bool ended = child->state == PROCESS_TERMINATED;

        leave_parent(child);
        if (first && first != process)
            adopt(first, child);
        else
            child->unwaited = true;
        if (ended)
            process_told_parent(child);
    }
}

/* ---- coming and going ------------------------------------------------------------------------ */

static void event_init(struct process_event *event, const char *name)
{
    wait_queue_init(&event->queue, name);
    event->count = 0;
}

static void set_limits(struct process *process)
{
    for (unsigned i = 0; i < RLIMITS; i++)
        process->limits[i] = (struct abi_rlimit){RLIM_INFINITY, RLIM_INFINITY};
    process->limits[RLIMIT_STACK].now = STACK_LIMIT;
    process->limits[RLIMIT_NOFILE] = (struct abi_rlimit){FILES_LIMIT, FILES_LIMIT};
    process->limits[RLIMIT_NPROC] = (struct abi_rlimit){PROCESSES_MAX / 2, PROCESSES_MAX};
    process->limits[RLIMIT_CORE] = (struct abi_rlimit){0, 0};
}

int process_create(struct process **made)
{
    struct process *process = slab_alloc(&processes);

    if (!process)
        return -ENOMEM;
    *process = (struct process){.references = 1, .started_ns = time_now_ns()};
    event_init(&process->child_event, "children");
    event_init(&process->thread_event, "threads of a process");
    event_init(&process->resume_event, "stopped process");
    event_init(&process->signal_event, "signals");
    timer_init(&process->alarm, process_alarm_rings, process);
    set_limits(process);
    *made = process;
    return 0;
}

static bool is_over_limit(const struct process *process)
{
    unsigned same_user = 0;

    if (count >= PROCESSES_MAX)
        return true;
    if (process->fs.uid == 0 || process->limits[RLIMIT_NPROC].now >= PROCESSES_MAX)
        return false;
    for_each_process(other)
        same_user += other->real_uid == process->real_uid;
    return same_user >= process->limits[RLIMIT_NPROC].now;
}

/* 1 is for the first program that is no driver's. */
static uint64_t next_pid(const struct process *process)
{
    static bool has_first;

    if (!process->driver && !has_first) {
        has_first = true;
        return 1;
    }
    return process_new_id();
}

int process_publish(struct process *process, struct process *parent)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    int error = is_over_limit(process) || (parent && parent->ending) ? -EAGAIN : 0;

    if (!error) {
        process->pid = next_pid(process);
        if (!parent) {
            process->group = process->session = process->pid;
            process->leads_session = true;
        }
        enter(process);
        adopt(parent, process);
    }
    spin_unlock_irq(&process_lock, saved);
    return error;
}

/* Out of the table, with process_lock: the caller puts the table's reference. */
void process_remove(struct process *process)
{
    leave_parent(process);
    leave(process);
}

void process_withdraw(struct process *process)
{
    uint64_t saved = spin_lock_irq(&process_lock);

    process_remove(process);
    spin_unlock_irq(&process_lock, saved);
}

struct process *process_get(struct process *process)
{
    (void)__atomic_add_fetch(&process->references, 1, __ATOMIC_RELAXED);
    return process;
}

void process_put(struct process *process)
{
    if (__atomic_sub_fetch(&process->references, 1, __ATOMIC_ACQ_REL) == 0)
        slab_free(&processes, process);
}

struct user_thread *user_thread_create(void)
{
    struct user_thread *thread = slab_alloc(&user_threads);

    if (thread)
        *thread = (struct user_thread){.alternate.flags = SS_DISABLE};
    return thread;
}

void user_thread_free(struct user_thread *thread)
{
    fpu_discard(thread->start_fpu);
    slab_free(&user_threads, thread);
}

/* ---- looking --------------------------------------------------------------------------------- */

struct process *process_find(uint64_t pid)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    struct process *process = process_lookup(pid);

    if (process)
        (void)process_get(process);
    spin_unlock_irq(&process_lock, saved);
    return process;
}

struct process *process_next(uint64_t from)
{
    uint64_t saved = spin_lock_irq(&process_lock);
    struct process *best = NULL;

    for_each_process(process)
        if (process->pid >= from && (!best || process->pid < best->pid))
            best = process;
    if (best)
        (void)process_get(best);
    spin_unlock_irq(&process_lock, saved);
    return best;
}

unsigned process_count(void)
{
    return count;
}

/* Running when one of its threads is, else ready when one is. */
enum process_state process_state_now(const struct process *process)
{
    enum process_state state = PROCESS_BLOCKED;

    if (process->state == PROCESS_TERMINATED)
        return PROCESS_TERMINATED;
    for (const struct user_thread *thread = process->threads; thread; thread = thread->next) {
        if (!thread->thread || thread->thread->state == THREAD_READY)
            state = PROCESS_READY;
        else if (thread->thread->state == THREAD_RUNNING)
            return PROCESS_RUNNING;
    }
    return state;
}

static uint64_t thread_cpu_ns(const struct thread *thread)
{
    bool runs = thread->state == THREAD_RUNNING;

    return thread->cpu_ns + (runs ? time_now_ns() - thread->since_ns : 0);
}

uint64_t process_cpu_ns(const struct process *process)
{
    uint64_t sum = process->cpu_ns;

    for (const struct user_thread *thread = process->threads; thread; thread = thread->next)
        if (thread->thread)
            sum += thread_cpu_ns(thread->thread);
    return sum;
}

/* ---- events ---------------------------------------------------------------------------------- */

uint64_t process_event_count(struct process_event *event)
{
    return __atomic_load_n(&event->count, __ATOMIC_ACQUIRE);
}

void process_event_happened(struct process_event *event)
{
    uint64_t saved = wait_lock(&event->queue);

    __atomic_store_n(&event->count, event->count + 1, __ATOMIC_RELEASE);
    (void)wait_wake_all(&event->queue);
    wait_unlock(&event->queue, saved);
}

int process_event_wait(struct process_event *event, uint64_t seen, bool interruptible,
                       uint64_t deadline_ns)
{
    uint64_t saved = wait_lock(&event->queue);
    int error = 0;

    while (event->count == seen && !error)
        error = interruptible ? wait_interruptible(&event->queue, &saved, deadline_ns)
                              : wait_locked(&event->queue, &saved, deadline_ns);
    if (event->count != seen)
        error = 0;
    wait_unlock(&event->queue, saved);
    return error;
}
