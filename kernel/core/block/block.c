/*
 * Disks and partitions. A driver brings its disk (ddi_disk_register); whoever reads goes through a
 * struct block_device, whose bounds are checked here, so that no driver sees a sector that is not
 * its disk's and no partition reaches into its neighbour. Locks: a mutex for each bus, held during
 * a request; a disk that queues requests is only counted by them, and who wants it alone has the mutex and
 * waits for the last. Disks are only ever added, before there is a second thread.
 */
#include "kernel/core/block/block.h"

#include "kernel/core/log/log.h"
#include "kernel/core/memory/inject.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/core/sync/wait.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"

static struct disk *disks[BLOCK_DISKS_MAX];
static struct mutex mutexes[BLOCK_DISKS_MAX]; /* of the bus whose first disk that is */
static struct users {
    struct wait_queue changed; /* its lock: for */
    unsigned count;            /* of requests under way; of a disk that queues them */
} users[BLOCK_DISKS_MAX];
static struct mbr tables[BLOCK_DISKS_MAX];    /* as last read; without entries: none */
static struct mutex others = MUTEX("disk");   /* of those that are not registered yet */
static unsigned disk_count;

/* ---- disks ----------------------------------------------------------------------------------- */

/* How many disks there are already of this kind: the number in the name of the next. */
static unsigned count_prefix(const char *prefix)
{
    size_t length = strlen(prefix);
    unsigned count = 0;

    for (unsigned i = 0; i < disk_count; i++) {
        const struct disk *disk = disks[i];
        if (strncmp(disk->name, prefix, length) == 0 && disk->name[length] >= '0' &&
            disk->name[length] <= '9')
            count++;
    }
    return count;
}

int ddi_disk_register(struct disk *disk, const char *prefix)
{
    if (disk_count == BLOCK_DISKS_MAX)
        return -ENOSPC;
    if (disk->operations == NULL || disk->operations->read == NULL || disk->sectors == 0)
        return -EINVAL;
    (void)snprintf(disk->name, sizeof(disk->name), "%s%u", prefix, count_prefix(prefix));
    mutex_init(&mutexes[disk_count], "disk");
    wait_queue_init(&users[disk_count].changed, "disk's requests");
    disks[disk_count++] = disk;
    return 0;
}

static struct mutex *mutex_of(const struct disk *disk)
{
    unsigned i = 0;

    while (i < disk_count && disks[i] != disk && !(disk->bus && disks[i]->bus == disk->bus))
        i++;
    return i < disk_count ? &mutexes[i] : &others;
}

static struct users *users_of(const struct disk *disk)
{
    for (unsigned i = 0; i < disk_count && disk->queues; i++)
        if (disks[i] == disk)
            return &users[i];
    return NULL;
}

void block_hold(struct disk *disk)
{
    struct users *others_of = users_of(disk);

    mutex_lock(mutex_of(disk));
    if (!others_of)
        return;
    uint64_t saved = wait_lock(&others_of->changed);

    while (others_of->count > 0)
        (void)!wait_locked(&others_of->changed, &saved, WAIT_FOREVER);
    wait_unlock(&others_of->changed, saved);
}

/* For a request: not while somebody has the disk alone. */
static void enter(struct disk *disk)
{
    struct users *mine = users_of(disk);

    mutex_lock(mutex_of(disk));
    if (!mine)
        return;
    uint64_t saved = wait_lock(&mine->changed);

    mine->count++;
    wait_unlock(&mine->changed, saved);
    mutex_unlock(mutex_of(disk));
}

static void leave(struct disk *disk)
{
    struct users *mine = users_of(disk);

    if (!mine) {
        mutex_unlock(mutex_of(disk));
        return;
    }
    uint64_t saved = wait_lock(&mine->changed);

    if (--mine->count == 0)
        wait_wake_all(&mine->changed);
    wait_unlock(&mine->changed, saved);
}

void block_release(struct disk *disk)
{
    mutex_unlock(mutex_of(disk));
}

unsigned block_disk_count(void)
{
    return disk_count;
}

struct disk *block_disk(unsigned index)
{
    return index < disk_count ? disks[index] : NULL;
}

/* ---- requests -------------------------------------------------------------------------------- */

static bool is_within(uint64_t sector, uint64_t count, uint64_t sectors)
{
    return sector <= sectors && count <= sectors - sector;
}

/* The request in the disk's own sectors. -EINVAL: outside the device, or the device outside the
 * disk. */
static int locate(const struct block_device *device, uint64_t sector, uint32_t count, uint64_t *lba)
{
    if (device->disk == NULL ||
        !is_within(device->start_lba, device->sectors, device->disk->sectors))
        return -EINVAL;
    if (!is_within(sector, count, device->sectors)) {
        log_warn("block", "%s: sectors %llu to %llu asked for, the device has %llu",
                 device->disk->name, (unsigned long long)sector,
                 (unsigned long long)sector + count, (unsigned long long)device->sectors);
        return -EINVAL;
    }
    *lba = device->start_lba + sector;
    return 0;
}

int block_read(const struct block_device *device, uint64_t sector, uint32_t count, void *to)
{
    uint64_t lba;
    int error = locate(device, sector, count, &lba);

    if (error || count == 0)
        return error;
    if (disk_must_fail())
        return -EIO;
    enter(device->disk);
    error = device->disk->operations->read(device->disk, lba, count, to);
    leave(device->disk);
    return error;
}

int block_write(const struct block_device *device, uint64_t sector, uint32_t count,
                const void *from)
{
    uint64_t lba;
    int error = locate(device, sector, count, &lba);

    if (error || count == 0)
        return error;
    if (device->disk->read_only || device->disk->operations->write == NULL)
        return -EROFS;
    if (disk_must_fail())
        return -EIO;
    enter(device->disk);
    error = device->disk->operations->write(device->disk, lba, count, from);
    leave(device->disk);
    return error;
}

int block_flush(const struct block_device *device)
{
    if (device->disk == NULL)
        return -EINVAL;
    if (device->disk->read_only || device->disk->operations->flush == NULL)
        return 0; /* nothing can be waiting */
    if (disk_must_fail())
        return -EIO;
    enter(device->disk);
    int error = device->disk->operations->flush(device->disk);
    leave(device->disk);
    return error;
}

/* ---- partitions ------------------------------------------------------------------------------ */

int block_partitions(struct disk *disk, struct mbr *mbr)
{
    const struct block_device whole = {disk, 0, disk->sectors};
    uint8_t sector[512];
    int error = block_read(&whole, 0, 1, sector);

    if (!error)
        error = mbr_parse(sector, disk->sectors, mbr);
    for (unsigned i = 0; i < disk_count; i++)
        if (disks[i] == disk)
            tables[i] = error ? (struct mbr){0} : *mbr;
    return error;
}

int block_known_partitions(const struct disk *disk, struct mbr *mbr)
{
    for (unsigned i = 0; i < disk_count; i++) {
        *mbr = tables[i];
        if (disks[i] == disk && mbr->count > 0)
            return 0;
    }
    return -ENODEV;
}

/* The boot partition on this disk, when it carries the signature and has it. */
static const struct mbr_partition *match(const struct mbr *mbr, const struct boot_disk *boot)
{
    if (mbr->signature != boot->mbr_signature)
        return NULL;
    for (uint32_t i = 0; i < mbr->count; i++) {
        const struct mbr_partition *partition = &mbr->partitions[i];
        if (partition->start_lba == boot->partition_start_lba &&
            partition->sectors == boot->partition_sectors)
            return partition;
    }
    return NULL;
}

int block_find_boot(const struct boot_disk *boot, struct block_device *device)
{
    struct mbr mbr;
    struct disk *found = NULL;

    for (unsigned i = 0; i < disk_count; i++) {
        int error = block_partitions(disks[i], &mbr);
        if (error) {
            log_info("block", "%s: no partition table: %s", disks[i]->name, error_text(error));
            continue;
        }
        const struct mbr_partition *partition = match(&mbr, boot);
        if (partition == NULL)
            continue;
        if (found) {
            log_warn("block", "%s and %s are copies of one another; using %s", found->name,
                     disks[i]->name, found->name);
            continue;
        }
        found = disks[i];
        *device = (struct block_device){found, partition->start_lba, partition->sectors};
    }
    return found ? 0 : -ENODEV;
}

/* ---- how fast -------------------------------------------------------------------------------- */

int block_bench(const struct block_device *device, uint64_t bytes, uint64_t *us)
{
    static uint8_t buffer[BLOCK_BENCH_BYTES];
    uint64_t sectors = bytes / 512, done = 0, since = time_now_us();

    if (sectors > device->sectors)
        return -EINVAL;
    while (done < sectors) {
        uint64_t left = sectors - done, most = BLOCK_BENCH_BYTES / 512;
        uint32_t count = (uint32_t)(left < most ? left : most);
        int error = block_read(device, done, count, buffer);
        if (error)
            return error;
        done += count;
    }
    *us = time_now_us() - since;
    return 0;
}
