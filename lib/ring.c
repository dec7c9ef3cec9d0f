/* A byte ring of index and count. Use: ring_init → ring_put… → ring_get. The caller has the lock.
 */
#include "lib/ring.h"

#include "lib/string.h"

void ring_init(struct ring *ring, uint8_t *bytes, size_t capacity)
{
    ring->bytes = bytes;
    ring->capacity = capacity;
    ring->first = 0;
    ring->count = 0;
}

/*@ requires \valid_read(ring) && ring_ok(ring) && distance <= ring->capacity && ring->capacity > 0;
    assigns \nothing;
    ensures \result < ring->capacity; */
/* The index `distance` (≤ capacity) behind the oldest byte. */
static size_t index_at(const struct ring *ring, size_t distance)
{
    size_t before_end = ring->capacity - ring->first;

    return distance < before_end ? ring->first + distance : distance - before_end;
}

bool ring_put(struct ring *ring, uint8_t byte)
{
    if (ring->count == ring->capacity)
        return false;
    ring->bytes[index_at(ring, ring->count)] = byte;
    ring->count++;
    return true;
}

void ring_put_over(struct ring *ring, uint8_t byte)
{
    uint8_t oldest;

    if (ring->count == ring->capacity && !ring_get(ring, &oldest))
        return; /* a ring without room keeps nothing */
    (void)ring_put(ring, byte);
}

bool ring_get(struct ring *ring, uint8_t *byte)
{
    if (ring->count == 0)
        return false;
    *byte = ring->bytes[ring->first];
    ring->first = index_at(ring, 1);
    ring->count--;
    return true;
}

size_t ring_peek(const struct ring *ring, size_t skip, uint8_t *to, size_t size)
{
    if (skip >= ring->count)
        return 0;
    if (size > ring->count - skip)
        size = ring->count - skip;

    size_t start = index_at(ring, skip);
    size_t before_end = ring->capacity - start;
    size_t head = size < before_end ? size : before_end;

    memcpy(to, ring->bytes + start, head);
    memcpy(to + head, ring->bytes, size - head);
    return size;
}
