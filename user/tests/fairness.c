/*
 * Shares of the CPU: processes that never wait, of different niceness, count in memory that they share; each
 * is to have what its weight says, within 5 %, and the nicest of all is not left out. In virtual time (QEMU's
 * -icount): on a busy host the emulator itself has no fair share.
 *
 *     fairness         sched=fair
 *     fairness equal   sched=rr: niceness says nothing
 */
#include "user/tests/lib/test.h"

#define SPINNERS 4
#define WARM_UP_S 1
#define RUN_S     4
#define STARVING  3 /* of nice -20, beside one of nice 19 */

static const int levels[SPINNERS] = {-3, 0, 0, 3};
/* 1024 for nice 0, 1.25 times as much or as little a step. */
static const uint64_t weights[SPINNERS] = {2000, 1024, 1024, 524}, equal_weights[SPINNERS] = {1, 1, 1, 1};

static volatile uint64_t *counts;

static int spin(void *argument)
{
    uint64_t which = (uint64_t)argument;

    while (counts)
        counts[which]++;
    return 1;
}

static void sleep_s(int64_t seconds)
{
    struct abi_timespec time = {seconds, 0};

    while (fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &time, &time) == -EINTR)
        ;
}

static void end(long pid)
{
    expect_is(fastos_kill(pid, SIGKILL), 0);
    expect_is(end_of(pid), 128 + SIGKILL);
}

static void expect_share(int nice, uint64_t count, uint64_t wanted)
{
    line("nice", nice);
    line("  of what it should have, in thousandths", (int64_t)(count * 1000 / wanted));
    expect(count * 100 >= wanted * 95 && count * 100 <= wanted * 105);
}

static void shares(const uint64_t *of_each)
{
    uint64_t before[SPINNERS], all = 0, all_weights = 0;
    long pids[SPINNERS];

    for (uint64_t i = 0; i < SPINNERS; i++) {
        pids[i] = start(spin, (void *)i);
        expect_is(fastos_setpriority(PRIO_PROCESS, (int)pids[i], levels[i]), 0);
    }
    sleep_s(WARM_UP_S);
    for (int i = 0; i < SPINNERS; i++)
        before[i] = counts[i];
    sleep_s(RUN_S);
    for (int i = 0; i < SPINNERS; i++) {
        before[i] = counts[i] - before[i];
        all += before[i];
        all_weights += of_each[i];
    }
    for (int i = 0; i < SPINNERS; i++) {
        end(pids[i]);
        expect_share(levels[i], before[i], all * of_each[i] / all_weights);
    }
}

static void nobody_starves(void)
{
    long greedy[STARVING], modest;

    counts[SPINNERS] = 0;
    modest = start(spin, (void *)SPINNERS);
    expect_is(fastos_setpriority(PRIO_PROCESS, (int)modest, 19), 0);
    for (uint64_t i = 0; i < STARVING; i++) {
        greedy[i] = start(spin, (void *)i);
        expect_is(fastos_setpriority(PRIO_PROCESS, (int)greedy[i], -20), 0);
    }
    sleep_s(RUN_S);
    expect(counts[SPINNERS] > 0);
    for (int i = 0; i < STARVING; i++)
        end(greedy[i]);
    end(modest);
}

int main_test(void)
{
    long memory = fastos_mmap_file(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (!expect(memory > 0))
        return 1;
    counts = (volatile uint64_t *)memory;
    expect_is(fastos_setpriority(PRIO_PROCESS, 0, -20), 0); /* so that it looks when it wants to */
    shares(argument_count > 1 ? equal_weights : weights);
    nobody_starves();
    print("fairness: done\n");
    return 0;
}
