/* The root in memory: chunks in any order, holes, odd ends, and descriptions that do not fit
 * together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/arch/arch.h"
#include "kernel/core/block/block.h"
#include "lib/errno.h"

#define CHUNK  4096u
#define CHUNKS 5u
#define BYTES  (4 * CHUNK + 1536u) /* the last chunk is not a whole one */

static struct disk *registered;
static uint64_t table[CHUNKS];
static uint8_t image[CHUNKS * CHUNK], got[CHUNKS * CHUNK];
static struct boot_ramdisk ramdisk;

/* On the host a physical address is an address. */
void *phys_to_virt(uint64_t phys)
{
    return (void *)(uintptr_t)phys;
}

int ddi_disk_register(struct disk *disk, const char *prefix)
{
    assert_string_equal(prefix, "ram");
    registered = disk;
    return 0;
}

/* Chunks on the heap, each of its exact size, so that the sanitizer sees a byte too much. */
static int setup(void **state)
{
    (void)state;
    for (unsigned i = 0; i < BYTES; i++)
        image[i] = (uint8_t)rand();
    memset(image + CHUNK, 0, CHUNK); /* chunk 1 is a hole */
    for (unsigned i = CHUNKS; i-- > 0;) {
        size_t size = i == CHUNKS - 1 ? BYTES % CHUNK : CHUNK;
        uint8_t *chunk = malloc(size);
        memcpy(chunk, image + i * CHUNK, size);
        table[i] = (uintptr_t)chunk;
    }
    free((void *)(uintptr_t)table[1]);
    table[1] = 0;
    ramdisk = (struct boot_ramdisk){
        .table_phys = (uintptr_t)table, .bytes = BYTES, .chunks = CHUNKS, .chunk_bytes = CHUNK};
    registered = NULL;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CHUNKS; i++)
        free((void *)(uintptr_t)table[i]);
    return 0;
}

static void test_every_range(void **state)
{
    (void)state;
    assert_int_equal(ramdisk_init(&ramdisk), 0);
    assert_int_equal(registered->sectors, BYTES / 512);
    assert_true(registered->read_only);
    for (unsigned first = 0; first < BYTES / 512; first++) {
        for (unsigned count = 1; count <= BYTES / 512 - first; count++) {
            memset(got, 0xee, sizeof(got));
            assert_int_equal(registered->operations->read(registered, first, count, got), 0);
            assert_memory_equal(got, image + 512 * first, 512 * count);
            assert_int_equal(got[512 * count], 0xee);
        }
    }
}

static void test_bounds(void **state)
{
    (void)state;
    assert_int_equal(ramdisk_init(&ramdisk), 0);
    assert_int_equal(registered->operations->read(registered, BYTES / 512, 1, got), -EINVAL);
    assert_int_equal(registered->operations->read(registered, 0, BYTES / 512 + 1, got), -EINVAL);
    assert_int_equal(registered->operations->read(registered, UINT64_MAX, 2, got), -EINVAL);
    assert_null(registered->operations->write);
}

static void refuse(struct boot_ramdisk bad)
{
    assert_int_equal(ramdisk_init(&bad), -EINVAL);
    assert_null(registered);
}

static void test_refused(void **state)
{
    struct boot_ramdisk bad;
    (void)state;
    bad = ramdisk, bad.table_phys = 0, refuse(bad);
    bad = ramdisk, bad.bytes = 0, refuse(bad);
    bad = ramdisk, bad.bytes++, refuse(bad);
    bad = ramdisk, bad.chunk_bytes = 0, refuse(bad);
    bad = ramdisk, bad.chunk_bytes = 4097, refuse(bad);
    bad = ramdisk, bad.chunks--, refuse(bad);
    bad = ramdisk, bad.chunks++, refuse(bad);
    bad = ramdisk, bad.bytes = UINT64_MAX - 511, refuse(bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_range, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
