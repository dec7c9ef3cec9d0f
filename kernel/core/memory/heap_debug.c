/* Patterns, canaries, leaks: heap_debug.h. A piece's tail begins at the next multiple of 16 bytes;
   the gap before it is canary too. */
#include "kernel/core/memory/heap_debug.h"

#include "kernel/core/sync/spinlock.h"
#include "kernel/sanitizer/kasan.h"
#include "lib/string.h"

#define CANARY      0xcb
#define TAIL_LIVES  0x6c6976657069656cull
#define TAIL_FREED  0xddddddddddddddddull /* HEAP_PATTERN_FREED */
#define CANARY_BYTES 16u
#define FREES_KNOWN  64u

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
static struct heap_piece freed[FREES_KNOWN]; /* under the lock: the last ones, in a ring */
static unsigned next_freed;                  /* under the lock */

static size_t tail_offset(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

size_t heap_debug_size(size_t size, size_t align)
{
    if (size > SIZE_MAX / 2)
        return 0;
    return heap_debug_front(align) + tail_offset(size) + sizeof(struct tail);
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

static void list_tail(struct tail *tail)
{
    spin_lock(&lock);
    tail->number = ++numbers;
    tail->prev = NULL;
    tail->next = newest;
    if (newest)
        newest->prev = tail;
    newest = tail;
    spin_unlock(&lock);
}

void *heap_debug_open(void *whole, size_t size, size_t align, const void *caller)
{
    size_t front = heap_debug_front(align), all = heap_debug_size(size, align);
    uint8_t *ptr = (uint8_t *)whole + front;
    struct tail *tail = tail_of(ptr, size);
    size_t guarded = tail_offset(size) + CANARY_BYTES - size;

    kasan_unpoison(whole, all);
    memset(whole, CANARY, front);
    memset(ptr, HEAP_PATTERN_NEW, size);
    memset(ptr + size, CANARY, guarded);
    tail->state = TAIL_LIVES;
    tail->size = size;
    tail->caller = caller;
    list_tail(tail);
    kasan_poison(whole, all, KASAN_HEAP_REDZONE);
    kasan_unpoison(ptr, size);
    return ptr;
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

static void unlink_tail(struct tail *tail, const struct heap_piece *piece)
{
    spin_lock(&lock);
    freed[next_freed++ % FREES_KNOWN] = *piece;
    if (tail->prev)
        tail->prev->next = tail->next;
    else
        newest = tail->next;
    if (tail->next)
        tail->next->prev = tail->prev;
    spin_unlock(&lock);
}

void *heap_debug_close(void *ptr, size_t size, size_t align, const void *caller)
{
    struct tail *tail = tail_of(ptr, size);
    uint8_t *whole = (uint8_t *)ptr - heap_debug_front(align);
    const char *wrong = kasan_freed_twice(ptr, caller) ? "was freed twice"
                                                       : what_is_wrong(ptr, size, tail);

    if (!wrong && !all_are(whole, heap_debug_front(align), CANARY))
        wrong = "was written in front of its beginning";
    if (wrong) {
        heap_fault(ptr, wrong);
        return NULL;
    }
    unlink_tail(tail, &(struct heap_piece){(uintptr_t)ptr, size, tail->caller, caller});
    kasan_unpoison(whole, heap_debug_size(size, align));
    memset(whole, HEAP_PATTERN_FREED, heap_debug_size(size, align));
    kasan_poison(whole, heap_debug_size(size, align), KASAN_HEAP_FREED);
    return whole;
}

/* ---- for reports ----------------------------------------------------------------------------- */

/* In the piece, or so near that it is probably the one that was meant. */
static bool is_near(uint64_t address, const struct heap_piece *piece)
{
    return address - (piece->at - CANARY_BYTES) < piece->size + CANARY_BYTES + sizeof(struct tail);
}

static bool find_freed(uint64_t address, struct heap_piece *piece)
{
    for (unsigned i = 1; i <= FREES_KNOWN; i++) {
        *piece = freed[(next_freed - i) % FREES_KNOWN];
        if (piece->freed_by && is_near(address, piece))
            return true;
    }
    return false;
}

bool heap_debug_find(uint64_t address, bool was_freed, struct heap_piece *piece)
{
    if (was_freed)
        return find_freed(address, piece);
    for (const struct tail *tail = newest; tail; tail = tail->next) {
        *piece = (struct heap_piece){(uintptr_t)tail - tail_offset(tail->size), tail->size,
                                     tail->caller, NULL};
        if (is_near(address, piece))
            return true;
    }
    return false;
}

/* ---- leaks ----------------------------------------------------------------------------------- */

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
