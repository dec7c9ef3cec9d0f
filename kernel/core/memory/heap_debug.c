/* Patterns, canaries, leaks: heap_debug.h. A piece's tail begins at the next multiple of 16 bytes;
   the gap before it is canary too. */
#include "kernel/core/memory/heap_debug.h"

#include "kernel/core/sync/spinlock.h"
#include "lib/string.h"

#define CANARY      0xcb
#define TAIL_LIVES  0x6c6976657069656cull
#define TAIL_FREED  0xddddddddddddddddull /* HEAP_PATTERN_FREED */
#define CANARY_BYTES 16u

struct tail {
    uint8_t canary[CANARY_BYTES];
    uint64_t state; /* TAIL_LIVES: then the rest is right */
    uint64_t size;  /* as it was asked for */
    uint64_t number; /* counts all pieces ever */
    const void *caller;
    struct tail *next, *prev;
};

static struct spinlock lock = SPINLOCK("heap pieces", LOCK_RANK_HEAP);
static struct tail *newest; /* under the lock */
static uint64_t numbers;    /* under the lock */

static size_t tail_offset(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

size_t heap_debug_size(size_t size)
{
    return size > SIZE_MAX / 2 ? 0 : tail_offset(size) + sizeof(struct tail);
}

static struct tail *tail_of(void *ptr, size_t size)
{
    return (struct tail *)((uint8_t *)ptr + tail_offset(size));
}

static bool all_are(const uint8_t *bytes, size_t count, uint8_t value)
{
    for (size_t i = 0; i < count; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

void heap_debug_check_unused(const void *ptr, size_t size)
{
    if (!all_are(ptr, size, HEAP_PATTERN_FREED))
        heap_fault(ptr, "was written to after it was freed");
}

void heap_debug_open(void *ptr, size_t size, const void *caller)
{
    struct tail *tail = tail_of(ptr, size);
    size_t guarded = tail_offset(size) + CANARY_BYTES - size;

    memset(ptr, HEAP_PATTERN_NEW, size);
    memset((uint8_t *)ptr + size, CANARY, guarded);
    tail->state = TAIL_LIVES;
    tail->size = size;
    tail->caller = caller;
    spin_lock(&lock);
    tail->number = ++numbers;
    tail->prev = NULL;
    tail->next = newest;
    if (newest)
        newest->prev = tail;
    newest = tail;
    spin_unlock(&lock);
}

static const char *what_is_wrong(const uint8_t *piece, size_t size, const struct tail *tail)
{
    size_t guarded = tail_offset(size) + CANARY_BYTES - size;

    if (tail->state == TAIL_FREED)
        return "was freed twice";
    if (tail->state != TAIL_LIVES || tail->size != size)
        return "was given back with another size, or was written far beyond its end";
    if (!all_are(piece + size, guarded, CANARY))
        return "was written beyond its end";
    return NULL;
}

static void unlink_tail(struct tail *tail)
{
    spin_lock(&lock);
    if (tail->prev)
        tail->prev->next = tail->next;
    else
        newest = tail->next;
    if (tail->next)
        tail->next->prev = tail->prev;
    spin_unlock(&lock);
}

bool heap_debug_close(void *ptr, size_t size)
{
    struct tail *tail = tail_of(ptr, size);
    const char *wrong = what_is_wrong(ptr, size, tail);

    if (wrong) {
        heap_fault(ptr, wrong);
        return false;
    }
    unlink_tail(tail);
    memset(ptr, HEAP_PATTERN_FREED, heap_debug_size(size));
    return true;
}

uint64_t heap_debug_mark(void)
{
    return numbers;
}

/* The first piece of the list that this place allocated. */
static bool is_first_of_caller(const struct tail *tail)
{
    for (const struct tail *at = newest; at != tail; at = at->next)
        if (at->caller == tail->caller)
            return false;
    return true;
}

static void sum_up(const struct tail *first, uint64_t mark, struct heap_leak *leak)
{
    *leak = (struct heap_leak){.caller = first->caller};
    for (const struct tail *at = first; at && at->number > mark; at = at->next) {
        if (at->caller != first->caller)
            continue;
        leak->pieces++;
        leak->bytes += at->size;
    }
}

bool heap_debug_leak(uint64_t mark, unsigned index, struct heap_leak *leak)
{
    const struct tail *at;

    spin_lock(&lock);
    for (at = newest; at && at->number > mark; at = at->next)
        if (is_first_of_caller(at) && index-- == 0)
            break;
    bool found = at && at->number > mark;
    if (found)
        sum_up(at, mark, leak);
    spin_unlock(&lock);
    return found;
}
