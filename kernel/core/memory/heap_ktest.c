/* The heap on the running kernel, by whichever stage it was booted with. */
#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/inject.h"
#include "kernel/core/memory/page_runs.h"
#include "kernel/core/memory/slab.h"
#ifdef DEBUG
#include "kernel/sanitizer/report.h"
#endif
#include "kernel/fs/page_cache.h"
#include "kernel/test/ktest.h"
#include "lib/errno.h"
#include "lib/string.h"

#define PIECES 400u

static struct piece {
    uint8_t *at;
    size_t size, align;
} pieces[PIECES];

static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
    random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
    return (random_state >> 33) % limit;
}

static bool slab_stage(void)
{
    return strcmp(heap_stage_name(), "slab") == 0;
}

/* Everything that caches keep goes back, so that frames can be counted. */
static uint64_t settled_frames(void)
{
    (void)page_cache_reclaim(UINT64_MAX);
    (void)slab_reclaim();
    return frames_free();
}

static bool all_are(const uint8_t *bytes, size_t size, uint8_t value)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

/* False: a piece was misaligned, or somebody wrote into it. */
static bool random_step(unsigned which)
{
    struct piece *piece = &pieces[which];
    uint8_t mark = (uint8_t)(which + 1);

    if (piece->at) {
        bool mine = all_are(piece->at, piece->size, mark);

        dealloc(piece->at, piece->size, piece->align);
        piece->at = NULL;
        return mine;
    }
    piece->size = random_below(8) ? 1 + random_below(600) : 1 + random_below(20000);
    piece->align = 1ull << random_below(random_below(4) ? 5 : 13);
    piece->at = alloc(piece->size, piece->align);
    if (!piece->at)
        return true; /* a small machine */
    memset(piece->at, mark, piece->size);
    return (uintptr_t)piece->at % piece->align == 0;
}

KTEST(heap_pieces_do_not_overlap)
{
    uint64_t before = settled_frames(), faults = heap_faults();
    bool good = true;

    memset(pieces, 0, sizeof(pieces));
    random_state = 42;
    for (unsigned step = 0; step < 20000; step++)
        good = random_step((unsigned)random_below(PIECES)) && good;
    for (unsigned i = 0; i < PIECES; i++)
        good = (!pieces[i].at || random_step(i)) && good;
    EXPECT(good);
    EXPECT_EQUAL(heap_faults(), faults);
    if (slab_stage())
        EXPECT_EQUAL(settled_frames(), before);
}

KTEST(heap_zeroes_on_demand)
{
    uint8_t *piece = alloc(5000, 8);

    EXPECT(piece != NULL);
    memset(piece, 0xff, 5000);
    dealloc(piece, 5000, 8);
    piece = alloc_zeroed(5000, 8);
    EXPECT(piece && all_are(piece, 5000, 0));
    dealloc(piece, 5000, 8);
    dealloc(NULL, 10, 8);
}

KTEST(heap_refuses_the_impossible)
{
    uint64_t before = settled_frames();

    EXPECT(alloc(SIZE_MAX, 1) == NULL);
    EXPECT(alloc(SIZE_MAX - 4096, 16) == NULL);
    EXPECT(alloc(1ull << 46, 4096) == NULL);
    EXPECT(alloc(16, 1ull << 50) == NULL);
    if (slab_stage())
        EXPECT_EQUAL(settled_frames(), before);
}

/* Asks for pages until there are none; what was taken comes back. Returns the frames that are
   missing afterwards. */
static uint64_t eat_all_memory(size_t size)
{
    uint64_t before = settled_frames();
    void **last = NULL, **piece;

    while ((piece = alloc(size, 8))) {
        *piece = last;
        last = piece;
    }
    for (; last; last = piece) {
        piece = *last;
        dealloc(last, size, 8);
    }
    return before - settled_frames();
}

KTEST(heap_survives_exhaustion)
{
    void *piece;

    if (frames_free() > (64ull << 20) / FRAME_SIZE) {
        ktest_skip("more than 64 MiB of memory");
        return;
    }
    if (!slab_stage()) {
        ktest_skip("this stage keeps what it has taken");
        return;
    }
    /* Not nothing: tables of the page runs' addresses may stay. */
    EXPECT(eat_all_memory(64) == 0);
    EXPECT(eat_all_memory(1024) < 128);
    EXPECT(eat_all_memory(4096) == 0);
    EXPECT(eat_all_memory(40000) < 128);
    piece = alloc(100000, 8);
    EXPECT(piece != NULL);
    dealloc(piece, 100000, 8);
}

/* Every allocation on the way fails once: the answer is NULL or a whole piece, and nothing is lost.
   */
static uint64_t lost_by_failures(size_t size, unsigned most)
{
    uint64_t before;

    dealloc(alloc(size, 8), size, 8); /* page tables are there now */
    before = settled_frames();
    for (unsigned k = 1; k <= most; k++) {
        (void)slab_reclaim(); /* so that the slow ways are taken */
        memory_fail_in = k;
        uint8_t *piece = alloc(size, 8);
        memory_fail_in = 0;
        if (piece)
            memset(piece, 0, size);
        dealloc(piece, size, 8);
    }
    return before - settled_frames();
}

KTEST(heap_survives_the_kth_failure)
{
    static const size_t sizes[] = {16, 600, 2000, 4096, 4097, 100000};

    memory_fail_in = 1;
    void *piece = alloc(64, 8);
    EXPECT(piece == NULL);
    EXPECT_EQUAL(memory_fail_in, 0);
    for (unsigned i = 0; i < array_length(sizes); i++)
        if (slab_stage())
            EXPECT_EQUAL(lost_by_failures(sizes[i], 40), 0);
        else
            (void)lost_by_failures(sizes[i], 40);
}

KTEST(page_runs_have_guards)
{
    uint64_t before = frames_free(), phys;
    uint8_t *run, *other;

    EXPECT_EQUAL(page_run_alloc(3, 1, (void **)&run), 0);
    EXPECT_EQUAL(page_run_alloc(4, 4, (void **)&other), 0);
    EXPECT_EQUAL((uintptr_t)other % (4 * PAGE_SIZE), 0);
    EXPECT_EQUAL(page_translate((uintptr_t)run - PAGE_SIZE, &phys), -ENOENT);
    EXPECT_EQUAL(page_translate((uintptr_t)run + 2 * PAGE_SIZE, &phys), 0);
    EXPECT_EQUAL(page_translate((uintptr_t)run + 3 * PAGE_SIZE, &phys), -ENOENT);
    EXPECT_EQUAL(page_run_free(run, 2), -EINVAL);
    EXPECT_EQUAL(page_run_free(run, 4), -EINVAL);
    EXPECT_EQUAL(page_run_free(run + PAGE_SIZE, 2), -EINVAL);
    EXPECT_EQUAL(page_run_free(run, 3), 0);
    EXPECT_EQUAL(page_run_free(run, 3), -EINVAL);
    EXPECT_EQUAL(page_run_free(other, 4), 0);
    EXPECT(before - frames_free() < 8); /* page tables */
    EXPECT_EQUAL(page_run_alloc(0, 1, (void **)&run), -EINVAL);
    EXPECT_EQUAL(page_run_alloc(1ull << 40, 1, (void **)&run), -ENOMEM);
}

struct thing {
    uint64_t magic, uses;
};
static unsigned constructed;

static void construct_thing(void *object)
{
    *(struct thing *)object = (struct thing){.magic = 0x7417146};
    constructed++;
}

KTEST(slab_constructs_once)
{
    struct slab_cache *cache;
    struct thing *thing;

    constructed = 0;
    EXPECT_EQUAL(slab_cache_create("thing", sizeof(*thing), 64, construct_thing, &cache), 0);
    for (unsigned i = 0; i < 1000; i++) {
        thing = slab_alloc(cache);
        EXPECT(thing && thing->magic == 0x7417146 && (uintptr_t)thing % 64 == 0);
        thing->uses++;
        slab_free(cache, thing);
    }
    EXPECT_EQUAL(constructed, cache->per_slab);
    thing = slab_alloc(cache);
    EXPECT_EQUAL(thing->uses, 1000);
    EXPECT_EQUAL(slab_cache_destroy(cache), -EBUSY);
    slab_free(cache, thing);
    EXPECT_EQUAL(slab_cache_destroy(cache), 0);
    EXPECT_EQUAL(slab_cache_create("thing", 0, 8, NULL, &cache), -EINVAL);
    EXPECT_EQUAL(slab_cache_create("thing", SLAB_OBJECT_MAX + 1, 8, NULL, &cache), -EINVAL);
    EXPECT_EQUAL(slab_cache_create("thing", 8, 24, NULL, &cache), -EINVAL);
}

#ifdef DEBUG
/* A write that should not be. Where KASAN is compiled in, it sees it; the heap is to see it too. */
static void write_wrongly(uint8_t *at, uint8_t value)
{
    const char *text;

    sanitizer_watch();
    *at = value;
    (void)sanitizer_watched(&text);
}

static void free_wrongly(void *piece, size_t size)
{
    const char *text;

    sanitizer_watch();
    dealloc(piece, size, 8);
    (void)sanitizer_watched(&text);
}

KTEST(heap_debug_sees_misuse)
{
    uint64_t faults = heap_faults(), mark = heap_mark();
    uint8_t *piece = alloc(100, 8);
    struct heap_leak leak;

    EXPECT(piece && all_are(piece, 100, 0xa5));
    EXPECT(heap_leak(mark, 0, &leak));
    EXPECT_EQUAL(leak.pieces, 1);
    EXPECT_EQUAL(leak.bytes, 100);
    EXPECT(!heap_leak(mark, 1, &leak));
    write_wrongly(piece + 100, 1); /* one too far */
    dealloc(piece, 100, 8);
    EXPECT_EQUAL(heap_faults(), faults + 1);
    write_wrongly(piece + 100, 0xcb);
    dealloc(piece, 99, 8); /* another size */
    EXPECT_EQUAL(heap_faults(), faults + 2);
    dealloc(piece, 100, 8);
    EXPECT_EQUAL(heap_faults(), faults + 2);
    free_wrongly(piece, 100); /* twice */
    EXPECT_EQUAL(heap_faults(), faults + 3);
    EXPECT(!heap_leak(mark, 0, &leak));
}

KTEST(heap_debug_sees_use_after_free)
{
    uint64_t faults = heap_faults();

    if (!slab_stage()) {
        ktest_skip("only the slab stage looks at unused objects");
        return;
    }
    uint8_t *piece = alloc(300, 8);
    EXPECT(piece != NULL);
    dealloc(piece, 300, 8);
    write_wrongly(piece + 3, 7);
    EXPECT(alloc(300, 8) == piece);
    EXPECT_EQUAL(heap_faults(), faults + 1);
    dealloc(piece, 300, 8);
}
#endif
