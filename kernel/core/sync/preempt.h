/*
 * Preemption. While the count is above 0 the running thread keeps the CPU: an interrupt that wants
 * another to run only notes it, and the last preempt_enable switches.
 *
 * Count and note are one word per CPU, so that preempt_enable is one instruction and a branch: the
 * top bit is set while nobody waits for the CPU, and 0 means "switch now".
 */
#pragma once

#include <stdbool.h>

#include "kernel/arch/arch.h"

#if __STDC_HOSTED__
/* Host tests: no threads; the test defines the count and looks at it. */
extern unsigned preempt_depth;

static inline void preempt_disable(void)
{
    preempt_depth++;
}

static inline void preempt_enable(void)
{
    preempt_depth--;
}

static inline unsigned preempt_count(void)
{
    return preempt_depth;
}
#else
#define PREEMPT_FIELD "i"(offsetof(struct percpu, preempt))

/* scheduler.c: count 0, and somebody waits; does nothing with interrupts off. preempt.asm calls it.
   */
void preempt_now(void);
void preempt_underflow(void);

static inline unsigned preempt_word(void)
{
    uint32_t word;

    __asm__ volatile("movl %%gs:%c1, %0" : "=r"(word) : PREEMPT_FIELD);
    return word;
}

static inline unsigned preempt_count(void)
{
    return preempt_word() & ~PREEMPT_CALM;
}

static inline void preempt_disable(void)
{
    __asm__ volatile("incl %%gs:%c0" : : PREEMPT_FIELD : "memory", "cc");
}

/* The call is hidden from the compiler, as it is rare and keeps all registers: so a function whose
   only call it is saves none. */
static inline void preempt_enable(void)
{
#ifdef DEBUG
    if (preempt_count() == 0)
        preempt_underflow();
#endif
    __asm__ volatile("decl %%gs:%c0\n\t"
                     "jnz 1f\n\t"
                     "call preempt_entry\n"
                     "1:"
                     :
                     : PREEMPT_FIELD
                     : "memory", "cc");
}

/* Another thread should run as soon as preemption allows it. */
static inline void preempt_want(void)
{
    __asm__ volatile("andl %1, %%gs:%c0" : : PREEMPT_FIELD, "i"(~PREEMPT_CALM) : "memory", "cc");
}

static inline void preempt_calm(void)
{
    __asm__ volatile("orl %1, %%gs:%c0" : : PREEMPT_FIELD, "i"(PREEMPT_CALM) : "memory", "cc");
}

static inline bool preempt_wanted(void)
{
    return !(preempt_word() & PREEMPT_CALM);
}
#endif

/* Sleeping is allowed: count 0, interrupts on. Debug builds assert it before every wait. */
bool may_sleep(void);
