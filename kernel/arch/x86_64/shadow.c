/*
 * The shadow's pages. Before the first instrumented function: that of the kernel image, in memory
 * that the linker script keeps behind the image, by page tables that are variables. In step 6: that
 * of all physical memory, an eighth of it. Later: that of PML4[508] and of the tests, as pages
 * there come and go.
 *
 * Nothing else has a shadow; reading it there is a page fault that is expected (fixup.h).
 */
#include "kernel/arch/x86_64/shadow.h"

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/memory/frames.h"
#include "kernel/panic.h"
#include "kernel/sanitizer/kasan.h"
#include "lib/errno.h"
#include "lib/string.h"

#define PAGE_SHADOWED (SHADOW_SCALE * PAGE_SIZE) /* bytes that a page of shadow stands for */
#define LARGE_PAGE    (512 * PAGE_SIZE)
#define EARLY_TABLES  8 /* a PDPT, and directories and tables for up to 6 MiB of shadow */
#define MIB           0x100000ull

extern int8_t kasan_image_shadow[]; /* kernel.ld */

static __attribute__((aligned(4096))) uint64_t early_tables[EARLY_TABLES][PAGE_TABLE_ENTRIES];
static unsigned early_used;
uint64_t shadow_physical;

void kasan_start(const struct boot_info *boot);

/* ---- the image ------------------------------------------------------------------------------- */

static uint64_t image_phys(const struct boot_info *boot, const void *at)
{
    return boot->kernel.phys + ((uintptr_t)at - (uintptr_t)kernel_start);
}

/* The table that an entry refers to, made when there is none. */
static uint64_t *early_table(const struct boot_info *boot, uint64_t *entry)
{
    if (!(*entry & PTE_PRESENT) && early_used < EARLY_TABLES)
        *entry = image_phys(boot, early_tables[early_used++]) | PTE_PRESENT | PTE_WRITE;
    return (uint64_t *)(uintptr_t)(VIRT_PHYSICAL_MAP + (*entry & PTE_ADDRESS));
}

static void early_map(const struct boot_info *boot, uint64_t virt, uint64_t phys)
{
    uint64_t root = fastos_read_cr3() & PTE_ADDRESS;
    uint64_t *table = (uint64_t *)(uintptr_t)(VIRT_PHYSICAL_MAP + root);

    for (unsigned level = 3; level > 0; level--)
        table = early_table(boot, &table[page_table_index(virt, level)]);
    table[page_table_index(virt, 0)] = phys | PTE_PRESENT | PTE_WRITE | PTE_GLOBAL;
}

/* From entry.asm: no instrumented function has run yet, and none is called here. */
void kasan_start(const struct boot_info *boot)
{
    uint64_t virt = (uintptr_t)shadow_of((uintptr_t)kernel_start);
    uint64_t end = (uintptr_t)shadow_of((uintptr_t)kernel_end);

    for (uint64_t at = virt; at < end; at += PAGE_SIZE)
        early_map(boot, at, image_phys(boot, kasan_image_shadow + (at - virt)));
    kasan_guard_globals();
}

/* ---- physical memory ------------------------------------------------------------------------- */

/* What stage 2 has put into the map of physical memory (stage2/page_tables.c). */
static bool is_memory(uint32_t type)
{
    return type == BOOT_MEMORY_USABLE || type == BOOT_MEMORY_ACPI || type == BOOT_MEMORY_ACPI_NVS
           || (type >= BOOT_MEMORY_LOADER && type <= BOOT_MEMORY_RAMDISK);
}

static int add_pages(uint64_t virt, uint64_t bytes)
{
    uint64_t phys;
    int error = alloc_frames(bytes / PAGE_SIZE, bytes / PAGE_SIZE, FRAMES_ANYWHERE, &phys);

    if (!error)
        error = page_tables_map(&kernel_tables, virt, phys, bytes, page_attributes(PAGE_WRITE));
    if (!error)
        memset((void *)(uintptr_t)virt, 0, bytes);
    return error;
}

/* [from, to) of the shadow, in large pages where they fit. */
static int add_shadow(uint64_t from, uint64_t to)
{
    int error = 0;

    for (uint64_t bytes; from < to && !error; from += bytes) {
        bytes = from % LARGE_PAGE == 0 && to - from >= LARGE_PAGE ? LARGE_PAGE : PAGE_SIZE;
        error = add_pages(from, bytes);
        if (error && bytes == LARGE_PAGE) {
            bytes = PAGE_SIZE;
            error = add_pages(from, bytes);
        }
    }
    return error;
}

/* The PML4 entry; heap and image have had theirs since kasan_start. */
static int settle(uint64_t virt)
{
    uint64_t *entry = &page_table_at(kernel_tables.root)[page_table_index(virt, 3)], table;

    if (*entry & PTE_PRESENT)
        return 0;
    int error = page_table_alloc(&table);

    if (!error)
        *entry = table | PTE_PRESENT | PTE_WRITE;
    return error;
}

void kasan_init(void)
{
    const struct boot_info *boot = boot_info();
    uint64_t done = (uintptr_t)shadow_of(VIRT_PHYSICAL_MAP); /* shadow up to here is there */
    uint64_t covered = 0;
    int error = settle(done);

    for (uint32_t i = 0; i < boot->memory_count && !error; i++) {
        const struct boot_memory_range *range = &boot->memory[i];
        uint64_t base = range->base < MIB ? 0 : range->base, end = range->base + range->length;
        uint64_t from = (uintptr_t)shadow_of(VIRT_PHYSICAL_MAP + base) & ~(PAGE_SIZE - 1);
        uint64_t to = (uintptr_t)shadow_of(VIRT_PHYSICAL_MAP + end + PAGE_SHADOWED - 1);

        if (!is_memory(range->type))
            continue;
        to &= ~(PAGE_SIZE - 1);
        error = settle(to - 1);
        if (!error)
            error = add_shadow(from > done ? from : done, to);
        done = to > done ? to : done;
        covered = end;
    }
    if (error)
        panic("KASAN: no memory for the shadow of all memory, an eighth of it");
    shadow_physical = covered;
}

/* ---- heap and stacks ------------------------------------------------------------------------- */

static bool is_mapped(uint64_t virt)
{
    struct page_mapping page;

    return page_tables_find(&kernel_tables, virt, &page) == 0;
}

static int shadow_page_add(uint64_t virt)
{
    uint64_t phys;
    int error = is_mapped(virt) ? 0 : alloc_frame(&phys);

    if (error || is_mapped(virt))
        return error;
    error = page_tables_map(&kernel_tables, virt, phys, PAGE_SIZE, page_attributes(PAGE_WRITE));
    if (error)
        (void)!free_frame(phys);
    else
        memset((void *)(uintptr_t)virt, 0, PAGE_SIZE);
    return error;
}

/* Nothing is mapped any more of what it stands for: it goes. */
static void shadow_page_drop(uint64_t virt)
{
    uint64_t start = (virt - SHADOW_OFFSET) << 3, phys = 0;
    struct page_mapping page;

    for (uint64_t at = start; at < start + PAGE_SHADOWED; at += PAGE_SIZE)
        if (is_mapped(at))
            return;
    if (page_tables_find(&kernel_tables, virt, &page) == 0)
        phys = page.phys;
    uint64_t freed = kernel_tables.freed;

    if (phys && page_tables_unmap(&kernel_tables, virt, PAGE_SIZE) == 0) {
        tlb_flush_kernel(virt, PAGE_SIZE, kernel_tables.freed != freed);
        (void)!free_frame(phys);
    }
}

void kasan_unmap(uint64_t virt, uint64_t bytes)
{
    uint64_t from = (uintptr_t)shadow_of(virt) & ~(PAGE_SIZE - 1);

    if (!shadow_comes_and_goes(virt))
        return;
    for (uint64_t at = from; at < (uintptr_t)shadow_of(virt + bytes); at += PAGE_SIZE)
        shadow_page_drop(at);
}

int kasan_map(uint64_t virt, uint64_t bytes)
{
    uint64_t from = (uintptr_t)shadow_of(virt) & ~(PAGE_SIZE - 1);
    int error = 0;

    if (!shadow_comes_and_goes(virt))
        return 0;
    for (uint64_t at = from; at < (uintptr_t)shadow_of(virt + bytes) && !error; at += PAGE_SIZE)
        error = shadow_page_add(at);
    if (error)
        kasan_unmap(virt, bytes);
    else
        kasan_unpoison((void *)(uintptr_t)virt, bytes);
    return error;
}
