/* The clock and its timers on the running kernel, whichever clock and timer interrupt it has. */
#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/sync/semaphore.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/clock_event.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"
#include "kernel/test/ktest.h"
#include "lib/compiler.h"
#include "lib/string.h"

#define MANY   10000u
#define FIRE_NS (50 * NS_PER_MS)

KTEST(clock_never_goes_back)
{
    /* The PIT goes around 3 ×. */
    uint64_t last_ns = time_now_ns(), end_ns = last_ns + 200 * NS_PER_MS;

    for (unsigned i = 0; last_ns < end_ns; i++) {
        uint64_t now_ns = time_now_ns();

        EXPECT(now_ns >= last_ns);
        last_ns = now_ns;
        if (i % 64 == 0)
            thread_sleep_ns(NS_PER_US); /* interrupts and halts in between */
    }
}

/* Around the PIT's 16 bits several times, and with the CPU halted in between. */
static bool clocks_agree(void)
{
    uint64_t start_ns = time_now_ns(), start_tsc = cpu_timestamp(), ns, us, off;

    for (unsigned i = 0; i < 4; i++)
        thread_sleep_ns(70 * NS_PER_MS);
    ns = time_now_ns() - start_ns;
    us = time_tsc_to_us(cpu_timestamp() - start_tsc);
    off = ns / NS_PER_US > us ? ns / NS_PER_US - us : us - ns / NS_PER_US;
    return ns >= 280 * NS_PER_MS && off < us / 16;
}

/* An emulator whose host makes it wait for 55 ms loses a round of the PIT, as any PC would that SMM
   stops for so long: once, not always. (On a busy host that is also how the TSC loses its place as the
   clock, so it is asked for by name.) */
KTEST(clock_of_the_pit_agrees_with_the_tsc)
{
    char clock[8];
    bool agree = false;

    if (boot_option("clock", clock, sizeof(clock)) || strcmp(clock, "pit") != 0) {
        ktest_skip("for clock=pit");
        return;
    }
    for (unsigned i = 0; i < 8 && !agree; i++)
        agree = clocks_agree();
    EXPECT(agree);
}

KTEST(clock_ticks_are_its_milliseconds)
{
    uint64_t before = time_now_ns(), ticks = time_ticks(), after = time_now_ns();

    EXPECT(ticks >= before / NS_PER_MS && ticks <= after / NS_PER_MS);
}

KTEST(clock_tells_the_date)
{
    uint64_t wall_ns, again_ns, before = time_now_ns();

    if (time_wall_ns(&wall_ns)) {
        ktest_skip("the RTC told no date");
        return;
    }
    thread_sleep_ns(NS_PER_MS);
    EXPECT_EQUAL(time_wall_ns(&again_ns), 0);
    EXPECT(again_ns >= wall_ns + NS_PER_MS);
    EXPECT(again_ns - wall_ns <= time_now_ns() - before);
    time_set_wall_ns(again_ns + 1000 * NS_PER_SECOND);
    EXPECT_EQUAL(time_wall_ns(&again_ns), 0);
    EXPECT(again_ns >= wall_ns + 1000 * NS_PER_SECOND);
    time_set_wall_ns(again_ns - 1000 * NS_PER_SECOND);
}

/* ---- sleeping -------------------------------------------------------------------------------- */

KTEST(sleep_is_never_too_short)
{
    static const uint64_t lengths_ns[] = {0, 1, 999, 20 * NS_PER_US, 3 * NS_PER_MS, 70 * NS_PER_MS};

    for (unsigned i = 0; i < array_length(lengths_ns); i++) {
        uint64_t start_ns = time_now_ns();

        thread_sleep_ns(lengths_ns[i]);
        EXPECT(time_now_ns() - start_ns >= lengths_ns[i]);
    }
}

#define SLEEPERS 4u

static unsigned awake[SLEEPERS], awake_count;

struct sleeper {
    unsigned number;
    uint64_t until_ns;
};

static int sleep_and_note(void *argument)
{
    const struct sleeper *sleeper = argument;

    thread_sleep_until(sleeper->until_ns);
    awake[awake_count++] = sleeper->number;
    return 0;
}

/* All are asleep long before the first one wakes, even when the emulator's host is busy. Urgent, so
   that they run in the order in which they wake, even when that is at once. */
KTEST(sleep_ends_in_the_order_of_the_times)
{
    static struct sleeper sleepers[SLEEPERS];
    struct thread *threads[SLEEPERS];
    uint64_t first_ns = time_now_ns() + 200 * NS_PER_MS;

    awake_count = 0;
    for (unsigned i = 0; i < SLEEPERS; i++) {
        sleepers[i] = (struct sleeper){i, first_ns + (SLEEPERS - i) * NS_PER_MS};
        EXPECT_EQUAL(thread_create("sleeps", sleep_and_note, &sleepers[i], THREAD_URGENT,
                                   &threads[i]),
                     0);
    }
    for (unsigned i = 0; i < SLEEPERS; i++)
        thread_join(threads[i], NULL);
    EXPECT_EQUAL(awake_count, SLEEPERS);
    for (unsigned i = 0; i < SLEEPERS; i++)
        EXPECT_EQUAL(awake[i], SLEEPERS - 1 - i);
}

/* ---- timers ---------------------------------------------------------------------------------- */

static struct {
    uint64_t last_ns;          /* the deadline of the one that fired before */
    unsigned fired, wrong, early;
    struct semaphore all;
} seen;

static void look(void *context)
{
    const struct timer *timer = context;

    seen.early += time_now_ns() < timer->node.key;
    seen.wrong += timer->node.key < seen.last_ns;
    seen.last_ns = timer->node.key;
    if (++seen.fired == MANY / 2)
        semaphore_give(&seen.all);
}

/* 10,000 at random times within 50 ms; every second one is stopped. A multiplier that is no factor
   of MANY gives each its own place. */
static void start_many(struct timer *timers)
{
    uint64_t start_ns = time_now_ns() + 10 * NS_PER_MS;

    for (unsigned i = 0; i < MANY; i++) {
        timer_init(&timers[i], look, &timers[i]);
        timer_start(&timers[i], start_ns + (uint64_t)i * 7919 % MANY * (FIRE_NS / MANY));
    }
}

KTEST(timers_fire_in_order_ten_thousand_of_them)
{
    struct timer *timers = alloc(MANY * sizeof(*timers), 64);
    unsigned before, pending, stopped = 0;
    uint64_t saved;

    if (!timers) {
        ktest_skip("no memory for so many");
        return;
    }
    seen.last_ns = 0;
    seen.fired = seen.wrong = seen.early = 0;
    semaphore_init(&seen.all, "all timers", 0);
    /* All pending, and half of them stopped, before the first fires. */
    saved = cpu_save_interrupts();
    before = timers_pending(); /* only now: another's fires when the host held us up */
    start_many(timers);
    pending = timers_pending();
    for (unsigned i = 0; i < MANY; i += 2)
        stopped += timer_stop(&timers[i]);
    cpu_restore_interrupts(saved);
    semaphore_take(&seen.all);
    for (unsigned i = 0; i < MANY; i++)
        EXPECT(!timers[i].pending && timers[i].periods == i % 2);
    dealloc(timers, MANY * sizeof(*timers), 64);
    EXPECT_EQUAL(pending, before + MANY);
    EXPECT_EQUAL(stopped, MANY / 2);
    EXPECT_EQUAL(seen.fired, MANY / 2);
    EXPECT_EQUAL(seen.wrong, 0);
    EXPECT_EQUAL(seen.early, 0);
}

static struct timer periodic;
static unsigned calls;
static struct semaphore enough;

static void count_calls(void *context)
{
    if (++calls == 5) {
        (void)timer_stop(context); /* its own */
        semaphore_give(&enough);
    }
}

KTEST(timers_that_repeat_keep_their_beat)
{
    uint64_t first_ns = time_now_ns() + NS_PER_MS;

    calls = 0;
    semaphore_init(&enough, "five calls", 0);
    timer_init(&periodic, count_calls, &periodic);
    timer_start_periodic(&periodic, first_ns, 2 * NS_PER_MS);
    semaphore_take(&enough);
    EXPECT_EQUAL(calls, 5);
    EXPECT(!periodic.pending);
    EXPECT(periodic.periods >= 5); /* more when an interrupt came late */
    EXPECT_EQUAL((periodic.node.key - first_ns) % (2 * NS_PER_MS), 0);
    EXPECT_EQUAL(periodic.node.key, first_ns + periodic.periods * 2 * NS_PER_MS);
}

/* Those missed while interrupts were off are one call, and counted. */
KTEST(timers_lose_no_period_to_a_slow_handler)
{
    uint64_t first_ns = time_now_ns() + NS_PER_MS, saved;

    calls = 0;
    timer_init(&periodic, count_calls, &periodic);
    saved = cpu_save_interrupts();
    timer_start_periodic(&periodic, first_ns, NS_PER_MS);
    time_delay_us(20000);
    timers_run(time_now_ns());
    EXPECT_EQUAL(calls, 1);
    EXPECT(periodic.periods >= 19);
    EXPECT(timer_stop(&periodic));
    cpu_restore_interrupts(saved);
}

static void fired(void *context)
{
    semaphore_give(context);
}

KTEST(timers_of_the_past_fire_at_once_and_moved_ones_once)
{
    struct semaphore done = SEMAPHORE("fired", 0);
    struct timer timer, far;

    timer_init(&timer, fired, &done);
    timer_init(&far, fired, &done);
    timer_start(&far, UINT64_MAX - 1);
    timer_start(&timer, 1);
    semaphore_take(&done);
    timer_start(&timer, UINT64_MAX - 1);
    timer_start(&timer, time_now_ns() + NS_PER_MS);
    semaphore_take(&done);
    EXPECT(!timer_stop(&timer));
    EXPECT(timer_stop(&far));
    EXPECT(!semaphore_try_take(&done));
}

/* ---- tickless -------------------------------------------------------------------------------- */

/* Asleep until one timer, the CPU has few interrupts: a thousand a second would be 300. */
KTEST(clock_is_tickless_when_idle)
{
    uint64_t before = clock_event_count();

    thread_sleep_ns(300 * NS_PER_MS);
    EXPECT(clock_event_count() - before < 60);
}
