/* The schedulers on the running kernel: who gets how much, how soon. */
#include "kernel/core/thread/scheduler.h"

#include "kernel/core/boot/boot.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/time.h"
#include "kernel/test/ktest.h"
#include "lib/string.h"

#define SPINNERS_MAX 40
#define TRIES        4 /* the host may be busy: once in a few it leaves us alone */

static volatile bool stop;
static struct thread *spinners[SPINNERS_MAX];
static volatile uint64_t progress[SPINNERS_MAX];

static bool is_fair(void)
{
    bool fair = strcmp(scheduler_name(), "fair") == 0;

    if (!fair)
        ktest_skip("sched=rr");
    return fair;
}

static int spin(void *argument)
{
    volatile uint64_t *count = argument;

    while (!stop)
        ++*count;
    return 0;
}

/* As many as there are levels, one of each. */
static bool start_spinners(const int *levels, unsigned count)
{
    bool all = true;

    stop = false;
    for (unsigned i = 0; i < count; i++) {
        progress[i] = 0;
        spinners[i] = NULL;
        all = thread_create("spins", spin, (void *)&progress[i], 0, &spinners[i]) == 0 && all;
        if (spinners[i])
            thread_set_nice(spinners[i], levels[i]);
    }
    return all;
}

static void end_spinners(unsigned count)
{
    stop = true;
    for (unsigned i = 0; i < count; i++)
        if (spinners[i])
            thread_join(spinners[i], NULL);
}

static uint64_t had_ns(const struct thread *thread)
{
    struct thread_info info;

    return thread_info(thread->slot, &info) == 0 ? info.cpu_ns : 0;
}

/* ---- shares ---------------------------------------------------------------------------------- */

/* 1.25^n, for 6 levels and fewer by n. */
static const uint64_t per_mille[] = {[0] = 1000, [3] = 1953, [6] = 3815, [9] = 7451};

/* In real time a pause of the host counts as work of whom it met: times are judged in QEMU's virtual time
   alone (-icount, and this word on the command line). */
static bool is_virtual(void)
{
    return boot_has_option("virtual-time");
}

/* Within 5 %. */
static bool is_about(uint64_t had_ns, uint64_t wanted_ns)
{
    uint64_t off_ns = wanted_ns / 20;

    return (had_ns < wanted_ns + off_ns && had_ns + off_ns > wanted_ns) || !is_virtual();
}

/* Of that many milliseconds each gets its part: three levels less are 1.25^3 times as much. */
static bool shares_are_right(const int *levels, unsigned count, uint64_t ms)
{
    uint64_t before[SPINNERS_MAX], had[SPINNERS_MAX], all = 0, parts = 0;
    bool right = true;

    for (unsigned i = 0; i < count; i++)
        before[i] = had_ns(spinners[i]);
    thread_sleep_ns(ms * NS_PER_MS);
    for (unsigned i = 0; i < count; i++) {
        had[i] = had_ns(spinners[i]) - before[i];
        all += had[i];
        parts += per_mille[6 - levels[i]];
    }
    for (unsigned i = 0; i < count; i++)
        right = right && is_about(had[i], all / parts * per_mille[6 - levels[i]]);
    return right;
}

static bool shares_are_right_once(const int *levels, unsigned count, uint64_t ms)
{
    bool right = false;

    for (unsigned i = 0; i < TRIES && !right; i++)
        right = shares_are_right(levels, count, ms);
    return right;
}

KTEST(scheduler_gives_shares_by_niceness)
{
    static const int levels[] = {0, 3, 6, -3, 0, 3};

    if (!is_fair())
        return;
    EXPECT(start_spinners(levels, array_length(levels)));
    EXPECT(shares_are_right_once(levels, array_length(levels), 1000));
    end_spinners(array_length(levels));
}

/* Of one that waits for the CPU, and while others run. */
KTEST(scheduler_takes_a_new_niceness_at_once)
{
    int levels[] = {0, 0, 0};

    if (!is_fair())
        return;
    EXPECT(start_spinners(levels, array_length(levels)));
    EXPECT(shares_are_right_once(levels, array_length(levels), 200));
    levels[1] = 6;
    thread_set_nice(spinners[1], 6);
    EXPECT(shares_are_right_once(levels, array_length(levels), 400));
    levels[1] = -3;
    levels[2] = 3;
    thread_set_nice(spinners[1], -3);
    thread_set_nice(spinners[2], 3);
    EXPECT(shares_are_right_once(levels, array_length(levels), 400));
    end_spinners(array_length(levels));
}

KTEST(scheduler_passes_niceness_on)
{
    thread_set_nice(thread_current(), 5);
    stop = true;
    EXPECT_EQUAL(thread_create("child", spin, (void *)&progress[0], 0, &spinners[0]), 0);
    EXPECT_EQUAL(spinners[0]->nice, 5);
    thread_set_nice(thread_current(), 0);
    thread_join(spinners[0], NULL);
}

/* ---- nobody is left out ---------------------------------------------------------------------- */

static bool have_moved(const uint64_t *before, unsigned count)
{
    unsigned moved = 0;

    for (unsigned i = 0; i < count; i++)
        moved += progress[i] != before[i];
    return moved == count;
}

/* Each has a turn in that time. */
static bool all_get_on(unsigned count, uint64_t within_ms)
{
    uint64_t before[SPINNERS_MAX];

    for (unsigned i = 0; i < count; i++)
        before[i] = progress[i];
    thread_sleep_ns(within_ms * NS_PER_MS);
    return have_moved(before, count) || !is_virtual();
}

KTEST(scheduler_leaves_nobody_out)
{
    static const int many[SPINNERS_MAX] = {0};
    static const int nice_one[] = {0, 0, 0, NICE_MOST};

    EXPECT(start_spinners(many, SPINNERS_MAX));
    EXPECT(all_get_on(SPINNERS_MAX, 500)); /* 40 turns of a quantum take 400 */
    end_spinners(SPINNERS_MAX);
    EXPECT(start_spinners(nice_one, array_length(nice_one)));
    EXPECT(all_get_on(array_length(nice_one), 500)); /* 0.75 ms are its part of 154 */
    end_spinners(array_length(nice_one));
}

/* ---- who sleeps ------------------------------------------------------------------------------ */

/* The least of some: how late it ran after its time had come, while others spin. */
static uint64_t wake_latency_ns(void)
{
    uint64_t least_ns = UINT64_MAX;

    for (unsigned i = 0; i < TRIES; i++) {
        uint64_t deadline_ns = time_now_ns() + 20 * NS_PER_MS, late_ns;

        thread_sleep_until(deadline_ns);
        late_ns = time_now_ns() - deadline_ns;
        least_ns = late_ns < least_ns ? late_ns : least_ns;
    }
    return least_ns;
}

KTEST(scheduler_lets_sleepers_in_soon)
{
    static const int levels[] = {0, 0, 0, 0, 0};

    if (!is_fair())
        return;
    EXPECT(start_spinners(levels, array_length(levels)));
    EXPECT(wake_latency_ns() < 2 * NS_PER_MS || !is_virtual()); /* the PIT ticks every millisecond */
    end_spinners(array_length(levels));
}

/* Two have spun while this one slept. It may have saved FAIR_CREDIT_NS, and a turn; then all get
   the same. */
KTEST(scheduler_lets_nobody_hoard)
{
    static const int levels[] = {0, 0};
    uint64_t others_ns, mine_ns, end_ns;
    bool right = false;

    if (!is_fair())
        return;
    for (unsigned i = 0; i < TRIES && !right; i++) {
        EXPECT(start_spinners(levels, array_length(levels)));
        thread_sleep_ns(100 * NS_PER_MS);
        mine_ns = had_ns(thread_current());
        others_ns = had_ns(spinners[0]) + had_ns(spinners[1]);
        end_ns = time_now_ns() + 90 * NS_PER_MS;
        while (time_now_ns() < end_ns)
            cpu_pause();
        mine_ns = had_ns(thread_current()) - mine_ns;
        others_ns = had_ns(spinners[0]) + had_ns(spinners[1]) - others_ns;
        end_spinners(array_length(levels));
        right = (mine_ns < others_ns / 2 + FAIR_CREDIT_NS + FAIR_LATENCY_NS
                 && others_ns / 2 < mine_ns + FAIR_LATENCY_NS)
                || !is_virtual();
    }
    EXPECT(right);
}
