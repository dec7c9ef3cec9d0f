/* x86-64 four-level page tables, without the CPU: page_tables.h has the contract. */
#include "kernel/arch/x86_64/page_tables.h"

#include <stddef.h>

#include "lib/errno.h"

#define PAGE_BYTES 4096ull
#define PHYSICAL_END (1ull << 52)
#define SIGN_EXTENSION 0xffff000000000000ull /* of the kernel half's addresses */
#define SEEN (PTE_ACCESSED | PTE_DIRTY) /* what the CPU itself writes into an entry */

/* ---- entries --------------------------------------------------------------------------------- */

static uint64_t entry_phys(uint64_t entry, unsigned level)
{
    return entry & PTE_ADDRESS & ~(page_level_bytes(level) - 1);
}

static uint64_t leaf_attributes(uint64_t entry, unsigned level)
{
    uint64_t attributes = entry & ~PTE_ADDRESS;

    if (level > 0)
        attributes = (attributes & ~PTE_LARGE) | (entry & PTE_PAT_LARGE ? PTE_PAT : 0);
    return attributes;
}

static uint64_t make_leaf(uint64_t phys, unsigned level, uint64_t attributes)
{
    uint64_t entry = phys | attributes | PTE_PRESENT;

    if (level > 0)
        entry = (entry & ~PTE_PAT) | PTE_LARGE | (attributes & PTE_PAT ? PTE_PAT_LARGE : 0);
    return entry;
}

/* ---- looking --------------------------------------------------------------------------------- */

void page_tables_walk(const struct page_tables *tables, uint64_t virt, struct page_walk *walk)
{
    uint64_t table = tables->root;
    unsigned level = PAGE_TABLE_LEVELS - 1;

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

/* A right is there when every level grants it. */
static uint64_t walk_rights(const struct page_walk *walk)
{
    uint64_t granted = PTE_WRITE | PTE_USER, no_execute = 0;

    for (unsigned level = walk->level; level < PAGE_TABLE_LEVELS; level++) {
        granted &= walk->entries[level];
        no_execute |= walk->entries[level] & PTE_NO_EXECUTE;
    }
    return granted | no_execute;
}

static bool walk_found(const struct page_walk *walk, uint64_t virt, struct page_mapping *page)
{
    uint64_t entry = walk->entries[walk->level];
    uint64_t bytes = page_level_bytes(walk->level);

    if (!(entry & PTE_PRESENT))
        return false;
    *page = (struct page_mapping){
        .virt = virt & ~(bytes - 1),
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

    while (virt <= last) {
        page_tables_walk(tables, virt, &walk);
        if (walk_found(&walk, virt, page))
            return 0;
        virt |= page_level_bytes(walk.level) - 1;
        if (virt >= last)
            break;
        virt++;
    }
    return -ENOENT;
}

/* ---- arguments ------------------------------------------------------------------------------- */

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

/* Where the walk for virt ended, and the entry's number there. */
static uint64_t *walk_entry(const struct page_walk *walk, uint64_t virt)
{
    return &page_table_at(walk->tables[walk->level])[page_table_index(virt, walk->level)];
}

/* How many pages of one size follow each other in one table, from the one that the walk for virt
   found up to `end`. 0: it found none. */
static unsigned pages_in_row(const struct page_walk *walk, uint64_t virt, uint64_t end)
{
    const uint64_t *table = page_table_at(walk->tables[walk->level]);
    unsigned first = page_table_index(virt, walk->level), i = first;
    unsigned level = walk->level;
    /* Up to the end. */
    uint64_t room = ((end - 1) >> (12 + 9 * level)) - (virt >> (12 + 9 * level)) + 1;

    while (i < PAGE_TABLE_ENTRIES && i - first < room && table[i] & PTE_PRESENT
           && page_entry_is_leaf(table[i], level))
        i++;
    return i - first;
}

/* All of it is mapped. *ragged: a page reaches beyond one end. */
static int check_mapped(const struct page_tables *tables, uint64_t virt, uint64_t bytes,
                        bool *ragged)
{
    uint64_t end = virt + bytes;
    struct page_walk walk;

    *ragged = false;
    while (virt < end) {
        page_tables_walk(tables, virt, &walk);
        uint64_t before = page_offset(virt, walk.level);
        unsigned count = pages_in_row(&walk, virt, end);

        if (count == 0)
            return -ENOENT;
        *ragged |= before != 0;
        virt += count * page_level_bytes(walk.level) - before;
    }
    *ragged |= virt > end;
    return 0;
}

static bool is_unmapped(const struct page_tables *tables, uint64_t virt, uint64_t bytes)
{
    struct page_mapping page;

    return page_tables_next(tables, virt, virt + (bytes - 1), &page) == -ENOENT;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static int make_table(struct page_tables *tables, uint64_t *entry, uint64_t flags)
{
    uint64_t phys;
    int error = page_table_alloc(&phys);

    if (error)
        return error;
    tables->made++;
    *entry = phys | PTE_PRESENT | PTE_WRITE | flags;
    return 0;
}

static void drop_table(struct page_tables *tables, uint64_t phys)
{
    page_table_free(phys);
    tables->freed++;
}

/* One of the entries beside this one is in use: pages come and go in rows. */
static bool has_neighbour(const uint64_t *table, unsigned index)
{
    return (index > 0 && table[index - 1]) || (index + 1 < PAGE_TABLE_ENTRIES && table[index + 1]);
}

static bool table_is_empty(const uint64_t *table)
{
    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i += 8)
        if (table[i] | table[i + 1] | table[i + 2] | table[i + 3] | table[i + 4] | table[i + 5]
            | table[i + 6] | table[i + 7])
            return false;
    return true;
}

/* Give back the tables on the way to virt that hold nothing, from the one in which the walk ended.
   */
static void prune(struct page_tables *tables, uint64_t virt, const struct page_walk *walk)
{
    unsigned top = virt < USER_HALF_END ? 3 : 2; /* kernel PML4 entries stay */

    for (unsigned level = walk->level; level < top; level++) {
        const uint64_t *table = page_table_at(walk->tables[level]);

        if (has_neighbour(table, page_table_index(virt, level)) || !table_is_empty(table))
            return;
        page_table_at(walk->tables[level + 1])[page_table_index(virt, level + 1)] = 0;
        drop_table(tables, walk->tables[level]);
    }
}

/* ---- splitting and merging ------------------------------------------------------------------- */

/* The large page *entry of this level becomes a table of 512 smaller ones with the same rights. */
static int split_entry(struct page_tables *tables, uint64_t *entry, unsigned level)
{
    uint64_t phys = entry_phys(*entry, level), attributes = leaf_attributes(*entry, level);
    uint64_t above, *table;
    int error = make_table(tables, &above, attributes & PTE_USER);

    if (error)
        return error;
    table = page_table_at(above & PTE_ADDRESS);
    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i++)
        table[i] = make_leaf(phys + i * page_level_bytes(level - 1), level - 1, attributes);
    *entry = above;
    return 0;
}

/* Afterwards no page reaches across virt. */
static int split_at(struct page_tables *tables, uint64_t virt)
{
    struct page_walk walk;

    for (;;) {
        page_tables_walk(tables, virt, &walk);
        if (!(walk.entries[walk.level] & PTE_PRESENT)
            || page_offset(virt, walk.level) == 0)
            return 0;
        int error = split_entry(tables, walk_entry(&walk, virt), walk.level);

        if (error)
            return error;
    }
}

/* The 512 pages of the table are one large one in pieces: what the CPU wrote into them apart. */
static bool is_uniform(const uint64_t *table, unsigned level)
{
    uint64_t step = page_level_bytes(level), first = table[0] & ~SEEN;

    if (!(first & PTE_PRESENT) || !page_entry_is_leaf(first, level)
        || page_offset(entry_phys(first, level), level + 1))
        return false;
    /* The last one first: in most tables it says no. */
    for (unsigned i = PAGE_TABLE_ENTRIES - 1; i > 0; i--)
        if ((table[i] & ~SEEN) != first + i * step)
            return false;
    return true;
}

/* A counted frame has one user a page: user pages of that kind stay in pieces. */
static bool may_merge(uint64_t entry)
{
    return !(entry & PTE_USER) || entry & PTE_UNCOUNTED;
}

static void merge_around(struct page_tables *tables, uint64_t virt)
{
    struct page_walk walk;

    page_tables_walk(tables, virt, &walk);
    for (unsigned level = walk.level; level < tables->largest; level++) {
        const uint64_t *table = page_table_at(walk.tables[level]);
        uint64_t seen = 0;

        if (!is_uniform(table, level) || !may_merge(table[0]))
            return;
        for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i++)
            seen |= table[i] & SEEN;
        page_table_at(walk.tables[level + 1])[page_table_index(virt, level + 1)] =
            make_leaf(entry_phys(table[0], level), level + 1,
                      leaf_attributes(table[0], level) | seen);
        drop_table(tables, walk.tables[level]);
    }
}

static void merge_range(struct page_tables *tables, uint64_t virt, uint64_t bytes)
{
    uint64_t step = page_level_bytes(1), last = virt + (bytes - 1);

    for (virt &= ~(step - 1);; virt += step) {
        merge_around(tables, virt);
        if (last - virt < step)
            return;
    }
}

/* ---- map ------------------------------------------------------------------------------------- */

static unsigned level_for(const struct page_tables *tables, uint64_t virt, uint64_t phys,
                          uint64_t bytes)
{
    unsigned level = tables->largest;

    while (level > 0 && (page_offset(virt | phys, level) || bytes < page_level_bytes(level)))
        level--;
    return level;
}

/*
 * The free entry for virt at the level that is wanted, or further below where a table is in the
 * way; missing tables are made. The range is known to be unmapped.
 */
static int free_entry(struct page_tables *tables, uint64_t virt, unsigned *wanted, uint64_t **entry)
{
    uint64_t flags = virt < USER_HALF_END ? PTE_USER : 0;
    uint64_t *table = page_table_at(tables->root);

    for (unsigned level = PAGE_TABLE_LEVELS - 1;; level--) {
        uint64_t *at = &table[page_table_index(virt, level)];

        if (level <= *wanted && !(*at & PTE_PRESENT)) {
            *wanted = level;
            *entry = at;
            return 0;
        }
        if (!(*at & PTE_PRESENT)) {
            int error = make_table(tables, at, flags);

            if (error)
                return error;
        }
        table = page_table_at(*at & PTE_ADDRESS);
    }
}

/* The commonest case: the table in which virt would be a 4 KiB page, when it is there. Else NULL.
   */
static uint64_t *small_page_table(const struct page_tables *tables, uint64_t virt)
{
    uint64_t *table = page_table_at(tables->root);

    for (unsigned level = PAGE_TABLE_LEVELS - 1; level > 0; level--) {
        uint64_t entry = table[page_table_index(virt, level)];

        if (!(entry & PTE_PRESENT) || page_entry_is_leaf(entry, level))
            return NULL;
        table = page_table_at(entry & PTE_ADDRESS);
    }
    return table;
}

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

static bool kernel_table_missing(const struct page_tables *tables, uint64_t virt)
{
    return virt >= USER_HALF_END
           && !(page_table_at(tables->root)[page_table_index(virt, 3)] & PTE_PRESENT);
}

/* Take back [from, to), which holds whole pages. */
static void unmap_pages(struct page_tables *tables, uint64_t from, uint64_t to)
{
    struct page_walk walk;

    while (from < to) {
        page_tables_walk(tables, from, &walk);
        uint64_t *entry = walk_entry(&walk, from);
        unsigned count = pages_in_row(&walk, from, to);

        for (unsigned i = 0; i < count; i++)
            entry[i] = 0;
        prune(tables, from, &walk);
        from += count * page_level_bytes(walk.level);
    }
}

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
    for (uint64_t done = 0; done < bytes;) {
        unsigned level = level_for(tables, virt + done, phys + done, bytes - done);
        uint64_t *entry;

        error = free_entry(tables, virt + done, &level, &entry);
        if (error) {
            undo_map(tables, virt, done);
            return error;
        }
        *entry = make_leaf(phys + done, level, attributes);
        done += page_level_bytes(level);
    }
    return 0;
}

/* ---- unmap, protect -------------------------------------------------------------------------- */

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

int page_tables_protect(struct page_tables *tables, uint64_t virt, uint64_t bytes,
                        uint64_t attributes)
{
    uint64_t end = virt + bytes;
    struct page_walk walk;
    int error = check_range(virt, bytes);

    if (!error)
        error = prepare(tables, virt, bytes);
    if (error)
        return error;
    for (uint64_t at = virt; at < end;) {
        page_tables_walk(tables, at, &walk);
        uint64_t *entry = walk_entry(&walk, at);
        unsigned count = pages_in_row(&walk, at, end);

        for (unsigned i = 0; i < count; i++)
            entry[i] = make_leaf(entry_phys(entry[i], walk.level), walk.level,
                                 attributes | (entry[i] & SEEN));
        at += count * page_level_bytes(walk.level);
    }
    merge_range(tables, virt, bytes);
    return 0;
}

/* ---- whole user halves ----------------------------------------------------------------------- */

static void put_page(uint64_t entry, unsigned level)
{
    if (entry & PTE_UNCOUNTED)
        return;
    for (uint64_t at = 0; at < page_level_bytes(level); at += PAGE_BYTES)
        page_frame_put(entry_phys(entry, level) + at);
}

/* Depth: the levels. */
static void clear_table(struct page_tables *tables, uint64_t *table, unsigned level, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t entry = table[i];

        if (!(entry & PTE_PRESENT))
            continue;
        table[i] = 0;
        if (page_entry_is_leaf(entry, level)) {
            put_page(entry, level);
        } else {
            clear_table(tables, page_table_at(entry & PTE_ADDRESS), level - 1, PAGE_TABLE_ENTRIES);
            drop_table(tables, entry & PTE_ADDRESS);
        }
    }
}

void page_tables_clear(struct page_tables *tables)
{
    clear_table(tables, page_table_at(tables->root), PAGE_TABLE_LEVELS - 1, PAGE_TABLE_KERNEL);
}

/* One user more for each frame of the page, or for none. */
static int share_frames(uint64_t entry, unsigned level)
{
    uint64_t phys = entry_phys(entry, level);

    for (uint64_t at = 0; at < page_level_bytes(level); at += PAGE_BYTES) {
        int error = page_frame_share(phys + at);

        if (error) {
            while (at > 0) {
                at -= PAGE_BYTES;
                page_frame_put(phys + at);
            }
            return error;
        }
    }
    return 0;
}

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

static int clone_table(uint64_t *from, struct page_tables *tables, uint64_t *to, unsigned level,
                       unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
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

/* ---- the self-check -------------------------------------------------------------------------- */

/* In the table for the addresses from virt on, which is entered with these rights. */
static bool find_exposed(const uint64_t *table, unsigned level, uint64_t virt, uint64_t rights,
                         struct page_mapping *page)
{
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
