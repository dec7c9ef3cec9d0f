/* x86-64 four-level page tables: whole user halves. page_tables.h has the contract. */
#include "kernel/arch/x86_64/page_entry.h"

/* ---- whole user halves ----------------------------------------------------------------------- */

/*@ requires level <= 2;
    assigns \nothing; */
static void put_page(uint64_t entry, unsigned level)
{
    if (entry & PTE_UNCOUNTED)
        return;
    /*@ loop invariant at <= level_bytes(level) && at % PAGE_BYTES == 0;
        loop assigns at;
        loop variant level_bytes(level) - at; */
    for (uint64_t at = 0; at < page_level_bytes(level); at += PAGE_BYTES)
        page_frame_put(entry_phys(entry, level) + at);
}

/*@ requires page_entries(table, 512) && level <= 3 && count <= 512;
    requires \valid(tables) && \separated(tables, &page_table_memory[..]);
    decreases level;
    assigns tables->freed, page_table_memory[..]; */
/* Depth: the levels. */
static void clear_table(struct page_tables *tables, uint64_t *table, unsigned level, unsigned count)
{
    if (level == 0) {
        page_table_put(table);
        return;
    }
    /*@ loop invariant i <= count;
        loop assigns i, tables->freed, page_table_memory[..];
        loop variant count - i; */
    for (unsigned i = next_entry(table, 0, count); i < count; i = next_entry(table, i + 1, count)) {
        uint64_t entry = table[i];

        table[i] = 0;
        if (!(entry & PTE_PRESENT))
            continue;
        if (page_entry_is_leaf(entry, level)) {
            put_page(entry, level);
        } else {
            clear_table(tables, page_table_at(entry & PTE_ADDRESS), level - 1, PAGE_TABLE_ENTRIES);
            drop_table(tables, entry & PTE_ADDRESS, true);
        }
    }
}

void page_tables_clear(struct page_tables *tables)
{
    clear_table(tables, page_table_at(tables->root), PAGE_TABLE_LEVELS - 1, PAGE_TABLE_KERNEL);
}

/*@ requires level <= 2;
    assigns \nothing;
    ensures \result <= 0; */
/* One user more for each frame of the page, or for none. */
static int share_frames(uint64_t entry, unsigned level)
{
    uint64_t phys = entry_phys(entry, level);

    /*@ loop invariant at <= level_bytes(level) && at % PAGE_BYTES == 0;
        loop assigns at;
        loop variant level_bytes(level) - at; */
    for (uint64_t at = 0; at < page_level_bytes(level); at += PAGE_BYTES) {
        int error = page_frame_share(phys + at);

        if (error) {
            /*@ loop invariant at <= level_bytes(level) && at % PAGE_BYTES == 0;
                loop assigns at;
                loop variant at; */
            while (at > 0) {
                at -= PAGE_BYTES;
                page_frame_put(phys + at);
            }
            return error;
        }
    }
    return 0;
}

/*@ requires page_entries(from, 1) && page_entries(to, 1) && level <= 2;
    assigns *from, *to;
    ensures \result <= 0; */
static int share_page(uint64_t *from, uint64_t *to, unsigned level)
{
    if (!(*from & PTE_UNCOUNTED)) {
        int error = share_frames(*from, level);

        if (error)
            return error;
        if (*from & PTE_WRITE)
            *from = (*from & ~PTE_WRITE) | PTE_COPY_ON_WRITE;
    }
    *to = *from & ~SEEN;
    return 0;
}

/*@ requires page_entries(from, 512) && page_entries(to, 512) && level <= 3 && count <= 512;
    requires \valid(tables) && \separated(tables, &page_table_memory[..]);
    decreases level;
    assigns tables->made, page_table_memory[..];
    ensures \result <= 0; */
static int clone_table(uint64_t *from, struct page_tables *tables, uint64_t *to, unsigned level,
                       unsigned count)
{
    if (level == 0)
        return page_table_share(from, to);
    /*@ loop invariant i <= count;
        loop assigns i, tables->made, page_table_memory[..];
        loop variant count - i; */
    for (unsigned i = next_entry(from, 0, count); i < count; i = next_entry(from, i + 1, count)) {
        int error;

        if (!(from[i] & PTE_PRESENT))
            continue;
        if (page_entry_is_leaf(from[i], level)) {
            error = share_page(&from[i], &to[i], level);
        } else {
            error = make_table(tables, &to[i], PTE_USER);
            if (!error)
                error = clone_table(page_table_at(from[i] & PTE_ADDRESS), tables,
                                    page_table_at(to[i] & PTE_ADDRESS), level - 1,
                                    PAGE_TABLE_ENTRIES);
        }
        if (error)
            return error;
    }
    return 0;
}

int page_tables_clone(struct page_tables *from, struct page_tables *to)
{
    int error = clone_table(page_table_at(from->root), to, page_table_at(to->root),
                            PAGE_TABLE_LEVELS - 1, PAGE_TABLE_KERNEL);

    if (error)
        page_tables_clear(to);
    return error;
}
