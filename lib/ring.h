/* A byte ring of fixed capacity: index and count, so that full and empty differ. No locking. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring {
    uint8_t *bytes;
    size_t capacity;
    size_t first; /* index of the oldest byte, < capacity */
    size_t count; /* bytes held, ≤ capacity */
};

void ring_init(struct ring *ring, uint8_t *bytes, size_t capacity);
bool ring_put(struct ring *ring, uint8_t byte);       /* false: full, nothing changed */
void ring_put_over(struct ring *ring, uint8_t byte);  /* drops the oldest when full */
bool ring_get(struct ring *ring, uint8_t *byte);      /* false: empty */
/* Copy up to size bytes, `skip` after the oldest, without taking them. Returns how many. */
size_t ring_peek(const struct ring *ring, size_t skip, uint8_t *to, size_t size);
