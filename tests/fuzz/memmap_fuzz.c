/*
 * Fuzz the memory map: sorted, disjoint, merged, whole pages, and at every boundary of the input
 * the type that the rules name; then marks, a limit and searches on it. The input: a byte that says
 * how to read on (bit 0: addresses modulo 64 KiB, so that entries meet), then entries of 20 bytes.
 */
/* links: lib/memmap.c */
/* options: -max_len=4001 */
#include "lib/bytes.h"
#include "lib/errno.h"
#include "lib/memmap.h"
#include "tests/fuzz/fuzz.h"

#define END       ((uint64_t)1 << 52)
#define ENTRIES   200
#define ENTRY     20
#define wide      unsigned __int128

static int is_ours(uint32_t type)
{
    return type == BOOT_MEMORY_USABLE || type >= BOOT_MEMORY_LOADER;
}

static void must_be_orderly(const struct memmap *map)
{
    must(map->count <= BOOT_MEMORY_RANGES_MAX);
    for (uint32_t i = 0; i < map->count; i++) {
        const struct boot_memory_range *r = &map->ranges[i];
        must(r->length > 0 && r->base % 4096 == 0 && r->length % 4096 == 0);
        must(r->base < END && r->length <= END - r->base);
        if (i > 0) {
            uint64_t before = r[-1].base + r[-1].length;
            must(before < r->base || (before == r->base && r[-1].type != r->type));
        }
    }
}

static uint32_t type_at(const struct memmap *map, uint64_t address)
{
    for (uint32_t i = 0; i < map->count; i++)
        if (address >= map->ranges[i].base && address - map->ranges[i].base < map->ranges[i].length)
            return map->ranges[i].type;
    return 0;
}

/* The type that the entries give the page of `address`, by another way: in 128 bits, unrounded. */
static uint32_t expected_at(const struct boot_memory_range *raw, uint32_t count, uint64_t address)
{
    static const uint8_t rank[] = {0, 1, 4, 2, 3, 5};
    wide page = address / 4096 * 4096;
    uint32_t expected = 0;

    for (uint32_t i = 0; i < count; i++) {
        wide base = raw[i].base, end = base + raw[i].length;
        uint32_t type = raw[i].type >= 1 && raw[i].type <= 5 ? raw[i].type : BOOT_MEMORY_RESERVED;
        int covers = type == BOOT_MEMORY_USABLE
                         ? base <= page && page + 4096 <= end && end <= END
                         : base < end && base < page + 4096 && page < end;
        if (covers && rank[type] > rank[expected])
            expected = type;
    }
    return address < END ? expected : 0;
}

static void check_types(const struct memmap *map, const struct boot_memory_range *raw,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t ends[] = {raw[i].base, raw[i].base + raw[i].length};
        for (int k = 0; k < 2; k++)
            for (int step = -1; step <= 1; step++) {
                uint64_t address = ends[k] + (uint64_t)(int64_t)step * 4096;
                must(type_at(map, address) == expected_at(raw, count, address));
            }
    }
}

static void check_find(const struct memmap *map, const struct boot_memory_range *what)
{
    uint64_t base, align = (uint64_t)1 << what->attributes % 40, low = what->base / 2;

    if (memmap_find(map, what->length, align, low, what->base, &base) == 0) {
        must(base % align == 0 && base >= low && base < what->base);
        must(what->length <= what->base - base);
        must(memmap_is(map, base, what->length, BOOT_MEMORY_USABLE));
        uint64_t high;
        must(memmap_find_high(map, what->length, align, low, what->base, &high) == 0);
        must(high % align == 0 && high >= base && what->length <= what->base - high);
        must(memmap_is(map, high, what->length, BOOT_MEMORY_USABLE));
    } else {
        must(memmap_find_high(map, what->length, align, low, what->base, &base) != 0);
    }
}

static void check_mark(struct memmap *map, const struct boot_memory_range *what)
{
    static const uint32_t types[] = {1, 2, 3, 5, 16, 18, 20};
    uint32_t type = types[what->attributes % 7];
    struct memmap before = *map;
    int error = memmap_mark(map, what->base, what->length, type);

    must(error == 0 || error == -ENOSPC);
    if (error != 0) {
        must(memcmp(&before, map, sizeof(before)) == 0);
        return;
    }
    must_be_orderly(map);
    for (int step = -4096; step <= 4096; step += 4096) {
        uint64_t address = what->base + (uint64_t)(int64_t)step;
        uint32_t old = type_at(&before, address), now = type_at(map, address);
        must(now == old || (now == type && (!is_ours(type) || is_ours(old))));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct boot_memory_range raw[ENTRIES];
    struct memmap map;
    uint32_t count = 0;

    if (size == 0)
        return 0;
    uint64_t mask = bytes[0] & 1 ? 0xffff : UINT64_MAX;
    for (size_t at = 1; count < ENTRIES && size - at >= ENTRY; at += ENTRY, count++) {
        raw[count].base = rd64(bytes + at) & mask;
        raw[count].length = rd64(bytes + at + 8) & mask;
        raw[count].type = rd32(bytes + at + 16) % 256;
        raw[count].attributes = rd32(bytes + at + 16) >> 8;
    }
    struct boot_memory_range *exact = exact_copy(raw, count * sizeof(*raw));
    int error = memmap_sanitise(exact, count, &map);
    must(error == 0 || (error == -E2BIG && map.count == BOOT_MEMORY_RANGES_MAX));
    must_be_orderly(&map);
    if (error == 0)
        check_types(&map, exact, count);
    for (uint32_t i = 0; i < count; i++) {
        check_find(&map, &exact[i]);
        check_mark(&map, &exact[i]);
    }
    if (count > 0) {
        memmap_limit(&map, exact[0].base);
        must_be_orderly(&map);
        for (uint32_t i = 0; i < map.count; i++)
            must(map.ranges[i].type != BOOT_MEMORY_USABLE ||
                 map.ranges[i].base + map.ranges[i].length <= exact[0].base);
    }
    free(exact);
    return 0;
}
