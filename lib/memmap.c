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

/*@ assigns \nothing;
    ensures \result <= address < \result + PAGE_BYTES && \result % PAGE_BYTES == 0; */
static uint64_t page_down(uint64_t address)
{
    return address - address % PAGE_BYTES;
}

/*@ requires address <= MEMORY_END;
    assigns \nothing;
    ensures address <= \result <= MEMORY_END && \result % PAGE_BYTES == 0; */
static uint64_t page_up(uint64_t address) /* ≤ MEMORY_END */
{
    return page_down(address + (PAGE_BYTES - 1));
}

/*@ assigns \nothing;
    ensures \result == (a < b ? a : b); */
static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/*@ assigns \nothing;
    ensures \result == (a > b ? a : b); */
static uint64_t higher(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/*@ assigns \nothing; */
/* Types that say "this is memory, and ours to give": usable, and what we made of usable memory. */
static bool is_ours(uint32_t type)
{
    return type == BOOT_MEMORY_USABLE || type >= BOOT_MEMORY_LOADER;
}

/*@ assigns \nothing;
    ensures BOOT_MEMORY_USABLE <= \result <= BOOT_MEMORY_BAD; */
/* What the BIOS says, with all that we do not know as reserved. */
static uint32_t known_type(uint32_t type)
{
    return type >= BOOT_MEMORY_USABLE && type <= BOOT_MEMORY_BAD ? type : BOOT_MEMORY_RESERVED;
}

/*@ requires type <= BOOT_MEMORY_BAD;
    assigns \nothing; */
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

/*@ requires base <= end;
    assigns \nothing;
    ensures base <= \result.base <= \result.end <= end; */
/* What `mark` and [base, end) share. */
static struct span shared(struct span mark, uint64_t base, uint64_t end)
{
    struct span span;

    span.base = lower(higher(mark.base, base), end);
    span.end = lower(higher(mark.end, span.base), end);
    return span;
}

/*@ assigns \nothing;
    ensures \result.base <= \result.end <= MEMORY_END; */
/* The whole pages of an entry: inward when it gives memory, outward when it forbids some. */
static struct span whole_pages(uint64_t base, uint64_t length, bool gives)
{
    struct span span = {0, 0};

    if (length == 0 || base >= MEMORY_END)
        return span;
    if (length > MEMORY_END - base) {
        if (gives)
            return span; /* a lie: cut at the end, it would still invent memory */
        length = MEMORY_END - base;
    }

    uint64_t end = base + length;
    span.base = gives ? page_up(base) : page_down(base);
    span.end = gives ? higher(page_down(end), span.base) : page_up(end);
    return span;
}

/*@ requires \valid(map) && memmap_ok(map) && memmap_below(map, base);
    requires map->count < BOOT_MEMORY_RANGES_MAX && base < end <= MEMORY_END;
    assigns map->count, map->ranges[0 .. BOOT_MEMORY_RANGES_MAX - 1];
    ensures memmap_ok(map);
    ensures memmap_below(map, end); */
static void append_new(struct memmap *map, uint64_t base, uint64_t end, uint32_t type)
{
    uint32_t count = map->count;

    map->count = count + 1;
    map->ranges[count].base = base;
    map->ranges[count].length = end - base;
    map->ranges[count].type = type;
    map->ranges[count].attributes = 1;
}

/*@ requires \valid(map) && memmap_ok(map) && memmap_below(map, base);
    requires base <= end <= MEMORY_END;
    assigns map->count, map->ranges[0 .. BOOT_MEMORY_RANGES_MAX - 1];
    ensures memmap_ok(map);
    ensures memmap_below(map, end); */
/* Add [base, end) behind all that is there, merged with a like neighbour. False: no room. */
static bool append(struct memmap *map, uint64_t base, uint64_t end, uint32_t type)
{
    uint32_t count = map->count;

    if (base == end)
        return true;
    if (count > 0) {
        struct boot_memory_range *last = &map->ranges[count - 1];
        if (last->type == type && last->base + last->length == base) {
            last->length += end - base;
            return true;
        }
    }
    if (count == BOOT_MEMORY_RANGES_MAX)
        return false;
    append_new(map, base, end, type);
    return true;
}

/*@ requires \valid_read(raw + (0 .. count - 1)) && \valid(next) && at < MEMORY_END;
    requires \separated(next, raw + (0 .. count - 1));
    assigns *next;
    ensures at < *next <= MEMORY_END && \result <= BOOT_MEMORY_BAD; */
/* The most restrictive type at `at` (0: none), and in *next the first boundary behind it. */
static uint32_t type_at(const struct boot_memory_range *raw, uint32_t count, uint64_t at,
                        uint64_t *next)
{
    uint32_t type = 0;

    *next = MEMORY_END;
    /*@ loop invariant i <= count && at < *next <= MEMORY_END && type <= BOOT_MEMORY_BAD;
        loop assigns i, type, *next;
        loop variant count - i; */
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
    /*@ loop invariant at <= MEMORY_END && memmap_ok(map) && memmap_below(map, at);
        loop assigns at, next, map->count, map->ranges[0 .. BOOT_MEMORY_RANGES_MAX - 1];
        loop variant MEMORY_END - at; */
    for (uint64_t at = 0; at < MEMORY_END; at = next) {
        uint32_t type = type_at(raw, count, at, &next);
        if (type != 0 && !append(map, at, next, type))
            return -E2BIG;
    }
    return 0;
}

/*@ requires \valid_read(range) && memmap_range_ok(range);
    requires \valid(to) && memmap_ok(to) && memmap_below(to, range->base);
    requires \separated(range, to);
    assigns to->count, to->ranges[0 .. BOOT_MEMORY_RANGES_MAX - 1];
    ensures memmap_ok(to);
    ensures memmap_below(to, range->base + range->length); */
/* Adds the range, its part inside `mark` with another type. False: no room. */
static bool append_marked(struct memmap *to, const struct boot_memory_range *range,
                          struct span mark, uint32_t type)
{
    uint64_t base = range->base, end = base + range->length;
    struct span inside = shared(mark, base, end);

    if (!append(to, base, inside.base, range->type) || !append(to, inside.base, inside.end, type))
        return false;
    return append(to, inside.end, end, range->type);
}

/*@ requires \valid_read(from) && memmap_ok(from) && mark.base <= mark.end <= MEMORY_END;
    requires \valid(to) && to->count == 0 && \separated(from, to);
    assigns to->count, to->ranges[0 .. BOOT_MEMORY_RANGES_MAX - 1];
    ensures memmap_ok(to); */
/* Rebuilds `from` in `to`: what lies in `mark` takes the type, where the type may change it. */
static bool overlay(const struct memmap *from, struct span mark, uint32_t type, struct memmap *to)
{
    bool fills_holes = !is_ours(type);
    struct span hole;
    uint64_t at = 0;

    /*@ loop invariant i <= from->count && at <= MEMORY_END;
        loop invariant memmap_ok(to) && memmap_below(to, at);
        loop invariant \forall integer k; i <= k < from->count ==> at <= from->ranges[k].base;
        loop assigns i, at, hole, to->count, to->ranges[0 .. BOOT_MEMORY_RANGES_MAX - 1];
        loop variant from->count - i; */
    for (uint32_t i = 0; i < from->count; i++) {
        const struct boot_memory_range *range = &from->ranges[i];
        bool changes = fills_holes || is_ours(range->type);

        hole = shared(mark, at, range->base);
        if (fills_holes && !append(to, hole.base, hole.end, type))
            return false;
        if (!append_marked(to, range, mark, changes ? type : range->type))
            return false;
        at = range->base + range->length;
    }
    hole = shared(mark, at, MEMORY_END);
    return !fills_holes || append(to, hole.base, hole.end, type);
}

/*@ requires \valid_read(from) && \valid(to);
    requires to == from || \separated(to, from);
    assigns to->base, to->length, to->type, to->attributes;
    ensures to->base == \old(from->base) && to->length == \old(from->length);
    ensures to->type == \old(from->type) && to->attributes == \old(from->attributes); */
static void copy_range(const struct boot_memory_range *from, struct boot_memory_range *to)
{
    to->base = from->base;
    to->length = from->length;
    to->type = from->type;
    to->attributes = from->attributes;
}

/*@ requires \valid_read(from) && memmap_ok(from) && \valid(to) && \separated(from, to);
    assigns to->count, to->ranges[0 .. BOOT_MEMORY_RANGES_MAX - 1];
    ensures memmap_ok(to); */
static void copy_map(const struct memmap *from, struct memmap *to)
{
    uint32_t count = from->count;

    /*@ loop invariant i <= count;
        loop invariant \forall integer k; 0 <= k < i ==>
              to->ranges[k].base == \at(from->ranges[k].base, Pre)
              && to->ranges[k].length == \at(from->ranges[k].length, Pre);
        loop assigns i, to->ranges[0 .. BOOT_MEMORY_RANGES_MAX - 1];
        loop variant count - i; */
    for (uint32_t i = 0; i < count; i++) {
        to->ranges[i].base = from->ranges[i].base;
        to->ranges[i].length = from->ranges[i].length;
        to->ranges[i].type = from->ranges[i].type;
        to->ranges[i].attributes = from->ranges[i].attributes;
    }
    to->count = count;
}

int memmap_mark(struct memmap *map, uint64_t base, uint64_t length, uint32_t type)
{
    struct span mark = whole_pages(base, length, type == BOOT_MEMORY_USABLE);
    struct memmap marked;

    marked.count = 0;
    if (!overlay(map, mark, type, &marked))
        return -ENOSPC;
    copy_map(&marked, map);
    return 0;
}

/*@ requires \valid_read(from) && \valid(to) && memmap_range_ok(from);
    requires to == from || \separated(to, from);
    requires from->type == BOOT_MEMORY_USABLE ==> from->base < limit;
    assigns to->base, to->length, to->type, to->attributes;
    ensures memmap_range_ok(to) && to->base == \old(from->base);
    ensures to->base + to->length <= \old(from->base + from->length);
    ensures to->type == BOOT_MEMORY_USABLE ==> to->base + to->length <= limit; */
static void copy_below(const struct boot_memory_range *from, uint64_t limit,
                       struct boot_memory_range *to)
{
    copy_range(from, to);
    if (to->type == BOOT_MEMORY_USABLE)
        to->length = lower(to->length, limit - to->base);
}

void memmap_limit(struct memmap *map, uint64_t limit)
{
    uint32_t count = map->count, kept = 0;
    //@ ghost uint64_t at = 0;

    limit = page_down(limit);
    /*@ loop invariant kept <= i <= count;
        loop invariant \forall integer k; 0 <= k < kept ==> memmap_range_ok(&map->ranges[k]);
        loop invariant \forall integer k; 0 <= k < kept ==>
              map->ranges[k].base + map->ranges[k].length <= at;
        loop invariant \forall integer j, k; 0 <= j < k < kept ==>
              map->ranges[j].base + map->ranges[j].length <= map->ranges[k].base;
        loop invariant \forall integer k; i <= k < count ==>
              at <= map->ranges[k].base
              && map->ranges[k].base == \at(map->ranges[k].base, Pre)
              && map->ranges[k].length == \at(map->ranges[k].length, Pre);
        loop invariant \forall integer k; 0 <= k < kept && map->ranges[k].type == BOOT_MEMORY_USABLE
              ==> map->ranges[k].base + map->ranges[k].length <= limit;
        loop assigns i, kept, at, map->ranges[0 .. BOOT_MEMORY_RANGES_MAX - 1];
        loop variant count - i; */
    for (uint32_t i = 0; i < count; i++) {
        const struct boot_memory_range *range = &map->ranges[i];
        //@ ghost at = range->base + range->length;

        if (range->type == BOOT_MEMORY_USABLE && range->base >= limit)
            continue;
        copy_below(range, limit, &map->ranges[kept]);
        kept++;
    }
    map->count = kept;
}

/*@ requires \valid_read(range) && memmap_range_ok(range) && \valid(base) && \valid(end);
    requires \separated(range, base, end);
    assigns *base, *end;
    ensures \result ==> low <= *base < *end <= high && range->base <= *base
              && *end <= range->base + range->length && range->type == BOOT_MEMORY_USABLE; */
/* The part of a usable range inside [low, high); false when there is none. */
static bool usable_part(const struct boot_memory_range *range, uint64_t low, uint64_t high,
                        uint64_t *base, uint64_t *end)
{
    *base = higher(range->base, low);
    *end = lower(range->base + range->length, high);
    return range->type == BOOT_MEMORY_USABLE && *base < *end;
}

/*@ assigns \nothing;
    ensures \result ==> n > 0; */
static bool is_power_of_two(uint64_t n)
{
    return n != 0 && (n & (n - 1)) == 0;
}

/*@ lemma multiples: \forall integer n, times; n > 0 && times >= 0 ==> (n * times) % n == 0; */

/*@ requires align > 0;
    assigns \nothing;
    ensures \result < align && (address + \result) % align == 0; */
/* How far the next multiple of align is. */
static uint64_t bytes_to_multiple(uint64_t address, uint64_t align)
{
    uint64_t behind = address % align;

    if (behind == 0)
        return 0;
    //@ assert address == align * (address / align) + behind;
    //@ assert address + (align - behind) == align * (address / align + 1);
    //@ assert (align * (address / align + 1)) % align == 0;
    return align - behind;
}

int memmap_find(const struct memmap *map, uint64_t size, uint64_t align, uint64_t low,
                uint64_t high, uint64_t *base)
{
    uint64_t start, end;

    if (size == 0 || !is_power_of_two(align))
        return -EINVAL;
    /*@ loop invariant i <= map->count;
        loop assigns i, start, end;
        loop variant map->count - i; */
    for (uint32_t i = 0; i < map->count; i++) {
        if (!usable_part(&map->ranges[i], low, high, &start, &end))
            continue;
        uint64_t skip = bytes_to_multiple(start, align);
        if (skip <= end - start && size <= end - start - skip) {
            *base = start + skip;
            return 0;
        }
    }
    return -ENOMEM;
}

/*@ requires align > 0;
    assigns \nothing;
    ensures \result <= address && \result % align == 0; */
static uint64_t multiple_below(uint64_t address, uint64_t align)
{
    //@ assert address == align * (address / align) + address % align;
    //@ assert 0 <= align * (address / align);
    //@ assert (align * (address / align)) % align == 0;
    return address - address % align;
}

int memmap_find_high(const struct memmap *map, uint64_t size, uint64_t align, uint64_t low,
                     uint64_t high, uint64_t *base)
{
    uint64_t start, end;

    if (size == 0 || !is_power_of_two(align))
        return -EINVAL;
    /*@ loop invariant left <= map->count;
        loop assigns left, start, end;
        loop variant left; */
    for (uint32_t left = map->count; left > 0; left--) {
        if (!usable_part(&map->ranges[left - 1], low, high, &start, &end) || size > end - start)
            continue;
        uint64_t at = multiple_below(end - size, align);
        if (at >= start) {
            *base = at;
            return 0;
        }
    }
    return -ENOMEM;
}

int memmap_is(const struct memmap *map, uint64_t base, uint64_t length, uint32_t type)
{
    /*@ loop invariant i <= map->count;
        loop assigns i;
        loop variant map->count - i; */
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

    /*@ loop invariant i <= map->count;
        loop invariant total <= (i == 0 ? 0 : map->ranges[i - 1].base + map->ranges[i - 1].length);
        loop assigns i, total;
        loop variant map->count - i; */
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
