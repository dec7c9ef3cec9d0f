/*
 * Work that an interrupt handler leaves for later, when interrupts are on and time is no matter.
 *
 *     static struct deferred report = {.name = "report", .run = say};
 *     irq_defer(&report);     // in the handler: queued once, however often until it runs
 *
 * Who runs it: deferred_run, in the order of the calls, in a thread of its own
 * (deferred_thread.c), which deferred_set_wake made known. An NMI handler calls
 * irq_defer_from_nmi, which takes no lock and wakes nobody; the next interrupt's end does.
 */
#pragma once

#include <stdbool.h>

#include "lib/compiler.h"

struct deferred {
    const char *name;
    void (*run)(void *context); /* interrupts on, no lock held; may queue itself again */
    void *context;
    /* of deferred.c */
    struct deferred *next;
    bool queued;
};

bool irq_defer(struct deferred *work); /* false: it is waiting already */
bool irq_defer_from_nmi(struct deferred *work);
/* Run what is waiting, and what that leaves, up to a bound. True: it did some. One thread of
   control at a time. */
bool deferred_run(void);
bool deferred_pending(void);
/* Called by irq_defer from wherever that is called, and by deferred_wake. */
void deferred_set_wake(void (*wake)(void));
int deferred_start_thread(void) must_check; /* step 13. -ENOMEM */
void deferred_wake(void); /* at the end of an interrupt: wake the runner if there is work */
