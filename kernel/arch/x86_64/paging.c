/*
 * The kernel half of the address space. Stage 2 built it; paging_init takes the identity map away
 * and closes what shall not be open: guard pages below the stacks, NX over everything but the
 * image, constants read-only wherever they are mapped. Later pages come and go here, under one
 * lock; the tables are changed by page_tables.c and reached through the map of all physical memory.
 */
#include "kernel/arch/x86_64/paging.h"

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu_features.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/stacks.h"
#include "kernel/arch/x86_64/write_combining.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/panic.h"
#include "kernel/sanitizer/kasan.h"
#include "lib/errno.h"
#include "lib/string.h"

extern const uint8_t kernel_relocated_start[], kernel_relocated_end[]; /* kernel.ld: whole pages */

struct page_tables kernel_tables;
static struct spinlock lock = SPINLOCK("page tables", LOCK_RANK_PAGE_TABLES); /* of kernel_tables */

void *phys_to_virt(uint64_t phys)
{
    return (void *)(uintptr_t)(VIRT_PHYSICAL_MAP + phys);
}

/* ---- what page_tables.c wants ---------------------------------------------------------------- */

uint64_t *page_table_at(uint64_t phys)
{
    return phys_to_virt(phys);
}

int page_table_alloc(uint64_t *phys)
{
    return alloc_zeroed_frame(phys);
}

/* A table that stage 2 built is no frame of ours: it stays unused. */
void page_table_free(uint64_t phys)
{
    (void)!free_frame(phys);
}

void page_table_free_zeros(uint64_t phys)
{
    (void)!free_zeroed_frame(phys);
}

/* ---- map, unmap, protect --------------------------------------------------------------------- */

uint64_t page_attributes(unsigned flags)
{
    const struct cpu_features *cpu = cpu_features();
    uint64_t attributes = flags & PAGE_USER ? PTE_USER : PTE_GLOBAL;

    if (flags & PAGE_WRITE)
        attributes |= PTE_WRITE;
    if (!(flags & PAGE_EXECUTE) && cpu->no_execute)
        attributes |= PTE_NO_EXECUTE;
    if (flags & PAGE_UNCACHED)
        attributes |= PTE_UNCACHED | PTE_WRITE_THROUGH;
    if (flags & PAGE_WRITE_COMBINING) /* without a PAT: what an MTRR may make write-combining */
        attributes |= cpu->pat ? PTE_PAT : PTE_UNCACHED;
    if (flags & PAGE_DEVICE)
        attributes |= PTE_UNCOUNTED;
    return attributes;
}

static bool flags_fit_the_kernel(uint64_t virt, unsigned flags)
{
    return virt >= KERNEL_HALF_START && !(flags & PAGE_USER)
           && !(flags & PAGE_WRITE && flags & PAGE_EXECUTE);
}

int pages_map(uint64_t virt, uint64_t phys, uint64_t bytes, unsigned flags)
{
    if (!flags_fit_the_kernel(virt, flags) || virt < VIRT_HEAP)
        return -EINVAL;
    spin_lock(&lock);
    int error = kasan_map(virt, bytes);

    if (!error) {
        error = page_tables_map(&kernel_tables, virt, phys, bytes, page_attributes(flags));
        if (error)
            kasan_unmap(virt, bytes);
    }
    spin_unlock(&lock);
    return error;
}

int pages_unmap(uint64_t virt, uint64_t bytes)
{
    if (virt < VIRT_HEAP)
        return -EINVAL;
    spin_lock(&lock);
    uint64_t freed = kernel_tables.freed;
    int error = page_tables_unmap(&kernel_tables, virt, bytes);

    if (!error) {
        tlb_flush_kernel(virt, bytes, kernel_tables.freed != freed);
        kasan_unmap(virt, bytes);
    }
    spin_unlock(&lock);
    return error;
}

int pages_protect(uint64_t virt, uint64_t bytes, unsigned flags)
{
    if (!flags_fit_the_kernel(virt, flags))
        return -EINVAL;
    spin_lock(&lock);
    uint64_t freed = kernel_tables.freed;
    int error = page_tables_protect(&kernel_tables, virt, bytes, page_attributes(flags));

    if (!error)
        tlb_flush_kernel(virt, bytes, kernel_tables.freed != freed);
    spin_unlock(&lock);
    return error;
}

int page_map(uint64_t virt, uint64_t phys, unsigned flags)
{
    return pages_map(virt, phys, PAGE_SIZE, flags);
}

int page_unmap(uint64_t virt)
{
    return pages_unmap(virt, PAGE_SIZE);
}

/* Without a lock: what is asked for is the caller's own. The kernel's half by its own tables: a thread
   of the kernel runs on those of a process, which may go while it looks. */
int page_translate(uint64_t virt, uint64_t *phys)
{
    struct page_tables current = {
        .root = virt >= KERNEL_HALF_START ? kernel_tables.root : fastos_read_cr3() & PTE_ADDRESS,
    };
    struct page_mapping page;
    int error = page_tables_find(&current, virt, &page);

    if (!error)
        *phys = page.phys + (virt - page.virt);
    return error;
}

/* ---- the self-check -------------------------------------------------------------------------- */

/* PML4[511] of the tables in use holds those tables, for the kernel alone, never to be executed. */
static bool recursive_slot_is_right(void)
{
    uint64_t root = fastos_read_cr3() & PTE_ADDRESS;
    uint64_t entry = page_table_at(root)[PAGE_TABLE_RECURSIVE];

    return (entry & ~(PTE_ACCESSED | PTE_DIRTY))
           == (root | PTE_PRESENT | PTE_WRITE | (cpu_features()->no_execute ? PTE_NO_EXECUTE : 0));
}

bool paging_check(uint64_t *virt)
{
    struct page_tables current = {.root = fastos_read_cr3() & PTE_ADDRESS};
    struct page_mapping page;

    *virt = VIRT_RECURSIVE;
    if (!recursive_slot_is_right())
        return false;
    spin_lock(&lock);
    bool exposed = page_tables_exposed(&current, cpu_features()->no_execute, &page);
    spin_unlock(&lock);
    if (exposed)
        *virt = page.virt;
    return !exposed;
}

/* ---- step 6 of the boot ---------------------------------------------------------------------- */

static void drop_identity_map(void)
{
    memset(page_table_at(kernel_tables.root), 0, PAGE_TABLE_KERNEL * sizeof(uint64_t));
}

/* All address spaces copy the entries of the kernel's PML4, so those must never change: heap and
   devices get their tables now. Outside the image nothing is executable, whatever a lower level
   says. */
static void settle_kernel_half(void)
{
    uint64_t *top = page_table_at(kernel_tables.root);
    uint64_t never = cpu_features()->no_execute ? PTE_NO_EXECUTE : 0;

    for (unsigned i = page_table_index(VIRT_HEAP, 3); i <= page_table_index(VIRT_DEVICES, 3); i++) {
        uint64_t frame;

        if (top[i] & PTE_PRESENT)
            continue;
        if (page_table_alloc(&frame))
            panic("no memory for the page tables of the kernel heap");
        top[i] = frame | PTE_PRESENT | PTE_WRITE;
    }
    for (unsigned i = PAGE_TABLE_KERNEL; i < page_table_index(VIRT_KERNEL, 3); i++)
        if (top[i] & PTE_PRESENT)
            top[i] |= never;
}

static void guard(const void *page)
{
    if (page_unmap((uintptr_t)page))
        panic("the guard page at %p is not part of the kernel image's map", page);
}

static void guard_stacks(void)
{
    guard(boot_stack.guard);
    for (unsigned i = 0; i < IST_COUNT; i++)
        guard(exception_stacks[i].guard);
}

/* Tables of addresses became constants when stage 2 had relocated them; and the map of all physical
   memory is no way around the image's rights. */
static void protect_constants(void)
{
    uint64_t start = (uintptr_t)kernel_relocated_start, end = (uintptr_t)kernel_relocated_end;
    const struct boot_kernel *kernel = &boot_info()->kernel;

    if (pages_protect(start, end - start, 0)
        || pages_protect(VIRT_PHYSICAL_MAP + kernel->phys, end - kernel->virt, 0))
        log_warn("memory", "the kernel's constants stay writable: no memory for page tables");
}

void paging_init(void)
{
    kernel_tables.root = fastos_read_cr3() & PTE_ADDRESS;
    kernel_tables.largest = cpu_features()->pages_1g ? 2 : 1;
    cpu_protect();
    drop_identity_map();
    kasan_init();
    settle_kernel_half();
    guard_stacks();
    protect_constants();
    write_combining_init();
    tlb_flush_everything();
#ifdef DEBUG
    uint64_t virt;

    if (!paging_check(&virt))
        log_error("memory", "page 0x%llx of the kernel half is open", (unsigned long long)virt);
#endif
}
