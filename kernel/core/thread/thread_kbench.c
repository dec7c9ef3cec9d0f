/* What threads and their locks cost. */
#include <stddef.h>

#include "kernel/core/sync/mutex.h"
#include "kernel/core/sync/semaphore.h"
#include "kernel/core/thread/thread.h"
#include "kernel/test/kbench.h"

static int end_at_once(void *argument)
{
    (void)argument;
    return 0;
}

KBENCH(thread_create_join)
{
    struct thread *thread;

    for (uint64_t i = 0; i < count; i++)
        if (thread_create("bench", end_at_once, NULL, 0, &thread) == 0)
            thread_join(thread, NULL);
}

static uint64_t rounds;

static int yield_all_along(void *argument)
{
    (void)argument;
    for (uint64_t i = 0; i < rounds; i++)
        thread_yield();
    return 0;
}

/* There and back: two switches. */
KBENCH(thread_yield_round_trip)
{
    struct thread *thread;

    rounds = count;
    if (thread_create("bench", yield_all_along, NULL, 0, &thread))
        return;
    (void)yield_all_along(NULL);
    thread_join(thread, NULL);
}

static struct semaphore there = SEMAPHORE("there", 0), back = SEMAPHORE("back", 0);

static int answer(void *argument)
{
    (void)argument;
    for (uint64_t i = 0; i < rounds; i++) {
        semaphore_take(&there);
        semaphore_give(&back);
    }
    return 0;
}

KBENCH(semaphore_round_trip)
{
    struct thread *thread;

    rounds = count;
    if (thread_create("bench", answer, NULL, 0, &thread))
        return;
    for (uint64_t i = 0; i < count; i++) {
        semaphore_give(&there);
        semaphore_take(&back);
    }
    thread_join(thread, NULL);
}

KBENCH(mutex_lock_unlock)
{
    static struct mutex mutex = MUTEX("bench");

    for (uint64_t i = 0; i < count; i++) {
        mutex_lock(&mutex);
        mutex_unlock(&mutex);
    }
}
