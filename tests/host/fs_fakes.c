/*
 * What kernel/fs needs of kernel/core, for host tests: locks that know who misuses them, memory of
 * the host's (so that its sanitizer sees every use after free), a clock that stands still, and user
 * memory that is the test's own. One thread: whoever would wait calls fake_wait, which a test sets.
 */
#include "tests/host/fs_fakes.h"

#include <stdlib.h>

#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/slab.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/user_memory.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/page_cache.h"
#include "kernel/panic.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"

#define FAIL(...) (fprintf(stderr, __VA_ARGS__), abort())
#include <stdio.h>

unsigned preempt_depth;
uint64_t fake_pieces, fake_frames, fake_now_ns;
int (*fake_wait)(struct wait_queue *queue);

/* ---- locks ----------------------------------------------------------------------------------- */

static unsigned ranks[16], held;

void spin_init(struct spinlock *lock, const char *name, enum lock_rank rank)
{
    *lock = (struct spinlock)SPINLOCK(name, rank);
}

void spin_lock(struct spinlock *lock)
{
    if (lock->held)
        FAIL("spinlock %s taken twice\n", lock->name);
    if (held && ranks[held - 1] >= lock->rank)
        FAIL("spinlock %s (%u) taken behind %u\n", lock->name, lock->rank, ranks[held - 1]);
    ranks[held++] = lock->rank;
    lock->held = 1;
    preempt_depth++;
}

void spin_unlock(struct spinlock *lock)
{
    if (!lock->held)
        FAIL("spinlock %s is not held\n", lock->name);
    held--;
    lock->held = 0;
    preempt_depth--;
}

uint64_t spin_lock_irq(struct spinlock *lock)
{
    spin_lock(lock);
    return 0;
}

void spin_unlock_irq(struct spinlock *lock, uint64_t saved)
{
    (void)saved;
    spin_unlock(lock);
}

static void may_wait(const char *what, const char *name)
{
    if (held)
        FAIL("%s %s with a spinlock held\n", what, name);
}

void mutex_init(struct mutex *mutex, const char *name)
{
    *mutex = (struct mutex)MUTEX(name);
}

void mutex_lock(struct mutex *mutex)
{
    may_wait("mutex", mutex->queue.lock.name);
    if (mutex->owner)
        FAIL("mutex %s taken twice\n", mutex->queue.lock.name);
    mutex->owner = 1;
}

void mutex_unlock(struct mutex *mutex)
{
    if (!mutex->owner)
        FAIL("mutex %s is not held\n", mutex->queue.lock.name);
    mutex->owner = 0;
}

bool mutex_is_mine(const struct mutex *mutex)
{
    return mutex->owner != 0;
}

void wait_queue_init(struct wait_queue *queue, const char *name)
{
    *queue = (struct wait_queue)WAIT_QUEUE(name);
}

uint64_t wait_lock(struct wait_queue *queue)
{
    return spin_lock_irq(&queue->lock);
}

void wait_unlock(struct wait_queue *queue, uint64_t saved)
{
    spin_unlock_irq(&queue->lock, saved);
}

int wait_locked(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    int error;

    wait_unlock(queue, *saved);
    may_wait("waiting for", queue->lock.name);
    if (!fake_wait && deadline_ns == WAIT_FOREVER)
        FAIL("waits for ever: %s\n", queue->lock.name);
    error = fake_wait ? fake_wait(queue) : -ETIMEDOUT;
    *saved = wait_lock(queue);
    return error;
}

int wait_interruptible(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    return wait_locked(queue, saved, deadline_ns);
}

bool wait_wake_one(struct wait_queue *queue)
{
    (void)queue;
    return false;
}

bool wait_wake_all(struct wait_queue *queue)
{
    (void)queue;
    return false;
}

void wait_signal(struct wait_queue *queue)
{
    wait_unlock(queue, wait_lock(queue));
}

void wait_broadcast(struct wait_queue *queue)
{
    wait_unlock(queue, wait_lock(queue));
}

/* ---- memory ---------------------------------------------------------------------------------- */

void *alloc(size_t size, size_t align)
{
    void *piece;

    if (memory_must_fail())
        return NULL;
    align = align < sizeof(void *) ? sizeof(void *) : align;
    if (posix_memalign(&piece, align, size ? size : 1))
        return NULL;
    memset(piece, 0xa5, size);
    fake_pieces++;
    return piece;
}

void *alloc_zeroed(size_t size, size_t align)
{
    void *piece = alloc(size, align);

    if (piece)
        memset(piece, 0, size);
    return piece;
}

void dealloc(void *piece, size_t size, size_t align)
{
    (void)size;
    (void)align;
    if (!piece)
        return;
    fake_pieces--;
    free(piece);
}

int slab_cache_init(struct slab_cache *cache, const char *name, size_t size, size_t align,
                    void (*construct)(void *object))
{
    (void)align;
    *cache = (struct slab_cache){.name = name, .size = (uint32_t)size, .construct = construct};
    return 0;
}

void *slab_take_slowly(struct slab_cache *cache, struct magazine *magazine)
{
    void *object = malloc(cache->size);

    (void)magazine;
    preempt_depth--;
    memset(object, 0xa5, cache->size);
    if (cache->construct)
        cache->construct(object);
    fake_pieces++;
    return object;
}

void slab_free_slowly(struct slab_cache *cache, struct magazine *magazine, void *object)
{
    (void)cache;
    (void)magazine;
    preempt_depth--;
    fake_pieces--;
    free(object);
}

int alloc_frame(uint64_t *phys)
{
    void *frame;

    if (memory_must_fail() || posix_memalign(&frame, 4096, 4096))
        return -ENOMEM;
    memset(frame, 0xa5, 4096);
    *phys = (uintptr_t)frame;
    fake_frames++;
    return 0;
}

int free_frame(uint64_t phys)
{
    fake_frames--;
    free((void *)(uintptr_t)phys);
    return 0;
}

int alloc_frames(uint64_t count, uint64_t align, uint64_t below, uint64_t *phys)
{
    void *frames;

    (void)align;
    (void)below;
    if (memory_must_fail() || posix_memalign(&frames, 4096, count * 4096))
        return -ENOMEM;
    *phys = (uintptr_t)frames;
    fake_frames += count;
    return 0;
}

int free_frames(uint64_t phys, uint64_t count)
{
    fake_frames -= count;
    free((void *)(uintptr_t)phys);
    return 0;
}

int frame_put(uint64_t phys)
{
    return free_frame(phys);
}

uint64_t frames_total(void)
{
    return 64;
}

void *phys_to_virt(uint64_t phys)
{
    return (void *)(uintptr_t)phys;
}

/* ---- pages that live in memory alone --------------------------------------------------------- */

void page_cache_init(struct page_cache *cache, const struct page_operations *operations,
                     void *owner)
{
    *cache = (struct page_cache){.operations = operations, .owner = owner};
}

static struct page *page_at(struct page_cache *cache, uint64_t index)
{
    struct page *page = cache->first;

    while (page && page->index != index)
        page = page->next;
    return page;
}

int page_get(struct page_cache *cache, uint64_t index, struct page **found)
{
    struct page *page = page_at(cache, index);

    if (page) {
        page->pins++;
        *found = page;
        return 0;
    }
    page = alloc_zeroed(sizeof(*page), 8);
    if (!page)
        return -ENOMEM;
    if (alloc_frame(&page->phys)) {
        dealloc(page, sizeof(*page), 8);
        return -ENOMEM;
    }
    memset(page_bytes(page), 0, 4096);
    page->cache = cache;
    page->index = index;
    page->pins = 1;
    page->next = cache->first;
    cache->first = page;
    cache->count++;
    *found = page;
    return 0;
}

int page_get_fresh(struct page_cache *cache, uint64_t index, struct page **page)
{
    return page_get(cache, index, page);
}

struct page *page_find(struct page_cache *cache, uint64_t index)
{
    struct page *page = page_at(cache, index);

    if (page)
        page->pins++;
    return page;
}

void page_put(struct page *page)
{
    if (page->pins-- == 0)
        FAIL("page put once too often\n");
}

void page_put_unfilled(struct page *page)
{
    page_put(page);
}

void page_dirty(struct page *page)
{
    (void)page;
}

void *page_bytes(const struct page *page)
{
    return (void *)(uintptr_t)page->phys;
}

void page_cache_throttle(void)
{
}

int page_cache_flush(struct page_cache *cache)
{
    (void)cache;
    return 0;
}

void page_cache_truncate(struct page_cache *cache, uint64_t from)
{
    struct page **link = &cache->first;

    while (*link) {
        struct page *page = *link;

        if (page->index < from) {
            link = &page->next;
            continue;
        }
        if (page->pins)
            FAIL("page is pinned\n");
        *link = page->next;
        cache->count--;
        (void)free_frame(page->phys);
        dealloc(page, sizeof(*page), 8);
    }
}

/* ---- the rest -------------------------------------------------------------------------------- */

uint64_t time_now_ns(void)
{
    return fake_now_ns;
}

int time_wall_ns(uint64_t *ns)
{
    *ns = fake_now_ns;
    return 0;
}

int copy_from_user(void *to, struct user from, size_t bytes)
{
    if (from.at < 4096)
        return -EFAULT;
    memcpy(to, (void *)(uintptr_t)from.at, bytes);
    return 0;
}

int copy_to_user(struct user to, const void *from, size_t bytes)
{
    if (to.at < 4096)
        return -EFAULT;
    memcpy((void *)(uintptr_t)to.at, from, bytes);
    return 0;
}

int zero_user(struct user to, size_t bytes)
{
    if (to.at < 4096)
        return -EFAULT;
    memset((void *)(uintptr_t)to.at, 0, bytes);
    return 0;
}

noreturn void panic(const char *format, ...)
{
    FAIL("panic: %s\n", format);
}

void log_write(enum log_level level, const char *area, const char *format, ...)
{
    (void)level;
    (void)area;
    (void)format;
}
