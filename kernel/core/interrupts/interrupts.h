/*
 * Hardware interrupts: who handles which line, and how often it came. The sixteen lines are those
 * of the PC, behind PIC or APIC alike; vectors of the local APIC and of software have handlers of
 * their own (vector_bind).
 *
 * Use: irq_bind once, then the handler is called, with interrupts off. A handler that has more to
 * do than a few microseconds binds with irq_bind_threaded instead, or calls irq_defer
 * (deferred.h).
 *
 * A line that nobody claims is masked and named, so that it cannot storm: at once when it has no
 * handler, after IRQ_STORM_LIMIT interrupts within IRQ_STORM_WINDOW_US when its handlers all say
 * that it was not theirs. Whoever binds it next opens it again.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/core/interrupts/deferred.h"
#include "lib/compiler.h"

#define IRQ_LINES       16
#define IRQ_ACTIONS_MAX 32 /* handlers on all lines together */

#define IRQ_STORM_LIMIT     1000
#define IRQ_STORM_WINDOW_US 1000000

#define IRQ_SHARED 1u /* others may bind the line too, if they say so as well */

typedef bool irq_handler(void *context); /* true: it was mine. Interrupts are off. */
typedef void irq_work(void *context);    /* interrupts are on, and it may wait */

struct irq_action {
    const char *name;
    irq_handler *handler;
    irq_work *work; /* NULL: not threaded */
    void *context;
    struct irq_action *next; /* on the same line */
    struct deferred deferred;
    unsigned irq;
    unsigned flags;
    bool holds_line; /* masked until its work is done */
    bool running;    /* its work */
};

/* Why a line is masked; each reason goes by itself. */
#define IRQ_HELD_UNCLAIMED 1u
#define IRQ_HELD_STORM     2u

struct irq_line {
    struct irq_action *actions; /* NULL: nobody listens */
    uint64_t count;     /* handled */
    uint64_t unclaimed; /* nobody said "mine" */
    uint64_t spurious;  /* the controller did not mean it (PIC: IRQ 7 and 15) */
    uint64_t storms;
    unsigned held;      /* IRQ_HELD_… */
    unsigned working;   /* actions whose work is to be done before a level line opens */
    unsigned unclaimed_run; /* in a row, since run_start_us */
    uint64_t run_start_us;
};

/* Bind and unmask. -EINVAL irq ≥ IRQ_LINES, -EBUSY taken by somebody who does not share, or by the
   sharing kind when this is none; -ENOSPC IRQ_ACTIONS_MAX. */
int irq_bind(unsigned irq, const char *name, irq_handler *handler, void *context) must_check;
int irq_bind_shared(unsigned irq, const char *name, irq_handler *handler, void *context) must_check;
/* The handler only says whether it was its device, and silences it if it can; work follows,
   outside of the interrupt. A level line stays masked until then. flags: 0 or IRQ_SHARED. */
int irq_bind_threaded(unsigned irq, const char *name, irq_handler *handler, irq_work *work,
                      void *context, unsigned flags) must_check;
/* Mask the line if that was its last handler; its work is not called any more. -ENOENT: no handler
   with that context is bound there. Not from a handler. */
int irq_unbind(unsigned irq, irq_handler *handler, void *context) must_check;

const struct irq_line *irq_line(unsigned irq); /* NULL beyond the last */

/* Vectors 48–255: a software interrupt, or the local APIC's. -EINVAL another number, -EBUSY
   taken. */
typedef void vector_handler(void *context); /* interrupts are off */
int vector_bind(unsigned vector, const char *name, vector_handler *handler,
                void *context) must_check;
int vector_unbind(unsigned vector) must_check; /* -ENOENT */

struct vector_count {
    const char *name; /* NULL: nobody listens */
    uint64_t count;
};
struct vector_count vector_count(unsigned vector);

/* After the page tables are set up: the APIC takes over from the PIC when there is one, and
   apic=off is not on the command line. */
void interrupts_choose_controller(void);

/* From the interrupt entry: irq < IRQ_LINES, 48 ≤ vector ≤ 255. */
void irq_dispatch(unsigned irq);
/* The line is masked until somebody binds it anew: more comes than anybody can look after. From anywhere. */
void irq_hold(unsigned irq);
void vector_dispatch(unsigned vector);
