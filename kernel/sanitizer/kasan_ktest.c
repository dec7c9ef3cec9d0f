/* Each kind of mistake that KASAN is to see, made on purpose: what is said, and who is named. */
#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/slab.h"
#include "kernel/sanitizer/report.h"
#include "kernel/test/ktest.h"
#include "lib/string.h"

static const char *report;

static bool says(const char *words)
{
    for (const char *at = report; *at; at++)
        if (strncmp(at, words, strlen(words)) == 0)
            return true;
    return false;
}

/* Calls function(at) and says whether there was one report, with these words in it. */
static bool caught(void (*function)(void *), void *at, const char *words, const char *who)
{
    sanitizer_watch();
    function(at);
    return sanitizer_watched(&report) == 1 && says(words) && says(who);
}

static never_inline void read_byte(void *at)
{
    (void)*(volatile uint8_t *)at;
}

static never_inline void write_byte(void *at)
{
    *(volatile uint8_t *)at = 0xcb; /* what the heap's canary has there anyway */
}

static never_inline void write_word(void *at)
{
    *(volatile uint64_t *)at = 0xcbcbcbcbcbcbcbcb;
}

static never_inline void fill_ten(void *at)
{
    memset(at, 0xcb, 10);
    (void)*(volatile uint8_t *)at; /* not a call at the end, which would be a jump without a name */
}

static bool quiet(void (*function)(void *), void *at)
{
    sanitizer_watch();
    function(at);
    return sanitizer_watched(&report) == 0;
}

KTEST(kasan_heap_out_of_bounds)
{
    static const size_t sizes[] = {1, 13, 100, 2000, 5000, 70000};

    for (unsigned i = 0; i < array_length(sizes); i++) {
        size_t size = sizes[i];
        uint8_t *piece = alloc(size, 8);

        EXPECT(piece != NULL);
        memset(piece, 0xcb, size);
        bool good = quiet(read_byte, piece) && quiet(write_byte, piece + size - 1);
        bool over = caught(write_byte, piece + size, "out of bounds (heap)", "write_byte");
        bool owner = says("0 bytes behind the") && says("allocated by ktest_kasan_heap");
        bool under = caught(read_byte, piece - 1, "out of bounds (heap)", "read_byte")
                     && says("reads 1 bytes") && says("1 bytes in front of the");
        bool across = size < 8
                      || caught(write_word, piece + size - 7, "out of bounds (heap)", "write_word");

        dealloc(piece, size, 8);
        EXPECT(good);
        EXPECT(over && owner);
        EXPECT(under);
        EXPECT(across);
    }
}

KTEST(kasan_strings_are_checked)
{
    uint8_t *piece = alloc(9, 8);

    EXPECT(piece != NULL);
    bool filled = caught(fill_ten, piece, "out of bounds (heap)", "fill_ten") && says("10 bytes");

    dealloc(piece, 9, 8);
    EXPECT(filled);
}

KTEST(kasan_heap_use_after_free)
{
    static const size_t sizes[] = {16, 300, 3000};

    for (unsigned i = 0; i < array_length(sizes); i++) {
        uint8_t *piece = alloc(sizes[i], 8);

        EXPECT(piece != NULL);
        dealloc(piece, sizes[i], 8);
        EXPECT(caught(read_byte, piece + 5, "use after free", "read_byte"));
        EXPECT(says("byte 5 of the") && says("freed by ktest_kasan_heap_use"));
    }
}

static never_inline void free_it(void *piece)
{
    volatile unsigned size = 50;

    dealloc(piece, size, 8);
    size = 0; /* as in fill_ten */
}

KTEST(kasan_heap_freed_twice)
{
    uint64_t faults = heap_faults();
    uint8_t *piece = alloc(50, 8);

    EXPECT(piece != NULL);
    EXPECT(quiet(free_it, piece));
    EXPECT(caught(free_it, piece, "freed twice (heap)", "free_it"));
    EXPECT_EQUAL(heap_faults(), faults + 1);
}

KTEST(kasan_slab_use_after_free)
{
    struct slab_cache *cache;

    EXPECT_EQUAL(slab_cache_create("kasan", 40, 8, NULL, &cache), 0);
    uint8_t *object = slab_alloc(cache);
    bool made = object != NULL, lives = made && quiet(write_byte, object);

    if (made)
        slab_free(cache, object);
    bool dead = made && caught(write_byte, object, "use after free (heap)", "write_byte");

    EXPECT_EQUAL(slab_cache_destroy(cache), 0);
    EXPECT(lives);
    EXPECT(dead);
}

KTEST(kasan_frame_use_after_free)
{
    uint64_t phys;

    EXPECT_EQUAL(alloc_frame(&phys), 0);
    EXPECT(quiet(write_word, phys_to_virt(phys)));
    EXPECT_EQUAL(free_frame(phys), 0);
    EXPECT(caught(read_byte, phys_to_virt(phys + 4095), "use after free (frame)", "read_byte"));
    EXPECT_EQUAL(alloc_frames(3, 1, FRAMES_ANYWHERE, &phys), 0);
    EXPECT(quiet(write_word, phys_to_virt(phys + 2 * FRAME_SIZE)));
    EXPECT_EQUAL(free_frames(phys, 3), 0);
    EXPECT(caught(read_byte, phys_to_virt(phys + 2 * FRAME_SIZE), "use after free (frame)", ""));
}

/* A run that was freed has no pages any more, and comes back clean. */
KTEST(kasan_shadow_of_a_page_run_comes_and_goes)
{
    uint64_t before = frames_free();

    for (unsigned i = 0; i < 3; i++) {
        uint8_t *piece = alloc(20000, 8);

        EXPECT(piece != NULL);
        memset(piece, 0xcb, 20000);
        bool over = caught(write_byte, piece + 20000, "out of bounds (heap)", "write_byte");

        dealloc(piece, 20000, 8);
        EXPECT(over);
        EXPECT(caught(free_it, piece, "freed twice (heap)", "free_it"));
    }
    EXPECT(before - frames_free() < 64);
}

static never_inline void past_a_local(void *context)
{
    volatile uint8_t local[12] = {0};
    volatile unsigned index = *(unsigned *)context;

    (void)*(local + index);
}

KTEST(kasan_stack_out_of_bounds)
{
    unsigned inside = 11, behind = 12;

    EXPECT(quiet(past_a_local, &inside));
    EXPECT(caught(past_a_local, &behind, "out of bounds (stack)", "past_a_local"));
}

static uint8_t global[21];

static never_inline void past_a_global(void *context)
{
    volatile uint8_t *at = global;

    (void)at[*(volatile unsigned *)context];
}

KTEST(kasan_global_out_of_bounds)
{
    unsigned inside = 20, behind = 21;

    EXPECT(quiet(past_a_global, &inside));
    EXPECT(caught(past_a_global, &behind, "out of bounds (global)", "past_a_global"));
    EXPECT(says("0 bytes behind the 21 bytes of global") && says("kasan_ktest.c"));
}

static never_inline void fault_in_a_frame(void *context)
{
    volatile uint8_t local[40] = {0};

    local[3] = *(volatile uint8_t *)context;
    (void)local[4];
}

static never_inline void use_much_stack(void *context)
{
    volatile uint8_t local[600];

    for (unsigned i = 0; i < sizeof(local); i++)
        local[i] = (uint8_t)(uintptr_t)context;
    (void)local[0];
}

/* What cpu_catch leaves behind of the frames it ended does not trouble those who come there next.
   */
KTEST(kasan_a_caught_exception_leaves_no_redzones)
{
    struct cpu_exception exception;

    EXPECT(cpu_catch(fault_in_a_frame, (void *)0x1000, &exception));
    EXPECT(quiet(use_much_stack, NULL));
}
