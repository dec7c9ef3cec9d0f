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
