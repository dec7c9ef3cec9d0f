/*
 * Slabs (after J. Bonwick, "The Slab Allocator", 1994, and "Magazines and Vmem", 2001). Small
 * objects live in single frames, seen through the map of physical memory: no mapping is made for
 * them. Larger ones live in page runs of four pages, which need no contiguous frames. Use and
 * locks: slab.h.
 */
#include "kernel/core/memory/slab.h"

#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/heap_debug.h"
#include "kernel/core/memory/page_runs.h"
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "lib/string.h"

#define SMALL_MAX      512u /* larger objects waste too much of a single page */
#define LARGE_PAGES    4u
#define SLAB_OBJECTS_MAX 256u
#define EMPTY_KEPT     1u /* slabs a cache keeps though nobody uses them */
#define ALIGN_MAX      2048u

struct slab {
    struct slab_cache *cache;
    struct slab *next, *prev; /* in cache->partial */
    uint64_t phys;            /* of its frame; 0: it is a page run */
    uint32_t free_count;
    uint64_t free[SLAB_OBJECTS_MAX / 64]; /* a bit an object */
};

static struct spinlock list_lock = SPINLOCK("slab caches", LOCK_RANK_CACHES);
static struct slab_cache *caches; /* under list_lock, the newest first */

/* ---- a cache's slabs: under its lock --------------------------------------------------------- */

static void link_slab(struct slab_cache *cache, struct slab *slab)
{
    slab->prev = NULL;
    slab->next = cache->partial;
    if (slab->next)
        slab->next->prev = slab;
    cache->partial = slab;
}

static void unlink_slab(struct slab_cache *cache, struct slab *slab)
{
    if (slab->prev)
        slab->prev->next = slab->next;
    else
        cache->partial = slab->next;
    if (slab->next)
        slab->next->prev = slab->prev;
}

static void *object_at(struct slab *slab, uint64_t index)
{
    return (uint8_t *)slab + slab->cache->first + index * slab->cache->size;
}

/* The lowest free object of the newest slab that has one; NULL: none has. */
static void *take_object(struct slab_cache *cache)
{
    struct slab *slab = cache->partial;

    if (!slab)
        return NULL;
    uint64_t index = bitmap_find_set(slab->free, cache->per_slab, 0);
    bitmap_clear(slab->free, index);
    if (slab->free_count == cache->per_slab)
        cache->empty--;
    if (--slab->free_count == 0)
        unlink_slab(cache, slab);
    cache->free--;
    return object_at(slab, index);
}

/* Which object of its slab that is; per_slab when it is none. */
static uint64_t index_of(const struct slab_cache *cache, const struct slab *slab,
                         const void *object)
{
    uint64_t offset = (uint64_t)((const uint8_t *)object - (const uint8_t *)slab);

    if (slab->cache != cache || offset < cache->first || (offset - cache->first) % cache->size)
        return cache->per_slab;
    return (offset - cache->first) / cache->size;
}

/* Returns the slab when it is wholly free and one too many (it is in no list then), else NULL. */
static struct slab *put_object(struct slab_cache *cache, void *object)
{
    struct slab *slab = (struct slab *)((uintptr_t)object & ~((uintptr_t)cache->slab_bytes - 1));
    uint64_t index = index_of(cache, slab, object);

    if (index >= cache->per_slab || bitmap_get(slab->free, index)) {
        heap_fault(object,
                   index >= cache->per_slab ? "is no object of its cache" : "was freed twice");
        return NULL;
    }
    bitmap_set(slab->free, index);
    cache->free++;
    if (slab->free_count++ == 0)
        link_slab(cache, slab);
    if (slab->free_count < cache->per_slab)
        return NULL;
    if (cache->empty < EMPTY_KEPT) {
        cache->empty++;
        return NULL;
    }
    unlink_slab(cache, slab);
    cache->slabs--;
    cache->free -= cache->per_slab;
    return slab;
}

/* ---- making and unmaking slabs: without locks ------------------------------------------------ */

static struct slab *get_memory(const struct slab_cache *cache)
{
    uint64_t phys;
    void *run;

    if (cache->slab_bytes > PAGE_SIZE) {
        if (page_run_alloc(LARGE_PAGES, LARGE_PAGES, &run))
            return NULL;
        ((struct slab *)run)->phys = 0;
        return run;
    }
    if (alloc_frame(&phys))
        return NULL;
    struct slab *slab = phys_to_virt(phys);
    slab->phys = phys;
    return slab;
}

static void release_memory(struct slab *slab)
{
    int error = slab->phys ? free_frame(slab->phys) : page_run_free(slab, LARGE_PAGES);

    if (error)
        heap_fault(slab, "is a slab whose head was overwritten");
}

static struct slab *make_slab(struct slab_cache *cache)
{
    struct slab *slab = get_memory(cache);

    if (!slab)
        return NULL;
    slab->cache = cache;
    slab->free_count = cache->per_slab;
    for (unsigned i = 0; i < array_length(slab->free); i++)
        slab->free[i] = 0;
    bitmap_set_range(slab->free, 0, cache->per_slab);
#ifdef DEBUG
    memset(object_at(slab, 0), HEAP_PATTERN_FREED, (size_t)cache->per_slab * cache->size);
#endif
    for (uint32_t i = 0; cache->construct && i < cache->per_slab; i++)
        cache->construct(object_at(slab, i));
    kasan_poison(object_at(slab, 0), (size_t)cache->per_slab * cache->size, KASAN_HEAP_FREED);
    return slab;
}

static bool grow(struct slab_cache *cache)
{
    struct slab *slab = make_slab(cache);

    if (!slab && slab_reclaim() > 0)
        slab = make_slab(cache);
    spin_lock(&cache->lock);
    if (slab) {
        link_slab(cache, slab);
        cache->free += cache->per_slab;
        cache->empty++;
        cache->slabs_made++;
        if (++cache->slabs > cache->slabs_most)
            cache->slabs_most = cache->slabs;
    } else {
        cache->failures++;
    }
    spin_unlock(&cache->lock);
    return slab != NULL;
}

/* ---- magazines: preemption is off ------------------------------------------------------------ */

static uint32_t batch_of(const struct slab_cache *cache)
{
    return (cache->magazine_size + 1) / 2;
}

static void load(struct slab_cache *cache, struct magazine *magazine)
{
    void *object;

    spin_lock(&cache->lock);
    while (magazine->count < batch_of(cache) && (object = take_object(cache)))
        magazine->objects[magazine->count++] = object;
    spin_unlock(&cache->lock);
}

void *slab_take_slowly(struct slab_cache *cache, struct magazine *magazine)
{
    void *object = NULL;

    load(cache, magazine);
    if (magazine->count == 0 && grow(cache))
        load(cache, magazine);
    if (magazine->count > 0) {
        magazine->allocations++;
        object = magazine->objects[--magazine->count];
        kasan_unpoison(object, cache->size);
    }
    preempt_enable();
    return object;
}

/* The oldest `count` objects go back to their slabs. Returns how many slabs that freed. */
static unsigned unload(struct slab_cache *cache, struct magazine *magazine, uint32_t count)
{
    struct slab *unused = NULL;
    unsigned freed = 0;

    spin_lock(&cache->lock);
    for (uint32_t i = 0; i < count; i++) {
        struct slab *slab = put_object(cache, magazine->objects[i]);

        if (slab) {
            slab->next = unused;
            unused = slab;
        }
    }
    spin_unlock(&cache->lock);
    magazine->count -= count;
    for (uint32_t i = 0; i < magazine->count; i++)
        magazine->objects[i] = magazine->objects[i + count];
    for (; unused; freed++) {
        struct slab *slab = unused;

        unused = slab->next;
        release_memory(slab);
    }
    return freed;
}

void slab_free_slowly(struct slab_cache *cache, struct magazine *magazine, void *object)
{
    (void)unload(cache, magazine, batch_of(cache));
    magazine->objects[magazine->count++] = object;
    preempt_enable();
}

/* ---- giving memory back ---------------------------------------------------------------------- */

/* The slab without a used object that the cache kept. NULL: there is none. */
static struct slab *take_empty(struct slab_cache *cache)
{
    struct slab *slab;

    spin_lock(&cache->lock);
    for (slab = cache->partial; slab && slab->free_count < cache->per_slab;)
        slab = slab->next;
    if (slab) {
        unlink_slab(cache, slab);
        cache->empty--;
        cache->slabs--;
        cache->free -= cache->per_slab;
    }
    spin_unlock(&cache->lock);
    return slab;
}

/* What this CPU's magazine and the cache keep for later. */
static unsigned shrink(struct slab_cache *cache)
{
    struct magazine *magazine = &cache->magazines[cpu_number()];
    unsigned freed = unload(cache, magazine, magazine->count);
    struct slab *slab;

    for (; (slab = take_empty(cache)); freed++)
        release_memory(slab);
    return freed;
}

unsigned slab_reclaim(void)
{
    unsigned freed = 0;

    spin_lock(&list_lock);
    for (struct slab_cache *cache = caches; cache; cache = cache->next)
        freed += shrink(cache);
    spin_unlock(&list_lock);
    return freed;
}

/* ---- caches ---------------------------------------------------------------------------------- */

static uint32_t round_up(uint32_t value, uint32_t step)
{
    return (value + step - 1) & ~(step - 1);
}

int slab_cache_init(struct slab_cache *cache, const char *name, size_t size, size_t align,
                    void (*construct)(void *object))
{
    if (size == 0 || size > SLAB_OBJECT_MAX || align == 0 || align > ALIGN_MAX ||
        align & (align - 1))
        return -EINVAL;
    *cache = (struct slab_cache){.name = name, .construct = construct};
    spin_init(&cache->lock, name, LOCK_RANK_HEAP);
    cache->size = round_up((uint32_t)size, (uint32_t)(align < 16 ? 16 : align));
    cache->first = round_up(sizeof(struct slab), (uint32_t)(align < 16 ? 16 : align));
    cache->slab_bytes = (uint32_t)(cache->size <= SMALL_MAX ? 1 : LARGE_PAGES) * PAGE_SIZE;
    cache->per_slab = (cache->slab_bytes - cache->first) / cache->size;
    cache->magazine_size = cache->size <= 256 ? MAGAZINE_MAX : 8;
    spin_lock(&list_lock);
    cache->next = caches;
    caches = cache;
    spin_unlock(&list_lock);
    return 0;
}

int slab_cache_create(const char *name, size_t size, size_t align, void (*construct)(void *object),
                      struct slab_cache **cache)
{
    struct slab_cache *made = alloc(sizeof(*made), 16);

    if (!made)
        return -ENOMEM;
    int error = slab_cache_init(made, name, size, align, construct);
    if (error)
        dealloc(made, sizeof(*made), 16);
    else
        *cache = made;
    return error;
}

static void unlist(struct slab_cache *cache)
{
    struct slab_cache **at = &caches;

    while (*at != cache)
        at = &(*at)->next;
    *at = cache->next;
}

int slab_cache_destroy(struct slab_cache *cache)
{
    spin_lock(&list_lock);
    (void)shrink(cache);
    bool busy = cache->slabs > 0;
    if (!busy)
        unlist(cache);
    spin_unlock(&list_lock);
    if (busy)
        return -EBUSY;
    dealloc(cache, sizeof(*cache), 16);
    return 0;
}

static void describe(struct slab_cache *cache, struct slab_info *info)
{
    *info = (struct slab_info){
        .name = cache->name,
        .size = cache->size,
        .per_slab = cache->per_slab,
        .slab_bytes = cache->slab_bytes,
    };
    spin_lock(&cache->lock);
    info->slabs = cache->slabs;
    info->slabs_most = cache->slabs_most;
    info->slabs_made = cache->slabs_made;
    info->failures = cache->failures;
    info->objects = cache->slabs * cache->per_slab;
    info->used = info->objects - cache->free;
    for (unsigned i = 0; i < CPUS_MAX; i++) {
        info->used -= cache->magazines[i].count;
        info->allocations += cache->magazines[i].allocations;
    }
    spin_unlock(&cache->lock);
}

bool slab_info(unsigned index, struct slab_info *info)
{
    spin_lock(&list_lock);
    struct slab_cache *cache = caches;
    for (; cache && index > 0; index--)
        cache = cache->next;
    if (cache)
        describe(cache, info);
    spin_unlock(&list_lock);
    return cache != NULL;
}
