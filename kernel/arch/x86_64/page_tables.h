/*
 * x86-64 four-level page tables: walk, map, unmap, protect, translate, clone. Intel SDM vol. 3,
 * 4.5.
 *
 * Pure: no CPU register is touched and nothing is flushed. Tables, and the frames that user pages
 * count, are reached through the five functions at the end, which the user of this module provides
 * (paging.c in the kernel, a model in page_tables_test.c).
 *
 * Pages are as large as alignment and length allow. Whatever touches a part of a large page splits
 * it first; page_tables_protect merges 512 neighbours that have become alike again. An empty table
 * is given back at once, except that of a kernel PML4 entry, which all address spaces share.
 *
 * Attributes are the bits of a 4 KiB page's entry (PTE_PAT and not PTE_PAT_LARGE, whatever the
 * size). Each function checks first and changes then: after an error nothing is mapped otherwise
 * than before. Its caller serialises the use of one tree.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

#define PTE_PRESENT       (1ull << 0)
#define PTE_WRITE         (1ull << 1)
#define PTE_USER          (1ull << 2)
#define PTE_WRITE_THROUGH (1ull << 3)
#define PTE_UNCACHED      (1ull << 4)
#define PTE_ACCESSED      (1ull << 5)
#define PTE_DIRTY         (1ull << 6)
#define PTE_LARGE         (1ull << 7) /* in a PDPT or a page directory */
#define PTE_PAT           (1ull << 7) /* in a page table */
#define PTE_GLOBAL        (1ull << 8)
#define PTE_COPY_ON_WRITE (1ull << 9)  /* ours: was writable before page_tables_clone shared it */
#define PTE_UNCOUNTED     (1ull << 10) /* ours: a device, no frame whose users are counted */
#define PTE_PAT_LARGE     (1ull << 12)
#define PTE_NO_EXECUTE    (1ull << 63)
#define PTE_ADDRESS       0x000ffffffffff000ull

#define PAGE_TABLE_ENTRIES   512u
#define PAGE_TABLE_LEVELS    4u  /* 0 page table, 1 directory, 2 directory pointers, 3 PML4 */
#define PAGE_TABLE_RECURSIVE 511u /* the PML4 entry that holds the PML4 itself */
#define PAGE_TABLE_KERNEL    256u /* the first PML4 entry of the kernel half */
#define USER_HALF_END        0x0000800000000000ull
#define KERNEL_HALF_START    0xffff800000000000ull
#define RECURSIVE_START      0xffffff8000000000ull /* of PML4[511] */

/* A tree of tables. */
struct page_tables {
    uint64_t root;    /* physical address of its PML4 */
    unsigned largest; /* level of the largest page: 1 for 2 MiB, 2 where the CPU has 1 GiB pages */
    /* Tables made, and given back, in this tree so far. A caller that sees `freed` move has to
       flush what the CPU remembers of tables, not just pages. */
    uint64_t made, freed;
};

/* The way to an address. */
struct page_walk {
    unsigned level;                      /* of the last entry that was read */
    uint64_t tables[PAGE_TABLE_LEVELS];  /* by level, physical; below `level` not set */
    uint64_t entries[PAGE_TABLE_LEVELS]; /* by level */
};

/* A page. */
struct page_mapping {
    uint64_t virt, phys; /* of its start */
    uint64_t bytes;
    uint64_t attributes; /* the page's own */
    uint64_t rights;     /* PTE_WRITE, PTE_USER, PTE_NO_EXECUTE as all levels together give them */
};

/* Bytes behind an entry of this level: 4 KiB, 2 MiB, 1 GiB, 512 GiB. */
static inline uint64_t page_level_bytes(unsigned level)
{
    return 1ull << (12 + 9 * level);
}

/* Of an address in the page of this level that holds it. */
static inline uint64_t page_offset(uint64_t address, unsigned level)
{
    return address & (page_level_bytes(level) - 1);
}

static inline unsigned page_table_index(uint64_t virt, unsigned level)
{
    return (unsigned)(virt >> (12 + 9 * level)) % PAGE_TABLE_ENTRIES;
}

/* The entry is a page, if it is present at all. */
static inline bool page_entry_is_leaf(uint64_t entry, unsigned level)
{
    return level == 0 || (level < 3 && entry & PTE_LARGE);
}

void page_tables_walk(const struct page_tables *tables, uint64_t virt, struct page_walk *walk);
/* The page that holds virt. -ENOENT. */
int page_tables_find(const struct page_tables *tables, uint64_t virt,
                     struct page_mapping *page) must_check;
/* The first page that holds an address in [virt, last], a range in one half. -ENOENT: none. */
int page_tables_next(const struct page_tables *tables, uint64_t virt, uint64_t last,
                     struct page_mapping *page) must_check;

/*
 * The three that change. virt, phys and bytes are multiples of 4 KiB; -EINVAL when they are not,
 * when bytes is 0, the physical address has more than 52 bits, or the range leaves its half of the
 * address space or touches the recursive slot; also when a kernel PML4 entry would have to be made.
 */
/* -EEXIST: a page of the range is mapped. -ENOMEM: no frame for a table. */
int page_tables_map(struct page_tables *tables, uint64_t virt, uint64_t phys, uint64_t bytes,
                    uint64_t attributes) must_check;
/* -ENOENT: a page of the range is not mapped. -ENOMEM: no frame for the table of a page to be
   split. */
int page_tables_unmap(struct page_tables *tables, uint64_t virt, uint64_t bytes) must_check;
/* New attributes; the errors of page_tables_unmap. */
int page_tables_protect(struct page_tables *tables, uint64_t virt, uint64_t bytes,
                        uint64_t attributes) must_check;

/*
 * The user half of `from`, copied into the empty user half of `to`: every counted page is shared,
 * and what was writable becomes read-only and PTE_COPY_ON_WRITE in both. -ENOMEM: `to` is empty
 * again.
 */
int page_tables_clone(struct page_tables *from, struct page_tables *to) must_check;
/* All of the user half: each counted frame put, each table given back. */
void page_tables_clear(struct page_tables *tables);

/* The self-check. True, with *page: a page of the kernel half is both writable and executable, or
   reachable from ring 3. The recursive slot is left out; on a CPU without NX only ring 3 counts. */
bool page_tables_exposed(const struct page_tables *tables, bool no_execute,
                         struct page_mapping *page);

/* ---- what the user of this module provides --------------------------------------------------- */

uint64_t *page_table_at(uint64_t phys);              /* the 512 entries of a table */
int page_table_alloc(uint64_t *phys) must_check;     /* a frame of zeros. -ENOMEM */
void page_table_free(uint64_t phys);
/* One user more of a frame. -ENOMEM: too many. */
int page_frame_share(uint64_t phys) must_check;
void page_frame_put(uint64_t phys);                  /* one user less */
