/*
 * Mounts the root. Where it lies stage 2 has found out: in memory (BOOT_DISK_RAM), or on the disk
 * whose MBR has the signature it was booted from. Locks: none, called once; what root_fs returns is
 * used by one thread at a time (lib/ext2.h).
 */
#include "kernel/fs/root.h"

#include "kernel/core/log/log.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

static struct ext2 fs;
static struct block_device device;
static bool mounted;

static int read_sectors(void *context, uint64_t sector, uint32_t count, void *to)
{
    return block_read(context, sector, count, to);
}

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

/* "ata0 partition 1", "ram0" */
static void name_device(char *text, size_t size, const struct boot_disk *boot)
{
    if (device.disk->sectors == device.sectors)
        (void)strlcpy(text, device.disk->name, size);
    else
        (void)snprintf(text, size, "%s partition %u", device.disk->name, boot->partition);
}

/* The label is the disk's: what a terminal might take for a command becomes '?'. */
static void make_printable(struct room text)
{
    for (size_t i = 0; room_at(text, i) != '\0'; i++) {
        if ((uint8_t)room_at(text, i) < ' ' || room_at(text, i) == 0x7f)
            room_set(text, i, '?');
    }
}

int root_mount(const struct boot_info *info)
{
    char where[32];
    bool in_memory = (info->disk.flags & BOOT_DISK_RAM) != 0;
    int error = in_memory ? find_in_memory(&info->ramdisk) : find_on_disk(info);

    if (error)
        return error;
    name_device(where, sizeof(where), &info->disk);
    error = ext2_mount(&fs, read_sectors, &device, device.sectors);
    if (error) {
        char why[160];
        ext2_explain(&fs, error, why, sizeof(why));
        log_error("fs", "no root: ext2 on %s: %s", where, why);
        return error;
    }
    mounted = true;
    if (fs.state != 1)
        log_warn("fs", "root was not unmounted cleanly (state %u)", fs.state);
    make_printable(room_of(fs.label, sizeof(fs.label)));
    log_info("fs", "root ext2 \"%s\" on %s, %u-byte blocks, %u of %u inodes used", fs.label, where,
             fs.block_bytes, fs.inodes - fs.free_inodes, fs.inodes);
    return 0;
}

struct ext2 *root_fs(void)
{
    return mounted ? &fs : NULL;
}

const struct block_device *root_device(void)
{
    return mounted ? &device : NULL;
}
