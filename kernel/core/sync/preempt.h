/*
 * Preemption. While the count is above 0 the running thread keeps the CPU: an interrupt that wants
 * another to run only notes it, and the last preempt_enable switches.
 */
#pragma once

#include <stdbool.h>

/* One CPU so far: per-CPU data take it over. Inline, because every fast path begins and ends so. */
extern unsigned preempt_depth;

static inline void preempt_disable(void)
{
    preempt_depth++;
    __asm__ volatile("" ::: "memory"); /* what it protects stays behind it */
}

static inline void preempt_enable(void)
{
    __asm__ volatile("" ::: "memory");
    preempt_depth--;
}

static inline unsigned preempt_count(void)
{
    return preempt_depth;
}

/* Sleeping is allowed: count 0, interrupts on. Debug builds assert it before every wait. */
bool may_sleep(void);
