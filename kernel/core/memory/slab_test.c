/* Slabs beside a model: a million random steps over caches of all kinds, with memory that runs out.
   */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/page_runs.h"
#include "kernel/core/memory/slab.h"
#include "lib/errno.h"

/* links: kernel/core/memory/inject.c lib/bitmap.c */

/* ---- the fake machine: 240 pages, in runs of four or alone ----------------------------------- */

#define PAGES 240u
static _Alignas(4 * PAGE_SIZE) uint8_t memory[(PAGES + 4) * PAGE_SIZE];
static bool used[PAGES + 4]; /* the first four never: a frame's address is not 0 */

unsigned preempt_depth;
static unsigned faults;

void *phys_to_virt(uint64_t phys)
{
    return memory + phys;
}

static int take_pages(unsigned count, uint64_t *phys)
{
    for (unsigned at = 4; at < PAGES + 4; at += count) {
        bool taken = false;

        for (unsigned i = 0; i < count; i++)
            taken = taken || used[at + i];
        if (taken)
            continue;
        memset(used + at, true, count);
        *phys = at * PAGE_SIZE;
        memset(memory + *phys, 0xee, count * PAGE_SIZE);
        return 0;
    }
    return -ENOMEM;
}

static int give_pages(uint64_t phys, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_true(used[phys / PAGE_SIZE + i]);
        used[phys / PAGE_SIZE + i] = false;
    }
    return 0;
}

int alloc_frame(uint64_t *phys)
{
    return take_pages(1, phys);
}

int free_frame(uint64_t phys)
{
    return give_pages(phys, 1);
}

int page_run_alloc(uint64_t pages, uint64_t align_pages, void **run)
{
    uint64_t phys;

    (void)align_pages;
    if (take_pages((unsigned)pages, &phys))
        return -ENOMEM;
    *run = memory + phys;
    return 0;
}

int page_run_free(void *run, uint64_t pages)
{
    return give_pages((uint64_t)((uint8_t *)run - memory), (unsigned)pages);
}

void *alloc(size_t size, size_t align)
{
    (void)align;
    return malloc(size);
}

void dealloc(void *ptr, size_t size, size_t align)
{
    (void)size;
    (void)align;
    free(ptr);
}

void heap_fault(const void *ptr, const char *what)
{
    (void)ptr;
    (void)what;
    faults++;
}

void spin_init(struct spinlock *lock, const char *name, enum lock_rank rank)
{
    *lock = (struct spinlock)SPINLOCK(name, rank);
}

void spin_lock(struct spinlock *lock)
{
    assert_int_equal(lock->held, 0);
    lock->held = 1;
}

void spin_unlock(struct spinlock *lock)
{
    assert_int_equal(lock->held, 1);
    lock->held = 0;
}

/* ---- the model: what is held, and what was written into it ----------------------------------- */

static const struct kind {
    size_t size, align;
} kinds[] = {{1, 1}, {16, 16}, {48, 8}, {200, 64}, {512, 512}, {513, 8}, {2048, 2048}, {4096, 16}};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))
#define HELD_MAX 3000u
static struct slab_cache *caches_made[KINDS];
static struct held {
    uint8_t *at;
    unsigned kind;
    uint8_t mark;
} held[HELD_MAX];
static unsigned held_count, failures;

static void step_take(uint8_t mark)
{
    unsigned kind = (unsigned)rand() % KINDS;
    uint8_t *at = slab_alloc(caches_made[kind]);

    if (!at) {
        failures++;
        return;
    }
    assert_int_equal((uintptr_t)at % kinds[kind].align, 0);
    memset(at, mark, kinds[kind].size);
    held[held_count++] = (struct held){at, kind, mark};
}

static void step_give(unsigned which)
{
    struct held *piece = &held[which];

    for (size_t i = 0; i < kinds[piece->kind].size; i++)
        assert_int_equal(piece->at[i], piece->mark); /* nobody else's */
    slab_free(caches_made[piece->kind], piece->at);
    *piece = held[--held_count];
}

static void check_counts(void)
{
    uint64_t counted = 0;
    struct slab_info info;

    for (unsigned i = 0; slab_info(i, &info); i++) {
        assert_true(info.used <= info.objects && info.objects == info.slabs * info.per_slab);
        counted += info.used;
    }
    assert_int_equal(counted, held_count);
    assert_int_equal(preempt_depth, 0);
}

static void random_use_agrees_with_a_model(void **state)
{
    (void)state;
    srand(11);
    for (unsigned i = 0; i < KINDS; i++)
        assert_int_equal(slab_cache_create("kind", kinds[i].size, kinds[i].align, NULL,
                                           &caches_made[i]), 0);
    for (unsigned step = 0; step < 1000000; step++) {
        unsigned takes = step / 40000 % 2 ? 35 : 65;

        if ((unsigned)rand() % 100 < takes && held_count < HELD_MAX)
            step_take((uint8_t)step);
        else if (held_count > 0)
            step_give((unsigned)rand() % held_count);
        if (step % 10007 == 0)
            (void)slab_reclaim();
        if (step % 1009 == 0)
            check_counts();
    }
    assert_true(failures > 0); /* memory did run out */
    while (held_count > 0)
        step_give(held_count - 1);
    for (unsigned i = 0; i < KINDS; i++)
        assert_int_equal(slab_cache_destroy(caches_made[i]), 0);
    for (unsigned i = 0; i < PAGES + 4; i++)
        assert_false(used[i]); /* all of it came back */
    assert_int_equal(faults, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_use_agrees_with_a_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
