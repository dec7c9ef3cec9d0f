/*
 * The run queue: who is ready, in the order in which they will run. A circular, doubly linked list
 * of slot numbers; the links are numbers too, so that no broken pointer can come of it. Slot 0
 * stands for "nobody" (the idle thread has it, which never queues). All zero: empty. No locking.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RUN_QUEUE_SLOTS 1024

struct run_queue {
    uint16_t next[RUN_QUEUE_SLOTS];     /* 0: not in the queue */
    uint16_t previous[RUN_QUEUE_SLOTS];
    uint16_t last;                      /* 0: empty; next[last] is the first */
    uint16_t count;
};

/*@ requires \valid(queue) && 0 < slot < RUN_QUEUE_SLOTS && queue->next[slot] == 0; */
void run_queue_push_last(struct run_queue *queue, unsigned slot);
/*@ requires \valid(queue) && 0 < slot < RUN_QUEUE_SLOTS && queue->next[slot] == 0; */
void run_queue_push_first(struct run_queue *queue, unsigned slot);
unsigned run_queue_pop(struct run_queue *queue); /* the first; 0: empty */
void run_queue_remove(struct run_queue *queue, unsigned slot); /* which is in the queue */
bool run_queue_holds(const struct run_queue *queue, unsigned slot);
