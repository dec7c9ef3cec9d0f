/*
 * Timers: a red-black tree by time. Use: timer_init → timer_start → (fire) → timer_stop. Locks:
 * `lock` protects the tree and the timers in it; it is given back while a timer's function runs,
 * and `running` says which one that is.
 */
#include "kernel/core/time/timer.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/time/clock_event.h"

#define BATCH 64u /* calls in one interrupt: then others get their turn */

static struct spinlock lock = SPINLOCK("timers", LOCK_RANK_TIMERS);
static struct rb_tree tree;
static unsigned pending;
static struct timer *running; /* its function is being called … */
static unsigned running_cpu;  /* … there */

/* ---- the tree: call with the lock held ------------------------------------------------------- */

static struct timer *timer_of(struct rb_node *node)
{
    return (struct timer *)((uint8_t *)node - offsetof(struct timer, node));
}

static void put(struct timer *timer, uint64_t deadline_ns)
{
    rb_insert(&tree, &timer->node, deadline_ns);
    timer->pending = true;
    pending++;
}

static bool take(struct timer *timer)
{
    if (!timer->pending)
        return false;
    rb_remove(&tree, &timer->node);
    timer->pending = false;
    pending--;
    return true;
}

/* ---- starting and stopping ------------------------------------------------------------------- */

void timer_init(struct timer *timer, void (*fire)(void *context), void *context)
{
    *timer = (struct timer){.fire = fire, .context = context};
}

static void start(struct timer *timer, uint64_t deadline_ns, uint64_t period_ns)
{
    uint64_t saved = spin_lock_irq(&lock);

    (void)take(timer);
    timer->period_ns = period_ns;
    timer->periods = 0;
    put(timer, deadline_ns);
    if (tree.first == &timer->node)
        clock_event_need(deadline_ns);
    spin_unlock_irq(&lock, saved);
}

void timer_start(struct timer *timer, uint64_t deadline_ns)
{
    start(timer, deadline_ns, 0);
}

void timer_start_periodic(struct timer *timer, uint64_t first_ns, uint64_t period_ns)
{
    start(timer, first_ns, period_ns);
}

/* The function may stop its own timer; another CPU waits until it is over. */
static void wait_until_returned(const struct timer *timer)
{
    while (__atomic_load_n(&running, __ATOMIC_ACQUIRE) == timer
           && __atomic_load_n(&running_cpu, __ATOMIC_RELAXED) != cpu_number())
        cpu_pause();
}

bool timer_stop(struct timer *timer)
{
    uint64_t saved = spin_lock_irq(&lock);
    bool was_pending = take(timer);

    spin_unlock_irq(&lock, saved);
    wait_until_returned(timer);
    return was_pending;
}

/* ---- firing ---------------------------------------------------------------------------------- */

static void put_next_period(struct timer *timer, uint64_t now_ns)
{
    uint64_t deadline_ns = timer->node.key;
    uint64_t passed = (now_ns - deadline_ns) / timer->period_ns + 1;

    timer->periods += passed;
    put(timer, deadline_ns + passed * timer->period_ns);
}

/* The first one that is due, out of the tree or moved on by its period; NULL: none. */
static struct timer *take_due(uint64_t now_ns)
{
    struct timer *timer = tree.first ? timer_of(tree.first) : NULL;

    if (!timer || timer->node.key > now_ns)
        return NULL;
    (void)take(timer);
    if (timer->period_ns)
        put_next_period(timer, now_ns);
    else
        timer->periods = 1;
    return timer;
}

void timers_run(uint64_t now_ns)
{
    for (unsigned i = 0; i < BATCH; i++) {
        uint64_t saved = spin_lock_irq(&lock);
        struct timer *timer = take_due(now_ns);

        running_cpu = cpu_number();
        __atomic_store_n(&running, timer, __ATOMIC_RELEASE);
        spin_unlock_irq(&lock, saved);
        if (!timer)
            return;
        timer->fire(timer->context);
        __atomic_store_n(&running, NULL, __ATOMIC_RELEASE);
    }
}

uint64_t timers_next(void)
{
    uint64_t saved = spin_lock_irq(&lock);
    uint64_t next = tree.first ? tree.first->key : UINT64_MAX;

    spin_unlock_irq(&lock, saved);
    return next;
}

unsigned timers_pending(void)
{
    return pending;
}
