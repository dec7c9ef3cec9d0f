/* Attacks on the kernel from inside the kernel: each must fault as the table in docs/45-memory.md
   says. */
#include "kernel/arch/address_space.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/cpu_features.h"
#include "kernel/arch/x86_64/exceptions.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/stacks.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/kernel_stack.h"
#include "kernel/test/ktest.h"
#include "lib/errno.h"
#include "lib/string.h"

/* Page-fault error codes, Intel SDM vol. 3, 4.7. */
#define FAULT_PRESENT  1u
#define FAULT_WRITE    2u
#define FAULT_RESERVED 8u
#define FAULT_FETCH    16u

#define RET 0xc3 /* the instruction */
#define CR4_UMIP (1ull << 11)
#define CR0_WP   (1ull << 16)
#define USER_PAGE 0x400000ull
#define TEST_PAGE (VIRT_HEAP + (128ull << 30)) /* between heap and stacks */

static void read_it(void *at)
{
    (void)*(volatile uint8_t *)at;
}

static void write_it(void *at)
{
    *(volatile uint8_t *)at = 0x5a;
}

static void call_it(void *at)
{
    ((void (*)(void))(uintptr_t)at)();
}

/* A read with SMAP held open, as a copy from user space does it. */
static void read_allowed(void *at)
{
    __asm__ volatile("stac");
    (void)*(volatile uint8_t *)at;
    __asm__ volatile("clac");
}

/* The page-fault error code that it ends with; bit 31 when it was not a page fault at that address;
   UINT32_MAX when nothing stopped it. */
static uint32_t fault_of(void (*attack)(void *), uint64_t at)
{
    struct cpu_exception caught;

    if (!cpu_catch(attack, (void *)(uintptr_t)at, &caught))
        return UINT32_MAX;
    if (caught.vector != EXCEPTION_PAGE_FAULT || caught.address != at)
        return 1u << 31 | caught.vector;
    return (uint32_t)caught.error_code;
}

/* Only CPUs that can forbid a fetch say that it was one. */
static uint32_t fetch_bit(void)
{
    return cpu_features()->no_execute || cpu_features()->smep ? FAULT_FETCH : 0;
}

KTEST(attack_nothing_is_mapped_there)
{
    static const uint64_t nowhere[] = {0, 0x7c00, 0xb8000, 0x7ffffffff000, 0xffffb00000000000};

    for (unsigned i = 0; i < array_length(nowhere); i++) {
        EXPECT_EQUAL(fault_of(read_it, nowhere[i]), 0);
        EXPECT_EQUAL(fault_of(write_it, nowhere[i]), FAULT_WRITE);
        EXPECT_EQUAL(fault_of(call_it, nowhere[i]), fetch_bit());
    }
}

KTEST(attack_write_to_constants)
{
    static const char constant[] = "constant";
    extern const struct ktest ktests_start[]; /* a table of pointers, relocated at boot */
    const uint64_t targets[] = {(uintptr_t)call_it, (uintptr_t)constant, (uintptr_t)ktests_start};

    for (unsigned i = 0; i < array_length(targets); i++) {
        uint8_t before = *(const uint8_t *)(uintptr_t)targets[i];

        EXPECT_EQUAL(fault_of(write_it, targets[i]), FAULT_PRESENT | FAULT_WRITE);
        EXPECT_EQUAL(*(const uint8_t *)(uintptr_t)targets[i], before);
    }
}

/* The same code and constants through the map of all physical memory. */
KTEST(attack_write_to_constants_by_their_other_address)
{
    static const char constant[] = "constant";
    const uint64_t targets[] = {(uintptr_t)call_it, (uintptr_t)constant};

    for (unsigned i = 0; i < array_length(targets); i++) {
        uint64_t phys;

        EXPECT(page_translate(targets[i], &phys) == 0);
        EXPECT_EQUAL(fault_of(write_it, (uintptr_t)phys_to_virt(phys)),
                     FAULT_PRESENT | FAULT_WRITE);
    }
}

KTEST(attack_execute_data)
{
    static uint8_t in_data[] = {RET};
    volatile uint8_t on_stack[16] = {RET};
    uint64_t frame;

    if (!cpu_features()->no_execute) {
        ktest_skip("the CPU has no NX");
        return;
    }
    EXPECT(alloc_frame(&frame) == 0);
    uint8_t *in_memory = phys_to_virt(frame), *in_heap = alloc(16, 16);

    in_memory[0] = RET;
    if (in_heap)
        in_heap[0] = RET;
    uint32_t data = fault_of(call_it, (uintptr_t)in_data),
             stack = fault_of(call_it, (uintptr_t)on_stack);
    uint32_t memory = fault_of(call_it, (uintptr_t)in_memory);
    uint32_t heap = fault_of(call_it, (uintptr_t)in_heap);

    EXPECT(free_frame(frame) == 0);
    dealloc(in_heap, 16, 16);
    EXPECT_EQUAL(data, FAULT_PRESENT | FAULT_FETCH);
    EXPECT_EQUAL(stack, FAULT_PRESENT | FAULT_FETCH);
    EXPECT_EQUAL(memory, FAULT_PRESENT | FAULT_FETCH);
    EXPECT_EQUAL(heap, FAULT_PRESENT | FAULT_FETCH);
}

KTEST(attack_execute_code_by_its_other_address)
{
    uint64_t phys;

    if (!cpu_features()->no_execute) {
        ktest_skip("the CPU has no NX");
        return;
    }
    EXPECT(page_translate((uintptr_t)call_it, &phys) == 0);
    EXPECT_EQUAL(fault_of(call_it, (uintptr_t)phys_to_virt(phys)), FAULT_PRESENT | FAULT_FETCH);
}

KTEST(attack_execute_the_framebuffer_and_page_tables)
{
    uint64_t screen = boot_info()->framebuffer.virt;

    if (!cpu_features()->no_execute) {
        ktest_skip("the CPU has no NX");
        return;
    }
    if (screen)
        EXPECT_EQUAL(fault_of(call_it, screen), FAULT_PRESENT | FAULT_FETCH);
    EXPECT_EQUAL(fault_of(call_it, UINT64_MAX - 4095), FAULT_PRESENT | FAULT_FETCH);
}

KTEST(attack_no_page_is_writable_and_executable)
{
    uint64_t virt;

    if (!cpu_features()->no_execute) {
        ktest_skip("the CPU has no NX");
        return;
    }
    EXPECT_EQUAL(pages_map(TEST_PAGE, 0x1000, PAGE_SIZE, PAGE_WRITE | PAGE_EXECUTE), -EINVAL);
    EXPECT_EQUAL(pages_map(TEST_PAGE, 0x1000, PAGE_SIZE, PAGE_USER), -EINVAL);
    EXPECT(paging_check(&virt));
}

/* The self-check sees a page that should not be, made past the checks of pages_map. */
KTEST(attack_the_self_check_finds_it)
{
    uint64_t virt, frame;

    if (!cpu_features()->no_execute) {
        ktest_skip("the CPU has no NX");
        return;
    }
    EXPECT(alloc_frame(&frame) == 0);
    EXPECT(page_tables_map(&kernel_tables, VIRT_KERNEL + (511ull << 30), frame, PAGE_SIZE,
                           PTE_WRITE) == 0);
    bool clean = paging_check(&virt);

    EXPECT(page_unmap(VIRT_KERNEL + (511ull << 30)) == 0);
    EXPECT(free_frame(frame) == 0);
    EXPECT(!clean);
    EXPECT_EQUAL(virt, VIRT_KERNEL + (511ull << 30));
    EXPECT(paging_check(&virt));
}

KTEST(attack_stack_guards)
{
    uint64_t top, guards[IST_COUNT + 2];
    const char *name;

    EXPECT(kernel_stack_alloc(&top) == 0);
    guards[0] = (uintptr_t)boot_stack.guard;
    for (unsigned i = 0; i < IST_COUNT; i++)
        guards[1 + i] = (uintptr_t)exception_stacks[i].guard;
    guards[IST_COUNT + 1] = top - KERNEL_STACK_BYTES - PAGE_SIZE;
    *(volatile uint8_t *)(uintptr_t)(top - KERNEL_STACK_BYTES) = 1; /* the stack itself is there */
    EXPECT(kernel_stack_free(top) == 0);
    for (unsigned i = 0; i < array_length(guards); i++) {
        EXPECT_EQUAL(fault_of(write_it, guards[i]), FAULT_WRITE);
        EXPECT_EQUAL(fault_of(write_it, guards[i] + PAGE_SIZE - 1), FAULT_WRITE);
        EXPECT(stack_guard_at(guards[i] + 100, &name));
        EXPECT(i > IST_COUNT || !stack_guard_at(guards[i] + PAGE_SIZE, &name));
    }
}

KTEST(attack_control_bits_are_on)
{
    EXPECT(read_cr0() & CR0_WP);
    if (!cpu_features()->umip) {
        ktest_skip("the CPU has no UMIP");
        return;
    }
    EXPECT(read_cr4() & CR4_UMIP);
}

/* A page of user space with a RET in it, and what the attack on it ends with. */
static int attack_user_page(void (*attack)(void *), uint32_t *fault)
{
    static struct address_space space;
    uint64_t frame;
    int error = address_space_create(&space);

    if (error)
        return error;
    error = alloc_frame(&frame);
    if (!error) {
        *(uint8_t *)phys_to_virt(frame) = RET;
        error = address_space_map(&space, USER_PAGE, frame, PAGE_SIZE,
                                  PAGE_USER | PAGE_WRITE | PAGE_EXECUTE);
        if (error)
            (void)!free_frame(frame);
    }
    if (!error) {
        address_space_switch(&space);
        *fault = fault_of(attack, USER_PAGE);
        address_space_switch(NULL);
    }
    address_space_free(&space);
    return error;
}

KTEST(attack_execute_user_code)
{
    uint32_t fault;

    if (!cpu_features()->smep) {
        ktest_skip("the CPU has no SMEP");
        return;
    }
    EXPECT(attack_user_page(call_it, &fault) == 0);
    EXPECT_EQUAL(fault, FAULT_PRESENT | FAULT_FETCH);
}

KTEST(attack_touch_user_data)
{
    uint32_t fault;

    if (!cpu_features()->smap) {
        ktest_skip("the CPU has no SMAP");
        return;
    }
    EXPECT(attack_user_page(read_it, &fault) == 0);
    EXPECT_EQUAL(fault, FAULT_PRESENT);
    EXPECT(attack_user_page(write_it, &fault) == 0);
    EXPECT_EQUAL(fault, FAULT_PRESENT | FAULT_WRITE);
    EXPECT(attack_user_page(read_allowed, &fault) == 0);
    EXPECT_EQUAL(fault, UINT32_MAX);
}

KTEST(attack_reserved_bit)
{
    struct page_walk walk;
    uint64_t frame;

    if (cpu_features()->physical_bits >= 52) {
        ktest_skip("every bit of a physical address is in use");
        return;
    }
    EXPECT(alloc_frame(&frame) == 0);
    EXPECT(page_map(TEST_PAGE, frame, PAGE_WRITE) == 0);
    page_tables_walk(&kernel_tables, TEST_PAGE, &walk);
    uint64_t *entry = &page_table_at(walk.tables[0])[page_table_index(TEST_PAGE, 0)];

    *entry |= 1ull << 51;
    uint32_t fault = fault_of(read_it, TEST_PAGE);

    *entry &= ~(1ull << 51);
    EXPECT(page_unmap(TEST_PAGE) == 0);
    EXPECT(free_frame(frame) == 0);
    /* TCG says "not present" too. */
    EXPECT_EQUAL(fault | FAULT_PRESENT, FAULT_PRESENT | FAULT_RESERVED);
}
