/*
 * The memory map: boundary sweep, marks, searches. Use: memmap_sanitise → memmap_limit →
 * memmap_mark… → memmap_find. No locks, no state; a struct memmap belongs to one thread. E820
 * types: ACPI 6.4 §15.4. Entries that ACPI 3 attributes disable are the reader's business: this one
 * keeps them.
 */
#include "lib/memmap.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/errno.h"

#define PAGE_BYTES 4096ull
/* No x86-64 CPU has more address bits (Intel SDM volume 3, §4.1.4). Below it no sum can wrap. */
#define MEMORY_END ((uint64_t)1 << 52)

static uint64_t page_down(uint64_t address)
{
    return address - address % PAGE_BYTES;
}

static uint64_t page_up(uint64_t address) /* ≤ MEMORY_END */
{
    return page_down(address + (PAGE_BYTES - 1));
}

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Types that say "this is memory, and ours to give": usable, and what we made of usable memory. */
static bool is_ours(uint32_t type)
{
    return type == BOOT_MEMORY_USABLE || type >= BOOT_MEMORY_LOADER;
}

/* What the BIOS says, with all that we do not know as reserved. */
static uint32_t known_type(uint32_t type)
{
    return type >= BOOT_MEMORY_USABLE && type <= BOOT_MEMORY_BAD ? type : BOOT_MEMORY_RESERVED;
}

/* How much a known type forbids; type 0 is "no memory at all". */
static unsigned restriction(uint32_t type)
{
    static const uint8_t of[] = {[0] = 0,
                                 [BOOT_MEMORY_USABLE] = 1,
                                 [BOOT_MEMORY_ACPI] = 2,
                                 [BOOT_MEMORY_ACPI_NVS] = 3,
                                 [BOOT_MEMORY_RESERVED] = 4,
                                 [BOOT_MEMORY_BAD] = 5};

    return of[type];
}

struct span {
    uint64_t base, end; /* base == end: nothing */
};

/* The whole pages of an entry: inward when it gives memory, outward when it forbids some. */
static struct span whole_pages(uint64_t base, uint64_t length, bool gives)
{
    struct span span = {0, 0};

    if (length == 0 || base >= MEMORY_END)
        return span;

    uint64_t end = base + length;
    if (length > MEMORY_END - base) {
        if (gives)
            return span; /* a lie: cut at the end, it would still invent memory */
        end = MEMORY_END;
    }
    span.base = gives ? page_up(base) : page_down(base);
    span.end = gives ? higher(page_down(end), span.base) : page_up(end);
    return span;
}

/* Add [base, end) behind all that is there, merged with a like neighbour. False: no room. */
static bool append(struct memmap *map, uint64_t base, uint64_t end, uint32_t type)
{
    if (base >= end)
        return true;
    if (map->count > 0) {
        struct boot_memory_range *last = &map->ranges[map->count - 1];
        if (last->type == type && last->base + last->length == base) {
            last->length += end - base;
            return true;
        }
    }
    if (map->count == BOOT_MEMORY_RANGES_MAX)
        return false;
    map->ranges[map->count++] = (struct boot_memory_range){
        .base = base, .length = end - base, .type = type, .attributes = 1};
    return true;
}

/* The most restrictive type at `at` (0: none), and in *next the first boundary behind it. */
static uint32_t type_at(const struct boot_memory_range *raw, uint32_t count, uint64_t at,
                        uint64_t *next)
{
    uint32_t type = 0;

    *next = MEMORY_END;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t known = known_type(raw[i].type);
        struct span span =
            whole_pages(raw[i].base, raw[i].length, known == BOOT_MEMORY_USABLE);
        if (span.base >= span.end || span.end <= at)
            continue;
        if (span.base > at) {
            *next = lower(*next, span.base);
            continue;
        }
        *next = lower(*next, span.end);
        if (restriction(known) > restriction(type))
            type = known;
    }
    return type;
}

int memmap_sanitise(const struct boot_memory_range *raw, uint32_t count, struct memmap *map)
{
    uint64_t next;

    map->count = 0;
    for (uint64_t at = 0; at < MEMORY_END; at = next) {
        uint32_t type = type_at(raw, count, at, &next);
        if (type != 0 && !append(map, at, next, type))
            return -E2BIG;
    }
    return 0;
}

/* Rebuilds `from` in `to`: what lies in `mark` takes the type, where the type may change it. */
static bool overlay(const struct memmap *from, struct span mark, uint32_t type, struct memmap *to)
{
    bool fills_holes = !is_ours(type);
    uint64_t at = 0;
    bool fits = true;

    for (uint32_t i = 0; i < from->count; i++) {
        const struct boot_memory_range *range = &from->ranges[i];
        uint64_t base = range->base, end = base + range->length;
        uint64_t inside = lower(higher(mark.base, base), end);   /* [inside, behind) is what */
        uint64_t behind = lower(higher(mark.end, inside), end); /* range and mark share */
        bool changes = fills_holes || is_ours(range->type);

        if (fills_holes)
            fits = fits && append(to, higher(mark.base, at), lower(mark.end, base), type);
        fits = fits && append(to, base, inside, range->type);
        fits = fits && append(to, inside, behind, changes ? type : range->type);
        fits = fits && append(to, behind, end, range->type);
        at = end;
    }
    if (fills_holes)
        fits = fits && append(to, higher(mark.base, at), mark.end, type);
    return fits;
}

int memmap_mark(struct memmap *map, uint64_t base, uint64_t length, uint32_t type)
{
    struct span mark = whole_pages(base, length, type == BOOT_MEMORY_USABLE);
    struct memmap marked;

    marked.count = 0;
    if (!overlay(map, mark, type, &marked))
        return -ENOSPC;
    *map = marked;
    return 0;
}

void memmap_limit(struct memmap *map, uint64_t limit)
{
    uint32_t kept = 0;

    limit = page_down(limit);
    for (uint32_t i = 0; i < map->count; i++) {
        struct boot_memory_range range = map->ranges[i];
        if (range.type == BOOT_MEMORY_USABLE) {
            if (range.base >= limit)
                continue;
            range.length = lower(range.length, limit - range.base);
        }
        map->ranges[kept++] = range;
    }
    map->count = kept;
}

/* The part of a usable range inside [low, high); false when there is none. */
static bool usable_part(const struct boot_memory_range *range, uint64_t low, uint64_t high,
                        uint64_t *base, uint64_t *end)
{
    *base = higher(range->base, low);
    *end = lower(range->base + range->length, high);
    return range->type == BOOT_MEMORY_USABLE && *base < *end;
}

static bool is_power_of_two(uint64_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

int memmap_find(const struct memmap *map, uint64_t size, uint64_t align, uint64_t low,
                uint64_t high, uint64_t *base)
{
    uint64_t start, end;

    if (size == 0 || !is_power_of_two(align))
        return -EINVAL;
    for (uint32_t i = 0; i < map->count; i++) {
        if (!usable_part(&map->ranges[i], low, high, &start, &end))
            continue;
        uint64_t skip = start % align == 0 ? 0 : align - start % align;
        if (skip <= end - start && size <= end - start - skip) {
            *base = start + skip;
            return 0;
        }
    }
    return -ENOMEM;
}

int memmap_find_high(const struct memmap *map, uint64_t size, uint64_t align, uint64_t low,
                     uint64_t high, uint64_t *base)
{
    uint64_t start, end;

    if (size == 0 || !is_power_of_two(align))
        return -EINVAL;
    for (uint32_t i = map->count; i-- > 0;) {
        if (!usable_part(&map->ranges[i], low, high, &start, &end) || size > end - start)
            continue;
        uint64_t at = end - size;
        at -= at % align;
        if (at >= start) {
            *base = at;
            return 0;
        }
    }
    return -ENOMEM;
}

int memmap_is(const struct memmap *map, uint64_t base, uint64_t length, uint32_t type)
{
    for (uint32_t i = 0; i < map->count; i++) {
        const struct boot_memory_range *range = &map->ranges[i];
        if (base < range->base || base - range->base >= range->length)
            continue;
        /* Neighbours of one type are one range, so this one holds all of it or there is a gap. */
        return range->type == type && length <= range->length - (base - range->base);
    }
    return 0;
}

uint64_t memmap_total(const struct memmap *map, uint32_t type)
{
    uint64_t total = 0;

    for (uint32_t i = 0; i < map->count; i++)
        if (map->ranges[i].type == type)
            total += map->ranges[i].length;
    return total;
}

const char *memory_type_name(uint32_t type)
{
    switch (type) {
    case BOOT_MEMORY_USABLE:
        return "usable";
    case BOOT_MEMORY_RESERVED:
        return "reserved";
    case BOOT_MEMORY_ACPI:
        return "ACPI tables";
    case BOOT_MEMORY_ACPI_NVS:
        return "ACPI NVS";
    case BOOT_MEMORY_BAD:
        return "bad";
    case BOOT_MEMORY_LOADER:
        return "loader";
    case BOOT_MEMORY_PAGE_TABLES:
        return "page tables";
    case BOOT_MEMORY_KERNEL:
        return "kernel";
    case BOOT_MEMORY_RAMDISK:
        return "RAM disk";
    case BOOT_MEMORY_FRAMEBUFFER:
        return "framebuffer";
    default:
        return "unknown";
    }
}
