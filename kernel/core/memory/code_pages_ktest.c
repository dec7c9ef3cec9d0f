/* Pages for code, tried by who may not write to them. */
#include "kernel/core/memory/code_pages.h"

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/inject.h"
#include "kernel/test/ktest.h"
#include "lib/abi/boot_info.h"
#include "lib/errno.h"

#define PAGES 3u
#define BYTES (PAGES * PAGE_SIZE)
#define PLACE (VIRT_KERNEL + (511ull << 30)) /* nothing is there */

static const uint8_t code[] = {0xb8, 0x2a, 0, 0, 0, 0xc3}; /* mov eax, 42; ret */

static void write_byte(void *at)
{
    *(volatile uint8_t *)at = 0x90;
}

static void run(void *at)
{
    *(volatile int *)(uintptr_t)(PLACE + 2 * PAGE_SIZE) = ((int (*)(void))at)();
}

static bool faults(void (*what)(void *), uint64_t at)
{
    struct cpu_exception caught;

    return cpu_catch(what, (void *)(uintptr_t)at, &caught) && caught.vector == 14;
}

static void fill(void)
{
    for (unsigned i = 0; i < sizeof(code); i++)
        for (unsigned page = 0; page < PAGES; page++)
            ((volatile uint8_t *)(uintptr_t)(PLACE + page * PAGE_SIZE))[i] = code[i];
}

KTEST(code_pages_are_written_or_run)
{
    uint64_t before = frames_free(), phys;

    EXPECT_EQUAL(code_pages_map(PLACE, BYTES), 0);
    fill();
    EXPECT_EQUAL(code_pages_close(PLACE, PAGE_SIZE, PAGE_EXECUTE), 0);
    EXPECT_EQUAL(code_pages_close(PLACE + PAGE_SIZE, PAGE_SIZE, 0), 0);
    EXPECT_EQUAL(code_pages_close(PLACE, 0, PAGE_EXECUTE), 0);
    run((void *)(uintptr_t)PLACE);
    EXPECT_EQUAL(*(volatile int *)(uintptr_t)(PLACE + 2 * PAGE_SIZE), 42);
    for (unsigned page = 0; page < 2; page++) {
        EXPECT_EQUAL(page_translate(PLACE + page * PAGE_SIZE, &phys), 0);
        EXPECT(faults(write_byte, PLACE + page * PAGE_SIZE));
        EXPECT(faults(write_byte, (uintptr_t)phys_to_virt(phys)));
    }
    EXPECT(paging_check(&phys));
    code_pages_unmap(PLACE, BYTES);
    EXPECT(faults(write_byte, PLACE));
    EXPECT_EQUAL(frames_free(), before);
}

/* The k-th allocation fails, for all k there are: nothing stays behind, and all frames can be written. */
KTEST(code_pages_without_memory)
{
    uint64_t before = frames_free();
    int error = -ENOMEM;

    for (unsigned k = 1; error && k < 40; k++) {
        memory_fail_in = k;
        error = code_pages_map(PLACE, BYTES);
        if (!error) {
            error = code_pages_close(PLACE, PAGE_SIZE, PAGE_EXECUTE);
            memory_fail_in = 0;
            code_pages_unmap(PLACE, BYTES);
        }
        memory_fail_in = 0;
        EXPECT(!error || error == -ENOMEM);
        EXPECT_EQUAL(frames_free(), before);
    }
    EXPECT_EQUAL(error, 0);
}
