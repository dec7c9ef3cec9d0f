/* Lines and their handlers against a controller of our own: sharing, threaded handlers, storms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

/* links: kernel/core/interrupts/deferred.c */
#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/interrupts/rest.h"
#include "kernel/core/log/log.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"

/* ---- what the kernel would provide ----------------------------------------------------------- */

static bool masked[IRQ_LINES], level[IRQ_LINES], spurious[IRQ_LINES];
static unsigned acknowledged[IRQ_LINES];
static uint64_t now;
static char last_line[200];
static unsigned said;
static bool locked;

void irq_mask(unsigned irq) { assert_true(locked); masked[irq] = true; }
void irq_unmask(unsigned irq) { assert_true(locked); masked[irq] = false; }
void irq_acknowledge(unsigned irq) { assert_false(locked); acknowledged[irq]++; }
bool irq_is_spurious(unsigned irq) { return spurious[irq]; }
bool irq_is_level(unsigned irq) { return level[irq]; }
void irq_rest_over(void)
{
}

uint64_t time_now_us(void) { return now; }

uint64_t spin_lock_irq(struct spinlock *lock)
{
    assert_false(locked);
    locked = true;
    return 7;
}

void spin_unlock_irq(struct spinlock *lock, uint64_t saved)
{
    assert_true(locked);
    assert_int_equal(saved, 7);
    locked = false;
}

void log_write(enum log_level log_level, const char *area, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(last_line, sizeof(last_line), format, args);
    va_end(args);
    said++;
}

/* ---- devices --------------------------------------------------------------------------------- */

struct device {
    unsigned pending; /* interrupts that it has to give */
    unsigned asked, served, worked;
    struct device *rings; /* while it is asked, this one becomes pending */
};

static bool serve(void *context)
{
    struct device *device = context;

    device->asked++;
    if (device->rings) {
        device->rings->pending++;
        device->rings = NULL;
    }
    if (!device->pending)
        return false;
    device->pending--;
    device->served++;
    return true;
}

static bool always(void *context)
{
    ++*(unsigned *)context;
    return true;
}

static void work(void *context)
{
    struct device *device = context;

    assert_false(locked);
    device->worked++;
}

/* A line of its own for each test: lines have no end but irq_unbind. */
static int setup(void **state)
{
    memset(spurious, 0, sizeof(spurious));
    memset(level, 0, sizeof(level));
    memset(acknowledged, 0, sizeof(acknowledged));
    now = 1000000;
    said = 0;
    return 0;
}

static void binding(void **state)
{
    struct device a = {0}, b = {0};

    assert_int_equal(irq_bind(16, "a", serve, &a), -EINVAL);
    assert_int_equal(irq_bind(0, "a", serve, &a), 0);
    assert_false(masked[0]);
    assert_int_equal(irq_bind(0, "b", serve, &b), -EBUSY);
    assert_int_equal(irq_bind_shared(0, "b", serve, &b), -EBUSY); /* a does not share */
    assert_string_equal(irq_line(0)->actions->name, "a");
    assert_null(irq_line(16));

    a.pending = 1;
    irq_dispatch(0);
    assert_true(a.served == 1 && irq_line(0)->count == 1 && acknowledged[0] == 1);
    assert_int_equal(irq_unbind(0, serve, &b), -ENOENT);
    assert_int_equal(irq_unbind(0, serve, &a), 0);
    assert_true(masked[0]);
    assert_int_equal(irq_unbind(0, serve, &a), -ENOENT);
    assert_int_equal(irq_unbind(99, serve, &a), -ENOENT);
}

static void handlers_run_out(void **state)
{
    struct device devices[IRQ_ACTIONS_MAX + 1] = {{0}};

    for (unsigned i = 0; i < IRQ_ACTIONS_MAX; i++)
        assert_int_equal(irq_bind_shared(1, "many", serve, &devices[i]), 0);
    assert_int_equal(irq_bind_shared(1, "many", serve, &devices[IRQ_ACTIONS_MAX]), -ENOSPC);
    assert_int_equal(irq_unbind(1, serve, &devices[7]), 0);
    assert_int_equal(irq_bind_shared(1, "many", serve, &devices[IRQ_ACTIONS_MAX]), 0);
    for (unsigned i = 0; i <= IRQ_ACTIONS_MAX; i++)
        if (i != 7)
            assert_int_equal(irq_unbind(1, serve, &devices[i]), 0);
    assert_true(masked[1]);
}

static void sharing_a_level_line(void **state)
{
    struct device a = {0}, b = {.pending = 1};

    level[2] = true;
    assert_int_equal(irq_bind_shared(2, "a", serve, &a), 0);
    assert_int_equal(irq_bind(2, "b", serve, &b), -EBUSY);
    assert_int_equal(irq_bind_shared(2, "b", serve, &b), 0);
    irq_dispatch(2);
    assert_true(a.asked == 1 && b.asked == 1 && b.served == 1); /* each is asked once */
    assert_true(irq_line(2)->count == 1 && irq_line(2)->unclaimed == 0);
    assert_int_equal(irq_unbind(2, serve, &a), 0);
    assert_false(masked[2]);
    b.pending = 1;
    irq_dispatch(2);
    assert_true(a.asked == 1 && b.served == 2);
    assert_int_equal(irq_unbind(2, serve, &b), 0);
}

/* A device that rings while the other is served would never be heard of again: no new edge
   comes. */
static void sharing_an_edge_line(void **state)
{
    struct device a = {0}, b = {.pending = 1, .rings = &a};

    assert_int_equal(irq_bind_shared(3, "a", serve, &a), 0);
    assert_int_equal(irq_bind_shared(3, "b", serve, &b), 0);
    irq_dispatch(3);
    assert_true(a.served == 1 && b.served == 1);
    assert_int_equal(irq_line(3)->count, 1);
    assert_int_equal(irq_unbind(3, serve, &a), 0);
    assert_int_equal(irq_unbind(3, serve, &b), 0);
}

static void a_handler_that_always_has_something(void **state)
{
    struct device a = {0};
    unsigned calls = 0;

    assert_int_equal(irq_bind_shared(3, "a", serve, &a), 0);
    assert_int_equal(irq_bind_shared(3, "always", always, &calls), 0);
    irq_dispatch(3);
    assert_true(calls > 1 && calls < 1000);
    assert_int_equal(irq_unbind(3, serve, &a), 0);
    assert_int_equal(irq_unbind(3, always, &calls), 0);
}

static void threaded_on_an_edge_line(void **state)
{
    struct device a = {.pending = 2};

    assert_int_equal(irq_bind_threaded(4, "a", serve, work, &a, 0), 0);
    irq_dispatch(4);
    irq_dispatch(4);
    assert_true(a.served == 2 && a.worked == 0);
    assert_false(masked[4]);
    assert_true(deferred_run());
    assert_int_equal(a.worked, 1); /* queued once */
    assert_false(deferred_run());
    assert_int_equal(irq_unbind(4, serve, &a), 0);
}

static void threaded_on_a_level_line(void **state)
{
    struct device a = {.pending = 1}, b = {.pending = 1};

    level[5] = true;
    assert_int_equal(irq_bind_threaded(5, "a", serve, work, &a, IRQ_SHARED), 0);
    assert_int_equal(irq_bind_threaded(5, "b", serve, work, &b, IRQ_SHARED), 0);
    irq_dispatch(5);
    assert_true(masked[5]); /* the device still pulls it */
    assert_int_equal(irq_line(5)->working, 2);
    assert_true(deferred_run());
    assert_true(a.worked == 1 && b.worked == 1);
    assert_false(masked[5]);
    /* Unbound with work waiting: that is not called, and the other's line opens again. */
    a.pending = b.pending = 1;
    irq_dispatch(5);
    assert_int_equal(irq_unbind(5, serve, &a), 0);
    assert_true(deferred_run());
    assert_true(a.worked == 1 && b.worked == 2);
    assert_false(masked[5]);
    assert_int_equal(irq_unbind(5, serve, &b), 0);
}

static void nobody_listens(void **state)
{
    struct device a = {0};

    irq_dispatch(6);
    assert_true(masked[6] && irq_line(6)->unclaimed == 1 && acknowledged[6] == 1);
    assert_string_equal(last_line, "IRQ 6 came, which nobody claims: masked");
    assert_int_equal(irq_bind(6, "a", serve, &a), 0); /* opens it */
    assert_false(masked[6]);
    assert_int_equal(irq_unbind(6, serve, &a), 0);
}

static void spurious_interrupts(void **state)
{
    spurious[7] = true;
    irq_dispatch(7);
    assert_true(irq_line(7)->spurious == 1 && irq_line(7)->unclaimed == 0 && acknowledged[7] == 0);
    assert_int_equal(said, 0);
}

static void a_storm(void **state)
{
    struct device a = {0};

    assert_int_equal(irq_bind(8, "a", serve, &a), 0);
    for (unsigned i = 0; i < IRQ_STORM_LIMIT - 1; i++, now += 5)
        irq_dispatch(8);
    assert_false(masked[8]);
    assert_int_equal(said, 0);
    irq_dispatch(8);
    assert_true(masked[8] && irq_line(8)->storms == 1 && said == 1);
    assert_string_equal(last_line,
                        "IRQ 8 storms: 1000 interrupts in 4 ms that none of a claims: masked");
    assert_int_equal(irq_line(8)->unclaimed, IRQ_STORM_LIMIT);
    assert_int_equal(acknowledged[8], IRQ_STORM_LIMIT);
    assert_int_equal(irq_unbind(8, serve, &a), 0);
    assert_int_equal(irq_bind(8, "a", serve, &a), 0);
    assert_false(masked[8]);
    assert_int_equal(irq_unbind(8, serve, &a), 0);
}

/* Unclaimed ones now and then are no storm, nor are those between others that are claimed. */
static void no_storm(void **state)
{
    struct device a = {0};

    assert_int_equal(irq_bind(9, "a", serve, &a), 0);
    for (unsigned i = 0; i < 20 * IRQ_STORM_LIMIT; i++, now += IRQ_STORM_WINDOW_US / 900)
        irq_dispatch(9);
    assert_int_equal(irq_line(9)->unclaimed, 20 * IRQ_STORM_LIMIT);
    for (unsigned i = 0; i < 20 * IRQ_STORM_LIMIT; i++) {
        a.pending = i % 500 == 0;
        irq_dispatch(9);
    }
    assert_false(masked[9]);
    assert_int_equal(said, 0);
    assert_int_equal(irq_unbind(9, serve, &a), 0);
}

/* ---- deferred work --------------------------------------------------------------------------- */

static unsigned order[8], order_count, wakes;

static void note(void *context)
{
    order[order_count++ % 8] = *(unsigned *)context;
}

static void wake(void)
{
    wakes++;
}

static void deferred_in_order(void **state)
{
    unsigned numbers[3] = {1, 2, 3};
    struct deferred items[3] = {{0}};

    order_count = wakes = 0;
    deferred_set_wake(wake);
    for (unsigned i = 0; i < 3; i++) {
        items[i] = (struct deferred){.name = "n", .run = note, .context = &numbers[i]};
        assert_true(i == 2 ? irq_defer_from_nmi(&items[i]) : irq_defer(&items[i]));
    }
    assert_int_equal(wakes, 2); /* an NMI wakes nobody */
    assert_false(irq_defer(&items[0]));
    assert_true(deferred_pending() && deferred_run() && !deferred_pending());
    assert_true(order_count == 3 && order[0] == 1 && order[1] == 2 && order[2] == 3);
    wakes = 0;
    deferred_wake();
    assert_int_equal(wakes, 0); /* nothing to do */
    deferred_set_wake(NULL);
}

static struct deferred again;
static unsigned again_runs;

static void queue_again(void *context)
{
    again_runs++;
    assert_true(irq_defer(&again));
}

static void work_that_queues_itself_lets_go(void **state)
{
    again = (struct deferred){.name = "again", .run = queue_again};
    assert_true(irq_defer(&again));
    assert_true(deferred_run());
    assert_true(again_runs > 1 && again_runs < 100);
    assert_true(deferred_pending());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(binding, setup),
        cmocka_unit_test_setup(handlers_run_out, setup),
        cmocka_unit_test_setup(sharing_a_level_line, setup),
        cmocka_unit_test_setup(sharing_an_edge_line, setup),
        cmocka_unit_test_setup(a_handler_that_always_has_something, setup),
        cmocka_unit_test_setup(threaded_on_an_edge_line, setup),
        cmocka_unit_test_setup(threaded_on_a_level_line, setup),
        cmocka_unit_test_setup(nobody_listens, setup),
        cmocka_unit_test_setup(spurious_interrupts, setup),
        cmocka_unit_test_setup(a_storm, setup),
        cmocka_unit_test_setup(no_storm, setup),
        cmocka_unit_test_setup(deferred_in_order, setup),
        cmocka_unit_test_setup(work_that_queues_itself_lets_go, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
