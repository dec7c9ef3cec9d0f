/* Frames: the map's place, the CPU's cache, reference counts, zones, refusals, and a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "kernel/arch/arch.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/inject.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/sync/spinlock.h"
#include "lib/errno.h"

/* links: kernel/core/memory/inject.c kernel/core/memory/frame_map.c lib/bitmap.c */

/* What the fake machine has, from physical address 0: address space, of which little is touched. */
#define MEMORY_BYTES (65ull << 30)
static uint8_t *memory;

void cpu_zero_page(void *at)
{
    memset(at, 0, FRAME_SIZE);
}

void *phys_to_virt(uint64_t phys)
{
    assert_true(phys < MEMORY_BYTES);
    return memory + phys;
}

unsigned preempt_depth;
static unsigned lines_logged;

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

void log_write(enum log_level level, const char *area, const char *format, ...)
{
    (void)level;
    (void)area;
    (void)format;
    lines_logged++;
}

static int set_up(void **state)
{
    (void)state;
    memory = mmap(NULL, MEMORY_BYTES, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    lines_logged = 0;
    return memory == MAP_FAILED;
}

static int tear_down(void **state)
{
    (void)state;
    assert_int_equal(preempt_depth, 0);
    return munmap(memory, MEMORY_BYTES);
}

static void start(struct boot_info *boot, const struct boot_memory_range *ranges, uint32_t count,
                  uint64_t kernel)
{
    memset(boot, 0, sizeof(*boot));
    boot->memory_count = count;
    memcpy(boot->memory, ranges, count * sizeof(*ranges));
    boot->kernel.phys = kernel;
    boot->kernel.bytes = 0x40000;
}

/* 16 MiB: the first megabyte the loader's, the kernel at 1 MiB, a hole, memory on both sides of it.
   */
static void small_map(struct boot_info *boot)
{
    static const struct boot_memory_range ranges[] = {
        {0x1000, 0x9e000, BOOT_MEMORY_LOADER, 1},
        {0x9f000, 0x61000, BOOT_MEMORY_RESERVED, 1},
        {0x100000, 0x40000, BOOT_MEMORY_KERNEL, 1},
        {0x140000, 0x0c0000, BOOT_MEMORY_USABLE, 1},
        {0x300000, 0x003000, BOOT_MEMORY_PAGE_TABLES, 1},
        {0x303000, 0xcfd000, BOOT_MEMORY_USABLE, 1},
    };

    start(boot, ranges, 6, 0x100000);
}

/* 64 GiB of a PC: 3 below the devices, the rest above. */
static void large_map(struct boot_info *boot)
{
    static const struct boot_memory_range ranges[] = {
        {0x1000, 0x9e000, BOOT_MEMORY_LOADER, 1},
        {0x100000, 0xf00000, BOOT_MEMORY_USABLE, 1},
        {0x1000000, 0x40000, BOOT_MEMORY_KERNEL, 1},
        {0x1040000, 0xbefc0000, BOOT_MEMORY_USABLE, 1},
        {0x100000000, 61ull << 30, BOOT_MEMORY_USABLE, 1},
    };

    start(boot, ranges, 5, 0x1000000);
}

static uint64_t take(void)
{
    uint64_t phys;

    assert_int_equal(alloc_frame(&phys), 0);
    return phys;
}

static void map_lies_behind_the_kernel(void **state)
{
    struct boot_info boot;
    uint64_t phys;

    (void)state;
    small_map(&boot);
    assert_int_equal(frames_init(&boot), 0);
    assert_int_equal(frames_total(), 0xc0 + 0xcfd - 3); /* three frames hold bits and counts */
    assert_int_equal(frames_free(), frames_total());
    assert_int_equal(take(), 0x143000);
    frames_release_type(&boot, BOOT_MEMORY_LOADER);
    assert_int_equal(frames_total(), 0xc0 + 0xcfd - 3 + 0x9e);
    assert_int_equal(alloc_frames(1, 1, FRAMES_ANYWHERE, &phys), 0);
    assert_int_equal(phys, 0x1000);
}

static void refused(int error, int wanted, enum frame_fault fault, uint64_t times)
{
    const char *text;

    assert_int_equal(error, wanted);
    assert_int_equal(frame_fault_count(fault, &text), times);
    assert_non_null(text);
}

static void wrong_frees_are_refused_and_named(void **state)
{
    struct boot_info boot;

    (void)state;
    small_map(&boot);
    assert_int_equal(frames_init(&boot), 0);
    uint64_t phys = take(), before = frames_free();
    refused(free_frame(phys + 1), -EINVAL, FRAME_FAULT_UNALIGNED, 1);
    refused(free_frame(1ull << 40), -EINVAL, FRAME_FAULT_BEYOND, 1);
    refused(free_frame(UINT64_MAX & ~0xfffull), -EINVAL, FRAME_FAULT_BEYOND, 2);
    refused(free_frame(0x100000), -EINVAL, FRAME_FAULT_RESERVED, 1); /* the kernel */
    refused(free_frame(0x140000), -EINVAL, FRAME_FAULT_RESERVED, 2); /* the map itself */
    refused(free_frame(0x900000), -EINVAL, FRAME_FAULT_FREE, 1);     /* never given out */
    assert_int_equal(frame_get(phys), 0);
    refused(free_frame(phys), -EBUSY, FRAME_FAULT_SHARED, 1);
    assert_int_equal(frames_free(), before);
    assert_int_equal(frame_put(phys), 0);
    assert_int_equal(free_frame(phys), 0);
    assert_int_equal(frames_free(), before + 1);
    refused(free_frame(phys), -EINVAL, FRAME_FAULT_FREE, 2); /* twice: it is in the CPU's cache */
    refused(frame_put(phys), -EINVAL, FRAME_FAULT_FREE, 3);
    refused(frame_get(phys), -EINVAL, FRAME_FAULT_FREE, 4);
    refused(free_frames(phys, 1), -EINVAL, FRAME_FAULT_FREE, 5);
    refused(free_frames(0x303000, UINT64_MAX), -EINVAL, FRAME_FAULT_BEYOND, 3);
    assert_int_equal(frames_free(), before + 1);
    assert_int_equal(lines_logged, 12);
}

static void references_are_counted(void **state)
{
    struct boot_info boot;
    const char *text;

    (void)state;
    small_map(&boot);
    assert_int_equal(frames_init(&boot), 0);
    uint64_t phys = take(), before = frames_free(),
             overflows = frame_fault_count(FRAME_FAULT_OVERFLOW, &text);
    assert_int_equal(frame_references(phys), 1);
    for (unsigned i = 2; i <= 65534; i++) {
        assert_int_equal(frame_get(phys), 0);
        assert_int_equal(frame_references(phys), i);
    }
    refused(frame_get(phys), -EOVERFLOW, FRAME_FAULT_OVERFLOW, overflows + 1);
    assert_int_equal(frame_references(phys), 65534);
    for (unsigned i = 65534; i > 1; i--)
        assert_int_equal(frame_put(phys), 0);
    assert_int_equal(frames_free(), before);
    assert_int_equal(frame_put(phys), 0);
    assert_int_equal(frames_free(), before + 1);
    assert_int_equal(frame_references(phys), 0);
    assert_int_equal(frame_references(0x100000), 0);
    assert_int_equal(frame_references(1ull << 50), 0);
}

static void no_room_is_an_error(void **state)
{
    struct boot_info boot;

    (void)state;
    small_map(&boot);
    for (uint32_t i = 0; i < boot.memory_count; i++)
        if (boot.memory[i].type == BOOT_MEMORY_USABLE)
            boot.memory[i].type = BOOT_MEMORY_RESERVED;
    assert_int_equal(frames_init(&boot), -ENOMEM);
    boot.memory_count = 0;
    assert_int_equal(frames_init(&boot), -ENOMEM);
}

/* A page at the end of the address space, and 400 MiB far up, are not worth a map: the rest is
   used. */
static void absurd_ranges_are_left_out(void **state)
{
    static const struct boot_memory_range ranges[] = {
        {0x100000, 0x40000, BOOT_MEMORY_KERNEL, 1},
        {0x140000, 0xec0000, BOOT_MEMORY_USABLE, 1},
        {1ull << 45, 400ull << 20, BOOT_MEMORY_USABLE, 1},
        {(1ull << 52) - 0x1000, 0x1000, BOOT_MEMORY_USABLE, 1},
    };
    struct boot_info boot;

    (void)state;
    start(&boot, ranges, 4, 0x100000);
    assert_int_equal(frames_init(&boot), 0);
    assert_int_equal(lines_logged, 2);
    assert_int_equal(frames_total(), 0xec0 - 3);
}

/* 16 TiB, of which a map reaches over 8: the rest is cut off, with a line, and never given out. */
static void memory_beyond_a_map_is_cut_off(void **state)
{
    static const struct boot_memory_range ranges[] = {
        {0x100000, 0x40000, BOOT_MEMORY_KERNEL, 1},
        {1ull << 32, (1ull << 44) - (1ull << 32), BOOT_MEMORY_USABLE, 1},
        {1ull << 45, 1ull << 44, BOOT_MEMORY_USABLE, 1}, /* and all of this, with another */
    };
    struct boot_info boot;
    uint64_t phys;

    (void)state;
    start(&boot, ranges, 3, 0x100000);
    assert_int_equal(frames_init(&boot), 0);
    assert_int_equal(lines_logged, 2);
    assert_in_range(frames_total(), (1ull << 31) - (3ull << 20), (1ull << 31) - (1ull << 20));
    assert_int_equal(free_frame(1ull << 43), -EINVAL);
    assert_int_equal(alloc_frames(1, 1ull << 20, FRAMES_ANYWHERE, &phys), 0);
    assert_true(phys < 1ull << 43);
    assert_int_equal(free_frames(phys, 1), 0);
    assert_int_equal(free_frame((1ull << 43) - 4096), -EINVAL); /* free */
}

static void runs_are_aligned_and_below_the_limit(void **state)
{
    struct boot_info boot;
    uint64_t phys;

    (void)state;
    small_map(&boot);
    assert_int_equal(frames_init(&boot), 0);
    uint64_t before = frames_free();
    assert_int_equal(alloc_frames(512, 512, FRAMES_ANYWHERE, &phys), 0);
    assert_int_equal(phys, 0x400000);
    assert_int_equal(frames_free(), before - 512);
    assert_int_equal(free_frames(phys, 512), 0);
    assert_int_equal(frames_free(), before);
    assert_int_equal(alloc_frames(0, 1, FRAMES_ANYWHERE, &phys), -EINVAL);
    assert_int_equal(alloc_frames(1, 0, FRAMES_ANYWHERE, &phys), -EINVAL);
    assert_int_equal(alloc_frames(0xcfe, 1, FRAMES_ANYWHERE, &phys), -ENOMEM);
    assert_int_equal(alloc_frames(1, 1, 0x143000, &phys), -ENOMEM);
    assert_int_equal(alloc_frames(1, 1, 0x144000, &phys), 0);
}

/* What a CPU's cache holds is found when nothing else is left. */
static void cached_frames_serve_runs(void **state)
{
    struct boot_info boot;
    uint64_t phys, all = 0;

    (void)state;
    small_map(&boot);
    assert_int_equal(frames_init(&boot), 0);
    assert_int_equal(free_frame(take()), 0); /* the cache is full now */
    for (; alloc_frames(1, 1, FRAMES_ANYWHERE, &phys) == 0; all++)
        ;
    assert_int_equal(all, frames_total());
    assert_int_equal(frames_free(), 0);
    assert_int_equal(alloc_frame(&phys), -ENOMEM);
}

static void large_memory_in_its_zones(void **state)
{
    struct boot_info boot;
    uint64_t phys;

    (void)state;
    large_map(&boot);
    assert_int_equal(frames_init(&boot), 0);
    frames_release_type(&boot, BOOT_MEMORY_LOADER);
    assert_in_range(take(), 1ull << 32, UINT64_MAX);
    assert_int_equal(alloc_frames(1 << 18, 1 << 18, FRAMES_ANYWHERE, &phys), 0);
    assert_int_equal(phys, 5ull << 30);
    assert_int_equal(alloc_frames(1 << 18, 1 << 18, FRAMES_BELOW_4G, &phys), 0);
    assert_int_equal(phys, 1ull << 30);
    assert_int_equal(alloc_frames(16, 16, FRAMES_BELOW_4G, &phys), 0);
    assert_in_range(phys, FRAMES_BELOW_16M, FRAMES_BELOW_4G - 1);
    assert_int_equal(alloc_frames(16, 16, FRAMES_BELOW_16M, &phys), 0);
    assert_in_range(phys, 0x1000, FRAMES_BELOW_16M - 0x10000);
    assert_int_equal(alloc_frames(62ull << 18, 1, FRAMES_ANYWHERE, &phys), -ENOMEM);
}

/* The memory that the map of 64 GiB takes (36 MiB) is there, but hardly any of it is touched. */
static void large_memory_is_ready_at_once(void **state)
{
    static unsigned char resident[(64u << 20) / 4096];
    struct boot_info boot;
    size_t pages = 0;

    (void)state;
    large_map(&boot);
    assert_int_equal(frames_init(&boot), 0);
    take();
    assert_int_equal(mincore(memory, sizeof(resident) * 4096ull, resident), 0);
    for (size_t i = 0; i < sizeof(resident); i++)
        pages += resident[i] & 1;
    assert_in_range(pages, 2, 12);
}

static void injected_failures_fail_once(void **state)
{
    struct boot_info boot;
    uint64_t phys;

    (void)state;
    small_map(&boot);
    assert_int_equal(frames_init(&boot), 0);
    memory_fail_in = 3;
    take();
    assert_int_equal(alloc_frames(2, 1, FRAMES_ANYWHERE, &phys), 0);
    assert_int_equal(alloc_frame(&phys), -ENOMEM);
    assert_int_equal(memory_fail_in, 0);
    memory_fail_in = 1;
    assert_int_equal(alloc_frames(2, 1, FRAMES_ANYWHERE, &phys), -ENOMEM);
    take();
}

#define HELD_MAX 5000
static uint8_t references[(16u << 20) / FRAME_SIZE];
static uint64_t held[HELD_MAX];
static unsigned held_count;

static void model_take(unsigned count)
{
    uint64_t phys = 0;
    int error =
        count == 1 ? alloc_frame(&phys) : alloc_frames(count, count, FRAMES_ANYWHERE, &phys);

    if (error) {
        assert_int_equal(error, -ENOMEM);
        assert_true(count > 1 || held_count == frames_total());
        return;
    }
    assert_true(phys % (count * FRAME_SIZE) == 0 && phys < 0x1000000);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(references[phys / FRAME_SIZE + i], 0);
        references[phys / FRAME_SIZE + i] = 1;
        held[held_count++] = phys + i * FRAME_SIZE;
    }
}

static void model_put(unsigned which)
{
    uint64_t phys = held[which], frame = phys / FRAME_SIZE;

    if (rand() % 8 == 0 && references[frame] < 5) {
        assert_int_equal(frame_get(phys), 0);
        references[frame]++;
    } else if (references[frame] > 1) {
        assert_int_equal(free_frame(phys), -EBUSY);
        assert_int_equal(frame_put(phys), 0);
        references[frame]--;
    } else {
        assert_int_equal(rand() % 2 ? frame_put(phys) : free_frame(phys), 0);
        references[frame] = 0;
        held[which] = held[--held_count];
    }
}

static void random_use_agrees_with_a_model(void **state)
{
    struct boot_info boot;

    (void)state;
    small_map(&boot);
    memset(references, 0, sizeof(references));
    held_count = 0;
    assert_int_equal(frames_init(&boot), 0);
    srand(1);
    for (unsigned step = 0; step < 300000; step++) {
        if (rand() % 5 < (step / 20000 % 2 ? 2 : 3))
            model_take(rand() % 50 == 0 ? 16 : 1);
        else if (held_count > 0)
            model_put((unsigned)rand() % held_count);
        assert_int_equal(frames_free(), frames_total() - held_count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(map_lies_behind_the_kernel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_frees_are_refused_and_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(references_are_counted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_room_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(absurd_ranges_are_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_beyond_a_map_is_cut_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(runs_are_aligned_and_below_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(cached_frames_serve_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_memory_in_its_zones, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_memory_is_ready_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(injected_failures_fail_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_use_agrees_with_a_model, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
