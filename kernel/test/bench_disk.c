/* bench-disk: how fast a disk is read through its driver, and of an ATA disk how fast a bare loop
 * is. */
#include "drivers/disk/ata/ata.h"
#include "kernel/core/block/block.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/time/time.h"
#include "kernel/monitor/command.h"
#include "kernel/test/commands.h"
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
        block_hold(disk);
        struct disk *inner = driver_disk_inner(disk);
        int error = inner ? ata_bare_read(inner, lba, BLOCK_BENCH_BYTES / 512, buffer) : -ENODEV;
        block_release(disk);
        if (error)
            return error;
    }
    *us = time_now_us() - since;
    return 0;
}

struct times {
    uint64_t us[ROUNDS];
};

static uint64_t median(struct times times)
{
    for (unsigned i = 1; i < ROUNDS; i++) {
        uint64_t value = times.us[i];
        unsigned at = i;
        for (; at > 0 && times.us[at - 1] > value; at--)
            times.us[at] = times.us[at - 1];
        times.us[at] = value;
    }
    return times.us[ROUNDS / 2];
}

static uint64_t kib_per_second(uint64_t bytes, uint64_t us)
{
    return bytes * 1000000 / 1024 / (us ? us : 1);
}

int bench_disk(const struct words *words)
{
    struct times driver, bare;
    struct disk *disk = words->count > 1 ? find_disk(words->at[1]) : block_disk(0);
    if (!disk)
        return command_fail(words, "no such disk; `disks` lists them");
    if (disk->sectors < ROUND_BYTES / 512)
        return command_fail(words, "%s: smaller than %u bytes", disk->name, ROUND_BYTES);

    const struct block_device device = {disk, 0, disk->sectors};
    bool has_bare = true;
    for (unsigned i = 0; i < ROUNDS; i++) {
        int error = block_bench(&device, ROUND_BYTES, &driver.us[i]);
        if (error)
            return command_fail(words, "%s: %s", disk->name, error_text(error));
        has_bare = has_bare && bench_bare(disk, ROUND_BYTES, &bare.us[i]) == 0;
        if (command_interrupted())
            return COMMAND_INTERRUPTED;
    }
    output_print("%s: driver %llu KiB/s", disk->name,
                 (unsigned long long)kib_per_second(ROUND_BYTES, median(driver)));
    if (has_bare)
        output_print(", bare loop %llu KiB/s",
                     (unsigned long long)kib_per_second(ROUND_BYTES, median(bare)));
    output_print("\n");
    return COMMAND_OK;
}
