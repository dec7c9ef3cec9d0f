/*
 * Input events: events.h. A queue that is full keeps its last place for "so many were lost", so that
 * its reader knows where the gap is. Lock: that of the wait queue, for everything; handlers take it.
 */
#include "kernel/core/input/events.h"

#include <stdbool.h>

#include "kernel/core/input/input.h"
#include "kernel/core/sync/wait.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"

static struct wait_queue readers = WAIT_QUEUE("input events");
/* Under its lock. */
static struct event_queue *queues, *grabber;
static struct abi_input_keys held;

/* ---- a queue --------------------------------------------------------------------------------- */

static void append(struct event_queue *queue, const struct abi_input_event *event)
{
    queue->events[(queue->first + queue->count) % INPUT_QUEUE] = *event;
    queue->count++;
}

/* `events` of them will not come. */
static void lose(struct event_queue *queue, uint64_t time_ns, unsigned events)
{
    if (queue->count < INPUT_QUEUE) {
        append(queue, &(struct abi_input_event){time_ns, INPUT_SYNC, INPUT_LOST, (int32_t)events});
        return;
    }
    struct abi_input_event *last = &queue->events[(queue->first + INPUT_QUEUE - 1) % INPUT_QUEUE];

    if (last->value <= INT32_MAX - (int32_t)events)
        last->value += (int32_t)events;
}

static void deliver(struct event_queue *queue, const struct abi_input_event *event)
{
    if (grabber && grabber != queue) {
        queue->missed++;
        return;
    }
    if (queue->count < INPUT_QUEUE - 1)
        append(queue, event);
    else
        lose(queue, event->time_ns, 1);
    queue->wake(queue);
}

/* ---- what is held ---------------------------------------------------------------------------- */

/* The event's place among what is held. False: it changes nothing there, as a release that no press
   came before. */
static bool follow(struct abi_input_event *event)
{
    uint8_t *byte = &held.held[event->code / 8], bit = (uint8_t)(1u << event->code % 8);
    bool was = *byte & bit;

    if (event->value == INPUT_RELEASED) {
        *byte &= (uint8_t)~bit;
        return was;
    }
    *byte |= bit;
    event->value = was ? INPUT_REPEATED : INPUT_PRESSED;
    return event->type == INPUT_KEY || !was; /* buttons do not repeat */
}

void events_held(struct abi_input_keys *keys)
{
    uint64_t saved = wait_lock(&readers);

    *keys = held;
    wait_unlock(&readers, saved);
}

/* ---- in -------------------------------------------------------------------------------------- */

static bool makes_sense(unsigned type, unsigned code)
{
    switch (type) {
    case INPUT_SYNC:
        return code == INPUT_REPORT;
    case INPUT_KEY:
    case INPUT_BUTTON:
        return code > 0 && code < INPUT_CODES;
    case INPUT_MOTION:
    case INPUT_POSITION:
    case INPUT_WHEEL:
        return code <= INPUT_Y;
    default:
        return false;
    }
}

void events_emit(unsigned type, unsigned code, int value)
{
    struct abi_input_event event = {time_now_ns(), (uint16_t)type, (uint16_t)code, value};

    if (!makes_sense(type, code))
        return;
    uint64_t saved = wait_lock(&readers);

    if ((type != INPUT_KEY && type != INPUT_BUTTON) || follow(&event)) {
        for (struct event_queue *queue = queues; queue; queue = queue->next)
            deliver(queue, &event);
        (void)wait_wake_all(&readers);
    }
    wait_unlock(&readers, saved);
}

/* ---- out ------------------------------------------------------------------------------------- */

void events_take(struct event_queue *queue, size_t most, struct event_batch *to)
{
    uint64_t saved = wait_lock(&readers);

    for (to->count = 0; to->count < EVENTS_AT_ONCE && to->count < most && queue->count > 0;) {
        to->events[to->count++] = queue->events[queue->first];
        queue->first = (queue->first + 1) % INPUT_QUEUE;
        queue->count--;
    }
    wait_unlock(&readers, saved);
}

unsigned events_count(const struct event_queue *queue)
{
    return __atomic_load_n(&queue->count, __ATOMIC_ACQUIRE);
}

int events_wait(struct event_queue *queue)
{
    uint64_t saved = wait_lock(&readers);
    int error = 0;

    while (queue->count == 0 && !error)
        error = wait_interruptible(&readers, &saved, WAIT_FOREVER);
    wait_unlock(&readers, saved);
    return error;
}

/* ---- who listens ----------------------------------------------------------------------------- */

void events_attach(struct event_queue *queue, void (*wake)(struct event_queue *queue))
{
    queue->wake = wake;
    queue->missed = queue->first = queue->count = 0;
    uint64_t saved = wait_lock(&readers);

    queue->next = queues;
    queues = queue;
    wait_unlock(&readers, saved);
}

/* With the lock. Who got nothing meanwhile is told so. */
static void release(struct event_queue *queue)
{
    uint64_t now_ns = time_now_ns();

    if (grabber != queue)
        return;
    grabber = NULL;
    input_mute(false);
    for (struct event_queue *other = queues; other; other = other->next) {
        if (!other->missed)
            continue;
        lose(other, now_ns, other->missed);
        other->missed = 0;
        other->wake(other);
    }
    (void)wait_wake_all(&readers);
}

void events_release(struct event_queue *queue)
{
    uint64_t saved = wait_lock(&readers);

    release(queue);
    wait_unlock(&readers, saved);
}

void events_detach(struct event_queue *queue)
{
    struct event_queue **link = &queues;
    uint64_t saved = wait_lock(&readers);

    release(queue);
    while (*link != queue)
        link = &(*link)->next;
    *link = queue->next;
    wait_unlock(&readers, saved);
}

int events_grab(struct event_queue *queue)
{
    uint64_t saved = wait_lock(&readers);
    int error = grabber && grabber != queue ? -EBUSY : 0;

    if (!error) {
        grabber = queue;
        input_mute(true);
    }
    wait_unlock(&readers, saved);
    return error;
}
