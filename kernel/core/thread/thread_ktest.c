/* Threads on the running kernel: made, ended, chosen; how long each has the CPU; how deep a stack.
   */
#include "kernel/core/thread/thread.h"

#include "kernel/core/boot/boot.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/inject.h"
#include "kernel/core/memory/kernel_stack.h"
#include "kernel/core/memory/slab.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/sync/semaphore.h"
#include "kernel/core/thread/scheduler.h"
#include "kernel/core/time/clock_event.h"
#include "kernel/core/time/time.h"
#include "kernel/test/ktest.h"
#include "lib/errno.h"
#include "lib/string.h"

static int add_one(void *argument)
{
    return *(int *)argument + 1;
}

static int leave_early(void *argument)
{
    (void)argument;
    thread_exit(7);
}

KTEST(threads_return_their_result)
{
    struct thread *thread;
    int given = 41, result;

    EXPECT_EQUAL(thread_create("adds", add_one, &given, 0, &thread), 0);
    thread_join(thread, &result);
    EXPECT_EQUAL(result, 42);
    EXPECT_EQUAL(thread_create("exits", leave_early, NULL, 0, &thread), 0);
    thread_join(thread, &result);
    EXPECT_EQUAL(result, 7);
}

/* What caches keep goes back first; tables of the stacks' addresses stay after their first use. */
static uint64_t settled_frames(void)
{
    threads_bury();
    kernel_stacks_drop();
    (void)slab_reclaim();
    return frames_free();
}

KTEST(threads_come_and_go_a_thousand_times)
{
    struct thread *thread;
    unsigned stacks = kernel_stacks_in_use();
    uint64_t before;
    int one = 1, result;

    EXPECT_EQUAL(thread_create("first", add_one, &one, 0, &thread), 0);
    thread_join(thread, NULL);
    before = settled_frames();
    for (unsigned i = 0; i < 1000; i++) {
        EXPECT_EQUAL(thread_create("short", add_one, &one, 0, &thread), 0);
        thread_join(thread, &result);
        EXPECT_EQUAL(result, 2);
    }
    EXPECT_EQUAL(settled_frames(), before);
    EXPECT_EQUAL(kernel_stacks_in_use(), stacks);
}

static int give(void *argument)
{
    semaphore_give(argument);
    return 0;
}

KTEST(threads_that_nobody_joins_are_freed)
{
    struct semaphore ran = SEMAPHORE("ran", 0);
    unsigned stacks;

    threads_bury();
    stacks = kernel_stacks_in_use();
    for (unsigned i = 0; i < 20; i++) {
        EXPECT_EQUAL(thread_create("detached", give, &ran, THREAD_DETACHED, NULL), 0);
        semaphore_take(&ran);
    }
    thread_yield(); /* the last one ends */
    threads_bury();
    EXPECT_EQUAL(kernel_stacks_in_use(), stacks);
}

/* ---- who runs -------------------------------------------------------------------------------- */

static char order[16];
static unsigned order_count;

/* Returns how often it had got the CPU when it noted for the third time. */
static int note_three_times(void *argument)
{
    uint64_t switches = 0;

    for (unsigned i = 0; i < 3; i++) {
        order[order_count++] = *(const char *)argument;
        switches = thread_current()->switches;
        thread_yield();
    }
    return (int)switches;
}

/* *undisturbed is false when one lost the CPU before it gave it away, as on a host that stopped the
   machine for a whole turn; the order then says nothing. */
static void note_three_by_three(bool *undisturbed)
{
    static const char names[] = "abc";
    struct thread *threads[3];
    int switches, sum = 0;

    order_count = 0;
    preempt_disable(); /* all are there before one runs */
    for (unsigned i = 0; i < 3; i++)
        EXPECT_EQUAL(thread_create("turns", note_three_times, (void *)&names[i], 0, &threads[i]),
                     0);
    preempt_enable();
    for (unsigned i = 0; i < 3; i++) {
        thread_join(threads[i], &switches);
        sum += switches;
    }
    EXPECT_EQUAL(order_count, 9);
    *undisturbed = sum == 3 * (1 + 2); /* begun, and back from two yields */
}

KTEST(threads_take_turns)
{
    static const char wanted[] = "abcabcabc";
    bool undisturbed = false;

    for (unsigned tries = 0; tries < 20 && !undisturbed; tries++)
        note_three_by_three(&undisturbed);
    EXPECT(undisturbed);
    for (unsigned i = 0; i < 9; i++)
        EXPECT_EQUAL(order[i], wanted[i]);
}

static volatile bool stop_spinning;

static int spin(void *argument)
{
    volatile uint64_t *spins = argument;

    while (!stop_spinning)
        ++*spins;
    return 0;
}

/* Two that never wait, and this one: the quantum gives each its turn, again and again. */
KTEST(threads_that_never_wait_share_the_cpu)
{
    static volatile uint64_t spins[2];
    struct thread *threads[2];
    uint64_t seen[2] = {0, 0};

    stop_spinning = false;
    for (unsigned i = 0; i < 2; i++)
        EXPECT_EQUAL(thread_create("spins", spin, (void *)&spins[i], 0, &threads[i]), 0);
    for (unsigned turn = 0; turn < 5; turn++) {
        for (unsigned i = 0; i < 2; i++) {
            while (spins[i] == seen[i])
                cpu_pause(); /* no yield: only the quantum's end brings the other */
            seen[i] = spins[i];
        }
    }
    stop_spinning = true;
    for (unsigned i = 0; i < 2; i++)
        thread_join(threads[i], NULL);
    EXPECT(seen[0] > 0 && seen[1] > 0);
}

static volatile uint64_t its_ns;

static int tell_the_time(void *argument)
{
    (void)argument;
    while (!stop_spinning)
        its_ns = time_now_ns();
    return 0;
}

/* A whole one of two equals. */
static uint64_t turn_ns(void)
{
    return strcmp(scheduler_name(), "rr") == 0 ? QUANTUM_NS : FAIR_LATENCY_NS / 2;
}

KTEST(threads_keep_the_cpu_for_a_turn)
{
    struct thread *thread;
    uint64_t mine_ns, seen_ns;

    its_ns = 0;
    stop_spinning = false;
    EXPECT_EQUAL(thread_create("tells", tell_the_time, NULL, 0, &thread), 0);
    thread_yield(); /* its turn first; ours, a whole one, begins when that is over */
    mine_ns = thread_current()->since_ns;
    seen_ns = its_ns;
    while (its_ns == seen_ns)
        cpu_pause();
    stop_spinning = true;
    thread_join(thread, NULL);
    EXPECT(seen_ns > 0);
    EXPECT(its_ns >= mine_ns + turn_ns());
}

/* Once is enough: on a slow CPU the interrupt would come faster than it is handled, and nothing
   else would happen any more. */
KTEST(threads_whose_turn_is_over_are_told_once)
{
    static volatile uint64_t spins;
    struct thread *thread;
    uint64_t before, end_ns;

    stop_spinning = false;
    EXPECT_EQUAL(thread_create("spins", spin, (void *)&spins, 0, &thread), 0);
    preempt_disable();
    before = clock_event_count();
    end_ns = time_now_ns() + 2 * QUANTUM_NS;
    while (time_now_ns() < end_ns)
        cpu_pause();
    before = clock_event_count() - before;
    preempt_enable();
    stop_spinning = true;
    thread_join(thread, NULL);
    if (boot_has_option("virtual-time"))
        EXPECT(before < 100); /* some ticks of the PIT, where that is the clock */
}

static int note_urgent(void *argument)
{
    order[order_count++] = *(const char *)argument;
    return 0;
}

KTEST(threads_that_are_urgent_run_at_once)
{
    struct thread *threads[2];

    order_count = 0;
    preempt_disable();
    EXPECT_EQUAL(thread_create("plain", note_urgent, (void *)"p", 0, &threads[0]), 0);
    EXPECT_EQUAL(thread_create("urgent", note_urgent, (void *)"u", THREAD_URGENT, &threads[1]), 0);
    EXPECT_EQUAL(order_count, 0);
    preempt_enable();
    EXPECT(order_count > 0);
    EXPECT_EQUAL(order[0], 'u');
    thread_join(threads[1], NULL);
    thread_join(threads[0], NULL);
    EXPECT_EQUAL(order[1], 'p');
}

KTEST(threads_see_each_other)
{
    struct thread_info info;
    bool idle = false, self = false;

    for (unsigned slot = 0; slot < THREADS_MAX; slot++) {
        if (thread_info(slot, &info))
            continue;
        idle = idle || (info.id == 0 && info.state != THREAD_RUNNING);
        self = self || (info.state == THREAD_RUNNING && info.stack_used > 0
                        && info.stack_used < info.stack_bytes);
    }
    EXPECT(idle && self);
    EXPECT_EQUAL(thread_info(THREADS_MAX, &info), -ENOENT);
}

/* ---- what can go wrong ----------------------------------------------------------------------- */

KTEST(threads_survive_the_kth_failure)
{
    uint64_t before = settled_frames();
    unsigned stacks = kernel_stacks_in_use(), failed = 0;
    struct thread *thread;
    int one = 1, error;

    for (unsigned k = 1; k <= 10; k++) {
        kernel_stacks_drop();
        memory_fail_in = k;
        error = thread_create("unlucky", add_one, &one, 0, &thread);
        memory_fail_in = 0;
        EXPECT(error == 0 || error == -ENOMEM);
        failed += error != 0;
        if (!error)
            thread_join(thread, NULL);
        EXPECT_EQUAL(kernel_stacks_in_use(), stacks);
    }
    EXPECT(failed > 0);
    EXPECT_EQUAL(settled_frames(), before);
}

static struct thread *many[THREADS_MAX];

static unsigned threads_there(void)
{
    struct thread_info info;
    unsigned count = 0;

    for (unsigned slot = 0; slot < THREADS_MAX; slot++)
        count += thread_info(slot, &info) == 0;
    return count;
}

KTEST(threads_run_out)
{
    unsigned count = 0, before = threads_there();
    int one = 1, error = 0;

    if (frames_free() < THREADS_MAX * (KERNEL_STACK_BYTES + 2 * FRAME_SIZE) / FRAME_SIZE) {
        ktest_skip("not memory enough for all their stacks");
        return;
    }
    while (count < THREADS_MAX
           && (error = thread_create("many", add_one, &one, 0, &many[count])) == 0)
        count++;
    for (unsigned i = 0; i < count; i++)
        thread_join(many[i], NULL);
    EXPECT_EQUAL(error, -EAGAIN);
    EXPECT(count + before >= THREADS_MAX - 1);
    EXPECT_EQUAL(thread_create("after", add_one, &one, 0, &many[0]), 0);
    thread_join(many[0], NULL);
}

/* As a call that reached the stack's last bytes, but not the guard below them. */
KTEST_PANICS(threads_stack_used_up)
{
    *(volatile uint64_t *)thread_current()->stack_low = 0;
    thread_yield();
}
