/*
 * Waiting for several files. A link ties a poller to a source; it is in the source's list under the
 * source's lock, and in the poller's own list, which only that one touches.
 */
#include "kernel/fs/poll.h"

#include "kernel/core/memory/heap.h"
#include "lib/errno.h"

struct poll_link {
    struct poll_source *source;
    struct poller *poller;
    struct poll_link *next, *previous; /* of the source */
    struct poll_link *mine;            /* of the poller */
};

void poll_source_init(struct poll_source *source)
{
    *source = (struct poll_source)POLL_SOURCE;
}

void poll_wake(struct poll_source *source)
{
    uint64_t saved;

    __atomic_thread_fence(__ATOMIC_SEQ_CST); /* behind what became true */
    if (!__atomic_load_n(&source->first, __ATOMIC_RELAXED))
        return; /* whoever links itself looks at that afterwards */
    saved = spin_lock_irq(&source->lock);
    for (struct poll_link *link = source->first; link; link = link->next) {
        uint64_t inner = wait_lock(&link->poller->queue);

        link->poller->woken = true;
        (void)wait_wake_all(&link->poller->queue);
        wait_unlock(&link->poller->queue, inner);
    }
    spin_unlock_irq(&source->lock, saved);
}

void poller_init(struct poller *poller)
{
    *poller = (struct poller){.queue = {.lock = SPINLOCK("poller", LOCK_RANK_POLLER)}};
}

void poll_add(struct poller *poller, struct poll_source *source)
{
    struct poll_link *link;
    uint64_t saved;

    if (!poller || poller->error)
        return;
    link = alloc(sizeof(*link), _Alignof(struct poll_link));
    if (!link) {
        poller->error = -ENOMEM;
        return;
    }
    saved = spin_lock_irq(&source->lock);
    *link = (struct poll_link){source, poller, source->first, NULL, poller->links};
    if (source->first)
        source->first->previous = link;
    __atomic_store_n(&source->first, link, __ATOMIC_SEQ_CST);
    spin_unlock_irq(&source->lock, saved);
    poller->links = link;
}

int poller_wait(struct poller *poller, uint64_t deadline_ns)
{
    uint64_t saved = wait_lock(&poller->queue);
    int error = 0;

    while (!poller->woken && !error)
        error = wait_interruptible(&poller->queue, &saved, deadline_ns);
    poller->woken = false;
    wait_unlock(&poller->queue, saved);
    return error;
}

void poller_release(struct poller *poller)
{
    while (poller->links) {
        struct poll_link *link = poller->links;
        struct poll_source *source = link->source;
        uint64_t saved = spin_lock_irq(&source->lock);

        *(link->previous ? &link->previous->next : &source->first) = link->next;
        if (link->next)
            link->next->previous = link->previous;
        spin_unlock_irq(&source->lock, saved);
        poller->links = link->mine;
        dealloc(link, sizeof(*link), _Alignof(struct poll_link));
    }
}
