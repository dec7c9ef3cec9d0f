/*
 * Physical frames: the map of bits (frame_map.c), a reference count a frame, a cache of free frames
 * a CPU. Use: frames_init → alloc_frame, free_frame. Locks: the map under `lock`; a cache belongs
 * to its CPU while preemption is off; a count changes atomically.
 *
 * Frames that were given back as zeros are kept apart, for who wants zeros.
 *
 * A frame in a cache is used as the map sees it, and has the count 0: so freeing it twice is
 * noticed without looking at the map.
 */
#include "kernel/core/memory/frames.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/frame_count.h"
#include "kernel/core/memory/frame_map.h"
#include "kernel/core/memory/inject.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/sanitizer/kasan.h"
#include "lib/errno.h"

#define CACHE_MAX   512u /* what a program maps and unmaps again does not touch the map */
#define CACHE_BATCH 64u  /* frames that come from the map at a time */
#define DRAIN_BATCH 256u /* that go back */
#define ZEROED_MAX  64u
#define RECLAIM_BATCH 64u
#define FAULTS_LOGGED 16u /* of each kind; the others are counted only */

#define FRAMES_16M (FRAMES_BELOW_16M / FRAME_SIZE)
#define FRAMES_4G  (FRAMES_BELOW_4G / FRAME_SIZE)

struct frame_cache {
    unsigned count;
    uint64_t frames[CACHE_MAX];
};

struct frame_map frames_map; /* under lock; the counts and `touched` are read without it */
static struct spinlock lock = SPINLOCK("frames", LOCK_RANK_FRAMES);
static struct frame_cache caches[CPUS_MAX];
static struct frame_cache zeroed[CPUS_MAX]; /* known to be all zeros; at most ZEROED_MAX */
static uint64_t total;
static uint64_t (*reclaim)(uint64_t frames); /* or NULL */

/* ---- what is refused ------------------------------------------------------------------------- */

static const char *const fault_texts[FRAME_FAULTS] = {
    [FRAME_FAULT_UNALIGNED] = "is not the start of a frame",
    [FRAME_FAULT_BEYOND] = "lies beyond memory",
    [FRAME_FAULT_RESERVED] = "is reserved",
    [FRAME_FAULT_FREE] = "is free",
    [FRAME_FAULT_SHARED] = "has other references",
    [FRAME_FAULT_OVERFLOW] = "has too many references",
};
static uint64_t fault_counts[FRAME_FAULTS];

static enum frame_fault find_fault(uint64_t phys)
{
    uint64_t frame = phys / FRAME_SIZE;

    if (phys % FRAME_SIZE)
        return FRAME_FAULT_UNALIGNED;
    if (frame >= frames_map.size)
        return FRAME_FAULT_BEYOND;
    if (!frame_map_touched(&frames_map, frame))
        return frame_map_is_spanned(&frames_map, frame) ? FRAME_FAULT_FREE : FRAME_FAULT_RESERVED;
    switch (frames_map.counts[frame]) {
    case FRAME_COUNT_RESERVED:
        return FRAME_FAULT_RESERVED;
    case 0:
        return FRAME_FAULT_FREE;
    default:
        return FRAME_FAULT_SHARED;
    }
}

/* Say and count it. Returns the error. */
static int refuse_as(enum frame_fault fault, uint64_t phys, const char *what)
{
    if (__atomic_add_fetch(&fault_counts[fault], 1, __ATOMIC_RELAXED) <= FAULTS_LOGGED)
        log_error("memory", "%s: frame 0x%llx %s", what, (unsigned long long)phys,
                  fault_texts[fault]);
    if (fault == FRAME_FAULT_SHARED)
        return -EBUSY;
    return fault == FRAME_FAULT_OVERFLOW ? -EOVERFLOW : -EINVAL;
}

static never_inline int refuse(uint64_t phys, const char *what)
{
    return refuse_as(find_fault(phys), phys, what);
}

uint64_t frame_fault_count(enum frame_fault fault, const char **text)
{
    *text = fault_texts[fault];
    return fault_counts[fault];
}

/* ---- the map's beginning --------------------------------------------------------------------- */

static bool is_or_will_be_free(uint32_t type)
{
    return type == BOOT_MEMORY_USABLE || type == BOOT_MEMORY_LOADER;
}

static uint64_t round_up(uint64_t value, uint64_t step)
{
    return (value + step - 1) / step * step;
}

/* The words of the map, and behind them the counts. */
static uint64_t bytes_for(uint64_t frames)
{
    return round_up(frame_map_bytes(frames) + frames * sizeof(uint16_t), FRAME_SIZE);
}

/* The first usable range with room for `bytes`, at or above `from`. */
static int find_room(const struct boot_info *boot, uint64_t from, uint64_t bytes, uint64_t *phys)
{
    for (uint32_t i = 0; i < boot->memory_count; i++) {
        const struct boot_memory_range *range = &boot->memory[i];
        uint64_t start = range->base > from ? range->base : from;
        uint64_t end = range->base + range->length;

        if (range->type == BOOT_MEMORY_USABLE && start < end && bytes <= end - start) {
            *phys = start;
            return 0;
        }
    }
    return -ENOMEM;
}

/* How large the map is to be: memory up to the end of the highest range whose map has room and
   takes no more than a sixteenth of what it describes (a lone page at the end of the address space
   would), or to where maps end. */
static int place_map(const struct boot_info *boot, uint64_t *frames, uint64_t *phys)
{
    uint64_t kernel_end = round_up(boot->kernel.phys + boot->kernel.bytes, FRAME_SIZE);
    uint64_t left = 0;

    for (uint32_t i = 0; i < boot->memory_count; i++)
        left += is_or_will_be_free(boot->memory[i].type) ? boot->memory[i].length : 0;
    for (uint32_t i = boot->memory_count; i-- > 0;) {
        const struct boot_memory_range *range = &boot->memory[i];
        uint64_t bytes;

        if (!is_or_will_be_free(range->type))
            continue;
        *frames = (range->base + range->length) / FRAME_SIZE;
        if (*frames > FRAME_MAP_LIMIT && range->base / FRAME_SIZE < FRAME_MAP_LIMIT)
            *frames = FRAME_MAP_LIMIT;
        bytes = bytes_for(*frames);
        if (*frames > 0 && *frames <= FRAME_MAP_LIMIT && bytes <= left / 16
            && (find_room(boot, kernel_end, bytes, phys) == 0
                || find_room(boot, 0, bytes, phys) == 0))
            return 0;
        log_warn("memory", "0x%llx-0x%llx left unused: a map up to there needs %llu KiB",
                 (unsigned long long)range->base,
                 (unsigned long long)(range->base + range->length - 1),
                 (unsigned long long)(bytes / 1024));
        left -= range->length;
    }
    return -ENOMEM;
}

static void add(uint64_t first, uint64_t end)
{
    if (first >= end || first >= frames_map.size) /* place_map has told of those beyond */
        return;
    if (end > frames_map.size) {
        log_warn("memory", "frames 0x%llx-0x%llx left unused: they lie beyond the map",
                 (unsigned long long)frames_map.size, (unsigned long long)(end - 1));
        end = frames_map.size;
    }
    if (frame_map_add(&frames_map, first, end - first))
        log_warn("memory", "frames 0x%llx-0x%llx left unused: the map has too many pieces",
                 (unsigned long long)first, (unsigned long long)(end - 1));
    else
        total += end - first;
}

/* All ranges of that type, without [own, own_end), where the map itself lies. */
static void add_type(const struct boot_info *boot, uint32_t type, uint64_t own, uint64_t own_end)
{
    for (uint32_t i = 0; i < boot->memory_count; i++) {
        const struct boot_memory_range *range = &boot->memory[i];
        uint64_t first = range->base / FRAME_SIZE;
        uint64_t end = first + range->length / FRAME_SIZE;

        if (range->type != type)
            continue;
        if (own >= first && own < end) {
            add(first, own);
            first = own_end;
        }
        add(first, end);
    }
}

int frames_init(const struct boot_info *boot)
{
    uint64_t frames, phys;
    int error = place_map(boot, &frames, &phys);

    if (error)
        return error;
    for (unsigned i = 0; i < CPUS_MAX; i++)
        caches[i].count = zeroed[i].count = 0;
    total = 0;
    uint8_t *own = phys_to_virt(phys);
    error = frame_map_init(&frames_map, frames, (uint64_t *)own,
                           (uint16_t *)(own + frame_map_bytes(frames)));
    if (error)
        return error;
    add_type(boot, BOOT_MEMORY_USABLE, phys / FRAME_SIZE, (phys + bytes_for(frames)) / FRAME_SIZE);
    return 0;
}

void frames_release_type(const struct boot_info *boot, uint32_t type)
{
    spin_lock(&lock);
    add_type(boot, type, UINT64_MAX, UINT64_MAX);
    spin_unlock(&lock);
}

/* ---- single frames --------------------------------------------------------------------------- */

/* Where to look first: low memory is kept for those who need it. */
static const struct {
    uint64_t from, to;
} zones[] = {
    {FRAMES_4G, UINT64_MAX},
    {FRAMES_16M, FRAMES_4G},
    {0, FRAMES_16M},
};

/* Frames for an empty cache. Preemption is off. */
static bool refill(struct frame_cache *cache)
{
    spin_lock(&lock);
    for (unsigned i = 0; i < array_length(zones) && cache->count == 0; i++)
        cache->count =
            frame_map_take(&frames_map, zones[i].from, zones[i].to, cache->frames, CACHE_BATCH);
    spin_unlock(&lock);
    return cache->count > 0;
}

/* The oldest `count` frames of a cache go back to the map. */
static void drain(struct frame_cache *cache, unsigned count)
{
    spin_lock(&lock);
    for (unsigned i = 0; i < count; i++)
        /* The map has it as used: cannot fail. */
        (void)!frame_map_give(&frames_map, cache->frames[i], 1);
    spin_unlock(&lock);
    cache->count -= count;
    for (unsigned i = 0; i < cache->count; i++)
        cache->frames[i] = cache->frames[i + count];
}

/* The newest frame of a cache that has one, at index newest. Preemption is on afterwards. */
bounds_compared int take_cached(struct frame_cache *cache, unsigned newest, uint64_t *phys)
{
    uint64_t frame = cache->frames[newest];

    cache->count = newest;
    frames_map.counts[frame] = 1; /* nobody else knows the frame */
    kasan_frames_taken(frame * FRAME_SIZE, 1);
    *phys = frame * FRAME_SIZE;
    preempt_enable(); /* last: so no register is to be saved on the fast path */
    return 0;
}

void frames_set_reclaim(uint64_t (*function)(uint64_t frames))
{
    reclaim = function;
}

/* Preemption is off, and on afterwards. What is reclaimed comes into this CPU's cache, or another
   CPU's when we are moved meanwhile. */
static never_inline int alloc_slowly(struct frame_cache *cache, uint64_t *phys)
{
    bool some = cache->count > 0 || refill(cache);

    if (!some && reclaim) {
        preempt_enable();
        (void)reclaim(RECLAIM_BATCH);
        preempt_disable();
        cache = &caches[cpu_number()];
        some = cache->count > 0 || refill(cache);
    }
    if (!some) {
        cache = &zeroed[cpu_number()];
        some = cache->count > 0;
    }
    if (some)
        return take_cached(cache, cache->count - 1, phys);
    preempt_enable();
    return -ENOMEM;
}

static inline int take_frame(uint64_t *phys)
{
    preempt_disable();
    struct frame_cache *cache = &caches[cpu_number()];
    unsigned newest = cache->count - 1;
    if (unlikely(newest >= CACHE_MAX)) /* 0 - 1: there is none */
        return alloc_slowly(cache, phys);
    return take_cached(cache, newest, phys);
}

/* A test has asked for failures. Apart, so that the usual way needs no room on the stack. */
static never_inline int alloc_or_fail(uint64_t *phys)
{
    return memory_must_fail() ? -ENOMEM : take_frame(phys);
}

int alloc_frame(uint64_t *phys)
{
    return unlikely(memory_fail_in != 0) ? alloc_or_fail(phys) : take_frame(phys);
}

/* In a cache that has room. Preemption is on afterwards. */
bounds_compared void put_cached(struct frame_cache *cache, uint64_t frame)
{
    cache->frames[cache->count++] = frame;
    preempt_enable();
}

static never_inline void keep_slowly(struct frame_cache *cache, uint64_t frame)
{
    drain(cache, DRAIN_BATCH);
    put_cached(cache, frame);
}

/* The frame is to be had again; its count is 0. */
static inline void keep(uint64_t frame)
{
    kasan_frames_given(frame * FRAME_SIZE, 1);
    preempt_disable();
    struct frame_cache *cache = &caches[cpu_number()];
    if (unlikely(cache->count >= CACHE_MAX))
        keep_slowly(cache, frame);
    else
        put_cached(cache, frame);
}

int free_frame(uint64_t phys)
{
    uint64_t frame = frame_number(phys);

    if (unlikely(!frame_is_known(frame)) || unlikely(!frame_change_count(frame, 1, 0)))
        return refuse(phys, "free");
    keep(frame);
    return 0;
}

/* ---- zeros ----------------------------------------------------------------------------------- */

/* Preemption is off, and on afterwards if there was one. */
static inline bool take_zeroed(uint64_t *phys)
{
    struct frame_cache *cache = &zeroed[cpu_number()];

    return cache->count > 0 && take_cached(cache, cache->count - 1, phys) == 0;
}

int alloc_zeroed_frame(uint64_t *phys)
{
    if (likely(memory_fail_in == 0)) {
        preempt_disable();
        if (take_zeroed(phys))
            return 0;
        preempt_enable();
    }
    int error = alloc_frame(phys);

    if (!error)
        cpu_zero_page(phys_to_virt(*phys));
    return error;
}

int free_zeroed_frame(uint64_t phys)
{
    uint64_t frame = frame_number(phys);

    if (unlikely(!frame_is_known(frame)) || unlikely(!frame_change_count(frame, 1, 0)))
        return refuse(phys, "free");
    preempt_disable();
    struct frame_cache *cache = &zeroed[cpu_number()];
    if (cache->count >= ZEROED_MAX) {
        preempt_enable();
        keep(frame);
        return 0;
    }
    kasan_frames_given(frame * FRAME_SIZE, 1);
    put_cached(cache, frame);
    return 0;
}

/* ---- references ------------------------------------------------------------------------------ */

int frame_get(uint64_t phys)
{
    uint64_t frame = frame_number(phys);
    uint16_t count;

    if (!frame_is_known(frame))
        return refuse(phys, "get");
    do {
        count = frame_count(frame);
        if (count == 0 || count == FRAME_COUNT_RESERVED)
            return refuse(phys, "get");
        if (count == FRAME_COUNT_MAX)
            return refuse_as(FRAME_FAULT_OVERFLOW, phys, "get");
    } while (!frame_change_count(frame, count, (uint16_t)(count + 1)));
    return 0;
}

int frame_put(uint64_t phys)
{
    uint64_t frame = frame_number(phys);
    uint16_t count;

    if (!frame_is_known(frame))
        return refuse(phys, "put");
    do {
        count = frame_count(frame);
        if (count == 0 || count == FRAME_COUNT_RESERVED)
            return refuse(phys, "put");
    } while (!frame_change_count(frame, count, (uint16_t)(count - 1)));
    if (count == 1)
        keep(frame);
    return 0;
}

unsigned frame_references(uint64_t phys)
{
    unsigned count = frame_is_known(frame_number(phys)) ? frame_count(frame_number(phys)) : 0;

    return count == FRAME_COUNT_RESERVED ? 0 : count;
}

/* ---- runs ------------------------------------------------------------------------------------ */

/* The highest zone that has such a run; then, for runs that reach over a zone's end, all of them.
   */
static int take_run(uint64_t count, uint64_t align, uint64_t limit, uint64_t *first)
{
    int error = -ENOMEM;

    for (unsigned i = 0; i < array_length(zones) && error == -ENOMEM; i++) {
        uint64_t to = zones[i].to < limit ? zones[i].to : limit;

        if (zones[i].from < to)
            error = frame_map_take_run(&frames_map, count, align, zones[i].from, to, first);
    }
    if (error != -ENOMEM)
        return error;
    return frame_map_take_run(&frames_map, count, align, 0, limit, first);
}

static int take_run_locked(uint64_t count, uint64_t align_frames, uint64_t limit, uint64_t *first)
{
    spin_lock(&lock);
    int error = take_run(count, align_frames, limit, first);
    spin_unlock(&lock);
    return error;
}

static void drain_own_cache(void)
{
    preempt_disable();
    drain(&caches[cpu_number()], caches[cpu_number()].count);
    drain(&zeroed[cpu_number()], zeroed[cpu_number()].count);
    preempt_enable();
}

int alloc_frames(uint64_t count, uint64_t align_frames, uint64_t below, uint64_t *phys)
{
    uint64_t first, limit = below / FRAME_SIZE;

    if (memory_must_fail())
        return -ENOMEM;
    int error = take_run_locked(count, align_frames, limit, &first);
    if (error == -ENOMEM) { /* perhaps this CPU's cache holds what is missing */
        drain_own_cache();
        error = take_run_locked(count, align_frames, limit, &first);
    }
    if (error == -ENOMEM && reclaim && reclaim(4 * count) > 0) {
        drain_own_cache();
        error = take_run_locked(count, align_frames, limit, &first);
    }
    if (error)
        return error;
    for (uint64_t i = 0; i < count; i++)
        frames_map.counts[first + i] = 1;
    kasan_frames_taken(first * FRAME_SIZE, count);
    *phys = first * FRAME_SIZE;
    return 0;
}

/* Whether all of them have one reference; else what free_frame would say of the first that has not.
   */
static int check_run(uint64_t phys, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t at = phys + i * FRAME_SIZE;

        if (!frame_is_known(frame_number(at)) || frame_count(frame_number(at)) != 1)
            return refuse(at, "free");
    }
    return 0;
}

int free_frames(uint64_t phys, uint64_t count)
{
    uint64_t first = phys / FRAME_SIZE;

    if (count > frames_map.size) /* so that no sum wraps */
        return refuse(frames_map.size * FRAME_SIZE, "free");
    spin_lock(&lock);
    int error = check_run(phys, count);
    if (!error) {
        for (uint64_t i = 0; i < count; i++)
            frames_map.counts[first + i] = 0;
        kasan_frames_given(phys, count);
        error = frame_map_give(&frames_map, first, count);
    }
    spin_unlock(&lock);
    return error;
}

/* ---- figures --------------------------------------------------------------------------------- */

uint64_t frames_total(void)
{
    return total;
}

uint64_t frames_free(void)
{
    uint64_t count = frames_map.free;

    for (unsigned i = 0; i < CPUS_MAX; i++)
        count += caches[i].count + zeroed[i].count;
    return count;
}
