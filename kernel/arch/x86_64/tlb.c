/*
 * What the CPU remembers of page tables, and how it forgets. Intel SDM vol. 3, 4.10.4: INVLPG drops
 * one page, a write to CR3 all that are not global, a change of CR4.PGE all. One CPU so far.
 */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/paging.h"

#define SINGLY_MAX 15 /* above so many pages forgetting all is cheaper */

static void flush_pages(uint64_t virt, uint64_t bytes)
{
    for (uint64_t at = 0; at < bytes; at += PAGE_SIZE)
        __asm__ volatile("invlpg (%0)" : : "r"(virt + at) : "memory");
}

void tlb_flush_everything(void)
{
    uint64_t cr4 = read_cr4();

    write_cr4(cr4 ^ CR4_PGE);
    write_cr4(cr4);
}

void tlb_flush_kernel(uint64_t virt, uint64_t bytes, bool tables)
{
    if (tables || bytes > SINGLY_MAX * PAGE_SIZE)
        tlb_flush_everything();
    else
        flush_pages(virt, bytes);
}

void tlb_flush_user(uint64_t virt, uint64_t bytes, bool tables)
{
    if (tables || bytes > SINGLY_MAX * PAGE_SIZE)
        fastos_write_cr3(fastos_read_cr3()); /* what is tagged otherwise stays */
    else
        flush_pages(virt, bytes);
}
