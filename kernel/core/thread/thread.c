/*
 * Threads: made, ended, freed. A thread's structure lies at the top of its own stack, so that a
 * slot, a stack and a thread are one thing. Use: thread.h.
 *
 * Locks: `lock` protects the table of slots and the list of the dead; a thread's end is under its
 * own queue's lock.
 */
#include "kernel/arch/address_space.h"
#include "kernel/core/thread/thread.h"

#include "kernel/core/interrupts/deferred.h"
#include "kernel/core/memory/kernel_stack.h"
#include "kernel/core/memory/user_memory.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/thread/scheduler.h"
#include "kernel/core/thread/stack.h"
#include "kernel/core/time/clock_event.h"
#include "kernel/core/time/time.h"
#include "kernel/panic.h"
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "lib/string.h"

struct thread boot_thread = {
    .name = "idle",
    .state = THREAD_RUNNING,
    .queue = &boot_queue,
    .ended_queue = WAIT_QUEUE("end of the idle thread"),
};

static struct spinlock lock = SPINLOCK("threads", LOCK_RANK_THREADS);
static uint64_t taken[THREADS_MAX / 64] = {1}; /* a bit a slot; 0 is the boot thread's */
static struct thread *table[THREADS_MAX];      /* NULL: none, or not there yet */
static uint64_t next_id = 1;
static uint64_t past_switches; /* of those that are no more */
static struct thread *dead; /* detached, ended, not freed */

/* ---- slots ----------------------------------------------------------------------------------- */

static int slot_take(unsigned *slot)
{
    uint64_t saved = spin_lock_irq(&lock), found;

    found = bitmap_find_clear(taken, THREADS_MAX, 1);
    if (found < THREADS_MAX)
        bitmap_set(taken, found);
    spin_unlock_irq(&lock, saved);
    *slot = (unsigned)found;
    return found < THREADS_MAX ? 0 : -EAGAIN;
}

static void slot_free(unsigned slot)
{
    uint64_t saved = spin_lock_irq(&lock);

    bitmap_clear(taken, slot);
    spin_unlock_irq(&lock, saved);
}

static void publish(struct thread *thread)
{
    uint64_t saved = spin_lock_irq(&lock);

    thread->id = next_id++;
    table[thread->slot] = thread;
    spin_unlock_irq(&lock, saved);
}

/* ---- making ---------------------------------------------------------------------------------- */

static void begin(void *argument)
{
    struct thread *self = argument;

    scheduler_arrived();
    cpu_enable_interrupts();
    if (preempt_wanted())
        preempt_now();
    thread_exit(self->entry(self->argument));
}

/* The structure at the top of a fresh stack, which goes on below it. */
static struct thread *place(uint64_t top)
{
    uint64_t at = (top - sizeof(struct thread)) & ~63ull;
    struct thread *thread = (struct thread *)at;

    *thread = (struct thread){
        .stack_low = top - KERNEL_STACK_BYTES,
        .stack_high = at,
        .stack_top = top,
    };
    return thread;
}

int thread_create(const char *name, int (*entry)(void *argument), void *argument, unsigned flags,
                  struct thread **created)
{
    struct thread *thread;
    uint64_t top;
    unsigned slot;
    int error;

    threads_bury();
    error = slot_take(&slot);
    if (error)
        return error;
    error = kernel_stack_alloc(&top);
    if (error) {
        slot_free(slot);
        return error;
    }
    thread = place(top);
    thread->slot = slot;
    thread->urgent = flags & THREAD_URGENT;
    thread->detached = flags & THREAD_DETACHED;
    thread->entry = entry;
    thread->argument = argument;
    thread->nice = thread_current()->nice;
    fair_share_init(&thread->share, thread, thread->nice);
    strlcpy(thread->name, name, sizeof(thread->name));
    wait_queue_init(&thread->ended_queue, "end of a thread");
    /* Above it lie ring 3's registers, if it ever goes there. */
    cpu_context_start(&thread->context, (uintptr_t)cpu_user_frame(thread->stack_high), begin,
                      thread);
    publish(thread);
    if (!thread->detached)
        *created = thread;
    scheduler_add(thread);
    return 0;
}

void thread_set_process(struct process *process, struct address_space *space)
{
    struct thread *self = thread_current();
    uint64_t saved = cpu_save_interrupts(); /* a switch in between would see half of it */

    self->process = process;
    address_space_switch(space);
    cpu_set_kernel_stack(self->stack_high);
    cpu_restore_interrupts(saved);
}

void thread_set_ports(const struct port_rights *ports)
{
    struct thread *self = thread_current();
    uint64_t saved = cpu_save_interrupts();

    port_rights_switch(ports);
    self->ports = ports;
    cpu_restore_interrupts(saved);
}

int thread_set_fs_base(uint64_t base)
{
    if (base >= USER_END)
        return -EINVAL;
    uint64_t saved = cpu_save_interrupts();

    thread_current()->fs_base = base;
    cpu_load_fs_base(base);
    cpu_restore_interrupts(saved);
    return 0;
}

/* ---- ending ---------------------------------------------------------------------------------- */

noreturn void thread_exit(int result)
{
    thread_current()->result = result;
    fpu_reset();
    scheduler_end();
}

void thread_ended(struct thread *thread)
{
    uint64_t saved;

    if (thread->detached) {
        saved = spin_lock_irq(&lock);
        thread->next_dead = dead;
        dead = thread;
        spin_unlock_irq(&lock, saved);
        return;
    }
    saved = wait_lock(&thread->ended_queue);
    thread->ended = true;
    (void)wait_wake_all(&thread->ended_queue);
    wait_unlock(&thread->ended_queue, saved);
}

static void bury(struct thread *thread)
{
    unsigned slot = thread->slot;
    uint64_t saved = spin_lock_irq(&lock);

    table[slot] = NULL;
    past_switches += thread->switches;
    spin_unlock_irq(&lock, saved);
    if (kernel_stack_free(thread->stack_top)) /* and the structure with it */
        panic("the stack of a thread that has ended is not one");
    slot_free(slot);
}

void threads_bury(void)
{
    while (__atomic_load_n(&dead, __ATOMIC_RELAXED)) {
        uint64_t saved = spin_lock_irq(&lock);
        struct thread *thread = dead;

        if (thread)
            dead = thread->next_dead;
        spin_unlock_irq(&lock, saved);
        if (thread)
            bury(thread);
    }
}

int thread_join_until(struct thread *thread, int *result, uint64_t deadline_ns)
{
    uint64_t saved = wait_lock(&thread->ended_queue);
    int error = 0;

    while (!thread->ended && !error)
        error = wait_locked(&thread->ended_queue, &saved, deadline_ns);
    if (thread->ended)
        error = 0;
    wait_unlock(&thread->ended_queue, saved);
    if (error)
        return error;
    if (result)
        *result = thread->result;
    bury(thread);
    return 0;
}

void thread_join(struct thread *thread, int *result)
{
    if (thread_join_until(thread, result, WAIT_FOREVER))
        panic("thread %s: forever is over", thread->name);
}

/* ---- the boot thread ------------------------------------------------------------------------- */

void threads_init(void)
{
    scheduler_choose();
    cpu_boot_stack(&boot_thread.stack_low, &boot_thread.stack_high);
    /* From here down nothing is written yet, but for what this very call and an interrupt may need.
       */
    stack_fill(boot_thread.stack_low, (uint64_t)__builtin_frame_address(0) - 2048);
    table[0] = &boot_thread;
}

void thread_idle(void)
{
    threads_bury();
    deferred_wake(); /* an NMI may have left some without waking anybody */
    (void)cpu_save_interrupts();
    if (!preempt_wanted()) {
        clock_event_idle();
        cpu_idle();
    } else {
        cpu_enable_interrupts();
        preempt_now();
    }
}

/* ---- for those who look on ------------------------------------------------------------------- */

int thread_info(unsigned slot, struct thread_info *info)
{
    const struct thread *thread;
    uint64_t saved;

    if (slot >= THREADS_MAX)
        return -ENOENT;
    saved = spin_lock_irq(&lock); /* so that it is not freed meanwhile */
    thread = table[slot];
    if (thread) {
        *info = (struct thread_info){
            .id = thread->id,
            .state = thread->state,
            .urgent = thread->urgent,
            .cpu_ns = thread->cpu_ns,
            .switches = thread->switches,
            .stack_bytes = thread->stack_high - thread->stack_low,
            .stack_used = stack_used(thread->stack_low, thread->stack_high),
        };
        if (thread->state == THREAD_RUNNING)
            info->cpu_ns += time_now_ns() - thread->since_ns;
        strlcpy(info->name, thread->name, sizeof(info->name));
    }
    spin_unlock_irq(&lock, saved);
    return thread ? 0 : -ENOENT;
}

struct threads_load threads_load(void)
{
    uint64_t saved = spin_lock_irq(&lock);
    struct threads_load load = {.made = next_id, .switches = past_switches};

    for (unsigned slot = 0; slot < THREADS_MAX; slot++) {
        const struct thread *thread = table[slot];

        if (!thread)
            continue;
        load.all++;
        load.switches += thread->switches;
        load.running += slot > 0 && (thread->state == THREAD_READY || thread->state == THREAD_RUNNING);
    }
    spin_unlock_irq(&lock, saved);
    return load;
}

const char *thread_state_name(enum thread_state state)
{
    static const char *const names[] = {"ready", "running", "blocked", "terminated"};

    return (unsigned)state < array_length(names) ? names[state] : "unknown";
}
