/* The way to an address in words, for those who look: `page-table` in the monitor. */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/page_tables.h"
#include "lib/string.h"

static const struct {
    uint64_t bit;
    const char *name;
} flag_names[] = {
    {PTE_WRITE, "write"},
    {PTE_USER, "user"},
    {PTE_GLOBAL, "global"},
    {PTE_PAT, "write-combining"},
    {PTE_UNCACHED, "uncached"},
    {PTE_COPY_ON_WRITE, "copy-on-write"},
    {PTE_UNCOUNTED, "device"},
    {PTE_ACCESSED, "accessed"},
    {PTE_DIRTY, "dirty"},
};

static void describe(uint64_t attributes, bool page, char *text, size_t size)
{
    strlcpy(text, page ? "read" : "a table", size);
    for (unsigned i = 0; i < array_length(flag_names); i++) {
        if (!(attributes & flag_names[i].bit))
            continue;
        strlcat(text, ", ", size);
        strlcat(text, flag_names[i].name, size);
    }
    strlcat(text, attributes & PTE_NO_EXECUTE ? ", no execute" : ", execute", size);
}

static void describe_entry(struct page_step *step, unsigned level)
{
    bool leaf = page_entry_is_leaf(step->entry, level);
    uint64_t attributes = step->entry & ~PTE_ADDRESS;

    step->present = step->entry & PTE_PRESENT;
    if (!step->present) {
        strlcpy(step->rights, "not present", sizeof(step->rights));
        return;
    }
    step->phys = step->entry & PTE_ADDRESS;
    if (leaf) {
        step->bytes = page_level_bytes(level);
        step->phys &= ~(step->bytes - 1);
    }
    if (level > 0) /* there bit 7 is the size */
        attributes =
            (attributes & ~PTE_LARGE) | (leaf && step->entry & PTE_PAT_LARGE ? PTE_PAT : 0);
    describe(attributes, leaf, step->rights, sizeof(step->rights));
}

unsigned page_walk(uint64_t virt, struct page_step steps[PAGE_STEPS_MAX])
{
    static const char *const names[PAGE_TABLE_LEVELS] = {"PT", "PD", "PDPT", "PML4"};
    struct page_tables current = {.root = fastos_read_cr3() & PTE_ADDRESS};
    struct page_walk walk;
    unsigned count = 0;

    page_tables_walk(&current, virt, &walk);
    for (unsigned level = PAGE_TABLE_LEVELS; level-- > walk.level; count++) {
        unsigned index = page_table_index(virt, level);

        steps[count] = (struct page_step){
            .table = names[level],
            .index = index,
            .at = walk.tables[level] + 8 * index,
            .entry = walk.entries[level],
        };
        describe_entry(&steps[count], level);
    }
    return count;
}
