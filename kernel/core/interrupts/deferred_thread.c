/* The thread that runs deferred work (deferred.h): urgent, so that it comes right behind the
   interrupt. */
#include <stddef.h>
#include <stdnoreturn.h>

#include "kernel/core/interrupts/deferred.h"
#include "kernel/core/sync/wait.h"
#include "kernel/core/thread/thread.h"

static struct wait_queue queue = WAIT_QUEUE("deferred work");

static void wake(void)
{
    wait_signal(&queue);
}

static noreturn int run(void *argument)
{
    (void)argument;
    for (;;) {
        uint64_t saved;

        (void)deferred_run();
        saved = wait_lock(&queue);
        if (!deferred_pending())
            (void)!wait_locked(&queue, &saved, WAIT_FOREVER);
        wait_unlock(&queue, saved);
    }
}

int deferred_start_thread(void)
{
    int error = thread_create("deferred", run, NULL, THREAD_URGENT | THREAD_DETACHED, NULL);

    if (!error)
        deferred_set_wake(wake);
    return error;
}
