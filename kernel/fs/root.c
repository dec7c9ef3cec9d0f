/*
 * Mounts the root. Where it lies stage 2 has found out: in memory (BOOT_DISK_RAM), or on the disk
 * whose MBR has the signature it was booted from. Locks: none, called once.
 */
#include "kernel/fs/root.h"

#include "kernel/core/log/log.h"
#include "kernel/fs/disk_file.h"
#include "kernel/fs/ext2/ext2.h"
#include "kernel/fs/start.h"
#include "lib/errno.h"
#include "lib/printf.h"

static struct block_device device;
static bool mounted;

static int find_in_memory(const struct boot_ramdisk *ramdisk)
{
    int error = ramdisk_init(ramdisk);

    if (error) {
        log_error("fs", "root in memory cannot be used: %s %s", error_text(error), ramdisk->reason);
        return error;
    }
    struct disk *disk = block_disk(block_disk_count() - 1);
    device = (struct block_device){disk, 0, disk->sectors};
    log_warn("fs", "root is in memory (%s): changes are lost at power-off", ramdisk->reason);
    return 0;
}

static int find_on_disk(const struct boot_info *info)
{
    int error = block_find_boot(&info->disk, &device);

    if (!error)
        return 0;
    log_error("fs",
              "no root: none of %u disks has MBR signature %08x and a partition at sector %llu",
              block_disk_count(), info->disk.mbr_signature,
              (unsigned long long)info->disk.partition_start_lba);
    if (info->ramdisk.reason[0] != '\0')
        log_error("fs", "and none in memory: %s", info->ramdisk.reason);
    return error;
}

/* ---- the file systems ------------------------------------------------------------------------ */

static int start_file_systems(void)
{
    page_cache_start();
    int error = files_start();

    return error ? error : ext2_fs_init();
}

static int mount_root(void)
{
    struct inode *disk;
    char name[32];
    uint64_t number = disk_file_number(&device);
    int error = disk_file_inode(number, &disk);

    if (error)
        return error;
    (void)snprintf(name, sizeof(name), "/dev/%s", disk_file_name(number));
    error = vfs_mount_root("ext2", disk, name, 0);
    if (error)
        inode_put(disk);
    return error;
}

static void mount_other(struct fs_context *context, const char *source, const char *target,
                        const char *type)
{
    int error = vfs_mount(context, source, target, type, 0);

    if (error)
        log_warn("fs", "%s: not mounted: %s", target, error_text(error));
}

/* What every system has: a directory of that name must be there. */
static void mount_others(void)
{
    struct fs_context context;

    if (fs_context_init(&context))
        return;
    mount_other(&context, "devices", "/dev", "devfs");
    mount_other(&context, "memory", "/tmp", "tmpfs");
    mount_other(&context, "proc", "/proc", "proc");
    fs_context_release(&context);
}

int root_mount(const struct boot_info *info)
{
    bool in_memory = (info->disk.flags & BOOT_DISK_RAM) != 0;
    int error = start_file_systems();

    if (!error) {
        error = in_memory ? find_in_memory(&info->ramdisk) : find_on_disk(info);
        if (error)
            return error; /* they said why */
        error = disk_files_register();
    }
    if (!error)
        error = mount_root();
    if (error) {
        log_error("fs", "no root: %s", error_text(error));
        return error;
    }
    mounted = true;
    if (page_writer_start())
        log_error("fs", "no memory for the page writer: only sync writes");
    mount_others();
    return 0;
}

const struct block_device *root_device(void)
{
    return mounted ? &device : NULL;
}

int root_open(const char *path, struct file **file)
{
    struct fs_context context;

    if (!mounted || fs_context_init(&context))
        return -ENODEV;
    int error = vfs_open(&context, NULL, path, O_RDONLY, 0, file);
    fs_context_release(&context);
    return error;
}

void root_shutdown(void)
{
    if (!mounted)
        return;
    int error = vfs_sync();
    int second = ext2_fs_shutdown();

    mounted = false;
    error = error ? error : second;
    if (error)
        log_error("fs", "not everything could be written: %s", error_text(error));
}
