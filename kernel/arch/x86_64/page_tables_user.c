/* x86-64 four-level page tables: the user half page by page, where some are there and some are not.
   page_tables.h has the contract. */
#include "kernel/arch/x86_64/page_entry.h"
#include "lib/errno.h"

#define KEPT (PTE_PRESENT | PTE_HIDDEN)

/*@ assigns \nothing; */
static uint64_t presence(uint64_t attributes)
{
    return attributes & PTE_HIDDEN ? 0 : PTE_PRESENT;
}

/*@ requires \valid(tables) && page_tables_ok(tables);
    requires \valid(table) && \separated(table, tables, &page_table_memory[..]);
    assigns *table \from tables, virt;
    assigns tables->made, page_table_memory[..];
    ensures \result <= 0;
    ensures \result == 0 ==> page_entries(*table, 512); */
/* The page table for virt; those on the way are made where they are missing. */
static int reach_table(struct page_tables *tables, uint64_t virt, uint64_t **table)
{
    uint64_t *at = page_table_at(tables->root);

    /*@ loop invariant level <= 3 && page_entries(at, 512);
        loop assigns level, at, tables->made, page_table_memory[..];
        loop variant level; */
    for (unsigned level = PAGE_TABLE_LEVELS - 1; level > 0; level--) {
        uint64_t *entry = &at[page_table_index(virt, level)];

        if (!(*entry & PTE_PRESENT)) {
            int error = make_table(tables, entry, PTE_USER);

            if (error)
                return error;
        } else if (page_entry_is_leaf(*entry, level)) {
            return -EEXIST;
        }
        at = page_table_at(*entry & PTE_ADDRESS);
    }
    *table = at;
    return 0;
}

int page_tables_fill(struct page_tables *tables, uint64_t virt, uint64_t *frames, unsigned count,
                     uint64_t attributes)
{
    unsigned first = page_table_index(virt, 0);
    uint64_t *table;
    int error;

    if (virt >= USER_HALF_END || count > PAGE_TABLE_ENTRIES - first)
        return -EINVAL;
    error = reach_table(tables, virt, &table);
    if (error)
        return error;
    /*@ loop invariant i <= count;
        loop assigns i, frames[0 .. count - 1], page_table_memory[..];
        loop variant count - i; */
    for (unsigned i = 0; i < count; i++) {
        if (!frames[i] || table[first + i] & KEPT)
            continue;
        table[first + i] = (frames[i] & PTE_ADDRESS) | attributes | presence(attributes);
        frames[i] = 0;
    }
    return 0;
}

/*@ requires \valid_read(tables) && page_tables_ok(tables);
    assigns \result \from tables, virt;
    ensures \result == \null || page_entries(\result, 512); */
/* The page table for virt, if it is there. */
static uint64_t *find_table(const struct page_tables *tables, uint64_t virt)
{
    uint64_t *table = page_table_at(tables->root);

    /*@ loop invariant level <= 3 && page_entries(table, 512);
        loop assigns level, table;
        loop variant level; */
    for (unsigned level = PAGE_TABLE_LEVELS - 1; level > 0; level--) {
        uint64_t entry = table[page_table_index(virt, level)];

        if (!(entry & PTE_PRESENT) || page_entry_is_leaf(entry, level))
            return 0;
        table = page_table_at(entry & PTE_ADDRESS);
    }
    return table;
}

uint64_t page_tables_peek(const struct page_tables *tables, uint64_t virt)
{
    const uint64_t *table = virt < USER_HALF_END ? find_table(tables, virt) : 0;
    uint64_t entry = table ? table[page_table_index(virt, 0)] : 0;

    return entry & KEPT ? entry : 0;
}

uint64_t page_tables_replace(struct page_tables *tables, uint64_t virt, uint64_t phys,
                             uint64_t attributes)
{
    uint64_t *table = virt < USER_HALF_END ? find_table(tables, virt) : 0;
    unsigned index = page_table_index(virt, 0);
    uint64_t old = table ? table[index] : 0;

    if (!(old & KEPT))
        return 0;
    table[index] = (phys & PTE_ADDRESS) | attributes | presence(attributes);
    return old;
}

/*@ requires page_entries(table, 512);
    assigns \nothing; */
static bool is_empty(const uint64_t *table)
{
    return next_entry(table, 0, PAGE_TABLE_ENTRIES) == PAGE_TABLE_ENTRIES;
}

/*@ assigns \nothing; */
static void put(uint64_t entry)
{
    if (!(entry & PTE_UNCOUNTED))
        page_frame_put(entry & PTE_ADDRESS);
}

/*@ requires page_entries(table, 512) && level <= 3 && first <= last && last < USER_HALF_END;
    requires \valid(tables) && \separated(tables, &page_table_memory[..]);
    decreases level;
    assigns tables->freed, page_table_memory[..]; */
/* [first, last] of the table's addresses, of which those above its own level do not matter. */
static void release(struct page_tables *tables, uint64_t *table, unsigned level, uint64_t first,
                    uint64_t last)
{
    unsigned end = page_table_index(last, level);

    /*@ loop invariant page_table_index(first, level) <= i <= 512;
        loop assigns i, tables->freed, page_table_memory[..];
        loop variant 512 - i; */
    for (unsigned i = page_table_index(first, level); i <= end; i++) {
        uint64_t entry = table[i];

        if (!(entry & KEPT))
            continue;
        if (level == 0) {
            table[i] = 0;
            put(entry);
        } else if (!page_entry_is_leaf(entry, level)) {
            uint64_t *lower = page_table_at(entry & PTE_ADDRESS);
            uint64_t most = page_level_bytes(level) - 1;
            uint64_t from = i == page_table_index(first, level) ? first & most : 0;
            uint64_t to = i == end ? last & most : most;

            release(tables, lower, level - 1, from, to);
            if (is_empty(lower)) {
                table[i] = 0;
                drop_table(tables, entry & PTE_ADDRESS, true);
            }
        }
    }
}

void page_tables_release(struct page_tables *tables, uint64_t virt, uint64_t bytes)
{
    if (bytes > 0 && virt < USER_HALF_END && bytes <= USER_HALF_END - virt)
        release(tables, page_table_at(tables->root), PAGE_TABLE_LEVELS - 1, virt,
                virt + (bytes - 1));
}

void page_tables_restrict(struct page_tables *tables, uint64_t virt, uint64_t bytes,
                          uint64_t attributes)
{
    uint64_t end = virt < USER_HALF_END && bytes <= USER_HALF_END - virt ? virt + bytes : virt;

    /*@ loop invariant virt <= USER_HALF_END + 0x200000;
        loop assigns virt, page_table_memory[..];
        loop variant end - virt; */
    while (virt < end) {
        uint64_t *table = find_table(tables, virt);
        unsigned index = page_table_index(virt, 0);

        if (!table) {
            virt += page_level_bytes(1) - page_offset(virt, 1);
            continue;
        }
        if (table[index] & KEPT)
            table[index] = (table[index] & (PTE_ADDRESS | SEEN | PTE_UNCOUNTED)) | attributes
                           | presence(attributes);
        virt += PAGE_BYTES;
    }
}
