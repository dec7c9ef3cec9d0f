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

/*@ predicate ring_ok(struct ring *ring) =
      ring->count <= ring->capacity
      && (ring->capacity > 0 ? ring->first < ring->capacity : ring->first == 0);
    predicate ring_apart(struct ring *ring) =
      \separated(ring, ring->bytes + (0 .. ring->capacity - 1));
    predicate ring_valid(struct ring *ring) =
      \valid(ring) && ring_ok(ring) && ring_apart(ring)
      && \valid(ring->bytes + (0 .. ring->capacity - 1)); */

/*@ requires \valid(ring);
    assigns *ring;
    ensures ring_ok(ring) && ring->count == 0;
    ensures ring->bytes == bytes && ring->capacity == capacity; */
void ring_init(struct ring *ring, uint8_t *bytes, size_t capacity);
/*@ requires ring_valid(ring);
    assigns ring->count, ring->bytes[0 .. ring->capacity - 1];
    ensures ring_valid(ring);
    ensures \result <==> \old(ring->count) < ring->capacity;
    ensures ring->count == \old(ring->count) + (\result ? 1 : 0); */
bool ring_put(struct ring *ring, uint8_t byte);       /* false: full, nothing changed */
/*@ requires ring_valid(ring);
    assigns ring->count, ring->first, ring->bytes[0 .. ring->capacity - 1];
    ensures ring_valid(ring);
    ensures ring->capacity > 0 ==> ring->count > 0; */
void ring_put_over(struct ring *ring, uint8_t byte);  /* drops the oldest when full */
/*@ requires ring_valid(ring) && \valid(byte);
    requires \separated(byte, ring, ring->bytes + (0 .. ring->capacity - 1));
    assigns ring->count, ring->first, *byte;
    ensures ring_valid(ring);
    ensures \result <==> \old(ring->count) > 0;
    ensures ring->count == \old(ring->count) - (\result ? 1 : 0);
    ensures \result ==> *byte == ring->bytes[\old(ring->first)]; */
bool ring_get(struct ring *ring, uint8_t *byte);      /* false: empty */
/*@ requires \valid_read(ring) && ring_ok(ring) && ring_apart(ring);
    requires \valid_read(ring->bytes + (0 .. ring->capacity - 1)) && \valid(to + (0 .. size - 1));
    requires \separated(to + (0 .. size - 1), ring, ring->bytes + (0 .. ring->capacity - 1));
    assigns to[0 .. size - 1];
    ensures \result == (skip >= ring->count ? 0
                        : size < ring->count - skip ? size : ring->count - skip); */
/* Copy up to size bytes, `skip` after the oldest, without taking them. Returns how many. */
size_t ring_peek(const struct ring *ring, size_t skip, uint8_t *to, size_t size);
