/* bench-disk: how fast a disk is read through its driver, and of an ATA disk how fast a bare loop
 * is. */
#include "drivers/disk/ata/ata.h"
#include "kernel/core/block/block.h"
#include "kernel/core/time/time.h"
#include "kernel/monitor/command.h"
#include "lib/errno.h"
#include "lib/string.h"

#define ROUNDS      15u /* the median of each side counts: the emulator's host is never idle */
#define ROUND_BYTES (1024u * 1024u)

static struct disk *find_disk(const char *name)
{
    struct disk *disk;
    for (unsigned i = 0; (disk = block_disk(i)); i++) {
        if (strcmp(disk->name, name) == 0)
            return disk;
    }
    return NULL;
}

/* The same sectors as block_bench, in requests of the same size. */
static int bench_bare(struct disk *disk, uint64_t bytes, uint64_t *us)
{
    static uint8_t buffer[BLOCK_BENCH_BYTES];
    uint64_t since = time_now_us();
    for (uint64_t lba = 0; lba < bytes / 512; lba += BLOCK_BENCH_BYTES / 512) {
        int error = ata_bare_read(disk, lba, BLOCK_BENCH_BYTES / 512, buffer);
        if (error)
            return error;
    }
    *us = time_now_us() - since;
    return 0;
}

static uint64_t median(uint64_t *values, unsigned count)
{
    for (unsigned i = 1; i < count; i++) {
        uint64_t value = values[i];
        unsigned at = i;
        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
    return values[count / 2];
}

static uint64_t kib_per_second(uint64_t bytes, uint64_t us)
{
    return bytes * 1000000 / 1024 / (us ? us : 1);
}

static int bench_disk(const struct words *words)
{
    uint64_t driver_us[ROUNDS], bare_us[ROUNDS];
    struct disk *disk = words->count > 1 ? find_disk(words->at[1]) : block_disk(0);
    if (!disk)
        return command_fail(words, "no such disk; `disks` lists them");
    if (disk->sectors < ROUND_BYTES / 512)
        return command_fail(words, "%s: smaller than %u bytes", disk->name, ROUND_BYTES);

    const struct block_device device = {disk, 0, disk->sectors};
    bool has_bare = true;
    for (unsigned i = 0; i < ROUNDS; i++) {
        int error = block_bench(&device, ROUND_BYTES, &driver_us[i]);
        if (error)
            return command_fail(words, "%s: %s", disk->name, error_text(error));
        has_bare = has_bare && bench_bare(disk, ROUND_BYTES, &bare_us[i]) == 0;
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
    }
    output_print("%s: driver %llu KiB/s", disk->name,
                 (unsigned long long)kib_per_second(ROUND_BYTES, median(driver_us, ROUNDS)));
    if (has_bare)
        output_print(", bare loop %llu KiB/s",
                     (unsigned long long)kib_per_second(ROUND_BYTES, median(bare_us, ROUNDS)));
    output_print("\n");
    return COMMAND_OK;
}

MONITOR_COMMAND("bench-disk", "bench-disk [DISK]", "read a disk and say how fast its driver is",
                bench_disk);
