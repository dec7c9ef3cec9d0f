/* Page tables against a model: an array with a word for each 4 KiB page of two windows. */
/* links: kernel/arch/x86_64/page_tables_walk.c kernel/arch/x86_64/page_tables_clone.c */
/* links: kernel/arch/x86_64/page_tables_user.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/arch/x86_64/page_tables.h"
#include "lib/errno.h"

#define KIB 1024ull
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define PAGE 4096ull
#define KERNEL_WINDOW 0xfffffe0000000000ull /* PML4[508] */
#define RIGHTS (PTE_WRITE | PTE_USER | PTE_GLOBAL | PTE_PAT | PTE_UNCACHED | PTE_NO_EXECUTE \
                | PTE_UNCOUNTED | PTE_COPY_ON_WRITE)

/* ---- the machine: tables in a pool, users of frames ------------------------------------------ */

#define POOL 8192u
#define FRAMES (6 * GIB / PAGE)

static uint64_t (*pool)[PAGE_TABLE_ENTRIES]; /* table n lies at physical (n + 1) × 4 KiB */
static bool taken[POOL];
static unsigned in_use;
static int fail_after; /* so many allocations succeed; -1: all */
static uint32_t *users;
static uint32_t users_max;

uint64_t *page_table_at(uint64_t phys)
{
    assert_true(phys % PAGE == 0 && phys >= PAGE && phys / PAGE <= POOL && taken[phys / PAGE - 1]);
    return pool[phys / PAGE - 1];
}

int page_table_alloc(uint64_t *phys)
{
    static unsigned next;

    if (fail_after == 0 || in_use == POOL)
        return -ENOMEM;
    if (fail_after > 0)
        fail_after--;
    while (taken[next % POOL])
        next++;
    memset(pool[next % POOL], 0, PAGE);
    taken[next % POOL] = true;
    in_use++;
    *phys = (next % POOL + 1) * PAGE;
    return 0;
}

void page_table_free(uint64_t phys)
{
    (void)page_table_at(phys);
    memset(pool[phys / PAGE - 1], 0xa5, PAGE);
    taken[phys / PAGE - 1] = false;
    in_use--;
}

int page_frame_share(uint64_t phys)
{
    assert_true(phys % PAGE == 0 && phys / PAGE < FRAMES && users[phys / PAGE] > 0);
    if (users[phys / PAGE] == users_max)
        return -ENOMEM;
    users[phys / PAGE]++;
    return 0;
}

void page_frame_put(uint64_t phys)
{
    assert_true(phys % PAGE == 0 && phys / PAGE < FRAMES && users[phys / PAGE] > 0);
    users[phys / PAGE]--;
}

void page_table_free_zeros(uint64_t phys)
{
    static const uint64_t zeros[PAGE / 8];

    assert_memory_equal(page_table_at(phys), zeros, PAGE);
    page_table_free(phys);
}

int page_table_share(uint64_t *from, uint64_t *to)
{
    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i++) {
        if (!(from[i] & PTE_KEPT))
            continue;
        if (!(from[i] & PTE_UNCOUNTED)) {
            if (page_frame_share(from[i] & PTE_ADDRESS))
                return -ENOMEM;
            if (from[i] & PTE_WRITE)
                from[i] = (from[i] & ~PTE_WRITE) | PTE_COPY_ON_WRITE;
        }
        to[i] = from[i] & ~(PTE_ACCESSED | PTE_DIRTY);
    }
    return 0;
}

void page_table_put(uint64_t *table)
{
    for (unsigned i = 0; i < PAGE_TABLE_ENTRIES; i++) {
        if (table[i] & PTE_KEPT && !(table[i] & PTE_UNCOUNTED))
            page_frame_put(table[i] & PTE_ADDRESS);
        table[i] = 0;
    }
}

static struct page_tables new_tree(unsigned largest)
{
    struct page_tables tables = {.largest = largest};

    assert_int_equal(page_table_alloc(&tables.root), 0);
    assert_int_equal(page_table_alloc(&page_table_at(tables.root)[508]), 0);
    page_table_at(tables.root)[508] |= PTE_PRESENT | PTE_WRITE;
    return tables;
}

static int set_up(void **state)
{
    pool = calloc(POOL, PAGE);
    users = calloc(FRAMES, sizeof(*users));
    memset(taken, 0, sizeof(taken));
    in_use = 0;
    fail_after = -1;
    users_max = 1000;
    return !pool || !users;
}

static int tear_down(void **state)
{
    free(pool);
    free(users);
    return 0;
}

/* ---- single cases ---------------------------------------------------------------------------- */

static struct page_mapping found(const struct page_tables *tables, uint64_t virt)
{
    struct page_mapping page;

    assert_int_equal(page_tables_find(tables, virt, &page), 0);
    return page;
}

static void pages_are_as_large_as_they_can_be(void **state)
{
    struct page_tables tables = new_tree(2), small = new_tree(1);
    uint64_t at = 1 * GIB - 2 * MIB - PAGE;

    /* one small, one large, one huge, one large, one small page */
    assert_int_equal(page_tables_map(&tables, at, 3 * GIB - 2 * MIB - PAGE,
                                     GIB + 4 * MIB + 2 * PAGE, PTE_USER | PTE_WRITE),
                     0);
    assert_int_equal(found(&tables, at).bytes, PAGE);
    assert_int_equal(found(&tables, at + PAGE + 5).bytes, 2 * MIB);
    assert_int_equal(found(&tables, 1 * GIB).bytes, GIB);
    assert_int_equal(found(&tables, 2 * GIB - 1).phys, 3 * GIB);
    assert_int_equal(found(&tables, 2 * GIB).bytes, 2 * MIB);
    assert_int_equal(found(&tables, 2 * GIB + 2 * MIB).bytes, PAGE);
    assert_int_equal(page_tables_map(&small, GIB, GIB, GIB, PTE_USER), 0);
    assert_int_equal(found(&small, GIB).bytes, 2 * MIB);
    /* the offset between virtual and physical forbids it */
    assert_int_equal(page_tables_map(&small, 4 * GIB, PAGE, 4 * MIB, PTE_USER), 0);
    assert_int_equal(found(&small, 4 * GIB + 2 * MIB).bytes, PAGE);
}

static void the_pat_bit_moves_with_the_size(void **state)
{
    struct page_tables tables = new_tree(2);
    struct page_walk walk;

    assert_int_equal(page_tables_map(&tables, KERNEL_WINDOW, GIB, 2 * MIB + PAGE,
                                     PTE_PAT | PTE_WRITE | PTE_NO_EXECUTE), 0);
    page_tables_walk(&tables, KERNEL_WINDOW, &walk);
    assert_int_equal(walk.level, 1);
    assert_int_equal(walk.entries[1], GIB | 0x1083 | PTE_NO_EXECUTE);
    page_tables_walk(&tables, KERNEL_WINDOW + 2 * MIB, &walk);
    assert_int_equal(walk.level, 0);
    assert_int_equal(walk.entries[0], (GIB + 2 * MIB) | 0x83 | PTE_NO_EXECUTE);
}

static void wrong_ranges_are_refused(void **state)
{
    static const struct {
        uint64_t virt, phys, bytes;
    } wrong[] = {
        {0x1001, 0, PAGE}, {0x1000, 1, PAGE}, {0x1000, 0, 0}, {0x1000, 0, 100},
        {USER_HALF_END - PAGE, 0, 2 * PAGE},          /* leaves the half */
        {USER_HALF_END, 0, PAGE},                     /* no address at all */
        {KERNEL_HALF_START - PAGE, 0, PAGE},
        {RECURSIVE_START, 0, PAGE}, {RECURSIVE_START - PAGE, 0, 2 * PAGE},
        {0, 1ull << 52, PAGE}, {0, (1ull << 52) - PAGE, 2 * PAGE}, {0, UINT64_MAX - 4095, PAGE},
        {0x1000, 0, UINT64_MAX - 4095},
        {0xfffffd0000000000ull, 0, PAGE},             /* a kernel PML4 entry that is not there */
    };
    struct page_tables tables = new_tree(2);
    unsigned before = in_use;

    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(page_tables_map(&tables, wrong[i].virt, wrong[i].phys, wrong[i].bytes, 0),
                         -EINVAL);
    assert_int_equal(page_tables_unmap(&tables, 1, PAGE), -EINVAL);
    assert_int_equal(page_tables_unmap(&tables, RECURSIVE_START, PAGE), -EINVAL);
    assert_int_equal(page_tables_protect(&tables, 0, 0, 0), -EINVAL);
    assert_int_equal(page_tables_unmap(&tables, PAGE, PAGE), -ENOENT);
    assert_int_equal(page_tables_protect(&tables, PAGE, PAGE, 0), -ENOENT);
    /* the last page of each half is fine */
    assert_int_equal(page_tables_map(&tables, USER_HALF_END - PAGE, 0, PAGE, PTE_USER), 0);
    assert_int_equal(page_tables_unmap(&tables, USER_HALF_END - PAGE, PAGE), 0);
    assert_int_equal(in_use, before);
}

static void a_taken_page_stops_the_whole_range(void **state)
{
    struct page_tables tables = new_tree(2);
    struct page_mapping page;

    assert_int_equal(page_tables_map(&tables, GIB + 5 * MIB, 0, PAGE, PTE_USER), 0);
    assert_int_equal(page_tables_map(&tables, GIB, 0, 8 * MIB, PTE_USER), -EEXIST);
    assert_int_equal(page_tables_next(&tables, 0, USER_HALF_END - 1, &page), 0);
    assert_int_equal(page.virt, GIB + 5 * MIB);
    assert_int_equal(page_tables_next(&tables, page.virt + PAGE, USER_HALF_END - 1, &page),
                     -ENOENT);
    /* a hole stops unmap and protect before they change anything */
    assert_int_equal(page_tables_unmap(&tables, GIB + 5 * MIB, 2 * PAGE), -ENOENT);
    assert_int_equal(page_tables_protect(&tables, GIB + 5 * MIB, 2 * PAGE, PTE_WRITE), -ENOENT);
    assert_int_equal(found(&tables, GIB + 5 * MIB).rights, PTE_USER);
}

static void a_large_page_splits_and_merges(void **state)
{
    struct page_tables tables = new_tree(2);
    uint64_t inside = KERNEL_WINDOW + 37 * MIB + 5 * PAGE;
    unsigned before;

    assert_int_equal(page_tables_map(&tables, KERNEL_WINDOW, GIB, GIB, PTE_WRITE | PTE_GLOBAL), 0);
    before = in_use;
    page_table_at(page_table_at(tables.root)[508] & PTE_ADDRESS)[0] |= PTE_DIRTY;
    assert_int_equal(page_tables_protect(&tables, inside, PAGE, PTE_GLOBAL), 0);
    assert_int_equal(in_use, before + 2);
    assert_int_equal(found(&tables, inside).bytes, PAGE);
    assert_int_equal(found(&tables, inside).rights, 0);
    assert_int_equal(found(&tables, inside).phys, GIB + 37 * MIB + 5 * PAGE);
    assert_int_equal(found(&tables, inside + PAGE).rights, PTE_WRITE);
    assert_int_equal(found(&tables, inside - 2 * MIB).bytes, 2 * MIB);
    assert_int_equal(page_tables_protect(&tables, inside, PAGE, PTE_WRITE | PTE_GLOBAL), 0);
    assert_int_equal(in_use, before);
    assert_int_equal(tables.freed, 2);
    assert_int_equal(found(&tables, inside).bytes, GIB);
    assert_true(found(&tables, inside).attributes & PTE_DIRTY);
}

static void counted_pages_do_not_merge(void **state)
{
    struct page_tables tables = new_tree(2);

    for (uint64_t at = 0; at < 2 * MIB; at += PAGE)
        assert_int_equal(page_tables_map(&tables, GIB + at, GIB + at, PAGE, PTE_USER | PTE_WRITE),
                         0);
    assert_int_equal(page_tables_protect(&tables, GIB, 2 * MIB, PTE_USER), 0);
    assert_int_equal(found(&tables, GIB).bytes, PAGE);
    assert_int_equal(page_tables_protect(&tables, GIB, 2 * MIB, PTE_USER | PTE_UNCOUNTED), 0);
    assert_int_equal(found(&tables, GIB).bytes, 2 * MIB);
}

static void no_memory_leaves_everything_as_it_was(void **state)
{
    struct page_tables tables = new_tree(2);
    unsigned before = in_use;
    struct page_mapping page;

    for (fail_after = 0;; fail_after++) {
        int allowed = fail_after;
        int error = page_tables_map(&tables, GIB - PAGE, GIB - PAGE, 2 * MIB + 2 * PAGE, PTE_USER);

        if (!error)
            break;
        assert_int_equal(error, -ENOMEM);
        assert_int_equal(in_use, before);
        assert_int_equal(page_tables_next(&tables, 0, USER_HALF_END - 1, &page), -ENOENT);
        fail_after = allowed;
    }
    fail_after = -1;
    assert_int_equal(page_tables_map(&tables, KERNEL_WINDOW, 0, 2 * GIB, PTE_WRITE), 0);
    before = in_use;
    for (int allowed = 0; allowed < 4; allowed++) { /* two splits at each end */
        fail_after = allowed;
        assert_int_equal(page_tables_unmap(&tables, KERNEL_WINDOW + PAGE, GIB), -ENOMEM);
        assert_int_equal(in_use, before);
        assert_int_equal(found(&tables, KERNEL_WINDOW + PAGE).bytes, GIB);
    }
    fail_after = 4;
    assert_int_equal(page_tables_unmap(&tables, KERNEL_WINDOW + PAGE, GIB), 0);
}

static void rights_are_those_of_all_levels(void **state)
{
    struct page_tables tables = new_tree(2);
    struct page_mapping page;

    assert_int_equal(page_tables_map(&tables, KERNEL_WINDOW, 0, PAGE, PTE_WRITE), 0);
    assert_int_equal(found(&tables, KERNEL_WINDOW).rights, PTE_WRITE);
    assert_true(page_tables_exposed(&tables, true, &page)); /* writable and executable */
    assert_false(page_tables_exposed(&tables, false, &page)); /* a CPU without NX cannot help it */
    assert_int_equal(page.virt, KERNEL_WINDOW);
    page_table_at(tables.root)[508] |= PTE_NO_EXECUTE;
    assert_true(found(&tables, KERNEL_WINDOW).rights == (PTE_WRITE | PTE_NO_EXECUTE));
    assert_false(page_tables_exposed(&tables, true, &page));
    page_table_at(tables.root)[508] |= PTE_USER;
    assert_false(page_tables_exposed(&tables, true, &page));
    page_table_at(tables.root)[511] = tables.root | PTE_PRESENT | PTE_WRITE; /* left out */
    assert_false(page_tables_exposed(&tables, true, &page));
    for (unsigned level = 0; level < 3; level++) {
        struct page_walk walk;

        page_tables_walk(&tables, KERNEL_WINDOW, &walk);
        page_table_at(walk.tables[level])[0] |= PTE_USER;
    }
    assert_true(page_tables_exposed(&tables, true, &page)); /* ring 3 */
    assert_int_equal(page.bytes, PAGE);
}

/* ---- clone ----------------------------------------------------------------------------------- */

static void own(struct page_tables *tables, uint64_t virt, uint64_t phys, uint64_t bytes,
                uint64_t attributes)
{
    assert_int_equal(page_tables_map(tables, virt, phys, bytes, attributes), 0);
    for (uint64_t at = phys; at < phys + bytes && !(attributes & PTE_UNCOUNTED); at += PAGE)
        users[at / PAGE]++;
}

static uint64_t all_users(void)
{
    uint64_t sum = 0;

    for (uint64_t i = 0; i < FRAMES; i++)
        sum += users[i];
    return sum;
}

static struct page_tables a_process(void)
{
    struct page_tables tables = new_tree(2);

    own(&tables, 4 * MIB, 64 * MIB, 3 * PAGE, PTE_USER);                        /* code */
    /* Data, large. */
    own(&tables, 8 * MIB, 66 * MIB, 4 * MIB, PTE_USER | PTE_WRITE | PTE_NO_EXECUTE);
    own(&tables, USER_HALF_END - 16 * PAGE, 80 * MIB, 16 * PAGE, PTE_USER | PTE_WRITE);
    own(&tables, GIB, 3 * GIB, 2 * MIB, PTE_USER | PTE_WRITE | PTE_UNCOUNTED); /* a screen */
    assert_int_equal(page_tables_map(&tables, KERNEL_WINDOW, 0, PAGE, PTE_WRITE), 0);
    return tables;
}

static void a_clone_shares_and_loses_the_right_to_write(void **state)
{
    struct page_tables parent = a_process(), child = new_tree(2), grandchild = new_tree(2);
    uint64_t before = all_users();
    unsigned tables_before = in_use;
    struct page_mapping page;

    assert_int_equal(page_tables_clone(&parent, &child), 0);
    assert_int_equal(all_users(), 2 * before);
    assert_int_equal(found(&child, 4 * MIB).rights, PTE_USER);
    assert_false(found(&child, 4 * MIB).attributes & PTE_COPY_ON_WRITE);
    for (unsigned i = 0; i < 2; i++) {
        page = found(i ? &parent : &child, 8 * MIB);
        assert_true(page.rights == (PTE_USER | PTE_NO_EXECUTE) && page.bytes == 2 * MIB);
        assert_true(page.attributes & PTE_COPY_ON_WRITE && page.phys == 66 * MIB);
    }
    /* The device stays writable. */
    assert_int_equal(found(&child, GIB).rights, PTE_USER | PTE_WRITE);
    assert_int_equal(page_tables_find(&child, KERNEL_WINDOW, &page), -ENOENT);
    assert_int_equal(page_tables_clone(&child, &grandchild), 0);
    assert_int_equal(all_users(), 3 * before);
    assert_true(found(&grandchild, 8 * MIB).attributes & PTE_COPY_ON_WRITE);
    page_tables_clear(&grandchild);
    page_tables_clear(&child);
    assert_int_equal(all_users(), before);
    assert_int_equal(in_use, tables_before);
    assert_int_equal(child.made, child.freed);
    page_tables_clear(&parent);
    assert_int_equal(all_users(), 0);
    assert_int_equal(found(&parent, KERNEL_WINDOW).bytes, PAGE); /* the kernel half is not theirs */
}

static void a_clone_that_fails_leaves_no_trace(void **state)
{
    struct page_tables parent = a_process(), child = new_tree(2);
    uint64_t before = all_users();
    unsigned tables_before = in_use;

    for (int allowed = 0;; allowed++) {
        fail_after = allowed;
        if (page_tables_clone(&parent, &child) == 0)
            break;
        assert_int_equal(all_users(), before);
        assert_int_equal(in_use, tables_before);
    }
    page_tables_clear(&child);
    fail_after = -1;
    users[66 * MIB / PAGE + 700] = users_max; /* in the middle of the second large page */
    assert_int_equal(page_tables_clone(&parent, &child), -ENOMEM);
    assert_int_equal(all_users(), before + users_max - 1);
    assert_int_equal(in_use, tables_before);
}

/* ---- hidden ---------------------------------------------------------------------------------- */

static void a_hidden_page_is_kept_and_not_found(void **state)
{
    struct page_tables parent = new_tree(2), child = new_tree(2);
    const uint64_t virt = 4 * MIB, phys = 64 * MIB;
    uint64_t frames[2] = {phys, 0}, other[1] = {phys + PAGE};
    struct page_mapping page;

    users[phys / PAGE] = 1;
    assert_int_equal(page_tables_fill(&parent, virt, frames, 2, PTE_USER | PTE_WRITE), 0);
    page_tables_restrict(&parent, virt, 2 * PAGE, PTE_HIDDEN);
    assert_int_equal(page_tables_find(&parent, virt, &page), -ENOENT);
    assert_int_equal(page_tables_peek(&parent, virt), phys | PTE_HIDDEN);
    assert_int_equal(page_tables_peek(&parent, virt + PAGE), 0);
    assert_int_equal(page_tables_fill(&parent, virt, other, 1, PTE_USER), 0);
    assert_int_equal(other[0], phys + PAGE); /* its place is taken */
    assert_int_equal(page_tables_clone(&parent, &child), 0);
    assert_int_equal(users[phys / PAGE], 2);
    assert_int_equal(page_tables_find(&child, virt, &page), -ENOENT);
    page_tables_restrict(&child, virt, PAGE, PTE_USER);
    assert_true(found(&child, virt).phys == phys && found(&child, virt).rights == PTE_USER);
    page_tables_clear(&child);
    assert_int_equal(users[phys / PAGE], 1);
    page_tables_release(&parent, virt, 2 * PAGE);
    assert_int_equal(users[phys / PAGE], 0);
    assert_int_equal(page_tables_peek(&parent, virt), 0);
}

/* ---- random use against the model ------------------------------------------------------------ */

#define WINDOW_PAGES ((GIB + 8 * MIB) / PAGE)
static const uint64_t windows[2] = {GIB - 4 * MIB, KERNEL_WINDOW + GIB - 4 * MIB};
static uint64_t *model[2]; /* physical address and attributes of each page; 0: none */

static uint64_t random_attributes(unsigned window)
{
    static const uint64_t choices[] = {PTE_WRITE | PTE_NO_EXECUTE, 0, PTE_WRITE | PTE_PAT,
                                       PTE_NO_EXECUTE | PTE_UNCACHED};

    return choices[rand() % 4] | (window ? PTE_GLOBAL : PTE_USER | PTE_UNCOUNTED);
}

/* Mostly a few pages, sometimes to the bounds of large ones, seldom all of a GiB. */
static void random_range(uint64_t *first, uint64_t *count)
{
    int kind = rand() % 200;

    *first = (uint64_t)rand() % WINDOW_PAGES;
    *count = 1 + (uint64_t)rand() % 6;
    if (kind < 40) {
        *first = *first / 512 * 512;
        *count = 512 * (1 + (uint64_t)rand() % 4);
    }
    if (kind < 10)
        *count += (uint64_t)rand() % 1000;
    if (kind == 0) {
        *first = 1024;
        *count = GIB / PAGE;
    }
    if (*count > WINDOW_PAGES - *first)
        *count = WINDOW_PAGES - *first;
}

static bool model_all(const uint64_t *pages, uint64_t count, bool mapped)
{
    for (uint64_t i = 0; i < count; i++)
        if ((pages[i] != 0) != mapped)
            return false;
    return true;
}

static uint64_t seen_at(const struct page_tables *tables, uint64_t virt)
{
    struct page_mapping page;

    if (page_tables_find(tables, virt, &page))
        return 0;
    return (page.phys + (virt - page.virt)) | (page.attributes & RIGHTS);
}

static void compare(const struct page_tables *tables, unsigned window, uint64_t first,
                    uint64_t count)
{
    uint64_t step = count > 3000 ? 509 : 1;

    for (uint64_t i = first; i < first + count; i += step)
        assert_true(seen_at(tables, windows[window] + i * PAGE) == model[window][i]);
}

/* Every page that the tables hold, and no other. */
static void compare_all(const struct page_tables *tables)
{
    for (unsigned w = 0; w < 2; w++) {
        uint64_t last = windows[w] + WINDOW_PAGES * PAGE - 1, i = 0;
        struct page_mapping page;

        for (uint64_t at = windows[w]; page_tables_next(tables, at, last, &page) == 0;) {
            for (; windows[w] + i * PAGE < page.virt; i++)
                assert_true(model[w][i] == 0);
            for (uint64_t in = 0; in < page.bytes; in += PAGE, i++)
                assert_true(model[w][i] == ((page.phys + in) | (page.attributes & RIGHTS)));
            at = page.virt + page.bytes;
            if (at > last)
                break;
        }
        for (; i < WINDOW_PAGES; i++)
            assert_true(model[w][i] == 0);
    }
}

static void random_step(struct page_tables *tables)
{
    unsigned window = (unsigned)rand() % 2, what = (unsigned)rand() % 3;
    uint64_t first, count, attributes = random_attributes(window), phys;
    uint64_t *pages, virt;
    int result;

    random_range(&first, &count);
    pages = &model[window][first];
    virt = windows[window] + first * PAGE;
    /* the same offset for most, so that large pages come and neighbours can merge */
    phys = first * PAGE + GIB - 4 * MIB + (rand() % 4 ? 2 * GIB : ((uint64_t)rand() % 512) * PAGE);
    fail_after = rand() % 8 ? -1 : rand() % 3;
    if (what == 0)
        result = page_tables_map(tables, virt, phys, count * PAGE, attributes);
    else if (what == 1)
        result = page_tables_unmap(tables, virt, count * PAGE);
    else
        result = page_tables_protect(tables, virt, count * PAGE, attributes);
    if (!(result == -ENOMEM && fail_after == 0)) {
        bool possible = model_all(pages, count, what != 0);

        assert_int_equal(result, possible ? 0 : what == 0 ? -EEXIST : -ENOENT);
    }
    fail_after = -1;
    for (uint64_t i = 0; i < count && result == 0; i++)
        pages[i] =
            what == 1 ? 0 : ((what == 0 ? phys + i * PAGE : pages[i] & PTE_ADDRESS) | attributes);
    compare(tables, window, first, count);
}

static void random_use_agrees_with_a_model(void **state)
{
    for (unsigned largest = 1; largest <= 2; largest++) {
        struct page_tables tables = new_tree(largest);
        unsigned before = in_use;

        model[0] = calloc(WINDOW_PAGES, sizeof(uint64_t));
        model[1] = calloc(WINDOW_PAGES, sizeof(uint64_t));
        srand(largest);
        for (unsigned step = 0; step < 20000; step++) {
            random_step(&tables);
            if (step % 2000 == 0)
                compare_all(&tables);
        }
        compare_all(&tables);
        for (unsigned w = 0; w < 2; w++)
            for (uint64_t i = 0; i < WINDOW_PAGES; i++)
                if (model[w][i])
                    assert_int_equal(page_tables_unmap(&tables, windows[w] + i * PAGE, PAGE), 0);
        assert_int_equal(in_use, before); /* not one table is left */
        assert_int_equal(tables.made, tables.freed);
        free(model[0]);
        free(model[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pages_are_as_large_as_they_can_be, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_pat_bit_moves_with_the_size, set_up, tear_down),
        cmocka_unit_test_setup_teardown(wrong_ranges_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_taken_page_stops_the_whole_range, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_large_page_splits_and_merges, set_up, tear_down),
        cmocka_unit_test_setup_teardown(counted_pages_do_not_merge, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_memory_leaves_everything_as_it_was, set_up, tear_down),
        cmocka_unit_test_setup_teardown(rights_are_those_of_all_levels, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_clone_shares_and_loses_the_right_to_write, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_clone_that_fails_leaves_no_trace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hidden_page_is_kept_and_not_found, set_up, tear_down),
        cmocka_unit_test_setup_teardown(random_use_agrees_with_a_model, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
