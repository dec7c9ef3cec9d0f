/* x86-64 four-level page tables: who looks and changes nothing. page_tables.h has the contract. */
#include "kernel/arch/x86_64/page_entry.h"
#include "lib/errno.h"

#define SIGN_EXTENSION 0xffff000000000000ull /* of the kernel half's addresses */

/* ---- looking --------------------------------------------------------------------------------- */

void page_tables_walk(const struct page_tables *tables, uint64_t virt, struct page_walk *walk)
{
    uint64_t table = tables->root;
    unsigned level = PAGE_TABLE_LEVELS - 1;

    /*@ loop invariant level <= 3;
        loop assigns level, table, *walk;
        loop variant level; */
    for (;; level--) {
        uint64_t entry = page_table_at(table)[page_table_index(virt, level)];

        walk->tables[level] = table;
        walk->entries[level] = entry;
        if (!(entry & PTE_PRESENT) || page_entry_is_leaf(entry, level))
            break;
        table = entry & PTE_ADDRESS;
    }
    walk->level = level;
}

/*@ requires \valid_read(walk) && page_walk_ok(walk);
    assigns \nothing; */
/* A right is there when every level grants it. */
static uint64_t walk_rights(const struct page_walk *walk)
{
    uint64_t granted = PTE_WRITE | PTE_USER, no_execute = 0;

    /*@ loop invariant level <= 4;
        loop assigns level, granted, no_execute;
        loop variant 4 - level; */
    for (unsigned level = walk->level; level < PAGE_TABLE_LEVELS; level++) {
        granted &= walk->entries[level];
        no_execute |= walk->entries[level] & PTE_NO_EXECUTE;
    }
    return granted | no_execute;
}

/*@ requires \valid_read(walk) && page_walk_ok(walk) && \valid(page) && \separated(walk, page);
    assigns *page;
    ensures \result ==> page->bytes == level_bytes(walk->level);
    ensures \result ==> page->virt <= virt <= page->virt + (page->bytes - 1); */
static bool walk_found(const struct page_walk *walk, uint64_t virt, struct page_mapping *page)
{
    uint64_t entry = walk->entries[walk->level];
    uint64_t bytes = page_level_bytes(walk->level);

    if (!(entry & PTE_PRESENT))
        return false;
    *page = (struct page_mapping){
        .virt = virt - page_offset(virt, walk->level),
        .phys = entry_phys(entry, walk->level),
        .bytes = bytes,
        .attributes = leaf_attributes(entry, walk->level),
        .rights = walk_rights(walk),
    };
    return true;
}

int page_tables_find(const struct page_tables *tables, uint64_t virt, struct page_mapping *page)
{
    struct page_walk walk;

    page_tables_walk(tables, virt, &walk);
    return walk_found(&walk, virt, page) ? 0 : -ENOENT;
}

int page_tables_next(const struct page_tables *tables, uint64_t virt, uint64_t last,
                     struct page_mapping *page)
{
    struct page_walk walk;

    /*@ loop invariant virt >= \at(virt, Pre);
        loop assigns virt, walk, *page;
        loop variant last - virt; */
    while (virt <= last) {
        page_tables_walk(tables, virt, &walk);
        if (walk_found(&walk, virt, page))
            return 0;

        uint64_t rest = page_level_bytes(walk.level) - page_offset(virt, walk.level);

        if (rest > last - virt)
            break;
        virt += rest;
    }
    return -ENOENT;
}

/* ---- the self-check -------------------------------------------------------------------------- */

/*@ requires page_entries(table, 512) && level <= 3 && \valid(page);
    requires virt <= 0x10000000000000000 - 512 * level_bytes(level);
    requires \separated(page, &page_table_memory[..]);
    decreases level;
    assigns *page; */
/* In the table for the addresses from virt on, which is entered with these rights. */
static bool find_exposed(const uint64_t *table, unsigned level, uint64_t virt, uint64_t rights,
                         struct page_mapping *page)
{
    /*@ loop invariant i <= 512;
        loop assigns i, *page;
        loop variant 512 - i; */
    for (unsigned i = level == 3 ? PAGE_TABLE_KERNEL : 0; i < PAGE_TABLE_ENTRIES; i++) {
        uint64_t entry = table[i], at = virt + i * page_level_bytes(level);
        uint64_t granted = (rights & entry & (PTE_WRITE | PTE_USER))
                           | ((rights | entry) & PTE_NO_EXECUTE);

        if (!(entry & PTE_PRESENT) || (level == 3 && i == PAGE_TABLE_RECURSIVE))
            continue;
        /* Below, rights can only get fewer. */
        if (!(granted & PTE_USER) && (!(granted & PTE_WRITE) || granted & PTE_NO_EXECUTE))
            continue;
        if (!page_entry_is_leaf(entry, level)) {
            if (find_exposed(page_table_at(entry & PTE_ADDRESS), level - 1, at, granted, page))
                return true;
            continue;
        }
        *page = (struct page_mapping){at, entry_phys(entry, level), page_level_bytes(level),
                                      leaf_attributes(entry, level), granted};
        return true;
    }
    return false;
}

bool page_tables_exposed(const struct page_tables *tables, bool no_execute,
                         struct page_mapping *page)
{
    return find_exposed(page_table_at(tables->root), PAGE_TABLE_LEVELS - 1, SIGN_EXTENSION,
                        PTE_WRITE | PTE_USER | (no_execute ? 0 : PTE_NO_EXECUTE), page);
}
