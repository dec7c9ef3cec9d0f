/* links: lib/errno.c */
/* Which device becomes the root, and what is said when none does. Block layer and VFS are
 * stand-ins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/log/log.h"
#include "kernel/fs/device.h"
#include "kernel/fs/disk_file.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/root.h"
#include "kernel/fs/start.h"
#include "kernel/fs/tmpfs.h"
#include "lib/errno.h"

static char log_text[4096], mounts[256];
static struct disk ata = {.name = "ata0", .sectors = 5000}, ram = {.name = "ram0", .sectors = 800};
static int find_error, ramdisk_error, mount_error, init_error, puts_of_disk, syncs, shutdowns;
static struct inode disk_inode;

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

void page_cache_start(void)
{
}

int page_writer_start(void)
{
    return -ENOMEM;
}

int files_start(void)
{
    return init_error;
}

int ext2_fs_init(void)
{
    return 0;
}

int disk_files_register(void)
{
    return 0;
}

uint64_t disk_file_number(const struct block_device *device)
{
    return device->disk == &ata ? 0x801 : 0x810;
}

const char *disk_file_name(uint64_t number)
{
    return number == 0x801 ? "ata0p1" : "ram0";
}

int disk_file_inode(uint64_t number, struct inode **inode)
{
    disk_inode.special_device = number;
    *inode = &disk_inode;
    return 0;
}

void inode_put(struct inode *inode)
{
    assert_ptr_equal(inode, &disk_inode);
    puts_of_disk++;
}

int vfs_mount_root(const char *type, struct inode *disk, const char *source, unsigned flags)
{
    assert_string_equal(type, "ext2");
    assert_int_equal(flags, 0);
    if (!mount_error)
        snprintf(mounts, sizeof(mounts), "%s %llx", source,
                 (unsigned long long)disk->special_device);
    return mount_error;
}

int vfs_mount(struct fs_context *context, const char *source, const char *target,
              const char *type, unsigned flags)
{
    (void)context, (void)source, (void)flags;
    strcat(strcat(strcat(strcat(mounts, " "), type), " on "), target);
    return 0;
}

int fs_context_init(struct fs_context *context)
{
    memset(context, 0, sizeof(*context));
    return 0;
}

void fs_context_release(struct fs_context *context)
{
    (void)context;
}

int vfs_open_text(struct fs_context *context, const struct path *at, struct text path, unsigned flags,
                  uint32_t mode, struct file **file)
{
    (void)context, (void)at, (void)path, (void)mode, (void)file;
    assert_int_equal(flags, O_RDONLY);
    return -ENOENT;
}

int vfs_sync(void)
{
    syncs++;
    return 0;
}

int ext2_fs_shutdown(void)
{
    shutdowns++;
    return -EIO;
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
    log_text[0] = mounts[0] = '\0';
    find_error = ramdisk_error = mount_error = init_error = puts_of_disk = 0;
    return 0;
}

/* These run first: a root, once mounted, stays. */
static void test_no_such_disk(void **state)
{
    struct file *file;

    (void)state;
    find_error = -ENODEV;
    assert_int_equal(root_mount(&info), -ENODEV);
    assert_non_null(strstr(log_text, "none of 2 disks has MBR signature 0000f00d"));
    assert_non_null(strstr(log_text, "and none in memory: a USB stick"));
    assert_null(root_device());
    assert_int_equal(root_open("/a", &file), -ENODEV);
    root_shutdown();
    assert_int_equal(syncs, 0);
}

static void test_no_ext2(void **state)
{
    (void)state;
    mount_error = -EUCLEAN;
    assert_int_equal(root_mount(&info), -EUCLEAN);
    assert_non_null(strstr(log_text, "no root: "));
    assert_int_equal(puts_of_disk, 1);
    assert_null(root_device());
}

static void test_no_memory(void **state)
{
    (void)state;
    init_error = -ENOMEM;
    assert_int_equal(root_mount(&info), -ENOMEM);
    assert_null(root_device());
}

static void test_bad_ramdisk(void **state)
{
    (void)state;
    info.disk.flags = BOOT_DISK_RAM;
    ramdisk_error = -EINVAL;
    assert_int_equal(root_mount(&info), -EINVAL);
    assert_non_null(strstr(log_text, "root in memory cannot be used"));
    assert_null(root_device());
}

static void test_in_memory(void **state)
{
    (void)state;
    info.disk.flags = BOOT_DISK_RAM;
    assert_int_equal(root_mount(&info), 0);
    assert_non_null(strstr(log_text, "(a USB stick): changes are lost at power-off"));
    assert_string_equal(mounts, "/dev/ram0 810 devfs on /dev tmpfs on /tmp proc on /proc");
}

static void test_on_disk(void **state)
{
    struct file *file;

    (void)state;
    assert_int_equal(root_mount(&info), 0);
    assert_string_equal(mounts, "/dev/ata0p1 801 devfs on /dev tmpfs on /tmp proc on /proc");
    assert_ptr_equal(root_device()->disk, &ata);
    assert_int_equal(root_open("/a", &file), -ENOENT);
}

static void test_shutdown(void **state)
{
    (void)state;
    root_shutdown();
    assert_int_equal(syncs, 1);
    assert_int_equal(shutdowns, 1);
    assert_non_null(strstr(log_text, "not everything could be written"));
    root_shutdown(); /* once is enough */
    assert_int_equal(shutdowns, 1);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_no_such_disk), TEST(test_no_ext2),
                                       TEST(test_no_memory),    TEST(test_bad_ramdisk),
                                       TEST(test_in_memory),    TEST(test_on_disk),
                                       TEST(test_shutdown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
