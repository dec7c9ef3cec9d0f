/* The run queue. Use: push_last or push_first when a thread becomes ready, pop to choose the next.
   */
#include "kernel/core/thread/run_queue.h"

static void link_after(struct run_queue *queue, unsigned before, unsigned slot)
{
    unsigned after = queue->next[before];

    queue->next[slot] = (uint16_t)after;
    queue->previous[slot] = (uint16_t)before;
    queue->next[before] = (uint16_t)slot;
    queue->previous[after] = (uint16_t)slot;
}

void run_queue_push_first(struct run_queue *queue, unsigned slot)
{
    if (queue->last == 0) {
        queue->next[slot] = queue->previous[slot] = (uint16_t)slot;
        queue->last = (uint16_t)slot;
    } else {
        link_after(queue, queue->last, slot);
    }
    queue->count++;
}

/* In a circle the place before the first is the one behind the last: only the mark moves. */
void run_queue_push_last(struct run_queue *queue, unsigned slot)
{
    run_queue_push_first(queue, slot);
    queue->last = (uint16_t)slot;
}

void run_queue_remove(struct run_queue *queue, unsigned slot)
{
    unsigned before = queue->previous[slot], after = queue->next[slot];

    queue->next[before] = (uint16_t)after;
    queue->previous[after] = (uint16_t)before;
    if (queue->last == slot)
        queue->last = (uint16_t)(before == slot ? 0 : before);
    queue->next[slot] = queue->previous[slot] = 0;
    queue->count--;
}

unsigned run_queue_pop(struct run_queue *queue)
{
    unsigned first = queue->next[queue->last];

    if (queue->last == 0)
        return 0;
    run_queue_remove(queue, first);
    return first;
}

bool run_queue_holds(const struct run_queue *queue, unsigned slot)
{
    return queue->next[slot] != 0;
}
