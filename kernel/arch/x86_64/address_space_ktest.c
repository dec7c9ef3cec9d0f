/* Pages and address spaces on the running kernel: what the CPU sees, and that nothing leaks. */
#include "kernel/arch/address_space.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu_features.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/kernel_stack.h"
#include "kernel/core/thread/stack.h"
#include "kernel/core/thread/thread.h"
#include "kernel/test/ktest.h"
#include "lib/errno.h"
#include "lib/string.h"

#define TEST_PAGES (VIRT_HEAP + (128ull << 30)) /* between heap and stacks */
#define USER_PAGES 0x400000ull
#define MANY       40u /* more than are flushed singly */

static volatile uint64_t *word(uint64_t virt)
{
    return (volatile uint64_t *)(uintptr_t)virt;
}

static bool readable(uint64_t virt)
{
    uint64_t value;

    return probe_read((const void *)(uintptr_t)virt, &value, sizeof(value)) == 0;
}

KTEST(probe_read_survives)
{
    static const char text[] = "0123456789abcdef0123";
    char copy[sizeof(text)] = "";
    uint64_t end = (uintptr_t)kernel_tables.root; /* anything */

    EXPECT(probe_read(text, copy, sizeof(text)) == 0);
    EXPECT(memcmp(text, copy, sizeof(text)) == 0);
    EXPECT(probe_read(NULL, &end, 0) == 0);
    EXPECT_EQUAL(probe_read((const void *)0x1234, &end, 1), -EFAULT);
    EXPECT_EQUAL(probe_read((const void *)0x1234, &end, 8), -EFAULT);
    /* Not canonical. */
    EXPECT_EQUAL(probe_read((const void *)0x8000000000000000, &end, 8), -EFAULT);
    EXPECT(cpu_interrupts_enabled());
}

/* The last readable bytes before a page that is not there. */
KTEST(probe_read_stops_at_the_edge)
{
    uint64_t top, bottom;
    uint8_t bytes[16];

    EXPECT(kernel_stack_alloc(&top) == 0);
    bottom = top - KERNEL_STACK_BYTES;
    int inside = probe_read((const void *)(uintptr_t)(top - 13), bytes, 13);
    int across = probe_read((const void *)(uintptr_t)(top - 13), bytes, 14);
    int below = probe_read((const void *)(uintptr_t)(bottom - 1), bytes, 2);

    EXPECT(kernel_stack_free(top) == 0);
    EXPECT_EQUAL(inside, 0);
    EXPECT_EQUAL(across, -EFAULT);
    EXPECT_EQUAL(below, -EFAULT);
}

static void write_word(void *at)
{
    *(volatile uint64_t *)at = 1;
}

static bool writable(uint64_t virt)
{
    struct cpu_exception caught;

    return !cpu_catch(write_word, (void *)(uintptr_t)virt, &caught);
}

/* The frames at TEST_PAGES come from one run, and pages come and go below the CPU's eyes. */
static bool pages_change_at_once(uint64_t frames, unsigned count)
{
    uint64_t bytes = count * PAGE_SIZE, last = TEST_PAGES + bytes - PAGE_SIZE;

    if (pages_map(TEST_PAGES, frames, bytes, PAGE_WRITE))
        return false;
    *word(TEST_PAGES) = 17;
    *word(last) = 18;
    bool right = *(uint64_t *)phys_to_virt(frames + bytes - PAGE_SIZE) == 18;

    right &= pages_map(last, frames, PAGE_SIZE, 0) == -EEXIST;
    right &= pages_protect(TEST_PAGES, bytes, 0) == 0;
    right &= !writable(TEST_PAGES) && !writable(last) && *word(last) == 18;
    right &= pages_protect(TEST_PAGES, bytes, PAGE_WRITE) == 0;
    right &= writable(TEST_PAGES) && writable(last);
    right &= pages_unmap(TEST_PAGES, bytes) == 0;
    return right && !readable(TEST_PAGES) && !readable(last)
           && pages_unmap(TEST_PAGES, bytes) == -ENOENT;
}

KTEST(pages_map_protect_unmap)
{
    uint64_t before = frames_free(), frames;

    EXPECT(alloc_frames(MANY, 1, FRAMES_ANYWHERE, &frames) == 0);
    bool few = pages_change_at_once(frames, 3), many = pages_change_at_once(frames, MANY);

    EXPECT(free_frames(frames, MANY) == 0);
    EXPECT(few);
    EXPECT(many);
    EXPECT_EQUAL(frames_free(), before); /* the tables went with the pages */
}

/* A 2 MiB page, split and merged while it is in use. */
KTEST(pages_split_and_merge)
{
    uint64_t before = frames_free(), frames, middle = TEST_PAGES + 77 * PAGE_SIZE;
    struct page_mapping page;

    if (alloc_frames(512, 512, FRAMES_ANYWHERE, &frames)) {
        ktest_skip("no 2 MiB of memory in one piece");
        return;
    }
    EXPECT(pages_map(TEST_PAGES, frames, 512 * PAGE_SIZE, PAGE_WRITE) == 0);
    EXPECT(page_tables_find(&kernel_tables, middle, &page) == 0);
    EXPECT_EQUAL(page.bytes, 512 * PAGE_SIZE);
    *word(middle) = 77;
    *word(middle + PAGE_SIZE) = 78;
    EXPECT(pages_protect(middle, PAGE_SIZE, 0) == 0);
    EXPECT(!writable(middle));
    EXPECT(writable(middle + PAGE_SIZE));
    EXPECT_EQUAL(*word(middle), 77);
    EXPECT(pages_protect(middle, PAGE_SIZE, PAGE_WRITE) == 0);
    EXPECT(page_tables_find(&kernel_tables, middle, &page) == 0);
    EXPECT_EQUAL(page.bytes, 512 * PAGE_SIZE);
    EXPECT(writable(middle));
    EXPECT(pages_unmap(middle, PAGE_SIZE) == 0);
    EXPECT(!readable(middle));
    EXPECT_EQUAL(*word(middle + PAGE_SIZE), 1);
    EXPECT(pages_map(middle, frames + 77 * PAGE_SIZE, PAGE_SIZE, PAGE_WRITE) == 0);
    EXPECT(pages_unmap(TEST_PAGES, 512 * PAGE_SIZE) == 0);
    EXPECT(free_frames(frames, 512) == 0);
    EXPECT_EQUAL(frames_free(), before);
}

/* ---- address spaces -------------------------------------------------------------------------- */

/* A frame with this word at its start, mapped for ring 3. */
static int add_page(struct address_space *space, uint64_t virt, uint64_t value)
{
    uint64_t frame;
    int error = alloc_frame(&frame);

    if (error)
        return error;
    *(uint64_t *)phys_to_virt(frame) = value;
    error = address_space_map(space, virt, frame, PAGE_SIZE, PAGE_USER | PAGE_WRITE);
    if (error)
        (void)!free_frame(frame);
    return error;
}

static bool lives_and_dies(void)
{
    static struct address_space space, twin;

    if (address_space_create(&space))
        return false;
    bool right = add_page(&space, USER_PAGES, 1) == 0 &&
                 add_page(&space, USER_HALF_END - PAGE_SIZE, 2) == 0 &&
                 add_page(&space, 5ull << 39, 3) == 0;

    if (address_space_clone(&space, &twin) == 0)
        address_space_free(&twin);
    else
        right = false;
    address_space_switch(&space);
    address_space_switch(NULL);
    address_space_free(&space);
    return right;
}

KTEST(address_spaces_come_and_go_a_hundred_times)
{
    uint64_t before = frames_free();

    for (unsigned i = 0; i < 100; i++)
        EXPECT(lives_and_dies());
    EXPECT_EQUAL(frames_free(), before);
}

KTEST(address_spaces_refuse_what_is_not_theirs)
{
    static struct address_space space;

    EXPECT(address_space_create(&space) == 0);
    int null = address_space_map(&space, USER_START - PAGE_SIZE, 0x1000, PAGE_SIZE, PAGE_USER);
    int kernel = address_space_map(&space, VIRT_HEAP, 0x1000, PAGE_SIZE, PAGE_USER);
    int across = address_space_map(&space, USER_HALF_END - PAGE_SIZE, 0, 2 * PAGE_SIZE, PAGE_USER);
    int not_user = address_space_map(&space, USER_PAGES, 0x1000, PAGE_SIZE, PAGE_WRITE);
    int unmap_kernel = address_space_unmap(&space, VIRT_HEAP, PAGE_SIZE);

    address_space_free(&space);
    EXPECT_EQUAL(null, -EINVAL);
    EXPECT_EQUAL(kernel, -EINVAL);
    EXPECT_EQUAL(across, -EINVAL);
    EXPECT_EQUAL(not_user, -EINVAL);
    EXPECT_EQUAL(unmap_kernel, -EINVAL);
}

/* In every address space PML4[511] shows its own tables. */
static bool recursive_slot_shows(uint64_t virt)
{
    struct page_tables tables = {.root = fastos_read_cr3() & PTE_ADDRESS};
    struct page_walk walk;

    page_tables_walk(&tables, virt, &walk);
    uint64_t page_table_entry = *word(RECURSIVE_START + (virt >> 12 & 0xfffffffff) * 8);
    uint64_t top_entry = *word(UINT64_MAX - 4095 + page_table_index(virt, 3) * 8);
    uint64_t seen = PTE_ACCESSED | PTE_DIRTY;

    return (*word(UINT64_MAX - 7) & PTE_ADDRESS) == tables.root && walk.level == 0
           && (top_entry & ~seen) == (walk.entries[3] & ~seen)
           && (page_table_entry & ~seen) == (walk.entries[0] & ~seen);
}

KTEST(address_spaces_have_their_own_recursive_slot)
{
    static struct address_space spaces[2];
    bool right[2], checked[2];
    uint64_t virt;

    EXPECT(recursive_slot_shows((uintptr_t)spaces));
    for (unsigned i = 0; i < 2; i++) {
        EXPECT(address_space_create(&spaces[i]) == 0);
        EXPECT(add_page(&spaces[i], USER_PAGES, i) == 0);
    }
    for (unsigned i = 0; i < 2; i++) {
        address_space_switch(&spaces[i]);
        right[i] = recursive_slot_shows(USER_PAGES) && recursive_slot_shows((uintptr_t)spaces);
        checked[i] = paging_check(&virt);
    }
    address_space_switch(NULL);
    for (unsigned i = 0; i < 2; i++)
        address_space_free(&spaces[i]);
    EXPECT(right[0]);
    EXPECT(right[1]);
    EXPECT(checked[0]);
    EXPECT(checked[1]);
}

/* What is mapped in the kernel half after a space was made is there in that space too. */
KTEST(address_spaces_share_the_kernel_half)
{
    static struct address_space space;
    uint64_t frame;

    EXPECT(address_space_create(&space) == 0);
    EXPECT(alloc_frame(&frame) == 0);
    EXPECT(page_map(TEST_PAGES, frame, PAGE_WRITE) == 0);
    *word(TEST_PAGES) = 4711;
    address_space_switch(&space);
    uint64_t seen = *word(TEST_PAGES);
    int unmapped = page_unmap(TEST_PAGES);
    bool gone = !readable(TEST_PAGES);

    address_space_switch(NULL);
    gone &= !readable(TEST_PAGES);
    address_space_free(&space);
    EXPECT(free_frame(frame) == 0);
    EXPECT_EQUAL(seen, 4711);
    EXPECT_EQUAL(unmapped, 0);
    EXPECT(gone);
}

static void read_user_word(void *at)
{
    if (cpu_features()->smap)
        __asm__ volatile("stac");
    *word(TEST_PAGES) = *(volatile uint64_t *)at; /* TEST_PAGES: where the test looks */
    if (cpu_features()->smap)
        __asm__ volatile("clac");
}

static void write_user_word(void *at)
{
    if (cpu_features()->smap)
        __asm__ volatile("stac");
    *(volatile uint64_t *)at = 99;
    if (cpu_features()->smap)
        __asm__ volatile("clac");
}

static bool reads(uint64_t virt, uint64_t value)
{
    struct cpu_exception caught;

    *word(TEST_PAGES) = ~value;
    return !cpu_catch(read_user_word, (void *)(uintptr_t)virt, &caught) &&
           *word(TEST_PAGES) == value;
}

static bool user_writable(uint64_t virt)
{
    struct cpu_exception caught;

    return !cpu_catch(write_user_word, (void *)(uintptr_t)virt, &caught);
}

/* Two spaces with other things at the same address; changes show at once, also those made while the
   space was not switched to. */
static bool spaces_are_apart(struct address_space *a, struct address_space *b)
{
    bool right = add_page(a, USER_PAGES, 1) == 0 && add_page(b, USER_PAGES, 2) == 0;
    struct page_mapping page;

    for (unsigned i = 0; i < 3; i++) {
        address_space_switch(a);
        right &= reads(USER_PAGES, 1);
        address_space_switch(b);
        right &= reads(USER_PAGES, 2) && user_writable(USER_PAGES);
        right &= reads(USER_PAGES, 99) && add_page(b, USER_PAGES + PAGE_SIZE, 5) == 0;
        right &= address_space_protect(b, USER_PAGES, PAGE_SIZE, PAGE_USER) == 0;
        right &= !user_writable(USER_PAGES);
        right &= address_space_next(b, USER_PAGES + PAGE_SIZE, USER_HALF_END - 1, &page) == 0;
        right &= address_space_unmap(b, USER_PAGES + PAGE_SIZE, PAGE_SIZE) == 0;
        right &= free_frame(page.phys) == 0 && !reads(USER_PAGES + PAGE_SIZE, 5);
        address_space_switch(a);
        right &= address_space_protect(b, USER_PAGES, PAGE_SIZE, PAGE_USER | PAGE_WRITE) == 0;
        address_space_switch(b);
        right &= user_writable(USER_PAGES);
        address_space_switch(NULL);
        right &= !reads(USER_PAGES, 99);
        right &= address_space_next(b, 0, USER_HALF_END - 1, &page) == 0;
        *(uint64_t *)phys_to_virt(page.phys) = 2;
    }
    return right;
}

KTEST(address_spaces_are_apart)
{
    static struct address_space a, b;
    uint64_t frame;

    EXPECT(alloc_frame(&frame) == 0);
    EXPECT(page_map(TEST_PAGES, frame, PAGE_WRITE) == 0);
    EXPECT(address_space_create(&a) == 0);
    EXPECT(address_space_create(&b) == 0);
    bool right = spaces_are_apart(&a, &b);

    address_space_switch(NULL);
    address_space_free(&a);
    address_space_free(&b);
    EXPECT(page_unmap(TEST_PAGES) == 0);
    EXPECT(free_frame(frame) == 0);
    EXPECT(right);
}

/* Parent and child read the same frame, and neither can write to it, at once. */
KTEST(address_spaces_are_cloned)
{
    static struct address_space parent, child;
    uint64_t frame, before = frames_free();
    struct page_mapping page;

    EXPECT(alloc_frame(&frame) == 0);
    EXPECT(page_map(TEST_PAGES, frame, PAGE_WRITE) == 0);
    EXPECT(address_space_create(&parent) == 0);
    EXPECT(add_page(&parent, USER_PAGES, 7) == 0);
    address_space_switch(&parent);
    bool first = user_writable(USER_PAGES);

    EXPECT(address_space_clone(&parent, &child) == 0);
    EXPECT(address_space_next(&child, 0, USER_HALF_END - 1, &page) == 0);
    unsigned users = frame_references(page.phys);
    bool parent_blocked = !user_writable(USER_PAGES) && reads(USER_PAGES, 99);

    address_space_switch(&child);
    bool child_blocked = !user_writable(USER_PAGES) && reads(USER_PAGES, 99);

    address_space_switch(NULL);
    address_space_free(&parent);
    unsigned users_left = frame_references(page.phys);

    address_space_free(&child);
    EXPECT(page_unmap(TEST_PAGES) == 0);
    EXPECT(free_frame(frame) == 0);
    EXPECT(first);
    EXPECT(parent_blocked);
    EXPECT(child_blocked);
    EXPECT_EQUAL(users, 2);
    EXPECT_EQUAL(users_left, 1);
    EXPECT(page.attributes & PTE_COPY_ON_WRITE);
    EXPECT_EQUAL(frames_free(), before);
}

/* ---- and threads ----------------------------------------------------------------------------- */

static uint64_t loaded_root(void)
{
    return fastos_read_cr3() & PTE_ADDRESS;
}

static uint64_t seen_root;

static int look(void *space)
{
    if (space)
        address_space_switch(space);
    seen_root = loaded_root();
    return 0;
}

/* What a thread of that space, or one of the kernel's own, finds loaded. */
static uint64_t root_in_thread(struct address_space *space)
{
    struct thread *thread;

    seen_root = 0;
    if (thread_create("looks", look, space, 0, &thread))
        return 0;
    thread_join(thread, NULL);
    return seen_root;
}

KTEST(address_spaces_stay_loaded_for_the_kernels_threads)
{
    static struct address_space a, b;

    EXPECT(address_space_create(&a) == 0);
    EXPECT(address_space_create(&b) == 0);
    address_space_switch(&a);
    EXPECT_EQUAL(root_in_thread(NULL), a.tables.root);
    EXPECT_EQUAL(loaded_root(), a.tables.root);
    EXPECT_EQUAL(root_in_thread(&b), b.tables.root);
    EXPECT_EQUAL(loaded_root(), a.tables.root); /* its own again */
    address_space_switch(NULL);
    EXPECT_EQUAL(loaded_root(), kernel_tables.root);
    address_space_free(&a);
    EXPECT_EQUAL(root_in_thread(&b), b.tables.root);
    EXPECT_EQUAL(loaded_root(), b.tables.root); /* whose last thread has ended */
    address_space_free(&b);
    EXPECT_EQUAL(loaded_root(), kernel_tables.root);
}

/* ---- stacks ---------------------------------------------------------------------------------- */

KTEST(kernel_stacks_come_back)
{
    kernel_stacks_drop();
    uint64_t before = frames_free(), tops[8];
    unsigned in_use = kernel_stacks_in_use();

    for (unsigned round = 0; round < 100; round++) {
        for (unsigned i = 0; i < array_length(tops); i++) {
            EXPECT(kernel_stack_alloc(&tops[i]) == 0);
            EXPECT_EQUAL(tops[i] % 16, 0);
            if (round == 0) /* later it may be as another left it */
                EXPECT_EQUAL(stack_used(tops[i] - KERNEL_STACK_BYTES, tops[i]), 0);
            *word(tops[i] - 8) = *word(tops[i] - KERNEL_STACK_BYTES) = UINT64_MAX;
        }
        EXPECT_EQUAL(kernel_stacks_in_use(), in_use + array_length(tops));
        for (unsigned i = 0; i < array_length(tops); i++)
            EXPECT(kernel_stack_free(tops[(i + round) % array_length(tops)]) == 0);
    }
    EXPECT_EQUAL(kernel_stacks_in_use(), in_use);
    for (unsigned i = 0; i < array_length(tops); i++)
        EXPECT_EQUAL(kernel_stack_free(tops[i]), -EINVAL); /* twice */
    kernel_stacks_drop();
    EXPECT_EQUAL(frames_free(), before);
    EXPECT_EQUAL(kernel_stack_free(tops[0]), -EINVAL);
    EXPECT_EQUAL(kernel_stack_free(tops[0] + 1), -EINVAL);
    EXPECT_EQUAL(kernel_stack_free(0), -EINVAL);
    EXPECT_EQUAL(kernel_stack_free(VIRT_STACKS), -EINVAL);
}
