/* Sleeping locks on the running kernel: who gets in, who is woken, and what each mistake ends in.
   */
#include "kernel/core/sync/mutex.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/sync/semaphore.h"
#include "kernel/core/sync/wait.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"
#include "kernel/test/ktest.h"
#include "lib/errno.h"

#define WORKERS 4u
#define ROUNDS  200u

static struct mutex mutex = MUTEX("test");
static unsigned total, inside, most_inside;

/* Yields where a second one would do damage. */
static int count_up(void *argument)
{
    (void)argument;
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned seen;

        mutex_lock(&mutex);
        inside++;
        most_inside = inside > most_inside ? inside : most_inside;
        seen = total;
        thread_yield();
        total = seen + 1;
        inside--;
        mutex_unlock(&mutex);
    }
    return 0;
}

KTEST(mutex_lets_one_in)
{
    struct thread *threads[WORKERS];

    total = inside = most_inside = 0;
    for (unsigned i = 0; i < WORKERS; i++)
        EXPECT_EQUAL(thread_create("counts", count_up, NULL, 0, &threads[i]), 0);
    for (unsigned i = 0; i < WORKERS; i++)
        thread_join(threads[i], NULL);
    EXPECT_EQUAL(total, WORKERS * ROUNDS);
    EXPECT_EQUAL(most_inside, 1);
    EXPECT_EQUAL(mutex.owner, 0);
}

static int try_the_mutex(void *argument)
{
    int error = mutex_lock_until(&mutex, time_now_ns() + NS_PER_MS);

    *(bool *)argument = mutex_try_lock(&mutex);
    return error;
}

KTEST(mutex_of_another_is_waited_for_in_vain)
{
    struct thread *thread;
    bool tried = true;
    int result;

    mutex_lock(&mutex);
    EXPECT(mutex_is_mine(&mutex));
    EXPECT(!mutex_try_lock(&mutex));
    EXPECT_EQUAL(thread_create("tries", try_the_mutex, &tried, 0, &thread), 0);
    thread_join(thread, &result);
    EXPECT_EQUAL(result, -ETIMEDOUT);
    EXPECT(!tried);
    mutex_unlock(&mutex);
    EXPECT(mutex_try_lock(&mutex));
    mutex_unlock(&mutex);
    EXPECT_EQUAL(mutex.owner, 0);
}

/* ---- semaphores ------------------------------------------------------------------------------ */

static struct semaphore empty, full;
static unsigned slot;

static int consume(void *argument)
{
    unsigned sum = 0;

    (void)argument;
    for (unsigned i = 0; i < ROUNDS; i++) {
        semaphore_take(&full);
        sum += slot;
        semaphore_give(&empty);
    }
    return (int)sum;
}

KTEST(semaphore_hands_over_each_piece_once)
{
    struct thread *thread;
    int sum;

    semaphore_init(&empty, "empty", 1);
    semaphore_init(&full, "full", 0);
    EXPECT_EQUAL(thread_create("consumes", consume, NULL, 0, &thread), 0);
    for (unsigned i = 1; i <= ROUNDS; i++) {
        semaphore_take(&empty);
        slot = i;
        semaphore_give(&full);
    }
    thread_join(thread, &sum);
    EXPECT_EQUAL(sum, ROUNDS * (ROUNDS + 1) / 2);
    EXPECT(semaphore_try_take(&empty));
    EXPECT(!semaphore_try_take(&empty));
    EXPECT_EQUAL(semaphore_take_until(&empty, time_now_ns() + NS_PER_MS), (uint64_t)-ETIMEDOUT);
}

static void give_from_interrupt(void *context)
{
    semaphore_give(context);
}

KTEST(semaphore_is_given_by_an_interrupt)
{
    struct semaphore semaphore = SEMAPHORE("by a timer", 0);
    struct timer timer;

    timer_init(&timer, give_from_interrupt, &semaphore);
    timer_start(&timer, time_now_ns() + NS_PER_MS);
    semaphore_take(&semaphore);
    EXPECT(!timer_stop(&timer));
}

/* ---- conditions ------------------------------------------------------------------------------ */

static struct wait_queue changed = WAIT_QUEUE("changed");
static unsigned wanted, waiting, woken;

static int wait_for_it(void *argument)
{
    int error = 0;

    (void)argument;
    mutex_lock(&mutex);
    waiting++;
    while (!wanted && !error)
        error = wait_with_mutex(&changed, &mutex, WAIT_FOREVER);
    woken++;
    error = error || !mutex_is_mine(&mutex);
    mutex_unlock(&mutex);
    return error;
}

static unsigned look_at(const unsigned *count)
{
    mutex_lock(&mutex);
    unsigned seen = *count;
    mutex_unlock(&mutex);
    return seen;
}

KTEST(condition_wakes_all_who_wait)
{
    struct thread *threads[WORKERS];
    int result;

    wanted = waiting = woken = 0;
    for (unsigned i = 0; i < WORKERS; i++)
        EXPECT_EQUAL(thread_create("waits", wait_for_it, NULL, 0, &threads[i]), 0);
    while (look_at(&waiting) < WORKERS)
        thread_yield();
    wait_broadcast(&changed); /* it is not there yet: they look, and wait again */
    EXPECT_EQUAL(look_at(&woken), 0);
    mutex_lock(&mutex);
    wanted = 1;
    wait_broadcast(&changed);
    mutex_unlock(&mutex);
    for (unsigned i = 0; i < WORKERS; i++) {
        thread_join(threads[i], &result);
        EXPECT_EQUAL(result, 0);
    }
    EXPECT_EQUAL(woken, WORKERS);
}

KTEST(condition_gives_the_mutex_back_after_a_timeout)
{
    mutex_lock(&mutex);
    EXPECT_EQUAL(wait_with_mutex(&changed, &mutex, time_now_ns() + NS_PER_MS),
                 (uint64_t)-ETIMEDOUT);
    EXPECT(mutex_is_mine(&mutex));
    mutex_unlock(&mutex);
    EXPECT(changed.first == NULL);
}

/* ---- interruptions --------------------------------------------------------------------------- */

static struct wait_queue never = WAIT_QUEUE("never");
static unsigned waits;

static int wait_in_vain(void *argument)
{
    uint64_t saved = wait_lock(&never);
    int error;

    (void)argument;
    waits++;
    error = wait_interruptible(&never, &saved, WAIT_FOREVER);
    wait_unlock(&never, saved);
    return error;
}

/* It waits, and is interrupted: before it waits, or after. */
static void expect_interrupted(bool before)
{
    struct thread *thread;
    int result = 1;

    waits = 0;
    preempt_disable();
    EXPECT_EQUAL(thread_create("in vain", wait_in_vain, NULL, 0, &thread), 0);
    if (before)
        thread_interrupt(thread);
    preempt_enable();
    if (!before) {
        while (__atomic_load_n(&waits, __ATOMIC_RELAXED) == 0)
            thread_yield();
        thread_yield();
        EXPECT_EQUAL(thread->state, THREAD_BLOCKED);
        thread_interrupt(thread);
    }
    thread_join(thread, &result);
    EXPECT_EQUAL(result, (uint64_t)-EINTR);
}

KTEST(interrupted_waits_end)
{
    expect_interrupted(false);
    EXPECT(never.first == NULL);
    expect_interrupted(true);
    EXPECT(never.first == NULL);
}

static void interrupt_from_timer(void *context)
{
    thread_interrupt(context);
}

/* Taken back, it is over; and what is not interruptible takes no notice. */
KTEST(interruptions_are_taken_back)
{
    struct timer timer;
    uint64_t start_ns = time_now_ns(), saved;

    timer_init(&timer, interrupt_from_timer, thread_current());
    timer_start(&timer, start_ns + NS_PER_MS);
    thread_sleep_ns(3 * NS_PER_MS);
    EXPECT(time_now_ns() - start_ns >= 3 * NS_PER_MS);
    EXPECT_EQUAL(wait_in_vain(NULL), (uint64_t)-EINTR);
    thread_interrupt_clear();
    saved = wait_lock(&never);
    EXPECT_EQUAL(wait_interruptible(&never, &saved, time_now_ns() + NS_PER_MS),
                 (uint64_t)-ETIMEDOUT);
    wait_unlock(&never, saved);
    timer_start(&timer, time_now_ns() + NS_PER_MS);
    EXPECT_EQUAL(wait_in_vain(NULL), (uint64_t)-EINTR);
    thread_interrupt_clear();
}

/* Woken and interrupted: it was woken, and the next wait is the one that ends early. */
KTEST(interruptions_take_no_wake_up)
{
    struct thread *thread;
    int result;

    waits = 0;
    EXPECT_EQUAL(thread_create("woken", wait_in_vain, NULL, 0, &thread), 0);
    while (__atomic_load_n(&waits, __ATOMIC_RELAXED) == 0 || thread->state != THREAD_BLOCKED)
        thread_yield();
    preempt_disable();
    thread_interrupt(thread);
    wait_signal(&never);
    preempt_enable();
    thread_join(thread, &result);
    EXPECT_EQUAL(result, 0);
}

static unsigned left;

static int take_or_be_interrupted(void *argument)
{
    unsigned *interruptions = argument;

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t saved = wait_lock(&never);
        int error = 0;

        while (!left && !error)
            error = wait_interruptible(&never, &saved, WAIT_FOREVER);
        if (!error)
            left--;
        wait_unlock(&never, saved);
        if (error) {
            thread_interrupt_clear();
            ++*interruptions;
            i--; /* it had none */
        }
    }
    return 0;
}

/* Each piece is taken although its taker is interrupted all the time, by a timer. */
KTEST(interruptions_and_wake_ups_together)
{
    unsigned interruptions = 0;
    struct thread *thread;
    struct timer timer;

    left = 0;
    EXPECT_EQUAL(thread_create("takes", take_or_be_interrupted, &interruptions, 0, &thread), 0);
    timer_init(&timer, interrupt_from_timer, thread);
    timer_start_periodic(&timer, time_now_ns(), 50 * NS_PER_US);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t saved = wait_lock(&never);

        left++;
        (void)wait_wake_one(&never);
        wait_unlock(&never, saved);
        thread_sleep_ns(60 * NS_PER_US);
    }
    (void)timer_stop(&timer);
    thread_join(thread, NULL);
    EXPECT_EQUAL(left, 0);
    EXPECT(interruptions > 0);
}

/* ---- mistakes -------------------------------------------------------------------------------- */

KTEST_PANICS(mutex_taken_twice)
{
    mutex_lock(&mutex);
    mutex_lock(&mutex);
}

KTEST_PANICS(mutex_given_back_by_another)
{
    mutex_unlock(&mutex);
}

#ifdef DEBUG
KTEST_PANICS(mutex_in_atomic_context)
{
    preempt_disable();
    mutex_lock(&mutex);
}

KTEST_PANICS(sleep_with_a_spinlock)
{
    struct spinlock lock = SPINLOCK("test", LOCK_RANK_HEAP);

    spin_lock(&lock);
    thread_sleep_ns(NS_PER_MS);
}

KTEST_PANICS(sleep_with_interrupts_off)
{
    (void)cpu_save_interrupts();
    thread_sleep_ns(NS_PER_MS);
}

KTEST_PANICS(preemption_enabled_too_often)
{
    preempt_enable();
}
#endif
