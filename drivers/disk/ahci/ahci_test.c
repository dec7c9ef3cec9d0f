/* links: drivers/disk/ahci/port.c drivers/disk/ahci/controller.c lib/ata_identity.c */
/* links: kernel/core/driver/orders.c */
/* The AHCI driver against a fake of the hardware: what it finds, moves, survives and says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/disk/ahci/ahci_fake.h"
#include "drivers/disk/ahci/port.h"

#define SECONDS(s) ((s) * 1000000000ull)
#define SECTORS    10000u
#define GIB        (1u << 21) /* sectors */

static uint8_t buffer[4096 * 512 + 4096] __attribute__((aligned(4096)));

static int setup(void **state)
{
    (void)state;
    fake_begin();
    memset(buffer, 0xcc, sizeof(buffer));
    (void)fake_add_controller(0);
    return 0;
}

/* How many disks it finds, or its error. */
static int ahci_init(void)
{
    fake_disk_count = 0;
    memset(ddi_driver.state, 0, ddi_driver.state_size);
    int error = ddi_driver.init();

    return error ? error : fake_disk_count;
}

#define port0  (&fake[0].ports[0])
#define drive0 (&fake[0].ports[0].drive)

/* One disk, on port 0, registered. */
static struct disk *start_one(void)
{
    if (drive0->kind == KIND_NONE)
        (void)fake_add_disk(0, 0, SECTORS);
    assert_int_equal(ahci_init(), 1);
    return fake_disks[0];
}

static int read_sectors(struct disk *disk, uint64_t lba, uint32_t count)
{
    return disk->operations->read(disk, lba, count, buffer);
}

static void check_buffer(struct fake_drive *drive, uint64_t lba, uint32_t count)
{
    assert_memory_equal(buffer, fake_sector(drive, lba), (size_t)count * 512);
}

static void read_and_check(struct disk *disk, uint64_t lba, uint32_t count)
{
    memset(buffer, 0xcc, (size_t)count * 512 + 1);
    assert_int_equal(read_sectors(disk, lba, count), 0);
    check_buffer(drive0, lba, count);
    assert_int_equal(buffer[(size_t)count * 512], 0xcc);
}

static void assert_logged(const char *text)
{
    if (strstr(fake_log, text) == NULL)
        fail_msg("not in the log: %s\nthe log:\n%s", text, fake_log);
}

static void assert_silent(const char *text)
{
    if (strstr(fake_log, text) != NULL)
        fail_msg("in the log: %s\nthe log:\n%s", text, fake_log);
}

/* ---- looking for drives ---------------------------------------------------------------------- */

static void test_no_controller(void **state)
{
    (void)state;
    fake[0].there = false;
    assert_int_equal(ahci_init(), -ENODEV);
    assert_string_equal(fake_log, "");
}

static void test_no_drives(void **state)
{
    (void)state;
    assert_int_equal(ahci_init(), -ENODEV);
    assert_true(fake_ns < SECONDS(1) / 5);
}

static void test_finds_all(void **state)
{
    (void)state;
    (void)fake_add_controller(1);
    (void)fake_add_disk(0, 1, SECTORS);
    (void)fake_add_disk(0, 4, SECTORS);
    (void)fake_add_disk(1, 0, 77);
    assert_int_equal(ahci_init(), 3);
    assert_string_equal(fake_disks[0]->where, "AHCI 00:00.0 port 1");
    assert_string_equal(fake_disks[1]->where, "AHCI 00:00.0 port 4");
    assert_string_equal(fake_disks[2]->where, "AHCI 00:01.0 port 0");
    assert_int_equal(fake_disks[2]->sectors, 77);
    assert_string_equal(fake_disks[2]->model, "FAKE SATA");
    assert_int_equal(fake[0].resets, 1);
}

static void test_warm_start_is_quick(void **state)
{
    (void)state;
    (void)start_one();
    assert_true(fake_ns < 10000000);
}

static void test_other_devices(void **state)
{
    (void)state;
    fake_add_disk(0, 0, SECTORS)->kind = KIND_PACKET;
    fake_add_disk(0, 1, SECTORS)->kind = KIND_MULTIPLIER;
    fake_add_disk(0, 2, SECTORS)->kind = KIND_STRANGE;
    (void)fake_add_disk(0, 3, SECTORS);
    assert_int_equal(ahci_init(), 1);
    assert_logged("port 0: a packet device (ATAPI), not driven");
    assert_logged("port 1: a port multiplier: left alone");
    assert_logged("port 2: a signature of no drive that is known: left alone");
    assert_int_equal(fake[0].ports[0].command & AHCI_CMD_FR, 0);
    assert_int_equal(fake_table_count, 1); /* it went on, to the disk */
    assert_int_equal(fake_own_count, 1);
}

static void test_slow_after_power_on(void **state)
{
    (void)state;
    fake_add_disk(0, 0, SECTORS)->ready_us = 4000000;
    read_and_check(start_one(), 0, 8);
}

static void test_never_ready_is_bounded(void **state)
{
    (void)state;
    fake_add_disk(0, 0, SECTORS)->ready_us = FAKE_FOREVER;
    (void)fake_add_disk(0, 1, SECTORS);
    assert_int_equal(ahci_init(), 1);
    assert_logged("port 0: its drive does not get ready: left alone");
    assert_true(fake_ns < SECONDS(7));
}

static void test_identity_of_noise(void **state)
{
    static uint8_t noise[512];
    (void)state;
    for (unsigned seed = 0; seed < 300; seed++) {
        fake_begin();
        (void)fake_add_controller(0);
        for (unsigned i = 0; i < 512; i++)
            noise[i] = (uint8_t)(seed < 2 ? 0xff * seed : (unsigned)rand());
        fake_add_disk(0, 0, SECTORS)->identity = noise;
        (void)ahci_init();
    }
}

static void test_no_identity(void **state)
{
    (void)state;
    fake_add_disk(0, 0, SECTORS)->hang_times = FAKE_FOREVER;
    assert_int_equal(ahci_init(), -ENODEV);
    assert_logged("port 0: IDENTIFY fails: left alone");
    assert_true(fake_ns < SECONDS(7));
}

static void test_controllers_of_nonsense(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < 8; kind++) {
        fake_begin();
        struct fake_controller *c = fake_add_controller(0);
        (void)fake_add_disk(0, 0, SECTORS);
        switch (kind) {
        case 0: c->gone = true; break;
        case 1: c->no_bar = true; break;
        case 2: c->bytes = 0x80; break;
        case 3: c->never_resets = true; break;
        case 4: c->implemented = 0; break;
        case 5: c->version = 0; break;
        case 6: c->cap = UINT32_MAX; break;
        case 7: c->bytes = 0; break;
        }
        assert_int_equal(ahci_init(), -ENODEV);
        assert_logged("the controller does not start");
    }
}

static void test_other_interface(void **state)
{
    (void)state;
    fake[0].wrong_interface = true;
    assert_int_equal(ahci_init(), -ENODEV);
    assert_int_equal(fake[0].resets, 0);
}

static void test_bios_lets_go(void **state)
{
    (void)state;
    fake[0].bios_owns = true;
    fake[0].bohc = 1;
    read_and_check(start_one(), 0, 1);
    assert_int_equal(fake[0].bohc & 3, 2);
    assert_silent("BIOS");
}

static void test_bios_holds_on(void **state)
{
    (void)state;
    fake[0].bios_holds_on = true;
    fake[0].bohc = 17;
    read_and_check(start_one(), 0, 1);
    assert_logged("the BIOS does not let go of the controller: taken");
    assert_true(fake_ns < SECONDS(3));
}

static void test_forgotten_ports(void **state)
{
    (void)state;
    fake[0].forgets_ports = true;
    read_and_check(start_one(), 0, 1);
}

static void test_ports_beyond_the_registers(void **state)
{
    (void)state;
    fake[0].implemented = UINT32_MAX;
    fake[0].bytes = AHCI_PORT(2) + 5;
    (void)fake_add_disk(0, 3, SECTORS);
    read_and_check(start_one(), 0, 1);
}

static void test_stuck_port_at_start(void **state)
{
    (void)state;
    (void)fake_add_disk(0, 0, SECTORS);
    (void)fake_add_disk(0, 1, SECTORS);
    port0->stuck = true; /* it could write to memory for ever */
    assert_int_equal(ahci_init(), -ENODEV);
    assert_logged("port 0: it does not come to rest: left alone");
    assert_logged("00:00.0: not at rest: left alone");
    assert_false(fake[0].master);
}

static void test_no_memory(void **state)
{
    (void)state;
    (void)fake_add_disk(0, 0, SECTORS);
    fake_no_memory = true;
    assert_int_equal(ahci_init(), -ENODEV);
    assert_logged("port 0: no memory: left alone");
    fake_no_memory = false;
    fake_own_count = 64; /* a table, and no page */
    assert_int_equal(ahci_init(), -ENODEV);
    assert_int_equal(port0->command & (AHCI_CMD_FR | AHCI_CMD_CR), 0);
}

static void test_registry_full(void **state)
{
    (void)state;
    (void)fake_add_disk(0, 0, SECTORS);
    (void)fake_add_disk(0, 1, SECTORS);
    fake_disk_max = 1;
    assert_int_equal(ahci_init(), 1);
    assert_logged("not registered");
}

static void test_more_disks_than_room(void **state)
{
    (void)state;
    (void)fake_add_controller(1);
    for (unsigned i = 0; i < 12; i++)
        (void)fake_add_disk(i / 6, i % 6, SECTORS);
    assert_int_equal(ahci_init(), 8);
    assert_logged("more than 8 disks");
}

/* ---- moving data ----------------------------------------------------------------------------- */

static void test_sizes(void **state)
{
    static const uint32_t counts[] = {1, 2, 7, 8, 9, 64, 255, 256, 257, 440, 441, 1000, 2000, 4096};
    struct disk *disk;

    (void)state;
    disk = start_one();
    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        read_and_check(disk, 3, counts[i]);
        read_and_check(disk, 4000 - counts[i] / 2, counts[i]);
    }
    assert_int_equal(port0->most_slots, 4);
    assert_true(port0->commands[AHCI_READ_QUEUED] > 0);
    assert_int_equal(port0->commands[AHCI_READ_DMA_EXT], 0);
}

static void test_one_command_for_the_page_cache(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    read_and_check(disk, 100, 256); /* 128 KiB */
    assert_int_equal(port0->commands[AHCI_READ_QUEUED], 1);
}

static void test_bounds(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    assert_int_equal(read_sectors(disk, SECTORS, 1), -EINVAL);
    assert_int_equal(read_sectors(disk, SECTORS - 1, 2), -EINVAL);
    assert_int_equal(read_sectors(disk, UINT64_MAX, 2), -EINVAL);
    assert_int_equal(read_sectors(disk, 0, 0), -EINVAL);
    read_and_check(disk, SECTORS - 1, 1);
}

static void test_large_disk(void **state)
{
    struct disk *disk;

    (void)state;
    (void)fake_add_disk(0, 0, 4096ull * GIB);
    disk = start_one();
    read_and_check(disk, (1ull << 32) + 5, 700);
    read_and_check(disk, 4096ull * GIB - 300, 300);
    drive0->queue = 0;
    disk = start_one();
    read_and_check(disk, (1ull << 32) + 5, 700);
}

static void write_and_check(struct disk *disk, uint64_t lba, uint32_t count)
{
    for (uint32_t i = 0; i < count * 512; i++)
        buffer[i] = (uint8_t)rand();
    assert_int_equal(disk->operations->write(disk, lba, count, buffer), 0);
    check_buffer(drive0, lba, count);
}

static void test_write_and_flush(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    write_and_check(disk, 5, 1);
    write_and_check(disk, 100, 300);
    write_and_check(disk, 1000, 3000);
    assert_int_equal(disk->operations->flush(disk), 0);
    assert_true(drive0->flushed);
    assert_int_equal(port0->commands[AHCI_FLUSH_CACHE_EXT], 1);
}

static void test_without_queue(void **state)
{
    struct disk *disk;

    (void)state;
    fake_add_disk(0, 0, SECTORS)->queue = 0;
    disk = start_one();
    read_and_check(disk, 7, 3000);
    write_and_check(disk, 7, 3000);
    assert_int_equal(port0->most_slots, 4);
    assert_int_equal(port0->commands[AHCI_READ_QUEUED], 0);
    assert_true(port0->commands[AHCI_READ_DMA_EXT] > 0);
}

static void test_small_queues(void **state)
{
    (void)state;
    fake_add_disk(0, 0, SECTORS)->queue = 2;
    read_and_check(start_one(), 7, 3000);
    assert_int_equal(port0->most_slots, 2);
    fake[0].cap &= ~(31u << 8); /* one slot */
    port0->most_slots = 0;
    read_and_check(start_one(), 7, 3000);
    assert_int_equal(port0->most_slots, 1);
}

static void test_lba28(void **state)
{
    struct disk *disk;

    (void)state;
    fake_add_disk(0, 0, 200000000)->lba28 = true;
    disk = start_one();
    read_and_check(disk, 0x0123456, 1000);
    read_and_check(disk, 199984104, 1000);
    write_and_check(disk, 0x0123456, 256);
    assert_int_equal(disk->operations->flush(disk), 0);
    assert_int_equal(port0->commands[AHCI_FLUSH_CACHE], 1);
}

static void test_no_lba(void **state)
{
    (void)state;
    fake_add_disk(0, 0, SECTORS)->no_lba = true;
    fake[0].ports[0].drive.lba28 = true;
    assert_int_equal(ahci_init(), -ENODEV);
    assert_logged("it has no LBA: left alone");
}

static void test_odd_memory(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    assert_int_equal(disk->operations->read(disk, 9, 23, buffer + 1), 0);
    assert_memory_equal(buffer + 1, fake_sector(drive0, 9), 23 * 512);
    assert_int_equal(buffer[0], 0xcc);
    assert_int_equal(buffer[1 + 23 * 512], 0xcc);
    assert_int_equal(disk->operations->write(disk, 999, 23, buffer + 1), 0);
    assert_memory_equal(buffer + 1, fake_sector(drive0, 999), 23 * 512);
    assert_int_equal(disk->operations->read(disk, 40, 500, buffer + 6), 0);
    assert_memory_equal(buffer + 6, fake_sector(drive0, 40), 500 * 512);
}

static void test_far_memory(void **state)
{
    (void)state;
    fake_far = true;
    read_and_check(start_one(), 9, 100);
    assert_false(fake_disks[0]->below_4g);
    fake[0].cap &= ~AHCI_CAP_S64A;
    read_and_check(start_one(), 9, 100);
    assert_true(fake_disks[0]->below_4g);
}

static void test_flush_kinds(void **state)
{
    struct disk *disk;

    (void)state;
    fake_add_disk(0, 0, SECTORS)->no_flush = true;
    disk = start_one();
    assert_int_equal(disk->operations->flush(disk), 0);
    read_and_check(disk, 0, 1);
}

static void test_flush_error_is_never_hidden(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    drive0->flush_error_times = 1;
    assert_int_equal(disk->operations->flush(disk), -EIO);
    assert_int_equal(port0->commands[AHCI_FLUSH_CACHE_EXT], 2);
    assert_logged("flush failed: IDNF");
    assert_int_equal(disk->operations->flush(disk), 0);
    drive0->flush_error_times = FAKE_FOREVER;
    assert_int_equal(disk->operations->flush(disk), -EIO);
}

/* ---- interrupts ------------------------------------------------------------------------------ */

static void test_smart(void **state)
{
    (void)state;
    (void)start_one();
    assert_int_equal(ddi_driver.request(1, 0), -ENOTSUP);
    drive0->smart = 0xc24f;
    assert_int_equal(ddi_driver.request(1, 0), 0);
    drive0->smart = 0x2cf4;
    assert_int_equal(ddi_driver.request(1, 0), 1);
    drive0->smart = 1; /* nonsense */
    assert_int_equal(ddi_driver.request(1, 0), -EIO);
    assert_int_equal(ddi_driver.request(1, 1), -ENODEV);
    assert_int_equal(ddi_driver.request(7, 0), -EINVAL);
    read_and_check(fake_disks[0], 0, 100);
}

static void test_no_interrupt(void **state)
{
    struct disk *disk;

    (void)state;
    fake[0].no_irq = true;
    disk = start_one();
    for (unsigned i = 0; i < 50; i++)
        read_and_check(disk, i, 100);
    assert_logged("no interrupt can be had");
}

static void test_lost_interrupts(void **state)
{
    struct disk *disk;

    (void)state;
    fake[0].lose_irq = true;
    disk = start_one();
    for (unsigned i = 0; i < 50; i++)
        read_and_check(disk, i, 100);
    assert_logged("port 0: its interrupt does not come: polling");
    drive0->bad_lba = 3;
    drive0->bad_times = 1;
    read_and_check(disk, 0, 100); /* an error that only the registers tell */
    fake[0].lose_irq = false;
    for (unsigned i = 0; i < 50; i++)
        read_and_check(disk, i, 100);
}

/* ---- errors ---------------------------------------------------------------------------------- */

static void test_error_once(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    drive0->bad_lba = 150;
    drive0->bad_times = 1;
    drive0->bad_error = AHCI_ERROR_UNC;
    read_and_check(disk, 100, 1000);
    assert_logged("ahci0: read near LBA 100: UNC (uncorrectable data), trying again");
    assert_silent("failed");
    assert_int_equal(port0->resets, 0);
    assert_int_equal(port0->commands[AHCI_READ_LOG_EXT], 1);
    unsigned queued = port0->commands[AHCI_READ_QUEUED];
    read_and_check(disk, 100, 100);
    assert_int_equal(port0->commands[AHCI_READ_QUEUED], queued + 1); /* NCQ again */
}

static void test_log_refused(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    drive0->bad_lba = 150;
    drive0->bad_times = 1;
    drive0->log_error_times = 1;
    read_and_check(disk, 100, 1000);
    assert_int_equal(port0->resets, 1);
}

static void test_error_for_ever(void **state)
{
    struct disk *disk;

    (void)state;
    for (unsigned queue = 0; queue <= 32; queue += 32) {
        fake_begin();
        (void)fake_add_controller(0);
        fake_add_disk(0, 0, SECTORS)->queue = (uint8_t)queue;
        disk = start_one();
        drive0->bad_lba = 150;
        drive0->bad_times = FAKE_FOREVER;
        drive0->bad_error = AHCI_ERROR_UNC;
        assert_int_equal(read_sectors(disk, 100, 100), -EIO);
        assert_logged("ahci0: read of LBA 150 failed: UNC (uncorrectable data), after 4 tries");
        check_buffer(drive0, 100, 50); /* what lies before it is there */
        read_and_check(disk, 151, 100);
        read_and_check(disk, 50, 100);
    }
}

static void test_quiet_errors(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    drive0->bad_lba = 150;
    drive0->bad_times = drive0->quiet_times = FAKE_FOREVER;
    drive0->bad_error = AHCI_ERROR_ABRT;
    assert_int_equal(read_sectors(disk, 140, 100), -EIO);
    assert_logged("read of LBA 150 failed: ABRT");
    drive0->bad_times = 1; /* hidden by the next commands of the batch */
    drive0->bad_lba = 30;
    read_and_check(disk, 0, 1500);
}

static void test_device_fault(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    drive0->bad_lba = 5;
    drive0->bad_times = FAKE_FOREVER;
    assert_int_equal(disk->operations->write(disk, 5, 1, buffer), -EIO);
    assert_logged("write of LBA 5 failed: DF (device fault), after 4 tries");
}

static void test_write_protected(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    drive0->bad_lba = 5;
    drive0->bad_times = FAKE_FOREVER;
    drive0->bad_error = AHCI_ERROR_UNC;
    assert_int_equal(disk->operations->write(disk, 0, 10, buffer), -EIO);
    assert_logged("WP (write protected)");
}

static void test_link_error_once(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    drive0->link_times = 1;
    read_and_check(disk, 10, 100);
    assert_logged("an error of the link or the bus");
    assert_int_equal(port0->resets, 1);
}

static void test_queue_that_does_not_work(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    for (unsigned i = 0; i < 3; i++) {
        drive0->hang_times = 1;
        read_and_check(disk, 10, 1);
    }
    assert_logged("NCQ does not work: without it from here on");
    unsigned queued = port0->commands[AHCI_READ_QUEUED];
    read_and_check(disk, 10, 2000);
    assert_int_equal(port0->commands[AHCI_READ_QUEUED], queued);
}

static void test_short_transfer(void **state)
{
    struct disk *disk;

    (void)state;
    fake_add_disk(0, 0, SECTORS)->queue = 0;
    disk = start_one();
    drive0->short_times = 1;
    read_and_check(disk, 10, 100);
    assert_logged("less data than asked for");
}

static void test_hang_once(void **state)
{
    struct disk *disk;
    uint64_t since;

    (void)state;
    disk = start_one();
    since = fake_ns;
    drive0->hang_times = 1;
    read_and_check(disk, 10, 100);
    assert_logged("no answer for 31000 ms (status D0h)");
    assert_int_equal(port0->resets, 1);
    assert_true(fake_ns - since < SECONDS(33));
}

static void test_hang_for_ever(void **state)
{
    struct disk *disk;
    uint64_t since;

    (void)state;
    disk = start_one();
    since = fake_ns;
    drive0->hang_times = FAKE_FOREVER;
    assert_int_equal(read_sectors(disk, 10, 100), -ETIMEDOUT);
    assert_true(fake_ns - since < SECONDS(100));
    since = fake_ns;
    assert_int_equal(disk->operations->flush(disk), -ETIMEDOUT);
    assert_true(fake_ns - since < SECONDS(250));
    drive0->hang_times = 0;
    read_and_check(disk, 10, 100);
}

static void test_dead_then_back(void **state)
{
    struct disk *disk;
    uint64_t since;

    (void)state;
    disk = start_one();
    drive0->dead = true;
    assert_int_equal(read_sectors(disk, 10, 1), -ENODEV);
    assert_logged("does not answer a reset");
    since = fake_ns;
    for (unsigned i = 0; i < 100; i++)
        assert_int_equal(read_sectors(disk, 10, 1), -ENODEV);
    assert_int_equal(disk->operations->flush(disk), -ENODEV);
    assert_true(fake_ns - since < SECONDS(1));
    drive0->dead = false;
    fake_ns += SECONDS(31);
    read_and_check(disk, 10, 1);
    assert_logged("answers again");
}

static void test_unplugged(void **state)
{
    struct disk *disk;
    uint64_t since;

    (void)state;
    disk = start_one();
    read_and_check(disk, 10, 1);
    since = fake_ns;
    drive0->unplugged = true;
    assert_int_equal(read_sectors(disk, 10, 1), -ENODEV);
    assert_int_equal(disk->operations->write(disk, 10, 1, buffer), -ENODEV);
    assert_true(fake_ns - since < SECONDS(1));
    assert_logged("the drive is gone");
    drive0->unplugged = false;
    fake_ns += SECONDS(31);
    read_and_check(disk, 10, 1);
}

static void test_unplugged_under_way(void **state)
{
    struct disk *disk;
    uint64_t since;

    (void)state;
    disk = start_one();
    drive0->hang_times = 1; /* takes the command, and then the cable is off */
    port0->error = 0;
    since = fake_ns;
    drive0->latency_us = 1000;
    drive0->unplugged = true;
    port0->file_valid = false; /* nobody has noticed yet */
    assert_int_equal(read_sectors(disk, 10, 1), -ENODEV);
    assert_true(fake_ns - since < SECONDS(1));
}

static void test_replugged_between(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    drive0->unplugged = true;
    fake_pass(1000);
    drive0->unplugged = false;
    read_and_check(disk, 10, 1);
    assert_logged("its link was interrupted");
    assert_logged("answers again");
}

static void test_exchanged(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    drive0->unplugged = true;
    fake_pass(1000);
    drive0->unplugged = false;
    drive0->serial = "ANOTHER";
    assert_int_equal(disk->operations->write(disk, 10, 1, buffer), -ENODEV);
    assert_logged("another drive (FAKE SATA) is where it was: left alone");
    assert_int_equal(port0->commands[AHCI_WRITE_QUEUED], 0);
    drive0->serial = NULL;
    fake_ns += SECONDS(31);
    read_and_check(disk, 10, 1);
}

static void test_controller_gone(void **state)
{
    struct disk *disk;
    uint64_t since;

    (void)state;
    disk = start_one();
    fake[0].gone = true;
    since = fake_ns;
    assert_int_equal(read_sectors(disk, 10, 1), -ENODEV);
    assert_int_equal(disk->operations->flush(disk), -ENODEV);
    assert_true(fake_ns - since < SECONDS(2));
}

static void test_port_that_does_not_stop(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    drive0->hang_times = FAKE_FOREVER;
    port0->stuck = true;
    assert_int_equal(read_sectors(disk, 10, 1), -ENODEV);
    assert_logged("cut off from memory");
    assert_false(fake[0].master);
    assert_int_equal(read_sectors(disk, 10, 1), -ENODEV);
}

static void test_neighbour_is_not_disturbed(void **state)
{
    (void)state;
    (void)fake_add_disk(0, 0, SECTORS);
    (void)fake_add_disk(0, 1, SECTORS);
    assert_int_equal(ahci_init(), 2);
    drive0->dead = true;
    assert_int_equal(read_sectors(fake_disks[0], 10, 1), -ENODEV);
    assert_int_equal(read_sectors(fake_disks[1], 10, 1000), 0);
    check_buffer(&fake[0].ports[1].drive, 10, 1000);
    assert_int_equal(fake[0].ports[1].resets, 0);
}

/* ---- all at once ----------------------------------------------------------------------------- */

static void test_torture(void **state)
{
    struct disk *disk;

    (void)state;
    disk = start_one();
    for (unsigned i = 0; i < 400; i++) {
        uint32_t count = 1 + (uint32_t)rand() % (rand() % 4 ? 64 : 2000);
        uint64_t lba = (unsigned)rand() % (SECTORS - 2000);

        fake_deadline = fake_ns + SECONDS(300);
        fake[0].lose_irq = rand() % 8 == 0;
        drive0->latency_us = (unsigned)rand() % 2000;
        drive0->bad_lba = lba + (unsigned)rand() % count;
        drive0->bad_error = rand() % 2 ? AHCI_ERROR_UNC : AHCI_ERROR_ICRC;
        drive0->bad_times = rand() % 3 == 0;
        drive0->quiet_times = rand() % 5 == 0;
        drive0->link_times = rand() % 10 == 0;
        drive0->hang_times = rand() % 15 == 0;
        drive0->log_error_times = rand() % 10 == 0;
        if (rand() % 2)
            read_and_check(disk, lba, count);
        else
            write_and_check(disk, lba, count);
        drive0->bad_times = drive0->quiet_times = drive0->link_times = drive0->hang_times = 0;
        drive0->log_error_times = 0;
    }
    assert_silent("failed");
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

/* ---- what waits behind a request ------------------------------------------------------------- */

static uint8_t waiting[DDI_AHCI_SMALL_SLOTS + 4][8 * 512] __attribute__((aligned(4096)));

static void check_waiting(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        assert_true(fake_waiting[i].done);
        assert_int_equal(fake_waiting[i].result, 0);
        assert_memory_equal(waiting[i], fake_sector(drive0, 100 + 8 * i), 8 * 512);
    }
}

static void start_queue(unsigned commands, unsigned count)
{
    struct disk *disk;

    (void)fake_add_disk(0, 0, SECTORS);
    drive0->queue = (uint8_t)commands;
    fake[0].cap |= 31u << 8; /* slots */
    disk = start_one();
    memset(waiting, 0xcc, sizeof(waiting));
    for (unsigned i = 0; i < count; i++)
        fake_wait(disk, false, 100 + 8 * i, 8, waiting[i]);
    port0->most_slots = 0;
}

static void what_waits_goes_along(void **state)
{
    (void)state;
    start_queue(32, 3);
    read_and_check(fake_disks[0], 7, 8);
    check_waiting(3);
    assert_int_equal(port0->most_slots, 4);
    assert_true(fake_own_done);
    assert_int_equal(fake_own_result, 0);
}

static void no_more_than_the_drive_takes(void **state)
{
    (void)state;
    start_queue(6, 4);
    read_and_check(fake_disks[0], 7, 8);
    check_waiting(2);
    assert_false(fake_waiting[2].taken);
    assert_int_equal(port0->most_slots, 3);
}

static void without_ncq_nothing_goes_along(void **state)
{
    (void)state;
    start_queue(0, 2);
    read_and_check(fake_disks[0], 7, 8);
    assert_false(fake_waiting[0].taken);
    assert_false(fake_own_done);
}

static void writes_and_large_ones_wait_too(void **state)
{
    static uint8_t large[100 * 512] __attribute__((aligned(4096)));

    (void)state;
    start_queue(32, 0);
    memset(waiting[0], 0x5a, sizeof(waiting[0]));
    fake_wait(fake_disks[0], true, 200, 8, waiting[0]);
    fake_wait(fake_disks[0], false, 300, 100, large); /* fits no small slot: alone, behind the others */
    fake_wait(fake_disks[0], false, SECTORS - 1, 2, waiting[1]); /* not taken any more */
    read_and_check(fake_disks[0], 7, 8);
    assert_memory_equal(fake_sector(drive0, 200), waiting[0], sizeof(waiting[0]));
    assert_memory_equal(large, fake_sector(drive0, 300), sizeof(large));
    assert_true(fake_waiting[0].done && fake_waiting[1].done && !fake_waiting[2].taken);
    fake_own_done = false;
    read_and_check(fake_disks[0], 7, 8);
    assert_int_equal(fake_waiting[2].result, -EINVAL);
}

/* One bad sector among them: its request fails, and no other. */
static void a_failure_is_its_own(void **state)
{
    (void)state;
    start_queue(32, 6);
    drive0->bad_lba = 100 + 8 * 2 + 3;
    drive0->bad_times = FAKE_FOREVER;
    drive0->bad_error = AHCI_ERROR_UNC;
    read_and_check(fake_disks[0], 7, 8);
    for (unsigned i = 0; i < 6; i++) {
        assert_true(fake_waiting[i].done);
        assert_int_equal(fake_waiting[i].result, i == 2 ? -EIO : 0);
        if (i != 2)
            assert_memory_equal(waiting[i], fake_sector(drive0, 100 + 8 * i), 8 * 512);
    }
    assert_logged("of LBA 119 failed: UNC");
}

static void one_that_is_gone_fails_them_all(void **state)
{
    (void)state;
    start_queue(32, 5);
    drive0->dead = true;
    assert_int_not_equal(read_sectors(fake_disks[0], 7, 8), 0);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(fake_waiting[i].result, -ENODEV);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_controller),
        TEST(test_no_drives),
        TEST(test_finds_all),
        TEST(test_warm_start_is_quick),
        TEST(test_other_devices),
        TEST(test_slow_after_power_on),
        TEST(test_never_ready_is_bounded),
        TEST(test_identity_of_noise),
        TEST(test_no_identity),
        TEST(test_controllers_of_nonsense),
        TEST(test_other_interface),
        TEST(test_bios_lets_go),
        TEST(test_bios_holds_on),
        TEST(test_forgotten_ports),
        TEST(test_ports_beyond_the_registers),
        TEST(test_stuck_port_at_start),
        TEST(test_no_memory),
        TEST(test_registry_full),
        TEST(test_more_disks_than_room),
        TEST(test_sizes),
        TEST(test_one_command_for_the_page_cache),
        TEST(test_bounds),
        TEST(test_large_disk),
        TEST(test_write_and_flush),
        TEST(test_without_queue),
        TEST(test_small_queues),
        TEST(test_lba28),
        TEST(test_no_lba),
        TEST(test_odd_memory),
        TEST(test_far_memory),
        TEST(test_flush_kinds),
        TEST(test_flush_error_is_never_hidden),
        TEST(test_smart),
        TEST(test_no_interrupt),
        TEST(test_lost_interrupts),
        TEST(test_error_once),
        TEST(test_log_refused),
        TEST(test_error_for_ever),
        TEST(test_quiet_errors),
        TEST(test_device_fault),
        TEST(test_write_protected),
        TEST(test_link_error_once),
        TEST(test_queue_that_does_not_work),
        TEST(test_short_transfer),
        TEST(test_hang_once),
        TEST(test_hang_for_ever),
        TEST(test_dead_then_back),
        TEST(test_unplugged),
        TEST(test_unplugged_under_way),
        TEST(test_replugged_between),
        TEST(test_exchanged),
        TEST(test_controller_gone),
        TEST(test_port_that_does_not_stop),
        TEST(test_neighbour_is_not_disturbed),
        TEST(test_torture),
        cmocka_unit_test_setup(what_waits_goes_along, setup),
        cmocka_unit_test_setup(no_more_than_the_drive_takes, setup),
        cmocka_unit_test_setup(without_ncq_nothing_goes_along, setup),
        cmocka_unit_test_setup(writes_and_large_ones_wait_too, setup),
        cmocka_unit_test_setup(a_failure_is_its_own, setup),
        cmocka_unit_test_setup(one_that_is_gone_fails_them_all, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
