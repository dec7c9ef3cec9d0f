/* The partition table: sound ones, and each way to be unsound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/errno.h"
#include "lib/mbr.h"

#define DISK_SECTORS 100000

static uint8_t *sector; /* exactly 512 bytes */
static struct mbr mbr;

static void put(int slot, uint8_t status, uint8_t type, uint32_t start, uint32_t sectors)
{
    uint8_t *entry = sector + 446 + slot * 16;

    entry[0] = status;
    entry[4] = type;
    wr32(entry + 8, start);
    wr32(entry + 12, sectors);
}

static int setup(void **state)
{
    sector = calloc(512, 1);
    if (sector == NULL)
        return 1;
    memset(sector, 0xcc, 440);
    wr32(sector + 440, 0xfa570517);
    sector[510] = 0x55;
    sector[511] = 0xaa;
    put(0, 0x80, 0x83, 2048, 50000);
    return 0;
}

static int teardown(void **state)
{
    free(sector);
    return 0;
}

static void one_active_partition(void **state)
{
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), 0);
    assert_int_equal(mbr.signature, 0xfa570517);
    assert_int_equal(mbr.count, 1);
    assert_int_equal(mbr.partitions[0].number, 1);
    assert_int_equal(mbr.partitions[0].active, 1);
    assert_int_equal(mbr.partitions[0].type, 0x83);
    assert_int_equal(mbr.partitions[0].start_lba, 2048);
    assert_int_equal(mbr.partitions[0].sectors, 50000);
}

static void empty_slots_keep_the_numbers(void **state)
{
    put(0, 0, 0, 0, 0);
    put(1, 0, 0x0c, 60000, 1);
    put(3, 0x80, 0x83, 63, 60000 - 63);
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), 0);
    assert_int_equal(mbr.count, 2);
    assert_int_equal(mbr.partitions[0].number, 2);
    assert_int_equal(mbr.partitions[0].active, 0);
    assert_int_equal(mbr.partitions[1].number, 4);
    assert_int_equal(mbr.partitions[1].start_lba, 63);
}

static void no_end_mark(void **state)
{
    sector[511] = 0x55;
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EINVAL);
    sector[511] = 0xaa;
    sector[510] = 0;
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EINVAL);
}

static void an_unknown_status(void **state)
{
    put(2, 0x01, 0, 0, 0);
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    put(2, 0x81, 0x83, 70000, 10);
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
}

static void the_end_of_the_disk(void **state)
{
    put(1, 0, 0x83, 99999, 1);
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), 0);
    put(1, 0, 0x83, 99999, 2);
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    put(1, 0, 0x83, 100000, 1);
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    put(1, 0, 0x83, UINT32_MAX, UINT32_MAX); /* no wrap at 32 bits */
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    assert_int_equal(mbr_parse(sector, 0, &mbr), 0); /* of unknown size */
    assert_int_equal(mbr.partitions[1].start_lba, UINT32_MAX);
}

static void overlapping_partitions(void **state)
{
    put(1, 0, 0x83, 52048, 100); /* touches */
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), 0);
    put(1, 0, 0x83, 52047, 100);
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    put(1, 0, 0x83, 1, 2048); /* the last of it is the first of the other */
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    put(1, 0, 0x83, 3000, 1); /* inside */
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    put(1, 0, 0x83, 1, 99998); /* around */
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    put(1, 0, 0x83, 60000, 1000); /* not the first, but the second */
    put(2, 0, 0x83, 60999, 1);
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    put(2, 0, 0, 0, 0);
    put(0, 0, 0x83, 0x80000000, 0x10); /* sums beyond 32 bits */
    put(1, 0, 0x83, 0x7fffffff, 0xffffffff);
    assert_int_equal(mbr_parse(sector, 0, &mbr), -EUCLEAN);
}

static void an_empty_entry_with_a_start(void **state)
{
    put(1, 0, 0x83, 60000, 0);
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    put(1, 0, 0, 60000, 5);
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    put(1, 0, 0, 0, 5);
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), -EUCLEAN);
    put(1, 0x80, 0x83, 0, 0); /* says nothing but a type */
    assert_int_equal(mbr_parse(sector, DISK_SECTORS, &mbr), 0);
    assert_int_equal(mbr.count, 1);
}

#define with_sector(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_sector(one_active_partition),
        with_sector(empty_slots_keep_the_numbers),
        with_sector(no_end_mark),
        with_sector(an_unknown_status),
        with_sector(the_end_of_the_disk),
        with_sector(overlapping_partitions),
        with_sector(an_empty_entry_with_a_start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
