/*
 * Round robin. Use: scheduler_add, then the running thread calls scheduler_block, thread_yield or
 * scheduler_end, and interrupts call scheduler_wake, scheduler_tick and, at their end,
 * scheduler_interrupt_end.
 *
 * Locks: `lock` protects the queue and the threads' states. It is held across the switch: who takes
 * it on the old thread's stack is not who gives it back, that is done on the new one's (arrived).
 * So nobody can choose a thread whose registers are not saved yet.
 */
#include "kernel/core/thread/scheduler.h"

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/thread/run_queue.h"
#include "kernel/core/thread/stack.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/clock_event.h"
#include "kernel/core/time/time.h"
#include "kernel/panic.h"

static struct spinlock lock = SPINLOCK("run queue", LOCK_RANK_RUN_QUEUE);
static struct run_queue ready[2];            /* [1]: the urgent, who come first */
static struct thread *threads[THREADS_MAX]; /* by slot; valid for those in `ready` */

static bool is_idle(const struct thread *thread)
{
    return thread == &boot_thread;
}

/* ---- the queue: call with the lock held ------------------------------------------------------ */

static void make_ready(struct thread *thread, bool first)
{
    thread->state = THREAD_READY;
    if (is_idle(thread))
        return; /* it is what runs when the queue is empty */
    threads[thread->slot] = thread;
    if (first)
        run_queue_push_first(&ready[thread->urgent], thread->slot);
    else
        run_queue_push_last(&ready[thread->urgent], thread->slot);
}

static struct thread *choose(void)
{
    unsigned slot = run_queue_pop(&ready[1]);

    if (!slot)
        slot = run_queue_pop(&ready[0]);
    return slot ? threads[slot] : &boot_thread;
}

/* Somebody is ready whose turn it is when this one's quantum ends. */
static bool has_rival(const struct thread *running)
{
    return ready[1].count > 0 || (ready[0].count > 0 && !running->urgent);
}

/* ---- the switch ------------------------------------------------------------------------------ */

/* Back after a switch: interrupts as they were, and whoever was woken meanwhile gets its turn. */
static void go_on(uint64_t saved)
{
    cpu_restore_interrupts(saved);
    if (unlikely(preempt_word() == 0))
        preempt_now();
}

static void leave_cpu(struct thread *thread, uint64_t now_ns)
{
    uint64_t ran_ns = now_ns - thread->since_ns;

    thread->cpu_ns += ran_ns;
    thread->quantum_left_ns -= (int64_t)ran_ns;
    /* Who waited or had its turn begins anew; who was put off for an urgent one keeps its rest. */
    if (thread->state != THREAD_READY || thread->quantum_left_ns <= 0)
        thread->quantum_left_ns = (int64_t)QUANTUM_NS;
    if (!stack_is_sound(thread->stack_low))
        panic("thread %s has used up its stack of %llu bytes", thread->name,
              (unsigned long long)(thread->stack_high - thread->stack_low));
}

static void enter_cpu(struct thread *thread, uint64_t now_ns)
{
    thread->state = THREAD_RUNNING;
    thread->since_ns = now_ns;
    thread->switches++;
    percpu()->thread = thread;
    if (has_rival(thread))
        clock_event_need(now_ns + (uint64_t)thread->quantum_left_ns);
}

/* Behind the switch, on the new thread's stack, interrupts off: the lock goes, and who has ended is
   told to be free. */
void scheduler_arrived(void)
{
    struct thread *previous = percpu()->previous;
    bool ended = previous->state == THREAD_TERMINATED;

    spin_unlock(&lock);
    if (ended)
        thread_ended(previous);
}

/* Call with the lock held, interrupts off, and the running thread's new state set. Returns without
   the lock when the thread runs again. */
static void switch_to(struct thread *new)
{
    struct thread *old = thread_current();
    uint64_t now_ns = time_now_ns();

#ifdef DEBUG
    if (preempt_count() != 1)
        panic("thread %s gives the CPU away with preemption off (%u)", old->name, preempt_count());
#endif
    preempt_calm();
    leave_cpu(old, now_ns);
    enter_cpu(new, now_ns);
    if (new == old) {
        spin_unlock(&lock);
        return;
    }
    if (is_idle(old))
        clock_event_busy();
    percpu()->previous = old;
    fastos_context_switch(&old->context, &new->context);
    scheduler_arrived();
}

/* ---- giving the CPU away --------------------------------------------------------------------- */

void thread_yield(void)
{
    uint64_t saved = spin_lock_irq(&lock);

    thread_current()->quantum_left_ns = 0;
    make_ready(thread_current(), false);
    switch_to(choose());
    go_on(saved);
}

/* The idle thread cannot leave the CPU: it halts, and interrupts bring what it waits for. */
static void block_idle(const bool *waiting)
{
    while (__atomic_load_n(waiting, __ATOMIC_ACQUIRE)) {
        uint64_t saved = cpu_save_interrupts();

        if (!(saved & CPU_INTERRUPTS_ON))
            panic("waiting with interrupts off");
        if (__atomic_load_n(waiting, __ATOMIC_ACQUIRE))
            cpu_idle();
        else
            cpu_restore_interrupts(saved);
    }
}

void scheduler_block(const bool *waiting)
{
    struct thread *self = thread_current();

    if (is_idle(self)) {
        block_idle(waiting);
        return;
    }
    while (__atomic_load_n(waiting, __ATOMIC_ACQUIRE)) {
        uint64_t saved = spin_lock_irq(&lock);

        /* scheduler_wake wants the lock too: it comes before this look or behind the switch. */
        if (__atomic_load_n(waiting, __ATOMIC_ACQUIRE)) {
            self->state = THREAD_BLOCKED;
            switch_to(choose());
            go_on(saved);
        } else {
            spin_unlock_irq(&lock, saved);
        }
    }
}

noreturn void scheduler_end(void)
{
    (void)spin_lock_irq(&lock);
    thread_current()->state = THREAD_TERMINATED;
    switch_to(choose());
    panic("a thread that has ended runs");
}

/* ---- preemption ------------------------------------------------------------------------------ */

/* Interrupts are off, the count is 0, and somebody waits. */
static void preempt(void)
{
    struct thread *self = thread_current(), *next;
    int64_t ran_ns;

    spin_lock(&lock);
    if (!has_rival(self)) {
        preempt_calm();
        spin_unlock(&lock);
        return;
    }
    next = choose();
    ran_ns = (int64_t)(time_now_ns() - self->since_ns);
    make_ready(self, ran_ns < self->quantum_left_ns); /* the rest of its quantum comes first */
    switch_to(next);
}

/* Again, because who comes back here may be wanted off the CPU already: the one that ended before
   it may have woken somebody (scheduler_arrived). */
static void preempt_while_wanted(void)
{
    while (preempt_word() == 0)
        preempt();
}

void preempt_now(void)
{
    uint64_t saved = cpu_save_interrupts();

    if (saved & CPU_INTERRUPTS_ON)
        preempt_while_wanted();
    cpu_restore_interrupts(saved);
}

void scheduler_interrupt_end(void)
{
    preempt_while_wanted();
}

void scheduler_tick(uint64_t now_ns)
{
    const struct thread *self = thread_current();

    if (has_rival(self)
        && (is_idle(self) || (int64_t)(now_ns - self->since_ns) >= self->quantum_left_ns))
        preempt_want();
}

uint64_t scheduler_quantum_end(void)
{
    const struct thread *self = thread_current();

    return has_rival(self) ? self->since_ns + (uint64_t)self->quantum_left_ns : UINT64_MAX;
}

/* ---- becoming ready -------------------------------------------------------------------------- */

static void add(struct thread *thread)
{
    const struct thread *self = thread_current();

    make_ready(thread, false);
    if (is_idle(self) || (thread->urgent && !self->urgent))
        preempt_want();
    else
        clock_event_need(scheduler_quantum_end());
}

void scheduler_add(struct thread *thread)
{
    uint64_t saved = spin_lock_irq(&lock);

    add(thread);
    spin_unlock_irq(&lock, saved);
}

void scheduler_wake(struct thread *thread)
{
    uint64_t saved = spin_lock_irq(&lock);

    if (thread->state == THREAD_BLOCKED)
        add(thread);
    spin_unlock_irq(&lock, saved);
}
