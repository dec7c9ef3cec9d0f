/* links: kernel/core/memory/inject.c lib/mbr.c lib/errno.c */
/* Disks by name, requests kept inside their device, and the boot partition among several disks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/block/block.h"
#include "kernel/core/log/log.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/core/sync/wait_fake.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"

/* ---- a fake disk ----------------------------------------------------------------------------- */

struct fake_disk {
    struct disk disk;
    uint8_t mbr[512];
    int error; /* of all requests */
    uint64_t last_lba;
    uint32_t last_count;
    unsigned reads, writes, flushes;
    void (*meanwhile)(struct disk *disk); /* called in the next read */
};

static char log_text[4096];
static uint64_t now_us;

void log_write(enum log_level level, const char *area, const char *format, ...)
{
    va_list args;
    size_t used = strlen(log_text);

    (void)level;
    (void)area;
    va_start(args, format);
    (void)vsnprintf(log_text + used, sizeof(log_text) - used, format, args);
    va_end(args);
}

static struct mutex *held;

void mutex_init(struct mutex *mutex, const char *name)
{
    *mutex = (struct mutex)MUTEX(name);
}

void mutex_lock(struct mutex *mutex)
{
    assert_null(held);
    held = mutex;
}

void mutex_unlock(struct mutex *mutex)
{
    assert_ptr_equal(held, mutex);
    held = NULL;
}

/* Who waits for the end of requests would wait for ever here. */
static jmp_buf waits;

int wait_locked(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    (void)saved, (void)deadline_ns;
    queue->lock.held = 0;
    longjmp(waits, 1);
}

uint64_t time_now_us(void)
{
    return now_us;
}

static int fake_read(struct disk *disk, uint64_t lba, uint32_t count, void *to)
{
    struct fake_disk *fake = disk->driver;

    assert_true(count > 0 && lba < disk->sectors && count <= disk->sectors - lba);
    assert_true(disk->queues ? held == NULL : held != NULL);
    if (fake->meanwhile)
        fake->meanwhile(disk);
    fake->reads++;
    fake->last_lba = lba;
    fake->last_count = count;
    now_us += count;
    if (fake->error)
        return fake->error;
    memset(to, 0, 512 * (size_t)count);
    if (lba == 0)
        memcpy(to, fake->mbr, 512);
    return 0;
}

static int fake_write(struct disk *disk, uint64_t lba, uint32_t count, const void *from)
{
    struct fake_disk *fake = disk->driver;

    (void)from;
    assert_true(count > 0 && lba < disk->sectors && count <= disk->sectors - lba);
    assert_non_null(held);
    fake->writes++;
    fake->last_lba = lba;
    fake->last_count = count;
    return fake->error;
}

static int fake_flush(struct disk *disk)
{
    struct fake_disk *fake = disk->driver;
    fake->flushes++;
    return fake->error;
}

static const struct disk_operations operations = {fake_read, fake_write, fake_flush};

static void put32(uint8_t *to, uint64_t value)
{
    for (unsigned i = 0; i < 4; i++)
        to[i] = (uint8_t)(value >> (8 * i));
}

static void set_partition(struct fake_disk *fake, unsigned number, uint32_t start, uint32_t sectors)
{
    uint8_t *entry = fake->mbr + 0x1be + 16 * (number - 1);
    entry[4] = 0x83;
    put32(entry + 8, start);
    put32(entry + 12, sectors);
}

static void make_disk(struct fake_disk *fake, uint32_t signature, uint32_t start, uint32_t sectors)
{
    memset(fake, 0, sizeof(*fake));
    fake->disk = (struct disk){.operations = &operations, .driver = fake, .sectors = 100000};
    put32(fake->mbr + 0x1b8, signature);
    fake->mbr[510] = 0x55;
    fake->mbr[511] = 0xaa;
    if (sectors)
        set_partition(fake, 1, start, sectors);
}

/* ---- requests -------------------------------------------------------------------------------- */

static struct fake_disk one;
static uint8_t buffer[512 * 256];

static void test_read_inside(void **state)
{
    (void)state;
    make_disk(&one, 1, 0, 0);
    struct block_device device = {&one.disk, 1000, 500};
    assert_int_equal(block_read(&device, 3, 7, buffer), 0);
    assert_int_equal(one.last_lba, 1003);
    assert_int_equal(one.last_count, 7);
    assert_int_equal(block_read(&device, 499, 1, buffer), 0);
    assert_int_equal(block_write(&device, 0, 200, buffer), 0);
    assert_int_equal(one.last_lba, 1000);
    assert_int_equal(block_flush(&device), 0);
    assert_int_equal(one.flushes, 1);
    assert_int_equal(block_read(&device, 500, 0, buffer), 0); /* nothing, at the very end */
    assert_int_equal(one.reads, 2);
}

static void test_never_outside(void **state)
{
    (void)state;
    make_disk(&one, 1, 0, 0);
    struct block_device device = {&one.disk, 1000, 500};
    static const struct {
        uint64_t sector;
        uint32_t count;
    } bad[] = {{500, 1},       {499, 2}, {0, 501}, {UINT64_MAX, 1}, {UINT64_MAX - 999, 1},
               {1, UINT32_MAX}};
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(block_read(&device, bad[i].sector, bad[i].count, buffer), -EINVAL);
        assert_int_equal(block_write(&device, bad[i].sector, bad[i].count, buffer), -EINVAL);
    }
    struct block_device too_long = {&one.disk, 99999, 2}, far_off = {&one.disk, UINT64_MAX, 2},
                        none = {NULL, 0, 1};
    assert_int_equal(block_read(&too_long, 0, 1, buffer), -EINVAL);
    assert_int_equal(block_read(&far_off, 0, 1, buffer), -EINVAL);
    assert_int_equal(block_read(&none, 0, 1, buffer), -EINVAL);
    assert_int_equal(block_flush(&none), -EINVAL);
    assert_int_equal(one.reads + one.writes, 0);
}

static void test_errors_and_read_only(void **state)
{
    (void)state;
    make_disk(&one, 1, 0, 0);
    struct block_device device = {&one.disk, 0, 500};
    one.error = -EIO;
    assert_int_equal(block_read(&device, 0, 1, buffer), -EIO);
    assert_int_equal(block_write(&device, 0, 1, buffer), -EIO);
    assert_int_equal(block_flush(&device), -EIO);
    one.error = 0;
    one.disk.read_only = true;
    one.writes = one.flushes = 0;
    assert_int_equal(block_write(&device, 0, 1, buffer), -EROFS);
    assert_int_equal(block_flush(&device), 0);
    assert_int_equal(one.writes + one.flushes, 0);
}

static void test_bench(void **state)
{
    uint64_t us = 0;
    (void)state;
    make_disk(&one, 1, 0, 0);
    struct block_device device = {&one.disk, 0, 1000};
    assert_int_equal(block_bench(&device, 1000 * 512, &us), 0);
    assert_int_equal(us, 1000); /* the fake takes a microsecond for a sector */
    assert_int_equal(block_bench(&device, 1001 * 512, &us), -EINVAL);
    one.error = -EIO;
    assert_int_equal(block_bench(&device, 512, &us), -EIO);
}

/* ---- the registry and the boot partition --------------------------------------------------------
   The registry only grows, as in the kernel: these run in this order, on these disks. */

static struct fake_disk disks[BLOCK_DISKS_MAX + 1];

static void test_nothing_registered(void **state)
{
    struct boot_disk boot = {.mbr_signature = 1};
    struct block_device device;
    struct fake_disk broken = {.disk = {.sectors = 1}};

    (void)state;
    assert_int_equal(block_disk_count(), 0);
    assert_null(block_disk(0));
    assert_int_equal(block_find_boot(&boot, &device), -ENODEV);
    assert_int_equal(ddi_disk_register(&broken.disk, "ata"), -EINVAL); /* no way to read */
    make_disk(&broken, 1, 0, 0);
    broken.disk.sectors = 0;
    assert_int_equal(ddi_disk_register(&broken.disk, "ata"), -EINVAL);
    assert_int_equal(block_disk_count(), 0);
}

static void test_names(void **state)
{
    (void)state;
    make_disk(&disks[0], 0x1111, 2048, 50000); /* another system's */
    make_disk(&disks[1], 0xf00d, 63, 40000);   /* our signature, another partition */
    make_disk(&disks[2], 0xf00d, 0, 0);        /* unreadable */
    disks[2].error = -EIO;
    make_disk(&disks[3], 0xf00d, 2048, 40000); /* ours */
    set_partition(&disks[3], 2, 63, 100);
    assert_int_equal(ddi_disk_register(&disks[0].disk, "ata"), 0);
    assert_int_equal(ddi_disk_register(&disks[1].disk, "ram"), 0);
    assert_int_equal(ddi_disk_register(&disks[2].disk, "ata"), 0);
    assert_int_equal(ddi_disk_register(&disks[3].disk, "ata"), 0);
    assert_string_equal(block_disk(0)->name, "ata0");
    assert_string_equal(block_disk(1)->name, "ram0");
    assert_string_equal(block_disk(2)->name, "ata1");
    assert_string_equal(block_disk(3)->name, "ata2");
    assert_null(block_disk(4));
}

static void test_buses(void **state)
{
    struct mutex *first;

    (void)state;
    disks[0].disk.bus = disks[2].disk.bus = disks;
    block_hold(&disks[0].disk);
    first = held;
    block_release(&disks[0].disk);
    block_hold(&disks[2].disk); /* on the bus of the first */
    assert_ptr_equal(held, first);
    block_release(&disks[2].disk);
    block_hold(&disks[3].disk);
    assert_ptr_not_equal(held, first);
    block_release(&disks[3].disk);
}

static unsigned waited;

/* In the middle of a request: another goes, but nobody has the disk alone. */
static void look_in_between(struct disk *disk)
{
    struct fake_disk *fake = disk->driver;
    uint8_t sector[512];

    fake->meanwhile = NULL;
    assert_int_equal(block_read(&(struct block_device){disk, 0, 8}, 2, 1, sector), 0);
    if (setjmp(waits) == 0)
        block_hold(disk);
    else
        waited++;
    held = NULL;
}

static void test_a_disk_that_queues(void **state)
{
    uint8_t sector[512];

    (void)state;
    disks[0].disk.queues = true;
    disks[0].meanwhile = look_in_between;
    waited = 0;
    assert_int_equal(block_read(&(struct block_device){&disks[0].disk, 0, 8}, 1, 1, sector), 0);
    assert_int_equal(disks[0].reads, 2);
    assert_int_equal(waited, 1);
    block_hold(&disks[0].disk); /* nobody is at it: no wait */
    assert_non_null(held);
    block_release(&disks[0].disk);
}

static void test_partitions(void **state)
{
    struct mbr mbr;
    (void)state;
    assert_int_equal(block_partitions(&disks[3].disk, &mbr), 0);
    assert_int_equal(mbr.count, 2);
    assert_int_equal(mbr.partitions[0].start_lba, 2048);
    assert_int_equal(block_partitions(&disks[2].disk, &mbr), -EIO);
    disks[0].mbr[511] = 0;
    assert_int_equal(block_partitions(&disks[0].disk, &mbr), -EINVAL);
    disks[0].mbr[511] = 0xaa;
    set_partition(&disks[0], 2, 99999, 2); /* beyond the end of the disk */
    assert_int_equal(block_partitions(&disks[0].disk, &mbr), -EUCLEAN);
    set_partition(&disks[0], 2, 99999, 1);
    assert_int_equal(block_partitions(&disks[0].disk, &mbr), 0);
}

static void test_find_boot(void **state)
{
    struct boot_disk boot = {
        .mbr_signature = 0xf00d, .partition_start_lba = 2048, .partition_sectors = 40000};
    struct block_device device = {0};

    (void)state;
    assert_int_equal(block_find_boot(&boot, &device), 0);
    assert_ptr_equal(device.disk,
                     &disks[3].disk); /* not disks[1], whose partition starts elsewhere */
    assert_int_equal(device.start_lba, 2048);
    assert_int_equal(device.sectors, 40000);
    boot.partition_start_lba = 63;
    boot.partition_sectors = 100;
    assert_int_equal(block_find_boot(&boot, &device), 0);
    assert_int_equal(device.sectors, 100); /* the second entry of disks[3] */
    boot.partition_start_lba = 64;
    assert_int_equal(block_find_boot(&boot, &device), -ENODEV);
    boot.partition_start_lba = 2048;
    boot.partition_sectors = 40000;
    boot.mbr_signature = 0xf00e;
    assert_int_equal(block_find_boot(&boot, &device), -ENODEV);
}

static void test_copies(void **state)
{
    struct boot_disk boot = {
        .mbr_signature = 0xf00d, .partition_start_lba = 2048, .partition_sectors = 40000};
    struct block_device device = {0};

    (void)state;
    make_disk(&disks[4], 0xf00d, 2048, 40000);
    assert_int_equal(ddi_disk_register(&disks[4].disk, "ata"), 0);
    log_text[0] = '\0';
    assert_int_equal(block_find_boot(&boot, &device), 0);
    assert_ptr_equal(device.disk, &disks[3].disk); /* the first */
    assert_non_null(strstr(log_text, "ata2 and ata3 are copies"));
}

static void test_full(void **state)
{
    (void)state;
    for (unsigned i = 5; i < BLOCK_DISKS_MAX; i++) {
        make_disk(&disks[i], i, 0, 0);
        assert_int_equal(ddi_disk_register(&disks[i].disk, "ata"), 0);
    }
    make_disk(&disks[BLOCK_DISKS_MAX], 9, 0, 0);
    assert_int_equal(ddi_disk_register(&disks[BLOCK_DISKS_MAX].disk, "ata"), -ENOSPC);
    assert_int_equal(block_disk_count(), BLOCK_DISKS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_inside),
        cmocka_unit_test(test_never_outside),
        cmocka_unit_test(test_errors_and_read_only),
        cmocka_unit_test(test_bench),
        cmocka_unit_test(test_nothing_registered),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_buses),
        cmocka_unit_test(test_a_disk_that_queues),
        cmocka_unit_test(test_partitions),
        cmocka_unit_test(test_find_boot),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
