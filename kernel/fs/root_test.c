/* links: lib/errno.c */
/* Which device becomes the root, and what is said when none does. Block layer and ext2 are
 * stand-ins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/log/log.h"
#include "kernel/fs/root.h"
#include "lib/errno.h"

static char log_text[4096];
static struct disk ata = {.name = "ata0", .sectors = 5000}, ram = {.name = "ram0", .sectors = 800};
static int find_error, ramdisk_error, mount_error, last_read_disk;
static uint64_t mounted_sectors;

void log_write(enum log_level level, const char *area, const char *format, ...)
{
    size_t used = strlen(log_text);
    va_list args;

    (void)level;
    (void)area;
    va_start(args, format);
    used += (size_t)vsnprintf(log_text + used, 500, format, args);
    va_end(args);
    strcpy(log_text + used, "\n");
}

unsigned block_disk_count(void)
{
    return 2;
}

struct disk *block_disk(unsigned index)
{
    return index == 0 ? &ata : &ram;
}

int block_find_boot(const struct boot_disk *boot, struct block_device *device)
{
    (void)boot;
    *device = (struct block_device){&ata, 2048, 2000};
    return find_error;
}

int ramdisk_init(const struct boot_ramdisk *ramdisk)
{
    (void)ramdisk;
    return ramdisk_error;
}

int block_read(const struct block_device *device, uint64_t sector, uint32_t count, void *to)
{
    (void)sector;
    (void)count;
    (void)to;
    last_read_disk = device->disk == &ata ? 1 : 2;
    return 0;
}

int ext2_mount(struct ext2 *fs, ext2_read_sectors *read, void *context, uint64_t partition_sectors)
{
    mounted_sectors = partition_sectors;
    strcpy(fs->label, "A\033[31mB");
    fs->block_bytes = 1024;
    fs->inodes = 100;
    fs->free_inodes = 80;
    fs->state = 1;
    return mount_error ? mount_error : read(context, 2, 2, fs->cache[0]);
}

void ext2_explain(const struct ext2 *fs, int error, char *text, size_t size)
{
    (void)fs;
    (void)snprintf(text, size, "because %d", error);
}

static struct boot_info info;

static int setup(void **state)
{
    (void)state;
    memset(&info, 0, sizeof(info));
    info.disk.partition = 1;
    info.disk.mbr_signature = 0xf00d;
    info.disk.partition_start_lba = 2048;
    strcpy(info.ramdisk.reason, "a USB stick");
    log_text[0] = '\0';
    find_error = ramdisk_error = mount_error = last_read_disk = 0;
    return 0;
}

/* These run first: a root, once mounted, stays. */
static void test_no_such_disk(void **state)
{
    (void)state;
    find_error = -ENODEV;
    assert_int_equal(root_mount(&info), -ENODEV);
    assert_non_null(strstr(log_text, "none of 2 disks has MBR signature 0000f00d"));
    assert_non_null(strstr(log_text, "and none in memory: a USB stick"));
    assert_null(root_fs());
    assert_null(root_device());
}

static void test_no_ext2(void **state)
{
    (void)state;
    mount_error = -EUCLEAN;
    assert_int_equal(root_mount(&info), -EUCLEAN);
    assert_non_null(strstr(log_text, "no root: ext2 on ata0 partition 1: because -117"));
    assert_null(root_fs());
}

static void test_bad_ramdisk(void **state)
{
    (void)state;
    info.disk.flags = BOOT_DISK_RAM;
    ramdisk_error = -EINVAL;
    assert_int_equal(root_mount(&info), -EINVAL);
    assert_non_null(strstr(log_text, "root in memory cannot be used"));
    assert_null(root_fs());
}

static void test_in_memory(void **state)
{
    (void)state;
    info.disk.flags = BOOT_DISK_RAM;
    assert_int_equal(root_mount(&info), 0);
    assert_int_equal(last_read_disk, 2);
    assert_int_equal(mounted_sectors, 800);
    assert_non_null(strstr(log_text, "(a USB stick): changes are lost at power-off"));
    assert_non_null(strstr(log_text, "on ram0, 1024-byte blocks"));
}

static void test_on_disk(void **state)
{
    (void)state;
    assert_int_equal(root_mount(&info), 0);
    assert_int_equal(last_read_disk, 1);
    assert_int_equal(mounted_sectors, 2000);
    assert_non_null(strstr(log_text, "root ext2 \"A?[31mB\" on ata0 partition 1, 1024-byte blocks, "
                                     "20 of 100 inodes used"));
    assert_ptr_equal(root_device()->disk, &ata);
    assert_non_null(root_fs());
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_no_such_disk), TEST(test_no_ext2),
                                       TEST(test_bad_ramdisk), TEST(test_in_memory),
                                       TEST(test_on_disk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
