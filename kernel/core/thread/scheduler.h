/* Who runs: for the thread and waiting code; the rest uses thread.h and kernel/core/sync. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

struct scheduler_queue;
struct thread;

extern struct scheduler_queue boot_queue; /* the first CPU's */

void scheduler_choose(void);      /* sched=rr or fair of the command line; before any thread */
const char *scheduler_name(void); /* "rr" or "fair" */
void scheduler_add(struct thread *thread); /* a new one becomes ready */
/* Blocked → ready. Nothing when it is not blocked. From any context; locks up to LOCK_RANK_WAIT
   held. */
void scheduler_wake(struct thread *thread);
/* Give the CPU away until *waiting is false, which somebody sets before scheduler_wake. No lock
   held. */
void scheduler_block(const bool *waiting);
noreturn void scheduler_end(void); /* the running thread is terminated */
/* A new thread's first step: what the switch to it left to do. */
void scheduler_arrived(void);

/* At the end of an interrupt, interrupts off: switch if it was wanted. */
void scheduler_interrupt_end(void);
/* Of the timer interrupt: the quantum. */
void scheduler_tick(uint64_t now_ns);
/* When the turn is over, in time_now_ns. UINT64_MAX: nobody else wants to run, or it has been noted
   already that it is over. */
uint64_t scheduler_quantum_end(void);
/* thread.c: a thread is off its stack for good. Interrupts are off, no lock held. */
void thread_ended(struct thread *thread);
