/* The kernel's page tables, walked as the CPU walks them. */
/* links: lib/memmap.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/errno.h"
#include "stage2/page_tables.h"

#define ARENA_PHYS  0x7654000ull
#define KERNEL_PHYS 0x1234000ull
#define NOWHERE     (~0ull)

#define PRESENT  (1ull << 0)
#define WRITABLE (1ull << 1)
#define LARGE    (1ull << 7)
#define NX       (1ull << 63)
#define ADDRESS  0x000ffffffffff000ull

static struct page_tables tables;
static struct memmap map;

static const struct elf_image image = {
    .entry = 0x1000,
    .memory_bytes = 0x9000,
    .segment_count = 3,
    .segments =
        {
            {0x0000, 0x0800, 0x0000, 0x0800, ELF_READ},
            {0x1000, 0x2234, 0x1000, 0x2234, ELF_READ | ELF_EXECUTE},
            {0x5ef8, 0x2200, 0x4ef8, 0x0300,
             ELF_READ | ELF_WRITE}, /* a page is missing before it */
        },
};

static void begin(bool nx, bool pages_1g, bool pat, uint64_t framebuffer_bytes)
{
    tables = (struct page_tables){.phys = ARENA_PHYS, .nx = nx, .pages_1g = pages_1g, .pat = pat};
    tables.pages = page_tables_bound(&map, pages_1g, image.memory_bytes, framebuffer_bytes);
    tables.arena = aligned_alloc(4096, tables.pages * PAGE_BYTES);
    assert_non_null(tables.arena);
    memset(tables.arena, 0xcc, tables.pages * PAGE_BYTES);
    assert_int_equal(page_tables_init(&tables), 0);
}

static void end(void)
{
    assert_true(tables.used <= tables.pages);
    free(tables.arena);
}

/* Where virt leads, NOWHERE if it is not mapped; *entry is the last one, *size its page's. */
static uint64_t translate(uint64_t virt, uint64_t *entry, uint64_t *size)
{
    const uint64_t *table = (const uint64_t *)tables.arena;

    for (int shift = 39;; shift -= 9) {
        *entry = table[virt >> shift & 511];
        *size = 1ull << shift;
        if (!(*entry & PRESENT))
            return NOWHERE;
        if (shift == 12 || (shift < 39 && *entry & LARGE))
            return (*entry & ADDRESS & ~(*size - 1)) | (virt & (*size - 1));
        assert_true((*entry & ADDRESS) - ARENA_PHYS < tables.used * PAGE_BYTES);
        table = (const uint64_t *)(tables.arena + ((*entry & ADDRESS) - ARENA_PHYS));
    }
}

static void add(uint64_t base, uint64_t length, uint32_t type)
{
    map.ranges[map.count++] = (struct boot_memory_range){base, length, type, 1};
}

/* A PC with 8 GiB: holes, ragged ends, ACPI, ramfb's framebuffer, a reserved terabyte. */
static void make_map(void)
{
    map.count = 0;
    add(0x0, 0x1000, BOOT_MEMORY_RESERVED);
    add(0x1000, 0x9e000, BOOT_MEMORY_LOADER);
    add(0xf0000, 0x10000, BOOT_MEMORY_RESERVED);
    add(0x100000, 0xf00000, BOOT_MEMORY_USABLE);
    add(0x1000000, 0x234000, BOOT_MEMORY_USABLE);
    add(0x1234000, 0x9000, BOOT_MEMORY_KERNEL);
    add(0x123d000, 0x7000000, BOOT_MEMORY_USABLE);
    add(0x823d000, 0x300000, BOOT_MEMORY_FRAMEBUFFER);
    add(0x853d000, 0xb6aa3000, BOOT_MEMORY_USABLE);
    add(0xbefe0000, 0x10000, BOOT_MEMORY_ACPI);
    add(0xbeff0000, 0x3000, BOOT_MEMORY_ACPI_NVS);
    add(0xbeff3000, 0xd000, BOOT_MEMORY_RESERVED);
    add(0xfffc0000, 0x40000, BOOT_MEMORY_RESERVED);
    add(0x100000000, 0x140000000, BOOT_MEMORY_USABLE);
    add(0xfd00000000, 0x300000000, BOOT_MEMORY_RESERVED);
}

static bool in_ram(uint64_t phys)
{
    for (uint32_t i = 0; i < map.count; i++) {
        const struct boot_memory_range *r = &map.ranges[i];
        if (phys >= r->base && phys - r->base < r->length)
            return r->type != BOOT_MEMORY_RESERVED && r->type != BOOT_MEMORY_FRAMEBUFFER;
    }
    return false;
}

static void check_physical(uint64_t phys, bool nx)
{
    uint64_t entry, size, got = translate(VIRT_PHYSICAL_MAP + phys, &entry, &size);

    if (phys >= 0x100000 && !in_ram(phys)) {
        assert_true(got == NOWHERE);
        return;
    }
    assert_true(got == phys);
    assert_true((entry & WRITABLE) && !!(entry & NX) == nx);
}

static void physical_map(void **state)
{
    for (int features = 0; features < 4; features++) {
        make_map();
        begin(features & 1, features & 2, true, 0);
        assert_int_equal(page_tables_physical_map(&tables, &map), 0);
        for (uint32_t i = 0; i < map.count; i++) {
            const struct boot_memory_range *r = &map.ranges[i];
            uint64_t points[] = {r->base, r->base + r->length - 1, r->base + r->length,
                                 r->base + r->length / 2, r->base ? r->base - 1 : 0};
            for (size_t p = 0; p < 5; p++)
                check_physical(points[p], features & 1);
        }
        srand(7);
        for (int i = 0; i < 100000; i++) {
            uint64_t phys = ((uint64_t)rand() << 16 ^ (uint64_t)rand()) & 0x3ffffffff;
            check_physical(phys, features & 1);
        }
        end();
    }
}

static void large_pages_where_they_fit(void **state)
{
    uint64_t entry, size;

    make_map();
    begin(true, true, true, 0);
    assert_int_equal(page_tables_physical_map(&tables, &map), 0);
    translate(VIRT_PHYSICAL_MAP + 0x140000000, &entry, &size);
    assert_true(size == 1 << 30);
    translate(VIRT_PHYSICAL_MAP + 0x40000000, &entry, &size);
    assert_true(size == 1 << 30);
    translate(VIRT_PHYSICAL_MAP + 0x1000000, &entry, &size);
    assert_true(size == 1 << 21);
    assert_true(tables.used < 20);
    end();
    begin(true, false, true, 0);
    assert_int_equal(page_tables_physical_map(&tables, &map), 0);
    translate(VIRT_PHYSICAL_MAP + 0x140000000, &entry, &size);
    assert_true(size == 1 << 21);
    end();
}

static void kernel_rights(void **state)
{
    uint64_t entry, size, virt = VIRT_KERNEL + 77 * 0x200000ull;

    make_map();
    begin(true, false, true, 0);
    assert_int_equal(page_tables_kernel(&tables, &image, KERNEL_PHYS, virt), 0);
    assert_true(translate(virt + 0x7ff, &entry, &size) == KERNEL_PHYS + 0x7ff);
    assert_true(size == 4096 && !(entry & WRITABLE) && (entry & NX));
    for (uint64_t at = 0x1000; at < 0x4000; at += 0x1000) {
        assert_true(translate(virt + at, &entry, &size) == KERNEL_PHYS + at);
        assert_true(!(entry & WRITABLE) && !(entry & NX));
    }
    assert_true(translate(virt + 0x4000, &entry, &size) == NOWHERE);
    for (uint64_t at = 0x5000; at < 0x9000; at += 0x1000) {
        assert_true(translate(virt + at, &entry, &size) == KERNEL_PHYS + at);
        assert_true((entry & WRITABLE) && (entry & NX));
    }
    assert_true(translate(virt + 0x9000, &entry, &size) == NOWHERE);
    assert_true(translate(virt - 1, &entry, &size) == NOWHERE);
    end();
}

static void framebuffer(void **state)
{
    static const struct {
        uint64_t phys, bytes;
    } cases[] = {{0xe0000000, 0x300000}, {0xfd000000, 0x3e8000}, {0x823d000, 0x300000},
                 {0xe0000800, 0x1000},   {0xfffff000, 0x1000},   {0xe0000000, 0x1fa4000}};

    for (int pat = 0; pat < 2; pat++) {
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
            uint64_t virt, entry, size, phys = cases[i].phys, bytes = cases[i].bytes;
            make_map();
            begin(true, true, pat, bytes);
            assert_int_equal(page_tables_physical_map(&tables, &map), 0);
            assert_int_equal(page_tables_kernel(&tables, &image, KERNEL_PHYS, VIRT_KERNEL), 0);
            assert_int_equal(page_tables_low_identity(&tables), 0);
            assert_int_equal(page_tables_framebuffer(&tables, phys, bytes, &virt), 0);
            assert_true(virt >> 39 == VIRT_FRAMEBUFFER >> 39);
            for (uint64_t at = 0; at < bytes; at += 2048) {
                assert_true(translate(virt + at, &entry, &size) == phys + at);
                uint64_t pat_bit = size == 4096 ? 1ull << 7 : 1ull << 12;
                uint64_t caching = entry & (pat_bit | 3ull << 3);
                assert_true(caching == (pat ? pat_bit : 3ull << 3)); /* PAT entry 4, or UC */
                assert_true((entry & WRITABLE) && (entry & NX));
            }
            end();
        }
    }
}

static void recursive_and_identity(void **state)
{
    uint64_t entry, size;

    make_map();
    begin(true, true, true, 0);
    assert_int_equal(page_tables_low_identity(&tables), 0);
    assert_true(translate(0x9000, &entry, &size) == 0x9000);
    assert_true((entry & WRITABLE) && !(entry & NX));
    assert_true(translate(0x200000, &entry, &size) == NOWHERE);
    assert_true((((uint64_t *)tables.arena)[511] & ADDRESS) == ARENA_PHYS);
    end();
}

static void a_full_arena_is_an_error(void **state)
{
    make_map();
    begin(true, true, true, 0);
    for (uint32_t pages = 1; pages < 8; pages++) {
        tables.pages = pages;
        assert_int_equal(page_tables_init(&tables), 0);
        assert_int_equal(page_tables_physical_map(&tables, &map), -ENOSPC);
    }
    end();
}

/* The bound holds for maps nobody thought of. */
static void random_maps(void **state)
{
    srand(11);
    for (int round = 0; round < 300; round++) {
        uint64_t at = 0, virt;
        bool pages_1g = rand() & 1;
        map.count = 0;
        while (map.count < BOOT_MEMORY_RANGES_MAX && at < 1ull << 40) {
            at += (uint64_t)(rand() % 3 ? 0 : rand() % 4096) << 12;
            uint64_t length = ((uint64_t)rand() % (1u << (rand() % 20)) + 1) << 12;
            add(at, length, (uint32_t[]){1, 2, 3, 4, 16, 17, 18, 19, 20}[rand() % 9]);
            at += length;
        }
        uint64_t bytes = (uint64_t)rand() % (32u << 20) + 1;
        begin(true, pages_1g, true, bytes);
        assert_int_equal(page_tables_physical_map(&tables, &map), 0);
        assert_int_equal(page_tables_kernel(&tables, &image, KERNEL_PHYS, VIRT_KERNEL), 0);
        assert_int_equal(page_tables_low_identity(&tables), 0);
        assert_int_equal(page_tables_framebuffer(&tables, 0xfd000000, bytes, &virt), 0);
        for (int i = 0; i < 300; i++) {
            const struct boot_memory_range *r = &map.ranges[(uint32_t)rand() % map.count];
            check_physical(r->base + ((uint64_t)rand() << 10) % r->length, true);
        }
        end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(physical_map),
        cmocka_unit_test(large_pages_where_they_fit),
        cmocka_unit_test(kernel_rights),
        cmocka_unit_test(framebuffer),
        cmocka_unit_test(recursive_and_identity),
        cmocka_unit_test(a_full_arena_is_an_error),
        cmocka_unit_test(random_maps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
