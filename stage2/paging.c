/* Memory for the page tables, and the calls in their order. */
#include "stage2/paging.h"

#include "lib/errno.h"
#include "stage2/console.h"
#include "stage2/cpu.h"
#include "stage2/memory.h"
#include "stage2/page_tables.h"
#include "stage2/stage2.h"

static struct page_tables tables;

void paging_build(const struct kernel *kernel, uint64_t framebuffer_bytes_max)
{
    struct cpu_features features = cpu_features();

    tables.nx = features.nx;
    tables.pages_1g = features.pages_1g;
    tables.pat = features.pat;
    tables.pages = page_tables_bound(&memory, tables.pages_1g, kernel->image.memory_bytes,
                                     framebuffer_bytes_max);
    if (memory_take(tables.pages * PAGE_BYTES, BOOT_MEMORY_PAGE_TABLES, &tables.phys))
        fail("not enough memory: page tables need %llu KiB",
             (unsigned long long)(tables.pages * PAGE_BYTES / 1024));
    tables.arena = memory_at(tables.phys);

    int error = page_tables_init(&tables);
    if (!error)
        error = page_tables_physical_map(&tables, &memory);
    if (!error)
        error = page_tables_kernel(&tables, &kernel->image, kernel->phys, kernel->virt);
    if (!error)
        error = page_tables_low_identity(&tables);
    if (error)
        fail("page tables: %s (%u of %u pages used)", error_text(error), tables.used, tables.pages);
    boot_info.page_table_phys = tables.phys;
}

void paging_map_framebuffer(void)
{
    struct boot_framebuffer *fb = &boot_info.framebuffer;

    if (fb->phys &&
        page_tables_framebuffer(&tables, fb->phys, (uint64_t)fb->pitch * fb->height, &fb->virt)) {
        fb->phys = 0; /* page_tables_bound rules this out; the kernel then has COM1 */
        fb->virt = 0;
    }
    memory_give_back(tables.phys + tables.used * PAGE_BYTES,
                     (tables.pages - tables.used) * PAGE_BYTES);
}
