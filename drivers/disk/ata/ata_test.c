/* links: drivers/disk/ata/dma.c drivers/disk/ata/channel.c lib/ata_identity.c kernel/core/driver/orders.c */
/* The ATA driver against a fake of the hardware: what it finds, moves, survives and says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/disk/ata/ata.h"
#include "drivers/disk/ata/ata_fake.h"

#define MEGA       (1024u * 1024u)
#define SECONDS(s) ((s) * 1000000000ull)

static uint8_t buffer[70000 * 512], expected[512];

static int setup(void **state)
{
    (void)state;
    fake_begin();
    memset(buffer, 0xcc, sizeof(buffer));
    return 0;
}

/* How many disks it finds, or its error. */
static int ata_init(void)
{
    fake_disk_count = 0;
    memset(ddi_driver.state, 0, ddi_driver.state_size);
    int error = ddi_driver.init();

    return error ? error : fake_disk_count;
}

/* One disk, primary master, registered. */
static struct disk *start_one(uint64_t sectors)
{
    if (fake[0].drives[0].seat == SEAT_EMPTY)
        (void)fake_add_disk(0, 0, sectors);
    assert_int_equal(ata_init(), 1);
    return fake_disks[0];
}

static int read_sectors(struct disk *disk, uint64_t lba, uint32_t count)
{
    return disk->operations->read(disk, lba, count, buffer);
}

static void check_buffer(const struct fake_drive *drive, uint64_t lba, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        fake_load(drive, lba + i, expected);
        assert_memory_equal(buffer + 512 * i, expected, 512);
    }
}

static void read_and_check(struct disk *disk, uint64_t lba, uint32_t count)
{
    assert_int_equal(read_sectors(disk, lba, count), 0);
    check_buffer(&fake[0].drives[0], lba, count);
}

static void assert_logged(const char *text)
{
    if (strstr(fake_log, text) == NULL)
        fail_msg("not in the log: %s\nthe log:\n%s", text, fake_log);
}

static void assert_not_logged(const char *text)
{
    if (strstr(fake_log, text) != NULL)
        fail_msg("in the log: %s\nthe log:\n%s", text, fake_log);
}

/* ---- looking for drives ---------------------------------------------------------------------- */

static void test_absent_takes_microseconds(void **state)
{
    static const uint8_t empty[] = {0x00, 0xff, 0x7f};
    for (unsigned i = 0; i < sizeof(empty); i++) {
        fake_begin();
        fake[0].empty = fake[1].empty = empty[i];
        uint64_t begin = fake_ns;
        assert_int_equal(ata_init(), -ENODEV);
        assert_true(fake_ns - begin < 50000);
        assert_false(fake[0].bound);
    }
}

static void test_finds_all_four(void **state)
{
    (void)fake_add_disk(0, 0, 1000);
    (void)fake_add_disk(0, 1, 2000);
    (void)fake_add_disk(1, 0, 3000);
    (void)fake_add_disk(1, 1, 4000);
    assert_int_equal(ata_init(), 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(fake_disks[i]->sectors, 1000 * (i + 1));
        assert_string_equal(fake_disks[i]->model, "FAKE DISK");
        assert_int_equal(fake_disks[i]->operations->read(fake_disks[i], 7, 30, buffer), 0);
        check_buffer(&fake[i / 2].drives[i % 2], 7, 30);
    }
    assert_string_equal(fake_disks[0]->where, "primary master, 0x1f0 irq 14");
    assert_string_equal(fake_disks[3]->where, "secondary slave, 0x170 irq 15");
    assert_int_equal(fake[0].resets + fake[1].resets, 0);
}

static void test_lone_slave(void **state)
{
    (void)fake_add_disk(1, 1, 500);
    assert_int_equal(ata_init(), 1);
    assert_string_equal(fake_disks[0]->where, "secondary slave, 0x170 irq 15");
    assert_int_equal(read_sectors(fake_disks[0], 499, 1), 0);
    check_buffer(&fake[1].drives[1], 499, 1);
}

static void test_ghosts(void **state)
{
    static const enum fake_ghost ghosts[] = {GHOST_SILENT, GHOST_STATUS, GHOST_ECHO};
    for (unsigned i = 0; i < 3; i++) {
        fake_begin();
        fake[0].ghost = ghosts[i];
        struct disk *disk = start_one(100);
        assert_int_equal(fake_disk_count, 1);
        read_and_check(disk, 0, 100);
        if (ghosts[i] == GHOST_ECHO)
            assert_logged("an echo of the master");
    }
}

static void test_packet_device_is_named(void **state)
{
    (void)fake_add_disk(0, 0, 100);
    *fake_add_disk(1, 0, 0) = (struct fake_drive){.seat = SEAT_PACKET};
    assert_int_equal(ata_init(), 1);
    assert_logged("secondary master: a packet device (ATAPI), not driven");
    assert_false(fake[1].bound);
}

static void test_slow_after_power_on(void **state)
{
    struct fake_drive *drive = fake_add_disk(0, 0, 100);
    drive->status = ATA_BSY;
    drive->next_status = ATA_DRDY;
    drive->busy_until = fake_ns + SECONDS(3);
    read_and_check(start_one(100), 0, 10);
    assert_logged("busy, waiting for it");
}

static void test_never_ready_is_bounded(void **state)
{
    struct fake_drive *drive = fake_add_disk(0, 0, 100);
    drive->status = ATA_BSY;
    drive->dead = true;
    uint64_t begin = fake_ns;
    assert_int_equal(ata_init(), -ENODEV);
    assert_true(fake_ns - begin < SECONDS(21));
    assert_logged("left alone");
}

static void test_left_in_a_transfer(void **state)
{
    struct fake_drive *drive = fake_add_disk(0, 0, 100);
    drive->status = ATA_DRDY | ATA_DRQ; /* a BIOS stopped half-way */
    read_and_check(start_one(100), 0, 10);
    assert_int_equal(fake[0].resets, 1);
}

static void test_identity_of_noise(void **state)
{
    static uint8_t noise[512];
    for (unsigned round = 0; round < 50; round++) {
        fake_begin();
        srand(round);
        for (unsigned i = 0; i < 512; i++)
            noise[i] = (uint8_t)rand();
        noise[1] |= 0x80; /* no ATA disk, in word 0 */
        fake_add_disk(0, 0, 100)->identity = noise;
        assert_int_equal(ata_init(), -ENODEV);
        assert_logged("left alone");
    }
}

static void test_short_identity(void **state)
{
    fake_add_disk(0, 0, 100)->no_drq_times = FAKE_FOREVER;
    fake_add_disk(0, 0, 100)->hang_times = FAKE_FOREVER;
    assert_int_equal(ata_init(), -ENODEV);
    fake_begin();
    fake_add_disk(0, 0, 100)->extra_drq_times = FAKE_FOREVER; /* more than 512 bytes */
    assert_int_equal(ata_init(), -ENODEV);
}

static void test_registry_full(void **state)
{
    (void)fake_add_disk(0, 0, 100);
    fake_disk_max = 0;
    assert_int_equal(ata_init(), -ENODEV);
    assert_logged("not registered");
}

/* ---- reading and writing --------------------------------------------------------------------- */

static void test_read_sizes(void **state)
{
    static const uint32_t counts[] = {1, 2, 15, 16, 17, 255, 256, 257, 1000, 65536, 65537, 70000};
    struct disk *disk = start_one(MEGA);
    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        read_and_check(disk, 3 * i, counts[i]);
    assert_true(fake[0].commands[ATA_READ_MULTIPLE] >= 7);
    assert_true(fake[0].commands[ATA_READ_MULTIPLE_EXT] >= 5);
    assert_int_equal(fake[0].commands[ATA_READ_SECTORS], 0);
    assert_int_equal(fake[0].resets, 0);
}

static void test_bounds(void **state)
{
    struct disk *disk = start_one(1000);
    read_and_check(disk, 999, 1);
    assert_int_equal(read_sectors(disk, 1000, 1), -EINVAL);
    assert_int_equal(read_sectors(disk, 999, 2), -EINVAL);
    assert_int_equal(read_sectors(disk, UINT64_MAX, 2), -EINVAL);
    assert_int_equal(read_sectors(disk, 0, 0), -EINVAL);
    assert_int_equal(read_sectors(disk, 0, 1001), -EINVAL);
}

static void test_lba28_only(void **state)
{
    fake_add_disk(0, 0, 0x0fffffff)->lba48 = false;
    struct disk *disk = start_one(0);
    read_and_check(disk, 0, 600);
    read_and_check(disk, 0x0fffffff - 300, 300);
    assert_int_equal(fake[0].commands[ATA_READ_MULTIPLE], 5);
    assert_int_equal(fake[0].commands[ATA_READ_MULTIPLE_EXT], 0);
}

static void test_beyond_28_bits(void **state)
{
    struct disk *disk = start_one(1ull << 40);
    read_and_check(disk, (1u << 28) - 5, 10);
    assert_int_equal(fake[0].resets, 0);
    read_and_check(disk, (1u << 28) - 1, 1);
    read_and_check(disk, (1ull << 40) - 300, 300);
    memset(buffer, 0x5a, 512 * 40);
    assert_int_equal(disk->operations->write(disk, (1ull << 36) + 1, 40, buffer), 0);
    memset(buffer, 0, 512 * 40);
    read_and_check(disk, (1ull << 36) + 1, 40);
    assert_int_equal(buffer[512 * 39], 0x5a);
}

static void test_chs_only(void **state)
{
    struct fake_drive *drive = fake_add_disk(0, 0, 600 * 9 * 17);
    drive->no_lba = true;
    drive->lba48 = false;
    drive->cylinders = 600;
    drive->heads = 9;
    drive->sectors_per_track = 17;
    drive->multiple_max = 8;
    drive->no_flush = true;
    struct disk *disk = start_one(0);
    assert_int_equal(disk->sectors, 600 * 9 * 17);
    read_and_check(disk, 0, 1000);
    read_and_check(disk, 600 * 9 * 17 - 1, 1);
    assert_int_equal(fake[0].commands[ATA_INITIALIZE_PARAMETERS], 1);
    drive->hang_times = 1; /* after the reset the geometry must be told again */
    read_and_check(disk, 16, 3);
    assert_int_equal(fake[0].commands[ATA_INITIALIZE_PARAMETERS], 2);
    assert_int_equal(disk->operations->flush(disk), 0);
}

static void test_without_multiple(void **state)
{
    fake_add_disk(0, 0, 1000)->multiple_max = 0;
    read_and_check(start_one(0), 5, 500);
    assert_int_equal(fake[0].commands[ATA_SET_MULTIPLE], 0);
    fake_begin();
    fake_add_disk(0, 0, 1000)->refuses_multiple = true;
    struct disk *disk = start_one(0);
    read_and_check(disk, 5, 500);
    read_and_check(disk, 5, 500);
    assert_int_equal(fake[0].commands[ATA_SET_MULTIPLE], 1);
    assert_int_equal(fake[0].commands[ATA_READ_MULTIPLE_EXT], 0);
}

static void test_write_and_flush(void **state)
{
    static const uint32_t counts[] = {1, 16, 17, 256, 257, 1000};
    struct disk *disk = start_one(MEGA);
    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        for (uint32_t k = 0; k < counts[i] * 512; k++)
            buffer[k] = (uint8_t)(k * 7 + i);
        assert_int_equal(disk->operations->write(disk, 2000 * i, counts[i], buffer), 0);
        check_buffer(&fake[0].drives[0], 2000 * i, counts[i]);
        fake_pattern(2000 * i + counts[i], expected); /* the one behind is untouched */
        assert_int_equal(read_sectors(disk, 2000 * i + counts[i], 1), 0);
        assert_memory_equal(buffer, expected, 512);
    }
    assert_int_equal(disk->operations->flush(disk), 0);
    assert_int_equal(fake[0].commands[ATA_FLUSH_CACHE_EXT], 1);
}

static void test_flush_kinds(void **state)
{
    fake_add_disk(0, 0, 1000)->lba48 = false;
    struct disk *disk = start_one(0);
    assert_int_equal(disk->operations->flush(disk), 0);
    assert_int_equal(fake[0].commands[ATA_FLUSH_CACHE], 1);
    fake_begin();
    fake_add_disk(0, 0, 1000)->no_flush = true;
    fake[0].drives[0].lba48 = false;
    disk = start_one(0);
    assert_int_equal(disk->operations->flush(disk), 0); /* refused: there is no cache */
}

static void test_flush_error_is_never_hidden(void **state)
{
    struct disk *disk = start_one(1000);
    fake[0].drives[0].flush_error_times = 1;
    assert_int_equal(disk->operations->flush(disk), -EIO);
    assert_int_equal(fake[0].commands[ATA_FLUSH_CACHE_EXT],
                     2); /* the rest is flushed all the same */
    assert_logged("flush failed: IDNF");
    assert_int_equal(disk->operations->flush(disk), 0);
}

static void test_read_only(void **state)
{
    struct disk *disk = start_one(1000);
    disk->read_only = true;
    assert_int_equal(disk->operations->write(disk, 0, 1, buffer), -EROFS);
    assert_int_equal(fake_written_count, 0);
}

static void test_narrow_bus(void **state)
{
    fake[0].narrow = true;
    uint64_t begin = fake_ns;
    struct disk *disk = start_one(1000);
    assert_true(fake_ns - begin < SECONDS(1) / 10);
    assert_logged("16-bit");
    fake[0].wide_words = 0;
    read_and_check(disk, 0, 500);
    assert_int_equal(disk->operations->write(disk, 0, 50, buffer), 0);
    assert_int_equal(fake[0].wide_words, 0);
}

static void test_garbling_bus(void **state)
{
    fake[0].garbles = true;
    read_and_check(start_one(1000), 0, 500);
    assert_logged("16-bit");
    assert_int_equal(fake[0].resets, 0);
}

static void test_wide_bus(void **state)
{
    struct disk *disk = start_one(1000);
    assert_logged("32-bit");
    fake[0].wide_words = 0;
    read_and_check(disk, 0, 500);
    assert_int_equal(fake[0].wide_words, 500 * 128);
}

static void test_bare_read(void **state)
{
    struct disk *disk = start_one(1000), foreign = {0};
    assert_int_equal(ata_bare_read(disk, 0, 100, buffer), -ENODEV); /* not set up yet */
    read_and_check(disk, 0, 1);
    assert_int_equal(ata_bare_read(disk, 3, 256, buffer), 0);
    check_buffer(&fake[0].drives[0], 3, 256);
    assert_int_equal(ata_bare_read(disk, 3, 257, buffer), -EINVAL);
    assert_int_equal(ata_bare_read(disk, 900, 101, buffer), -EINVAL);
    assert_int_equal(ata_bare_read(&foreign, 0, 1, buffer), -ENODEV);
    fake[0].drives[0].bad_lba = 20;
    fake[0].drives[0].bad_times = 1;
    fake[0].drives[0].bad_error = ATA_ERROR_UNC;
    assert_int_equal(ata_bare_read(disk, 0, 100, buffer), -EIO);
    fake_relaxed = 0;
    fake[0].drives[0].latency_us = 400;
    read_and_check(disk, 0, 100); /* and the driver goes on as before, with interrupts */
    assert_true(fake_relaxed > 0);
    assert_not_logged("does not come");
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static void test_interrupts_save_time(void **state)
{
    struct disk *disk = start_one(1000);
    fake[0].drives[0].latency_us = 400; /* longer than the driver spins, shorter than a tick */
    uint64_t begin = fake_ns;
    read_and_check(disk, 0, 160);
    assert_true(fake_ns - begin < 15 * 400000u);
    assert_true(fake_relaxed > 0);
}

static void test_lost_interrupts(void **state)
{
    struct disk *disk = start_one(1000);
    fake[0].lose_irq = true;
    fake[0].drives[0].latency_us = 400;
    read_and_check(disk, 0, 320);
    assert_logged("irq 14 does not come: polling");
    uint64_t begin = fake_ns;
    read_and_check(disk, 0, 160);
    assert_true(fake_ns - begin < 15 * 400000u); /* polled: no tick is lost to each block */
    fake[0].lose_irq = false;
    fake_relaxed = 0;
    read_and_check(disk, 0, 160);
    read_and_check(disk, 0, 160);
    assert_true(fake_relaxed > 0); /* trusted again */
}

static void test_no_interrupt_line(void **state)
{
    fake_irq_taken = true;
    struct disk *disk = start_one(1000);
    assert_logged("irq 14 cannot be had");
    read_and_check(disk, 0, 500);
    assert_true(fake[0].control & ATA_CONTROL_NIEN);
}

static void test_stray_interrupts(void **state)
{
    struct disk *disk = start_one(1000);
    fake_stray_irqs = true;
    fake[0].drives[0].latency_us = 700;
    for (unsigned i = 0; i < 20; i++)
        read_and_check(disk, i, 200);
    read_and_check(disk, 0, 1);
}

static void test_smart(void **state)
{
    struct fake_drive *drive = fake_add_disk(0, 0, 1000);

    drive->smart = 0xc24f;
    (void)start_one(1000);
    assert_int_equal(ddi_driver.request(1, 0), 0);
    drive->smart = 0x2cf4;
    assert_int_equal(ddi_driver.request(1, 0), 1);
    drive->smart = 0x1234; /* nonsense */
    assert_int_equal(ddi_driver.request(1, 0), -EIO);
    drive->smart = 0;
    assert_int_equal(ddi_driver.request(1, 0), -ENOTSUP);
    assert_int_equal(ddi_driver.request(1, 1), -ENODEV);
    assert_int_equal(ddi_driver.request(3, 0), -EINVAL);
    drive->hang_times = 1;
    assert_int_equal(ddi_driver.request(1, 0), -ETIMEDOUT);
    read_and_check(fake_disks[0], 0, 100);
}

/* Its earlier life has left a command under way: no drive is waited for on that account. */
static void test_begins_again_with_a_reset(void **state)
{
    struct fake_drive *drive = fake_add_disk(0, 0, 1000);

    (void)start_one(1000);
    drive->status = ATA_BSY;
    drive->hung = true;
    uint64_t begin = fake_ns;
    assert_int_equal(ata_init(), 1);
    assert_true(fake_ns - begin < SECONDS(1));
    assert_int_equal(fake[0].resets, 1);
    read_and_check(fake_disks[0], 0, 100);
}

/* ---- trouble --------------------------------------------------------------------------------- */

static void make_bad(uint64_t lba, uint32_t times, uint8_t error)
{
    fake[0].drives[0].bad_lba = lba;
    fake[0].drives[0].bad_times = times;
    fake[0].drives[0].bad_error = error;
}

static void test_error_once(void **state)
{
    struct disk *disk = start_one(1000);
    make_bad(5, 1, ATA_ERROR_UNC);
    read_and_check(disk, 0, 100);
    assert_int_equal(fake[0].resets, 1);
    assert_logged("UNC (uncorrectable data), trying again");
    assert_not_logged("failed");
}

static void test_error_for_ever(void **state)
{
    struct disk *disk = start_one(1000);
    make_bad(5, FAKE_FOREVER, ATA_ERROR_UNC);
    assert_int_equal(read_sectors(disk, 0, 100), -EIO);
    assert_logged("ata0: read of LBA 5 failed: UNC (uncorrectable data), after 4 tries");
    check_buffer(&fake[0].drives[0], 0, 5); /* what lies before it has come */
    read_and_check(disk, 6, 100);
    read_and_check(disk, 0, 5);
    make_bad(777, FAKE_FOREVER, ATA_ERROR_IDNF);
    assert_int_equal(read_sectors(disk, 0, 1000), -EIO);
    assert_logged("read of LBA 777 failed: IDNF (address not found), after 4 tries");
}

static void test_device_fault(void **state)
{
    struct disk *disk = start_one(1000);
    make_bad(50, FAKE_FOREVER, 0);
    assert_int_equal(read_sectors(disk, 40, 20), -EIO);
    assert_logged("read of LBA 50 failed: DF (device fault), after 4 tries");
}

static void test_write_error(void **state)
{
    struct disk *disk = start_one(1000);
    memset(buffer, 0x77, 512 * 100);
    make_bad(33, 2, ATA_ERROR_IDNF);
    assert_int_equal(disk->operations->write(disk, 0, 100, buffer), 0);
    check_buffer(&fake[0].drives[0], 0, 100);
    make_bad(33, FAKE_FOREVER, ATA_ERROR_UNC);
    assert_int_equal(disk->operations->write(disk, 0, 100, buffer), -EIO);
    assert_logged("write of LBA 33 failed: WP (write protected), after 4 tries");
}

static void test_spin_up(void **state)
{
    struct disk *disk = start_one(1000);
    fake[0].drives[0].slow_us = 20000000;
    read_and_check(disk, 0, 100);
    assert_int_equal(fake[0].resets, 0);
}

static void test_hang_once(void **state)
{
    struct disk *disk = start_one(1000);
    fake[0].drives[0].hang_times = 1;
    uint64_t begin = fake_ns;
    read_and_check(disk, 0, 100);
    assert_true(fake_ns - begin < SECONDS(32));
    assert_int_equal(fake[0].resets, 1);
    assert_logged("busy for 31000 ms (status 80h), trying again");
}

static void test_hang_for_ever(void **state)
{
    struct disk *disk = start_one(1000);
    fake[0].drives[0].hang_times = FAKE_FOREVER;
    uint64_t begin = fake_ns;
    assert_int_equal(read_sectors(disk, 7, 1), -ETIMEDOUT);
    assert_true(fake_ns - begin < SECONDS(120));
    assert_logged("read of LBA 7 failed: busy for 5");
}

static void test_dead_then_back(void **state)
{
    struct disk *disk = start_one(1000);
    fake[0].drives[0].hang_times = 1;
    fake[0].drives[0].dead = true;
    assert_int_equal(read_sectors(disk, 7, 1), -ENODEV);
    assert_logged("does not answer a reset");
    uint64_t begin = fake_ns;
    assert_int_equal(read_sectors(disk, 7, 1), -ENODEV);
    assert_true(fake_ns - begin < 1000000); /* no waiting again */
    fake[0].drives[0].dead = false;
    fake_pass(SECONDS(31));
    read_and_check(disk, 7, 1);
    assert_logged("answers again");
}

static void test_unplugged(void **state)
{
    struct disk *disk = start_one(1000);
    fake[0].unplugged = true;
    uint64_t begin = fake_ns;
    assert_int_equal(read_sectors(disk, 7, 1), -ENODEV);
    assert_true(fake_ns - begin < SECONDS(1));
    assert_logged("the drive is gone");
}

static void test_no_data(void **state)
{
    struct disk *disk = start_one(1000);
    fake[0].drives[0].no_drq_times = 1;
    read_and_check(disk, 7, 60);
    fake[0].drives[0].no_drq_times = FAKE_FOREVER;
    uint64_t begin = fake_ns;
    assert_int_equal(read_sectors(disk, 7, 1), -ETIMEDOUT);
    assert_true(fake_ns - begin < SECONDS(5));
    assert_logged("no data for 50");
}

static void test_too_much_data(void **state)
{
    struct disk *disk = start_one(1000);
    fake[0].drives[0].extra_drq_times = 1;
    read_and_check(disk, 7, 60);
    assert_logged("data where none was due");
    fake[0].drives[0].extra_drq_times = FAKE_FOREVER;
    assert_int_equal(read_sectors(disk, 7, 60), -EIO);
    assert_int_equal(disk->operations->write(disk, 7, 60, buffer), -EIO);
}

static void test_neighbour_survives_a_reset(void **state)
{
    (void)fake_add_disk(0, 0, 1000);
    (void)fake_add_disk(0, 1, 1000);
    assert_int_equal(ata_init(), 2);
    read_and_check(fake_disks[0], 0, 50);
    assert_int_equal(read_sectors(fake_disks[1], 0, 50), 0);
    fake[0].drives[1].hang_times = 1;
    assert_int_equal(read_sectors(fake_disks[1], 0, 50), 0);
    check_buffer(&fake[0].drives[1], 0, 50);
    read_and_check(fake_disks[0], 0,
                   50); /* multiple mode was lost with the reset, and told again */
    assert_int_equal(fake[0].resets, 1);
    assert_not_logged("failed");
    assert_not_logged("ABRT"); /* no command before multiple mode was told */
}

/* ---- DMA ------------------------------------------------------------------------------------- */

static void test_dma_moves_everything(void **state)
{
    fake_bridge.there = true;
    struct disk *disk = start_one(1u << 20);
    assert_logged("DMA");
    assert_true(disk->below_4g);
    for (uint32_t count = 1; count < 2000; count = count * 3 / 2 + 1)
        read_and_check(disk, count, count);
    assert_int_equal(fake[0].commands[ATA_READ_MULTIPLE], 0);
    assert_int_equal(disk->operations->write(disk, 5000, 700, buffer), 0);
    for (unsigned i = 0; i < 700; i++) {
        fake_load(&fake[0].drives[0], 5000 + i, expected);
        assert_memory_equal(buffer + 512 * i, expected, 512);
    }
    assert_int_equal(disk->operations->read(disk, 9, 20, buffer + 512 * 3 + 2), 0);
    fake_load(&fake[0].drives[0], 28, expected);
    assert_memory_equal(buffer + 512 * 22 + 2, expected, 512);
}

static void test_dma_that_cannot_be(void **state)
{
    fake_bridge.there = true;
    struct disk *disk = start_one(5000);
    assert_int_equal(disk->operations->read(disk, 9, 20, buffer + 1), 0); /* an odd address */
    fake_load(&fake[0].drives[0], 9, expected);
    assert_memory_equal(buffer + 1, expected, 512);
    fake_bridge.far = true;
    read_and_check(disk, 7, 300);
    assert_int_equal(fake_bridge.transfers, 0);
    assert_int_equal(fake[0].resets, 0);
}

static void test_dma_of_a_bad_sector(void **state)
{
    fake_bridge.there = true;
    struct disk *disk = start_one(5000);
    fake[0].drives[0].bad_lba = 40;
    fake[0].drives[0].bad_times = FAKE_FOREVER;
    fake[0].drives[0].bad_error = ATA_ERROR_UNC;
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(read_sectors(disk, 10, 100), -EIO);
    check_buffer(&fake[0].drives[0], 10, 30); /* up to it */
    assert_logged("read of LBA 40 failed: UNC");
    fake[0].drives[0].bad_times = 0;
    fake_bridge.transfers = 0;
    read_and_check(disk, 10, 100); /* the drive said no: DMA goes on */
    assert_int_equal(fake_bridge.transfers, 1);
}

static void test_dma_that_does_not_work(void **state)
{
    fake_bridge.there = true;
    struct disk *disk = start_one(5000);
    fake_bridge.stuck = FAKE_FOREVER;
    read_and_check(disk, 10, 100); /* without, in the end */
    read_and_check(disk, 10, 100);
    read_and_check(disk, 10, 100);
    assert_logged("DMA does not work");
    assert_false(disk->below_4g);
    fake_bridge.stuck = 0;
    read_and_check(disk, 10, 100);
    assert_int_equal(fake_bridge.transfers, 0);
}

static void test_dma_that_fails_once(void **state)
{
    fake_bridge.there = true;
    struct disk *disk = start_one(5000);
    for (unsigned i = 0; i < 5; i++) {
        fake_bridge.wrong = 1;
        read_and_check(disk, 10, 100);
        read_and_check(disk, 10, 100);
    }
    assert_not_logged("DMA does not work");
}

static void test_no_dma_mode(void **state)
{
    static uint8_t identity[512];
    fake_bridge.there = true;
    struct fake_drive *drive = fake_add_disk(0, 0, 5000);
    fake_identity(drive, identity);
    fake_put16(identity, 88, 0x003f); /* it could, but nobody chose one */
    fake_checksum(identity);
    drive->identity = identity;
    struct disk *disk = start_one(5000);
    read_and_check(disk, 10, 100);
    assert_int_equal(fake_bridge.transfers, 0);
}

/* Random work on a drive that fails in random ways: whatever is called good must be good. */
static void torture(bool by_dma)
{
    unsigned good = 0, failed = 0;
    for (unsigned seed = 0; seed < 40; seed++) {
        fake_begin();
        fake_bridge.there = by_dma;
        struct fake_drive *drive = fake_add_disk(0, 0, 4000);
        drive->multiple_max = (uint8_t)(1u << seed % 6);
        drive->lba48 = seed % 3 != 0;
        struct disk *disk = start_one(0);
        srand(seed);
        for (unsigned round = 0; round < 60; round++) {
            uint32_t count = 1 + (uint32_t)rand() % 300, lba = (uint32_t)rand() % (4000 - count);
            make_bad((uint32_t)rand() % 4000, (uint32_t)rand() % 6, rand() % 2 ? ATA_ERROR_UNC : 0);
            drive->hang_times = rand() % 20 == 0;
            drive->no_drq_times = rand() % 10 == 0;
            drive->extra_drq_times = rand() % 10 == 0;
            drive->latency_us = rand() % 4 ? 20 : 300;
            fake_bridge.stuck = by_dma && rand() % 200 == 0;
            fake_bridge.wrong = by_dma && rand() % 10 == 0;
            fake[0].lose_irq = rand() % 4 == 0;
            fake_stray_irqs = rand() % 2;
            fake_deadline = fake_ns + SECONDS(200);
            bool write = rand() % 2;
            for (uint32_t i = 0; write && i < 512 * count; i++)
                buffer[i] = (uint8_t)rand();
            int error = write ? disk->operations->write(disk, lba, count, buffer)
                              : read_sectors(disk, lba, count);
            if (error) {
                failed++;
            } else {
                good++;
                check_buffer(drive, lba, count);
            }
        }
    }
    assert_true(good > 1500 && failed > (by_dma ? 0u : 5u));
    assert_true((fake_bridge.transfers > 0) == by_dma);
}

static void test_torture(void **state)
{
    torture(false);
}

static void test_torture_by_dma(void **state)
{
    torture(true);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

/* What is asked for outlives the driver. */
static void test_dma_is_turned_off(void **state)
{
    struct disk *disk;

    (void)state;
    fake_bridge.there = true;
    disk = start_one(100);
    assert_true(disk->below_4g);
    read_and_check(disk, 0, 8);
    unsigned by_dma = fake_bridge.transfers;

    assert_true(by_dma > 0);
    assert_int_equal(ddi_driver.request(2, 2), -EINVAL);
    assert_int_equal(ddi_driver.request(2, 0), 0);
    assert_false(disk->below_4g);
    read_and_check(disk, 0, 8);
    assert_int_equal(ata_init(), 1);
    disk = fake_disks[0];
    read_and_check(disk, 0, 8);
    assert_int_equal(fake_bridge.transfers, by_dma);
    assert_int_equal(ddi_driver.request(2, 1), 0);
    read_and_check(disk, 0, 8);
    assert_true(fake_bridge.transfers > by_dma);
}

/* In turn, in the same callback; each with its own end. */
static void test_what_waits_is_done_behind_it(void **state)
{
    static uint8_t waiting[3][512];
    struct disk *disk;

    (void)state;
    disk = start_one(100);
    fake_wait(disk, false, 20, 1, waiting[0]);
    fake_wait(disk, false, disk->sectors, 1, waiting[1]);
    fake_wait(disk, true, 70, 1, waiting[2]);
    read_and_check(disk, 0, 50);
    assert_true(fake_own_done);
    assert_int_equal(fake_own_result, 0);
    assert_int_equal(fake_waiting[0].result, 0);
    assert_int_equal(fake_waiting[1].result, -EINVAL);
    assert_int_equal(fake_waiting[2].result, 0);
    assert_true(fake_waiting[2].done);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_absent_takes_microseconds),
        TEST(test_finds_all_four),
        TEST(test_lone_slave),
        TEST(test_ghosts),
        TEST(test_packet_device_is_named),
        TEST(test_slow_after_power_on),
        TEST(test_never_ready_is_bounded),
        TEST(test_left_in_a_transfer),
        TEST(test_identity_of_noise),
        TEST(test_short_identity),
        TEST(test_registry_full),
        TEST(test_read_sizes),
        TEST(test_bounds),
        TEST(test_lba28_only),
        TEST(test_beyond_28_bits),
        TEST(test_chs_only),
        TEST(test_without_multiple),
        TEST(test_write_and_flush),
        TEST(test_flush_kinds),
        TEST(test_flush_error_is_never_hidden),
        TEST(test_read_only),
        TEST(test_narrow_bus),
        TEST(test_bare_read),
        TEST(test_garbling_bus),
        TEST(test_wide_bus),
        TEST(test_interrupts_save_time),
        TEST(test_lost_interrupts),
        TEST(test_no_interrupt_line),
        TEST(test_smart),
        TEST(test_begins_again_with_a_reset),
        TEST(test_stray_interrupts),
        TEST(test_error_once),
        TEST(test_error_for_ever),
        TEST(test_device_fault),
        TEST(test_write_error),
        TEST(test_spin_up),
        TEST(test_hang_once),
        TEST(test_hang_for_ever),
        TEST(test_dead_then_back),
        TEST(test_unplugged),
        TEST(test_no_data),
        TEST(test_too_much_data),
        TEST(test_neighbour_survives_a_reset),
        TEST(test_dma_moves_everything),
        TEST(test_dma_that_cannot_be),
        TEST(test_dma_of_a_bad_sector),
        TEST(test_dma_that_does_not_work),
        TEST(test_dma_that_fails_once),
        TEST(test_no_dma_mode),
        TEST(test_torture),
        TEST(test_torture_by_dma),
        TEST(test_what_waits_is_done_behind_it),
        TEST(test_dma_is_turned_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
