/*
 * Input events for programs: what drivers tell, to the queue of each one that listens, or to one
 * that took all of it. Use: events_attach → events_take, events_wait, … → events_detach.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/abi/input.h"
#include "lib/compiler.h"

struct event_queue {
    void (*wake)(struct event_queue *queue); /* something came; interrupts off, the events' lock held */
    /* under the events' lock */
    struct event_queue *next;
    uint32_t missed; /* while another had all of it */
    uint32_t first, count;
    struct abi_input_event events[INPUT_QUEUE];
};

/* From interrupt handlers (ddi_input_event). What no program could make sense of is dropped. */
void events_emit(unsigned type, unsigned code, int value);

void events_attach(struct event_queue *queue, void (*wake)(struct event_queue *queue));
void events_detach(struct event_queue *queue); /* and it grabs no more */
/* The oldest, up to `most` and what a batch holds. */
#define EVENTS_AT_ONCE 16u
struct event_batch {
    unsigned count;
    struct abi_input_event events[EVENTS_AT_ONCE];
};
void events_take(struct event_queue *queue, size_t most, struct event_batch *to);
unsigned events_count(const struct event_queue *queue);
int events_wait(struct event_queue *queue) must_check; /* until there are some. -EINTR */
/* All events to this one, and nothing typed for the terminals. -EBUSY: another has it. */
int events_grab(struct event_queue *queue) must_check;
void events_release(struct event_queue *queue);
void events_held(struct abi_input_keys *keys);
