/* A callback by its number: for whoever runs a driver, in the kernel and in ring 3. */
#pragma once

#include "drivers/ddi.h"
#include "lib/abi/driver.h"

/* Those that the driver has registered, by the numbers that requests name them by. */
struct driver_disks {
    struct disk *at[DRIVER_DISKS];
};

static inline int driver_disk_call(const struct driver_disks *disks, const struct abi_driver_call *call)
{
    struct disk *disk = call->number < DRIVER_DISKS ? disks->at[call->number] : NULL;

    if (!disk)
        return -ENODEV;
    switch (call->what) {
    case DRIVER_CALL_DISK_READ:
        return disk->operations->read(disk, call->value, call->count, call->memory);
    case DRIVER_CALL_DISK_WRITE:
        return disk->operations->write
                   ? disk->operations->write(disk, call->value, call->count, call->memory)
                   : -EROFS;
    default:
        return disk->operations->flush ? disk->operations->flush(disk) : 0;
    }
}

/* call->result: what the callback returns, else 0. A driver without a request knows none: -ENOTTY. */
static inline void driver_call(const struct ddi_driver *driver, const struct driver_disks *disks,
                               struct abi_driver_call *call)
{
    call->result = 0;
    switch (call->what) {
    case DRIVER_CALL_INIT:
        call->result = driver->init();
        return;
    case DRIVER_CALL_IRQ:
        if (driver->irq)
            driver->irq(call->number);
        return;
    case DRIVER_CALL_TIMER:
        if (driver->timer)
            driver->timer();
        return;
    case DRIVER_CALL_QUIESCE:
        if (driver->quiesce)
            driver->quiesce();
        return;
    case DRIVER_CALL_DISK_READ:
    case DRIVER_CALL_DISK_WRITE:
    case DRIVER_CALL_DISK_FLUSH:
        call->result = driver_disk_call(disks, call);
        return;
    default:
        call->result = driver->request ? driver->request(call->number, call->value) : -ENOTTY;
    }
}
