/*
 * Who runs. Use: scheduler_choose once, scheduler_add, then the running thread calls
 * scheduler_block, thread_yield or scheduler_end, and interrupts call scheduler_wake,
 * scheduler_tick and, at their end, scheduler_interrupt_end.
 *
 * There are two ways to choose: round robin (run_queue.h) and by fair shares (fair_queue.h). The
 * urgent come before both, and are always chosen by round robin.
 *
 * Each CPU has its queue, and each thread the queue of the CPU that it belongs to. Locks: a queue's
 * own protects it and its threads' states. It is held across the switch: who takes it on the old
 * thread's stack is not who gives it back, that is done on the new one's (arrived). So nobody can
 * choose a thread whose registers are not saved yet.
 */
#include "kernel/arch/address_space.h"
#include "kernel/core/thread/scheduler.h"

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/log/log.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/thread/fair_queue.h"
#include "kernel/core/thread/run_queue.h"
#include "kernel/core/thread/stack.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/clock_event.h"
#include "kernel/core/time/time.h"
#include "kernel/panic.h"
#include "lib/string.h"

/* A CPU's. */
struct scheduler_queue {
    struct spinlock lock;
    struct run_queue urgent;
    struct run_queue round;  /* the others, by round robin … */
    struct fair_queue fair;  /* … or by shares; one of the two stays empty */
    struct thread *put_off;  /* of `fair`: it had to go in the middle of its turn */
};

struct scheduler_queue boot_queue = {.lock = SPINLOCK("run queue", LOCK_RANK_RUN_QUEUE)};
static struct thread *threads[THREADS_MAX]; /* by slot; valid for those in a struct run_queue */
static bool by_shares = true;

void scheduler_choose(void)
{
    char name[8];

    if (boot_option("sched", name, sizeof(name)))
        return;
    if (strcmp(name, "rr") == 0)
        by_shares = false;
    else if (strcmp(name, "fair") != 0)
        log_warn("kernel", "sched=%s: not one of rr, fair; fair taken", name);
}

const char *scheduler_name(void)
{
    return by_shares ? "fair" : "rr";
}

static bool is_idle(const struct thread *thread)
{
    return thread == &boot_thread;
}

/* ---- the queue: call with its lock held ------------------------------------------------------ */

static void make_ready(struct scheduler_queue *queue, struct thread *thread)
{
    thread->state = THREAD_READY;
    if (thread->has_share) {
        fair_queue_insert(&queue->fair, &thread->share);
    } else if (!is_idle(thread)) { /* which is what runs when the queue is empty */
        threads[thread->slot] = thread;
        run_queue_push_last(thread->urgent ? &queue->urgent : &queue->round, thread->slot);
    }
}

/* It keeps its place, and the rest of its turn. */
static void put_off(struct scheduler_queue *queue, struct thread *thread)
{
    thread->state = THREAD_READY;
    if (thread->has_share) {
        fair_queue_insert(&queue->fair, &thread->share);
        queue->put_off = thread;
    } else if (!is_idle(thread)) {
        threads[thread->slot] = thread;
        run_queue_push_first(thread->urgent ? &queue->urgent : &queue->round, thread->slot);
    }
}

/* Who was put off goes on, unless another one has had much less by now. */
static struct thread *choose_by_shares(struct scheduler_queue *queue)
{
    struct fair_share *first = fair_queue_first(&queue->fair);

    if (!first)
        return &boot_thread;
    if (unlikely(queue->put_off)) {
        if (!fair_is_ahead(&queue->put_off->share, first))
            first = &queue->put_off->share;
        queue->put_off = NULL;
    }
    fair_queue_remove(&queue->fair, first);
    return first->thread;
}

static struct thread *choose(struct scheduler_queue *queue)
{
    unsigned slot;

    if (unlikely(queue->urgent.count))
        return threads[run_queue_pop(&queue->urgent)];
    if (by_shares)
        return choose_by_shares(queue);
    slot = run_queue_pop(&queue->round);
    return slot ? threads[slot] : &boot_thread;
}

/* Somebody is ready whose turn it is when this one's is over. */
static bool has_rival(const struct scheduler_queue *queue, const struct thread *running)
{
    return queue->urgent.count > 0
           || ((queue->round.count | queue->fair.count) > 0 && !running->urgent);
}

/* ---- turns: call with the queue's lock held -------------------------------------------------- */

static int64_t whole_turn(const struct scheduler_queue *queue, const struct thread *running)
{
    return (int64_t)(running->has_share ? fair_slice_ns(&queue->fair, &running->share)
                                        : QUANTUM_NS);
}

/* What the running thread has had until now. */
static void account(struct scheduler_queue *queue, struct thread *running, uint64_t now_ns)
{
    uint64_t ran_ns = now_ns - running->since_ns;

    running->since_ns = now_ns;
    running->cpu_ns += ran_ns;
    running->turn_left_ns -= (int64_t)ran_ns;
    if (running->has_share)
        fair_charge(&queue->fair, &running->share, ran_ns);
}

static uint64_t turn_end(const struct thread *running)
{
    return running->since_ns + (uint64_t)running->turn_left_ns;
}

/* An interrupt for the end of the turn. Not for one that was noted already: it waits for preemption
   to be on, and would come again and again until then, on a slow CPU faster than it is handled. */
static void need_turn_end(const struct thread *running)
{
    if (!preempt_wanted())
        clock_event_need(turn_end(running));
}

/* There is a rival: the turn has an end. */
static void limit_turn(const struct scheduler_queue *queue, struct thread *running)
{
    if (running->turn_left_ns <= 0)
        running->turn_left_ns = whole_turn(queue, running);
    need_turn_end(running);
}

/* ---- the switch ------------------------------------------------------------------------------ */

/* Back after a switch: interrupts as they were, and whoever was woken meanwhile gets its turn. */
static void go_on(uint64_t saved)
{
    cpu_restore_interrupts(saved);
    if (unlikely(preempt_word() == 0))
        preempt_now();
}

static void leave_cpu(struct thread *thread)
{
    if (thread->state != THREAD_READY)
        thread->turn_left_ns = 0; /* it begins anew when it comes back */
    if (!stack_is_sound(thread->stack_low))
        panic("thread %s has used up its stack of %llu bytes", thread->name,
              (unsigned long long)(thread->stack_high - thread->stack_low));
}

static void enter_cpu(const struct scheduler_queue *queue, struct thread *thread, uint64_t now_ns)
{
    thread->state = THREAD_RUNNING;
    thread->since_ns = now_ns;
    thread->switches++;
    percpu()->thread = thread;
    if (has_rival(queue, thread))
        limit_turn(queue, thread);
}

/* Behind the switch, on the new thread's stack, interrupts off: the lock goes, and who has ended is
   told to be free. */
void scheduler_arrived(void)
{
    struct thread *previous = percpu()->previous;
    bool ended = previous->state == THREAD_TERMINATED;

    spin_unlock(&percpu()->queue->lock);
    if (ended)
        thread_ended(previous);
}

/* Call with the lock held, interrupts off, and the running thread's new state set. Returns without
   the lock when the thread runs again. */
static void switch_to(struct scheduler_queue *queue, struct thread *new, uint64_t now_ns)
{
    struct thread *old = thread_current();

#ifdef DEBUG
    if (preempt_count() != 1)
        panic("thread %s gives the CPU away with preemption off (%u)", old->name, preempt_count());
#endif
    preempt_calm();
    leave_cpu(old);
    enter_cpu(queue, new, now_ns);
    if (new == old) {
        spin_unlock(&queue->lock);
        return;
    }
    if (is_idle(old))
        clock_event_busy();
    percpu()->previous = old;
    new->context.cr3 = address_space_enter(new->space);
    if (new->process) {
        cpu_set_kernel_stack(new->stack_high);
        cpu_switch_fs_base(new);
    }
    if (unlikely(old->ports != new->ports))
        port_rights_switch(new->ports);
    if (new->space)
        fpu_switch(new);
    fastos_context_switch(&old->context, &new->context);
    scheduler_arrived();
}

/* ---- giving the CPU away --------------------------------------------------------------------- */

/* This CPU's queue, locked. Interrupts are off. */
static struct scheduler_queue *lock_queue(void)
{
    struct scheduler_queue *queue = percpu()->queue;

    spin_lock(&queue->lock);
    return queue;
}

/* Gives the CPU away, with the queue's lock, and interrupts as they were before, at the end. */
static void leave(struct scheduler_queue *queue, enum thread_state state, uint64_t saved)
{
    struct thread *self = thread_current();
    uint64_t now_ns = time_now_ns();

    account(queue, self, now_ns);
    self->state = state;
    switch_to(queue, choose(queue), now_ns);
    go_on(saved);
}

void thread_yield(void)
{
    struct thread *self = thread_current(), *next = self;
    uint64_t saved = cpu_save_interrupts(), now_ns;
    struct scheduler_queue *queue = lock_queue();

    now_ns = time_now_ns();
    account(queue, self, now_ns);
    self->turn_left_ns = 0;
    if (has_rival(queue, self)) {
        if (self->has_share)
            fair_share_step_back(&queue->fair, &self->share);
        next = choose(queue);
        make_ready(queue, self);
    }
    switch_to(queue, next, now_ns);
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
    if (is_idle(thread_current())) {
        block_idle(waiting);
        return;
    }
    while (__atomic_load_n(waiting, __ATOMIC_ACQUIRE)) {
        uint64_t saved = cpu_save_interrupts();
        struct scheduler_queue *queue = lock_queue();

        /* scheduler_wake wants the lock too: it comes before this look or behind the switch. */
        if (__atomic_load_n(waiting, __ATOMIC_ACQUIRE))
            leave(queue, THREAD_BLOCKED, saved);
        else
            spin_unlock_irq(&queue->lock, saved);
    }
}

noreturn void scheduler_end(void)
{
    uint64_t saved = cpu_save_interrupts();

    leave(lock_queue(), THREAD_TERMINATED, saved);
    panic("a thread that has ended runs");
}

/* ---- preemption ------------------------------------------------------------------------------ */

/* Nobody has had less than this one: it goes on, for another turn. */
static bool goes_on(struct scheduler_queue *queue, struct thread *self)
{
    const struct fair_share *first = fair_queue_first(&queue->fair);

    if (queue->urgent.count || !self->has_share || first->node.key < self->share.node.key)
        return false;
    preempt_calm();
    limit_turn(queue, self);
    return true;
}

/* Interrupts are off, the count is 0, and somebody waits. */
static void preempt(void)
{
    struct thread *self = thread_current(), *next;
    struct scheduler_queue *queue = lock_queue();
    uint64_t now_ns;

    if (!has_rival(queue, self)) {
        preempt_calm();
        spin_unlock(&queue->lock);
        return;
    }
    now_ns = time_now_ns();
    account(queue, self, now_ns);
    if (goes_on(queue, self)) {
        spin_unlock(&queue->lock);
        return;
    }
    next = choose(queue);
    if (self->turn_left_ns > 0)
        put_off(queue, self);
    else
        make_ready(queue, self);
    switch_to(queue, next, now_ns);
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

    if (has_rival(percpu()->queue, self)
        && (is_idle(self) || (int64_t)(now_ns - self->since_ns) >= self->turn_left_ns))
        preempt_want();
}

uint64_t scheduler_quantum_end(void)
{
    const struct thread *self = thread_current();

    return has_rival(percpu()->queue, self) && !preempt_wanted() ? turn_end(self) : UINT64_MAX;
}

/* ---- becoming ready: call with the queue's lock held ----------------------------------------- */

/* `thread` waits for the same CPU as `self` now: it takes it at once, or has its turn soon. */
static void shorten_turn(struct scheduler_queue *queue, struct thread *self,
                         const struct thread *thread, bool had_rival)
{
    int64_t turn_ns;

    account(queue, self, time_now_ns());
    if (fair_is_ahead(&self->share, &thread->share)) {
        preempt_want();
        return;
    }
    turn_ns = whole_turn(queue, self);
    if (!had_rival || turn_ns < self->turn_left_ns)
        self->turn_left_ns = turn_ns;
    need_turn_end(self);
}

static void add(struct scheduler_queue *queue, struct thread *thread)
{
    struct thread *self = thread_current();
    bool had_rival = has_rival(queue, self);

    make_ready(queue, thread);
    if (is_idle(self) || (thread->urgent && !self->urgent))
        preempt_want();
    else if (thread->has_share && self->has_share)
        shorten_turn(queue, self, thread, had_rival);
    else if (!had_rival && has_rival(queue, self))
        limit_turn(queue, self);
}

void scheduler_add(struct thread *thread)
{
    const struct thread *self = thread_current();
    uint64_t saved = cpu_save_interrupts();
    struct scheduler_queue *queue = lock_queue();

    thread->queue = queue;
    thread->has_share = by_shares && !thread->urgent;
    if (thread->has_share)
        fair_share_begin(&queue->fair, &thread->share, self->has_share ? &self->share : NULL);
    add(queue, thread);
    spin_unlock_irq(&queue->lock, saved);
}

void scheduler_wake(struct thread *thread)
{
    struct scheduler_queue *queue = thread->queue;
    uint64_t saved = spin_lock_irq(&queue->lock);

    if (thread->state == THREAD_BLOCKED) {
        if (thread->has_share)
            fair_share_wake(&queue->fair, &thread->share);
        add(queue, thread);
    }
    spin_unlock_irq(&queue->lock, saved);
}

void thread_set_nice(struct thread *thread, int nice)
{
    struct scheduler_queue *queue = thread->queue;
    uint64_t saved = spin_lock_irq(&queue->lock);
    bool waits = thread->state == THREAD_READY && thread->has_share;

    if (thread == thread_current())
        account(queue, thread, time_now_ns()); /* what it has had counts as it was */
    thread->nice = (int8_t)nice;
    fair_share_set_nice(&thread->share, nice, waits ? &queue->fair : NULL);
    if (thread == thread_current() && has_rival(queue, thread)) {
        thread->turn_left_ns = 0;
        limit_turn(queue, thread);
    }
    spin_unlock_irq(&queue->lock, saved);
}
