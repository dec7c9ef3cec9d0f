/*
 * x86-64 four-level page tables: walk and translate (page_tables_walk.c), map, unmap, protect
 * (page_tables.c), clone and clear (page_tables_clone.c), single pages of the user half
 * (page_tables_user.c). Intel SDM vol. 3, 4.5.
 *
 * Pure: no CPU register is touched and nothing is flushed. Tables, and the frames that user pages
 * count, are reached through the eight functions at the end, which the user of this module provides
 * (paging.c in the kernel, a model in page_tables_test.c).
 *
 * Pages are as large as alignment and length allow. Whatever touches a part of a large page splits
 * it first; page_tables_protect merges 512 neighbours that have become alike again. An empty table
 * is given back at once, except that of a kernel PML4 entry, which all address spaces share.
 *
 * Attributes are the bits of a 4 KiB page's entry (PTE_PAT, not PTE_PAT_LARGE, whatever the size).
 * Each function checks first and changes then: after an error nothing is mapped otherwise than
 * before.
 * Its caller serialises the use of one tree.
 *
 * What the proof needs of a caller: a `struct page_tables` with `largest` ≤ 2, which lies, like all
 * that is passed here by address, outside the tables themselves.
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
#define PTE_HIDDEN        (1ull << 11) /* ours: kept, and not there for the CPU: instead of PRESENT */
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

/* ---- levels ---------------------------------------------------------------------------------- */

/*@ logic integer level_bytes(integer level) =
      level == 0 ? 0x1000 : level == 1 ? 0x200000 : level == 2 ? 0x40000000 : 0x8000000000;
    logic integer level_index(integer virt, integer level) = virt / level_bytes(level) % 512; */

/*@ requires level <= 3;
    assigns \nothing;
    ensures \result == level_bytes(level); */
/* Bytes behind an entry of this level: 4 KiB, 2 MiB, 1 GiB, 512 GiB. */
static inline uint64_t page_level_bytes(unsigned level)
{
    /*@ assert level == 0 ==> (1 << (12 + 9 * level)) == 0x1000; */
    /*@ assert level == 1 ==> (1 << (12 + 9 * level)) == 0x200000; */
    /*@ assert level == 2 ==> (1 << (12 + 9 * level)) == 0x40000000; */
    /*@ assert level == 3 ==> (1 << (12 + 9 * level)) == 0x8000000000; */
    return 1ull << (12 + 9 * level);
}

/*@ requires level <= 3;
    assigns \nothing;
    ensures \result == address % level_bytes(level) < level_bytes(level); */
/* Of an address in the page of this level that holds it. */
static inline uint64_t page_offset(uint64_t address, unsigned level)
{
    return address % page_level_bytes(level);
}

/*@ requires level <= 3;
    assigns \nothing;
    ensures \result == level_index(virt, level) < PAGE_TABLE_ENTRIES; */
static inline unsigned page_table_index(uint64_t virt, unsigned level)
{
    return (unsigned)(virt / page_level_bytes(level) % PAGE_TABLE_ENTRIES);
}

/*@ assigns \nothing;
    ensures \result ==> level < 3;
    ensures !\result ==> level > 0; */
/* The entry is a page, if it is present at all. */
static inline bool page_entry_is_leaf(uint64_t entry, unsigned level)
{
    return level == 0 || (level < 3 && entry & PTE_LARGE);
}

/* ---- what the user of this module provides ---------------------------------------------------
   The proof takes the memory of all tables as one array, of which page_table_at gives 512 entries
   for any address: that a present entry names a table is assumed, and the user's to keep. So is
   that what else these functions change, the count of frames, lies outside of what is seen here. */

/*@ ghost extern uint64_t page_table_memory[0x2000000000000]; */
/*@ predicate page_entries(uint64_t *entry, integer count) =
      \base_addr(entry) == \base_addr(&page_table_memory[0]) && \valid(entry + (0 .. count - 1));
    predicate page_tables_ok(struct page_tables *tables) =
      tables->largest <= 2 && \separated(tables, &page_table_memory[..]);
    predicate page_walk_ok(struct page_walk *walk) =
      walk->level <= 3 && \separated(walk, &page_table_memory[..])
      && ((walk->entries[walk->level] & PTE_PRESENT) != 0 ==> walk->level < 3);
    predicate page_range_ok(integer virt, integer bytes) =
      virt % 4096 == 0 && bytes % 4096 == 0 && bytes > 0 && virt + bytes <= RECURSIVE_START; */

/*@ assigns \result \from phys;
    ensures page_entries(\result, 512); */
uint64_t *page_table_at(uint64_t phys);              /* the 512 entries of a table */
/*@ requires \valid(phys) && \separated(phys, &page_table_memory[..]);
    assigns *phys, page_table_memory[..], \result;
    ensures \result <= 0; */
int page_table_alloc(uint64_t *phys) must_check;     /* a frame of zeros. -ENOMEM */
/*@ assigns page_table_memory[..]; */
void page_table_free(uint64_t phys);
/*@ assigns page_table_memory[..]; */
void page_table_free_zeros(uint64_t phys);           /* the same, of a table of zeros */
/*@ requires page_entries(from, 512) && page_entries(to, 512);
    assigns page_table_memory[..], \result;
    ensures \result <= 0; */
/* A page table's pages, shared as page_tables_clone says with `to`, which is all zeros. -ENOMEM:
   `to` has some of them. */
int page_table_share(uint64_t *from, uint64_t *to) must_check;
/*@ requires page_entries(table, 512);
    assigns page_table_memory[..]; */
void page_table_put(uint64_t *table);                /* a page table's pages go: it is zeros */
/*@ assigns \result;
    ensures \result <= 0; */
int page_frame_share(uint64_t phys) must_check;      /* one user more. -ENOMEM: too many */
/*@ assigns \nothing; */
void page_frame_put(uint64_t phys);                  /* one user less of a frame */

/* ---- looking --------------------------------------------------------------------------------- */

/*@ requires \valid_read(tables) && \valid(walk);
    requires \separated(tables, walk, &page_table_memory[..]);
    assigns *walk;
    ensures page_walk_ok(walk); */
void page_tables_walk(const struct page_tables *tables, uint64_t virt, struct page_walk *walk);
/*@ requires \valid_read(tables) && \valid(page);
    requires \separated(tables, page, &page_table_memory[..]);
    assigns *page;
    ensures \result <= 0;
    ensures \result == 0 ==> page->virt <= virt <= page->virt + (page->bytes - 1); */
/* The page that holds virt. -ENOENT. */
int page_tables_find(const struct page_tables *tables, uint64_t virt,
                     struct page_mapping *page) must_check;
/*@ requires \valid_read(tables) && \valid(page);
    requires \separated(tables, page, &page_table_memory[..]);
    assigns *page;
    ensures \result <= 0;
    ensures \result == 0 ==> page->virt <= last && virt <= page->virt + (page->bytes - 1); */
/* The first page that holds an address in [virt, last], a range in one half. -ENOENT: none. */
int page_tables_next(const struct page_tables *tables, uint64_t virt, uint64_t last,
                     struct page_mapping *page) must_check;

/*
 * The three that change. virt, phys and bytes are multiples of 4 KiB; -EINVAL when they are not,
 * when bytes is 0, the physical address has more than 52 bits, or the range leaves its half of the
 * address space or touches the recursive slot; also when a kernel PML4 entry would have to be made.
 */
/*@ requires \valid(tables) && page_tables_ok(tables);
    assigns tables->made, tables->freed, page_table_memory[..];
    ensures \result <= 0; */
/* -EEXIST: a page of the range is mapped. -ENOMEM: no frame for a table. */
int page_tables_map(struct page_tables *tables, uint64_t virt, uint64_t phys, uint64_t bytes,
                    uint64_t attributes) must_check;
/*@ requires \valid(tables) && page_tables_ok(tables);
    assigns tables->made, tables->freed, page_table_memory[..];
    ensures \result <= 0; */
/* -ENOENT: a page of the range is not mapped. -ENOMEM: no frame for a table, to split a page. */
int page_tables_unmap(struct page_tables *tables, uint64_t virt, uint64_t bytes) must_check;
/*@ requires \valid(tables) && page_tables_ok(tables);
    assigns tables->made, tables->freed, page_table_memory[..];
    ensures \result <= 0; */
/* New attributes; the errors of page_tables_unmap. */
int page_tables_protect(struct page_tables *tables, uint64_t virt, uint64_t bytes,
                        uint64_t attributes) must_check;

/*@ requires \valid_read(from) && \separated(from, &page_table_memory[..]);
    requires \valid(to) && page_tables_ok(to);
    assigns to->made, to->freed, page_table_memory[..];
    ensures \result <= 0; */
/*
 * The user half of `from`, copied into the empty user half of `to`: every counted page is shared,
 * and what was writable becomes read-only and PTE_COPY_ON_WRITE in both. -ENOMEM: `to` is empty
 * again.
 */
int page_tables_clone(struct page_tables *from, struct page_tables *to) must_check;
/*@ requires \valid(tables) && page_tables_ok(tables);
    assigns tables->freed, page_table_memory[..]; */
/* All of the user half: each counted frame put, each table given back. */
void page_tables_clear(struct page_tables *tables);

/* ---- the user half, page by page: 4 KiB pages, some there and some not ----------------------- */

/*@ requires \valid(tables) && page_tables_ok(tables) && count <= 512;
    requires \valid(frames + (0 .. count - 1));
    requires \separated(frames + (0 .. count - 1), tables, &page_table_memory[..]);
    assigns frames[0 .. count - 1], tables->made, page_table_memory[..];
    ensures \result <= 0; */
/* Map frames[i], unless it is 0, at virt + i pages, unless there is one; frames[i] = 0: it was
   taken. All in one page table, else -EINVAL. -ENOMEM: no frame for a table. */
int page_tables_fill(struct page_tables *tables, uint64_t virt, uint64_t *frames, unsigned count,
                     uint64_t attributes) must_check;
/*@ requires \valid_read(tables) && page_tables_ok(tables);
    assigns \nothing; */
/* The entry of the page at virt; 0: none. */
uint64_t page_tables_peek(const struct page_tables *tables, uint64_t virt);
/*@ requires \valid(tables) && page_tables_ok(tables);
    assigns page_table_memory[..]; */
/* Another page in the place of one that is there: its entry; 0: there was none, and nothing
   changed. */
uint64_t page_tables_replace(struct page_tables *tables, uint64_t virt, uint64_t phys,
                             uint64_t attributes);
/*@ requires \valid(tables) && page_tables_ok(tables);
    assigns tables->freed, page_table_memory[..]; */
/* What is mapped there goes: counted frames are put, empty tables given back. */
void page_tables_release(struct page_tables *tables, uint64_t virt, uint64_t bytes);
/*@ requires \valid(tables) && page_tables_ok(tables) && virt % 4096 == 0 && bytes % 4096 == 0;
    assigns page_table_memory[..]; */
/* What is mapped there has these attributes from now on. */
void page_tables_restrict(struct page_tables *tables, uint64_t virt, uint64_t bytes,
                          uint64_t attributes);

/*@ requires \valid_read(tables) && \valid(page);
    requires \separated(tables, page, &page_table_memory[..]);
    assigns *page; */
/* The self-check. True, with *page: a page of the kernel half is both writable and executable, or
   reachable from ring 3. The recursive slot is left out; on a CPU without NX only ring 3 counts. */
bool page_tables_exposed(const struct page_tables *tables, bool no_execute,
                         struct page_mapping *page);
