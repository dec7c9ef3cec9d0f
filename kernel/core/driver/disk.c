/*
 * Disks of drivers that have a thread. What the block layer has is the kernel's own structure, which lives on
 * when the driver begins anew: a request waits until the driver has done it, whichever generation of it, and
 * in ring 3 or here. Locks: disks are added by the drivers' threads, one at a time (the mutex), and never
 * go; requests: transfer.c.
 */
#include "kernel/core/block/block.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/host.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/log/log.h"
#include "kernel/core/sync/mutex.h"
#include "lib/errno.h"
#include "lib/string.h"

struct driver_disk {
    struct disk disk;
    struct driver *driver; /* it may be a module that was unloaded: then it has no such disk */
    char owner[16];
};

#define SECTORS_MAX (1u << 22) /* 2 GiB: less than what lies between the memory of two requests */

static struct driver_disk disks[DRIVER_DISKS];
static unsigned count;
static struct mutex lock = MUTEX("drivers' disks");

_Static_assert(DRIVER_DISKS <= BLOCK_DISKS_MAX, "a number for each disk that the block layer takes");

/* ---- what the block layer calls -------------------------------------------------------------- */

static int ask(struct disk *disk, struct abi_driver_call call)
{
    const struct driver_disk *mine = disk->driver;
    struct driver_transfer transfer = {.call = call};

    if (call.count > SECTORS_MAX)
        return -EINVAL;
    for (unsigned i = 0; i < DRIVER_DISKS; i++)
        if (&disks[i] == mine)
            transfer.call.number = i;
    int error = driver_transfer(mine->driver, &transfer);

    return error ? error : (int)transfer.call.result;
}

static int read(struct disk *disk, uint64_t lba, uint32_t sectors, void *to)
{
    return ask(disk, (struct abi_driver_call){.what = DRIVER_CALL_DISK_READ, .value = lba, .count = sectors,
                                              .memory = to});
}

static int write(struct disk *disk, uint64_t lba, uint32_t sectors, const void *from)
{
    return ask(disk, (struct abi_driver_call){.what = DRIVER_CALL_DISK_WRITE, .value = lba, .count = sectors,
                                              .memory = (void *)from});
}

static int flush(struct disk *disk)
{
    return ask(disk, (struct abi_driver_call){.what = DRIVER_CALL_DISK_FLUSH});
}

static const struct disk_operations operations = {.read = read, .write = write, .flush = flush};

/* ---- registering ----------------------------------------------------------------------------- */

static bool is_the_same(const struct disk *a, const struct disk *b)
{
    return a->sectors == b->sectors && strcmp(a->serial, b->serial) == 0 && strcmp(a->model, b->model) == 0;
}

static int add(struct driver *driver, struct disk *disk, const char *prefix)
{
    struct driver_disk *new = &disks[count];

    if (count == DRIVER_DISKS)
        return -ENOSPC;
    *new = (struct driver_disk){.disk = *disk, .driver = driver};
    (void)strlcpy(new->owner, driver->code->manifest.name, sizeof(new->owner));
    new->disk.operations = &operations;
    new->disk.driver = new;
    new->disk.bus = NULL;
    new->disk.queues = true;
    int error = (ddi_disk_register)(&new->disk, prefix);

    return error ? error : (int)count++;
}

/* The number of the one that was there; -ENOENT: none. */
static int find(struct driver *driver, const struct disk *disk)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(disks[i].owner, driver->code->manifest.name) != 0
            || strcmp(disks[i].disk.where, disk->where) != 0)
            continue;
        if (is_the_same(&disks[i].disk, disk)) {
            disks[i].driver = driver;
            return (int)i;
        }
        log_error(disks[i].disk.name, "another disk (%s) is where it was: left alone", disk->model);
        return -EBUSY;
    }
    return -ENOENT;
}

int driver_disk_register(struct driver *driver, struct disk *disk, const char *prefix)
{
    mutex_lock(&lock);
    int number = find(driver, disk);

    if (number == -ENOENT)
        number = add(driver, disk, prefix);
    if (number >= 0)
        memcpy(disk->name, disks[number].disk.name, sizeof(disk->name));
    mutex_unlock(&lock);
    return number;
}

int ddi_of_disk_register(const struct ddi_driver *self, struct disk *disk, const char *prefix)
{
    struct driver *driver = driver_of(self);

    if (!driver || driver->placement != DDI_PLACED_KERNEL || self->manifest.class != DDI_DISK) {
        driver_violates(self, "registers a disk", 0, 0);
        return -EPERM;
    }
    int number = driver_disk_register(driver, disk, prefix);

    if (number < 0)
        return number;
    driver->disks.at[number] = disk;
    return 0;
}

bool ddi_of_disk_next(const struct ddi_driver *self, const struct disk *disk, struct ddi_request *request)
{
    struct driver *driver = driver_of(self);

    driver_check_time();
    if (!driver || driver->thread != thread_current())
        return false; /* a test of the kernel's borrows the driver's code */
    for (unsigned i = 0; i < DRIVER_DISKS; i++)
        if (driver->disks.at[i] == disk)
            return driver_transfer_next(driver, i, request) == 0;
    return false;
}

void ddi_of_disk_done(const struct ddi_driver *self, unsigned number, int result)
{
    struct driver *driver = driver_of(self);

    driver_check_time();
    if (driver && driver->thread == thread_current() && driver_transfer_done(driver, number, result))
        driver_violates(self, "ends request", number, (uint64_t)result);
}

struct disk *driver_disk_inner(struct disk *disk)
{
    const struct driver_disk *mine = disk->operations == &operations ? disk->driver : NULL;

    for (unsigned i = 0; mine && i < DRIVER_DISKS; i++)
        if (&disks[i] == mine)
            return mine->driver->disks.at[i];
    return NULL;
}
