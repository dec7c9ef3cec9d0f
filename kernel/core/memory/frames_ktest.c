/* Frames on the running kernel. */
#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/inject.h"
#include "kernel/test/ktest.h"
#include "lib/errno.h"

KTEST(frames_come_back)
{
    enum { COUNT = 300 }; /* more than a CPU's cache holds */
    static uint64_t frames[COUNT];
    uint64_t before = frames_free();

    for (unsigned i = 0; i < COUNT; i++) {
        EXPECT_EQUAL(alloc_frame(&frames[i]), 0);
        *(volatile uint64_t *)phys_to_virt(frames[i]) = frames[i];
    }
    EXPECT_EQUAL(frames_free(), before - COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        EXPECT_EQUAL(*(volatile uint64_t *)phys_to_virt(frames[i]), frames[i]); /* nobody else's */
        EXPECT_EQUAL(free_frame(frames[i]), 0);
    }
    EXPECT_EQUAL(frames_free(), before);
}

KTEST(frames_refuse_what_is_not_theirs)
{
    uint64_t before = frames_free(), frame;
    const char *text;

    EXPECT_EQUAL(free_frame(boot_info()->kernel.phys), -EINVAL);
    EXPECT_EQUAL(free_frame(boot_info()->page_table_phys), -EINVAL);
    EXPECT_EQUAL(free_frame(123), -EINVAL);
    EXPECT_EQUAL(free_frame(1ull << 51), -EINVAL);
    EXPECT_EQUAL(alloc_frame(&frame), 0);
    EXPECT_EQUAL(free_frame(frame), 0);
    EXPECT_EQUAL(free_frame(frame), -EINVAL);
    EXPECT(frame_fault_count(FRAME_FAULT_FREE, &text) > 0);
    EXPECT_EQUAL(frames_free(), before);
}

KTEST(frames_for_dma_lie_low)
{
    uint64_t before = frames_free(), phys;

    EXPECT_EQUAL(alloc_frames(16, 16, FRAMES_BELOW_16M, &phys), 0);
    EXPECT(phys + 16 * FRAME_SIZE <= FRAMES_BELOW_16M);
    EXPECT_EQUAL(phys % (16 * FRAME_SIZE), 0);
    EXPECT_EQUAL(free_frames(phys, 16), 0);
    EXPECT_EQUAL(frames_free(), before);
}

KTEST(frames_fail_when_told_to)
{
    uint64_t before = frames_free(), phys = 1;

    memory_fail_in = 1;
    EXPECT_EQUAL(alloc_frame(&phys), -ENOMEM);
    EXPECT_EQUAL(phys, 1);
    memory_fail_in = 1;
    EXPECT_EQUAL(alloc_frames(2, 1, FRAMES_ANYWHERE, &phys), -ENOMEM);
    EXPECT_EQUAL(memory_fail_in, 0);
    EXPECT_EQUAL(frames_free(), before);
}
