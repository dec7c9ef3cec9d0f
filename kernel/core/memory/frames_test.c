/* links: lib/bitmap.c */
/* The frame bitmap against a model: a byte a frame, over maps of several shapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/memory/frames.h"
#include "lib/errno.h"

#define MEMORY_BYTES (64ull << 20)

static uint8_t *memory; /* what the fake machine has, from physical address 0 */

void *phys_to_virt(uint64_t phys);

void *phys_to_virt(uint64_t phys)
{
    assert_true(phys < MEMORY_BYTES);
    return memory + phys;
}

static int set_up(void **state)
{
    (void)state;
    memory = calloc(1, MEMORY_BYTES);
    return memory == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    free(memory);
    return 0;
}

/* The first megabyte the loader's, the kernel at 1 MiB, a hole, memory on both sides of it. */
static void usual_map(struct boot_info *boot)
{
    static const struct boot_memory_range ranges[] = {
        {0x1000, 0x9e000, BOOT_MEMORY_LOADER, 1},
        {0x9f000, 0x61000, BOOT_MEMORY_RESERVED, 1},
        {0x100000, 0x40000, BOOT_MEMORY_KERNEL, 1},
        {0x140000, 0x0c0000, BOOT_MEMORY_USABLE, 1},
        {0x300000, 0x003000, BOOT_MEMORY_PAGE_TABLES, 1},
        {0x303000, 0xcfd000, BOOT_MEMORY_USABLE, 1},
    };

    memset(boot, 0, sizeof(*boot));
    boot->memory_count = sizeof(ranges) / sizeof(ranges[0]);
    memcpy(boot->memory, ranges, sizeof(ranges));
    boot->kernel.phys = 0x100000;
    boot->kernel.bytes = 0x40000;
}

static void bitmap_lies_behind_the_kernel(void **state)
{
    struct boot_info boot;
    uint64_t phys;

    (void)state;
    usual_map(&boot);
    assert_int_equal(frames_init(&boot), 0);
    assert_int_equal(frames_total(), 0xc0 + 0xcfd - 1); /* one frame holds the bitmap */
    assert_int_equal(frames_free(), frames_total());
    assert_int_equal(frame_alloc(&phys), 0);
    assert_int_equal(phys, 0x141000);
    frames_release_type(&boot, BOOT_MEMORY_LOADER);
    assert_int_equal(frame_alloc(&phys), 0);
    assert_int_equal(phys, 0x1000);
}

static void wrong_frees_are_refused(void **state)
{
    struct boot_info boot;
    uint64_t phys;

    (void)state;
    usual_map(&boot);
    assert_int_equal(frames_init(&boot), 0);
    assert_int_equal(frame_alloc(&phys), 0);
    assert_int_equal(frame_free(phys + 1), -EINVAL);
    assert_int_equal(frame_free(phys), 0);
    assert_int_equal(frame_free(phys), -EINVAL);
    assert_int_equal(frame_free(1ull << 40), -EINVAL);
    assert_int_equal(frame_free(UINT64_MAX & ~0xfffull), -EINVAL);
}

static void no_room_is_an_error(void **state)
{
    struct boot_info boot;

    (void)state;
    usual_map(&boot);
    for (uint32_t i = 0; i < boot.memory_count; i++)
        if (boot.memory[i].type == BOOT_MEMORY_USABLE)
            boot.memory[i].type = BOOT_MEMORY_RESERVED;
    assert_int_equal(frames_init(&boot), -ENOMEM);
}

static void runs_are_aligned_and_whole(void **state)
{
    struct boot_info boot;
    uint64_t phys;

    (void)state;
    usual_map(&boot);
    assert_int_equal(frames_init(&boot), 0);
    assert_int_equal(frame_alloc_run(512, 512, &phys), 0);
    assert_int_equal(phys, 0x400000);
    assert_int_equal(frame_alloc_run(0, 1, &phys), -ENOMEM);
    assert_int_equal(frame_alloc_run(0xcfe, 1, &phys), -ENOMEM);
}

static void random_use_agrees_with_a_model(void **state)
{
    struct boot_info boot;
    static uint8_t in_use[MEMORY_BYTES / FRAME_SIZE];
    static uint64_t held[5000];
    unsigned count = 0;

    (void)state;
    usual_map(&boot);
    memset(in_use, 0, sizeof(in_use));
    assert_int_equal(frames_init(&boot), 0);
    srand(1);
    for (unsigned step = 0; step < 200000; step++) {
        uint64_t phys;

        if (rand() % 5 < (step / 20000 % 2 ? 2 : 3)) {
            int result = frame_alloc(&phys);

            assert_int_equal(result, frames_total() == count ? -ENOMEM : 0);
            if (result)
                continue;
            assert_true(phys % FRAME_SIZE == 0 && phys < 0x1000000);
            assert_int_equal(in_use[phys / FRAME_SIZE], 0);
            in_use[phys / FRAME_SIZE] = 1;
            held[count++] = phys;
        } else if (count > 0) {
            unsigned which = (unsigned)rand() % count;

            phys = held[which];
            held[which] = held[--count];
            in_use[phys / FRAME_SIZE] = 0;
            assert_int_equal(frame_free(phys), 0);
        }
        assert_int_equal(frames_free(), frames_total() - count);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bitmap_lies_behind_the_kernel, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_frees_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_room_is_an_error, set_up, tear_down),
        cmocka_unit_test_setup_teardown(runs_are_aligned_and_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_use_agrees_with_a_model, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
