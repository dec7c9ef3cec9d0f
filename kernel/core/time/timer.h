/*
 * Timers: a function to be called at a time, once or again and again. Any number of them may be
 * pending: the queue takes no memory, and starting or stopping one costs O(log n).
 *
 *     static struct timer blink;
 *     timer_init(&blink, toggle, &lamp);
 *     timer_start_periodic(&blink, time_now_ns() + 500 * NS_PER_MS, 500 * NS_PER_MS);
 *
 * The function is called by the timer interrupt, interrupts off, no lock held: never before the
 * time, in the order of the times. It may start and stop timers, its own too, and wake threads; it
 * must be short.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/rbtree.h"

struct timer {
    struct rb_node node; /* its key is when it fires next */
    void (*fire)(void *context);
    void *context;
    bool pending;
    uint64_t period_ns; /* 0: once */
    uint64_t periods;   /* that have passed, those included that a late interrupt could not serve */
};

void timer_init(struct timer *timer, void (*fire)(void *context), void *context);
/* From any context, locks up to LOCK_RANK_WAIT not held. A pending one is moved. A time that is
   past: as soon as possible. */
void timer_start(struct timer *timer, uint64_t deadline_ns);
/* First at that time, then every period_ns > 0. Late calls do not move the later ones; of several
   missed ones there is one call, and `periods` counts them all. */
void timer_start_periodic(struct timer *timer, uint64_t first_ns, uint64_t period_ns);
/* It will not be called any more, and is not being called on another CPU. True: it was pending. */
bool timer_stop(struct timer *timer);

/* For the timer interrupt and the idle loop. */
void timers_run(uint64_t now_ns);
uint64_t timers_next(void); /* when the first one fires; UINT64_MAX: none is pending */
unsigned timers_pending(void);
