/* Partition table → active partition → ext2. What is foreign is checked by lib/mbr and lib/ext2. */
#include "stage2/volume.h"

#include "lib/errno.h"
#include "lib/mbr.h"
#include "lib/printf.h"
#include "lib/string.h"
#include "stage2/console.h"
#include "stage2/disk.h"
#include "stage2/stage2.h"

struct ext2 volume;
uint8_t volume_first_sector[SECTOR_BYTES];

static uint64_t partition_start, partition_sectors;

/* The last small requests, in pieces of 1 KiB: the same directories are asked for again and again,
   and the BIOS takes its time for each sector. Sectors of the partition. */
#define WINDOW_SECTORS 2u
#define WINDOWS        16u

static struct window {
    uint64_t first;
    bool filled;
    uint8_t bytes[WINDOW_SECTORS * SECTOR_BYTES];
} windows[WINDOWS];

/* The window that begins at `first`. NULL: not all of it can be read. */
static const struct window *window_at(uint64_t first)
{
    static uint32_t next;

    for (uint32_t i = 0; i < WINDOWS; i++) {
        if (windows[i].filled && windows[i].first == first)
            return &windows[i];
    }
    struct window *window = &windows[next++ % WINDOWS];

    window->first = first;
    window->filled = disk_read(partition_start + first, WINDOW_SECTORS, window->bytes) == 0;
    return window->filled ? window : NULL;
}

static int read_sectors(void *context, uint64_t sector, uint32_t count, void *to)
{
    uint64_t in_window = sector % WINDOW_SECTORS, first = sector - in_window;
    (void)context;

    if (in_window + count <= WINDOW_SECTORS && first + WINDOW_SECTORS <= partition_sectors) {
        const struct window *window = window_at(first);
        if (window) {
            memcpy(to, window->bytes + in_window * SECTOR_BYTES, count * SECTOR_BYTES);
            return 0;
        }
    }
    return disk_read(partition_start + sector, count, to);
}

const char *volume_why(int error)
{
    static char text[160];

    if (error == -EIO)
        snprintf(text, sizeof(text), "disk error %02x at sector %llu of drive %02x",
                 disk_error.code, (unsigned long long)disk_error.lba, boot_info.disk.bios_drive);
    else
        ext2_explain(&volume, error, text, sizeof(text));
    return text;
}

static const struct mbr_partition *active_partition(const struct mbr *mbr)
{
    for (uint32_t i = 0; i < mbr->count; i++) {
        if (mbr->partitions[i].active)
            return &mbr->partitions[i];
    }
    return NULL;
}

void volume_mount(void)
{
    struct mbr mbr;

    int error = disk_read(0, 1, volume_first_sector);
    if (error)
        fail("cannot read the partition table: %s", volume_why(error));
    error = mbr_parse(volume_first_sector, 0, &mbr);
    if (error)
        fail("the partition table is unusable: %s", error_text(error));
    const struct mbr_partition *partition = active_partition(&mbr);
    if (!partition)
        fail("no partition of drive %02x is marked active", boot_info.disk.bios_drive);

    partition_start = partition->start_lba;
    partition_sectors = partition->sectors;
    boot_info.disk.partition = partition->number;
    boot_info.disk.mbr_signature = mbr.signature;
    boot_info.disk.partition_start_lba = partition->start_lba;
    boot_info.disk.partition_sectors = partition->sectors;

    error = ext2_mount(&volume, read_sectors, NULL, partition->sectors);
    if (error)
        fail("cannot read the file system of partition %u (sector %llu): %s", partition->number,
             (unsigned long long)partition_start, volume_why(error));
}

int volume_find(const char *path, struct ext2_inode *file)
{
    int error = ext2_lookup(&volume, path, 1, file);

    if (error)
        return error;
    return (file->mode & EXT2_TYPE_MASK) == EXT2_TYPE_FILE ? 0 : -EINVAL;
}

int volume_read(const struct ext2_inode *file, void *to)
{
    uint64_t done = 0;

    while (done < file->size) {
        size_t got;
        int error = ext2_read(&volume, file, done, (uint8_t *)to + done, file->size - done, &got);
        if (error)
            return error;
        if (!got)
            return -EUCLEAN;
        done += got;
    }
    return 0;
}
