/* The memory map: messy tables with a known answer, and random ones against a model of single
 * pages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/errno.h"
#include "lib/memmap.h"

#define USABLE   BOOT_MEMORY_USABLE
#define RESERVED BOOT_MEMORY_RESERVED
#define ACPI     BOOT_MEMORY_ACPI
#define NVS      BOOT_MEMORY_ACPI_NVS
#define BAD      BOOT_MEMORY_BAD
#define LOADER   BOOT_MEMORY_LOADER
#define KERNEL   BOOT_MEMORY_KERNEL

#define PAGE 4096ull
#define END  ((uint64_t)1 << 52)

static struct memmap map;

/* `count` entries in a block of exactly their size. */
static int sanitise(const struct boot_memory_range *raw, uint32_t count)
{
    struct boot_memory_range *exact = malloc(count * sizeof(*raw) + 1);

    assert_non_null(exact);
    if (count > 0)
        memcpy(exact, raw, count * sizeof(*raw));
    int error = memmap_sanitise(exact, count, &map);
    free(exact);
    return error;
}

struct expected {
    uint64_t base, end;
    uint32_t type;
};

static void expect_map(const struct expected *ranges, uint32_t count)
{
    assert_int_equal(map.count, count);
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(map.ranges[i].base, ranges[i].base);
        assert_int_equal(map.ranges[i].base + map.ranges[i].length, ranges[i].end);
        assert_int_equal(map.ranges[i].type, ranges[i].type);
        assert_int_equal(map.ranges[i].attributes, 1);
    }
}

#define EXPECT(...)                                                                                \
    expect_map((const struct expected[]){__VA_ARGS__},                                             \
               sizeof((const struct expected[]){__VA_ARGS__}) / sizeof(struct expected))
#define SANITISE(...)                                                                              \
    sanitise((const struct boot_memory_range[]){__VA_ARGS__},                                      \
             sizeof((const struct boot_memory_range[]){__VA_ARGS__}) /                             \
                 sizeof(struct boot_memory_range))

/* What e820mess.rom says: unsorted, overlapping, empty, wrapping, misaligned, of unknown types. */
static void a_messy_bios_gives_the_known_map(void **state)
{
    assert_int_equal(SANITISE({0x100000, 0x7e00000, USABLE, 1},    /* all RAM above 1 MiB … */
                              {0x3000000, 0x100000, RESERVED, 1},  /* … with a hole in it */
                              {0x7f00000, 0x100000, ACPI, 1},      /* twice the last megabyte */
                              {0x7e80000, 0x80001, USABLE, 1},     /* overlaps, ends misaligned */
                              {0x500, 0x9eb01, USABLE, 1},         /* 500h..9F001h */
                              {0, 0x1000, 77, 1},                  /* unknown type */
                              {0x9f001, 0x60fff, RESERVED, 1},     /* misaligned by one byte */
                              {0x2000000, 0, BAD, 1},              /* empty */
                              {0x5000000, 0x1000, USABLE, 1},      /* inside another */
                              {0xfffffffffffff000, 0x2000, USABLE, 1},  /* wraps */
                              {0x8000000, 0xffffffffffffffff, USABLE, 1}, /* wraps */
                              {0xfffc0000, 0x40000, 0, 1}),
                     0);
    EXPECT({0, 0x1000, RESERVED}, {0x1000, 0x9f000, USABLE}, {0x9f000, 0x100000, RESERVED},
           {0x100000, 0x3000000, USABLE}, {0x3000000, 0x3100000, RESERVED},
           {0x3100000, 0x7f00000, USABLE}, {0x7f00000, 0x8000000, ACPI},
           {0xfffc0000, 0x100000000, RESERVED});
    assert_int_equal(memmap_total(&map, USABLE), 0x9e000 + 0x2f00000 + 0x4e00000);
}

static void the_map_of_a_common_pc_stays(void **state)
{
    assert_int_equal(SANITISE({0, 0x9fc00, USABLE, 1}, {0x9fc00, 0x400, RESERVED, 1},
                              {0xf0000, 0x10000, RESERVED, 1}, {0x100000, 0x7ee0000, USABLE, 1},
                              {0x7fe0000, 0x20000, RESERVED, 1}, {0xfffc0000, 0x40000, RESERVED, 1},
                              {0xfd00000000, 0x300000000, RESERVED, 1}),
                     0);
    EXPECT({0, 0x9f000, USABLE}, {0x9f000, 0xa0000, RESERVED}, {0xf0000, 0x100000, RESERVED},
           {0x100000, 0x7fe0000, USABLE}, {0x7fe0000, 0x8000000, RESERVED},
           {0xfffc0000, 0x100000000, RESERVED}, {0xfd00000000, 0x10000000000, RESERVED});
}

static void the_most_restrictive_type_wins(void **state)
{
    static const uint32_t order[] = {USABLE, ACPI, NVS, RESERVED, BAD};

    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 5; k++) {
            assert_int_equal(SANITISE({0x1000, 0x1000, order[i], 1}, {0x1000, 0x1000, order[k], 1}),
                             0);
            EXPECT({0x1000, 0x2000, order[i > k ? i : k]});
        }
    }
    assert_int_equal(SANITISE({0x1000, 0x1000, ACPI, 1}, {0x1000, 0x1000, KERNEL, 1}), 0);
    EXPECT({0x1000, 0x2000, RESERVED}); /* our types mean nothing when a BIOS says them */
}

static void ends_are_cut_where_addresses_end(void **state)
{
    assert_int_equal(SANITISE({END - 0x1800, UINT64_MAX, RESERVED, 1}), 0);
    EXPECT({END - 0x2000, END, RESERVED});
    assert_int_equal(SANITISE({END - 0x2000, 0x2000, USABLE, 1}), 0);
    EXPECT({END - 0x2000, END, USABLE});
    assert_int_equal(SANITISE({END - 0x2000, 0x2001, USABLE, 1}, {END, 0x1000, RESERVED, 1},
                              {UINT64_MAX, 1, BAD, 1}, {UINT64_MAX, UINT64_MAX, USABLE, 1}),
                     0);
    assert_int_equal(map.count, 0);
    assert_int_equal(sanitise(NULL, 0), 0);
    assert_int_equal(map.count, 0);
}

static void less_than_a_page_gives_nothing_and_takes_all(void **state)
{
    assert_int_equal(SANITISE({0x1001, 0x1ffe, USABLE, 1}), 0);
    assert_int_equal(map.count, 0);
    assert_int_equal(SANITISE({0x1001, 0x1fff, USABLE, 1}), 0);
    EXPECT({0x2000, 0x3000, USABLE});
    assert_int_equal(SANITISE({0x1fff, 2, BAD, 1}), 0);
    EXPECT({0x1000, 0x3000, BAD});
}

static void too_many_ranges_keep_the_lowest(void **state)
{
    struct boot_memory_range raw[BOOT_MEMORY_RANGES_MAX + 1];

    for (uint32_t i = 0; i <= BOOT_MEMORY_RANGES_MAX; i++)
        raw[BOOT_MEMORY_RANGES_MAX - i] =
            (struct boot_memory_range){i * 2 * PAGE, PAGE, i % 2 ? USABLE : RESERVED, 1};
    assert_int_equal(sanitise(raw, BOOT_MEMORY_RANGES_MAX + 1), -E2BIG);
    assert_int_equal(map.count, BOOT_MEMORY_RANGES_MAX);
    for (uint32_t i = 0; i < BOOT_MEMORY_RANGES_MAX; i++)
        assert_int_equal(map.ranges[i].base, i * 2 * PAGE);
    assert_int_equal(sanitise(raw + 1, BOOT_MEMORY_RANGES_MAX), 0);

    /* Nor does a mark find room; the map is as before. */
    struct memmap before = map;
    assert_int_equal(memmap_mark(&map, PAGE, PAGE, BAD), -ENOSPC);
    assert_memory_equal(&map, &before, sizeof(map));
}

/* ---- the model: a type for each of the first pages ------------------------------------------- */

#define PAGES 48
static uint32_t model[PAGES];

static int rank(uint32_t type)
{
    return type == USABLE ? 1 : type == ACPI ? 2 : type == NVS ? 3 : type == RESERVED ? 4 : 5;
}

static uint32_t random_raw_type(void)
{
    static const uint32_t types[] = {USABLE, USABLE, USABLE, RESERVED, ACPI,
                                     NVS,    BAD,    0,      12,       KERNEL};

    return types[rand() % 10];
}

/* Byte by byte what the rules say of a page: usable only as a whole, anything else by one byte. */
static void model_entry(struct boot_memory_range *raw)
{
    bool known = raw->type >= USABLE && raw->type <= BAD;
    uint32_t type = known ? raw->type : RESERVED;

    for (uint64_t page = 0; page < PAGES; page++) {
        uint64_t first = page * PAGE, last = first + PAGE - 1, end = raw->base + raw->length;
        bool whole = raw->base <= first && last < end;
        bool touched = raw->length > 0 && raw->base <= last && first < end;
        if ((type == USABLE ? whole : touched) &&
            (model[page] == 0 || rank(type) > rank(model[page])))
            model[page] = type;
    }
}

static void check_against_model(void)
{
    uint64_t behind = 0;
    uint32_t before = 0;

    for (uint32_t i = 0; i < map.count; i++) {
        const struct boot_memory_range *r = &map.ranges[i];
        assert_true(r->length > 0 && r->base % PAGE == 0 && r->length % PAGE == 0);
        assert_true(i == 0 || r->base > behind || (r->base == behind && r->type != before));
        behind = r->base + r->length;
        before = r->type;
        assert_true(behind <= PAGES * PAGE);
    }
    for (uint64_t page = 0; page < PAGES; page++) {
        uint32_t type = 0;
        for (uint32_t i = 0; i < map.count; i++)
            if (page * PAGE - map.ranges[i].base < map.ranges[i].length)
                type = map.ranges[i].type;
        assert_int_equal(type, model[page]);
    }
}

static uint64_t random_address(void)
{
    uint64_t address = (uint64_t)rand() % PAGES * PAGE;

    switch (rand() % 4) {
    case 0:
        return address + (uint64_t)rand() % PAGE;
    case 1:
        return address + (rand() % 2 ? 1 : PAGE - 1);
    default:
        return address;
    }
}

static void random_map(void)
{
    struct boot_memory_range raw[16];
    uint32_t count = (uint32_t)rand() % 14;

    memset(model, 0, sizeof(model));
    for (uint32_t i = 0; i < count; i++) {
        uint64_t a = random_address(), b = random_address();
        raw[i].base = a < b ? a : b;
        raw[i].length = a < b ? b - a : a - b;
        raw[i].type = random_raw_type();
        raw[i].attributes = (uint32_t)rand();
        model_entry(&raw[i]);
    }
    assert_int_equal(sanitise(raw, count), 0);
}

static void random_maps_as_the_model(void **state)
{
    srand(3);
    for (int round = 0; round < 5000; round++) {
        random_map();
        check_against_model();
    }
}

static bool ours(uint32_t type)
{
    return type == USABLE || type >= LOADER;
}

static void model_mark(uint64_t base, uint64_t length, uint32_t type)
{
    for (uint64_t page = 0; page < PAGES; page++) {
        uint64_t first = page * PAGE, last = first + PAGE - 1;
        bool whole = base <= first && last < base + length;
        bool touched = length > 0 && base <= last && first < base + length;
        bool may = !ours(type) || ours(model[page]);
        if ((type == USABLE ? whole : touched) && may)
            model[page] = type;
    }
}

static void random_marks_as_the_model(void **state)
{
    static const uint32_t types[] = {USABLE, RESERVED, ACPI, BAD, LOADER, KERNEL};

    srand(4);
    for (int round = 0; round < 2000; round++) {
        random_map();
        for (int i = 0; i < 6; i++) {
            uint64_t a = random_address(), b = random_address();
            uint64_t base = a < b ? a : b, length = a < b ? b - a : a - b;
            uint32_t type = types[rand() % 6];
            assert_int_equal(memmap_mark(&map, base, length, type), 0);
            model_mark(base, length, type);
            check_against_model();
        }
    }
}

static void a_mark_makes_no_memory_of_a_hole(void **state)
{
    assert_int_equal(SANITISE({0x1000, 0x1000, USABLE, 1}, {0x3000, 0x1000, RESERVED, 1}), 0);
    assert_int_equal(memmap_mark(&map, 0, 0x10000, KERNEL), 0);
    EXPECT({0x1000, 0x2000, KERNEL}, {0x3000, 0x4000, RESERVED});
    assert_int_equal(memmap_mark(&map, 0, 0x10000, USABLE), 0);
    EXPECT({0x1000, 0x2000, USABLE}, {0x3000, 0x4000, RESERVED});
    assert_int_equal(memmap_mark(&map, 0x1800, 0x1000, RESERVED), 0);
    EXPECT({0x1000, 0x4000, RESERVED});
    assert_int_equal(memmap_mark(&map, 0, UINT64_MAX, BAD), 0);
    EXPECT({0, END, BAD});
}

static void limit_cuts_usable_memory_alone(void **state)
{
    static const struct boot_memory_range raw[] = {
        {0, 0x3000, USABLE, 1}, {0x4000, 0x4000, USABLE, 1}, {0x8000, 0x1000, ACPI, 1},
        {0x9000, 0x1000, USABLE, 1}};

    assert_int_equal(sanitise(raw, 4), 0);
    memmap_limit(&map, 0x5fff);
    EXPECT({0, 0x3000, USABLE}, {0x4000, 0x5000, USABLE}, {0x8000, 0x9000, ACPI});
    memmap_limit(&map, 0x3000);
    EXPECT({0, 0x3000, USABLE}, {0x8000, 0x9000, ACPI});
    memmap_limit(&map, 0);
    EXPECT({0x8000, 0x9000, ACPI});
    assert_int_equal(sanitise(raw, 4), 0);
    memmap_limit(&map, UINT64_MAX);
    assert_int_equal(map.count, 4);
}

/* All aligned places that would do, lowest or highest. */
static uint64_t model_find(uint64_t size, uint64_t align, uint64_t low, uint64_t high, bool highest)
{
    uint64_t found = UINT64_MAX;

    for (uint64_t base = 0; base < PAGES * PAGE; base += PAGE / 2) {
        bool fits = base % align == 0 && base >= low && base + size <= high;
        for (uint64_t at = base; fits && at < base + size; at += PAGE / 2)
            fits = at / PAGE < PAGES && model[at / PAGE] == USABLE;
        if (fits && (highest || found == UINT64_MAX))
            found = base;
    }
    return found;
}

static void searches_as_the_model(void **state)
{
    srand(5);
    for (int round = 0; round < 3000; round++) {
        random_map();
        uint64_t size = (uint64_t)(rand() % 12 + 1) * PAGE / 2, align = PAGE / 2 << rand() % 5;
        uint64_t low = (uint64_t)rand() % 40 * PAGE / 2,
                 high = low + (uint64_t)rand() % 80 * PAGE / 2;
        uint64_t base = 0, expected = model_find(size, align, low, high, false);
        int error = memmap_find(&map, size, align, low, high, &base);

        assert_int_equal(error, expected == UINT64_MAX ? -ENOMEM : 0);
        if (error == 0)
            assert_int_equal(base, expected);
        expected = model_find(size, align, low, high, true);
        error = memmap_find_high(&map, size, align, low, high, &base);
        assert_int_equal(error, expected == UINT64_MAX ? -ENOMEM : 0);
        if (error == 0)
            assert_int_equal(base, expected);
    }
}

static void searches_refuse_nonsense(void **state)
{
    uint64_t base = 7;

    assert_int_equal(SANITISE({0x1000, 0x5000, USABLE, 1}), 0);
    assert_int_equal(memmap_find(&map, 0, 1, 0, UINT64_MAX, &base), -EINVAL);
    assert_int_equal(memmap_find(&map, 1, 0, 0, UINT64_MAX, &base), -EINVAL);
    assert_int_equal(memmap_find_high(&map, 1, 3, 0, UINT64_MAX, &base), -EINVAL);
    assert_int_equal(memmap_find(&map, UINT64_MAX, 1, 0, UINT64_MAX, &base), -ENOMEM);
    assert_int_equal(memmap_find_high(&map, UINT64_MAX, 1, 0, UINT64_MAX, &base), -ENOMEM);
    assert_int_equal(memmap_find(&map, 1, (uint64_t)1 << 63, 0, UINT64_MAX, &base), -ENOMEM);
    assert_int_equal(memmap_find_high(&map, 1, 1, 0x3000, 0x2000, &base), -ENOMEM);
    assert_int_equal(base, 7);
}

static void is_means_all_of_it(void **state)
{
    assert_int_equal(SANITISE({0x1000, 0x2000, USABLE, 1}, {0x3000, 0x1000, ACPI, 1}), 0);
    assert_true(memmap_is(&map, 0x1000, 0x2000, USABLE));
    assert_true(memmap_is(&map, 0x1fff, 1, USABLE));
    assert_true(memmap_is(&map, 0x3000, 0x1000, ACPI));
    assert_true(memmap_is(&map, 0x2000, 0x1000, USABLE));
    assert_false(memmap_is(&map, 0x2000, 0x1001, USABLE));
    assert_false(memmap_is(&map, 0x1000, 0x2001, USABLE));
    assert_false(memmap_is(&map, 0xfff, 2, USABLE));
    assert_false(memmap_is(&map, 0x4000, 1, ACPI));
    assert_false(memmap_is(&map, 0x3000, 0x1000, USABLE));
    assert_false(memmap_is(&map, 0x1000, UINT64_MAX, USABLE));
}

static void only_the_ranges_of_the_count_exist(void **state)
{
    assert_int_equal(SANITISE({0x1000, 0x2000, USABLE, 1}, {0x5000, 0x1000, USABLE, 1}), 0);
    assert_int_equal(memmap_total(&map, USABLE), 0x3000);
    map.count = 1; /* what lies behind it is left over */
    assert_int_equal(memmap_total(&map, USABLE), 0x2000);
    assert_false(memmap_is(&map, 0x5000, 0x1000, USABLE));
}

static void types_have_names(void **state)
{
    assert_string_equal(memory_type_name(USABLE), "usable");
    assert_string_equal(memory_type_name(KERNEL), "kernel");
    assert_string_equal(memory_type_name(0), "unknown");
    assert_string_equal(memory_type_name(UINT32_MAX), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_messy_bios_gives_the_known_map),
        cmocka_unit_test(the_map_of_a_common_pc_stays),
        cmocka_unit_test(the_most_restrictive_type_wins),
        cmocka_unit_test(ends_are_cut_where_addresses_end),
        cmocka_unit_test(less_than_a_page_gives_nothing_and_takes_all),
        cmocka_unit_test(too_many_ranges_keep_the_lowest),
        cmocka_unit_test(random_maps_as_the_model),
        cmocka_unit_test(random_marks_as_the_model),
        cmocka_unit_test(a_mark_makes_no_memory_of_a_hole),
        cmocka_unit_test(limit_cuts_usable_memory_alone),
        cmocka_unit_test(searches_as_the_model),
        cmocka_unit_test(searches_refuse_nonsense),
        cmocka_unit_test(is_means_all_of_it),
        cmocka_unit_test(only_the_ranges_of_the_count_exist),
        cmocka_unit_test(types_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
