/* disks: the drives that were found, their partitions, and which of them is the root. */
#include "kernel/core/block/block.h"
#include "kernel/core/boot/boot.h"
#include "kernel/fs/root.h"
#include "kernel/monitor/command.h"
#include "lib/errno.h"
#include "lib/string.h"

static bool is_root(const struct disk *disk, uint64_t start_lba)
{
    const struct block_device *root = root_device();
    return root && root->disk == disk && root->start_lba == start_lba;
}

static void print_mebibytes(uint64_t sectors)
{
    uint64_t tenths = sectors * 10 / 2048;
    output_print("%llu.%llu MiB", (unsigned long long)(tenths / 10),
                 (unsigned long long)(tenths % 10));
}

static void print_root(void)
{
    output_print("  \x1b[32mroot\x1b[0m, ext2");
}

static void print_partition(struct disk *disk, const struct mbr_partition *partition)
{
    output_print("  %sp%u  type 0x%02x%s  from sector %llu, ", disk->name, partition->number,
                 partition->type, partition->active ? " active" : "",
                 (unsigned long long)partition->start_lba);
    print_mebibytes(partition->sectors);
    if (is_root(disk, partition->start_lba))
        print_root();
    output_print("\n");
}

static void print_partitions(struct disk *disk)
{
    struct mbr mbr;
    int error = block_partitions(disk, &mbr);
    if (error == -EINVAL) {
        output_print("  no partition table\n");
        return;
    }
    if (error) {
        output_print("  partition table: %s\n", error_text(error));
        return;
    }
    for (uint32_t i = 0; i < mbr.count; i++)
        print_partition(disk, &mbr.partitions[i]);
}

static void print_disk(struct disk *disk)
{
    output_print("\x1b[1m%s\x1b[0m  ", disk->name);
    print_mebibytes(disk->sectors);
    output_print(", %llu sectors%s, \"", (unsigned long long)disk->sectors,
                 disk->read_only ? ", read-only" : "");
    output_foreign(disk->model, strlen(disk->model));
    output_print("\", %s", disk->where);
    if (is_root(disk, 0))
        print_root();
    output_print("\n");
    if (!is_root(disk, 0))
        print_partitions(disk);
}

static int disks(const struct words *words)
{
    struct disk *disk;
    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    for (unsigned i = 0; (disk = block_disk(i)); i++)
        print_disk(disk);
    if (block_disk_count() == 0)
        output_print("no disks; `log` says what was looked for\n");
    if (!root_device())
        output_print("no root file system; `log` says why\n");
    return COMMAND_OK;
}

MONITOR_COMMAND("disks", "disks", "list drives and partitions", disks);
