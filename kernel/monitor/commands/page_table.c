/* page-table: the walk to an address, level by level. */
#include "kernel/arch/arch.h"
#include "kernel/monitor/command.h"

static const char *size_name(uint64_t bytes)
{
    return bytes == 4096 ? "4 KiB" : bytes == 2 << 20 ? "2 MiB" : "1 GiB";
}

static void print_step(const struct page_step *step)
{
    output_print("%4s[%3u] at %012llx: %016llx  ", step->table, step->index,
                 (unsigned long long)step->at, (unsigned long long)step->entry);
    if (step->bytes)
        output_print("page of %s at %llx: ", size_name(step->bytes), (unsigned long long)step->phys);
    output_print("%s\n", step->rights);
}

/* Bits 63 to 47 are alike in every address that the CPU takes. */
static bool is_canonical(uint64_t virt)
{
    return virt >> 47 == 0 || virt >> 47 == 0x1ffff;
}

static int page_table(const struct words *words)
{
    struct page_step steps[PAGE_STEPS_MAX];
    uint64_t virt;

    if (words->count != 2)
        return command_misused(words, "one address");
    if (command_number(words, "address", words->at[1], 0, UINT64_MAX, &virt))
        return COMMAND_USAGE;
    if (!is_canonical(virt))
        return command_fail(words, "0x%llx: not an address: bits 47 to 63 differ",
                            (unsigned long long)virt);
    unsigned levels = page_walk(virt, steps);
    const struct page_step *last = &steps[levels - 1];

    for (unsigned i = 0; i < levels; i++)
        print_step(&steps[i]);
    if (last->present)
        output_print("%llx is physical %llx\n", (unsigned long long)virt,
                     (unsigned long long)(last->phys + virt % last->bytes));
    else
        output_print("%llx is not mapped\n", (unsigned long long)virt);
    return COMMAND_OK;
}

MONITOR_COMMAND("page-table", "page-table ADDRESS", "show how an address is mapped, level by level",
                page_table);
