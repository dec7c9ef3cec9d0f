/*
 * x86-64 four-level page tables. Intel SDM volume 3A, §4.5 (formats), §11.12 (PAT). Errors: -ENOSPC
 * when the arena is full, which page_tables_bound rules out.
 */
#include "stage2/page_tables.h"

#include "lib/errno.h"
#include "lib/string.h"

#define PRESENT   (1ull << 0)
#define WRITABLE  (1ull << 1)
#define LARGE     (1ull << 7)  /* in a PDPT or a page directory */
#define PAT_4K    (1ull << 7)  /* in a page table */
#define PAT_LARGE (1ull << 12) /* in a PDPT or a page directory */
#define UNCACHED  (3ull << 3)  /* PCD, PWT */
#define GLOBAL    (1ull << 8)
#define NX        (1ull << 63)
#define ADDRESS   0x000ffffffffff000ull

#define ENTRIES        512u
#define SIZE_2M        0x200000ull
#define SIZE_1G        0x40000000ull
#define SIZE_512G      0x8000000000ull
#define MIB            0x100000ull
#define RECURSIVE_SLOT 511u

/* What a mapping asks for. */
struct rights {
    uint64_t flags;
    bool write_combining;
    uint64_t largest; /* page size */
};

static uint64_t round_up(uint64_t value, uint64_t step)
{
    return (value + step - 1) & ~(step - 1);
}

static uint64_t *table_at(const struct page_tables *tables, uint64_t entry)
{
    return (uint64_t *)(tables->arena + ((entry & ADDRESS) - tables->phys));
}

static int new_table(struct page_tables *tables, uint64_t *entry)
{
    if (tables->used == tables->pages)
        return -ENOSPC;
    uint64_t offset = tables->used++ * PAGE_BYTES;
    memset(tables->arena + offset, 0, PAGE_BYTES);
    *entry = (tables->phys + offset) | PRESENT | WRITABLE;
    return 0;
}

/* The entry for virt whose page has `size` bytes; missing tables on the way are made. */
static int walk(struct page_tables *tables, uint64_t virt, uint64_t size, uint64_t **entry)
{
    uint64_t *table = (uint64_t *)tables->arena;

    for (uint32_t shift = 39;; shift -= 9) {
        uint64_t *at = &table[virt >> shift & (ENTRIES - 1)];
        if (size == 1ull << shift) {
            *entry = at;
            return 0;
        }
        if (!(*at & PRESENT)) {
            int error = new_table(tables, at);
            if (error)
                return error;
        }
        table = table_at(tables, *at);
    }
}

static uint64_t page_size(const struct page_tables *tables, uint64_t virt, uint64_t phys,
                          uint64_t bytes, uint64_t largest)
{
    uint64_t both = virt | phys;

    if (tables->pages_1g && largest >= SIZE_1G && !(both & (SIZE_1G - 1)) && bytes >= SIZE_1G)
        return SIZE_1G;
    if (largest >= SIZE_2M && !(both & (SIZE_2M - 1)) && bytes >= SIZE_2M)
        return SIZE_2M;
    return PAGE_BYTES;
}

static uint64_t leaf(const struct page_tables *tables, uint64_t phys, uint64_t size,
                     const struct rights *rights)
{
    uint64_t entry = phys | PRESENT | rights->flags;

    if (size != PAGE_BYTES)
        entry |= LARGE;
    if (rights->write_combining)
        entry |= !tables->pat ? UNCACHED : size == PAGE_BYTES ? PAT_4K : PAT_LARGE;
    if (!tables->nx)
        entry &= ~NX;
    return entry;
}

/* How many pages of that size go into the table that virt's entry is in. A larger page would begin
   a table of its own. */
static uint64_t pages_in_table(uint64_t virt, uint64_t size, uint64_t bytes)
{
    uint64_t room = ENTRIES - (virt / size & (ENTRIES - 1));

    return bytes / size < room ? bytes / size : room;
}

/* All arguments are multiples of 4 KiB. A walk a table, not a page: 64 GiB are 32,768 pages. */
static int map_range(struct page_tables *tables, uint64_t virt, uint64_t phys, uint64_t bytes,
                     const struct rights *rights)
{
    while (bytes) {
        uint64_t size = page_size(tables, virt, phys, bytes, rights->largest);
        uint64_t count = pages_in_table(virt, size, bytes);
        uint64_t entry = leaf(tables, phys, size, rights);
        uint64_t *at;
        int error = walk(tables, virt, size, &at);
        if (error)
            return error;
        for (uint64_t i = 0; i < count; i++, entry += size)
            at[i] = entry;
        virt += count * size;
        phys += count * size;
        bytes -= count * size;
    }
    return 0;
}

/* ---- memory ---------------------------------------------------------------------------------- */

static bool is_ram(uint32_t type)
{
    switch (type) {
    case BOOT_MEMORY_USABLE:
    case BOOT_MEMORY_ACPI:
    case BOOT_MEMORY_ACPI_NVS:
    case BOOT_MEMORY_LOADER:
    case BOOT_MEMORY_PAGE_TABLES:
    case BOOT_MEMORY_KERNEL:
    case BOOT_MEMORY_RAMDISK:
        return true;
    default:
        return false;
    }
}

/* The run of RAM ranges without a gap that begins at or behind range *index, beyond the first
   megabyte; *index moves behind it. False: there is none left. */
static bool next_run(const struct memmap *map, uint32_t *index, uint64_t *base, uint64_t *end)
{
    for (*base = *end = 0; *index < map->count; (*index)++) {
        const struct boot_memory_range *range = &map->ranges[*index];
        uint64_t from = round_up(range->base < MIB ? MIB : range->base, PAGE_BYTES);
        uint64_t to = (range->base + range->length) & ~(PAGE_BYTES - 1);
        if (!is_ram(range->type) || to <= from)
            continue;
        if (*end && from != *end)
            break;
        if (!*end)
            *base = from;
        *end = to;
    }
    return *end != 0;
}

int page_tables_physical_map(struct page_tables *tables, const struct memmap *map)
{
    struct rights rights = {WRITABLE | GLOBAL | NX, false, SIZE_1G};
    uint64_t base, end;

    int error = map_range(tables, VIRT_PHYSICAL_MAP, 0, MIB, &rights);
    for (uint32_t i = 0; !error && next_run(map, &i, &base, &end);)
        error = map_range(tables, VIRT_PHYSICAL_MAP + base, base, end - base, &rights);
    return error;
}

/* ---- the rest -------------------------------------------------------------------------------- */

static uint32_t bound_of_range(uint64_t bytes)
{
    /* two PDPTs, a directory a GiB and two more, a table at each ragged end */
    return (uint32_t)(2 + bytes / SIZE_1G + 2 + 2);
}

uint32_t page_tables_bound(const struct memmap *map, bool pages_1g, uint64_t kernel_bytes,
                           uint64_t framebuffer_bytes)
{
    uint64_t base, end;
    uint32_t pages = 1 + 3 + 3; /* PML4, the first megabyte, the low identity */

    for (uint32_t i = 0; next_run(map, &i, &base, &end);) {
        pages += bound_of_range(pages_1g ? 2 * SIZE_1G : end - base);
        pages += (uint32_t)(end / SIZE_512G - base / SIZE_512G);
    }
    pages += bound_of_range(kernel_bytes) + (uint32_t)(kernel_bytes / SIZE_2M);
    return pages + bound_of_range(framebuffer_bytes) + 2;
}

int page_tables_init(struct page_tables *tables)
{
    uint64_t pml4;

    tables->used = 0;
    int error = new_table(tables, &pml4);
    if (error)
        return error;
    ((uint64_t *)tables->arena)[RECURSIVE_SLOT] = pml4 | (tables->nx ? NX : 0);
    return 0;
}

int page_tables_kernel(struct page_tables *tables, const struct elf_image *image, uint64_t phys,
                       uint64_t virt)
{
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        struct rights rights = {GLOBAL, false, PAGE_BYTES};
        if (segment->flags & ELF_WRITE)
            rights.flags |= WRITABLE;
        if (!(segment->flags & ELF_EXECUTE))
            rights.flags |= NX;
        uint64_t from = segment->virt & ~(PAGE_BYTES - 1);
        uint64_t to = round_up(segment->virt + segment->memory_bytes, PAGE_BYTES);
        int error = map_range(tables, virt + from, phys + from, to - from, &rights);
        if (error)
            return error;
    }
    return 0;
}

int page_tables_framebuffer(struct page_tables *tables, uint64_t phys, uint64_t bytes,
                            uint64_t *virt)
{
    struct rights rights = {WRITABLE | GLOBAL | NX, true, SIZE_2M};
    uint64_t offset = phys & (SIZE_2M - 1); /* equal offsets let large pages be used */
    uint64_t from = phys & ~(PAGE_BYTES - 1);

    *virt = VIRT_FRAMEBUFFER + offset;
    return map_range(tables, *virt & ~(PAGE_BYTES - 1), from,
                     round_up(phys + bytes, PAGE_BYTES) - from, &rights);
}

int page_tables_low_identity(struct page_tables *tables)
{
    struct rights rights = {WRITABLE, false, SIZE_2M};

    return map_range(tables, 0, 0, SIZE_2M, &rights);
}
