/* Ranked spinlocks. One byte-exchange to take, one store to give back. */
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/panic.h"

#ifdef DEBUG
/* With interrupts off: a handler takes locks too, and must not find the list half changed. */
static void note_held(struct percpu *cpu, const struct spinlock *lock)
{
    const struct spinlock *last = cpu->held_count ? cpu->held[cpu->held_count - 1] : NULL;

    if (last && last->rank >= lock->rank)
        panic("lock %s (rank %u) taken while holding %s (rank %u)", lock->name, lock->rank,
              last->name, last->rank);
    assert(cpu->held_count < HELD_LOCKS_MAX);
    cpu->held[cpu->held_count++] = lock;
}

static void forget_held(struct percpu *cpu, const struct spinlock *lock)
{
    for (unsigned i = cpu->held_count; i > 0; i--) {
        if (cpu->held[i - 1] != lock)
            continue;
        for (cpu->held_count--; i <= cpu->held_count; i++)
            cpu->held[i - 1] = cpu->held[i];
        return;
    }
    panic("lock %s released by a CPU that does not hold it", lock->name);
}

static void check_rank(const struct spinlock *lock)
{
    uint64_t saved = cpu_save_interrupts();

    note_held(percpu(), lock);
    cpu_restore_interrupts(saved);
}

static void check_release(const struct spinlock *lock)
{
    uint64_t saved = cpu_save_interrupts();

    forget_held(percpu(), lock);
    cpu_restore_interrupts(saved);
}
#else
static void check_rank(const struct spinlock *lock)
{
    (void)lock;
}

static void check_release(const struct spinlock *lock)
{
    (void)lock;
}
#endif

void spin_init(struct spinlock *lock, const char *name, enum lock_rank rank)
{
    *lock = (struct spinlock)SPINLOCK(name, rank);
}

static void take(struct spinlock *lock)
{
    while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE))
        while (__atomic_load_n(&lock->held, __ATOMIC_RELAXED))
            cpu_pause();
}

void spin_lock(struct spinlock *lock)
{
    preempt_disable();
    check_rank(lock);
    take(lock);
}

void spin_unlock(struct spinlock *lock)
{
    check_release(lock);
    __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
    preempt_enable();
}

uint64_t spin_lock_irq(struct spinlock *lock)
{
    uint64_t saved = cpu_save_interrupts();

    spin_lock(lock);
    return saved;
}

void spin_unlock_irq(struct spinlock *lock, uint64_t saved)
{
    check_release(lock);
    __atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
    cpu_restore_interrupts(saved);
    preempt_enable();
}

bool spin_is_held(const struct spinlock *lock)
{
    return __atomic_load_n(&lock->held, __ATOMIC_RELAXED);
}
