/* What the sources of page_tables.h share: entries, and tables that come and go. */
#pragma once

#include "kernel/arch/x86_64/page_tables.h"

#define PAGE_BYTES 4096ull
#define PHYSICAL_END (1ull << 52)
#define SEEN (PTE_ACCESSED | PTE_DIRTY) /* what the CPU itself writes into an entry */

/*@ requires level <= 3;
    assigns \nothing;
    ensures \result < PHYSICAL_END; */
static inline uint64_t entry_phys(uint64_t entry, unsigned level)
{
    return entry & PTE_ADDRESS & ~(page_level_bytes(level) - 1);
}

/*@ assigns \nothing; */
static inline uint64_t leaf_attributes(uint64_t entry, unsigned level)
{
    uint64_t attributes = entry & ~PTE_ADDRESS;

    if (level > 0)
        attributes = (attributes & ~PTE_LARGE) | (entry & PTE_PAT_LARGE ? PTE_PAT : 0);
    return attributes;
}

/*@ requires \valid(tables) && \valid(entry);
    requires \separated(tables, entry) && \separated(tables, &page_table_memory[..]);
    assigns *entry, tables->made, page_table_memory[..];
    ensures \result <= 0; */
/* The counts stop at their end rather than begin anew. */
static inline int make_table(struct page_tables *tables, uint64_t *entry, uint64_t flags)
{
    uint64_t phys;
    int error = page_table_alloc(&phys);

    if (error)
        return error;
    if (tables->made < UINT64_MAX)
        tables->made++;
    *entry = phys | PTE_PRESENT | PTE_WRITE | flags;
    return 0;
}

/*@ requires page_entries(table, 512) && from <= count <= 512;
    assigns \nothing;
    ensures from <= \result <= count; */
/* The first entry from `from` on that is not 0; else count. */
static inline unsigned next_entry(const uint64_t *table, unsigned from, unsigned count)
{
    /*@ loop invariant \at(from, Pre) <= from <= count;
        loop assigns from;
        loop variant count - from; */
    while (count - from >= 8
           && !(table[from] | table[from + 1] | table[from + 2] | table[from + 3] | table[from + 4]
                | table[from + 5] | table[from + 6] | table[from + 7]))
        from += 8;
    /*@ loop invariant \at(from, Pre) <= from <= count;
        loop assigns from;
        loop variant count - from; */
    while (from < count && !table[from])
        from++;
    return from;
}

/*@ requires \valid(tables) && \separated(tables, &page_table_memory[..]);
    assigns tables->freed, page_table_memory[..]; */
static inline void drop_table(struct page_tables *tables, uint64_t phys, bool zeros)
{
    if (zeros)
        page_table_free_zeros(phys);
    else
        page_table_free(phys);
    if (tables->freed < UINT64_MAX)
        tables->freed++;
}
