/*
 * Four-level page tables (Intel SDM vol. 3, 4.5). Stage 2 built them; here the identity map goes,
 * the stacks get their guards, and single pages are mapped. Tables are reached through the map of
 * all physical memory. Called before there is a second CPU or thread: no lock yet.
 */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/stacks.h"
#include "kernel/core/memory/frames.h"
#include "kernel/panic.h"
#include "lib/abi/boot_info.h"
#include "lib/errno.h"
#include "lib/string.h"

#define PTE_PRESENT   0x001ull
#define PTE_WRITE     0x002ull
#define PTE_USER      0x004ull
#define PTE_WRITE_THROUGH 0x008ull
#define PTE_UNCACHED  0x010ull
#define PTE_LARGE     0x080ull
#define PTE_GLOBAL    0x100ull
#define PTE_NO_EXECUTE (1ull << 63)
#define PTE_ADDRESS   0x000ffffffffff000ull

#define ENTRIES 512
#define KERNEL_HALF 256 /* first PML4 entry of it */

static bool has_no_execute;

void *phys_to_virt(uint64_t phys)
{
    return (void *)(uintptr_t)(VIRT_PHYSICAL_MAP + phys);
}

static uint64_t *top_table(void)
{
    return phys_to_virt(fastos_read_cr3() & PTE_ADDRESS);
}

static unsigned index_at(uint64_t virt, unsigned level)
{
    return (unsigned)(virt >> (12 + 9 * level)) % ENTRIES;
}

static void flush_page(uint64_t virt)
{
    __asm__ volatile("invlpg (%0)" : : "r"(virt) : "memory");
}

/* The table below *entry, made when it is missing and `make`. NULL: none, or no frame for one. */
static uint64_t *table_below(uint64_t *entry, bool make)
{
    uint64_t frame;

    if (*entry & PTE_PRESENT)
        return *entry & PTE_LARGE ? NULL : phys_to_virt(*entry & PTE_ADDRESS);
    if (!make || frame_alloc(&frame))
        return NULL;
    memset(phys_to_virt(frame), 0, PAGE_SIZE);
    *entry = frame | PTE_PRESENT | PTE_WRITE;
    return phys_to_virt(frame);
}

/* The entry of the lowest level for virt; NULL as table_below. */
static uint64_t *entry_of(uint64_t virt, bool make)
{
    uint64_t *table = top_table();

    for (unsigned level = 3; level > 0; level--) {
        table = table_below(&table[index_at(virt, level)], make);
        if (!table)
            return NULL;
    }
    return &table[index_at(virt, 0)];
}

int page_map(uint64_t virt, uint64_t phys, unsigned flags)
{
    uint64_t *entry = entry_of(virt, true);

    if (!entry)
        return -ENOMEM;
    if (*entry & PTE_PRESENT)
        return -EEXIST;
    *entry = phys | PTE_PRESENT | (flags & PAGE_WRITE ? PTE_WRITE : 0)
             | (flags & PAGE_USER ? PTE_USER : PTE_GLOBAL)
             | (flags & PAGE_UNCACHED ? PTE_UNCACHED | PTE_WRITE_THROUGH : 0)
             | (flags & PAGE_EXECUTE || !has_no_execute ? 0 : PTE_NO_EXECUTE);
    return 0;
}

int page_unmap(uint64_t virt)
{
    uint64_t *entry = entry_of(virt, false);

    if (!entry || !(*entry & PTE_PRESENT))
        return -ENOENT;
    *entry = 0;
    flush_page(virt);
    return 0;
}

int page_translate(uint64_t virt, uint64_t *phys)
{
    uint64_t *table = top_table();

    for (unsigned level = 3;; level--) {
        uint64_t entry = table[index_at(virt, level)];
        uint64_t span = 1ull << (12 + 9 * level);

        if (!(entry & PTE_PRESENT))
            return -ENOENT;
        if (level == 0 || entry & PTE_LARGE) {
            *phys = (entry & PTE_ADDRESS & ~(span - 1)) | (virt & (span - 1));
            return 0;
        }
        table = phys_to_virt(entry & PTE_ADDRESS);
    }
}

static void guard(const void *page)
{
    if (page_unmap((uintptr_t)page))
        panic("the guard page at %p is not part of the kernel image's map", page);
}

void paging_init(void)
{
    has_no_execute = fastos_read_msr(MSR_EFER) & EFER_NXE;
    memset(top_table(), 0, KERNEL_HALF * sizeof(uint64_t)); /* stage 2's identity map */
    fastos_write_cr3(fastos_read_cr3());
    write_cr4(read_cr4() | CR4_PGE); /* every x86-64 CPU has global pages */
    guard(boot_stack.guard);
    for (unsigned i = 0; i < IST_COUNT; i++)
        guard(exception_stacks[i].guard);
}
