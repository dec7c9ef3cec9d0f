/*
 * Lines, their handlers, and storms. Use: irq_bind… once, then irq_dispatch calls the handlers.
 *
 * Locks: `lock` guards the lists, the masks and what holds a line masked. irq_dispatch walks a
 * list without it: an action is linked complete, by one store, and one that is taken out stays
 * whole until no interrupt can be in it, for interrupts are off meanwhile (one CPU takes all
 * lines).
 */
#include "kernel/core/interrupts/interrupts.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/rest.h"
#include "kernel/core/log/log.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"

/* An edge line is looked at again until no handler has anything: its next edge comes only after
   that. A handler that always has something must not keep us. */
#define EDGE_PASSES_MAX 64

static struct spinlock lock = SPINLOCK("interrupt lines", LOCK_RANK_INTERRUPTS);
static struct irq_line lines[IRQ_LINES];
static struct irq_action actions[IRQ_ACTIONS_MAX]; /* name NULL: free */

/* ---- masks ----------------------------------------------------------------------------------- */

static void set_mask(unsigned irq)
{
    const struct irq_line *line = &lines[irq];

    if (!line->actions || line->held || line->working)
        irq_mask(irq);
    else
        irq_unmask(irq);
}

static void hold(unsigned irq, unsigned why)
{
    uint64_t saved = spin_lock_irq(&lock);

    lines[irq].held |= why;
    set_mask(irq);
    spin_unlock_irq(&lock, saved);
}

void irq_hold(unsigned irq)
{
    if (irq < IRQ_LINES)
        hold(irq, IRQ_HELD_STORM);
}

/* ---- binding --------------------------------------------------------------------------------- */

/* The work of a threaded handler, from deferred_run. */
static void do_work(void *context)
{
    struct irq_action *action = context;
    uint64_t saved;

    action->running = true;
    if (action->name) /* it may have been unbound since */
        action->work(action->context);
    saved = spin_lock_irq(&lock);
    action->running = false;
    if (action->holds_line) {
        action->holds_line = false;
        lines[action->irq].working--;
        set_mask(action->irq);
    }
    spin_unlock_irq(&lock, saved);
}

static struct irq_action *free_action(void)
{
    for (unsigned i = 0; i < IRQ_ACTIONS_MAX; i++)
        if (!actions[i].name && !actions[i].deferred.queued && !actions[i].holds_line
            && !actions[i].running)
            return &actions[i];
    return NULL;
}

static int check_sharing(const struct irq_line *line, unsigned flags)
{
    return line->actions && !(line->actions->flags & flags & IRQ_SHARED) ? -EBUSY : 0;
}

static void append(struct irq_line *line, struct irq_action *action)
{
    struct irq_action **end = &line->actions;

    while (*end)
        end = &(*end)->next;
    __atomic_store_n(end, action, __ATOMIC_RELEASE);
}

static int bind_locked(unsigned irq, const struct irq_action *wanted)
{
    struct irq_line *line = &lines[irq];
    int error = check_sharing(line, wanted->flags);
    struct irq_action *action = error ? NULL : free_action();

    if (!action)
        return error ? error : -ENOSPC;
    *action = *wanted;
    action->irq = irq;
    action->deferred = (struct deferred){wanted->name, do_work, action, NULL, false};
    append(line, action);
    line->held = 0;
    line->unclaimed_run = 0;
    set_mask(irq);
    return 0;
}

static int bind(unsigned irq, const struct irq_action *wanted)
{
    uint64_t saved;
    int error;

    if (irq >= IRQ_LINES)
        return -EINVAL;
    saved = spin_lock_irq(&lock);
    error = bind_locked(irq, wanted);
    spin_unlock_irq(&lock, saved);
    return error;
}

int irq_bind(unsigned irq, const char *name, irq_handler *handler, void *context)
{
    return bind(irq, &(struct irq_action){.name = name, .handler = handler, .context = context});
}

int irq_bind_shared(unsigned irq, const char *name, irq_handler *handler, void *context)
{
    return bind(irq, &(struct irq_action){
        .name = name, .handler = handler, .context = context, .flags = IRQ_SHARED});
}

int irq_bind_threaded(unsigned irq, const char *name, irq_handler *handler, irq_work *work,
                      void *context, unsigned flags)
{
    return bind(irq, &(struct irq_action){
        .name = name, .handler = handler, .work = work, .context = context, .flags = flags});
}

static int unbind_locked(unsigned irq, irq_handler *handler, const void *context)
{
    struct irq_action **at = &lines[irq].actions, *action;

    while (*at && ((*at)->handler != handler || (*at)->context != context))
        at = &(*at)->next;
    if (!*at)
        return -ENOENT;
    action = *at;
    *at = action->next;
    action->name = NULL;
    set_mask(irq);
    return 0;
}

int irq_unbind(unsigned irq, irq_handler *handler, void *context)
{
    uint64_t saved;
    int error;

    if (irq >= IRQ_LINES)
        return -ENOENT;
    saved = spin_lock_irq(&lock);
    error = unbind_locked(irq, handler, context);
    spin_unlock_irq(&lock, saved);
    return error;
}

const struct irq_line *irq_line(unsigned irq)
{
    return irq < IRQ_LINES ? &lines[irq] : NULL;
}

/* ---- dispatch -------------------------------------------------------------------------------- */

/* The device was silenced or the line is masked; the rest is for later. */
static void leave_work(struct irq_action *action, bool level)
{
    uint64_t saved;

    if (level && !action->holds_line) {
        saved = spin_lock_irq(&lock);
        action->holds_line = true;
        lines[action->irq].working++;
        set_mask(action->irq);
        spin_unlock_irq(&lock, saved);
    }
    (void)irq_defer(&action->deferred);
}

/* Ask every handler of the line once. True: at least one claimed it. */
static bool ask_all(struct irq_action *first, bool level)
{
    bool claimed = false;

    for (struct irq_action *action = first; action; action = action->next) {
        if (!action->handler(action->context))
            continue;
        claimed = true;
        if (action->work)
            leave_work(action, level);
    }
    return claimed;
}

static bool handle(unsigned irq)
{
    struct irq_action *first = lines[irq].actions;
    bool level = false, claimed;

    if (first && !first->next && !first->work) /* the usual one */
        return first->handler(first->context);
    level = irq_is_level(irq);
    claimed = ask_all(first, level);
    if (level || !claimed || !first->next)
        return claimed;
    for (unsigned pass = 1; pass < EDGE_PASSES_MAX && ask_all(first, level); pass++)
        ;
    return true;
}

static void nobody_listens(unsigned irq)
{
    hold(irq, IRQ_HELD_UNCLAIMED);
    log_warn("interrupts", "IRQ %u came, which nobody claims: masked", irq);
}

/* Many in a row, in a short time, that no handler claims: the device will never be silenced. */
static void storm_check(unsigned irq, struct irq_line *line)
{
    uint64_t now = time_now_us();

    if (line->unclaimed_run == 0 || now - line->run_start_us > IRQ_STORM_WINDOW_US) {
        line->unclaimed_run = 0;
        line->run_start_us = now;
    }
    if (++line->unclaimed_run < IRQ_STORM_LIMIT)
        return;
    line->unclaimed_run = 0;
    line->storms++;
    hold(irq, IRQ_HELD_STORM);
    log_warn("interrupts",
             "IRQ %u storms: %u interrupts in %llu ms that none of %s%s claims: masked", irq,
             IRQ_STORM_LIMIT, (unsigned long long)(now - line->run_start_us) / 1000,
             line->actions->name, line->actions->next ? " and others" : "");
}

void irq_dispatch(unsigned irq)
{
    struct irq_line *line = &lines[irq];

    if (irq_is_spurious(irq)) {
        line->spurious++;
        return;
    }
    if (likely(handle(irq))) {
        line->count++;
        line->unclaimed_run = 0;
    } else {
        line->unclaimed++;
        if (line->actions)
            storm_check(irq, line);
        else
            nobody_listens(irq);
    }
    irq_acknowledge(irq);
    deferred_wake();
    irq_rest_over();
}
