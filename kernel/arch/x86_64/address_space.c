/*
 * Address spaces: a PML4 each, whose kernel half is a copy of the kernel's own entries (they never
 * change after paging_init) and whose entry 511 is itself.
 *
 * With PCID (Intel SDM vol. 3, 4.10.1) a space has a tag of 1 to 4095 and keeps its TLB entries
 * while another runs. Tags are dealt out in turn; when they run out a new generation begins with an
 * empty TLB. A space that is changed while it does not run gives its tag up instead of flushing.
 *
 * A thread of the kernel's own has no space and runs in the one that is loaded: a program that
 * waits for such a thread, or for an interrupt while the CPU is idle, costs no write to CR3, and
 * finds its TLB entries without tags, too. percpu()->space says which one is loaded.
 */
#include "kernel/arch/address_space.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu_features.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/core/memory/frame_count.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/thread/thread.h"
#include "kernel/panic.h"
#include "lib/errno.h"
#include "lib/string.h"

#define TAGS        4096u
#define KEEP_TAGGED (1ull << 63) /* in what CR3 is loaded with: do not flush this tag's entries */

/* Of the one CPU so far; with interrupts off. Generation 0 is never current. */
static uint64_t generation = 1;
static unsigned next_tag = 1;

/* The CPU uses its tables. The caller stays on this CPU. */
static bool is_loaded(const struct address_space *space)
{
    return percpu()->space == space;
}

/* ---- frames ---------------------------------------------------------------------------------- */

int page_frame_share(uint64_t phys)
{
    return frame_get(phys);
}

void page_frame_put(uint64_t phys)
{
    if (frame_put(phys))
        panic("frame 0x%llx, mapped in an address space, was free", (unsigned long long)phys);
}

#define BLOCK 8u /* entries that are looked at without a loop's own instructions */

struct block {
    uint64_t entries[BLOCK];
};

#define KEPT (PTE_PRESENT | PTE_HIDDEN)

/* A page table, as one thing. */
struct table {
    struct block blocks[PAGE_TABLE_ENTRIES / BLOCK];
};

static inline bool is_empty(const struct block *block)
{
    uint64_t all = 0;

#pragma GCC unroll 8
    for (unsigned i = 0; i < BLOCK; i++)
        all |= block->entries[i];
    return all == 0;
}

static inline uint64_t frame_in(uint64_t entry)
{
    return (entry & PTE_ADDRESS) / PAGE_SIZE;
}

static inline int share_entry(struct frame_counts here, uint64_t *from, uint64_t *to)
{
    uint64_t entry = *from;

    if (unlikely(!(entry & KEPT)))
        return 0;
    if (likely(!(entry & PTE_UNCOUNTED))) {
        if (unlikely(!frame_get_quickly(here, frame_in(entry)))
            && frame_get(entry & PTE_ADDRESS))
            return -ENOMEM;
        if (entry & PTE_WRITE)
            *from = entry = (entry & ~PTE_WRITE) | PTE_COPY_ON_WRITE;
    }
    *to = entry & ~(PTE_ACCESSED | PTE_DIRTY);
    return 0;
}

static never_inline int share_block(struct block *from, struct block *to)
{
    struct frame_counts here = frame_counts_here();

#pragma GCC unroll 8
    for (unsigned i = 0; i < BLOCK; i++)
        if (unlikely(share_entry(here, &from->entries[i], &to->entries[i])))
            return -ENOMEM;
    return 0;
}

int page_table_share(uint64_t *from, uint64_t *to)
{
    struct table *old = (struct table *)from, *new = (struct table *)to;

    for (unsigned i = 0; i < array_length(old->blocks); i++)
        if (!is_empty(&old->blocks[i]) && share_block(&old->blocks[i], &new->blocks[i]))
            return -ENOMEM;
    return 0;
}

static never_inline void put_block(struct block *block)
{
    struct frame_counts here = frame_counts_here();

#pragma GCC unroll 8
    for (unsigned i = 0; i < BLOCK; i++) {
        uint64_t entry = block->entries[i];

        block->entries[i] = 0;
        if (likely(entry & KEPT && !(entry & PTE_UNCOUNTED))
            && !frame_put_quickly(here, frame_in(entry)))
            page_frame_put(entry & PTE_ADDRESS);
    }
}

void page_table_put(uint64_t *table)
{
    struct table *all = (struct table *)table;

    for (unsigned i = 0; i < array_length(all->blocks); i++)
        if (!is_empty(&all->blocks[i]))
            put_block(&all->blocks[i]);
}

/* ---- making --------------------------------------------------------------------------------- */

int address_space_create(struct address_space *space)
{
    *space = (struct address_space){
        .lock = SPINLOCK("address space", LOCK_RANK_PAGE_TABLES),
        .tables.largest = kernel_tables.largest,
    };
    int error = page_table_alloc(&space->tables.root);

    if (error)
        return error;
    uint64_t *top = page_table_at(space->tables.root);

    memcpy(top + PAGE_TABLE_KERNEL, page_table_at(kernel_tables.root) + PAGE_TABLE_KERNEL,
           (PAGE_TABLE_RECURSIVE - PAGE_TABLE_KERNEL) * sizeof(*top));
    top[PAGE_TABLE_RECURSIVE] = space->tables.root | PTE_PRESENT | PTE_WRITE
                                | (cpu_features()->no_execute ? PTE_NO_EXECUTE : 0);
    return 0;
}

/* ---- switching ------------------------------------------------------------------------------- */

static void new_tag(struct address_space *space)
{
    if (next_tag == TAGS) {
        tlb_flush_everything();
        generation++;
        next_tag = 1;
    }
    space->tag = (uint16_t)next_tag++;
    space->tag_generation = generation;
}

static uint64_t cr3_for(struct address_space *space)
{
    if (!cpu_features()->pcid)
        return space ? space->tables.root : kernel_tables.root;
    if (!space)
        return kernel_tables.root | KEEP_TAGGED; /* tag 0 has nothing but what everybody has */
    if (space->tag_generation == generation)
        return space->tables.root | space->tag | KEEP_TAGGED;
    new_tag(space);
    return space->tables.root | space->tag;
}

/* Interrupts are off. */
static void load(struct address_space *space)
{
    if (is_loaded(space))
        return;
    fastos_write_cr3(cr3_for(space));
    percpu()->space = space;
}

uint64_t address_space_enter(struct address_space *space)
{
    if (!space || is_loaded(space))
        return fastos_read_cr3();
    percpu()->space = space;
    return cr3_for(space);
}

void address_space_switch(struct address_space *space)
{
    uint64_t saved = cpu_save_interrupts();

    load(space);
    thread_current()->space = space;
    if (space)
        fpu_switch(thread_current()); /* a thread of the kernel's own is not told of */
    cpu_restore_interrupts(saved);
}

/* ---- copying and freeing --------------------------------------------------------------------- */

void address_space_free(struct address_space *space)
{
    uint64_t saved = cpu_save_interrupts();

    if (is_loaded(space))
        load(NULL);
    if (thread_current()->space == space)
        thread_current()->space = NULL;
    cpu_restore_interrupts(saved);
    spin_lock(&space->lock);
    page_tables_clear(&space->tables);
    page_table_free(space->tables.root);
    space->tables.root = 0;
    spin_unlock(&space->lock);
}

int address_space_clone(struct address_space *from, struct address_space *to)
{
    int error = address_space_create(to);

    if (error)
        return error;
    spin_lock(&from->lock);
    error = page_tables_clone(&from->tables, &to->tables);
    /* Even when it failed half-way: pages that were writable are not any more. */
    if (is_loaded(from))
        tlb_flush_user(0, USER_HALF_END, true);
    else
        from->tag_generation = 0;
    spin_unlock(&from->lock);
    if (error)
        address_space_free(to);
    return error;
}

/* ---- pages ----------------------------------------------------------------------------------- */

static bool is_user_range(uint64_t virt)
{
    return virt >= USER_START && virt < USER_HALF_END;
}

/* What the CPU remembers of a page that was changed. */
static void forget(struct address_space *space, uint64_t virt, uint64_t bytes,
                   uint64_t freed_before)
{
    if (is_loaded(space))
        tlb_flush_user(virt, bytes, space->tables.freed != freed_before);
    else
        space->tag_generation = 0;
}

int address_space_map(struct address_space *space, uint64_t virt, uint64_t phys, uint64_t bytes,
                      unsigned flags)
{
    if (!is_user_range(virt) || !(flags & PAGE_USER))
        return -EINVAL;
    spin_lock(&space->lock);
    int error = page_tables_map(&space->tables, virt, phys, bytes, page_attributes(flags));
    spin_unlock(&space->lock);
    return error;
}

int address_space_unmap(struct address_space *space, uint64_t virt, uint64_t bytes)
{
    if (!is_user_range(virt))
        return -EINVAL;
    spin_lock(&space->lock);
    uint64_t freed = space->tables.freed;
    int error = page_tables_unmap(&space->tables, virt, bytes);

    if (!error)
        forget(space, virt, bytes, freed);
    spin_unlock(&space->lock);
    return error;
}

int address_space_protect(struct address_space *space, uint64_t virt, uint64_t bytes,
                          unsigned flags)
{
    if (!is_user_range(virt) || !(flags & PAGE_USER))
        return -EINVAL;
    spin_lock(&space->lock);
    uint64_t freed = space->tables.freed;
    int error = page_tables_protect(&space->tables, virt, bytes, page_attributes(flags));

    if (!error)
        forget(space, virt, bytes, freed);
    spin_unlock(&space->lock);
    return error;
}

int address_space_next(struct address_space *space, uint64_t virt, uint64_t last,
                       struct page_mapping *page)
{
    if (last >= USER_HALF_END)
        return -EINVAL;
    spin_lock(&space->lock);
    int error = page_tables_next(&space->tables, virt, last, page);
    spin_unlock(&space->lock);
    return error;
}

/* ---- page by page ---------------------------------------------------------------------------- */

int address_space_fill(struct address_space *space, uint64_t virt, uint64_t *frames, unsigned count,
                       unsigned flags)
{
    spin_lock(&space->lock);
    int error = page_tables_fill(&space->tables, virt, frames, count, page_attributes(flags));

    spin_unlock(&space->lock);
    return error;
}

bool address_space_peek(struct address_space *space, uint64_t virt, uint64_t *phys, unsigned *flags)
{
    spin_lock(&space->lock);
    uint64_t entry = page_tables_peek(&space->tables, virt);

    spin_unlock(&space->lock);
    *phys = entry & PTE_ADDRESS;
    *flags = entry & PTE_WRITE ? PAGE_WRITE : 0;
    return entry != 0;
}

bool address_space_replace(struct address_space *space, uint64_t virt, uint64_t phys, unsigned flags)
{
    spin_lock(&space->lock);
    uint64_t old = page_tables_replace(&space->tables, virt, phys, page_attributes(flags));

    if (old)
        forget(space, virt, PAGE_SIZE, space->tables.freed);
    spin_unlock(&space->lock);
    return old != 0;
}

void address_space_release(struct address_space *space, uint64_t virt, uint64_t bytes)
{
    spin_lock(&space->lock);
    uint64_t freed = space->tables.freed;

    page_tables_release(&space->tables, virt, bytes);
    forget(space, virt, bytes, freed);
    spin_unlock(&space->lock);
}

/* Attributes of a page that nobody can reach, not even the kernel for ring 3, and that is kept. */
static uint64_t nobody(void)
{
    return PTE_HIDDEN;
}

void address_space_restrict(struct address_space *space, uint64_t virt, uint64_t bytes,
                            unsigned flags)
{
    spin_lock(&space->lock);
    page_tables_restrict(&space->tables, virt, bytes,
                         flags & PAGE_USER ? page_attributes(flags) : nobody());
    forget(space, virt, bytes, space->tables.freed);
    spin_unlock(&space->lock);
}
