/* Locks on the running kernel. */
#include "kernel/arch/arch.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"
#include "kernel/test/ktest.h"

KTEST(spinlock_turns_preemption_off)
{
    struct spinlock lock = SPINLOCK("test", LOCK_RANK_HEAP);
    unsigned before = preempt_count();

    spin_lock(&lock);
    EXPECT_EQUAL(preempt_count(), before + 1);
    EXPECT(spin_is_held(&lock));
    EXPECT(!may_sleep());
    spin_unlock(&lock);
    EXPECT_EQUAL(preempt_count(), before);
    EXPECT(!spin_is_held(&lock));
}

KTEST(spinlock_irq_gives_interrupts_back)
{
    struct spinlock lock = SPINLOCK("test", LOCK_RANK_HEAP);
    struct spinlock inner = SPINLOCK("inner", LOCK_RANK_FRAMES);
    uint64_t saved, saved_inner;

    EXPECT(cpu_interrupts_enabled());
    saved = spin_lock_irq(&lock);
    saved_inner = spin_lock_irq(&inner);
    EXPECT(!cpu_interrupts_enabled());
    spin_unlock_irq(&inner, saved_inner);
    EXPECT(!cpu_interrupts_enabled());
    spin_unlock_irq(&lock, saved);
    EXPECT(cpu_interrupts_enabled());
}

static void count(void *context)
{
    ++*(unsigned *)context;
}

/* Interrupts stay on, and their handlers take locks of their own: the debug kernel's list of what
   is held must not mix them up. */
KTEST(spinlock_is_taken_while_interrupts_come)
{
    struct spinlock lock = SPINLOCK("test", LOCK_RANK_HEAP);
    uint64_t start_ns = time_now_ns();
    struct timer timer;
    unsigned fired = 0;

    timer_init(&timer, count, &fired);
    timer_start_periodic(&timer, start_ns, 20 * NS_PER_US);
    while (fired < 1000 && time_now_ns() - start_ns < 20 * NS_PER_SECOND)
        for (unsigned i = 0; i < 100; i++) {
            spin_lock(&lock);
            spin_unlock(&lock);
        }
    (void)timer_stop(&timer);
    EXPECT(fired >= 1000);
    EXPECT(!spin_is_held(&lock));
}

#ifdef DEBUG
KTEST_PANICS(spinlock_against_the_ranks)
{
    struct spinlock outer = SPINLOCK("outer", LOCK_RANK_FRAMES);
    struct spinlock inner = SPINLOCK("inner", LOCK_RANK_HEAP);

    spin_lock(&outer);
    spin_lock(&inner);
}

KTEST_PANICS(spinlock_taken_twice)
{
    struct spinlock lock = SPINLOCK("test", LOCK_RANK_HEAP);

    spin_lock(&lock);
    spin_lock(&lock);
}

KTEST_PANICS(spinlock_released_by_who_has_it_not)
{
    struct spinlock lock = SPINLOCK("test", LOCK_RANK_HEAP);

    spin_unlock(&lock);
}
#endif
