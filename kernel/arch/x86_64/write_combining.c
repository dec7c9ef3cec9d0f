/*
 * Write-combining for the framebuffer. With a PAT the page tables say it (stage 2 sets entry 4). A
 * CPU without one has the memory-type range registers: "UC-" in the page tables and write-combining
 * in a variable MTRR give write-combining. Intel SDM vol. 3, 11.5.2.2 (table 11-7) and 11.11.
 */
#include "kernel/arch/x86_64/write_combining.h"

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/cpu_features.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/log/log.h"

#define MSR_MTRR_CAP       0x0feu
#define MTRR_CAP_COUNT     0xffu
#define MTRR_CAP_WC        (1u << 10)
#define MSR_MTRR_BASE(n)   (0x200u + 2 * (n))
#define MSR_MTRR_MASK(n)   (0x201u + 2 * (n))
#define MTRR_MASK_VALID    (1ull << 11)
#define MSR_MTRR_DEFAULT   0x2ffu
#define MTRR_DEFAULT_ON    (1ull << 11)
#define MTRR_TYPE_WC       1u
#define CR0_CACHE_DISABLE  (1ull << 30)

/* The first variable range that nobody uses, or -1. */
static int free_range(void)
{
    unsigned count = fastos_read_msr(MSR_MTRR_CAP) & MTRR_CAP_COUNT;

    for (unsigned i = 0; i < count; i++)
        if (!(fastos_read_msr(MSR_MTRR_MASK(i)) & MTRR_MASK_VALID))
            return (int)i;
    return -1;
}

/* The largest power of two that covers the start of the range, with its alignment. */
static uint64_t range_size(uint64_t base, uint64_t bytes)
{
    uint64_t size = PAGE_SIZE;

    while (size < bytes && base % (2 * size) == 0)
        size *= 2;
    return size;
}

/* SDM 11.11.8: caches off and empty while a range changes. */
static void set_range(unsigned n, uint64_t base, uint64_t size)
{
    uint64_t saved = cpu_save_interrupts(), cr0 = read_cr0();
    uint64_t kind = fastos_read_msr(MSR_MTRR_DEFAULT);
    uint64_t address_bits = (1ull << cpu_features()->physical_bits) - 1;

    write_cr0(cr0 | CR0_CACHE_DISABLE);
    __asm__ volatile("wbinvd" ::: "memory");
    fastos_write_msr(MSR_MTRR_DEFAULT, kind & ~MTRR_DEFAULT_ON);
    fastos_write_msr(MSR_MTRR_BASE(n), base | MTRR_TYPE_WC);
    fastos_write_msr(MSR_MTRR_MASK(n), (~(size - 1) & address_bits) | MTRR_MASK_VALID);
    fastos_write_msr(MSR_MTRR_DEFAULT, kind | MTRR_DEFAULT_ON);
    tlb_flush_everything();
    write_cr0(cr0);
    cpu_restore_interrupts(saved);
}

static bool have_write_combining(void)
{
    return cpu_features()->mtrr && fastos_read_msr(MSR_MTRR_CAP) & MTRR_CAP_WC;
}

void write_combining_init(void)
{
    const struct boot_framebuffer *fb = &boot_info()->framebuffer;
    uint64_t from = fb->virt & ~(PAGE_SIZE - 1), phys = fb->phys & ~(PAGE_SIZE - 1);
    uint64_t bytes = (fb->virt + (uint64_t)fb->pitch * fb->height - from + PAGE_SIZE - 1)
                     & ~(PAGE_SIZE - 1);
    int range;

    if (fb->phys == 0 || cpu_features()->pat)
        return;
    if (!have_write_combining() || (range = free_range()) < 0
        || pages_protect(from, bytes, PAGE_WRITE | PAGE_WRITE_COMBINING)) {
        log_warn("memory", "the framebuffer stays uncached: neither PAT nor a free MTRR");
        return;
    }
    set_range((unsigned)range, phys, range_size(phys, bytes));
    log_info("memory", "framebuffer write-combining by MTRR %d", range);
}
