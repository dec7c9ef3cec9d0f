/*
 * The registers of x87, SSE and AVX: whose they are when threads change, fork, begin anew, and what
 * a signal's frame may say of them. Excursions into ring 3 as in ring3_ktest.c, each ended by an
 * exception; preemption is off meanwhile, so that only the tests' own threads take turns.
 */
#include "kernel/arch/address_space.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/exceptions.h"
#include "kernel/arch/x86_64/stacks.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/inject.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/sync/semaphore.h"
#include "kernel/core/thread/thread.h"
#include "kernel/test/ktest.h"
#include "lib/bytes.h"
#include "lib/errno.h"
#include "lib/string.h"

#define CODE_PAGE  0x400000ull
#define STACK_PAGE 0x600000ull

#define PATTERN 0x123456789abcull

#define AT_MXCSR 24
#define AT_PARTS 512
#define AT_COMPACT 520
#define AT_RESERVED 528

void ring3_enter(uint64_t rip, uint64_t rsp, uint64_t rdi, uint64_t rax); /* ring3_ktest.asm */
/* fpu_ktest.asm */
extern const uint8_t fpu_ktest_put[], fpu_ktest_put_end[], fpu_ktest_look[], fpu_ktest_look_end[];
extern const uint8_t fpu_ktest_fresh[], fpu_ktest_fresh_end[];
extern const uint8_t fpu_ktest_none[], fpu_ktest_none_end[];

/* One at a time is in ring 3, so all share the pages. */
static struct address_space space;
static uint64_t code_frame, stack_frame;

static int add_page(uint64_t virt, uint64_t *frame, unsigned flags)
{
    int error = alloc_frame(frame);

    if (!error)
        error = address_space_map(&space, virt, *frame, PAGE_SIZE, PAGE_USER | flags);
    return error;
}

static bool open_program(void)
{
    if (address_space_create(&space))
        return false;
    if (add_page(CODE_PAGE, &code_frame, PAGE_EXECUTE)
        || add_page(STACK_PAGE, &stack_frame, PAGE_WRITE)) {
        address_space_free(&space);
        return false;
    }
    address_space_switch(&space);
    return true;
}

static void close_program(void)
{
    fpu_reset();
    address_space_switch(NULL);
    address_space_free(&space);
    tss_set_kernel_stack(0);
}

static bool has_avx(void)
{
    return (cpuid(1, 0).ecx >> 26 & 5) == 5; /* AVX and XSAVE */
}

static void enter(void *pattern)
{
    uint64_t here = (uintptr_t)__builtin_frame_address(0);

    tss_set_kernel_stack((here - 2048) & ~15ull);
    ring3_enter(CODE_PAGE, STACK_PAGE + PAGE_SIZE / 2, (uintptr_t)pattern, has_avx());
}

/* The vector of the exception that ended it. */
static unsigned run(const uint8_t *code, const uint8_t *end, uint64_t pattern)
{
    struct cpu_exception caught = {.vector = 99};

    preempt_disable();
    memcpy(phys_to_virt(code_frame), code, (size_t)(end - code));
    (void)!cpu_catch(enter, (void *)(uintptr_t)pattern, &caught);
    preempt_enable();
    return caught.vector;
}

#define RUN(piece, pattern) run(fpu_ktest_##piece, fpu_ktest_##piece##_end, pattern)
#define DONE EXCEPTION_INVALID_OPCODE

KTEST(fpu_costs_nothing_until_it_is_used)
{
    EXPECT(open_program());
    EXPECT_EQUAL(RUN(none, 0), DONE);
    EXPECT(!thread_current()->fpu);
    EXPECT_EQUAL(fpu_bytes(), 0);
    EXPECT_EQUAL(RUN(fresh, 0), DONE);
    EXPECT(thread_current()->fpu);
    EXPECT(fpu_bytes() >= 512 && fpu_bytes() <= FPU_BYTES_MAX);
    close_program();
    EXPECT(!thread_current()->fpu);
}

KTEST(fpu_is_as_a_program_expects_it)
{
    EXPECT(open_program());
    EXPECT_EQUAL(RUN(put, PATTERN), DONE);
    EXPECT_EQUAL(RUN(look, PATTERN), DONE);
    EXPECT(RUN(look, PATTERN + 1) != DONE);
    fpu_reset(); /* another program */
    EXPECT_EQUAL(RUN(fresh, 0), DONE);
    close_program();
}

/* ---- threads --------------------------------------------------------------------------------- */

#define THREADS 4u
#define ROUNDS  6u

static unsigned wrong;
static struct semaphore turns[THREADS];

/* Its own pattern is there each time, whatever the others did meanwhile. Every other one of them
   does not use such registers at all. */
static int keep_a_pattern(void *argument)
{
    const unsigned number = (unsigned)(uintptr_t)argument;
    uint64_t pattern = PATTERN + number;

    semaphore_take(&turns[number]);
    address_space_switch(&space);
    if (number % 2 == 0)
        wrong += RUN(put, pattern) != DONE;
    for (unsigned i = 0; i < ROUNDS; i++) {
        semaphore_give(&turns[(number + 1) % THREADS]);
        semaphore_take(&turns[number]);
        wrong += (number % 2 ? RUN(none, 0) : RUN(look, pattern)) != DONE;
    }
    wrong += number % 2 && thread_current()->fpu;
    semaphore_give(&turns[(number + 1) % THREADS]);
    return 0;
}

KTEST(fpu_belongs_to_each_thread)
{
    struct thread *threads[THREADS];

    wrong = 0;
    EXPECT(open_program());
    EXPECT_EQUAL(RUN(put, 7), DONE);
    for (unsigned i = 0; i < THREADS; i++)
        semaphore_init(&turns[i], "turn", 0);
    for (unsigned i = 0; i < THREADS; i++)
        EXPECT_EQUAL(thread_create("fpu", keep_a_pattern, (void *)(uintptr_t)i, 0, &threads[i]), 0);
    semaphore_give(&turns[0]);
    for (unsigned i = 0; i < THREADS; i++)
        thread_join(threads[i], NULL);
    EXPECT_EQUAL(wrong, 0);
    EXPECT_EQUAL(RUN(look, 7), DONE);
    close_program();
}

/* One of the kernel's own runs in between: the registers stay, and stay at hand. */
static int look_at_the_cpu(void *argument)
{
    *(bool *)argument = percpu()->fpu_on;
    return 0;
}

KTEST(fpu_stays_at_hand_behind_a_kernel_thread)
{
    struct thread *thread;
    bool on = false;

    EXPECT(open_program());
    EXPECT_EQUAL(RUN(put, PATTERN), DONE);
    EXPECT_EQUAL(thread_create("kernel", look_at_the_cpu, &on, 0, &thread), 0);
    thread_join(thread, NULL);
    EXPECT(on && percpu()->fpu_on && percpu()->fpu_owner == thread_current());
    close_program();
}

static int adopt_and_look(void *argument)
{
    fpu_adopt(argument);
    address_space_switch(&space);
    return RUN(look, PATTERN) == DONE && RUN(put, 3) == DONE;
}

KTEST(fpu_is_copied_for_fork)
{
    struct fpu_state *copy = (struct fpu_state *)&wrong;
    struct thread *thread;
    int right;

    EXPECT(open_program());
    EXPECT_EQUAL(fpu_copy(&copy), 0);
    EXPECT(!copy);
    EXPECT_EQUAL(RUN(put, PATTERN), DONE);
    memory_fail_in = 1;
    EXPECT_EQUAL(fpu_copy(&copy), -ENOMEM);
    memory_fail_in = 0;
    EXPECT_EQUAL(fpu_copy(&copy), 0);
    EXPECT(copy);
    EXPECT_EQUAL(thread_create("child", adopt_and_look, copy, 0, &thread), 0);
    thread_join(thread, &right);
    EXPECT(right);
    EXPECT_EQUAL(RUN(look, PATTERN), DONE);
    close_program();
}

KTEST(fpu_without_memory_is_a_fault)
{
    EXPECT(open_program());
    memory_fail_in = 1;
    EXPECT_EQUAL(RUN(put, PATTERN), EXCEPTION_NO_FPU);
    memory_fail_in = 0;
    EXPECT(!thread_current()->fpu);
    EXPECT_EQUAL(RUN(put, PATTERN), DONE);
    close_program();
}

/* ---- signal frames --------------------------------------------------------------------------- */

static uint8_t saved[FPU_BYTES_MAX], changed[FPU_BYTES_MAX];

static size_t save(void)
{
    fpu_store(saved);
    memcpy(changed, saved, sizeof(changed));
    return fpu_bytes();
}

KTEST(fpu_comes_back_from_a_signal)
{
    EXPECT(open_program());
    EXPECT_EQUAL(RUN(put, PATTERN), DONE);
    size_t bytes = save();

    fpu_clean(); /* the handler's begin */
    EXPECT_EQUAL(RUN(fresh, 0), DONE);
    EXPECT_EQUAL(RUN(put, 5), DONE);
    EXPECT_EQUAL(fpu_load(saved, bytes), 0);
    EXPECT_EQUAL(RUN(look, PATTERN), DONE);
    close_program();
}

static int load_with(unsigned at, uint8_t value, size_t bytes)
{
    memcpy(changed, saved, sizeof(changed));
    changed[at] = value;
    return fpu_load(changed, bytes);
}

KTEST(fpu_refuses_what_the_cpu_would)
{
    EXPECT(open_program());
    EXPECT_EQUAL(RUN(put, PATTERN), DONE);
    size_t bytes = save();

    EXPECT_EQUAL(fpu_load(saved, bytes - 1), -EINVAL);
    EXPECT_EQUAL(fpu_load(saved, 1), -EINVAL);
    EXPECT_EQUAL(load_with(AT_MXCSR + 2, 1, bytes), -EINVAL);
    if (bytes > 512) {
        EXPECT_EQUAL(load_with(AT_PARTS, 0x0f, bytes), -EINVAL);
        EXPECT_EQUAL(load_with(AT_PARTS + 7, 0x80, bytes), -EINVAL);
        EXPECT_EQUAL(load_with(AT_COMPACT + 7, 0x80, bytes), -EINVAL);
        for (unsigned i = 0; i < 48; i++)
            EXPECT_EQUAL(load_with(AT_RESERVED + i, 1, bytes), -EINVAL);
    }
    EXPECT_EQUAL(RUN(look, PATTERN), DONE); /* nothing has changed */
    close_program();
}

/* Whatever the bytes are, the kernel goes on. */
KTEST(fpu_survives_any_frame)
{
    uint32_t random = 1;
    unsigned taken = 0;

    EXPECT(open_program());
    EXPECT_EQUAL(RUN(put, PATTERN), DONE);
    size_t bytes = save();

    for (unsigned i = 0; i < 3000; i++) {
        memcpy(changed, saved, sizeof(changed));
        for (unsigned j = 0; j < 8; j++) {
            random = random * 1664525 + 1013904223;
            changed[(random >> 8) % bytes] = (uint8_t)(random >> 24);
        }
        if (fpu_load(changed, bytes) == 0) {
            taken++;
            EXPECT_EQUAL(RUN(none, 0), DONE);
            (void)RUN(look, PATTERN);
        }
    }
    EXPECT(taken > 100);
    close_program();
}
