/*
 * Caches of objects of one size. A slab is a page (or four) cut into objects, its head at its
 * beginning; each CPU keeps a magazine of free objects, so that most calls are a push or a pop.
 *
 *     cache = slab_cache_create("inode", sizeof(struct inode), 8, construct_inode);
 *     inode = slab_alloc(cache);   … slab_free(cache, inode);   slab_cache_destroy(cache)
 *
 * A constructor runs once for each object, when its slab is made; a user gives the object back as
 * the constructor left it. It runs with preemption off and must not allocate.
 *
 * Locks: LOCK_RANK_CACHES for the list of caches, then a cache's own of LOCK_RANK_HEAP. Not for
 * interrupt handlers.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/arch/arch.h"
#include "kernel/core/memory/inject.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/sanitizer/kasan.h"
#include "lib/compiler.h"

#define SLAB_OBJECT_MAX 4096u
#define MAGAZINE_MAX    32u

struct slab;

struct magazine {
    uint32_t count;
    uint64_t allocations; /* ever */
    void *objects[MAGAZINE_MAX];
};

struct slab_cache {
    const char *name;
    void (*construct)(void *object); /* or NULL */
    uint32_t size;          /* of an object, a multiple of its alignment */
    uint32_t first;         /* offset of the first one in a slab */
    uint32_t per_slab;
    uint32_t slab_bytes;    /* a power of two, and a slab's alignment */
    uint32_t magazine_size; /* at most MAGAZINE_MAX */
    struct magazine magazines[CPUS_MAX]; /* its CPU's, with preemption off */

    struct spinlock lock;
    /* Under the lock. */
    struct slab *partial; /* those with a free object, the newest first */
    uint64_t slabs, slabs_most, slabs_made;
    uint64_t empty; /* slabs without a used object */
    uint64_t free;  /* objects in slabs; those in magazines count as used */
    uint64_t failures;

    struct slab_cache *next; /* under the lock of the list */
};

/* size 1 to SLAB_OBJECT_MAX; align a power of two up to 2048. The name is kept, not copied.
   -ENOMEM; -EINVAL: size or align. */
int slab_cache_create(const char *name, size_t size, size_t align, void (*construct)(void *object),
                      struct slab_cache **cache) must_check;
/* -EBUSY: objects are still out. */
int slab_cache_destroy(struct slab_cache *cache) must_check;
/* For a cache that is a variable; never destroyed. */
int slab_cache_init(struct slab_cache *cache, const char *name, size_t size, size_t align,
                    void (*construct)(void *object)) must_check;

/* The slow ways of the two below; preemption is off, and on afterwards. */
void *slab_take_slowly(struct slab_cache *cache, struct magazine *magazine);
void slab_free_slowly(struct slab_cache *cache, struct magazine *magazine, void *object);

/* slab_alloc without the failure that a test asked for: for those who asked already. */
bounds_compared void *slab_take(struct slab_cache *cache)
{
    preempt_disable();
    struct magazine *magazine = &cache->magazines[cpu_number()];
    uint32_t newest = magazine->count - 1;
    if (unlikely(newest >= MAGAZINE_MAX)) /* 0 - 1: there is none */
        return slab_take_slowly(cache, magazine);
    magazine->allocations++;
    magazine->count = newest;
    void *object = magazine->objects[newest];
    preempt_enable();
    kasan_unpoison(object, cache->size);
    return object;
}

/* NULL: no memory. */
static inline void *slab_alloc(struct slab_cache *cache)
{
    return memory_must_fail() ? NULL : slab_take(cache);
}

bounds_compared void slab_free(struct slab_cache *cache, void *object)
{
    if (kasan_freed_twice(object, __builtin_return_address(0)))
        return;
    kasan_poison(object, cache->size, KASAN_HEAP_FREED);
    preempt_disable();
    struct magazine *magazine = &cache->magazines[cpu_number()];
    if (unlikely(magazine->count >= cache->magazine_size)) {
        slab_free_slowly(cache, magazine, object);
        return;
    }
    magazine->objects[magazine->count++] = object;
    preempt_enable();
}

/* Give wholly free slabs back to the frames, of all caches. Returns how many slabs went. */
unsigned slab_reclaim(void);

struct slab_info {
    const char *name;
    uint32_t size, per_slab, slab_bytes;
    uint64_t used, objects; /* objects that users have; that there are */
    uint64_t slabs, slabs_most, slabs_made, allocations, failures;
};
bool slab_info(unsigned index, struct slab_info *info); /* false beyond the last cache */
