/*
 * Address spaces: a PML4 each, whose kernel half is a copy of the kernel's own entries (they never
 * change after paging_init) and whose entry 511 is itself.
 *
 * With PCID (Intel SDM vol. 3, 4.10.1) a space has a tag of 1 to 4095 and keeps its TLB entries
 * while another runs. Tags are dealt out in turn; when they run out a new generation begins with an
 * empty TLB. A space that is changed while it does not run gives its tag up instead of flushing.
 */
#include "kernel/arch/address_space.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu_features.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/core/memory/frames.h"
#include "kernel/panic.h"
#include "lib/errno.h"
#include "lib/string.h"

#define TAGS        4096u
#define KEEP_TAGGED (1ull << 63) /* in what CR3 is loaded with: do not flush this tag's entries */

/* Of the one CPU so far; with interrupts off. Generation 0 is never current. */
static uint64_t generation = 1;
static unsigned next_tag = 1;

/* The CPU uses these tables. CR3 says so, which each thread has its own of. */
static bool is_loaded(const struct page_tables *tables)
{
    return (fastos_read_cr3() & PTE_ADDRESS) == tables->root;
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

/* ---- making and freeing ---------------------------------------------------------------------- */

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

int address_space_clone(struct address_space *from, struct address_space *to)
{
    int error = address_space_create(to);

    if (error)
        return error;
    spin_lock(&from->lock);
    error = page_tables_clone(&from->tables, &to->tables);
    /* Even when it failed half-way: pages that were writable are not any more. */
    if (is_loaded(&from->tables))
        tlb_flush_user(0, USER_HALF_END, true);
    else
        from->tag_generation = 0;
    spin_unlock(&from->lock);
    if (error)
        address_space_free(to);
    return error;
}

void address_space_free(struct address_space *space)
{
    assert(!is_loaded(&space->tables));
    spin_lock(&space->lock);
    page_tables_clear(&space->tables);
    page_table_free(space->tables.root);
    space->tables.root = 0;
    spin_unlock(&space->lock);
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

void address_space_switch(struct address_space *space)
{
    uint64_t saved = cpu_save_interrupts();

    if (!is_loaded(space ? &space->tables : &kernel_tables))
        fastos_write_cr3(cr3_for(space));
    cpu_restore_interrupts(saved);
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
    if (is_loaded(&space->tables))
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
