/*
 * The kernel heap: which stage serves a call, and in the debug build the care around each piece.
 * Use: alloc, dealloc at any time; heap_init in step 7. No lock of its own: the stages have theirs.
 */
#include "kernel/core/memory/heap.h"

#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap_debug.h"
#include "kernel/core/memory/heap_stages.h"
#include "kernel/core/memory/inject.h"
#include "kernel/core/memory/page_runs.h"
#include "kernel/core/memory/slab.h"
#include "kernel/sanitizer/kasan.h"
#include "lib/string.h"

#define FAULTS_LOGGED 16u
#define CLASS_STEP    16u
#define CLASS_LARGEST 2048u /* above it: pages */

#ifdef DEBUG
#define HAS_DEBUG true
#else
#define HAS_DEBUG false
#endif

enum stage { STAGE_BUMP, STAGE_LIST, STAGE_SLAB };

static const char *const stage_names[] = {"bump", "list", "slab"};
static enum stage stage;
static uint64_t faults;
static uint64_t page_bytes; /* handed out as whole pages, by the slab stage */

/* Powers of two and their middles: an object of a class has every alignment that its size has. */
static const struct {
    uint32_t size;
    const char *name;
} classes[] = {
    {16, "heap-16"},     {32, "heap-32"},     {48, "heap-48"},   {64, "heap-64"},
    {96, "heap-96"},     {128, "heap-128"},   {192, "heap-192"}, {256, "heap-256"},
    {384, "heap-384"},   {512, "heap-512"},   {768, "heap-768"}, {1024, "heap-1024"},
    {1536, "heap-1536"}, {2048, "heap-2048"},
};
static struct slab_cache caches[array_length(classes)];
/* By (size - 1) / CLASS_STEP; NULL in the other stages. */
static struct slab_cache *class_of[CLASS_LARGEST / CLASS_STEP];

/* ---- start ----------------------------------------------------------------------------------- */

static void start_slab(void)
{
    unsigned class = 0;

    for (unsigned steps = 0; steps < array_length(class_of); steps++) {
        if (steps * CLASS_STEP >= classes[class].size)
            class++;
        class_of[steps] = &caches[class];
    }
    for (unsigned i = 0; i < array_length(classes); i++) {
        uint32_t size = classes[i].size;

        (void)!slab_cache_init(&caches[i], classes[i].name, size, size & -size, NULL);
    }
}

static enum stage chosen_stage(void)
{
    char name[8];

    if (boot_option("heap", name, sizeof(name)))
        return STAGE_SLAB;
    for (unsigned i = 0; i < array_length(stage_names); i++)
        if (strcmp(name, stage_names[i]) == 0)
            return (enum stage)i;
    log_warn("memory", "heap=%s: not one of bump, list, slab; slab taken", name);
    return STAGE_SLAB;
}

void heap_init(void)
{
    enum stage chosen = chosen_stage();

    if (page_runs_init())
        log_error("memory",
                  "no memory for the heap's addresses: nothing above a page is to be had");
    bump_extend();
    if (chosen == STAGE_LIST)
        list_init();
    if (chosen == STAGE_SLAB)
        start_slab();
    stage = chosen;
}

/* ---- pages, for the slab stage --------------------------------------------------------------- */

static uint64_t pages_for(size_t size)
{
    return size / PAGE_SIZE + (size % PAGE_SIZE != 0);
}

static void *pages_alloc(size_t size, size_t align)
{
    uint64_t pages = pages_for(size), phys;
    void *ptr;

    if (pages == 1 && align <= PAGE_SIZE)
        ptr = alloc_frame(&phys) ? NULL : phys_to_virt(phys);
    else if (page_run_alloc(pages, align > PAGE_SIZE ? align / PAGE_SIZE : 1, &ptr))
        ptr = NULL;
    if (ptr)
        __atomic_add_fetch(&page_bytes, pages * PAGE_SIZE, __ATOMIC_RELAXED);
    return ptr;
}

static void pages_dealloc(void *ptr, size_t size)
{
    uint64_t pages = pages_for(size);
    uint64_t phys = (uintptr_t)ptr - VIRT_PHYSICAL_MAP; /* of a single page; else beyond memory */
    int error = page_run_is_one(ptr) ? page_run_free(ptr, pages) : free_frame(phys);

    if (!error)
        __atomic_sub_fetch(&page_bytes, pages * PAGE_SIZE, __ATOMIC_RELAXED);
    else
        heap_fault(ptr, "is not the beginning of so many pages");
}

/* ---- by stage -------------------------------------------------------------------------------- */

static inline void *take(size_t size, size_t align);
static inline void give(void *ptr, size_t size, size_t align);

/* The class that serves it, or NULL: another stage or pages do, or it is of size 0 (which wraps).
   For a power of two, ((size - 1) | (align - 1)) + 1 is the size rounded up to align: and both
   bounds are one. */
bounds_compared struct slab_cache *class_for(size_t size, size_t align)
{
    size_t class = ((size - 1) | (align - 1)) / CLASS_STEP;

    return likely(class < array_length(class_of)) ? class_of[class] : NULL;
}

static never_inline void *take_slowly(size_t size, size_t align)
{
    if (size == 0)
        return take(1, align);
    if (stage == STAGE_BUMP)
        return bump_alloc(size, align);
    if (stage == STAGE_LIST)
        return list_alloc(size, align);
    void *ptr = pages_alloc(size, align);
    if (!ptr && slab_reclaim() > 0)
        ptr = pages_alloc(size, align);
    return ptr;
}

/* In the debug build every unused object is all HEAP_PATTERN_FREED: here, in give_class, in slab.c.
   */
static inline void *take_class(struct slab_cache *cache)
{
    void *object = slab_take(cache);

    if (HAS_DEBUG && object)
        heap_debug_check_unused(object, cache->size);
    return object;
}

static inline void give_class(struct slab_cache *cache, void *object)
{
    if (HAS_DEBUG) {
        kasan_unpoison(object, cache->size);
        memset(object, HEAP_PATTERN_FREED, cache->size);
    }
    slab_free(cache, object);
}

static inline void *take_by_size(size_t size, size_t align)
{
    struct slab_cache *cache = class_for(size, align);

    return likely(cache != NULL) ? take_class(cache) : take_slowly(size, align);
}

/* A test has asked for failures. Apart, so that the usual way needs no room on the stack. */
static never_inline void *take_or_fail(size_t size, size_t align)
{
    return memory_must_fail() ? NULL : take_by_size(size, align);
}

static inline void *take(size_t size, size_t align)
{
    return unlikely(memory_fail_in != 0) ? take_or_fail(size, align) : take_by_size(size, align);
}

static never_inline void give_slowly(void *ptr, size_t size, size_t align)
{
    bool bumped = bump_is_early(ptr) || stage == STAGE_BUMP;

    if (size == 0)
        give(ptr, 1, align);
    else if (!bumped && stage == STAGE_SLAB)
        pages_dealloc(ptr, size);
    else if (bumped ? bump_dealloc(ptr, size) : list_dealloc(ptr))
        heap_fault(ptr, "is no piece of the heap, or was freed twice");
}

static inline void give(void *ptr, size_t size, size_t align)
{
    struct slab_cache *cache = class_for(size, align);

    if (likely(cache != NULL) && likely(!bump_is_early(ptr)))
        give_class(cache, ptr);
    else
        give_slowly(ptr, size, align);
}

/* ---- the interface --------------------------------------------------------------------------- */

static inline size_t debug_align(size_t align)
{
    return align < 16 ? 16 : align;
}

/* The debug build's: with what heap_debug.h puts around a piece. */
static void *alloc_for(size_t size, size_t align, const void *caller)
{
    size_t whole = heap_debug_size(size, align);
    void *ptr = whole ? take(whole, debug_align(align)) : NULL;

    return ptr ? heap_debug_open(ptr, size, align, caller) : NULL;
}

static void dealloc_for(void *ptr, size_t size, size_t align, const void *caller)
{
    void *whole = heap_debug_close(ptr, size, align, caller);

    if (whole)
        give(whole, heap_debug_size(size, align), debug_align(align));
}

void *alloc(size_t size, size_t align)
{
    if (HAS_DEBUG)
        return alloc_for(size, align, __builtin_return_address(0));
    return take(size, align);
}

void *alloc_zeroed(size_t size, size_t align)
{
    void *ptr = HAS_DEBUG ? alloc_for(size, align, __builtin_return_address(0)) : take(size, align);
    if (ptr)
        memset(ptr, 0, size);
    return ptr;
}

void dealloc(void *ptr, size_t size, size_t align)
{
    if (unlikely(!ptr))
        return;
    if (HAS_DEBUG)
        dealloc_for(ptr, size, align, __builtin_return_address(0));
    else
        give(ptr, size, align);
}

/* ---- what is known --------------------------------------------------------------------------- */

const char *heap_stage_name(void)
{
    return stage_names[stage];
}

static size_t slabs_used(void)
{
    struct slab_info info;
    size_t bytes = 0;

    for (unsigned i = 0; slab_info(i, &info); i++)
        bytes += info.used * info.size;
    return bytes;
}

size_t heap_used(void)
{
    size_t bytes = bump_used() + page_bytes;

    if (stage == STAGE_LIST)
        bytes += list_used();
    return bytes + (stage == STAGE_SLAB ? slabs_used() : 0);
}

void heap_fault(const void *ptr, const char *what)
{
    if (__atomic_add_fetch(&faults, 1, __ATOMIC_RELAXED) <= FAULTS_LOGGED)
        log_error("memory", "heap: 0x%llx %s", (unsigned long long)(uintptr_t)ptr, what);
}

uint64_t heap_faults(void)
{
    return faults;
}

uint64_t heap_mark(void)
{
    return HAS_DEBUG ? heap_debug_mark() : 0;
}

bool heap_leak(uint64_t mark, unsigned index, struct heap_leak *leak)
{
    return HAS_DEBUG && heap_debug_leak(mark, index, leak);
}
