/*
 * What each CPU has for itself. In the kernel GS points at the running CPU's structure, so that a
 * field is one instruction away and stays right wherever the thread runs; ring 3 has a GS of its
 * own, and the entries from there swap the two (interrupt_entry.asm). Only while preemption or
 * interrupts are off do two accesses mean the same CPU.
 *
 * Host tests have one CPU and no threads: they see cpu_number alone.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPUS_MAX       1
#define HELD_LOCKS_MAX 16

struct address_space;
struct scheduler_queue;
struct spinlock;
struct thread;

struct percpu {
    struct percpu *self;
    struct thread *thread;   /* the running one (percpu.inc knows the offset) */
    uint32_t preempt;        /* the count, and PREEMPT_CALM while nobody waits for this CPU */
    uint32_t number;         /* below CPUS_MAX */
    struct thread *previous; /* scheduler.c: who ran before the switch that is under way */
    uint64_t user_stack;     /* syscall_entry.asm: ring 3's, while the stacks change */
    uint64_t kernel_stack;   /* the top of the running thread's, for entries from ring 3 */
    uint64_t fs_base;        /* what FS's base is, unless its thread changed it by itself */
    const struct thread *fs_thread; /* whose it is */
    struct thread *fpu_owner; /* fpu.c: whose the FPU's registers are; NULL: nobody's */
    bool fpu_on;              /* CR0.TS is clear */
    struct scheduler_queue *queue; /* scheduler.c: who waits for it */
    struct address_space *space;   /* that is loaded; NULL: the kernel's own */
#ifdef DEBUG
    const struct spinlock *held[HELD_LOCKS_MAX]; /* spinlock.c: the newest last */
    uint32_t held_count;
#endif
};

#define PREEMPT_CALM 0x80000000u

extern struct percpu boot_cpu;
void percpu_load(struct percpu *cpu); /* this CPU's from now on */

#if CPUS_MAX == 1 /* known at compile time: no per-CPU table needs an index, or a check of one */
static inline unsigned cpu_number(void)
{
    return 0;
}
#else
static inline unsigned cpu_number(void)
{
    uint32_t number;

    if (CPUS_MAX == 1)
        return 0; /* so that the compiler finds what belongs to a CPU at a fixed address */
    __asm__ volatile("movl %%gs:%c1, %0" : "=r"(number) : "i"(offsetof(struct percpu, number)));
    return number;
}
#endif

#if !__STDC_HOSTED__
static inline struct percpu *percpu(void)
{
    struct percpu *self;

    __asm__ volatile("movq %%gs:%c1, %0" : "=r"(self) : "i"(offsetof(struct percpu, self)));
    return self;
}

/* Always the caller, whatever CPU it runs on: the compiler may keep it. */
static inline struct thread *thread_current(void)
{
    struct thread *thread;

    __asm__("movq %%gs:%c1, %0" : "=r"(thread) : "i"(offsetof(struct percpu, thread)));
    return thread;
}
#endif
