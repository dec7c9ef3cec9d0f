/*
 * When to write back: a thread writes what has been dirty for two to four seconds; all of it at
 * once when more than a tenth of memory is dirty, or when memory was not to be had. Who dirties
 * pages faster than that waits for it.
 *
 * While nothing is dirty the thread sleeps without a time.
 */
#include <stdnoreturn.h>

#include "kernel/core/memory/frames.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/page_private.h"
#include "lib/errno.h"

#define AGE_NS          (2 * NS_PER_SECOND)
#define MANY_PART       10u /* of the memory that could be cache: from here on it is hurried */
#define TOO_MANY_PART   5u  /* and from here on one waits */
#define WAIT_NS         (100 * NS_PER_MS)
#define WAITS_MAX       50u /* then one goes on: it may be a disk that does not answer */

static struct wait_queue wake_queue = WAIT_QUEUE("page writer");
static struct wait_queue progress_queue = WAIT_QUEUE("page writer's progress");
static struct thread *writer; /* NULL: there is none */
static bool hurried;          /* under wake_queue's lock */

static uint64_t dirty_pages(void)
{
    return __atomic_load_n(&page_totals.info.dirty, __ATOMIC_RELAXED)
           + __atomic_load_n(&page_totals.writing, __ATOMIC_RELAXED);
}

/* More than that part of the memory that is free or cache. */
static bool is_dirty_beyond(unsigned part)
{
    return dirty_pages() * part > frames_free() + page_totals.info.pages;
}

void page_writer_note(void)
{
    wait_signal(&wake_queue);
}

void page_writer_hurry(void)
{
    uint64_t saved = wait_lock(&wake_queue);

    hurried = true;
    (void)wait_wake_one(&wake_queue);
    wait_unlock(&wake_queue, saved);
}

void page_writer_progress(void)
{
    wait_broadcast(&progress_queue);
}

/* ---- those who wait -------------------------------------------------------------------------- */

static void wait_a_moment(void)
{
    uint64_t saved = wait_lock(&progress_queue);

    (void)!wait_locked(&progress_queue, &saved, time_now_ns() + WAIT_NS);
    wait_unlock(&progress_queue, saved);
}

bool page_writer_wait(void)
{
    if (!writer || thread_current() == writer || dirty_pages() == 0)
        return false;
    page_writer_hurry();
    wait_a_moment();
    return true;
}

void page_cache_throttle(void)
{
    if (!writer || !is_dirty_beyond(MANY_PART))
        return;
    page_writer_hurry();
    for (unsigned i = 0; i < WAITS_MAX && is_dirty_beyond(TOO_MANY_PART); i++)
        wait_a_moment();
}

/* ---- the thread ------------------------------------------------------------------------------ */

/* Until something has been dirty for a while. True: it is to be written however young it is. */
static bool rest(void)
{
    uint64_t saved = wait_lock(&wake_queue);

    while (!hurried && dirty_pages() == 0) {
        (void)!wait_locked(&wake_queue, &saved, WAIT_FOREVER);
        wait_unlock(&wake_queue, saved);
        page_release_spares();
        saved = wait_lock(&wake_queue);
    }
    uint64_t until = time_now_ns() + AGE_NS;
    while (!hurried && wait_locked(&wake_queue, &saved, until) == 0)
        ;
    bool hurry = hurried;
    hurried = false;
    wait_unlock(&wake_queue, saved);
    return hurry;
}

static noreturn int run(void *argument)
{
    uint64_t mark = 0;

    (void)argument;
    for (;;) {
        bool hurry = rest();
        uint64_t now = __atomic_load_n(&page_totals.clock, __ATOMIC_ACQUIRE);

        (void)page_write_until(hurry ? now : mark); /* each cache remembers its error */
        page_sync_owners(hurry ? now : mark);
        page_writer_progress();
        mark = now;
    }
}

int page_writer_start(void)
{
    return writer ? 0 : thread_create("page writer", run, NULL, 0, &writer);
}
