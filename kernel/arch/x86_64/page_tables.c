/* x86-64 four-level page tables: map, unmap, protect. page_tables.h has the contract. */
#include "kernel/arch/x86_64/page_entry.h"

#include <stddef.h>

#include "lib/errno.h"

/*@ assigns \nothing; */
static uint64_t make_leaf(uint64_t phys, unsigned level, uint64_t attributes)
{
    uint64_t entry = phys | attributes | PTE_PRESENT;

    if (level > 0)
        entry = (entry & ~PTE_PAT) | PTE_LARGE | (attributes & PTE_PAT ? PTE_PAT_LARGE : 0);
    return entry;
}

/* ---- arguments ------------------------------------------------------------------------------- */

/*@ assigns \nothing;
    ensures \result <= 0;
    ensures \result == 0 ==> page_range_ok(virt, bytes); */
static int check_range(uint64_t virt, uint64_t bytes)
{
    uint64_t end;

    if (virt < USER_HALF_END)
        end = USER_HALF_END;
    else if (virt >= KERNEL_HALF_START && virt < RECURSIVE_START)
        end = RECURSIVE_START;
    else
        return -EINVAL;
    if (virt % PAGE_BYTES || bytes % PAGE_BYTES || bytes == 0 || bytes > end - virt)
        return -EINVAL;
    return 0;
}

/*@ requires \valid_read(walk) && page_walk_ok(walk);
    assigns \result \from walk, virt;
    ensures page_entries(\result, 512 - level_index(virt, walk->level)); */
/* Where the walk for virt ended, and the entry's number there. */
static uint64_t *walk_entry(const struct page_walk *walk, uint64_t virt)
{
    return &page_table_at(walk->tables[walk->level])[page_table_index(virt, walk->level)];
}

/*@ requires \valid_read(walk) && page_walk_ok(walk) && virt < end;
    assigns \nothing;
    ensures \result <= 512 - level_index(virt, walk->level);
    ensures \result > 0 ==> walk->level <= 2; */
/* How many pages of one size follow each other in one table, from the one that the walk for virt
   found up to `end`. 0: it found none. */
static unsigned pages_in_row(const struct page_walk *walk, uint64_t virt, uint64_t end)
{
    const uint64_t *table = page_table_at(walk->tables[walk->level]);
    unsigned first = page_table_index(virt, walk->level), i = first;
    unsigned level = walk->level;
    /* entries from the one for virt to the one for the last byte */
    uint64_t room = (end - 1 - virt + page_offset(virt, level)) / page_level_bytes(level) + 1;

    /*@ loop invariant first <= i <= 512;
        loop invariant i > first ==> level <= 2;
        loop assigns i;
        loop variant 512 - i; */
    while (i < PAGE_TABLE_ENTRIES && i - first < room && table[i] & PTE_PRESENT
           && page_entry_is_leaf(table[i], level))
        i++;
    return i - first;
}

/*@ requires count <= 512 && level <= 2;
    assigns \nothing;
    ensures \result <= 0x8000000000;
    ensures count > 0 ==> \result >= level_bytes(level); */
static uint64_t row_bytes(unsigned count, unsigned level)
{
    /*@ assert level == 0 || level == 1 || level == 2; */
    return count * page_level_bytes(level);
}

/*@ requires \valid_read(tables) && \valid(ragged) && \separated(tables, ragged);
    requires page_tables_ok(tables) && page_range_ok(virt, bytes);
    assigns *ragged;
    ensures \result <= 0; */
/* All of it is mapped. *ragged: a page reaches beyond one end. */
static int check_mapped(const struct page_tables *tables, uint64_t virt, uint64_t bytes,
                        bool *ragged)
{
    uint64_t end = virt + bytes;
    struct page_walk walk;

    *ragged = false;
    /*@ loop assigns virt, walk, *ragged;
        loop variant end - virt; */
    while (virt < end) {
        page_tables_walk(tables, virt, &walk);
        uint64_t before = page_offset(virt, walk.level);
        unsigned count = pages_in_row(&walk, virt, end);

        if (count == 0)
            return -ENOENT;
        if (before != 0)
            *ragged = true;
        virt += row_bytes(count, walk.level) - before;
    }
    if (virt > end)
        *ragged = true;
    return 0;
}

/*@ requires \valid_read(tables) && page_tables_ok(tables) && page_range_ok(virt, bytes);
    assigns \nothing; */
static bool is_unmapped(const struct page_tables *tables, uint64_t virt, uint64_t bytes)
{
    struct page_mapping page;

    return page_tables_next(tables, virt, virt + (bytes - 1), &page) == -ENOENT;
}

/* ---- tables ---------------------------------------------------------------------------------- */

/*@ requires page_entries(table, 512) && index < 512;
    assigns \nothing; */
/* One of the entries beside this one is in use: pages come and go in rows. */
static bool has_neighbour(const uint64_t *table, unsigned index)
{
    return (index > 0 && table[index - 1]) || (index + 1 < PAGE_TABLE_ENTRIES && table[index + 1]);
}

/*@ requires page_entries(table, 512);
    assigns \nothing;
    ensures \result <==> \forall integer i; 0 <= i < 512 ==> table[i] == 0; */
static bool table_is_empty(const uint64_t *table)
{
    /*@ loop invariant i <= 512 && i % 8 == 0;
        loop invariant \forall integer k; 0 <= k < i ==> table[k] == 0;
        loop assigns i;
        loop variant 512 - i; */
    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i += 8)
        if (table[i] | table[i + 1] | table[i + 2] | table[i + 3] | table[i + 4] | table[i + 5]
            | table[i + 6] | table[i + 7])
            return false;
    return true;
}

/*@ requires \valid(tables) && page_tables_ok(tables) && \valid_read(walk) && page_walk_ok(walk);
    requires \separated(tables, walk);
    assigns tables->freed, page_table_memory[..]; */
/* Give back the tables on the way to virt that hold nothing, from that in which the walk ended. */
static void prune(struct page_tables *tables, uint64_t virt, const struct page_walk *walk)
{
    unsigned top = virt < USER_HALF_END ? 3 : 2; /* kernel PML4 entries stay */

    /*@ loop invariant level <= 3;
        loop assigns level, tables->freed, page_table_memory[..];
        loop variant 3 - level; */
    for (unsigned level = walk->level; level < top; level++) {
        const uint64_t *table = page_table_at(walk->tables[level]);

        if (has_neighbour(table, page_table_index(virt, level)) || !table_is_empty(table))
            return;
        page_table_at(walk->tables[level + 1])[page_table_index(virt, level + 1)] = 0;
        drop_table(tables, walk->tables[level], true);
    }
}

/* ---- splitting and merging ------------------------------------------------------------------- */

/*@ requires \valid(tables) && page_tables_ok(tables) && page_entries(entry, 1) && 1 <= level <= 2;
    assigns tables->made, page_table_memory[..];
    ensures \result <= 0; */
/* The large page *entry of this level becomes a table of 512 smaller ones with the same rights. */
static int split_entry(struct page_tables *tables, uint64_t *entry, unsigned level)
{
    uint64_t phys = entry_phys(*entry, level), attributes = leaf_attributes(*entry, level);
    uint64_t above, *table;
    int error = make_table(tables, &above, attributes & PTE_USER);

    if (error)
        return error;
    table = page_table_at(above & PTE_ADDRESS);
    /*@ loop invariant i <= 512;
        loop assigns i, page_table_memory[..];
        loop variant 512 - i; */
    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i++)
        table[i] = make_leaf(phys + i * page_level_bytes(level - 1), level - 1, attributes);
    *entry = above;
    return 0;
}

/*@ requires \valid(tables) && page_tables_ok(tables) && virt % PAGE_BYTES == 0;
    assigns tables->made, page_table_memory[..];
    ensures \result <= 0; */
/* Afterwards no page reaches across virt. */
static int split_at(struct page_tables *tables, uint64_t virt)
{
    struct page_walk walk;

    /* From 1 GiB to 2 MiB and from there to 4 KiB. */
    /*@ loop invariant splits <= 2;
        loop assigns splits, walk, tables->made, page_table_memory[..];
        loop variant 2 - splits; */
    for (unsigned splits = 0; splits < 2; splits++) {
        page_tables_walk(tables, virt, &walk);
        if (!(walk.entries[walk.level] & PTE_PRESENT)
            || page_offset(virt, walk.level) == 0)
            return 0;
        int error = split_entry(tables, walk_entry(&walk, virt), walk.level);

        if (error)
            return error;
    }
    return 0;
}

/*@ requires page_entries(table, 512) && level <= 1;
    assigns \nothing; */
/* The 512 pages of the table are one large one in pieces: what the CPU wrote into them apart. */
static bool is_uniform(const uint64_t *table, unsigned level)
{
    uint64_t step = page_level_bytes(level), first = table[0] & ~SEEN;

    if (!(first & PTE_PRESENT) || !page_entry_is_leaf(first, level)
        || page_offset(first, level + 1) >= step)
        return false;
    /* The last one first: in most tables it says no. */
    /*@ loop invariant i <= 511;
        loop assigns i;
        loop variant i; */
    for (unsigned i = PAGE_TABLE_ENTRIES - 1; i > 0; i--)
        if ((table[i] & ~SEEN) != first + i * step)
            return false;
    return true;
}

/*@ assigns \nothing; */
/* A counted frame has one user a page: user pages of that kind stay in pieces. */
static bool may_merge(uint64_t entry)
{
    return !(entry & PTE_USER) || entry & PTE_UNCOUNTED;
}

/*@ requires \valid(tables) && page_tables_ok(tables);
    assigns tables->freed, page_table_memory[..]; */
static void merge_around(struct page_tables *tables, uint64_t virt)
{
    struct page_walk walk;

    page_tables_walk(tables, virt, &walk);
    /*@ loop invariant level <= 3;
        loop assigns level, tables->freed, page_table_memory[..];
        loop variant 3 - level; */
    for (unsigned level = walk.level; level < tables->largest; level++) {
        const uint64_t *table = page_table_at(walk.tables[level]);
        uint64_t seen = 0;

        if (!is_uniform(table, level) || !may_merge(table[0]))
            return;
        /*@ loop invariant i <= 512;
            loop assigns i, seen;
            loop variant 512 - i; */
        for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i++)
            seen |= table[i] & SEEN;
        page_table_at(walk.tables[level + 1])[page_table_index(virt, level + 1)] =
            make_leaf(entry_phys(table[0], level), level + 1,
                      leaf_attributes(table[0], level) | seen);
        drop_table(tables, walk.tables[level], false);
    }
}

/*@ requires \valid(tables) && page_tables_ok(tables) && page_range_ok(virt, bytes);
    assigns tables->freed, page_table_memory[..]; */
static void merge_range(struct page_tables *tables, uint64_t virt, uint64_t bytes)
{
    uint64_t step = page_level_bytes(1), last = virt + (bytes - 1);

    /*@ loop invariant at <= last;
        loop assigns at, tables->freed, page_table_memory[..];
        loop variant last - at; */
    for (uint64_t at = virt - page_offset(virt, 1);; at += step) {
        merge_around(tables, at);
        if (last - at < step)
            return;
    }
}

/* ---- map ------------------------------------------------------------------------------------- */

/*@ requires \valid_read(tables) && page_tables_ok(tables) && bytes >= PAGE_BYTES;
    assigns \nothing;
    ensures \result <= 2 && level_bytes(\result) <= bytes; */
static unsigned level_for(const struct page_tables *tables, uint64_t virt, uint64_t phys,
                          uint64_t bytes)
{
    unsigned level = tables->largest;

    /*@ loop invariant level <= 2;
        loop assigns level;
        loop variant level; */
    while (level > 0 && (page_offset(virt | phys, level) || bytes < page_level_bytes(level)))
        level--;
    return level;
}

/*@ requires \valid(tables) && page_tables_ok(tables) && \valid(wanted) && \valid(entry);
    requires \separated(tables, wanted, entry, &page_table_memory[..]) && *wanted <= 2;
    assigns *wanted, *entry \from tables, virt;
    assigns tables->made, page_table_memory[..];
    ensures \result <= 0 && *wanted <= \old(*wanted);
    ensures \result == 0 ==> page_entries(*entry, 1); */
/*
 * The free entry for virt at the level that is wanted, or further below where a table is in the
 * way; missing tables are made. -EEXIST: there is a page.
 */
static int free_entry(struct page_tables *tables, uint64_t virt, unsigned *wanted, uint64_t **entry)
{
    uint64_t flags = virt < USER_HALF_END ? PTE_USER : 0;
    uint64_t *table = page_table_at(tables->root);

    /*@ loop invariant level <= 3 && page_entries(table, 512) && *wanted == \at(*wanted, Pre);
        loop assigns level, table, *wanted, *entry, tables->made, page_table_memory[..];
        loop variant level; */
    for (unsigned level = PAGE_TABLE_LEVELS - 1;; level--) {
        uint64_t *at = &table[page_table_index(virt, level)];

        if (*at & PTE_PRESENT) {
            if (page_entry_is_leaf(*at, level))
                return -EEXIST;
        } else if (level > *wanted) {
            int error = make_table(tables, at, flags);

            if (error)
                return error;
        } else {
            *wanted = level;
            *entry = at;
            return 0;
        }
        table = page_table_at(*at & PTE_ADDRESS);
    }
}

/*@ requires \valid_read(tables) && page_tables_ok(tables);
    assigns \result \from tables, virt;
    ensures \result == \null || page_entries(\result, 512); */
/* The commonest case: the table in which virt would be a 4 KiB page, if it is there. Else NULL. */
static uint64_t *small_page_table(const struct page_tables *tables, uint64_t virt)
{
    uint64_t *table = page_table_at(tables->root);

    /*@ loop invariant level <= 3 && page_entries(table, 512);
        loop assigns level, table;
        loop variant level; */
    for (unsigned level = PAGE_TABLE_LEVELS - 1; level > 0; level--) {
        uint64_t entry = table[page_table_index(virt, level)];

        if (!(entry & PTE_PRESENT) || page_entry_is_leaf(entry, level))
            return NULL;
        table = page_table_at(entry & PTE_ADDRESS);
    }
    return table;
}

/*@ requires \valid_read(tables) && page_tables_ok(tables);
    assigns page_table_memory[..]; */
static bool map_small_page(struct page_tables *tables, uint64_t virt, uint64_t phys,
                           uint64_t attributes)
{
    uint64_t *table = small_page_table(tables, virt);
    unsigned index = page_table_index(virt, 0);

    if (!table || table[index] & PTE_PRESENT)
        return false;
    table[index] = make_leaf(phys, 0, attributes);
    return true;
}

/*@ requires \valid_read(tables) && page_tables_ok(tables);
    assigns page_table_memory[..]; */
/* Only where the table does not become empty. */
static bool unmap_small_page(struct page_tables *tables, uint64_t virt)
{
    uint64_t *table = small_page_table(tables, virt);
    unsigned index = page_table_index(virt, 0);

    if (!table || !(table[index] & PTE_PRESENT) || !has_neighbour(table, index))
        return false;
    table[index] = 0;
    return true;
}

/*@ requires \valid_read(tables) && page_tables_ok(tables);
    assigns \nothing; */
static bool kernel_table_missing(const struct page_tables *tables, uint64_t virt)
{
    return virt >= USER_HALF_END
           && !(page_table_at(tables->root)[page_table_index(virt, 3)] & PTE_PRESENT);
}

/*@ requires \valid(tables) && page_tables_ok(tables) && to <= RECURSIVE_START;
    assigns tables->freed, page_table_memory[..]; */
/* Take back [from, to), which holds whole pages. */
static void unmap_pages(struct page_tables *tables, uint64_t from, uint64_t to)
{
    struct page_walk walk;

    /*@ loop assigns from, walk, tables->freed, page_table_memory[..];
        loop variant to - from; */
    while (from < to) {
        page_tables_walk(tables, from, &walk);
        uint64_t *entry = walk_entry(&walk, from);
        unsigned count = pages_in_row(&walk, from, to);

        if (count == 0)
            return; /* a hole, which callers do not have */
        /*@ loop invariant i <= count;
            loop assigns i, page_table_memory[..];
            loop variant count - i; */
        for (unsigned i = 0; i < count; i++)
            entry[i] = 0;
        prune(tables, from, &walk);
        from += row_bytes(count, walk.level);
    }
}

/*@ requires \valid(tables) && page_tables_ok(tables) && virt + done <= RECURSIVE_START;
    assigns tables->freed, page_table_memory[..]; */
/* After [virt, virt + done) no more can be mapped: as it was before. */
static void undo_map(struct page_tables *tables, uint64_t virt, uint64_t done)
{
    struct page_walk walk;

    page_tables_walk(tables, virt + done, &walk);
    prune(tables, virt + done, &walk); /* tables made for the next page */
    unmap_pages(tables, virt, virt + done);
}

int page_tables_map(struct page_tables *tables, uint64_t virt, uint64_t phys, uint64_t bytes,
                    uint64_t attributes)
{
    int error = check_range(virt, bytes);

    if (error)
        return error;
    if (phys % PAGE_BYTES || phys >= PHYSICAL_END || bytes > PHYSICAL_END - phys
        || kernel_table_missing(tables, virt))
        return -EINVAL;
    if (bytes == PAGE_BYTES && map_small_page(tables, virt, phys, attributes))
        return 0;
    if (!is_unmapped(tables, virt, bytes))
        return -EEXIST;
    /*@ loop invariant done <= bytes && done % PAGE_BYTES == 0;
        loop assigns done, error, tables->made, tables->freed, page_table_memory[..];
        loop variant bytes - done; */
    for (uint64_t done = 0; done < bytes;) {
        unsigned level = level_for(tables, virt + done, phys + done, bytes - done);
        uint64_t *entry;

        error = free_entry(tables, virt + done, &level, &entry);
        if (error) {
            undo_map(tables, virt, done);
            return error;
        }
        /*@ assert phys + done + level_bytes(level) <= PHYSICAL_END; */
        *entry = make_leaf(phys + done, level, attributes);
        done += page_level_bytes(level);
    }
    return 0;
}

/* ---- unmap, protect -------------------------------------------------------------------------- */

/*@ requires \valid(tables) && page_tables_ok(tables) && page_range_ok(virt, bytes);
    assigns tables->made, tables->freed, page_table_memory[..];
    ensures \result <= 0; */
/* What unmap and protect check, and what can fail in them: then the pages at both ends fit. */
static int prepare(struct page_tables *tables, uint64_t virt, uint64_t bytes)
{
    bool ragged;
    int error = check_mapped(tables, virt, bytes, &ragged);

    if (error || !ragged)
        return error;
    error = split_at(tables, virt);
    if (!error)
        error = split_at(tables, virt + bytes);
    if (error) {
        merge_around(tables, virt);
        merge_around(tables, virt + bytes);
    }
    return error;
}

int page_tables_unmap(struct page_tables *tables, uint64_t virt, uint64_t bytes)
{
    int error = check_range(virt, bytes);

    if (error)
        return error;
    if (bytes == PAGE_BYTES && unmap_small_page(tables, virt))
        return 0;
    error = prepare(tables, virt, bytes);
    if (error)
        return error;
    unmap_pages(tables, virt, virt + bytes);
    return 0;
}

/*@ requires \valid(tables) && page_tables_ok(tables) && to <= RECURSIVE_START;
    assigns page_table_memory[..]; */
/* Of all pages in [from, to). */
static void set_attributes(struct page_tables *tables, uint64_t from, uint64_t to,
                           uint64_t attributes)
{
    struct page_walk walk;

    /*@ loop assigns from, walk, page_table_memory[..];
        loop variant to - from; */
    while (from < to) {
        page_tables_walk(tables, from, &walk);
        uint64_t *entry = walk_entry(&walk, from);
        unsigned count = pages_in_row(&walk, from, to);

        if (count == 0)
            return; /* a hole, which callers do not have */
        /*@ loop invariant i <= count;
            loop assigns i, page_table_memory[..];
            loop variant count - i; */
        for (unsigned i = 0; i < count; i++)
            entry[i] = make_leaf(entry_phys(entry[i], walk.level), walk.level,
                                 attributes | (entry[i] & SEEN));
        from += row_bytes(count, walk.level);
    }
}

int page_tables_protect(struct page_tables *tables, uint64_t virt, uint64_t bytes,
                        uint64_t attributes)
{
    int error = check_range(virt, bytes);

    if (!error)
        error = prepare(tables, virt, bytes);
    if (error)
        return error;
    set_attributes(tables, virt, virt + bytes, attributes);
    merge_range(tables, virt, bytes);
    return 0;
}
